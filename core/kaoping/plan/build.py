"""A scheme becomes a plan: checked, then put in order."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.checker import Checker
from kaoping.check.declare import Placed
from kaoping.check.grading import conditions_of
from kaoping.check.model import Model, model
from kaoping.check.outcomes import Required
from kaoping.check.outside import counted_whole
from kaoping.columns import Column
from kaoping.dataset import InputColumn, InputTable
from kaoping.diagnostic import Finding, Severity, error
from kaoping.plan.needed import needed, spared
from kaoping.plan.plan import Plan, ReasonColumn, Requirement
from kaoping.plan.strata import hoisted, ordered, strata
from kaoping.plan.unread import without_unread
from kaoping.plugins import guarded, load
from kaoping.surroundings import Surroundings

MOST_ERRORS = 200
SHOWN_STEPS = ("grade", "items", "full", "total")
"""What explanations and examples may ask for beside the results."""


def plan_scheme(scheme: s.Scheme, surroundings: Surroundings) -> tuple[Plan | None, list[Finding]]:
    """The plan of a scheme, None where errors keep it from running, and everything the check found."""
    with _deep_recursion():
        made = model(scheme, surroundings)
        # without what could not be read the passes have not looked, and names may stand in each other's way
        whole = next(made.checker.declarations.of(s.Broken), None) is None
        planned = plan(made) if made.sound and whole else None
        found = [*made.findings, *(_of_params_read(made, planned) if planned else ())]
        findings = sorted(found, key=lambda each: (each.span.source.name, each.span.start, each.code))
        sound = all(finding.severity is not Severity.ERROR for finding in findings)
        return (planned if sound else None), _readable(findings)


def _of_params_read(made: Model, planned: Plan) -> list[Finding]:
    """What is wrong with the params of libraries that something the scheme asks for comes to read."""
    unsettled = made.checker.unsettled
    if not unsettled:
        return []
    read = {column.key for column in ordered(planned.columns, _wanted(made, planned.columns, planned.requirements))}
    return [finding for key, finding in unsettled.items() if key in read]


def _readable(findings: list[Finding]) -> list[Finding]:
    """The findings; of more errors than anybody reads, the first."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if len(errors) <= MOST_ERRORS:
        return findings
    return [*errors[:MOST_ERRORS], error("KP199", errors[MOST_ERRORS].span, limit=MOST_ERRORS)]


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Room for 200 names that wait for one another, each in an expression 64 deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def plan(made: Model) -> Plan:
    """The plan of a sound model."""
    c = made.checker
    reasons = _reasons(c)
    conditions = needed(c.columns, _looked_at(c))
    columns = hoisted(spared(c.columns, conditions).values())
    own = [required for required in made.requirements if not required.placed.context.library]
    wanted = [*_wanted(made, columns, own), *(reason.key for reason in reasons)]
    requirements = _asked_of_data(c, columns, made.requirements, wanted)
    wanted += (required.key for required in requirements)
    read = ordered(columns, wanted)
    inputs = without_unread(_inputs(c, made.name, conditions, read), read, c.declarations, _dates(c))
    spare = {
        t.Key(t.Frame(table.name), each.name) for table in inputs for each in table.columns if each.required == "never"
    }
    order = ordered(columns, [*wanted, *(key for key, column in columns.items() if column.value is None)])
    return Plan(
        scheme=made.name,
        title=made.title,
        period=c.period,
        source=made.scheme.source,
        columns={column.key: column for column in order},
        strata=strata(order),
        inputs=inputs,
        params=tuple(name for name in c.params if t.Key(t.Frame(t.PARAMS), name) not in spare),
        results=tuple(made.results),
        requirements=tuple(
            Requirement(required.key, required.message, required.placed.clause, _constant(columns, required.key))
            for required in requirements
        ),
        reasons=tuple(reasons),
        appraised=made.appraised,
        dates=_dates(c),
        interpretations=tuple(_interpretations(c)),
        examples=tuple(
            statement for statement in _all_statements(made.scheme.statements) if isinstance(statement, s.Example)
        ),
        needed={key: condition for key, condition in conditions.items() if _loaded_always(c, key) and key not in spare},
        functions={
            name: function.body if plugin is None else guarded(function, plugin, missing=missing)
            for name, (function, plugin, missing) in c.called.items()
        },
        partial=frozenset(name for name, (_, _, missing) in c.called.items() if missing),
        function_sql={name: function.sql for name, (function, _, _) in c.called.items() if function.sql is not None},
        plugins=tuple(plugin.used for name in c.libraries if (plugin := load(name)) is not None),
        limits=dict(c.limits),
    )


def _wanted(
    made: Model, columns: dict[t.Key, Column], requirements: Iterable[Required | Requirement]
) -> Iterator[t.Key]:
    """The columns that somebody looks at: results, requirements, steps, what examples expect; reasons apart."""
    yield from [made.appraised] if made.appraised else []
    yield from (key for _, key in made.results)
    yield from (required.key for required in requirements)
    yield from (key for key in columns if key.name in SHOWN_STEPS)
    yield from (key for key in _expected(made.scheme) if key in columns)


def _asked_of_data(
    c: Checker, columns: dict[t.Key, Column], requirements: list[Required], wanted: list[t.Key]
) -> list[Required]:
    """The requirements of the scheme, and those of libraries that concern nothing but data the scheme reads anyway, by
    standards that are in force.
    """
    read = {column.key for column in ordered(columns, wanted)}

    def concerns(required: Required) -> bool:
        return all(
            (column.value is not None or column.key in read)
            and (column.key not in c.unsettled or c.unsettled[column.key].severity is not Severity.ERROR)
            for column in ordered(columns, [required.key])
        )

    return [each for each in requirements if not each.placed.context.library or concerns(each)]


def _reasons(c: Checker) -> list[ReasonColumn]:
    found = []
    kinds = ((s.Veto, "veto", "vetoed"), (s.Bar, "bar", "barred"), (s.Downgrade, "downgrade", "downgraded"))
    for kind, role, word in kinds:
        for placed, column in conditions_of(c, kind, role):
            assert isinstance(placed.statement, s.Veto | s.Bar | s.Downgrade)
            text = placed.statement.why or placed.statement.condition.span.text
            found.append(ReasonColumn(column.key, word, text, placed.clause))
    return found


def _inputs(
    c: Checker, scheme: str, conditions: dict[t.Key, t.Typed], read: Sequence[Column]
) -> tuple[InputTable, ...]:
    """The tables a data set brings: the subjects, records, earlier and linked results, params loaded with them."""
    subject = next(
        (placed.statement.name for placed in c.declarations.of(s.Subject) if isinstance(placed.statement, s.Subject)),
        "subjects",
    )
    sometimes = {(key.frame.table, key.name) for key in conditions}
    dates = _dates(c)
    whole = counted_whole({column.key: column for column in read}, dates)
    stored = _stored(c, scheme)
    tables = []
    for table, columns in {t.SUBJECTS: {}, **c.loaded}.items():
        headings = tuple(
            replace(column, required="sometimes")
            if column.required == "always" and (table, column.name) in sometimes
            else column
            for column in columns.values()
        )
        day = dates[table] if table in whole else None
        made = InputTable(table, table or subject, headings, dated=day)
        tables.append(replace(made, **stored.get(table, {})))
    if c.params:
        params = tuple(InputColumn(name, type_) for name, type_ in c.params.items())
        tables.append(InputTable(t.PARAMS, t.PARAMS, params))
    return tuple(tables)


def _stored(c: Checker, scheme: str) -> dict[str, dict[str, Any]]:
    """Of each table of stored results: whose they are, and which input holds the id they belong to."""
    found: dict[str, dict[str, Any]] = {t.HISTORY: {"scheme": scheme}}
    for placed in c.declarations.of(s.Link, s.Records):
        match placed.statement:
            case s.Link(name=name, schemes=schemes, by=by):
                found[f"link {name}"] = {"label": name, "scheme": schemes[0], "by": by}
            case s.Records(name=name, from_scheme=str() as made_by, by=of):
                found[name] = {"scheme": made_by, "of": of}
    return found


def _looked_at(c: Checker) -> set[t.Key]:
    """The loaded columns that results, links and dates need whether a rule reads them or not."""
    found = {t.Key(t.Frame(table), day) for table, day in _dates(c).items()}
    for placed in c.declarations.of(s.Class, s.Link):
        match placed.statement:
            case s.Class(name=name) | s.Link(by=str() as name):
                symbol = c.declarations.find((name,), placed.context.library)
                found |= {t.Key(t.EACH, symbol.name)} if symbol else set()
    return found


def _loaded_always(c: Checker, key: t.Key) -> bool:
    """Whether a column is loaded and its cell required wherever something reads it."""
    column = c.columns[key]
    heading = c.loaded.get(key.frame.table, {}).get(key.name)
    return column.value is None and heading is not None and heading.required == "always"


def _dates(c: Checker) -> dict[str, str]:
    found = {}
    for name, fields in c.declarations.fields.items():
        records = c.declarations.names[name].placed.statement
        day = next((line.field for line in records.body if isinstance(line, s.On)), None)
        if day is not None and day in fields:
            found[name] = day
    return found


def _constant(columns: dict[t.Key, Column], key: t.Key) -> bool:
    """Whether a column is the same for all subjects: it reads nothing but params and whole cohorts, and is not asked of
    records, which not all have.
    """
    if key.frame.table not in (t.SUBJECTS, t.PARAMS):
        return False
    waiting, seen = [key], set()
    while waiting:
        each = waiting.pop()
        column = columns.get(each)
        if column is None or each in seen:
            continue
        seen.add(each)
        if column.value is None:
            if each.frame.table != t.PARAMS:
                return False
            continue
        if isinstance(column.value, t.Cohort) and not column.value.within:
            continue
        if isinstance(column.value, t.Fold | t.Group | t.Rank | t.Chosen | t.Streak | t.PreviousResult):
            return False
        waiting.extend(column.reads)
    return True


def _interpretations(c: Checker) -> list[tuple[str | None, str]]:
    return [
        (_clause(placed), placed.statement.text)
        for placed in c.declarations.of(s.Assume)
        if isinstance(placed.statement, s.Assume)
    ]


def _clause(placed: Placed) -> str | None:
    return placed.clause


def _expected(scheme: s.Scheme) -> Iterator[t.Key]:
    """What examples ask for, so that they may ask for what a library computes and nothing else reads."""
    for example in _all_statements(scheme.statements):
        for statement in example.body if isinstance(example, s.Example) else ():
            for each in statement.expectations if isinstance(statement, s.Expect) else ():
                if isinstance(each, s.Binding):
                    yield from (t.Key(t.EACH, name) for name in (each.name.text, each.name.text.partition(".")[2]))


def _all_statements(statements: tuple[s.Statement, ...]) -> list[s.Statement]:
    found = []
    for statement in statements:
        found.append(statement)
        found.extend(_all_statements(statement.body))
    return found
