"""What a change of rules does to whom, on cases made by hand; and that files in bulk give the same to the digit."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from impact_runs import Two, check_account, of_files, runs, two
from kaoping.cli import run as main
from kaoping.diff.counterparts import HAS
from kaoping.diff.record import ABSENT, NONE, Cause, Impact, Matrix
from kaoping.surroundings import shipped_scripts

SCRIPT = """\
scheme 考
period 2009
subject 单位 if 参评
class 类 : one of 甲类, 乙类
input 参评, 事故 : yes/no
input 分 : score 0..100
input 表彰 : count 0..10
bonus 5 per 表彰
cap bonus 10
total 总分 = 分 + bonus
veto if 事故
grades 优 > 良 > 差
grade 良 if 总分 >= 60
grade 差 otherwise
select 优 from 良
  top 1 by 总分 within 类
  ties excluded
outcome 奖 if grade = 优
outcome 奖金 = 总分 * 10 if grade = 优
rank by 总分 within 类
"""
HEAD = "编号,名称,类,参评,事故,分,表彰\n"
ROWS = """\
1,一,甲类,是,否,90,0
2,二,甲类,是,否,88,1
3,三,甲类,是,是,99,0
4,四,甲类,否,否,50,0
5,五,乙类,是,否,59,0
6,六,乙类,是,否,55,1
7,七,乙类,是,否,40,4
8,八,乙类,是,是,58,3
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "subjects.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def changed(*pairs: tuple[str, str]) -> Two:
    after = SCRIPT
    for old, new in pairs:
        assert after.count(old) == 1, old
        after = after.replace(old, new)
    return two(SCRIPT, after)


def found_of(change: Two, data: Path, margin: Fraction = Fraction(1)) -> Impact:
    """The impact of a change, after an account of its own, and the same in bulk."""
    small = change.impact(of_files(data), margin)
    check_account(small, *runs(change, of_files(data)))
    assert change.impact(data, margin) == small
    return small


def matrix_of(found: Impact, kind: str, name: str = "") -> Matrix:
    return next(each for each in found.matrices if each.kind == kind and name in ("", each.name))


def who(found: Impact, how: str, kind: str = "grade") -> dict[tuple[str, str], str]:
    """Of a way in which changes bring flips about, those who flip, by what they come from and go to."""
    matrix = matrix_of(found, kind)
    return {(each.before, each.after): names(each) for each in matrix.causes if each.how == how}


def names(cause: Cause) -> str:
    return "".join(person.name for person in cause.people.first)


# ---------------------------------------------------------------- totals


def test_a_line_moved_shows_who_falls_below_it(data: Path) -> None:
    found = found_of(changed(("总分 >= 60", "总分 >= 60.5")), data)
    # 六 had 60 points and was the best of its class: the place goes nowhere, since 五 has 59 and 七 50
    grades = matrix_of(found, "grade")
    assert grades.rows == grades.columns == ("优", "良", "差", ABSENT)
    assert grades.counts == ((1, 0, 1, 0), (0, 1, 0, 0), (0, 0, 4, 0), (0, 0, 0, 1))
    assert [(each.before, each.after, each.people.first[0].name) for each in grades.flips] == [("优", "差", "六")]
    (quota,) = found.quotas
    assert (quota.before, quota.after, quota.entrants.count) == (2, 1, 0)
    assert [each.name for each in quota.leavers.first] == ["六"]
    assert matrix_of(found, "outcome").counts == ((1, 1, 0), (0, 5, 0), (0, 0, 1))


def test_who_is_vetoed_and_moved_is_counted_once(data: Path) -> None:
    found = found_of(changed(("veto if 事故", "veto if 事故 and 分 < 60"), ("cap bonus 10", "cap bonus 15")), data)
    grades = matrix_of(found, "grade")
    assert [each.people.count for each in grades.flips] == [1, 1]
    three = [(each.before, each.after) for each in grades.flips for one in each.people.first if one.name == "三"]
    assert three == [("差", "优")]
    (veto,) = found.reasons
    assert (veto.before, veto.after, [each.name for each in veto.disappears.first]) == (2, 1, ["三"])


def test_who_comes_to_be_appraised_has_a_row_of_their_own(data: Path) -> None:
    found = found_of(changed(("subject 单位 if 参评", "subject 单位 if 参评 or 类 = 甲类")), data)
    assert (found.before, found.after) == (7, 8)
    flips = matrix_of(found, "grade").flips
    assert [(each.before, each.after, each.people.first[0].name) for each in flips] == [(ABSENT, "差", "四")]
    (rank, *groups) = found.moves
    assert (rank.gained, rank.within, [each.group for each in groups]) == (1, ("类",), ["类 甲类", "类 乙类"])
    assert sum(each.gained for each in groups) == 1


def test_other_grades_stand_beside_the_old_ones(data: Path) -> None:
    found = found_of(
        changed(
            ("grades 优 > 良 > 差", "grades 优 > 良 > 中 > 差"),
            ("grade 差 otherwise", "grade 中 if 总分 >= 59\ngrade 差 if 总分 >= 55\ngrade - otherwise"),
            ("outcome 奖 if grade = 优", "outcome 奖 if (grade default 差) = 优"),
            ("总分 * 10 if grade = 优", "总分 * 10 if (grade default 差) = 优"),
        ),
        data,
    )
    grades = matrix_of(found, "grade")
    assert (grades.rows, grades.columns) == (("优", "良", "差", ABSENT), ("优", "良", "中", "差", NONE, ABSENT))
    # 五 has 59, 七 50; of the vetoed 八 and 三 would have more, and stay at the bottom
    assert {(each.before, each.after): each.people.count for each in grades.flips} == {("差", "中"): 1, ("差", NONE): 1}


def test_points_change_by_class_and_exactly(data: Path) -> None:
    found = found_of(changed(("bonus 5 per 表彰", "bonus 2.5 per 表彰")), data)
    total = {each.label: each for each in found.shifts if each.name == "总分"}
    assert list(total) == ["", "甲类", "乙类"]
    # 二 and 六 lose 2.5; 七 had 10 (of 20) and has 10 (of 10); 八 had 10 (of 15) and has 7.5
    assert total[""].mean == Fraction(-75, 70)
    assert total["甲类"].mean == Fraction(-25, 30)
    assert (total["乙类"].median, total["乙类"].down) == (Fraction(-125, 100), 2)


# ---------------------------------------------------------------- near a line


def test_who_stands_near_a_line_is_named(data: Path) -> None:
    found = found_of(changed(("top 1", "top 2")), data, Fraction(3))
    edges = {
        each.kind: [(near.name, Fraction(near.distance, 10**each.places), near.inside) for near in each.nearest]
        for each in found.edges
    }
    # 八 has 68 but is vetoed; of the vetoed nobody is near
    assert edges["grade"] == [("六", Fraction(0), True), ("五", Fraction(-1), False)]
    assert edges["quota"] == []  # both places of 甲类 are taken, nobody is left out
    closer = found_of(changed(("cap bonus 10", "cap bonus 5")), data, Fraction(3))
    quota = next(each for each in closer.edges if each.kind == "quota")
    assert [(each.name, each.inside) for each in quota.nearest] == [("一", False), ("二", True)]


# ---------------------------------------------------------------- which change does it


def test_a_flip_that_only_two_changes_bring_together(data: Path) -> None:
    # 五 has 59: half a point more, and a line half a point lower
    found = found_of(
        changed(("total 总分 = 分 + bonus", "total 总分 = 分 + bonus + 0.5"), ("总分 >= 60", "总分 >= 59.5")), data
    )
    (cause,) = matrix_of(found, "grade").causes
    assert (cause.how, cause.enough, cause.needed, names(cause)) == ("together", (), (0, 1), "五")
    assert [(each.first, each.last, each.alone) for each in matrix_of(found, "grade").effects] == [(0, 1, 0), (0, 1, 0)]


def test_a_flip_that_either_of_two_changes_brings(data: Path) -> None:
    found = found_of(
        changed(("total 总分 = 分 + bonus", "total 总分 = 分 + bonus + 1"), ("总分 >= 60", "总分 >= 59")), data
    )
    (cause,) = matrix_of(found, "grade").causes
    assert (cause.how, cause.enough, cause.needed, names(cause)) == ("each", (0, 1), (), "五")
    # first, each moves it; last, neither is missed: the order effect
    assert [(each.first, each.last, each.alone) for each in matrix_of(found, "grade").effects] == [(1, 0, 0), (1, 0, 0)]


def test_changes_that_undo_each_other_are_told(data: Path) -> None:
    found = found_of(
        changed(
            ("总分 >= 60", "总分 >= 61"),
            ("total 总分 = 分 + bonus", "total 总分 = 分 + bonus + 1"),
            ("top 1 by 总分 within 类", "top 2 by 总分 within 类"),
        ),
        data,
    )
    grades = matrix_of(found, "grade")
    # a point more, and a line a point higher: 六 at 60 and 五 at 59 would each be moved by one of them
    total, line, _ = (change[0] for change in found.attribution.parts)
    assert {(each.enough, each.needed, each.before, names(each)) for each in grades.offset} == {
        ((line,), (total,), "优", "六"),
        ((total,), (line,), "差", "五"),
    }
    assert {(each.how, names(each)) for each in grades.causes} == {("alone", "一")}


def test_changes_that_need_one_another_are_tried_together(tmp_path: Path) -> None:
    after = SCRIPT.replace("input 表彰", "input 贡献 : score 0..10\ninput 表彰").replace(
        "+ bonus\n", "+ bonus + 贡献\n"
    )
    change = two(SCRIPT, after.replace("cap bonus 10", "cap bonus 5"))
    path = tmp_path / "subjects.csv"
    path.write_text(HEAD.strip() + ",贡献\n" + "".join(f"{row},{at}\n" for at, row in enumerate(ROWS.split())), "utf-8")
    found = found_of(change, path)
    # the input that the new total reads does nothing of itself; the total is tried with it
    new = {type(each.after).__name__: each.number for each in change.changes}
    assert found.attribution.idle == (new["Input"],)
    assert found.attribution.parts == tuple(sorted([(new["Cap"],), (new["Total"],)]))
    assert sorted(found.attribution.needs) == [(), (new["Input"],)]


@pytest.mark.parametrize("given", ["text", "text optional", "date optional"])
def test_an_outcome_of_the_data_is_there_or_not(tmp_path: Path, given: str) -> None:
    before = f"scheme 考\nperiod 2009\ninput 注 : {given}\nitem 分 10\ntotal 总 = 分\noutcome 记 = 注\n"
    path, cell = tmp_path / "subjects.csv", "2009-03-01" if "date" in given else "好"
    path.write_text(f"编号,注,分\n1,{cell},10\n2,{cell if given == 'text' else ''},3\n", "utf-8")
    after = before.replace("outcome 记 = 注", "outcome 记 = 注 if 分 > 5").replace("item 分 10", "item 分 10 up to 9")
    flips = matrix_of(found_of(two(before, after), path), "outcome", "记").flips
    assert [(each.before, each.after, each.people.count) for each in flips] == [(HAS, NONE, 1)] * (given == "text")


def test_what_no_result_can_show_is_not_tried(data: Path) -> None:
    found = found_of(changed(("scheme 考\n", 'scheme 考\ntitle "新"\n'), ("top 1", "top 2")), data)
    assert (len(found.attribution.idle), len(found.attribution.parts)) == (1, 1)
    assert found.attribution.evaluations == 0  # of one part both ends are known


# ---------------------------------------------------------------- the command

NEW = SCRIPT.replace("cap bonus 10", "cap bonus 5").replace("总分 >= 60", "总分 >= 58")


@pytest.fixture
def scripts(tmp_path: Path) -> tuple[str, str]:
    for name, text in (("old.kp", SCRIPT), ("new.kp", NEW)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / "old.kp"), str(tmp_path / "new.kp")


def test_the_command_says_it_in_both_languages(
    scripts: tuple[str, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, told in (("zh", "差 → 良 (1)"), ("en", "差 → 良 (1)")):
        assert main(["diff", *scripts, "--data", str(data), "--lang", language]) == 1
        said = capsys.readouterr().out
        assert told in said
        assert "impact." not in said  # no phrase is missing
        assert "report." not in said


def test_json_has_all_and_nothing_in_our_words(
    scripts: tuple[str, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = []
    for language in ("zh", "en"):
        assert main(["diff", *scripts, "--data", str(data), "--format", "json", "--lang", language]) == 1
        documents.append(json.loads(capsys.readouterr().out)["impact"])
    assert json.dumps(documents[0]).count("\\t") == 0
    assert documents[0]["matrices"] == documents[1]["matrices"]
    assert sum(map(sum, documents[0]["matrices"][0]["counts"])) == 8


def test_the_table_has_a_row_for_everybody_concerned(
    scripts: tuple[str, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = data.parent / "who.csv"
    assert main(["diff", *scripts, "--data", str(data), "-o", str(table)]) == 1
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    change = two(SCRIPT, NEW)
    ids, old, new = runs(change, of_files(data))
    without_findings = [{key: value for key, value in each.items() if key != "findings"} for each in (old, new)]
    moved = [id_ for id_ in ids if without_findings[0].get(id_) != without_findings[1].get(id_)]
    assert [row["id"] for row in rows] == moved
    for row in rows:
        assert (row["grade before"], row["grade after"]) == (old[row["id"]]["grade"], new[row["id"]]["grade"])
        assert Fraction(row["总分 change"]) == Fraction(new[row["id"]]["总分"]) - Fraction(old[row["id"]]["总分"])
    assert str(table) in capsys.readouterr().err


def test_data_that_lack_what_the_new_scheme_asks_for(
    scripts: tuple[str, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(scripts[1]).write_text(
        SCRIPT.replace("total 总分 = 分", "input 贡献 : score 0..9\ntotal 总分 = 分 + 贡献"), "utf-8"
    )
    assert main(["diff", *scripts, "--data", str(data), "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert "贡献" in said.err
    assert "the new one" in said.err
    assert "What it does" not in said.out


def test_a_margin_that_makes_no_sense_is_told(
    scripts: tuple[str, str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--data", str(data), "--margin", "-1"], ["--data", str(data), "--margin", "x"], ["--margin", "1"]):
        assert main(["diff", *scripts, *words]) == 2
        assert "--margin" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["loudi-2009", "city-land-2014", "seismic-bureau-2013-staff", "shenzhen-petitions-2003"]
)
def test_shipped_schemes_in_bulk_as_in_small(name: str) -> None:
    path = shipped_scripts()[name]
    text = path.read_text("utf-8")
    data = path.parent / "data"
    after = text.replace(">= 6", ">= 7").replace(">= 9", ">= 8")
    change = two(text, after)
    if not (data / "history.csv").exists():
        small = change.impact(of_files(data))
        check_account(small, *runs(change, of_files(data)))
        assert change.impact(data) == small
