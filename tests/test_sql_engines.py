"""The engines that speak SQL give exactly what the reference evaluator gives: every column of every frame, every
finding, or they stop before a digit is wrong.

`KAOPING_FUZZ=5000 pytest tests/test_sql_engines.py` looks longer; `python tests/fuzz_sql.py 100000` longer still.
"""

from __future__ import annotations

import datetime
import os
import random
import sqlite3

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import sql_engines as sql
from generated_plans import data, plans, plans_of_aggregates
from generated_ranges import made_ranges
from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.engines.run import DataErrors, evaluate
from kaoping.engines.sql.expressions import NotInSql
from kaoping.plan.plan import Plan
from kaoping.types import Value
from oracle import evaluate as oracle
from oracle.bridge import columns, dataset
from oracle.generate import schemes
from plans import BOOL, DATE, TEXT, choice, column, compare, const, loaded, num, read
from plans import dataset as rows_of
from plans import plan as plan_of
from test_properties import Made, by_name, checked, findings

CASES = int(os.environ.get("KAOPING_FUZZ", "150"))
"""Of each part and test: some 2,000 together."""
PARTS = range(3)  # shared out among processors
# without shrinking: a failing plan of a hundred nodes takes minutes to shrink
SEARCH = settings(
    max_examples=CASES,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
STOPS: dict[str, tuple[type[Exception], ...]] = {
    "duckdb": (NotInSql,),  # a range of more than 128 bits
    # a constant, a cell or a value on the way of more than 64 bits
    "sqlite": (NotInSql, OverflowError, sqlite3.OperationalError),
}


@pytest.mark.parametrize("part", PARTS)
def test_every_column_of_any_plan_is_the_same(part: int) -> None:
    @SEARCH
    @given(plans(), data())
    def agree(made: Plan, rows: Dataset) -> None:
        sql.assert_agrees(made, rows)

    agree()


@pytest.mark.parametrize("part", PARTS)
def test_every_fold_window_and_quota_is_the_same(part: int) -> None:
    @SEARCH
    @given(plans_of_aggregates(), data())
    def agree(made: Plan, rows: Dataset) -> None:
        sql.assert_agrees(made, rows)

    agree()


@pytest.mark.parametrize("part", PARTS)
def test_every_engine_agrees_with_the_oracle_on_whole_schemes(part: int) -> None:
    @settings(SEARCH, max_examples=CASES)
    @given(schemes())
    def agree(made: Made) -> None:
        scheme, plan, world = checked(made)
        expected = oracle.evaluate(scheme, world)
        for engine in ("reference", "python", "duckdb", "sqlite"):
            try:
                results = evaluate(plan, dataset(plan, world), engine)
            except DataErrors as stopped:  # a product of many places does not fit into 64 bits: no digit is wrong
                if engine == "sqlite" and {each.code for each in stopped.findings} <= {"KP700", "KP704"}:
                    continue
                raise
            assert results.ids == expected.subjects
            assert columns(results) == by_name(expected, results), engine
            assert findings(results) == {who: set(expected.findings[who]) for who in expected.subjects}, engine

    agree()


@pytest.mark.parametrize("seed", range(4))
def test_hostile_names_change_nothing(seed: int) -> None:
    for case in range(CASES // 2):
        chance = random.Random(f"{seed} {case}")
        made = sql.in_disguise(sql.made(chance.choice([1, 2, 4]) + len(sql.KINDS) * chance.randrange(10**6)), chance)
        sql.assert_agrees(*made)


# ---------------------------------------------------------------- numbers of every width


@pytest.mark.parametrize("seed", range(4))
def test_numbers_of_every_width_are_exact_or_the_run_stops(seed: int) -> None:
    stopped = dict.fromkeys(sql.ENGINES, 0)
    number = CASES * 2 // 3
    for case in range(number):
        made = made_ranges(random.Random(f"{seed} {case}"))
        wanted = sql.expected(*made)
        for name, evaluated in sql.ENGINES.items():
            try:
                found = sql.found(*made, evaluated)
            except STOPS[name] as reason:
                refused = not isinstance(reason, sqlite3.OperationalError) or str(reason) == "integer overflow"
                stopped[name] += refused
                if not refused:
                    raise
            else:
                assert sql.differences(wanted, found) == [], (name, seed, case)
    assert stopped["duckdb"] <= number // 20
    assert stopped["sqlite"] <= number * 9 // 10  # its whole numbers have 64 bits, much of this needs more


def test_a_quotient_whose_dividend_needs_128_bits_is_exact_in_sqlite_too() -> None:
    top, bottom = loaded("甲", num(0, -(10**18), 10**18)), loaded("乙", num(0, 1, 10**12))
    kept = column("比", t.Divide(read(top), read(bottom), 12, "half up", type=num(0, -(10**30), 10**30)))
    rows = rows_of({"甲": [10**6, 2, -2, 10**6 - 1], "乙": [10**6 + 3, 3, 3, 7]})
    made = plan_of(top, bottom, kept, required={"甲": "always", "乙": "always"})
    assert sql.found(made, rows, sql.ENGINES["sqlite"]) == sql.expected(made, rows)


def test_a_sum_past_64_bits_stops_sqlite_and_is_exact_in_duckdb() -> None:
    top = loaded("甲", num(0, 0, 2**62))
    double = column("双", t.Add((read(top), read(top)), type=num(0, 0, 2**63)))
    back = column("还", t.Add((read(double), t.Negate(read(top), type=num(0, -(2**62), 0))), type=num(0, 0, 2**62)))
    made = plan_of(top, double, back, required={"甲": "always"})
    fits, not_ = rows_of({"甲": [5, 2**62 - 1]}), rows_of({"甲": [5, 2**62]})
    sql.assert_agrees(made, fits)
    sql.assert_agrees(made, not_, "duckdb")
    with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
        sql.found(made, not_, sql.ENGINES["sqlite"])


def test_the_smallest_constants_of_a_width_are_as_wide_as_what_they_meet() -> None:
    top = loaded("甲", num(0, -(2**40), 2**40))
    columns = [
        column(f"减{least}", t.Add((const(-least, num(0, -least, -least)), read(top)), type=num(0, -(2**70), 2**70)))
        for least in (2**31, 2**63)
    ]
    columns.append(column("大小", t.Absolute(const(-(2**63), num(0, -(2**63), -(2**63))), type=num(0, 2**63, 2**63))))
    made = plan_of(top, *columns, required={"甲": "always"})
    sql.assert_agrees(made, rows_of({"甲": [-(2**40), -1, 0, 2**40]}), "duckdb")


def test_what_is_always_nought_is_not_multiplied_by_constants_that_are_too_wide_together() -> None:
    """DuckDB takes 100 · x · 10^8 for x · 10^10, though x is never anything but 0 or missing."""
    nothing = num(0, 0, 0).maybe
    top = loaded("甲", nothing, optional=True)
    least = t.Least((const(0, nothing), read(top)), type=nothing)
    inner = t.Multiply(const(100, num(0, 100, 100)), least, type=nothing)
    scaled = t.Multiply(inner, const(10**8, num(0, 10**8, 10**8)), type=nothing)
    made = plan_of(top, column("积", t.Scale(inner, 8, type=nothing)), column("乘", scaled), required={"甲": "never"})
    sql.assert_agrees(made, rows_of({"甲": [0, None]}))


# ---------------------------------------------------------------- sizes


SMALL = num(0, -100, 100)


def test_sums_conditions_and_choices_of_a_thousand_parts() -> None:
    one, two = loaded("甲", SMALL), loaded("乙", SMALL, optional=True)
    maybe = num().maybe
    many = range(-600, 600)
    made = plan_of(
        one, two,
        column("和", t.Add(tuple(read(one) for _ in many), type=num())),
        column("且", t.And(tuple(compare(">", read(one), each) for each in many), type=BOOL)),
        column("或", t.Or(tuple(compare("=", read(two), each) for each in many), type=BOOL.maybe)),
        column("小", t.Least((read(two), *map(const, many)), type=maybe)),
        column("大", t.Greatest((read(two), *map(const, many)), type=maybe)),
        column("在", t.Among(read(two), tuple(many), type=BOOL.maybe)),
        column("表", t.Choose(tuple((compare("=", read(one), x), const(x * x)) for x in many), const(-1), type=num())),
        required={"甲": "always"},
    )  # fmt: skip
    sql.assert_agrees(made, rows_of({"甲": [1, 2, -3, 100], "乙": [5, None, 0, -100]}))


def test_a_chain_of_columns_that_each_read_the_one_before_three_times() -> None:
    last = loaded("甲", SMALL)
    chain = [last]
    for at in range(40):
        before = read(chain[-1])
        more = t.Add((before, const(1)), type=num())
        chain.append(column(f"链{at}", t.Choose(((compare(">", before, at), more),), before, type=num())))
    sql.assert_agrees(plan_of(*chain, required={"甲": "always"}), rows_of({"甲": [1, 30, -3, 100]}))


def test_a_hundred_ranks_side_by_side() -> None:
    top = loaded("甲", SMALL)
    type_ = num(0, 1, 10**8)
    ranks = [
        column(f"排{at}", t.Rank(t.Multiply(read(top), const(at - 50), type=num()), type=type_)) for at in range(100)
    ]
    made = plan_of(top, *ranks, required={"甲": "always"})
    sql.assert_agrees(made, rows_of({"甲": [3, 1, 3, -7]}), "sqlite")  # DuckDB takes seconds


@pytest.mark.parametrize("period", ["2008", "2007..2009"])
@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "half", "year"])
def test_units_of_several_years_begin_and_end_on_their_days(unit: str, period: str) -> None:
    day = loaded("日期", DATE, "信访", optional=True)
    inside, each = t.Frame("信访", unit), t.Frame(t.SUBJECTS, unit)
    columns = [
        column("件数", t.Fold("count", inside, type=num()), each),
        column("首日", t.UnitBound("first", type=DATE), each),
        column("末日", t.UnitBound("last", type=DATE.maybe), inside),
    ]
    columns.append(column("最多", t.Fold("max", each, read(columns[0]), type=num().maybe)))
    made = plan_of(day, *columns, period=period, dates={"信访": "日期"})
    edges = [datetime.date(year, month, 1).toordinal() for year in range(2006, 2012) for month in range(1, 13)]
    days = [None, *(edge + by for edge in edges for by in (-1, 0, 1))]
    sql.assert_agrees(made, rows_of(2, 信访=([at % 2 for at in range(len(days))], {"日期": days})))


# ---------------------------------------------------------------- who is compared with whom


def test_ties_at_the_line_zeros_and_groups_without_members() -> None:
    top, kind, pool = loaded("分", SMALL, optional=True), loaded("类", choice(("甲", "乙", "丙"))), loaded("可", BOOL)
    columns = []
    for ties in ("excluded", "included"):
        for rounded in ("down", "up", "nearest"):
            for share in (0, 25, 30, 50, 100, 120):
                taken = t.Chosen(
                    read(pool), const(share, num(2, 0, 120)), (read(top),), read(pool), (read(kind),), False, ties,
                    rounded, type=BOOL,
                )  # fmt: skip
                columns.append(column(f"{ties} {rounded} {share}", taken))
    made = plan_of(top, kind, pool, *columns, required={"类": "always", "可": "always"})
    chance = random.Random(1)
    for subjects in (0, 1, 9, 40):
        few = [None, 0, 0, 7, 7, 7, -3]
        rows: dict[str, list[Value]] = {
            "分": [chance.choice(few) for _ in range(subjects)],
            "类": [chance.choice([0, 0, 2]) for _ in range(subjects)],
            "可": [chance.random() < 0.8 for _ in range(subjects)],
        }
        sql.assert_agrees(made, rows_of(rows) if subjects else rows_of(0))


@pytest.mark.parametrize("digits", [-2, -1, 0, 1])
def test_a_percentile_may_have_fewer_places_than_the_values(digits: int) -> None:
    top = loaded("分", num(2, -(10**4), 10**4))
    made = plan_of(
        top,
        column("低", t.Percentile(25, 2, read(top), linear=True, digits=digits, type=num().maybe)),
        column("高", t.Percentile(75, 2, read(top), linear=True, digits=digits, type=num().maybe)),
        required={"分": "always"},
    )
    sql.assert_agrees(made, rows_of({"分": [5, 1250, -1250, 333, 50]}))


def test_texts_are_told_apart_and_put_in_order_by_their_code_points() -> None:
    text, number = loaded("文", TEXT, "信访"), loaded("号", SMALL, "信访")
    by = (read(text), read(number))
    frame = t.Frame("信访")
    columns = [
        column("不同", t.Fold("distinct", frame, read(text), type=num())),
        column("末", t.Fold("sum", frame, read(number), last=t.Last(3, by), type=num())),
        column("第几", t.Ordinal(by, type=num()), frame),
        column("是乙", compare_text(read(text), "乙' OR 1=1 --"), frame),
    ]
    texts = [
        "乙' OR 1=1 --",
        "a",
        "A",
        "é",
        "e\u0301",
        "",
        " ",
        "甲",
        "\uffff",
        "\U00020000",
        "Z",
        "ß",
        "ss",
        "a ",
        "_",
        "\\",
    ]
    made = plan_of(text, number, *columns, required={"文": "always", "号": "always"})
    sql.assert_agrees(made, rows_of(1, 信访=([0] * len(texts), {"文": texts, "号": list(range(len(texts)))})))


def test_rows_alike_in_everything_are_told_apart_by_where_they_stand() -> None:
    number = loaded("号", SMALL, "信访")
    inside = t.Frame("信访")
    place = column("第几", t.Ordinal((read(number),), type=num()), inside)
    columns = [
        place,
        column("前", t.PreviousRow(read(place), (read(number),), type=num().maybe), inside),
        column("末", t.Fold("sum", inside, read(place), last=t.Last(2, (read(number),)), type=num())),
    ]
    made = plan_of(number, *columns, required={"号": "always"})
    sql.assert_agrees(made, rows_of(2, 信访=([0, 1, 0, 1, 0, 0], {"号": [7, 7, 7, 7, 7, 3]})))


@pytest.mark.parametrize(
    "table", ["input_0", "INPUT_1", "subjects", "sqlite_master", "SQLite_x", "row", "id", "written", "temp"]
)
def test_a_table_may_be_called_like_one_of_ours(table: str) -> None:
    number, ours = loaded(table, SMALL, table), loaded("id", SMALL)
    inside = t.Frame(table)
    value = column("unit", t.Add((read(number), read(ours)), type=num()), inside)
    columns = [
        value,
        column("row", t.Fold("sum", inside, read(value), type=num())),
        column(table.swapcase(), t.Fold("max", inside, read(value), last=t.Last(1, (read(number),)), type=num().maybe)),
    ]
    made = plan_of(ours, number, *columns, required={"id": "always", table: "always"})
    rows = rows_of({"id": [1, 2]}, 表=([0, 1, 1], {table: [3, 4, 5]}))
    sql.assert_agrees(made, sql.disguised(rows, {"表": table}))


def compare_text(left: t.Typed, right: str) -> t.Compare:
    return t.Compare("=", left, const(right), type=BOOL)


# ---------------------------------------------------------------- cases by number


def test_what_the_long_run_tries_is_tried_here_in_small() -> None:
    from fuzz_sql import tried

    outcomes = [tried(seed) for seed in range(40)]
    assert [each for each in outcomes if each.differs] == []
    assert sum(each.stopped == "" for each in outcomes) >= 30


@pytest.mark.parametrize("seed", [193_734, 201_402])
def test_cases_that_once_differed(seed: int) -> None:
    """A quota in two columns; two stored results of one subject for one period."""
    sql.assert_agrees(*sql.made(seed))
