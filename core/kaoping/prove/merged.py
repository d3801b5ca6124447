"""Two versions of a scheme as one plan on the same data: what both say alike is there once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import numeric as n
from kaoping.columns import Column, Origin
from kaoping.dataset import InputColumn, InputTable
from kaoping.plan.plan import Plan
from kaoping.plan.strata import ordered, rebuilt, strata
from kaoping.source import NOWHERE
from kaoping.types import BOOL, Kind, Type

Renamed = Mapping[t.Key, t.Key]


class DifferentData(Exception):  # noqa: N818 - nothing is wrong with either version
    """Two versions that do not read the same data: the name of what differs, and how, a phrase of the catalogue."""

    def __init__(self, name: str, how: str) -> None:
        """Keep both."""
        super().__init__(name)
        self.name, self.how = name, how


def merged(new: Plan, old: Plan, words: tuple[str, ...]) -> Plan:
    """The plan of the new version with the columns of the old one beside its own, in which `旧.grade` reads the old
    grade. Raises `DifferentData`.
    """
    _comparable(new, old)
    loaded = {key: _shared(new, key, column) for key, column in old.columns.items() if column.value is None}
    columns = dict(new.columns) | loaded
    known = {(column.key.frame, column.value, column.type): key for key, column in new.columns.items() if column.value}
    renamed: dict[t.Key, t.Key] = {}
    for key, column in old.columns.items():  # each after what it reads
        if column.value is None:
            continue
        value = _moved(column.value, renamed, loaded)
        own = new.columns.get(key)  # first the column of the same name: others may say the same by chance
        same = own is not None and (own.value, own.type) == (value, column.type)
        alike = key if same else known.get((key.frame, value, column.type))
        renamed[key] = alike or t.Key(key.frame, f"{(*words, '旧')[0]}.{key.name}", key.part)
        if alike is None:
            columns[renamed[key]] = replace(column, key=renamed[key], value=value)
    columns = {key: _narrowed(column, new, loaded) for key, column in columns.items()}
    for word in words:
        columns |= _linked(columns, word, renamed, old)
    appraised = _appraised(new, old, renamed, columns)
    order = ordered(columns, columns)
    return replace(
        new,
        columns={column.key: column for column in order},
        strata=strata(order),
        inputs=_inputs(new, old, words),
        params=tuple(dict.fromkeys((*new.params, *old.params))),
        appraised=appraised,
        dates={**old.dates, **new.dates},
        needed=_needed(new, old, renamed, loaded),
        limits=_limits(new, old, renamed, loaded),
        functions={**old.functions, **new.functions},
    )


def _comparable(new: Plan, old: Plan) -> None:
    units = any(key.frame.unit for plan in (new, old) for key in plan.columns)
    past = any(key.frame.table == t.HISTORY for plan in (new, old) for key in plan.columns)
    if new.period != old.period and (units or past):
        raise DifferentData(f"{new.period.text} / {old.period.text}", "period")
    for table in set(new.dates) & set(old.dates):
        if new.dates[table] != old.dates[table]:
            raise DifferentData(table, "dated")


# ---------------------------------------------------------------- data of both


def _shared(new: Plan, key: t.Key, column: Column) -> Column:
    """A loaded column as both versions allow it."""
    other = new.columns.get(key)
    if other is None:
        return column
    if other.value is not None:
        raise DifferentData(key.name, "computed")
    return replace(other, type=common_type(key.name, other.type, column.type))


def common_type(name: str, one: Type, other: Type) -> Type:
    """The values that two types of the same cell have in common."""
    if one == other:
        return one
    if one.kind is not other.kind or (one.unit != other.unit and one.kind is Kind.NUMBER):
        raise DifferentData(name, "kind")
    optional = one.optional and other.optional
    if one.kind is Kind.CHOICE:
        if one.labels != other.labels:
            raise DifferentData(name, "labels")
        return replace(one, optional=optional)
    places = min(one.places, other.places)
    ends = [
        (-(-each.low // 10 ** (each.places - places)), each.high // 10 ** (each.places - places))
        for each in (one, other)
    ]
    low, high = max(end for end, _ in ends), min(end for _, end in ends)
    if low > high:
        raise DifferentData(name, "range")
    return replace(one, low=low, high=high, places=places, optional=optional)


def _read(node: t.Read, loaded: Mapping[t.Key, Column]) -> t.Typed:
    """The read of a cell that both versions have, in the places of the version that reads it."""
    column = loaded.get(node.key)
    if column is None or column.type.places == node.type.places or column.type.kind is not Kind.NUMBER:
        return node
    inner = replace(
        node, type=replace(node.type, low=column.type.low, high=column.type.high, places=column.type.places)
    )
    return t.Scale(inner, node.type.places - column.type.places, type=node.type, span=node.span)


def _moved(value: t.Typed, renamed: Renamed, loaded: Mapping[t.Key, Column]) -> t.Typed:
    """An expression of the old version that reads the columns of both."""

    def change(node: t.Typed, _: t.Typed | None) -> t.Typed:
        if isinstance(node, t.Read):
            return _read(replace(node, key=renamed.get(node.key, node.key)), loaded)
        return rebuilt(node, change)

    return change(value, None)


def _narrowed(column: Column, new: Plan, loaded: Mapping[t.Key, Column]) -> Column:
    """A column of the new version that reads the cells of both."""
    if column.value is None or new.columns.get(column.key) is not column:
        return column
    return replace(column, value=_moved(column.value, {}, loaded))


def _inputs(new: Plan, old: Plan, words: tuple[str, ...]) -> tuple[InputTable, ...]:
    tables = {table.name: table for table in new.inputs if table.name not in {f"link {word}" for word in words}}
    for table in old.inputs:
        known = tables.get(table.name)
        if known is None:
            tables[table.name] = table
            continue
        columns = {column.name: column for column in known.columns}
        for column in table.columns:
            columns[column.name] = _input(columns[column.name], column) if column.name in columns else column
        tables[table.name] = replace(known, columns=tuple(columns.values()))
    return tuple(tables.values())


def _input(one: InputColumn, other: InputColumn) -> InputColumn:
    if one.default != other.default or (one.default is not None and one.type.places != other.type.places):
        raise DifferentData(one.name, "default")
    ranks = ("always", "sometimes", "never")
    return replace(one, required=min(one.required, other.required, key=ranks.index))


# ---------------------------------------------------------------- what stands between


def _linked(columns: Mapping[t.Key, Column], word: str, renamed: Renamed, old: Plan) -> dict[t.Key, Column]:
    """The names of the other version that the question reads, as columns of the plan."""
    found = {}
    for key, column in columns.items():
        if isinstance(column.value, t.Fold) and column.value.frame == t.Frame(f"link {word}"):
            name = key.name.removeprefix(f"{word}.")
            of = next((at for each, at in old.results if each.name == name), t.Key(t.EACH, name))
            target = renamed.get(of, of)
            if target != key:
                found[key] = replace(column, value=t.Read(target, type=column.type, span=column.value.span))
    return found


def _appraised(new: Plan, old: Plan, renamed: Renamed, columns: dict[t.Key, Column]) -> t.Key | None:
    """Whether both versions appraise a subject: of others there is nothing to compare."""
    asked = [key for key in (new.appraised, old.appraised and renamed[old.appraised]) if key is not None]
    if len(set(asked)) <= 1:
        return asked[0] if asked else None
    key = t.Key(t.EACH, "appraised", "both")
    value = t.And(tuple(t.Read(each, type=BOOL) for each in asked), type=BOOL)
    columns[key] = Column(key, BOOL, value, Origin("appraised"))
    return key


def _needed(new: Plan, old: Plan, renamed: Renamed, loaded: Mapping[t.Key, Column]) -> dict[t.Key, t.Typed]:
    found = dict(new.needed)
    for key, condition in old.needed.items():
        moved = _moved(condition, renamed, loaded)
        found[key] = cond.either([found[key], moved], NOWHERE) if key in found else moved
    return found


def _limits(
    new: Plan, old: Plan, renamed: Renamed, loaded: Mapping[t.Key, Column]
) -> dict[t.Key, tuple[t.Typed, t.Typed]]:
    found = dict(new.limits)
    for key, (low, high) in old.limits.items():
        moved = _moved(low, renamed, loaded), _moved(high, renamed, loaded)
        lowest, highest = found.get(key, moved)
        if {each.type.places for each in (*moved, lowest, highest)} != {highest.type.places}:
            raise DifferentData(key.name, "limits")
        found[key] = _between(lowest, moved[0], least=False), _between(highest, moved[1], least=True)
    return found


def _between(one: t.Typed, other: t.Typed, *, least: bool) -> t.Typed:
    """The end that both versions allow."""
    return one if one == other else n.extreme([one, other], NOWHERE, least=least)
