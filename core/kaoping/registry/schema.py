"""The tables of a registry, and how older files become newer ones. Nothing in them is ever changed or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

VERSION = 1
"""The number of migrations, kept as `user_version`: a file that has it is opened without further ado."""

APPLICATION = 0x6B616F70
"""`kaop`: tells a registry from any other SQLite file."""

TABLES = ("entries", "contents", "results", "checkpoints", "settings")


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
    create = database.create_table
    # kind and scheme are said in the content too: here they are for finding it
    entries = {"sequence": int, "kind": str, "scheme": str, "hash": bytes, "peaks": bytes, "content": str}
    create("entries", entries, pk="sequence", not_null={"kind", "hash", "peaks", "content"})
    create("contents", {"hash": bytes, "kind": str, "content": bytes}, pk="hash")
    create(
        "results",
        {"run": int, "place": int, "subject": str, "record": bytes, "commitment": bytes},
        pk=("run", "place"),
        foreign_keys=[("run", "entries", "sequence")],
    )
    create("checkpoints", {"size": int, "text": str}, pk="size", foreign_keys=[("size", "entries", "sequence")])
    create("settings", {"name": str, "value": bytes}, pk="name")
    run = database.execute
    run("CREATE INDEX results_of ON results (subject, run)")
    run("CREATE INDEX entries_by_kind ON entries (kind, scheme)")
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            run(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
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
        run(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {key})"
            " BEGIN SELECT RAISE(ABORT, 'a registry only grows'); END"
        )
    run(
        "CREATE TRIGGER entries_in_order BEFORE INSERT ON entries"
        " WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entries)"
        " BEGIN SELECT RAISE(ABORT, 'an entry is missing'); END"
    )
