"""The statements of a scheme, found by what they declare."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct

from kaoping import expr as x
from kaoping import scheme as s
from kaoping.period import Period
from oracle.world import Scope, Value, World


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement with what stands around it: every `for`, the dates of its clauses, the item it belongs to."""

    statement: s.Statement
    fors: tuple[tuple[str, ...], ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    item: str | None = None


def placed(statements: tuple[s.Statement, ...], around: Placed) -> Iterator[Placed]:
    """All statements in text order, with those below clauses and items."""
    for each in statements:
        fors = (*around.fors, each.classes) if each.classes else around.fors
        here = Placed(each, fors, around.since, around.until, around.item)
        if isinstance(each, s.Clause):
            since = max((d for d in (around.since, each.since) if d), default=None)
            until = min((d for d in (around.until, each.until) if d), default=None)
            yield from placed(each.body, Placed(each, fors, since, until, around.item))
            continue
        yield here
        if isinstance(each, s.Item):
            # an item's own `for` is asked of the item; its children are out with it
            yield from placed(each.body, Placed(each, around.fors, around.since, around.until, each.name))


class Oracle:
    """A scheme and a data set, with everything a recursion on names has to look up."""

    def __init__(self, scheme: s.Scheme, world: World) -> None:
        self.world = world
        self.cache: dict[object, Value] = {}
        self.all = list(placed(scheme.statements, Placed(s.Assume(""))))
        setting = next((p.statement for p in self.all if isinstance(p.statement, s.PeriodSetting)), None)
        self.period = Period.parse(setting.first, setting.last) if setting else Period.parse("2009")
        self.precision = next((p.statement.places for p in self.all if isinstance(p.statement, s.Precision)), 12)
        roundings = [p.statement for p in self.all if isinstance(p.statement, s.Rounding)]
        self.round_total = next((r for r in roundings if r.of == "total"), s.Rounding(2))
        self.round_items = next((r for r in roundings if r.of == "items"), None)
        self.evidence_required = any(isinstance(p.statement, s.EvidenceRequired) for p in self.all)

        self.records = {p.statement.name: p.statement for p in self.all if isinstance(p.statement, s.Records)}
        self.inputs: dict[str, s.Input] = {}
        for p in self.all:
            if isinstance(p.statement, s.Input):  # fields of records stand below their records
                self.inputs |= dict.fromkeys(p.statement.names, p.statement)
        self.classes = {p.statement.name: p.statement for p in self.all if isinstance(p.statement, s.Class)}
        self.params = {n: p.statement for p in self.all if isinstance(p.statement, s.Param) for n in p.statement.names}
        lets = [p for p in self.all if isinstance(p.statement, s.Let)]
        self.lets = {_let(p).name[0]: p for p in lets if len(_let(p).name) == 1 and not _let(p).parameters}
        self.functions = {_let(p).name[0]: _let(p) for p in lets if _let(p).parameters}
        self.tables = {p.statement.name: p.statement for p in self.all if isinstance(p.statement, s.Table)}
        self.links = {p.statement.name: p.statement for p in self.all if isinstance(p.statement, s.Link)}
        self.items = {p.statement.name: p for p in self.all if isinstance(p.statement, s.Item)}
        self.totals = {p.statement.name: p for p in self.all if isinstance(p.statement, s.Total)}
        outcomes = [p.statement for p in self.all if isinstance(p.statement, s.Outcome)]
        self.outcomes = {each.name: None for each in outcomes}
        self.types = {each.name: each.type for each in outcomes if each.type is not None}
        self.types |= {name: type_ for name, p in self.lets.items() if (type_ := _let(p).type) is not None}
        self.grades = next((p.statement.names for p in self.all if isinstance(p.statement, s.Grades)), ())
        self.marks = {p.statement.mark for p in self.all if isinstance(p.statement, s.Select)} - set(self.grades)
        self.fields = {name: self._fields(table) for name, table in self.records.items()}
        self.record_lets = {name: self._record_lets(table) for name, table in self.records.items()}
        for p in lets:
            if len(_let(p).name) == 2:
                self.record_lets[_let(p).name[0]][_let(p).name[1]] = _let(p)
        self.judged = {j.name: j for p in self.all for j in [_judged(p.statement)] if j}
        self.results = {*self.classes, *self.lets, *self.items, *self.totals, *self.outcomes, *self.marks}
        self.appraised = self._appraised()

    def _fields(self, table: s.Records) -> dict[str, s.Input]:
        return {name: each for each in table.body if isinstance(each, s.Input) for name in each.names}

    def _record_lets(self, table: s.Records) -> dict[str, s.Let]:
        return {each.name[0]: each for each in table.body if isinstance(each, s.Let)}

    def dated_by(self, table: str) -> str | None:
        """The field that dates the records of a table."""
        return next((each.field for each in self.records[table].body if isinstance(each, s.On)), None)

    def _appraised(self) -> list[str]:
        from oracle.expressions import value

        subject = next((p.statement for p in self.all if isinstance(p.statement, s.Subject)), None)
        everyone = list(self.world.subjects)
        if subject is None or subject.condition is None:
            return everyone
        return [who for who in everyone if value(self, subject.condition, Scope(who)) is True]

    def total_name(self) -> str | None:
        """The total that `total` means: the only one, else the one no other total reads."""
        read = {name.text for p in self.totals.values() for name in names_in(p.statement)}
        return next((name for name in self.totals if len(self.totals) == 1 or name not in read), None)


def names_in(node: object) -> Iterator[x.Name]:
    """Every name written anywhere in a statement or expression."""
    if isinstance(node, x.Name):
        yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from names_in(each)
    elif isinstance(node, Struct):
        for field in node.__struct_fields__:
            if field != "span":
                yield from names_in(getattr(node, field))


def _let(p: Placed) -> s.Let:
    assert isinstance(p.statement, s.Let)
    return p.statement


def _judged(statement: s.Statement) -> s.Judged | None:
    amount = statement.amount if isinstance(statement, s.Line | s.Adjustment) else None
    return amount.value if amount and isinstance(amount.value, s.Judged) else None
