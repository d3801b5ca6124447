"""The part of `kaoping diff --data`: the population, what the change does to it, and where that goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kaoping.cli.bulk import NO_ROOM, files_read, is_large, readable_in_small, unread
from kaoping.cli.output import CommandError, patience, spare, warn
from kaoping.cli.run import complain
from kaoping.cli.script import Found, data_path
from kaoping.diagnostic import Finding, errors
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.scheme import Scheme

if TYPE_CHECKING:
    from kaoping.diff.changes import Change
    from kaoping.diff.population import Population
    from kaoping.diff.record import Impact

_MARGIN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def margin_of(typed: str | None) -> Fraction:
    """How near a line is near."""
    if typed is None:
        return Fraction(1)
    if not _MARGIN.fullmatch(typed):
        raise CommandError("margin_form", margin=typed)
    return Fraction(typed)


class Asked:
    """What is asked: two versions of a scheme, their differences, and the data."""

    def __init__(
        self, scripts: tuple[Found, Found], schemes: tuple[Scheme, Scheme], changes: Sequence[Change], data: str
    ) -> None:
        """Nothing is read yet."""
        self.names = [each.source.name for each in scripts]
        self.places = [each.surroundings for each in scripts]
        self.schemes, self.changes, self.data = schemes, changes, data_path(data)

    def plans(self, words: Catalogue) -> tuple[Plan, Plan]:
        """The plans of both; where one has errors they are shown, and the command ends."""
        from kaoping.plan.build import plan_scheme

        found = []
        for scheme, place, name in zip(self.schemes, self.places, self.names, strict=True):
            plan, findings = plan_scheme(scheme, place)
            if plan is None:
                complain(errors(findings), words)
                warn(words("command.diff.broken", script=name))
                raise typer.Exit(1)
            found.append(plan)
        return found[0], found[1]

    def with_some(self, chosen: frozenset[int]) -> Plan | None:
        """The old scheme with some of the changes made; None where that cannot run."""
        from kaoping.diff.changes import applied
        from kaoping.plan.build import plan_scheme

        scheme = applied(*self.schemes, [each for each in self.changes if each.number in chosen])
        return plan_scheme(scheme, self.places[1])[0]


def impact_of(asked: Asked, margin: Fraction, most: int | None, table: Path | None, words: Catalogue) -> Impact:
    """What the change does to the population; where the data do not suffice that is said, and the command ends.

    `table` is a CSV file for everybody whom it concerns.
    """
    import duckdb

    from kaoping.bulk.files import NotInBulk

    plans = asked.plans(words)
    spare(table, *(file for plan in plans for file in files_read(plan, asked.data)))
    try:
        if is_large(plans[1], asked.data):
            try:
                with _population(asked, large=True) as population:
                    return _impact(asked, plans, population, margin, most, table, words)
            except NotInBulk as reason:
                if not readable_in_small(plans[1], asked.data):
                    raise unread(reason, asked.data) from reason
        with _population(asked, large=False) as population:
            return _impact(asked, plans, population, margin, most, table, words)
    except duckdb.OutOfMemoryException as reason:
        raise CommandError("bulk_memory", NO_ROOM) from reason
    except duckdb.IOException as reason:
        raise CommandError("bulk_disk", NO_ROOM, path=table or asked.data) from reason


@contextmanager
def _population(asked: Asked, *, large: bool) -> Iterator[Population]:
    import duckdb

    from kaoping.data.read import read_dataset
    from kaoping.dataset import Dataset
    from kaoping.diff.population import Large, Small

    def read(plan: Plan) -> tuple[Dataset | None, list[Finding]]:
        plugins = [each.name for each in plan.plugins]
        return read_dataset(plan.inputs, asked.data, scheme=plan.scheme, period=plan.period, plugins=plugins)

    with duckdb.connect() as connection:
        yield Large(connection, asked.data) if large else Small(connection, read)


def _impact(
    asked: Asked,
    plans: tuple[Plan, Plan],
    population: Population,
    margin: Fraction,
    most: int | None,
    table: Path | None,
    words: Catalogue,
) -> Impact:
    from kaoping.diff.impact import impact
    from kaoping.diff.population import UnfitError

    renamed = {each.old_name: each.new_name for each in asked.changes if each.old_name and each.new_name}
    numbers = [each.number for each in asked.changes]
    try:
        with patience(words("command.run.evaluating")):
            told = _doubts(*[population.read(plan) for plan in plans])
            found = impact(
                *plans, population, numbers, asked.with_some,
                margin=margin, most=most, renamed=renamed, table=table,
            )  # fmt: skip
    except UnfitError as reason:
        complain(reason.findings, words)
        old = reason.plan is plans[0]
        warn(words("command.diff.unfit_old" if old else "command.diff.unfit_new", script=asked.names[0 if old else 1]))
        raise typer.Exit(1) from None
    complain(told, words)
    return found


def _doubts(old: list[Finding], new: list[Finding]) -> list[Finding]:
    """What is doubtful in the data, once; columns that only one of the schemes reads are no reason for doubt."""
    unread = "KP617"
    return [
        *(each for each in old if each in new or each.code != unread),
        *(each for each in new if each not in old and each.code != unread),
    ]
