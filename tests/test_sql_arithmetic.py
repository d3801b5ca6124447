"""Rounding, long division and dates in SQL, at every half, on both sides of zero, at every end of a month."""

from __future__ import annotations

import datetime
import random
import sqlite3
from itertools import product

import pytest

import sql_engines as sql
from kaoping import typed as t
from kaoping.engines.sql.arithmetic import Arithmetic
from kaoping.engines.sql.expressions import NotInSql
from kaoping.numbers import MODES, divided
from kaoping.plan.plan import Plan
from kaoping.types import DATE, EARLIEST_DAY, LATEST_DAY, Value
from plans import BOOL, column, const, dataset, loaded, num, plan, read

WIDTHS = {"32": 10**6, "64": 10**15, "128": 10**30}
DIVISORS = [1, 2, 3, 4, 7, 8, 10, 25, -1, -2, -3, -4, -5, -10]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_rounding_at_every_half_on_both_sides_of_zero(width: str, mode: str) -> None:
    type_ = num(0, -WIDTHS[width], WIDTHS[width])
    top, bottom = loaded("甲", type_), loaded("乙", num(0, -10, 100))
    columns = [column(f"降{digits}", t.Drop(read(top), digits, mode, type=type_)) for digits in (0, 1, 2)]
    for divisor in DIVISORS:
        by = const(divisor, num(0, divisor, divisor))
        columns.append(
            column(f"除{divisor}", t.Divide(read(top), by, divisor % 3, mode, type=num(0, -(10**33), 10**33)))
        )
    for digits in (0, 1):
        quotient = t.Divide(read(top), read(bottom), digits, mode, type=num(0, -(10**31), 10**31).maybe)
        columns.append(column(f"商{digits}", quotient))
    pairs = list(product(range(-160, 161), (-10, -4, -3, -1, 0, 1, 2, 3, 8, 100)))
    rows: dict[str, list[Value]] = {"甲": [a for a, _ in pairs], "乙": [b for _, b in pairs]}
    made = plan(top, bottom, *columns, required={"甲": "always", "乙": "always"})
    sql.assert_agrees(made, dataset(rows), *(["duckdb"] if width == "128" else []))


@pytest.mark.parametrize("mode", MODES)
def test_constants_at_the_end_of_a_width_meet_first(mode: str) -> None:
    """A constant has no width of its own: two of them, or one that is doubled, must not be counted in 32 bits."""
    narrow = num(0, -5, 5)
    number, above = loaded("甲", narrow), loaded("乙", num(0, 0, 5))
    columns = []
    for most in (2**30, 2**31 - 1, 2**31, 2**62, 2**63 - 1):
        constant = const(most, num(0, most, most))
        one = const(1, num(0, 1, 1))
        total = num(0, most - 4, most + 6)
        columns.append(column(f"和{most}", t.Add((one, constant, read(number)), type=total)))
        columns.append(column(f"除{most}", t.Divide(read(number), constant, 0, mode, type=num(0, -1, 1))))
        columns.append(column(f"被除{most}", t.Divide(constant, read(above), 0, mode, type=num(0, 0, most).maybe)))
    made = plan(number, above, *columns, required={"甲": "always", "乙": "always"})
    sql.assert_agrees(made, dataset({"甲": list(range(-5, 6)), "乙": [abs(each) for each in range(-5, 6)]}), "duckdb")


def test_a_constant_wider_than_the_numbers_of_an_engine_is_refused() -> None:
    """SQLite reads one as the nearest number it has, and a cast makes of that the largest whole one."""
    number = loaded("甲", num(0, 0, 5))
    for wide in (2**63, -(2**63) - 1, 2**64 + 1):
        total = t.Add((const(wide, num(0, wide, wide)), read(number)), type=num(0, wide, wide + 5))
        either = t.Choose(
            ((t.Compare(">", read(number), const(2), type=BOOL), read(number)),),
            const(wide, num(0, wide, wide)),
            type=num(0, min(wide, 0), max(wide, 5)),
        )
        alone = const(wide, num(0, wide, wide))
        plans = [plan(number, column("列", node), required={"甲": "always"}) for node in (total, either, alone)]
        filled = loaded("甲", num(0, -(2**64), 2**65))
        plans.append(plan(filled, column("列", read(filled)), required={"甲": "always"}, defaults={"甲": wide}))
        rows = dataset({"甲": [0, 5]})
        for made in plans:
            sql.assert_agrees(made, rows, "duckdb")
            with pytest.raises(NotInSql):
                sql.found(made, rows, sql.ENGINES["sqlite"])


@pytest.mark.parametrize("mode", MODES)
def test_long_division_is_exact(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    top, bottom = loaded("甲", num(0, -(10**18), 10**18)), loaded("乙", num(0, -(10**12), 10**12))
    digits = 12
    quotient = t.Divide(read(top), read(bottom), digits, mode, type=num(0, -9 * 10**18, 9 * 10**18).maybe)
    pairs = [(a, b) for a, b in _pairs(digits) if b == 0 or abs(a) * 10**digits // abs(b) < 9 * 10**18]
    made = plan(top, bottom, column("商", quotient), required={"甲": "always", "乙": "always"})
    rows = dataset({"甲": [a for a, _ in pairs], "乙": [b for _, b in pairs]})
    monkeypatch.delattr(Arithmetic, "_divided")  # nothing but long division will do
    for engine in sql.ENGINES:
        found, _ = sql.ENGINES[engine](made, rows, sql.compared(made))
        (values,) = found.values()
        wanted = [None if b == 0 else divided(a * 10**digits, b, mode) for a, b in pairs]
        wrong = [(pair, got, want) for pair, got, want in zip(pairs, values, wanted, strict=True) if got != want]
        assert wrong == [], engine


def _pairs(digits: int) -> list[tuple[int, int]]:
    """Dividends and divisors: halves to the last digit and what lies beside them, ends of ranges, and any."""
    chance = random.Random(7)
    found = [(a, b) for a in (0, 1, -1, 5, 10**18, -(10**18)) for b in (0, 1, -1, 3, 7, 10**12, -(10**12))]
    for _ in range(400):
        half = chance.randint(1, 2 * 10**5)
        by = chance.choice([1, 2, 3, 4, 5, 8, 16, 25])
        bottom = chance.choice([2 * by * 10**6, 2 * 10**11, 2**11 * 5**3, 2**12 * by])
        found += [(half * by + beside, chance.choice([-1, 1]) * bottom) for beside in (-1, 0, 1)]
        found.append((chance.randint(-(10**6), 10**6), chance.choice([-1, 1]) * chance.randint(1, 10**12)))
    return found + [(-a, b) for a, b in found]


# ---------------------------------------------------------------- SQLite's numbers have 64 bits


MOST = 2**63 - 1
ENDS = [0, 1, -1, 2, 3, 2**31, -(2**31), 2**32 + 1, 3037000499, 3037000500, 2**62, -(2**62), MOST, -MOST, MOST // 2 + 1]
WIDE = num(0, -(2**64), 2**64)
FURTHER = num(0, -(2**126), 2**126)


def operations(one: t.Typed, two: t.Typed) -> dict[str, t.Typed]:
    t.Multiply(one, two, type=FURTHER)
    return {
        "+": t.Add((one, two), type=FURTHER),
        "-": t.Add((one, t.Negate(two, type=WIDE)), type=FURTHER),
        "*": t.Multiply(one, two, type=FURTHER),
        "* * -": t.Multiply(
            t.Multiply(one, two, type=FURTHER), t.Negate(two, type=WIDE), type=num(0, -(10**37), 10**37)
        ),
        "scaled": t.Scale(one, 3, type=FURTHER),
        "there and back": t.Drop(t.Scale(one, 3, type=FURTHER), 3, "half up", type=WIDE),
        "compared": t.Compare("<", t.Multiply(one, two, type=FURTHER), one, type=BOOL),
    }


@pytest.mark.parametrize("operation", operations(const(0), const(0)))
def test_sqlite_is_exact_or_stops_and_stops_only_where_64_bits_are_not_enough(operation: str) -> None:
    one, two = loaded("甲", WIDE), loaded("乙", WIDE)
    made = plan(
        one, two, column("得", operations(read(one), read(two))[operation]), required={"甲": "always", "乙": "always"}
    )
    stopped = 0
    for a, b in product(ENDS, ENDS):
        rows = dataset({"甲": [a], "乙": [b]})
        on_the_way = {
            "+": [a + b],
            "-": [a - b],
            "scaled": [a * 1000],
            "there and back": [a * 1000],
            "compared": [a * b],
        }
        steps = on_the_way.get(operation, [a * b, *([a * b * -b] if operation == "* * -" else [])])
        if all(-MOST - 1 <= each <= MOST for each in steps):
            sql.assert_agrees(made, rows, "sqlite")
        else:
            stopped += 1
            with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
                sql.found(made, rows, sql.ENGINES["sqlite"])
    assert stopped > 10


@pytest.mark.parametrize("kind", ["sum", "average"])
def test_sqlite_stops_where_a_sum_of_rows_is_too_wide(kind: str) -> None:
    mark = loaded("分", num(0, -(2**62), 2**62), "信访")
    made = plan(
        mark, column("合", t.Fold(kind, t.Frame("信访"), read(mark), type=FURTHER.maybe)), required={"分": "always"}
    )
    fits, not_ = ([2**62, 2**62 - 1, -5, 5]), ([2**62, 2**62, -5, -5])
    sql.assert_agrees(made, dataset(1, 信访=([0] * 4, {"分": fits})))
    sql.assert_agrees(made, dataset(1, 信访=([0] * 4, {"分": not_})), "duckdb")
    with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
        sql.found(made, dataset(1, 信访=([0] * 4, {"分": not_})), sql.ENGINES["sqlite"])


# ---------------------------------------------------------------- dates


def dates_plan() -> Plan:
    """Every node of dates."""
    one, two, months = loaded("甲", DATE), loaded("乙", DATE), loaded("月数", num(0, -6000, 6000))
    columns = [
        column("移", t.AddMonths(read(one), read(months), type=DATE)),
        column("隔", t.MonthsBetween(read(one), read(two), type=num())),
        column("年", t.DatePart(read(one), "year", type=num())),
        column("月", t.DatePart(read(one), "month", type=num())),
    ]
    return plan(one, two, months, *columns, required=dict.fromkeys(("甲", "乙", "月数"), "always"))


def test_dates_near_every_end_of_a_month_from_1800_to_2299() -> None:
    chance = random.Random(11)
    firsts = [datetime.date(year, month, 1).toordinal() for year in range(1800, 2300) for month in range(1, 13)]
    near = [first + by for first in firsts for by in (-2, -1, 0, 1, 28) if EARLIEST_DAY <= first + by <= LATEST_DAY]
    days = [*chance.sample(near, 6000), EARLIEST_DAY, LATEST_DAY]
    others = [
        chance.choice(near) if at % 2 else min(day + chance.randint(0, 800), LATEST_DAY) for at, day in enumerate(days)
    ]
    moves = []
    for day in days:
        date = datetime.date.fromordinal(day)
        least, most = (1800 - date.year) * 12 - date.month + 1, (2299 - date.year) * 12 + 12 - date.month
        moves.append(
            chance.choice([chance.randint(least, most), *(m for m in (-13, -1, 0, 1, 12) if least <= m <= most)])
        )
    sql.assert_agrees(dates_plan(), dataset({"甲": days, "乙": others, "月数": moves}))


def test_from_every_day_of_a_leap_year_to_every_end_of_a_month() -> None:
    first = datetime.date(2024, 1, 1).toordinal()
    ends = [datetime.date(2023 + at // 12, at % 12 + 1, 1).toordinal() - 1 for at in range(1, 36)]
    pairs = [(day, end + by) for day in range(first, first + 366, 3) for end in ends for by in (0, 1)]
    rows = {
        "甲": [a for a, _ in pairs],
        "乙": [b for _, b in pairs],
        "月数": [at % 29 - 14 for at in range(len(pairs))],
    }
    sql.assert_agrees(dates_plan(), dataset(rows))
