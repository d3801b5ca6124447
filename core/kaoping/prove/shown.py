"""A subject that refutes a question, as an example an author can paste, and the values that come out for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.engines.cases import Ground, case_of, reference_of
from kaoping.engines.examples import run_examples
from kaoping.engines.literals import name_of, written
from kaoping.engines.reference import Reference
from kaoping.plan.plan import Plan
from kaoping.plugins import LANGUAGE, load_scheme, write_examples
from kaoping.prove.question import HOLDS, Question
from kaoping.prove.shrink import usual
from kaoping.prove.subjects import NAMES, Asker, Slot, Subject, data_of
from kaoping.source import Source
from kaoping.types import Kind, Type, Value, shown_text


class Counterexample(Struct, frozen=True):
    """`subject` is its name; `values` what comes out for the names of the question, `cells` the data that matter, both
    as (name, value). `example` is empty where an example cannot say the same: rows of earlier results, for one.
    """

    subject: str
    values: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str], ...]
    example: str


def counterexample(asked: Question, subjects: Sequence[Subject], plan: Plan, title: str) -> Counterexample:
    """What shows that a question does not hold; `plan` is that of the script alone, in which the example is run."""
    data = data_of(asked.plan, subjects, asked.data)
    number = Asker(asked).confirmed(subjects) or 0
    reference = Reference(asked.plan, data)
    values, expected = [], []
    for name in asked.named:
        key = _column(asked.plan, name)
        if key is None:
            continue
        reference.prepare(key, [number])
        value, type_ = reference.cell(key, 0 if key.frame.table == t.PARAMS else number), asked.plan.columns[key].type
        assert value is None or isinstance(value, int | str)
        values.append((name.text, _text(value, type_)))
        if _column(plan, name) is not None and asked.plan.columns[key].value is not None:
            addressed = (data.names[number], *name.parts) if len(subjects) > 1 else name.parts
            canonical = (data.names[number], *name.canonical) if len(subjects) > 1 else name.canonical
            expected.append(s.Binding(e.Name(addressed, canonical), written(value, type_)))
    given = [[*_bindings(asked, subject)] for subject in subjects]
    cells = [
        (f"{data.names[at]}.{each.name.text}" if len(subjects) > 1 else each.name.text, _shown(each))
        for at, bindings in enumerate(given)
        for each in bindings
    ]
    given = [bindings or _something(asked) for bindings in given] if len(given) > 1 else given
    example = _example(plan, asked, subjects, given, expected, title)
    return Counterexample(data.names[number], tuple(values), tuple(cells), example)


def _column(plan: Plan, name: e.Name) -> t.Key | None:
    shown = {column.name: key for column, key in plan.results}
    for text in (name.text, ".".join(name.canonical)):
        for key in (shown.get(text), t.Key(t.EACH, text), t.Key(t.EACH, text, "given"), t.Key(t.Frame(t.PARAMS), text)):
            if key in plan.columns:
                return key
    return None


def _text(value: Value, type_: Type) -> str:
    if type_.kind is Kind.BOOL and value is not None:
        return "yes" if value else "no"
    return shown_text(value, type_)


def _shown(binding: s.Binding) -> str:
    match binding.value:
        case tuple() as rows:
            return " ".join("[" + ", ".join(f"{each.name.text}: {_shown(each)}" for each in row) + "]" for row in rows)
        case e.Number(digits=digits, places=places, percent=percent):
            return shown_text(digits, Type(Kind.NUMBER, places=places, percent=percent))
        case e.Negative(operand=operand):
            return "-" + _shown(replace(binding, value=operand))
        case e.YesNo(value=holds):
            return "yes" if holds else "no"
        case e.Date(value=day):
            return day.isoformat()
        case e.Text(value=text):
            return text
        case e.Name(parts=parts):
            return ".".join(parts)
    return "—"


# ---------------------------------------------------------------- as an example


def _bindings(asked: Question, subject: Subject) -> Iterator[s.Binding]:
    """The cells of a subject that an example has to give: those that it would take for something else."""
    for key in asked.data:
        type_ = asked.plan.columns[key].type
        if key.frame.table in (t.SUBJECTS, t.PARAMS):
            value = subject.cells.get(Slot(key))
            unsure = type_.kind in (Kind.CHOICE, Kind.DATE, Kind.TEXT) or key.frame.table == t.PARAMS
            if value != usual(asked, key) or (unsure and value is not None):
                yield s.Binding(name_of(key.name), written(value, type_))
    for table, count in subject.rows.items():
        fields = [key for key in asked.data if key.frame.table == table]
        rows = tuple(
            tuple(
                s.Binding(name_of(key.name), written(subject.cells.get(Slot(key, row)), asked.plan.columns[key].type))
                for key in fields
            )
            for row in range(count)
        )
        if rows:
            yield s.Binding(name_of(table), rows)


def _something(asked: Question) -> list[s.Binding]:
    """A cell as it is where none is given, for a subject of which there is nothing else to say."""
    own = ((key, usual(asked, key)) for key in asked.data if key.frame.table == t.SUBJECTS)
    found = [(key, value) for key, value in own if value is not None]
    return [s.Binding(name_of(key.name), written(value, asked.plan.columns[key].type)) for key, value in found[:1]]


def _example(
    plan: Plan,
    asked: Question,
    subjects: Sequence[Subject],
    given: list[list[s.Binding]],
    expected: list[s.Binding],
    title: str,
) -> str:
    """The example that says the same, with as few cells as will do; "" where none does."""
    tables = {table for subject in subjects for table, count in subject.rows.items() if count}
    if not expected or any(table == t.HISTORY or table.startswith("link ") for table in tables):
        return ""
    text = _passing(plan, asked, given, expected, title)
    if not text:
        return ""
    for number, bindings in enumerate(given):
        for binding in list(bindings):
            fewer = [list(each) for each in given]
            fewer[number].remove(binding)
            shorter = _passing(plan, asked, fewer, expected, title)
            if shorter:
                given, text = fewer, shorter
    return text


def _passing(plan: Plan, asked: Question, given: list[list[s.Binding]], expected: list[s.Binding], title: str) -> str:
    """An example as text, if it passes in the script when it is read back, and refutes the question; else ""."""
    body: list[s.Statement] = []
    if len(given) == 1:
        body += [s.Given(tuple(given[0]))] if given[0] else []
    elif not all(given):
        return ""
    else:
        body += [s.ExampleSubject(NAMES[number], tuple(each)) for number, each in enumerate(given)]
    example = s.Example(title.replace('"', "'"), body=(*body, s.Expect(tuple(expected))))
    text = (write_examples([example], plan.source.text, LANGUAGE) or "").lstrip()
    if not text:
        return ""
    scheme, findings = load_scheme(Source("example", text), LANGUAGE)
    read = tuple(each for each in scheme.statements if isinstance(each, s.Example))
    if findings or len(read) != 1:
        return ""
    passed = all(result.passed for result in run_examples(replace(plan, examples=read)))
    return text if passed and _refutes(asked, read[0]) else ""


def _refutes(asked: Question, example: s.Example) -> bool:
    """Whether the question does not hold of a subject of an example."""
    ground = Ground(asked.plan)
    case = case_of(ground, example)
    reference = reference_of(ground, case)
    for number in range(len(case.names)):
        reference.prepare(HOLDS, [number])
        if not case.problems and reference.cell(HOLDS, number) is False:
            return True
    return False
