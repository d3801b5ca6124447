"""What is the same for many subjects, stored: so that some of them can be evaluated again, or explained, without all.

A folder holds, of one run, every relation that compares subjects (ranks of distinct values, lines of quotas, averages
of groups) and what each subject contributed to them.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kaoping.bulk.files import one_file
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.program import ID, Compared, Script, matched
from kaoping.engines.sql.relations import Expr, Join, Outputs, Relation, statement, statements
from kaoping.engines.sql.scopes import Book
from kaoping.plan.plan import Plan
from kaoping.types import Value
from kaoping.whole import STALE, write_whole

FORMAT = "kaoping cohorts 3"
MANIFEST = "cohorts.json"
_OWN = re.compile(r"cohort-([0-9a-f]{8}-)?[0-9]+\.parquet")
"""How the files of a folder of cohorts are called; whatever else lies there is left alone."""


class Stored(Struct, frozen=True):
    """A stored relation: its file in the folder, its columns, and whether it is what subjects contributed. Whole
    numbers that are `wide` are kept as text, because Parquet would make floating point of them.
    """

    file: str
    columns: list[str]
    given: bool
    wide: list[str] = []

    def rows(self, folder: Path) -> str:
        """The rows as DuckDB reads them."""
        held = [f"CAST({each} AS HUGEINT) AS {each}" for each in map(DUCKDB.quoted, self.wide)]
        shown = f"SELECT * REPLACE ({', '.join(held)})" if held else "SELECT *"
        return f"({shown} FROM read_parquet({one_file(folder / Path(self.file).name)}))"


class DataFile(Struct, frozen=True):
    """A file of data as it was: its bytes, when it was changed last, and the SHA-256 of its content."""

    size: int
    changed: int
    sha256: str


class _Manifest(Struct, frozen=True):
    """What a folder of cohorts holds, of which plan, and of which files of data."""

    format: str
    plan: str
    relations: dict[str, Stored]
    data: dict[str, DataFile]


class NoCohorts(Exception):  # noqa: N818 - it is told
    """A folder that has no cohorts, or those of another scheme: `missing`, `other`."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def store(
    connection: Any, made: Script, last: str, shown: Outputs, folder: Path, data: Iterable[Path], params: Params
) -> str:
    """Store the cohorts of a run on the way to its results; the query that is left for these.

    The files of a run have names of their own, and its manifest takes the place of the one before when all are there:
    what is stored is always of one run, whoever else writes into the folder.
    """
    relations = made.book.relations
    kept = _compared(made)
    kept |= {each.places: _places(each) for each in made.compared if each.places is not None}
    given = {over: [ID, *_contributed(relations, over)] for over in dict.fromkeys(each.over for each in made.compared)}
    refs = [(name, column) for name, columns in (kept | given).items() for column in columns]
    tables, query = statements(relations, last, shown, DUCKDB, kept=refs)
    for name, text in tables:
        connection.execute(f"CREATE TEMP TABLE {DUCKDB.quoted(name)} AS {text}")
    folder.mkdir(parents=True, exist_ok=True)
    own = os.urandom(4).hex()
    try:
        files = _relations_stored(connection, kept | given, set(given), folder, own)
        data_read = {each.name: _as_it_is(each) for each in data}
        manifest = msgspec.json.encode(_Manifest(FORMAT, fingerprint(made.program.plan, params), files, data_read))
        before = _no_longer_needed(folder)
        write_whole(folder / MANIFEST, msgspec.json.format(manifest, indent=1))
    except BaseException:
        _take_away(folder, {each.name for each in folder.glob(f"cohort-{own}-*.parquet")})
        raise
    _take_away(folder, before)
    return query


def _relations_stored(
    connection: Any, relations: Mapping[str, list[str]], given: set[str], folder: Path, own: str
) -> dict[str, Stored]:
    """A file for each relation, its name that of this run."""
    files: dict[str, Stored] = {}
    for number, (name, columns) in enumerate(relations.items()):
        file = folder / f"cohort-{own}-{number}.parquet"
        kinds = {each[0]: each[1] for each in connection.execute(f"DESCRIBE {DUCKDB.quoted(name)}").fetchall()}
        wide = [column for column in columns if kinds[column] == "HUGEINT"]
        listed = ", ".join(
            f"CAST({q} AS VARCHAR) AS {q}" if column in wide else q
            for column, q in ((each, DUCKDB.quoted(each)) for each in columns)
        )
        order = f" ORDER BY {DUCKDB.quoted(ID)}" if name in given else ""  # so that one subject is found at once
        connection.execute(
            f"COPY (SELECT {listed} FROM {DUCKDB.quoted(name)}{order}) TO {DUCKDB.literal(str(file))} (FORMAT parquet)"
        )
        files[name] = Stored(file.name, columns, name in given, wide)
    return files


def _no_longer_needed(folder: Path) -> set[str]:
    """The files that nobody needs once another run is stored: those that the manifest names now, and those that a run
    has left which was killed a day ago or more.
    """
    found: set[str] = set()
    old = time.time() - STALE
    for each in folder.iterdir():
        with suppress(OSError):  # another run may take it away meanwhile
            if _OWN.fullmatch(each.name) and each.stat().st_mtime < old:
                found.add(each.name)
    with suppress(OSError, ValueError, RecursionError):
        found |= {each.file for each in _read(folder).relations.values() if _OWN.fullmatch(each.file)}
    return found


def _take_away(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        with suppress(OSError):  # on Windows somebody may be reading it
            (folder / name).unlink(missing_ok=True)


def _read(folder: Path) -> _Manifest:
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)


Params = Mapping[str, Value]
"""The params of a run, by name."""


def fingerprint(plan: Plan, params: Params) -> str:
    """What stored cohorts have to have in common with a run that uses them: the script, the period, the plugins, the
    types of all columns, which schemes it links to have a say in, and the params, which everybody is compared with.
    """
    told = [plan.source.text, plan.period.text, *(f"{each.name} {each.version} {each.hash}" for each in plan.plugins)]
    types = {repr(key): repr(column.type) for key, column in plan.columns.items()}
    told += [f"{key} {type_}" for key, type_ in sorted(types.items())]
    told += [f"{name} {value!r}" for name, value in sorted(params.items())]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def _as_it_is(file: Path) -> DataFile:
    state = file.stat()
    with file.open("rb") as opened:
        return DataFile(state.st_size, state.st_mtime_ns, hashlib.file_digest(opened, "sha256").hexdigest())


def _is_as_it_was(file: Path, before: DataFile | None) -> bool:
    """Whether a file is the one that was read; one of the same time and size is not read again."""
    state = file.stat()
    if before is None or state.st_size != before.size:
        return False
    return state.st_mtime_ns == before.changed or _as_it_is(file).sha256 == before.sha256


def _compared(made: Script) -> dict[str, list[str]]:
    """The columns of each relation of comparisons: what it is joined by, what it gives, how many are alike."""
    found: dict[str, dict[str, None]] = {}
    for each in made.compared:
        told = [each.names[name] for name in ("number", "upto") if name in each.names]
        found.setdefault(each.relation, {}).update(dict.fromkeys([*each.groups, *each.keys, *told, *each.given]))
    return {name: list(columns) for name, columns in found.items()}


def _places(compared: Compared) -> list[str]:
    return [*compared.groups, compared.names["places"]]


def _contributed(relations: dict[str, Relation], over: str) -> list[str]:
    """The columns of a relation of subjects that comparisons read."""
    found: dict[str, None] = {}
    for relation in relations.values():
        if relation.over == over and not relation.passes:
            expressions = [*relation.columns.values(), *relation.group, *([relation.where] if relation.where else [])]
            found |= dict.fromkeys(column for each in expressions for name, column in each.refs if name == over)
    return [column for column in found if column != ID]


# ---------------------------------------------------------------- used again


def attach(made: Script, folder: Path, data: Iterable[Path], params: Params) -> tuple[dict[str, Stored], list[str]]:
    """Let a script read stored cohorts instead of making them: what is stored, and which files of `data` are others
    than those that were compared. Raises `NoCohorts`.
    """
    try:
        manifest = _read(folder)
    except OSError as reason:
        raise NoCohorts("missing") from reason
    except (ValueError, RecursionError) as reason:
        raise NoCohorts("other") from reason
    if manifest.format != FORMAT or manifest.plan != fingerprint(made.program.plan, params):
        raise NoCohorts("other")
    relations, beside = made.book.relations, {each.relation: each for each in made.compared if each.values}
    made.book.relations = {}
    for name, relation in relations.items():
        told = manifest.relations.get(name)
        if told is None or told.given:
            made.book.add(relation)
            continue
        columns = {column: Expr(DUCKDB.quoted(column)) for column in told.columns}
        stored = Relation(name, source=f"{told.rows(folder)} AS stored", columns=columns)
        if name in beside:
            stored.name = made.book.names.new("stored")
        made.book.add(stored)
        if name in beside:
            made.book.add(_beside(made.book, beside[name], stored))
    return manifest.relations, [each.name for each in data if not _is_as_it_was(each, manifest.data.get(each.name))]


def _beside(book: Book, compared: Compared, stored: Relation) -> Relation:
    """What is stored of a comparison, beside the distinct values of some subjects."""
    assert compared.values is not None
    keys = [*compared.groups, *compared.keys]
    on = matched(book, stored.name, [(key, key) for key in keys], same=True)(compared.values)
    columns = {column: book.of(stored.name, column) for column in stored.columns if column not in keys}
    return Relation(compared.relation, compared.values, columns, [Join(stored.name, on)])


def changed(
    connection: Any, made: Script, stored: dict[str, Stored], folder: Path, ids: Sequence[str]
) -> list[Compared]:
    """The comparisons to which some subjects would contribute something else than they did; the script knows them by
    their place in `ids`.
    """
    overs = set()
    for name, told in stored.items():
        if not told.given:
            continue
        columns = told.columns
        shown: Outputs = [(column, made.book.of(name, column)) for column in columns]
        query = statement(made.book.relations, name, shown, DUCKDB)
        now = {(ids[row[0]], *row[1:]) for row in connection.execute(query).fetchall()}
        before = {(str(row[0]), *row[1:]) for row in _of(connection, told.rows(folder), columns, ids)}
        if now != before:
            overs.add(name)
    return [each for each in made.compared if each.over in overs]


def _of(connection: Any, rows: str, columns: Iterable[str], ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """The contributions of some subjects."""
    kind = connection.execute(f"DESCRIBE SELECT {DUCKDB.quoted(ID)} FROM {rows}").fetchone()[1]
    listed = ", ".join(DUCKDB.quoted(column) for column in columns)
    marks = ", ".join(f"CAST({DUCKDB.literal(id_)} AS {kind})" for id_ in ids)
    query = f"SELECT {listed} FROM {rows} WHERE {DUCKDB.quoted(ID)} IN ({marks})"
    return list(connection.execute(query).fetchall())
