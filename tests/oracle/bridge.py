"""Between the oracle's plain data and the product's columns of scaled integers."""

from __future__ import annotations

import datetime
from fractions import Fraction

from kaoping.dataset import Dataset, InputColumn, InputTable, TableData
from kaoping.plan.plan import Plan
from kaoping.results import Results
from kaoping.typed import HISTORY, PARAMS, SUBJECTS
from kaoping.types import Kind, Type
from kaoping.types import Value as Cell
from oracle.world import Option, Value, World


def cell(value: Value, type_: Type) -> Cell:
    """A plain value as a product's cell of a type."""
    if value is None:
        return None
    match type_.kind:
        case Kind.NUMBER:
            scaled = value * 10**type_.places
            assert scaled.denominator == 1, (value, type_)
            return int(scaled)
        case Kind.DATE:
            return int(value.toordinal())
        case Kind.CHOICE:
            return type_.labels.index(value.label if isinstance(value, Option) else value)
        case _:
            found: Cell = value
            return found


def plain(found: Cell, type_: Type) -> Value:
    """A product's value as a plain one: labels as strings."""
    if found is None:
        return None
    match type_.kind:
        case Kind.NUMBER:
            return Fraction(int(found), 10**type_.places)
        case Kind.DATE:
            return datetime.date.fromordinal(int(found))
        case Kind.CHOICE:
            return type_.labels[int(found)]
        case Kind.BOOL:
            return bool(found)
        case _:
            return found


def dataset(plan: Plan, world: World, *, subjects: list[str] | None = None, backwards: bool = False) -> Dataset:
    """The data a plan reads; `subjects` puts them in another order, `backwards` turns the order of records round."""
    ids = subjects or list(world.subjects)
    made = Dataset(ids, [f"单位{each}" for each in ids], {}, earlier_periods=sorted(world.history))
    for table in plan.inputs:
        if table.name == PARAMS:
            made.params = {c.name: cell(world.params.get(c.name), c.type) for c in table.columns}
        elif table.name == SUBJECTS:
            made.tables[SUBJECTS] = _rows(table, [(who, world.subjects[who]) for who in ids], ids)
        elif table.name == HISTORY:
            stored = [
                (who, {"period": period, **cells})
                for period, rows in world.history.items()
                for who, cells in rows.items()
            ]
            made.tables[HISTORY] = _rows(table, [each for each in stored if each[0] in ids], ids)
        elif table.name.startswith("link "):
            linked = world.links.get(table.name.removeprefix("link "), {})
            held = {who: str(world.subjects[who].get(table.by)) if table.by else who for who in ids}
            results = [(who, linked[held[who]]) for who in ids if held[who] in linked]
            made.tables[table.name] = _rows(table, results, ids)
        else:
            rows = world.records.get(table.name, [])
            made.tables[table.name] = _rows(table, rows[::-1] if backwards else rows, ids)
    return made


def _rows(table: InputTable, rows: list[tuple[str, dict[str, Value]]], ids: list[str]) -> TableData:
    columns = {column.name: [_loaded(column, cells) for _, cells in rows] for column in table.columns}
    if table.name == HISTORY and "period" not in columns:
        columns["period"] = [cells["period"] for _, cells in rows]
    owners = [] if table.name == SUBJECTS else [ids.index(owner) for owner, _ in rows]
    return TableData(columns, owners)


def _loaded(column: InputColumn, cells: dict[str, Value]) -> Cell:
    """A cell as loading leaves it: an empty one is its default."""
    value = cells.get(column.name.replace(".佐证", ".evidence"))
    return column.default if value is None else cell(value, column.type)


def columns(results: Results) -> dict[str, dict[str, Value]]:
    """Results by name and subject, as the oracle has them."""
    return {
        column.name: {
            who: plain(found, column.type) for who, found in zip(results.ids, results.values[column.name], strict=True)
        }
        for column in results.columns
    }
