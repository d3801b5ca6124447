"""Why a statement could not be read: the common mistakes of authors, told apart.

The grammar says only which token came and what it would have taken; everything else is seen from the tokens around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Span
from kaoping_dsl import conditions, habits, phrases
from kaoping_dsl.signs import Failure, unpaired, wrong_number, wrong_operator, wrong_text
from kaoping_dsl.spelling import near, run_together, spelled, spread_out
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import Language, tables

_OPERAND = {"NAME", "NUMBER", "STRING", "("}
_CONDITION = {"veto", "bar", "grade", "downgrade", "deduct all"}
# Keywords that join: where one of these comes too early, what is missing is a value, not a name.
_CONDITIONAL = {"if", "unless", "where"}
_JOINING = {
    "then", "else", "and", "or", "if", "unless", "of", "per", "over", "where", "within", "by", "default", "up to",
    "down to", "applies if", "for", "for each", "otherwise", "since", "until", "from", "with",
}  # fmt: skip
_LONGEST_FACT = 200
_WORD_AND_NUMBER = re.compile(r"([^\W\d]+)([0-9]\w*)")
_MOST_TOKENS = 40
_ALWAYS = {
    "+", "-", "<", ">", "(", "[", ".", "..", "..<", "<..", "<..<", "and", "or", "in", "default", "days", "months",
    "years",
}  # fmt: skip


_SENTENCE = re.compile(r"[扣减加得]\D{0,3}[0-9]+(\.[0-9]+)?\s*分")
"""`每迟到一次扣1分`: a rule in the words of a document."""

# The keywords that the help of a code names; the author reads them in the language of the script.
_IN_HELP: dict[str, tuple[str, ...]] = {
    "KP105": ("case", "in"),
    "KP106": ("let", "case"),
    "KP109": ("of",),
    "KP111": ("param",),
    "KP110": ("item", "input", "bonus", "veto", "assume", "if", "and", "down to", "up to", "deduct", "per"),
    "KP113": ("and", "or", "in", "default"),
    "KP115": ("input", "score", "one of"),
    "KP118": ("if",),
    "KP120": ("and", "or", "not"),
    "KP124": ("by", "not", "vetoed", "barred", "flagged"),
}


def worded(finding: Finding, language: Language) -> Finding:
    """A finding with the keywords that its help names, as the author spells them."""
    keywords = {key.replace(" ", "_"): spelled(key, language) for key in _IN_HELP.get(finding.code, ())}
    return replace(finding, facts=keywords | finding.facts) if keywords else finding


def explain(failure: Failure) -> Finding:
    """The finding for a statement that the grammar refused."""
    finding = next((found for reason in _REASONS if (found := reason(failure))), None) or _unexpected(failure)
    short = {
        name: fact if len(fact) <= _LONGEST_FACT else fact[:_LONGEST_FACT] + "…" for name, fact in finding.facts.items()
    }
    return replace(finding, facts=short)


# ---------------------------------------------------------------- how the statement begins


def _joined_head(failure: Failure) -> Finding | None:
    """`加分20 每 表彰`, `前3名`: a keyword and what follows it, run together."""
    first = failure.tokens[0]
    if failure.kind != "field" or first.kind != "NAME" or first.word:
        return None
    if first.text in tables()["mistaken_statement"].single:
        return None
    if any(token.kind in (":", "=") for token in failure.tokens[1:2]) or _condition_first(failure):
        return None
    joined = _mistaken_head(first.text, failure.language) or run_together(first.text, tables()["statement"])
    if joined is None:
        return None
    joined = _without_unit(joined)
    return error("KP110", first.span, "joined", found=first.text, right=joined, fix=Fix(first.span, joined))


def _mistaken_head(text: str, language: Language) -> str | None:
    """`不得评 优秀` of `不得评为优秀`: what begins with what authors write for a keyword."""
    mistaken = tables()["mistaken_statement"].single
    head = max((each for each in mistaken if len(each) > 2 and text.startswith(each)), key=len, default=None)
    return None if head is None else f"{spelled(mistaken[head].key, language)} {text.removeprefix(head)}"


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
        word = spelled(meant.key, failure.language)
        return error("KP110", first.span, "near", found=first.text, right=word, fix=Fix(first.span, word))
    if second and second.kind == "=":
        start = Span(first.source, first.start, first.start)
        several = any(token.kind == "," for token in failure.tokens)  # 甲 = 1, 乙 = 2 is what an example is given
        word = spelled("given" if several else "let", failure.language)
        return error("KP110", first.span, "assignment", found=first.text, right=word, fix=Fix(start, word + " "))
    if right := near(first.text, statement):
        return error("KP110", first.span, "near", found=first.text, right=right, fix=Fix(first.span, right))
    whole = first.span.to(failure.tokens[-1].span)
    if _SENTENCE.search(whole.text):
        return error("KP110", whole, "sentence", found=" ".join(whole.text.split()))
    if (len(failure.tokens) == 1 and len(first.text) > 12) or second is None:
        return error("KP110", first.span, "alone", found=first.text)
    return error("KP110", first.span, found=first.text)


def _without_unit(joined: str) -> str:
    """`前 3` of `前3名`."""
    found = re.fullmatch("(\\w+ [0-9]+)[名个家位]", joined)
    word = tables()["statement"].single.get(joined.partition(" ")[0])
    return found[1] if found and word and word.key in ("top", "bottom") else joined


def _implied(failure: Failure) -> Finding | None:
    """`扣完为止`: what an item does anyway."""
    first = failure.tokens[0]
    if first.text not in tables()["implied"].single:
        return None
    return error("KP110", first.span, "implied", found=first.text, fix=Fix(first.span, "# " + first.text))


def _no_statement(failure: Failure) -> Finding | None:
    """A sentence of the document where a statement should stand, whatever signs it holds."""
    return _beginning(failure) if failure.kind == "field" and failure.at else None


def _heading(failure: Failure) -> Finding | None:
    """`条 "一" 考核内容`: the heading of a clause is a text."""
    token = failure.token
    if failure.kind != "clause" or "STRING" not in failure.accepted or token is None or token.kind != "NAME":
        return None
    return error("KP111", token.span, "text", found=token.text, fix=_quoted(failure))


def _condition_first(failure: Failure) -> Finding | None:
    """`若 重大事故 则 一票否决`: here the consequence comes first."""
    if len(failure.tokens) > _MOST_TOKENS:
        return None
    keywords = tables()["inline"].single
    texts = (
        spread_out(token.text) if token.kind == "NAME" and token.text not in keywords else token.text
        for token in failure.tokens
    )
    kinds = (token.kind for token in failure.tokens)
    text = "".join(text if kind == "UNIT" else f" {text}" for kind, text in zip(kinds, texts, strict=True)).strip()
    words = text.split(" ")
    if not _inline(words[0], "if"):
        return None
    place = failure.tokens[0].span.to(failure.tokens[-1].span)
    then = next((i for i, word in enumerate(words) if word == "," or _inline(word, "then")), None)
    if then is None or not set(words[then + 1 : then + 2]) & tables()["statement"].single.keys():
        return error("KP110", place, "condition", found=words[0])
    right = " ".join((*words[then + 1 :], *words[:then]))
    return error("KP110", place, "turned", found=words[0], right=right, fix=Fix(place, right))


def _inline(text: str, key: str) -> bool:
    word = tables()["inline"].single.get(text)
    return word is not None and word.key == key


# ---------------------------------------------------------------- words


def _types(failure: Failure) -> Finding | None:
    """A missing or unknown type."""
    if failure.kind not in ("input", "field", "param", "class", "=>", "link", "let", "outcome"):
        return None
    token, before = failure.token, failure.before
    types = tables()["type"]
    known = ", ".join(types.spellings(failure.language))
    if "score" in failure.accepted:
        if token is None:
            return error("KP115", failure.place, "missing", known=known)
        if token.kind in ("NUMBER", "PERCENT", "-", ".."):
            return error("KP115", token.span, "range", found=token.text, known=known)
        if failure.after and failure.after.kind == "," and token.kind == "NAME":
            word, start = spelled("one of", failure.language), Span(token.source, token.start, token.start)
            return error("KP115", token.span, "labels", right=word, fix=Fix(start, word + " "))
        meant = tables()["mistaken_type"].single.get(token.text)
        right = spelled(meant.key, failure.language) if meant else None
        if token.kind == "NAME" and (right := right or near(token.text, types) or run_together(token.text, types)):
            return error(
                "KP115", token.span, "near", found=token.text, right=right, known=known, fix=Fix(token.span, right)
            )
        if failure.kind in ("let", "outcome"):
            return habits.colon_for_a_word(failure)
        return error("KP115", token.span, "unknown", found=token.text, known=known)
    if ":" in failure.accepted and failure.kind not in ("param", "let", "outcome") and before and before.kind == "NAME":
        if token is None:
            return error("KP115", failure.place, "missing", known=known)
        if token.kind == "NAME" and (token.text in types.single or token.text in types.several):
            gap = Span(token.source, before.end, token.start)
            return error("KP115", token.span, "colon", found=token.text, fix=Fix(gap, " : "))
    return None


def _here(failure: Failure, key: str) -> str | None:
    """What a word that is meant as another means where it stands: behind an amount `不超过` is its most."""
    conditional = any(token.kind in _CONDITIONAL for token in failure.tokens[: failure.at])
    if key == "<=" and "up to" in failure.accepted and not conditional:
        return "up to"
    return key if failure.accepted & {key, _KIND_OF_SIGN.get(key, key)} else None


def _words(failure: Failure) -> Finding | None:
    """A word that the grammar did not take."""
    token, before = failure.token, failure.before
    if token is None:
        return None
    start = Span(token.source, token.start, token.start)
    if token.word and "NAME" in failure.accepted and token.kind not in _JOINING:
        return error("KP114", token.span, found=token.text, fix=Fix(token.span, f"「{token.text}」"))
    unanswered = "then" in failure.accepted and _count(failure, "if") > _count(failure, "then")
    if unanswered and token.word is None and token.text not in tables()["mistaken"].single:
        word = spelled("then", failure.language)
        return error("KP111", token.span, "missing", found=token.text, right=word, fix=Fix(start, word + " "))
    if token.kind != "NAME":
        return None
    text = token.text
    glued = _WORD_AND_NUMBER.fullmatch(text)
    intended = tables()["mistaken"].single.get(glued[1]) if glued else None
    if glued and intended and (key := _here(failure, intended.key)):
        right = f"{spelled(key, failure.language)} {glued[2]}"
        return error("KP112", token.span, "joined", found=text, right=right, fix=Fix(token.span, right))
    if text in (meant := tables()["mistaken"].single) and (key := _here(failure, meant[text].key)):
        right = spelled(key, failure.language)
        return error("KP112", token.span, "meant", found=text, right=right, fix=Fix(token.span, right))
    if found := _special_place(failure, token):
        return found
    if joined := run_together(text, tables()["inline"], failure.accepted):
        return error("KP112", token.span, "joined", found=text, right=joined, fix=Fix(token.span, joined))
    if keyword := near(text, tables()["inline"], failure.accepted):
        return error("KP112", token.span, "near", found=text, right=keyword, fix=Fix(token.span, keyword))
    if (
        text in tables()["statement"].single
        and failure.after
        and failure.after.kind in ("NAME", "NUMBER", "STRING", "if")
    ):
        return error("KP125", token.span, found=text, fix=Fix(start, "; "))
    if failure.kind in _CONDITION and "if" in failure.accepted:
        word = spelled("if", failure.language)
        return error("KP119", token.span, "missing", found=text, right=word, fix=Fix(start, word + " "))
    if "=" in failure.accepted and failure.kind in ("total", "let", "param") and not _count(failure, "=", all_=True):
        return error("KP111", token.span, "equals", found=text, fix=Fix(start, "= "))
    missing = {kind for kind in failure.accepted if not kind.isupper()} - _ALWAYS
    if len(missing) == 1 and missing <= _BETWEEN:
        word = spelled(missing.pop(), failure.language)
        return error("KP111", token.span, "missing", found=text, right=word, fix=Fix(start, word + " "))
    if before and before.kind == "NAME":
        joined = before.text + text
        place = Span(token.source, before.start, token.end)
        return error(
            "KP112", token.span, "two", found=text, first=before.text, right=f"「{place.text}」", joined=joined
        )
    return None


_KIND_OF_SIGN = {">=": "COMPARISON", "<=": "COMPARISON", "!=": "COMPARISON", "*": "TIMES", "/": "DIVIDED"}
_BETWEEN = {"from", "else", "then", "of", "by", "as", "if", "with", "=", ":"}
_PLACES = {
    "averaged by": "unit",
    "ties": "policy",
    "rounded": "rounding",
    "evidence": "evidence",
    "round": "rounding",
    "round items": "rounding",
}


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
        return error("KP118", failure.place, "else", right=spelled("else", failure.language))
    if "then" in accepted and not accepted & _OPERAND:
        return error("KP118", failure.place, "then", right=spelled("then", failure.language))
    if failure.kind in _CONDITION and "if" in accepted and "NAME" not in accepted:
        return error("KP119", failure.place, "absent", right=spelled("if", failure.language))
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
        return error(code, failure.place, "text", found=found, fix=_quoted(failure))
    if not expected:
        return error(code, failure.place, "end", found=found)
    return error(code, failure.place, "one_of", found=found, expected=expected)


def _quoted(failure: Failure) -> Fix | None:
    """Quotation marks around the words that stand where a text belongs."""
    words: list[Token] = []
    for token in failure.tokens[failure.at :]:
        if failure.kind not in ("title", "source", "assume", "example") and token.kind not in (
            "NAME",
            "NUMBER",
            "UNIT",
            "PERCENT",
            "DATE",
        ):
            break
        words.append(token)
    return Fix(place := words[0].span.to(words[-1].span), f'"{place.text}"') if words else None


def _listed(failure: Failure) -> str:
    """The keywords and signs that could have come, without those that nearly always can, unless they are all."""
    kinds = {kind for kind in failure.accepted if not kind.isupper()}
    telling = kinds - _ALWAYS or kinds
    return "  ".join(dict.fromkeys(spelled(kind, failure.language) for kind in sorted(telling)))


_REASONS: tuple[Callable[[Failure], Finding | None], ...] = (
    _implied, phrases.date_with_slashes, phrases.shares_listed, phrases.cap_in_words, phrases.since_in_words,
    phrases.statement_in_words, phrases.grades_barred, _joined_head, habits.colon, _no_statement,
    habits.square_brackets,
    habits.word_for_range, phrases.share_in_head, phrases.values_of_several, wrong_text, habits.colon_inside,
    _beginning, habits.chain, habits.grades_listed,
    phrases.labels_listed, conditions.bound_in_words, wrong_operator, habits.unit_of_share,
    phrases.amount_with_reason, phrases.over_time, wrong_number,
    phrases.unit_in_brackets, _types, habits.nameless_total, habits.otherwise, phrases.otherwise_first,
    conditions.word_meant, conditions.presence_asked, conditions.one_of_several,
    conditions.conditions_listed, conditions.not_in_words,
    phrases.implied_behind, habits.keyword_as_name, habits.superfluous, phrases.amount_first, phrases.step_without_mode,
    phrases.formula_after_of, phrases.name_with_brackets, phrases.number_without_equals, _heading, _words, unpaired,
    phrases.comma_between_parts, _ended,
)  # fmt: skip
