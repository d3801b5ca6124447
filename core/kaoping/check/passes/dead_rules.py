"""KP541, KP543: a rule whose condition can never hold, or always holds, by the ranges of what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import amounts, classes, force, sets
from kaoping.check import expressions as x
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed
from kaoping.check.known import NOTHING_KNOWN, Known
from kaoping.check.passes.common import asking, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model

RULES = (
    s.Subject,
    s.Item,
    s.Let,
    s.Total,
    s.Veto,
    s.Bar,
    s.Downgrade,
    s.Outcome,
    s.Line,
    s.Clear,
    s.Adjustment,
    s.Cap,
    s.GradeValue,
)


def dead_rules(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """A rule that nobody can meet, or everybody meets; grade lines have a pass of their own."""
    with asking(made) as c:
        yield from _for_nobody(c, reaches)
        for placed in c.declarations.of(*RULES):
            if force.force(c, placed) == "never":
                continue
            with c.at(placed) as scope:
                for condition, inside in _conditions(c, placed, scope):
                    yield from _judged(c, reaches, placed, condition, inside, guarded(c, reaches, placed))


def _for_nobody(c: Checker, reaches: Reaches) -> Iterator[Finding]:
    """What is said for classes that the block around it leaves out."""
    for placed in c.declarations.statements:
        if placed.statement.classes and placed.context.classes:
            with c.at(placed):
                known = guarded(c, reaches, placed)
            if known.impossible:
                yield under(placed, warning("KP541", placed.statement.span, "classes", text=placed.statement.span.text))


def guarded(c: Checker, reaches: Reaches, placed: Placed) -> Known:
    """What the `for` of a statement and of the blocks around it makes known."""
    return reaches.narrowed(classes.guard(c, placed), NOTHING_KNOWN)


def _conditions(c: Checker, placed: Placed, scope: Scope) -> Iterator[tuple[e.Expr, Scope]]:
    """The conditions written in a rule, each with the place it is asked at."""
    statement = placed.statement
    match statement:
        case s.Line(amount=amount) | s.Adjustment(amount=amount):
            if amount.condition is not None:
                yield amount.condition, scope
            records = amounts.counted_records(c, amount, scope)
            if records is not None and isinstance(amount.per, s.Per) and amount.per.where is not None:
                yield amount.per.where, scope.inside(sets.records_frame(c, records, scope), records.name)
        case s.Veto() | s.Bar() | s.Downgrade() | s.Clear():
            yield statement.condition, scope
        case s.Item(applies=applies) | s.Let(applies=applies, name=(_,), parameters=()) | s.Total(applies=applies):
            if applies is not None and not any(isinstance(parent, s.Records) for parent in placed.context.parents):
                yield applies, scope
        case s.Outcome() | s.Cap() | s.GradeValue() | s.Subject():
            if statement.condition is not None:
                yield statement.condition, scope


def _judged(
    c: Checker, reaches: Reaches, placed: Placed, condition: e.Expr, scope: Scope, known: Known
) -> Iterator[Finding]:
    typed = x.again(c, condition, scope)
    if typed.type.kind is Kind.POISON or isinstance(typed, t.Const):
        return  # what params and the period decide is decided on purpose
    if known.impossible:
        return
    answer = reaches.reach(typed, known).constant
    if answer is not None:
        part = _part(c, reaches, condition, scope, known, answer)
        yield under(placed, warning("KP543" if answer else "KP541", part.span, text=part.span.text))
        return
    for part in _parts(condition):
        said = x.again(c, part, scope)
        answer = None if isinstance(said, t.Const) else reaches.reach(said, known).constant
        if answer is not None:
            yield under(placed, warning("KP543" if answer else "KP541", part.span, "part", text=part.span.text))


def _parts(condition: e.Expr) -> Iterator[e.Compare]:
    """The comparisons that a condition is put together from."""
    match condition:
        case e.Bracketed(operand=operand) | e.Not(operand=operand):
            yield from _parts(operand)
        case e.All(parts=parts) | e.Any(parts=parts):
            for part in parts:
                yield from [part] if isinstance(part, e.Compare) else _parts(part)


def _part(c: Checker, reaches: Reaches, condition: e.Expr, scope: Scope, known: Known, answer: int) -> e.Expr:
    """The part that alone decides the whole, else the whole."""
    if isinstance(condition, e.Compare):
        return condition
    decisive = [part for part in _parts(condition) if reaches.reach(x.again(c, part, scope), known).constant == answer]
    return decisive[0] if len(decisive) == 1 else condition
