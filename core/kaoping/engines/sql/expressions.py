"""The expressions of one row in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.diagnostic import Finding
from kaoping.engines.lower import Program, Slot
from kaoping.engines.scalar import lowest
from kaoping.engines.sql import dates
from kaoping.engines.sql.arithmetic import AT_ONCE, Arithmetic, Sql, parted
from kaoping.engines.sql.dialects import Dialect, TooWide, bits_of
from kaoping.source import Span
from kaoping.types import Kind, Type, Value

_OPERATORS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class NotInSql(Exception):  # noqa: N818 - it is a finding
    """What a dialect cannot say: the expression, and why."""

    def __init__(self, span: Span, code: str, variant: str = "", **facts: str) -> None:
        """Keep what there is to tell."""
        super().__init__(code)
        self.span, self.code, self.variant, self.facts = span, code, variant, facts

    @property
    def finding(self) -> Finding:
        """The same as a finding."""
        return Finding(self.code, self.span, self.facts, self.variant)


@contextmanager
def told(node: t.Typed, dialect: Dialect) -> Iterator[None]:
    """What is too wide is told with the expression it stands in."""
    try:
        yield
    except TooWide as reason:
        facts = {"low": str(reason.low), "high": str(reason.high), "dialect": dialect.name}
        raise NotInSql(node.span, "KP700", expression=node.span.text, **facts) from None


class Expressions(Struct):
    """Typed expressions in SQL, for the rows of a frame.

    `slot` gives a slot in the row at hand, `column` makes an expression a column of its own, `bound` is the first or
    the last day of the unit of time at hand, `call` a function of a plugin.
    """

    program: Program
    dialect: Dialect
    frame: t.Frame
    slot: Callable[[Slot], Sql]
    column: Callable[[Sql], Sql]
    bound: Callable[[str], Sql]
    call: Callable[[t.PluginCall, list[Sql]], Sql]

    @property
    def arithmetic(self) -> Arithmetic:
        """The arithmetic of the dialect."""
        return Arithmetic(self.dialect, self.column)

    def value(self, node: t.Typed) -> Sql:
        """An expression; what it needs first becomes columns of their own."""
        with told(node, self.dialect):
            return self._value(node)

    def _value(self, node: t.Typed) -> Sql:
        match node:
            case t.Const(value=value):
                return self.literal(value, node.type)
            case t.Read(key=key):
                found = self.slot(self.program.read(key))
                return replace(found, missing=self.program.missing(node, self.frame))
            case t.UnitBound(end=end):
                return self.bound(end)
            case t.Fold() | t.Group() | t.Cohort() | t.Rank() | t.Percentile() | t.Chosen():
                return self._aggregate(node)
            case t.Ordinal() | t.PreviousRow() | t.PreviousResult() | t.Streak():
                return self._aggregate(node)
            case t.Choose():
                return self._choose(node)
            case t.Has(operand=operand):
                found = self.value(operand)
                if not found.missing:
                    return self.literal(True, node.type)
                return replace(self.built(f"({found.text} IS NOT NULL)", found), missing=False)
            case t.Coalesce(operand=operand, fallback=fallback):
                return self._or_else(self.value(operand), fallback, node.type)
            case t.Present(operand=operand):
                found = self.value(operand)
                return self._or_else(found, t.Const(lowest(operand), type=operand.type), node.type)
            case t.And(operands=operands):
                return self._junction(" AND ", [self.value(each) for each in operands])
            case t.Or(operands=operands):
                return self._junction(" OR ", [self.value(each) for each in operands])
        return self._strict(node, [self.value(operand) for operand in t.operands(node)])

    def literal(self, value: Value, type_: Type) -> Sql:
        """A constant; one that is missing has its type all the same."""
        if value is None:
            text = f"CAST(NULL AS {self.dialect.type_of(type_)})"
            return Sql(text, type_.low, type_.high, missing=True, bits=self._bits(type_))
        if isinstance(value, int) and not isinstance(value, bool):
            return self.arithmetic.constant(value)
        return Sql(self.dialect.literal(value))

    def _bits(self, type_: Type) -> int:
        return 0 if type_.kind in (Kind.TEXT, Kind.BOOL) else bits_of(type_.low, type_.high)

    def _least_bits(self, type_: Type) -> int:
        """The bits of a choice among constants: none of them is beyond the narrowest."""
        return 0 if type_.kind in (Kind.TEXT, Kind.BOOL) else 32

    def built(self, text: str, *operands: Sql) -> Sql:
        """An expression of operands that is not a number, or whose range is said afterwards."""
        return self.arithmetic.built(text, operands)

    def _aggregate(self, node: t.Typed) -> Sql:
        return self.slot(self.program.aggregate(node, self.frame))

    # ---------------------------------------------------------------- choices and logic

    def _junction(self, word: str, operands: list[Sql]) -> Sql:
        """`and`, `or`: missing where one operand is, while SQL lets the others decide."""
        if len(operands) > AT_ONCE:
            return self._junction(word, [self._junction(word, part) for part in parted(operands)])
        operands = [self.arithmetic.atom(each) if each.missing else each for each in operands]
        text = f"({word.join(each.text for each in operands)})"
        asked = dict.fromkeys(f"{each.text} IS NULL" for each in operands if each.missing)
        if asked:
            text = f"CASE WHEN {' OR '.join(asked)} THEN NULL ELSE {text} END"
        return self.built(text, *operands)

    def _choose(self, node: t.Choose) -> Sql:
        """Arms by their conditions; a condition that is missing ends the question."""
        tests: list[Sql] = []
        values: list[Sql] = []
        for condition, value in node.arms:
            test = self.value(condition)
            tests.append(self.arithmetic.atom(test) if test.missing else test)
            values.append(self.value(value))
        values.append(self.value(node.otherwise))
        bits = max((each.bits for each in values), default=0)
        texts = [self.arithmetic.wide(each, bits) if bits else each.text for each in values]
        arms = []
        for test, text in zip(tests, texts, strict=False):
            if test.missing:
                arms.append(f"WHEN {test.text} IS NULL THEN NULL")
            arms.append(f"WHEN {test.text} THEN {text}")
        made = self.built(f"CASE {' '.join(arms)} ELSE {texts[-1]} END", *tests, *values)
        low, high = min(each.low for each in values), max(each.high for each in values)
        return replace(made, low=low, high=high, bits=bits or self._least_bits(node.type))

    def _or_else(self, found: Sql, fallback: t.Typed, type_: Type) -> Sql:
        if not found.missing:
            return found
        other = self.value(fallback)
        bits = max(found.bits, other.bits)
        one, two = (self.arithmetic.wide(each, bits) if bits else each.text for each in (found, other))
        made = self.built(f"COALESCE({one}, {two})", found, other)
        low, high = min(found.low, other.low), max(found.high, other.high)
        return replace(made, low=low, high=high, bits=bits or self._least_bits(type_), missing=other.missing)

    # ---------------------------------------------------------------- nodes of operands

    def _strict(self, node: t.Typed, operands: list[Sql]) -> Sql:
        """A node that is missing where one of its operands is."""
        arithmetic, low, high = self.arithmetic, node.type.low, node.type.high
        match node:
            case t.Scale(digits=digits):
                return arithmetic.scaled(operands[0], digits)
            case t.Add():
                return arithmetic.add(operands, low, high)
            case t.Negate():
                return arithmetic.negate(operands[0], low, high)
            case t.Multiply():
                return arithmetic.multiply(operands[0], operands[1], low, high)
            case t.Divide(digits=digits, mode=mode):
                return arithmetic.quotient(operands[0], operands[1], mode, low, high, digits)
            case t.Drop(digits=digits, mode=mode):
                return arithmetic.quotient(operands[0], arithmetic.constant(10**digits), mode, low, high)
            case t.Absolute():
                return arithmetic.absolute(operands[0])
            case t.Least() | t.Greatest():
                return self._extreme(node, operands)
            case t.Compare(operator=operator):
                return self.built(f"({operands[0].text} {_OPERATORS[operator]} {operands[1].text})", *operands)
            case t.Among(values=values):
                return self._among(operands[0], values)
            case t.Not():
                return self.built(f"(NOT {operands[0].text})", *operands)
            case t.Recode(codes=codes):
                return self._recode(operands[0], codes, node.type)
            case t.AddMonths():
                text = dates.moved(self.dialect, *(arithmetic.atom(each).text for each in operands))
            case t.MonthsBetween():
                text = dates.passed(self.dialect, *(arithmetic.atom(each).text for each in operands))
            case t.DatePart(part=part):
                text = dates.part(self.dialect, arithmetic.atom(operands[0]).text, part)
            case t.PluginCall():
                made = self.call(node, operands)
                missing = node.type.optional or any(each.missing for each in operands)
                bits = 0 if node.type.kind in (Kind.TEXT, Kind.BOOL) else 64
                return replace(made, low=low, high=high, bits=bits, missing=missing)
            case _:
                raise TypeError(type(node).__name__)
        made = self.built(text, *(arithmetic.atom(each) for each in operands))
        return replace(made, low=low, high=high, bits=32)

    def _among(self, operand: Sql, values: tuple[Value, ...]) -> Sql:
        if not values:
            return self.built(f"({operand.text} IS NULL AND {operand.text} IS NOT NULL)", operand)
        listed = ", ".join(self.dialect.literal(value) for value in values)
        return self.built(f"({operand.text} IN ({listed}))", operand)

    def _recode(self, operand: Sql, codes: tuple[int, ...], type_: Type) -> Sql:
        operand = self.arithmetic.atom(operand)
        arms = " ".join(f"WHEN {code} THEN {other}" for code, other in enumerate(codes))
        made = self.built(f"CASE {operand.text} {arms} END", operand)
        return replace(made, low=type_.low, high=type_.high, bits=32)

    def _extreme(self, node: t.Typed, operands: list[Sql]) -> Sql:
        """The smallest or the largest; some engines leave NULLs out, so they are dealt with first."""
        least = isinstance(node, t.Least)
        if len(operands) == 1:
            return operands[0]
        if len(operands) > AT_ONCE:
            return self._extreme(node, [self._extreme(node, part) for part in parted(operands)])
        pick = min if least else max
        low, high = pick(each.low for each in operands), pick(each.high for each in operands)
        bits = max(max(each.bits for each in operands), 32)
        by_case = self.dialect.name == "duckdb" and len(operands) == 2  # which takes twice as long for its LEAST
        operands = [self.arithmetic.atom(each) if each.missing or by_case else each for each in operands]
        texts = [self.arithmetic.wide(each, bits) for each in operands]
        text = f"{self.dialect.least if least else self.dialect.greatest}({', '.join(texts)})"
        if by_case:
            one, two = texts
            text = f"CASE WHEN {one} {'<' if least else '>'} {two} THEN {one} ELSE {two} END"
        asked = dict.fromkeys(f"{each.text} IS NULL" for each in operands if each.missing)
        if asked and self.dialect.name != "sqlite":
            text = f"CASE WHEN {' OR '.join(asked)} THEN NULL ELSE {text} END"
        made = self.built(text, *operands)
        return replace(made, low=low, high=high, bits=bits)
