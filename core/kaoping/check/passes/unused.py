"""KP501: what is declared and read nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping.check.declare import Symbol
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

LOADED = (s.Input, s.Param, s.Records, s.Table, s.Link, s.Group)


def unused(made: Model, _: Reaches) -> Iterator[Finding]:
    """Data, params, tables, links, groups and functions that no rule reads; lets, items, totals and outcomes are
    results.
    """
    declarations = made.checker.declarations
    dated = {
        (placed.context.parents[-1].name, placed.statement.field)
        for placed in declarations.of(s.On)
        if isinstance(placed.statement, s.On) and isinstance(placed.context.parents[-1], s.Records)
    }
    # a group is made whether something is in it or not
    filled = {
        line.statement.group for line in declarations.of(s.Adjustment) if isinstance(line.statement, s.Adjustment)
    }
    filled |= {group.statement.inside for group in declarations.of(s.Group) if isinstance(group.statement, s.Group)}
    fields = (symbol for table in declarations.fields.values() for symbol in table.values())
    for symbol in (*declarations.names.values(), *fields):
        if symbol.placed.context.library or not _must_be_read(symbol):
            continue
        if isinstance(symbol.placed.statement, s.Group) and symbol.short not in filled:
            yield under(
                symbol.placed, warning("KP501", symbol.span.part(symbol.short), "group", name=symbol.short, records="")
            )
            continue
        full = f"{symbol.records}.{symbol.short}" if symbol.records else symbol.name
        if full in declarations.used or (symbol.records, symbol.short) in dated:
            continue
        if symbol.records is not None and symbol.records not in declarations.used:
            continue  # the table itself is named
        kind = "field" if symbol.records else _kind(symbol)
        yield under(
            symbol.placed,
            warning("KP501", symbol.span.part(symbol.short), kind, name=symbol.short, records=symbol.records or ""),
        )


def _must_be_read(symbol: Symbol) -> bool:
    statement = symbol.placed.statement
    if isinstance(statement, s.Input) and symbol.records is not None and statement.type.kind == "text":
        return False  # names and remarks are kept so that people can read the sheet
    if isinstance(statement, s.Let):
        return bool(statement.parameters) or symbol.records is not None
    return isinstance(statement, LOADED)


def _kind(symbol: Symbol) -> str:
    return type(symbol.placed.statement).__name__.lower()
