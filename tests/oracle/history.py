"""Over periods: `previous(NAME)` and `streak(C)` of stored results (paragraph 15)."""

from __future__ import annotations

import datetime
from fractions import Fraction

from kaoping import expr as x
from kaoping.period import Period
from oracle import expressions
from oracle.book import Oracle
from oracle.world import Scope, Value


def _period(text: str) -> Period:
    return Period.parse(*text.split(".."))


def earlier(o: Oracle) -> list[str]:
    """The earlier periods of the same length that have stored results, newest first."""
    found = [_period(text) for text in o.world.history]
    same = [each for each in found if each.length == o.period.length and each.last < o.period.first]
    return [each.text for each in sorted(same, key=lambda each: each.first, reverse=True)]


def previous(o: Oracle, e: x.Call, scope: Scope) -> Value:
    """The subject's newest result among the earlier periods of the same length."""
    for period in earlier(o):
        if scope.subject in o.world.history[period]:
            return expressions.value(o, e.arguments[0], Scope(scope.subject, stored=period))
    return None


def streak(o: Oracle, e: x.Call, scope: Scope) -> Fraction:
    """Consecutive periods up to now in which it holds; one without the subject neither counts nor breaks."""
    condition = e.arguments[0]
    if expressions.value(o, condition, scope.outside()) is not True:
        return Fraction(0)
    count, before = 1, o.period.first
    for text in earlier(o):
        if _period(text).last + datetime.timedelta(1) != before:
            break  # a period with no results at all
        before = _period(text).first
        if scope.subject not in o.world.history[text]:
            continue
        if expressions.value(o, condition, Scope(scope.subject, stored=text)) is not True:
            break
        count += 1
    return Fraction(count)
