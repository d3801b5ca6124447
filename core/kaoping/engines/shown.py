"""An author's formula with the values of one case in place of its names."""

from __future__ import annotations

from collections.abc import Iterator

from kaoping import typed as t
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.source import Span
from kaoping.types import shown_text

UNKNOWN = "?"
_LEAVES = (
    t.Read, t.Fold, t.Group, t.Cohort, t.Rank, t.Percentile, t.Ordinal, t.PreviousRow, t.PreviousResult, t.Streak,
    t.Chosen,
)  # fmt: skip


def one_line(text: str) -> str:
    """A stretch of script without its line ends."""
    return " ".join(text.split())


def written(node: t.Typed) -> str | None:
    """The formula as the author wrote it, None where no author did."""
    return one_line(node.span.text) or None


def with_numbers(reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> str | None:
    """The formula with every name and aggregate replaced by its value; None where nothing is to be replaced."""
    whole = node.span
    replaced: list[tuple[Span, str]] = []
    for leaf in _leaves(node, whole):
        if all(leaf.span.end <= span.start or span.end <= leaf.span.start for span, _ in replaced):
            replaced.append((leaf.span, shown_value(reference, leaf, frame, row)))
    if not replaced:
        return None
    pieces, at = [], whole.start
    for span, text in sorted(replaced, key=lambda each: each[0].start):
        pieces += [whole.source.text[at : span.start], text]
        at = span.end
    return one_line("".join(pieces) + whole.source.text[at : whole.end])


def _leaves(node: t.Typed, whole: Span) -> Iterator[t.Typed]:
    """The outermost reads and aggregates that the author wrote inside a stretch of script."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        span = node.span
        inside = span.source is whole.source and whole.start <= span.start < span.end <= whole.end
        if isinstance(node, _LEAVES) and inside:
            yield node
        elif not isinstance(node, _LEAVES):
            waiting.extend(reversed(list(t.operands(node))))


def shown_value(reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> str:
    """The value of an expression as people read it."""
    try:
        value = reference.value(node, frame, row)
    except UnknownError:
        return UNKNOWN
    return shown_text(value, node.type)


def shown_cell(reference: Reference, key: t.Key, row: int) -> str:
    """The value of a cell as people read it."""
    value = reference.cell(key, row)
    return UNKNOWN if isinstance(value, Unknown) else shown_text(value, reference.plan.columns[key].type)


def reads(node: t.Typed) -> list[t.Key]:
    """The columns that an expression reads in the row at hand, in the order of the text, each once."""
    found: dict[t.Key, None] = {}
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, t.Read):
            found[node.key] = None
        elif not isinstance(node, _LEAVES):
            waiting.extend(reversed(list(t.operands(node))))
    return list(found)


def reasoning(reference: Reference, key: t.Key, row: int) -> str:
    """How a cell came about, in one line: the formula and the same in numbers, or else what it was made of."""
    column = reference.plan.columns[key]
    if column.value is None:
        return ""
    formula, numbers = written(column.value), with_numbers(reference, column.value, key.frame, row)
    if formula and numbers and numbers != formula:
        return f"{formula} = {numbers}"
    made_of = []
    for part in column.parts or tuple(reads(column.value)):
        at = reference.cells.climb(key.frame, row, part.frame) if part in reference.plan.columns else None
        if at is not None:
            made_of.append(f"{part.name} {shown_cell(reference, part, at)}")
    return ", ".join(dict.fromkeys(made_of))
