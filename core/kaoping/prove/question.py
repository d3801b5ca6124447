"""A question about a scheme, as two more columns of its plan: whether it holds of a subject, and whether the subject's
data are sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Finding
from kaoping.engines.walk import closure
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.plan.strata import hoisted, ordered, strata
from kaoping.prove.merged import merged
from kaoping.source import NOWHERE
from kaoping.surroundings import Surroundings
from kaoping.types import BOOL, Type, shown_text

WORDS = ("旧", "before")
"""What a question calls the other version: `旧.grade`, `before.grade`."""

COHORTS = (t.Cohort, t.Rank, t.Percentile, t.Chosen)
"""What depends on other subjects."""

HOLDS, SOUND = t.Key(t.EACH, "question "), t.Key(t.EACH, "sound ")
"""Names with a space at their end, which no script can say."""


class Version(NamedTuple):
    """A script, and where what it refers to is found."""

    scheme: s.Scheme
    surroundings: Surroundings


class Question(Struct, frozen=True):
    """What is asked: `plan` has the columns `HOLDS` and `SOUND`; `data` are the loaded columns that can matter, and one
    of every table of `rows` that can, whose rows alone may be counted; `named` the names that the question reads;
    `among` is set where the answer of one subject depends on others; `narrowed` are the cells that may be more in one
    of two versions than in the other, with what both allow; `apart` is set where they do not appraise the same
    subjects, so that only those of both are asked about.
    """

    plan: Plan
    data: tuple[t.Key, ...]
    rows: tuple[str, ...]
    named: tuple[e.Name, ...]
    among: bool
    narrowed: tuple[tuple[str, str], ...] = ()
    apart: bool = False


def question(new: Version, asked: e.Expr | None, old: Version | None = None) -> tuple[Question | None, list[Finding]]:
    """The question whether an expression holds of every subject; without one, whether two versions give everybody the
    same grade, or where there are none the same total, or else the same of everything. None, and findings, where it
    cannot be asked.

    Raises `DifferentData` where the two versions do not read the same data.
    """
    words = {node.parts[0] for node in e.nodes_in(asked) if isinstance(node, e.Name)} & set(WORDS) if asked else set()
    before = None
    if old is not None:
        before, findings = plan_scheme(old.scheme, old.surroundings)
        if before is None:
            return None, findings
        if asked is None:
            asked, words = _same_result(before, WORDS[0]), {WORDS[0]}
        before = _asked_as_much(old, before, asked, words)
    assert asked is not None
    plan, findings = _asking(new, asked, {word: types_of(before) for word in words} if before else {})
    if plan is None:
        return None, findings
    alone = plan
    if before is not None:
        plan = merged(plan, before, tuple(words))
    plan = with_soundness(plan)
    keys = closure(plan, [HOLDS, SOUND, *([plan.appraised] if plan.appraised else [])])
    columns = [column for column in plan.columns.values() if column.key in keys]
    named = {node.text: node for node in e.nodes_in(asked) if isinstance(node, e.Name)}
    data = [column.key for column in columns if column.value is None]
    rows = _tables(columns)
    for table in rows:
        if not any(key.frame.table == table for key in data):
            data += [key for key, each in plan.columns.items() if each.value is None and key.frame.table == table][:1]
    return Question(
        plan,
        tuple(data),
        rows,
        tuple(sorted(named.values(), key=lambda name: (len(name.parts), name.text))),
        any(isinstance(view, COHORTS) for each in columns for view in each.views),
        _narrowed(plan, [each for each in (alone, before) if each], [column for column in columns if not column.value]),
        before is not None and not _appraising_alike(plan, alone, before),
    ), findings


def _tables(columns: Sequence[Column]) -> tuple[str, ...]:
    """The tables whose rows some columns look at, read a field of or not."""
    frames = [column.key.frame for column in columns]
    frames += [frame for column in columns for node in column.nodes if (frame := getattr(node, "frame", None))]
    return tuple(dict.fromkeys(each.table for each in frames if each.table not in (t.SUBJECTS, t.PARAMS)))


def _asking(new: Version, asked: e.Expr, versions: dict[str, dict[str, Type]]) -> tuple[Plan | None, list[Finding]]:
    """The plan of a scheme with the question as one more outcome: it is read and typed like any condition."""
    links = tuple(s.Link(word, (word,)) for word in versions)
    scheme = replace(new.scheme, statements=(*new.scheme.statements, *links, s.Outcome(HOLDS.name, condition=asked)))
    return plan_scheme(scheme, replace(new.surroundings, versions=versions))


def _asked_as_much(old: Version, before: Plan, asked: e.Expr, words: set[str]) -> Plan:
    """The plan of the old version when somebody asks for the same results of it: what is asked for needs its cells."""
    types = types_of(before)
    names = {
        ".".join(node.parts[1:]) for node in e.nodes_in(asked) if isinstance(node, e.Name) if node.parts[0] in words
    }
    read = [e.Name(tuple(name.split(".")), tuple(name.split("."))) for name in sorted(names & set(types))]
    condition = e.All(tuple(_same(each, each, optional=types[each.text].optional) for each in read))
    statements = (*old.scheme.statements, s.Outcome(HOLDS.name, condition=condition))
    return plan_scheme(replace(old.scheme, statements=statements), old.surroundings)[0] or before


def types_of(plan: Plan) -> dict[str, Type]:
    """The results of a version that a question about another one may name; `total` is the total, whatever its name."""
    found = {column.name: column.type for column, _ in plan.results}
    total = plan.columns.get(t.Key(t.EACH, "total"))
    return found if total is None else {"total": total.type, **found}


def _same_result(old: Plan, word: str) -> e.Expr:
    """`grade = 旧.grade`; without grades the same of the total, and without a total of every result."""
    types = types_of(old)
    asked = next(([name] for name in ("grade", "total") if name in types), [*types])
    parts = tuple(
        _same(e.Name(own, own), e.Name((word, *own), (word, *own)), optional=types[name].optional)
        for name in asked
        if (own := tuple(name.split(".")))
    )
    return parts[0] if len(parts) == 1 else e.All(parts)


def _same(one: e.Name, other: e.Name, *, optional: bool) -> e.Expr:
    """`X = 旧.X`; of what may be missing that both are there and equal, or neither is."""
    equal = e.Compare("=", one, other)
    return (
        e.If(e.All((e.Has(one), e.Has(other))), equal, e.Compare("=", e.Has(one), e.Has(other))) if optional else equal
    )


def _appraising_alike(plan: Plan, new: Plan, old: Plan) -> bool:
    """Whether two versions, merged into one plan, appraise the same subjects."""
    return plan.appraised == new.appraised and (new.appraised is None) == (old.appraised is None)


def _narrowed(plan: Plan, versions: Sequence[Plan], data: Sequence[Column]) -> tuple[tuple[str, str], ...]:
    """The cells that one of the versions lets be more than both do, and from where to where; "" where that depends."""
    found = []
    for column in data:
        key, type_ = column.key, column.type
        own = [each.columns[key].type for each in versions if key in each.columns]
        limits = [each.limits[key] for each in versions if key in each.limits]
        if any((each.low, each.high, each.places) != (own[0].low, own[0].high, own[0].places) for each in own):
            low, high = (shown_text(end, type_.present) for end in (type_.low, type_.high))
            found.append((key.name, f"{low}..{high}"))
        elif any(each != plan.limits.get(key) for each in limits):
            found.append((key.name, ""))
    return tuple(found)


def with_soundness(plan: Plan) -> Plan:
    """The plan with a column that says whether the cells of a subject are there where they are needed, and lie within
    their limits.
    """
    yes, wanted = t.Const(True, type=BOOL), list(plan.columns)
    parts: list[t.Typed] = []
    for key, condition in plan.needed.items():
        column = plan.columns.get(key)
        if column is None or not column.type.optional or key.frame.table == t.PARAMS:
            continue
        there = t.Has(t.Read(key, type=column.type), type=BOOL)
        asked = t.Coalesce(condition, t.Const(False, type=BOOL), type=BOOL)
        parts.append(_of_each_row(key.frame, cond.either([there, cond.opposite(asked, NOWHERE)], NOWHERE)))
    for key, (low, high) in plan.limits.items():
        if key in plan.columns:
            read = t.Read(key, type=plan.columns[key].type)
            for operator, end in ((">=", low), ("<=", high)):
                within = t.Compare(operator, read, end, type=BOOL.maybe)
                parts.append(_of_each_row(key.frame, t.Coalesce(within, yes, type=BOOL)))
    value = cond.both(parts, NOWHERE) if parts else yes
    added = Column(SOUND, BOOL, value, Origin("check"))
    columns = hoisted([*plan.columns.values(), added])
    order = ordered(columns, [*wanted, SOUND])
    return replace(plan, columns={column.key: column for column in order}, strata=strata(order))


def _of_each_row(frame: t.Frame, condition: t.Typed) -> t.Typed:
    return condition if frame == t.EACH else t.Fold("all", frame, condition, type=BOOL)
