"""Tests of rules, tested: what examples leave open is found, named with its clause, and closed by what is generated."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from kaoping import scheme as s
from kaoping.cli import run
from kaoping.diagnostic import Severity
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.plugins import LANGUAGE, format_script, load_scheme, write_examples
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.testing.coverage import coverage
from kaoping.testing.mutants import KINDS, mutants
from mutated import GRADED, HEAD, planned, scored, survivors, with_missing

SCHEMES = Path(__file__).parents[1] / "schemes"
PAGE = Path(__file__).parents[1] / "docs" / "testing-rules.md"

# ---------------------------------------------------------------- one threshold left open


def test_a_threshold_that_no_example_touches_is_the_one_survivor() -> None:
    """Examples at 59.99 and at 90: `>= 59.99` fails the first, `> 60` nobody notices."""
    text = GRADED + (
        'example "甲"\n  given 得分 = 90\n  expect grade = 合格\nexample "乙"\n  given 得分 = 59.99\n'
        "  expect grade = 不合格\n"
    )
    assert survivors(text) == [("四", "operator", ">=", ">")]
    closed = with_missing(text)
    assert closed.removeprefix(text).split() == [
        "example", '"待确认', '1"', "given", "得分", "=", "60", "expect", "grade", "=", "合格",
    ]  # fmt: skip
    assert all(result.passed for result in run_examples(planned(closed)[1]))
    assert scored(closed).percent == 100


def test_examples_on_both_sides_leave_nothing() -> None:
    text = GRADED + (
        'example "甲"\n  given 得分 = 60\n  expect grade = 合格\nexample "乙"\n  given 得分 = 59.99\n'
        "  expect grade = 不合格\n"
    )
    assert survivors(text) == []
    assert coverage(*planned(text)).missing[0].side == "above"  # nobody has more than 60


def test_what_cannot_be_told_apart_does_not_count() -> None:
    """A cap of 50 on at most 3 × 10 points never binds."""
    text = HEAD + (
        "input 次数 : count 0..3\nbonus 10 per 次数\ncap bonus 50\ntotal 总分 = 得分 + bonus\n"
        'example "甲"\n  given 得分 = 10, 次数 = 3\n  expect total = 40\n'
    )
    found = scored(text)
    assert {each.fate for each in found.judged if each.mutant.kind == "cap"} == {"same"}
    assert found.percent == 100


def test_what_is_asked_of_those_appraised_alone_is_told_apart_by_somebody_who_is() -> None:
    """An enterprise is not appraised, and nothing stands for an option not stated: the example must state it."""
    text = (
        "scheme 试验\nperiod 2009\ninput 类别 : one of 机关, 企业\ninput 达标 : yes/no\n"
        'subject 单位 if 类别 = 机关\nrequire 达标 "没有达标"\n'
    )
    assert (None, "dropped", "", "") in survivors(text)
    closed = with_missing(text)
    assert "类别 = 机关" in closed.removeprefix(text)
    assert scored(closed).percent == 100


def test_a_mutant_that_the_check_refuses_does_not_count() -> None:
    """Without the last line 不合格 would have nobody's grade to give: the check says so, no example has to."""
    found = scored(GRADED + 'example "甲"\n  given 得分 = 60\n  expect grade = 合格\n')
    assert [each.mutant.statement.text for each in found.judged if each.fate == "refused"] == ["grade 不合格 otherwise"]


# ---------------------------------------------------------------- every kind

CASES: dict[str, tuple[str, str, str]] = {
    "threshold": (GRADED, "60", "59.99"),
    "operator": (GRADED, ">=", ">"),
    "connective": (HEAD + "input 达标, 合规 : yes/no\noutcome 奖励 if 达标 and 合规\n", "and", "or"),
    "part": (HEAD + "input 达标, 合规 : yes/no\noutcome 奖励 if 达标 and 合规\n", "合规", ""),
    "negation": (GRADED + "  input 事故 : yes/no\n  veto if 事故\n", "事故", "not"),
    "cap": (HEAD + "input 次数 : count\nbonus 10 per 次数\ncap bonus 50\n", "50", "51"),
    "points": ("scheme 试验\nperiod 2009\nsubject 单位\nitem 德 20\n", "20", "21"),
    "weight": (HEAD + "total 总分 = 60% of 得分\n", "60%", "59%"),
    "amount": (HEAD + "input 次数 : count\nbonus 10 per 次数\n", "10", "9"),
    "share": (
        GRADED.replace("合格 > 不合格", "先进 > 合格 > 不合格")
        + "  select 先进 from 合格\n    top 30% of all by 得分\n    ties excluded\n    rounded down\n",
        "30%",
        "29%",
    ),
    "number": (HEAD + "let 折算 = 得分 + 5\n", "5", "6"),
    "rounding": (HEAD + "let 折算 = round(得分 / 3, 1)\n", "round", "floor"),
    "scope": (GRADED + "  input 事故 : yes/no\n  veto if 事故\n", "veto", "bar"),
    "dropped": (HEAD + "outcome 奖励 if 得分 > 90\n", "", ""),
    "order": (
        HEAD + 'clause "四"\n  grades 良 > 中 > 差\n  grade 良 if 得分 >= 80\n  grade 中 if 得分 >= 60\n'
        "  grade 差 otherwise\n",
        "grade 良 if 得分 >= 80",
        "grade 中 if 得分 >= 60",
    ),
    "default": (HEAD + "input 测评 : score 0..10 optional\nlet 测 = 测评 default 5\n", "5", "4"),
}
CASES["ties"] = (CASES["share"][0], "excluded", "included")
MORE = {
    "a day": (HEAD + "input 日期 : date\noutcome 准时 if 日期 <= 6月10日\n", "threshold", "6月10日", "6月11日"),
    "a line between bands": (
        HEAD + "grades 良 > 差\ngrade case 得分 [80..100: 良, 0..<80: 差]\n", "threshold", "80", "79.99",
    ),
    "bands that touch": (
        HEAD.replace("0..100", "0..100 places 0") + "grades 良 > 差\ngrade case 得分 [80..100: 良, 0..79: 差]\n",
        "threshold", "80", "81",
    ),
    "a range": (HEAD + "outcome 中 if 得分 in 60..<90\n", "threshold", "90", "89.99"),
    "a percentage": (HEAD + "input 完成率 : percent\noutcome 完成 if 完成率 >= 90%\n", "threshold", "90%", "89.99%"),
    "a class that is left out": (
        HEAD + "class 类 : one of A, B\ngrades 良 > 差\ngrade 良 otherwise\nveto if 得分 < 1 for A\n", "scope", "A", "",
    ),
    "a veto that is no more": (GRADED + "  input 事故 : yes/no\n  veto if 事故\n", "scope", "", ""),
    "how a total is rounded": (HEAD + "round 1\ntotal 总分 = 50% of 得分\n", "rounding", "half up", "down"),
    "how a quota is rounded": (CASES["share"][0], "rounding", "down", "up"),
    "a line held": (HEAD + "input 次数 : count\nbonus 10 per 次数 up to 20\n", "cap", "20", ""),
    "an empty cell": (HEAD + "input 达标 : yes/no default no\noutcome 奖励 if 达标\n", "default", "no", "yes"),
}  # fmt: skip


def made(text: str) -> set[tuple[str, str, str]]:
    return {(each.kind, each.before, each.after) for each in mutants(*planned(text))}


def test_every_kind_has_a_case() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_of_change_is_made(kind: str) -> None:
    text, before, after = CASES[kind]
    assert (kind, before, after) in made(text)


@pytest.mark.parametrize("what", MORE)
def test_more_changes(what: str) -> None:
    text, kind, before, after = MORE[what]
    assert (kind, before, after) in made(text)


@pytest.mark.parametrize("text", [*(case[0] for case in CASES.values()), *(case[0] for case in MORE.values())])
def test_generated_examples_pass_and_close_what_they_can(text: str) -> None:
    closed = with_missing(text)
    assert [result.title for result in run_examples(planned(closed)[1]) if not result.passed] == []
    assert scored(closed).percent == 100


# ---------------------------------------------------------------- sides


def sides(text: str) -> set[tuple[str, str, str | None]]:
    return {(each.span.text, each.side, each.clause) for each in coverage(*planned(text)).missing}


def test_every_side_of_a_threshold_counts() -> None:
    text = GRADED + 'example "甲"\n  given 得分 = 60\n  expect grade = 合格\n'
    assert sides(text) == {("得分 >= 60", "below", "四"), ("得分 >= 60", "above", "四")}
    assert [each.hint for each in coverage(*planned(text)).missing] == ["得分 = 59.99", "得分 = 60.01"]


def test_a_side_that_no_data_can_reach_does_not_count() -> None:
    text = HEAD + 'outcome 有 if 得分 > 0\nexample "甲"\n  given 得分 = 5\n  expect 有 = yes\n'
    assert sides(text) == {("得分 > 0", "at", None)}  # below 0 is nobody


def test_caps_vetoes_and_ties() -> None:
    quota = CASES["share"][0].replace("30%", "50%") + "  input 事故 : yes/no\n  veto if 事故\n"
    text = quota + (
        'example "甲"\n  subject 甲: 得分 = 70\n  subject 乙: 得分 = 61\n  expect 甲.grade = 先进, 乙.grade = 合格\n'
    )
    assert ("事故", "yes", "四") in sides(text)
    assert {side for _, side, _ in sides(text)} >= {"tie"}
    tied = (
        text
        + 'example "乙"\n  given 得分 = 70\n  subject 甲: 事故 = yes\n  subject 乙: 事故 = no\n'
        + ("  subject 丙: 事故 = no\n  expect 甲.grade = 不合格, 乙.grade = 合格\n")
    )
    assert not {side for _, side, _ in sides(tied)} & {"tie"}
    assert ("事故", "yes", "四") not in sides(tied)


def test_a_cap_is_held_or_free() -> None:
    text = HEAD + (
        "input 次数 : count 0..9\nbonus 10 per 次数\ncap bonus 50\ntotal 总分 = 得分 + bonus\n"
        'example "甲"\n  given 次数 = 3\n  expect bonus = 30\n'
    )
    assert {side for _, side, _ in sides(text)} >= {"held"}
    assert "held" not in {side for _, side, _ in sides(text.replace("次数 = 3", "次数 = 6").replace("= 30", "= 50"))}


def test_a_stated_value_is_not_worked_out() -> None:
    text = HEAD + (
        'let 及格 = 得分 >= 60\noutcome 奖励 if 及格\nexample "甲"\n  given 及格 = yes\n  expect 奖励 = yes\n'
    )
    assert ("得分 >= 60", "at", None) in sides(text)


# ---------------------------------------------------------------- shipped schemes


def examples_of(statements: tuple[s.Statement, ...]) -> list[s.Example]:
    return [
        each
        for statement in statements
        for each in ([statement] if isinstance(statement, s.Example) else examples_of(statement.body))
    ]


@pytest.mark.parametrize("name", shipped_scripts())
def test_the_language_writes_examples_as_it_reads_them(name: str) -> None:
    text = shipped_scripts()[name].read_text("utf-8")
    examples = examples_of(load_scheme(Source(name, text), LANGUAGE)[0].statements)
    written = write_examples(examples, text, LANGUAGE) or ""
    scheme, findings = load_scheme(Source(name, written), LANGUAGE)
    assert findings == []
    assert examples_of(scheme.statements) == examples
    assert format_script(text + written, LANGUAGE) == text + written


@pytest.mark.parametrize("name", shipped_scripts())
def test_a_mutant_plans_or_is_refused_with_findings(name: str) -> None:
    """Every ninth here; all of them where `schemes/mutation/build.py` is run."""
    path = shipped_scripts()[name]
    scheme, plan = planned(path.read_text("utf-8"), path.parent)
    found = mutants(scheme, plan)
    assert len(found) > 10
    for mutant in found[sum(name.encode()) % 9 :: 9]:
        changed, findings = plan_scheme(mutant.scheme(scheme), Surroundings(path.parent))
        assert changed is not None or any(each.severity is Severity.ERROR for each in findings)


@cache
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutation_records", SCHEMES / "mutation" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_scheme_has_a_record_of_the_script_as_it_stands() -> None:
    """Where this fails: `python schemes/mutation/build.py SCHEME`."""
    stale = [
        name for name, path in shipped_scripts().items()
        if builder().recorded(name).get("script") != builder().text_hash(path)
    ]  # fmt: skip
    assert stale == []
    assert {path.stem for path in (SCHEMES / "mutation").glob("*.toml")} == set(shipped_scripts())


@pytest.mark.parametrize("name", sorted(shipped_scripts()))
def test_the_examples_of_a_scheme_notice_nine_of_ten_and_the_rest_has_reasons(name: str) -> None:
    record = builder().recorded(name)
    assert record["score"] >= 90
    assert len(record.get("survivors", ())) == record["survived"]
    assert [each for each in record.get("survivors", ()) if len(each["reason"]) < 8] == []


@pytest.mark.parametrize("name", ["quannan-2011-teams", "harbin-grids-2011", "yibin-port-2010-units"])
def test_a_record_is_what_comes_out(name: str) -> None:
    path = shipped_scripts()[name]
    recorded = builder().recorded(name)
    reasons = {builder().name_of(each): each["reason"] for each in recorded.get("survivors", ())}
    found = builder().record(path, builder().scored(path), reasons)
    assert found == (SCHEMES / "mutation" / f"{name}.toml").read_text("utf-8")


@pytest.mark.parametrize("name", ["archives-law-2015", "county-efficiency-2006-staff"])
def test_generated_examples_of_a_shipped_scheme_without_its_own_pass_and_notice_everything(name: str) -> None:
    path = shipped_scripts()[name]
    text = re.split(r"^(?:示例|example) ", path.read_text("utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    closed = with_missing(text, path.parent)
    assert [result.title for result in run_examples(planned(closed, path.parent)[1]) if not result.passed] == []
    assert scored(closed, path.parent).percent == 100
    assert coverage(*planned(closed, path.parent)).percent > coverage(*planned(text, path.parent)).percent


# ---------------------------------------------------------------- the command, and the page about it


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_page_shows_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "评估.kp").write_text(blocks("kp")[0], "utf-8")
    for command, shown in zip(blocks("sh"), blocks("text"), strict=True):
        assert run([*shlex.split(command)[1:], "--lang", "zh"]) == 0
        assert capsys.readouterr().out == shown


def test_in_english_and_for_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.kp").write_text(GRADED + 'example "甲"\n  given 得分 = 60\n  expect grade = 合格\n', "utf-8")
    assert run(["test", "a.kp", "--mutate", "--lang", "en"]) == 0
    assert "mutation score" in (told := capsys.readouterr().out)
    assert "threshold: 60 → 59.99" in told
    assert run(["test", "a.kp", "--generate", "--lang", "en"]) == 0
    assert 'example "to confirm 1: 四' in capsys.readouterr().out
    assert run(["test", "a.kp", "--coverage", "--lang", "en"]) == 0
    assert "得分 >= 60: no example lies below it" in capsys.readouterr().out
    assert run(["test", "a.kp", "--mutate", "--format", "json"]) == 0
    [record] = json.loads(capsys.readouterr().out)["scripts"]
    assert {each["clause"] for each in record["survivors"]} == {"四"}
    assert all("expect grade" in each["example"] for each in record["survivors"])
    assert run(["test", "a.kp", "--coverage", "--format", "json"]) == 0
    [record] = json.loads(capsys.readouterr().out)["scripts"]
    assert [(each["side"], each["reached_by"]) for each in record["missing"]] == [
        ("below", "得分 = 59.99"),
        ("above", "得分 = 60.01"),
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--format", "json"], "--coverage"), (["--mutate", "--generate"], "--mutate"),
     (["--generate", "--format", "json"], "--mutate")],
)  # fmt: skip
def test_options_that_do_not_go_together(
    options: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.kp").write_text(GRADED, "utf-8")
    assert run(["test", str(tmp_path / "a.kp"), *options, "--lang", "zh"]) == 2
    assert told in capsys.readouterr().err


def test_examples_pass_before_they_are_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.kp").write_text(GRADED + 'example "甲"\n  given 得分 = 60\n  expect grade = 不合格\n', "utf-8")
    assert run(["test", str(tmp_path / "a.kp"), "--mutate", "--lang", "zh"]) == 1
    assert "先让示例全部通过" in capsys.readouterr().err
