"""What a library declares costs a scheme nothing until the scheme reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaoping.data.read import read_dataset
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

LIBRARY = """
param 基准 : percent
input 人口 : count
records 来件
  收到 : date
  合规 : yes/no
  等级 : one of 高, 低
  on 收到
records 督办
  收到 : date
  on 收到
let 人均 = count(来件) / 人口
let 合规率 = count(来件 where 合规) / count(来件)
let 够数 = 合规率 >= 基准
"""
COUNTED = "scheme 甲\nperiod 2026\nuse 库\nitem 工作 100\n  deduct 1 per 库.来件 where not 合规\n"


def planned(text: str) -> Plan:
    library = parse(Source("库.kp", LIBRARY))[0]
    plan, findings = plan_scheme(parse(Source("甲.kp", text))[0], Surroundings(libraries={"库": library}))
    assert plan is not None, findings
    return plan


def asked(plan: Plan) -> dict[str, set[str]]:
    """The columns that data have to bring, by table."""
    return {
        table.name: {column.name for column in table.columns if column.required != "never"} for table in plan.inputs
    }


def test_only_what_is_read_has_to_be_in_the_data() -> None:
    plan = planned(COUNTED)
    assert asked(plan) == {"": set(), "库.来件": {"收到", "合规"}, "params": set()}
    assert {table.name for table in plan.inputs} >= {"库.来件"}


def test_reading_an_indicator_asks_for_all_it_needs() -> None:
    plan = planned(COUNTED + "bonus 1 if 库.够数 default no\nbonus 1 if (库.人均 default 0) < 0.1\n")
    assert asked(plan) == {"": {"库.人口"}, "库.来件": {"收到", "合规"}, "params": {"库.基准"}}


def test_an_indicator_nobody_reads_counts_no_rows_outside_the_period() -> None:
    plan = planned(COUNTED.replace("工作 100", "工作 100 averaged by half"))
    assert [table.dated for table in plan.inputs if table.name == "库.来件"] == [None]


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_data_without_the_rest_are_evaluated(tmp_path: Path, engine: str) -> None:
    plan = planned(COUNTED)
    (tmp_path / "subjects.csv").write_text("id,name\n1,东\n", "utf-8")
    (tmp_path / "库.来件.csv").write_text("id,收到,合规\n1,2026-03-01,no\n1,2026-03-02,yes\n", "utf-8")
    dataset, findings = read_dataset(plan.inputs, tmp_path, scheme=plan.scheme, period=plan.period)
    assert dataset is not None
    assert findings == []
    assert evaluate(plan, dataset, engine).values["total"] == [9900]


def test_an_example_may_still_give_what_nothing_reads() -> None:
    planned(COUNTED + 'example "甲"\n  given 库.来件 = [合规: no, 等级: 高]\n  expect 工作 = 99\n')


def test_results_show_the_indicators_that_the_scheme_reads_and_no_others() -> None:
    plan = planned(COUNTED + "bonus 1 if 库.够数 default no\n")
    assert [column.name for column, _ in plan.results if column.role == "let"] == ["库.够数"]
    assert [column.name for column, _ in planned(COUNTED).results if column.role == "let"] == []


CAREFUL = LIBRARY + 'require 等级 = 高 if 合规 for each 来件 "不合规矩"\n'


def test_a_library_asks_its_requirements_only_of_data_that_the_scheme_reads() -> None:
    library = parse(Source("库.kp", CAREFUL))[0]

    def required(text: str) -> tuple[int, dict[str, set[str]]]:
        plan, findings = plan_scheme(parse(Source("甲.kp", text))[0], Surroundings(libraries={"库": library}))
        assert plan is not None, findings
        return len(plan.requirements), asked(plan)

    assert required(COUNTED) == (0, asked(planned(COUNTED)))
    both = COUNTED.replace("not 合规", "not 合规 and 等级 = 高")
    assert required(both) == (1, {"": set(), "库.来件": {"收到", "合规", "等级"}, "params": set()})


EARLIER = LIBRARY + "let 去年够数 = previous(合规率) default 0\n"


def test_what_next_year_looks_for_is_shown_too_and_so_stored() -> None:
    library = parse(Source("库.kp", EARLIER))[0]

    def shown(text: str) -> set[str]:
        plan, findings = plan_scheme(parse(Source("甲.kp", text))[0], Surroundings(libraries={"库": library}))
        assert plan is not None, findings
        return {column.name for column, _ in plan.results if column.role == "let"}

    assert shown(COUNTED) == set()
    assert shown(COUNTED + "bonus 1 if 库.去年够数 > 0\n") == {"库.去年够数", "库.合规率"}


LATER = (
    LIBRARY
    + """
param 责任线 = 15% since 2030-06-01
param 分值线 = 60 since 2020, 70 since 2026-07-01
let 问责 = 合规率 < 责任线
let 及格 = count(来件) >= 分值线
require ((合规率 >= 责任线) default yes) "低于责任线"
"""
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", []),
        ("bonus 1 if 库.问责 default no\n", ["KP430"]),
        ("bonus 库.责任线 * 10\n", ["KP430"]),
        ('example "甲"\n  expect 库.问责 = no\n', ["KP430"]),
        ("bonus 1 if 库.及格\n", ["KP530"]),
        ("require 库.及格\n", ["KP530"]),
        ("veto if 库.及格\n", ["KP530"]),
        ("let 差 = 库.分值线\n", ["KP530"]),
    ],
)
def test_a_param_not_yet_in_force_matters_only_to_who_reads_it(rule: str, expected: list[str]) -> None:
    library = parse(Source("库.kp", LATER))[0]
    plan, findings = plan_scheme(parse(Source("甲.kp", COUNTED + rule))[0], Surroundings(libraries={"库": library}))
    assert [each.code for each in findings if each.code[:3] != "KP5" or each.code == "KP530"] == expected
    assert (plan is None) == ("KP430" in expected)
    assert plan is None or not [each for each in plan.requirements if each.message == "低于责任线"]


def test_a_param_not_yet_in_force_may_be_set_by_who_uses_the_library() -> None:
    library = parse(Source("库.kp", LATER))[0]
    text = COUNTED.replace("use 库", "use 库 with 责任线 = 20%") + "bonus 1 if 库.问责 default no\n"
    plan, findings = plan_scheme(parse(Source("甲.kp", text))[0], Surroundings(libraries={"库": library}))
    assert plan is not None, findings


def test_a_linked_scheme_is_found_in_whatever_width_its_name_is_written(tmp_path: Path) -> None:
    (tmp_path / "乙.kp").write_text("方案 Ａ类考核\n考核期 2026\n指标 工作 100\n", "utf-8")
    text = "方案 甲\n考核期 2026\n关联 单位 : Ａ类考核\n指标 工作 100 = 单位.总分 缺省 0\n"
    plan, findings = plan_scheme(parse(Source("甲.kp", text))[0], Surroundings(tmp_path))
    assert (plan is not None, findings) == (True, [])
