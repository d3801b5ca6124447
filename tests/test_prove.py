"""`prove`: what is called proved is true of every subject, what is called refuted is shown on one."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from generated_questions import (
    Row,
    comparisons,
    everybody,
    question_of,
    questions,
    questions_of_many,
    quota_rounded,
    script,
    script_of_many,
    somebody,
    version,
)
from kaoping import typed as t
from kaoping.check.reach import Reaches
from kaoping.cli import run
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.plugins import LANGUAGE, load_expression, load_scheme
from kaoping.prove import encode, prove, search
from kaoping.prove.question import Version, question
from kaoping.prove.shown import counterexample
from kaoping.prove.shrink import _without
from kaoping.prove.subjects import Slot, Subject
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts

SEEDS = int(os.environ.get("KAOPING_PROVE_SEEDS", "36"))
"""Schemes; each is asked ten questions, and each question two ways: by all values, and by z3."""


def z3_is_there() -> None:
    pytest.importorskip(
        "z3", reason="z3-solver is not installed, so that no proof by z3 is tested: make test installs it"
    )


@cache
def results(text: str) -> list[Row]:
    return everybody(text)


def cases(seed: int) -> Iterator[tuple[str, str, str | None, bool]]:
    """Scripts, questions and the truth about them."""
    new, old = script(seed), script(seed, 1)
    for asked in questions(seed):
        yield new, asked.text, None, all(asked.holds(row, row) for row in results(new))
    for asked in comparisons():
        pairs = zip(results(new), results(old), strict=True)
        yield new, asked.text, old, all(asked.holds(*pair) for pair in pairs)


def by_formulas(new: str, asked: str, old: str | None) -> prove.Answer:
    """The answer of z3 alone, nothing having been tried before."""
    return prove._by_z3(question_of(new, asked, old), 30, 0)


# ---------------------------------------------------------------- the truth


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_answer_is_the_truth(seed: int) -> None:
    for new, asked, old, truth in cases(seed):
        answer = prove.prove(question_of(new, asked, old))
        assert answer.verdict == ("proved" if truth else "refuted"), (seed, asked, answer)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_formulas_alone_say_the_same(seed: int) -> None:
    z3_is_there()
    for new, asked, old, truth in cases(seed):
        answer = by_formulas(new, asked, old)
        assert answer.verdict == ("proved" if truth else "refuted"), (seed, asked, answer)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_search_without_z3_claims_nothing_it_has_not_seen(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_WHOLE", 0)
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    found = 0
    for new, asked, old, truth in cases(seed):
        answer = prove.prove(question_of(new, asked, old), 2, 3000)
        assert answer.verdict in ("proved" if truth else "refuted", "undecided"), (seed, asked)
        assert answer.verdict != "proved" or answer.by in ("ranges", "alike")
        found += answer.verdict == "refuted"
    wrong = sum(not truth for *_, truth in cases(seed))
    assert found >= wrong - 1, "lines, boundary values and chance find nearly everything in schemes as small as these"


@pytest.mark.parametrize("seed", range(SEEDS // 3))
def test_with_rows_and_other_subjects_nothing_false_is_proved(seed: int) -> None:
    """Here not everything can be tried: what is proved is looked for in vain among populations drawn by chance."""
    z3_is_there()
    text, draw = quota_rounded(script_of_many(seed), seed), random.Random(seed)
    drawn = [row for _ in range(60) for row in somebody(text, draw)]
    for asked in questions_of_many(seed):
        answer = prove.prove(question_of(text, asked.text), 5, 4000)
        holds = all(asked.holds(row, row) for row in drawn)
        assert answer.verdict != "proved" or holds, (seed, asked.text)
        assert answer.verdict != "refuted" or answer.subjects


@pytest.mark.parametrize("fault", ["rounding", "comparison", "extremes", "missing", "order"])
def test_a_fault_in_the_formulas_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    z3_is_there()
    right = encode.compared
    match fault:
        case "rounding":
            monkeypatch.setattr(encode, "rounded", lambda top, bottom, _: top / bottom)
        case "comparison":
            monkeypatch.setattr(encode, "compared", lambda o, a, b: right(">" if o == ">=" else o, a, b))
        case "extremes":
            monkeypatch.setattr(encode, "_extreme", lambda values, *, least: values[0])
        case "missing":
            made = encode.Encoder._variable
            monkeypatch.setattr(encode.Encoder, "_variable", lambda self, type_, name: made(self, type_.present, name))
        case "order":  # the last arm goes first: a grade before a veto
            monkeypatch.setattr(encode, "reversed", iter, raising=False)
    for seed in range(SEEDS):
        for new, asked, old, truth in cases(seed):
            if by_formulas(new, asked, old).verdict != ("proved" if truth else "refuted"):
                return
    pytest.fail("nobody noticed")


COUNTED = """scheme e
period 2026
records accidents
  day : date
  on day
input v : yes/no
item w 100 = 100
  deduct 20 per accidents
veto if v
grades A > B > C
grade A if total >= 90
grade B if total >= 60
grade C otherwise
"""
"""Records of which only the number counts: no field of them is read."""


@pytest.mark.parametrize("with_z3", [True, False])
@pytest.mark.parametrize("asked", ["count(accidents) <= 1", "vetoed or grade = A", "total >= 20", "not has accidents"])
def test_records_that_are_only_counted_are_there(asked: str, monkeypatch: pytest.MonkeyPatch, *, with_z3: bool) -> None:
    if with_z3:
        z3_is_there()
    else:
        monkeypatch.setattr(prove, "find_spec", lambda _: None)
    assert prove.prove(question_of(COUNTED, asked)).verdict == "refuted"


NEGATIVE = """scheme 甲
period 2026
records 记录
  增减 : number {}..5 places 0
item 工作 100
let 净 = sum(增减 over 记录)
outcome 净值 = 净
"""


@pytest.mark.parametrize(("low", "verdict"), [(-1, "refuted"), (0, "proved")])
def test_a_sum_can_be_less_than_nothing_where_a_row_can(low: int, verdict: str) -> None:
    assert prove.prove(question_of(NEGATIVE.format(low), "净 >= 0")).verdict == verdict
    plan, _ = plan_scheme(load_scheme(Source("a.kp", NEGATIVE.format(low)), LANGUAGE)[0], Surroundings())
    assert plan is not None
    reached = Reaches(dict(plan.columns)).prepared().column_reach(t.Key(t.EACH, "净"))
    assert (reached.low >= 0) is (low >= 0)


def test_a_row_left_out_of_a_counterexample_takes_none_of_the_others_along() -> None:
    """The second of three rows: the first stays where it is, the third takes its place."""
    table, other = t.Key(t.Frame("记录"), "增减"), t.Key(t.Frame("表彰"), "级别")
    cells = {Slot(table, 0): 1, Slot(table, 1): 2, Slot(table, 2): 3, Slot(other, 2): 9, Slot(t.Key(t.EACH, "甲")): 7}
    left = _without(Subject(cells, {"记录": 3, "表彰": 3}), "记录", 1)
    assert left.cells == {
        Slot(table, 0): 1, Slot(table, 1): 3, Slot(other, 2): 9, Slot(t.Key(t.EACH, "甲")): 7,
    }  # fmt: skip
    assert left.rows == {"记录": 2, "表彰": 3}


def test_records_without_fields_are_there() -> None:
    text = "scheme e\nperiod 2026\nrecords accidents\nitem w 100 = 100\npenalty 1 per accidents\n"
    assert prove.prove(question_of(text, "count(accidents) = 0")).verdict == "refuted"
    assert prove.prove(question_of(text, "penalty <= 3")).verdict == "refuted"


def test_versions_that_count_records_differently_differ() -> None:
    harsher = COUNTED.replace("deduct 20", "deduct 50")
    assert prove.prove(question_of(harsher, "", COUNTED)).verdict == "refuted"


# ---------------------------------------------------------------- shipped schemes


@pytest.mark.parametrize("name", shipped_scripts())
def test_there_may_be_any_number_of_records(name: str) -> None:
    made = shipped(name)
    plan, _ = plan_scheme(made.scheme, made.surroundings)
    assert plan is not None
    tables = [each.name for each in plan.inputs if each.name and each.scheme is None and each.name != "params"]
    for table in [each for each in tables if "." not in each][:2]:
        expression, _ = load_expression(Source("-e", f"count({table}) < 2"), LANGUAGE)
        asked, found = question(made, expression)
        if asked is not None:  # some tables are one of the scheme's own, and cannot be counted
            assert prove.prove(asked, 2, 2000).verdict != "proved", (table, found)


@pytest.mark.parametrize(
    ("name", "asked", "verdict"),
    [
        ("loudi-2009", "not (vetoed and grade = 合格)", "proved"),
        ("loudi-2009", "not (vetoed and grade = 先进)", "proved"),
        ("loudi-2009", "not (vetoed and grade > 不合格)", "proved"),
        ("loudi-2009", "bonus <= 50", "proved"),
        ("loudi-2009", "bonus <= 49", "refuted"),
        ("loudi-2009", "penalty <= 50 and penalty >= 0", "proved"),
        ("loudi-2009", "综合得分 <= 1050", "proved"),
        ("loudi-2009", "综合得分 < 1050", "refuted"),
        ("loudi-2009", "综合得分 >= 0", "refuted"),
        ("loudi-2009", "grade = 不合格 or 综合得分 >= 600", "proved"),
        ("loudi-2009", "grade != 先进 or 公众满意度 >= 60%", "proved"),
        ("loudi-2009", "grade != 先进 or 综合得分 >= 700", "refuted"),
        ("loudi-2009", "grade != 先进", "refuted"),
    ],
)
def test_shipped_schemes(name: str, asked: str, verdict: str) -> None:
    z3_is_there()
    path = shipped_scripts()[name]
    answer = prove.prove(question_of(path.read_text("utf-8"), asked), 30)
    assert answer.verdict == verdict, answer


@pytest.mark.parametrize("name", shipped_scripts())
def test_every_shipped_scheme_says_the_same_as_itself(name: str) -> None:
    itself = shipped(name)
    asked, findings = question(itself, None, itself)
    assert asked is not None, findings
    answer = prove.prove(asked, 5, 0)
    assert (answer.verdict, answer.by) == ("proved", "alike")


def shipped(name: str) -> Version:
    path = shipped_scripts()[name]
    scheme, _ = load_scheme(Source(str(path), path.read_text("utf-8")), LANGUAGE)
    return Version(scheme, Surroundings(path.parent))


# what has to be found by looking: caps that take several rows, marks all at an end, a quota of a population, a line
# between two grades; each is shown on subjects that the reference evaluates
FOUND_BY_LOOKING = [
    ("loudi-2009", "bonus <= 40"),
    ("loudi-2009", "bonus <= 49.99"),
    ("loudi-2009", "综合得分 < 1050"),
    ("loudi-2009", "综合得分 >= 0"),
    ("loudi-2009", "grade != 先进"),
    ("loudi-2009", "grade != 合格 or bonus <= 40"),
    ("loudi-2009-departments", "(公务员优秀比例 default 17%) <= 17%"),
    ("baihe-revised-2004-members", "民主测评 <= 269"),
    ("quannan-2011-officials", "(奖金 default 0) <= 1429"),
    ("town-congress-2010", "完成阶段数 >= 1"),
]


@pytest.mark.parametrize(("name", "asked"), FOUND_BY_LOOKING)
def test_simple_properties_are_refuted_without_z3(name: str, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    text = shipped_scripts()[name].read_text("utf-8")
    made, plan = question_of(text, asked), plan_scheme(*version(text))[0]
    answer = prove.prove(made, 30)
    assert answer.verdict == "refuted", answer
    assert plan is not None
    shown = counterexample(made, answer.subjects, plan, "反例")
    example = load_scheme(Source("示例.kp", text + "\n" + shown.example), LANGUAGE)[0]
    if shown.example:
        with_it = plan_scheme(example, Surroundings(shipped_scripts()[name].parent))[0]
        assert with_it is not None
        assert run_examples(with_it)[-1].passed


# ---------------------------------------------------------------- the command

SCRIPT = """\
scheme 试验
period 2009
subject 单位
input 得分 : score 0..1000000
input 事故 : yes/no
records 处分
  扣分 : number 0..20 places 1
total 总分 = 得分 - sum(扣分 over 处分)
grades 合格 > 不合格
grade 合格 if 总分 >= 60
grade 不合格 otherwise
veto if 事故
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "新.kp").write_text(SCRIPT, "utf-8")
    (tmp_path / "旧.kp").write_text(SCRIPT.replace("60", "61"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["prove", *words, "--lang", "zh"])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_example_shown_passes_when_it_is_pasted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "新.kp", "grade = 合格 or 总分 < 50 or vetoed")
    assert code == 1
    example = out[out.index("example ") :]
    (folder / "新.kp").write_text(SCRIPT + "\n" + example, "utf-8")
    assert run(["test", "新.kp"]) == 0
    assert "不通过" not in capsys.readouterr().out
    (folder / "新.kp").write_text(SCRIPT, "utf-8")
    code, out, _ = ask(capsys, "新.kp", "--against", "旧.kp")
    assert code == 1
    assert "grade = 合格、旧.grade = 不合格" in out


def test_two_versions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    z3_is_there()
    assert ask(capsys, "新.kp", "grade >= 旧.grade", "--against", "旧.kp")[0] == 0
    assert ask(capsys, "新.kp", "grade <= before.grade", "--against", "旧.kp")[0] == 1
    assert ask(capsys, "新.kp", "总分 = 旧.总分", "--against", "旧.kp")[0] == 0


def test_what_is_not_decided_says_what_was_in_the_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    z3_is_there()
    code, out, _ = ask(capsys, "新.kp", "总分 >= -200000")
    assert code == 3
    assert "sum(扣分 over 处分)" in out
    assert "台账的行数不限" in out


def test_without_z3_it_says_how_to_get_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    code, out, _ = ask(capsys, "新.kp", "grade >= 旧.grade", "--against", "旧.kp")
    assert code == 3
    assert 'pip install "kaoping[prove]"' in out


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "新.kp", "not vetoed", "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert (found["verdict"], found["cells"], found["values"]) == ("refuted", {"事故": "yes"}, {"vetoed": "yes"})


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["新.kp"], 2, "没有写要证明什么"),
        (["新.kp", "vetoed", "--seconds", "0"], 2, "--seconds 0"),
        (["新.kp", "vetoed", "--seconds", "nan"], 2, "--seconds nan"),
        (["新.kp", "不存在 > 3"], 1, "KP201"),
        (["新.kp", "总分 >"], 1, "KP1"),
        (["新.kp", "总分"], 1, "KP220"),
        (["新.kp", "总分 > 旧.总分"], 1, "KP201"),
        (["没有.kp", "vetoed"], 2, "没有.kp"),
        (["新.kp", "--against", "缺省.kp"], 2, "缺省值"),
        (["新.kp", "--against", "坏.kp"], 1, "KP"),
    ],
)
def test_what_cannot_be_asked_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    (folder / "缺省.kp").write_text(
        SCRIPT.replace("得分 : score 0..1000000", "得分 : score 0..1000000 default 0"), "utf-8"
    )
    (folder / "坏.kp").write_text(SCRIPT + "veto if 没有\n", "utf-8")
    got, out, err = ask(capsys, *words)
    assert got == code, (out, err)
    assert told in out + err


# ---------------------------------------------------------------- the page

PAGE = Path(__file__).parents[1] / "docs" / "prove.md"


def test_the_page_shows_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    z3_is_there()
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text("utf-8")
    scripts = re.findall(r"`(\S+\.kp)`:\n\n```kaoping\n(.*?)```", page, re.DOTALL)
    assert len(scripts) == 2
    for name, text in scripts:
        (tmp_path / name).write_text(text, "utf-8")
        scheme, _ = load_scheme(Source(name, text), LANGUAGE)
        assert plan_scheme(scheme, Surroundings(tmp_path))[0] is not None
    shown = re.findall(r"```console\n\$ kaoping (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(shown) >= 4
    for command, output in shown:
        run([*shlex.split(command), "--lang", "zh"])
        assert capsys.readouterr().out == output, command
