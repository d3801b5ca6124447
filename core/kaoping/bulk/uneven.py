"""Quotas whose share differs inside a group, in bulk: the first of each group, and the first who says otherwise."""

from __future__ import annotations

from typing import Any

from kaoping.bulk.load import Loaded
from kaoping.diagnostic import Finding
from kaoping.engines import windows
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import Ask, are_uneven
from kaoping.engines.sql.program import ID, Script, Shares
from kaoping.engines.sql.relations import Outputs, statement

MOST = 1_000
"""How many groups are told of."""


def uneven_shares(connection: Any, made: Script, subjects: Loaded, ask: Ask) -> list[Finding]:
    """The data errors of quotas that have two shares."""
    return [
        finding
        for each in made.shares
        if are_uneven(made, each, ask)
        for finding in _told(connection, made, subjects, each)
    ]


def _told(connection: Any, made: Script, subjects: Loaded, shares: Shares) -> list[Finding]:
    book = made.book
    groups = [f"g{at}" for at in range(len(shares.groups))]
    shown: Outputs = [(ID, book.of(shares.relation, ID)), ("share", book.of(shares.relation, shares.share))]
    shown += [(name, book.of(shares.relation, group)) for name, group in zip(groups, shares.groups, strict=True)]
    of = statement(book.relations, shares.relation, shown, DUCKDB)
    within = f"PARTITION BY {', '.join(groups) or 'TRUE'} ORDER BY place"
    named = "name" if subjects.has_names else "id"
    rows = connection.execute(
        f"WITH placed AS (SELECT shares.*, s.{subjects.place} AS place, CAST(s.{named} AS VARCHAR) AS named "
        f"FROM ({of}) AS shares JOIN {subjects.name} AS s ON s.id = shares.{DUCKDB.quoted(ID)}), "
        f"beside AS (SELECT *, FIRST_VALUE({DUCKDB.quoted(ID)}) OVER ({within}) AS one_id, "
        f"FIRST_VALUE(named) OVER ({within}) AS one_name, FIRST_VALUE(share) OVER ({within}) AS one_share FROM placed) "
        f"SELECT one_id, one_name, one_share, {DUCKDB.quoted(ID)}, named, share FROM "
        f"(SELECT *, ROW_NUMBER() OVER ({within}) AS number FROM beside WHERE share IS DISTINCT FROM one_share) "
        f"WHERE number = 1 ORDER BY place LIMIT {MOST}"
    ).fetchall()
    found = []
    for one_id, one_name, one_share, id_, name, share in rows:
        one, other = (str(one_id), str(one_name or one_id), one_share), (str(id_), str(name or id_), share)
        found.append(windows.uneven_share(shares.node, one, other))
    return found
