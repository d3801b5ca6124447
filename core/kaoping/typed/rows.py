"""Many rows into one value: sums, ranks, rows before, quotas, candidates."""

from __future__ import annotations

from msgspec import Struct

from kaoping.typed.columns import Frame, Typed


class Last(Struct, frozen=True):
    """Only the last `number` rows in the order of `by` (semantics.md 6)."""

    number: int
    by: tuple[Typed, ...]


class Fold(Typed, frozen=True):
    """One value of the rows of `frame` that belong to the subject (and unit) at hand.

    kinds: sum, count, distinct, any, all, min, max, average (rounded half up to the type's places; `digits` are
    added), only (the value of the one row; missing where there is none). `value` and `where` are evaluated in each
    row; a row whose `value` is missing is left out of min, max, average. `trim` rows are dropped at each end where
    more than twice as many stand. `spares` says that cells of rows that do not count may be empty (`per R where`).
    """

    kind: str
    frame: Frame
    value: Typed | None = None
    where: Typed | None = None
    last: Last | None = None
    trim: int = 0
    digits: int = 0
    mode: str = "half up"
    spares: bool = False


class Cohort(Typed, frozen=True):
    """The same kinds over the subjects appraised, those with the same `within` as the subject at hand; `spares` as for
    a `Fold`.
    """

    kind: str
    value: Typed | None = None
    where: Typed | None = None
    within: tuple[Typed, ...] = ()
    trim: int = 0
    digits: int = 0
    mode: str = "half up"
    spares: bool = False


class Rank(Typed, frozen=True):
    """1, 2, 2, 4 among the subjects appraised with the same `within`; those without a value have none and do not
    count.
    """

    value: Typed
    within: tuple[Typed, ...] = ()
    lowest_first: bool = False


class Percentile(Typed, frozen=True):
    """The ⌈p·n⌉-th value from below, p = `part` / 10^`places`; with `linear` between neighbours at 1 + p·(n−1),
    rounded half up, `digits` added.
    """

    part: int
    part_places: int
    value: Typed
    where: Typed | None = None
    within: tuple[Typed, ...] = ()
    linear: bool = False
    digits: int = 0


class Ordinal(Typed, frozen=True):
    """In a record: its number among the subject's rows with the same `within`, in the order of `by`."""

    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


class PreviousRow(Typed, frozen=True):
    """In a record: the value in the row before, in the order of `by`, among rows with the same `within`."""

    value: Typed
    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


class PreviousResult(Typed, frozen=True):
    """The value (evaluated in `HISTORY`) of the subject's newest stored result among earlier periods of the same
    length.
    """

    value: Typed


class Streak(Typed, frozen=True):
    """Consecutive periods up to now in which a condition holds: `now` for this period, `then` (in `HISTORY`) for
    earlier ones (semantics.md 15).
    """

    now: Typed
    then: Typed


class Chosen(Typed, frozen=True):
    """Whether a quota takes the subject (semantics.md 13).

    `pool` may be taken; `counted` is what a percentage is taken of (None for a number of places); `share` is a number
    of places, or a part of one with `share_places` places, the same in the whole group. Keys are highest first, in
    order.
    """

    pool: Typed
    share: Typed
    keys: tuple[Typed, ...]
    counted: Typed | None = None
    within: tuple[Typed, ...] = ()
    lowest: bool = False
    ties: str = "excluded"
    rounded: str = "down"


class Candidates(Struct, frozen=True):
    """Amounts that compete: `amount` in each row of `frame` where `where` holds; without a frame the one amount of
    the row at hand.

    `key` is what `best by F` tells candidates apart by.
    """

    amount: Typed
    frame: Frame | None = None
    where: Typed | None = None
    key: Typed | None = None


class Group(Typed, frozen=True):
    """The largest candidate of each key, added up; without keys the one largest of all; 0 where there is no
    candidate.

    Amounts have the same places; one that is missing makes the whole missing.
    """

    parts: tuple[Candidates, ...]


VIEWS = (Fold, Group, Cohort, Rank, Percentile, Chosen, Ordinal, PreviousRow, PreviousResult, Streak)
"""What looks at other rows than the one at hand."""
