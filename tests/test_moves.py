"""Whether a change of rules can move anybody: what `kaoping diff` says without data, against every subject there is."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from generated_questions import everybody, script, version
from kaoping import typed as t
from kaoping.cli import run
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.prove import alike, merged, prove, search, versions
from kaoping.prove.question import Version
from kaoping.prove.versions import Moves, moves

SEEDS = range(12)
Truth = dict[str, bool]
"""For each way whether nobody moves it."""


def asked(new: str, old: str, seconds: float = 2) -> Moves:
    return moves(version(new), version(old), seconds, lambda of, way: f"{of} {way}")


def truth(new: str, old: str) -> Truth:
    """From a run of each script alone, subject by subject."""
    pairs = [(after["grade"], before["grade"]) for after, before in zip(everybody(new), everybody(old), strict=True)]
    return {
        "lower": all(int(after or 0) >= int(before or 0) for after, before in pairs),
        "higher": all(int(after or 0) <= int(before or 0) for after, before in pairs),
    }


def wrong_of(found: Moves, true: Truth) -> list[str]:
    """The ways of which the answer is not the truth."""
    verdicts = {True: "proved", False: "refuted"}
    return [each.way for each in found.moves if each.answer.verdict != verdicts[true[each.way]]]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_way_is_answered_with_the_truth(seed: int) -> None:
    new, old = script(seed, 1), script(seed)
    found = asked(new, old)
    assert [each.way for each in found.moves] == ["lower", "higher"]
    assert wrong_of(found, truth(new, old)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scheme_moves_nobody_to_itself(seed: int) -> None:
    found = asked(script(seed), script(seed))
    assert {(each.answer.verdict, each.answer.by) for each in found.moves} <= {
        ("proved", "alike"),
        ("proved", "ranges"),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_who_moves_moves_that_way_in_the_script(seed: int) -> None:
    """The example passes in the new script, and the old one gives its subject the other grade."""
    new, old = script(seed, 1), script(seed)
    for each in asked(new, old).moves:
        if each.shown is None:
            continue
        grades = dict(each.shown.values)
        for text, grade in ((new, grades["grade"]), (old, grades["旧.grade"])):
            expected = each.shown.example.replace(f"expect grade = {grades['grade']}", f"expect grade = {grade}")
            plan = plan_scheme(*version(text + "\n" + expected))[0]
            assert plan is not None
            assert [result.passed for result in run_examples(plan)] == [True], (seed, each.way)


@pytest.mark.parametrize("fault", ["alike", "merged", "exhaustive", "turned"])
def test_a_fault_in_the_prover_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match fault:
        case "alike":  # any comparison is taken for one of a value with itself
            monkeypatch.setattr(prove, "evident", lambda plan, key: True)
        case "merged":  # what the old version reads by name it reads in the new one
            right = merged._moved
            monkeypatch.setattr(merged, "_moved", lambda value, renamed, loaded: right(value, {}, loaded))
        case "exhaustive":  # half of the values are never tried
            every = search._all_of
            monkeypatch.setattr(search, "_all_of", lambda type_: every(type_)[::2])
        case "turned":
            monkeypatch.setattr(versions, "KEPT", {"lower": "<=", "higher": ">="})
    for seed in SEEDS:
        new, old = script(seed, 1), script(seed)
        if wrong_of(asked(new, old), truth(new, old)):
            return
    pytest.fail("nobody noticed")


def test_the_same_value_is_needed_on_both_sides() -> None:
    plan = plan_scheme(*version(script(0)))[0]
    assert plan is not None
    for key, column in plan.columns.items():
        if isinstance(column.value, t.Compare) and column.value.left != column.value.right:
            assert not alike.evident(plan, key)


# ------------------------------------------------------------ what is compared

OLD = """\
scheme 考核
period 2009
subject 单位
input 上访 : count 0..20
input 事故 : yes/no
item 工作 60
item 满意 40
penalty 1 per 上访
total 总分 = items - penalty
grades 优 > 中 > 差
grade 优 if 总分 >= 90
grade 中 if 总分 >= 60
grade 差 otherwise
veto if 事故
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "旧.kp").write_text(OLD, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str], *changes: tuple[str, str], lang: str = "zh") -> str:
    """What the command says below the differences."""
    text = OLD
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "新.kp").write_text(text, "utf-8")
    assert run(["diff", "旧.kp", "新.kp", "--lang", lang]) == 1
    return capsys.readouterr().out.split("\n\n")[-1]


def test_a_line_that_falls_lifts_some_and_lowers_nobody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("z3", reason="z3-solver is not installed, so that nothing is proved: make test installs it")
    text = said(folder, capsys, ("总分 >= 90", "总分 >= 85"))
    assert "等次降低:没有(由 z3 证明" in text
    assert "等次提高:有,例如 " in text
    assert ":中 → 优" in text


def test_a_datum_of_another_name_is_the_same_datum(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(folder, capsys, ("上访", "走访"), ("2009", "2010"))
    assert text.count("没有(相比的两边由同样的规则得出)") == 2


def test_points_that_changed_are_compared_where_both_allow_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(folder, capsys, ("工作 60", "工作 58"), ("满意 40", "满意 42"), (">= 60", ">= 70"))
    assert "等次降低:有" in text
    assert "只对照两版都允许的取值:工作 0..58、满意 0..40" in text


def test_points_by_class_are_compared_where_both_allow_them() -> None:
    text = """\
scheme 考核
period 2009
subject 单位
class 类别 : one of 甲, 乙
item 工作 [甲: 3, 乙: 2]
total 总分 = items
grades 中 > 差
grade 中 if 总分 >= 2
grade 差 otherwise
"""
    new = text.replace("甲: 3, 乙: 2", "甲: 2, 乙: 3").replace(">= 2", ">= 1.9")
    found = asked(new, text)
    lower, higher = found.moves
    assert higher.shown is not None
    mark = Fraction(dict(higher.shown.cells)["工作"])
    assert Fraction("1.9") <= mark < 2, "both classes may have up to 2 in both versions"
    assert lower.answer.verdict == "proved"
    assert lower.answer.narrowed == (("工作", ""),)


def test_who_is_appraised_in_one_version_only_is_left_out_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "只比较两版都考评的对象"
    assert line in said(folder, capsys, ("subject 单位", "subject 单位 if 上访 < 10"))
    (folder / "旧.kp").write_text(OLD.replace("subject 单位", "subject 单位 if 上访 < 10"), "utf-8")
    assert line in said(folder, capsys, ("2009", "2009"), (">= 90", ">= 91"))
    assert line in said(folder, capsys, ("subject 单位", "subject 单位 if 上访 < 9"))
    assert line not in said(folder, capsys, ("subject 单位", "subject 单位 if 上访 < 10"), (">= 90", ">= 91"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("grades 优 >", "grades 优秀 >"), ("grade 优 ", "grade 优秀 "), ("中 > 差", "中 > 下 > 差")], "不能比较"),
        ([("0..20", "0..20 default 0")], "缺省值"),
        ([("veto if 事故", "veto if 没有这一项")], "有一份方案有错误"),
        ([("上访 : count 0..20", "上访 : yes/no"), ("1 per 上访", "1 if 上访")], "同一种类型"),
    ],
)
def test_what_cannot_be_compared_is_told(
    changes: list[tuple[str, str]], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in said(folder, capsys, *changes)


def test_of_a_quota_it_is_said_how_many_were_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quota = "veto if 事故\nlimit 优 else 中\n  top 30% of all by 总分\n  rounded down\n  ties excluded\n"
    (folder / "旧.kp").write_text(OLD.replace("veto if 事故\n", quota), "utf-8")
    (folder / "新.kp").write_text(OLD.replace("veto if 事故\n", quota.replace("30%", "50%")), "utf-8")
    assert run(["diff", "旧.kp", "新.kp", "--lang", "zh", "--seconds", "5"]) == 1
    text = capsys.readouterr().out
    assert "等次提高:有,例如 2 个对象一起考评" in text, "half of two is one, 30% of two is nobody"
    assert "一起考评的不超过 10 个" in text
    assert "等次降低:没有得出结论" in text


# ------------------------------------------------------------ for a page and for programs


def test_the_page_and_the_json_say_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "新.kp").write_text(OLD.replace("总分 >= 60", "总分 >= 61"), "utf-8")
    assert run(["diff", "旧.kp", "新.kp", "--format", "json", "--lang", "zh"]) == 1
    found = json.loads(capsys.readouterr().out)["moves"]
    assert (found["of"], found["reason"]) == ("grade", None)
    lower = found["ways"][0]
    assert (lower["way"], lower["verdict"], lower["values"]) == ("lower", "refuted", {"grade": "差", "旧.grade": "中"})
    run(["diff", "旧.kp", "新.kp", "-o", "差别.html", "--lang", "zh"])
    page = (folder / "差别.html").read_text("utf-8")
    for name, value in lower["cells"].items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "<dt>等次</dt><dd>中 → 差</dd>" in page


def test_english(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(folder, capsys, ("总分 >= 60", "总分 >= 61"), lang="en")
    assert "a grade can fall: yes, for example with " in text


def test_nothing_is_asked_where_nothing_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "旧.kp", "旧.kp", "--format", "json"]) == 0
    assert "moves" not in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("seconds", ["0", "nan", "多"])
def test_seconds_that_make_no_sense_are_told(seconds: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "旧.kp", "旧.kp", "--seconds", seconds]) == 2
    assert f"--seconds {seconds}" in capsys.readouterr().err


def test_the_library_takes_versions() -> None:
    same = version(OLD)
    assert isinstance(same, Version)
    assert moves(same, same, 1, lambda of, way: "").of == "grade"
