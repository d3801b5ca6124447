"""An author's formula with the values of one case in place of its names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaoping import expr as e
from kaoping import typed as t
from kaoping.columns import Column
from kaoping.diagnostic import phrase
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.source import Span
from kaoping.types import Kind, Type, Value, shown_text

UNKNOWN = "?"
_COMMENT = re.compile(r"""("[^"\n]*"|“[^”\n]*”|「[^」\n]*」)|[#＃][^\n]*""")
"""A comment, or (its group) what may hold its sign."""
_SPACE, _RUNS_ON = re.compile(r"\s+"), re.compile(r"[\w.]", re.ASCII)
_MADE_OF_PARTS = ("vetoed", "step", "ungraded", "grade", "rank", "items", "full", "group")
_LEAVES = (
    t.Read, t.Fold, t.Group, t.Cohort, t.Rank, t.Percentile, t.Ordinal, t.PreviousRow, t.PreviousResult, t.Streak,
    t.Chosen,
)  # fmt: skip


def one_line(text: str) -> str:
    """A stretch of script without its comments and line ends."""
    return " ".join(_without_comments(text).split())


def _spaced(text: str) -> str:
    """A stretch of script between two values, without comments and line ends, never running into the value before."""
    spaced = _SPACE.sub(" ", _without_comments(text))
    return f" {spaced}" if _RUNS_ON.match(spaced) else spaced


def _worded(shown: str, type_: Type) -> str:
    """A value as shown; yes and no as phrases, for a reader of either language."""
    return phrase(f"report.{shown}") if type_.kind is Kind.BOOL and shown in ("yes", "no") else shown


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: found[1] or "", text)


def formula(column: Column) -> tuple[Span, ...]:
    """The stretches of script that say how a column is made, none where its parts say it."""
    statement, node = column.origin.statement, column.value
    role = column.origin.role
    if node is None or role in _MADE_OF_PARTS or (role in ("bonus", "penalty") and not column.key.part):
        return ()
    if role == "total" and statement is None:  # nobody has stated it: its span is where it is spoken of
        return ()
    if column.origin.lines:
        return tuple(line.span for line in column.origin.lines)
    if statement is not None and role in ("bar", "downgrade"):  # which grade, how many: the condition does not say it
        return (statement.span,)
    amount = getattr(statement, "amount", None)
    if statement is not None and amount is not None and statement.classes and node.span == amount.span:
        return (Span(node.span.source, node.span.start, statement.span.end),)  # for whom a line is stands behind it
    own = getattr(statement, "value", None)
    if isinstance(own, e.Node) and not column.key.part:
        return (own.span,)
    whole = statement is not None and node.span.start == statement.span.start and node.span.end == statement.span.end
    return () if whole or node.span.start == node.span.end else (node.span,)


def formula_text(column: Column) -> str | None:
    """The formula of a column as the author wrote it."""
    return "; ".join(one_line(span.text) for span in formula(column)) or None


def with_numbers(reference: Reference, column: Column, row: int) -> str | None:
    """The formula of a column with every name and aggregate replaced by its value; None where nothing is replaced."""
    if column.value is None:
        return None
    spans = formula(column)
    filled = [in_numbers(reference, column.value, span, column.key.frame, row) for span in spans]
    if not any(filled):
        return None
    return "; ".join(text or one_line(span.text) for span, text in zip(spans, filled, strict=True))


def in_numbers(reference: Reference, node: t.Typed, whole: Span, frame: t.Frame, row: int) -> str | None:
    """A stretch of script with every name and aggregate of an expression replaced by its value."""
    replaced: list[tuple[Span, str]] = []
    for leaf in _leaves(node, whole):
        if all(leaf.span.end <= span.start or span.end <= leaf.span.start for span, _ in replaced):
            replaced.append((leaf.span, _worded(shown_value(reference, leaf, frame, row), leaf.type)))
    if not replaced:
        return None
    pieces, at = [], whole.start
    for span, text in sorted(replaced, key=lambda each: each[0].start):
        pieces += [_spaced(whole.source.text[at : span.start]), text]
        at = span.end
    return "".join([*pieces, _spaced(whole.source.text[at : whole.end])]).strip(" ")


def _leaves(node: t.Typed, whole: Span) -> Iterator[t.Typed]:
    """The outermost reads and aggregates that the author wrote inside a stretch of script."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        span = node.span
        inside = span.source is whole.source and whole.start <= span.start < span.end <= whole.end
        if inside and (isinstance(node, _LEAVES) or _named_constant(node)):
            yield node
        elif not isinstance(node, _LEAVES):
            waiting.extend(reversed(list(t.operands(node))))


def _named_constant(node: t.Typed) -> bool:
    """Whether a constant stands for a name, as a param does."""
    if not isinstance(node, t.Const) or node.value is None or node.type.kind not in (Kind.NUMBER, Kind.DATE):
        return False
    return node.span.text[0].isalpha() or node.span.text[0] in "_「"


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


def read_cells(reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> list[tuple[t.Key, int]]:
    """The cells that count for an expression in a row, in the order of the text; of a choice, those taken."""
    found: dict[tuple[t.Key, int], None] = {}
    waiting = [node]
    while waiting:
        node = waiting.pop()
        match node:
            case t.Read(key=key):
                at = reference.cells.climb(frame, row, key.frame)
                if at is not None and key in reference.plan.columns:
                    found[key, at] = None
            case t.Choose():
                waiting.extend(reversed(taken(reference, node, frame, row)))
            case t.Coalesce(operand=operand, fallback=fallback):
                missing = _known(reference, operand, frame, row) is None
                waiting.extend([fallback, operand] if missing else [operand])
            case t.Chosen(pool=pool, keys=keys):
                waiting.extend(reversed([pool, *keys]))
            case t.Rank(value=value) | t.Streak(now=value):
                waiting.append(value)
            case _ if not isinstance(node, _LEAVES):
                waiting.extend(reversed(list(t.operands(node))))
    return list(found)


def taken(reference: Reference, node: t.Choose, frame: t.Frame, row: int) -> list[t.Typed]:
    """The conditions asked, and the value taken."""
    asked: list[t.Typed] = []
    for condition, value in node.arms:
        asked.append(condition)
        holds = _known(reference, condition, frame, row)
        if holds is None:
            return asked
        if holds:
            return [*asked, value]
    return [*asked, node.otherwise]


def _known(reference: Reference, node: t.Typed, frame: t.Frame, row: int) -> Value:
    try:
        return reference.value(node, frame, row)
    except UnknownError:
        return None


def reasoning(reference: Reference, key: t.Key, row: int) -> str:
    """How a cell came about, in one line: the formula and the same in numbers, or else what it was made of."""
    column = reference.plan.columns[key]
    if column.value is None:
        return ""
    if reference.cell(key, row) is not None:  # a formula says nothing of why there is no value
        written, numbers = formula_text(column), with_numbers(reference, column, row)
        if written and numbers:
            return f"{written} = {numbers}"
    elif isinstance(column.value, t.Read):
        return reasoning(reference, column.value.key, row)
    made_of = []
    for part, at in parts(reference, column, row):
        if reference.plan.columns[part].key.part in ("", "given"):
            shown = _worded(shown_cell(reference, part, at), reference.plan.columns[part].type)
            own = reference.plan.columns[part].origin.role == part.name  # built in: called as each language calls it
            made_of.append(f"{phrase(f'report.value.{part.name}') if own else part.name} {shown}")
    return ", ".join(dict.fromkeys(made_of))


def parts(reference: Reference, column: Column, row: int) -> list[tuple[t.Key, int]]:
    """The cells below a value: those its column names, then the others that count in its expression."""
    found: dict[tuple[t.Key, int], None] = {}
    for key in column.parts:
        at = reference.cells.climb(column.key.frame, row, key.frame) if key in reference.plan.columns else None
        if at is not None:
            found[key, at] = None
    if column.value is not None:
        found.update(dict.fromkeys(read_cells(reference, column.value, column.key.frame, row)))
    return list(found)
