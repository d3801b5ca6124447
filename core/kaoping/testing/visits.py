"""Where the evaluation of an example comes by: which sides of which expressions it sees."""

from __future__ import annotations

from collections import Counter

from kaoping import typed as t
from kaoping.engines import windows
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.testing.sides import by_type, sides
from kaoping.types import Value


class Visits:
    """The sides reached so far, by the place of the expression."""

    def __init__(self) -> None:
        """None yet."""
        self.reached: set[tuple[int, int, str]] = set()

    def of(self, reference: Reference, columns: set[t.Key]) -> None:
        """Add what an example sees in some columns; a value that is stated was not worked out."""
        for key in columns:
            column = reference.plan.columns[key]
            if column.value is None:
                continue
            for row in range(reference.cells.size(key.frame)):
                if row in reference.fixed.get(key, {}) or isinstance(reference.cell(key, row), Unknown):
                    continue
                if key.frame.table in (t.SUBJECTS, t.PARAMS) or reference.cells.owner(key.frame, row) >= 0:
                    self._visit(reference, column.value, key.frame, row)

    def _visit(self, reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> None:
        """An expression and those of its parts that are looked at."""
        try:
            self._parts(reference, node, frame, row)
            for side in _seen(reference, node, frame, row):
                self.reached.add((node.span.start, node.span.end, side))
        except UnknownError:
            return

    def _parts(self, reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> None:
        match node:
            case t.Const() | t.Read() | t.Ordinal() | t.PreviousRow() | t.PreviousResult() | t.Streak():
                return
            case t.Choose(arms=arms, otherwise=otherwise):
                for condition, value in arms:
                    self._visit(reference, condition, frame, row)
                    holds = reference.value(condition, frame, row)
                    if holds:
                        self._visit(reference, value, frame, row)
                    if holds or holds is None:
                        return
                self._visit(reference, otherwise, frame, row)
            case t.Coalesce(operand=operand, fallback=fallback):
                self._visit(reference, operand, frame, row)
                if reference.value(operand, frame, row) is None:
                    self._visit(reference, fallback, frame, row)
            case t.Fold(frame=inner, where=where, value=value):
                for each in reference.cells.rows_inside(inner, frame, row):
                    self._row(reference, inner, each, where, value)
            case t.Group(parts=parts):
                for part in parts:
                    inner = part.frame or frame
                    rows = [row] if part.frame is None else reference.cells.rows_inside(inner, frame, row)
                    for each in rows:
                        self._row(reference, inner, each, part.where, part.amount)
            case t.Cohort() | t.Rank() | t.Percentile() | t.Chosen():
                for member in reference.members():
                    for operand in t.operands(node):
                        self._visit(reference, operand, t.EACH, member)
            case _:
                for operand in t.operands(node):
                    self._visit(reference, operand, frame, row)

    def _row(
        self, reference: Reference, frame: t.Frame, row: int, where: t.Typed | None, value: t.Typed | None
    ) -> None:
        if where is not None:
            self._visit(reference, where, frame, row)
        if value is not None and (where is None or reference.value(where, frame, row)):
            self._visit(reference, value, frame, row)


def _seen(reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> list[str]:
    """The side of an expression on which a row lies."""
    found = sides(node, by_type)
    if not found:
        return []
    match node:
        case t.Chosen():
            return _quota(reference, node, reference.cells.owner(frame, row))
        case t.Compare(left=left, right=right) if "at" in found or "below" in found:
            one, other = reference.value(left, frame, row), reference.value(right, frame, row)
            return [_standing(one, other)] if one is not None and other is not None else []
        case t.Least(operands=(one_operand, limit)) | t.Greatest(operands=(one_operand, limit)):
            one, other = reference.value(one_operand, frame, row), reference.value(limit, frame, row)
            if one is None or other is None or one == other:
                return []
            return ["held" if (one > other) is isinstance(node, t.Least) else "free"]  # type: ignore[operator]
    value = reference.value(node, frame, row)
    return [] if value is None else ["yes" if value else "no"]


def _standing(one: Value, other: Value) -> str:
    if one == other:
        return "at"
    return "below" if one < other else "above"  # type: ignore[operator]


def _quota(reference: Reference, node: t.Chosen, subject: int) -> list[str]:
    """Whether a quota takes somebody or leaves him, and whether a tie stands on its line."""

    def value(part: t.Typed, member: int) -> Value:
        return reference.value(part, t.EACH, member)

    alike = [value(each, subject) for each in node.within]
    group = [each for each in reference.members() if [value(part, each) for part in node.within] == alike]
    if subject not in group:
        return []
    counted = None if node.counted is None else sum(1 for each in group if value(node.counted, each))
    places = windows.places_of(value(node.share, subject), node.share.type.places, counted, node.rounded)
    pool = Counter(tuple(value(key, each) for key in node.keys) for each in group if value(node.pool, each))
    taken, tied = (windows.chosen(places, pool, lowest=node.lowest, ties=ties) for ties in ("excluded", "included"))
    seen = ["taken" if value(node, subject) else "left"]
    return [*seen, "tie"] if taken != tied else seen
