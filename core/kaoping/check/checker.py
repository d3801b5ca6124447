"""The state of a check: declarations, findings, and the columns made so far.

Columns are made on demand: reading a name makes its column first, so the order of the text means nothing, and a name
that comes back to itself while it is being made is a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.declare import Declarations, Placed, Symbol
from kaoping.check.numeric import Rounding, poison
from kaoping.columns import Column, Origin
from kaoping.dataset import InputColumn
from kaoping.diagnostic import Finding, Fix, Note, Severity, error, phrase
from kaoping.functions import Function
from kaoping.period import Period
from kaoping.source import Span
from kaoping.surroundings import Surroundings
from kaoping.types import POISON, Kind, Type, Value

BUDGET = 20_000
"""How many nodes the calls of `let` functions may be written out to."""

DEEPEST = 200
"""How many names may wait for one another; what is read is defined first, so only a circle comes near."""


class Scope(Struct, frozen=True):
    """What names mean at a place: the rows at hand, the fields in reach, the arguments of a function."""

    frame: t.Frame = t.EACH
    library: str = ""
    records: str | None = None
    arguments: Mapping[str, tuple[e.Expr, Scope]] = field(default_factory=dict)
    proven: frozenset[t.Key] = frozenset()
    holding: tuple[t.Typed, ...] = ()  # conditions that hold, so that what applies where they do has a value
    members: bool = False  # each of the subjects appraised, one after the other
    history: bool = False  # the stored results of earlier periods
    calls: tuple[str, ...] = ()  # the functions whose bodies stand around it

    def inside(self, frame: t.Frame, records: str | None = None) -> Scope:
        """The same place with other rows at hand."""
        return replace(self.unproven(), frame=frame, records=records)

    def unproven(self) -> Scope:
        """The same place with nothing known to be present."""
        return replace(self, proven=frozenset(), holding=())

    def proving(self, keys: frozenset[t.Key]) -> Scope:
        """The same place where more values are known to be present."""
        return replace(self, proven=self.proven | keys) if keys else self

    def where(self, condition: t.Typed) -> Scope:
        """The same place where a condition holds; one that may be missing is not asked before what follows it."""
        if condition.type.optional:
            return self
        return replace(self, holding=(*self.holding, *conjuncts(condition)))


def conjuncts(condition: t.Typed) -> Iterator[t.Typed]:
    """The conditions that all hold where one does."""
    if isinstance(condition, t.And):
        for operand in condition.operands:
            yield from conjuncts(operand)
    else:
        yield condition


class Circle(Struct):
    """A name on the way to its column."""

    key: t.Key
    span: Span


class Checker(Struct):
    """Everything one check knows."""

    declarations: Declarations
    surroundings: Surroundings
    period: Period
    precision: int = 12
    round_total: Rounding = field(default_factory=lambda: Rounding(2))
    round_items: Rounding | None = None
    evidence: bool = False
    findings: list[Finding] = field(default_factory=list)
    columns: dict[t.Key, Column] = field(default_factory=dict)
    loaded: dict[str, dict[str, InputColumn]] = field(default_factory=dict)  # table → heading → column
    params: dict[str, Type] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)  # the word of a unit → the unit of its type
    grades: Type | None = None
    total_name: str | None = None  # the full name of the only total that no other reads
    makers: dict[str, Callable[[Checker, Span], Column]] = field(default_factory=dict)  # built-in values, by their word
    limits: dict[t.Key, tuple[t.Typed, t.Typed]] = field(default_factory=dict)  # cells whose range depends on the class
    libraries: tuple[str, ...] = ()  # what the scheme uses
    functions: dict[str, list[tuple[Function, str | None]]] = field(default_factory=dict)  # by name, with their plugin
    called: dict[str, tuple[Function, str | None, bool]] = field(default_factory=dict)  # and whether one may be missing
    typed: dict[tuple[int, t.Frame], tuple[e.Expr, t.Typed]] = field(default_factory=dict)  # as written, as typed
    result_types: Callable[[str], dict[str, Type] | None] = lambda _: None  # of another scheme, by its name
    _making: list[Circle] = field(default_factory=list)
    _unit_read: list[bool] = field(default_factory=lambda: [False])
    _placed: list[Placed] = field(default_factory=list)
    steady: set[str] = field(default_factory=set)  # names that no unit of time changes
    unsettled: dict[t.Key, Finding] = field(default_factory=dict)  # what is wrong with params of libraries, if read
    written_out: int = 0
    _back: list[Symbol] = field(default_factory=list)  # names whose type is asked for by their earlier values
    sound: bool = True  # no error was found
    _said: set[object] = field(default_factory=set)

    # ---------------------------------------------------------------- findings

    def report(self, finding: Finding) -> None:
        """Keep a finding, with the clause it stands under."""
        clause = self._placed[-1].clause if self._placed else None
        finding = finding if finding.clause or clause is None else replace(finding, clause=clause)
        said = (finding.code, finding.variant, finding.span, tuple(finding.facts.items()))
        if said not in self._said:
            self._said.add(said)
            self.findings.append(finding)
            self.sound = self.sound and finding.severity is not Severity.ERROR

    def error(
        self,
        code: str,
        span: Span,
        variant: str = "",
        *,
        notes: tuple[Note, ...] = (),
        fix: Fix | None = None,
        **facts: object,
    ) -> t.Typed:
        """Report an error; what could not be understood becomes poison, which is not reported again."""
        self.report(error(code, span, variant, notes=notes, fix=fix, **facts))
        return poison(span)

    @contextmanager
    def at(self, placed: Placed) -> Iterator[Scope]:
        """Findings from here on stand under the clause of a statement; gives the scope at that place."""
        self._placed.append(placed)
        try:
            yield Scope(library=placed.context.library)
        finally:
            self._placed.pop()

    def _fallback(self, type_: Type) -> str:
        """A value of a type that could stand where there is none, as an author would write it."""
        match type_.kind:
            case Kind.BOOL:
                return phrase("check.word.no")
            case Kind.DATE:
                return self.period.last.isoformat()
            case Kind.CHOICE:
                return type_.labels[0]
            case Kind.TEXT:
                return '""'
            case _:
                return "0%" if type_.percent else "0"

    # ---------------------------------------------------------------- columns

    def made(self, key: t.Key) -> Column | None:
        """A column that is there already."""
        return self.columns.get(key)

    def enter(self, column: Column) -> Column:
        """Keep a column under its key."""
        self.columns[column.key] = column
        return column

    def load(self, table: str, column: InputColumn, origin: Origin, *, part: str = "") -> Column:
        """A column that comes from data."""
        known = self.loaded.setdefault(table, {})
        known[column.name] = column
        return self.enter(Column(t.Key(t.Frame(table), column.name, part), column.type, None, origin))

    def make(self, key: t.Key, span: Span, maker: Callable[[], Column]) -> Column:
        """The column of a key, made now if it is not there; a name that needs itself is a circle, reported once."""
        known = self.columns.get(key)
        if known is not None:
            if key.frame.unit:
                self.touch_unit()
            return known
        if any(step.key == key for step in self._making):
            self._report_circle(key, span)
            return Column(key, POISON, None, Origin("poison", span))
        if len(self._making) == DEEPEST:
            self.report(error("KP230", span, "deep", name=key.name, steps=DEEPEST))
            return Column(key, POISON, None, Origin("poison", span))
        self._making.append(Circle(key, span))
        self._unit_read.append(False)
        asking, self._placed = self._placed, []  # what is found in it does not stand where it is asked for
        try:
            column = maker()
        finally:
            self._placed = asking
            self._making.pop()
            touched = self._unit_read.pop()
        if touched and key.frame.unit:
            self.touch_unit()
        return column

    @contextmanager
    def looking_back(self, symbol: Symbol) -> Iterator[None]:
        """While the type of a name is looked for because an earlier value of it is read."""
        self._back.append(symbol)
        try:
            yield
        finally:
            self._back.pop()

    def touch_unit(self) -> None:
        """Note that what is being made depends on the unit of time at hand."""
        self._unit_read[-1] = True

    @property
    def unit_touched(self) -> bool:
        """Whether what is being made depends on the unit of time at hand."""
        return self._unit_read[-1]

    def _report_circle(self, key: t.Key, span: Span) -> None:
        start = next(i for i, step in enumerate(self._making) if step.key == key)
        steps = [step for step in self._making[start:] if not step.key.part]
        names = [self._called(step.key.name) for step in steps] or [self._called(key.name)]
        at = names.index(min(names))
        path = [*names[at:], *names[:at]]
        circle = " → ".join([*path, path[0]])
        if not any(known.code == "KP230" and known.facts["circle"] == circle for known in self.findings):
            notes = tuple(
                Note(step.span, "step", {"name": self._called(step.key.name)})
                for step in steps[1:]
                if step.span != span
            )
            back = next((each for each in self._back if each.name in names), None)
            variant = "" if back is None else f"back_{type(back.placed.statement).__name__.lower()}"
            self.report(error("KP230", span, variant, notes=notes, circle=circle, name=back.short if back else ""))

    def _called(self, name: str) -> str:
        built_in = name in (*self.makers, "rank") and name not in self.declarations.names
        return phrase(f"check.word.{name}") if built_in else name

    # ---------------------------------------------------------------- helpers

    def origin(self, placed: Placed, role: str, span: Span, why: str | None = None) -> Origin:
        """Where a column comes from."""
        clause = placed.context.clause
        return Origin(
            role, span, placed.clause, clause.heading if clause else None, why, placed.assumes, placed.statement
        )

    def whole(self, span: Span) -> Span:
        """The statement that is being checked; a span of it where there is none."""
        return self._placed[-1].statement.span if self._placed else span

    def needed(self, operand: t.Typed, span: Span | None = None) -> t.Typed:
        """The operand, which must have a value here."""
        if operand.type.optional and operand.type.kind is not Kind.POISON:
            place = span or operand.span
            variant, of = _why_missing(operand)
            if isinstance(of, t.Read) and (column := self.columns.get(of.key)) and column.value is not None:
                variant = "computed"
            facts: dict[str, Any] = {"text": place.text, "of": of.span.text, "fallback": self._fallback(of.type)}
            if variant == "divisor" and (each := self._amount_of_each(place)):
                variant, facts["amount"] = "per", each
            elif operand.type.kind is Kind.BOOL and of.type.kind is not Kind.BOOL:
                variant, facts["why"] = "condition", phrase(f"check.missing.{variant or 'computed'}")
            return self.error("KP320", place, variant, **facts)
        return operand

    def _amount_of_each(self, place: Span) -> str:
        """`2分/上访` as an amount of points, which documents write for `2分 每 上访`: what stands before the stroke."""
        statement = self._placed[-1].statement if self._placed else None
        if not isinstance(statement, s.Line | s.Adjustment) or statement.amount.per is not None:
            return ""
        before, stroke, after = place.text.partition("/")
        return before.strip() if stroke and before[:1].isdigit() and not set("+-*/<>=") & set(before + after) else ""

    def use(self, symbol: Symbol) -> Symbol:
        """Note that a name is read; a library that reads its own indicators has not been asked for them."""
        inside = self._placed[-1].context.library if self._placed else ""
        if inside and isinstance(symbol.placed.statement, s.Let):
            return symbol
        self.declarations.used.add(f"{symbol.records}.{symbol.short}" if symbol.records else symbol.name)
        return symbol


def _why_missing(operand: t.Typed) -> tuple[str, t.Typed]:
    """Why an operand may have no value, and which part of it is to blame."""
    match operand:
        case t.Divide(right=divisor) if divisor.type.low <= 0 <= divisor.type.high:
            return "divisor", divisor
        case t.Fold(kind="average" | "min" | "max") | t.Cohort(kind="average" | "min" | "max"):
            return "rows", operand
        case t.PreviousResult() | t.PreviousRow():
            return "previous", operand
        case t.Read():
            return "name", operand
    inner = [part for part in t.operands(operand) if part.type.optional]
    return _why_missing(inner[0]) if inner else ("", operand)


def const(value: Value, type_: Type, span: Span) -> t.Const:
    """A constant of a type, its range narrowed to the value."""
    if isinstance(value, int) and type_.kind in (Kind.NUMBER, Kind.DATE, Kind.CHOICE):
        type_ = replace(type_, low=value, high=value)
    return t.Const(value, type=replace(type_, optional=value is None), span=span)
