"""Stored cohorts: some subjects evaluated again, and explained, give what the run over all gave."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import duckdb
import pytest

import kaoping.bulk.cohorts
import kaoping.whole
from bulk_runs import folder, planned
from kaoping.bulk.run import Settings, run_bulk
from kaoping.bulk.some import evaluate_again, explain_one
from kaoping.data.read import read_dataset
from kaoping.engines.explain import explain
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping_dsl.parse import parse

COMPARED = """\
scheme 比较
period 2009
subject 单位
input 类 : one of 甲, 乙, 丙 optional
input 片 : one of 东, 西
input a : number -5..5 places 1
input b : count 0..3 optional
input 旗 : yes/no
item 分 10 = a
total 总 = a
let 候选 = 总 applies if 旗
rank by 总
let 组 = case 类 [甲: 1, 乙: 2, 丙: 3] default 0
let 名次 = rank(候选 within 组)
let 倒数 = rank(总 within [组, 片] lowest first)
let 均 = average(总 over all within 组)
let 线 = percentile(60%, 总 over all within 片)
let 个数 = count(旗 over all)
let 好 = rank(b within 片)
grades 优 > 良 > 差
grade 良 if 总 >= 0
grade 差 otherwise
select 优 from 良
  top 40% of all by 总 within 组
  ties included
  rounded up
select 红旗 from 良
  top 2 by 总 then (b default 0) within 片
  ties excluded
"""


def again(plan: Plan, data: Path, folder: Path, most: int = 12) -> None:
    """Everybody's results, a few subjects at a time, and one explained, from what a run over all has stored."""
    done = run_bulk(plan, data, folder / "all.parquet", Settings(), folder / "cohorts")
    assert done.written
    dataset, _ = read_dataset(
        plan.inputs, data, scheme=plan.scheme, period=plan.period, plugins=[each.name for each in plan.plugins]
    )
    assert dataset is not None
    whole = evaluate(plan, dataset)
    for ids in ([whole.ids[0]], whole.ids[1:3], whole.ids[-1:], whole.ids[:most]):
        some = evaluate_again(plan, data, ids, folder / "cohorts")
        assert some.results is not None, some.findings
        assert (some.withheld, some.files, some.unknown) == ([], [], [])
        places = [whole.ids.index(id_) for id_ in some.results.ids]
        assert sorted(some.results.ids) == sorted(ids)
        for name, values in whole.values.items():
            assert some.results.values[name] == [values[at] for at in places], name
    for id_ in whole.ids[: min(3, most)]:
        told = explain_one(plan, data, id_, None, folder / "cohorts")
        assert told.derivation == explain(plan, dataset, id_), id_


@pytest.mark.parametrize("seed", range(6))
def test_comparisons_of_all_kinds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = tmp_path / "单位.csv"
    rows = []
    for at in range(1, 40):
        cells = [chance.choice(["甲", "乙", "丙", ""]), chance.choice("东西"), chance.randint(-50, 50) / 10]
        rows.append(
            f"{at:02},第{at}个,{','.join(map(str, cells))},{chance.choice(['', 0, 1, 3])},{chance.choice('是否')}"
        )
    data.write_text("\n".join(["编号,名称,类,片,a,b,旗", *rows, ""]), "utf-8")
    again(planned(COMPARED), data, tmp_path)


SMALL = "scheme s\nperiod 2009\nsubject 单位\ninput a : score 0..100\nitem 分 100 = a\nlet 均 = average(a over all)\n"


def stored(tmp_path: Path, name: str, points: range) -> Path:
    data = tmp_path / name / "单位.csv"
    data.parent.mkdir()
    data.write_text("编号,a\n" + "".join(f"{at},{each}\n" for at, each in enumerate(points, 1)), "utf-8")
    return data


def test_two_runs_into_one_folder_at_the_same_time_leave_the_cohorts_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one runs from beginning to end when the files of the first are there, and its manifest is not yet."""
    plan, kept = planned(SMALL), tmp_path / "cohorts"
    mine, other = stored(tmp_path, "甲", range(40)), stored(tmp_path, "乙", range(50, 90))
    write, waiting = kaoping.whole.write_whole, [other]

    def write_after_the_other(path: Path, content: bytes) -> None:
        if waiting:
            run_bulk(plan, waiting.pop(), tmp_path / "乙.csv", Settings(), kept)
        write(path, content)

    monkeypatch.setattr(kaoping.bulk.cohorts, "write_whole", write_after_the_other)
    assert run_bulk(plan, mine, tmp_path / "甲.csv", Settings(), kept).written == 40
    some = evaluate_again(plan, mine, ["1"], kept)
    assert some.results is not None
    assert (some.files, some.results.values["均"]) == ([], [19_500_000_000_000])
    told = evaluate_again(plan, other, ["1"], kept)
    assert told.files == ["单位.csv"]  # of these data nothing is stored any more


def test_a_run_that_fails_leaves_the_cohorts_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, kept = planned(SMALL), tmp_path / "cohorts"
    data = stored(tmp_path, "甲", range(40))
    run_bulk(plan, data, tmp_path / "甲.csv", Settings(), kept)
    before = sorted(each.name for each in kept.iterdir())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(kaoping.bulk.cohorts, "write_whole", full)
    with pytest.raises(OSError, match="full"):
        run_bulk(plan, data, tmp_path / "甲.csv", Settings(), kept)
    assert sorted(each.name for each in kept.iterdir()) == before
    assert evaluate_again(plan, data, ["1"], kept).results is not None


def test_only_the_files_of_the_run_before_are_taken_away(tmp_path: Path) -> None:
    plan, kept = planned(SMALL), tmp_path / "cohorts"
    data = stored(tmp_path, "甲", range(40))
    run_bulk(plan, data, tmp_path / "甲.csv", Settings(), kept)
    first = {each.name for each in kept.iterdir()}
    for name in ("数据.parquet", "cohort-x.parquet"):
        (kept / name).write_text("?")
    forged = (kept / "cohorts.json").read_text("utf-8").replace(min(first - {"cohorts.json"}), "数据.parquet")
    (kept / "cohorts.json").write_text(forged, "utf-8")
    left, young = kept / "cohort-0123abcd-0.parquet", kept / "cohort-4567abcd-0.parquet"
    left.write_text("?")
    young.write_text("?")
    os.utime(left, (0, 0))
    run_bulk(plan, data, tmp_path / "甲.csv", Settings(), kept)
    there = {each.name for each in kept.iterdir()}
    assert {"数据.parquet", "cohort-x.parquet", young.name} <= there
    assert left.name not in there
    assert len(there & first) == 2  # the manifest, and the file that a forged one did not name


WIDE = """\
scheme 宽
period 2009
subject 单位
input 额, 去年 : money 1元..100000000000元
let 均 = average(额 over all)
let 增长 = 额 / 去年
let 位次 = rank(增长)
item 工作 100
bonus 5 if 额 >= 均
bonus 3 if 位次 = 1
total 总 = 工作 + bonus
rank by 总
"""


def test_numbers_of_more_than_64_bits_are_stored_as_they_are(tmp_path: Path) -> None:
    data = tmp_path / "单位.csv"
    rows = ["99999900001,999999", "99999800001,999998", "5,1", *["907691059.49,907691059.49"] * 7]
    lines = ["编号,名称,额,去年,工作", *(f"{at},第{at}个,{row},50" for at, row in enumerate(rows, 1)), ""]
    data.write_text("\n".join(lines), "utf-8")
    again(planned(WIDE), data, tmp_path)


PAST = """\
scheme 往年
period 2009Q1
subject 单位
records 月度 from 月考核 by 所属
link 上级 : 单位考核 (得 : score 0..100)
item 分 10
total 总 = 分
let 连 = streak(总 > 3)
let 上 = previous(总) default 0
outcome 月数 = count(月度)
outcome 得 = 上级.得 default 0
outcome 连续 = 连
outcome 去年 = 上
rank by 总
"""


def test_the_periods_that_are_there_are_those_of_all(tmp_path: Path) -> None:
    """A subject without a result in a period that others have: its own rows alone would tell another story."""
    data = folder(
        tmp_path,
        单位="编号,分\n1,5\n2,4\n3,6\n4,1\n",
        history="scheme,period,id,name,总\n"
        "往年,2008Q4,2,乙,9\n往年,2008Q3,1,甲,9\n往年,2008Q3,2,乙,9\n往年,2008Q2,1,甲,9\n",
        上级="scheme,period,id,name,得\n单位考核,2009Q1,2,乙,1\n单位考核,2009,1,甲,77\n",
        月度="scheme,period,id,name,所属\n月考核,2009-01,a,甲,1\n月考核,2009-02,b,乙,2\n月考核,2009-02,c,丙,3\n",
    )
    again(planned(PAST), data, tmp_path)


RANKED = "scheme 比较\nperiod 2009\nsubject 单位\ninput a : score 0..10\nitem 分 10 = a\n"


def test_ids_that_are_not_written_as_they_are_read(tmp_path: Path) -> None:
    data = folder(tmp_path, 单位="编号,分\n１,5\n 2 ,4\n'=x,6\n\"a\nb\",1\n'@y,2\nz,9\n")
    again(planned("scheme 比较\nperiod 2009\nsubject 单位\nitem 分 10\n"), data, tmp_path)


def test_ids_are_asked_for_in_any_width(tmp_path: Path) -> None:
    plan, data = planned(RANKED), folder(tmp_path, 单位="编号,a\n12,5\nb,4\n")
    run_bulk(plan, data, tmp_path / "all.parquet", Settings(), tmp_path / "cohorts")
    found = evaluate_again(plan, data, ["１２", " b"], tmp_path / "cohorts")
    assert found.results is not None
    assert (found.results.ids, found.unknown) == (["12", "b"], [])


@pytest.mark.parametrize(
    "id_",
    [
        "i",
        "CAST(i AS DOUBLE)",
        "CAST(i AS DECIMAL(9, 0))",
        "CAST(i AS VARCHAR)",
        "DATE '2009-01-01' + CAST(i AS INTEGER)",
        "uuid()",
    ],
)
def test_ids_of_any_type(tmp_path: Path, id_: str) -> None:
    plan, data = planned(RANKED), tmp_path / "单位.parquet"
    with duckdb.connect() as connection:
        query = f"SELECT {id_} AS id, i % 4 AS a FROM range(1, 9) t(i)"
        connection.execute(f"COPY ({query}) TO '{data}' (FORMAT parquet)")
        run_bulk(plan, data, tmp_path / "all.parquet", Settings(), tmp_path / "cohorts")
        rows = connection.execute(f"SELECT id, rank FROM '{tmp_path}/all.parquet'").fetchall()
    for asked, rank in rows:
        found = evaluate_again(plan, data, [str(asked), "nobody"], tmp_path / "cohorts")
        assert found.results is not None, found.findings
        assert (found.results.ids, found.results.values["rank"], found.unknown) == ([str(asked)], [rank], ["nobody"])


@pytest.mark.parametrize("name", sorted(shipped_scripts()))
def test_shipped_schemes(tmp_path: Path, name: str) -> None:
    path = shipped_scripts()[name]
    plan, _ = plan_scheme(parse(Source(path.name, path.read_text("utf-8")))[0], Surroundings(path.parent))
    assert plan is not None
    again(plan, path.parent / "data", tmp_path, most=4)
