"""The oracle is right on its own: points, grades, quotas and periods, with numbers worked out by hand."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest

from oracle.by_hand import by_score, column, number, one, one_of_world, run
from oracle.evaluate import Answer
from oracle.world import World

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
        "input 决 : yes/no\nveto if 决\nselect 红旗 from all\n  top 50% of all by 总\n  ties excluded\n  rounded down"
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


def test_who_comes_to_a_line_without_a_grade_has_none_whatever_follows() -> None:
    script = """\
        input 试, 决 : yes/no
        grades 优 > 中 > 差
        item 项 10
        grade 优 if 项 >= 9 and 试
        grade - if 试
        grade 中 otherwise
        veto if 决
        select 优 from all
          top 50% of all by 项
          ties excluded
          rounded down
        """
    rows = {
        "1": (8, True, False),
        "2": (7, True, True),
        "3": (6, False, False),
        "4": (5, False, True),
        "5": (9, True, False),
    }
    world = World({who: {"项": score, "试": trial, "决": bad} for who, (score, trial, bad) in rows.items()})
    answer = run(script, world)
    assert column(answer, "grade") == [None, None, "优", "差", "优"]


def test_a_value_goes_by_its_own_earlier_value() -> None:
    script = """\
        period 2009
        input n : count 0..9
        let 累 : number 0..20 = min(20, (previous(累) default 0) + n)
        outcome 处 : one of 轻 < 重 = 重 if (previous(处) >= 轻) default no
        outcome 处 = 轻 if n > 0
        outcome 次 if n > 0 and not (previous(次) default no)
        item 项 10
        """
    world = World({"1": {"n": 3, "项": 1}, "2": {"n": 3, "项": 1}, "3": {"n": 0, "项": 1}})
    world.history = {"2008": {"1": {"累": Fraction(18), "处": "轻", "次": True}, "3": {"累": Fraction(4)}}}
    answer = run(script, world)
    assert column(answer, "累") == [20, 3, 4]
    assert column(answer, "处") == ["重", "轻", None]
    assert column(answer, "次") == [False, True, False]


def test_previous_is_the_newest_earlier_result() -> None:
    assert column(over_periods(95), "上年") == [90, 50, None]
    assert column(over_periods(95), "几次") == [2, 1, 0]
