"""What differs in the block below a table, a quota or an example: line by line, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from kaoping import scheme as s
from kaoping.diff.names import same
from kaoping.diff.parts import Names, Part, aspects, text_of, word_of
from kaoping.engines.shown import one_line

_ASPECTS: dict[type[s.Statement], str] = {
    s.Given: "given", s.ExampleSubject: "given", s.ExampleHistory: "given", s.ExampleLink: "given",
    s.Expect: "expected", s.TableRow: "row", s.TableOutput: "output", s.Top: "share", s.Where: "condition",
    s.Ties: "policy", s.Rounded: "mode",
}  # fmt: skip

_BY_ASPECTS = (s.Top, s.Where, s.Ties, s.Rounded, s.TableOutput)
"""What differs in these is told part by part; of the rest, all that it says."""


class Line(Struct, frozen=True):
    """One thing that a block says; `subject` is the subject of an example that it is said of."""

    statement: s.Statement
    subject: str = ""


def block_parts(before: s.Statement, after: s.Statement, names: Names) -> Iterator[Part]:
    """The parts in which the block of a statement differs from what it was."""
    old, new = list(_lines(before.body)), list(_lines(after.body))
    for line in list(new):
        _taken_out(line, old, new, lambda a, b: same(a.statement, b.statement, names) and _whose(a, names) == b.subject)
    pairs: list[tuple[Line | None, Line | None]] = []
    for line in list(new):
        pairs.append((_taken_out(line, old, new, lambda a, b: _about(a, names) == _about(b, {})), line))
    for a, b in [*pairs, *((line, None) for line in old)]:
        if a is not None and b is not None and isinstance(b.statement, _BY_ASPECTS):
            said = aspects(a.statement, b.statement, names)
            yield from (replace(part, of=part.of or _about(b, {})[1] or None) for part in said)
        else:
            aspect, of = _about(b, {}) if b is not None else _about(a, names) if a is not None else ("", "")
            yield Part(aspect, _said(a) if a else None, _said(b) if b else None, of=of or None)
    outputs = [[each.name for each in one.body if isinstance(each, s.TableOutput)] for one in (before, after)]
    was = [names.get(name, name) for name in outputs[0]]
    if was != outputs[1] and sorted(was) == sorted(outputs[1]):  # the values of each row stand in their order
        yield Part("order", "\n".join(outputs[0]), "\n".join(outputs[1]))


def _taken_out(line: Line, old: list[Line], new: list[Line], fits: Callable[[Line, Line], bool]) -> Line | None:
    """The line that another one is, both taken from what is left."""
    found = next((each for each in old if fits(each, line)), None)
    if found is not None:
        old.remove(found)
        new.remove(line)
    return found


def _value(line: s.Statement) -> s.Binding | None:
    match line:
        case (
            s.Given((binding,)) | s.ExampleSubject(_, (binding,)) | s.ExampleHistory(_, (binding,))
            | s.ExampleLink(_, (binding,)) | s.Expect((s.Binding() as binding,))
        ):  # fmt: skip
            return binding
    return None


def _lines(body: tuple[s.Statement, ...]) -> Iterator[Line]:
    """What a block says, thing by thing; where clauses begin inside it is no matter."""
    subject = ""
    for statement in body:
        match statement:
            case s.Clause():
                yield from _lines(statement.body)
            case s.Given(bindings):
                yield from (Line(replace(statement, bindings=(each,))) for each in bindings)
            case s.ExampleSubject(subject, bindings):
                yield Line(replace(statement, bindings=()))
                yield from (Line(replace(statement, bindings=(each,))) for each in bindings)
            case s.ExampleHistory(_, bindings) | s.ExampleLink(_, bindings):
                yield from (Line(replace(statement, bindings=(each,)), subject) for each in bindings)
            case s.Expect(expectations):
                yield from (Line(replace(statement, expectations=(each,))) for each in expectations)
            case _:
                yield Line(statement)


def _whose(line: Line, names: Names) -> str:
    return names.get(line.subject, line.subject)


def _about(line: Line, names: Names) -> tuple[str, str]:
    """Of which aspect a line is, and what in it: the same before and after where only what is said of it differs."""
    statement = line.statement
    binding = _value(statement)
    name = ".".join(names.get(each, each) for each in binding.name.parts) if binding else ""
    of = ""
    match statement:
        case s.ExampleSubject(subject, bindings):
            subject = names.get(subject, subject)
            of = f"{subject}.{name}" if bindings else subject
        case s.ExampleHistory(inside) | s.ExampleLink(inside):
            inside = names.get(inside, inside)
            of = ".".join(each for each in (_whose(line, names), inside, name) if each)
        case s.TableRow(patterns):
            of = " | ".join(text_of(each) or "" for each in patterns)
        case s.TableOutput(name):
            of = names.get(name, name)
        case _:
            of = name
    return _ASPECTS.get(type(statement), "other"), of


def _said(said: Line) -> str | None:
    """What a line of a block says, without what `_about` says of it."""
    line = said.statement
    binding = _value(line)
    if binding is not None:
        return text_of(binding.value)
    match line:
        case s.Expect((reason,)) | s.Where(reason):
            return text_of(reason)
        case s.Ties(policy):
            return word_of(policy)
        case s.Rounded(mode):
            return word_of(mode)
        case s.TableRow(_, values):
            return " | ".join(text_of(each) or "" for each in values)
        case s.TableOutput(_, type_):
            return text_of(type_)
    return one_line(line.span.text)
