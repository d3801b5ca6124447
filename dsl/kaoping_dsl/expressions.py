"""The tree of an expression, built while Lark parses; the methods bear the names of the grammar's rules."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import cache
from typing import Any as Child
from typing import TypeVar

from kaoping.diagnostic import Finding, Fix, error
from kaoping.expr import (
    All,
    Any,
    Anything,
    Arm,
    Bracketed,
    Call,
    Case,
    Compare,
    Date,
    Default,
    Duration,
    Expr,
    Has,
    If,
    In,
    Interpolate,
    MonthDay,
    Name,
    Negative,
    Node,
    Not,
    Nothing,
    Number,
    OneOf,
    Otherwise,
    Pattern,
    Product,
    Range,
    Relation,
    Sum,
    Text,
    YesNo,
)
from kaoping.source import Span
from kaoping_dsl.spelling import range_word
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import tables

MAX_DIGITS = 18
MAX_LIST = 1_000  # arms of a case, points of an interpolation, grades, raters
MAX_PLACES = 6
FIRST_YEAR, LAST_YEAR = 1900, 2199

_COMPARISONS = {"≥": ">=", "≤": "<=", "≠": "!=", "≧": ">=", "≦": "<="}
_MULTIPLES = {"万": 4, "亿": 8, "萬": 4, "億": 8}


class Misuse(Exception):  # noqa: N818
    """A statement that the grammar takes and the language does not."""

    def __init__(self, finding: Finding) -> None:
        """Say what is wrong."""
        super().__init__(finding.code)
        self.finding = finding


T = TypeVar("T")


def listed(items: tuple[T, ...], place: Span) -> tuple[T, ...]:
    """The items of a list that is not too long."""
    if len(items) > MAX_LIST:
        raise Misuse(error("KP100", place, "list", count=len(items), limit=MAX_LIST))
    return items


def span(first: Child, last: Child) -> Span:
    """The stretch from one token or node to another."""
    if type(first) is not Token:
        first = first.span
    return Span(first.source, first.start, (last if type(last) is Token else last.span).end)


def operator(token: Token) -> str:
    """A comparison in its half-width spelling."""
    return _COMPARISONS.get(token.text, token.text)


def plain(token: Token) -> str:
    """A name without its corner brackets."""
    return token.text[1:-1] if token.text[0] == "「" else token.text


def quoted(token: Token) -> str:
    """A text without its quotation marks."""
    return token.text[1:-1]


@cache
def _values() -> dict[str, str]:
    return {spelling: word.key for spelling, word in tables()["value"].single.items()}


@cache
def functions() -> dict[str, str]:
    """The built-in functions by spelling."""
    return {spelling: word.key for spelling, word in tables()["function"].single.items()}


def canonical(token: Token) -> str:
    """The one English word of a built-in value, any other name as it is."""
    return _values().get(token.text, plain(token))


def built_in(name: str) -> str:
    """The one English word of a built-in value that a name is spelled like, else the name."""
    return _values().get(name, name)


def parse_number(token: Token, unit: Token | None) -> Number:
    """A literal as digits and places; 万 and 亿 at the head of its unit multiply."""
    percent = token.kind == "PERCENT"
    body = token.text[:-1] if percent else token.text
    whole, _, fraction = body.partition(".")
    place = span(token, unit or token)
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise Misuse(error("KP107", place, "digits", digits=len(whole) + len(fraction), limit=MAX_DIGITS))
    if len(fraction) > MAX_PLACES:
        raise Misuse(error("KP107", place, "places", places=len(fraction), limit=MAX_PLACES))
    digits, places = int(whole + fraction), len(fraction)
    if percent:
        return Number(digits, places + (3 if token.text[-1] == "‰" else 2), None, True, span=place)
    name = unit.text if unit else None
    if name and (bound := next((word for end, word in tables()["bound"].single.items() if name.endswith(end)), None)):
        raise Misuse(_bounded(token, name, bound.key, place))
    if unit and (word := range_word(unit.text)):
        between = Span(unit.source, unit.start, unit.start + len(word))
        raise Misuse(error("KP113", between, "range", found=word, fix=Fix(between, "..")))
    if name and name[0] in _MULTIPLES:
        power = _MULTIPLES[name[0]] - places
        digits, places = (digits * 10**power, 0) if power >= 0 else (digits, -power)
        if digits >= 10**MAX_DIGITS:
            raise Misuse(error("KP107", place, "digits", digits=len(str(digits)), limit=MAX_DIGITS))
        name = name[1:] or None
    time = tables()["duration"].single.get(name) if name else None
    return Number(digits, places, name, duration=time.key if time else None, span=place)


def _bounded(token: Token, unit: str, meaning: str, place: Span) -> Finding:
    """`90分以上`, `1个百分点`: what is written with a sign instead."""
    if meaning == "points":
        right = token.text + "%"
        return error("KP109", place, "points", found=place.text, right=right, fix=Fix(place, right))
    return error("KP109", place, "bound", found=place.text, sign=">=" if meaning == "from" else "<=", unit=unit)


def parse_date(token: Token) -> datetime.date:
    """A date of the calendar, 1900-01-01 to 2199-12-31."""
    year, month, day = (int(part) for part in token.text.split("-"))
    try:
        value = datetime.date(year, month, day)
    except ValueError:
        raise Misuse(error("KP108", token.span, "no_such_day", found=token.text)) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Misuse(error("KP108", token.span, "years", found=token.text, first=FIRST_YEAR, last=LAST_YEAR))
    return value


Option = tuple[str, Child, Token | Node]
"""What a modifier settles: the name of a field, its value, and where it is said."""


def once(options: Iterable[Option]) -> dict[str, Child]:
    """The modifiers by name; none may be said twice."""
    given: dict[str, Child] = {}
    for field, value, place in options:
        if field in given:
            raise Misuse(error("KP120", place.span, found=place.span.text))
        given[field] = value
    return given


class Expressions:
    """What each rule of an expression becomes."""

    def number(self, token: Token, unit: Token | None) -> Number:
        return parse_number(token, unit)

    def percent(self, token: Token) -> Number:
        return parse_number(token, None)

    def date(self, token: Token) -> Date:
        return Date(parse_date(token), span=token.span)

    def month_day(self, token: Token) -> MonthDay:
        month, day = (int(part) for part in re.findall("[0-9]+", token.text))
        try:
            datetime.date(2000, month, day)
        except ValueError:
            raise Misuse(error("KP108", token.span, "no_such_day", found=token.text)) from None
        return MonthDay(month, day, span=token.span)

    def string(self, token: Token) -> Text:
        return Text(quoted(token), span=token.span)

    def yes_no(self, token: Token) -> YesNo:
        return YesNo(token.kind == "yes", span=token.span)

    def constant(self, value: Child) -> Expr:
        if type(value) is not Token:
            return value  # type: ignore[no-any-return]
        return self.string(value) if value.kind == "STRING" else self.name(value)

    def name(self, *tokens: Token) -> Name:
        return Name(
            tuple(map(plain, tokens)),
            tuple(map(canonical, tokens)),
            span=Span(tokens[0].source, tokens[0].start, tokens[-1].end),
        )

    def any_of(self, *parts: Expr) -> Any:
        return Any(parts, span=span(parts[0], parts[-1]))

    def all_of(self, *parts: Expr) -> All:
        return All(parts, span=span(parts[0], parts[-1]))

    def not_(self, word: Token, operand: Expr) -> Not:
        return Not(operand, span=span(word, operand))

    def compare(self, left: Expr, sign: Token, right: Expr) -> Compare:
        return Compare(operator(sign), left, right, span=span(left, right))

    def in_(self, operand: Expr, choices: Range | OneOf) -> In:
        return In(operand, choices if isinstance(choices, Range) else choices.choices, span=span(operand, choices))

    def listed(self, opening: Token, *children: Child) -> OneOf:
        return OneOf(children[:-1:2], span=span(opening, children[-1]))

    def sum(self, *children: Child) -> Sum:
        signs = (1, *(1 if sign.text == "+" else -1 for sign in children[1::2]))
        return Sum(tuple(zip(signs, children[::2], strict=True)), span=span(children[0], children[-1]))

    def term(self, *children: Child) -> Product:
        factors: list[tuple[str, Expr]] = []
        for sign, child in zip(("*", *(sign.kind for sign in children[1::2])), children[::2], strict=True):
            if sign == "DIVIDED":
                factors.append(("/", child))
            elif isinstance(child, Product):
                factors += child.factors
            else:
                factors.append(("*", child))
        return Product(tuple(factors), span=span(children[0], children[-1]))

    def negative(self, sign: Token, operand: Expr) -> Negative:
        return Negative(operand, span=span(sign, operand))

    def percent_of(self, share: Number, operand: Expr) -> Product:
        return Product((("*", share), ("*", operand)), span=span(share, operand))

    negative_literal = negative

    def duration(self, amount: Expr, unit: Token) -> Duration:
        return Duration(amount, unit.kind, span=span(amount, unit))

    def bracketed(self, opening: Token, operand: Expr, closing: Token) -> Bracketed:
        return Bracketed(operand, span=span(opening, closing))

    def default(self, operand: Expr, fallback: Expr) -> Default:
        return Default(operand, fallback, span=span(operand, fallback))

    def if_expression(self, word: Token, condition: Expr, _then: Token, then: Expr, _else: Token, other: Expr) -> If:
        return If(condition, then, other, span=span(word, other))

    def has(self, word: Token, operand: Name) -> Has:
        return Has(operand, span=span(word, operand))

    def otherwise(self, word: Token) -> Otherwise:
        return Otherwise(span=word.span)

    def nothing(self, sign: Token) -> Nothing:
        return Nothing(span=sign.span)

    def anything(self, sign: Token) -> Anything:
        return Anything(span=sign.span)

    def relation(self, sign: Token, bound: Expr) -> Relation:
        return Relation(operator(sign), bound, span=span(sign, bound))

    def arm(self, pattern: Pattern, value: Expr) -> Arm:
        return Arm(pattern, value, span=span(pattern, value))

    def case(self, *children: Child) -> Case:
        word, subject, *rest = children
        arms = listed(tuple(arm for arm in rest if isinstance(arm, Arm)), word.span)
        return Case(subject, arms, span=span(word, rest[-1]))

    def point(self, at: Expr, value: Expr) -> tuple[Expr, Expr]:
        return at, value

    def interpolate(self, *children: Child) -> Interpolate:
        word, subject, *rest = children
        points = listed(tuple(point for point in rest if isinstance(point, tuple)), word.span)
        return Interpolate(subject, points, span=span(word, rest[-1]))

    # ------------------------------------------------------------ ranges

    def range_closed(self, low: Expr, _sign: Token, high: Expr) -> Range:
        return Range(low, high, span=span(low, high))

    def range_below(self, low: Expr, _sign: Token, high: Expr) -> Range:
        return Range(low, high, high_open=True, span=span(low, high))

    def range_above(self, low: Expr, _sign: Token, high: Expr) -> Range:
        return Range(low, high, low_open=True, span=span(low, high))

    def range_between(self, low: Expr, _sign: Token, high: Expr) -> Range:
        return Range(low, high, low_open=True, high_open=True, span=span(low, high))

    def range_from(self, low: Expr, sign: Token) -> Range:
        return Range(low, None, span=span(low, sign))

    def range_over(self, low: Expr, sign: Token) -> Range:
        return Range(low, None, low_open=True, span=span(low, sign))

    def range_up_to(self, sign: Token, high: Expr) -> Range:
        return Range(None, high, span=span(sign, high))

    def range_under(self, sign: Token, high: Expr) -> Range:
        return Range(None, high, high_open=True, span=span(sign, high))

    # ------------------------------------------------------------ calls

    def arguments(self, *values: Expr) -> tuple[Expr, ...]:
        return values

    def over(self, name: Name) -> Option:
        return "over", name, name

    def within(self, names: tuple[Name, ...]) -> Option:
        return "within", names, names[0]

    def call_where(self, condition: Expr) -> Option:
        return "where", condition, condition

    def last(self, number: Token, by: Name) -> Option:
        return "last", (whole(number), by), number

    def by(self, name: Name) -> Option:
        return "by", name, name

    def trim(self, number: Token) -> Option:
        return "trim", whole(number), number

    def linear(self, word: Token) -> Option:
        return "linear", True, word

    def lowest_first(self, word: Token) -> Option:
        return "lowest_first", True, word

    def one_group(self, name: Name) -> tuple[Name, ...]:
        return (name,)

    def several_groups(self, *names: Name) -> tuple[Name, ...]:
        return names

    def output(self, name: Token) -> Token:
        return name

    def call(self, name: Name, _opening: Token, arguments: tuple[Expr, ...] | None, *rest: Child) -> Call:
        *options, closing, output = rest
        given = once(options)
        builtin = functions().get(name.text)
        return Call(
            builtin or name.text,
            arguments or (),
            output=plain(output) if output else None,
            builtin=builtin is not None,
            span=span(name, output or closing),
            **given,
        )


def whole(token: Token) -> int:
    """A whole number as the grammar's NUMBER gives it."""
    if "." in token.text or len(token.text) > 9:
        raise Misuse(error("KP107", token.span, "whole", found=token.text))
    return int(token.text)
