"""What tests of the impact of a change share: two scripts, one population, and an account of its own of what differs.

The account reads the CSV of two runs and counts in plain Python: it knows nothing of how the impact is found.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import duckdb
from msgspec import Struct

from kaoping.data.read import read_dataset
from kaoping.data.write import results_text
from kaoping.dataset import Dataset
from kaoping.diff.changes import Change, applied, changes
from kaoping.diff.counterparts import HAS
from kaoping.diff.impact import POINT, impact
from kaoping.diff.population import Large, Small
from kaoping.diff.record import ABSENT, NO, NONE, YES, Impact, Matrix, Shift
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.scheme import Scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

Reader = Callable[[Plan], Dataset]
Rows = dict[str, dict[str, str]]


def parsed(script: str) -> Scheme:
    scheme, mistakes = parse(Source("a.kp", script))
    assert not mistakes, mistakes
    return scheme


def planned(scheme: Scheme) -> Plan | None:
    return plan_scheme(scheme, Surroundings())[0]


def of_files(data: Path) -> Reader:
    """Reads a folder or a file for a scheme."""

    def read(plan: Plan) -> Dataset:
        found, findings = read_dataset(plan.inputs, data, scheme=plan.scheme, period=plan.period)
        assert found is not None, findings
        return found

    return read


class Two(Struct):
    """A change of a scheme: both versions, their plans, and the differences."""

    before: Scheme
    after: Scheme

    @property
    def plans(self) -> tuple[Plan, Plan]:
        old, new = planned(self.before), planned(self.after)
        assert old is not None
        assert new is not None
        return old, new

    @property
    def changes(self) -> tuple[Change, ...]:
        return changes(self.before, self.after)

    def with_some(self, chosen: frozenset[int]) -> Plan | None:
        return planned(applied(self.before, self.after, [each for each in self.changes if each.number in chosen]))

    def impact(self, read: Reader | Path, margin: Fraction = POINT, most: int | None = None) -> Impact:
        """Of a small population, or in bulk of files."""
        with duckdb.connect() as connection:
            population: Small | Large = (
                Large(connection, read) if isinstance(read, Path) else Small(connection, lambda plan: (read(plan), []))
            )
            numbers = [each.number for each in self.changes]
            renamed = {each.old_name: each.new_name for each in self.changes if each.old_name and each.new_name}
            return impact(
                *self.plans, population, numbers, self.with_some, margin=margin, most=most, renamed=renamed
            )  # fmt: skip


def two(before: str, after: str) -> Two:
    return Two(parsed(before), parsed(after))


# ---------------------------------------------------------------- an account of its own


def runs(change: Two, read: Reader) -> tuple[list[str], Rows, Rows]:
    """All subjects, and the rows of the CSV of either run by the subject's id."""
    found: list[Rows] = []
    for plan in change.plans:
        text = results_text(evaluate(plan, read(plan)), "csv")
        found.append({row["id"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))})
    old, new = found
    return read(change.plans[0]).ids, old, new


def recount(matrix: Matrix, column: str, ids: list[str], old: Rows, new: Rows) -> Counter[tuple[str, str]]:
    """How many go from which state to which, by the cells of a column."""

    def state(rows: Rows, id_: str, states: tuple[str, ...]) -> str:
        if id_ not in rows:
            return ABSENT
        cell = rows[id_].get(column, "")
        if YES in states or NO in states:
            return YES if cell == "yes" else NO
        if cell and cell not in states and HAS in states:
            return HAS
        return cell or NONE

    states = matrix.rows + matrix.columns
    return Counter((state(old, id_, states), state(new, id_, states)) for id_ in ids)


def counted(matrix: Matrix) -> Counter[tuple[str, str]]:
    """The same of the matrix."""
    return Counter(
        {
            (row, column): count
            for row, line in zip(matrix.rows, matrix.counts, strict=True)
            for column, count in zip(matrix.columns, line, strict=True)
            if count
        }
    )


def check_account(found: Impact, ids: list[str], old: Rows, new: Rows) -> None:
    """Every total of an impact is what two runs to CSV, counted by hand, give."""
    assert (found.subjects, found.before, found.after) == (len(ids), len(old), len(new))
    for matrix in found.matrices:
        column = matrix.kind if matrix.kind in ("grade", "vetoed") else matrix.name
        assert counted(matrix) == recount(matrix, column, ids, old, new), matrix.name
        flips = [person.id for flip in matrix.flips for person in flip.people.first]
        assert len(flips) == len(set(flips)) == matrix.flipped  # nobody is counted twice
        caused = [person.id for cause in matrix.causes for person in cause.people.first]
        if matrix.causes:
            assert sorted(caused) == sorted(flips)
            assert sum(each.people.count for each in matrix.causes) == matrix.flipped
    for quota in found.quotas:
        assert quota.entrants.count - quota.leavers.count == quota.after - quota.before
    for moves in (each for each in found.moves if not each.group):
        ranks = [(old.get(id_, {}).get("rank"), new.get(id_, {}).get("rank")) for id_ in ids]
        both = [(int(a), int(b)) for a, b in ranks if a and b]
        assert moves.up == sum(b < a for a, b in both)
        assert moves.down == sum(b > a for a, b in both)
        assert moves.same == sum(a == b for a, b in both)
        assert (moves.gained, moves.lost) == (
            sum(not a and bool(b) for a, b in ranks),
            sum(bool(a) and not b for a, b in ranks),
        )
    for shift in (each for each in found.shifts if not each.group):
        check_shift(shift, shift.name, shift.name, ids, old, new)


def check_shift(shift: Shift, before: str, after: str, ids: list[str], old: Rows, new: Rows) -> None:
    """A change of a number against the cells of two columns."""
    cells = [(old.get(id_, {}).get(before), new.get(id_, {}).get(after)) for id_ in ids]
    found = sorted(Fraction(b) - Fraction(a) for a, b in cells if a and b)
    scale = 10**shift.places
    assert shift.count == len(found)
    assert shift.without == sum(bool(a) != bool(b) for a, b in cells)
    if not found:
        return
    assert shift.mean == sum(found) / len(found)
    assert shift.median == (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
    wanted = [found[0], *(found[-(-k * len(found) // 10) - 1] for k in range(1, 10)), found[-1]]
    assert [Fraction(each, scale) for each in shift.deciles] == wanted
    assert shift.up == sum(each > 0 for each in found)
    assert shift.down == sum(each < 0 for each in found)
