"""What two schemes do to one population, side by side: plain records, for a table, a page or a program."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from kaoping.diagnostic import phrase

YES, NO = phrase("report.yes"), phrase("report.no")
NONE, ABSENT = phrase("impact.none"), phrase("impact.not_appraised")
"""States that are no grade of the author's: none at all, and of subjects who are not appraised."""


class Person(Struct, frozen=True):
    """A subject by id and name."""

    id: str
    name: str


class People(Struct, frozen=True):
    """Subjects: how many, and the first of them in the order of the data."""

    count: int
    first: tuple[Person, ...] = ()


class Cause(Struct, frozen=True):
    """Which parts of a change brought some subjects from one state to another.

    `enough` are the parts that do it alone, `needed` those without which it does not happen; both number the parts of
    the attribution. `how` sums them up: alone, each (each for itself), together (all of them, none alone), either (one
    alone, or others without it), with (one, with any of several others), order.
    """

    how: str
    enough: tuple[int, ...]
    needed: tuple[int, ...]
    before: str
    after: str
    people: People


class Effect(Struct, frozen=True):
    """What one part does to a matrix: how many flip when it comes first, alone on the old scheme; how many flip back
    when it is the one left out of the new one; and how many flips are its doing alone. None where a scheme with the
    part alone, or without it, cannot stand.
    """

    part: int
    first: int | None
    last: int | None
    alone: int


class Flip(Struct, frozen=True):
    """Subjects who go from one state to another."""

    before: str
    after: str
    people: People


class Matrix(Struct, frozen=True):
    """How many are in which state under the old scheme (rows) and under the new one (columns).

    `kind` is grade, vetoed, mark or outcome; `side` says which scheme alone decides it: before, after, or both.
    `offset` are subjects whom a part of the change would move, and another moves back.
    """

    kind: str
    name: str
    side: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    flips: tuple[Flip, ...] = ()
    effects: tuple[Effect, ...] = ()
    causes: tuple[Cause, ...] = ()
    offset: tuple[Cause, ...] = ()

    @property
    def flipped(self) -> int:
        """How many change their state."""
        return sum(each.people.count for each in self.flips)


class Quota(Struct, frozen=True):
    """A selection or a limit: how many it takes under each scheme, who comes in and who goes out."""

    name: str
    clause: str | None
    side: str
    before: int
    after: int
    entrants: People
    leavers: People


class Mover(Struct, frozen=True):
    """A subject whose rank moves."""

    id: str
    name: str
    before: int
    after: int


class Moves(Struct, frozen=True):
    """Ranks that move, over all or (`group`) of one group: a smaller number is up. `gained` and `lost` are subjects
    with a rank under one scheme only. `within` are the groups inside which the new scheme ranks.
    """

    name: str
    group: str
    within: tuple[str, ...]
    up: int
    down: int
    same: int
    gained: int
    lost: int
    risen: tuple[Mover, ...] = ()
    fallen: tuple[Mover, ...] = ()


class Shift(Struct, frozen=True):
    """How a number changes, of all or of one class: whole numbers with `places`.

    `total` is the sum of the changes of the `count` subjects who have the number under both schemes, `without` how
    many more have it under one only. `deciles` are the least, the nine between, the greatest: the ⌈k·n/10⌉-th change.
    """

    name: str
    group: str
    label: str
    places: int
    count: int
    without: int
    up: int
    down: int
    total: int
    deciles: tuple[int, ...]
    middle: tuple[int, int]

    @property
    def mean(self) -> Fraction | None:
        """The exact mean of the changes."""
        return Fraction(self.total, self.count * 10**self.places) if self.count else None

    @property
    def median(self) -> Fraction | None:
        """The change in the middle; of an even number the mean of the two there."""
        return Fraction(sum(self.middle), 2 * 10**self.places) if self.count else None


class Reasons(Struct, frozen=True):
    """A veto or a bar, as its author says it now and said it before: how many it holds for under each scheme, for whom
    it comes to hold, and for whom it ceases.
    """

    word: str
    text: str
    text_before: str
    clause: str | None
    side: str
    before: int
    after: int
    appears: People
    disappears: People


class Near(Struct, frozen=True):
    """A subject near a line, how far above it (below it: less than nothing) in units of the last place, and whether it
    is on the better side. By a selection that is being taken, whatever the distance: a tie may be cut either way.
    """

    id: str
    name: str
    distance: int
    inside: bool


class Edge(Struct, frozen=True):
    """A line of the new scheme: how many stand within the margin at or above it, and below; the nearest of them.

    `kind` is grade or quota. For a selection the distance of who is taken counts from the best who is not, of who is
    not from the last who is; `above` are then those taken.
    """

    kind: str
    text: str
    clause: str | None
    places: int
    percent: bool
    margin: int
    above: int
    below: int
    nearest: tuple[Near, ...] = ()


class Attribution(Struct, frozen=True):
    """The change in parts, each of one change by its number, or of several that cannot be told apart.

    `needs` are the changes that each part is made with when it is tried alone: it cannot stand without them. `idle` are
    changes that no result can show. `evaluations` is how many schemes were evaluated for it.
    """

    parts: tuple[tuple[int, ...], ...]
    needs: tuple[tuple[int, ...], ...] = ()
    idle: tuple[int, ...] = ()
    evaluations: int = 0


class Impact(Struct, frozen=True):
    """What a change of rules does to whom."""

    subjects: int
    before: int
    after: int
    matrices: tuple[Matrix, ...]
    quotas: tuple[Quota, ...]
    moves: tuple[Moves, ...]
    shifts: tuple[Shift, ...]
    reasons: tuple[Reasons, ...]
    edges: tuple[Edge, ...]
    attribution: Attribution
