"""Bonus and penalty: lines and groups added up, then capped (semantics.md 10)."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import amounts, force, names, percentages, sets
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Fix, Note
from kaoping.source import Span


def adjustments(c: Checker, kind: str, span: Span) -> Column:
    """`bonus` or `penalty`: lines and groups added up, then capped."""
    return c.make(t.Key(t.EACH, kind), span, lambda: _adjustments(c, kind, span))


def _adjustments(c: Checker, kind: str, span: Span) -> Column:
    parts: list[t.Typed] = []
    placed_parts = [placed for placed in c.declarations.of(s.Adjustment) if placed.statement.kind == kind]  # type: ignore[attr-defined]
    for number, placed in enumerate(placed_parts, 1):
        assert isinstance(placed.statement, s.Adjustment)
        if placed.statement.group is None:
            with c.at(placed) as scope:
                parts.append(
                    amounts.line(c, placed, placed.statement.amount, t.Key(t.EACH, kind, f"line {number}"), kind, scope)
                )
    for group in _groups(c, kind):
        parts.append(names.read(group_column(c, group, kind), Scope(), group.span))
    keys = tuple(part.key for part in parts if isinstance(part, t.Read))
    sound = [
        part for part in parts if not is_poison(part)
    ]  # the others are reported; the total is checked without them
    value = n.add(sound, span, c.report) if sound else n.constant(0, unit="")
    value = _capped(c, value, kind, span)
    first = placed_parts[0] if placed_parts else None
    origin = c.origin(first, kind, span) if first else Origin(kind, span)
    origin = replace(origin, clause=None, heading=None, assumes=(), caps=_caps(c, kind))
    return c.enter(Column(t.Key(t.EACH, kind), value.type, value, origin, keys))


def _groups(c: Checker, kind: str) -> list[Symbol]:
    """The groups that hold amounts of a kind, in the order of the text."""
    found = []
    for placed in c.declarations.of(s.Group):
        assert isinstance(placed.statement, s.Group)
        members = c.declarations.members.get(placed.statement.name, ())
        if any(isinstance(member.statement, s.Adjustment) and member.statement.kind == kind for member in members):
            symbol = c.declarations.find((placed.statement.name,), placed.context.library)
            assert symbol is not None
            found.append(symbol)
    return found


def _one_of_each(members: list[Placed]) -> tuple[Note, ...]:
    first = {
        member.statement.kind: member.statement.span
        for member in reversed(members)
        if isinstance(member.statement, s.Adjustment)
    }
    return tuple(Note(first[kind], kind) for kind in sorted(first))


def group_column(c: Checker, symbol: Symbol, kind: str) -> Column:
    """The value of a group of amounts: all added up or the largest, held by `up to`, capped."""
    c.use(symbol)
    key = t.Key(t.EACH, symbol.name)
    return c.make(key, symbol.span, lambda: _group(c, symbol, kind, key))


def _group(c: Checker, symbol: Symbol, kind: str, key: t.Key) -> Column:
    group = symbol.placed.statement
    assert isinstance(group, s.Group)
    members = c.declarations.members.get(symbol.short, [])
    if any(isinstance(member.statement, s.Adjustment) and member.statement.kind != kind for member in members):
        c.error("KP410", group.span.part(group.name), name=group.name, notes=_one_of_each(members))
    if group.inside is not None:
        c.error("KP490", group.span, "group")
    with c.at(symbol.placed) as scope:
        if group.best:
            value: t.Typed = _best(c, group, members)
            keys: tuple[t.Key, ...] = ()
        else:
            parts = []
            for number, member in enumerate(members, 1):
                assert isinstance(member.statement, s.Adjustment)
                with c.at(member) as here:
                    parts.append(
                        amounts.line(
                            c, member, member.statement.amount, t.Key(t.EACH, symbol.name, f"line {number}"), kind, here
                        )
                    )
            value = n.add(parts, group.span, c.report) if parts else n.constant(0, unit="")
            keys = tuple(part.key for part in parts if isinstance(part, t.Read))
        if group.up_to is not None and not is_poison(value):
            percentages.as_points(c, group.up_to)
            value = n.held(value, None, x.numeric(c, group.up_to, scope), group.span)
        value = _capped(c, value, symbol.name, group.span)
    origin = replace(c.origin(symbol.placed, "group", group.span), caps=_caps(c, symbol.name))
    return c.enter(Column(key, value.type, value, origin, keys))


def _best(c: Checker, group: s.Group, members: list[Placed]) -> t.Typed:
    candidates = [_candidates(c, group, member) for member in members]
    if not candidates or any(candidate is None for candidate in candidates):
        return poison(group.span) if candidates else n.constant(0, unit="")
    found = [candidate for candidate in candidates if candidate is not None]
    if (other := _told_apart_otherwise(found)) is not None:
        one, two = (each.frame.table for each in (found[0], other) if each.frame is not None)
        return c.error("KP411", group.span, "types", name=group.name, field=group.best_by, records=one, other=two)
    aligned = n.aligned([candidate.amount for candidate in found])
    found = [replace(candidate, amount=amount) for candidate, amount in zip(found, aligned, strict=True)]
    most = sets.MOST if group.best_by is not None else 1
    high = max(candidate.amount.type.high for candidate in found) * most
    low = min(0, *(candidate.amount.type.low for candidate in found)) * most
    type_ = replace(found[0].amount.type, low=low, high=max(0, high), unit="")
    return n.checked(t.Group(tuple(found), type=type_, span=group.span), c.report)


def _told_apart_otherwise(found: list[t.Candidates]) -> t.Candidates | None:
    """Candidates whose field is of another type than that of the first: values that look alike would be different."""

    def form(each: t.Candidates) -> tuple[object, ...]:
        assert each.key is not None
        return each.key.type.kind, each.key.type.labels, each.key.type.places

    return next((each for each in found if each.key is not None and form(each) != form(found[0])), None)


def _candidates(c: Checker, group: s.Group, member: Placed) -> t.Candidates | None:
    """What a line puts into a `best` group: each record's amount, or its whole amount."""
    assert isinstance(member.statement, s.Adjustment)
    amount = member.statement.amount
    with c.at(member) as scope:
        if amount.up_to is not None:
            c.error("KP411", amount.span, "up_to", name=group.name)
            return None
        records = amounts.counted_records(c, amount, scope)
        asked = force.guarded(c, member, amount.condition, scope)
        if not force.counts_dated_rows(c, member, records):
            asked = force.in_force(c, member, asked, member.statement.span)
        if records is None and isinstance(amount.per, s.Per) and not amounts.countable(c, amount.per, scope):
            return None
        if records is None:
            if group.best_by is not None:
                c.error("KP411", amount.span, "records", name=group.name, field=group.best_by)
                return None
            value = amounts.line_value(c, member, amount, scope)
            return None if is_poison(value, asked) else t.Candidates(value)
        inner, frame, where = amounts.row_scope(c, member, amount, records, scope)
        value = amounts.amount_of(c, amount, inner, amount.span)
        by = None
        if group.best_by is not None:
            if group.best_by not in c.declarations.fields[records.name]:
                c.error("KP411", amount.span, "field", name=group.name, field=group.best_by, records=records.short)
                return None
            by = names.name(c, e.Name((group.best_by,), (group.best_by,), span=group.span), inner)
        tests = [
            test
            for test in (where, None if isinstance(asked, t.Const) and asked.value is True else asked)
            if test is not None
        ]
        if is_poison(value, *tests, *([by] if by is not None else [])):
            return None
        return t.Candidates(value, frame, cond.both(tests, amount.span) if tests else None, by)


def unknown_targets(c: Checker) -> None:
    """Report amounts in a group, and caps on a name, that nothing declares: they would count nowhere."""
    groups = {placed.statement.name for placed in c.declarations.of(s.Group) if isinstance(placed.statement, s.Group)}
    for placed in c.declarations.of(s.Adjustment, s.Cap):
        statement = placed.statement
        name = statement.group if isinstance(statement, s.Adjustment) else statement.target.text  # type: ignore[attr-defined]
        if name is None or name in groups or (isinstance(statement, s.Cap) and _is_sum(c, placed)):
            continue
        if name in c.declarations.broken:
            continue
        near = names.nearest(name, sorted(groups))
        place = statement.span.part(name)
        variant = "near" if near else ""
        if isinstance(statement, s.Cap) and statement.target.canonical[0] in ("total", "items"):
            near, variant = "", "total"
        with c.at(placed):
            c.error("KP412", place, variant, name=name, near=near, fix=Fix(place, near) if near else None)


def _is_sum(c: Checker, placed: Placed) -> bool:
    """Whether a cap is on all bonuses, all penalties, or a group."""
    assert isinstance(placed.statement, s.Cap)
    target = placed.statement.target
    symbol = c.declarations.find(target.parts, placed.context.library)
    return (len(target.parts) == 1 and target.canonical[0] in ("bonus", "penalty")) or (
        symbol is not None and isinstance(symbol.placed.statement, s.Group)
    )


def _caps(c: Checker, target: str) -> tuple[Origin, ...]:
    return tuple(c.origin(placed, "cap", placed.statement.span) for placed in c.declarations.caps.get(target, ()))


def _capped(c: Checker, value: t.Typed, target: str, span: Span) -> t.Typed:
    """The smallest of the caps that hold; where the condition of one does not, there is nothing to hold it to."""
    values = [value]
    for placed in c.declarations.caps.get(target, ()):
        assert isinstance(placed.statement, s.Cap)
        cap = placed.statement
        with c.at(placed) as scope:
            percentages.as_points(c, cap.limit)
            limit = x.numeric(c, cap.limit, scope)
            asked = force.in_force(c, placed, force.guarded(c, placed, cap.condition, scope), cap.span)
        if is_poison(value, limit, asked):
            return poison(span)
        whole, top = n.aligned([value, limit])
        if whole.type.high <= top.type.low:
            continue
        free = const(max(whole.type.high, top.type.high), top.type, cap.span)
        values.append(n.choose([(asked, limit)], free, cap.span))
        span = cap.span
    return n.extreme(values, span, least=True)
