"""Periods as they are written, and the days they begin and end with."""

from __future__ import annotations

import datetime
import re

from kaoping.diagnostic import Fix, error
from kaoping_dsl.expressions import Misuse, parse_date
from kaoping_dsl.tokens import Token

_PERIOD = re.compile(r"(?:19|2[01])[0-9]{2}(?:H[12]|Q[1-4]|-(?:0[1-9]|1[0-2]))?")


def period_code(token: Token) -> str:
    """2009, 2009H1, 2009Q1, 2009-03 or a date, as written."""
    if token.kind == "DATE":
        parse_date(token)
    elif not _PERIOD.fullmatch(token.text):
        # 2009年 is plain enough to be put right.
        year = token.text[:4]
        fix = Fix(token.span, year) if len(token.text) == len(year) + 1 and _PERIOD.fullmatch(year) else None
        raise Misuse(error("KP108", token.span, "period", found=token.text, fix=fix))
    return token.text


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
