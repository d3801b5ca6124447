"""KP542, KP544: a grade nobody can get, and a grade line or band that nobody comes to, or that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import classes, force, grading
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check.checker import Checker
from kaoping.check.declare import Placed
from kaoping.check.known import NOTHING_KNOWN, Known
from kaoping.check.passes.common import asking, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning
from kaoping.source import Span
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model


class _Way(Struct):
    """A line, or a band of a `grade case`, that gives a grade; whether somebody comes to it."""

    placed: Placed
    span: Span
    codes: frozenset[int]
    open: bool
    closed_by: Span | None = None


class _Walk(Struct):
    """The grade lines from the first to the last, with what is known of those who are still without a grade."""

    known: Known = NOTHING_KNOWN
    over: bool = False
    closed_by: Span | None = None
    ways: list[_Way] = field(default_factory=list)


def grades(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """A grade that neither a line nor a downgrade, bar, veto or quota can give; and lines whose grade others give."""
    labels = made.checker.grades
    final = reaches.columns.get(t.Key(t.EACH, "grade"))
    if labels is None or final is None or final.type.kind is Kind.POISON:
        return
    with asking(made) as c:
        ways = _ways(c, reaches)
        given = frozenset().union(*(way.codes for way in ways if way.open))
        given = _after_steps(c, reaches, given)
    missing = set(range(len(labels.labels))) - given
    declared = next(made.checker.declarations.of(s.Grades))
    for code in sorted(missing, reverse=True):
        way = next((way for way in ways if code in way.codes), None)
        place, placed = (way.span, way.placed) if way else (declared.statement.span.part(labels.labels[code]), declared)
        yield under(placed, warning("KP542", place, "" if way else "none", grade=labels.labels[code], text=place.text))
    for way in ways:
        if not way.open and not way.codes & missing and way.closed_by is not None:
            notes = (Note(way.closed_by, "before"),)
            yield under(way.placed, warning("KP544", way.span, text=way.span.text, notes=notes))
    yield from _like_the_rest(made)


def _like_the_rest(made: Model) -> Iterator[Finding]:
    """`评定 诫勉 若 违纪` right before `评定 诫勉 其余`: who has it has it anyway, and who has more keeps it."""
    lines = list(made.checker.declarations.of(*grading.STEPS))
    last = lines[-1].statement if lines else None
    if not isinstance(last, s.Grade) or last.condition is not None or last.classes:
        return
    for placed in reversed(lines[:-1]):
        line = placed.statement
        if not isinstance(line, s.Grade) or line.grade != last.grade:
            return
        notes = (Note(last.span, "rest"),)
        yield under(placed, warning("KP544", line.span, "like_rest", grade=line.grade or "-", notes=notes))


def _ways(c: Checker, reaches: Reaches) -> list[_Way]:
    walk = _Walk()
    for placed in c.declarations.of(*grading.STEPS):
        if force.force(c, placed) == "never":
            continue
        with c.at(placed) as scope:
            guard = reaches.narrowed(classes.guard(c, placed), walk.known)
            match placed.statement:
                case s.Grade(grade=grade, condition=condition):
                    code = grading.grade_code(c, grade, placed.statement.span) if grade is not None else None
                    asked = x.expression(c, condition, scope) if condition is not None else None
                    _line(reaches, walk, placed, frozenset({code} if code is not None else ()), asked, guard)
                case s.GradeCase(case=case):
                    typed = cond.case(c, case, scope, c.grades, None)
                    _bands(reaches, walk, placed, case, typed, guard)
                case s.GradeValue(value=value, condition=condition):
                    typed = x.expression(c, value, scope, c.grades)
                    asked = x.expression(c, condition, scope) if condition is not None else None
                    assert c.grades is not None
                    known = frozenset(
                        c.grades.labels.index(label) for label in typed.type.labels if label in c.grades.labels
                    )
                    _line(reaches, walk, placed, known, asked, guard, closes=not typed.type.optional)
    return walk.ways


def _line(
    reaches: Reaches,
    walk: _Walk,
    placed: Placed,
    codes: frozenset[int],
    asked: t.Typed | None,
    known: Known,
    *,
    closes: bool = True,
) -> None:
    """One line: who comes to it, and who is left after it."""
    span = placed.statement.span
    answer = reaches.reach(asked, known) if asked is not None else None
    inside = reaches.narrowed(asked, known) if asked is not None else known
    is_open = not walk.over and not known.impossible and not inside.impossible and (answer is None or answer.high == 1)
    walk.ways.append(_Way(placed, span, codes, is_open, walk.closed_by))
    if not closes or placed.statement.classes or placed.context.classes:
        return
    if asked is None or (answer is not None and answer.constant == 1):
        walk.over = True
    else:
        walk.known = reaches.narrowed(asked, walk.known, holds=False)
        walk.over = walk.over or walk.known.impossible
    if walk.over and walk.closed_by is None:
        walk.closed_by = span


def _bands(reaches: Reaches, walk: _Walk, placed: Placed, case: e.Case, typed: t.Typed, known: Known) -> None:
    """The bands of a `grade case`: a label is open where some score comes to it."""
    reached = {leaf.span for leaf in _leaves(reaches, typed, known)} if not walk.over else set()
    for arm in case.arms:
        value = next((leaf for leaf in _all_leaves(typed) if leaf.span == arm.value.span), None)
        if isinstance(value, t.Const) and isinstance(value.value, int):
            walk.ways.append(
                _Way(placed, arm.span, frozenset({value.value}), arm.value.span in reached, walk.closed_by or case.span)
            )
    walk.over = True
    walk.closed_by = walk.closed_by or placed.statement.span


def _leaves(reaches: Reaches, node: t.Typed, known: Known) -> Iterator[t.Typed]:
    if not isinstance(node, t.Choose):
        yield node
        return
    for value, inside in reaches.taken(node, known):
        yield from _leaves(reaches, value, inside)


def _all_leaves(node: t.Typed) -> Iterator[t.Typed]:
    if not isinstance(node, t.Choose):
        yield node
        return
    for value in (*(value for _, value in node.arms), node.otherwise):
        yield from _all_leaves(value)


def _after_steps(c: Checker, reaches: Reaches, given: frozenset[int]) -> frozenset[int]:
    """The grades that downgrades, bars, vetoes and quotas make of those given so far; a step that cannot fire makes
    none.
    """
    found = set(given)
    for placed, column in grading.conditions_of(c, s.Downgrade, "downgrade"):
        if _can_fire(reaches, column.key) and isinstance(placed.statement, s.Downgrade):
            found |= {max(0, code - placed.statement.steps) for code in found}
    for placed, column in grading.conditions_of(c, s.Bar, "bar"):
        if _can_fire(reaches, column.key) and isinstance(placed.statement, s.Bar):
            code = grading.grade_code(c, placed.statement.grade, placed.statement.span)
            found |= {code - 1} if code else set()
    if _can_fire(reaches, t.Key(t.EACH, "vetoed")):
        found.add(0)
    assert c.grades is not None
    for placed in c.declarations.of(*grading.BLOCKS):
        name = placed.statement.mark if isinstance(placed.statement, s.Select) else ""
        name = placed.statement.otherwise if isinstance(placed.statement, s.Limit) else name
        if name in c.grades.labels:
            found.add(c.grades.labels.index(name))
    return frozenset(found)


def _can_fire(reaches: Reaches, key: t.Key) -> bool:
    return key in reaches.columns and reaches.column_reach(key).high == 1
