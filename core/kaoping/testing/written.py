"""Situations as statements of the language: an `example` that an author can confirm."""

from __future__ import annotations

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.engines.cases import Ground
from kaoping.engines.literals import name_of, written
from kaoping.plan.plan import Plan
from kaoping.testing.situations import Cell, Row, stored
from kaoping.testing.telling import Asked, Witness
from kaoping.types import Type, Value


def example(ground: Ground, found: Witness, title: str) -> s.Example:
    """The example that states a situation and expects what the plan answers there."""
    plan, situation, names = ground.plan, found.situation, found.situation.names()
    common = [_binding(name_of(key.name), value, plan.columns[key].type) for key, value in situation.params.items()]
    alike = set.intersection(*(set(cells.items()) for cells in situation.subjects))
    common += [_cell(plan, *each) for each in _in_order(plan, situation.subjects[0]) if each in alike]
    body: list[s.Statement] = [s.Given(tuple(common))] if common else []
    alone = len(names) == 1
    for owner, cells in enumerate(situation.subjects):
        own = [_cell(plan, *each) for each in _in_order(plan, cells) if each not in alike]
        rows = [row for row in situation.rows if row.owner == owner]
        own += _records(plan, [row for row in rows if not stored(row)])
        if alone and own:
            body.append(s.Given(tuple(own)))
        elif not alone:
            body.append(s.ExampleSubject(names[owner], tuple(own) or (_cell(plan, *next(iter(cells.items()))),)))
        body += [_result_of_other(plan, row) for row in rows if stored(row)]
    if len(set(found.answers)) == 1:
        expected = [_expected(plan, found.asked, found.answers[0], "")]
    else:
        pairs = zip(names, found.answers, strict=True)
        expected = [_expected(plan, found.asked, value, name) for name, value in pairs]
    return s.Example(title, body=(*body, s.Expect(tuple(expected))))


def _in_order(plan: Plan, cells: dict[Cell, Value]) -> list[tuple[Cell, Value]]:
    """What is stated of a subject in the order in which the script declares it."""
    places = {key: number for number, key in enumerate(plan.columns)}
    return sorted(cells.items(), key=lambda each: (places[each[0][0]], each[0][1]))


def _records(plan: Plan, rows: list[Row]) -> list[s.Binding]:
    tables = dict.fromkeys(row.table for row in rows)
    return [
        s.Binding(name_of(table), tuple(_fields(plan, row) for row in rows if row.table == table)) for table in tables
    ]


def _fields(plan: Plan, row: Row) -> tuple[s.Binding, ...]:
    return tuple(_binding(name_of(key.name), value, plan.columns[key].type) for key, value in row.cells.items())


def _result_of_other(plan: Plan, row: Row) -> s.ExampleHistory | s.ExampleLink:
    if row.table == t.HISTORY:
        return s.ExampleHistory(row.period, _fields(plan, row))
    return s.ExampleLink(row.table.removeprefix("link "), _fields(plan, row))


def _cell(plan: Plan, cell: Cell, value: Value) -> s.Binding:
    key, unit = cell
    text = f"{key.name}.{plan.period.units(key.frame.unit)[unit].text}" if key.frame.unit else key.name
    return _binding(name_of(text), value, plan.columns[key].type)


def _expected(plan: Plan, asked: Asked, value: Value, subject: str) -> s.Binding | s.ExpectedReason:
    if asked.word:
        word = asked.word
        return s.ExpectedReason(asked.by, subject or None, word, holds=value is True)  # type: ignore[arg-type]
    text = f"{subject}.{asked.name}" if subject else asked.name
    return _binding(name_of(text), value, plan.columns[asked.key].type)


def _binding(bound: e.Name, value: Value, type_: Type) -> s.Binding:
    return s.Binding(bound, written(value, type_))
