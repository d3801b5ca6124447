"""Stored results in tables, in SQL: which of their periods count, told from the text each row has as its period."""

from __future__ import annotations

from collections.abc import Iterable

from kaoping import typed as t
from kaoping.dataset import InputTable
from kaoping.engines.sql import dates
from kaoping.engines.sql.dialects import Dialect
from kaoping.period import Period, period_before

BACK = 30
"""How many periods of the same length a query looks back, to see how long something has held."""

_FIRST = {"H1": "-01-01", "H2": "-07-01", "Q1": "-01-01", "Q2": "-04-01", "Q3": "-07-01", "Q4": "-10-01"}
_LAST = {"H1": "-06-30", "H2": "-12-31", "Q1": "-03-31", "Q2": "-06-30", "Q3": "-09-30", "Q4": "-12-31"}


def counted_rows(
    table: InputTable, place: str, columns: Iterable[str], period: Period, dialect: Dialect, linked: str = ""
) -> str:
    """The rows of a table of stored results that count, each with the id of the subject it belongs to.

    Its own columns keep their names; `period_back`, `period_same`, `period_last` and `owner` are added. `linked` has
    the id of each subject, and that of the results `linked` to it where it is not the subject's own.
    """
    q = dialect.quoted
    own = [f"stored.{q(each)}" for each in dict.fromkeys(["period", *columns])]
    owner = f"{'owners' if linked else 'stored'}.{q('id')}"
    if table.of is not None:
        owner = f"CAST(stored.{q(table.of)} AS {dialect.text})"
    owner += f" AS {q('owner')}"
    told = [f"told.{q(each)}" for each in ("period_same", "period_back", "period_last")]
    mine = f"stored.{q('scheme')} = {dialect.literal(table.scheme or '')}"
    held = f"SELECT DISTINCT stored.{q('period')} AS {q('period_text')} FROM {place} AS stored WHERE {mine}"
    lines = [
        "(",
        f"    SELECT {', '.join([*own, owner, *told])}",
        f"    FROM {place} AS stored",
        *([f"    JOIN {linked} AS owners ON owners.{q('linked')} = stored.{q('id')}"] if linked else []),
        "    JOIN (",
        _counting(table, _days(held, dialect), period, dialect),
        f"    ) AS told ON told.{q('period_text')} = stored.{q('period')}",
        f"    WHERE {mine}",
        "  ) AS counted",
    ]
    return "\n".join(lines)


# ---------------------------------------------------------------- days


def _days(held: str, dialect: Dialect) -> str:
    """The first and the last day of each period, from its text."""
    q = dialect.quoted
    text = q("period_text")
    at = f"{'STRPOS' if dialect.name == 'postgres' else 'INSTR'}({text}, '..')"
    start = f"CASE WHEN {at} > 0 THEN SUBSTR({text}, 1, {at} - 1) ELSE {text} END"
    end = f"CASE WHEN {at} > 0 THEN SUBSTR({text}, {at} + 2) ELSE {text} END"
    ends = f"SELECT {text}, {start} AS {q('start')}, {end} AS {q('stop')} FROM ({held}) AS held"
    return (
        f"SELECT {text}, {_first(q('start'), dialect)} AS {q('period_first')}, "
        f"{_last(q('stop'), dialect)} AS {q('period_last')}\n        FROM ({ends}) AS ends"
    )


def _first(part: str, dialect: Dialect) -> str:
    return _number(_text(part, _FIRST, "-01-01", f"{part} || '-01'"), dialect)


def _last(part: str, dialect: Dialect) -> str:
    month = _number(f"CASE WHEN LENGTH({part}) = 7 THEN {part} || '-01' END", dialect)
    other = _number(_text(part, _LAST, "-12-31", "NULL"), dialect)
    return f"CASE WHEN LENGTH({part}) = 7 THEN {dates.moved(dialect, month, '1')} - 1 ELSE {other} END"


def _text(part: str, ends: dict[str, str], year: str, month: str) -> str:
    """A day as text, from `2009`, `2009H1`, `2009Q1`, `2009-03` or `2009-03-01`."""
    arms = " ".join(f"WHEN '{each}' THEN '{day}'" for each, day in ends.items())
    half = f"SUBSTR({part}, 1, 4) || CASE SUBSTR({part}, 5, 2) {arms} END"
    return f"CASE LENGTH({part}) WHEN 4 THEN {part} || '{year}' WHEN 6 THEN {half} WHEN 7 THEN {month} ELSE {part} END"


def _number(text: str, dialect: Dialect) -> str:
    return dates.number(dialect, text if dialect.name == "sqlite" else f"CAST({text} AS DATE)")


# ---------------------------------------------------------------- which periods count


def _counting(table: InputTable, days: str, period: Period, dialect: Dialect) -> str:
    """The periods whose rows count: of the history those before this one, of a link the shortest that holds this one,
    of records those inside it.
    """
    q = dialect.quoted
    first, last = q("period_first"), q("period_last")
    begin, end = period.first.toordinal(), period.last.toordinal()
    texts = f"SELECT {q('period_text')}, {last}"
    if table.name == t.HISTORY:
        before = f"{texts}, {_same(first, last, period, dialect)} AS {q('period_same')}, {_back(first, last, period)}"
        before += f" AS {q('back')}\n      FROM (\n        {days}\n      ) AS days WHERE {last} < {begin}"
        order = f"CASE WHEN {q('back')} IS NULL THEN 1 ELSE 0 END, {q('back')}"
        back = f"CASE WHEN {q('back')} = DENSE_RANK() OVER (ORDER BY {order}) - 1 THEN {q('back')} END"
        return (
            f"      {texts}, {q('period_same')}, {back} AS {q('period_back')} FROM (\n      {before}\n      ) AS before"
        )
    plain = f"TRUE AS {q('period_same')}, CAST(NULL AS {dialect.integer(32)}) AS {q('period_back')}"
    if not table.name.startswith("link "):
        inside = f"{first} >= {begin} AND {last} <= {end}"
        return f"      {texts}, {plain} FROM (\n        {days}\n      ) AS days WHERE {inside}"
    nearest = f"ROW_NUMBER() OVER (ORDER BY {last} - {first}, {q('period_text')})"
    around = f"{texts}, {nearest} AS {q('place')} FROM (\n        {days}\n      ) AS days"
    around += f" WHERE {first} <= {begin} AND {last} >= {end}"
    return f"      {texts}, {plain} FROM (\n      {around}\n      ) AS around WHERE {q('place')} = 1"


def _same(first: str, last: str, period: Period, dialect: Dialect) -> str:
    """Whether a period is as long as the one at hand: so many whole months, else so many days."""
    unit, number = period.length

    def whole(months: int) -> str:
        return f"{dates.moved(dialect, first, str(months))} = {last} + 1"

    if unit == "months":
        return f"({whole(number)})"
    others = [f"NOT ({whole(months)})" for months in range(max(number // 31, 1), number // 28 + 1)]
    return f"({' AND '.join([f'{last} - {first} + 1 = {number}', *others])})"


def _back(first: str, last: str, period: Period) -> str:
    """How many periods back a period lies, where it is one of those before one another."""
    arms = ""
    days = period_before(period)
    for back in range(BACK):
        if days[0].year < 2:
            break
        arms += f" WHEN {first} = {days[0].toordinal()} AND {last} = {days[1].toordinal()} THEN {back}"
        days = period_before(Period("", *days))
    return f"CASE{arms} END" if arms else "NULL"
