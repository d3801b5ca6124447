"""Why a statement could not be read: the common mistakes of authors, told apart.

The grammar says only which token came and what it would have taken; everything else is seen from the tokens around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from kaoping.diagnostic import Finding, Fix, Note, error
from kaoping.source import Span

from kaoping_dsl.tokens import Token
from kaoping_dsl.words import Language, Table, Word, tables

_OPERAND = {"NAME", "NUMBER", "STRING", "("}
_CONDITION = {"veto", "bar", "grade", "downgrade", "deduct all"}
_CLOSING = {"(": ")", "[": "]"}
_COMPARISONS = {"COMPARISON", "<", ">", "="}
_SIGNS = {"==": "=", "===": "=", "=<": "<=", "<>": "!=", ":=": "=", "&": "and", "&&": "and", "||": "or", "!": "not"}
_RANGES = {"~", "～", "—", "——", "–", "…"}  # noqa: RUF001
# Keywords that join: where one of these comes too early, what is missing is a value, not a name.
_JOINING = {
    "then", "else", "and", "or", "if", "unless", "of", "per", "over", "where", "within", "by", "default", "up to",
    "down to", "applies if", "for", "for each", "otherwise", "since", "until", "from", "with",
}  # fmt: skip
_LONGEST_FACT = 200
_LONGEST_WORD = 40
_ALWAYS = {
    "+", "-", "<", ">", "(", "[", ".", "..", "..<", "<..", "<..<", "and", "or", "in", "default", "days", "months", "years",
}  # fmt: skip
_NUMERALS = dict(zip("〇零一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_NUMERAL_TENS = {"十": 10, "百": 100, "千": 1000}
_WORDY = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the grammar stopped: the tokens of the statement, the position of the one it refused, and what it would take."""

    kind: str
    tokens: list[Token]
    at: int
    accepted: frozenset[str]  # keywords, signs and kinds of literal

    @property
    def token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def before(self) -> Token | None:
        return self.tokens[self.at - 1] if self.at else None

    @property
    def after(self) -> Token | None:
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None

    @property
    def place(self) -> Span:
        """The refused token, or the end of the statement."""
        if self.token:
            return self.token.span
        last = self.tokens[-1]
        return Span(last.source, last.end, last.end)

    @property
    def language(self) -> Language:
        """The language that the author writes keywords in."""
        words = [token.word for token in self.tokens if token.word]
        written = next((token.text for token in self.tokens if token.word), self.tokens[0].text)
        if words:
            return "zh" if written in words[0].zh else "en"
        return "en" if written.isascii() else "zh"


def explain(failure: Failure) -> Finding:
    """The finding for a statement that the grammar refused."""
    finding = next((found for reason in _REASONS if (found := reason(failure))), None) or _unexpected(failure)
    short = {name: fact if len(fact) <= _LONGEST_FACT else fact[:_LONGEST_FACT] + "…" for name, fact in finding.facts.items()}
    return replace(finding, facts=short)


# ---------------------------------------------------------------- characters, quotes, brackets


def _wrong_text(failure: Failure) -> Finding | None:
    token = failure.token
    if token is None:
        return None
    place = token.span
    match token.kind:
        case "WRONG_STRING":
            closing = "”" if token.text[0] == "“" else '"'
            return error("KP104", place, "text", fix=Fix(Span(place.source, place.end, place.end), closing))
        case "WRONG_NAME":
            return error("KP104", place, "name", fix=Fix(Span(place.source, place.end, place.end), "」"))
        case "WRONG_DATE":
            parts = [int(part) for part in re.findall("[0-9]+", token.text)]
            right = "{:04}-{:02}-{:02}".format(*parts)
            return error("KP108", place, "form", found=token.text, right=right, fix=Fix(place, right))
        case "WRONG_OPERATOR" if token.text in _RANGES:
            return error("KP113", place, "range", found=token.text, fix=Fix(place, ".."))
        case "WRONG_OPERATOR":
            return _wrong_operator(failure, token)
        case "WRONG" if token.text in "%‰" and failure.before and failure.before.kind == "NUMBER":
            gap = Span(place.source, failure.before.start, place.end)
            return error("KP109", gap, "percent", right=failure.before.text + token.text, fix=Fix(gap, failure.before.text + token.text))
        case "WRONG" if token.text == "%":
            return error("KP109", place, "remainder")
        case "WRONG":
            return error("KP103", place, found=token.text, point=f"U+{ord(token.text):04X}")
    return None


def _wrong_operator(failure: Failure, token: Token) -> Finding:
    right = _SIGNS.get(token.text)
    if right is None:
        return error("KP113", token.span, "unknown", found=token.text)
    if right.isalpha():
        right = _spelled(right, failure.language)
    return error("KP113", token.span, "spelling", found=token.text, right=right, fix=Fix(token.span, right))


def _brackets(failure: Failure) -> Finding | None:
    """A bracket without its partner, where that explains the refusal."""
    open_: list[Token] = []
    for token in failure.tokens[: failure.at]:
        if token.kind in _CLOSING:
            open_.append(token)
        elif token.kind in (")", "]") and open_:
            open_.pop()
    token = failure.token
    if token and token.kind in (")", "]"):
        if not open_:
            return error("KP105", token.span, "extra", found=token.kind, fix=Fix(token.span, ""))
        right = _CLOSING[open_[-1].kind]
        if right != token.kind:
            note = Note(open_[-1].span, "opened")
            return error("KP105", token.span, "other", found=token.kind, right=right, notes=(note,), fix=Fix(token.span, right))
        return None
    if not open_ or _CLOSING[open_[-1].kind] not in failure.accepted:
        return None
    if token and token.kind in ("NAME", "NUMBER", "STRING", "PERCENT") and failure.before and failure.before.kind == "NAME":
        return None
    end = failure.tokens[failure.at - 1].end
    right = _CLOSING[open_[-1].kind]
    fix = Fix(Span(open_[-1].source, end, end), right)
    return error("KP105", open_[-1].span, "missing", found=open_[-1].kind, right=right, fix=fix)


# ---------------------------------------------------------------- how the statement begins


def _beginning(failure: Failure) -> Finding | None:
    """A line that begins with no statement keyword."""
    first = failure.tokens[0]
    if failure.kind not in ("field", first.kind) or first.word or failure.kind in ("|", "=>"):
        return None
    if failure.kind != "field":
        return error("KP110", first.span, "sign", found=first.text)
    if any(token.kind == ":" for token in failure.tokens[: failure.at + 1]):
        return None
    second = failure.tokens[1] if len(failure.tokens) > 1 else None
    statement = tables()["statement"]
    if turned := _condition_first(failure):
        return turned
    if meant := tables()["mistaken_statement"].single.get(first.text):
        right = _spelled(meant.key, failure.language)
        return error("KP110", first.span, "near", found=first.text, right=right, fix=Fix(first.span, right))
    joined = _run_together(first.text, statement)
    if joined:
        return error("KP110", first.span, "joined", found=first.text, right=joined, fix=Fix(first.span, joined))
    if second and second.kind == "=":
        start = Span(first.source, first.start, first.start)
        word = _spelled("let", failure.language)
        return error("KP110", first.span, "assignment", found=first.text, right=word, fix=Fix(start, word + " "))
    if near := _near(first.text, statement):
        return error("KP110", first.span, "near", found=first.text, right=near, fix=Fix(first.span, near))
    if len(failure.tokens) == 1 and len(first.text) > 12 or second is None:
        return error("KP110", first.span, "alone", found=first.text)
    return error("KP110", first.span, found=first.text)


def _condition_first(failure: Failure) -> Finding | None:
    """`若 重大事故 则 一票否决`: here the consequence comes first."""
    if len(failure.tokens) > _LONGEST_WORD:
        return None
    text = " ".join(_spread(token.text) if token.kind == "NAME" else token.text for token in failure.tokens)
    opening, joining = _joints()
    if not opening.fullmatch(text) or not _inline(text.split(" ")[0], "if"):
        return None
    place = failure.tokens[0].span.to(failure.tokens[-1].span)
    words = text.split(" ")
    then = next((i for i, word in enumerate(words) if _inline(word, "then")), None)
    if then is None or then + 1 == len(words):
        return error("KP110", place, "condition", found=words[0])
    right = " ".join((*words[then + 1 :], *words[:then]))
    return error("KP110", place, "turned", found=words[0], right=right, fix=Fix(place, right))


def _inline(text: str, key: str) -> bool:
    word = tables()["inline"].single.get(text)
    return word is not None and word.key == key


def _run_together(text: str, table: Table, accepted: frozenset[str] = frozenset()) -> str | None:
    """`加分20` as `加分 20`, `否决若重大事故` as `否决 若 重大事故`: a word that begins with a keyword of a table."""
    if len(text) > _LONGEST_WORD:
        return None
    for spelling in _longest_first(table):
        rest = text[len(spelling) :]
        if not rest or not text.startswith(spelling) or spelling.isascii() == rest[0].isascii() == True:  # noqa: E712
            continue
        spread = _spread(rest)
        if len(spelling) > 1 or rest[0].isdigit() or spread != rest or table.single[spelling].key in accepted:
            return f"{spelling} {spread}"
    return None


@cache
def _joints() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def spellings(*keys: str) -> str:
        words = [word for word in tables()["inline"].words if word.key in keys]
        found = {spelling for word in words for spelling in word.zh if " " not in spelling}
        return "|".join(sorted(found, key=len, reverse=True))

    opening = re.compile(f"({spellings('if', 'unless', 'per')})(.+)", re.DOTALL)
    joining = re.compile(f"(.+?)({spellings('then', 'else', 'and', 'or', 'if')})(.+)", re.DOTALL)
    return opening, joining


def _spread(text: str) -> str:
    """A run of words with spaces around the keywords in it: `若重大事故则甲` as `若 重大事故 则 甲`."""
    opening, joining = _joints()
    if len(text) > _LONGEST_WORD:
        return text
    if match := opening.fullmatch(text):
        return f"{match[1]} {_spread(match[2])}"
    if match := joining.fullmatch(text):
        return f"{match[1]} {match[2]} {_spread(match[3])}"
    return text


# ---------------------------------------------------------------- numbers


def _numbers(failure: Failure) -> Finding | None:
    token, before, after = failure.token, failure.before, failure.after
    if token is None:
        return None
    if token.kind == "," and before and after and before.kind == after.kind == "NUMBER" and _digits(after.text) == 3:
        if before.end == token.start and token.end == after.start:
            place = Span(token.source, before.start, after.end)
            right = before.text + after.text
            return error("KP107", place, "comma", found=place.text, right=right, fix=Fix(place, right))
    if token.kind == "." and after and after.kind == "NUMBER" and token.end == after.start and not _close(before, token):
        return error("KP107", Span(token.source, token.start, after.end), "point", right="0." + after.text, fix=Fix(token.span, "0."))
    if token.kind == "NAME" and "NUMBER" in failure.accepted and (value := _numeral(token.text)) is not None:
        return error("KP107", token.span, "numeral", found=token.text, right=value, fix=Fix(token.span, str(value)))
    if token.kind == "NAME" and before and before.kind == "NUMBER" and len(token.text) <= 3 and not token.text.isascii():
        if not _run_together(token.text, tables()["inline"], failure.accepted):
            place = Span(token.source, before.start, token.end)
            right = before.text + token.text
            return error("KP109", place, "space", found=token.text, right=right, fix=Fix(place, right))
    if token.kind == "UNIT" and before and before.kind == "NUMBER":
        place = Span(token.source, before.start, token.end)
        if "NAME" in failure.accepted or not failure.accepted & {"UNIT"}:
            return error("KP109", place, "unexpected", found=place.text, number=before.text)
    if token.kind in ("NUMBER", "UNIT") and "NAME" in failure.accepted and after and after.kind == "UNIT":
        place = Span(token.source, token.start, after.end)
        return error("KP114", place, "digit", found=place.text, fix=Fix(place, f"「{place.text}」"))
    return None


def _close(before: Token | None, token: Token) -> bool:
    return before is not None and before.end == token.start


def _digits(text: str) -> int:
    return len(text) if text.isdigit() else 0


def _numeral(text: str) -> int | None:
    """The value of a numeral in Chinese characters below ten thousand."""
    total = digit = 0
    if not text or len(text) > _LONGEST_WORD or any(char not in _NUMERALS and char not in _NUMERAL_TENS for char in text):
        return None
    for char in text:
        if char in _NUMERALS:
            digit = _NUMERALS[char]
        else:
            total += (digit or 1) * _NUMERAL_TENS[char]
            digit = 0
    return total + digit


# ---------------------------------------------------------------- operators


def _operators(failure: Failure) -> Finding | None:
    token, before = failure.token, failure.before
    if token is None:
        return None
    if token.kind == "=>" and failure.accepted & _COMPARISONS:
        return error("KP113", token.span, "spelling", found="=>", right=">=", fix=Fix(token.span, ">="))
    if token.kind in _COMPARISONS and before and before.kind in _COMPARISONS and before.end == token.start:
        place = Span(token.source, before.start, token.end)
        right = {"> =": ">=", "< =": "<="}.get(f"{before.text} {token.text}", "=")
        return error("KP113", place, "spelling", found=place.text, right=right, fix=Fix(place, right))
    if token.kind in _COMPARISONS and any(t.kind in _COMPARISONS for t in failure.tokens[: failure.at]) and "and" in failure.accepted:
        return error("KP113", token.span, "chain", found=token.text)
    if token.kind == "-" and ".." in failure.accepted and before and before.kind in ("NUMBER", "PERCENT"):
        return error("KP113", token.span, "range", found="-", fix=Fix(token.span, ".."))
    if token.kind == "default":
        return error("KP113", token.span, "default", found=token.text)
    return None


# ---------------------------------------------------------------- words


def _types(failure: Failure) -> Finding | None:
    """A missing or unknown type."""
    if failure.kind not in ("input", "field", "param", "class", "=>", "link"):
        return None
    token, before = failure.token, failure.before
    types = tables()["type"]
    known = ", ".join(types.spellings(failure.language))
    if "score" in failure.accepted:
        if token is None:
            return error("KP115", failure.place, "missing", known=known)
        if token.kind == "NAME" and (near := _near(token.text, types) or _run_together(token.text, types)):
            return error("KP115", token.span, "near", found=token.text, right=near, known=known, fix=Fix(token.span, near))
        return error("KP115", token.span, "unknown", found=token.text, known=known)
    if ":" in failure.accepted and failure.kind != "param" and before and before.kind == "NAME":
        if token is None:
            return error("KP115", failure.place, "missing", known=known)
        if token.kind == "NAME" and (token.text in types.single or token.text in types.several):
            gap = Span(token.source, before.end, token.start)
            return error("KP115", token.span, "colon", found=token.text, fix=Fix(gap, " : "))
    return None


def _words(failure: Failure) -> Finding | None:
    """A word that the grammar did not take."""
    token, before = failure.token, failure.before
    if token is None:
        return None
    start = Span(token.source, token.start, token.start)
    if token.word and "NAME" in failure.accepted and token.kind not in _JOINING:
        return error("KP114", token.span, "keyword", found=token.text, fix=Fix(token.span, f"「{token.text}」"))
    if token.kind != "NAME":
        return None
    text = token.text
    if text in (meant := tables()["mistaken"].single):
        right = meant[text].key
        if right in failure.accepted or (right in (">=", "<=", "!=") and "COMPARISON" in failure.accepted):
            right = _spelled(right, failure.language)
            return error("KP112", token.span, "meant", found=text, right=right, fix=Fix(token.span, right))
    if near := _special_place(failure, token):
        return near
    if joined := _run_together(text, tables()["inline"], failure.accepted):
        return error("KP112", token.span, "joined", found=text, right=joined, fix=Fix(token.span, joined))
    if near := _near(text, tables()["inline"], failure.accepted):
        return error("KP112", token.span, "near", found=text, right=near, fix=Fix(token.span, near))
    if "then" in failure.accepted and _count(failure, "if") > _count(failure, "then"):
        word = _spelled("then", failure.language)
        return error("KP111", token.span, "missing", found=text, right=word, fix=Fix(start, word + " "))
    if text in tables()["statement"].single and failure.after and failure.after.kind in ("NAME", "NUMBER", "STRING", "if"):
        return error("KP125", token.span, found=text, fix=Fix(start, "; "))
    if failure.kind in _CONDITION and "if" in failure.accepted:
        word = _spelled("if", failure.language)
        return error("KP119", token.span, "missing", found=text, right=word, fix=Fix(start, word + " "))
    if "=" in failure.accepted and failure.kind in ("total", "let", "param") and not _count(failure, "=", all_=True):
        return error("KP111", token.span, "equals", found=text, fix=Fix(start, "= "))
    missing = {kind for kind in failure.accepted if not kind.isupper()} - _ALWAYS
    if len(missing) == 1 and missing <= _BETWEEN:
        word = _spelled(missing.pop(), failure.language)
        return error("KP111", token.span, "missing", found=text, right=word, fix=Fix(start, word + " "))
    if before and before.kind == "NAME":
        joined = before.text + text
        place = Span(token.source, before.start, token.end)
        return error("KP112", token.span, "two", found=text, first=before.text, right=f"「{place.text}」", joined=joined)
    return None


_BETWEEN = {"from", "else", "then", "of", "by", "as", "if", "with", "=", ":"}
_PLACES = {"averaged by": "unit", "ties": "policy", "rounded": "rounding", "evidence": "evidence", "round": "rounding", "round items": "rounding"}


def _special_place(failure: Failure, token: Token) -> Finding | None:
    """A word where only a few can stand: `ties 排除`."""
    at = failure.before.kind if failure.before and failure.before.kind in _PLACES else failure.kind
    if at not in _PLACES or "NAME" in failure.accepted:
        return None
    words = [w for w in tables()[_PLACES[at]].words if w.key in failure.accepted]
    if not words:
        return None
    known = ", ".join(word.spelling(failure.language) for word in words)
    return error("KP124", token.span, "place", found=token.text, known=known)


# ---------------------------------------------------------------- what is left


def _ended(failure: Failure) -> Finding | None:
    """A statement that stops too early."""
    if failure.token is not None:
        return None
    accepted = failure.accepted
    if "else" in accepted and _count(failure, "then") > _count(failure, "else"):
        return error("KP118", failure.place, "else", right=_spelled("else", failure.language))
    if "then" in accepted and not accepted & _OPERAND:
        return error("KP118", failure.place, "then", right=_spelled("then", failure.language))
    if failure.kind in _CONDITION and "if" in accepted and "NAME" not in accepted:
        return error("KP119", failure.place, "absent", right=_spelled("if", failure.language))
    return None


def _count(failure: Failure, kind: str, *, all_: bool = False) -> int:
    return sum(token.kind == kind for token in (failure.tokens if all_ else failure.tokens[: failure.at]))


def _unexpected(failure: Failure) -> Finding:
    """What the grammar says, in words: what came, and what could have come."""
    code = "KP118" if failure.token is None else "KP111"
    found = failure.token.text if failure.token else ""
    accepted = failure.accepted
    expected = _listed(failure)
    if {"NAME", "NUMBER", "("} <= accepted:
        return error(code, failure.place, "value", found=found)
    if "NAME" in accepted and not accepted & {"NUMBER", "STRING"}:
        return error(code, failure.place, "name", found=found)
    if accepted & {"NUMBER", "PERIOD_CODE", "DATE", "PERCENT"} and "NAME" not in accepted:
        return error(code, failure.place, "number", found=found)
    if accepted == {"STRING"}:
        return error(code, failure.place, "text", found=found)
    if not expected:
        return error(code, failure.place, "end", found=found)
    return error(code, failure.place, "one_of", found=found, expected=expected)


def _listed(failure: Failure) -> str:
    """The keywords and signs that could have come; those that could nearly always come are left out where others could."""
    kinds = {kind for kind in failure.accepted if not kind.isupper()}
    telling = kinds - _ALWAYS or kinds
    spelled = [_spelled(kind, failure.language) for kind in sorted(telling)]
    return "  ".join(dict.fromkeys(spelled))


def _spelled(key: str, language: Language) -> str:
    """A keyword or a sign as the author would write it."""
    for name, table in tables().items():
        if name in ("mistaken", "bound", "function", "value"):
            continue
        for word in table.words:
            if word.key == key:
                return word.spelling(language)
    return key


def _near(text: str, table: Table, accepted: frozenset[str] | None = None) -> str | None:
    """The keyword of a table that a word was probably meant to be."""
    if len(text) > _LONGEST_WORD:
        return None
    language: Language = "en" if text.isascii() else "zh"
    words = [word for word in table.words if accepted is None or word.key in accepted]
    for word in words:
        if any(spelling.startswith(text + " ") for spelling in (*word.en, *word.zh)):
            return word.spelling(language)
    spelled = {spelling: word for word in words for spelling in (*word.en, *word.zh) if len(spelling) > 1}
    near = get_close_matches(text, spelled, 1, 0.6 if text.isascii() else 0.65)
    return spelled[near[0]].spelling(language) if near else None


def _longest_first(table: Table) -> list[str]:
    return sorted(table.single, key=len, reverse=True)


_REASONS: tuple[Callable[[Failure], Finding | None], ...] = (
    _wrong_text, _beginning, _operators, _numbers, _types, _words, _brackets, _ended,
)  # fmt: skip
