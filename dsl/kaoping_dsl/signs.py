"""Mistakes of form: characters, quotes, brackets, numbers, operators."""

from __future__ import annotations

import datetime
import re

from msgspec import Struct

from kaoping.diagnostic import Finding, Fix, Note, error
from kaoping.numerals import numeral
from kaoping.source import Span
from kaoping_dsl.spelling import near, run_together, spelled
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import Language, tables

_CLOSING = {"(": ")", "[": "]"}
_LONGEST_UNIT = 3
_WITHOUT_UNITS = {"round", "round items", "precision", "downgrade"}
COMPARISONS = {"COMPARISON", "<", ">", "="}
_SIGNS = {"==": "=", "===": "=", "=<": "<=", "<>": "!=", ":=": "=", "&": "and", "&&": "and", "||": "or", "!": "not"}
_RANGES = {"~", "～", "—", "——", "–", "…"}


class Failure(Struct, frozen=True):
    """Where the grammar stopped: the tokens of a statement, the position of the one refused, and what could come."""

    kind: str
    tokens: list[Token]
    at: int
    accepted: frozenset[str]  # keywords, signs and kinds of literal
    language: Language  # that the author writes keywords in

    @property
    def token(self) -> Token | None:
        """The token that was refused; None where the statement ends too early."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.tokens[self.at - 1] if self.at else None

    @property
    def after(self) -> Token | None:
        """The token after it."""
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None

    @property
    def place(self) -> Span:
        """The refused token, or the end of the statement."""
        if self.token:
            return self.token.span
        last = self.tokens[-1]
        return Span(last.source, last.end, last.end)


# ---------------------------------------------------------------- characters, quotes, brackets


def date_written(place: Span) -> Finding:
    """A date that is written in another way, if there is such a day."""
    year, month, day = (int(part) for part in re.findall("[0-9]+", place.text))
    right = f"{year:04}-{month:02}-{day:02}"
    try:
        datetime.date(year, month, day)
    except ValueError:
        return error("KP108", place, "no_such_day", found=place.text)
    return error("KP108", place, "form", found=place.text, right=right, fix=Fix(place, right))


def wrong_text(failure: Failure) -> Finding | None:
    """A character, a quotation, a date or a sign that is none of the language."""
    token = failure.token
    if token is None:
        return None
    place = token.span
    match token.kind:
        case "WRONG_STRING":
            closing = "”" if token.text[0] == "“" else '"'
            # “方案": the wrong mark of a pair is replaced, a missing one added.
            start = place.end - (len(token.text) > 1 and token.text[-1] in '"“”')
            return error("KP104", place, fix=Fix(Span(place.source, start, place.end), closing))
        case "WRONG_NAME":
            fix = None if token.text.endswith("」") else Fix(Span(place.source, place.end, place.end), "」")
            return error("KP104", place, "name", fix=fix)
        case "WRONG_DATE":
            return date_written(place)
        case "WRONG_OPERATOR" if token.text in _RANGES:
            return error("KP113", place, "range", found=token.text, fix=Fix(place, ".."))
        case "WRONG_OPERATOR":
            return _misspelt(failure, token)
        case "WRONG" if token.text in "%‰" and failure.before and failure.before.kind == "NUMBER":
            gap = Span(place.source, failure.before.start, place.end)
            return error(
                "KP109",
                gap,
                "percent",
                right=failure.before.text + token.text,
                fix=Fix(gap, failure.before.text + token.text),
            )
        case "WRONG" if token.text == "%":
            return error("KP109", place, "remainder")
        case "WRONG" if token.text in "。．" and failure.after is None:
            return error("KP103", place, "stop", found=token.text, fix=Fix(place, ""))
        case "WRONG":
            return error("KP103", place, found=token.text, point=f"U+{ord(token.text):04X}")
    return None


def _misspelt(failure: Failure, token: Token) -> Finding:
    right = _SIGNS.get(token.text)
    if right is None:
        return error("KP113", token.span, "unknown", found=token.text)
    if right.isalpha():
        right = spelled(right, failure.language)
    return error("KP113", token.span, "spelling", found=token.text, right=right, fix=Fix(token.span, right))


def unpaired(failure: Failure) -> Finding | None:
    """A bracket without its partner, where that explains the refusal."""
    open_: list[Token] = []
    for earlier in failure.tokens[: failure.at]:
        if earlier.kind in _CLOSING:
            open_.append(earlier)
        elif earlier.kind in (")", "]") and open_:
            open_.pop()
    token = failure.token
    if token and token.kind in (")", "]"):
        if not open_:
            return error("KP105", token.span, "extra", found=token.kind, fix=Fix(token.span, ""))
        right = _CLOSING[open_[-1].kind]
        if right != token.kind:
            note = Note(open_[-1].span, "opened")
            return error(
                "KP105", token.span, "other", found=token.kind, right=right, notes=(note,), fix=Fix(token.span, right)
            )
        return None
    if not open_ or _CLOSING[open_[-1].kind] not in failure.accepted:
        return None
    if (
        token
        and token.kind in ("NAME", "NUMBER", "STRING", "PERCENT")
        and failure.before
        and failure.before.kind == "NAME"
    ):
        return None
    end = failure.tokens[failure.at - 1].end
    right = _CLOSING[open_[-1].kind]
    fix = Fix(Span(open_[-1].source, end, end), right)
    return error("KP105", open_[-1].span, found=open_[-1].kind, right=right, fix=fix)


# ---------------------------------------------------------------- numbers


def wrong_number(failure: Failure) -> Finding | None:
    """A number or its unit in a form that is not read."""
    token, before, after = failure.token, failure.before, failure.after
    if token is None:
        return None
    number = before if before and before.kind == "NUMBER" else None
    digits = after if after and after.kind == "NUMBER" and after.start == token.end else None
    whole = Span(token.source, number.start if number else token.start, token.end)
    match token.kind:
        case "," if number and digits and number.end == token.start and re.fullmatch("[0-9]{3}", digits.text):
            place = Span(token.source, number.start, _end_of_groups(failure))
            right = re.sub("[,，]", "", place.text)
            return error("KP107", place, "comma", found=place.text, right=right, fix=Fix(place, right))
        case "." if digits and not (before and before.end == token.start):
            place, right = token.span.to(digits.span), "0." + digits.text
            return error("KP107", place, "point", right=right, fix=Fix(place, right))
        case "NAME" if "NUMBER" in failure.accepted and (value := numeral(token.text)) is not None:
            return error("KP107", token.span, "numeral", found=token.text, right=value, fix=Fix(token.span, str(value)))
        case "NAME" if number and _is_unit(token.text) and not _is_word(failure, token):
            if failure.kind in _WITHOUT_UNITS:
                return _without_unit(failure, whole, number.text)
            right = number.text + token.text
            return error("KP109", whole, "space", found=token.text, right=right, fix=Fix(whole, right))
        case "UNIT" if number:
            return _without_unit(failure, whole, number.text)
        case "NUMBER" if "NAME" in failure.accepted and "(" not in failure.accepted and after and after.kind == "UNIT":
            place = token.span.to(after.span)
            return error("KP114", place, "digit", found=place.text, fix=Fix(place, f"「{place.text}」"))
    return None


def _is_word(failure: Failure, token: Token) -> bool:
    """Whether what stands behind a number was meant as a word of the language, or as what is counted: `每 2 表彰`."""
    inline = tables()["inline"]
    joined = run_together(token.text, inline, failure.accepted)
    meant = joined or (near(token.text, inline, failure.accepted) if len(token.text) > 1 else None)
    counted = failure.at > 1 and failure.tokens[failure.at - 2].kind == "per"
    return bool(meant) or token.text in tables()["mistaken"].single or counted


def _end_of_groups(failure: Failure) -> int:
    """Where the groups of three digits end: `50,000,000`."""
    end = failure.tokens[failure.at].start
    pairs = zip(failure.tokens[failure.at :: 2], failure.tokens[failure.at + 1 :: 2], strict=False)
    for comma, digits in pairs:
        if comma.kind != "," or comma.start != end or digits.start != comma.end or len(digits.text) != 3:
            break
        end = digits.end
    return end


def _without_unit(failure: Failure, place: Span, number: str) -> Finding | None:
    """`保留 2 位`; after the places a way of rounding may follow, which may be misspelt."""
    if "down" in failure.accepted and "位" not in place.text:
        return None
    return error("KP109", place, "unexpected", found=place.text, number=number, fix=Fix(place, number))


def _is_unit(text: str) -> bool:
    return len(text) <= _LONGEST_UNIT and not text.isascii()


# ---------------------------------------------------------------- operators


def wrong_operator(failure: Failure) -> Finding | None:
    """A comparison, a range or a list with the wrong sign, or a `default` of unclear reach."""
    token, before = failure.token, failure.before
    if token is None:
        return None
    if token.kind == "=>" and failure.accepted & COMPARISONS:
        return error("KP113", token.span, "spelling", found="=>", right=">=", fix=Fix(token.span, ">="))
    if token.kind in COMPARISONS and before and before.kind in COMPARISONS and before.end == token.start:
        place = Span(token.source, before.start, token.end)
        right = {"> =": ">=", "< =": "<="}.get(f"{before.text} {token.text}", "=")
        return error("KP113", place, "spelling", found=place.text, right=right, fix=Fix(place, right))
    if token.kind == "-" and ".." in failure.accepted and before and before.kind in ("NUMBER", "PERCENT"):
        return error("KP113", token.span, "range", found="-", fix=Fix(token.span, ".."))
    if token.kind == "DIVIDED" and "," in failure.accepted and failure.kind != "grades":
        return error("KP113", token.span, "spelling", found=token.text, right=",", fix=Fix(token.span, ","))
    if token.kind == "default":
        return error("KP113", token.span, "default", found=token.text)
    return None
