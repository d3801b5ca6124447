"""The oracle is right on its own: hand-worked numbers for the paragraphs of the fine print."""

from __future__ import annotations

import datetime
from fractions import Fraction
from textwrap import dedent
from typing import Any

import pytest

from kaoping.source import Source
from kaoping_dsl.parse import parse
from oracle.evaluate import Answer, evaluate
from oracle.folds import percentile, place_among
from oracle.rounding import rounded
from oracle.world import Option, World


def run(script: str, world: World) -> Answer:
    scheme, findings = parse(Source("test", "scheme 试\n" + dedent(script)))
    assert not findings, findings
    return evaluate(scheme, world)


def number(text: str) -> Fraction:
    return Fraction(text)


def one(script: str, **cells: Any) -> dict[str, Any]:
    """Every result of a single subject; numbers may be given as text."""
    return one_of_world(script, World({"甲": fractions(cells)}))


def one_of_world(script: str, world: World) -> dict[str, Any]:
    answer = run(script, world)
    return {name: plain(column["甲"]) for name, column in answer.columns.items()}


def fractions(cells: dict[str, Any]) -> dict[str, Any]:
    return {name: Fraction(cell) if type(cell) is int else cell for name, cell in cells.items()}


def plain(value: Any) -> Any:
    return value.label if isinstance(value, Option) else value


def column(answer: Answer, name: str) -> list[Any]:
    return [plain(value) for value in answer.columns[name].values()]


def by_score(*scores: float, **more: list[Any]) -> World:
    """Subjects 1, 2, 3 … with these scores as 得分, and more columns."""
    subjects = {}
    for place, score in enumerate(scores):
        others = {name: cells[place] for name, cells in more.items()}
        subjects[str(place + 1)] = {"得分": Fraction(str(score)), **fractions(others)}
    return World(subjects)


# ---------------------------------------------------------------- rounding words (paragraph 20)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half up", ["-2.6", "-2.5", "2.5", "2.6", "2.4"]),
        ("nearest", ["-2.6", "-2.5", "2.5", "2.6", "2.4"]),
        ("half even", ["-2.6", "-2.4", "2.4", "2.6", "2.4"]),
        ("down", ["-2.5", "-2.4", "2.4", "2.5", "2.4"]),
        ("up", ["-2.6", "-2.5", "2.5", "2.6", "2.5"]),
        ("floor", ["-2.6", "-2.5", "2.4", "2.5", "2.4"]),
        ("ceil", ["-2.5", "-2.4", "2.5", "2.6", "2.5"]),
    ],
)
def test_rounding_words_on_halves_of_the_last_place(mode: str, expected: list[str]) -> None:
    given = ["-2.55", "-2.45", "2.45", "2.55", "2.41"]
    assert [rounded(Fraction(each), 1, mode) for each in given] == [Fraction(each) for each in expected]


def test_the_total_is_rounded_once_and_whoever_reads_it_sees_it_rounded() -> None:
    found = one("input a : score 0..10 places 3\nround 2\ntotal 总 = a\nlet 看 = 总 * 2", a=number("1.005"))
    assert (found["总"], found["看"]) == (number("1.01"), number("2.02"))


def test_the_total_rounds_down_when_the_scheme_says_so() -> None:
    assert one("input a : score 0..10 places 3\nround 2 down\ntotal 总 = a", a=number("1.009"))["总"] == 1


# ---------------------------------------------------------------- fractions (paragraph 4)


def test_a_chain_is_one_fraction_rounded_once() -> None:
    # 1/3*3 is 1; a let that holds 1/3 has been rounded to the precision
    script = "precision 2\ninput a : count\nlet 一次 = 1 / a * 3\nlet 商 = 1 / a\nlet 两次 = 商 * 3"
    found = one(script, a=3)
    assert (found["一次"], found["商"], found["两次"]) == (1, number("0.33"), number("0.99"))


def test_brackets_that_hold_a_chain_belong_to_it_but_a_default_is_one_factor() -> None:
    script = "precision 2\ninput a : count\nlet 链 = (1 / a) * 3\nlet 因子 = (1 / a default 0) * 3"
    found = one(script, a=3)
    assert (found["链"], found["因子"]) == (1, number("0.99"))


def test_a_quotient_standing_directly_in_round_is_rounded_only_there() -> None:
    # 149/1000 to 2 places is 0.15; to 1 place directly 0.1, by way of the precision 0.2
    script = "precision 2\ninput a : count\nlet 直 = round(a / 1000, 1)\nlet 加 = round(a / 1000 + 0, 1)"
    found = one(script, a=149)
    assert (found["直"], found["加"]) == (number("0.1"), number("0.2"))


def test_a_quotient_is_direct_in_the_total_through_brackets_default_and_branches() -> None:
    script = "precision 2\nround 1\ninput a : count\ntotal 总 = (if a > 1 then a / 1000 else 0) default 0"
    assert one(script, a=149)["总"] == number("0.1")


def test_chains_are_compared_unrounded() -> None:
    script = "precision 2\ninput a : count\nlet 真 = a / 3 < 0.667\nlet 舍 = a / 3 + 0 < 0.667"
    found = one(script, a=2)
    assert (found["真"], found["舍"]) == (True, False)


def test_steps_full_started_and_part() -> None:
    script = """\
        input r : percent
        item 甲项 10
          deduct 0.5 per full 1% of (90% - r)
        item 乙项 10
          deduct 0.5 per started 1% of (90% - r)
        item 丙项 10
          deduct 0.5 per part 1% of (90% - r)
        """
    found = one(script, r=number("0.875"))
    assert (found["甲项"], found["乙项"], found["丙项"]) == (9, number("8.5"), number("8.75"))
    above = one(script, r=number("0.955"))
    assert (above["甲项"], above["乙项"], above["丙项"]) == (10, 10, 10)


def test_a_full_step_of_a_chain_is_counted_on_the_fraction_itself() -> None:
    # 2/3 is a full two thirds of 1, though 0.67 would be and 0.66 would not
    script = "precision 2\ninput a, b : count\nitem 项 10\n  deduct 1 per full 0.67 of (a / b)"
    assert one(script, a=2, b=3)["项"] == 10


def test_a_let_with_arguments_is_written_out_in_brackets() -> None:
    script = "precision 2\ninput a : count\nlet 比(X, Y) = X / Y\nlet 果 = 比(1, a) * 3\nlet 和 = 比(a + 1, 2) * 2"
    found = one(script, a=3)
    assert (found["果"], found["和"]) == (1, 4)


# ---------------------------------------------------------------- missing (paragraph 2)


def test_a_division_by_zero_is_missing_until_default() -> None:
    script = "input a : count\nlet 商 = 1 / a\nlet 补 = 1 / a default 100%\nlet 有 = has 商"
    found = one(script, a=0)
    assert (found["商"], found["补"], found["有"]) == (None, 1, False)


def test_missing_absorbs_even_beside_no() -> None:
    script = "input a : count optional\ninput b : yes/no\nlet 与 = b and a > 1\nlet 或 = not b or a > 1"
    found = one(script, b=False)
    assert (found["与"], found["或"]) == (None, None)


def test_folds_of_no_rows() -> None:
    script = """\
        records 账
          分 : count
        let 和 = sum(分 over 账)
        let 数 = count(账)
        let 种 = distinct(分 over 账)
        let 任 = any(分 > 0 over 账)
        let 全 = all(分 > 0 over 账)
        let 均 = average(分 over 账)
        let 高 = max(分 over 账)
        let 有 = has 账
        """
    found = one(script)
    assert [found[name] for name in "和数种任全均高有"] == [0, 0, 0, False, True, None, None, False]


# ---------------------------------------------------------------- conditions, cases, tables


def test_case_over_ranges_and_relations() -> None:
    script = "input a : score 0..100\nlet 档 = case a [< 60: 0, 60..<90: 1, 90..: 2]"
    assert [one(script, a=number(a))["档"] for a in ("59.99", "60", "89.99", "90")] == [0, 1, 1, 2]


def test_ranges_with_open_ends() -> None:
    script = "input a : score 0..100\nlet 甲 = a in 60<..90\nlet 乙 = a in 60..<90\nlet 丙 = a in ..60"
    assert [one(script, a=60)[name] for name in "甲乙丙"] == [False, True, True]
    assert [one(script, a=90)[name] for name in "甲乙丙"] == [True, False, False]


def test_ordered_options_compare_by_their_order() -> None:
    script = "input 评 : one of 差 < 中 < 好\nlet 够 = 评 >= 中\nlet 分 = case 评 [差: 0, 中: 5, 好: 10]"
    found = [one(script, 评=label) for label in "差中好"]
    assert [(each["够"], each["分"]) for each in found] == [(False, 0), (True, 5), (True, 10)]


def test_interpolation_is_straight_between_points_and_flat_outside() -> None:
    script = "precision 2\ninput a : score 0..100\nlet 分 = interpolate a [60: 0, 90: 10]"
    assert [one(script, a=a)["分"] for a in (0, 60, 70, 90, 100)] == [0, 0, number("3.33"), 10, 10]


def test_a_decision_table_with_two_outputs() -> None:
    script = """\
        input 级 : one of 国家, 省
        input 次 : count optional
        table 表 (级别, 次数)
          => 分 : score 0..10
          => 奖 : score 0..10
          | 国家 | > 1 => 5 | 1 |
          | 国家 | _ => 3 | - |
          otherwise => 0 | 0
        let 甲 = 表(级, 次)
        let 乙 = 表(级, 次).奖
        """
    assert [one(script, 级="国家", 次=2)[name] for name in "甲乙"] == [5, 1]
    assert [one(script, 级="国家", 次=1)[name] for name in "甲乙"] == [3, None]
    assert [one(script, 级="省", 次=1)[name] for name in "甲乙"] == [0, 0]
    assert [one(script, 级="省")[name] for name in "甲乙"] == [None, None]  # `otherwise` does not catch what is missing


# ---------------------------------------------------------------- dates (paragraph 21)


def test_dates() -> None:
    script = """\
        input 起, 止 : date
        let 日数 = days(起, 止)
        let 月差 = months(起, 止)
        let 年差 = years(起, 止)
        let 后月 = 起 + 1 months
        let 末 = period.end
        """
    found = one(script, 起=datetime.date(2008, 1, 31), 止=datetime.date(2009, 1, 30))
    assert (found["日数"], found["月差"], found["年差"]) == (365, 11, 0)
    assert (found["后月"], found["末"]) == (datetime.date(2008, 2, 29), datetime.date(2009, 12, 31))
    back = one(script, 起=datetime.date(2009, 1, 30), 止=datetime.date(2007, 12, 31))
    assert (back["月差"], back["年差"]) == (-12, -1)


def test_a_param_by_the_period_and_in_a_dated_record_by_its_date() -> None:
    script = """\
        param 价 = 1 since 2009-01-01, 3 since 2009-07-01
        records 账
          日 : date
          on 日
        let 末价 = 价
        let 共 = sum(价 over 账)
        """
    dates = [datetime.date(2009, 6, 30), datetime.date(2009, 7, 1)]
    world = World({"甲": {}}, {"账": [("甲", {"日": day}) for day in dates]})
    found = one_of_world(script, world)
    assert (found["末价"], found["共"]) == (3, 4)


# ---------------------------------------------------------------- ranks, percentiles, trimming (paragraph 20)


def test_ranks_are_1_2_2_4() -> None:
    scores = [Fraction(each) for each in (9, 7, 7, 5)]
    assert [place_among(each, scores) for each in scores] == [1, 2, 2, 4]
    assert [place_among(each, scores, lowest_first=True) for each in scores] == [4, 2, 2, 1]


def test_rank_leaves_out_those_without_a_value() -> None:
    script = "input 得分 : score 0..100\nlet 值 = 10 / 得分\nlet 名 = rank(值)"
    assert column(run(script, by_score(0, 1, 2)), "名") == [None, 1, 2]


def test_rank_within_a_group() -> None:
    script = "class 类 : one of A, B\ninput 得分 : score 0..100\nlet 名 = rank(得分 within 类)"
    assert column(run(script, by_score(1, 2, 3, 类=["A", "A", "B"])), "名") == [2, 1, 1]


def test_percentiles() -> None:
    scores = [Fraction(each) for each in (10, 20, 30, 40)]
    nearest = [percentile(scores, Fraction(p, 100), linear=False) for p in (0, 25, 26, 80, 100)]
    assert nearest == [10, 10, 20, 40, 40]
    linear = [percentile(scores, Fraction(p, 100), linear=True) for p in (0, 50, 80, 100)]
    assert linear == [10, 25, 34, 40]  # 80%: at 1 + 0.8*3 = 3.4


def test_trim_needs_more_rows_than_it_drops() -> None:
    script = "records 票\n  分 : score 0..100\nlet 均 = average(分 over 票 trim 1)"
    for scores, expected in (((1, 9), 5), ((1, 4, 9), 4), ((0, 4, 6, 100), 5)):
        world = World({"甲": {}}, {"票": [("甲", {"分": Fraction(score)}) for score in scores]})
        assert one_of_world(script, world)["均"] == expected


# ---------------------------------------------------------------- rows in order (paragraph 6)


def rows(*cells: tuple[int, int, str]) -> World:
    made = [("甲", {"日": datetime.date(2009, 1, day), "分": Fraction(score), "因": why}) for day, score, why in cells]
    return World({"甲": {}}, {"账": made})


RECORDS = "records 账\n  日 : date\n  分 : count\n  因 : text\n  on 日\n"


def test_rows_equal_in_by_are_ordered_by_their_other_fields() -> None:
    script = RECORDS + "let 共 = sum(分 * ordinal(by 日) over 账)"
    assert one_of_world(script, rows((5, 3, "b"), (5, 2, "z"), (1, 1, "c")))["共"] == 1 * 1 + 2 * 2 + 3 * 3


def test_ordinal_and_previous_within_a_field() -> None:
    script = RECORDS + (
        "let 重复 = count(ordinal(by 日 within 因) > 1 over 账)\n"
        "let 间隔 = sum((days(previous(日 by 日 within 因), 日) default 0) over 账)"
    )
    found = one_of_world(script, rows((9, 1, "a"), (2, 1, "b"), (4, 1, "a"), (10, 1, "a")))
    assert (found["重复"], found["间隔"]) == (2, 5 + 1)


def test_last_takes_the_newest_rows() -> None:
    script = RECORDS + "let 近 = sum(分 over 账 where 分 < 9 last 2 by 日)"
    assert one_of_world(script, rows((1, 1, "a"), (3, 4, "a"), (2, 2, "a"), (4, 9, "a")))["近"] == 6


def test_units_of_the_period_cut_the_records() -> None:
    script = RECORDS + "let 每月 = all(count(账) >= 1 over months)\nlet 几月 = count(has 账 over months)"
    found = one_of_world(script, rows((1, 1, "a"), (2, 1, "a")))
    assert (found["每月"], found["几月"]) == (False, 1)


# ---------------------------------------------------------------- items (paragraphs 8 and 9)


def test_an_item_with_deductions_starts_at_its_points_and_is_held_at_zero() -> None:
    script = "input n : count\nitem 项 10\n  deduct 4 per n"
    assert [one(script, n=n)["项"] for n in (0, 2, 3)] == [10, 2, 0]


def test_an_item_with_additions_starts_at_zero_and_is_held_at_its_points() -> None:
    script = "input n : count\nitem 项 10 down to 2\n  add 4 per n"
    assert [one(script, n=n)["项"] for n in (0, 2, 3)] == [2, 8, 10]


def test_deduct_all_comes_last() -> None:
    script = "input n : count\ninput 清 : yes/no\nitem 项 10 = 3\n  deduct all if 清\n  add 4 per n"
    assert [one(script, n=1, 清=cleared)["项"] for cleared in (False, True)] == [7, 0]


def test_children_points_by_class_and_the_full_mark() -> None:
    script = """\
        class 类 : one of A, B
        item 总项 10
          item 甲 4 for A
          item 乙 6
        item 丙 [A: 5, B: 3]
        let 满 = full
        let 项满 = 总项.full
        """
    of_a = one(script, 类="A", 甲=4, 乙=5, 丙=1)
    of_b = one(script, 类="B", 乙=5, 丙=1)
    assert (of_a["甲"], of_a["总项"], of_a["items"], of_a["满"], of_a["项满"]) == (4, 9, 10, 15, 10)
    assert (of_b["甲"], of_b["总项"], of_b["items"], of_b["满"], of_b["项满"]) == (None, 5, 6, 9, 6)


def test_what_does_not_apply() -> None:
    script = """\
        input 用 : yes/no
        item 出 10 applies if 用
        item 满 10 applies if 用 else full
        item 零 10 applies if 用 else 0
        let 全 = full
        """
    found = one(script, 用=False, 出=3, 满=3, 零=3)
    assert (found["出"], found["满"], found["零"], found["全"]) == (None, 10, 0, 20)


def test_else_average_is_the_mean_of_those_it_applies_to() -> None:
    script = "input 用 : yes/no\nitem 得分 10 applies if 用 else average"
    assert column(run(script, by_score(3, 6, 9, 用=[True, True, False])), "得分") == [3, 6, number("4.5")]
    assert column(run(script, by_score(3, 6, 用=[False, False])), "得分") == [None, None]


def test_rounded_items_add_up_as_rounded() -> None:
    script = "round items 0\nitem 甲 1 = 0.5\nitem 乙 1 = 0.4"
    found = one(script)
    assert (found["甲"], found["乙"], found["items"]) == (1, 0, 1)


def test_averaged_by_quarter_reads_the_records_of_each() -> None:
    script = """\
        period 2009H1
        records 账
          日 : date
          on 日
        item 项 10 averaged by quarter
          deduct 4 per 账
        """
    dates = [datetime.date(2009, 1, 1)] * 3 + [datetime.date(2009, 6, 30)]
    world = World({"甲": {}}, {"账": [("甲", {"日": day}) for day in dates]})
    assert one_of_world(script, world)["项"] == 3  # (0 + 6) / 2: each quarter is held at 0


def test_raters_are_weighted_and_pass_down() -> None:
    script = "item 总项 10 rated by 自评 20%, 局领导 80%\n  item 甲 10"
    cells = {"甲.自评": Fraction(10), "甲.局领导": Fraction(5)}
    assert one_of_world(script, World({"甲": cells}))["总项"] == 6


def test_no_evidence_makes_it_zero() -> None:
    script = "item 项 10 down to 2 needs evidence"
    assert one_of_world(script, World({"甲": {"项": Fraction(5), "项.evidence": False}}))["项"] == 0


# ---------------------------------------------------------------- bonuses (paragraphs 10 and 11)


def test_line_then_group_then_caps() -> None:
    script = """\
        input n, m : count
        group 荣誉 best
        bonus in 荣誉 5 per n
        bonus in 荣誉 3 per m
        bonus 4 per n up to 10
        cap 荣誉 8
        cap bonus 20
        cap bonus 15 if n > 2
        """
    assert [one(script, n=n, m=m)["bonus"] for n, m in ((1, 2), (2, 0), (3, 0))] == [6 + 4, 8 + 8, 15]


def test_the_best_of_each_event() -> None:
    script = """\
        records 奖
          事 : text
          分 : count
        group 荣誉 best by 事
        bonus in 荣誉 分 per 奖
        """
    cells = [("a", 3), ("a", 5), ("b", 2)]
    world = World({"甲": {}}, {"奖": [("甲", {"事": event, "分": Fraction(score)}) for event, score in cells]})
    assert one_of_world(script, world)["bonus"] == 7


def test_no_per_counts_below_zero() -> None:
    assert one("input a : number -5..5\npenalty 2 per a", a=-3)["penalty"] == 0


def test_a_dated_clause_counts_the_rows_dated_in_it() -> None:
    script = """\
        period 2009
        records 账
          日 : date
          on 日
        clause "一" since 2009-07-01
          penalty 2 per 账
        """
    dates = [datetime.date(2009, 6, 30), datetime.date(2009, 7, 1)]
    world = World({"甲": {}}, {"账": [("甲", {"日": day}) for day in dates]})
    assert one_of_world(script, world)["penalty"] == 2


# ---------------------------------------------------------------- grades (language.md 5, paragraphs 12 and 14)

GRADES = """\
grades 优 > 良 > 中 > 差
input 得分 : score 0..100
input 降, 绊, 决 : yes/no
total 总 = 得分
grade case 总 [90..: 优, 80..<90: 良, 60..<80: 中, < 60: 差]
downgrade 1 if 降
bar 良 if 绊
veto if 决
"""


@pytest.mark.parametrize(
    ("score", "flags", "grade"),
    [(90, "", "优"), (95, "降", "良"), (95, "绊", "中"), (95, "降绊", "中"), (50, "降绊", "差"), (95, "决", "差")],
)
def test_grades_step_by_step(score: int, flags: str, grade: str) -> None:
    found = one(GRADES, 得分=score, **{flag: flag in flags for flag in "降绊决"})
    assert (found["grade"], found["vetoed"]) == (grade, "决" in flags)


def test_outcomes_take_the_first_line_that_holds() -> None:
    script = "input a : count\noutcome 奖 = 3 if a > 2\noutcome 奖 = 1 if a > 1\noutcome 通报 if a > 0"
    assert [one(script, a=a)["奖"] for a in (3, 2, 1)] == [3, 1, None]
    assert [one(script, a=a)["通报"] for a in (1, 0)] == [True, False]


def test_requirements_leave_findings_row_by_row() -> None:
    script = 'records 账\n  分 : count\nrequire 分 > 0 for each 账 "空分"\nrequire count(账) < 9 "过多"'
    world = World({"甲": {}}, {"账": [("甲", {"分": Fraction(score)}) for score in (0, 1, 0)]})
    assert run(script, world).findings == {"甲": ["空分", "空分"]}


# ---------------------------------------------------------------- quotas (paragraph 13)

QUOTA = """\
grades 优 > 良 > 差
input 得分 : score 0..100
class 类 : one of A, B
total 总 = 得分
grade 良 if 总 >= 60
grade 差 otherwise
"""


def selected(clauses: str, *scores: int, classes: str = "") -> str:
    """The grades of subjects with these scores, best to worst as listed, one character each."""
    block = "select 优 from 良\n" + "".join(f"  {each.strip()}\n" for each in clauses.split(";"))
    return "".join(column(run(QUOTA + block, by_score(*scores, 类=list(classes or "A" * len(scores)))), "grade"))


def test_ties_on_the_line() -> None:
    assert selected("top 2 by 总; ties excluded", 90, 80, 80, 70) == "优良良良"
    assert selected("top 2 by 总; ties included", 90, 80, 80, 70) == "优优优良"
    assert selected("top 3 by 总; ties excluded", 90, 80, 80, 70) == "优优优良"
    assert selected("top 1 by 总; ties excluded", 80, 80, 70) == "良良良"


@pytest.mark.parametrize(("word", "places"), [("down", 2), ("nearest", 2), ("up", 3)])
def test_thirty_percent_of_seven(word: str, places: int) -> None:
    found = selected(f"top 30% of all by 总; ties excluded; rounded {word}", 99, 98, 97, 96, 95, 94, 93)
    assert found == "优" * places + "良" * (7 - places)


def test_what_the_share_is_taken_of() -> None:
    scores = (90, 80, 70, 50)
    assert selected("top 50% of all by 总; ties excluded; rounded down", *scores) == "优优良差"
    assert selected("top 50% of 良 by 总; ties excluded; rounded down", *scores) == "优良良差"
    assert selected("top 100% of eligible by 总; where 总 < 90; ties excluded; rounded down", *scores) == "良优优差"


def test_a_quota_within_groups_and_from_the_bottom() -> None:
    assert selected("top 1 by 总 within 类; ties excluded", 90, 80, 70, 60, classes="AABB") == "优良优良"
    assert selected("bottom 1 by 总; ties excluded", 90, 80, 70) == "良良优"


def test_the_vetoed_are_passed_over_but_count_in_all() -> None:
    script = QUOTA + (
        "input 决 : yes/no\nveto if 决\nselect 红旗 from all\n"
        "  top 50% of all by 总\n  ties excluded\n  rounded down"
    )
    answer = run(script, by_score(90, 80, 70, 60, 类=["A"] * 4, 决=[True, False, False, False]))
    assert column(answer, "红旗") == [False, True, True, False]


def test_a_limit_moves_those_past_the_line() -> None:
    script = QUOTA + "limit 良 else 差\n  top 2 by 总\n  where 总 < 90\n  ties excluded"
    answer = run(script, by_score(90, 85, 80, 70, 50, 类=["A"] * 5))
    assert column(answer, "grade") == ["良", "良", "良", "差", "差"]


def test_the_shown_rank_is_of_the_total() -> None:
    assert column(run(QUOTA, by_score(90, 80, 80, 70, 类=["A"] * 4)), "rank") == [1, 2, 2, 4]


# ---------------------------------------------------------------- over periods (paragraph 15)

EARLIER: dict[str, dict[str, dict[str, Any]]] = {
    "2008": {"1": {"grade": "优", "总": Fraction(90)}, "2": {"grade": "差", "总": Fraction(50)}},
    "2007": {"2": {"grade": "优"}},
    "2006": {"1": {"grade": "优", "总": Fraction(70)}, "2": {"grade": "优"}},
    "2004": {"1": {"grade": "优"}},
    "2008H1": {"1": {"grade": "差"}},
}
OVER_PERIODS = GRADES + "let 连优 = streak(grade = 优)\nlet 上年 = previous(总)\nlet 几次 = count(has 总 over history)"


def over_periods(score: int) -> Answer:
    calm = {"降": [False] * 3, "绊": [False] * 3, "决": [False] * 3}
    world = by_score(score, score, score, **calm)
    world.history = EARLIER
    return run("period 2009\n" + OVER_PERIODS, world)


def test_a_streak_skips_absence_and_ends_at_a_period_without_results() -> None:
    # subject 1 was absent in 2007, nobody was appraised in 2005; a half year is another length
    assert column(over_periods(95), "连优") == [3, 1, 1]
    assert column(over_periods(50), "连优") == [0, 0, 0]


def test_previous_is_the_newest_earlier_result() -> None:
    assert column(over_periods(95), "上年") == [90, 50, None]
    assert column(over_periods(95), "几次") == [2, 1, 0]
