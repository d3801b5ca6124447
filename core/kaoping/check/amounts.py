"""Amounts: a line's points per record, per step, or once; the days it is in force; groups and caps (semantics.md
10, 11).
"""

from __future__ import annotations

from dataclasses import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import arithmetic, classes, names, sets
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import Fraction, Rounding, is_poison, poison
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Fix, Note
from kaoping.source import Span
from kaoping.types import BOOL, DATE


def line(c: Checker, placed: Placed, amount: s.Amount, key: t.Key, role: str, scope: Scope) -> t.Typed:
    """The value of an `add`, `deduct`, `bonus` or `penalty` line, as a column of its own."""
    value, rows = line_value(c, placed, amount, scope)
    if is_poison(value):
        return value
    speaks = guarded(c, placed, None, scope)
    if not _counts_dated_rows(c, placed, counted_records(c, amount, scope)):
        speaks = in_force(c, placed, speaks, amount.span)
    origin = c.origin(placed, role, placed.statement.span, amount.why)
    column = c.enter(Column(key, value.type, value, origin, guard=speaks, rows=rows))
    return names.read(column, scope, placed.statement.span)


def line_value(c: Checker, placed: Placed, amount: s.Amount, scope: Scope) -> tuple[t.Typed, t.Typed | None]:
    """The sum of a line: its amount per record, step or expression, if its condition holds, held by `up to`.

    With it the condition that a record must meet to count, where records are counted.
    """
    records = counted_records(c, amount, scope)
    rows = None
    if records is not None:
        value, rows = _per_record(c, placed, amount, records, scope)
    elif isinstance(amount.per, s.Per) and not _countable(c, amount.per, scope):
        return poison(amount.span), None
    else:
        value = _per_value(c, amount, scope)
    asked = guarded(c, placed, amount.condition, scope)
    if not _counts_dated_rows(c, placed, records):
        asked = in_force(c, placed, asked, placed.statement.span)
    if is_poison(value, asked):
        return poison(amount.span), None
    none = n.with_places(n.constant(0, unit=value.type.unit), value.type.places)
    value = n.choose([(asked, value)], none, amount.span)
    if amount.up_to is not None:
        value = n.held(value, None, x.numeric(c, amount.up_to, scope), amount.span)
    return _points(c, value, amount.span), rows


def _points(c: Checker, value: t.Typed, span: Span) -> t.Typed:
    if is_poison(value):
        return value
    if value.type.unit not in (None, "") and not (value.type.unit or "").startswith("#"):
        return c.error("KP221", span, "points", text=value.span.text, unit=n.unit_text(value.type.unit))
    return replace(value, type=replace(value.type, unit=""))


def counted_records(c: Checker, amount: s.Amount, scope: Scope) -> Symbol | None:
    """The records a line counts `per`; None where it counts something else."""
    return names.records_of(c, amount.per.of, scope) if isinstance(amount.per, s.Per) else None


def _countable(c: Checker, per: s.Per, scope: Scope) -> bool:
    """Whether `per` counts something that is no records; a misspelt one is reported once, not field by field."""
    if not isinstance(per.of, e.Name):
        return per.where is None or not is_poison(c.error("KP241", per.of.span, "per", name=per.of.span.text))
    if per.of.parts[0] in c.declarations.broken or per.of.text in c.declarations.broken:
        return False
    known = c.declarations.find(per.of.parts, scope.library) is not None or not names.is_label(c, per.of, scope)
    if known and per.where is None:
        return True
    near = "" if known else names.nearest(per.of.text, c.declarations.fields)
    if near or known:
        fix = Fix(per.of.span, near) if near else None
        c.error("KP241", per.of.span, "near" if near else "per", name=per.of.text, near=near, fix=fix)
        return False
    return not is_poison(names.name(c, per.of, scope))


def _amount(c: Checker, amount: s.Amount, scope: Scope, span: Span) -> t.Typed:
    if isinstance(amount.value, s.Judged):
        name = amount.value.name
        return names.name(c, e.Name((name,), (name,), span=amount.value.span), scope)
    return c.needed(x.numeric(c, amount.value, scope), span)


def row_scope(
    c: Checker, placed: Placed, amount: s.Amount, records: Symbol, scope: Scope
) -> tuple[Scope, t.Frame, t.Typed | None]:
    """The rows a line counts: the scope inside a row, the frame, and the condition a row must meet."""
    assert isinstance(amount.per, s.Per)
    c.use(records)
    frame = sets.records_frame(c, records, scope)
    inner = scope.inside(frame, records.name)
    tests = []
    if amount.per.where is not None:
        tests.append(x.truth(c, amount.per.where, inner))
        inner = inner.proving(x.proofs(amount.per.where, c, inner))
    day = date_field(c, records.name)
    if day is not None and force(c, placed) == "part":
        tests.append(_on_days(c, placed, day, inner))
    return inner, frame, cond.both(tests, amount.span) if tests else None


def _per_record(
    c: Checker, placed: Placed, amount: s.Amount, records: Symbol, scope: Scope
) -> tuple[t.Typed, t.Typed | None]:
    inner, frame, where = row_scope(c, placed, amount, records, scope)
    value = _amount(c, amount, inner, amount.span)
    if is_poison(value) or (where is not None and is_poison(where)):
        return poison(amount.span), None
    type_, _ = sets.folded(c, "sum", value, sets.MOST)
    return n.checked(t.Fold("sum", frame, value, where, type=type_, span=amount.span), c.report), where


def _per_value(c: Checker, amount: s.Amount, scope: Scope) -> t.Typed:
    value = _amount(c, amount, scope, amount.span)
    match amount.per:
        case None:
            return value
        case s.Per(of=of):
            times = c.needed(x.numeric(c, of, scope), of.span)
            if is_poison(times):
                return times
            times = n.held(times, n.constant(0), None, of.span)
            return n.multiply(value, n.bare(times), amount.span, c.report)
        case s.PerStep() as step:
            return n.multiply(value, _steps(c, step, scope), amount.span, c.report)


def _steps(c: Checker, step: s.PerStep, scope: Scope) -> t.Typed:
    """How many steps an amount counts for: whole ones, begun ones, or parts; nothing below zero."""
    size = x.numeric(c, step.step, scope)
    of = _as_fraction(c, step.of, scope)
    if is_poison(size, of.top):
        return poison(step.span)
    c.needed(of.top, step.of.span)
    if size.type.low <= 0:
        return c.error("KP332", step.step.span, text=step.step.span.text)
    units = [n.quotient_unit(of.top.type.unit, of.bottom.type.unit) if of.bottom else of.top.type.unit, size.type.unit]
    if not n.common_unit(units)[1]:
        return c.error(
            "KP221",
            step.span,
            "step",
            one=step.of.span.text,
            unit=n.unit_text(units[0]),
            other=step.step.span.text,
            other_unit=n.unit_text(units[1]),
        )
    bottom = n.bare(size) if of.bottom is None else n.multiply(n.bare(of.bottom), n.bare(size), step.span, c.report)
    rounding = {"full": Rounding(0, "floor"), "started": Rounding(0, "ceil"), "part": Rounding(c.precision)}[step.mode]
    steps = n.divide(Fraction(n.bare(of.top), bottom), rounding, step.span, c.report)
    if is_poison(steps):
        return steps
    return n.bare(n.held(c.needed(steps, step.of.span), n.constant(0), None, step.span))


def _as_fraction(c: Checker, node: e.Expr, scope: Scope) -> Fraction:
    """A chain, or a difference of a chain and a literal, unrounded (semantics.md 4)."""
    if isinstance(node, e.Bracketed):
        return _as_fraction(c, node.operand, scope)
    if isinstance(node, e.Sum) and sum(arithmetic.is_chain(term) for _, term in node.terms) == 1:
        chain_sign, chain = next((sign, term) for sign, term in node.terms if arithmetic.is_chain(term))
        inner = arithmetic.fraction(c, chain, scope)
        if inner.bottom is None or is_poison(inner.top, inner.bottom):
            return Fraction(x.numeric(c, node, scope))
        rest = [(sign, x.numeric(c, term, scope)) for sign, term in node.terms if not arithmetic.is_chain(term)]
        top = inner.top if chain_sign > 0 else n.negate(inner.top, chain.span)
        parts = [n.multiply(n.bare(value), n.bare(inner.bottom), node.span, c.report) for _, value in rest]
        signed = [part if sign > 0 else n.negate(part, node.span) for (sign, _), part in zip(rest, parts, strict=True)]
        return Fraction(n.add([n.bare(top), *signed], node.span, c.report), n.bare(inner.bottom))
    return arithmetic.fraction(c, node, scope)


# ---------------------------------------------------------------- when a rule is in force


def force(c: Checker, placed: Placed) -> str:
    """Whether a statement is in force in the period: `always`, `never`, or in `part` of it."""
    since, until = placed.context.since, placed.context.until
    first, last = c.period.first, c.period.last
    if (since and since > last) or (until and until < first):
        return "never"
    return "part" if (since and since > first) or (until and until < last) else "always"


def in_force(c: Checker, placed: Placed, asked: t.Typed, span: Span) -> t.Typed:
    """The condition, or no where the statement is not in force; a clause in force for part of the period is an error."""
    match force(c, placed):
        case "never":
            return t.Const(False, type=BOOL, span=span)
        case "part":
            since, until = (day.isoformat() if day else "" for day in (placed.context.since, placed.context.until))
            variant = "until" if not placed.context.since or placed.context.since <= c.period.first else ""
            return c.error("KP431", span, variant, period=c.period.text, since=since, until=until)
        case _:
            return asked


def _counts_dated_rows(c: Checker, placed: Placed, records: Symbol | None) -> bool:
    """Whether a line in force for part of the period counts the rows dated in it (semantics.md 11)."""
    return records is not None and date_field(c, records.name) is not None and force(c, placed) == "part"


def date_field(c: Checker, records: str) -> str | None:
    """The field that dates the rows of a table."""
    body = c.declarations.names[records].placed.statement.body
    return next((line.field for line in body if isinstance(line, s.On)), None)


def _on_days(c: Checker, placed: Placed, day: str, inner: Scope) -> t.Typed:
    span = placed.statement.span
    value = names.name(c, e.Name((day,), (day,), span=span), inner)
    tests = []
    for bound, operator in ((placed.context.since, ">="), (placed.context.until, "<=")):
        if bound is not None and not is_poison(value):
            tests.append(n.compare(operator, value, const(bound.toordinal(), DATE, span), span))
    return cond.both(tests, span)


def guarded(c: Checker, placed: Placed, condition: e.Expr | None, scope: Scope) -> t.Typed:
    """The condition of a statement together with its `for`."""
    tests = [] if _inside_item(placed) else [classes.guard(c, placed, scope)]
    if _inside_item(placed) and placed.statement.classes:
        tests.append(classes.among(c, placed.statement.classes, placed.statement.span, scope))
    if condition is not None:
        tests.append(x.truth(c, condition, scope))
    return cond.both(tests, placed.statement.span) if tests else t.Const(True, type=BOOL, span=placed.statement.span)


def _inside_item(placed: Placed) -> bool:
    return any(isinstance(parent, s.Item) for parent in placed.context.parents)


# ---------------------------------------------------------------- bonus, penalty, groups, caps


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
                    line(c, placed, placed.statement.amount, t.Key(t.EACH, kind, f"line {number}"), kind, scope)
                )
    for group in _groups(c, kind):
        parts.append(names.read(group_column(c, group, kind), Scope(), group.span))
    keys = tuple(part.key for part in parts if isinstance(part, t.Read))
    value = n.add(parts, span, c.report) if parts else n.constant(0, unit="")
    value = _capped(c, value, kind, span)
    first = placed_parts[0] if placed_parts else None
    origin = c.origin(first, kind, span) if first else Origin(kind, span)
    return c.enter(
        Column(t.Key(t.EACH, kind), value.type, value, replace(origin, clause=None, heading=None, assumes=()), keys)
    )


def _groups(c: Checker, kind: str) -> list[Symbol]:
    """The groups that hold amounts of a kind, in the order of the text."""
    found = []
    for placed in c.declarations.of(s.Group):
        assert isinstance(placed.statement, s.Group)
        if _members(c, placed.statement.name, kind):
            symbol = c.declarations.find((placed.statement.name,), placed.context.library)
            assert symbol is not None
            found.append(symbol)
    return found


def _members(c: Checker, name: str, kind: str | None = None) -> list[Placed]:
    return [
        placed
        for placed in c.declarations.of(s.Adjustment)
        if isinstance(placed.statement, s.Adjustment)
        and placed.statement.group == name
        and kind in (None, placed.statement.kind)
    ]


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
    members = _members(c, symbol.short)
    if any(isinstance(member.statement, s.Adjustment) and member.statement.kind != kind for member in members):
        c.error("KP410", group.span.part(group.name), name=group.name, notes=_one_of_each(members))
    if group.inside is not None:
        c.error("KP490", group.span, "group")
    with c.at(symbol.placed) as scope:
        if group.best:
            value: t.Typed = _best(c, group, members, scope)
            keys: tuple[t.Key, ...] = ()
        else:
            parts = []
            for number, member in enumerate(members, 1):
                assert isinstance(member.statement, s.Adjustment)
                with c.at(member) as here:
                    parts.append(
                        line(
                            c, member, member.statement.amount, t.Key(t.EACH, symbol.name, f"line {number}"), kind, here
                        )
                    )
            value = n.add(parts, group.span, c.report) if parts else n.constant(0, unit="")
            keys = tuple(part.key for part in parts if isinstance(part, t.Read))
        if group.up_to is not None and not is_poison(value):
            value = n.held(value, None, x.numeric(c, group.up_to, scope), group.span)
        value = _capped(c, value, symbol.name, group.span)
    return c.enter(Column(key, value.type, value, c.origin(symbol.placed, "group", group.span), keys))


def _best(c: Checker, group: s.Group, members: list[Placed], scope: Scope) -> t.Typed:
    candidates = [_candidates(c, group, member) for member in members]
    if not candidates or any(candidate is None for candidate in candidates):
        return poison(group.span) if candidates else n.constant(0, unit="")
    found = [candidate for candidate in candidates if candidate is not None]
    aligned = n.aligned([candidate.amount for candidate in found])
    found = [replace(candidate, amount=amount) for candidate, amount in zip(found, aligned, strict=True)]
    most = sets.MOST if group.best_by is not None else 1
    high = max(candidate.amount.type.high for candidate in found) * most
    low = min(0, *(candidate.amount.type.low for candidate in found)) * most
    type_ = replace(found[0].amount.type, low=low, high=max(0, high), unit="")
    return n.checked(t.Group(tuple(found), type=type_, span=group.span), c.report)


def _candidates(c: Checker, group: s.Group, member: Placed) -> t.Candidates | None:
    """What a line puts into a `best` group: each record's amount, or its whole amount."""
    assert isinstance(member.statement, s.Adjustment)
    amount = member.statement.amount
    with c.at(member) as scope:
        if amount.up_to is not None:
            c.error("KP411", amount.span, "up_to", name=group.name)
            return None
        records = counted_records(c, amount, scope)
        asked = guarded(c, member, amount.condition, scope)
        if not _counts_dated_rows(c, member, records):
            asked = in_force(c, member, asked, member.statement.span)
        if records is None and isinstance(amount.per, s.Per) and not _countable(c, amount.per, scope):
            return None
        if records is None:
            if group.best_by is not None:
                c.error("KP411", amount.span, "records", name=group.name, field=group.best_by)
                return None
            value, _ = line_value(c, member, amount, scope)
            return None if is_poison(value, asked) else t.Candidates(value)
        inner, frame, where = row_scope(c, member, amount, records, scope)
        value = _amount(c, amount, inner, amount.span)
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
    groups = [symbol.short for symbol in c.declarations.names.values() if isinstance(symbol.placed.statement, s.Group)]
    for placed in c.declarations.of(s.Adjustment, s.Cap):
        statement = placed.statement
        name = statement.group if isinstance(statement, s.Adjustment) else statement.target.text  # type: ignore[attr-defined]
        if name is None or name in groups or (isinstance(statement, s.Cap) and _is_sum(c, placed)):
            continue
        if name in c.declarations.broken:
            continue
        near = names.nearest(name, groups)
        place = statement.span.part(name)
        with c.at(placed):
            c.error(
                "KP412", place, "near" if near else "", name=name, near=near, fix=Fix(place, near) if near else None
            )


def _is_sum(c: Checker, placed: Placed) -> bool:
    """Whether a cap is on all bonuses, all penalties, or a group."""
    assert isinstance(placed.statement, s.Cap)
    target = placed.statement.target
    symbol = c.declarations.find(target.parts, placed.context.library)
    return (len(target.parts) == 1 and target.canonical[0] in ("bonus", "penalty")) or (
        symbol is not None and isinstance(symbol.placed.statement, s.Group)
    )


def _capped(c: Checker, value: t.Typed, target: str, span: Span) -> t.Typed:
    """The smallest of the caps that hold; each where its condition does."""
    for placed in c.declarations.of(s.Cap):
        assert isinstance(placed.statement, s.Cap)
        cap = placed.statement
        if target not in (cap.target.canonical[-1] if len(cap.target.parts) == 1 else "", _cap_name(c, placed)):
            continue
        with c.at(placed) as scope:
            limit = x.numeric(c, cap.limit, scope)
            asked = in_force(c, placed, guarded(c, placed, cap.condition, scope), cap.span)
        if is_poison(value, limit, asked):
            return poison(span)
        capped = n.held(value, None, limit, cap.span)
        value = n.choose([(asked, capped)], value, cap.span)
    return value


def _cap_name(c: Checker, placed: Placed) -> str:
    assert isinstance(placed.statement, s.Cap)
    symbol = c.declarations.find(placed.statement.target.parts, placed.context.library)
    return symbol.name if symbol else ""
