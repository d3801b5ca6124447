"""What a change of rules does to one population."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path

from kaoping import typed as t
from kaoping.diff import counted
from kaoping.diff.affected import write_affected
from kaoping.diff.attribution import attributed
from kaoping.diff.beside import BOTH, put
from kaoping.diff.counterparts import counterparts
from kaoping.diff.lines import extended, grade_lines, quota_lines
from kaoping.diff.population import UNITS, Population
from kaoping.diff.record import Impact
from kaoping.diff.trials import PlanOf
from kaoping.plan.plan import Plan

POINT = Fraction(1)
"""The margin of a line, where none is asked for."""


def impact(
    before: Plan,
    after: Plan,
    population: Population,
    changes: Collection[int] = (),
    plan_of: PlanOf = lambda _: None,
    *,
    margin: Fraction = POINT,
    most: int | None = 20,
    renamed: Mapping[str, str] | None = None,
    table: Path | None = None,
) -> Impact:
    """What changes for whom between two schemes. `most` is how many subjects a list names, None for all.

    `changes` are numbers, and `plan_of` gives the scheme before with some of them made. `renamed` are names of the
    scheme before by what they are called now. `table` is a CSV file to write with everybody whom it concerns. Raises
    `UnfitError` where the data do not suffice for one of the schemes.
    """
    compared = counterparts(before, after, renamed or {})
    lines = grade_lines(after)
    ends = quota_lines(after, [each.after for each in compared.quotas if each.after is not None])
    nodes: list[t.Typed] = [line.distance for line in lines]
    columns = []
    for line in ends:
        mine = [line.chosen.pool, line.chosen.keys[0], *line.chosen.within]
        columns.append(tuple(range(len(nodes), len(nodes) + len(mine))))
        nodes += mine
    with_lines, near = extended(after, nodes)
    beside = put(population, (before, with_lines), compared, most, near)
    found, attribution = attributed(
        beside, population, list(counted.matrices(beside)), changes, plan_of, (before, after)
    )
    if table is not None:
        write_affected(beside, found, attribution, table)
    subjects, old, new = beside.rows(
        f"SELECT (SELECT COUNT(*) FROM {UNITS}), COUNT(*) FILTER (WHERE old), COUNT(*) FILTER (WHERE new) FROM {BOTH}"
    )[0]
    return Impact(
        subjects=int(subjects),
        before=int(old),
        after=int(new),
        matrices=tuple(found),
        quotas=tuple(counted.quotas(beside)),
        moves=tuple(counted.moves(beside)),
        shifts=tuple(counted.shifts(beside)),
        reasons=tuple(counted.reasons(beside)),
        edges=(
            *counted.grade_edges(beside, lines, 0, margin),
            *counted.quota_edges(beside, ends, columns, margin),
        ),
        attribution=attribution,
    )
