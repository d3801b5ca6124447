"""Comparisons among subjects: ranks and quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kaoping import typed as t
from kaoping.diagnostic import Finding
from kaoping.numbers import OF_PLACES, divided
from kaoping.types import Value, shown_text


def ranks(values: Sequence[Any], *, lowest_first: bool = False) -> list[int | None]:
    """1, 2, 2, 4: one more than the number of those that are better; who has no value has no rank."""
    first: dict[Any, int] = {}
    present = sorted((value for value in values if value is not None), reverse=not lowest_first)
    for position, value in enumerate(present, start=1):
        first.setdefault(value, position)
    return [first.get(value) for value in values]


def places_of(share: Any, share_places: int, counted: int | None, rounded: str) -> int:
    """How many places a quota has: `share` / 10^`share_places`, of `counted` subjects where it is a part of them."""
    if share is None:
        return 0
    of = 1 if counted is None else counted
    return max(0, divided(share * of, 10**share_places, OF_PLACES[rounded]))


def chosen(places: int, pool: Mapping[tuple[Any, ...], int], *, lowest: bool, ties: str) -> set[tuple[Any, ...] | None]:
    """The keys of those who get a place: the highest first (the lowest where `lowest`), a missing one last.

    `pool` says how many are alike in all keys: they stand or fall together, and where they straddle the line, `ties`
    says whether they are `included`, or `excluded` with their places left empty.
    """
    taken: set[tuple[Any, ...] | None] = set()
    filled = 0
    for keys in _in_order(pool, lowest):
        if filled >= places or (filled + pool[keys] > places and ties == "excluded"):
            break
        taken.add(keys)
        filled += pool[keys]
    return taken


def _in_order(pool: Mapping[tuple[Any, ...], int], lowest: bool) -> list[tuple[Any, ...]]:
    if any(None in keys for keys in pool):
        return sorted(pool, key=lambda keys: standing(keys, lowest))
    return sorted(pool, reverse=not lowest)  # the same, several times faster


def standing(keys: tuple[Any, ...], lowest: bool) -> tuple[tuple[bool, Any], ...]:
    """What those who want a place are sorted by: the best first, a missing key last."""
    return tuple((key is None, 0 if key is None else key if lowest else -key) for key in keys)


def uneven_share(node: t.Chosen, one: tuple[str, str, Value], other: tuple[str, str, Value]) -> Finding:
    """The data error of a quota whose share differs inside a group, by the id, the name and the share of two in it."""
    facts: dict[str, str] = {}
    for number, (id_, name, share) in (("one", one), ("other", other)):
        facts |= {f"name_{number}": name, f"id_{number}": id_, f"share_{number}": shown_text(share, node.share.type)}
    return Finding("KP692", node.share.span, facts)
