"""KP461: a requirement that the script itself refutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check.checker import Checker, Scope, conjuncts
from kaoping.check.known import Known
from kaoping.check.outcomes import Required
from kaoping.check.passes.common import asking, settled, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Severity, error
from kaoping.types import Kind, Type, shown_text

if TYPE_CHECKING:
    from kaoping.check.model import Model

MOST = 256
"""How many combinations of classes are gone through."""
SHOWN = 4
"""For how many of them a requirement is reported."""


def requirements(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """A requirement that can never hold for a class of subjects; with an `assume` below it, a contradiction kept on
    view.
    """
    for required in made.requirements:
        column = reaches.columns[required.key]
        if column.value is None or column.type.kind is Kind.POISON:
            continue
        if reaches.column_reach(required.key).constant == 0:
            yield _finding(made, reaches, required, {})
            continue
        yield from islice(_refuted(made, reaches, required), SHOWN)


def _refuted(made: Model, reaches: Reaches, required: Required) -> Iterator[Finding]:
    """A finding for each way in which classes refute a requirement; what only asks of which class somebody is, is a
    question to the data.
    """
    parts = [part for part in conjuncts(required.condition) if not _of_classes(reaches, part)]
    if not parts:
        return
    span = required.condition.span
    value = cond.either([cond.opposite(required.asked, span), cond.both(parts, span)], span)
    alike: dict[str, list[dict[t.Key, int]]] = {}
    for labels, known in _classes(reaches, required.key):
        if reaches.reach(value, known).constant == 0:
            sides = _sides_of(made, reaches, required, labels)
            alike.setdefault(repr(sides), []).append(labels)
    for found in alike.values():
        for together in _together(found):
            yield _finding(made, reaches, required, together)


def _of_classes(reaches: Reaches, part: t.Typed) -> bool:
    """Whether a condition comes from nothing but classes, and what these are computed from."""
    read = {key for key in t.reads(part) if key in reaches.columns and reaches.columns[key].origin.role == "class"}
    family = frozenset().union(*(reaches.below(key) for key in read))
    return bool(read) and all(reaches.below(key) <= family for key in t.reads(part))


def _together(found: list[dict[t.Key, int]]) -> list[dict[t.Key, tuple[int, ...]]]:
    """Combinations of classes as one, where every label of one class goes with every label of the others."""
    labels = {key: tuple(dict.fromkeys(each[key] for each in found)) for key in found[0]}
    if len(found) == prod(len(codes) for codes in labels.values()):
        return [labels]
    return [{key: (code,) for key, code in each.items()} for each in found]


def evaluated_under(reaches: Reaches, node: t.Typed, labels: Mapping[t.Key, int]) -> int | None:
    """The one value an expression has for the subjects of some classes, given by their codes; None where there are
    more.
    """
    return reaches.reach(node, Known({key: ((code, code),) for key, code in labels.items()})).constant


def decided(reaches: Reaches, key: t.Key) -> bool:
    """Whether the script alone says of every class of subjects if a requirement holds, so that no data can alter it."""
    value = reaches.columns[key].value
    if value is None or reaches.column_reach(key).constant is not None:
        return True
    return all(reaches.reach(value, known).constant is not None for _, known in _classes(reaches, key))


def _classes(reaches: Reaches, key: t.Key) -> Iterator[tuple[dict[t.Key, int], Known]]:
    """Every combination of the classes that a column comes from, with what it makes known."""
    keys = [
        each for each in reaches.below(key) if each in reaches.columns and reaches.columns[each].origin.role == "class"
    ]
    keys.sort(key=lambda each: each.name)
    codes = [range(len(reaches.columns[each].type.labels)) for each in keys]
    for chosen in islice(product(*codes), MOST):
        labels = dict(zip(keys, chosen, strict=True))
        yield labels, Known({each: ((code, code),) for each, code in labels.items()})


def _finding(made: Model, reaches: Reaches, required: Required, labels: dict[t.Key, tuple[int, ...]]) -> Finding:
    statement = required.placed.statement
    assert isinstance(statement, s.Require)
    kept = settled(statement)
    known = {key: reaches.columns[key].type.labels for key in labels}
    told = {key: codes for key, codes in labels.items() if len(codes) < len(known[key])} or labels
    names = ["/".join(known[key][code] for code in codes) for key, codes in told.items()]
    facts: dict[str, Any] = {"text": statement.condition.span.text, "label": names}
    sides: dict[str, Any] = dict(_sides_of(made, reaches, required, {key: codes[0] for key, codes in labels.items()}))
    variant = ("values" if sides else "") + ("_class" if names else "") + ("_kept" if kept else "")
    finding = error("KP461", statement.condition.span, variant.lstrip("_"), **facts, **sides)
    return under(required.placed, replace(finding, severity=Severity.WARNING if kept else Severity.ERROR))


def _sides_of(made: Model, reaches: Reaches, required: Required, labels: dict[t.Key, int]) -> dict[str, str]:
    """What stands on both sides of the comparison that fails for the subjects of some classes."""
    statement = required.placed.statement
    assert isinstance(statement, s.Require)
    with asking(made) as c, c.at(required.placed) as scope:
        return _sides(c, reaches, statement.condition, scope, labels)


def _sides(c: Checker, reaches: Reaches, node: e.Expr, scope: Scope, labels: dict[t.Key, int]) -> dict[str, str]:
    """What stands on both sides of the comparison that fails, where both are constant."""
    if isinstance(node, e.Bracketed):
        return _sides(c, reaches, node.operand, scope, labels)
    if isinstance(node, e.All):
        found = (_sides(c, reaches, part, scope, labels) for part in node.parts)
        return next((sides for sides in found if sides), {})
    if not isinstance(node, e.Compare):
        return {}
    whole = x.expression(c, node, scope)
    if evaluated_under(reaches, whole, labels) != 0:
        return {}
    left = x.expression(c, node.left, scope)
    right = x.expression(c, node.right, scope, left.type)
    values = [evaluated_under(reaches, side, labels) for side in (left, right)]
    if None in values or left.type.kind is Kind.POISON or right.type.kind is Kind.POISON:
        return {}
    texts = [shown_text(value, _plain(side.type)) for value, side in zip(values, (left, right), strict=True)]
    if isinstance(node.right, e.Number) or not isinstance(node.left, e.Number):
        return {"claimed": texts[1], "found": texts[0], "of": node.left.span.text}
    return {"claimed": texts[0], "found": texts[1], "of": node.right.span.text}


def _plain(type_: Type) -> Type:
    return replace(type_, optional=False)
