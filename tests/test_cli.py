"""The command line as people use it: in both languages, with mistakes, into pipes and files."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kaoping.cli import run
from kaoping.cli.app import COMMANDS
from kaoping.cli.arguments import folded, taken_apart
from kaoping.messages import words
from registry_made import begun

ROOT = Path(__file__).parents[1]
SCHEME = """\
scheme 处室考评
period 2026
subject 处室
clause "一" "业绩"
  input 业绩 : score 0..100
  input 重大事故 : yes/no
  total 总得分 = 业绩 + bonus
clause "二" "加分"
  input 表彰 : count
  bonus 2 per 表彰
  cap bonus 5
clause "三" "否决"
  veto if 重大事故
clause "四" "等次"
  grades 优秀 > 合格 > 不合格
  grade 优秀 if 总得分 >= 90
  grade 合格 if 总得分 >= 60
  grade 不合格 otherwise
  assume "90分以上含90分"
example "加分封顶"
  given 业绩 = 80, 表彰 = 9
  expect 总得分 = 85, grade = 合格
"""
DATA = "编号,名称,业绩,表彰,重大事故\n1,办公室,88.5,1,否\n2,规划处,95,0,是\n3,监督处,59,0,否\n"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class Prompt:
    """A folder with a scheme and its data, and the command line in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "方案.kp").write_text(SCHEME, "utf-8")
        (folder / "数据").mkdir()
        (folder / "数据" / "subjects.csv").write_text(DATA, "utf-8")

    def __call__(self, *arguments: str) -> Said:
        self.capsys.readouterr()
        code = run(arguments)
        return Said(code, *self.capsys.readouterr())

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8-sig")


@pytest.fixture
def kaoping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Prompt:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAOPING_LANG", "zh")
    return Prompt(tmp_path, capsys)


def process(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from kaoping.cli import main; main()", *arguments],
        cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False,
    )  # fmt: skip


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS, "new scheme"])
def test_every_command_has_help_in_both_languages(kaoping: Prompt, command: str, language: str) -> None:
    page = kaoping(*command.split(), "--help", "--lang", language)
    assert (page.code, page.err) == (0, "")
    assert words(language)("help.title.usage") + "kaoping" in page.out
    # nothing of typer's own English, no phrase shown by its name
    assert not [word for word in ("Options", "Arguments", "Show this", "[default", "help.") if word in page.out]
    if language == "en":
        assert page.out.isascii() or command in ("", "run", "explain")  # examples may speak of Chinese data


def test_without_a_command_there_is_help(kaoping: Prompt) -> None:
    assert kaoping().out == kaoping("--help").out


def test_version(kaoping: Prompt) -> None:
    assert kaoping("--version").out.startswith("kaoping ")


def test_the_page_for_programs_shows_the_json_that_programs_get(kaoping: Prompt) -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    blocks = re.findall(r"```json\n(.+?)```", page, re.S)
    findings, proof, values, changes, entries = (json.loads(block) for block in blocks)
    kaoping.write("错.kp", SCHEME.replace("per 表彰", "per 表章"))
    finding = json.loads(kaoping("check", "错.kp", "--format", "json").out)
    assert finding.keys() == findings.keys()
    assert finding["findings"][0].keys() == findings["findings"][0].keys()
    assert json.loads(kaoping("prove", "方案.kp", "bonus > 0", "--format", "json").out).keys() == proof.keys()
    value = json.loads(kaoping("explain", "方案.kp", "数据", "1", "--format", "json").out)
    assert value.keys() == values.keys()
    assert value["values"][0].keys() == values["values"][0].keys()
    kaoping.write("新.kp", SCHEME + "\ncap bonus 1\n")
    change = json.loads(kaoping("diff", "方案.kp", "新.kp", "--format", "json").out)
    assert change.keys() == changes.keys()
    assert change["changes"][0].keys() == changes["changes"][0].keys()
    begun(kaoping.folder / "kaoping-registry.db")
    assert json.loads(kaoping("log", "--format", "json").out)[0].keys() == entries[0].keys()


# ---------------------------------------------------------------- how words are typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ｒｕｎ", "run"),
        ("－－ｆｏｒｍａｔ", "--format"),
        ("——help", "--help"),
        ("４３０１", "4301"),
        ("方案（试行）.kp", "方案（试行）.kp"),
        ("－－link＝班子＝（一）.csv", "--link=班子＝（一）.csv"),
        ("veto if 重大事故；cap bonus 50", "veto if 重大事故；cap bonus 50"),
    ],
)
def test_full_width_words_are_folded_and_names_of_files_are_not(typed: str, meant: str) -> None:
    assert folded(typed) == meant


def test_a_file_that_really_has_such_a_name_is_found(kaoping: Prompt) -> None:
    kaoping.write("ａ.kp", SCHEME)
    assert folded("ａ.kp") == "ａ.kp"
    assert folded("ｂ.kp") == "b.kp"


def test_commands_may_be_typed_full_width(kaoping: Prompt) -> None:
    assert kaoping("ｃｈｅｃｋ", "方案.kp").code == 0


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("runn 方案.kp 数据", "没有命令 `runn`,是不是 run?"),
        ("run 方案.kp 数据 --formt csv", "没有选项 `--formt`,是不是 --format?"),
        ("run 方案.kp 数据 --format pdf", "--format 的值只能是其中之一: table、csv、json、xlsx"),
        ("run", "缺少 方案"),
        ("run 方案.kp", "没有写数据在哪里"),
        ("run 方案.kp 数据 多余 的", "多出了: 多余 的"),
        ("run 方案.kp 数据 -o", "-o 后面要跟一个值"),
        ("run 方案.kp 数据 --format xlsx", "xlsx 不能显示在屏幕上"),
        ("run 方案.kp 数据 -o 结果.doc", "从文件名 `结果.doc` 看不出要写成哪种格式"),
        ("run 方案.kp 数据 --link 班子", "`--link 班子` 的写法不对"),
        ("run 方安.kp 数据", "是不是 `方案.kp`?"),
        ("run loudi-2008 数据", "是不是 `loudi-2009`?"),
        ("run 数据 数据", "`数据` 是文件夹,不是方案文件"),
        ("run 方案.kp 没有", "找不到数据 `没有`"),
        ("new", "请写明命令: scheme"),
        ("--lang fr", "there is no language `fr`"),
        ("check 方案.kp --lang", "there is no language ``"),
    ],
)
def test_wrong_usage_is_explained_in_our_words(kaoping: Prompt, typed: str, said: str) -> None:
    if "--lang" in typed:
        os.environ["KAOPING_LANG"] = "en"  # the fixture restores it
    answer = kaoping(*typed.split())
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "Error" not in answer.err


# ---------------------------------------------------------------- check, test


def test_check_finds_nothing_in_a_sound_scheme_but_clauses_without_example(kaoping: Prompt) -> None:
    answer = kaoping("check", "方案.kp")
    assert answer.code == 0
    assert "方案.kp:12:1: 警告[KP903]" in answer.out
    assert answer.out.endswith("1 个警告\n")


def test_check_says_what_is_wrong_and_fails(kaoping: Prompt) -> None:
    kaoping.write("错.kp", SCHEME.replace("per 表彰", "per 表章"))
    answer = kaoping("check", "错.kp", "方案.kp")
    assert answer.code == 1
    assert "错.kp:10:15: 错误[KP201]" in answer.out
    assert "10 |   bonus 2 per 表章\n   |               ^^^^\n" in answer.out


def test_check_for_programs(kaoping: Prompt) -> None:
    kaoping.write("错.kp", SCHEME.replace("per 表彰", "per 表章"))
    document = json.loads(kaoping("check", "错.kp", "--format", "json").out)
    assert document["errors"] == 1
    assert [one["line"] for one in document["findings"] if one["severity"] == "error"] == [10]
    log = json.loads(kaoping("check", "错.kp", "--format", "sarif").out)
    assert log["version"] == "2.1.0"


def test_examples_run_and_the_one_that_fails_is_shown(kaoping: Prompt) -> None:
    assert kaoping("test", "方案.kp").out == "方案.kp: 1 个示例,全部通过\n  没有示例用到的条: 三\n"
    kaoping.write("错.kp", SCHEME.replace("总得分 = 85", "总得分 = 89"))
    answer = kaoping("test", "错.kp")
    assert answer.code == 1
    assert "错.kp:22:" in answer.out
    assert "85" in answer.out
    assert answer.out.endswith("错.kp: 1 个示例,1 个不通过\n  没有示例用到的条: 三\n")


def test_a_failed_example_fails_the_check(kaoping: Prompt) -> None:
    kaoping.write("错.kp", SCHEME.replace("总得分 = 85", "总得分 = 89"))
    assert kaoping("check", "错.kp").code == 1


# ---------------------------------------------------------------- run


def test_run_shows_the_ranked_table(kaoping: Prompt) -> None:
    answer = kaoping("run", "方案.kp", "数据")
    assert answer.code == 0
    assert (
        answer.out
        == """\
处室考评
考核期 2026

名次  编号  名称    总得分  加分  等次    原因
----  ----  ------  ------  ----  ------  -------
   1  2     规划处   95.00     0  不合格  否决 三
   2  1     办公室   90.50     2  优秀
   3  3     监督处   59.00     0  不合格

结果依据方案中的 1 条释义(文件未写明之处的理解);用 kaoping explain 或 --format json 可看全文。
"""
    )


def test_the_table_says_why_a_grade_is_lower(kaoping: Prompt) -> None:
    rules = 'clause "五" "降等"\n  downgrade 1 if 业绩 < 89\n  bar 优秀 if 表彰 = 0 "没有表彰"\n'
    kaoping.write(
        "降.kp", SCHEME.replace('example "', f'{rules}example "').replace("grade = 合格\n", "grade = 不合格\n")
    )
    table = kaoping("run", "降.kp", "数据").out.splitlines()[4:8]
    assert [line.split("  ")[-1] for line in table[1:]] == ["否决 三、不得评 五", "降等 五", "不得评 五、降等 五"]


@pytest.mark.parametrize("engine", ["auto", "reference", "python"])
def test_every_engine_gives_the_same(kaoping: Prompt, engine: str) -> None:
    assert kaoping("run", "方案.kp", "数据", "--engine", engine).out == kaoping("run", "方案.kp", "数据").out


def test_run_writes_what_it_would_show_to_programs(kaoping: Prompt) -> None:
    shown = kaoping("run", "方案.kp", "数据", "--format", "csv")
    rows = list(csv.DictReader(shown.out.splitlines()))
    assert [(row["id"], row["总得分"], row["grade"], row["vetoed"]) for row in rows] == [
        ("1", "90.50", "优秀", "no"), ("2", "95.00", "不合格", "yes"), ("3", "59.00", "不合格", "no"),
    ]  # fmt: skip
    written = kaoping("run", "方案.kp", "数据", "-o", "结果.csv")
    assert (written.out, written.err.splitlines()[-1]) == ("", "已写入 结果.csv: 3 个对象")
    assert kaoping.read("结果.csv").splitlines() == shown.out.splitlines()
    document = json.loads(kaoping("run", "方案.kp", "数据", "--format", "json").out)
    assert document["scheme"] == "处室考评"
    assert kaoping("run", "方案.kp", "数据", "-o", "结果.xlsx").code == 0
    assert (kaoping.folder / "结果.xlsx").read_bytes()[:2] == b"PK"


def test_a_file_that_is_not_utf8_is_read_and_the_choice_is_shown(kaoping: Prompt) -> None:
    (kaoping.folder / "数据" / "subjects.csv").write_bytes(DATA.encode("gb18030"))
    answer = kaoping("run", "方案.kp", "数据")
    assert "规划处" in answer.out
    assert "按 GB18030(GBK)读取: subjects.csv" in answer.err


def test_bad_data_are_all_reported_and_nothing_is_evaluated(kaoping: Prompt) -> None:
    kaoping.write("数据/subjects.csv", DATA.replace("88.5", "八十八").replace("95", "195"))
    answer = kaoping("run", "方案.kp", "数据", "-o", "结果.csv")
    assert answer.code == 1
    assert "subjects.csv:2 业绩" in answer.err
    assert "subjects.csv:3 业绩" in answer.err
    assert not (kaoping.folder / "结果.csv").exists()
    assert "--skip-invalid" in answer.err


def test_skip_invalid_goes_on_with_the_others_and_says_who_is_missing(kaoping: Prompt) -> None:
    kaoping.write("数据/subjects.csv", DATA.replace("88.5", "八十八"))
    answer = kaoping("run", "方案.kp", "数据", "--skip-invalid")
    assert answer.code == 0
    assert "数据有误、未参加计算的 1 个:\n  1 办公室" in answer.out
    assert "90.50" not in answer.out


def test_skip_invalid_also_leaves_out_those_who_lack_what_the_rules_need_of_them(kaoping: Prompt) -> None:
    """Whether a cell may be empty can depend on the subject: here only class B needs its points."""
    kaoping.write("类.kp", "scheme 甲\nperiod 2026\nsubject 处\nclass 类 : one of A, B\nitem 业绩 100 for B\n")
    kaoping.write("类.csv", "编号,类,业绩\n1,A,\n2,B,\n3,B,80\n")
    whole = kaoping("run", "类.kp", "类.csv")
    assert (whole.code, "类.csv:3 业绩: 错误" in whole.err) == (1, True)
    rest = kaoping("run", "类.kp", "类.csv", "--skip-invalid", "--format", "csv")
    assert rest.code == 0
    assert "类.csv:3 业绩: 警告" in rest.err
    assert [row["id"] for row in csv.DictReader(rest.out.splitlines())] == ["1", "3"]


@pytest.mark.parametrize(("units", "records", "offered"), [
    ("编号,甲\n1,九\n", "编号,乙\n1,2\n", True),
    ("编号,甲\n1,5\n", "编号,乙\n1,二\n", True),
    ("编号,甲\n1,5\n", "编号,乙\n9,2\n", False),
    ("编号,甲\n,九\n", "编号,乙\n1,2\n", False),
    ("编号,甲\n1,九\n1,5\n", "编号,乙\n1,2\n", True),
    ("编号,甲\n", "编号,乙\n", False),
])  # fmt: skip
def test_leaving_out_is_offered_where_it_helps(kaoping: Prompt, units: str, records: str, offered: bool) -> None:
    kaoping.write("略.kp", "scheme 略\nperiod 2009\nitem 甲 10\npenalty 乙 per 台账\nrecords 台账\n  乙 : score 0..5\n")
    (kaoping.folder / "略").mkdir()
    kaoping.write("略/subjects.csv", units + "8,3\n" * offered)
    kaoping.write("略/台账.csv", records)
    answer = kaoping("run", "略.kp", "略")
    assert (answer.code, "--skip-invalid" in answer.err) == (1, offered)
    assert kaoping("run", "略.kp", "略", "--skip-invalid").code == (0 if offered else 1)


def test_a_script_with_errors_does_not_run(kaoping: Prompt) -> None:
    kaoping.write("错.kp", SCHEME.replace("per 表彰", "per 表章"))
    answer = kaoping("run", "错.kp", "数据")
    assert (answer.code, answer.out) == (1, "")
    assert "KP201" in answer.err


def test_what_run_writes_is_what_the_next_period_and_other_schemes_read(kaoping: Prompt) -> None:
    """2025 first; 2026 reads it as history; the scheme for staff reads 2026 by its link."""
    rules = "subject 处\ninput 业绩 : score 0..100\ntotal 得分 = 业绩\nlet 进步 = 得分 - (previous(得分) default 0)\n"
    for year, points in (("2025", (70, 80)), ("2026", (75, 60))):
        kaoping.write(f"{year}.kp", f"scheme 处考评\nperiod {year}\n{rules}")
        kaoping.write(f"{year}.csv", f"编号,业绩\n1,{points[0]}\n2,{points[1]}\n")
    assert kaoping("run", "2025.kp", "2025.csv", "-o", "上年.csv").code == 0
    assert kaoping("run", "2026.kp", "2026.csv", "--history", "上年.csv", "-o", "结果.csv").code == 0
    rows = list(csv.DictReader(kaoping.read("结果.csv").splitlines()))
    assert [(row["得分"], row["进步"]) for row in rows] == [("75.00", "5.00"), ("60.00", "-20.00")]

    kaoping.write("人.kp", "scheme 人\nperiod 2026\nsubject 人\nlink 处 : 处考评\ntotal 分 = 处.得分 default 0\n")
    kaoping.write("人.csv", "编号\n1\n2\n")
    linked = kaoping("run", "人.kp", "人.csv", "--link", "处=结果.csv", "--format", "csv")
    assert [row["分"] for row in csv.DictReader(linked.out.splitlines())] == ["75.00", "60.00"]
    twice = kaoping("run", "人.kp", "人.csv", "--link", "处=结果.csv", "--link", "处=上年.csv")
    assert (twice.code, "写了两次" in twice.err) == (2, True)


# ---------------------------------------------------------------- run -e


TABLE = "编号,名称,工作实绩,群众评议,加分,重大事故,联系人\n1,甲局,58.5,30,60,否,张\n2,乙局,52,35,,是,李\n"


@pytest.mark.parametrize("column", ["扣分", "加分"])
def test_points_taken_off_or_added_are_not_negative(kaoping: Prompt, column: str) -> None:
    kaoping.write("负.csv", f"编号,工作,{column}\n1,50,-2\n2,49,0\n")
    answer = kaoping("run", "-e", "cap penalty 10", "负.csv")
    assert (answer.code, answer.out, f"负数:{column}" in answer.err) == (2, "", True)
    stated = kaoping("run", "-e", f"total 总 = 工作 + {column}", "负.csv", "--format", "csv")
    assert [row["总"] for row in csv.DictReader(stated.out.splitlines())] == ["48.00", "49.00"]


def test_rules_on_a_table(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", TABLE)
    answer = kaoping("run", "-e", "veto if 重大事故; cap bonus 50", "得分.csv")
    assert answer.code == 0
    assert (
        answer.err
        == """\
按以下规则计算:
  “重大事故”读作是/否
  “加分”一列计入加分,空着的算 0
  总分 = 工作实绩 + 群众评议
  没有用到的列: 联系人
  规则: veto if 重大事故; cap bonus 50
"""
    )
    assert [line.split() for line in answer.out.splitlines()[5:7]] == [
        ["1", "1", "甲局", "138.50", "50"],
        ["2", "2", "乙局", "87.00", "0", "否决", "重大事故"],
    ]


@pytest.mark.parametrize("heading", ["bonus", "加分"])
def test_a_column_called_like_a_built_in_value_hides_nothing(kaoping: Prompt, heading: str) -> None:
    kaoping.write("得分.csv", TABLE.replace("加分", heading).replace("工作实绩", "总分"))
    answer = kaoping("run", "-e", "cap bonus 50", "得分.csv")
    assert answer.out.splitlines()[5].split() == ["1", "1", "甲局", "108.50", "50"]
    assert "总分 = 总分" in answer.err


def test_one_cell_that_is_no_number_is_reported_not_taken_for_text(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", TABLE.replace("35", "三十五") + "3,丙局,50,30,0,否,王\n")
    answer = kaoping("run", "-e", "cap bonus 50", "得分.csv")
    assert answer.code == 1
    assert "得分.csv:3 群众评议" in answer.err


def test_zero_and_one_are_yes_and_no_where_a_condition_asks(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", "编号,得分,事故,表彰\n1,80,1,1\n2,70,0,0\n")
    answer = kaoping("run", "-e", "veto if 事故; bonus 2 per 表彰", "得分.csv")
    assert [line.split() for line in answer.out.splitlines()[5:7]] == [
        ["1", "1", "1", "82.00", "2", "否决", "事故"], ["2", "2", "2", "70.00", "0"],
    ]  # fmt: skip


def test_items_and_inputs_that_the_rules_state_read_their_own_columns(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", TABLE)
    rules = "item 工作实绩 60; item 群众评议 40; input 重大事故 : yes/no; veto if 重大事故; cap bonus 50"
    answer = kaoping("run", "-e", rules, "得分.csv")
    assert answer.out.splitlines()[5].split() == ["1", "1", "甲局", "138.50", "50"]
    assert "总分 =" not in answer.err


def test_rules_that_state_a_total_say_what_counts(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", TABLE)
    answer = kaoping("run", "-e", "total 总分 = 工作实绩 * 2", "得分.csv")
    assert answer.out.splitlines()[5].split() == ["1", "1", "甲局", "117.00"]
    assert "没有用到的列: 群众评议、加分、重大事故、联系人" in answer.err


COUNTED = "编号,名称,工作,表彰次数,年龄\n1,甲,90,3,50\n2,乙,95,0,30\n"


@pytest.mark.parametrize(
    ("rules", "totals"),
    [
        ("加分 2 若 工作 >= 95", {"甲": "90.00", "乙": "97.00"}),
        ("加分 2 每 表彰次数; 一票否决 若 工作 < 60", {"甲": "96.00", "乙": "95.00"}),
    ],
)
def test_counts_are_no_points_and_points_that_a_condition_asks_about_are(
    kaoping: Prompt, rules: str, totals: dict[str, str]
) -> None:
    kaoping.write("得分.csv", COUNTED)
    answer = kaoping("run", "-e", rules, "得分.csv")
    rows = [line.split() for line in answer.out.splitlines()[5:7]]
    assert {row[2]: row[3] for row in rows} == totals
    assert "总分 = 工作\n" in answer.err


def test_numbers_that_conditions_alone_name_are_said_not_to_count(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", "编号,名称,经济,党建,上访\n1,甲,90,80,50\n")
    answer = kaoping("run", "-e", "一票否决 若 上访 > 60", "得分.csv")
    assert "170.00" in answer.out
    assert "没有计入总分(规则只问到它):上访" in answer.err


def test_a_name_without_a_column_is_an_error(kaoping: Prompt) -> None:
    kaoping.write("得分.csv", TABLE)
    answer = kaoping("run", "-e", "veto if 重大事", "得分.csv")
    assert answer.code == 1
    assert "-e:1:9: 错误[KP201]" in answer.err


def test_rules_have_no_folder_of_tables(kaoping: Prompt) -> None:
    answer = kaoping("run", "-e", "cap bonus 50", "数据")
    assert answer.code == 2
    assert "只读一个 CSV 文件" in answer.err


# ---------------------------------------------------------------- explain


def test_explain_tells_a_result_by_id_or_name(kaoping: Prompt) -> None:
    by_id = kaoping("explain", "方案.kp", "数据", "1", "总得分")
    assert by_id.code == 0
    assert by_id.out == kaoping("explain", "方案.kp", "数据", "办公室", "总得分").out
    for text in ("总得分 = 90.5", "业绩 + bonus", "subjects.csv:2 业绩", "条: 一 业绩"):
        assert text in by_id.out


def test_explain_as_json_and_as_a_page(kaoping: Prompt) -> None:
    document = json.loads(kaoping("explain", "方案.kp", "数据", "1", "总得分", "--format", "json").out)
    assert document["values"][0]["name"] == "总得分"
    assert kaoping("explain", "方案.kp", "数据", "1", "--format", "html", "-o", "页.html").code == 0
    assert kaoping("explain", "方案.kp", "数据", "1", "-o", "说明.json").code == 0  # the file's name says which form
    assert json.loads(kaoping.read("说明.json"))["values"]
    assert kaoping.read("页.html").startswith("<!DOCTYPE html>")


def test_explain_names_who_and_what_there_is(kaoping: Prompt) -> None:
    nobody = kaoping("explain", "方案.kp", "数据", "9")
    assert (nobody.code, "1 办公室、2 规划处、3 监督处" in nobody.err) == (2, True)
    nothing = kaoping("explain", "方案.kp", "数据", "1", "得分")
    assert (nothing.code, "总得分" in nothing.err) == (2, True)


def test_explain_needs_sound_data(kaoping: Prompt) -> None:
    kaoping.write("类.kp", "scheme 甲\nperiod 2026\nsubject 处\nclass 类 : one of A, B\nitem 业绩 100 for B\n")
    kaoping.write("类.csv", "编号,类,业绩\n1,A,\n2,B,\n")
    answer = kaoping("explain", "类.kp", "类.csv", "1")
    assert (answer.code, answer.out) == (1, "")
    assert "类.csv:3 业绩" in answer.err


def test_explain_takes_the_words_of_the_table_of_results(kaoping: Prompt) -> None:
    for name, shown in (("名次", "名次 = 2"), ("rank", "名次 = 2"), ("加分", "加分 = 2"), ("等次", "等次 = 优秀")):
        assert shown in kaoping("explain", "方案.kp", "数据", "1", name).out
    answer = kaoping("explain", "方案.kp", "数据", "1", "名字")
    assert answer.code == 2
    assert "总得分, 加分, 减分, 名次, 一票否决, 等次" in answer.err


# ---------------------------------------------------------------- fmt, new, schemes, demo


def test_fmt_lays_out_shows_and_checks(kaoping: Prompt) -> None:
    kaoping.write("乱.kp", "scheme   甲\nperiod 2026 # 年\nitem   业绩   100\n")
    assert kaoping("fmt", "--check", "乱.kp").code == 1
    before = kaoping.read("乱.kp")
    shown = kaoping("fmt", "--diff", "乱.kp")
    assert "-scheme   甲" in shown.out
    assert kaoping.read("乱.kp") == before
    assert kaoping("fmt", "乱.kp").out == "已整理 乱.kp\n"
    assert "# 年" in kaoping.read("乱.kp")
    assert kaoping("fmt", "--check", "乱.kp").code == 0


def test_fmt_turns_keywords(kaoping: Prompt) -> None:
    assert kaoping("fmt", "--keywords", "zh", "方案.kp").code == 0
    assert kaoping.read("方案.kp").startswith("方案 处室考评")
    assert kaoping("check", "方案.kp").code == 0


def test_fmt_reads_standard_input_and_leaves_a_broken_script_alone() -> None:
    laid_out = subprocess.run(
        [sys.executable, "-c", "from kaoping.cli import main; main()", "fmt", "-"],
        input="scheme   甲\n".encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert laid_out.stdout.decode() == "scheme 甲\n"
    broken = subprocess.run(
        [sys.executable, "-c", "from kaoping.cli import main; main()", "fmt", "-"],
        input="item item item 甲\n".encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (broken.returncode, broken.stdout) == (1, b"")

    torn = subprocess.run(
        [sys.executable, "-c", "from kaoping.cli import main; main()", "fmt", "-"],
        input=b"scheme \xff\xfe\n", capture_output=True, check=False,
    )  # fmt: skip
    assert (torn.returncode, torn.stdout) == (1, b"")
    assert b"UTF-8" in torn.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to set on a file")
def test_output_that_does_not_fit_is_told_where_python_does_not_buffer(tmp_path: Path) -> None:
    import resource

    (tmp_path / "s.kp").write_text("scheme s\nperiod 2026\ninput x : score 0..9\nitem a 9 = x\n", "utf-8")
    (tmp_path / "d.csv").write_text("id,x\n" + "".join(f"{at},1\n" for at in range(3_000)), "utf-8")
    with (tmp_path / "o.csv").open("wb") as file:
        ended = subprocess.run(
            [sys.executable, "-c", "from kaoping.cli import main; main()", "run", "s.kp", "d.csv", "--format", "csv"],
            stdout=file, stderr=subprocess.PIPE, cwd=tmp_path, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)), check=False,
        )  # fmt: skip
    assert (ended.returncode, (tmp_path / "o.csv").stat().st_size) == (74, 50_000)


def test_a_word_longer_than_a_file_may_be_called_is_a_word() -> None:
    assert taken_apart(["（１）" * 300]).rest == ["(1)" * 300]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_scheme_passes_its_check_and_runs(kaoping: Prompt, language: str) -> None:
    made = kaoping("new", "scheme", "新方案", "--lang", language)
    assert made.code == 0
    checked = kaoping("check", "新方案/scheme.kp")
    assert (checked.code, checked.out) == (0, f"{Path('新方案/scheme.kp')}: 没有发现问题\n")
    assert kaoping("test", "新方案/scheme.kp").code == 0
    assert kaoping("fmt", "--check", "新方案/scheme.kp").code == 0
    shown = kaoping("run", "新方案/scheme.kp", "新方案/data", "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(shown.out.splitlines())}
    # by hand: 56 + 18.5 + 20 + 2·2; 51.5 + 17 + (20 − 3); 58 + 19 + (20 − 1) + 2·1, vetoed
    assert [rows[id_]["total"] for id_ in "123"] == ["98.50", "85.50", "98.00"]
    assert rows["3"]["vetoed"] == "yes"


def test_a_new_scheme_takes_no_folder_that_is_there_and_no_odd_name(kaoping: Prompt) -> None:
    assert kaoping("new", "scheme", "数据").code == 2
    assert kaoping("new", "scheme", "..").code == 2
    assert kaoping("new", "scheme", "a b").code == 2


def test_shipped_schemes_are_listed_and_stand_for_their_paths(kaoping: Prompt) -> None:
    listed = kaoping("schemes").out
    names = [line.split()[0] for line in listed.splitlines()[1:]]
    assert "loudi-2009" in names
    assert names == sorted(names)
    assert kaoping("check", "loudi-2009").code == 0


def test_demo_shows_a_table_and_an_explanation(kaoping: Prompt) -> None:
    answer = kaoping("demo")
    assert (answer.code, answer.err) == (0, "")
    assert "$ kaoping run loudi-2009 loudi-2009" in answer.out
    assert "$ kaoping explain loudi-2009 loudi-2009" in answer.out
    assert "先进" in answer.out


# ---------------------------------------------------------------- when something breaks


def test_a_fault_of_ours_is_one_message_and_no_traceback(kaoping: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret 123")

    monkeypatch.setattr("kaoping.cli.run.planned", broken)
    answer = kaoping("run", "方案.kp", "数据")
    assert answer.code == 70
    assert "程序内部出错(RuntimeError)" in answer.err
    assert "Traceback" not in answer.err
    assert "secret" not in answer.err
    shown = kaoping("run", "方案.kp", "数据", "--debug")
    assert shown.code == 70
    assert "Traceback" in shown.err


def test_a_script_that_is_not_utf8_is_refused_with_a_way_out(kaoping: Prompt) -> None:
    (kaoping.folder / "旧.kp").write_bytes(SCHEME.encode("gb18030"))
    answer = kaoping("check", "旧.kp")
    assert (answer.code, "UTF-8" in answer.err) == (1, True)


def test_results_that_cannot_be_written_are_an_io_error(kaoping: Prompt) -> None:
    answer = kaoping("run", "方案.kp", "数据", "-o", "没有/结果.csv")
    assert answer.code == 74
    assert "找不到" in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder of a running program")
@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "kaoping: 当前文件夹已经不在了"), ("en", "kaoping: the current folder is no longer there")],
)
@pytest.mark.parametrize("command", ["schemes", "check 方案.kp", "check loudi-2009", "new scheme 甲", "demo"])
def test_a_folder_deleted_meanwhile_is_named_as_the_cause(
    command: str, language: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    program = "import os, sys; os.rmdir(os.getcwd()); from kaoping.cli import run; sys.exit(run(sys.argv[1:]))"
    ended = subprocess.run(
        [sys.executable, "-c", program, *command.split(), "--lang", language],
        cwd=tmp_path / "gone", capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (74, "")
    assert ended.stderr.startswith(told)
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full to play a full disk")
def test_a_full_disk_is_an_io_error(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", "from kaoping.cli import main; main()", "--lang", "en", "schemes"],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert ended.returncode == 74
    assert ended.stderr.decode().startswith("kaoping: the disk is full")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no broken pipes of this kind")
def test_a_reader_that_goes_away_is_no_complaint() -> None:
    started = subprocess.Popen(
        [sys.executable, "-c", "from kaoping.cli import main; main()", "check", "loudi-2009", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert started.stdout is not None
    started.stdout.close()
    _, said = started.communicate()
    assert (started.returncode, said) == (74, b"")


def test_a_console_of_another_encoding_shows_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "方案.kp").write_text(SCHEME.replace("处室考评", "𠮷处考评"), "utf-8")
    in_gbk = process("run", "方案.kp", "没有", "--lang", "zh", cwd=tmp_path, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert "找不到数据" in in_gbk.stderr.decode("gbk")
    in_ascii = process("run", "方案.kp", "没有", "--lang", "zh", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "找不到数据" in in_ascii.stderr.decode("utf-8")
    rare = process("check", "方案.kp", "--lang", "zh", cwd=tmp_path, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert rare.returncode == 0


def test_machine_output_is_utf8_on_any_console(tmp_path: Path) -> None:
    kaoping_json = process("check", "loudi-2009", "--format", "json", PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    json.loads(kaoping_json.stdout.decode("utf-8"))


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        ("--help", ["lark", "openpyxl", "rich", "sqlite_utils", "importlib.metadata", "kaoping.scheme", "pydantic"]),
        ("run loudi-2009 loudi-2009", ["openpyxl", "rich", "sqlite_utils", "importlib.metadata", "pydantic"]),
    ],
)
def test_nothing_is_imported_that_is_not_needed(command: str, heavy: list[str]) -> None:
    script = (
        f"import sys; from kaoping.cli import run; run({command.split()!r}); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert ended.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(("seconds", "terminal", "shown"), [(1.5, True, True), (0.1, True, False), (1.5, False, False)])
def test_long_work_shows_on_a_terminal_that_it_goes_on(seconds: float, terminal: bool, shown: bool) -> None:
    work = f"with patience('at work [b]'): time.sleep({seconds})"
    lines = ("import time", "from kaoping.cli.output import patience", work)
    ours, theirs = os.openpty() if terminal else os.pipe()
    environment = {**os.environ, "TERM": "xterm"}
    ended = subprocess.run([sys.executable, "-c", "\n".join(lines)], stderr=theirs, env=environment, check=True)
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        said = os.read(ours, 100_000)
    except OSError:  # nothing was written
        said = b""
    os.close(ours)
    assert ended.returncode == 0
    assert (b"at work [b]" in said) == shown
