"""Which word is a keyword: settled by its place, before the grammar is asked.

A statement keyword is one only where a statement starts, a type word only after the ":" of a declaration, an inline
keyword anywhere else except where a new name is expected; there any word will do.
"""

from __future__ import annotations

from functools import cache

from kaoping_dsl.tokens import Token
from kaoping_dsl.words import Table, Word, tables

# The word after these is a new name, or a label that may be any word.
_NAMES_ONE = {
    "scheme", "subject", "use", "class", "records", "on", "item", "group", "total", "outcome", "table", "link",
    "select", "limit", "bar", "=>",
}  # fmt: skip
_TYPED = {"input", "field", "param", "class", "=>", "let", "outcome"}
_ROUNDING = {"round", "round items", "rounded"}
_LISTS: dict[str, tuple[str, ...]] = {
    "one of": (",", "<"),
    "rated by": (",",),
    "for": (",",),
    "as": (),
    "grades": (">",),
}
_NAMED_UP_TO = {"input": ":", "field": ":", "param": ":", "let": "="}
_MEASURED = {"NUMBER", ")", "NAME"}  # what a duration may follow


def statement_word(tokens: list[Token], i: int) -> tuple[Word, int] | None:
    """The statement keyword at token i, and its length in tokens; None before `:` or `,`, where a field stands."""
    if tokens[i].kind != "NAME":
        return None
    found = _at(tables()["statement"], tokens, i)
    if found is None:
        return None
    after = i + found[1]
    return None if after < len(tokens) and tokens[after].kind in (":", ",") else found


def inline_word(tokens: list[Token], i: int) -> Word | None:
    """The inline keyword that token i is, or begins."""
    found = _at(tables()["inline"], tokens, i)
    return found[0] if found else None


def _at(table: Table, tokens: list[Token], i: int) -> tuple[Word, int] | None:
    text = tokens[i].text
    for pieces, word in table.several.get(text, ()):
        size = len(pieces)
        if tuple(token.text for token in tokens[i : i + size]) == pieces:
            return word, size
    single = table.single.get(text)
    return (single, 1) if single else None


def recognise(tokens: list[Token], *, expression: bool = False) -> tuple[str, list[Token]]:
    """The kind of a statement, and its tokens with every keyword recognised and the words of one keyword joined."""
    table = tables()
    inline, durations = table["inline"], table["duration"]
    kind, out, i = ("expression", [], 0) if expression else _opening(tokens)
    naming = _NAMED_UP_TO.get(kind, "")  # all words before this sign are new names
    typed = kind in _TYPED  # the next ":" is followed by a type
    in_type = False
    listing: tuple[str, ...] = ()  # what stands between the new names of a list
    depth = 0
    while i < len(tokens):
        token = tokens[i]
        before = out[-1].kind if out else ""
        found: tuple[Word, int] | None = None
        match token.kind:
            case "NAME" if before == "." or naming or (len(out) == 1 and kind in _NAMES_ONE):
                pass
            case "NAME" if before == ":" and (in_type or (kind == "link" and depth)):
                found = _at(table["type"], tokens, i)
            case "NAME" if before in _LISTS or before in listing:
                listing = _LISTS.get(before, listing)
            case "NAME" if kind in ("link", "table") and before == "(":
                pass
            case "NAME" if special := _special(kind, out, tokens, i):
                found = special
            case "NAME" if not in_type and before in _MEASURED and token.text in durations.single:
                found = durations.single[token.text], 1
            case "NAME" if token.text in inline.single or token.text in inline.several:
                found = None if _labels(before, tokens, i) else _at(inline, tokens, i)
            case "NUMBER" if kind == "period" or (kind == "history" and len(out) == 1) or before in ("since", "until"):
                token, taken = _period_code(tokens, i)
                i += taken - 1
            case "(" | "[":
                depth += 1
            case ")" | "]":
                depth -= 1
            case ":" if typed and not depth:
                in_type, typed, naming = True, False, ""
            case "=" if not depth:
                in_type, typed, naming = False, False, ""
            case "," if kind == "link" and depth and _type_of(tokens, i + 2) == ":":
                token = Token("_NEXT", token.text, token.start, token.end, token.source)
            case _:
                pass
        if found:
            token = _joined(tokens, i, *found)
            i += found[1] - 1
            listing = ()
        out.append(token)
        i += 1
    return kind, out


def _opening(tokens: list[Token]) -> tuple[str, list[Token], int]:
    """What kind of statement it is, its keyword, if it begins with one, and how many tokens the keyword takes."""
    first = statement_word(tokens, 0)
    if first:
        return first[0].key, [_joined(tokens, 0, *first)], first[1]
    if tokens[0].kind != "NAME":
        return tokens[0].kind, [], 0
    word = inline_word(tokens, 0)
    if word and word.key == "otherwise" and _type_of(tokens, 1) == "=>":
        return "|", [_joined(tokens, 0, word, 1)], 1
    return "field", [], 0


def _joined(tokens: list[Token], i: int, word: Word, size: int) -> Token:
    last = tokens[i + size - 1]
    text = " ".join(token.text for token in tokens[i : i + size]).replace(" / ", "/")
    return Token(word.key, text, tokens[i].start, last.end, last.source, word)


def _type_of(tokens: list[Token], i: int) -> str:
    return tokens[i].kind if i < len(tokens) else ""


def _special(kind: str, out: list[Token], tokens: list[Token], i: int) -> tuple[Word, int] | None:
    """The words that stand in one place only; `out` is what was recognised before token i."""
    before = out[-1].kind if out else ""
    if before == "averaged by":
        name = "unit"
    elif before == "ties":
        name = "policy"
    elif kind in _ROUNDING:
        name = "rounding"
    elif kind == "evidence":
        name = "evidence"
    elif before == "per" and _before_step(tokens, i + 1):
        name = "step"
    elif kind in ("top", "bottom") and not _awaits_then(out):
        name = "tie"
    else:
        return None
    return _at(tables()[name], tokens, i)


def _awaits_then(out: list[Token]) -> bool:
    """Whether an `if` is still without its `then`, which is then no word between two orders."""
    words = [token.word for token in out if token.word and token.word.table == "inline"]
    return sum(word.key == "if" for word in words) > sum(word.key == "then" for word in words)


def _before_step(tokens: list[Token], i: int) -> bool:
    """Whether a step begins at token i: a literal, a bracket, or a name before `of`."""
    if _type_of(tokens, i) != "NAME":
        return _type_of(tokens, i) in ("NUMBER", "PERCENT", "(")
    after = inline_word(tokens, i + 1) if i + 1 < len(tokens) else None
    return after is not None and after.key == "of"


def _labels(before: str, tokens: list[Token], i: int) -> bool:
    """Whether a word stands for a label or a field: `[有: 3]`, `given 有 = 3`."""
    after = _type_of(tokens, i + 1)
    if after == ":":
        return before in ("[", ",") and tokens[i].text not in _never_labels()
    return after == "=" and before in ("given", "expect", "with", ":", ",")


@cache
def _never_labels() -> frozenset[str]:
    return frozenset(text for text, word in tables()["inline"].single.items() if word.key in ("otherwise", "yes", "no"))


def _period_code(tokens: list[Token], i: int) -> tuple[Token, int]:
    """2009, 2009H1, 2009Q1 or 2009-03 as one token."""
    taken = 1
    if _type_of(tokens, i + 1) == "UNIT":
        taken = 2
    elif _type_of(tokens, i + 1) == "-" and _type_of(tokens, i + 2) == "NUMBER":
        near = tokens[i].end == tokens[i + 1].start and tokens[i + 1].end == tokens[i + 2].start
        taken = 3 if near else 1
    pieces = tokens[i : i + taken]
    text = "".join(token.text for token in pieces)
    return Token("PERIOD_CODE", text, pieces[0].start, pieces[-1].end, pieces[0].source), taken
