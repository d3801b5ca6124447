"""`select` and `limit`: of whom, by what, how a part is rounded, what happens to a tie on the line (paragraph 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaoping import scheme as s
from oracle import expressions, grading, points
from oracle.book import Oracle, Placed
from oracle.rounding import rounded
from oracle.values import below, equal
from oracle.world import Scope, Value

if TYPE_CHECKING:
    from oracle.grading import State


def select(o: Oracle, here: Placed, block: s.Select, state: State) -> None:
    """The first of the pool get the mark, which may be a grade."""
    is_grade = block.mark in o.grades
    pool = [
        who
        for who in o.appraised
        if (block.pool is None or state.grades[who] == block.pool)
        and not grading.vetoed(o, who)
        and not (is_grade and (state.grades[who] is None or grading.barred_from(o, block.mark, who)))
        and points.in_classes(o, here, who)
    ]
    if not is_grade:
        state.marks.setdefault(block.mark, set())
    chosen = _chosen(o, block.body, pool, state)
    for who in chosen:
        if is_grade:
            state.grades[who] = block.mark
        else:
            state.marks[block.mark].add(who)


def limit(o: Oracle, here: Placed, block: s.Limit, state: State) -> None:
    """Those of the pool past the line get the other grade."""
    pool = [
        who
        for who in o.appraised
        if state.grades[who] == block.grade
        and not grading.vetoed(o, who)
        and not grading.barred_from(o, block.grade, who)
        and points.in_classes(o, here, who)
    ]
    pool = [who for who in pool if _where(o, block.body, who)]
    for who in set(pool) - _chosen(o, block.body, pool, state):
        state.grades[who] = block.otherwise


def _where(o: Oracle, body: tuple[s.Statement, ...], who: str) -> bool:
    return all(expressions.value(o, each.condition, Scope(who)) is True for each in body if isinstance(each, s.Where))


def _chosen(o: Oracle, body: tuple[s.Statement, ...], pool: list[str], state: State) -> set[str]:
    """Those of the pool on the good side of the line, group by group."""
    top = next(each for each in body if isinstance(each, s.Top))
    eligible = [who for who in pool if _where(o, body, who)]
    graded_before = dict(state.grades)

    def group(who: str) -> tuple[Value, ...]:
        return tuple(expressions.value(o, name, Scope(who)) for name in top.within)

    found: set[str] = set()
    for each in {group(who) for who in eligible}:
        here = [who for who in eligible if group(who) == each]
        match top.of:
            case "eligible":
                base = len(here)
            case None | "all":
                base = sum(1 for who in o.appraised if group(who) == each)
            case grade:
                base = sum(1 for who in o.appraised if group(who) == each and graded_before[who] == grade)
        share = expressions.value(o, top.share, Scope(here[0]))
        mode = next((rule.mode for rule in body if isinstance(rule, s.Rounded)), None)
        places = int(rounded(share * base, 0, mode)) if mode else int(share)
        ties = next((rule.policy for rule in body if isinstance(rule, s.Ties)), "excluded")
        found |= _first(o, top, here, places, ties)
    return found


def _first(o: Oracle, top: s.Top, pool: list[str], places: int, ties: str) -> set[str]:
    """The first so many, the group of equals that straddles the line wholly in or wholly out."""
    keys = {who: [expressions.value(o, key, Scope(who)) for key in top.keys] for who in pool}

    def better(a: str, b: str) -> bool:
        for left, right in zip(keys[a], keys[b], strict=True):
            if not equal(left, right):
                return below(left, right) if top.end == "bottom" else below(right, left)
        return False

    found = set()
    for who in pool:
        before = sum(1 for other in pool if better(other, who))
        level = sum(1 for other in pool if not better(other, who) and not better(who, other))
        if before + level <= places or (ties == "included" and before < places):
            found.add(who)
    return found
