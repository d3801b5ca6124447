"""Habits of those who write documents: what is plain on paper and written otherwise in a script."""

from __future__ import annotations

import re

from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Span
from kaoping_dsl.signs import COMPARISONS, Failure
from kaoping_dsl.spelling import range_word, spelled
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import tables

_PATTERN_SIGNS = {":", "..", "..<", "<..", "<..<"}
_BOUND = {"NUMBER", "UNIT", "PERCENT", "DATE", "MONTH_DAY", "NAME", ".", "-"}
_ARITHMETIC = {"+", "-", "TIMES", "DIVIDED"}
_RANGES = {("<=", "<="): "..", ("<=", "<"): "..<", ("<", "<="): "<..", ("<", "<"): "<..<"}
_TURNED = {">=": "<=", ">": "<", "≥": "<=", "≧": "<="}
_FALLING = _TURNED.keys()
_RISING = {"<=": "<=", "<": "<", "≤": "<=", "≦": "<="}
_GLUED = re.compile(r"([^\W\d]+)([0-9]+)分?")
# Keywords that names follow, and those that a value follows: where something else comes, a name was meant.
_BEFORE_NAMES = {"for", "for each", "over", "within", "as", "from", "rated by"}
_BEFORE_VALUES = {"has", "not", "case", "interpolate"}
_BEGIN_VALUE = {
    "NAME", "NUMBER", "PERCENT", "DATE", "MONTH_DAY", "STRING", "PERIOD_CODE", "(", "[", "-", "not", "has", "case",
    "interpolate", "if", "yes", "no",
}  # fmt: skip
_NEVER_NAMES = {"if", "then", "else", "and", "or"}


def square_brackets(failure: Failure) -> Finding | None:
    """`case 得分 (90..100: A)`: cases, lists and rows of records stand in square brackets."""
    token = failure.token
    if token is None or failure.kind in ("link", "table"):
        return None
    opening = None
    if token.kind == "(" and failure.kind == "item":
        return None
    if token.text == "{" or (token.kind == "(" and "[" in failure.accepted and "(" not in failure.accepted):
        opening = failure.at
    elif token.kind in _PATTERN_SIGNS or token.kind in COMPARISONS:
        opening = _innermost(failure)
        if token.kind in COMPARISONS and opening != failure.at - 1:
            return None
    if opening is None or failure.tokens[opening].text not in ("(", "{"):
        return None
    first = failure.tokens[opening]
    closing = _closing(failure.tokens, opening)
    inside = failure.tokens[opening + 1 : opening + 4]
    if failure.before and failure.before.kind == "in" and [each.kind for each in inside] == ["NUMBER", ",", "NUMBER"]:
        right = f"{inside[0].text}..{inside[2].text}"
        place = first.span.to((closing or inside[2]).span)
        return error("KP113", place, "within", found=place.text, right=right, fix=Fix(place, right))
    place = first.span.to(closing.span) if closing else first.span
    right = f"[{place.text[1:-1] if closing else ''}" + ("]" if closing else "")
    return error("KP105", first.span, "square", found=first.text, fix=Fix(place, right))


def _innermost(failure: Failure) -> int | None:
    open_: list[int] = []
    for i, token in enumerate(failure.tokens[: failure.at]):
        if token.kind in ("(", "["):
            open_.append(i)
        elif token.kind in (")", "]") and open_:
            open_.pop()
    return open_[-1] if open_ else None


def _closing(tokens: list[Token], opening: int) -> Token | None:
    """The bracket that ends what one at a position begins."""
    depth = 0
    for token in tokens[opening:]:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if not depth:
            return token
    return None


def chain(failure: Failure) -> Finding | None:
    """`60 <= 总分 < 90`: a comparison has two sides; what lies between two bounds lies in a range."""
    token = failure.token
    if token is None or token.kind not in COMPARISONS or "and" not in failure.accepted:
        return None
    tokens, at = failure.tokens, failure.at
    first = next((i for i in range(at - 1, -1, -1) if tokens[i].kind in COMPARISONS), None)
    if first is None:
        return None
    within = spelled("in", failure.language)
    start = first
    while start and tokens[start - 1].kind in _BOUND and tokens[start - 1].word is None:
        start -= 1
    end = at + 1
    while end < len(tokens) and tokens[end].kind in _BOUND and tokens[end].word is None:
        end += 1
    alone = (start == 0 or tokens[start - 1].kind not in _ARITHMETIC) and (
        end == len(tokens) or tokens[end].kind not in _ARITHMETIC
    )
    low, middle, high = (_text(tokens[i:j]) for i, j in ((start, first), (first + 1, at), (at + 1, end)))
    range_ = _range(tokens[first].text, token.text, low, high)
    if not (alone and low and middle and high and range_):
        return error("KP113", token.span, "chain", within=within, joint=spelled("and", failure.language))
    right = f"{middle} {within} {range_}"
    fix = Fix(tokens[start].span.to(tokens[end - 1].span), right)
    return error("KP113", token.span, "between", right=right, fix=fix)


def _text(tokens: list[Token]) -> str:
    return tokens[0].span.to(tokens[-1].span).text if tokens else ""


def _range(first: str, second: str, low: str, high: str) -> str | None:
    if first in _FALLING and second in _FALLING:
        first, second, low, high = _TURNED[second], _TURNED[first], high, low
    sign = _RANGES.get((_RISING.get(first, first), _RISING.get(second, second)))
    return f"{low}{sign}{high}" if sign else None


def word_for_range(failure: Failure) -> Finding | None:
    """`0到40`, `0 至 40`: between the ends of a range stands `..`."""
    token, before = failure.token, failure.before
    if before and before.kind == "UNIT" and ".." in failure.accepted:
        token = before
    elif token is None or ".." not in failure.accepted:
        return None
    word = range_word(token.text)
    if word is None:
        return None
    place = Span(token.source, token.start, token.start + len(word))
    return error("KP113", place, "range", found=word, fix=Fix(place, ".."))


def grades_listed(failure: Failure) -> Finding | None:
    """`等次 优秀、良好、合格`: grades have an order, the best first."""
    token = failure.token
    if failure.kind != "grades" or token is None or ">" not in failure.accepted:
        return None
    if token.kind not in (",", "DIVIDED", "NAME", "<"):
        return None
    names = [each for each in failure.tokens[1:] if each.kind == "NAME"]
    between = {each.kind for each in failure.tokens[1:] if each.kind != "NAME"}
    if len(names) < 2 or not (between <= {",", "DIVIDED", ">"} or between == {"<"}):
        return None
    right = " > ".join(each.text for each in (reversed(names) if "<" in between else names))
    place = names[0].span.to(failure.tokens[-1].span)
    return error("KP113", token.span, "grades", found=token.text, right=right, fix=Fix(place, right))


def unit_of_share(failure: Failure) -> Finding | None:
    """`前 3 名`: how many places is a number alone."""
    token, before = failure.token, failure.before
    if failure.kind not in ("top", "bottom") or token is None or failure.at != 2 or before is None:
        return None
    if token.kind != "NAME" or before.kind not in ("NUMBER", "PERCENT"):
        return None
    place = before.span.to(token.span)
    return error("KP109", place, "unexpected", found=place.text, number=before.text, fix=Fix(place, before.text))


def nameless_total(failure: Failure) -> Finding | None:
    """`总分 = 甲 + 乙`: the total has a name of its own."""
    token = failure.token
    if failure.kind not in ("total", "outcome", "let") or failure.at != 1 or token is None or token.kind != "=":
        return None
    if failure.kind != "total":
        return error("KP111", token.span, "unnamed", found=failure.tokens[0].text)
    return total_without_name(failure, token.start, " ")


def total_without_name(failure: Failure, at: int, sign: str) -> Finding:
    """The finding that a total has no name; one, and a sign, are to be put in at a place."""
    word, place = failure.tokens[0], failure.token or failure.tokens[0]
    (suggested,) = (each for each in tables()["suggested"].words if each.key == "total")
    name = suggested.spelling(failure.language)
    start = Span(word.source, at, at)
    return error("KP111", place.span, "total", found=word.text, right=name, fix=Fix(start, name + sign))


def otherwise(failure: Failure) -> Finding | None:
    """`评定 不合格 否则`: the last grade has a word of its own."""
    token = failure.token
    if "otherwise" not in failure.accepted or failure.kind not in ("grade", "outcome"):
        return None
    right = spelled("otherwise", failure.language)
    if token is None and failure.kind == "grade":
        return error("KP119", failure.place, "grade", right=right, condition=spelled("if", failure.language))
    if token is None or token.kind != "else":
        return None
    return error("KP112", token.span, "meant", found=token.text, right=right, fix=Fix(token.span, right))


def colon(failure: Failure) -> Finding | None:
    """`考核期: 2026`, `指标: 德`: no colon after a keyword."""
    first = failure.tokens[0]
    if failure.kind != "field" or len(failure.tokens) < 2 or failure.tokens[1].kind != ":" or first.word:
        return None
    if first.text not in tables()["statement"].single or failure.at < 2:
        return None
    sign = failure.tokens[1].span
    gap = Span(sign.source, first.end, failure.tokens[2].start if len(failure.tokens) > 2 else sign.end)
    return error("KP110", sign, "colon", found=first.text, fix=Fix(gap, " "))


def colon_for_a_word(failure: Failure) -> Finding | None:
    """`结果运用 通报: 总分 < 60`, `令 甲: 总分 + 1`: after the colon stands no type, so another word was meant."""
    token, sign = failure.token, failure.before
    if token is None or sign is None or sign.kind != ":":
        return None
    gap = Span(sign.source, failure.tokens[failure.at - 2].end, token.start)
    word = tables()["inline"].single.get(token.text)
    if token.kind == "=" or (word and word.key in ("if", "unless")):
        return error("KP111", sign.span, "colon", fix=Fix(gap, " "))
    right = "=" if failure.kind == "let" else spelled("if", failure.language)
    return error("KP112", sign.span, "meant", found=":", right=right, fix=Fix(gap, f" {right} "))


def colon_inside(failure: Failure) -> Finding | None:
    """`指标 德: 20`, `评定 优秀: 总分 >= 90`."""
    token, before, after = failure.token, failure.before, failure.after
    if token is None or token.kind != ":" or before is None:
        return None
    if after is None and failure.kind in ("records", "clause", "item", "table", "example", "select", "limit"):
        return error("KP111", token.span, "colon", fix=Fix(token.span, ""))
    if before.kind != "NAME" or after is None:
        return None
    gap = Span(token.source, before.end, after.start)
    if failure.kind in ("veto", "bar", "grade", "downgrade") and "if" in failure.accepted:
        right = spelled("if", failure.language)
        return error("KP112", token.span, "meant", found=":", right=right, fix=Fix(gap, f" {right} "))
    if failure.accepted & {"NUMBER", "STRING"} and failure.kind in ("item", "cap", "group", "clause", "round"):
        return error("KP111", token.span, "colon", fix=Fix(gap, " "))
    return None


def keyword_as_name(failure: Failure) -> Finding | None:
    """`最小(变化, 限)`: a name that is spelt as a keyword stands in corner brackets where it is used."""
    token, before, after = failure.token, failure.before, failure.after
    if token is None:
        return None
    if before and before.word and before.kind in _BEFORE_VALUES and token.kind not in _BEGIN_VALUE and not token.word:
        token = before
    elif not token.word or "NAME" not in failure.accepted or token.kind in _NEVER_NAMES or failure.at == 0:
        return None
    elif token.kind in _BEFORE_NAMES:
        if after and after.kind == "NAME" and after.text not in tables()["inline"].single:
            return None
    elif after and after.kind in _BEGIN_VALUE and not (after.kind == "-" and after.start > token.end):
        return None
    return error("KP114", token.span, found=token.text, fix=Fix(token.span, f"「{token.text}」"))


def superfluous(failure: Failure) -> Finding | None:
    """`满分30`, `不超过 10`: the place of a number says what the number means."""
    token, before, after = failure.token, failure.before, failure.after
    if token is None:
        return None
    if token.kind in ("NUMBER", "PERCENT") and before and before.kind == "NAME" and says_nothing(before.text):
        gap = Span(token.source, before.start, token.start)
        return error("KP112", before.span, "idle", found=before.text, right=token.text, fix=Fix(gap, ""))
    if "NUMBER" not in failure.accepted or "NAME" in failure.accepted:
        return None
    if token.kind == "PERCENT" and failure.kind == "item":
        right = token.text[:-1]
        if [each.kind for each in failure.tokens[failure.at + 1 :]] == ["=", "NAME"]:  # 30% = 得分: a weight
            value = failure.tokens[-1].text
            right = f"{right} = {token.text} {spelled('of', failure.language)} {value}"
            place = token.span.to(failure.tokens[-1].span)
            return error("KP107", place, "weight", found=token.text, right=right, fix=Fix(place, right))
        return error("KP107", token.span, "points", found=token.text, right=right, fix=Fix(token.span, right))
    if token.kind == "(" and after and after.kind == "NUMBER" and (closing := _closing(failure.tokens, failure.at)):
        place = token.span.to(closing.span)
        fix = Fix(Span(token.source, before.end if before else token.start, closing.end), " " + after.text)
        return error("KP112", place, "glued", found=place.text, right=after.text, fix=fix)
    if token.kind != "NAME":
        return None
    if (glued := _GLUED.fullmatch(token.text)) and says_nothing(glued[1]):
        return error("KP112", token.span, "glued", found=token.text, right=glued[2], fix=Fix(token.span, glued[2]))
    if after and after.kind in ("NUMBER", "PERCENT") and says_nothing(token.text):
        gap = Span(token.source, token.start, after.start)
        return error("KP112", token.span, "idle", found=token.text, right=after.text, fix=Fix(gap, ""))
    return None


def says_nothing(text: str) -> bool:
    """Whether a word before a number only says what its place says: 满分, 不超过."""
    word = tables()["mistaken"].single.get(text)
    return text in tables()["idle"].single or (word is not None and word.key in ("<=", ">=", "up to", "="))
