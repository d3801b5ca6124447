"""Results into a file by DuckDB: of large runs, and of small ones as those write them."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from kaoping.bulk.shown import listed, shown
from kaoping.data.write import findings_of, scheme_of
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.results import Results
from kaoping.whole import check_writable, whole

BATCH = 50_000
COMPACT = "COMPRESSION snappy, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1000"
"""How Parquet is written: numbers by their differences (version 2, which every reader of today knows) are smaller and
written faster, so that there is little left to compress, and no dictionary is begun for a column of many values.
Measured in `docs/performance.md`.
"""


def write_table(results: Results, path: Path, form: str) -> None:
    """Write results that are in memory to a Parquet file or a SQLite database, as large runs write theirs; OSError
    where that cannot be done.
    """
    import duckdb

    check_writable(path)

    ids = {"id": results.ids, "name": results.names}
    texts = ids | {"findings": [findings_of(results, at) or None for at in range(len(results.ids))]}
    kinds = ["VARCHAR"] * len(texts) + [DUCKDB.type_of(column.type) for column in results.columns]
    values = [*texts.values(), *(results.values[column.name] for column in results.columns)]
    scheme = scheme_of(results)
    columns = [("scheme", listed(scheme, [scheme])), ("period", listed(results.period, [results.period]))]
    columns += [("id", "c0"), ("name", "c1")]
    for at, column in enumerate(results.columns, len(texts)):
        columns.append((column.name, shown(column.type, Sql(f"c{at}"), csv=False)))
    columns.append(("findings", "c2"))
    query = ", ".join(f"{text} AS {DUCKDB.quoted(name)}" for name, text in columns)
    with duckdb.connect() as connection, whole(path) as beside:
        made = ", ".join(f"UNNEST(?::{kind}[]) AS c{at}" for at, kind in enumerate(kinds))
        connection.execute(f"CREATE TABLE results AS SELECT {made}", [list(each) for each in values])
        names = [name for name, _ in columns]
        try:
            written(connection, f"SELECT {query} FROM results ORDER BY rowid", names, beside, form)
        except duckdb.IOException as reason:
            # DuckDB says it in words that end in what the system said, as JSON
            raise _refused(full=f'"errno":"{errno.ENOSPC}"' in str(reason)) from reason


def _refused(*, full: bool) -> OSError:
    """What the disk says to results."""
    number = errno.ENOSPC if full else errno.EIO
    return OSError(number, os.strerror(number))


def written(connection: Any, query: str, names: Sequence[str], path: Path, form: str) -> int:
    """The rows of a query in a file of a form (`csv`, `parquet`, `sqlite`); how many they are."""
    target = DUCKDB.literal(str(path))
    if form == "parquet":
        options = f"FORMAT parquet, {COMPACT}"
        return int(connection.execute(f"COPY ({query}) TO {target} ({options})").fetchone()[0])
    if form == "csv":
        # without a sign for comments, so that texts with one are quoted as in small results: not at all
        options = "FORMAT csv, HEADER true, COMMENT ''"
        return int(connection.execute(f"COPY ({query}) TO {target} ({options})").fetchone()[0])
    return _into_sqlite(connection.execute(query), names, path)


def _into_sqlite(rows: Any, names: Sequence[str], path: Path) -> int:
    """Results as a table `results` of a SQLite file: whole numbers as such, decimals and dates as text, exactly."""
    try:
        return _inserted(rows, names, path)
    except sqlite3.OperationalError as reason:  # nothing but the disk can be wrong
        raise _refused(full=reason.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL) from reason


def _inserted(rows: Any, names: Sequence[str], path: Path) -> int:
    columns = ", ".join(f'"{name.replace(chr(34), 2 * chr(34))}"' for name in names)
    with closing(sqlite3.connect(path)) as file, file:
        # the file is nobody's before it is whole: nothing to be undone, and no journal to be left behind
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute(f"CREATE TABLE results ({columns})")
        insert = f"INSERT INTO results VALUES ({', '.join('?' * len(names))})"
        count = 0
        while batch := rows.fetchmany(BATCH):
            file.executemany(insert, [[_plain(each) for each in row] for row in batch])
            count += len(batch)
        return count


def _plain(value: Any) -> str | int | None:
    """A value as SQLite keeps it exactly; of a decimal every digit, without a power of ten."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, bool | int | str) else str(value)
