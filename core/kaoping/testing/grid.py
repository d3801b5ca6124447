"""The grid on which the values of a script lie: how far the next possible value is from a number written there."""

from __future__ import annotations

import datetime

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import typed as t
from kaoping.plan.plan import Plan
from kaoping.types import Kind, trimmed

FINEST = 6
"""A value with more places than these is a rounded quotient: no data come that near to a number written beside it."""
_QUOTIENT_PLACES = 4


class Grid:
    """The places of every expression of a script, by where it stands."""

    def __init__(self, plan: Plan) -> None:
        """Note what the check has found of each."""
        self._places: dict[tuple[int, int], int] = {}
        name = plan.source.name
        for column in plan.columns.values():
            for node in column.nodes:
                if node.span.source.name == name:
                    self._note(node)

    def _note(self, node: t.Typed) -> None:
        places = _compared_places(node) if isinstance(node, t.Compare) else _own_places(node)
        if places is not None:
            at = node.span.start, node.span.end
            self._places[at] = max(self._places.get(at, 0), places)

    def places(self, *nodes: e.Node | e.Expr) -> int | None:
        """The places of the first of some expressions that has a number for its value, or compares numbers."""
        found = (self._places.get((node.span.start, node.span.end)) for node in nodes)
        return next((each for each in found if each is not None), None)


def _own_places(node: t.Typed) -> int | None:
    while isinstance(node, t.Scale):
        node = node.operand
    return node.type.places if node.type.kind is Kind.NUMBER else None


def _compared_places(node: t.Compare) -> int | None:
    sides = (_own_places(side) for side in (node.left, node.right) if not isinstance(side, t.Const))
    return max((places for places in sides if places is not None), default=None)


def moved(number: e.Expr, steps: int, places: int | None = None) -> e.Expr | None:
    """A number, or a day, that lies so many steps away: on a grid of so many places, else in its last place."""
    match number:
        case e.Number():
            at = number.places if places is None else places
            if at > FINEST:
                at = max(number.places, _QUOTIENT_PLACES)
            at = max(at, number.places)
            unit = 1 if places is None or places >= number.places else 10 ** (number.places - places)
            digits = number.digits * 10 ** (at - number.places) + steps * unit
            return replace(number, digits=digits, places=at) if digits >= 0 else None
        case e.Date(value=day):
            return replace(number, value=day + datetime.timedelta(steps))
        case e.MonthDay(month=month, day=day):
            other = datetime.date(2001, month, min(day, 28)) + datetime.timedelta(steps + max(0, day - 28))
            return replace(number, month=other.month, day=other.day)
    return None


def shown(node: e.Expr | None) -> str:
    """A number, a day, a yes or no as people write it."""
    match node:
        case e.Number(digits=digits, places=places, unit=unit, percent=percent):
            shift = 2 if percent else 0
            whole = digits * 10 ** max(0, shift - places)
            text = str(whole).rjust(max(0, places - shift) + 1, "0")
            cut = len(text) - max(0, places - shift)
            return trimmed(f"{text[:cut]}.{text[cut:]}" if cut < len(text) else text) + ("%" if percent else unit or "")
        case e.Date(value=day):
            return day.isoformat()
        case e.MonthDay(month=month, day=day):
            return f"{month}月{day}日"
    return ""
