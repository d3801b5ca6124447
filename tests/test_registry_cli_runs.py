"""Runs at the command line: trials, what is written down and computed again, and days."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from kaoping.registry import store
from registry_office import DATA, RECORDED, SCRIPT, Office, opened

ENGINES = ["reference", "python", "duckdb", "sqlite"]
WHY = ["--evidence", "数据.csv", "--reason", "申诉成立", "--key", "李四"]


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
           capsys: pytest.CaptureFixture[str]) -> Office:  # fmt: skip
    return opened(getattr(request, "param", "recorded"), tmp_path, monkeypatch, capsys)


def at(stage: str) -> pytest.MarkDecorator:
    """The registry has come as far as this stage."""
    return pytest.mark.parametrize("office", [stage], indirect=True)


class Clock(datetime):
    """The clock by which entries are dated, put on by hand: noon of a day of January 2050."""

    day = 1

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime(2050, 1, cls.day, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(store, "datetime", Clock)
    Clock.day = 1
    return Clock


def correct(office: Office, run: int, subject: str, *cells: str) -> Any:
    changes = [word for cell in cells for word in ("--set", cell)]
    return office(["correct", str(run), "--subject", subject, *changes, *WHY])


def points(said: str) -> dict[str, str]:
    """The points of each subject in results as CSV."""
    return {row["id"]: row["得分"] for row in csv.DictReader(said.splitlines())}


# ---------------------------------------------------------------- trials


@at("published")
def test_a_trial_is_marked_in_everything_it_prints(office: Office) -> None:
    office.done("run 方案.kp 数据.csv --trial -o 结果.csv", "run 方案.kp 数据.csv --trial -o 结果.xlsx")
    office.done("run 方案.kp 数据.csv --trial -o 结果.json")
    assert office.done("run 方案.kp 数据.csv --trial").out.startswith("【试算】季度考核\n")
    assert office("run 方案.kp 数据.csv --trial", lang="en").out.startswith("[TRIAL] 季度考核\n")
    rows = list(csv.DictReader(office.read("结果.csv").decode("utf-8-sig").splitlines()))
    assert {row["scheme"] for row in rows} == {"季度考核 (试算 trial)"}
    assert json.loads(office.read("结果.json"))["trial"] is True
    cells = [cell for sheet in load_workbook("结果.xlsx") for row in sheet.values for cell in row]
    assert any("试算" in str(cell) for cell in cells)

    said = office.done("run 季度考核@1 数据.csv --trial --record --key 李四").out
    run = office.last("run")
    assert f"已登记为第 {run} 号运行(试算),规则: 季度考核@1\n" in said
    shown = office.done(f"show {run}").out
    assert "规则      季度考核@1(试算)\n" in shown
    assert "【试算】季度考核\n" in shown
    assert "[TRIAL] 季度考核" in office(f"show {run}", lang="en").out
    assert office.done("log").out.endswith("运行 季度考核@1,5 个对象(试算)\n")
    assert office("log", lang="en").out.endswith("runs 季度考核@1, 5 subjects (trial)\n")
    again = office.done(f"reproduce {run}").out
    assert "逐位相同" in again


@at("published")
def test_a_trial_that_is_corrected_stays_a_trial(office: Office) -> None:
    office.done("run 季度考核@1 数据.csv --trial --record --key 李四")
    said = correct(office, office.last("run"), "U3", "得分=60")
    assert (said.code, "号运行(试算)" in said.out) == (0, True)
    assert office.done(f"show {office.last('run')}").out.count("试算") >= 2


@at("published")
def test_results_of_a_trial_are_not_taken_for_last_years_results(office: Office) -> None:
    """What `run -o` writes is what the next period reads; a trial is no result of a period."""
    office.done("run 方案.kp 数据.csv --trial -o 试.csv")
    office.write("次.kp", "scheme 季度考核\nperiod 2011\nitem 得分 100\nlet 上年 = previous(total) default 0\n")
    said = office("run 次.kp 数据.csv --history 试.csv --format csv")
    if said.code == 0:
        assert {row["上年"] for row in csv.DictReader(said.out.splitlines())} == {"0.00"}


@at("approved")
def test_an_approved_version_runs_in_earnest_unmarked(office: Office) -> None:
    for form in ("csv", "json"):
        assert "试算" not in office.done(f"run 季度考核 数据.csv --format {form}").out
    assert "试算" not in office.done(RECORDED).out + office.done("log").out


# ---------------------------------------------------------------- written down


@at("approved")
def test_a_run_tells_programs_its_number_and_checkpoint(office: Office) -> None:
    said = office.done(f"{RECORDED} --format json")
    document = json.loads(said.out)
    assert (document["run"], document["version"], document["trial"]) == (office.last("run"), "季度考核@1", False)
    office.write("检查点.txt", document["checkpoint"])
    assert "与另存的检查点一致" in office.done("verify --against 检查点.txt").out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("copied", ["everything", "four lines", "four lines, not indented", "Windows"])
def test_the_checkpoint_below_results_is_one_to_keep(office: Office, lang: str, copied: str) -> None:
    shown = office(RECORDED, lang=lang).out
    four = "\n".join(shown.splitlines()[-4:])
    office.write("抄.txt", {
        "everything": shown, "four lines": four, "Windows": shown.replace("\n", "\r\n"),
        "four lines, not indented": "\n".join(line.strip() for line in four.splitlines()),
    }[copied])  # fmt: skip
    assert "与另存的检查点一致" in office.done("verify --against 抄.txt").out
    office.done(RECORDED, "registry proof --since 抄.txt -o 增.json")
    assert "只有增加" in office.done("verify 增.json --keys 密钥/李四.pub").out
    office.write("抄.txt", shown.replace("— 李四 ", "— 李四 A"))
    assert office("verify --against 抄.txt").code == 1


@at("approved")
@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_results_that_cannot_be_written_do_not_lose_the_run(office: Office, ending: str) -> None:
    """Either nothing is written down, or it is said under which number: the run is not done twice without need."""
    size = len(office.entries())
    said = office(f"{RECORDED} -o 没有/结果.{ending}")
    assert (said.code, "没有/结果" in said.err) == (74, True)
    if len(office.entries()) > size:
        assert f"已登记为第 {office.last('run')} 号运行" in said.err


@at("approved")
def test_subjects_left_out_are_left_out_again(office: Office) -> None:
    office.write("错.csv", DATA.replace("70", "七十"))
    typed = RECORDED.replace("数据", "错")
    size = len(office.entries())
    assert office(typed).code == 1
    assert len(office.entries()) == size
    said = office.done(f"{typed} --skip-invalid")
    assert "数据有误、未参加计算的 1 个:\n  U2 乙处" in said.out
    run = office.last("run")
    assert "没有计算  1 个对象,数据有误" in office.done(f"show {run}").out
    for engine in ENGINES:
        assert "4 个对象的结果逐位相同" in office.done(f"reproduce {run} --engine {engine}").out
    assert correct(office, run, "U2", "得分=70").code == 1
    assert correct(office, run, "U1", "得分=70").code == 0


def test_a_run_is_computed_again_on_every_engine(office: Office) -> None:
    run = office.last("run")
    for engine in ENGINES:
        said = office.done(f"reproduce {run} --engine {engine}").out
        assert said == f"第 {run} 号运行(季度考核@1)重新计算({engine}):5 个对象的结果逐位相同\n"
    assert "equal to the bit" in office(f"reproduce {run}", lang="en").out


def test_files_that_are_given_are_compared_though_the_data_were_kept(office: Office) -> None:
    run = office.last("run")
    assert "逐位相同" in office.done(f"reproduce {run} --data 数据.csv").out
    other = office.folder / "别的.csv"
    other.write_text((office.folder / "数据.csv").read_text("utf-8").replace(",95", ",96"), "utf-8")
    for command in (f"reproduce {run}", f"explain U1 --run {run}"):
        refused = office(f"{command} --data 别的.csv")
        assert refused.code == 1
        assert f"与第 {run} 号运行的不同: 别的.csv" in refused.err


def test_a_run_stays_what_it_was_when_rules_and_files_change(office: Office) -> None:
    run = office.last("run")
    before = office.done(f"show {run}").out
    office.publish("新.kp", SCRIPT.replace("total >= 60", "total >= 40"), "2011-01-01")
    office.write("方案.kp", "nothing of what it was")
    office.write("数据.csv", "编号\n")
    office.done("withdraw 季度考核@1 --reason 有误 --key 李四", f"reproduce {run}")
    assert office.done(f"show {run}").out == before


@at("approved")
def test_odd_subjects_are_shown_written_and_found_again(office: Office) -> None:
    ids = ["=1+1", "../U2", "' OR 1=1 --", 'a"b', "<script>", "{0}%s", "U\n6"]
    with (office.folder / "怪.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["编号", "名称", "得分"], *[[id_, f"=cmd|{id_}", 50] for id_ in ids]])
    before = office.files()
    said = office.done(RECORDED.replace("数据", "怪"))
    run = office.last("run")
    assert len([line for line in said.out.splitlines() if "=cmd|" in line]) == len(ids)
    for id_ in ids[:-1]:
        proof = office(["registry", "proof", str(run), "--subject", id_])
        assert json.loads(json.loads(proof.out)["record"])["id"] == id_
    rows = list(csv.reader(office.done(f"{RECORDED.replace('数据', '怪')} --format csv").out.splitlines()))
    assert [cell for row in rows[1:] for cell in row if cell.startswith("=")] == []
    done = correct(office, run, ids[2], "得分=60")
    assert (done.code, ids[2] in done.out) == (0, True)
    assert office.files() == before
    office.done("verify")


# ---------------------------------------------------------------- days


def test_data_of_a_day_as_they_were_known_on_another(office: Office, clock: type[Clock]) -> None:
    clock.day = 3
    run = office.last("run")
    assert correct(office, run, "U3", "得分=65").code == 0
    clock.day = 5
    assert correct(office, office.last("run"), "U3", "得分=75").code == 0
    typed = "run 季度考核 --rules-as-of 2010-12-31 --data-as-of 2010-12-31 --format csv"
    for known, expected in (("2050-01-02", "50.00"), ("2050-01-03", "65.00"), ("2050-01-04", "65.00"),
                            ("2050-01-05", "75.00"), ("2051-01-01", "75.00")):  # fmt: skip
        assert points(office.done(f"{typed} --known-as-of {known}").out)["U3"] == expected
    assert points(office.done(typed).out)["U3"] == "75.00"
    early = office(f"{typed} --known-as-of 2020-01-01")
    assert (early.code, early.out) == (1, "")


def test_data_of_the_latest_day_that_is_not_after_the_one_asked_for(office: Office) -> None:
    for day, score in (("2010-03-31", 61), ("2010-06-30", 62)):
        office.write("季.csv", f"编号,得分\nU1,{score}\n")
        office.done(f"{RECORDED.replace('数据', '季')} --data-as-of {day}")
    typed = "run 季度考核 --format csv --data-as-of"
    for day, expected in (("2010-03-31", "61.00"), ("2010-06-29", "61.00"), ("2010-06-30", "62.00"),
                          ("2010-12-30", "62.00"), ("2010-12-31", "95.00")):  # fmt: skip
        assert points(office.done(f"{typed} {day}").out)["U1"] == expected
    assert office(f"{typed} 2010-03-30").code == 1


def test_data_of_a_trial_are_nobodys_data_but_of_another_trial(office: Office) -> None:
    """Whoever tries out made-up data must not find them in the next run in earnest."""
    office.write("假设.csv", DATA.replace("50", "99"))
    office.done(f"{RECORDED.replace('数据', '假设')} --trial")
    typed = "run 季度考核 --data-as-of 2010-12-31 --format csv"
    assert points(office.done(typed).out)["U3"] == "50.00"
    assert points(office.done(f"{typed} --record --key 李四").out)["U3"] == "50.00"
    assert points(office.done(f"{typed} --trial").out)["U3"] == "99.00"
    office.done(f"{RECORDED.replace('数据', '假设')}")
    assert points(office.done(typed).out)["U3"] == "99.00"


@at("trusted")
def test_a_table_of_records_that_older_data_do_not_have(office: Office) -> None:
    (office.folder / "夹").mkdir()
    office.write("夹/subjects.csv", "编号,得分\nA,1\n")
    office.write("夹/表彰.csv", "编号,级别\nA,省\nA,市\n")
    rules = "scheme 表彰考核\nperiod 2010\ninput 得分 : score 0..9\ntotal 总 = 得分\n"
    office.write("旧.kp", rules)
    office.done("run 旧.kp 夹 --record --trial --key 李四")
    counted = rules + "records 表彰\nlet 数 = count(表彰)\n"
    fields = rules + "records 表彰\n  级别 : one of 省, 市\nlet 数 = count(表彰 where 级别 = 省)\n"
    for text, name in ((counted, "表彰"), (fields, "级别")):
        office.write("新.kp", text)
        said = office("run 新.kp --data-as-of 2010-12-31 --trial")
        assert (said.code, f"没有这些规则要用的: {name}" in said.err) == (1, True), said
    office.done("run 新.kp 夹 --record --trial --key 李四")
    for text, number in ((counted, "2"), (fields, "1")):
        office.write("新.kp", text)
        told = office.done("run 新.kp --data-as-of 2010-12-31 --trial --format csv").out
        assert next(csv.DictReader(told.splitlines()))["数"] == number


def test_a_clock_behind_the_registry_writes_nothing(office: Office, clock: type[Clock]) -> None:
    clock.day = 9
    office.done(RECORDED)
    size = len(office.entries())
    clock.day = 8
    for lang, phrase in (("zh", "早于登记册最后一条记录的"), ("en", "the clock of this machine says")):
        said = office(RECORDED, lang=lang)
        assert (said.code, phrase in said.err) == (1, True), said
    assert len(office.entries()) == size


# ---------------------------------------------------------------- older data, newer rules

OLD = {
    "分": "score 0..100", "类": "one of 甲类, 乙类, 丙类", "次": "count", "达标": "yes/no", "到": "date",
    "率": "percent", "说": "text", "款": "money", "空": "count optional", "缺": "count default 2",
}  # fmt: skip
NEW = [
    ("分", "score 0..1000"), ("分", "score 0..90"), ("分", "number"), ("分", "number 0..200 places 3"),
    ("分", "number 0..200 places 1"), ("分", "money"), ("分", "percent"), ("分", "count"), ("分", "text"),
    ("分", "score 0..100 optional"), ("分", "score 0..100 default 3"),
    ("类", "one of 甲类, 乙类"), ("类", "one of 丙类, 乙类, 甲类"), ("类", "one of 新类, 甲类, 乙类, 丙类"),
    ("类", "text"), ("类", "yes/no"), ("类", "count"), ("类", "one of 一类, 二类, 三类"),
    ("次", "score 0..10"), ("次", "count 0..2"), ("次", "yes/no"), ("次", "number"), ("次", "text"),
    ("次", "percent"), ("次", "date"), ("次", "one of 零, 一, 二, 三"),
    ("达标", "one of 是, 否"), ("达标", "one of yes, no"), ("达标", "count"), ("达标", "text"),
    ("达标", "yes/no optional"), ("到", "text"), ("到", "count"), ("率", "score 0..100"), ("率", "number"),
    ("率", "number places 4"), ("率", "count"), ("率", "percent 0..60"), ("率", "percent 0..50"), ("率", "text"),
    ("说", "one of 好, 中"), ("说", "yes/no"), ("说", "number"),
    ("款", "score 0..100"), ("款", "number"), ("款", "money places 4"), ("款", "percent"),
    ("空", "count"), ("空", "count default 4"), ("空", "score 0..9 optional"), ("缺", "count"),
    ("缺", "count default 5"), ("缺", "count optional"), ("缺", "score 0..9 default 2"),
    ("新", "count"), ("新", "count default 5"),
    ("新", "count optional"),
]  # fmt: skip
CELLS = """\
编号,底,分,类,次,达标,到,率,说,款,空,缺
A,1,95.25,乙类,3,是,2010年3月1日,60%,好,12,,
B,2,70,丙类,0,否,2010-04-01,6%,70,0.5,1,1
"""


def rules(inputs: dict[str, str], number: int) -> str:
    """Rules that show every input as it was read."""
    lines = [f"input {name} : {kind}\nlet 见{name} = {name}" for name, kind in inputs.items()]
    return "\n".join(
        ["scheme 各种数据", "period 2010", "input 底 : score 0..10", *lines, f"total 总 = 底  # {number}", ""]
    )


@at("trusted")
def test_older_data_under_newer_rules_are_refused_or_read_as_from_the_file(office: Office) -> None:
    """The file and what the registry kept of it, read by the same new rules: the same values, or a refusal."""
    office.write("旧.kp", rules(OLD, 0))
    office.write("各.csv", CELLS)
    office.done("run 旧.kp 各.csv --record --trial --key 李四")
    wrong, read = [], 0
    for at_, (name, kind) in enumerate(NEW):
        office.write("新.kp", rules(OLD | {name: kind}, at_))
        kept = office("run 新.kp --data-as-of 2010-12-31 --trial --format csv")
        read += kept.code == 0
        if kept.code == 0 and kept.out != office("run 新.kp 各.csv --trial --format csv").out:
            wrong.append((name, kind, kept.out))
        if kept.code and (
            kept.out or kept.code != 1 or (f"`{name}`" not in kept.err and f"要用的: {name}" not in kept.err)
        ):
            wrong.append((name, kind, kept.err))
    assert wrong == []
    assert read > 15  # and not everything is refused
    for fewer in OLD:
        office.write("新.kp", rules({name: kind for name, kind in OLD.items() if name != fewer}, 0))
        kept = office("run 新.kp --data-as-of 2010-12-31 --trial --format csv")
        assert kept.out == office("run 新.kp 各.csv --trial --format csv").out != "", fewer
