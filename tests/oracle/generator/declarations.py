"""Declarations: settings, inputs, classes, params, records, functions, decision tables, lets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from oracle.generator import conditions, numbers
from oracle.generator.cells import Column, Table
from oracle.generator.writing import Choice, Condition, Frame, Number, Writer

TYPES: list[tuple[str, Fraction, Fraction, int, str]] = [
    ("score 0..100", Fraction(0), Fraction(100), 2, "points"),
    ("score 0..10 places 1", Fraction(0), Fraction(10), 1, "points"),
    ("percent", Fraction(0), Fraction(1), 4, "points"),
    ("percent 50%..200% places 2", Fraction(1, 2), Fraction(2), 2, "points"),
    ("number -50..50 places 1", Fraction(-50), Fraction(50), 1, "points"),
    ("number 1..20 places 0", Fraction(1), Fraction(20), 0, "points"),
    ("分值 0..100 小数 3", Fraction(0), Fraction(100), 3, "points"),
    ("count 0..20", Fraction(0), Fraction(20), 0, "count"),
    ("count 1..5", Fraction(1), Fraction(5), 0, "count"),
    ("money 0..1000", Fraction(0), Fraction(1000), 2, "money"),
]


def settings(w: Writer) -> None:
    """The scheme, its period, how it rounds, who is appraised."""
    w.add("scheme 试", f"period {w.pick(['2009', '2009', '2009', '2009H1', '2008-07-01..2009-06-30'])}")
    mode = w.pick(["", " half up", " half even", " down", " up", " 四舍六入五成双"])
    w.add(f"round {w.pick([2, 0, 1, 3])}{mode}")
    if w.chance(30):
        w.add(f"round items {w.pick([0, 1, 2])}{w.pick(['', ' half even', ' down', ' up'])}")
    if w.chance(35):
        w.add(f"precision {w.pick([2, 2, 4])}")
    if w.chance(15):
        w.add(f"subject 单位 {w.pick(['if', 'unless'])} 参评", "input 参评 : yes/no")
        w.subject.append(Column("参评", "yes/no"))


def declarations(w: Writer) -> None:
    """Everything that is known before points are given."""
    _inputs(w)
    _classes(w)
    _params(w)
    for number in w.upto(2):
        _records(w, "甲乙"[number])
    _function(w)
    _decision_table(w)
    for number in w.upto(4, 1):
        _let(w, f"令{number}")


def _number(w: Writer, name: str) -> tuple[Number, Column, str]:
    """A declared number: as a name, as a column, and its type as written."""
    text, low, high, places, unit = w.pick(TYPES)
    return Number(name, low, high, places, unit), Column(name, "number", low, high, places), text


def _modified(w: Writer, column: Column, text: str) -> tuple[Column, str, bool]:
    """A type with `optional` or `default`: whether the cell may be empty, and whether it may be missing."""
    if w.chance(20):
        return replace(column, optional=True), f"{text} optional", True
    if w.chance(15) and column.low <= 1 <= column.high:
        return replace(column, optional=True), f"{text} default 1", False
    return column, text, False


def _inputs(w: Writer) -> None:
    reach = w.reach.subject
    for place in w.upto(5, 2):
        name = f"分{place}" if place else "分数"
        found, column, text = _number(w, name)
        column, text, missing = _modified(w, column, text)
        w.add(f"{w.pick(['input', '数据'])} {name} : {text}")
        w.subject.append(column)
        reach.numbers.append(replace(found, optional=missing))
    for place in w.upto(2, 1):
        w.add(f"input 旗{place} : {w.pick(['yes/no', '是否'])}")
        w.subject.append(Column(f"旗{place}", "yes/no"))
        reach.conditions.append(Condition(f"旗{place}"))
    if w.chance(50):
        labels, text, ordered = _labels(w)
        optional = w.chance(20)
        w.add(f"input 级别 : {text}{' optional' if optional else ''}")
        w.subject.append(Column("级别", "choice", labels=labels, optional=optional))
        reach.choices.append(Choice("级别", labels, ordered, optional))
    if w.chance(30):
        w.add("input 报送日 : date 2009-01-01..2009-12-31")
        w.subject.append(Column("报送日", "date"))
        reach.dates.append("报送日")


def _labels(w: Writer) -> tuple[tuple[str, ...], str, bool]:
    if w.chance(50):
        return ("差", "中", "好"), "one of 差 < 中 < 好", True
    return ("国家", "省级", "市级"), "one of 国家, 省级、市级", False


def _classes(w: Writer) -> None:
    """One class or two, given or computed."""
    for name, labels in (("类别", ("甲类", "乙类")), ("片区", ("东片", "西片"))):
        if w.chance(30 if name == "类别" else 80):
            continue
        if w.chance(50):
            w.add(f"class {name} : one of {', '.join(labels)}")
            w.subject.append(Column(name, "choice", labels=labels))
        else:
            asked = w.certain(conditions.condition(w, w.reach.subject, 1))
            w.add(f"class {name} : one of {', '.join(labels)} = if {asked} then {labels[0]} else {labels[1]}")
        w.reach.classes.append(Choice(name, labels))
        w.reach.subject.choices.append(Choice(name, labels))


def _params(w: Writer) -> None:
    if w.chance(40):
        w.add("param 线 = 60 since 2008-01-01, 62.5 since 2009-04-01")
        w.reach.subject.numbers.append(Number("线", Fraction(60), Fraction(125, 2), 1))
    if w.chance(20):
        w.add("param 全市 : score 0..100")
        w.params.append(Column("全市", "number", Fraction(0), Fraction(100), 2))
        w.reach.subject.numbers.append(Number("全市", Fraction(0), Fraction(100), 2))


def _records(w: Writer, end: str) -> None:
    """Records with a date or without, whose rows repeat themselves; their numbers all begin with 记."""
    table, outer = f"台{end}", w.reach.subject
    inside = Frame(list(outer.numbers), list(outer.conditions), table=table)
    columns = []
    w.add(f"{w.pick(['records', '台账'])} {table}")
    for place in w.upto(2, 1):
        found, column, text = _number(w, f"记{end}{place}")
        column, text, missing = _modified(w, column, text) if place else (column, text, False)
        w.add(f"  {found.text} : {text}")
        columns.append(column)
        inside.numbers.append(replace(found, optional=missing))
    if w.chance(60):
        labels, text, ordered = _labels(w)
        w.add(f"  层{end} : {text}")
        columns.append(Column(f"层{end}", "choice", labels=labels))
        inside.choices.append(Choice(f"层{end}", labels, ordered))
    if w.chance(40):
        w.add(f"  逾{end} : yes/no")
        columns.append(Column(f"逾{end}", "yes/no"))
        inside.conditions.append(Condition(f"逾{end}"))
    if w.chance(60):
        w.add(f"  日{end} : date 2009-01-01..2009-12-31", f"  on 日{end}")
        columns.append(Column(f"日{end}", "date"))
        inside.dated_by = f"日{end}"
        inside.dates.append(f"日{end}")
    if w.chance(40):
        computed = w.tamed(numbers.number(w, inside, 2))
        elsewhere = w.chance(30)
        w.add(f"{f'let {table}.' if elsewhere else '  let '}算{end} = {computed.text}")
        inside.numbers.append(replace(computed, text=f"算{end}", form="operand", in_units=False))
    w.tables.append(Table(table, tuple(columns)))
    w.reach.records[table] = inside


def _function(w: Writer) -> None:
    if w.chance(30):
        bodies = ["X / Y default 0", "X * 0.5 + Y", "X / Y", "(X - Y) / 3", "if X > Y then X else Y", "X / 3 * Y"]
        w.add(f"let 比(X, Y) = {w.pick(bodies)}")
        w.reach.functions.append(("比", 2))


def _decision_table(w: Writer) -> None:
    choices = [each for each in w.reach.subject.choices if len(each.labels) == 3]
    if not choices or w.chance(60):
        return
    choice = w.pick(choices)
    first, second, third = choice.labels
    w.add(
        "table 处置表 (级, 值)",
        "  => 正值 : score 0..10",
        "  => 副值 : score 0..10",
        f"  | {first} | < 60 => 10 | 1 |",
        f"  | {first} | 60.. => 8.5 | - |",
        f"  | {second} | _ => {w.pick(['3', '2.25'])} | 2 |",
        w.pick(["  otherwise => 0 | 5 |", f"  | {third} | _ => 1 | - |"]),
    )
    w.reach.tables += [("处置表", choice, False), ("处置表", choice, True)]


def _let(w: Writer, name: str) -> None:
    reach = w.reach.subject
    unit = bool(w.reach.dated()) and w.chance(25)  # may then be read in units of time
    frame = reach.in_unit() if unit else reach
    if w.chance(30):
        condition = conditions.condition(w, frame, 2)
        w.add(f"let {name} = {condition.text}")
        reach.conditions.append(Condition(name, condition.optional, in_units=unit))
        return
    # a shallow one shows what it is made of, a deep one how things are put together
    number = w.tamed(numbers.number(w, frame, w.pick([1, 1, 2, 3]), w.pick(["points"] * 4 + ["count"])))
    applies = f" applies if {w.certain(conditions.condition(w, frame, 1))}" if w.chance(15) else ""
    fors = f" for {w.reach.classes[0].labels[0]}" if w.reach.classes and w.chance(15) else ""
    w.add(f"{w.pick(['let', '令'])} {name} = {number.text}{applies}{fors}")
    optional = number.optional or bool(applies or fors)
    reach.numbers.append(replace(number, text=name, optional=optional, form="operand", in_units=unit))
