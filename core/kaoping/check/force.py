"""When a rule is in force, and of whom it speaks: dates of clauses, `for` and `if` (semantics.md 11)."""

from __future__ import annotations

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import classes, names
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import is_poison
from kaoping.source import Span
from kaoping.types import BOOL, DATE


def force(c: Checker, placed: Placed) -> str:
    """Whether a statement is in force in the period: `always`, `never`, or in `part` of it."""
    since, until = placed.context.since, placed.context.until
    first, last = c.period.first, c.period.last
    if (since and since > last) or (until and until < first):
        return "never"
    return "part" if (since and since > first) or (until and until < last) else "always"


def in_force(c: Checker, placed: Placed, asked: t.Typed, span: Span) -> t.Typed:
    """The condition, or no where the statement is not in force; in force for part of the period is an error."""
    match force(c, placed):
        case "never":
            return t.Const(False, type=BOOL, span=span)
        case "part":
            since, until = (day.isoformat() if day else "" for day in (placed.context.since, placed.context.until))
            variant = "until" if not placed.context.since or placed.context.since <= c.period.first else ""
            return c.error("KP431", span, variant, period=c.period.text, since=since, until=until)
        case _:
            return asked


def counts_dated_rows(c: Checker, placed: Placed, records: Symbol | None) -> bool:
    """Whether a line in force for part of the period counts the rows dated in it (semantics.md 11)."""
    return records is not None and date_field(c, records.name) is not None and force(c, placed) == "part"


def date_field(c: Checker, records: str) -> str | None:
    """The field that dates the rows of a table."""
    body = c.declarations.names[records].placed.statement.body
    return next((line.field for line in body if isinstance(line, s.On)), None)


def on_days(c: Checker, placed: Placed, day: str, inner: Scope) -> t.Typed:
    """Whether a record is dated on a day on which the rule is in force."""
    span = placed.statement.span
    value = names.name(c, e.Name((day,), (day,), span=span), inner)
    tests = []
    for bound, operator in ((placed.context.since, ">="), (placed.context.until, "<=")):
        if bound is not None and not is_poison(value):
            tests.append(n.compare(operator, value, const(bound.toordinal(), DATE, span), span))
    return cond.both(tests, span)


def guarded(c: Checker, placed: Placed, condition: e.Expr | None, scope: Scope) -> t.Typed:
    """The condition of a statement together with its `for`."""
    tests = [] if _inside_item(placed) else [classes.guard(c, placed)]
    if _inside_item(placed) and placed.statement.classes:
        tests.append(classes.among(c, placed.statement.classes, placed.statement.span))
    if condition is not None:
        tests.append(x.truth(c, condition, scope.where(cond.both(tests, placed.statement.span)) if tests else scope))
    return cond.both(tests, placed.statement.span) if tests else t.Const(True, type=BOOL, span=placed.statement.span)


def _inside_item(placed: Placed) -> bool:
    return any(isinstance(parent, s.Item) for parent in placed.context.parents)
