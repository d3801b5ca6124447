"""Nothing that stands in a scheme becomes SQL: 10,000 hostile names, one SELECT each, and nothing else is ever run."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from msgspec.structs import replace

import sql_engines as sql
from kaoping import typed as t
from kaoping.columns import Column
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import DIALECTS, DUCKDB
from kaoping.engines.sql.loaded import queries, tables
from kaoping.engines.sql.relations import statement
from kaoping.plan.plan import Plan
from kaoping.types import BOOL, TEXT, Value, choice
from plans import choose, column, const, dataset, loaded, num, plan, read

EACH, PLANS = 20, 500
SMALL = num(0, -100, 100)
PAYLOADS = [
    '"; DROP TABLE input_0; --', "'; DROP TABLE input_0; --", "`; DROP TABLE input_0; --", "\\'; SELECT 1; --",
    '" FROM input_0; ATTACH \'x\' AS y; --', "*/ ; PRAGMA writable_schema=1; /*", '""', "''", "\\", '\\"',
    "\n; DROP TABLE a", "\r\n;DELETE FROM input_0", "load_extension('x')", "$$;$$", "U&'\\0027'", "E'\\''", "--", "/*",
    ";", "%s", "?1", ":a", "@b", "1; SELECT",
]  # fmt: skip


def named(names: list[str]) -> Plan:
    """A plan that uses names for all that has one: inputs, columns, a table, labels, texts, clauses."""
    table, *names = names
    labels = choice((names[0], names[1], names[2]), ordered=True)
    kind, text = loaded(names[3], labels), loaded(names[4], TEXT)
    mark, word = loaded(names[5], SMALL, table), loaded(names[6], TEXT, table)
    inside = t.Frame(table)
    among = t.Among(read(word), (names[7], names[8]), type=BOOL)
    columns = [
        column(names[9], choose(among, read(mark), const(0)), inside),
        column(names[10], t.Compare("=", read(text), const(names[11]), type=BOOL)),
        column(names[12], t.Recode(read(kind), (2, 1, 0), type=labels)),
    ]
    columns.append(column(names[13], t.Fold("sum", inside, read(columns[0]), type=num())))
    last = t.Last(1, (read(word), read(mark)))
    columns.append(column(names[14], t.Fold("max", inside, read(mark), last=last, type=num().maybe)))
    columns.append(column(names[15], t.Rank(read(columns[3]), (read(text),), type=num(0, 1, 10**8))))
    columns.append(column(names[16], choose(read(columns[1]), const(names[17]), const(names[18]))))
    under = [replace(each, origin=replace(each.origin, clause=names[at])) for at, each in enumerate(columns)]
    given = (kind, text, mark, word)
    return plan(*given, *under, required={each.key.name: "always" for each in given})


def rows_for(made: Plan, names: list[str]) -> Any:
    def of(at: int) -> str:
        return list(made.columns)[at].name

    rows: dict[str, list[Value]] = {of(0): [0, 2, 1], of(1): [names[12], "", names[9]]}
    record: dict[str, list[Value]] = {of(2): [1, 2, 3, 4], of(3): [names[8], names[9], names[8], ""]}
    return sql.disguised(dataset(rows, 表=([0, 1, 1, 2], record)), {"表": names[0]})


def lists_of_names() -> Iterator[list[str]]:
    chance = random.Random(42)
    for number in range(PLANS):
        names: list[str] = []
        while len(names) < EACH:
            name = chance.choice(PAYLOADS) if chance.random() < 0.3 else sql.hostile(chance)
            name += chance.choice(["", "", str(number), chance.choice(PAYLOADS)])
            if name not in names:
                names.append(name)
        yield names


OWN_TABLES = {"input_0", "input_1", "subjects_only"}
FUNCTIONS = {
    "coalesce", "sum", "count", "max", "min", "row_number", "typeof", "abs", "nullif", "lag", "strftime", "julianday",
}  # fmt: skip
ALWAYS = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_CREATE_TEMP_TABLE, sqlite3.SQLITE_DROP_TEMP_TABLE,
    sqlite3.SQLITE_TRANSACTION,
}  # fmt: skip
WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}


class Guarded(sqlite3.Connection):
    """A connection that allows nothing but reading, functions known, temporary tables, and its own input tables."""

    denied: list[tuple[Any, ...]]
    left: list[str]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.set_authorizer(self.allow)

    def allow(self, action: int, one: str | None, two: str | None, database: str | None, _: str | None) -> int:
        allowed = action in ALWAYS or (action == sqlite3.SQLITE_CREATE_TABLE and one in OWN_TABLES)
        allowed = allowed or (action in WRITES and (database == "temp" or one in OWN_TABLES or one == "sqlite_master"))
        allowed = allowed or (action == sqlite3.SQLITE_FUNCTION and two in FUNCTIONS)
        if not allowed:
            Guarded.denied.append((action, one, two, database))
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def close(self) -> None:
        Guarded.left += [name for (name,) in self.execute("SELECT name FROM sqlite_master")]
        super().close()


def test_ten_thousand_hostile_names_give_what_the_reference_gives_and_nothing_else_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *arguments: connect(*arguments, factory=Guarded))
    Guarded.denied, Guarded.left = [], []
    tried = 0
    for number, names in enumerate(lists_of_names()):
        made = named(names)
        rows = rows_for(made, names)
        sql.assert_agrees(made, rows, "sqlite", *(["duckdb"] if number % 25 == 0 else []))
        tried += len(names)
    assert tried == 10_000
    assert Guarded.denied == []
    assert set(Guarded.left) <= OWN_TABLES


def test_the_guard_denies_what_it_should() -> None:
    Guarded.denied = []
    guarded = sqlite3.connect(":memory:", factory=Guarded)
    for hostile in ("ATTACH 'x' AS y", "PRAGMA writable_schema=1", "DROP TABLE x", "SELECT load_extension('x')"):
        with pytest.raises(sqlite3.DatabaseError):
            guarded.execute(hostile)
    assert len(Guarded.denied) == 3  # the table is not there


def test_every_query_is_one_select() -> None:
    for names in list(lists_of_names())[:100]:
        made = named(names)
        _, sources = tables(made, rows_for(made, names), DUCKDB)
        keys = sql.compared(made)
        written = script(made, keys, DUCKDB, sources)
        for _, _, last, shown in queries(written, keys):
            parts = duckdb.extract_statements(statement(written.book.relations, last, shown, DUCKDB))
            assert [part.type for part in parts] == [duckdb.StatementType.SELECT]


def unquoted(text: str, quote: str, *, backslash: bool = False) -> str | None:
    """What stands between quotes, as an engine reads it; None where they end before the text does."""
    if len(text) < 2 or text[0] != quote or text[-1] != quote:
        return None
    found, at, inner = "", 0, text[1:-1]
    while at < len(inner):
        if (inner[at] == "\\" and backslash) or (inner[at] == quote and inner[at : at + 2] == 2 * quote):
            at += 1
        elif inner[at] == quote:
            return None
        if at == len(inner):
            return None
        found += inner[at]
        at += 1
    return found


@pytest.mark.parametrize("name", DIALECTS)
def test_names_and_texts_end_where_they_end_in_every_dialect(name: str) -> None:
    dialect = DIALECTS[name]
    for each in {each for names in lists_of_names() for each in names}:
        assert unquoted(dialect.quoted(each), dialect.quote) == each
        assert unquoted(dialect.literal(each), "'", backslash=dialect.backslash) == each


def test_long_names_that_differ_at_their_end_stay_apart_and_are_not_too_long() -> None:
    chance = random.Random(3)
    columns: list[Column] = [loaded("数", SMALL)]
    for at in range(60):
        name = sql.LONG * 3 + chance.choice(["A", "a", "Ａ", "ß", "甲"]) * (at + 1)
        columns.append(column(name, t.Add((read(columns[-1]), const(at)), type=num())))
    made, rows = plan(*columns, required={"数": "always"}), dataset({"数": [1, 2]})
    sql.assert_agrees(made, rows)
    _, sources = tables(made, rows, DUCKDB)
    written = script(made, sql.compared(made), DUCKDB, sources)
    found = [*written.book.relations, *(name for each in written.book.relations.values() for name in each.columns)]
    assert max(len(name.encode()) for name in found) <= 63
