"""A scheme with some of the changes to another made, so that the effect of each can be looked at alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping.diff.changes import Step, sequence
from kaoping.diff.names import numbered, replaced, same
from kaoping.diff.pairs import Comparison
from kaoping.diff.units import Piece, Place, Unit, together


def made(comparison: Comparison, steps: Sequence[Step], chosen: Collection[int]) -> tuple[s.Statement, ...]:
    """The statements of the old scheme with the steps of the chosen numbers made."""
    return _Making(comparison, steps, chosen).statements()


class _Making:
    """Old statements keep their places; what is new or moved goes where the new text has it among them."""

    def __init__(self, comparison: Comparison, steps: Sequence[Step], chosen: Collection[int]) -> None:
        self.c = comparison
        self.was = comparison.was()
        picked = [step for step in steps if step.change.number in chosen]
        self.gone = {unit for step in picked if step.change.kind == "removed" for unit in step.old}
        self.changed = {unit for step in picked if step.change.kind == "changed" for unit in step.new}
        self.added = {unit for step in picked if step.change.kind == "added" for unit in step.new}
        moved = {unit for step in picked if step.change.moved for unit in step.new}
        self.moved = {unit for unit in moved if self._present(unit.above)}
        self.displaced = {unit for step in steps if step.change.moved for unit in step.new} - self.moved
        self.headed = {step.clause for step in picked if step.change.kind == "changed" and step.clause}
        self.struck = {step.clause for step in picked if step.change.kind == "removed" and step.clause}
        self.opened = [
            step.change.after for step in picked if isinstance(step.change.after, s.Clause) and not step.clause
        ]
        renumbered = {step.clause for step in picked if step.change.kind == "renamed" and step.clause}
        self.renumbered = {old: new for old, new in comparison.clauses.items() if old in renumbered}
        self.back = {new: old for old, new in comparison.clauses.items()}
        names = [(each.old, each.new) for each in comparison.renamings]
        taken = [(step.renaming.old, step.renaming.new) for step in picked if step.renaming]
        self.forward = dict(taken)
        self.forward |= {numbered(old.number): new.number for old, new in self.renumbered.items()}
        self.backward = {new: old for old, new in names if (old, new) not in taken}
        self.backward |= {
            numbered(new.number): old.number for old, new in comparison.clauses.items() if old not in renumbered
        }
        self.shared_old, self.shared_new = comparison.before.shared(), comparison.after.shared()

    def _present(self, above: Unit | None) -> bool:
        """Whether the block that a statement is moved into is there."""
        if above is None or above in self.was or above in self.added:
            return True
        return above.above is not None and above.above not in self.was and self._present(above.above)

    def statements(self) -> tuple[s.Statement, ...]:
        found = together(self._block(self.c.before.top, self.c.after.top))
        return (*found, *self._empty({each.number for each in _clauses(found)}))

    def _empty(self, used: set[str]) -> Iterator[s.Clause]:
        """The clauses with nothing in them: those that had nothing, or from which everything was moved."""
        filled = {place for unit in self.c.before.every for place in unit.clauses}
        for place in self.c.before.clauses:
            kept = place not in filled or self.c.clauses.get(place, place) in self.c.after.clauses
            clause = self._clause(place, new=False)
            if kept and place not in self.struck and clause.number not in used:
                yield clause
        yield from self.opened

    def _block(self, before: list[Unit], after: list[Unit]) -> list[Piece]:
        """What stands in a block: the old statements that stay, and the new ones among them."""
        row = [unit for unit in before if unit not in self.gone and self.c.pairs.get(unit) not in self.moved]
        for unit in after:
            if (
                unit in self.moved
                or unit in self.added
                or (unit not in self.was and unit.above not in self.was and unit.above)
            ):
                row.insert(self._at(row, unit, after), unit)
        return [self._piece(unit) for unit in row]

    def _at(self, row: list[Unit], unit: Unit, after: list[Unit]) -> int:
        """Where a statement goes: between those of its order, in its clause where that is possible there."""
        now = [self._now(each) for each in row]
        place = self.back.get(unit.place, unit.place) if unit.place else None
        low, high = 0, len(row)
        kind = sequence(unit)
        earlier = {each for each in after if each.turn < unit.turn and each not in self.displaced}
        if kind is not None:
            peers = [at for at, each in enumerate(now) if each is not None and sequence(each) == kind]
            low = max((at + 1 for at in peers if now[at] in earlier), default=0)
            high = min((at for at in peers if at >= low), default=len(row))
        spots = range(low, high + 1)
        beside = [at for at in spots if at and self._old_place(row[at - 1]) == place]
        if beside:
            known = [at for at in beside if now[at - 1] in earlier]
            return known[-1] if known else beside[-1]
        return next((at for at in spots if at in (0, len(row)) or row[at].clauses != row[at - 1].clauses), low)

    def _now(self, unit: Unit) -> Unit | None:
        """A unit of either scheme as one of the new."""
        return unit if unit in self._new else self.c.pairs.get(unit)

    @property
    def _new(self) -> set[Unit]:
        return self.moved | self.added

    def _old_place(self, unit: Unit) -> Place | None:
        if unit in self._new and unit.place is not None:
            return self.back.get(unit.place, unit.place)
        return unit.place

    def _piece(self, unit: Unit) -> Piece:
        old, new = (
            (self.was.get(unit), unit) if unit in self.was or unit in self._new else (unit, self.c.pairs.get(unit))
        )
        return Piece(
            self._statement(old, new),
            self._clauses(unit),
            self._block(old.below if old else [], new.below if new else []),
        )

    def _statement(self, old: Unit | None, new: Unit | None) -> s.Statement:
        if new is not None and (old is None or new in self.changed):
            beside = old.statement if old else None
            return _with(new.statement, self.backward, self.shared_new, beside)
        assert old is not None
        if new is not None and same(old.statement, new.statement, self.forward):
            return new.statement
        return _with(old.statement, self.forward, self.shared_old, new.statement if new else None)

    def _clauses(self, unit: Unit) -> tuple[s.Clause, ...]:
        return tuple([self._clause(place, new=unit in self._new or unit in self.was) for place in unit.clauses])

    def _clause(self, place: Place, *, new: bool) -> s.Clause:
        old = self.back.get(place, place) if new else place
        clause = self.c.before.clauses.get(old)
        if clause is None:
            return self.c.after.clauses[place]
        if old in self.headed:
            clause = replace(self.c.after.clauses[self.c.clauses.get(old, old)], number=clause.number)
        return replace(clause, number=self.renumbered[old].number) if old in self.renumbered else clause


def _clauses(statements: tuple[s.Statement, ...]) -> Iterator[s.Clause]:
    for each in statements:
        if isinstance(each, s.Clause):
            yield each
        yield from _clauses(each.body)


def _with(statement: s.Statement, names: dict[str, str], shared: set[str], other: s.Statement | None) -> s.Statement:
    """A statement with names replaced; a name that several things bear only where the other version has the new one."""
    sure = {name: new for name, new in names.items() if name not in shared}
    doubtful = {name: new for name, new in names.items() if name in shared}
    statement = replaced(statement, sure)
    return replaced(statement, doubtful, other) if doubtful and other is not None else statement
