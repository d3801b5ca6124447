"""A checked scheme: every declared thing as a typed column, and what is to be shown, required and explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from msgspec import Struct, field

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import (
    adjustments,
    builtin,
    declare,
    define,
    grading,
    links,
    names,
    outcomes,
    passes,
    quotas,
    settings,
    tables,
)
from kaoping.check import expressions as x
from kaoping.check.checker import Checker
from kaoping.check.numeric import is_poison
from kaoping.check.order import in_order_of_reading
from kaoping.columns import Column
from kaoping.diagnostic import Finding, Fix
from kaoping.period import Period
from kaoping.results import ResultColumn
from kaoping.source import NOWHERE
from kaoping.surroundings import Surroundings
from kaoping.types import BOOL, POISON, Type

FOREVER = Period("", Period.parse("1900").first, Period.parse("2199").last)
MOST_QUOTAS = 100
"""How many `select` blocks a scheme may have: each sees the grades as the one before left them."""

DEPTH = 4
"""How many schemes may stand behind one another through `link` and `records from`."""


class Model(Struct):
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
        return self.checker.sound


def model(scheme: s.Scheme, surroundings: Surroundings, depth: int = 0) -> Model:
    """Check a scheme as far as its columns go: names, types, ranges, missing values, circles."""
    libraries = _libraries(scheme, surroundings)
    declarations = declare.declare(scheme, libraries)
    c = Checker(declarations, surroundings, FOREVER)
    c.findings.extend(declarations.findings)
    c.result_types = cache(lambda name: _result_types(name, surroundings, depth + 1))
    c.libraries = tuple(libraries)
    c.functions = surroundings.functions(libraries)
    made = Model(c, scheme, _name(scheme), settings.settle(c))
    settings.collect_units(c)
    c.makers = dict(builtin.MAKERS)
    grading.declare_grades(c)
    last = builtin.last_totals(c)
    c.total_name = last[0].name if len(last) == 1 else None
    _define_everything(c, made)
    made.requirements = outcomes.requirements(c)
    made.results = _results(c, made)
    if depth == 0:
        passes.run(made)
    return made


def _libraries(scheme: s.Scheme, surroundings: Surroundings) -> Mapping[str, s.Scheme]:
    wanted = dict.fromkeys(each.library for each in _flat(scheme.statements) if isinstance(each, s.Use))
    found = {name: surroundings.library(name) for name in wanted}
    return {name: library for name, library in found.items() if library is not None}


def _flat(statements: tuple[s.Statement, ...]) -> Iterator[s.Statement]:
    for statement in statements:
        yield statement
        yield from _flat(statement.body)


def _name(scheme: s.Scheme) -> str:
    named = next((statement.name for statement in scheme.statements if isinstance(statement, s.SchemeName)), None)
    return named or scheme.source.name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".kp")


def _result_types(name: str, surroundings: Surroundings, depth: int) -> dict[str, Type] | None:
    """The result columns of another scheme, by name; None where it is not found, or schemes go round in a circle."""
    if name in surroundings.versions:
        return surroundings.versions[name]
    other = surroundings.scheme(name) if depth <= DEPTH else None
    if other is None:
        return None
    found = model(other, surroundings, depth)
    return {column.name: column.type for column, _ in found.results}


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
                _holder(c, symbol, holder)
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
    builtin.items_sum(c, NOWHERE)
    builtin.full_mark(c, NOWHERE)
    grading.vetoed(c, NOWHERE)
    if c.grades is not None:
        grading.final(c, NOWHERE)
    chosen = list(c.declarations.of(s.Select))
    if len(chosen) > MOST_QUOTAS:
        c.error("KP100", chosen[MOST_QUOTAS].statement.span, "list", count=len(chosen), limit=MOST_QUOTAS)
    for placed in chosen[:MOST_QUOTAS]:
        quotas.mark(c, placed, placed.statement.span)
    if builtin.has_points(c) or next(c.declarations.of(s.RankBy), None) is not None:
        builtin.rank(c, NOWHERE)
    total = c.columns.get(t.Key(t.EACH, c.total_name)) if c.total_name not in (None, "total") else None
    if total is not None and total.type != POISON:  # `total` is the total, whatever its name
        key = t.Key(t.EACH, "total")
        c.enter(Column(key, total.type, t.Read(total.key, type=total.type, span=total.origin.span), total.origin))


def _appraised_first(c: Checker, key: t.Key) -> None:
    """Who is appraised is decided before anything that is counted over all of them."""
    waiting, seen = [key], set()
    while waiting:
        each = waiting.pop()
        column = c.columns.get(each)
        if each in seen or column is None:
            continue
        seen.add(each)
        for view in column.views:
            if isinstance(view, t.Cohort | t.Rank | t.Percentile | t.Chosen):
                c.error("KP249", c.columns[key].origin.span, text=view.span.text)
                return
        waiting.extend(column.reads)


def _holder(c: Checker, link: declare.Symbol, name: str) -> None:
    """What a link finds its subject by: an input of this subject, which holds the other one's id."""
    c.declarations.used.add(name)
    known = c.declarations.find((name,), link.placed.context.library)
    if known is None or not isinstance(known.placed.statement, s.Input):
        inputs = [each for each, at in c.declarations.names.items() if isinstance(at.placed.statement, s.Input)]
        near = names.nearest(name, inputs) if known is None else None
        place = link.placed.statement.span.part(name)
        variant = "computed" if known is not None else "near" if near else ""
        fix = Fix(place, near) if near else None
        c.error("KP253", place, variant, name=name, near=near, link=link.short, fix=fix)


def _records(c: Checker, name: str, statement: s.Records) -> None:
    links.check_holder(c, statement)
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
    made.appraised = t.Key(t.EACH, "subject", "if")
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
    _appraised_first(c, made.appraised)


def _results(c: Checker, made: Model) -> list[tuple[ResultColumn, t.Key]]:
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
    if not any(isinstance(symbol.placed.statement, s.Total) for symbol in symbols) and builtin.has_points(c):
        builtin.total(c, NOWHERE)
    asked = c.declarations.used | _looked_for_next_year(c, made)
    for symbol in symbols:
        statement = symbol.placed.statement
        match statement:
            case s.Item():
                show(symbol.name, "item")
            case s.Total():
                show(symbol.name, "total")
            case s.Let() if not statement.parameters and (not symbol.placed.context.library or symbol.name in asked):
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


def _looked_for_next_year(c: Checker, made: Model) -> set[str]:
    """The names that what the scheme itself declares reads among earlier results, be it by way of a library."""
    libraries = {name for name, symbol in c.declarations.names.items() if symbol.placed.context.library}
    left_out = {each.key for each in made.requirements if each.placed.context.library}
    waiting = [key for key in c.columns if not {key.name, key.frame.table} & libraries and key not in left_out]
    seen = set(waiting)
    while waiting:
        column = c.columns.get(waiting.pop())
        read = set(column.reads) - seen if column is not None else set()
        waiting += read
        seen |= read
    return {key.name for key in seen if key.frame.table == t.HISTORY}
