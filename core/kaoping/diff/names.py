"""The names in a statement: which fields hold them, what a statement declares, and statements with names replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s

Made = TypeVar("Made")

NAMED: dict[type[e.Node], tuple[str, ...]] = {
    e.Number: ("unit",),
    e.Call: ("function", "output"),
    s.WrittenType: ("unit", "labels"),
    s.Param: ("names",),
    s.Input: ("names",),
    s.Class: ("name",),
    s.Records: ("name",),
    s.On: ("field",),
    s.Let: ("name", "parameters"),
    s.TableOutput: ("name",),
    s.Table: ("name", "parameters"),
    s.Link: ("name", "by"),
    s.ExampleSubject: ("name",),
    s.ExampleLink: ("link",),
    s.ExpectedReason: ("subject",),
    s.Bar: ("grade",),
    s.Grades: ("names",),
    s.Grade: ("grade",),
    s.Top: ("of",),
    s.Select: ("mark", "pool"),
    s.Limit: ("grade", "otherwise"),
    s.Outcome: ("name",),
    s.Judged: ("name",),
    s.Item: ("name", "points", "raters"),
    s.Adjustment: ("group",),
    s.Group: ("name", "best_by", "inside"),
    s.Total: ("name",),
}
"""The fields of nodes that hold names of the script as plain text; every statement has `classes` besides."""

Held = Literal["", "name", "clause"]

Role = tuple[str, tuple[str, ...]]
"""What a name is of, and inside what."""


def fields(node: e.Node) -> Iterator[tuple[str, Any]]:
    """The fields of a node but for its place."""
    for name in node.__struct_fields__:
        if name != "span":
            yield name, getattr(node, name)


def holds(node: e.Node, field: str) -> Held:
    """What the text in a field is: the name of something, the number of a clause, or only text."""
    if (isinstance(node, s.Clause) and field == "number") or (isinstance(node, s.ExpectedReason) and field == "clause"):
        return "clause"
    if field == "classes" and isinstance(node, s.Statement):
        return "name"
    if field == "function" and isinstance(node, e.Call) and node.builtin:
        return ""
    return "name" if field in NAMED.get(type(node), ()) else ""


def numbered(clause: str) -> str:
    """The key of a clause's number among names: clauses and names do not know of one another."""
    return f"\0{clause}"


def _new(text: str, names: Mapping[str, str], held: Held) -> str:
    if held == "clause":
        return names.get(numbered(text), text)
    return names.get(text, text) if held else text


def replaced(made: Made, names: Mapping[str, str], beside: object = None) -> Made:
    """A statement, an expression or a tuple of such with names replaced wherever they stand.

    With another one beside it, only where that one has the new name.
    """
    return _replaced(made, names, beside if beside is not None else _EVERYWHERE, "") if names else made


_EVERYWHERE = object()


def _replaced(value: Any, names: Mapping[str, str], beside: Any, held: Held) -> Any:
    everywhere = beside is _EVERYWHERE
    match value:
        case str():
            new = _new(value, names, held)
            return new if everywhere or beside == new else value
        case tuple():
            fits = not everywhere and isinstance(beside, tuple) and len(beside) == len(value)
            others = beside if fits else [beside if everywhere else None] * len(value)
            parts = tuple([_replaced(a, names, b, held) for a, b in zip(value, others, strict=True)])
            return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
        case e.Name():
            parts = tuple([names.get(part, part) for part in value.parts])
            if parts == value.parts or not (everywhere or (isinstance(beside, e.Name) and beside.parts == parts)):
                return value
            canonical = zip(value.parts, value.canonical, strict=True)
            return e.Name(parts, tuple([names.get(part, word) for part, word in canonical]), span=value.span)
        case e.Node():
            new_fields = {}
            for field, old in fields(value):
                other = beside if everywhere else getattr(beside, field, None) if type(beside) is type(value) else None
                made = _replaced(old, names, other, holds(value, field))
                if made is not old:
                    new_fields[field] = made
            return replace(value, **new_fields) if new_fields else value
    return value


def same(before: Any, after: Any, names: Mapping[str, str], held: Held = "") -> bool:
    """Whether two mean the same where names may have been replaced: each may stand as it was, or as it now is."""
    match before, after:
        case str(), str():
            return before == after or _new(before, names, held) == after or (not held and _told(before, names) == after)
        case tuple(), tuple():
            return len(before) == len(after) and all(
                same(a, b, names, held) for a, b in zip(before, after, strict=True)
            )
        case e.Name(), e.Name():
            return len(before.parts) == len(after.parts) and all(
                word == new or names.get(part) == spelled
                for part, word, spelled, new in zip(
                    before.parts, before.canonical, after.parts, after.canonical, strict=True
                )
            )
        case e.Node(), e.Node():
            return type(before) is type(after) and all(
                same(old, getattr(after, field), names, holds(before, field))
                for field, old in fields(before)
                if not (field == "canonical" and isinstance(before, s.Input))
            )
    return bool(before == after)


def _told(text: str, names: Mapping[str, str]) -> str:
    """A sentence with names replaced in it, the longer ones first: a renaming is carried through headings, too."""
    known = sorted((name for name in names if name in text and len(name) > 1), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, known)), lambda found: names[found[0]], text) if known else text


def mentioned(value: Any, held: Held = "") -> Iterator[str]:
    """All names in a statement or an expression."""
    match value:
        case str() if held == "name":
            yield value
        case tuple():
            for each in value:
                yield from mentioned(each, held)
        case e.Name():
            yield from value.parts
        case e.Node():
            for field, part in fields(value):
                yield from mentioned(part, holds(value, field))


def declared(statement: s.Statement, within: tuple[str, ...]) -> list[tuple[Role, str]]:
    """The names that a statement brings, in the order of its fields; `within` are the items or records around it."""
    match statement:
        case s.Input((name,), type_):
            return [(("input", within), name), *_of_type(type_, name)]
        case s.Param((name,), _, type_):
            return [(("param", ()), name), *_of_type(type_, name)]
        case s.Class(name, type_):
            return [(("class", ()), name), *_of_type(type_, name)]
        case s.Let((*above, name), _, parameters, type=type_):
            arguments = [(("argument", (name,)), each) for each in parameters]
            return [(("let", tuple(above)), name), *arguments, *_of_type(type_, name)]
        case s.Table(name, parameters, body=body):
            found: list[tuple[Role, str]] = [(("table", ()), name)]
            found += [(("argument", (name,)), each) for each in parameters]
            for each in body:
                if isinstance(each, s.TableOutput):
                    found += [(("output", (name,)), each.name), *_of_type(each.type, f"{name}.{each.name}")]
            return found
        case s.Item(name, raters=raters):
            return [(("item", within), name), *((("rater", (name,)), rater) for rater, _ in raters)]
        case s.Line(amount=amount) | s.Adjustment(amount=amount) if isinstance(amount.value, s.Judged):
            return [(("judged", ()), amount.value.name)]
        case s.Outcome(name, type=type_):
            return [(("outcome", ()), name), *_of_type(type_, name)]
        case s.Grades(names):
            return [(("grade", ()), name) for name in names]
        case s.Select(name):
            return [(("mark", ()), name)]
        case s.Records(name) | s.Link(name) | s.Group(name) | s.Total(name):
            return [((type(statement).__name__, ()), name)]
    return []


def _of_type(type_: s.WrittenType | None, name: str) -> list[tuple[Role, str]]:
    if type_ is None:
        return []
    unit: list[tuple[Role, str]] = [(("unit", ()), type_.unit)] if type_.unit else []
    return unit + [(("label", (name,)), label) for label in type_.labels]
