"""Nothing about a single person gets in: scripts, exports and files are refused, statistics of units are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaoping.cli import run
from kaoping.diagnostic import Finding
from kaoping_jisheng.ledger import read
from kaoping_jisheng.personal import about_a_person, has_identity_number, table_of_people

HEAD = "方案 甲\n考核期 2009\n引用 计划生育\n指标 工作 100\n"
IDENTITY = "999999199003070012"  # no region has this number; the check digit is right


def found(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str = "zh") -> str:
    """What the check of a script says, with its exit code in front."""
    file = tmp_path / "a.kp"
    file.write_text(HEAD + text, "utf-8")
    code = run(["check", str(file), "--lang", language])
    return f"{code} {capsys.readouterr().out}"


@pytest.mark.parametrize(
    "script",
    [
        "数据 姓名 : 文本 可缺\n减分 1 若 有 姓名\n",
        "数据 育妇姓名 : 文本 可缺\n减分 1 若 有 育妇姓名\n",
        "数据 身份证号码 : 次数 0..999999999999\n减分 1 若 身份证号码 > 0\n",
        "数据 出生日期 : 日期 可缺\n减分 1 若 有 出生日期\n",
        "台账 违法生育\n  当事人姓名 : 文本\n减分 1 每 违法生育\n",
        "台账 违法生育\n  生育日期 : 日期\n减分 1 每 违法生育\n",
        "台账 情况\n  birth_date : 日期\n减分 1 每 情况\n",
        "台账 情况\n  ID_number : 文本\n减分 1 每 情况\n",
        "台账 情况\n  孩次 : 次数 1..20\n  性别 : 选项 男, 女\n减分 1 每 情况 其中 孩次 > 2\n",
        "台账 育龄妇女\n  已服务 : 是否\n减分 1 每 育龄妇女 其中 非 已服务\n",
        "台账 新生儿\n  上报 : 是否\n减分 1 每 新生儿 其中 非 上报\n",
        "台账 情况\n  姓名 : 文本\n",  # declared and read by nobody: it would be asked for all the same
        "对象 育龄妇女\n",
    ],
)
def test_scripts_about_persons_are_refused(script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = found(script, tmp_path, capsys)
    assert said.startswith("1 ")
    assert "JS0" in said
    data = tmp_path / "d.csv"
    data.write_text("编号,名称\n1,东\n", "utf-8")
    assert run(["run", str(tmp_path / "a.kp"), str(data), "--lang", "zh"]) == 1  # and nothing is scored


@pytest.mark.parametrize(
    "script",
    [
        "数据 孕情检查率 : 百分比\n减分 1 若 孕情检查率 < 90%\n",
        "数据 持证人数 : 次数 人\n减分 1 若 持证人数 < 90\n",
        "数据 节育服务站达标 : 是否\n减分 1 若 非 节育服务站达标\n",
        "数据 独生子女领证率 : 百分比\n减分 1 若 独生子女领证率 < 90%\n",
        "台账 出生人数统计\n  性别 : 选项 男, 女\n  人数 : 次数 人\n减分 1 每 出生人数统计 其中 人数 < 3\n",
        "台账 流动人口统计报表\n  已服务人数 : 次数 人\n减分 1 每 流动人口统计报表 其中 已服务人数 < 3\n",
        '台账 样本点核查\n  村 : 文本\n  误差率 : 百分比\n减分 1 每 样本点核查 其中 误差率 > 1% 且 村 != "甲"\n',
        "对象 乡镇\n",
    ],
)
def test_statistics_of_units_are_welcome(script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = found(script, tmp_path, capsys)
    assert said.startswith("0 ")
    assert "JS" not in said


def test_free_text_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = found('台账 督办\n  情况 : 文本\n减分 1 每 督办 其中 情况 != ""\n', tmp_path, capsys)
    assert said.startswith("0 ")
    assert "JS03" in said


def test_findings_are_worded_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "数据 姓名 : 文本 可缺\n减分 1 若 有 姓名\n"
    assert "只用单位的统计数" in found(script, tmp_path, capsys)
    assert "never on records of individuals" in found(script, tmp_path, capsys, "en")


def test_after_the_law_was_amended_the_scheme_is_warned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.kp"
    for year, warned in (("2020", False), ("2021", True), ("2025", True)):
        file.write_text(HEAD.replace("2009", year), "utf-8")
        assert run(["check", str(file), "--lang", "zh"]) == 0
        assert ("JS10" in capsys.readouterr().out) is warned


def test_a_ratio_is_not_judged_without_asking_whether_it_is_chance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = "减分 5 若 (计划生育.出生人口性别比 缺省 0) > 120\n"
    assert "JS11" in found(bare, tmp_path, capsys)
    assert "JS11" not in found(bare.replace("若", "若 计划生育.性别比显著偏高 且"), tmp_path, capsys)
    own = "数据 男, 女 : 次数 人\n" + bare.replace("若", "若 性别比偏高(男, 女) 且")
    assert "JS11" not in found(own, tmp_path, capsys)


# ---------------------------------------------------------------- exports


def refused(rows: list[list[str]]) -> list[str]:
    answer = read(rows)
    assert answer is not None
    findings = [each for each in answer if isinstance(each, Finding)]
    assert len(findings) == len(answer), "nothing of the sheet is handed on"
    return [each.code for each in findings]


def test_a_sheet_with_persons_is_refused_whole() -> None:
    names = [["乡镇", "报表期", "出生人数", "姓名"], ["东", "2009年", "1", "某某"]]
    assert refused(names) == ["JS20"]
    numbers = [["乡镇", "报表期", "出生人数", "备注"], ["东", "2009年", "1", f"见{IDENTITY}"]]
    assert refused(numbers) == ["JS21"]


def test_the_refusal_does_not_repeat_what_it_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.kp").write_text(HEAD, "utf-8")
    (tmp_path / "d.csv").write_text("编号,名称\n1,东\n", "utf-8")
    (tmp_path / "报表.csv").write_text(f"乡镇,报表期,出生人数,姓名,证号\n东,2009年,1,某某某,{IDENTITY}\n", "utf-8")
    arguments = ["run", str(tmp_path / "a.kp"), str(tmp_path / "d.csv"), "--ledger", str(tmp_path / "报表.csv")]
    assert run([*arguments, "--lang", "zh"]) == 1
    said = capsys.readouterr()
    assert "JS20" in said.err
    assert "JS21" in said.err
    assert "某某某" not in said.err + said.out
    assert IDENTITY not in said.err + said.out


def test_the_command_screens_a_file_before_it_is_passed_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = Path(__file__).parent.parent / "sample" / "报表.xlsx"
    assert run(["计划生育", "筛查", str(sample), "--lang", "zh"]) == 0
    assert "没有发现个人信息" in capsys.readouterr().out
    bad = tmp_path / "b.csv"
    bad.write_text("乡镇,育妇姓名\n东,某某\n", "utf-8")
    assert run(["计划生育", "筛查", str(bad), "--lang", "zh"]) == 1
    assert "JS20" in capsys.readouterr().err


# ---------------------------------------------------------------- words and numbers


@pytest.mark.parametrize(
    ("name", "is_number", "about"),
    [
        ("姓名", False, "who"), ("女方姓名", False, "who"), ("身份证号", True, "who"), ("full_name", False, "who"),
        ("name", False, "who"), ("证号", False, "who"),
        ("出生年月", True, "born"), ("date_of_birth", False, "born"), ("末次月经", False, "born"),
        ("婚姻状况", False, "condition"),
        ("出生人数", True, ""), ("符合政策出生人数", True, ""), ("独生子女领证率", True, ""), ("出生漏报率", True, ""),
        ("核查日", False, ""), ("截止日", False, ""), ("filename", False, ""),
    ],
)  # fmt: skip
def test_what_a_heading_tells(name: str, is_number: bool, about: str) -> None:
    assert about_a_person(name, is_number=is_number) == about


def test_tables_of_people_and_of_numbers() -> None:
    assert table_of_people("育龄妇女")
    assert table_of_people("newborns")
    assert not table_of_people("育龄妇女统计")
    assert not table_of_people("乡镇")


def test_identity_numbers_are_told_by_their_check_digit() -> None:
    assert has_identity_number(f"号码:{IDENTITY}。")
    assert has_identity_number(IDENTITY.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert not has_identity_number(IDENTITY[:-1] + ("1" if IDENTITY[-1] != "1" else "2"))
    assert has_identity_number("999999900307001")  # of the old form
    assert has_identity_number("9.99999E+17")  # what a spreadsheet makes of a number that long
    assert not has_identity_number("999999901307001")  # no such month
    assert not has_identity_number("2009年1月至6月出生412人")
