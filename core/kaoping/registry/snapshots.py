"""Data written down: what was read of which files, the day they speak of, and how they are read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kaoping.data.cells import Problem, cell_reader
from kaoping.data.grid import data_error
from kaoping.data.text import quoted
from kaoping.dataset import Dataset, InputColumn, InputTable, TableData
from kaoping.registry.entries import Entry, canonical
from kaoping.registry.errors import Refused, RegistryError
from kaoping.registry.store import Store
from kaoping.typed import PARAMS
from kaoping.types import Kind, Type, Value, plain_text


class Snapshot(Struct, frozen=True):
    """Data written down: `body` is what their entry says."""

    sequence: int
    time: str
    scheme: str
    day: date
    body: dict[str, Any]

    @property
    def kept(self) -> bool:
        """Whether the data themselves are in the registry, not only their hash."""
        return bool(self.body["kept"])


class _Kept(Struct):
    """What is kept of data: the cells as whole numbers and texts, and of which types they are.

    The salt keeps the hash from telling anything to those who do not have the data.
    """

    data: Dataset
    inputs: tuple[InputTable, ...]
    salt: str


def snapshot_of(entry: Entry) -> Snapshot:
    """The data that an entry speaks of."""
    return Snapshot(entry.sequence, entry.time, entry.body["scheme"], date.fromisoformat(entry.body["day"]), entry.body)


def write_snapshot(
    store: Store, scheme: str, dataset: Dataset, inputs: Sequence[InputTable], day: date, *, keep: bool, stored: int = 0
) -> tuple[int, str]:
    """The entry of these data for this day, and the hash of the data. Inside `writing()`. Without `keep` there is only
    the hash. It is a new entry, unless the last data of the day are the same, or they are those of the entry `stored`.
    """
    digest = store.keep("data", _content(store, dataset, inputs)) if keep else hash_of(store, dataset, inputs)
    same_day = [each for each in snapshots(store, scheme) if each.day == day]
    for each in (*same_day[-1:], *(each for each in same_day if each.sequence == stored)):
        if each.body["data"] == digest and each.kept >= keep:
            return each.sequence, digest
    body = {
        "scheme": scheme,
        "data": digest,
        "day": day.isoformat(),
        "kept": keep,
        "files": dict(sorted(dataset.hashes.items())),
        "subjects": len(dataset.ids),
    }
    return store.append(store.next_entry("snapshot", body)), digest


def hash_of(store: Store, dataset: Dataset, inputs: Sequence[InputTable]) -> str:
    """The hash of data in hexadecimal, as the registry has it."""
    return str(store.suite.sha(_content(store, dataset, inputs)).hexdigest())


def _content(store: Store, dataset: Dataset, inputs: Sequence[InputTable]) -> bytes:
    salt = store.nonce(store.secret(), "data").hex()
    return canonical(msgspec.to_builtins(_Kept(dataset, tuple(inputs), salt), str_keys=True))


def snapshots(store: Store, scheme: str, known_as_of: date | None = None) -> list[Snapshot]:
    """The data written down for a scheme, oldest first, as far as they were known on a day."""
    return [
        snapshot_of(each)
        for each in store.entries({"snapshot"}, scheme)
        if known_as_of is None or each.time[:10] <= known_as_of.isoformat()
    ]


def data_as_of(
    store: Store, scheme: str, day: date, known_as_of: date | None = None, *, trial: bool = False
) -> Snapshot:
    """The data that speak of a day: the latest day up to it, of that day what was written down last. `RegistryError`
    where there are none. What was only tried out, with data that may be made up, is there for another `trial` alone.
    """
    used = {
        each.body["snapshot"]
        for each in store.entries({"run"}, scheme)
        if (trial or not each.body["trial"]) and (known_as_of is None or each.time[:10] <= known_as_of.isoformat())
    }
    found = [each for each in snapshots(store, scheme, known_as_of) if each.day <= day and each.sequence in used]
    if not found:
        raise RegistryError("no_data_then", scheme=scheme, day=day)
    return max(found, key=lambda each: (each.day, each.sequence))


def stored_dataset(store: Store, snapshot: Snapshot, inputs: Sequence[InputTable]) -> Dataset:
    """Data as they were read, for rules that want these inputs. `RegistryError` where they were not read at the time,
    `Refused` where a cell cannot be what the rules want.
    """
    if not snapshot.kept:
        raise RegistryError("data_not_kept", number=snapshot.sequence)
    kept = store.content(snapshot.body["data"])
    if kept is None:
        raise RegistryError("content_missing", what=f"#{snapshot.sequence}", hash=snapshot.body["data"])
    found = msgspec.json.decode(kept, type=_Kept)
    return _fitted(snapshot, found, inputs)


def _fitted(snapshot: Snapshot, kept: _Kept, inputs: Sequence[InputTable]) -> Dataset:
    """Data with just the tables and columns that are wanted, each cell as a value of the type wanted.

    Whole numbers mean something only together with their type: other rules may want other places or other labels.
    """
    then = {table.name: table for table in kept.inputs}
    missing = [table.name for table in inputs if table.name not in then and not table.columns]  # rows to be counted
    missing += [
        column.name
        for table in inputs
        for column in table.columns
        if table.name not in then or column.name not in {each.name for each in then[table.name].columns}
    ]
    if missing:
        raise RegistryError("data_lack", number=snapshot.sequence, names=", ".join(missing))
    for table in inputs:
        read_as = {each.name: each.type for each in then[table.name].columns}
        for column in table.columns:
            if not _comparable(read_as[column.name], column.type):
                raise RegistryError("data_type", number=snapshot.sequence, name=column.name)
    data, tables, params = kept.data, dict[str, TableData](), dict[str, Value]()
    for table in inputs:
        types = {each.name: each for each in then[table.name].columns}
        if table.name == PARAMS:
            params = {
                each.name: _again([data.params.get(each.name)], types[each.name], each)[0] for each in table.columns
            }
            continue
        rows = data.tables[table.name]
        extra = {name: cells for name, cells in rows.columns.items() if name not in types}  # such as the period
        wanted = {each.name: _again(rows.columns[each.name], types[each.name], each) for each in table.columns}
        tables[table.name] = replace(rows, columns=extra | wanted)
    return replace(data, tables=tables, params=params)


def _comparable(then: Type, now: Type) -> bool:
    """Whether what was read as one type can be said as another. What a cell looked like is not kept: 70 or 70.00, 60%
    or 0.6, 是 or √; rules that read it as a text, or 0.6 as points, would compute with what nobody wrote.
    """
    if then.kind is Kind.TEXT:
        return True
    return (
        now.kind is not Kind.TEXT and then.kind in (now.kind, Kind.NUMBER, Kind.CHOICE) and then.percent == now.percent
    )


def _again(cells: list[Value], then: InputColumn, now: InputColumn) -> list[Value]:
    """Cells of one type as cells of another, by what they say."""
    if then.type == now.type:
        return cells
    read = cell_reader(now.type)
    found: dict[Value, Value] = {None: None}
    for cell in set(cells) - {None}:
        text = plain_text(cell, then.type)
        value = read(text)
        if isinstance(value, Problem):
            facts = {"column": now.name, "value": quoted(text), "cells": quoted(text), "count": 1, **value.facts}
            raise Refused([data_error(value.code, now.name, value.variant, **facts)])
        found[cell] = value
    return [found[cell] for cell in cells]
