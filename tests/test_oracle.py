"""The oracle is right on its own: expressions, with numbers worked out by hand from the fine print."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest

from oracle.by_hand import by_score, column, number, one, one_of_world, run
from oracle.folds import percentile, place_among
from oracle.rounding import rounded
from oracle.world import World

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
