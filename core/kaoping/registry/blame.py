"""Which version of a scheme each of its clauses and statements comes from."""

from __future__ import annotations

from msgspec import Struct

from kaoping.diff.changes import steps
from kaoping.diff.pairs import Comparison, compared
from kaoping.diff.units import Place, Unit
from kaoping.plugins import load_scheme
from kaoping.registry.store import Store
from kaoping.registry.submission import stored_text
from kaoping.registry.versions import Register, Version
from kaoping.scheme import Scheme, Statement


class Origin(Struct, frozen=True):
    """A clause or a statement, the clause it stands in, the version that brought it, and the last one that changed it
    (the same where none did).
    """

    clause: str | None
    statement: Statement
    depth: int  # how far in it stands: in a clause, in items or records
    brought: Version
    changed: Version


def blame(store: Store, found: Register, version: Version) -> list[Origin]:
    """Where everything in a version comes from, in the order of its text.

    Its forerunners are the versions of the scheme before it that were approved.
    """
    needed = found.people.approvals
    line = [
        each for each in found.of(version.scheme)
        if each.number < version.number and len(each.approvers) >= needed
    ]  # fmt: skip
    line.append(version)
    schemes = [_scheme(store, each) for each in line]
    comparison = compared(schemes[0], schemes[0])
    units: dict[Unit, tuple[Version, Version]] = dict.fromkeys(comparison.after.every, (line[0], line[0]))
    clauses: dict[Place, tuple[Version, Version]] = dict.fromkeys(comparison.after.clauses, (line[0], line[0]))
    for before, after, now in zip(schemes, schemes[1:], line[1:], strict=False):
        # units are told apart by what they are, not by what they say: those of the last round are found by their turn
        earlier, comparison = comparison, compared(before, after)
        was = dict(zip(comparison.before.every, earlier.after.every, strict=True))
        units = _passed_on(units, comparison, was, now)
        clauses = _clauses_passed_on(clauses, comparison, now)
    return _in_order(comparison, units, clauses)


def _passed_on(
    known: dict[Unit, tuple[Version, Version]], comparison: Comparison, was: dict[Unit, Unit], now: Version
) -> dict[Unit, tuple[Version, Version]]:
    """Where the statements of the next version come from, given where those of the one before it did."""
    old_of = comparison.was()
    touched = set[Unit]()
    for step in steps(comparison):
        touched.update(step.new)
        if step.renaming is not None:
            touched.add(step.renaming.after)
    found = {}
    for unit in comparison.after.every:
        old = old_of.get(unit)
        brought, changed = known[was[old]] if old is not None else (now, now)
        found[unit] = (brought, now if unit in touched else changed)
    return found


def _clauses_passed_on(
    known: dict[Place, tuple[Version, Version]], comparison: Comparison, now: Version
) -> dict[Place, tuple[Version, Version]]:
    old_of = {new: old for old, new in comparison.clauses.items()}
    found = {}
    for place, clause in comparison.after.clauses.items():
        old = old_of.get(place, place)
        before = comparison.before.clauses.get(old)
        brought, changed = known[old] if before is not None else (now, now)
        same = before is not None and (before.number, before.heading) == (clause.number, clause.heading)
        found[place] = (brought, changed if same else now)
    return found


def _in_order(
    comparison: Comparison,
    units: dict[Unit, tuple[Version, Version]],
    clauses: dict[Place, tuple[Version, Version]],
) -> list[Origin]:
    places, found = list(comparison.after.clauses), list[Origin]()

    def tell(until: Place) -> None:
        """The clauses not told yet, up to one, in the order of the text."""
        while until in places:
            place = places.pop(0)
            found.append(Origin(place.number, comparison.after.clauses[place], 0, *clauses[place]))

    for unit in comparison.after.every:
        for place in unit.clauses:
            tell(place)
        number = unit.place.number if unit.place else None
        depth = len(unit.within) + (number is not None)
        origin = Origin(number, unit.statement, depth, *units[unit])
        if not (found and found[-1].statement.span == unit.statement.span):  # of several names declared together
            found.append(origin)
    if places:
        tell(places[-1])
    return found


def _scheme(store: Store, version: Version) -> Scheme:
    source, _ = stored_text(store, version.script, version.label, version.body["extension"], {})
    return load_scheme(source, version.body["extension"])[0]
