"""A question that two versions answer by saying the same: `grade = 旧.grade` where both read one column."""

from __future__ import annotations

from kaoping import typed as t
from kaoping.plan.plan import Plan
from kaoping.plan.strata import rebuilt


def evident(plan: Plan, key: t.Key) -> bool:
    """Whether a condition holds because it compares a value with itself."""
    return _true(plan, _traced(plan, t.Read(key, type=plan.columns[key].type)))


def _traced(plan: Plan, node: t.Typed) -> t.Typed:
    """The expression with every column that only passes on another one, or a constant, replaced by that."""
    while isinstance(node, t.Read):
        value = plan.columns[node.key].value
        if not isinstance(value, t.Read | t.Const) or value.type != node.type:
            return node
        node = value
    return rebuilt(node, lambda operand, _: _traced(plan, operand))


def _true(plan: Plan, node: t.Typed) -> bool:
    if node.type.optional:
        return False
    match node:
        case t.Const(value=value):
            return value is True
        case t.Read(key=key):
            own = plan.columns[key].value
            return own is not None and key.frame == t.EACH and _true(plan, _traced(plan, own))
        case t.Compare(operator="=" | "<=" | ">=", left=left, right=right):
            return left == right
        case t.And(operands=operands):
            return all(_true(plan, each) for each in operands)
        case t.Or(operands=operands):
            return any(_true(plan, each) for each in operands)
        case t.Choose(arms=arms, otherwise=otherwise):
            return all(_true(plan, value) for _, value in arms) and _true(plan, otherwise)
    return False
