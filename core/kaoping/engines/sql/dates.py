"""Dates in SQL: inside, a date is the number of its day (1 is the first of January of the year 1), as in Python."""

from __future__ import annotations

from kaoping.engines.sql.dialects import EPOCH, Dialect

_FIRST = f"{1721424}.5"
"""The Julian day on which day 0 begins, as SQLite counts; exact in binary."""


def day(dialect: Dialect, number: str) -> str:
    """The engine's own date for the number of a day."""
    since = f"CAST({number} - {EPOCH} AS {dialect.integer(32)})"
    match dialect.name:
        case "sqlite":
            return f"({number} + {_FIRST})"
        case "spark":
            return f"DATE_ADD(DATE '1970-01-01', {since})"
        case _:
            return f"(DATE '1970-01-01' + {since})"


def number(dialect: Dialect, date: str) -> str:
    """The number of the day of a date of the engine's own."""
    match dialect.name:
        case "sqlite":
            return f"CAST(JULIANDAY({date}) - {_FIRST} AS INTEGER)"
        case "spark":
            return f"(DATEDIFF({date}, DATE '1970-01-01') + {EPOCH})"
        case "duckdb":
            return f"CAST(DATE_DIFF('day', DATE '1970-01-01', {date}) + {EPOCH} AS INTEGER)"
        case _:
            return f"(({date} - DATE '1970-01-01') + {EPOCH})"


def part(dialect: Dialect, number_: str, part: str) -> str:
    """The `year`, the `month` or the `day` of a day."""
    if dialect.name == "sqlite":
        letter = {"year": "%Y", "month": "%m", "day": "%d"}[part]
        return f"CAST(STRFTIME('{letter}', {day(dialect, number_)}) AS INTEGER)"
    return f"CAST(EXTRACT({part.upper()} FROM {day(dialect, number_)}) AS {dialect.integer(32)})"


def moved(dialect: Dialect, number_: str, months: str) -> str:
    """A day moved by whole months, held to the month's last day."""
    date = day(dialect, number_)
    steps = f"CAST({months} AS {dialect.integer(32)})"
    match dialect.name:
        case "duckdb":
            return number(dialect, f"CAST({date} + TO_MONTHS({steps}) AS DATE)")
        case "postgres":
            return number(dialect, f"CAST({date} + MAKE_INTERVAL(months => {steps}) AS DATE)")
        case "spark":
            return number(dialect, f"ADD_MONTHS({date}, {steps})")
    # SQLite lets a day too many run over into the next month
    first = f"STRFTIME('%Y-%m-01', {date}, 'start of month', ({months}) || ' months')"
    last = f"CAST(STRFTIME('%d', {first}, '+1 month', '-1 day') AS INTEGER)"
    return f"({number(dialect, first)} + MIN({part(dialect, number_, 'day')}, {last}) - 1)"


def passed(dialect: Dialect, start: str, end: str) -> str:
    """Whole months from one day to another, negative where the second is earlier."""

    def index(number_: str) -> str:
        return f"({part(dialect, number_, 'year')} * 12 + {part(dialect, number_, 'month')})"

    months = f"({index(end)} - {index(start)})"
    forward = f"({months} - CASE WHEN {moved(dialect, start, months)} > {end} THEN 1 ELSE 0 END)"
    back = f"(-{months} - CASE WHEN {moved(dialect, end, f'(-{months})')} > {start} THEN 1 ELSE 0 END)"
    return f"CASE WHEN {end} >= {start} THEN {forward} ELSE (-{back}) END"
