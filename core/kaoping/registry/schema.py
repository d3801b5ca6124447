"""The tables of a registry, and how older files become newer ones. Nothing in them is ever changed or removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

VERSION = 1
"""The number of migrations, kept as `user_version`: a file that has it is opened without further ado."""

APPLICATION = 0x6B616F70
"""`kaop`: tells a registry from any other SQLite file."""

COLUMNS: dict[str, dict[str, Any]] = {
    "entries": {"sequence": int, "kind": str, "scheme": str, "hash": bytes, "peaks": bytes, "content": str},
    "contents": {"hash": bytes, "kind": str, "content": bytes},
    "results": {"run": int, "place": int, "subject": str, "record": bytes, "commitment": bytes},
    "checkpoints": {"size": int, "text": str},
    "settings": {"name": str, "value": bytes},
}


def is_registry(path: Path) -> bool:
    """Whether a file is a registry, by what stands at its head."""
    return is_sqlite(path) and _head(path)[68:] == APPLICATION.to_bytes(4, "big")


def is_sqlite(path: Path) -> bool:
    """Whether a file is a SQLite database."""
    return _head(path).startswith(b"SQLite format 3\0")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(72)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables of a file up to date."""
    from sqlite_utils import Database, Migrations  # a tenth of a second: only where there is something to do

    migrations = Migrations("kaoping registry")
    for step in (_tables,):
        migrations(name=step.__name__)(step)
    database = Database(connection, strict=True)
    migrations.apply(database)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _tables(database: Database) -> None:
    # kind and scheme are said in the content too: here they are for finding it
    keys = {"entries": "sequence", "contents": "hash", "results": ("run", "place"), "checkpoints": "size"}
    of_entries = {"results": [("run", "entries", "sequence")], "checkpoints": [("size", "entries", "sequence")]}
    for table, columns in COLUMNS.items():
        filled = set(columns) - {"scheme"}
        foreign = of_entries.get(table, [])
        database.create_table(
            table, columns, pk=keys.get(table, "name"), not_null=filled, foreign_keys=foreign, strict=True
        )
    for each in _guards().values():
        database.execute(each)


def _guards() -> dict[str, str]:
    """What finds things in the tables and keeps them from being changed, by name."""
    made = {
        "results_of": "CREATE INDEX results_of ON results (subject, run)",
        "entries_by_kind": "CREATE INDEX entries_by_kind ON entries (kind, scheme)",
    }
    for table in COLUMNS:
        for change in ("UPDATE", "DELETE"):
            name = f"{table}_no_{change.lower()}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {change} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'a registry only grows'); END"
            )
    # INSERT OR REPLACE removes a row without asking the trigger above, unless the connection says otherwise
    for table, key in (
        ("entries", "sequence = NEW.sequence"),
        ("contents", "hash = NEW.hash"),
        ("results", "run = NEW.run AND place = NEW.place"),
        ("checkpoints", "size = NEW.size"),
        ("settings", "name = NEW.name"),
    ):
        made[f"{table}_no_replace"] = (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {key})"
            " BEGIN SELECT RAISE(ABORT, 'a registry only grows'); END"
        )
    made["entries_in_order"] = (
        "CREATE TRIGGER entries_in_order BEFORE INSERT ON entries"
        " WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entries)"
        " BEGIN SELECT RAISE(ABORT, 'an entry is missing'); END"
    )
    return made


def strange(connection: sqlite3.Connection) -> list[str]:
    """The names of what is missing among the tables and their guards, is not what it was made as, or is not ours."""
    asked = "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name <> '_sqlite_migrations' AND sql IS NOT NULL"
    found = {name: (kind, sql) for kind, name, sql in connection.execute(asked)}
    wrong = {name for name, sql in _guards().items() if found.pop(name, ("", ""))[1] != sql}
    for table, columns in COLUMNS.items():
        kind, _ = found.pop(table, ("", ""))
        told = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (table,)).fetchall()
        if kind != "table" or told != [(name, 0) for name in columns]:
            wrong.add(table)
    return sorted(wrong | set(found))
