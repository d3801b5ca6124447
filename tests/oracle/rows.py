"""Sets: records, the subjects appraised, earlier results, units of time; and the order of rows (paragraph 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kaoping import expr as x
from oracle import expressions, names
from oracle.book import Oracle
from oracle.values import sort_key
from oracle.world import Scope, Value

UNITS = {"years": "year", "halves": "half", "quarters": "quarter", "months": "month", "weeks": "week", "days": "day"}


def of(o: Oracle, table: str, scope: Scope) -> list[Scope]:
    """The subject's rows of some records; inside a unit of time those dated in it."""
    found = []
    for number, (owner, _) in enumerate(o.world.records.get(table, [])):
        row = Scope(scope.subject, table, number, scope.unit)
        if owner != scope.subject:
            continue
        if scope.unit is not None:
            dated_by = o.dated_by(table)
            assert dated_by is not None
            day = names.field(o, dated_by, row)
            if day is None or not scope.unit.first <= day <= scope.unit.last:
                continue
        found.append(row)
    return found


def members(o: Oracle, over: x.Name, within: Sequence[x.Name], scope: Scope) -> list[Scope]:
    """The members of a set: each is the scope in which what is asked of the set is evaluated."""
    if over.text in o.records:
        return of(o, over.text, scope)
    match over.canonical[0]:
        case "all":
            return cohort(o, within, scope.subject)
        case "history":
            stored = o.world.history
            return [Scope(scope.subject, stored=each) for each in sorted(stored) if scope.subject in stored[each]]
        case word:
            return [Scope(scope.subject, unit=unit) for unit in o.period.units(UNITS[word])]


def cohort(o: Oracle, within: Sequence[x.Name], subject: str) -> list[Scope]:
    """The appraised subjects that stand in the same groups as this one."""

    def groups(who: str) -> list[Value]:
        return [expressions.value(o, name, Scope(who)) for name in within]

    return [Scope(who) for who in o.appraised if groups(who) == groups(subject)]


def in_order(o: Oracle, found: list[Scope], by: x.Name) -> list[Scope]:
    """Rows by a field, earliest first; equal ones by their other loaded fields in declared order."""

    def key(row: Scope) -> list[tuple[int, Value]]:
        assert row.table is not None
        loaded = o.fields[row.table]
        others = [name for name in loaded if name != by.text]
        return [_key(o, name, row) for name in (by.text, *others)]

    return sorted(found, key=key)


def _key(o: Oracle, name: str, row: Scope) -> tuple[int, Value]:
    assert row.table is not None
    declared = o.fields[row.table].get(name)
    return sort_key(names.field(o, name, row), declared.type.labels if declared else ())


def alike(o: Oracle, within: Sequence[x.Name], row: Scope) -> list[Scope]:
    """The subject's rows of the same records that have the same fields as this one."""
    assert row.table is not None

    def groups(each: Scope) -> list[Value]:
        return [expressions.value(o, name, each) for name in within]

    return [each for each in of(o, row.table, replace(row, table=None, row=None)) if groups(each) == groups(row)]
