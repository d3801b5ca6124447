"""How many subjects, or records of one, it takes for a changed rule to show: as many as it counts, or enough for its
quota to come to another number of places.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from kaoping import typed as t
from kaoping.engines.windows import places_of
from kaoping.plan.plan import Plan

MOST = 200
"""More subjects or records nobody writes down."""
_SMALLEST = 3
"""So many of the smallest populations that tell two quotas apart are tried."""


def sizes(one: Plan, other: Plan, changed: set[t.Key], below: set[t.Key]) -> set[int]:
    """The numbers of rows or subjects that matter to a change; `below` are the changed columns and those that come to
    read them.
    """
    changes = [change for key in changed for change in _changes(one, other, key)]
    found = {near for change in changes for number in _counted(change) for near in range(number - 1, number + 2)}
    read = [each for key in below if key in one.columns for each in one.columns[key].views]
    quotas = [each for each in read if isinstance(each, t.Chosen)]
    for quota in quotas:
        if quota.counted is not None and isinstance(quota.share, t.Const):
            found.update(_apart((quota.share, quota.rounded), None))
    for change in changes if quotas else ():
        a, b = change.one, change.other
        match a, b:
            case t.Chosen(share=t.Const() as share), t.Chosen():
                found.update(_apart((share, a.rounded), (share, b.rounded)))
            case t.Const(value=int()), t.Const(value=int()):
                for mode in {quota.rounded for quota in quotas}:
                    found.update(_apart((a, mode), (b, mode)))
    return {size for size in found if 0 < size <= MOST}


class _Change(Struct, frozen=True):
    """The smallest parts in which two expressions differ, and what the first stands in."""

    one: t.Typed
    other: t.Typed
    around: t.Typed


def _changes(one: Plan, other: Plan, key: t.Key) -> Iterator[_Change]:
    mine, theirs = one.columns.get(key), other.columns.get(key)
    if mine is not None and theirs is not None and mine.value is not None and theirs.value is not None:
        yield from _innermost(mine.value, theirs.value, mine.value)


def _innermost(a: t.Typed, b: t.Typed, around: t.Typed) -> Iterator[_Change]:
    one, other = t.operands(a), t.operands(b)
    apart = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    if type(a) is type(b) and len(one) == len(other) and apart:
        for pair in apart:
            yield from _innermost(*pair, a)
    elif a != b:
        yield _Change(a, b, around)


def _counted(change: _Change) -> Iterator[int]:
    """The numbers that a count is compared with, before and after."""
    for node in t.nodes(change.around if isinstance(change.one, t.Const) else change.one):
        if isinstance(node, t.Compare) and any(
            (side.type.unit or "").startswith("#") for side in (node.left, node.right)
        ):
            for each in (*t.nodes(node), change.other):
                if isinstance(each, t.Const) and isinstance(each.value, int):
                    yield each.value // 10**each.type.places


_Quota = tuple[t.Const, str]
"""A share, and how it is rounded to places."""


def _apart(one: _Quota, other: _Quota | None) -> Iterator[int]:
    """The smallest numbers of subjects for which two quotas differ, or one has a place at all."""
    return islice((size for size in range(1, MOST + 1) if _places(one, size) != _places(other, size)), _SMALLEST)


def _places(quota: _Quota | None, size: int) -> int:
    return 0 if quota is None else places_of(quota[0].value, quota[0].type.places, size, quota[1])
