"""An example as data: its subjects, rows and fixed values, and what stands where the example says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.dataset import Dataset, InputColumn, TableData
from kaoping.diagnostic import Finding, error
from kaoping.engines.literals import LiteralError, in_range, literal
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Value

SUBJECT_ALONE = "1"
GIVEN = "given"
Bindings = dict[str, s.Binding]


class Case(Struct):
    """What an example states: `stated` are the columns it gives values for, `problems` what of it makes no sense."""

    names: list[str]
    owners: dict[str, list[int]] = field(default_factory=dict)
    periods: list[str] = field(default_factory=list)
    fixed: dict[t.Key, dict[int, Value | Unknown]] = field(default_factory=dict)
    stated: set[t.Key] = field(default_factory=set)
    problems: list[Finding] = field(default_factory=list)


def case_of(plan: Plan, example: s.Example) -> Case:
    """The values that an example states."""
    subjects = [each for each in example.body if isinstance(each, s.ExampleSubject)]
    given = [binding for each in example.body if isinstance(each, s.Given) for binding in each.bindings]
    case = Case([each.name for each in subjects] or [SUBJECT_ALONE])
    for owner in range(len(case.names)):
        own = subjects[owner].bindings if subjects else ()
        for binding in _by_name([*given, *own]).values():
            _state(plan, case, owner, binding)
    for statement, owners in _results_of_others(example, len(case.names)):
        table = t.HISTORY if isinstance(statement, s.ExampleHistory) else f"link {statement.link}"
        for owner in owners:
            row = _new_row(case, table, owner)
            if isinstance(statement, s.ExampleHistory):
                case.periods.append(statement.period)
            for binding in statement.bindings:
                _state_cell(plan, case, t.Frame(table), row, binding)
    return case


def _by_name(bindings: Sequence[s.Binding]) -> Bindings:
    """The last binding of each name: what a subject says of itself goes before what is given for all."""
    return {binding.name.text: binding for binding in bindings}


def _results_of_others(
    example: s.Example, number: int
) -> Iterator[tuple[s.ExampleHistory | s.ExampleLink, Sequence[int]]]:
    """Earlier and linked results with the subjects they are for: the one above, or every one."""
    owners: Sequence[int] = range(number)
    subject = -1
    for statement in example.body:
        if isinstance(statement, s.ExampleSubject):
            subject += 1
            owners = [subject]
        elif isinstance(statement, s.ExampleHistory | s.ExampleLink):
            yield statement, owners


def _new_row(case: Case, table: str, owner: int) -> int:
    rows = case.owners.setdefault(table, [])
    rows.append(owner)
    return len(rows) - 1


def _state(plan: Plan, case: Case, owner: int, binding: s.Binding) -> None:
    if isinstance(binding.value, tuple):
        table = binding.name.text
        if all(key.frame.table != table for key in plan.columns):
            case.problems.append(error("KP483", binding.name.span, "name", name=table))
            return
        for cells in binding.value:
            row = _new_row(case, table, owner)
            for cell in cells:
                _state_cell(plan, case, t.Frame(table), row, cell)
        return
    found = resolved(plan, binding.name)
    if found is None:
        case.problems.append(error("KP483", binding.name.span, "name", name=binding.name.text))
        return
    key, unit = found
    row = 0 if key.frame.table == t.PARAMS else owner
    if unit is not None:
        row = owner * len(plan.period.units(key.frame.unit)) + unit
    _fix(plan, case, key, row, binding)


def _state_cell(plan: Plan, case: Case, frame: t.Frame, row: int, binding: s.Binding) -> None:
    """Fix a cell of a row; of stored results the plan knows only the names that are read."""
    key = next((key for name in _spellings(binding.name) if (key := t.Key(frame, name)) in plan.columns), None)
    if key is not None:
        _fix(plan, case, key, row, binding)
    elif frame.table != t.HISTORY and not frame.table.startswith("link "):
        case.problems.append(error("KP483", binding.name.span, "name", name=f"{frame.table}.{binding.name.text}"))


def _fix(plan: Plan, case: Case, key: t.Key, row: int, binding: s.Binding) -> None:
    column = plan.columns[key]
    assert not isinstance(binding.value, tuple)
    try:
        value = literal(binding.value, column.type, plan.period)
    except LiteralError:
        value = None
    if value is None or (column.value is None and not in_range(value, column.type)):
        case.problems.append(
            error("KP483", binding.value.span, "value", name=binding.name.text, value=binding.value.span.text)
        )
        return
    case.fixed.setdefault(key, {})[row] = value
    case.stated.add(key)
    assessed = t.Key(key.frame, key.name, GIVEN)
    if not key.part and assessed in plan.columns:  # the mark of an assessor's leaf is also what the assessor gave
        _fix(plan, case, assessed, row, binding)


def resolved(plan: Plan, name: e.Name) -> tuple[t.Key, int | None] | None:
    """The column that a name in an example means, and the unit of time where the name ends in one (`指标.2009Q1`)."""
    shown = {column.name: key for column, key in plan.results}
    for text in _spellings(name):
        params = t.Key(t.Frame(t.PARAMS), text)
        for key in (shown.get(text), t.Key(t.EACH, text), t.Key(t.EACH, text, GIVEN), params):
            if key is not None and key in plan.columns:
                return key, None
    for text in _spellings(name):
        for key in plan.columns:
            if key.frame.table == t.SUBJECTS and key.frame.unit and text.startswith(f"{key.name}.") and not key.part:
                for number, unit in enumerate(plan.period.units(key.frame.unit)):
                    if text == f"{key.name}.{unit.text}":
                        return key, number
    return None


def _spellings(name: e.Name) -> tuple[str, str]:
    return name.text, ".".join(name.canonical)


def reference_of(plan: Plan, case: Case) -> Reference:
    """The evaluator of an example, with every loaded cell filled: as stated, or with what stands for what is not."""
    tables = {t.SUBJECTS: TableData({})}
    for table, owners in case.owners.items():
        tables[table] = TableData({"period": list(case.periods)} if table == t.HISTORY else {}, owners=owners)
    ids = case.names
    reference = Reference(plan, Dataset(ids, list(ids), tables), case.fixed)
    inputs = {(table.name, column.name): column for table in plan.inputs for column in table.columns}
    open_limits: list[tuple[t.Key, int]] = []
    for key, column in plan.columns.items():
        if column.value is not None:
            continue
        cells = case.fixed.setdefault(key, {})
        for row in range(reference.cells.size(key.frame)):
            if row not in cells:
                cells[row] = _not_given(plan, key, inputs.get((key.frame.table, key.name)))
                if key in plan.limits and key.part == GIVEN:
                    open_limits.append((key, row))
    for key, row in open_limits:
        try:
            case.fixed[key][row] = reference.value(plan.limits[key][1], key.frame, row)
        except UnknownError as reason:
            case.fixed[key][row] = reason.unknown
    return reference


def _not_given(plan: Plan, key: t.Key, declared: InputColumn | None) -> Value | Unknown:
    """What stands for a value that an example does not give (semantics.md 18)."""
    type_ = plan.columns[key].type
    if declared is not None and declared.default is not None:
        return declared.default
    if key.frame.table == t.HISTORY or key.frame.table.startswith("link "):
        return Unknown(f"{key.frame.table.removeprefix('link ')}.{key.name}")
    # a cell that only some subjects need is optional to the plan, yet no optional input
    if type_.optional if declared is None else declared.required == "never":
        return None
    match type_.kind:
        case Kind.NUMBER:
            return type_.high if key.part == GIVEN else min(max(0, type_.low), type_.high)
        case Kind.BOOL:
            return plan.columns[key].origin.role == "evidence"  # it goes with an assessor's full marks
    return Unknown(key.name if key.frame.table in (t.SUBJECTS, t.PARAMS) else f"{key.frame.table}.{key.name}")
