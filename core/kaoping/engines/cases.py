"""An example as data: its subjects, rows and fixed values, and what stands where the example says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.dataset import Dataset, InputColumn, TableData
from kaoping.diagnostic import Finding, error
from kaoping.engines.cells import inputs
from kaoping.engines.literals import LiteralError, in_range, literal
from kaoping.engines.reference import Reference, Unknown
from kaoping.engines.walk import Order
from kaoping.plan.plan import Plan, ReasonColumn
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


class Ground:
    """What the examples of a plan stand on: what their names mean, and what holds where they say nothing."""

    def __init__(self, plan: Plan) -> None:
        """Sort the names, once for all examples: each of them then costs what it reads, however long the script is."""
        self.plan = plan
        self.spent = 0  # columns that examples have needed, subject by subject
        self.order = Order(plan)
        self.tables = {key.frame.table for key in plan.columns}
        self._inputs = inputs(plan)
        self._shown = {column.name: key for column, key in plan.results}
        findings = (ReasonColumn(each.key, "flagged", each.message, each.clause) for each in plan.requirements)
        self.reasons = (*plan.reasons, *findings)
        self._by_unit: dict[str, list[t.Key]] = {}
        for key in plan.columns:
            if key.frame.table == t.SUBJECTS and key.frame.unit and not key.part:
                self._by_unit.setdefault(key.name, []).append(key)

    def reasons_for(self, word: str, by: str | None = None) -> list[ReasonColumn]:
        """Everything that can be a reason for a word, or what of it stands under a clause or has the author's words."""
        return [each for each in self.reasons if each.word == word and by in (None, each.clause, each.text)]

    def meant(self, name: e.Name) -> tuple[t.Key, int | None] | None:
        """The column that a name means, and the unit of time where the name ends in one (`指标.2009Q1`)."""
        for text in _spellings(name):
            if (key := self.key_of(text)) is not None:
                return key, None
        for text in _spellings(name):
            for dot in (at for at, sign in enumerate(text) if sign == "."):
                for key in self._by_unit.get(text[:dot], ()):
                    for number, unit in enumerate(self.plan.period.units(key.frame.unit)):
                        if text[dot + 1 :] == unit.text:
                            return key, number
        return None

    def key_of(self, text: str) -> t.Key | None:
        """The column that a name means which has one value for a subject, or for all."""
        params = t.Key(t.Frame(t.PARAMS), text)
        keys = (self._shown.get(text), t.Key(t.EACH, text), t.Key(t.EACH, text, GIVEN), params)
        return next((key for key in keys if key is not None and key in self.plan.columns), None)

    def absent(self, reference: Reference, key: t.Key, row: int) -> Value | Unknown:
        """What stands for a value that an example does not give; of an assessor's mark the highest there is."""
        if key in self.plan.limits and key.part == GIVEN:
            highest = self.plan.limits[key][1]
            reference.prepare(highest, [reference.cells.owner(key.frame, row)])
            return reference.value(highest, key.frame, row)
        return _not_given(self.plan, key, self._inputs.get((key.frame.table, key.name)))


def case_of(ground: Ground, example: s.Example) -> Case:
    """The values that an example states."""
    subjects = [each for each in example.body if isinstance(each, s.ExampleSubject)]
    given = [binding for each in example.body if isinstance(each, s.Given) for binding in each.bindings]
    case = Case([each.name for each in subjects] or [SUBJECT_ALONE])
    for owner in range(len(case.names)):
        own = subjects[owner].bindings if subjects else ()
        for binding in _by_name([*given, *own]).values():
            _state(ground, case, owner, binding)
    for statement, owners in _results_of_others(example, len(case.names)):
        table = t.HISTORY if isinstance(statement, s.ExampleHistory) else f"link {statement.link}"
        for owner in owners:
            row = _new_row(case, table, owner)
            if isinstance(statement, s.ExampleHistory):
                case.periods.append(statement.period)
            for binding in statement.bindings:
                _state_cell(ground.plan, case, t.Frame(table), row, binding)
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


def _state(ground: Ground, case: Case, owner: int, binding: s.Binding) -> None:
    if isinstance(binding.value, tuple):
        table = binding.name.text
        if table not in ground.tables:
            case.problems.append(error("KP483", binding.name.span, "name", name=table))
            return
        for cells in binding.value:
            row = _new_row(case, table, owner)
            for cell in cells:
                _state_cell(ground.plan, case, t.Frame(table), row, cell)
        return
    found = ground.meant(binding.name)
    if found is None:
        case.problems.append(error("KP483", binding.name.span, "name", name=binding.name.text))
        return
    key, unit = found
    row = 0 if key.frame.table == t.PARAMS else owner
    if unit is not None:
        row = owner * len(ground.plan.period.units(key.frame.unit)) + unit
    _fix(ground.plan, case, key, row, binding)


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
        fits = column.value is not None or in_range(value, column.type)
    except LiteralError:
        value, fits = None, False
    if not fits:
        variant = "nothing" if isinstance(binding.value, e.Nothing) else "value"
        facts = {"name": binding.name.text, "value": binding.value.span.text}
        case.problems.append(Finding("KP483", binding.value.span, facts, variant))
        return
    values = case.fixed.setdefault(key, {})
    if key.frame.table == t.PARAMS and values.get(row, value) != value:
        case.problems.append(error("KP483", binding.span, "shared", name=binding.name.text))
    values[row] = value
    case.stated.add(key)
    assessed = t.Key(key.frame, key.name, GIVEN)
    if not key.part and assessed in plan.columns:  # the mark of an assessor's leaf is also what the assessor gave
        _fix(plan, case, assessed, row, binding)


def _spellings(name: e.Name) -> tuple[str, str]:
    return name.text, ".".join(name.canonical)


def reference_of(ground: Ground, case: Case) -> Reference:
    """The evaluator of an example: loaded cells are as stated, or when they are read what stands for what is not."""
    tables = {t.SUBJECTS: TableData({})}
    for table, owners in case.owners.items():
        tables[table] = TableData({"period": list(case.periods)} if table == t.HISTORY else {}, owners=owners)
    ids = case.names
    data = Dataset(ids, list(ids), tables)
    return Reference(ground.plan, data, case.fixed, absent=ground.absent, order=ground.order)


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
