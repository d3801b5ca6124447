"""Whom rows belong to, in bulk: ids that stand twice, records of nobody, records dated outside the period."""

from __future__ import annotations

from typing import Any

from kaoping.bulk.files import WHOLE
from kaoping.bulk.load import Loaded
from kaoping.bulk.texts import SPACE
from kaoping.bulk.wrong import MOST_WRONG, with_rest, wrong
from kaoping.data.cells import Problem, not_a_subject, not_a_subject_pattern
from kaoping.data.dated import SHOWN
from kaoping.data.dated import outside as outside_finding
from kaoping.data.text import name_key
from kaoping.data.wrong import Wrong
from kaoping.diagnostic import Finding
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.period import Period


def unfit(connection: Any, loaded: Loaded) -> list[Wrong]:
    """Rows of subjects that cannot be: ids that stand twice, sums of other rows, notes."""
    return [*doubled(connection, loaded), *others(connection, loaded)]


def others(connection: Any, loaded: Loaded) -> list[Wrong]:
    """Rows that are no subjects, by their id or their name: they add up the others, or say something of the table."""
    file, texts, pattern = loaded.file, dict[int, str](), DUCKDB.literal(not_a_subject_pattern(SPACE))
    if file.types[file.id or 0] not in WHOLE:
        texts[file.id or 0] = loaded.written_id
    if loaded.has_names:
        texts[file.name or 0] = f"COALESCE({loaded.odd['name']}, name)" if "name" in loaded.odd else "name"
    found: dict[int, Wrong] = {}
    for at, text in texts.items():
        # none begins with a digit, which DuckDB knows of whole parts of a table; sums in English begin with A, S or T
        signs = " OR ".join(f"CONTAINS(text, '{each}')" for each in "计均最全总:：")
        letters = " OR ".join(f"text >= '{low}' AND text < '{high}'" for low, high in ("AB", "SU", "ab", "su"))
        likely = f"(text < '0' OR text >= 'A') AND ({signs} OR {letters})"
        rows = connection.execute(
            f"SELECT * FROM (SELECT {loaded.place} AS row, CAST(id AS VARCHAR), {text} AS text FROM {loaded.name} "
            f"WHERE id IS NOT NULL) WHERE ({likely}) AND regexp_full_match(text, {pattern}) "
            f"ORDER BY row LIMIT {MOST_WRONG}"
        ).fetchall()
        for row, id_, cell in rows:
            problem = not_a_subject(str(cell)) or Problem("KP634")
            found.setdefault(row, wrong(loaded, row, at, str(cell), problem, id_))
    return [found[row] for row in sorted(found)]


def doubled(connection: Any, loaded: Loaded) -> list[Wrong]:
    """Ids that more than one subject has."""
    # texts that are different numbers are different, too
    as_number = "TRY_CAST(id AS BIGINT)"
    ends = _ends(connection, loaded, as_number)
    if ends is not None:
        bits = f"SELECT BIT_COUNT({_bits(*ends, as_number)}), COUNT(id) FROM {loaded.name}"
        different, number = connection.execute(bits).fetchone()
        if different == number:
            return []
    ids = f"SELECT id FROM {loaded.name} WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1"
    rows = connection.execute(
        f"SELECT COUNT(*) OVER (), * FROM (SELECT {loaded.place} AS here, id, {loaded.written_id} AS text, "
        f"MIN({loaded.place}) OVER (PARTITION BY id) AS first FROM {loaded.name} WHERE id IN ({ids})) "
        f"WHERE here <> first ORDER BY here LIMIT {MOST_WRONG}"
    ).fetchall()
    found = []
    for _, row, id_, text, first in rows:
        problem = Problem("KP631", "", {"first": str(loaded.row(first))})
        found.append(wrong(loaded, row, loaded.file.id or 0, str(text), problem, str(id_)))
    return with_rest(found, rows)


MOST_BITS = 500_000_000
"""DuckDB takes no more than 10^9 of them; half as many are 60 MB for each thread."""


def _ends(connection: Any, loaded: Loaded, number: str = "id") -> tuple[int, int] | None:
    """The least and the greatest of the whole numbers that ids are, so near to each other that a bit for each takes
    less memory than a table of them; None where they are not.
    """
    first = connection.execute(f"SELECT {number} FROM {loaded.name} WHERE id IS NOT NULL LIMIT 1").fetchone()
    if first is None or not isinstance(first[0], int):  # names, or texts
        return None
    asked = f"SELECT MIN({number}), MAX({number}), COUNT({number}) FROM {loaded.name}"
    low, high, count = connection.execute(asked).fetchone()
    return (low, high) if high - low < min(64 * count, MOST_BITS) else None


def _bits(low: int, high: int, number: str = "id") -> str:
    return f"BITSTRING_AGG({number}, {low}, {high})"


def orphans(connection: Any, loaded: Loaded, subjects: Loaded) -> list[Wrong]:
    """Records of nobody who is there; without subjects all would be, and that is reported already."""
    if not connection.execute(f"SELECT COUNT(*) FROM {subjects.name} WHERE id IS NOT NULL").fetchone()[0]:
        return []
    if _all_known(connection, loaded, subjects):
        return []
    rows = connection.execute(
        f"SELECT COUNT(*) OVER (), {loaded.place}, id, {loaded.written_id} FROM {loaded.name} AS r "
        f"WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {subjects.name} AS s WHERE s.id = r.id) "
        f"ORDER BY 2 LIMIT {MOST_WRONG}"
    ).fetchall()
    if not rows:
        return []
    near: dict[str, str] = {}
    bare = "LTRIM(CAST(id AS VARCHAR), '0')"
    stripped = list({str(id_).lstrip("0") for _, _, id_, _ in rows})
    for (id_,) in connection.execute(
        f"SELECT id FROM {subjects.name} WHERE {bare} IN (SELECT UNNEST(?)) ORDER BY {subjects.place}", [stripped]
    ).fetchall():
        near.setdefault(str(id_).lstrip("0"), str(id_))  # as `without_zeros` has it
    found = []
    for _, row, id_, text in rows:
        like = near.get(str(id_).lstrip("0"))
        problem = Problem("KP632", "zeros" if like else "", {"near": like or ""})
        found.append(wrong(loaded, row, loaded.file.id or 0, str(text), problem, None))
    return with_rest(found, rows)


def contradictions(connection: Any, loaded: Loaded, subjects: Loaded) -> tuple[list[Wrong], list[Wrong]]:
    """Records whose name is another one than that of the subject with their id: another subject's, and nobody's."""
    if not loaded.has_names or not subjects.has_names:
        return [], []
    rows = (
        f"FROM {loaded.name} AS r JOIN {subjects.name} AS s ON r.id = s.id "
        "WHERE r.name <> s.name AND s.name <> CAST(s.id AS VARCHAR)"
    )
    pairs = connection.execute(
        f"SELECT r.name, s.name, MIN(r.{loaded.place}) AS first {rows} GROUP BY ALL ORDER BY first LIMIT {MOST_WRONG}"
    ).fetchall()
    differ = [(name, own) for name, own, _ in pairs if name_key(name) != name_key(own)]
    if not differ:
        return [], []
    texts, owns = (list(each) for each in zip(*differ, strict=True))
    asked = (
        f"SELECT DISTINCT name FROM {subjects.name} WHERE name <> CAST(id AS VARCHAR) AND name IN (SELECT UNNEST(?))"
    )
    others = {name for (name,) in connection.execute(asked, [texts]).fetchall()}
    text = f"COALESCE(r.{loaded.odd['name']}, r.name)" if "name" in loaded.odd else "r.name"
    found: dict[str, list[Wrong]] = {"other": [], "": []}
    for row, id_, name, cell in connection.execute(
        f"SELECT r.{loaded.place}, CAST(r.id AS VARCHAR), r.name, {text} {rows} "
        f"AND (r.name, s.name) IN (SELECT UNNEST(?), UNNEST(?)) ORDER BY 1 LIMIT {MOST_WRONG}",
        [texts, owns],
    ).fetchall():
        variant = "other" if name in others else ""
        found[variant].append(wrong(loaded, row, loaded.file.name or 0, cell, Problem("KP635", variant), id_))
    return found["other"], found[""]


def _all_known(connection: Any, loaded: Loaded, subjects: Loaded) -> bool:
    """Whether it shows at once that all records are of subjects: from the ends of the ids where these have no gaps,
    else from a bit for each.
    """
    ends, own = _ends(connection, subjects), _ends(connection, loaded)
    if ends is None or own is None or not ends[0] <= own[0] <= own[1] <= ends[1]:
        return False
    there = f"SELECT {_bits(*ends)} AS bits FROM {subjects.name}"
    if connection.execute(f"SELECT BIT_COUNT(bits) FROM ({there})").fetchone()[0] == ends[1] - ends[0] + 1:
        return True
    asked = f"SELECT {_bits(*ends)} AS bits FROM {loaded.name}"
    return bool(
        connection.execute(f"SELECT (a.bits | s.bits) = s.bits FROM ({there}) AS s, ({asked}) AS a").fetchone()[0]
    )


def outside(connection: Any, loaded: Loaded, period: Period) -> list[Finding]:
    """Records dated outside the period where they count all the same, as in small."""
    table = loaded.file.table
    column = loaded.columns.get(table.dated or "")
    if table.dated is None or column is None or not period.text:
        return []
    days = f"{period.first.toordinal()} AND {period.last.toordinal()}"
    where = f"FROM {loaded.name} WHERE {column} NOT BETWEEN {days}"
    (count,) = connection.execute(f"SELECT COUNT(*) {where}").fetchone()
    if not count:
        return []
    rows = connection.execute(f"SELECT {loaded.place} {where} ORDER BY 1 LIMIT {SHOWN}").fetchall()
    numbers = [str(loaded.row(row)) for (row,) in rows]
    heading = " ".join(loaded.file.headings[loaded.file.places[table.dated]].split())
    return [outside_finding(table, period, f"{loaded.file.path.name}:{numbers[0]} {heading}", numbers, count)]
