"""Periods as they are written, and the days they begin and end with."""

from __future__ import annotations

import datetime
import re

from kaoping.diagnostic import Fix, error
from kaoping_dsl.expressions import Misuse, parse_date
from kaoping_dsl.tokens import Token

_PERIOD = re.compile(r"(?:19|2[01])[0-9]{2}(?:H[12]|Q[1-4]|-(?:0[1-9]|1[0-2]))?")

_IN_WORDS = re.compile(r"([0-9]{4})年?度?(?:([上下])半年|第?([一二三四1-4])季度?|([0-9]{1,2})月份?)?")
_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_FROM_TO = re.compile(r"([0-9]{4}[^到至-]*)[到至-]([0-9].*)")


def period_code(token: Token) -> str:
    """2009, 2009H1, 2009Q1, 2009-03 or a date, as written."""
    if token.kind == "DATE":
        parse_date(token)
    elif not _PERIOD.fullmatch(token.text):
        right = _meant(token.text)
        if right is None:
            raise Misuse(error("KP108", token.span, "period", found=token.text))
        raise Misuse(error("KP108", token.span, "written", found=token.text, right=right, fix=Fix(token.span, right)))
    return token.text


def _meant(text: str) -> str | None:
    """`2026年`, `2026年上半年`, `2026年第一季度`, `2025年至2026年`, `2026年1月至6月` in the form that is read."""
    if ends := _FROM_TO.fullmatch(text):
        first, last = _meant(ends[1]), _meant(ends[2]) or _meant(ends[1][:5] + ends[2])
        return f"{first}..{last}" if first and last else None
    if day := _DAY.fullmatch(text):
        return "{:04}-{:02}-{:02}".format(*map(int, day.groups()))
    found = _IN_WORDS.fullmatch(text)
    if not found:
        return text if _PERIOD.fullmatch(text) else None
    year, half, quarter, month = found.groups()
    if half:
        year += "H1" if half == "上" else "H2"
    elif quarter:
        year += f"Q{_QUARTERS.get(quarter, quarter)}"
    elif month:
        year += f"-{int(month):02}"
    return year if _PERIOD.fullmatch(year) else None


def first_day(token: Token) -> datetime.date:
    """The day itself, or the first of a year, half, quarter or month."""
    if token.kind == "DATE":
        return parse_date(token)
    year, month, _ = _months(token)
    return datetime.date(year, month, 1)


def last_day(token: Token) -> datetime.date:
    """The day itself, or the last of a year, half, quarter or month."""
    if token.kind == "DATE":
        return parse_date(token)
    year, month, length = _months(token)
    after = month + length
    return datetime.date(year + after // 13, after if after < 13 else 1, 1) - datetime.timedelta(days=1)


def _months(token: Token) -> tuple[int, int, int]:
    code = period_code(token)
    year, rest = int(code[:4]), code[4:]
    match rest[:1]:
        case "":
            return year, 1, 12
        case "H":
            return year, 6 * int(rest[1]) - 5, 6
        case "Q":
            return year, 3 * int(rest[1]) - 2, 3
        case _:
            return year, int(rest[1:]), 1
