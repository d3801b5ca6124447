"""What values an expression can have where something is known of the columns it reads.

The ranges in types hold everywhere. Here a condition narrows them: in `if 完成率 < 90% then 90% - 完成率 else 0` the
difference is above zero where it is taken, and `for A` leaves one class. Every answer takes in all values that can
occur; it may take in more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check.known import (
    EITHER,
    NO,
    NOTHING,
    NOTHING_KNOWN,
    YES,
    Interval,
    Known,
    Reach,
    common,
    cut,
    held,
    hull,
    of_type,
    read_of,
    union,
    where,
    without,
)
from kaoping.check.linear import Linear, linear
from kaoping.check.numeric import quotient_range
from kaoping.columns import Column
from kaoping.numbers import divided
from kaoping.types import Kind, Type

DEEPEST = 60
"""How many columns deep a question with something known is followed; beyond that the ranges of types answer."""

_MOST_BELOW = 500
"""From how many columns a column comes at most for that to be kept: beyond it, what is known of data goes along."""

_MOST_KNOWN, _MOST_INTERVALS, _MOST_BEHIND = 100, 300, 30
"""Of how many columns, in how many stretches, something is kept in mind at once; what comes on top is let go. With so
many in mind, what is behind a name is not looked into any more.
"""

_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ONE = Fraction(1)


class Reaches(Struct):
    """Answers about the columns of one check, each column looked into once for what is known of it."""

    columns: Mapping[t.Key, Column]
    _known: dict[object, Reach] = field(default_factory=dict)
    _asked: dict[int, tuple[t.Typed, Reach]] = field(default_factory=dict)  # expressions where nothing is known
    _below: dict[t.Key, frozenset[t.Key] | None] = field(default_factory=dict)
    _loaded: frozenset[t.Key] = frozenset()
    _depth: int = 0

    def below(self, key: t.Key) -> frozenset[t.Key]:
        """A column and everything it comes from."""
        kept = self._below.get(key, frozenset({key}))
        return kept if kept is not None else self._walked(key)

    def _walked(self, start: t.Key) -> frozenset[t.Key]:
        found, waiting = {start}, [start]
        while waiting:
            column = self.columns.get(waiting.pop())
            if column is not None:
                new = set(column.reads) - found
                found |= new
                waiting.extend(new)
        return frozenset(found)

    def prepared(self) -> Reaches:
        """The same, every column looked into from the bottom up, so that no later answer has to go deep."""
        self._loaded = frozenset(key for key, column in self.columns.items() if column.value is None)
        waiting: list[tuple[t.Key, bool]] = [(key, False) for key in self.columns]
        begun: set[t.Key] = set()
        while waiting:
            key, ready = waiting.pop()
            column = self.columns.get(key)
            if column is None or key in self._below or (key in begun and not ready):
                continue
            begun.add(key)
            own = column.reads
            if ready or not own:
                below = [self._below.get(each, frozenset()) for each in own]
                together = frozenset(own).union({key}, *(each for each in below if each is not None))
                self._below[key] = None if None in below or len(together) > _MOST_BELOW else together
                self.column(key, NOTHING_KNOWN)
            else:
                waiting.append((key, True))
                waiting.extend((each, False) for each in own if each not in self._below)
        return self

    def column_reach(self, key: t.Key) -> Reach:
        """The values of a column where nothing is known."""
        return self.column(key, NOTHING_KNOWN)

    def column(self, key: t.Key, known: Known) -> Reach:
        """The values of a column."""
        column = self.columns.get(key)
        if column is None:
            return NOTHING
        stated = known.values.get(key)
        if stated is not None and len(stated) == 1 and stated[0][0] == stated[0][1]:
            return hull(stated)  # it has this value where anybody asks
        if known is not NOTHING_KNOWN:
            below = self._below.get(key, frozenset({key}))
            known = known.only(self._loaded if below is None else below)
        memo: object = key
        if known is not NOTHING_KNOWN:
            memo = (key, frozenset(known.values.items()), tuple(each.identity for each in known.sums))
        found = self._known.get(memo)
        if found is None:
            found = of_type(column.type)
            self._depth += 1
            if column.value is not None and column.type.kind is not Kind.POISON and self._depth < DEEPEST:
                found = common(self.reach(column.value, known), found)
            self._depth -= 1
            self._known[memo] = found
        return found if stated is None else common(hull(stated), found)

    def reach(self, node: t.Typed, known: Known = NOTHING_KNOWN) -> Reach:
        """The values of an expression."""
        if isinstance(node, t.Const) and isinstance(node.value, int):  # a third of all questions
            return Reach(int(node.value), int(node.value))
        if node.type.kind in (Kind.TEXT, Kind.POISON):
            return Reach(0, 1, node.type.optional)
        if known is NOTHING_KNOWN and id(node) in self._asked:
            return self._asked[id(node)][1]
        found = self._reach(node, known)
        found = found if node.type.kind is Kind.DATE else held(found, node.type)
        if known is NOTHING_KNOWN:
            self._asked[id(node)] = node, found
        return found

    def _reach(self, node: t.Typed, known: Known) -> Reach:
        match node:
            case t.Const(value=value):
                return NOTHING if value is None else Reach(int(value), int(value))
            case t.Read(key=key):
                return self.column(key, known) if key in self.columns else of_type(node.type)
            case t.Present(operand=operand):
                return replace(self.reach(operand, known), missing=False)
            case t.Add():
                return self._sum(node, known)
            case t.Compare() | t.Among() | t.And() | t.Or() | t.Not() | t.Has():
                return self._truth(node, known)
            case t.Choose():
                values = [self.reach(value, inside) for value, inside in self.taken(node, known)]
                unasked = any(self.reach(asked, known).missing for asked, _ in node.arms)
                return union([*values, NOTHING]) if unasked else union(values)
            case t.Coalesce(operand=operand, fallback=fallback):
                inner = self.reach(operand, known)
                return union([replace(inner, missing=False), self.reach(fallback, known)]) if inner.missing else inner
            case t.Recode(operand=operand, codes=codes):
                inner = self.reach(operand, known)
                found = codes[max(inner.low, 0) : inner.high + 1]
                return Reach(min(found), max(found), inner.missing) if found else NOTHING
            case t.Fold():
                return self._fold(node, known)
            case _:
                return self._number(node, known)

    # ---------------------------------------------------------------- numbers

    def _sum(self, node: t.Add, known: Known) -> Reach:
        parts = [self.reach(operand, known) for operand in node.operands]
        if any(part.nothing for part in parts):
            return NOTHING
        low, high = sum(part.low for part in parts), sum(part.high for part in parts)
        if node.type.kind is Kind.NUMBER:
            low, high = known.tightened(node, low, high)
        return Reach(low, high, any(part.missing for part in parts))

    def _number(self, node: t.Typed, known: Known) -> Reach:
        match node:
            case t.Scale(operand=operand, digits=digits):
                inner = self.reach(operand, known)
                return replace(inner, low=inner.low * 10**digits, high=inner.high * 10**digits)
            case t.Negate(operand=operand):
                inner = self.reach(operand, known)
                return replace(inner, low=-inner.high, high=-inner.low)
            case t.Absolute(operand=operand):
                inner = self.reach(operand, known)
                ends = (abs(inner.low), abs(inner.high))
                return replace(inner, low=0 if inner.low <= 0 <= inner.high else min(ends), high=max(ends))
            case t.Drop(operand=operand, digits=digits, mode=mode):
                inner = self.reach(operand, known)
                low, high = (divided(end, 10**digits, mode) for end in (inner.low, inner.high))
                return replace(inner, low=low, high=high)
            case t.Multiply(left=left, right=right):
                a, b = self.reach(left, known), self.reach(right, known)
                if a.nothing or b.nothing:
                    return NOTHING
                corners = [x * y for x, y in product((a.low, a.high), (b.low, b.high))]
                return Reach(min(corners), max(corners), a.missing or b.missing)
            case t.Divide(left=left, right=right, digits=digits, mode=mode):
                return self._quotient(self.reach(left, known), self.reach(right, known), digits, mode)
            case t.Least(operands=operands) | t.Greatest(operands=operands):
                parts = [self.reach(operand, known) for operand in operands]
                if any(part.nothing for part in parts):
                    return NOTHING
                pick = min if isinstance(node, t.Least) else max
                return Reach(pick(p.low for p in parts), pick(p.high for p in parts), any(p.missing for p in parts))
        return of_type(node.type)

    def _quotient(self, top: Reach, bottom: Reach, digits: int, mode: str) -> Reach:
        if top.nothing or bottom.nothing or bottom.low == bottom.high == 0:
            return NOTHING
        ends = (Type(Kind.NUMBER, top.low, top.high), Type(Kind.NUMBER, bottom.low, bottom.high))
        low, high = quotient_range(*ends, digits, mode)
        return Reach(low, high, top.missing or bottom.missing or bottom.low <= 0 <= bottom.high)

    def _fold(self, node: t.Fold, known: Known) -> Reach:
        inside = known.outside(node.frame.table)
        where = YES if node.where is None else self.reach(node.where, inside)
        never = where.constant == 0
        whole = of_type(node.type)
        if node.kind in ("count", "distinct", "sum") and never:
            return NO
        if node.kind == "any" and never:
            return NO
        if node.kind != "sum" or node.value is None:
            return whole
        if node.where is not None:
            inside = self.narrowed(node.where, inside)
        value = self.reach(node.value, inside)
        low = 0 if value.nothing or value.low >= 0 else whole.low
        high = 0 if value.nothing or value.high <= 0 else whole.high
        return Reach(low, high, whole.missing)

    # ---------------------------------------------------------------- conditions

    def _truth(self, node: t.Typed, known: Known) -> Reach:
        match node:
            case t.Has(operand=operand):
                inner = self.reach(operand, known)
                return NO if inner.nothing else EITHER if inner.missing else YES
            case t.Not(operand=operand):
                inner = self.reach(operand, known)
                return replace(inner, low=1 - inner.high, high=1 - inner.low) if not inner.nothing else NOTHING
            case t.And(operands=operands) | t.Or(operands=operands):
                return self._chain(operands, known, deciding=isinstance(node, t.Or))
            case t.Among(operand=operand, values=values):
                return self._among(operand, values, known)
            case t.Compare():
                return self._compared(node, known)
        raise AssertionError(node)

    def _chain(self, operands: tuple[t.Typed, ...], known: Known, *, deciding: bool) -> Reach:
        """`and`, and `or`: each part is asked where the parts before it left the answer open."""
        missing = any(operand.type.optional and self.reach(operand, known).missing for operand in operands)
        sure = True
        for operand in operands:
            part = self.reach(operand, known)
            sure = sure and part.constant == int(not deciding)
            known = self.narrowed(operand, known, holds=not deciding)
            if part.constant == int(deciding) or known.impossible:
                return Reach(int(deciding), int(deciding), missing)
        end = int(not deciding)
        return Reach(end, end, missing) if sure else Reach(0, 1, missing)

    def _among(self, operand: t.Typed, values: tuple[object, ...], known: Known) -> Reach:
        inner = self.reach(operand, known)
        possible = _intervals(operand, inner, known)
        if possible is None or any(isinstance(value, str) for value in values):
            return Reach(0, 1, inner.missing)
        codes = {int(value) for value in values if isinstance(value, int)}
        inside = any(low <= code <= high for code in codes for low, high in possible)
        outside = any(high - low + 1 > sum(low <= code <= high for code in codes) for low, high in possible)
        return Reach(int(not outside), int(inside), inner.missing) if inside or outside else NOTHING

    def _compared(self, node: t.Compare, known: Known) -> Reach:
        left, right = self.reach(node.left, known), self.reach(node.right, known)
        if Kind.TEXT in (node.left.type.kind, node.right.type.kind):
            return Reach(0, 1, left.missing or right.missing)
        if left.nothing or right.nothing:
            return NOTHING
        missing = left.missing or right.missing
        a, b = _intervals(node.left, left, known), _intervals(node.right, right, known)
        low, high = left.low - right.high, left.high - right.low
        if known.sums and node.left.type.kind is Kind.NUMBER:
            negative = t.Negate(node.right, type=node.right.type)
            low, high = known.tightened(t.Add((node.left, negative), type=node.left.type), low, high)
        equal = low <= 0 <= high and (a is None or b is None or bool(cut(a, b)))
        match node.operator:
            case "=" | "!=":
                found = (int(low == high == 0), int(equal))
            case "<" | ">=":
                found = (int(high < 0), int(low < 0))
            case _:
                found = (int(high <= 0), int(low <= 0))
        if node.operator in ("!=", ">=", ">"):
            found = (1 - found[1], 1 - found[0])
        return Reach(*found, missing)

    # ---------------------------------------------------------------- what a condition leaves

    def taken(self, node: t.Choose, known: Known) -> Iterator[tuple[t.Typed, Known]]:
        """The values a choice can take, each with what is known where it is taken."""
        for asked, value in node.arms:
            answer = self.reach(asked, known)
            if answer.high >= 1 and not answer.nothing:
                inside = self.narrowed(asked, known)
                if not inside.impossible:
                    yield value, inside
            if answer.constant == 1:
                return
            known = self.narrowed(asked, known, holds=False)
            if known.impossible:
                return
        yield node.otherwise, known

    def narrowed(self, condition: t.Typed, known: Known, *, holds: bool = True) -> Known:
        """What is known where a condition holds, or where it does not."""
        match condition:
            case t.Not(operand=operand):
                return self.narrowed(operand, known, holds=not holds)
            case t.And(operands=operands) if holds:
                return self._all(operands, known, holds=True)
            case t.Or(operands=operands) if not holds:
                return self._all(operands, known, holds=False)
            case t.And() | t.Or():
                return known
            case t.Read(key=key) if key.frame == t.EACH or key.frame.table != t.SUBJECTS:
                stated = ((int(holds), int(holds)),)
                if known.values.get(key) == stated:
                    return known  # what is behind it has been asked then
                known = self._stated(condition, stated, known)
                behind = self.columns[key].value if key in self.columns else None
                if behind is None or isinstance(behind, t.Read) or len(known.values) >= _MOST_BEHIND:
                    return known
                return self.narrowed(behind, known, holds=holds)
            case t.Among(operand=operand, values=values):
                codes = sorted(value for value in values if isinstance(value, int))
                if len(codes) < len(values):
                    return known
                whole = self.reach(operand, known)
                return self._stated(operand, tuple((c, c) for c in codes) if holds else without(codes, whole), known)
            case t.Compare():
                return self._narrowed_by_comparison(condition, known, holds=holds)
            case _:
                return known

    def _all(self, conditions: Iterable[t.Typed], known: Known, *, holds: bool) -> Known:
        for condition in conditions:
            known = self.narrowed(condition, known, holds=holds)
        return known

    def _stated(self, operand: t.Typed, intervals: tuple[Interval, ...], known: Known) -> Known:
        """The values of a column cut to some intervals, given in the places of the operand that reads it."""
        read, digits = read_of(operand)
        if read is None or (len(known.values) >= _MOST_KNOWN and read.key not in known.values):
            return known
        factor = 10**digits
        range_ = self.column(read.key, known)
        whole = known.values.get(read.key, ((range_.low, range_.high),))
        scaled = [(-(-low // factor), high // factor) for low, high in intervals]
        left = cut(whole, scaled)
        if len(left) > max(len(whole), _MOST_INTERVALS):
            return known
        return Known({**known.values, read.key: left}, known.sums)

    def _narrowed_by_comparison(self, node: t.Compare, known: Known, *, holds: bool) -> Known:
        operator = node.operator if holds else _OPPOSITE[node.operator]
        if Kind.TEXT in (node.left.type.kind, node.right.type.kind):
            return known
        for one, other, sign in ((node.left, node.right, operator), (node.right, node.left, _TURNED[operator])):
            if read_of(one)[0] is None:
                continue
            bounds, whole = self.reach(other, known), self.reach(one, known)
            if not bounds.nothing and not whole.nothing:
                known = self._stated(one, where(sign, bounds, whole), known)
        few = len(known.sums) < _MOST_KNOWN
        if few and node.left.type.kind is Kind.NUMBER and not isinstance(node.right, t.Const):
            difference = linear(node.left).plus(linear(node.right), -_ONE)
            # both sides have the same places: what is larger is larger by one in the last of them
            step = Linear({}, Fraction(-1 if operator in ("<", ">") else 0, 10**node.left.type.places))
            if operator in (">=", ">", "="):
                known = Known(known.values, (*known.sums, difference.plus(step)))
            if operator in ("<=", "<", "="):
                known = Known(known.values, (*known.sums, difference.times(-_ONE).plus(step)))
        return known


def _intervals(node: t.Typed, found: Reach, known: Known) -> tuple[Interval, ...] | None:
    """The values found of an expression as intervals, where it is a column of which more is known than its range."""
    read, digits = read_of(node)
    if read is not None and read.key in known.values and not digits:
        return cut(known.values[read.key], [(found.low, found.high)])
    return None if found.nothing else ((found.low, found.high),)
