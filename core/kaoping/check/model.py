"""A checked scheme: every declared thing as a typed column, and what is to be shown, required and explained."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import (
    adjustments,
    declare,
    define,
    grading,
    items,
    names,
    outcomes,
    passes,
    quotas,
    sets,
    tables,
    types,
)
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import Rounding, is_poison
from kaoping.check.order import in_order_of_reading, names_in
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Finding, Fix, Note, Severity
from kaoping.period import Period
from kaoping.results import ResultColumn
from kaoping.source import NOWHERE, Span
from kaoping.surroundings import Surroundings
from kaoping.types import BOOL, POISON, Type, number

FOREVER = Period("", Period.parse("1900").first, Period.parse("2199").last)
DEPTH = 4
"""How many schemes may stand behind one another through `link` and `records from`."""


@dataclass(slots=True)
class Model:
    """What a check has made of a scheme."""

    checker: Checker
    scheme: s.Scheme
    name: str
    title: str
    results: list[tuple[ResultColumn, t.Key]] = field(default_factory=list)
    requirements: list[outcomes.Required] = field(default_factory=list)
    appraised: t.Key | None = None

    @property
    def findings(self) -> list[Finding]:
        """Everything that was found, errors and warnings."""
        return self.checker.findings

    @property
    def sound(self) -> bool:
        """Whether nothing keeps the scheme from running."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def model(scheme: s.Scheme, surroundings: Surroundings, depth: int = 0) -> Model:
    """Check a scheme as far as its columns go: names, types, ranges, missing values, circles."""
    # 200 names that wait for one another, each in an expression 64 deep, stay below this
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))
    libraries = _libraries(scheme, surroundings)
    declarations = declare.declare(scheme, libraries)
    c = Checker(declarations, surroundings, FOREVER)
    c.findings.extend(declarations.findings)
    c.result_types = cache(lambda name: _result_types(name, surroundings, depth + 1))
    made = Model(c, scheme, _name(scheme), "")
    _settings(c, made)
    _units(c)
    c.makers = {
        "bonus": lambda c, span: adjustments.adjustments(c, "bonus", span),
        "penalty": lambda c, span: adjustments.adjustments(c, "penalty", span),
        "items": _items,
        "full": _full,
        "vetoed": grading.vetoed,
        "grade": grading.final,
        "total": _total,
        "rank": _rank,
    }
    grading.declare_grades(c)
    last = _last_totals(c)
    c.total_name = last[0].name if len(last) == 1 else None
    _define_everything(c, made)
    made.requirements = outcomes.requirements(c)
    made.results = _results(c)
    if depth == 0:
        passes.run(made)
    return made


def _libraries(scheme: s.Scheme, surroundings: Surroundings) -> Mapping[str, s.Scheme]:
    wanted = {statement.library for statement in _flat(scheme.statements) if isinstance(statement, s.Use)}
    found = {name: surroundings.library(name) for name in wanted}
    return {name: library for name, library in found.items() if library is not None}


def _flat(statements: tuple[s.Statement, ...]):  # type: ignore[no-untyped-def]
    for statement in statements:
        yield statement
        yield from _flat(statement.body)


def _name(scheme: s.Scheme) -> str:
    named = next((statement.name for statement in scheme.statements if isinstance(statement, s.SchemeName)), None)
    return named or scheme.source.name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".kp")


def _result_types(name: str, surroundings: Surroundings, depth: int) -> dict[str, Type] | None:
    """The result columns of another scheme, by name; None where it is not found, or schemes go round in a circle."""
    other = surroundings.scheme(name) if depth <= DEPTH else None
    if other is None:
        return None
    found = model(other, surroundings, depth)
    return {column.name: column.type for column, _ in found.results}


def _settings(c: Checker, made: Model) -> None:
    seen: dict[str, Span] = {}
    for placed in c.declarations.of(
        s.SchemeName, s.Title, s.PeriodSetting, s.Rounding, s.Precision, s.EvidenceRequired
    ):
        if placed.context.library:
            continue
        statement = placed.statement
        kind = type(statement).__name__ + getattr(statement, "of", "")
        if kind in seen:
            c.error(
                "KP210",
                statement.span,
                "setting",
                name=statement.span.text.split()[0],
                notes=(Note(seen[kind], "first"),),
            )
        seen[kind] = statement.span
        match statement:
            case s.Title(text=text):
                made.title = text
            case s.PeriodSetting(first=first, last=last):
                try:
                    c.period = Period.parse(first, last)
                except ValueError:
                    c.error("KP432", statement.span, text=statement.span.text)
            case s.Rounding(places=places, mode=mode, of=of):
                if not 0 <= places <= types.MOST_PLACES:
                    c.error("KP314", statement.span, most=types.MOST_PLACES)
                elif of == "total":
                    c.round_total = Rounding(places, mode)
                else:
                    c.round_items = Rounding(places, mode)
            case s.Precision(places=places):
                if not 2 <= places <= 18:
                    c.error("KP314", statement.span, "precision", most=18)
                else:
                    c.precision = places
            case s.EvidenceRequired():
                c.evidence = True


def _units(c: Checker) -> None:
    """The words for units that literals may use: those of money, days and points, and those that types declare."""
    c.units = {"元": "元", "万元": "元", "亿元": "元", "天": "天", "日": "天", "分": "", "次": "#"}
    for placed in c.declarations.statements:
        for written in _written_types(placed.statement):
            if written.unit is not None:
                c.units[written.unit] = types.unit_code(written.kind, written.unit)


def _written_types(statement: s.Statement) -> list[s.WrittenType]:
    match statement:
        case s.Input(type=written) | s.TableOutput(type=written) | s.Class(type=written):
            return [written]
        case s.Param(type=s.WrittenType() as written):
            return [written]
        case s.Link(types=pairs):
            return [written for _, written in pairs]
        case _:
            return []


# ---------------------------------------------------------------- built-in values


def _items(c: Checker, span: Span) -> Column:
    """`items`: the sum of the top-level items as rounded."""
    return c.make(t.Key(t.EACH, "items"), span, lambda: _items_column(c, span))


def _items_column(c: Checker, span: Span) -> Column:
    top = items.children(c, None)
    value = items.sum_of(c, [names.read(items.item(c, symbol, span), Scope(), span) for symbol in top], span)
    keys = tuple(t.Key(t.EACH, symbol.name) for symbol in top)
    return c.enter(Column(t.Key(t.EACH, "items"), value.type, value, Origin("items", span), keys))


def _full(c: Checker, span: Span) -> Column:
    """`full`: the sum over the leaves that apply to the subject."""
    return c.make(t.Key(t.EACH, "full"), span, lambda: _full_column(c, span))


def _full_column(c: Checker, span: Span) -> Column:
    columns = [items.full(c, symbol, span) for symbol in items.children(c, None)]
    value = (
        n.add([names.read(column, Scope(), span) for column in columns], span, c.report)
        if columns
        else n.constant(0, unit="")
    )
    return c.enter(
        Column(t.Key(t.EACH, "full"), value.type, value, Origin("full", span), tuple(column.key for column in columns))
    )


def _total(c: Checker, span: Span) -> Column:
    """`total`: the only total, else the one that no other total reads."""
    last = _last_totals(c)
    if not last:
        return c.make(t.Key(t.EACH, "total"), span, lambda: _default_total(c, span))
    if len(last) > 1:
        notes = tuple(Note(symbol.span, "total") for symbol in last[1:])
        c.error("KP405", last[0].span, names=[symbol.short for symbol in last], notes=notes)
        return Column(t.Key(t.EACH, "total"), POISON, None, Origin("poison", span))
    return define.column(c, c.use(last[0]), "", span)


def _last_totals(c: Checker) -> list[declare.Symbol]:
    """The totals that no other total reads; all of them where they go round in a circle."""
    symbols = [symbol for symbol in c.declarations.names.values() if isinstance(symbol.placed.statement, s.Total)]
    read = {name.parts[0] for symbol in symbols for name in names_in(symbol.placed.statement)}
    return [symbol for symbol in symbols if symbol.short not in read] or symbols


def _default_total(c: Checker, span: Span) -> Column:
    value = define.rounded(define.default_total(c, span), c.round_total, span)
    return c.enter(Column(t.Key(t.EACH, "total"), value.type, value, Origin("total", span)))


def has_points(c: Checker) -> bool:
    """Whether the scheme counts points at all, so that there is a total."""
    return next(c.declarations.of(s.Total, s.Item, s.Adjustment), None) is not None


# ---------------------------------------------------------------- everything


def _define_everything(c: Checker, made: Model) -> None:
    """Make the column of every declared name, whether it is read or not, so that every mistake is found."""
    for symbol in in_order_of_reading(c.declarations):
        statement = symbol.placed.statement
        match statement:
            case s.Records():
                _records(c, symbol.name, statement)
            case s.Table():
                tables.check_table(c, symbol)
            case s.Link(by=str() as holder):
                c.declarations.used.add(holder)
            case s.Link() | s.Group():
                pass
            case s.Param() if len(statement.values) > 1:
                pass  # which of its values holds depends on where it is read
            case s.Let() if statement.parameters:
                pass
            case _:
                define.column(c, symbol, "", symbol.span)
    for fields in c.declarations.fields.values():
        for symbol in fields.values():
            define.field(c, symbol, "", symbol.span)
    for subject in c.declarations.of(s.Subject):
        _subject(c, made, subject)
    adjustments.unknown_targets(c)
    for kind in ("bonus", "penalty"):
        adjustments.adjustments(c, kind, NOWHERE)
    for placed in c.declarations.of(s.Group):
        assert isinstance(placed.statement, s.Group)
        group = c.declarations.find((placed.statement.name,), placed.context.library)
        if group is not None and group.name not in c.declarations.used:
            adjustments.group_column(c, group, "bonus")
    _items(c, NOWHERE)
    _full(c, NOWHERE)
    grading.vetoed(c, NOWHERE)
    if c.grades is not None:
        grading.final(c, NOWHERE)
    for placed in c.declarations.of(s.Select):
        quotas.mark(c, placed, placed.statement.span)
    if has_points(c) or next(c.declarations.of(s.RankBy), None) is not None:
        _rank(c, NOWHERE)
    total = c.columns.get(t.Key(t.EACH, c.total_name)) if c.total_name not in (None, "total") else None
    if total is not None and total.type != POISON:  # `total` is the total, whatever its name
        key = t.Key(t.EACH, "total")
        c.enter(Column(key, total.type, t.Read(total.key, type=total.type, span=total.origin.span), total.origin))


def _records(c: Checker, name: str, statement: s.Records) -> None:
    if statement.by is not None:
        c.error("KP490", statement.span, "records")
    c.loaded.setdefault(name, {})
    fields = c.declarations.fields.get(name, {})
    for line in statement.body:
        if isinstance(line, s.On) and line.field not in fields:
            near = names.nearest(line.field, fields)
            place = line.span.part(line.field)
            fix = Fix(place, near) if near else None
            c.error(
                "KP201",
                place,
                "field_near" if near else "field",
                name=line.field,
                near=near,
                records=statement.name,
                fix=fix,
            )


def _subject(c: Checker, made: Model, placed: declare.Placed) -> None:
    statement = placed.statement
    assert isinstance(statement, s.Subject)
    if statement.condition is None:
        return
    made.appraised = t.Key(t.EACH, "appraised")
    with c.at(placed) as scope:
        value = x.truth(c, statement.condition, scope)
    c.enter(
        Column(
            made.appraised,
            POISON if is_poison(value) else BOOL,
            value,
            c.origin(placed, "appraised", statement.condition.span),
        )
    )


def _rank(c: Checker, span: Span) -> Column:
    """`rank`: over all by the total, or as `rank by` says."""
    return c.make(t.Key(t.EACH, "rank"), span, lambda: _rank_column(c, span))


def _rank_column(c: Checker, span: Span) -> Column:
    stated = next(c.declarations.of(s.RankBy), None)
    within: tuple[t.Typed, ...] = ()
    if stated is None:
        value = names.read(_total(c, span), Scope(), span)
    else:
        statement = stated.statement
        assert isinstance(statement, s.RankBy)
        span = statement.span
        with c.at(stated) as scope:
            value = x.numeric(c, statement.name, scope)
            within = sets.groups(c, statement.within, scope)
    typed = n.poison(span)
    if not is_poison(value, *within):
        typed = t.Rank(value, within, type=number(1, 10**6, 0, "#", optional=value.type.optional), span=span)
    return c.enter(Column(t.Key(t.EACH, "rank"), typed.type, typed, Origin("rank", span)))


def _results(c: Checker) -> list[tuple[ResultColumn, t.Key]]:
    """What a run shows, in the order of the issue of results: class, names of subjects, points in script order,
    standing, outcomes.
    """
    found: list[tuple[ResultColumn, t.Key]] = []

    def show(name: str, role: str, key: t.Key | None = None) -> None:
        column = c.columns.get(key or t.Key(t.EACH, name))
        if column is not None and column.type != POISON:
            found.append((ResultColumn(name, column.type, role), column.key))

    symbols = sorted(
        c.declarations.names.values(), key=lambda symbol: (symbol.placed.context.library != "", symbol.span.start)
    )
    for symbol in symbols:
        if isinstance(symbol.placed.statement, s.Class):
            show(symbol.name, "class")
    for link in c.declarations.of(s.Link):
        assert isinstance(link.statement, s.Link)
        if link.statement.by is not None:
            show(link.statement.by, "input")
    if not any(isinstance(symbol.placed.statement, s.Total) for symbol in symbols) and has_points(c):
        _total(c, NOWHERE)
    for symbol in symbols:
        statement = symbol.placed.statement
        match statement:
            case s.Item():
                show(symbol.name, "item")
            case s.Total():
                show(symbol.name, "total")
            case s.Let() if not statement.parameters and (
                not symbol.placed.context.library or symbol.name in c.declarations.used
            ):
                show(symbol.name, "let")
    if c.total_name is None:
        show("total", "total")
    for word in ("bonus", "penalty", "rank", "vetoed"):
        show(word, word)
    for symbol in symbols:
        if isinstance(symbol.placed.statement, s.Select):
            show(symbol.name, "mark")
    show("grade", "grade")
    for symbol in symbols:
        if isinstance(symbol.placed.statement, s.Outcome):
            show(symbol.name, "outcome")
    return found
