"""A scheme taken apart into what is compared one by one, and put together again.

A unit is a statement with the place it has: the clauses around it, the item or the records above it. Clauses and the
statement `scheme` are no units but places. A declaration of several names is several units. A table, a quota and an
example are each one, with what stands below them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.diff.names import declared, mentioned
from kaoping.scheme import (
    Assume,
    Clause,
    Example,
    Input,
    Item,
    Limit,
    Param,
    Records,
    SchemeName,
    Select,
    Statement,
    Table,
)

WHOLE = (Table, Select, Limit, Example)
"""What is compared with the block below it."""


class Place(Struct, frozen=True):
    """A clause as a place: its number, and which of several that bear it but are in force at other times."""

    number: str
    turn: int = 0


class Unit(Struct, eq=False):
    """A statement, without the block below it unless it is one of `WHOLE`."""

    statement: Statement
    clauses: tuple[Place, ...]  # from the outermost to the innermost, inside the block that it stands in
    above: Unit | None
    turn: int  # in the order of the text
    below: list[Unit] = field(default_factory=list)
    names: frozenset[str] = frozenset()

    @property
    def place(self) -> Place | None:
        """The innermost clause around it."""
        return self.clauses[-1] if self.clauses else self.above.place if self.above else None

    @property
    def within(self) -> tuple[str, ...]:
        """The names of the items or records around it, the outermost first."""
        if self.above is None:
            return ()
        name = self.above.statement.name if isinstance(self.above.statement, Item | Records) else ""
        return (*self.above.within, name) if name else self.above.within


class Units(Struct, eq=False):
    """A scheme taken apart: its units in the order of the text, and its clauses."""

    top: list[Unit] = field(default_factory=list)
    every: list[Unit] = field(default_factory=list)
    clauses: dict[Place, Clause] = field(default_factory=dict)

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> Units:
        """Take a scheme apart."""
        units = cls()
        units._take(statements, (), None, units.top)
        return units

    def shared(self) -> set[str]:
        """The names that several things bear."""
        found = {name for unit in self.every for name in declared(unit.statement, unit.within)}
        names = Counter(name for _, name in found)
        return {name for name, count in names.items() if count > 1}

    def _take(
        self, statements: Iterable[Statement], clauses: tuple[Place, ...], above: Unit | None, into: list[Unit]
    ) -> None:
        for statement in statements:
            match statement:
                case Clause():
                    place = self._place(replace(statement, body=()))
                    self._take(statement.body, (*clauses, place), above, into)
                case SchemeName() if statement.body:
                    self._unit(replace(statement, body=()), (), clauses, above, into)
                    self._take(statement.body, clauses, above, into)
                case Input(names) if len(names) > 1:
                    for each in _one_by_one(statement):
                        self._unit(each, (), clauses, above, into)
                case Param(names) if len(names) > 1:
                    for name in names:
                        self._unit(replace(statement, names=(name,)), (), clauses, above, into)
                case _ if isinstance(statement, WHOLE):
                    assumes = tuple([each for each in statement.body if isinstance(each, Assume)])
                    kept = tuple([each for each in statement.body if not isinstance(each, Assume)])
                    self._unit(replace(statement, body=kept), assumes, clauses, above, into)
                case _:
                    self._unit(replace(statement, body=()), statement.body, clauses, above, into)

    def _unit(
        self,
        statement: Statement,
        body: Iterable[Statement],
        clauses: tuple[Place, ...],
        above: Unit | None,
        into: list[Unit],
    ) -> None:
        unit = Unit(statement, clauses, above, len(self.every), names=frozenset(mentioned(statement)))
        self.every.append(unit)
        into.append(unit)
        self._take(body, (), unit, unit.below)

    def _place(self, clause: Clause) -> Place:
        """The place that a clause is: one in force at other times than those of its number so far is another."""
        turn = 0
        while (known := self.clauses.get(Place(clause.number, turn))) is not None:
            if (known.since, known.until, known.classes) == (clause.since, clause.until, clause.classes):
                return Place(clause.number, turn)
            turn += 1
        self.clauses[Place(clause.number, turn)] = clause
        return Place(clause.number, turn)


def _one_by_one(statement: Input) -> Iterator[Input]:
    words = statement.canonical or statement.names
    for name, word in zip(statement.names, words, strict=True):
        yield replace(statement, names=(name,), canonical=(word,) if statement.canonical else ())


class Piece(Struct):
    """A statement to put into a scheme, with the clauses around it and what stands below it."""

    statement: Statement
    clauses: tuple[Clause, ...]
    below: list[Piece] = field(default_factory=list)


def together(pieces: Sequence[Piece]) -> tuple[Statement, ...]:
    """Pieces put together; neighbours under the same clause share it."""
    made: list[Statement] = []
    at = 0
    while at < len(pieces):
        first = pieces[at]
        if not first.clauses:
            body = (*first.statement.body, *together(first.below))
            made.append(replace(first.statement, body=body))
            at += 1
            continue
        clause, end = first.clauses[0], at
        while end < len(pieces) and pieces[end].clauses[:1] == (clause,):
            end += 1
        inside = [Piece(each.statement, each.clauses[1:], each.below) for each in pieces[at:end]]
        made.append(replace(clause, body=together(inside)))
        at = end
    return tuple(made)
