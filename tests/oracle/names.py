"""Names: what each means for a subject, in a row, in a unit of time, in a stored result (paragraph 3)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction

from kaoping import expr as x
from kaoping import scheme as s
from oracle import expressions, grading, points, rows
from oracle.book import Oracle
from oracle.values import read
from oracle.world import Option, Scope, Value


def look_up(o: Oracle, name: x.Name, scope: Scope) -> Value:
    """The value of a name; a name that declares nothing is a label."""
    if len(name.parts) > 1:
        return _dotted(o, name, scope)
    return named(o, name.parts[0], name.canonical[0], scope)


def named(o: Oracle, text: str, canonical: str, scope: Scope) -> Value:
    """The value of a name of one part, `canonical` its meaning if it is built in."""
    if scope.table is not None and _is_field(o, text, scope):
        return field(o, text, scope)
    if scope.stored is not None and (text in o.results or canonical in STORED):
        return _stored(o, text if text in o.results else canonical, scope)
    here = scope.outside()
    if text in o.params:
        return _param(o, text, scope)
    if text in o.inputs or text in o.judged:
        return cell(o, text, here.subject)
    if text in o.classes:
        return remembered(o, ("class", text, here.subject), lambda: _class(o, o.classes[text], here))
    if text in o.lets:
        return remembered(o, ("let", text, here), lambda: _let(o, text, here))
    if text in o.items:
        return remembered(o, ("item", text, here), lambda: points.item(o, text, here))
    if text in o.totals:
        return remembered(o, ("total", text, here), lambda: points.total(o, text, here))
    if text in o.marks:
        return grading.mark(o, text, here.subject)
    if text in o.outcomes:
        return remembered(o, ("outcome", text, here), lambda: grading.outcome(o, text, here.subject))
    if canonical in BUILT_IN:
        return remembered(o, (canonical, here), lambda: _built_in(o, canonical, here))
    return Option(text)


STORED = {"grade", "rank", "vetoed", "bonus", "penalty"}
BUILT_IN = {*STORED, "items", "full", "total"}


def _built_in(o: Oracle, name: str, scope: Scope) -> Value:
    match name:
        case "bonus" | "penalty":
            return points.side(o, name, scope)
        case "items":
            return points.items(o, scope)
        case "full":
            return points.full(o, scope)
        case "vetoed":
            return grading.vetoed(o, scope.subject)
        case "grade":
            return grading.final_grade(o, scope.subject)
        case "total":
            return named(o, o.total_name() or "", "", scope)
        case "rank":
            return grading.shown_rank(o, scope.subject)
    return Option(name)


def _dotted(o: Oracle, name: x.Name, scope: Scope) -> Value:
    match name.canonical:
        case ("period", "start"):
            return (scope.unit or o.period).first
        case ("period", "end"):
            return (scope.unit or o.period).last
        case ("period", "year"):
            return Fraction((scope.unit or o.period).last.year)
    first, _ = name.parts
    if first in o.items and name.canonical[1] == "full":
        return points.item_full(o, first, scope.outside())
    if first in o.links:
        return _linked(o, o.links[first], name.canonical[1], scope.subject)
    raise AssertionError(name)


def has(o: Oracle, name: x.Name, scope: Scope) -> bool:
    """`has X`: a value, or of records at least one row."""
    if name.text in o.records:
        return bool(rows.of(o, name.text, scope))
    return look_up(o, name, scope) is not None


def cell(o: Oracle, name: str, subject: str) -> Value:
    """A subject's cell; an empty one means its default."""
    found = o.world.subjects[subject].get(name)
    declared = o.inputs.get(name)
    return found if declared is None else _read(o, found, declared)


def field(o: Oracle, name: str, scope: Scope) -> Value:
    """A field of the row in scope, loaded or computed."""
    assert scope.table is not None
    assert scope.row is not None
    if name in o.record_lets[scope.table]:
        return expressions.value(o, o.record_lets[scope.table][name].value, scope)
    found = o.world.records[scope.table][scope.row][1].get(name)
    declared = o.fields[scope.table].get(name)
    return found if declared is None else _read(o, found, declared)


def _read(o: Oracle, found: Value, declared: s.Input) -> Value:
    if found is None and declared.default is not None:
        found = expressions.value(o, declared.default, Scope(""))
        found = found.label if isinstance(found, Option) else found
    return read(found, declared.type)


def _is_field(o: Oracle, name: str, scope: Scope) -> bool:
    assert scope.table is not None
    if name in o.fields[scope.table] or name in o.record_lets[scope.table]:
        return True
    return name in o.judged and name in o.world.records[scope.table][scope.row or 0][1]


def _param(o: Oracle, name: str, scope: Scope) -> Value:
    """By the date of a dated record, else by the last day of the period or unit."""
    if name in o.world.params:
        return o.world.params[name]
    day: datetime.date | None = None
    if scope.table is not None and (dated_by := o.dated_by(scope.table)):
        day = field(o, dated_by, scope)
    day = day or (scope.unit or o.period).last
    found = None
    for written, since in o.params[name].values:
        if since is None or since <= day:
            found = written
    assert found is not None
    return expressions.value(o, found, scope.outside())


def _class(o: Oracle, declared: s.Class, scope: Scope) -> Value:
    if declared.value is None:
        return read(o.world.subjects[scope.subject].get(declared.name), declared.type)
    found = expressions.value(o, declared.value, scope)
    return found if found is None else Option(found.label, declared.type.labels)


def _let(o: Oracle, name: str, scope: Scope) -> Value:
    let = o.lets[name]
    assert isinstance(let.statement, s.Let)
    if not points.in_classes(o, let, scope.subject):
        return None
    if let.statement.applies is not None and not expressions.value(o, let.statement.applies, scope):
        return None
    return as_result(o, name, expressions.value(o, let.statement.value, scope))


def _stored(o: Oracle, name: str, scope: Scope) -> Value:
    assert scope.stored is not None
    found = o.world.history[scope.stored].get(scope.subject, {}).get(name)
    return as_result(o, name, found)


def as_result(o: Oracle, name: str, found: Value) -> Value:
    """A stored label as an option of this scheme."""
    if name == "grade" and isinstance(found, str):
        return Option(found, tuple(reversed(o.grades)))
    stated = o.classes[name].type if name in o.classes else o.types.get(name)
    return found if stated is None else read(found.label if isinstance(found, Option) else found, stated)


def _linked(o: Oracle, link: s.Link, name: str, subject: str) -> Value:
    other = subject if link.by is None else named(o, link.by, link.by, Scope(subject))
    found = o.world.links.get(link.name, {}).get(other, {}).get(name)
    return next((read(found, type_) for known, type_ in link.types if known == name), found)


def remembered(o: Oracle, key: object, compute: Callable[[], Value]) -> Value:
    """What has been worked out once for the same name and scope."""
    if key not in o.cache:
        o.cache[key] = compute()
    return o.cache[key]
