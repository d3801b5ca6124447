"""Aggregates over whole columns: what a compiled plan does between its passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress
from typing import Any

from kaoping import typed as t
from kaoping.diagnostic import Finding
from kaoping.engines import folds, windows
from kaoping.engines.cells import Cells
from kaoping.engines.history import earlier_rows, past
from kaoping.engines.lower import Step

Vector = Sequence[Any]
Needs = dict[str, list[Any]]


def stepped(step: Step, needs: Needs, cells: Cells, problems: list[Finding]) -> list[Any]:
    """The slot of an aggregate, from the slots of its expressions; None stands for an expression it has not got."""
    match step.node:
        case t.Fold() as node:
            return _fold(node, step.slot.frame, needs, cells)
        case t.Group() as node:
            return _group(node, step.slot.frame, needs, cells)
        case t.Rank() as node:
            return _rank(node, needs)
        case t.Cohort() | t.Percentile() as node:
            return _cohort(node, needs, len(cells.data.ids))
        case t.Chosen() as node:
            return _chosen(node, needs, cells, problems)
        case t.Ordinal() | t.PreviousRow():
            return _row_before(step, needs, cells)
        case t.PreviousResult():
            newest = past(cells).newest
            values = needs["value"][0]
            return [values[newest[owner]] if owner in newest else None for owner in range(len(cells.data.ids))]
        case t.Streak():
            return _streak(needs, cells)
    raise TypeError(type(step.node).__name__)


def _homes(home: t.Frame, cells: Cells) -> list[tuple[int, int | None]]:
    """The subject, and the unit of time, of each row of a frame of subjects."""
    subjects = range(len(cells.data.ids))
    if not home.unit:
        return [(subject, None) for subject in subjects]
    return [(subject, unit) for subject in subjects for unit in range(len(cells.units(home.unit)))]


def _fold(node: t.Fold, home: t.Frame, needs: Needs, cells: Cells) -> list[Any]:
    (value,), (where,), by = needs["value"], needs["where"], needs["by"]
    result = []
    for owner, unit in _homes(home, cells):
        rows = cells.rows(node.frame, owner, unit)
        if where is not None:
            rows = [row for row in rows if where[row]]
        if node.last is not None:
            rows = _sorted(rows, by)[-node.last.number :]
        values = [True] * len(rows) if value is None else [value[row] for row in rows]
        result.append(folds.folded(node.kind, values, trim=node.trim, digits=node.digits, mode=node.mode))
    return result


def _group(node: t.Group, home: t.Frame, needs: Needs, cells: Cells) -> list[Any]:
    parts = list(zip(node.parts, needs["amount"], needs["where"], needs["key"], strict=True))
    result = []
    for at, (owner, unit) in enumerate(_homes(home, cells)):
        candidates = []
        for part, amount, where, key in parts:
            inside = unit if part.frame is not None and part.frame.unit == home.unit else None
            for row in [at] if part.frame is None else cells.rows(part.frame, owner, inside):
                if where is None or where[row]:
                    candidates.append((None if key is None else key[row], amount[row]))
        result.append(folds.best(candidates))
    return result


def _sorted(rows: list[int], by: list[Vector]) -> list[int]:
    return sorted(rows, key=lambda row: folds.row_order([each[row] for each in by]))


def _row_before(step: Step, needs: Needs, cells: Cells) -> list[Any]:
    """The number of every row among its subject's rows, or the value in the row before it."""
    frame, within, by = step.slot.frame, needs["within"], needs["by"]
    value = needs["value"][0] if isinstance(step.node, t.PreviousRow) else None
    result: list[Any] = [None] * cells.size(frame)
    for owner in range(len(cells.data.ids)):
        alike: dict[tuple[Any, ...], list[int]] = {}
        for row in _sorted(cells.rows(frame, owner), by):
            unit = cells.unit(frame, row) if frame.unit else None
            before = alike.setdefault((unit, *(each[row] for each in within)), [])
            if isinstance(step.node, t.Ordinal):
                result[row] = len(before) + 1
            elif before and value is not None:
                result[row] = value[before[-1]]
            before.append(row)
    return result


def _streak(needs: Needs, cells: Cells) -> list[int]:
    (now,), (then,) = needs["now"], needs["then"]
    stored = past(cells)
    result = []
    for owner, holds in enumerate(now):
        length = 0
        if holds:
            rows = earlier_rows(stored, owner)
            length = 1 + next((at for at, row in enumerate(rows) if not then[row]), len(rows))
        result.append(length)
    return result


# ---------------------------------------------------------------- among subjects


def _joined(columns: list[Vector], size: int) -> list[Any]:
    """One key for each row from several columns."""
    if len(columns) == 1:
        return list(columns[0])
    return list(zip(*columns, strict=True)) if columns else [()] * size


def _rank(node: t.Rank, needs: Needs) -> list[Any]:
    """Ranks from the distinct values of each group, counted."""
    values = needs["value"][0]
    groups_of = _joined(needs["within"], len(values))
    groups: dict[Any, dict[Any, int]] = {}
    for (group, value), number in Counter(zip(groups_of, values, strict=True)).items():
        groups.setdefault(group, {})[value] = number
    ranks: dict[Any, int] = {}
    for group, count in groups.items():
        rank = 1
        for value in sorted((value for value in count if value is not None), reverse=not node.lowest_first):
            ranks[group, value] = rank
            rank += count[value]
    return list(map(ranks.get, zip(groups_of, values, strict=True)))


def _cohort(node: t.Cohort | t.Percentile, needs: Needs, size: int) -> list[Any]:
    (value,), (where,) = needs["value"], needs["where"]
    groups = _joined(needs["within"], size)
    members: dict[Any, list[Any]] = {group: [] for group in groups}
    for row, group in enumerate(groups):
        if where is None or where[row]:
            members[group].append(True if value is None else value[row])
    result: dict[Any, Any] = {}
    for group, values in members.items():
        if isinstance(node, t.Cohort):
            result[group] = folds.folded(node.kind, values, trim=node.trim, digits=node.digits, mode=node.mode)
            continue
        part, places = node.part, node.part_places
        result[group] = folds.percentile(values, part, places, linear=node.linear, digits=node.digits)
    return [result[group] for group in groups]


def _chosen(node: t.Chosen, needs: Needs, cells: Cells, problems: list[Finding]) -> list[Any]:
    (pool,), (share,), (counted,) = needs["pool"], needs["share"], needs["counted"]
    groups = _joined(needs["within"], len(pool))
    shares = {} if isinstance(node.share, t.Const) else _shares(node, groups, share, cells, problems)
    everyone = isinstance(node.counted, t.Const) and node.counted.value is True
    numbers = Counter(groups if everyone else compress(groups, counted or ()))
    pools: dict[Any, dict[tuple[Any, ...], int]] = {}
    for who, number in Counter(compress(zip(groups, *needs["keys"], strict=True), pool)).items():
        pools.setdefault(who[0], {})[who[1:]] = number
    taken: set[Any] = set()
    for group, alike in pools.items():
        of = None if node.counted is None else numbers[group]
        places = windows.places_of(shares[group] if shares else share[0], node.share.type.places, of, node.rounded)
        for keys_taken in windows.chosen(places, alike, lowest=node.lowest, ties=node.ties):
            taken.add((group, *(keys_taken or ())))
    standing = zip(groups, *needs["keys"], strict=True)
    return [who in taken if inside else False for inside, who in zip(pool, standing, strict=True)]


def _shares(node: t.Chosen, groups: list[Any], share: Vector, cells: Cells, problems: list[Finding]) -> dict[Any, Any]:
    """The share of each group; a group with two is a data error."""
    first: dict[Any, int] = {}
    uneven = set()
    for row, group in enumerate(groups):
        one = first.setdefault(group, row)
        if share[row] != share[one] and group not in uneven:
            uneven.add(group)
            two = [(cells.data.ids[each], cells.data.names[each], share[each]) for each in (one, row)]
            problems.append(windows.uneven_share(node, two[0], two[1]))
    return {group: share[row] for group, row in first.items()}
