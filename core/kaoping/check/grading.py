"""Grades in their five steps: base, downgrades, bars, vetoes, quotas (language.md 5, semantics.md 13, 14)."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import force, names, patterns, quotas
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed
from kaoping.check.numeric import is_poison, poison
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Fix, Note
from kaoping.source import Span
from kaoping.types import BOOL, POISON, choice, number

GRADE = "grade"
WITHOUT = t.Key(t.EACH, GRADE, "none")
BLOCKS = (s.Select, s.Limit)
STEPS = (s.Grade, s.GradeCase, s.GradeValue)
NEED_GRADES = (s.Downgrade, s.Bar, s.Limit, *STEPS)


def declare_grades(c: Checker) -> None:
    """The grades of the scheme as an ordered type, the lowest first; rules that need grades where there are none
    are reported.
    """
    declared = list(c.declarations.of(s.Grades))
    for extra in declared[1:]:
        c.error("KP210", extra.statement.span, "grades", name="", notes=(Note(declared[0].statement.span, "first"),))
    if declared:
        grades = declared[0].statement
        assert isinstance(grades, s.Grades)
        c.grades = choice(tuple(reversed(grades.names)), ordered=True)
        return
    for placed in c.declarations.of(*NEED_GRADES):
        no_grades(c, placed.statement.span)


def no_grades(c: Checker, span: Span) -> t.Typed:
    """Say that a rule needs grades, unless a line that could not be read may be the one that declares them."""
    if next(c.declarations.of(s.Broken), None) is not None:
        return poison(span)
    return c.error("KP440", span, text=span.text.split()[0])


def grade_code(c: Checker, grade: str, span: Span) -> int | None:
    """The index of a grade, 0 for the lowest; None and a finding where there is no such grade."""
    assert c.grades is not None
    if grade in c.grades.labels:
        return c.grades.labels.index(grade)
    near = names.nearest(grade, c.grades.labels)
    place = span.part(grade)
    fix = Fix(place, near) if near else None
    c.error(
        "KP203", place, "grade_near" if near else "grade", name=grade, near=near, labels=c.grades.labels[::-1], fix=fix
    )
    return None


# ---------------------------------------------------------------- vetoes and bars


def vetoed(c: Checker, span: Span) -> Column:
    """Whether a veto holds."""
    return c.make(t.Key(t.EACH, "vetoed"), span, lambda: _vetoed(c, span))


def _vetoed(c: Checker, span: Span) -> Column:
    parts = [names.read(column, Scope(), span) for _, column in conditions_of(c, s.Veto, "veto")]
    value = cond.either(parts, span) if parts else t.Const(False, type=BOOL, span=span)
    keys = tuple(part.key for part in parts if isinstance(part, t.Read))
    return c.enter(Column(t.Key(t.EACH, "vetoed"), value.type, value, Origin("vetoed", span), keys))


def conditions_of(
    c: Checker, kind: type[s.Veto] | type[s.Bar] | type[s.Downgrade], role: str
) -> list[tuple[Placed, Column]]:
    """The vetoes, bars or downgrades, each with the column of its condition."""
    found = []
    for number_, placed in enumerate(c.declarations.of(kind), 1):
        key = t.Key(t.EACH, role, f"line {number_}")
        column = c.make(key, placed.statement.span, lambda placed=placed, key=key: _condition(c, placed, key, role))  # type: ignore[misc]
        found.append((placed, column))
    return found


def _condition(c: Checker, placed: Placed, key: t.Key, role: str) -> Column:
    statement = placed.statement
    assert isinstance(statement, s.Veto | s.Bar | s.Downgrade)
    with c.at(placed) as scope:
        asked = force.in_force(c, placed, force.guarded(c, placed, statement.condition, scope), statement.span)
    origin = c.origin(placed, role, statement.condition.span, statement.why)
    return c.enter(Column(key, POISON if is_poison(asked) else BOOL, asked, origin))


# ---------------------------------------------------------------- the steps


def final(c: Checker, span: Span) -> Column:
    """The final grade."""
    return c.make(t.Key(t.EACH, GRADE), span, lambda: _final(c, span))


def _final(c: Checker, span: Span) -> Column:
    key = t.Key(t.EACH, GRADE)
    if c.grades is None:
        c.error("KP441", span)
        return Column(key, POISON, None, Origin("poison", span))
    before = barred(c, span)
    blocks = list(c.declarations.of(*BLOCKS))
    for index in range(len(blocks)):
        before = after_block(c, index, span)
    value = names.read(before, Scope(), span)
    keys: tuple[t.Key, ...] = (before.key,)
    if (none := without(c, span)) is not None and not is_poison(value, none):
        nothing = t.Const(None, type=value.type.maybe, span=span)
        value, keys = n.choose([(none, nothing)], value, span), (WITHOUT, before.key)
    grades = next(iter(c.declarations.of(s.Grades)))
    return c.enter(Column(key, value.type, value, Origin(GRADE, grades.statement.span), keys))


def barred(c: Checker, span: Span) -> Column:
    """The grade after downgrades, bars and vetoes: what the first quota sees."""
    return c.make(t.Key(t.EACH, GRADE, "vetoed"), span, lambda: _stepped(c, span))


def _stepped(c: Checker, span: Span) -> Column:
    assert c.grades is not None
    base = c.make(t.Key(t.EACH, GRADE, "base"), span, lambda: _base(c, span))
    value = names.read(base, Scope(), span)
    values = [_downgraded(c, value, span)]
    for placed, column in conditions_of(c, s.Bar, "bar"):
        assert isinstance(placed.statement, s.Bar)
        code = grade_code(c, placed.statement.grade, placed.statement.span)
        if code == 0:
            c.error("KP442", placed.statement.span.part(placed.statement.grade), grade=placed.statement.grade)
        if not code or is_poison(values[0]):
            continue
        place = placed.statement.span
        best, free = const(code - 1, c.grades, place), const(c.grades.high, c.grades, place)
        values.append(n.choose([(names.read(column, Scope(), place), best)], free, place))
    value = values[0] if len(values) == 1 else t.Least(tuple(values), type=c.grades, span=span)
    bad = vetoed(c, span)
    value = n.choose([(names.read(bad, Scope(), span), const(0, c.grades, span))], value, span)
    value = value if is_poison(value) else replace(value, type=c.grades)
    keys = (
        base.key,
        *(column.key for _, column in conditions_of(c, s.Downgrade, "downgrade")),
        *(column.key for _, column in conditions_of(c, s.Bar, "bar")),
        bad.key,
    )
    return c.enter(Column(t.Key(t.EACH, GRADE, "vetoed"), value.type, value, Origin("step", span), keys))


def _downgraded(c: Checker, value: t.Typed, span: Span) -> t.Typed:
    steps = []
    for placed, column in conditions_of(c, s.Downgrade, "downgrade"):
        assert isinstance(placed.statement, s.Downgrade)
        asked = names.read(column, Scope(), placed.statement.span)
        steps.append(n.choose([(asked, n.constant(placed.statement.steps))], n.constant(0), placed.statement.span))
    if not steps or is_poison(value, *steps):
        return value if not steps else poison(span)
    assert c.grades is not None
    down = n.negate(n.add(steps, span, c.report), span)
    lower = t.Add((value, down), type=number(-(10**6), c.grades.high), span=span)
    return t.Greatest((lower, const(0, c.grades, span)), type=c.grades, span=span)


def _base(c: Checker, span: Span) -> Column:
    assert c.grades is not None
    arms: list[tuple[t.Typed, t.Typed]] = []
    without: list[bool] = []  # the lines that give no grade
    last: t.Typed | None = None
    lines = list(c.declarations.of(*STEPS))
    if not lines:
        c.error("KP443", next(iter(c.declarations.of(s.Grades))).statement.span)
    for before, placed in zip((None, *lines), lines, strict=False):
        if last is not None and before is not None:
            with c.at(placed):
                c.error("KP444", placed.statement.span, notes=(Note(before.statement.span, "closing"),))
            break
        with c.at(placed) as scope:
            asked, value, closes = _step(c, placed, scope)
        without.append(isinstance(placed.statement, s.Grade) and placed.statement.grade is None)
        if closes:
            last = value
        else:
            arms.append((asked, value))
    if last is None and lines:
        with c.at(lines[-1]):
            last = _closed(c, lines, arms)
    if any(without):
        _enter_without(c, [asked for asked, _ in arms], without, span)
    value = last or poison(span)
    if not is_poison(value, *(part for arm in arms for part in arm)):
        value = n.choose(arms, value, span)
        value = replace(value, type=replace(c.grades, optional=False))
    else:
        value = poison(span)
    origin = Origin("base", span)
    if lines:
        said = tuple(c.origin(placed, "base", placed.statement.span) for placed in lines)
        origin = replace(said[0], span=said[0].span.to(said[-1].span), lines=said)
    return c.enter(Column(t.Key(t.EACH, GRADE, "base"), value.type, value, origin))


def _enter_without(c: Checker, asked: list[t.Typed], without: list[bool], span: Span) -> None:
    """Whether the grade line that a subject comes to gives none."""
    answers = [t.Const(each, type=BOOL, span=span) for each in without]
    rest = answers[-1] if len(answers) > len(asked) else t.Const(False, type=BOOL, span=span)
    value = n.choose(list(zip(asked, answers, strict=False)), rest, span) if not is_poison(*asked) else poison(span)
    c.enter(Column(WITHOUT, value.type, value, Origin("ungraded", span)))


def without(c: Checker, span: Span) -> t.Typed | None:
    """Whether a subject has no grade; None where the scheme gives everybody one."""
    c.make(t.Key(t.EACH, GRADE, "base"), span, lambda: _base(c, span))
    column = c.made(WITHOUT)
    return names.read(column, Scope(), span) if column is not None else None


def _step(c: Checker, placed: Placed, scope: Scope) -> tuple[t.Typed, t.Typed, bool]:
    """A grade line: its condition, its grade, and whether it takes everything that is left."""
    assert c.grades is not None
    statement = placed.statement
    match statement:
        case s.Grade(grade=grade, condition=condition):
            # who is to have none is held at the lowest through the steps, and loses it at the end
            code = grade_code(c, grade, statement.span) if grade is not None else 0
            value: t.Typed = const(code, c.grades, statement.span) if code is not None else poison(statement.span)
            asked = force.in_force(c, placed, force.guarded(c, placed, condition, scope), statement.span)
            return asked, value, condition is None and isinstance(asked, t.Const) and asked.value is True
        case s.GradeCase(case=case):
            value = c.needed(cond.case(c, case, scope, c.grades, None), case.subject.span)
            asked = force.in_force(c, placed, force.guarded(c, placed, None, scope), statement.span)
            return asked, value, isinstance(asked, t.Const) and asked.value is True
        case s.GradeValue(value=written, condition=condition):
            value = x.expression(c, written, scope, c.grades)
            asked = force.in_force(c, placed, force.guarded(c, placed, condition, scope), statement.span)
            return _decided(c, value, asked, statement.span)
        case _:
            raise AssertionError(statement)


def _decided(c: Checker, value: t.Typed, asked: t.Typed, span: Span) -> tuple[t.Typed, t.Typed, bool]:
    """A decision: where it is missing, the next line speaks."""
    assert c.grades is not None
    if is_poison(value, asked):
        return poison(span), poison(span), False
    foreign = [label for label in value.type.labels if label not in c.grades.labels]
    if not value.type.labels or foreign:
        return (
            poison(span),
            c.error(
                "KP445", span, text=value.span.text, labels=foreign or [value.span.text], grades=c.grades.labels[::-1]
            ),
            False,
        )
    value = x.relabelled(value, c.grades)
    if not value.type.optional:
        return asked, value, isinstance(asked, t.Const) and asked.value is True
    present = t.Present(value, type=value.type.present, span=span)
    return cond.both([asked, t.Has(value, type=BOOL, span=span)], span), present, False


def _closed(c: Checker, lines: list[Placed], arms: list[tuple[t.Typed, t.Typed]]) -> t.Typed:
    """The last grade line takes the rest where the lines together provably leave nothing out."""
    assert c.grades is not None
    span = lines[-1].statement.span
    if is_poison(*(part for arm in arms for part in arm)):
        return poison(span)
    read = next((node for asked, _ in arms for node in compared(asked)), None)
    if read is None:
        return c.error("KP420", span, "open", grades=c.grades.labels[::-1])
    same = [
        asked
        for asked, _ in arms
        if all(isinstance(node, t.Read) and node.key == read.key for node in compared(asked)) and compared(asked)
    ]
    coverings = [
        covering
        for covering in (patterns.covering(asked, read.type, asked.span) for asked in same)
        if covering is not None
    ]
    gaps = patterns.uncovered(coverings, (read.type.low, read.type.high))
    if gaps:
        return c.error("KP420", span, "grades", values=patterns.witnesses(gaps, read.type), text=read.span.text)
    return arms.pop()[1]


def compared(node: t.Typed) -> list[t.Read]:
    """The columns that a condition compares with constants; empty where it does anything else."""
    match node:
        case t.And(operands=operands):
            parts = [compared(operand) for operand in operands]
            return [read for part in parts for read in part] if all(parts) else []
        case t.Compare(left=t.Read() as read, right=t.Const()):
            return [read]
        case t.Compare(left=t.Scale(operand=t.Read() as read), right=t.Const()):
            return [read]
        case _:
            return []


# ---------------------------------------------------------------- quotas


def after_block(c: Checker, index: int, span: Span) -> Column:
    """The grade after the quota block of a number, counted from 0."""
    key = t.Key(t.EACH, GRADE, f"quota {index + 1}")
    return c.make(key, span, lambda: _after_block(c, index, key))


def before_block(c: Checker, index: int, span: Span) -> Column | None:
    """The grade as a quota block finds it; None where the scheme has no grades."""
    if c.grades is None:
        return None
    return barred(c, span) if index == 0 else after_block(c, index - 1, span)


def _after_block(c: Checker, index: int, key: t.Key) -> Column:
    placed = list(c.declarations.of(*BLOCKS))[index]
    statement = placed.statement
    assert c.grades is not None
    before_column = before_block(c, index, statement.span)
    assert before_column is not None
    before = names.read(before_column, Scope(), statement.span)
    chosen = names.read(quotas.chosen(c, index, placed), Scope(), statement.span)
    value = before
    if not is_poison(before, chosen):
        match statement:
            case s.Select(mark=mark) if mark in c.grades.labels:
                value = n.choose(
                    [(chosen, const(c.grades.labels.index(mark), c.grades, statement.span))], before, statement.span
                )
            case s.Limit(grade=grade, otherwise=otherwise):
                value = _limited(c, placed, before, chosen, grade, otherwise)
    else:
        value = poison(statement.span)
    value = value if is_poison(value) else replace(value, type=replace(c.grades, optional=False))
    keys = (t.Key(t.EACH, "quota", f"{index + 1}"), before_column.key)
    return c.enter(Column(key, value.type, value, c.origin(placed, "quota", statement.span), keys))


def _limited(c: Checker, placed: Placed, before: t.Typed, chosen: t.Typed, grade: str, otherwise: str) -> t.Typed:
    span = placed.statement.span
    assert c.grades is not None
    code, lower = grade_code(c, grade, span), grade_code(c, otherwise, span)
    if code is None or lower is None:
        return poison(span)
    if lower >= code:
        return c.error("KP451", span.part(otherwise), grade=grade, otherwise=otherwise)
    past = cond.both([quotas.graded(c, before, code, span), quotas.where(c, placed), cond.opposite(chosen, span)], span)
    return n.choose([(past, const(lower, c.grades, span))], before, span)
