"""Where a subject stands among the others: its rank, and its place before or behind the line of a quota."""

from __future__ import annotations

from kaoping import typed as t
from kaoping.engines import windows
from kaoping.engines.reference import Reference
from kaoping.types import Value

Facts = tuple[tuple[str, str], ...]


def group_of(reference: Reference, within: tuple[t.Typed, ...], subject: int) -> list[int]:
    """The subjects appraised that are in the same group as a subject."""

    def values(member: int) -> list[Value]:
        return [reference.value(each, t.EACH, member) for each in within]

    own = values(subject)
    return [member for member in reference.members() if values(member) == own]


def rank_position(reference: Reference, node: t.Rank, subject: int) -> tuple[str | None, Facts]:
    """The rank among how many, and how many share it."""
    ranks = [reference.value(node, t.EACH, member) for member in group_of(reference, node.within, subject)]
    own = reference.value(node, t.EACH, subject)
    if own is None:
        return "not_ranked", ()
    alike, number = ranks.count(own), sum(rank is not None for rank in ranks)
    facts = (("rank", str(own)), ("number", str(number)), ("alike", str(alike)))
    return ("rank_shared" if alike > 1 else "rank"), facts


def quota_position(reference: Reference, node: t.Chosen, subject: int) -> tuple[str | None, Facts]:
    """Whether a subject is in the pool, how many places there are, and how many stand before it or beside it."""
    group = group_of(reference, node.within, subject)
    counted = None
    if node.counted is not None:
        counted = sum(reference.value(node.counted, t.EACH, member) is True for member in group)
    share = reference.value(node.share, t.EACH, subject)
    places = windows.places_of(share, node.share.type.places, counted, node.rounded)
    pool = [member for member in group if reference.value(node.pool, t.EACH, member)]
    facts = [("places", str(places)), ("pool", str(len(pool)))]
    if subject not in pool:
        return "quota_not_in_pool", tuple(facts)

    def standing(member: int) -> tuple[tuple[bool, Value], ...]:
        return windows.standing(tuple(reference.value(key, t.EACH, member) for key in node.keys), node.lowest)

    own = standing(subject)
    before = sum(standing(member) < own for member in pool)
    alike = sum(standing(member) == own for member in pool)
    facts += [("position", str(before + 1)), ("alike", str(alike))]
    if reference.value(node, t.EACH, subject):
        return ("quota_tie_included" if before + alike > places else "quota_chosen"), tuple(facts)
    return ("quota_tie_excluded" if before < places else "quota_beyond"), tuple(facts)
