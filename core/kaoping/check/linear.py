"""Sums with constant factors: `a·60% + b·30% − 5` as factors of what is added up."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t

Atom = t.Typed
"""What a sum takes as a whole: the read of a column, a fold, a quotient."""


class Linear(Struct, frozen=True):
    """constant + Σ factor · atom, in real units; no factor is 0."""

    factors: dict[Atom, Fraction]
    constant: Fraction = Fraction(0)

    @property
    def identity(self) -> tuple[frozenset[tuple[Atom, Fraction]], Fraction]:
        """What tells it apart from other sums, to be used as a key."""
        return frozenset(self.factors.items()), self.constant

    def plus(self, other: Linear, times: Fraction = Fraction(1)) -> Linear:
        """This sum and another one, taken so many times."""
        factors = dict(self.factors)
        for atom, factor in other.factors.items():
            factors[atom] = factors.get(atom, Fraction(0)) + factor * times
        kept = {atom: factor for atom, factor in factors.items() if factor}
        return Linear(kept, self.constant + other.constant * times)

    def times(self, factor: Fraction) -> Linear:
        """This sum so many times."""
        return Linear({}).plus(self, factor)


def linear(node: t.Typed, opened: Callable[[t.Key], t.Typed | None] = lambda _: None) -> Linear:
    """An expression as a sum; `opened` gives the expression behind a column that is to be looked into."""
    match node:
        case t.Const(value=int() as value):
            return Linear({}, Fraction(value, 10**node.type.places))
        case t.Scale(operand=operand) | t.Present(operand=operand):
            return linear(operand, opened)
        case t.Add(operands=operands):
            total = Linear({})
            for operand in operands:
                total = total.plus(linear(operand, opened))
            return total
        case t.Negate(operand=operand):
            return linear(operand, opened).times(Fraction(-1))
        case t.Multiply(left=left, right=right):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, t.Const) and isinstance(one.value, int):
                    return linear(other, opened).times(Fraction(one.value, 10**one.type.places))
            return Linear({node: Fraction(1)})
        case t.Read(key=key):
            behind = opened(key)
            return Linear({bare(node): Fraction(1)}) if behind is None else linear(behind, opened)
        case _:
            return Linear({node: Fraction(1)})


def bare(node: t.Read) -> t.Read:
    """The read of a column as one and the same atom wherever it stands, whatever unit it was given there."""
    return replace(node, type=replace(node.type, unit=None, percent=False, optional=False))
