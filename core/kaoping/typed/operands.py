"""What an expression is made of, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kaoping.typed.columns import Const, Key, Read, Typed
from kaoping.typed.rows import Candidates, Last


class _Shape(NamedTuple):
    """The fields of a kind of expression that hold operands: one or none, a tuple of them, or arms and candidates."""

    single: tuple[str, ...]
    several: tuple[str, ...]
    nested: tuple[str, ...]


_SHAPES: dict[type[Typed], _Shape] = {}


def _shape(kind: type[Typed]) -> _Shape:
    if kind not in _SHAPES:
        hints = kind.__annotations__
        single = tuple(name for name in hints if hints[name] in ("Typed", "Typed | None"))
        several = tuple(name for name in hints if hints[name] == "tuple[Typed, ...]")
        nested = (name for name in hints if re.search("Typed|Last|Candidates", hints[name]))
        _SHAPES[kind] = _Shape(single, several, tuple(name for name in nested if name not in (*single, *several)))
    return _SHAPES[kind]


def operand_fields(node: Typed) -> tuple[str, ...]:
    """The fields of a typed expression that hold its operands."""
    shape = _shape(type(node))
    return (*shape.single, *shape.several, *shape.nested)


def operands(node: Typed) -> list[Typed]:
    """The operands of a typed expression, those of its arms and candidates included."""
    single, several, nested = _shape(type(node))
    found: list[Typed] = [value for name in single if (value := getattr(node, name)) is not None]
    for name in several:
        found += getattr(node, name)
    for name in nested:
        found += _typed_in(getattr(node, name))
    return found


def nodes(node: Typed) -> list[Typed]:
    """An expression and every part of it."""
    found, waiting = [], [node]
    while waiting:
        each = waiting.pop()
        found.append(each)
        if not isinstance(each, Read | Const):
            waiting += operands(each)
    return found


def reads(node: Typed) -> list[Key]:
    """The columns that an expression reads, each as often as it does."""
    return [each.key for each in nodes(node) if isinstance(each, Read)]


def _typed_in(value: object) -> Iterator[Typed]:
    match value:
        case Typed():
            yield value
        case tuple():
            for part in value:
                yield from _typed_in(part)
        case Last(by=by):
            yield from by
        case Candidates(amount=amount, where=where, key=key):
            yield from (part for part in (amount, where, key) if part is not None)
