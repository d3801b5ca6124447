"""Items, totals, bonuses and penalties (paragraphs 8 to 12)."""

from __future__ import annotations

from fractions import Fraction

from kaoping import expr as x
from kaoping import scheme as s
from oracle import amounts, expressions, names
from oracle.book import Oracle, Placed
from oracle.rounding import rounded
from oracle.values import literal
from oracle.world import Option, Scope, Value


def in_classes(o: Oracle, here: Placed, subject: str) -> bool:
    """Whether the subject is of the classes of every `for` around a statement."""

    def one_of(labels: tuple[str, ...]) -> bool:
        of_class = next(name for name, each in o.classes.items() if set(labels) <= set(each.type.labels))
        return names.named(o, of_class, of_class, Scope(subject)) in [Option(label) for label in labels]

    return all(one_of(labels) for labels in here.fors)


def in_force(o: Oracle, here: Placed) -> bool:
    """Whether a dated clause covers the whole period."""
    return not ((here.since and here.since > o.period.first) or (here.until and here.until < o.period.last))


def items(o: Oracle, scope: Scope) -> Fraction:
    """`items`: the sum of the top-level items as rounded."""
    found = [names.named(o, name, name, scope) for name, here in o.items.items() if here.item is None]
    return sum((each for each in found if each is not None), Fraction(0))


def full(o: Oracle, scope: Scope) -> Fraction:
    """`full`: the sum over the leaves that apply to the subject."""
    tops = [name for name, here in o.items.items() if here.item is None]
    return sum((item_full(o, name, scope) for name in tops), Fraction(0))


def item_full(o: Oracle, name: str, scope: Scope) -> Fraction:
    """`NAME.full`: the same of one item; with an `else` its points stay, unless nobody is there to average."""
    if out(o, name, scope):
        return Fraction(0)
    below = children(o, name)
    if not below:
        return points(o, name, scope.subject) or Fraction(0)
    return sum((item_full(o, child, scope) for child in below), Fraction(0))


def children(o: Oracle, name: str) -> list[str]:
    """The items right below an item."""
    return [child for child, here in o.items.items() if here.item == name]


def points(o: Oracle, name: str, subject: str) -> Fraction | None:
    """The subject's points of an item, None where it has none."""
    stated = statement(o, name).points
    if stated is None:
        return None
    if isinstance(stated, x.Number):
        return literal(stated)
    of_class = next(c for c, each in o.classes.items() if {label for label, _ in stated} <= set(each.type.labels))
    mine = names.named(o, of_class, of_class, Scope(subject))
    return next((literal(number) for label, number in stated if Option(label) == mine), None)


def statement(o: Oracle, name: str) -> s.Item:
    """The item as written."""
    found = o.items[name].statement
    assert isinstance(found, s.Item)
    return found


def out(o: Oracle, name: str, scope: Scope) -> bool:
    """Whether an item is out: by `for`, with its parent, or because it does not apply and nothing stands for it."""
    written = statement(o, name)
    if _shut(o, name, scope):
        return True
    if applies(o, written, scope) or written.otherwise not in (None, "average"):
        return False
    return written.otherwise is None or not _comparable(o, name, scope)


def _shut(o: Oracle, name: str, scope: Scope) -> bool:
    here = o.items[name]
    return not in_classes(o, here, scope.subject) or (here.item is not None and out(o, here.item, scope))


def applies(o: Oracle, written: s.Item, scope: Scope) -> bool:
    """`applies if`, asked of the subject."""
    return written.applies is None or expressions.value(o, written.applies, scope) is True


def item(o: Oracle, name: str, scope: Scope) -> Value:
    """The value of an item, None where it is out."""
    if out(o, name, scope):
        return None
    written = statement(o, name)
    if applies(o, written, scope):
        return scored(o, name, scope)
    match written.otherwise:
        case "full":
            return held(o, name, points(o, name, scope.subject) or Fraction(0), scope)
        case "average":
            found = [scored(o, name, Scope(other)) for other in _comparable(o, name, scope)]
            return held(o, name, rounded(sum(found, Fraction(0)) / len(found), o.precision), scope)
        case instead:
            assert instead is not None
            assert not isinstance(instead, str)
            return held(o, name, expressions.value(o, instead, scope), scope)


def _comparable(o: Oracle, name: str, scope: Scope) -> list[str]:
    """The appraised subjects to whom the item applies and who have the same points."""
    written = statement(o, name)
    mine = points(o, name, scope.subject)
    return [
        other
        for other in o.appraised
        if not _shut(o, name, Scope(other)) and applies(o, written, Scope(other)) and points(o, name, other) == mine
    ]


def scored(o: Oracle, name: str, scope: Scope) -> Fraction:
    """An item to which `else` does not come: for each unit start, lines, held; the mean; evidence; rounding."""
    written = statement(o, name)
    if written.averaged_by and scope.unit is None:
        units = o.period.units(written.averaged_by)
        found = [_once(o, name, Scope(scope.subject, unit=unit)) for unit in units]
        result = rounded(sum(found, Fraction(0)) / len(found), o.precision)
    else:
        result = _once(o, name, scope)
    if _needs_evidence(o, name) and o.world.subjects[scope.subject].get(f"{name}.evidence") is False:
        result = Fraction(0)
    return rounded(result, o.round_items.places, o.round_items.mode) if o.round_items else result


def _needs_evidence(o: Oracle, name: str) -> bool:
    return not children(o, name) and (o.evidence_required or statement(o, name).evidence)


def _once(o: Oracle, name: str, scope: Scope) -> Fraction:
    lines = [p for p in o.all if p.item == name and isinstance(p.statement, s.Line)]
    result = _start(o, name, lines, scope)
    for line in lines:
        assert isinstance(line.statement, s.Line)
        amount = amounts.line(o, line, line.statement.amount, scope)
        result += amount if line.statement.kind == "add" else -amount
    for clear in o.all:
        if clear.item != name or not isinstance(clear.statement, s.Clear):
            continue
        if in_classes(o, clear, scope.subject) and in_force(o, clear):
            result = Fraction(0) if expressions.value(o, clear.statement.condition, scope) else result
    return held(o, name, result, scope)


def held(o: Oracle, name: str, number: Fraction, scope: Scope) -> Fraction:
    """Between `down to`, else 0, and `up to`, else the points."""
    written = statement(o, name)
    low = Fraction(0) if written.down_to is None else expressions.value(o, written.down_to, scope)
    high = points(o, name, scope.subject) if written.up_to is None else expressions.value(o, written.up_to, scope)
    number = max(number, low)
    return number if high is None else min(number, high)


def _start(o: Oracle, name: str, lines: list[Placed], scope: Scope) -> Fraction:
    written = statement(o, name)
    clears = [p for p in o.all if p.item == name and isinstance(p.statement, s.Clear)]
    below = children(o, name)
    if written.value is not None:
        started: Fraction = expressions.value(o, written.value, scope)
        return started
    if below:
        found = [names.named(o, child, child, scope) for child in below]
        return sum((each for each in found if each is not None), Fraction(0))
    if not lines and not clears:
        return _assessed(o, name, scope)
    if all(isinstance(p.statement, s.Line) and p.statement.kind == "deduct" for p in lines):
        return points(o, name, scope.subject) or Fraction(0)
    return Fraction(0)


def _assessed(o: Oracle, name: str, scope: Scope) -> Fraction:
    """What assessors entered, weighted where several raters did."""
    cells = o.world.subjects[scope.subject]
    end = f".{scope.unit.text}" if scope.unit else ""
    raters = _raters(o, name)
    if not raters:
        entered: Fraction = cells[f"{name}{end}"]
        return entered
    return sum((literal(weight) * cells[f"{name}.{rater}{end}"] for rater, weight in raters), Fraction(0))


def _raters(o: Oracle, name: str | None) -> tuple[tuple[str, x.Number], ...]:
    if name is None:
        return ()
    return statement(o, name).raters or _raters(o, o.items[name].item)


def total(o: Oracle, name: str, scope: Scope) -> Value:
    """A total, rounded; missing where it does not apply."""
    here = o.totals[name]
    written = here.statement
    assert isinstance(written, s.Total)
    if not in_classes(o, here, scope.subject):
        return None
    if written.applies is not None and not expressions.value(o, written.applies, scope):
        return None
    if written.value is None:
        found = items(o, scope) + names.named(o, "bonus", "bonus", scope) - names.named(o, "penalty", "penalty", scope)
    else:
        found = expressions.direct(o, written.value, scope)
    return None if found is None else rounded(found, o.round_total.places, o.round_total.mode)


def side(o: Oracle, kind: str, scope: Scope) -> Fraction:
    """`bonus` or `penalty`: lines, then groups, then the smallest cap that holds."""
    found = Fraction(0)
    for here in o.all:
        if isinstance(here.statement, s.Adjustment) and here.statement.kind == kind and here.statement.group is None:
            found += amounts.line(o, here, here.statement.amount, scope)
    for here in o.all:
        if isinstance(here.statement, s.Group) and _kind(o, here.statement.name) == kind:
            found += _group(o, here.statement, scope)
    return _capped(o, kind, found, scope)


def _members(o: Oracle, group: str) -> list[Placed]:
    return [p for p in o.all if isinstance(p.statement, s.Adjustment) and p.statement.group == group]


def _kind(o: Oracle, group: str) -> str | None:
    kinds = [p.statement.kind for p in _members(o, group) if isinstance(p.statement, s.Adjustment)]
    return kinds[0] if kinds else None


def _group(o: Oracle, group: s.Group, scope: Scope) -> Fraction:
    written = [(p, p.statement.amount) for p in _members(o, group.name) if isinstance(p.statement, s.Adjustment)]
    if not group.best:
        found = sum((amounts.line(o, here, amount, scope) for here, amount in written), Fraction(0))
    else:
        candidates = [each for here, amount in written for each in amounts.candidates(o, here, amount, scope)]
        if group.best_by is None:
            found = max((number for _, number in candidates), default=Fraction(0))
        else:
            largest: dict[Value, Fraction] = {}
            for row, number in candidates:
                event = names.field(o, group.best_by, row)
                largest[event] = max(largest.get(event, number), number)
            found = sum(largest.values(), Fraction(0))
    if group.up_to is not None:
        found = min(found, expressions.value(o, group.up_to, scope))
    return _capped(o, group.name, found, scope)


def _capped(o: Oracle, target: str, number: Fraction, scope: Scope) -> Fraction:
    for here in o.all:
        cap = here.statement
        if not isinstance(cap, s.Cap) or target not in (cap.target.text, cap.target.canonical[0]):
            continue
        if not in_classes(o, here, scope.subject) or not in_force(o, here):
            continue
        if cap.condition is None or expressions.value(o, cap.condition, scope):
            number = min(number, expressions.value(o, cap.limit, scope))
    return number
