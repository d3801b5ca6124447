"""Situations that tell a wrong rule from the right one: in long conditions, in populations; small and plain."""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor

import pytest

from kaoping import typed as t
from kaoping.engines.examples import run_examples
from kaoping.source import Source, Span
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.testing import telling
from kaoping.testing.coverage import coverage
from kaoping.testing.mutants import mutants
from kaoping.testing.situations import Situation
from kaoping.types import BOOL
from mutated import GRADED, HEAD, planned, scored, survivors, with_missing

PARTS = ["甲项", "乙项", "丙项", "丁项", "戊项", "己项"]
ASKED = f"{HEAD}input {', '.join(PARTS)} : yes/no\ninput 数 : count 0..9\n"
ALL_OF = f"{ASKED}outcome 奖励 if {' and '.join(PARTS)} and 得分 >= 60 and 数 = 3\n"
NONE_OF = f"{ASKED}outcome 奖励 if not ({' or '.join(PARTS)} or 得分 < 60 or 数 != 3)\n"
NAMED = f"{ASKED}let 条件 = {' and '.join(PARTS)}\noutcome 奖励 if 条件 and 得分 >= 60 and 数 = 3\n"
IN_RECORDS = HEAD + (
    f"records 项目\n  {', '.join(PARTS)} : yes/no\n  金额 : number 0..1000\n"
    f"outcome 合格项目 = count(项目 where {' and '.join(PARTS)} and 金额 >= 60)\n"
)
QUOTA = GRADED.replace("合格 > 不合格", "先进 > 合格 > 不合格") + (
    "  select 先进 from 合格\n    top 30% of all by 得分\n    ties excluded\n    rounded down\n"
)
COUNTED = HEAD + 'records 指标\n  名 : text\nrequire count(指标) = 38 "应为38项"\n'
DISTINCT = HEAD + 'records 指标\n  名 : text\nrequire distinct(名 over 指标) = 6 "应为6种"\n'
EVERYBODY = HEAD + 'require count(all) = 26 "应为26个单位"\n'
DATED = HEAD + "records 催办\n  日期 : date\n  on 日期\nitem 办理 10\n  deduct 0.5 per 催办\n"
APPRAISED = GRADED.replace("subject 单位", "subject 单位 if 得分 > 5")
RATE = (
    HEAD + 'input 资产, 相符 : count\nlet 相符率 = round(相符 / 资产, 4)\nrequire (相符率 >= 95%) default yes "不足"\n'
)


def same(text: str) -> list[tuple[str, str, str]]:
    """The mutants for which no situation is found."""
    judged = [each.mutant for each in scored(text).judged if each.fate == "same"]
    return [(each.kind, each.before, each.after) for each in judged]


@pytest.mark.parametrize("text", [ALL_OF, NONE_OF, NAMED, IN_RECORDS])
def test_every_part_of_a_long_condition_is_told_apart(text: str) -> None:
    """A random draw has all eight parts right once in hundreds of times."""
    assert same(text) == []
    parts = [each for each in survivors(text) if each[1] == "part"]
    assert len(parts) >= len(PARTS)


def test_the_examples_for_a_long_condition_notice_every_part() -> None:
    closed = with_missing(ALL_OF)
    assert [result.title for result in run_examples(planned(closed)[1]) if not result.passed] == []
    assert scored(closed).percent == 100
    # without one of the parts the others are all there
    assert len(re.findall("given 数 = 3|given 得分|given 甲项|given 乙项", closed)) >= len(PARTS)


def test_without_knowing_the_way_a_long_condition_hides_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "steps", lambda *_: [])
    assert [kind for kind, *_ in same(ALL_OF)].count("part") > 2


@pytest.mark.parametrize(("before", "after"), [("30%", "31%"), ("30%", "29%")])
def test_a_share_is_told_from_its_neighbour_by_enough_subjects(before: str, after: str) -> None:
    [survivor] = [
        each for each in scored(QUOTA).survivors if (each.mutant.before, each.mutant.after) == (before, after)
    ]

    def places(share: str, subjects: int) -> int:
        return floor(Fraction(share.rstrip("%")) / 100 * subjects)

    subjects = len(survivor.witness.situation.subjects)
    assert places(before, subjects) != places(after, subjects)


def test_without_knowing_how_many_a_share_is_told_from_no_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "sizes", lambda *_: set())
    assert ("share", "30%", "31%") in same(QUOTA)


@pytest.mark.parametrize("text", [COUNTED, DISTINCT, EVERYBODY, DATED])
def test_as_many_rows_or_subjects_are_tried_as_a_rule_counts(text: str) -> None:
    assert same(text) == []


def test_many_subjects_all_have_a_name() -> None:
    names = Situation(({},) * 200).names()
    assert len(set(names)) == 200
    assert names[:2] == ["甲", "乙"]


def test_a_result_that_no_example_asks_for_can_be_left_out_unnoticed() -> None:
    text = (
        HEAD
        + 'outcome 奖励 if 得分 > 90\noutcome 通报 if 得分 < 10\nexample "甲"\n  given 得分 = 95\n  expect 奖励 = yes\n'
    )
    dropped = [each.mutant.statement.text for each in scored(text).survivors if each.mutant.kind == "dropped"]
    assert dropped == ["outcome 通报 if 得分 < 10"]
    assert scored(with_missing(text)).percent == 100


def test_numbers_are_as_plain_as_they_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def largest() -> int:
        written = with_missing(RATE).removeprefix(RATE)
        return max(int(number) for number in re.findall(r"(?:资产|相符) = (\d+)", written))

    assert largest() <= 10
    monkeypatch.setattr(Situation, "plainer", lambda *_: iter(()))
    assert largest() > 10


def test_who_is_not_appraised_is_noticed_by_a_result_that_is_missing() -> None:
    written = with_missing(APPRAISED).removeprefix(APPRAISED)
    assert re.search(r"given 得分 = 5\n  expect \w+ = -\n", written)
    assert scored(APPRAISED + written).percent == 100


@pytest.mark.parametrize("name", ["appraised", "require"])
def test_an_example_cannot_ask_for_what_has_no_name_in_the_script(name: str) -> None:
    text = APPRAISED + f'example "甲"\n  given 得分 = 3\n  expect {name} = no\n'
    [result] = run_examples(planned(text)[1])
    assert [finding.code for finding in result.findings] == ["KP483"]


def test_a_difference_from_the_least_has_no_side_below_nought() -> None:
    text = HEAD + (
        "input 申请, 标准 : number 0..1000\n"
        "let 核定 = min(申请, 标准)\nlet 核减 = 申请 - 核定\nlet 超出 = 申请 - 标准\n"
        "outcome 核减用地 if 核减 > 0\noutcome 超标 if 超出 > 0\n"
        'example "甲"\n  given 申请 = 5\n  expect 核减用地 = yes\n'
    )
    missing = {(each.span.text, each.side) for each in coverage(*planned(text)).missing}
    assert missing == {("核减 > 0", "at"), ("超出 > 0", "below"), ("超出 > 0", "at"), ("超出 > 0", "above")}


# ---------------------------------------------------------------- what it stands on


def test_two_expressions_are_the_same_wherever_they_stand() -> None:
    here, there = (t.Const(value=1, type=BOOL, span=Span(Source("a", "1 1"), at, at + 1)) for at in (0, 2))
    assert here == there
    assert not here != there  # noqa: SIM202


def test_a_fold_left_out_changes_no_other_rule() -> None:
    """The columns into which folds are put are not numbered across the whole script."""
    head = HEAD + "records 事项\n  分值 : number 0..100\n"
    rules = "outcome 甲 if count(事项) > 2\noutcome 乙 if sum(分值 over 事项) > 9 and distinct(分值 over 事项) > 5\n"
    [dropped, *_] = [each for each in mutants(*planned(head + rules)) if each.kind == "dropped"]
    assert dropped.statement.text == "outcome 甲 if count(事项) > 2"
    one, other = planned(head + rules)[1], planned(head + rules.split("\n", 1)[1])[1]
    assert {key.name for key in telling.differing(one, other)} == {"甲"}


def test_another_scheme_is_read_once() -> None:
    around = Surroundings(shipped_scripts()["loudi-2009"].parent)
    name = planned(shipped_scripts()["loudi-2009"].read_text("utf-8"))[1].scheme
    assert around.scheme(name) is around.scheme(name) is not None
