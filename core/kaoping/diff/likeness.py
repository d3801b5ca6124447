"""How alike two statements are that are not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from difflib import SequenceMatcher

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.diff.names import fields


def likeness(a: s.Statement, b: s.Statement) -> float:
    """How much two statements have in common, from 0 to 1."""
    if isinstance(a, s.Assume) and isinstance(b, s.Assume):
        return SequenceMatcher(None, a.text, b.text, autojunk=False).ratio()
    old, new = Counter(_atoms(a)), Counter(_atoms(b))
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def _atoms(value: object) -> Iterable[Hashable]:
    match value:
        case tuple():
            for each in value:
                yield from _atoms(each)
        case e.Number() | e.Name() | e.Text() | e.Date() | e.MonthDay() | e.YesNo():
            yield value
        case e.Node():
            if not isinstance(value, s.Statement | s.Amount):
                yield type(value).__name__
            for _, part in fields(value):
                yield from _atoms(part)
        case str() | int() if value:
            yield value
