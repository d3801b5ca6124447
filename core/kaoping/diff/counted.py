"""What is counted of two evaluations: flips, entrants and leavers, moves of ranks, changes of numbers, near misses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaoping.diff.beside import BOTH, Beside, code, labels_of, number_places
from kaoping.diff.counterparts import Pair, Standing
from kaoping.diff.lines import GradeLine, QuotaLine
from kaoping.diff.record import Edge, Flip, Matrix, Mover, Moves, Near, Quota, Reasons, Shift
from kaoping.types import Type


def matrices(beside: Beside) -> Iterator[Matrix]:
    """Of each thing with states how many go from which to which."""
    for at, standing in enumerate(beside.both.standings):
        counted = {
            (old, new): int(count)
            for old, new, count in beside.rows(f"SELECT a{at}, b{at}, COUNT(*) FROM {BOTH} GROUP BY 1, 2")
        }
        yield _matrix(beside, at, standing, counted)


def _matrix(beside: Beside, at: int, standing: Standing, counted: dict[tuple[int, int], int]) -> Matrix:
    counts = tuple(
        tuple(counted.get((code(standing, row), code(standing, column)), 0) for column in standing.columns)
        for row in standing.rows
    )
    assert sum(map(sum, counts)) == sum(counted.values()), (standing, counted)  # everybody stands in it, once
    flips = tuple(
        Flip(row, column, beside.people(f"a{at} = {code(standing, row)} AND b{at} = {code(standing, column)}"))
        for row in standing.rows
        for column in standing.columns
        if row != column and counted.get((code(standing, row), code(standing, column)))
    )
    return Matrix(standing.kind, standing.name, standing.side, standing.rows, standing.columns, counts, flips)


# ---------------------------------------------------------------- selections, vetoes


def quotas(beside: Beside) -> Iterator[Quota]:
    """Of each selection who comes in and who goes out."""
    for at, pair in enumerate(beside.both.quotas):
        before, after = beside.count(f"p{at}"), beside.count(f"q{at}")
        entrants, leavers = beside.people(f"q{at} AND NOT p{at}"), beside.people(f"p{at} AND NOT q{at}")
        yield Quota(pair.name, pair.clause, pair.side, before, after, entrants, leavers)


def reasons(beside: Beside) -> Iterator[Reasons]:
    """Of each veto and bar for whom it comes to hold and for whom it ceases."""
    for at, (pair, text_before) in enumerate(beside.both.reasons):
        before, after = beside.count(f"v{at}"), beside.count(f"w{at}")
        appears, disappears = beside.people(f"w{at} AND NOT v{at}"), beside.people(f"v{at} AND NOT w{at}")
        yield Reasons(
            pair.kind, pair.name, text_before, pair.clause, pair.side, before, after, appears, disappears
        )  # fmt: skip


# ---------------------------------------------------------------- ranks


def moves(beside: Beside) -> Iterator[Moves]:
    """Of each rank how many move up and down, and who most; where it is within groups, of each group too."""
    for at, pair in enumerate(beside.both.ranks):
        yield _moves(beside, at, pair, "TRUE", "")
        if not pair.within:
            continue
        for number, group in enumerate(beside.both.classes):
            if group.name in pair.within:
                for label, text in enumerate(labels_of(group, beside.plans)):
                    yield _moves(beside, at, pair, f"g{number} = {label}", f"{group.name} {text}")


def _moves(beside: Beside, at: int, pair: Pair, where: str, group: str) -> Moves:
    old, new = f"k{at}", f"l{at}"
    tests = (
        f"{new} < {old}", f"{new} > {old}", f"{new} = {old}",
        f"{old} IS NULL AND {new} IS NOT NULL", f"{old} IS NOT NULL AND {new} IS NULL",
    )  # fmt: skip
    counts = ", ".join(f"COUNT(*) FILTER (WHERE {test})" for test in tests)
    up, down, same, gained, lost = map(int, beside.rows(f"SELECT {counts} FROM {BOTH} WHERE {where}")[0])
    columns = f"id, name, {old}, {new}"
    risen = beside.listed(columns, f"({where}) AND {tests[0]}", f"{new} - {old}, {new}, place")
    fallen = beside.listed(columns, f"({where}) AND {tests[1]}", f"{old} - {new}, {new}, place")
    movers = [tuple(Mover(*each) for each in listed) for listed in (risen, fallen)]
    return Moves(pair.name, group, pair.within, up, down, same, gained, lost, risen=movers[0], fallen=movers[1])


# ---------------------------------------------------------------- numbers


def shifts(beside: Beside) -> Iterator[Shift]:
    """How each number changes, of all and of each class."""
    for at, pair in enumerate(beside.both.numbers):
        places = number_places(pair, beside.plans)
        yield _shift(pair, places, "", "", _shifts(beside, at, "0").get(0, (0,) * 18))
        for number, group in enumerate(beside.both.classes):
            found = _shifts(beside, at, f"g{number}")
            for label, text in enumerate(labels_of(group, beside.plans)):
                if label in found:
                    yield _shift(pair, places, group.name, text, found[label])


def _shifts(beside: Beside, at: int, group: str) -> dict[int | None, tuple[int, ...]]:
    """For each group the fields of its `Shift` from `count` on."""
    deciles = [f"MIN(d) FILTER (WHERE upto * 10 >= n * {number})" for number in range(10)] + ["MAX(d)"]
    middle = ["MIN(d) FILTER (WHERE upto * 2 >= n)", "MIN(d) FILTER (WHERE upto >= n // 2 + 1)"]
    sums = [f"COALESCE(SUM({what}), 0)" for what in ("c", "c * (d > 0)::INT", "c * (d < 0)::INT", "c * d")]
    rows = beside.rows(
        f"WITH each AS (SELECT {group} AS g, d{at} AS d, COUNT(*) AS c FROM {BOTH} "
        f"WHERE x{at} IS NOT NULL OR y{at} IS NOT NULL GROUP BY ALL), "
        f"ranked AS (SELECT *, SUM(c) OVER (PARTITION BY g ORDER BY d) AS upto, SUM(c) OVER (PARTITION BY g) AS n "
        f"FROM each WHERE d IS NOT NULL) "
        f"SELECT g, COALESCE(MAX(without), 0), {', '.join([*sums, *deciles, *middle])} FROM ranked "
        f"FULL JOIN (SELECT g, SUM(c) AS without FROM each WHERE d IS NULL GROUP BY g) AS others USING (g) GROUP BY g"
    )
    return {row[0]: tuple(int(each or 0) for each in row[1:]) for row in rows}


def _shift(pair: Pair, places: int, group: str, label: str, found: tuple[int, ...]) -> Shift:
    without, count, up, down, total, *values = found
    deciles, middle = (tuple(values[:11]), (values[11], values[12])) if count else ((), (0, 0))
    return Shift(pair.name, group, label, places, count, without, up, down, total, deciles, middle)


# ---------------------------------------------------------------- near a line


def grade_edges(beside: Beside, lines: list[GradeLine], first: int, margin: Fraction) -> Iterator[Edge]:
    """Who stands near a line between grades; `first` is the number of the column of the first line."""
    for at, line in enumerate(lines, first):
        yield _edge(beside, "grade", line.text, line.clause, line.type, f"n{at}", "TRUE", margin)


def quota_edges(beside: Beside, lines: list[QuotaLine], columns: list[tuple[int, ...]], margin: Fraction) -> list[Edge]:
    """Who stands near the line of a selection: of those who may be taken, in each group.

    `columns` are the numbers of the columns that say who may be taken, by what, and in which group.
    """
    found = []
    quotas = [each.after for each in beside.both.quotas]
    for number, (line, (pool, key, *within)) in enumerate(zip(lines, columns, strict=True)):
        took, value = f"q{quotas.index(line.quota)}", f"n{key}"
        if line.chosen.lowest:
            value = f"-{value}"
        groups = "".join(f", n{each}" for each in within)
        over = f"OVER (PARTITION BY TRUE{groups})"
        may = f"n{pool} AND new AND n{key} IS NOT NULL"
        # who is in stands above the best of those who are out, who is out below the last of those who are in
        query = (
            f"SELECT place, CASE WHEN {took} THEN {value} - MAX({value}) FILTER (WHERE NOT {took}) {over} "
            f"ELSE {value} - MIN({value}) FILTER (WHERE {took}) {over} END AS distance, {took} AS took "
            f"FROM {BOTH} WHERE {may}"
        )
        name = f"line_{number}"
        beside.connection.execute(f"CREATE TABLE {name} AS {query}")
        kind = line.chosen.keys[0].type
        text = beside.both.quotas[quotas.index(line.quota)].name
        found.append(_edge(beside, "quota", text, line.clause, kind, name, "took", margin))
    return found


def _edge(
    beside: Beside, kind: str, text: str, clause: str | None, type_: Type, column: str, took: str, margin: Fraction
) -> Edge:
    """`column` holds distances: of the table of all subjects, or of a table of that name."""
    scale = type_.places - 2 if type_.percent else type_.places  # of a percentage, one point is one percent
    most = int(margin * Fraction(10) ** scale)
    source, distance, above = BOTH, column, f"{column} >= 0"
    if kind == "quota":
        source, distance, above = f"{column} JOIN {BOTH} USING (place)", "distance", took
    where = f"{distance} BETWEEN {-most} AND {most}"
    counts = beside.rows(
        f"SELECT COUNT(*) FILTER (WHERE {above}), COUNT(*) FILTER (WHERE NOT ({above})) FROM {source} WHERE {where}"
    )[0]
    limit = "" if beside.most is None else f" LIMIT {beside.most}"
    nearest = beside.rows(
        f"SELECT id, name, {distance}, {above} FROM {source} WHERE {where} ORDER BY ABS({distance}), place{limit}"
    )
    near = tuple(Near(id_, name, int(away), bool(up)) for id_, name, away, up in nearest)
    return Edge(kind, text, clause, type_.places, type_.percent, int(most), int(counts[0]), int(counts[1]), near)
