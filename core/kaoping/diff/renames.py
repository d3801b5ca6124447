"""Which names are the same thing under a new name: the definition is the same, and what used the old uses the new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from difflib import SequenceMatcher

from msgspec import Struct

from kaoping import scheme as s
from kaoping.diff.likeness import likeness
from kaoping.diff.names import Role, declared, replaced, same
from kaoping.diff.units import Place, Unit, Units

_ALIKE, _NEARLY = 0.5, 0.7
_HALF = 2  # a clause is the same under a new number where one in so many of its statements is


class Renaming(Struct, frozen=True, eq=False):
    """An old name and a new one, and the statements that declare them."""

    old: str
    new: str
    before: Unit
    after: Unit


class _Candidate(Struct, eq=False):
    """A statement that may be another's under a new name."""

    before: Unit
    after: Unit
    names: dict[str, str]


def renamings(before: Units, after: Units) -> list[Renaming]:
    """The names renamed. Where several could be meant, what uses them decides, then clause and likeness.

    Of a definition that was changed as well, at least half of what uses it must have followed.
    """
    candidates = _candidates(before, after, {})
    found: list[Renaming] = []
    accepted: dict[str, str] = {}
    taken: set[str] = set()
    index: dict[s.Statement, int] = defaultdict(int)
    for unit in after.every:
        index[unit.statement] += 1
    while True:
        open_ = [each for each in candidates if not taken & {*each.names, *each.names.values()}]
        sure = _only(open_)
        ranked = []
        for each in open_:
            names = {**sure, **each.names, **accepted}
            exact = same(each.before.statement, each.after.statement, names)
            if not exact and likeness(replaced(each.before.statement, names), each.after.statement) < _ALIKE:
                continue
            score = _score(each, open_, names, before, after, index)
            if score is not None and (exact or score[0]):
                ranked.append(((exact, *score), -each.after.turn, each))
        if not ranked:
            return found
        best = max(ranked, key=lambda one: one[:2])[2]
        found += [Renaming(old, new, best.before, best.after) for old, new in best.names.items()]
        accepted |= best.names
        taken |= {*best.names, *best.names.values()}
        candidates = _candidates(before, after, accepted)


def _candidates(before: Units, after: Units, known: dict[str, str]) -> list[_Candidate]:
    """Statements that declare what is declared no more, each with one that declares what was not declared before.

    `known` are the names already known to be renamed: what is inside a thing renamed is still inside it.
    """
    old, new = _declarations(before, known), _declarations(after, {})
    gone, fresh = old.keys() - new.keys(), new.keys() - old.keys()
    of_gone = _units(old, gone)
    of_fresh = _units(new, fresh)
    return [
        _Candidate(a, b, names)
        for a in of_gone
        for b in of_fresh
        if type(a.statement) is type(b.statement) and (names := _paired(a, b, known, old, new))
    ]


def _declarations(units: Units, known: dict[str, str]) -> dict[tuple[Role, str], list[Unit]]:
    found: dict[tuple[Role, str], list[Unit]] = defaultdict(list)
    for unit in units.every:
        for name in _declared(unit, known):
            found[name].append(unit)
    return found


def _declared(unit: Unit, known: dict[str, str]) -> list[tuple[Role, str]]:
    names = declared(unit.statement, unit.within)
    return [
        ((of, tuple(known.get(each, each) for each in inside)), known.get(name, name)) for (of, inside), name in names
    ]


def _units(declarations: dict[tuple[Role, str], list[Unit]], names: Iterable[tuple[Role, str]]) -> list[Unit]:
    found = {unit.turn: unit for name in names for unit in declarations[name]}
    return [found[turn] for turn in sorted(found)]


def _paired(
    a: Unit, b: Unit, known: dict[str, str], old: Container[tuple[Role, str]], new: Container[tuple[Role, str]]
) -> dict[str, str]:
    """The names that one statement declares and the other has in their place; none where the two do not fit."""
    before, after = _declared(a, known), _declared(b, {})
    if len(before) != len(after):
        return {}
    names: dict[str, str] = {}
    for (role, name), (other, spelled) in zip(before, after, strict=True):
        if name == spelled:
            continue
        if role[0] != other[0] or names.get(name, spelled) != spelled:
            return {}
        if (role, name) in new or (other, name) in new or (other, spelled) in old or (role, spelled) in old:
            return {}
        names[name] = spelled
    return names


def _only(candidates: list[_Candidate]) -> dict[str, str]:
    """The names that have one candidate only: what mentions them may be compared as if they were renamed."""
    possible: dict[str, set[str]] = defaultdict(set)
    for each in candidates:
        for old, new in each.names.items():
            possible[old].add(new)
    return {old: next(iter(new)) for old, new in possible.items() if len(new) == 1}


def _score(
    each: _Candidate,
    candidates: list[_Candidate],
    names: dict[str, str],
    before: Units,
    after: Units,
    index: dict[s.Statement, int],
) -> tuple[int, bool, float] | None:
    """How well a renaming explains what uses the names; None where it does not."""
    users = [unit for unit in before.every if unit is not each.before and unit.names & each.names.keys()]
    spelled = set(each.names.values())
    others = [unit for unit in after.every if unit is not each.after and unit.names & spelled]
    followed = sum(_follows(replaced(unit.statement, names), index, others) for unit in users)
    below = {replaced(unit.statement, names) for unit in each.before.below}
    kept = sum(unit.statement in below for unit in each.after.below)
    if max(len(each.before.below), len(each.after.below)) > 2 * kept:
        return None
    old, new = next(iter(each.names.items()))
    alike = SequenceMatcher(None, old, new).ratio()
    beside = each.before.place == each.after.place
    if followed * 2 < len(users):
        return None
    if followed or kept:
        return followed + kept, beside, alike
    if users or others:
        return None
    rivals = sum(one.before is each.before or one.after is each.after for one in candidates)
    return (0, beside, alike) if alike >= _ALIKE or (beside and rivals == 1) else None


def _follows(statement: s.Statement, index: dict[s.Statement, int], others: list[Unit]) -> bool:
    """Whether a statement with the names replaced is there, or one that is nearly it."""
    return statement in index or any(
        type(other.statement) is type(statement) and likeness(statement, other.statement) >= _NEARLY for other in others
    )


def renumbered(before: Units, after: Units, names: dict[str, str]) -> dict[Place, Place]:
    """The clauses that have another number now: those of which at least half the statements stand under one new one."""
    gone, fresh = before.clauses.keys() - after.clauses.keys(), after.clauses.keys() - before.clauses.keys()
    if not gone or not fresh:
        return {}
    old, new = _by_place(before, names), _by_place(after, {})
    scores = []
    for a in gone:
        for b in fresh:
            common = len(old[a] & new[b])
            if common * _HALF >= max(len(old[a]), len(new[b]), 1):
                heading = before.clauses[a].heading == after.clauses[b].heading
                scores.append((common, heading, SequenceMatcher(None, a.number, b.number).ratio(), a, b))
    found: dict[Place, Place] = {}
    for _, _, _, a, b in sorted(scores, key=lambda one: one[:3], reverse=True):
        if a not in found and b not in found.values():
            found[a] = b
    return found


def _by_place(units: Units, names: dict[str, str]) -> dict[Place, set[s.Statement]]:
    found: dict[Place, set[s.Statement]] = defaultdict(set)
    for unit in units.every:
        if unit.place is not None:
            found[unit.place].add(replaced(unit.statement, names))
    return found
