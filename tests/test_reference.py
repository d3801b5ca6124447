"""Evaluation, paragraph by paragraph of the fine print, in both engines. Expected values are worked out by hand."""

from __future__ import annotations

import datetime

import pytest
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import Dataset
from kaoping.engines.python import compiled, run
from kaoping.engines.reference import Reference
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.plan import Plan, ReasonColumn, Requirement
from kaoping.results import Reason
from kaoping.types import Value
from plans import BOOL, DATE, MISSING, TEXT, choice, choose, column, compare, const, dataset, loaded, num, plan, read

A, B = loaded("甲", num()), loaded("乙", num(), optional=True)
YES = loaded("是否", BOOL, optional=True)
RECORDS, QUARTERS = t.Frame("信访"), t.Frame("信访", "quarter")
POINTS, DAY, SIDE = loaded("扣分", num(), "信访"), loaded("日期", DATE, "信访"), loaded("事项", TEXT, "信访")


def values(expression: t.Typed, data: Dataset, *others: Column, frame: t.Frame = t.EACH) -> list[Value]:
    """What an expression comes to in every row of a frame, in both engines."""
    shown = column("结果", expression, frame)
    return both(plan(A, B, YES, POINTS, DAY, SIDE, *others, shown, dates={"信访": "日期"}), data, shown)


def both(made: Plan, data: Dataset, shown: Column) -> list[Value]:
    """A column by the reference evaluator; compiled, it must be the same."""
    expected = Reference(made, data).column(shown.key)
    columns, _ = run(compiled(made, [shown.key]), data)
    assert columns[shown.key] == expected
    return expected


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


# ---------------------------------------------------------------- 2, missing


def test_missing_absorbs_even_beside_a_no() -> None:
    data = dataset({"甲": [1, 1, 1], "是否": [True, False, None]})
    assert values(t.And((const(False), read(YES)), type=BOOL), data) == [False, False, None]
    assert values(t.Or((const(True), read(YES)), type=BOOL), data) == [True, True, None]


def test_a_choice_is_missing_when_its_condition_or_the_branch_taken_is() -> None:
    data = dataset({"甲": [1, 1, 1, 1], "是否": [True, False, None, True], "乙": [7, None, 7, None]})
    taken = choose(read(YES), read(B), const(0))
    assert values(taken, data) == [7, 0, None, None]


def test_default_and_has_look_at_missing_values() -> None:
    data = dataset({"甲": [1, 1], "乙": [5, None]})
    assert values(t.Coalesce(read(B), const(9), type=num()), data) == [5, 9]
    assert values(t.Has(read(B), type=BOOL), data) == [True, False]


def test_what_is_proved_present_is_its_lowest_value_where_nobody_looks() -> None:
    data = dataset({"甲": [1, 1], "乙": [5, None]})
    shown = t.And(
        (t.Has(read(B), type=BOOL), compare(">", t.Present(read(B), type=num()), 3)),
        type=BOOL,
    )
    assert values(shown, data) == [True, False]


def test_a_quotient_by_zero_is_missing() -> None:
    data = dataset({"甲": [7, 0, -7], "乙": [2, 0, 2]})
    assert values(t.Divide(read(A), read(B), 1, "half up", type=num(1)), data) == [35, None, -35]


# ---------------------------------------------------------------- 3, scope; 7, units of time


def complaints() -> Dataset:
    """Two subjects; the second has three records, one of them outside the period."""
    dates = ["2009-02-01", "2009-03-31", "2009-04-01", "2010-01-01"]
    rows: dict[str, list[Value]] = {"扣分": [1, 2, 4, 8], "日期": [*map(day, dates)], "事项": ["甲", "乙", "乙", "丙"]}
    return dataset({"甲": [10, 20], "乙": [None, 3]}, 信访=([0, 1, 1, 1], rows))


def test_a_record_sees_its_own_fields_and_its_subject() -> None:
    both = t.Multiply(read(POINTS), read(A), type=num())
    assert values(both, complaints(), frame=RECORDS) == [10, 40, 80, 160]


def test_outside_a_unit_rows_dated_outside_the_period_count() -> None:
    assert values(t.Fold("sum", RECORDS, read(POINTS), type=num()), complaints()) == [1, 14]


def test_in_a_unit_of_time_only_records_dated_in_it_count() -> None:
    quarter = column("季", t.Fold("sum", QUARTERS, read(POINTS), type=num()), t.Frame(t.SUBJECTS, "quarter"))
    made = plan(A, B, YES, POINTS, DAY, SIDE, quarter, dates={"信访": "日期"})
    assert both(made, complaints(), quarter) == [1, 0, 0, 0, 2, 4, 0, 0]
    over = t.Fold("max", quarter.key.frame, read(quarter), type=num())
    assert values(over, complaints(), quarter) == [1, 4]


def test_a_unit_knows_its_first_and_last_day() -> None:
    frame = t.Frame(t.SUBJECTS, "half")
    ends = [values(t.UnitBound(end, type=DATE), dataset(1), frame=frame) for end in ("first", "last")]
    assert ends == [[day("2009-01-01"), day("2009-07-01")], [day("2009-06-30"), day("2009-12-31")]]


# ---------------------------------------------------------------- folds; 6, order of rows; 20, trim and percentile


@pytest.mark.parametrize(
    ("kind", "of_rows", "of_none"),
    [("sum", 12, 0), ("count", 3, 0), ("distinct", 2, 0), ("min", 2, None), ("max", 8, None), ("average", 40, None)],
)
def test_a_fold_of_no_rows(kind: str, of_rows: int, of_none: Value) -> None:
    data = dataset({"甲": [0, 0]}, 信访=([0, 0, 0], {"扣分": [2, 2, 8]}))
    fold = t.Fold(kind, RECORDS, None if kind == "count" else read(POINTS), digits=1, type=num())
    assert values(fold, data) == [of_rows, of_none]


def test_any_of_no_rows_is_no_and_all_is_yes() -> None:
    data = dataset({"甲": [0, 0]}, 信访=([0, 0], {"扣分": [1, 5]}))
    high = compare(">", read(POINTS), 3)
    assert values(t.Fold("any", RECORDS, high, type=BOOL), data) == [True, False]
    assert values(t.Fold("all", RECORDS, high, type=BOOL), data) == [False, True]


def test_the_last_rows_are_the_latest_and_ties_go_by_the_other_fields_missing_first() -> None:
    data = dataset({"甲": [0]}, 信访=([0] * 4, {"扣分": [9, 1, 5, 3], "日期": [day("2009-05-01")] * 3 + [None]}))
    last = t.Last(2, (read(DAY), read(POINTS)))
    assert values(t.Fold("sum", RECORDS, read(POINTS), last=last, type=num()), data) == [5 + 9]


def test_one_highest_and_one_lowest_are_dropped_only_of_more_than_two() -> None:
    data = dataset({"甲": [0, 0]}, 信访=([0, 0, 0, 1, 1], {"扣分": [10, 1, 4, 10, 1]}))
    fold = t.Fold("average", RECORDS, read(POINTS), trim=1, digits=1, type=num(1))
    assert values(fold, data) == [40, 55]


@pytest.mark.parametrize(
    ("part", "linear", "expected"), [(0, False, 1), (50, False, 2), (51, False, 3), (100, False, 10), (50, True, 25)]
)
def test_a_percentile_is_a_value_from_below_or_lies_between_two(part: int, linear: bool, expected: int) -> None:
    data = dataset({"甲": [10, 1, 3, 2]})
    digits = 1 if linear else 0
    assert values(t.Percentile(part, 2, read(A), linear=linear, digits=digits, type=num()), data)[0] == expected


# ---------------------------------------------------------------- 10, groups of amounts


def test_of_each_key_the_largest_amount_counts_and_they_add_up() -> None:
    parts = (t.Candidates(read(POINTS), RECORDS, key=read(SIDE)),)
    assert values(t.Group(parts, type=num()), complaints()) == [1, 4 + 8]


def test_without_a_key_the_one_largest_of_all_lines_counts_and_nothing_of_nothing() -> None:
    high = compare(">", read(POINTS), 2)
    parts = (t.Candidates(read(POINTS), RECORDS, high), t.Candidates(const(5), where=compare(">", read(A), 10)))
    assert values(t.Group(parts, type=num()), complaints()) == [0, 8]


# ---------------------------------------------------------------- rows before


def test_rows_are_numbered_within_their_subject_and_group() -> None:
    number = t.Ordinal((read(DAY),), (read(SIDE),), type=num())
    assert values(number, complaints(), frame=RECORDS) == [1, 1, 2, 1]
    before = t.PreviousRow(read(POINTS), (read(DAY),), type=num())
    assert values(before, complaints(), frame=RECORDS) == [None, None, 2, 4]


# ---------------------------------------------------------------- 12, 13: ranks and quotas


def test_equal_values_share_a_rank_and_the_next_is_skipped() -> None:
    data = dataset({"甲": [5, 9, 5, 1], "乙": [5, 9, None, 1]})
    assert values(t.Rank(read(A), type=num()), data) == [2, 1, 2, 4]
    assert values(t.Rank(read(B), lowest_first=True, type=num()), data) == [2, 3, None, 1]


CLASS = loaded("类", choice(("A", "B")))


def test_groups_are_ranked_and_averaged_apart() -> None:
    data = dataset({"甲": [5, 9, 7, 1], "类": [0, 1, 0, 1]})
    assert values(t.Rank(read(A), (read(CLASS),), type=num()), data, CLASS) == [2, 1, 1, 2]
    mean = t.Cohort("average", read(A), within=(read(CLASS),), digits=1, type=num(1))
    assert values(mean, data, CLASS) == [60, 50, 60, 50]


def taken(data: Dataset, share: t.Typed, ties: str = "excluded", rounded: str = "down", **more: object) -> list[Value]:
    """Who gets a place, the highest 甲 first; a share is a part of all where it has places."""
    quota = t.Chosen(const(True), share, (read(A),), type=BOOL, ties=ties, rounded=rounded, **more)  # type: ignore[arg-type]
    if share.type.places:
        quota = replace(quota, counted=const(True))
    return values(quota, data)


def test_a_tie_across_the_line_is_taken_whole_or_left_out_whole() -> None:
    data = dataset({"甲": [9, 7, 7, 7, 1]})
    assert taken(data, const(3), "excluded") == [True, False, False, False, False]
    assert taken(data, const(3), "included") == [True, True, True, True, False]
    assert taken(data, const(1), "included") == [True, False, False, False, False]


def test_places_left_by_an_excluded_tie_stay_empty() -> None:
    assert taken(dataset({"甲": [9, 9, 1]}), const(1)) == [False, False, False]


@pytest.mark.parametrize(("rounded", "places"), [("down", 2), ("up", 3), ("nearest", 2)])
def test_a_part_of_a_place_is_rounded_as_the_quota_says(rounded: str, places: int) -> None:
    data = dataset({"甲": [7, 6, 5, 4, 3, 2, 1, 0]})  # 30% of 8 is 2.4
    assert sum(1 for value in taken(data, const(30, num(2)), rounded=rounded) if value) == places


def test_more_places_than_candidates_take_all_and_the_lowest_can_be_asked_for() -> None:
    data = dataset({"甲": [3, 1, 2]})
    assert taken(data, const(9)) == [True, True, True]
    assert taken(data, const(1), lowest=True) == [False, True, False]


def test_a_second_key_decides_between_equals_and_a_missing_one_comes_last() -> None:
    data = dataset({"甲": [5, 5, 5], "乙": [1, None, 2]})
    quota = t.Chosen(const(True), const(2), (read(A), read(B)), type=BOOL)
    assert values(quota, data) == [True, False, True]


def test_two_shares_in_one_group_are_a_data_error_that_names_two_subjects() -> None:
    quota = column("先进", t.Chosen(const(True), read(A), (read(A),), type=BOOL))
    with pytest.raises(DataErrors) as raised:
        evaluate(plan(A, quota), dataset({"甲": [1, 1, 2]}), "reference")
    (finding,) = raised.value.findings
    assert (finding.code, finding.facts["name_one"], finding.facts["name_other"]) == ("KP692", "第1单位", "第3单位")


# ---------------------------------------------------------------- 15, over periods

PAST = loaded("好", BOOL, t.HISTORY)
GRADE = loaded("grade", choice(("差", "好")), t.HISTORY, optional=True)


def streak(
    periods: list[str], good: list[bool], owners: list[int] | None = None, ran: tuple[str, ...] = ()
) -> list[Value]:
    """A streak of a subject that is good now, from its earlier results."""
    data = dataset(2, history=(owners or [0] * len(periods), {"period": periods, "好": good}))
    data.earlier_periods = list(ran)
    node = t.Streak(const(True), read(PAST), type=num())
    shown = column("连续", node)
    return both(plan(PAST, shown), data, shown)


def test_a_streak_counts_this_period_and_the_ones_before_until_it_breaks() -> None:
    assert streak(["2008", "2007", "2006"], [True, True, False])[0] == 3


def test_a_period_without_any_result_ends_a_streak() -> None:
    assert streak(["2008", "2006"], [True, True])[0] == 2


def test_a_period_in_which_only_others_were_appraised_neither_counts_nor_breaks() -> None:
    assert streak(["2008", "2007", "2006"], [True, True, True], [0, 1, 0])[0] == 3
    assert streak(["2008", "2006"], [True, True], ran=("2006", "2007", "2008"))[0] == 3


def test_results_of_another_length_or_of_later_periods_are_not_looked_at() -> None:
    assert streak(["2008H2", "2010", "2009"], [True, True, True])[0] == 1


def test_the_previous_result_is_the_newest_of_the_same_length() -> None:
    rows: dict[str, list[Value]] = {"period": ["2006", "2007", "2008H1"], "grade": [1, 0, 1]}
    data = dataset(2, history=([0, 0, 0], rows))
    shown = column("上期", t.PreviousResult(read(GRADE), type=GRADE.type))
    assert both(plan(GRADE, shown), data, shown) == [0, None]


# ---------------------------------------------------------------- a run


def total_plan() -> Plan:
    """甲 is the total; who has 乙 is appraised; a veto, and a requirement."""
    total = column("总分", read(A), role="total")
    inside = column("appraised", t.Has(read(B), type=BOOL))
    veto, rule = column("否决", compare("<", read(A), 3)), column("要求", compare("<", read(A), 9))
    made = plan(A, B, inside, total, column("rank", t.Rank(read(total), type=num())), veto, rule, appraised=inside)
    return replace(
        made,
        requirements=(Requirement(rule.key, "不得超过9", None, constant=False),),
        reasons=(ReasonColumn(veto.key, "vetoed", "分数过低", "三"),),
    )


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_who_is_not_appraised_is_listed_and_counts_nowhere(engine: str) -> None:
    results = evaluate(total_plan(), dataset({"甲": [1, 100, 9], "乙": [0, None, 0]}), engine)
    assert results.ids == ["01", "03"]
    assert results.not_appraised == [("02", "第2单位")]
    assert (results.values["总分"], results.values["rank"]) == ([1, 9], [2, 1])
    assert results.findings == [[], ["不得超过9"]]
    assert results.reasons == [[Reason("vetoed", "分数过低", "三")], []]


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_every_empty_cell_that_is_needed_is_found_in_one_run_before_anything_is_scored(engine: str) -> None:
    made = plan(A, B, YES, column("总分", read(A)), required={"甲": "always"}, needed={B.key: compare(">", read(A), 1)})
    with pytest.raises(DataErrors) as raised:
        evaluate(made, dataset({"甲": [1, 2, None], "乙": [None, None, 5]}), engine)
    assert [(each.code, each.place) for each in raised.value.findings] == [
        ("KP690", "subjects.csv:3 乙"),
        ("KP690", "subjects.csv:4 甲"),
    ]


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_who_is_not_appraised_needs_only_the_cells_that_decide_it(engine: str) -> None:
    inside = column("appraised", compare(">", read(A), 5))
    made = plan(A, B, inside, column("总分", read(B)), appraised=inside, required={"甲": "always", "乙": "always"})
    with pytest.raises(DataErrors) as raised:
        evaluate(made, dataset({"甲": [1, 9, None], "乙": [None, None, None]}), engine)
    assert [each.place for each in raised.value.findings] == ["subjects.csv:3 乙", "subjects.csv:4 甲"]


def test_a_param_that_is_not_given_is_found() -> None:
    rate = loaded("全市增速", num(), t.PARAMS)
    made = plan(A, rate, column("总分", t.Add((read(A), read(rate)), type=num())))
    with pytest.raises(DataErrors) as raised:
        evaluate(made, dataset({"甲": [1]}))
    assert [(each.code, each.variant, each.place) for each in raised.value.findings] == [("KP690", "param", "全市增速")]
    assert evaluate(made, dataset({"甲": [1]}, {"全市增速": 7})).values["总分"] == [8]


def test_a_cell_beyond_what_the_subject_may_have_is_found() -> None:
    made = replace(plan(A, CLASS), limits={A.key: (const(0), choose(compare("=", read(CLASS), 0), const(5), const(3)))})
    with pytest.raises(DataErrors) as raised:
        evaluate(made, dataset({"甲": [5, 5], "类": [0, 1]}))
    (finding,) = raised.value.findings
    assert (finding.code, finding.place, finding.facts["high"]) == ("KP691", "subjects.csv:3 甲", "3")


def test_the_default_of_a_column_stands_in_its_empty_cells() -> None:
    made = plan(A, B, column("总分", t.Add((read(A), read(B)), type=num())), defaults={"乙": 4})
    assert evaluate(made, dataset({"甲": [1, 2], "乙": [None, 3]})).values["总分"] == [5, 5]


def test_no_value_is_a_value_like_any_other_for_a_let() -> None:
    assert values(MISSING, dataset(2)) == [None, None]
