"""KP540: a cap, or an `up to`, that is never reached; KP545: a line that gives more than its cap at once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import amounts, force
from kaoping.check import expressions as x
from kaoping.check.checker import Checker
from kaoping.check.declare import Placed
from kaoping.check.passes.common import asking, settled, shown, under, value_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model

Lines = dict[str, list[t.Key]]


def caps(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """A limit that is never reached takes nothing away: the document meant another number, or another amount."""
    lines = _lines_of(reaches)
    with asking(made) as c:
        stated = _stated(c)
        for placed in c.declarations.of(s.Cap, s.Group, s.Line, s.Adjustment):
            if force.force(c, placed) == "never":
                continue
            match placed.statement:
                case s.Cap(target=target, limit=limit):
                    yield from _over(c, reaches, placed, target.text, limit, _capped(c, reaches, lines, placed, target))
                    symbol = c.declarations.find(target.parts, placed.context.library)
                    home = target.canonical[-1] if symbol is None else symbol.name
                    yield from _at_once(placed, stated.get(home, []), limit)
                case s.Group(name=name, up_to=limit) if limit is not None:
                    symbol = c.declarations.find((name,), placed.context.library)
                    most = _together(reaches, lines.get(symbol.name)) if symbol else None
                    yield from _over(c, reaches, placed, name, limit, most)
                    yield from _at_once(placed, stated.get(symbol.name, []) if symbol else [], limit)
                case s.Line(amount=amount) | s.Adjustment(amount=amount) if amount.up_to is not None:
                    yield from _over(c, reaches, placed, "", amount.up_to, _line(c, reaches, placed, amount))


def _over(
    c: Checker, reaches: Reaches, placed: Placed, name: str, limit: e.Expr, most: Fraction | None
) -> Iterator[Finding]:
    with c.at(placed) as scope:
        typed = x.numeric(c, limit, scope)
    if most is None or typed.type.kind is Kind.POISON:
        return
    if most < Fraction(reaches.reach(typed).low, 10**typed.type.places):
        finding = warning(
            "KP540", placed.statement.span, "" if name else "line", text=name, limit=limit.span.text, high=shown(most)
        )
        yield under(placed, finding)


def _stated(c: Checker) -> dict[object, list[tuple[Placed, e.Number]]]:
    """The lines whose amount is a number, by the kind they are of and by the group they stand in."""
    found: dict[object, list[tuple[Placed, e.Number]]] = {}
    for placed in c.declarations.of(s.Adjustment):
        line = placed.statement
        assert isinstance(line, s.Adjustment)
        whole = not isinstance(line.amount.per, s.PerStep) or line.amount.per.mode != "part"
        if not whole or line.amount.up_to is not None or settled(line) or force.force(c, placed) == "never":
            continue
        if isinstance(line.amount.value, e.Number) and not line.amount.value.percent:
            group = c.declarations.find((line.group,), placed.context.library) if line.group else None
            for home in (line.kind, group.name if group else None):
                found.setdefault(home, []).append((placed, line.amount.value))
    return found


def _at_once(placed: Placed, lines: list[tuple[Placed, e.Number]], limit: e.Expr) -> Iterator[Finding]:
    """The lines under a cap whose stated amount is more: nobody ever gets it."""
    cap = placed.statement
    sometimes = cap.classes or getattr(cap, "condition", None) is not None
    if not isinstance(limit, e.Number) or limit.percent or sometimes:
        return
    for line, amount in lines:
        if value_of(amount) > value_of(limit):
            notes = (Note(placed.statement.span, "cap"),)
            finding = warning("KP545", amount.span, amount=amount.span.text, limit=limit.span.text, notes=notes)
            yield under(line, finding)


def _capped(c: Checker, reaches: Reaches, lines: Lines, placed: Placed, target: e.Name) -> Fraction | None:
    """The most that a cap can find: of all bonuses, of all penalties, or of a group."""
    symbol = c.declarations.find(target.parts, placed.context.library)
    if symbol is not None:
        return _together(reaches, lines.get(symbol.name))
    kind = target.canonical[-1]
    groups = {
        line.statement.group
        for line in c.declarations.of(s.Adjustment)
        if isinstance(line.statement, s.Adjustment) and line.statement.kind == kind
    }
    parts = [
        _together(reaches, lines.get(kind, [])),
        *(_high(reaches, t.Key(t.EACH, group)) for group in sorted(groups - {None}, key=str) if group),
    ]
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(parts) else None


def _lines_of(reaches: Reaches) -> Lines:
    """The lines of each group, and those of bonus and penalty outside groups."""
    found: Lines = {}
    for key in reaches.columns:
        if key.frame == t.EACH and key.part.startswith("line "):
            found.setdefault(key.name, []).append(key)
    return found


def _together(reaches: Reaches, lines: list[t.Key] | None) -> Fraction | None:
    """The most that some lines add up to; None where they do not add up."""
    if lines is None:
        return None
    parts = [_high(reaches, key) for key in lines]
    return None if None in parts else sum((part for part in parts if part is not None), Fraction(0))


def _high(reaches: Reaches, key: t.Key) -> Fraction | None:
    column = reaches.columns.get(key)
    if column is None or column.type.kind is Kind.POISON:
        return None
    return Fraction(reaches.column_reach(key).high, 10**column.type.places)


def _line(c: Checker, reaches: Reaches, placed: Placed, amount: s.Amount) -> Fraction | None:
    """The most a line gives before its own `up to`."""
    if any(isinstance(parent, s.Item) and parent.averaged_by for parent in placed.context.parents):
        return None
    with c.at(placed) as scope:
        value = amounts.line_value(c, placed, replace(amount, up_to=None), scope)
    if value.type.kind is Kind.POISON:
        return None
    return Fraction(reaches.reach(value).high, 10**value.type.places)
