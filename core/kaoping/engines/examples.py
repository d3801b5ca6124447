"""Examples of a script, run: each expectation holds, or a finding says what came out instead and why."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.diagnostic import Finding, error, phrase
from kaoping.engines.cases import Case, Ground, case_of, reference_of
from kaoping.engines.literals import LiteralError, literal
from kaoping.engines.reference import Reference, Unknown
from kaoping.engines.shown import one_line, reasoning
from kaoping.plan.plan import Plan, ReasonColumn
from kaoping.source import Span
from kaoping.types import BOOL, Kind, Type, Value, shown_text

MOST_VALUES, MOST_FAILURES = 200_000, 200
"""So many values are worked out for the examples of a script, and so many of their failures told."""
_LARGEST = 50 * MOST_VALUES
"""Statements of an example times columns of its scheme."""
_AMOUNTS = ("bonus", "penalty", "line", "group")


class ExampleResult(Struct, frozen=True):
    """How an example went: `clauses` are those it exercises.

    A clause is exercised where one of its columns counts for an expectation and had an effect: a condition held, a
    requirement did not, an amount was not 0, any other computed value was there, or the example states a value of it.
    """

    title: str
    span: Span
    passed: bool
    findings: tuple[Finding, ...]
    clauses: frozenset[str]


def run_examples(plan: Plan) -> list[ExampleResult]:
    """Every example of a script, run on the reference evaluator, in the order of the text."""
    return list(examples_one_by_one(plan))


def examples_one_by_one(plan: Plan) -> Iterator[ExampleResult]:
    """The same for those who look at no more of them than they need."""
    ground, failures = Ground(plan), 0
    for example in plan.examples:
        if failures >= MOST_FAILURES:
            yield _stopped(example, "KP199", "", MOST_FAILURES)
            return
        if ground.spent > MOST_VALUES or len(example.body) * len(plan.columns) > _LARGEST:
            yield _stopped(example, "KP100", "examples", MOST_VALUES)
            return
        result = _run(ground, example)
        failures += len(result.findings)
        yield result


def _stopped(example: s.Example, code: str, variant: str, limit: int) -> ExampleResult:
    """An example that is not run, nor any after it."""
    finding = error(code, example.span.part(example.title), variant, limit=limit)
    return ExampleResult(example.title, example.span, False, (finding,), frozenset())


class Observed(Struct, frozen=True):
    """The cells of an example, and the columns that what it expects rests on."""

    reference: Reference
    counting: set[t.Key]


def observed(plan: Plan) -> Iterator[Observed]:
    """Every example of a script as it is worked out, for those who want to see what it comes to."""
    ground = Ground(plan)
    for example in plan.examples:
        case, reference, _, asked = _worked(ground, example)
        yield Observed(reference, _counting(ground, case, asked))


def _run(ground: Ground, example: s.Example) -> ExampleResult:
    case, reference, findings, asked = _worked(ground, example)
    clauses = _exercised(ground, reference, case, asked)
    return ExampleResult(example.title, example.span, not findings, tuple(findings), frozenset(clauses))


def _worked(ground: Ground, example: s.Example) -> tuple[Case, Reference, list[Finding], list[t.Key]]:
    """An example worked out: what is wrong with it, and the columns it asks for."""
    case = case_of(ground, example)
    reference = reference_of(ground, case)
    findings = list(case.problems)
    asked: list[t.Key] = []
    for statement in example.body if not findings else ():  # with other data than meant, nothing is as expected
        for expectation in statement.expectations if isinstance(statement, s.Expect) else ():
            for each in _expect(ground, reference, case, expectation):
                if isinstance(each, Finding):
                    findings.append(each)
                else:
                    asked.append(each)
    findings += reference.problems
    return case, reference, findings, asked


def _expect(
    ground: Ground, reference: Reference, case: Case, expectation: s.Binding | s.ExpectedReason
) -> Iterator[t.Key | Finding]:
    """The columns an expectation is about, and a finding for each subject in which it fails."""
    if isinstance(expectation, s.ExpectedReason):
        return _expect_reason(ground, reference, case, expectation)
    return _expect_value(ground, reference, case, expectation)


def _expect_value(ground: Ground, reference: Reference, case: Case, binding: s.Binding) -> Iterator[t.Key | Finding]:
    assert not isinstance(binding.value, tuple)
    subjects, name = _addressed(case, binding.name)
    found = ground.meant(name)
    if found is None and name.canonical == ("flagged",):
        yield from _expect_flagged(ground, reference, case, binding, subjects)
        return
    if found is None:
        yield error("KP483", binding.name.span, "name", name=name.text)
        return
    key, unit = found
    yield key
    type_ = reference.plan.columns[key].type
    said = one_line(binding.value.span.text)
    none = isinstance(binding.value, e.Nothing)  # also of what always has a value: who is not appraised has not
    try:
        expected = (None if none else literal(binding.value, type_, reference.plan.period),)
        said = _shown(expected[0], type_)
    except LiteralError:
        expected = None  # whatever comes out, it is not that
    for subject in subjects:
        row = subject if unit is None else subject * len(reference.cells.units(key.frame.unit)) + unit
        row = 0 if key.frame.table == t.PARAMS else row
        ground.spent += reference.prepare(key, [subject])
        got = reference.cell(key, row)
        shown = f"{case.names[subject]}.{name.text}" if len(case.names) > 1 else name.text
        if isinstance(got, Unknown):
            yield error("KP481", binding.span, name=shown, unknown=got.name)
        elif (got,) != expected:
            why = reasoning(reference, key, row)
            variant = "" if why else "plain"
            yield error("KP480", binding.span, variant, name=shown, expected=said, got=_shown(got, type_), why=why)


def _expect_reason(
    ground: Ground, reference: Reference, case: Case, expected: s.ExpectedReason
) -> Iterator[t.Key | Finding]:
    meant = ground.reasons_for(expected.word, expected.clause)
    if not meant:
        yield error("KP482", expected.span, "none", clause=expected.clause)
        return
    yield from (reason.key for reason in meant)
    names = [expected.subject] if expected.subject is not None else case.names
    for subject in (case.names.index(name) for name in names if name in case.names):
        values = [_given(ground, reference, reason, subject) for reason in meant]
        if True in values and expected.holds:
            continue
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None and True not in values:
            yield error("KP481", expected.span, name=expected.span.text, unknown=unknown.name)
        elif (True in values) is not expected.holds:
            variant, others = "unwanted", list[str]()
            if expected.holds:
                others = _told(ground, reference, ground.reasons_for(expected.word), subject)
                flagged = "flagged" if expected.word == "flagged" else ""
                variant = "_".join(filter(None, (flagged, "other" if others else "")))
            yield error("KP482", expected.span, variant, clause=expected.clause, others=others)
    for name in names:
        if name not in case.names:
            yield error("KP483", expected.span, "name", name=name)


def _expect_flagged(
    ground: Ground, reference: Reference, case: Case, binding: s.Binding, subjects: list[int]
) -> Iterator[t.Key | Finding]:
    """`flagged = no`: whether any requirement has something to say."""
    assert not isinstance(binding.value, tuple)
    word = binding.name.parts[-1]
    if not isinstance(binding.value, e.YesNo):
        yield error("KP483", binding.value.span, "value", name=word, value=one_line(binding.value.span.text))
        return
    reasons = ground.reasons_for("flagged")
    yield from (reason.key for reason in reasons)
    for subject in subjects:
        values = [_given(ground, reference, reason, subject) for reason in reasons]
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        shown = f"{case.names[subject]}.{word}" if len(case.names) > 1 else word
        got, expected = True in values, binding.value.value
        if unknown is not None and not got:
            yield error("KP481", binding.span, name=shown, unknown=unknown.name)
        elif got is not expected:
            why = _told(ground, reference, reasons, subject)
            said = _shown(expected, BOOL), _shown(got, BOOL)
            variant = "" if why else "plain"
            yield error("KP480", binding.span, variant, name=shown, expected=said[0], got=said[1], why=why)


def _told(ground: Ground, reference: Reference, reasons: list[ReasonColumn], subject: int) -> list[str]:
    """The clauses of the reasons that a subject has, each once; the author's words where no clause is given."""
    held = (each for each in reasons if _given(ground, reference, each, subject) is True)
    return list(dict.fromkeys(each.clause or each.text for each in held))


def _given(ground: Ground, reference: Reference, reason: ReasonColumn, subject: int) -> bool | Unknown:
    """Whether a subject has a reason: a veto that holds, a requirement that does not, of records in any row."""
    ground.spent += reference.prepare(reason.key, [subject])
    values = [reference.cell(reason.key, row) for row in reference.cells.rows(reason.key.frame, subject)]
    if any(value is (reason.word != "flagged") for value in values):
        return True
    return next((value for value in values if isinstance(value, Unknown)), False)


def _shown(value: Value, type_: Type) -> str:
    """A value as text, yes and no in the reader's language."""
    if type_.kind is Kind.BOOL and value is not None:
        return phrase("report.yes" if value else "report.no")
    return shown_text(value, type_)


def _addressed(case: Case, name: e.Name) -> tuple[list[int], e.Name]:
    """The subjects an expectation is about (the one named before the dot, else every one), and the name without it."""
    if len(name.parts) > 1 and name.parts[0] in case.names:
        rest = e.Name(name.parts[1:], name.canonical[1:], span=name.span)
        return [case.names.index(name.parts[0])], rest
    return list(range(len(case.names))), name


# ---------------------------------------------------------------- clauses


def _exercised(ground: Ground, reference: Reference, case: Case, asked: list[t.Key]) -> Iterator[str]:
    """The clauses that had an effect on what was asked."""
    for key in _counting(ground, case, asked):
        column = reference.plan.columns[key]
        clause = column.origin.clause
        if clause is None:
            continue
        if key in case.stated:
            yield clause
        elif column.value is not None:
            rows = range(reference.cells.size(key.frame))
            if any(_effect(reference, key, reference.cell(key, row)) for row in rows):
                yield clause


def _effect(reference: Reference, key: t.Key, value: Value | Unknown) -> bool:
    column = reference.plan.columns[key]
    if value is None or isinstance(value, Unknown):
        return False
    if column.type.kind is Kind.BOOL:
        return value is (column.origin.role != "require")
    return value != 0 if column.origin.role in _AMOUNTS or key.part else True


def _counting(ground: Ground, case: Case, asked: list[t.Key]) -> set[t.Key]:
    """The columns that what was asked rests on; what a stated value would have rested on does not count."""
    waiting, found = list(asked), set[t.Key]()
    while waiting:
        key = waiting.pop()
        column = ground.plan.columns.get(key)
        if key in found or column is None:
            continue
        found.add(key)
        fixed = key in case.stated and len(case.fixed[key]) >= len(case.names)
        if not fixed:
            waiting.extend(column.reads)
    return found
