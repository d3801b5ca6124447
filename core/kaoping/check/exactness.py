"""How far a computed number can lie from the exact one, and whether the next rounding or comparison can see it.

A quotient that is not rounded on the spot is kept with `precision` places: the computed q′ lies within ½·10^−p of the
exact q = T/B. What follows computes f in place of e = Σ α·q + β, with |f − e| ≤ Σ |α|·½·10^−p, where β is exact.
A rounding, or a comparison, has boundaries: k·10^−r, or the halves between. It sees the difference only where

1. e is no boundary, but f has crossed one or come to lie on it. e and the boundaries are multiples of 1/(m·ΠB), m the
   common denominator of all that is constant, so e keeps at least that far away: safe if the error is smaller.
2. e is a boundary, but f is not. With one quotient, α·q = boundary − β has an end as a decimal. Then q has one, and
   q′ = q, if the numerator of α has no prime factors but 2 and 5; otherwise the divisor must be able to have such
   a factor and, for halves, enough factors of 2. With two quotients of factors ±α the errors are opposite and cancel.

What is not of this form is not proven. All arithmetic here is in fractions, so the proof itself does not round.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from msgspec import Struct, field

from kaoping import typed as t

HALF = ("half up", "half even")
Witness = int
"""A divisor, in units of its last place, for which the computed result can differ."""


class Quotient(Struct, frozen=True):
    """A quotient T/B, kept with `places`; `shift` is how many more places T has than B.

    `divisor` tells divisors apart: two quotients of the same divisor have the same B.
    """

    node: t.Typed
    low: int
    high: int
    shift: int
    places: int
    divisor: object
    row: object = None

    @property
    def error(self) -> Fraction:
        """The most that the kept value is off."""
        return Fraction(1, 2 * 10**self.places)

    def has_divisor(self, factor: int) -> int | None:
        """A divisor that is a multiple of a factor; None where there is none in its range."""
        candidate = self.high // factor * factor
        if candidate < self.low or candidate == 0:
            return None
        return -(-max(self.low, 1) // factor) * factor

    @property
    def longest(self) -> int:
        """The most decimals that a quotient with an end can have."""
        return max(self.high.bit_length() - 1, 0) + max(self.shift, 0)


class Form(Struct, frozen=True):
    """A computed number: quotients with constant factors and an exact rest of some places; the rest's value where
    constant.

    `over` are the places of an exact divisor below it all. `rough` is what is not of this form.
    """

    factors: dict[Quotient, Fraction] = field(default_factory=dict)
    places: int = 0
    constant: Fraction | None = None
    over: int = 0
    divided: bool = False
    rough: bool = False

    @property
    def exact(self) -> bool:
        """Whether nothing in it has been rounded."""
        return not self.factors and not self.rough

    def plus(self, other: Form, sign: int = 1) -> Form:
        """The sum, or the difference, of two such numbers."""
        factors = dict(self.factors)
        for quotient, factor in other.factors.items():
            factors[quotient] = factors.get(quotient, Fraction(0)) + sign * factor
        factors = {quotient: factor for quotient, factor in factors.items() if factor}
        known = self.constant is not None and other.constant is not None
        constant = (self.constant or Fraction(0)) + sign * (other.constant or Fraction(0)) if known else None
        split = (self.divided or other.divided) and (not self.exact or not other.exact)
        return Form(factors, max(self.places, other.places), constant, rough=self.rough or other.rough or split)

    def times(self, factor: Fraction, places: int) -> Form:
        """This number times a constant that has some places."""
        factors = {quotient: each * factor for quotient, each in self.factors.items() if factor}
        constant = None if self.constant is None else self.constant * factor
        return Form(factors, self.places + places, constant, self.over, self.divided, self.rough and bool(factor))


class Unproven(Struct, frozen=True):
    """Why a rounding or comparison may see the difference: a divisor for which it can, where one is known."""

    quotients: tuple[Quotient, ...]
    divisor: Witness | None = None


def rounding_sees(form: Form, places: int, mode: str) -> Unproven | None:
    """Whether rounding to some places may give another digit than the exact number would; None where it cannot."""
    if form.exact:
        return None
    half = mode in HALF
    scale = (2 if half else 1) * 10 ** (places + form.over)
    return _sees(form, scale, decimals=places + form.over + half, halves=places if half and not form.divided else None)


def comparison_sees(form: Form) -> Unproven | None:
    """Whether the sign of a difference may be another than that of the exact one; None where it cannot."""
    if form.exact:
        return None
    single = _monotone(form)
    if single is not None:
        return None if single else Unproven(tuple(form.factors))
    return _sees(form, 1, decimals=0, halves=None, point=form.constant)


def order_sees(form: Form) -> Unproven | None:
    """Whether two rows may be ordered otherwise than by their exact numbers; None where they cannot."""
    if form.exact:
        return None
    other = {
        Quotient(q.node, q.low, q.high, q.shift, q.places, (q.divisor, "other"), "other"): factor
        for q, factor in form.factors.items()
    }
    constant = Fraction(0) if form.constant is not None else None
    twice = Form(dict(form.factors), form.places, constant, form.over, form.divided, form.rough)
    return comparison_sees(twice.plus(Form(other, form.places, constant), -1))


def _monotone(form: Form) -> bool | None:
    """Two quotients against each other, nothing beside: rounding keeps their order if they differ by a whole last
    place.
    """
    if form.rough or form.constant != 0 or len(form.factors) != 2 or sum(form.factors.values(), Fraction(0)):
        return None
    one, other = form.factors
    shift = max(one.shift, 0) + max(other.shift, 0)
    apart = Fraction(1, one.high * other.high * 10**shift)
    return one.places == other.places and apart >= Fraction(1, 10**one.places)


def _sees(
    form: Form, scale: int, *, decimals: int, halves: int | None, point: Fraction | None = None
) -> Unproven | None:
    quotients = tuple(form.factors)
    if form.rough:
        return Unproven(quotients)
    error = sum((abs(factor) * quotient.error for quotient, factor in form.factors.items()), Fraction(0))
    constant = lcm(scale, 10**form.places, *(f.denominator * 10 ** max(q.shift, 0) for q, f in form.factors.items()))
    if point is not None:
        constant = lcm(constant, point.denominator)
    divisors = {quotient.divisor: quotient.high for quotient in quotients}
    product = constant
    for high in divisors.values():
        product *= high
    if error * product >= 1:
        return Unproven(quotients)
    if len(quotients) == 1:
        return _one_on_a_boundary(quotients[0], form, max(decimals, form.places), halves, point)
    if len(quotients) == 2:
        return _two_on_a_boundary(quotients, form, max(decimals, form.places))
    return Unproven(quotients)


def _one_on_a_boundary(
    quotient: Quotient, form: Form, decimals: int, halves: int | None, point: Fraction | None
) -> Unproven | None:
    factor = form.factors[quotient]
    if point is not None:
        return _at_a_point(quotient, -point / factor)
    twos, fives, rest = split(abs(factor.numerator))
    if decimals + max(twos, fives) > quotient.places and quotient.longest > quotient.places:
        return Unproven((quotient,))
    if rest == 1:
        return None
    needed = 1
    if halves is not None and form.places <= halves:
        v2 = twos - split(factor.denominator)[0]
        needed = 2 ** max(0, halves + 1 + v2 - quotient.shift)
    found = [quotient.has_divisor(prime * needed) for prime in primes(rest)]
    witnesses = [each for each in found if each is not None]
    return Unproven((quotient,), min(witnesses)) if witnesses else None


def _at_a_point(quotient: Quotient, value: Fraction) -> Unproven | None:
    """A comparison with one constant: the only quotient that lies on it must be kept exactly, or never occur."""
    if 10**quotient.places % value.denominator == 0:
        return None
    low, high = quotient.node.type.low, quotient.node.type.high
    if not low - 1 <= value * 10**quotient.node.type.places <= high + 1:
        return None
    divisor = quotient.has_divisor((value * Fraction(10) ** quotient.shift).denominator)
    return None if divisor is None else Unproven((quotient,), divisor)


def _two_on_a_boundary(quotients: tuple[Quotient, ...], form: Form, decimals: int) -> Unproven | None:
    one, other = quotients
    factor = form.factors[one]
    twos, fives, rest = split(abs(factor.numerator))
    opposite = abs(factor) == abs(form.factors[other]) and one.places == other.places
    # a value exactly half-way between two kept ones is rounded away from zero on both sides: then nothing cancels
    half_way = max(one.longest, other.longest) > one.places
    if opposite and rest == 1 and decimals + max(twos, fives) <= one.places and not half_way:
        return None
    return Unproven(quotients)


def split(number: int) -> tuple[int, int, int]:
    """How often 2 and 5 divide a positive number, and what is left."""
    twos = fives = 0
    while number % 2 == 0:
        number, twos = number // 2, twos + 1
    while number % 5 == 0:
        number, fives = number // 5, fives + 1
    return twos, fives, number


def primes(number: int) -> list[int]:
    """The prime factors of a number; a large one that is left counts as prime, which makes a proof only harder to
    refute.
    """
    found, factor = [], 3
    while factor * factor <= number and factor < 10_000:
        if number % factor == 0:
            found.append(factor)
            while number % factor == 0:
                number //= factor
        factor += 2
    return [*found, number] if number > 1 else found
