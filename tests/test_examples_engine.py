"""Examples in scripts: what stands for what is not given, what is unknown, what a failure says (semantics.md 18)."""

from __future__ import annotations

import sys
from textwrap import dedent, indent

import pytest

from kaoping import typed as t
from kaoping.diagnostic import Severity
from kaoping.engines.examples import ExampleResult, run_examples
from kaoping.messages import render
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.plugins import load_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings

SCHEME = """
scheme 试验
period 2009
subject 单位
class 类别 : one of 甲类, 乙类
input 指标 : score 0..100
input 次数 : count
input 备注 : text optional
input 起算 : number 5..10
records 处分
  扣分 : score 10..20
  日期 : date
  轻重 : one of 轻, 重
  on 日期
clause "一"
  item 满意度 50
  item 纪律 50
    deduct 扣分 per 处分
clause "二"
  bonus 20 per 次数
  cap bonus 50
clause "三"
  veto if count(处分) >= 3 "处分过多"
clause "四"
  total 得分 = items + bonus - penalty
  grades 先进 > 合格 > 不合格
  grade 合格 if 得分 >= 60
  grade 不合格 otherwise
  select 先进 from 合格
    top 50% of all by 得分
    ties excluded
    rounded down
let 上年等次好 = (previous(grade) default 合格) = 先进
let 重处分 = count(处分 where 轻重 = 重)
let 甲类加 = if 类别 = 甲类 then 1 else 2
let 季度处分 = max(count(处分) over quarters) default 0
"""


def plan_of(script: str) -> Plan:
    scheme, problems = load_scheme(Source("试验.kp", script), ".kp")
    plan, findings = plan_scheme(scheme, Surroundings())
    errors = (each for each in (*problems, *findings) if each.severity is Severity.ERROR)
    assert [(each.code, each.span.text, each.facts) for each in errors] == []
    assert plan is not None
    return plan


def example(text: str) -> ExampleResult:
    """The one example of the scheme, run."""
    body = indent(dedent(text).strip("\n"), "  ")
    (result,) = run_examples(plan_of(f'{SCHEME}\nexample "例"\n{body}\n'))
    return result


def codes(result: ExampleResult) -> list[str]:
    return [finding.code for finding in result.findings]


@pytest.mark.parametrize(
    "expectation",
    [
        "满意度 = 50",  # an assessor's leaf has full marks
        "纪律 = 50",  # records have no rows
        "bonus = 0",  # a number is 0
        "得分 = 100, grade = 合格",
        "上年等次好 = no",  # no earlier results
        "vetoed = no",
    ],
)
def test_what_is_not_given_has_what_stands_for_it(expectation: str) -> None:
    assert example(f"expect {expectation}").passed


def test_a_number_that_cannot_be_0_is_the_end_nearest_to_it() -> None:
    assert run_examples(plan_of(SCHEME + 'let 翻倍 = 起算 * 2\nexample "例"\n  expect 翻倍 = 10\n'))[0].passed


def test_options_and_classes_are_unknown_and_only_what_needs_them_fails() -> None:
    result = example("expect 得分 = 100, 甲类加 = 1")
    (finding,) = result.findings
    assert (finding.code, finding.facts["name"], finding.facts["unknown"]) == ("KP481", "甲类加", "类别")
    assert example("given 类别 = 乙类\nexpect 甲类加 = 2").passed


def test_a_field_of_a_record_that_is_not_given_is_unknown_only_where_it_is_needed() -> None:
    result = example("given 处分 = [扣分: 10] [扣分: 12]\nexpect 纪律 = 28, 重处分 = 0")
    (finding,) = result.findings
    assert (finding.code, finding.facts["unknown"]) == ("KP481", "处分.轻重")


def test_rows_of_records_are_counted_and_dated() -> None:
    result = example(
        """
        given 处分 = [扣分: 10, 日期: 2009-01-31] [扣分: 12, 日期: 2009-03-31] [扣分: 10, 日期: 2009-04-01]
        expect 纪律 = 18, 季度处分 = 2, grade = 不合格, vetoed by "三"
        """
    )
    assert (result.passed, codes(result)) == (True, [])


def test_a_fixed_name_has_its_value_everywhere_and_its_rules_do_not_run() -> None:
    result = example(
        """
        given 次数 = 3
        subject 子: 得分 = 90
        subject 丑: 得分 = 80, bonus = 1
        subject 寅: 得分 = 70
        subject 卯: 得分 = 59.99
        expect 子.grade = 先进, 丑.grade = 先进, 寅.grade = 合格, 卯.grade = 不合格, 丑.bonus = 1, 寅.bonus = 50
        """
    )
    assert (result.passed, codes(result)) == (True, [])


def test_a_param_has_one_value_for_all_subjects() -> None:
    script = SCHEME + 'param 线 : score 0..100\nlet 够线 = 得分 >= 线\nexample "例"\n  given 得分 = 50\n'
    (result,) = run_examples(plan_of(script + "  subject 子: 线 = 40\n  subject 丑: 线 = 60\n  expect 丑.够线 = no\n"))
    (finding,) = result.findings
    assert (finding.code, finding.variant, finding.span.text) == ("KP483", "shared", "线 = 60")
    (result,) = run_examples(plan_of(script + "  subject 子: 线 = 40\n  subject 丑: 线 = 40\n  expect 够线 = yes\n"))
    assert result.passed


def test_a_tie_across_the_line_leaves_all_out() -> None:
    result = example(
        """
        subject 子: 得分 = 90
        subject 丑: 得分 = 90
        expect grade = 合格
        """
    )
    assert result.passed


def test_history_belongs_to_the_subject_above_or_to_all() -> None:
    result = example(
        """
        subject 子: 次数 = 0
          history 2008: grade = 先进
        subject 丑: 次数 = 0
        expect 子.上年等次好 = yes, 丑.上年等次好 = no
        """.replace("          history", "        history")
    )
    assert (result.passed, codes(result)) == (True, [])
    for_all = example("history 2008: grade = 先进\nsubject 子: 次数 = 0\nsubject 丑: 次数 = 1\nexpect 上年等次好 = yes")
    assert for_all.passed


def test_a_failure_says_what_was_expected_what_came_out_and_from_which_numbers() -> None:
    (finding,) = example("given 次数 = 1, 满意度 = 30\nexpect 得分 = 90").findings
    said = render(finding, "zh").text
    assert (finding.code, finding.facts["expected"], finding.facts["got"]) == ("KP480", "90", "100")
    assert "items + bonus - penalty = 80 + 20 - 0" in said


def test_a_veto_expected_of_another_clause_names_the_one_that_hit() -> None:
    rows = "[扣分: 10] [扣分: 10] [扣分: 10]"
    (finding,) = example(f'given 处分 = {rows}\nexpect vetoed by "二"').findings
    assert (finding.code, finding.variant) == ("KP482", "none")
    (finding,) = example('expect vetoed by "三"').findings
    assert (finding.code, finding.variant) == ("KP482", "")


def test_who_is_not_appraised_has_neither_grade_nor_total_and_everybody_else_has() -> None:
    script = SCHEME.replace("subject 单位\n", "subject 单位 if 次数 > 0\n")
    asked = 'example "例"\n  subject 子: 次数 = 1\n  subject 丑: 次数 = 0\n  expect'
    (right,) = run_examples(plan_of(f"{script}{asked} 子.grade = 合格, 丑.grade = -, 丑.得分 = -, 丑.rank = -\n"))
    assert right.passed
    (wrong,) = run_examples(plan_of(f"{script}{asked} 子.grade = -\n"))
    (finding,) = wrong.findings
    assert (finding.code, finding.facts["expected"], finding.facts["got"]) == ("KP480", "—", "合格")


@pytest.mark.parametrize("given", ["指标 = 101", "指标 = 1.234", "类别 = 丙类", "次数 = yes"])
def test_a_value_that_the_name_cannot_have_fails_the_example(given: str) -> None:
    assert not example(f"given {given}\nexpect 得分 = 100").passed


def test_a_clause_is_exercised_when_it_had_an_effect_on_what_was_expected() -> None:
    assert example("expect 得分 = 100").clauses == {"一", "四"}
    assert example("given 次数 = 1\nexpect 得分 = 120").clauses == {"一", "二", "四"}
    assert example('given 处分 = [扣分: 10] [扣分: 10] [扣分: 10]\nexpect vetoed by "三"').clauses == {"三"}
    assert "一" not in example("given 得分 = 70\nexpect grade = 合格").clauses


def test_a_mark_that_is_not_given_is_the_highest_of_the_subjects_class() -> None:
    steps = "".join(f"let 甲{n + 1} = 甲{n}\n" for n in range(2_000))  # as deep as a script may be
    script = f"""
input 甲0 : count
{steps}
class 类别 : one of 大, 小 = if 甲2000 > 5 then 大 else 小
item 工作 [大: 60, 小: 40]
example "大"
  given 甲0 = 6
  expect 工作 = 60
example "小"
  expect 工作 = 40
"""
    assert [result.passed for result in run_examples(plan_of(script))] == [True, True]


def test_a_cap_with_a_condition_leaves_the_range_of_those_it_does_not_hold() -> None:
    plan = plan_of("input 表彰 : count\ninput 处分 : yes/no\nitem 工作 100\nbonus 3 per 表彰\ncap bonus 5 if 处分\n")
    bonus = plan.columns[t.Key(t.EACH, "bonus")].type
    assert (bonus.low, bonus.high) == (0, 3_000_000)


@pytest.mark.parametrize(
    ("expectation", "passed"), [("乙.奖励 = -", True), ("乙.奖励 = no", False), ("甲.奖励 = -", False)]
)
def test_who_is_not_appraised_has_no_result_however_the_data_are_named(expectation: str, passed: bool) -> None:
    """The data name `appraised` is the author's: it does not decide who is."""
    script = """
input 类别 : one of 机关, 企业
input appraised : yes/no
subject 单位 if 类别 = 机关
outcome 奖励 if appraised
example "机关有,企业没有"
  given appraised = yes
  subject 甲: 类别 = 机关
  subject 乙: 类别 = 企业
  expect {expectation}
"""
    (result,) = run_examples(plan_of(script.format(expectation=expectation)))
    assert result.passed is passed


def test_an_example_costs_what_it_reads_however_long_the_script_is() -> None:
    few, many = (_calls(plan_of(_sections(number))) / number for number in (20, 200))
    assert many < 1.5 * few


def _sections(number: int) -> str:
    section = """
input 任务{n}, 完成{n} : count
item 工作{n} 10 = 10 * clamp(完成{n} / 任务{n} default 1, 0, 1)
veto if 任务{n} > 100
example "{n}"
  given 任务{n} = 2, 完成{n} = 1
  expect 工作{n} = 5
"""
    return "period 2026\n" + "".join(section.format(n=n) for n in range(number))


def _calls(plan: Plan) -> int:
    """How many functions are called while the examples of a plan run."""
    calls = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(counted)
    try:
        results = run_examples(plan)
    finally:
        sys.setprofile(None)
    assert all(result.passed for result in results)
    return calls


def test_an_example_may_ask_for_what_only_a_library_computes() -> None:
    library = load_scheme(Source("库.kp", "input 人口, 案件 : count\nlet 万人案件 = 案件 * 10000 / 人口\n"), ".kp")[0]
    script = """
use 库
item 工作 100
example "一个对象"
  given 库.人口 = 5000, 库.案件 = 2
  expect 库.万人案件 = 4
example "两个对象"
  given 库.人口 = 5000
  subject 甲: 库.案件 = 1
  subject 乙: 库.案件 = 3
  expect 甲.库.万人案件 = 2, 乙.库.万人案件 = 5
"""
    scheme = load_scheme(Source("试验.kp", script), ".kp")[0]
    plan, findings = plan_scheme(scheme, Surroundings(libraries={"库": library}))
    assert plan is not None, findings
    first, second = run_examples(plan)
    assert first.passed
    assert [finding.code for finding in second.findings] == ["KP480"]
    assert "库.万人案件" not in {column.name for column, _ in plan.results}  # asking does not put it into results


# ---------------------------------------------------------------- what requirements find

REQUIRED = """
scheme 期限
period 2009
input 首年 : yes/no
input 类别 : one of 甲类, 乙类
records 案件
  用时 : count 0..400
clause "一"
  require 用时 <= 60 for each 案件 "超过60天"
clause "二"
  require not 首年 "首年不考核"
clause "三"
  require 类别 = 甲类 if 首年
item 工作 100
"""


def required(*body: str) -> ExampleResult:
    """The one example of a scheme with requirements, run."""
    (result,) = run_examples(plan_of(REQUIRED + 'example "例"\n' + "".join(f"  {line}\n" for line in body)))
    return result


@pytest.mark.parametrize(
    "expected",
    [
        'flagged by "一"',  # the second row fails
        'flagged by "超过60天"',  # the words of the requirement, where a clause has several
        'not flagged by "二", not flagged by "首年不考核"',
        "flagged = yes",
    ],
)
def test_a_requirement_of_records_is_flagged_where_a_row_fails(expected: str) -> None:
    assert required("given 案件 = [用时: 60] [用时: 61]", f"expect {expected}").passed


def test_what_is_on_the_limit_is_not_flagged() -> None:
    assert required("given 案件 = [用时: 60]", 'expect flagged = no, not flagged by "一"').passed


def test_every_subject_is_asked_unless_one_is_named() -> None:
    given = ("subject 子: 首年 = yes, 类别 = 甲类", "subject 丑: 首年 = no")
    assert required(*given, 'expect 子.flagged by "二", not 丑.flagged by "二", 丑.flagged = no').passed
    result = required(*given, 'expect flagged by "二"')
    assert [(each.code, each.variant) for each in result.findings] == [("KP482", "flagged")]


def test_a_finding_of_another_clause_is_named_and_an_unwanted_one_told() -> None:
    (other,) = required("given 首年 = yes, 类别 = 甲类", 'expect flagged by "一"').findings
    assert (other.code, other.variant, other.facts["others"]) == ("KP482", "flagged_other", "二")
    (unwanted,) = required("given 首年 = yes", 'expect not flagged by "二"').findings
    assert (unwanted.code, unwanted.variant) == ("KP482", "unwanted")
    (any_,) = required("given 首年 = yes", "expect flagged = no").findings
    assert (any_.code, any_.facts["why"]) == ("KP480", "二")


def test_a_requirement_on_what_is_not_given_cannot_be_expected_either_way() -> None:
    for expected in ('flagged by "三"', 'not flagged by "三"'):
        (finding,) = required("given 首年 = yes", f"expect {expected}").findings
        assert (finding.code, finding.facts["unknown"]) == ("KP481", "类别")


def test_a_clause_of_requirements_is_exercised_where_one_is_broken() -> None:
    assert required("given 案件 = [用时: 61]", 'expect flagged by "一"').clauses == {"一"}
    assert required("given 案件 = [用时: 60]", "expect flagged = no").clauses == set()


def test_of_a_value_that_is_not_there_it_is_told_what_kept_it_away() -> None:
    script = (
        "scheme s\nperiod 2009\nclass 组别 : one of 考核, 观察\nitem 日常 100\n"
        "total 得分 = 日常 applies if 组别 = 考核\n"
        'example "x"\n  given 组别 = 观察, 日常 = 95\n  expect 得分 = 95, total = 95\n'
    )
    (result,) = run_examples(plan_of(script))
    assert [each.facts["why"] for each in result.findings] == ["组别 观察", "组别 观察"]
