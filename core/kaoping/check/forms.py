"""What each typed expression computes, as quotients that were kept with `precision` places and an exact rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check.exactness import Form, Quotient, Unproven, comparison_sees, order_sees, rounding_sees, split
from kaoping.columns import Column
from kaoping.types import Kind

MANY = 32
"""How many ways a sum of choices is followed before it counts as not proven."""
ROWS = 1_000_000

Forms = tuple[Form, ...]
"""The ways an expression may be computed, one per branch; ways without a rounded quotient are left out if others have
one.
"""


class Doubt(Struct, frozen=True):
    """A rounding or comparison that may differ from the exact one."""

    node: t.Typed
    kind: str  # rounding, comparison, order
    reason: Unproven


class Exactness(Struct):
    """The forms of the columns of one check; columns are looked into once."""

    columns: Mapping[t.Key, Column]
    precision: int
    _forms: dict[t.Key, Forms] = field(default_factory=dict)

    def column(self, key: t.Key) -> Forms:
        """The forms of a column."""
        if key in self._forms:
            return self._forms[key]
        waiting = [(key, False)]
        while waiting:  # what is read comes first, so that a long chain of columns needs no deep recursion
            each, ready = waiting.pop()
            column = self.columns.get(each)
            if each in self._forms and not ready:
                continue
            self._forms[each] = (Form(places=column.type.places if column else 0),)  # ends what goes round in a circle
            if column is None or column.value is None or column.type.kind is not Kind.NUMBER:
                continue
            if ready:
                self._forms[each] = self.forms(column.value)
            else:
                waiting.append((each, True))
                waiting.extend((other, False) for other in column.reads if other not in self._forms)
        return self._forms[key]

    def doubts(self, column: Column) -> Iterator[Doubt]:
        """The roundings and comparisons in the expression of a column that may see the difference."""
        for node in column.nodes:
            yield from self._doubts_at(node)

    def _doubts_at(self, node: t.Typed) -> Iterator[Doubt]:
        match node:
            case t.Drop(operand=operand, mode=mode):
                found = (rounding_sees(form, node.type.places, mode) for form in self.forms(operand))
                kind = "rounding"
            case t.Divide(mode=mode) if node.type.places < self.precision:
                found = (rounding_sees(form, node.type.places, mode) for form in self._quotient(node))
                kind = "rounding"
            case t.Compare(left=left, right=right) if left.type.kind is Kind.NUMBER:
                pairs = product(self.forms(left), self.forms(right))
                found = (comparison_sees(one.plus(other, -1)) for one, other in pairs)
                kind = "comparison"
            case t.Rank(value=value) | t.Percentile(value=value):
                found, kind = (order_sees(form) for form in self.forms(value)), "order"
            case t.Chosen(keys=keys) | t.Ordinal(by=keys) | t.PreviousRow(by=keys):
                found, kind = (order_sees(form) for key in keys for form in self.forms(key)), "order"
            case _:
                return
        reason = next((reason for reason in found if reason is not None), None)
        if reason is not None:
            yield Doubt(node, kind, reason)

    # ---------------------------------------------------------------- forms

    def forms(self, node: t.Typed) -> Forms:
        """The forms of an expression."""
        if node.type.kind is not Kind.NUMBER:
            return (Form(),)
        if isinstance(node, t.Read):
            return self.column(node.key)
        found = self._forms_of(node)
        if all(form.exact for form in found):
            constants = {form.constant for form in found}
            return (
                Form(
                    places=max(form.places for form in found), constant=constants.pop() if len(constants) == 1 else None
                ),
            )
        kept: dict[tuple[object, ...], Form] = {}
        for form in found:
            if not form.exact:
                kept.setdefault(_identity(form), form)
        return tuple(kept.values())

    def _forms_of(self, node: t.Typed) -> Forms:
        match node:
            case t.Const(value=value):
                constant = Fraction(int(value or 0), 10**node.type.places)
                return (Form(places=_decimals(constant), constant=constant),)
            case t.Scale(operand=operand) | t.Present(operand=operand):
                return self.forms(operand)
            case t.Add(operands=operands):
                return self._sum(operands)
            case t.Negate(operand=operand):
                return tuple(form.times(Fraction(-1), 0) for form in self.forms(operand))
            case t.Absolute(operand=operand):
                forms = self.forms(operand)
                return (*forms, *(form.times(Fraction(-1), 0) for form in forms))
            case t.Multiply(left=left, right=right):
                return self._product(left, right)
            case t.Divide():
                return self._divided(node)
            case t.Drop():
                return (Form(places=node.type.places),)
            case t.Least(operands=operands) | t.Greatest(operands=operands):
                return tuple(form for operand in operands for form in self.forms(operand))
            case t.Choose(arms=arms, otherwise=otherwise):
                values = (*(value for _, value in arms), otherwise)
                return tuple(form for value in values if not _is_missing(value) for form in self.forms(value))
            case t.Coalesce(operand=operand, fallback=fallback):
                return (*self.forms(operand), *self.forms(fallback))
            case t.Fold() | t.Cohort():
                return self._fold(node)
            case t.Group(parts=parts):
                inner = [form for part in parts for form in self.forms(part.amount)]
                return (Form(places=node.type.places, rough=any(not form.exact for form in inner)),)
            case t.PreviousRow(value=value) | t.Percentile(value=value):
                return tuple(_elsewhere(form, node) for form in self.forms(value))
            case _:
                return (Form(places=node.type.places),)

    def _sum(self, operands: tuple[t.Typed, ...]) -> Forms:
        parts = [self.forms(operand) for operand in operands]
        ways = 1
        for part in parts:
            ways *= len(part)
        if ways > MANY:
            quotients = {quotient: Fraction(1) for part in parts for form in part for quotient in form.factors}
            return (Form(quotients, rough=True),)
        found = []
        for chosen in product(*parts):
            total = Form(constant=Fraction(0))
            for form in chosen:
                total = total.plus(form)
            found.append(total)
        return tuple(found)

    def _product(self, left: t.Typed, right: t.Typed) -> Forms:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, t.Const) and isinstance(one.value, int):
                factor = Fraction(one.value, 10**one.type.places)
                return tuple(form.times(factor, _decimals(factor)) for form in self.forms(other))
        return tuple(
            Form({**a.factors, **b.factors}, a.places + b.places, rough=not (a.exact and b.exact))
            for a, b in product(self.forms(left), self.forms(right))
        )

    def _divided(self, node: t.Divide) -> Forms:
        """A quotient: exact where it has an end by construction, else kept with its places."""
        if node.type.places < self.precision:
            return (Form(places=node.type.places),)  # rounded as the scheme says, not kept
        tops, bottoms = self.forms(node.left), self.forms(node.right)
        if not all(form.exact for form in (*tops, *bottoms)):
            return tuple(replace(form, rough=True) for form in (*tops, *bottoms) if not form.exact)
        bottom = node.right
        if isinstance(bottom, t.Const) and isinstance(bottom.value, int) and 10**node.digits % bottom.value == 0:
            return (Form(places=node.type.places if node.digits > 18 else _places_of(node, bottom.value)),)
        return (Form({_kept(node, max(form.places for form in tops)): Fraction(1)}, 0, Fraction(0)),)

    def _quotient(self, node: t.Divide) -> Forms:
        """The quotient before it is rounded as the scheme says: inexact only by what it divides."""
        bottoms = self.forms(node.right)
        if not all(form.exact for form in bottoms):
            return tuple(replace(form, rough=True) for form in (*self.forms(node.left), *bottoms))
        over = max(form.places for form in bottoms)
        return tuple(form if form.exact else replace(form, over=over, divided=True) for form in self.forms(node.left))

    def _fold(self, node: t.Fold | t.Cohort) -> Forms:
        if node.value is None or node.kind in ("count", "distinct"):
            return (Form(places=0),)
        inner = self.forms(node.value)
        exact = all(form.exact for form in inner)
        if node.kind == "average":
            if not exact:
                return tuple(replace(form, rough=True) for form in inner)
            most = min(node.last.number, ROWS) if isinstance(node, t.Fold) and node.last is not None else ROWS
            frame = node.frame if isinstance(node, t.Fold) else "all"
            rows = (frame, node.where, node.last if isinstance(node, t.Fold) else node.within, node.trim)
            places = max(form.places for form in inner)
            quotient = Quotient(node, 1, most, places, node.type.places, rows)
            return (Form({quotient: Fraction(1)}, 0, Fraction(0)),)
        if node.kind == "sum":
            return (
                (Form(places=max(form.places for form in inner)),)
                if exact
                else tuple(replace(f, rough=True) for f in inner)
            )
        return tuple(_elsewhere(form, node) for form in inner)


def _kept(node: t.Divide, places: int) -> Quotient:
    """A quotient by its divisor as it stands in the data, without the zeros that only align it."""
    divisor = node.right
    while isinstance(divisor, t.Scale):
        divisor = divisor.operand
    bottom = divisor.type
    low = 1 if bottom.low <= 0 <= bottom.high else min(abs(bottom.low), abs(bottom.high))
    high = max(abs(bottom.low), abs(bottom.high))
    return Quotient(node, low, high, places - bottom.places, node.type.places, divisor)


def _places_of(node: t.Divide, divisor: int) -> int:
    """The decimals of a quotient by a constant that always has an end."""
    more = next(k for k in range(node.digits + 1) if 10**k % divisor == 0)
    return max(0, node.left.type.places - node.right.type.places + more)


def _elsewhere(form: Form, node: t.Typed) -> Form:
    """A value of another row: its quotients are not those of this one."""
    factors = {replace(q, row=node, divisor=(q.divisor, node)): factor for q, factor in form.factors.items()}
    return replace(form, factors=factors)


def _decimals(value: Fraction) -> int:
    """The decimals of a number that has an end."""
    twos, fives, _ = split(value.denominator)
    return max(twos, fives)


def _is_missing(node: t.Typed) -> bool:
    return isinstance(node, t.Const) and node.value is None


def _identity(form: Form) -> tuple[object, ...]:
    """What two forms are compared by, so that each is followed once."""
    return (frozenset(form.factors.items()), form.places, form.constant, form.over, form.divided, form.rough)
