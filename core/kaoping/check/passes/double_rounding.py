"""KP570: a quotient kept with `precision` places may change the next rounding or comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.exactness import Quotient
from kaoping.check.forms import Doubt, Exactness
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, phrase, warning
from kaoping.types import Kind, decimal_text, trimmed

if TYPE_CHECKING:
    from kaoping.check.model import Model


def double_rounding(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """Roundings, comparisons and rankings of kept quotients that are not proven to agree with the exact fraction; one
    a statement.
    """
    exactness = Exactness(reaches.columns, made.checker.precision)
    places = {id(placed.statement): placed for placed in made.checker.declarations.statements}
    told: set[int] = set()
    for column in reaches.columns.values():
        placed = places.get(id(column.origin.statement))
        if column.value is None or column.type.kind is Kind.POISON or (placed is not None and id(placed) in told):
            continue
        doubt = next(exactness.doubts(column), None)
        if doubt is None:
            continue
        if placed is None:
            yield _finding(made, doubt, nowhere=True)
        elif not placed.context.library:
            told.add(id(placed))
            yield under(placed, _finding(made, doubt))


def _finding(made: Model, doubt: Doubt, *, nowhere: bool = False) -> Finding:
    quotients = sorted(doubt.reason.quotients, key=lambda quotient: quotient.node.span.start)
    # a total of its own accord stands nowhere: there the quotient is the place
    place = quotients[0].node.span if nowhere and quotients else doubt.node.span
    notes = tuple(Note(q.node.span, "quotient") for q in quotients[:4] if q.node.span != place)
    facts: dict[str, Any] = {
        "precision": made.checker.precision,
        "text": phrase("check.word.total") if nowhere else place.text,
        "quotient": quotients[0].node.span.text if quotients else "",
    }
    for placed in made.checker.declarations.statements if quotients else ():
        variant, unwritten = _unwritten(placed.statement, quotients[0])
        if variant:
            return warning("KP570", place, variant, notes=notes, **facts | unwritten)
    if doubt.reason.divisor is None or not quotients:
        return warning("KP570", place, doubt.kind, notes=notes, count=len(quotients), **facts)
    return warning("KP570", place, f"{doubt.kind}_divisor", notes=notes, divisor=_divisor(doubt, quotients[0]), **facts)


def _unwritten(statement: s.Statement, quotient: Quotient) -> tuple[str, dict[str, str]]:
    """How a quotient came about that the author has not written as one, which no rounding can be written around."""
    span = quotient.node.span
    match statement:
        case s.Item(name=name) if statement.span == span:
            return "average", {"quotient": name}
        case s.Line(amount=amount) | s.Adjustment(amount=amount) if isinstance(amount.per, s.PerStep):
            if amount.per.span == span:
                value, of = amount.value.span.text, amount.per.of.span.text
                value = value if isinstance(amount.value, e.Number | e.Name | e.Bracketed) else f"({value})"
                return "step", {"value": value, "of": of, "step": amount.per.step.span.text}
    return "", {}


def _divisor(doubt: Doubt, quotient: Quotient) -> str:
    right = getattr(quotient.node, "right", None)
    places = right.type.places if right is not None else 0
    return trimmed(decimal_text(doubt.reason.divisor or 0, places))
