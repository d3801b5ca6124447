"""Amounts: a line's points per record, per step, or once (semantics.md 10)."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import chains, force, names, percentages, sets, units
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import Fraction, Rounding, is_poison, poison
from kaoping.columns import Column
from kaoping.diagnostic import Fix, warning
from kaoping.source import Span
from kaoping.types import decimal_text, number, people_text, trimmed


def line(c: Checker, placed: Placed, amount: s.Amount, key: t.Key, role: str, scope: Scope) -> t.Typed:
    """The value of an `add`, `deduct`, `bonus` or `penalty` line, as a column of its own."""
    value = line_value(c, placed, amount, scope)
    if is_poison(value):
        return value
    origin = c.origin(placed, role, placed.statement.span, amount.why)
    column = c.enter(Column(key, value.type, value, origin))
    return names.read(column, scope, placed.statement.span)


def line_value(c: Checker, placed: Placed, amount: s.Amount, scope: Scope) -> t.Typed:
    """The sum of a line: its amount per record, step or expression, if its condition holds, held by `up to`."""
    records = counted_records(c, amount, scope)
    if records is not None:
        value = _per_record(c, placed, amount, records, scope)
    elif isinstance(amount.per, s.Per) and not countable(c, amount.per, scope):
        return poison(amount.span)
    else:
        value = _per_value(c, amount, scope)
    asked = force.guarded(c, placed, amount.condition, scope)
    if not force.counts_dated_rows(c, placed, records):
        asked = force.in_force(c, placed, asked, placed.statement.span)
    if is_poison(value, asked):
        return poison(amount.span)
    if amount.up_to is not None:
        percentages.as_points(c, amount.up_to)
        value = n.held(value, None, x.numeric(c, amount.up_to, scope), amount.span)
    if is_poison(value):
        return value
    none = n.with_places(n.constant(0, unit=value.type.unit), value.type.places)
    value = n.choose([(asked, value)], none, amount.span)
    if isinstance(value, t.Choose) and isinstance(amount.value, s.Judged):
        value = replace(value, spares=True)  # nobody judges what did not happen
    return _points(c, value, amount.span)


def _points(c: Checker, value: t.Typed, span: Span) -> t.Typed:
    if is_poison(value):
        return value
    if value.type.unit not in (None, "") and not (value.type.unit or "").startswith("#"):
        return c.error("KP221", span, "points", text=value.span.text, unit=units.unit_text(value.type.unit))
    return replace(value, type=replace(value.type, unit=""))


def counted_records(c: Checker, amount: s.Amount, scope: Scope) -> Symbol | None:
    """The records a line counts `per`; None where it counts something else."""
    return names.records_of(c, amount.per.of, scope) if isinstance(amount.per, s.Per) else None


def countable(c: Checker, per: s.Per, scope: Scope) -> bool:
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


def amount_of(c: Checker, amount: s.Amount, scope: Scope, span: Span) -> t.Typed:
    """The points of a line for one record or once: as written, or as an assessor decides."""
    if isinstance(amount.value, s.Judged):
        name = amount.value.name
        return names.name(c, e.Name((name,), (name,), span=amount.value.span), scope)
    percentages.as_points(c, amount.value)
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
    day = force.date_field(c, records.name)
    if day is not None and force.force(c, placed) == "part":
        tests.append(force.on_days(c, placed, day, inner))
    return inner, frame, cond.both(tests, amount.span) if tests else None


def _per_record(c: Checker, placed: Placed, amount: s.Amount, records: Symbol, scope: Scope) -> t.Typed:
    inner, frame, where = row_scope(c, placed, amount, records, scope)
    value = amount_of(c, amount, inner, amount.span)
    if is_poison(value) or (where is not None and is_poison(where)):
        return poison(amount.span)
    type_, _ = sets.folded(c, "sum", value, sets.MOST)
    return n.checked(t.Fold("sum", frame, value, where, spares=True, type=type_, span=amount.span), c.report)


def _per_value(c: Checker, amount: s.Amount, scope: Scope) -> t.Typed:
    value = amount_of(c, amount, scope, amount.span)
    match amount.per:
        case None:
            return value
        case s.Per(of=e.Product(factors=((_, e.Number(percent=True)), _)) as of):
            return c.error("KP333", of.span, text=of.span.text)
        case s.Per(of=e.Number() as of):
            return c.error("KP333", of.span, "alone", text=of.span.text)
        case s.Per(of=of):
            times = c.needed(x.numeric(c, of, scope), of.span)
            if is_poison(times):
                return times
            percentages.times_percentage(c, amount, of, times)
            times = n.held(times, n.constant(0), None, of.span)
            return n.multiply(value, n.bare(times), amount.span, c.report)
        case s.PerStep() as step:
            return n.multiply(value, _steps(c, step, scope), amount.span, c.report)


def _steps(c: Checker, step: s.PerStep, scope: Scope) -> t.Typed:
    """How many steps an amount counts for: whole ones, begun ones, or parts; nothing below zero."""
    size = chains.fraction(c, step.step, scope)
    of = _as_fraction(c, step.of, scope)
    size = Fraction(chains.number(c, size.top, step.step.span), size.bottom)
    of = Fraction(chains.number(c, of.top, step.of.span), of.bottom)
    if is_poison(*(part for side in (size, of) for part in (side.top, side.bottom) if part is not None)):
        return poison(step.span)
    c.needed(of.top, step.of.span)
    c.needed(size.top, step.step.span)
    if size.top.type.low <= 0 or (size.bottom is not None and size.bottom.type.low <= 0):
        return c.error("KP332", step.step.span, text=step.step.span.text)
    sides = [
        units.quotient_unit(side.top.type.unit, side.bottom.type.unit) if side.bottom else side.top.type.unit
        for side in (of, size)
    ]
    if not units.common_unit(sides)[1]:
        return c.error(
            "KP221",
            step.span,
            "step",
            one=step.of.span.text,
            unit=units.unit_text(sides[0]),
            other=step.step.span.text,
            other_unit=units.unit_text(sides[1]),
        )
    top, bottom = n.bare(of.top), n.bare(size.top)
    if size.bottom is not None:
        top = n.multiply(top, n.bare(size.bottom), step.span, c.report)
    if of.bottom is not None:
        bottom = n.multiply(n.bare(of.bottom), bottom, step.span, c.report)
    rounding = {"full": Rounding(0, "floor"), "started": Rounding(0, "ceil"), "part": Rounding(c.precision)}[step.mode]
    steps = n.divide(Fraction(top, bottom), rounding, step.span, c.report)
    if is_poison(steps):
        return steps
    _tell_of_size(c, step, steps, of)
    return n.bare(n.held(c.needed(steps, step.of.span), n.constant(0), None, step.span))


def _tell_of_size(c: Checker, step: s.PerStep, steps: t.Typed, counted: Fraction) -> None:
    """Say where the steps of a percentage are of a hundred percent, where those of a number are percentages, and where
    nobody can have a whole one.
    """
    type_, percent = counted.top.type, counted.top.type.percent
    of = step.of.operand if isinstance(step.of, e.Bracketed) else step.of
    terms = [term for _, term in of.terms] if isinstance(of, e.Sum) else []
    percent = percent or any(isinstance(each, e.Number) and each.percent for each in terms)
    size, text = step.step, step.step.span.text
    if percent and isinstance(size, e.Number) and not size.percent and size.digits >= 10**size.places:
        meant, fix = people_text(size.digits, number(0, 0, size.places, percent=True)), Fix(size.span, f"{text}%")
        c.report(warning("KP334", size.span, "percent", text=text, meant=meant, right=f"{text}%", fix=fix))
    elif isinstance(size, e.Number) and size.percent and not percent and _is_filled_in(c, counted):
        if type_.high > 10 ** max(type_.places, 0):
            points = trimmed(decimal_text(size.digits, size.places - 2))
            c.report(warning("KP334", size.span, "number", text=text, of=step.of.span.text, points=points))
    elif step.mode == "started" and isinstance(of, e.Call) and of.function in ("months", "years") and text == "1":
        c.report(warning("KP454", step.span, of.function, text=of.span.text))
    elif step.mode == "full" and steps.type.high <= 0:
        c.report(warning("KP334", size.span, text=text, of=step.of.span.text))


def _is_filled_in(c: Checker, counted: Fraction) -> bool:
    """Whether what is counted is a number of the data as it stands, and no rate that is computed."""
    top = counted.top
    column = c.columns.get(top.key) if isinstance(top, t.Read) else None
    return isinstance(top, t.Read) and counted.bottom is None and (column is None or column.value is None)


def _as_fraction(c: Checker, node: e.Expr, scope: Scope) -> Fraction:
    """A chain, or a difference of a chain and a literal, unrounded (semantics.md 4)."""
    if isinstance(node, e.Bracketed):
        return _as_fraction(c, node.operand, scope)
    if isinstance(node, e.Sum) and sum(chains.is_chain(c, term, scope) for _, term in node.terms) == 1:
        chain_sign, chain = next((sign, term) for sign, term in node.terms if chains.is_chain(c, term, scope))
        inner = chains.fraction(c, chain, scope)
        if inner.bottom is None or is_poison(inner.top, inner.bottom):
            return Fraction(x.numeric(c, node, scope))
        rest = [(sign, x.numeric(c, term, scope)) for sign, term in node.terms if not chains.is_chain(c, term, scope)]
        top = inner.top if chain_sign > 0 else n.negate(inner.top, chain.span)
        parts = [n.multiply(n.bare(value), n.bare(inner.bottom), node.span, c.report) for _, value in rest]
        signed = [part if sign > 0 else n.negate(part, node.span) for (sign, _), part in zip(rest, parts, strict=True)]
        return Fraction(n.add([n.bare(top), *signed], node.span, c.report), n.bare(inner.bottom))
    return chains.fraction(c, node, scope)
