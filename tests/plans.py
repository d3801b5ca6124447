"""Small plans written by hand, for tests of engines: columns in order, data as plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column, Origin
from kaoping.dataset import Dataset, InputColumn, InputTable, TableData
from kaoping.period import Period
from kaoping.plan.plan import Plan, Stratum
from kaoping.results import ResultColumn
from kaoping.source import Source
from kaoping.types import BOOL, DATE, TEXT, Kind, Type, Value, choice, number

WIDE = 10**12


def num(places: int = 0, low: int = -WIDE, high: int = WIDE) -> Type:
    """A number with some places."""
    return number(low, high, places)


def const(value: Value, type_: Type | None = None) -> t.Const:
    """A constant; its type follows from its value where it is not said."""
    if type_ is None:
        type_ = BOOL if isinstance(value, bool) else TEXT if isinstance(value, str) else num()
    return t.Const(value, type=type_ if value is not None else type_.maybe)


MISSING = const(None)


def loaded(name: str, type_: Type, table: str = t.SUBJECTS, *, optional: bool = False) -> Column:
    """A column that comes from data."""
    return Column(t.Key(t.Frame(table), name), type_.maybe if optional else type_, None, Origin("input"))


def column(name: str, value: t.Typed, frame: t.Frame = t.EACH, role: str = "let") -> Column:
    """A column that is evaluated."""
    return Column(t.Key(frame, name), value.type, value, Origin(role))


def read(of: Column) -> t.Read:
    """What a column holds in the row at hand."""
    return t.Read(of.key, type=of.type)


def compare(operator: str, left: t.Typed, right: t.Typed | int) -> t.Compare:
    """A comparison."""
    other = const(right, left.type) if isinstance(right, int) else right
    return t.Compare(operator, left, other, type=replace(BOOL, optional=left.type.optional or other.type.optional))


def choose(condition: t.Typed, value: t.Typed, otherwise: t.Typed) -> t.Choose:
    """`if … then … else …`."""
    optional = condition.type.optional or value.type.optional or otherwise.type.optional
    return t.Choose(((condition, value),), otherwise, type=replace(value.type, optional=optional))


def plan(
    *columns: Column,
    period: str = "2009",
    required: Mapping[str, str] | None = None,
    appraised: Column | None = None,
    dates: Mapping[str, str] | None = None,
    needed: Mapping[t.Key, t.Typed] | None = None,
    defaults: Mapping[str, Value] | None = None,
    results: Sequence[Column] | None = None,
) -> Plan:
    """A plan of these columns, in this order. By default every computed column of the subjects is a result."""
    computed = [each for each in columns if each.value is not None]
    tables: dict[str, list[InputColumn]] = {}
    for each in columns:
        if each.value is None:
            name = each.key.name
            heading = InputColumn(name, each.type, (required or {}).get(name, "never"), (defaults or {}).get(name))
            tables.setdefault(each.key.frame.table, []).append(heading)
    inputs = tuple(InputTable(name, name or "subjects", tuple(headings)) for name, headings in tables.items())
    shown = results if results is not None else [each for each in computed if each.key.frame == t.EACH]
    first, _, last = period.partition("..")
    return Plan(
        scheme="试验",
        title="试验方案",
        period=Period.parse(first, last or None),
        source=Source("试验.kp", ""),
        columns={each.key: each for each in columns},
        strata=tuple(Stratum("map", tuple(group)) for _, group in groupby(computed, key=lambda each: each.key.frame)),
        inputs=inputs,
        params=tuple(each.key.name for each in columns if each.key.frame.table == t.PARAMS),
        results=tuple((ResultColumn(each.key.name, each.type, each.origin.role), each.key) for each in shown),
        requirements=(),
        reasons=(),
        appraised=appraised.key if appraised else None,
        needed=dict(needed or {}),
        dates=dict(dates or {}),
    )


def dataset(
    subjects: Mapping[str, Sequence[Value]] | int,
    /,
    params: Mapping[str, Value] | None = None,
    **tables: tuple[Sequence[int], Mapping[str, Sequence[Value]]],
) -> Dataset:
    """Data: columns of the subjects (or only their number), and for other tables the owners of rows, and columns."""
    columns = {} if isinstance(subjects, int) else {name: list(values) for name, values in subjects.items()}
    number_of = subjects if isinstance(subjects, int) else len(next(iter(subjects.values())))
    data = {t.SUBJECTS: TableData(columns, file="subjects.csv", rows=list(range(2, number_of + 2)))}
    for name, (owners, values) in tables.items():
        data[name] = TableData(
            {heading: list(cells) for heading, cells in values.items()},
            owners=list(owners),
            file=f"{name}.csv",
            rows=list(range(2, len(owners) + 2)),
        )
    ids = [f"{i + 1:02}" for i in range(number_of)]
    return Dataset(ids, [f"第{i + 1}单位" for i in range(number_of)], data, params=dict(params or {}))


__all__ = [
    "BOOL",
    "DATE",
    "MISSING",
    "TEXT",
    "Kind",
    "choice",
    "choose",
    "column",
    "compare",
    "const",
    "dataset",
    "loaded",
    "num",
    "plan",
    "read",
]
