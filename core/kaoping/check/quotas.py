"""Quotas: of whom, by what, how a part is rounded, what happens to a tie on the line (semantics.md 13)."""

from __future__ import annotations

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import grading, names, sets
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed
from kaoping.check.numeric import is_poison, poison
from kaoping.columns import Column
from kaoping.source import Span
from kaoping.types import BOOL, POISON


def chosen(c: Checker, index: int, placed: Placed) -> Column:
    """Whether a quota block takes the subject; a mark that is no grade has it under its own name."""
    key = t.Key(t.EACH, "quota", f"{index + 1}")
    return c.make(key, placed.statement.span, lambda: _chosen(c, index, placed, key))


def _chosen(c: Checker, index: int, placed: Placed, key: t.Key) -> Column:
    statement = placed.statement
    with c.at(placed) as scope:
        value = _choice(c, index, placed, scope)
    return c.enter(Column(key, POISON if is_poison(value) else BOOL, value, c.origin(placed, "quota", statement.span)))


def mark(c: Checker, placed: Placed, span: Span) -> Column:
    """The yes/no of a mark that is no grade."""
    statement = placed.statement
    assert isinstance(statement, s.Select)
    index = list(c.declarations.of(*grading.BLOCKS)).index(placed)

    def maker() -> Column:
        value = names.read(chosen(c, index, placed), Scope(), span)
        return c.enter(
            Column(t.Key(t.EACH, statement.mark), value.type, value, c.origin(placed, "mark", statement.span))
        )

    return c.make(t.Key(t.EACH, statement.mark), span, maker)


def _choice(c: Checker, index: int, placed: Placed, scope: Scope) -> t.Typed:
    statement = placed.statement
    tops = [line for line in statement.body if isinstance(line, s.Top)]
    if not tops and any(isinstance(line, s.Broken) for line in statement.body):
        return poison(statement.span)
    if len(tops) != 1:
        return c.error("KP450", tops[1].span if tops else statement.span, "tops" if tops else "top")
    top = tops[0]
    before_column = grading.before_block(c, index, statement.span)
    before = names.read(before_column, scope, statement.span) if before_column else None
    pool = _pool(c, placed, before)
    share = _share(c, top, scope)
    if is_poison(share):
        return share
    part = share.type.places > 0 or share.type.percent
    ties = next((line.policy for line in statement.body if isinstance(line, s.Ties)), None)
    rounded = next((line.mode for line in statement.body if isinstance(line, s.Rounded)), None)
    if not _answered(c, statement, top, part=part, ties=ties, rounded=rounded):
        return poison(statement.span)
    keys = tuple(c.needed(x.numeric(c, key, scope), key.span) for key in top.keys)
    within = sets.groups(c, top.within, scope)
    counted = _counted(c, top, pool, before) if part else None
    if is_poison(pool, *keys, *within, *([counted] if counted is not None else [])):
        return poison(statement.span)
    return t.Chosen(
        pool,
        share,
        keys,
        counted,
        within,
        top.end == "bottom",
        ties or "excluded",
        rounded or "down",
        type=BOOL,
        span=statement.span,
    )


def _answered(
    c: Checker, statement: s.Statement, top: s.Top, *, part: bool, ties: str | None, rounded: str | None
) -> bool:
    """A quota answers every question its reader will ask; each one it does not is an error that lists the choices."""
    asked: list[str] = []
    if any(isinstance(line, s.Broken) for line in statement.body):
        return False  # the answer may stand in the line that could not be read
    if not top.keys:
        asked.append("by")
    if ties is None:
        asked.append("ties")
    if part and top.of is None:
        asked.append("of")
    if part and rounded is None:
        asked.append("rounded")
    for question in asked:
        c.error("KP450", top.span if question in ("by", "of") else statement.span, question)
    return not asked


def _share(c: Checker, top: s.Top, scope: Scope) -> t.Typed:
    share = c.needed(x.numeric(c, top.share, scope), top.share.span)
    if is_poison(share):
        return share
    if share.type.low < 0:
        return c.error("KP452", top.share.span, text=top.share.span.text)
    if (share.type.places > 0 or share.type.percent) and share.type.low > 10**share.type.places:
        return c.error("KP453", top.share.span, text=top.share.span.text)
    return share


def _pool(c: Checker, placed: Placed, before: t.Typed | None) -> t.Typed:
    """Who may take a place: of the grade the pool is drawn from, `where` holds, neither vetoed nor barred from the
    mark.
    """
    statement = placed.statement
    span = statement.span
    tests = [where(c, placed)]
    vetoed = names.read(grading.vetoed(c, span), Scope(), span)
    tests.append(cond.opposite(vetoed, span))
    match statement:
        case s.Select(mark=mark, pool=pool):
            if pool is not None and before is not None:
                code = grading.grade_code(c, pool, span)
                tests.append(graded(c, before, code, span) if code is not None else poison(span))
            elif pool is not None:
                return grading.no_grades(c, span)
            if c.grades is not None:
                tests += _with_a_grade(c, span)
            if c.grades is not None and mark in c.grades.labels:
                tests.append(_not_barred(c, c.grades.labels.index(mark), span))
        case s.Limit(grade=grade):
            if before is None:
                return poison(span)
            code = grading.grade_code(c, grade, span)
            tests.append(graded(c, before, code, span) if code is not None else poison(span))
    return cond.both(tests, span)


def _not_barred(c: Checker, mark: int, span: Span) -> t.Typed:
    """Not barred from the mark, nor from a grade below it."""
    bars = []
    for placed, column in grading.conditions_of(c, s.Bar, "bar"):
        assert isinstance(placed.statement, s.Bar)
        code = grading.grade_code(c, placed.statement.grade, placed.statement.span)
        if code is not None and code <= mark:
            bars.append(names.read(column, Scope(), span))
    return cond.opposite(cond.either(bars, span), span) if bars else t.Const(True, type=BOOL, span=span)


def where(c: Checker, placed: Placed) -> t.Typed:
    """The `where` of a quota block."""
    with c.at(placed) as scope:
        tests = [x.truth(c, line.condition, scope) for line in placed.statement.body if isinstance(line, s.Where)]
    return cond.both(tests, placed.statement.span) if tests else t.Const(True, type=BOOL, span=placed.statement.span)


def graded(c: Checker, before: t.Typed, code: int, span: Span) -> t.Typed:
    """Whether the grade before the block is a certain one."""
    if is_poison(before):
        return before
    same = t.Compare("=", before, t.Const(code, type=before.type, span=span), type=BOOL, span=span)
    return cond.both([same, *_with_a_grade(c, span)], span)


def _with_a_grade(c: Checker, span: Span) -> list[t.Typed]:
    none = grading.without(c, span)
    return [] if none is None else [cond.opposite(none, span)]


def _counted(c: Checker, top: s.Top, pool: t.Typed, before: t.Typed | None) -> t.Typed:
    """What a percentage is taken of."""
    if top.of_grade:
        assert top.of is not None
        if before is None:
            return grading.no_grades(c, top.span)
        code = grading.grade_code(c, top.of, top.span)
        return graded(c, before, code, top.span) if code is not None else poison(top.span)
    return t.Const(True, type=BOOL, span=top.span) if top.of == "all" else pool
