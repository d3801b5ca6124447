"""KP461: a requirement that the script itself refutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check.checker import Checker, Scope
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
        ways = _classes(reaches, required.key)
        refuted = (labels for labels, known in ways if reaches.reach(column.value, known).constant == 0)
        for labels in islice(refuted, SHOWN):
            yield _finding(made, reaches, required, labels)


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


def _finding(made: Model, reaches: Reaches, required: Required, labels: dict[t.Key, int]) -> Finding:
    statement = required.placed.statement
    assert isinstance(statement, s.Require)
    kept = settled(statement)
    names = [reaches.columns[key].type.labels[code] for key, code in labels.items()]
    facts: dict[str, Any] = {"text": statement.condition.span.text, "label": names}
    with asking(made) as c, c.at(required.placed) as scope:
        sides: dict[str, Any] = _sides(c, reaches, statement.condition, scope, labels)
    variant = ("values" if sides else "") + ("_class" if names else "") + ("_kept" if kept else "")
    finding = error("KP461", statement.condition.span, variant.lstrip("_"), **facts, **sides)
    return under(required.placed, replace(finding, severity=Severity.WARNING if kept else Severity.ERROR))


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
