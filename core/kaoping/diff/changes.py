"""The differences between two versions of a scheme, statement by statement, and a scheme with some of them made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sized
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kaoping import scheme as s
from kaoping.diff.blocks import block_parts
from kaoping.diff.names import same
from kaoping.diff.pairs import Comparison, compared
from kaoping.diff.parts import Part, aspects, essence, text_of
from kaoping.diff.renames import Renaming
from kaoping.diff.units import WHOLE, Piece, Place, Unit, Units, together

Kind = Literal["added", "removed", "changed", "moved", "renamed"]


class Below(Struct, frozen=True):
    """A statement below one that was added or removed: how deep, and what it says; inside a table, a quota or an
    example only that.
    """

    depth: int
    statement: s.Statement | None
    essence: str | None


class Change(Struct, frozen=True):
    """One difference.

    `number` is its place among all `changes`, `clause` the clause to cite, `within` the items or records around it.
    What stands elsewhere now says what of its place is another (`moved`) and which clause it stood in (`from_clause`);
    what bears another name has both.
    """

    number: int
    kind: Kind
    clause: str | None
    before: s.Statement | None
    after: s.Statement | None
    heading: str | None = None
    within: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    moved: Literal["clause", "block", "order"] | None = None
    from_clause: str | None = None
    old_name: str | None = None
    new_name: str | None = None
    essence: str | None = None  # what the statement says, as written
    below: tuple[Below, ...] = ()  # of what was added or removed


class Step(Struct, eq=False):
    """A change, and the units or clauses it is about."""

    change: Change
    order: tuple[float, float, float]  # where it stands among all changes
    old: tuple[Unit, ...] = ()
    new: tuple[Unit, ...] = ()
    renaming: Renaming | None = None
    clause: Place | None = None  # of the old scheme


def changes(before: s.Scheme, after: s.Scheme) -> tuple[Change, ...]:
    """All differences in meaning, clause by clause in the order of the new text; empty where both mean the same."""
    return tuple(step.change for step in steps(compared(before, after)))


def applied(before: s.Scheme, after: s.Scheme, chosen: Collection[Change]) -> s.Scheme:
    """The scheme before, with just the chosen ones of the `changes` to the scheme after made."""
    from kaoping.diff.applied import made

    if not chosen:
        return before
    comparison = compared(before, after)
    numbers = {each.number for each in chosen}
    statements = made(comparison, steps(comparison), numbers)
    return s.Scheme(before.source, statements)


def steps(c: Comparison) -> list[Step]:
    """All changes in the order of the new text, with what they are about."""
    orders = _Orders(c)
    found = [*_renamed(c, orders), *_clauses(c, orders), *_statements(c, orders)]
    found = _of_one_line(sorted(found, key=lambda step: step.order))
    for number, step in enumerate(found):
        step.change = _told(replace(step.change, number=number))
    return found


def _of_one_line(found: list[Step]) -> list[Step]:
    """Steps that say the same of several names declared together are one."""
    merged: list[Step] = []
    for step in found:
        last = merged[-1] if merged else None
        if last is not None and _said_alike(last.change, step.change):
            change = last.change
            before, after = _together(change.before, step.change.before), _together(change.after, step.change.after)
            last.change = replace(change, before=before, after=after)
            last.old, last.new = last.old + step.old, last.new + step.new
        else:
            merged.append(step)
    return merged


def _said_alike(a: Change, b: Change) -> bool:
    sides = [(a.before, b.before), (a.after, b.after)]
    return (
        a.kind != "renamed"
        and all(type(x) is type(y) and isinstance(x, s.Input | s.Param | None) for x, y in sides)
        and all(x is None or y is None or x.span == y.span for x, y in sides)
        and replace(a, before=None, after=None) == replace(b, before=None, after=None)
    )


def _together(a: s.Statement | None, b: s.Statement | None) -> s.Statement | None:
    """Two declarations of one line as one."""
    match a, b:
        case s.Input(), s.Input():
            return replace(a, names=a.names + b.names, canonical=a.canonical + b.canonical)
        case s.Param(), s.Param():
            return replace(a, names=a.names + b.names)
    return a


def _told(change: Change) -> Change:
    """A change with what its statement says, and what stands below it."""
    statement = change.after if change.after is not None else change.before
    assert statement is not None
    below = tuple(_below(statement, 1)) if change.kind in ("added", "removed") else ()
    return replace(change, essence=essence(statement), below=below)


def _below(statement: s.Statement, depth: int) -> Iterator[Below]:
    for each in statement.body:
        if isinstance(each, s.Clause):
            yield from _below(each, depth)
        elif isinstance(statement, WHOLE) and not isinstance(each, s.Assume):
            yield Below(depth, None, text_of(each))
        else:
            yield Below(depth, each, essence(each))
            yield from _below(each, depth + 1)


class _Orders:
    """Where a change stands among all: by clause, then by the order of the text; examples come last."""

    def __init__(self, c: Comparison) -> None:
        self.c = c
        self.of_new: dict[Place, float] = {place: at for at, place in enumerate(c.after.clauses)}
        self.of_old: dict[Place, float] = {}
        last = -0.5
        for place in c.before.clauses:
            known = self.of_new.get(c.clauses.get(place, place))
            last = known if known is not None else last + 0.001
            self.of_old[place] = last
        self.turns: dict[Unit, float] = {}
        at = -1.0
        for unit in c.before.every:
            other = c.pairs.get(unit)
            at = other.turn if other is not None else at + 0.001
            self.turns[unit] = at

    def new(self, unit: Unit, first: float = 1) -> tuple[float, float, float]:
        return self._clause(self.of_new, unit), first, unit.turn

    def old(self, unit: Unit) -> tuple[float, float, float]:
        return self._clause(self.of_old, unit), 1, self.turns[unit]

    def _clause(self, known: dict[Place, float], unit: Unit) -> float:
        if unit.place is not None:
            return known[unit.place]
        return len(self.of_new) + 1 if isinstance(unit.statement, s.Example) else -1


def _heading(units: Units, place: Place | None) -> str | None:
    return units.clauses[place].heading if place else None


def _number(place: Place | None) -> str | None:
    return place.number if place else None


def _renamed(c: Comparison, orders: _Orders) -> Iterator[Step]:
    for each in c.renamings:
        place = each.after.place
        change = Change(
            0, "renamed", _number(place), each.before.statement, each.after.statement, _heading(c.after, place),
            each.after.within, old_name=each.old, new_name=each.new,
        )  # fmt: skip
        yield Step(change, orders.new(each.after, 0), renaming=each)


def _clauses(c: Comparison, orders: _Orders) -> Iterator[Step]:
    """What differs of the clauses themselves: numbers, headings, dates, and clauses with nothing in them."""
    back = {new: old for old, new in c.clauses.items()}
    used_old, used_new = _used(c.before), _used(c.after)
    for place, clause in c.after.clauses.items():
        was = back.get(place, place)
        old = c.before.clauses.get(was)
        order = (orders.of_new[place], -1.0, 0.0)
        if old is None:
            if place not in used_new:
                yield Step(Change(0, "added", place.number, None, clause, clause.heading), order)
            continue
        if was != place:
            change = Change(
                0, "renamed", place.number, old, clause, clause.heading, old_name=was.number, new_name=place.number
            )
            yield Step(change, order, clause=was)
        parts = tuple(each for each in aspects(old, clause, c.names) if each.aspect != "number")
        if parts:
            yield Step(Change(0, "changed", place.number, old, clause, clause.heading, (), parts), order, clause=was)
    for place, clause in c.before.clauses.items():
        if c.clauses.get(place, place) not in c.after.clauses and place not in used_old:
            order = (orders.of_old[place], -1.0, 0.0)
            yield Step(Change(0, "removed", place.number, clause, None, clause.heading), order, clause=place)


def _used(units: Units) -> set[Place]:
    return {place for unit in units.every for place in unit.clauses}


def _statements(c: Comparison, orders: _Orders) -> Iterator[Step]:
    was = c.was()
    late = _out_of_order(c)
    for unit in c.before.every:
        if unit not in c.pairs and (unit.above is None or unit.above in c.pairs):
            gone = _whole(unit, set(c.pairs))
            change = Change(
                0, "removed", _number(c.place(unit.place)), gone, None, _heading(c.before, unit.place), unit.within
            )
            yield Step(change, orders.old(unit), old=(unit,))
    for unit in c.after.every:
        place = unit.place
        head = _number(place), _heading(c.after, place)
        old = was.get(unit)
        if old is None:
            if unit.above is None or unit.above in was:
                change = Change(0, "added", head[0], None, _whole(unit, set(was)), head[1], unit.within)
                yield Step(change, orders.new(unit), new=(unit,))
            continue
        parts = _differing(old, unit, c)
        moved = _moved(c, old, unit, late)
        if parts or moved:
            change = Change(
                0, "changed" if parts else "moved", head[0], old.statement, unit.statement, head[1], unit.within,
                parts, moved, _number(old.place) if moved == "clause" else None,
            )  # fmt: skip
            yield Step(change, orders.new(unit), (old,), (unit,))


def _differing(old: Unit, new: Unit, c: Comparison) -> tuple[Part, ...]:
    before, after = old.statement, new.statement
    if same(before, after, c.names):
        return ()
    parts = [*aspects(before, after, c.names)]
    if isinstance(after, WHOLE):
        return (*parts, *block_parts(before, after, c.names))
    return tuple(parts) or (Part("other", text_of(before), text_of(after)),)


def _moved(c: Comparison, old: Unit, new: Unit, late: set[Unit]) -> Literal["clause", "block", "order"] | None:
    if c.place(old.place) != new.place:
        return "clause"
    if (old.above is None) != (new.above is None) or (
        old.above is not None and c.pairs.get(old.above) is not new.above
    ):
        return "block"
    # a clause that both stand in says itself what it rules now
    both = {c.clauses.get(place, place) for place in old.clauses} & {*new.clauses}
    before, after = (
        [place for place in _ruling(units, unit, mapped) if place not in both]
        for units, unit, mapped in ((c.before, old, c), (c.after, new, None))
    )
    if before != after:
        return "clause"
    return "order" if new in late else None


def _ruling(units: Units, unit: Unit, c: Comparison | None) -> list[Place]:
    """The clauses around the innermost one that say from when or for whom."""
    clauses = [(place, units.clauses[place]) for place in unit.clauses]
    ruling = [place for place, clause in clauses if clause.since or clause.until or clause.classes]
    return [c.clauses.get(place, place) for place in ruling] if c else ruling


def sequence(unit: Unit) -> tuple[str, ...] | None:
    """The statements among which the order of the text counts, if it counts for one of this kind: rows of one day stand
    in the order of their fields.
    """
    above = unit.above.statement if unit.above is not None else None
    match unit.statement:
        case s.Input() if isinstance(above, s.Records):
            return ("field", above.name)
        case s.Grade() | s.GradeCase() | s.GradeValue():
            return ("grade",)
        case s.Select() | s.Limit():
            return ("quota",)
        case s.Outcome(name):
            return ("outcome", name)
    return None


def _out_of_order(c: Comparison) -> set[Unit]:
    """The fewest statements that have to be moved to give the rest the order they have now."""
    rows: dict[tuple[str, ...], list[Unit]] = defaultdict(list)
    for unit in c.before.every:
        other = c.pairs.get(unit)
        if other is not None and (kind := sequence(other)):
            rows[kind].append(other)
    return {unit for row in rows.values() for unit in _not_rising(row)}


def _not_rising(row: list[Unit]) -> list[Unit]:
    """What is left of a row without its longest part that rises."""
    rising: list[list[Unit]] = [[]]  # the longest row that ends in each
    for unit in row:
        longest = max((each for each in rising if not each or each[-1].turn < unit.turn), key=_length)
        rising.append([*longest, unit])
    longest = max(rising, key=_length)
    kept = set(longest)
    return [unit for unit in row if unit not in kept]


def _length(row: Sized) -> int:
    return len(row)


def _whole(unit: Unit, others: set[Unit]) -> s.Statement:
    """A statement with all that stands below it and nowhere else in the other scheme."""
    body = together(list(_pieces(unit, others)))
    return replace(unit.statement, body=(*unit.statement.body, *body)) if body else unit.statement


def _pieces(unit: Unit, others: set[Unit]) -> Iterator[Piece]:
    for below in unit.below:
        if below not in others:
            clauses = tuple(s.Clause(place.number) for place in below.clauses)
            yield Piece(below.statement, clauses, list(_pieces(below, others)))
