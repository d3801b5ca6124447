"""Arithmetic in SQL that means the same in every engine: whole numbers, no negative number ever divided.

Every expression knows the range of its values, so that it is counted in a whole number that holds them, and every
operand is widened before and not after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.engines.sql.dialects import Dialect, TooWide, bits_of
from kaoping.engines.sql.relations import Expr, Ref

AT_ONCE = 50
"""How many operands one operator has at most: 1,000 nest too deep for SQLite and DuckDB, MIN of 128 SQLite refuses."""

WEIGHT = 12
"""How deep an expression may nest before it becomes a column of its own; the engines stop at 100 and more."""

_MOST = 2**63 - 1
_MIRRORED = {"floor": "up", "ceil": "down"}
"""How the size of a number below zero is rounded."""


class Sql(Struct, frozen=True):
    """An expression: its range where it is a whole number, whether it may be NULL, how deep it nests (0: a column or
    a constant), and how many bits it is counted in.
    """

    text: str
    low: int = 0
    high: int = 0
    missing: bool = False
    depth: int = 0
    bits: int = 0
    refs: frozenset[Ref] = frozenset()

    @property
    def expr(self) -> Expr:
        """The expression without what is known of it."""
        return Expr(self.text, self.refs)


def parted(operands: Sequence[Sql]) -> list[list[Sql]]:
    """Operands in groups no larger than an operator takes at once."""
    return [list(operands[at : at + AT_ONCE]) for at in range(0, len(operands), AT_ONCE)]


class Arithmetic(Struct):
    """Expressions in one dialect; `column` makes one a column of its own, so that it can be used more than once."""

    dialect: Dialect
    column: Callable[[Sql], Sql]
    unproved: list[tuple[int, int]] = field(default_factory=list)

    def built(self, text: str, operands: Iterable[Sql], low: int = 0, high: int = 0, bits: int = 0) -> Sql:
        """An expression of operands; NULL where one of them is, as SQL has it."""
        operands = list(operands)
        refs = frozenset[Ref]().union(*(each.refs for each in operands))
        depth = 1 + max((each.depth for each in operands), default=0)
        made = Sql(text, low, high, any(each.missing for each in operands), depth, bits, refs)
        if bits > self.dialect.widest:
            return self._guarded(made)
        return self.column(made) if depth > WEIGHT else made

    def _guarded(self, value: Sql) -> Sql:
        """A whole number that may be too wide for the engine: then the run stops, and no digit is wrong.

        SQLite would go on in floating point; the smallest whole number has no absolute value, which it does refuse.
        """
        held = replace(value, low=max(value.low, -_MOST), high=min(value.high, _MOST), bits=64)
        if not self.dialect.overflows:
            return self.column(held)
        held = self.column(held)
        text = f"CASE WHEN TYPEOF({held.text}) = 'real' THEN ABS(-9223372036854775807 - 1) ELSE {held.text} END"
        return self.column(replace(held, text=text, depth=1))

    def atom(self, value: Sql) -> Sql:
        """The same as a column or a constant."""
        return value if value.depth == 0 else self.column(value)

    def bits(self, low: int, high: int) -> int:
        """The bits to count in where values lie between the ends."""
        bits = bits_of(low, high)
        if bits > self.dialect.widest or not bits:
            if not self.dialect.stops:
                raise TooWide(low, high)
            self.unproved.append((low, high))
            return 128
        return bits

    def wide(self, value: Sql, bits: int) -> str:
        """The expression counted in so many bits; a constant takes the width of what it meets."""
        same = self.dialect.integer(bits) == self.dialect.integer(32)
        return value.text if value.bits in (0, bits) or value.bits > bits or same else self._cast(value.text, bits)

    def _cast(self, text: str, bits: int) -> str:
        return f"CAST({text} AS {self.dialect.integer(bits)})"

    def _all_wide(self, operands: list[Sql], bits: int) -> list[str]:
        texts = [self.wide(each, bits) for each in operands]
        if bits > 32 and all(each.bits == 0 for each in operands[:2]):  # it is counted from the left
            texts[0] = self._cast(texts[0], bits)
        return texts

    # ---------------------------------------------------------------- operations

    def add(self, operands: list[Sql], low: int, high: int) -> Sql:
        """The sum; what is added up on the way may be larger than the whole."""
        if len(operands) > AT_ONCE:
            parts = [
                self.add(part, sum(each.low for each in part), sum(each.high for each in part))
                for part in parted(operands)
            ]
            return self.add(parts, low, high)
        most = sum(max(abs(each.low), abs(each.high)) for each in operands)
        bits = max(self.bits(-most, most), *(each.bits for each in operands))
        text = " + ".join(self._all_wide(operands, bits))
        return self.built(f"({text})", operands, low, high, bits)

    def negate(self, value: Sql, low: int, high: int) -> Sql:
        """−x."""
        bits = max(value.bits, self.bits(min(low, -low), max(high, -high)))
        return self.built(f"(-{self.wide(value, bits)})", [value], low, high, bits)

    def multiply(self, left: Sql, right: Sql, low: int, high: int) -> Sql:
        """a · b."""
        for one, other in ((left, right), (right, left)):
            # DuckDB multiplies the constants around it first, which may be wider than what nothing makes of them
            if one.low == one.high == 0 and not other.refs and not other.missing:
                return one
        most = max(abs(left.low), abs(left.high)) * max(abs(right.low), abs(right.high))
        bits = max(left.bits, right.bits, self.bits(-most, most))
        text = f"({' * '.join(self._all_wide([left, right], bits))})"
        return self.built(text, [left, right], low, high, bits)

    def constant(self, value: int) -> Sql:
        """A whole number; DuckDB takes the smallest of a width for one of that width, though nothing else fits in."""
        bits = bits_of(value, value) if abs(value) >= 2**31 else 0
        text = self.dialect.literal(value)
        return Sql(self._cast(text, bits) if bits else text, value, value, bits=bits)

    def scaled(self, value: Sql, digits: int) -> Sql:
        """x · 10^digits."""
        if digits == 0:
            return value
        factor = 10**digits
        return self.multiply(value, self.constant(factor), value.low * factor, value.high * factor)

    def absolute(self, value: Sql) -> Sql:
        """|x|."""
        high = max(abs(value.low), abs(value.high))
        return self.built(f"ABS({value.text})", [value], 0, high, max(value.bits, self.bits(0, high)))

    def quotient(self, top: Sql, bottom: Sql, mode: str, low: int, high: int, digits: int = 0) -> Sql:
        """top · 10^digits / bottom as a whole number, NULL where bottom is 0."""
        if bottom.low <= 0 <= bottom.high:
            text = f"NULLIF({bottom.text}, 0)"
            bottom = Sql(text, bottom.low, bottom.high, True, bottom.depth + 1, bottom.bits, bottom.refs)
        if bottom.low < 0:
            top, bottom = self._positive(self.atom(top), self.atom(bottom))
        most = max(abs(top.low), abs(top.high)) * 10**digits
        largest = max(abs(bottom.low), abs(bottom.high), 1)
        if bits_of(0, 2 * most + 2 * largest) in (32, 64):
            return self._divided(self.scaled(top, digits), bottom, mode, low, high)
        ranges = (top.low, top.high), (0, 10 * largest), (low, high)
        if self.dialect.widest == 64 or all(bits_of(*ends) in (32, 64) for ends in ranges):
            return self._long(top, bottom, mode, low, high, digits)
        return self._divided(self.scaled(top, digits), bottom, mode, low, high)

    def _divided(self, top: Sql, bottom: Sql, mode: str, low: int, high: int) -> Sql:
        """The quotient in one division."""
        most = 2 * max(abs(top.low), abs(top.high)) + 2 * max(abs(bottom.low), abs(bottom.high), 1)
        bits = max(self.bits(-most, most), top.bits, bottom.bits)
        top, bottom = self.atom(top), self.atom(bottom)
        above, below = self.wide(top, bits), self.wide(bottom, bits)
        # constants are doubled before they meet anything wide
        if top.bits == 0 and bits_of(2 * top.low, 2 * top.high) > 32:
            above = self._cast(above, bits)
        if bottom.bits == 0 and bits_of(0, 2 * bottom.high) > 32:
            below = self._cast(below, bits)
        positive = self._whole(above, below, mode, bits, bottom)
        negative = f"(-{self._whole(f'(-{above})', below, _MIRRORED.get(mode, mode), bits, bottom)})"
        return self._by_sign(top, bottom, positive, negative, low, high, bits)

    def _long(self, top: Sql, bottom: Sql, mode: str, low: int, high: int, digits: int) -> Sql:
        """The quotient by long division, some digits at a time, where top with all its digits would be too wide."""
        top, bottom = self.atom(self._widened(top)), self.atom(self._widened(bottom))
        size = self.atom(self.absolute(top))
        value, rest = self._step(size, bottom, size.high)
        room = max(1, len(str(_MOST // max(bottom.high, 1))) - 1)
        while digits:
            step = min(room, digits)
            more, rest = self._step(self.atom(self.scaled(rest, step)), bottom, 10**step)
            most = min(max(abs(low), abs(high)), value.high * 10**step + 10**step)
            value = self.column(self.add([self.scaled(replace(value, high=most // 10**step), step), more], 0, most))
            digits -= step
        other = f"({bottom.text} - {rest.text})"  # a rest is half where it is as large as what it lacks
        above = {
            "half up": f"{rest.text} >= {other}",
            "half even": f"{rest.text} > {other} OR ({rest.text} = {other} AND {value.text} % 2 = 1)",
            "up": f"{rest.text} > 0",
        }

        def rounded(mode: str) -> str:
            mode = {"ceil": "up"}.get(mode, mode)
            return f"({value.text} + CASE WHEN {above[mode]} THEN 1 ELSE 0 END)" if mode in above else value.text

        parts = replace(bottom, refs=bottom.refs | value.refs | rest.refs)
        return self._by_sign(top, parts, rounded(mode), f"(-{rounded(_MIRRORED.get(mode, mode))})", low, high, 64)

    def _step(self, top: Sql, bottom: Sql, most: int) -> tuple[Sql, Sql]:
        """The whole part of a quotient of numbers not below zero, and what is left."""
        whole = self.column(self.built(self.dialect.divided(top.text, bottom.text, 64), [top, bottom], 0, most, 64))
        left = f"({top.text} - {whole.text} * {bottom.text})"
        return whole, self.column(self.built(left, [top, whole, bottom], 0, bottom.high, 64))

    def _widened(self, value: Sql) -> Sql:
        return self.built(self.wide(value, 64), [value], value.low, value.high, 64)

    def _by_sign(self, top: Sql, bottom: Sql, positive: str, negative: str, low: int, high: int, bits: int) -> Sql:
        """What holds where top is not below zero, and what where it is."""
        if top.low >= 0:
            text = positive
        elif top.high <= 0:
            text = negative
        else:
            text = f"CASE WHEN {top.text} >= 0 THEN {positive} ELSE {negative} END"
        if bits == 64:
            low, high = max(low, -_MOST), min(high, _MOST)
        made = self.built(text, [top, bottom], low, high, bits)
        return replace(made, missing=top.missing or bottom.missing, depth=made.depth + 1)

    def _positive(self, top: Sql, bottom: Sql) -> tuple[Sql, Sql]:
        """The same fraction with a divisor above zero."""
        most = max(abs(top.low), abs(top.high))
        bits = max(top.bits, self.bits(-most, most))
        text = f"CASE WHEN {bottom.text} < 0 THEN (-{self.wide(top, bits)}) ELSE {self.wide(top, bits)} END"
        return self.column(self.built(text, [top, bottom], -most, most, bits)), self.column(self.absolute(bottom))

    def _whole(self, top: str, bottom: str, mode: str, bits: int, divisor: Sql) -> str:
        """The rounded quotient of a number not below zero by one above it."""
        divided = self.dialect.divided
        match mode:
            case "down" | "floor":
                return divided(top, bottom, bits)
            case "up" | "ceil":
                return divided(f"({top} + {bottom} - 1)", bottom, bits)
            case "half up" if divisor.low == divisor.high and divisor.low % 2 == 0:
                return divided(f"({top} + {divisor.low // 2})", bottom, bits)
            case "half up":
                return divided(f"(2 * {top} + {bottom})", f"(2 * {bottom})", bits)
            case _:  # half even
                whole = divided(top, bottom, bits)
                twice = f"2 * ({top} - {whole} * {bottom})"
                odd = f"({whole} - 2 * {divided(whole, '2', bits)}) = 1"
                return f"({whole} + CASE WHEN {twice} > {bottom} OR ({twice} = {bottom} AND {odd}) THEN 1 ELSE 0 END)"
