"""A plan taken apart into passes over rows: what is computed in which pass, and which aggregates lie between them.

Every column, and every expression inside an aggregate, becomes a slot: a list of values, one for each row of its frame.
All slots of one frame and level are filled in one pass; what reads other rows has a higher level than they.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.engines.walk import closure, day_key, in_order
from kaoping.plan.plan import Plan
from kaoping.types import BOOL

_Aggregate = (
    t.Fold, t.Group, t.Cohort, t.Rank, t.Percentile, t.Chosen, t.Ordinal, t.PreviousRow, t.PreviousResult, t.Streak,
)  # fmt: skip
_TRUE = t.Const(True, type=BOOL)
_NEVER_MISSING = (t.UnitBound, t.Has, t.Present, t.Ordinal, t.Streak, t.Chosen)
_MAYBE_MISSING = (t.Percentile, t.PreviousRow, t.PreviousResult)


class Slot(Struct, frozen=True):
    """A list of values to be filled: `missing` says whether some may be missing.

    `level` is the first pass over the same rows that can read it, `after` the first over other rows: a pass can read
    what it has just made itself.
    """

    number: int
    frame: t.Frame
    level: int
    after: int
    missing: bool


class Task(Struct, frozen=True):
    """A slot filled row by row from an expression."""

    slot: Slot
    node: t.Typed


class Tally(Struct, frozen=True):
    """A fold done along the pass over its rows: `slot` has one value for each row of a wider frame."""

    slot: Slot
    node: t.Fold
    frame: t.Frame


class Step(Struct, frozen=True):
    """An aggregate made of whole slots after a pass: `needs` are the slots of its expressions, by their role in it."""

    slot: Slot
    node: t.Typed
    needs: dict[str, tuple[Slot | None, ...]]


class Program(Struct):
    """The passes of a plan, and the aggregates between them."""

    plan: Plan
    careful: bool = False  # any cell of the data may be empty: they are not checked yet
    columns: dict[t.Key, Slot] = field(default_factory=dict)
    loaded: dict[int, t.Key] = field(default_factory=dict)
    constants: dict[Slot, t.Const] = field(default_factory=dict)
    aggregates: dict[tuple[t.Typed, t.Frame], Slot] = field(default_factory=dict)
    passes: dict[tuple[int, t.Frame], list[Task | Tally]] = field(default_factory=dict)
    steps: dict[int, list[Step]] = field(default_factory=dict)
    number: int = 0

    # ---------------------------------------------------------------- slots

    def slot(self, frame: t.Frame, level: int, after: int, missing: bool) -> Slot:
        """A new slot."""
        self.number += 1
        return Slot(self.number, frame, level, after, missing)

    def read(self, key: t.Key) -> Slot:
        """The slot of a column; a loaded one is there before the first pass."""
        if key not in self.columns:
            column = self.plan.columns.get(key)
            if column is not None and column.value is not None:
                self.define(key, column.value)
                return self.columns[key]
            made = self.columns[key] = self.slot(key.frame, 0, 0, self.careful or may_be_empty(self.plan, key))
            self.loaded[made.number] = key
        return self.columns[key]

    def aggregate(self, node: t.Typed, frame: t.Frame) -> Slot:
        """The slot of an aggregate seen from a frame."""
        return self.aggregates[node, self.home(node, frame)]

    def home(self, node: t.Typed, frame: t.Frame) -> t.Frame:
        """The frame that an aggregate has one value for each row of."""
        match node:
            case t.Fold(frame=inner):
                return _wider(inner, frame)
            case t.Group(parts=parts):
                inner = next((part.frame for part in parts if part.frame is not None), t.EACH)
                return frame if frame.table == t.SUBJECTS else _wider(inner, frame)
            case t.Ordinal() | t.PreviousRow():
                return frame
            case _:
                return t.EACH

    # ---------------------------------------------------------------- taking apart

    def define(self, key: t.Key, node: t.Typed) -> None:
        """Plan the slot of an evaluated column."""
        self.columns[key] = self.task(node, key.frame)

    def task(self, node: t.Typed, frame: t.Frame) -> Slot:
        """Plan a slot for an expression in the rows of a frame; a bare read or aggregate there has one already."""
        if isinstance(node, t.Read) and node.key.frame == frame:
            return self.read(node.key)
        if isinstance(node, t.Const) and frame == t.EACH:
            slot = self.slot(frame, 0, 0, node.value is None)
            self.constants[slot] = node
            return slot
        if isinstance(node, _Aggregate) and self.home(node, frame) == frame:
            return self.plan_aggregate(node, frame)
        level = self.level(node, frame)
        slot = self.slot(frame, level, level + 1, self.missing(node, frame))
        self.passes.setdefault((level, frame), []).append(Task(slot, node))
        return slot

    def level(self, node: t.Typed, frame: t.Frame) -> int:
        """The first pass in which an expression can be evaluated; its aggregates are planned on the way."""
        day = day_key(self.plan, frame)
        waiting, level = [node], 0 if day is None else self.read(day).after
        while waiting:
            node = waiting.pop()
            if isinstance(node, t.Read):
                slot = self.read(node.key)
                level = max(level, slot.level if slot.frame == frame else slot.after)
            elif isinstance(node, _Aggregate):
                level = max(level, self.plan_aggregate(node, frame).after)
            else:
                waiting.extend(t.operands(node))
        return level

    def plan_aggregate(self, node: t.Typed, frame: t.Frame) -> Slot:
        """Plan the passes and the step of an aggregate; one met before is shared."""
        home = self.home(node, frame)
        if (node, home) not in self.aggregates:
            tally = isinstance(node, t.Fold) and self.tallies(node)
            self.aggregates[node, home] = self._tally(node, home) if tally else self._step(node, home)
        return self.aggregates[node, home]

    def tallies(self, node: t.Fold) -> bool:
        """Whether a fold can be done along the pass: no order, no trimming, and nothing missing spoils it."""
        if node.last is not None or node.trim or node.kind == "only":
            return False
        return node.kind in ("min", "max", "average") or node.value is None or not self.missing(node.value, node.frame)

    def _tally(self, node: t.Typed, home: t.Frame) -> Slot:
        assert isinstance(node, t.Fold)
        inside = [part for part in (node.value, node.where) if part is not None]
        level = max(self.level(part, node.frame) for part in (*inside, _TRUE))
        slot = self.slot(home, level + 1, level + 1, node.kind in ("min", "max", "average"))
        self.passes.setdefault((level, node.frame), []).append(Tally(slot, node, home))
        return slot

    def _step(self, node: t.Typed, home: t.Frame) -> Slot:
        needs = {
            role: tuple(None if part is None else self.task(part, inner) for part, inner in parts)
            for role, parts in inner_parts(node, home).items()
        }
        days = [day for part in _frames(node) if (day := day_key(self.plan, part)) is not None]
        ready = [slot.after for slots in needs.values() for slot in slots if slot is not None]
        level = max([1, *ready, *(self.read(day).after for day in days)]) - 1
        slot = self.slot(home, level + 1, level + 1, self.missing(node, home))
        self.steps.setdefault(level, []).append(Step(slot, node, needs))
        return slot

    # ---------------------------------------------------------------- what may be missing

    def missing(self, node: t.Typed, frame: t.Frame) -> bool:
        """Whether an expression may have no value, as far as the plan itself shows."""
        match node:
            case t.Const(value=value):
                return value is None
            case t.Read(key=key):
                return self.read(key).missing or (key.frame.unit != "" and key.frame.unit != frame.unit)
            case t.Coalesce(fallback=fallback):
                return self.missing(fallback, frame)
            case t.Fold(kind=kind, value=value, frame=inner):
                return kind in ("min", "max", "average", "only") or (value is not None and self.missing(value, inner))
            case t.Cohort(kind=kind, value=value):
                return kind in ("min", "max", "average") or (value is not None and self.missing(value, t.EACH))
            case t.Rank(value=value):
                return self.missing(value, t.EACH)
            case t.Group(parts=parts):
                return any(self.missing(part.amount, part.frame or frame) for part in parts)
            case t.Divide(right=right) if not (isinstance(right, t.Const) and right.value):
                return True
            case t.PluginCall() if node.type.optional:
                return True
        if isinstance(node, _MAYBE_MISSING):
            return True
        return not isinstance(node, _NEVER_MISSING) and any(self.missing(child, frame) for child in t.operands(node))


def lowered(plan: Plan, wanted: Iterable[t.Key], *, careful: bool = False) -> Program:
    """The passes that fill the columns wanted, and nothing else; `careful` where the data are not checked yet."""
    program = Program(plan, careful)
    wanted = list(wanted)
    needed = closure(plan, wanted)
    for key in in_order(plan):
        if key in needed and key not in program.columns:
            expression = plan.columns[key].value
            assert expression is not None
            program.define(key, expression)
    for key in wanted:
        program.read(key)
    return program


def inner_parts(node: t.Typed, home: t.Frame) -> dict[str, list[tuple[t.Typed | None, t.Frame]]]:
    """The expressions inside an aggregate, by role, each with the frame it is evaluated in."""
    earlier = t.Frame(t.HISTORY)
    match node:
        case t.Fold(frame=inner):
            by = node.last.by if node.last else ()
            return {
                "value": [(node.value, inner)],
                "where": [(node.where, inner)],
                "by": [(each, inner) for each in by],
            }
        case t.Group(parts=parts):
            return {
                "amount": [(part.amount, part.frame or home) for part in parts],
                "where": [(part.where, part.frame or home) for part in parts],
                "key": [(part.key, part.frame or home) for part in parts],
            }
        case t.Cohort() | t.Percentile():
            return {
                "value": [(node.value, t.EACH)],
                "where": [(node.where, t.EACH)],
                "within": [(each, t.EACH) for each in node.within],
            }
        case t.Rank():
            return {"value": [(node.value, t.EACH)], "within": [(each, t.EACH) for each in node.within]}
        case t.Chosen():
            return {
                "pool": [(node.pool, t.EACH)],
                "share": [(node.share, t.EACH)],
                "keys": [(each, t.EACH) for each in node.keys],
                "counted": [(node.counted, t.EACH)],
                "within": [(each, t.EACH) for each in node.within],
            }
        case t.Ordinal():
            return {"by": [(each, home) for each in node.by], "within": [(each, home) for each in node.within]}
        case t.PreviousRow():
            return {
                "value": [(node.value, home)],
                "by": [(each, home) for each in node.by],
                "within": [(each, home) for each in node.within],
            }
        case t.PreviousResult():
            return {"value": [(node.value, earlier)]}
        case t.Streak():
            return {"now": [(node.now, t.EACH)], "then": [(node.then, earlier)]}
    raise TypeError(type(node).__name__)


def _frames(node: t.Typed) -> list[t.Frame]:
    """The frames whose rows an aggregate goes through."""
    match node:
        case t.Fold(frame=frame):
            return [frame]
        case t.Group(parts=parts):
            return [part.frame for part in parts if part.frame is not None]
        case _:
            return []


def may_be_empty(plan: Plan, key: t.Key) -> bool:
    """Whether a loaded column may have empty cells: an optional one, or one needed only at times."""
    if key.frame.table == t.PARAMS:
        return False
    condition = plan.needed.get(key)
    if isinstance(condition, t.Const) and condition.value is True:
        return False
    for table in plan.inputs:
        for column in table.columns:
            if table.name == key.frame.table and column.name == key.name:
                return column.default is None and (column.required != "always" or condition is not None)
    return True


def _wider(inner: t.Frame, frame: t.Frame) -> t.Frame:
    """Whom the rows of a fold belong to, seen from a frame: the subject, and its unit of time where both have it."""
    return t.Frame(t.SUBJECTS, inner.unit) if inner.unit and inner.unit == frame.unit else t.EACH
