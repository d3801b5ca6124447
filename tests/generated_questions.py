"""Small schemes with few possible subjects, questions about them, and the truth by trying every subject.

The truth is worked out from what a run of each script alone gives, in plain Python: neither the question's own column,
nor two versions merged into one, nor any formula comes into it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from kaoping import typed as t
from kaoping.dataset import Dataset, TableData
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plugins import LANGUAGE, load_expression, load_scheme
from kaoping.prove.question import Question, Version, question
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import Kind, Value

GRADES = ("差", "中", "优")  # lowest first
Row = dict[str, Fraction | bool | int | None]
Holds = Callable[[Row, Row], bool]


@dataclass(frozen=True)
class Asked:
    """A question in the language, and what it means."""

    text: str
    holds: Holds


def script(seed: int, variation: int = 0) -> str:
    """A scheme; variations of a seed read the same data, and differ in a number here and there."""
    draw, change = random.Random(seed), random.Random(f"{seed}.{variation}")

    def near(number: int) -> int:
        return number + (change.choice((-1, 0, 0, 1)) if variation else 0)

    high, most = draw.choice((4, 6)), draw.choice((2, 3))
    terms = [draw.choice(("甲", "60% of 甲", "甲 / 3", "round(甲 / 7, 1)", "-甲", "(甲 - 3)", "甲 * 次数 / 4"))]
    terms += draw.sample(
        ["min(甲, 2)", "max(乙 default 1, 1.5)", "(乙 default 0)", "abs(甲 - 2)", "(if 达标 then 1.25 else 0)",
         "clamp(甲 / 6, 0.2, 0.9)", "(case 级别 [A: 0.5, B: 1.45, C: -1])", "(if has 乙 then 乙 / 3 else 0.05)",
         "floor(甲 / 3, 0)", "ceil(甲 / 8, 1)", "(if 级别 in [A, B] and not 达标 then 0.15 else 0)"],
        draw.choice((1, 2)),
    )  # fmt: skip
    total = " + ".join(terms)
    places, mode = draw.choice((0, 1, 2)), draw.choice(("half up", "half even", "down", "up"))
    lines = [
        "scheme 试验", "period 2009", f"round {places} {mode}", "subject 单位", "grades 优 > 中 > 差",
        f"input 甲 : score 0..{high} places {draw.choice((0, 1))}", f"input 次数 : count 0..{most}",
        "input 达标, 事故 : yes/no", "input 级别 : one of A, B, C", "input 乙 : number 0..3 places 0 optional",
        f"bonus {near(draw.choice((1, 2)))} per 次数", f"cap bonus {near(draw.choice((1, 3)))}",
        f"penalty 0.5 per started {draw.choice((1, 2))} of (甲 - 1) if 级别 = B",
        f"total 总分 = {total} + bonus - penalty",
        f"grade 优 if 总分 >= {near(draw.choice((2, 3, 4)))}",
        f"grade 中 if 总分 > {near(draw.choice((0, 1)))}", "grade 差 otherwise",
        "veto if 事故 and 级别 != C" if draw.random() < 0.5 else "veto if 事故",
    ]  # fmt: skip
    if draw.random() < 0.5:
        lines.append(f"bar 优 if 次数 >= {near(2)} and not 达标")
    if draw.random() < 0.4:
        lines.append(f"downgrade 1 if 甲 < {near(2)} and 达标")
    if variation and change.random() < 0.3:
        lines.append("veto if 达标 and 次数 = 0")
    return "\n".join(lines) + "\n"


def questions(seed: int) -> list[Asked]:
    """Questions about one version."""
    draw = random.Random(f"questions {seed}")
    at, grade = draw.choice((0, 1, 2, 3, 5, 9)), draw.choice((1, 2))
    mark = GRADES[grade]

    def total(row: Row) -> Fraction:
        value = row["总分"]
        assert isinstance(value, Fraction)
        return value

    def rank(row: Row) -> int:
        value = row["grade"]
        assert isinstance(value, int)
        return value

    return [
        Asked(f"not (vetoed and grade = {mark})", lambda row, _: not (row["vetoed"] and rank(row) == grade)),
        Asked(f"总分 <= {at}", lambda row, _: total(row) <= at),
        Asked(f"总分 >= -{at}", lambda row, _: total(row) >= -at),
        Asked(f"grade < {mark} or 总分 >= {at}", lambda row, _: rank(row) < grade or total(row) >= at),
        Asked(f"总分 != {at}.5", lambda row, _: total(row) != at + Fraction(1, 2)),
        Asked(f"has 乙 or 总分 <= {at}", lambda row, _: row["乙"] is not None or total(row) <= at),
        Asked(f"bonus <= {at}", lambda row, _: Fraction(row["bonus"] or 0) <= at),
    ]


def comparisons() -> list[Asked]:
    """Questions about two versions."""

    def grades(row: Row, old: Row) -> tuple[int, int]:
        assert isinstance(row["grade"], int)
        assert isinstance(old["grade"], int)
        return row["grade"], old["grade"]

    def totals(row: Row, old: Row) -> tuple[Fraction, Fraction]:
        assert isinstance(row["总分"], Fraction)
        assert isinstance(old["总分"], Fraction)
        return row["总分"], old["总分"]

    return [
        Asked("", lambda row, old: len(set(grades(row, old))) == 1),
        Asked("grade >= 旧.grade", lambda row, old: grades(row, old)[0] >= grades(row, old)[1]),
        Asked("总分 <= before.total", lambda row, old: totals(row, old)[0] <= totals(row, old)[1]),
    ]


def version(text: str) -> Version:
    """A script, read."""
    scheme, findings = load_scheme(Source("试验.kp", text), LANGUAGE)
    assert not findings, findings
    return Version(scheme, Surroundings())


def question_of(text: str, asked: str, old: str | None = None) -> Question:
    """A question about scripts, as the command makes it."""
    expression, findings = load_expression(Source("-e", asked), LANGUAGE) if asked else (None, [])
    assert not findings
    made, found = question(version(text), expression, version(old) if old is not None else None)
    assert made is not None, found
    return made


def everybody(text: str) -> list[Row]:
    """The results of every subject there can be, each once, always in the same order."""
    made = version(text)
    plan, findings = plan_scheme(*made)
    assert plan is not None, findings
    columns = next(table.columns for table in plan.inputs if table.name == t.SUBJECTS)
    domains: list[list[Value]] = []
    for column in columns:
        type_ = column.type
        values: list[Value] = [False, True] if type_.kind is Kind.BOOL else [*range(type_.low, type_.high + 1)]
        domains.append([*values, None] if column.required == "never" else values)
    cells = list(product(*domains))
    ids = [str(number) for number in range(len(cells))]
    data = {column.name: [row[at] for row in cells] for at, column in enumerate(columns)}
    results = evaluate(plan, Dataset(ids, ids, {t.SUBJECTS: TableData(data)}), "python")
    places = {column.name: column.type.places for column in results.columns if column.type.kind is Kind.NUMBER}

    def exact(name: str, value: Value) -> Fraction | bool | int | None:
        assert not isinstance(value, str)
        return Fraction(value, 10 ** places[name]) if name in places and value is not None else value

    optional = [None if row[-1] is None else int(row[-1]) for row in cells]
    return [
        {"乙": optional[number], **{name: exact(name, values[number]) for name, values in results.values.items()}}
        for number in range(len(ids))
    ]


# ---------------------------------------------------------------- rows and other subjects


def script_of_many(seed: int) -> str:
    """A scheme with rows of records and a quota."""
    draw = random.Random(f"many {seed}")
    return f"""\
scheme 试验
period 2009
round 0
subject 单位
grades 优 > 中 > 差
input 甲 : score 0..6 places 0
input 事故 : yes/no
records 处分
  分 : number 0..3 places 0
  核实 : yes/no
group 处分组 {draw.choice(("best", "up to 3"))}
bonus {draw.choice((1, 2))} per 处分 where not 核实 and 分 {draw.choice((">=", "<"))} 2
penalty in 处分组 分 per 处分 where 核实
cap bonus {draw.choice((1, 3))}
total 总分 = 甲 + bonus - penalty
  {draw.choice(("", "- (if count(处分) > 2 then 1.5 else 0)", "+ (if has 处分 then 0.5 else 0)"))}
grade 中 if 总分 >= {draw.choice((1, 3))} {draw.choice(("", "and all(分 < 3 over 处分)"))}
grade 差 otherwise
veto if 事故 or sum(分 over 处分) > {draw.choice((3, 5))}
select 优 from 中
  top {draw.choice(("1", "50% of all", "40% of eligible"))} by 总分
  {draw.choice(("", "where 总分 >= 4"))}
  ties {draw.choice(("included", "excluded"))}
  {{rounded}}
outcome 奖励 if grade = 优 and rank <= 2
""".replace("  \n", "")


def quota_rounded(text: str, seed: int) -> str:
    """The rounding of a quota, where its share is a part."""
    share = "%" in text.split("  top ")[1].split(" by ")[0]
    mode = random.Random(f"mode {seed}").choice(("down", "up", "nearest"))
    return text.replace("  {rounded}\n", f"  rounded {mode}\n" if share else "")


def questions_of_many(seed: int) -> list[Asked]:
    """Questions about such a scheme."""
    draw = random.Random(f"questions of many {seed}")
    at = draw.choice((1, 2, 3, 4))

    def grade(row: Row) -> int:
        value = row["grade"]
        assert isinstance(value, int)
        return value

    return [
        Asked("not (vetoed and grade >= 中)", lambda row, _: not (row["vetoed"] and grade(row) >= 1)),
        Asked(f"grade < 优 or 总分 >= {at}", lambda row, _: grade(row) < 2 or Fraction(row["总分"] or 0) >= at),
        Asked("bonus >= 0 and penalty >= 0", lambda row, _: (row["bonus"] or 0) >= 0 and (row["penalty"] or 0) >= 0),
        Asked(f"总分 <= 甲 + {at}", lambda row, _: Fraction(row["总分"] or 0) <= (row["甲"] or 0) + at),
        Asked("not 奖励 or grade = 优", lambda row, _: not row["奖励"] or grade(row) == 2),
        Asked(
            "grade = 差 or not vetoed and 总分 >= 1",
            lambda row, _: grade(row) == 0 or (not row["vetoed"] and Fraction(row["总分"] or 0) >= 1),
        ),
        Asked("grade <= 中", lambda row, _: grade(row) <= 1),
    ]


def somebody(text: str, draw: random.Random) -> list[Row]:
    """The results of a population drawn by chance."""
    plan, findings = plan_scheme(*version(text))
    assert plan is not None, findings
    number = draw.choice((1, 2, 3, 5, 8))
    ids = [str(each) for each in range(number)]
    owners = sorted(draw.randrange(number) for _ in range(draw.choice((0, 1, 2, 5, 12))))
    tables = {
        t.SUBJECTS: TableData(
            {"甲": [draw.choice((0, 1, 3, 5, 6)) for _ in ids], "事故": [draw.random() < 0.2 for _ in ids]}
        ),
        "处分": TableData(
            {"分": [draw.randint(0, 3) for _ in owners], "核实": [draw.random() < 0.5 for _ in owners]}, owners=owners
        ),
    }
    results = evaluate(plan, Dataset(ids, ids, tables), "python")
    places = {column.name: column.type.places for column in results.columns if column.type.kind is Kind.NUMBER}
    rows: list[Row] = []
    for each in range(number):
        row: Row = {"甲": tables[t.SUBJECTS].columns["甲"][each]}  # type: ignore[dict-item]
        for name, values in results.values.items():
            value = values[each]
            row[name] = Fraction(value, 10 ** places[name]) if name in places and isinstance(value, int) else value  # type: ignore[assignment]
        rows.append(row)
    return rows
