"""What of two schemes stands beside each other: grades, marks, outcomes, numbers, ranks, selections, vetoes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.columns import Column
from kaoping.diagnostic import phrase
from kaoping.diff.record import ABSENT, NO, NONE, YES
from kaoping.plan.plan import Plan, ReasonColumn
from kaoping.types import Kind

T = TypeVar("T")
HAS = phrase("impact.has")
"""The state of who has a date, or a text that comes from data."""


class Pair(Struct, frozen=True):
    """One thing that both schemes decide, or only one of them: its key in each; of a rank also the groups that it is
    within.
    """

    kind: str
    name: str
    before: t.Key | None
    after: t.Key | None
    clause: str | None = None
    within: tuple[str, ...] = ()

    @property
    def side(self) -> str:
        """Which scheme decides it."""
        return "before" if self.after is None else "after" if self.before is None else "both"


class Standing(Struct, frozen=True):
    """A thing with states: a column of one of the `keys` in any scheme between the two. `rows` and `columns` are the
    states of each. `renamed` are grades and labels by what they are called now.
    """

    kind: str
    name: str
    keys: tuple[t.Key, ...]
    side: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    renamed: Mapping[str, str]

    def column(self, plan: Plan) -> Column | None:
        """Its column in a scheme, if that decides it."""
        return next((plan.columns[key] for key in self.keys if key in plan.columns), None)

    @property
    def states(self) -> tuple[str, ...]:
        """The states of either scheme, each once."""
        return tuple(dict.fromkeys((*self.rows, *self.columns)))


class Counterparts(Struct, frozen=True):
    """All that is compared."""

    standings: tuple[Standing, ...]
    numbers: tuple[Pair, ...]
    ranks: tuple[Pair, ...]
    classes: tuple[Pair, ...]
    quotas: tuple[Pair, ...]
    reasons: tuple[tuple[Pair, str], ...]


def counterparts(before: Plan, after: Plan, renamed: Mapping[str, str]) -> Counterparts:
    """What is compared of two plans; `renamed` are names of the first by what they are called in the second."""
    numbers = [*_total(before, after), *_named(before, after, "outcome", renamed, _is_number)]
    return Counterparts(
        standings=tuple(_standings(before, after, renamed)),
        numbers=tuple(each for each in numbers if each.side == "both"),
        ranks=tuple(
            replace(each, within=_within(after, each.after))
            for each in _named(before, after, "rank", renamed)
            if each.side == "both"
        ),
        classes=tuple(_named(before, after, "class", renamed)),
        quotas=tuple(_quotas(before, after, renamed)),
        reasons=tuple(_reasons(before, after)),
    )


# ---------------------------------------------------------------- results


def _is_number(column: Column) -> bool:
    return column.type.kind is Kind.NUMBER


def _any(_: Column) -> bool:
    return True


def _keys(plan: Plan, role: str, wanted: Callable[[Column], bool]) -> dict[str, t.Key]:
    return {column.name: key for column, key in plan.results if column.role == role and wanted(plan.columns[key])}


def _named(
    before: Plan, after: Plan, role: str, renamed: Mapping[str, str], wanted: Callable[[Column], bool] = _any
) -> list[Pair]:
    """The results of a role, by their name, in the order of the new scheme, then what only the old one has."""
    new = _keys(after, role, wanted)
    old = {renamed.get(name, name): key for name, key in _keys(before, role, wanted).items()}
    return [Pair(role, name, old.get(name), new.get(name)) for name in dict.fromkeys((*new, *old))]


def _total(before: Plan, after: Plan) -> list[Pair]:
    """The totals that rank and grades go by, whatever their names."""
    key = t.Key(t.EACH, "total")
    if key not in before.columns or key not in after.columns:
        return []
    value = after.columns[key].value
    name = value.key.name if isinstance(value, t.Read) else phrase("report.total")
    return [Pair("total", name, key, key)]


def _within(plan: Plan, key: t.Key | None) -> tuple[str, ...]:
    value = plan.columns[key].value if key is not None else None
    groups = value.within if isinstance(value, t.Rank) else ()
    return tuple(each.key.name for each in groups if isinstance(each, t.Read))


def _standings(before: Plan, after: Plan, renamed: Mapping[str, str]) -> Iterable[Standing]:
    words = {"grade": phrase("report.grade"), "vetoed": phrase("report.vetoed")}
    for role in ("grade", "vetoed", "mark", "outcome"):
        for pair in _named(before, after, role, renamed, lambda column: not _is_number(column)):
            labels = _renamed_labels(before, after, pair, renamed)
            rows = tuple(labels.get(each, each) for each in _states(before, pair.before))
            columns = _states(after, pair.after)
            rows, columns = (rows or _nothing(columns)), (columns or _nothing(rows))
            keys = tuple(key for key in (pair.after, pair.before) if key is not None)
            yield Standing(role, words.get(role, pair.name), keys, pair.side, rows, columns, labels)


def _renamed_labels(before: Plan, after: Plan, pair: Pair, renamed: Mapping[str, str]) -> dict[str, str]:
    """The labels of the old scheme that are another's name in the new one, and no longer there themselves."""
    if pair.before is None or pair.after is None:
        return {}
    old, new = before.columns[pair.before].type.labels, after.columns[pair.after].type.labels
    return {each: renamed[each] for each in old if each not in new and renamed.get(each) in new}


def _states(plan: Plan, key: t.Key | None) -> tuple[str, ...]:
    """The states that a column gives, the best grade first; those of nobody and of who is not appraised at the end."""
    if key is None:
        return ()
    type_ = plan.columns[key].type
    match type_.kind:
        case Kind.CHOICE:
            own = type_.labels[::-1] if type_.ordered else type_.labels
            own = (*own, NONE) if type_.optional else own
        case Kind.BOOL:
            own = (YES, NO)
        case Kind.TEXT:
            own = (*_texts(plan, key), NONE)
        case _:
            own = (HAS, NONE)
    return (*own, ABSENT)


def _texts(plan: Plan, key: t.Key) -> tuple[str, ...]:
    """The texts that a column may have; of those that come from data only that there is one."""
    found: dict[str, None] = {}
    waiting: list[t.Typed | None] = [plan.columns[key].value]
    while waiting:
        match waiting.pop():
            case t.Const(value=value):
                found |= {value: None} if isinstance(value, str) else {}
            case t.Choose(arms=arms, otherwise=otherwise):
                waiting += [otherwise, *(value for _, value in reversed(arms))]
            case t.Coalesce(operand=operand, fallback=fallback):
                waiting += [fallback, operand]
            case t.Present(operand=operand):
                waiting.append(operand)
            case t.Read(key=read) if read in plan.columns:
                waiting.append(plan.columns[read].value)
            case _:
                found[HAS] = None
    return (*(each for each in found if each != HAS), *((HAS,) if HAS in found else ()))


def _nothing(other: tuple[str, ...]) -> tuple[str, ...]:
    """The states under a scheme that does not know a thing."""
    return (NO if NO in other else NONE, ABSENT)


# ---------------------------------------------------------------- selections


def _quotas(before: Plan, after: Plan, renamed: Mapping[str, str]) -> Iterable[Pair]:
    tests = [partial(_same_block, renamed), partial(_same_mark, renamed)]
    for old, new in _matched(_blocks(before), _blocks(after), tests):
        column = new or old
        assert column is not None
        keys = (old.key if old else None), (new.key if new else None)
        yield Pair("quota", _block_name(column), *keys, column.origin.clause)


def _blocks(plan: Plan) -> list[Column]:
    found = [
        column
        for key, column in plan.columns.items()
        if key.frame == t.EACH and key.name == "quota" and isinstance(column.value, t.Chosen)
    ]
    return sorted(found, key=lambda each: int(each.key.part.partition(":")[0]))


def _same_block(renamed: Mapping[str, str], column: Column) -> Hashable:
    match column.origin.statement:
        case s.Select(mark=one, pool=two, classes=classes):
            kind = "select"
        case s.Limit(grade=one, otherwise=two, classes=classes):
            kind = "limit"
        case _:
            return column.key
    return (kind, renamed.get(one, one), renamed.get(two or "", two), classes)


def _same_mark(renamed: Mapping[str, str], column: Column) -> Hashable:
    match column.origin.statement:
        case s.Select(mark=name):
            return ("select", renamed.get(name, name))
        case s.Limit(grade=name):
            return ("limit", renamed.get(name, name))
        case _:
            return column.key


def _block_name(column: Column) -> str:
    """The head of the block as its author wrote it."""
    return column.origin.span.text.splitlines()[0].strip() if column.origin.span.text else column.key.part


# ---------------------------------------------------------------- vetoes and bars


def _reasons(before: Plan, after: Plan) -> Iterable[tuple[Pair, str]]:
    """Each veto and bar, with what its author says of it."""
    same: list[Callable[[ReasonColumn], Hashable]] = [
        lambda each: (each.word, each.text, each.clause),
        lambda each: (each.word, each.text),
        lambda each: (each.word, each.clause) if each.clause else each.key,
    ]
    for old, new in _matched(before.reasons, after.reasons, same):
        told = new or old
        assert told is not None
        keys = (old.key if old else None), (new.key if new else None)
        yield Pair(told.word, told.text, *keys, told.clause), old.text if old else told.text


def _matched(
    before: Sequence[T], after: Sequence[T], tests: Sequence[Callable[[T], Hashable]]
) -> list[tuple[T | None, T | None]]:
    """What of two lists is the same, by the strictest test first, each once; then what has no counterpart."""
    partner: dict[int, int] = {}
    for same in tests:
        waiting: dict[Hashable, list[int]] = {}
        for at, old in enumerate(before):
            if at not in partner.values():
                waiting.setdefault(same(old), []).append(at)
        for at, new in enumerate(after):
            if at not in partner and waiting.get(same(new)):
                partner[at] = waiting[same(new)].pop(0)
    found: list[tuple[T | None, T | None]] = [
        (before[partner[at]] if at in partner else None, new) for at, new in enumerate(after)
    ]
    return [*found, *((old, None) for at, old in enumerate(before) if at not in partner.values())]
