"""Cases without a day that settles them, as plugins list them below the results."""

from __future__ import annotations

import datetime

from kaoping.data.read import without
from kaoping.dataset import Dataset, TableData
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.report.unsettled import SHOWN, Cases, unsettled
from kaoping.results import Section
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import Value
from kaoping_dsl.parse import parse

SCRIPT = """
scheme 甲
period 2026
records 案件
  立案日 : date
  办结日 : date optional
  撤销日 : date optional
  金额 : number 0..100 places 3
item 工作 100
  deduct 1 per 案件 where (办结日 >= 立案日) default no
  deduct 1 per 案件 where 金额 > 50 or 立案日 < 2026-02-01
"""
CASES = Cases("案件", ("办结日", "撤销日"), ("金额", "立案日", "地点"), {"zh": "未结", "en": "open"})
DAY = datetime.date(2026, 3, 1).toordinal()


def planned(script: str = SCRIPT) -> Plan:
    plan, findings = plan_scheme(parse(Source("甲.kp", script))[0], Surroundings())
    assert plan is not None, findings
    return plan


def data(*rows: tuple[int, Value]) -> Dataset:
    """Two offices with cases, each given by its owner and the day it was settled."""
    columns: dict[str, list[Value]] = {
        "立案日": [DAY for _ in rows],
        "办结日": [day for _, day in rows],
        "撤销日": [None for _ in rows],
        "金额": [12345 for _ in rows],
    }
    table = TableData(columns, [owner for owner, _ in rows], "案.csv", "", [2 + row for row in range(len(rows))])
    return Dataset(["1", "2"], ["东", "西"], {"": TableData({}, rows=[2, 3]), "案件": table})


def listed(dataset: Dataset, plan: Plan | None = None, language: str = "zh") -> list[Section]:
    plan = plan or planned()
    return unsettled(plan, evaluate(plan, dataset), dataset, CASES, language)


def test_open_cases_stand_office_by_office_with_what_the_scheme_reads_of_them() -> None:
    [section] = listed(data((1, None), (0, DAY), (0, None), (1, None)))
    assert (section.title, section.headings) == ("未结", ("名称", "金额", "立案日", "所在行"))
    assert section.rows == (
        ("东", "12.35", "2026-03-01", "案.csv:4"),
        ("西", "12.35", "2026-03-01", "案.csv:2"),
        ("西", "12.35", "2026-03-01", "案.csv:5"),
    )


def test_where_all_is_settled_or_the_days_are_not_read_there_is_no_section() -> None:
    assert listed(data((0, DAY))) == []
    other = (
        "scheme 甲\nperiod 2026\nrecords 案件\n  金额 : number 0..100 places 3\nitem 工作 100\n  deduct 1 per 案件\n"
    )
    assert listed(data((0, None)), planned(other)) == []


def test_whoever_is_left_out_of_the_results_is_left_out_here() -> None:
    dataset = data((0, None), (1, None))
    plan = planned()
    [section] = unsettled(plan, evaluate(plan, without(dataset, ["1"])), dataset, CASES, "en")
    assert [row[0] for row in section.rows] == ["西"]


def test_a_long_list_is_cut_and_says_so() -> None:
    [section] = listed(data(*[(0, None)] * (SHOWN + 7)), language="en")
    assert (len(section.rows), section.note) == (SHOWN, f"the first {SHOWN} of {SHOWN + 7}")
