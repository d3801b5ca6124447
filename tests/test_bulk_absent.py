"""Columns that a file does not have: large files are refused, or counted, as small ones are."""

from __future__ import annotations

import csv
import io
import random
import shutil
from pathlib import Path

import pytest

from bulk_runs import assert_same, folder, planned
from kaoping.messages import words
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.report.diagnostics import findings_text
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping_dsl.parse import parse

MOST = 3
"""How many columns of a scheme's data are taken away, one at a time."""


def plan_of(path: Path) -> Plan:
    plan, _ = plan_scheme(parse(Source(path.name, path.read_text("utf-8")))[0], Surroundings(path.parent))
    assert plan is not None
    return plan


def without(text: str, at: int) -> str:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([row[:at] + row[at + 1 :] for row in rows])
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(shipped_scripts()))
def test_any_column_of_a_shipped_scheme(tmp_path: Path, name: str) -> None:
    path = shipped_scripts()[name]
    plan, chance = plan_of(path), random.Random(name)
    columns = [
        (file, at)
        for file in sorted((path.parent / "data").glob("*.csv"))
        for at in range(len(next(csv.reader([file.read_text("utf-8-sig").partition("\n")[0]]))))
    ]
    for number, (file, at) in enumerate(chance.sample(columns, min(MOST, len(columns)))):
        data = tmp_path / str(number) / "data"
        shutil.copytree(path.parent / "data", data)
        (data / file.name).write_text(without(file.read_text("utf-8-sig"), at), "utf-8")
        assert_same(plan, data)


@pytest.mark.parametrize(
    "script",
    [
        "class 类 : one of 甲, 乙\ninput 抛荒 : count\nitem 分 10\npenalty 1 per 抛荒 for 甲",
        "class 类 : one of 甲, 乙\nitem 分 10\n  deduct 1 per 事 where 重\nrecords 事\n  重 : yes/no",
        "records 月 from 甲方案\n  total : score 0..100\nitem 分 10 = average(total over 月) default 0",
    ],
)
def test_a_column_that_is_needed(tmp_path: Path, script: str) -> None:
    """Of somebody: it would count as nothing."""
    plan = planned(f"scheme s\nperiod 2009\nsubject 单位\n{script}\n")
    files = {"单位": "编号,类\n1,甲\n2,乙\n", "事": "编号\n1\n", "月": "scheme,period,id\n甲方案,2009-01,1\n"}
    found = assert_same(plan, folder(tmp_path, **files))
    assert [each.code for each in found.findings if each.severity == "error"], found.findings


@pytest.mark.parametrize("last", ["", ",", ",,注"])
def test_rows_of_unequal_length_beside_a_column_without_a_heading(tmp_path: Path, last: str) -> None:
    """Excel leaves out commas at the end of a row."""
    rows = f"编号,名称,分,,备注\n01,甲,88,,x\n02,乙,77{last}\n"
    assert_same("scheme s\nperiod 2009\nsubject 单位\nitem 分 100\n", folder(tmp_path, 单位=rows))


def test_the_same_problem_in_many_cells_is_told_of_the_first_twenty(tmp_path: Path) -> None:
    found = assert_same(
        "scheme s\nperiod 2009\nsubject 单位\nclass 类 : one of 甲, 乙\ninput 抛荒 : count\nitem 分 10 = 10\n"
        "penalty 1 per 抛荒 for 甲\n",
        folder(tmp_path, 单位="编号,类\n" + "".join(f"{at},甲\n" for at in range(60))),
    )
    text = findings_text(found.findings, words("en"))
    assert text.count("error[KP690]") == 20
    assert "单位.csv 抛荒: the same problem (KP690) in 40 more places\n\n60 errors" in text


@pytest.mark.parametrize("head", ['编号,名称,分,"备注', '编号,"名称"x,分', '"编号,名称,分'])
def test_quotes_in_the_headings_that_do_not_match(tmp_path: Path, head: str) -> None:
    rows = f"{head}\n01,甲,88\n"
    found = assert_same("scheme s\nperiod 2009\nsubject 单位\nitem 分 100\n", folder(tmp_path, 单位=rows))
    assert [each.code for each in found.findings] == ["KP604"]
