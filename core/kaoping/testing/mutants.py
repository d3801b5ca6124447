"""Mutants: schemes that each differ from the author's in one small way, as a slip in drafting or reading would."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.plan.plan import Plan
from kaoping.source import Span
from kaoping.testing.bands import bands
from kaoping.testing.grid import Grid, moved, shown
from kaoping.testing.tree import Place, Way, changed, places

KINDS = (
    "threshold", "operator", "connective", "part", "negation", "cap", "points", "weight", "amount", "share", "number",
    "ties", "rounding", "scope", "dropped", "order", "default",
)  # fmt: skip
"""What can be wrong: each is a word of the catalogue, `testing.kind.KIND`."""

Edit = tuple[Way, object]


class Mutant(Struct, frozen=True):
    """A scheme with one change; `before` and `after` say it in signs of the script, or are names in the catalogue."""

    kind: str
    edits: tuple[Edit, ...]
    span: Span
    statement: Span
    clause: str | None
    before: str
    after: str

    def scheme(self, original: s.Scheme) -> s.Scheme:
        """The scheme with the change made."""
        for way, new in self.edits:
            original = changed(original, way, new)
        return original


def mutants(scheme: s.Scheme, plan: Plan) -> list[Mutant]:
    """Every mutant of the rules that stand in a script, in the order of the text; those of its libraries are theirs."""
    mutating = _Mutating(scheme, Grid(plan))
    return [made for place in places(scheme) for made in mutating.of(place)]


_OTHER_SIDE = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "!=", "!=": "="}
_AWAY = {">=": -1, ">": 1, "<=": 1, "<": -1}
"""The step of a bound that the other operator does not already take: `>= 600` and `> 600` differ at 600 alone."""
_ROLES = {
    (s.Amount, "value"): "amount",
    (s.Amount, "up_to"): "cap",
    (s.Group, "up_to"): "cap",
    (s.Cap, "limit"): "cap",
    (s.Item, "up_to"): "cap",
    (s.Item, "down_to"): "cap",
    (s.Item, "points"): "points",
    (s.Item, "raters"): "weight",
    (s.Item, "averaged_weights"): "weight",
    (e.Product, "factors"): "weight",
    (e.Default, "fallback"): "default",
    (s.Input, "default"): "default",
    (s.Top, "share"): "share",
}
_BOUNDS = (e.Compare, e.Range, e.Relation)
"""The numbers in these are thresholds, changed where the whole comparison is seen."""
_DROPPED = (
    s.Veto, s.Bar, s.Grade, s.Downgrade, s.Select, s.Limit, s.Outcome, s.Require, s.Line, s.Clear, s.Adjustment, s.Cap,
    s.Where,
)  # fmt: skip
_CONDITIONS = ("condition", "where", "applies", "when")


class _Mutating:
    """What is changed at each place of a scheme."""

    def __init__(self, scheme: s.Scheme, grid: Grid) -> None:
        self.grid = grid
        self.best = next((each.node.names[0] for each in places(scheme) if isinstance(each.node, s.Grades)), None)

    def of(self, place: Place) -> Iterator[Mutant]:
        """The mutants of one place."""
        node = place.node
        match node:
            case e.Compare():
                yield from self._compare(place, node)
            case e.Case() | s.Table():
                yield from self._bands(place, node)
            case e.In(operand=operand, choices=e.Range() as inside):
                yield from self._range(place, operand, inside)
            case e.All() | e.Any():
                yield from self._chain(place, node)
            case e.Call():
                yield from self._call(place, node)
            case e.Number() if not isinstance(place.parent, _BOUNDS):
                yield from self._number(place, node)
            case e.YesNo(value=holds) if (type(place.parent), place.field) in _ROLES:
                yield self._made("default", place, replace(node, value=not holds), _yes(holds), _yes(not holds))
            case s.Statement():
                yield from self._statement(place, node)
        for field in _CONDITIONS:
            condition = getattr(node, field, None)
            if isinstance(condition, e.Node) and isinstance(node, s.Statement | s.Amount | s.Per | e.Call):
                yield from self._negated(place, field, condition)
        if isinstance(node, e.If):
            yield from self._negated(place, "condition", node.condition)

    def _made(self, kind: str, place: Place, new: object, before: str, after: str, *rest: str | int) -> Mutant:
        """A mutant in which the place itself, or what the rest of the way leads to from there, is new."""
        return self._edited(kind, place, ((((*place.way, *rest), new)),), before, after)

    def _edited(self, kind: str, place: Place, edits: tuple[Edit, ...], before: str, after: str) -> Mutant:
        return Mutant(kind, edits, place.node.span, place.statement.span, place.clause, before, after)

    # ---------------------------------------------------------------- comparisons

    def _compare(self, place: Place, node: e.Compare) -> Iterator[Mutant]:
        other = _OTHER_SIDE[node.operator]
        yield self._made("operator", place, replace(node, operator=other), node.operator, other)
        for field, facing, sign in (("right", node.left, 1), ("left", node.right, -1)):
            number = getattr(node, field)
            step = self.grid.places(node, facing)
            steps = [_AWAY[node.operator] * sign] if node.operator in _AWAY else [-1, 1]
            for each in steps if isinstance(number, e.Number | e.Date | e.MonthDay) else ():
                if (new := moved(number, each, step)) is not None:
                    yield self._made("threshold", place, new, shown(number), shown(new), field)

    def _range(self, place: Place, operand: e.Expr, inside: e.Range) -> Iterator[Mutant]:
        """Each end of a range, one step further in and out."""
        step = self.grid.places(place.node, operand)
        for field in ("low", "high"):
            for steps in (-1, 1):
                old = getattr(inside, field)
                new = moved(old, steps, step) if old is not None else None
                if new is not None:
                    yield self._made("threshold", place, new, shown(old), shown(new), "choices", field)

    def _bands(self, place: Place, node: e.Case | s.Table) -> Iterator[Mutant]:
        """Where one band ends and the next begins, the line between them moved: a gap would be refused."""
        for band in bands(node, self.grid):
            for steps in (-1, 1):
                new = [(way, old, moved(old, steps, band.places)) for way, old in band.ends]
                if all(each is not None for _, _, each in new):
                    edits = tuple(((*place.way, *way), each) for way, _, each in new)
                    yield self._edited("threshold", place, edits, shown(new[0][1]), shown(new[0][2]))

    # ---------------------------------------------------------------- conditions

    def _chain(self, place: Place, node: e.All | e.Any) -> Iterator[Mutant]:
        word, other = ("and", e.Any) if isinstance(node, e.All) else ("or", e.All)
        bracketed = e.Bracketed(other(node.parts, span=node.span), span=node.span)
        yield self._made("connective", place, bracketed, word, "or" if word == "and" else "and")
        for number, part in enumerate(node.parts):
            rest = (*node.parts[:number], *node.parts[number + 1 :])
            left = rest[0] if len(rest) == 1 else replace(node, parts=rest)
            yield self._made("part", place, left, _text(part.span), "")

    def _negated(self, place: Place, field: str, condition: e.Node) -> Iterator[Mutant]:
        if isinstance(condition, e.Compare) and condition.operator in ("=", "!="):
            return  # the other operator says the same
        new = (
            condition.operand
            if isinstance(condition, e.Not)
            else e.Not(e.Bracketed(condition, span=condition.span), span=condition.span)  # type: ignore[arg-type]
        )
        yield self._made("negation", place, new, _text(condition.span), "not", field)

    # ---------------------------------------------------------------- numbers

    def _number(self, place: Place, node: e.Number) -> Iterator[Mutant]:
        if place.parent is None or (isinstance(place.parent, e.Call) and place.parent.builtin and _places_of(place)):
            return
        kind = _ROLES.get((type(place.parent), place.field), "number")
        for steps in (-1, 1):
            if (new := moved(node, steps)) is not None:
                yield self._made(kind, place, new, shown(node), shown(new))

    def _call(self, place: Place, node: e.Call) -> Iterator[Mutant]:
        """`round(x, 2)`: to other places, or another way."""
        if not node.builtin or node.function not in ("round", "floor", "ceil"):
            return
        other = "floor" if node.function != "floor" else "ceil"
        yield self._made("rounding", place, replace(node, function=other), node.function, other)
        if len(node.arguments) == 2 and isinstance(number := node.arguments[1], e.Number):
            for steps in (-1, 1):
                if (new := moved(number, steps)) is not None:
                    yield self._made("rounding", place, new, shown(number), shown(new), "arguments", 1)

    # ---------------------------------------------------------------- statements

    def _statement(self, place: Place, node: s.Statement) -> Iterator[Mutant]:
        if isinstance(node, _DROPPED):
            kind = {s.Veto: "scope", s.Cap: "cap"}.get(type(node), "dropped")
            yield self._made(kind, place, None, "", "")
        for number, _ in enumerate(node.classes):
            rest = (*node.classes[:number], *node.classes[number + 1 :])
            yield self._made("scope", place, rest, node.classes[number], "", "classes")
        if len(node.classes) > 1:
            yield self._made("scope", place, (), "、".join(node.classes), "", "classes")
        match node:
            case s.Veto(condition=condition, why=why) if self.best is not None:
                bar = s.Bar(self.best, condition, why, classes=node.classes, span=node.span)
                yield self._made("scope", place, bar, "veto", "bar")
            case s.Ties(policy=policy):
                other = "included" if policy == "excluded" else "excluded"
                yield self._made("ties", place, replace(node, policy=other), policy, other)
            case s.Rounded(mode=mode):
                for each in ("down", "up", "nearest"):
                    if each != mode:
                        yield self._made("rounding", place, replace(node, mode=each), mode, each)
            case s.Rounding(mode=mode, places=number):
                for each in ("half up", "down", "up"):
                    if each != mode:
                        yield self._made("rounding", place, replace(node, mode=each), mode, each)
                for each_places in (number - 1, number + 1):
                    if each_places >= 0:
                        new = replace(node, places=each_places)
                        yield self._made("rounding", place, new, str(number), str(each_places))
            case s.Downgrade(steps=steps):
                yield self._made("amount", place, replace(node, steps=steps + 1), str(steps), str(steps + 1))
            case s.Line(amount=amount) | s.Adjustment(amount=amount) if amount.up_to is not None:
                yield self._made("cap", place, None, shown(amount.up_to), "", "amount", "up_to")
            case s.Group(up_to=up_to) if up_to is not None:
                yield self._made("cap", place, None, shown(up_to), "", "up_to")
        yield from self._swapped(place, node)

    def _swapped(self, place: Place, node: s.Statement) -> Iterator[Mutant]:
        """Two grade lines, one after the other, in the wrong order."""
        for number, (one, other) in enumerate(zip(node.body, node.body[1:], strict=False)):
            lines = [each for each in (one, other) if isinstance(each, s.Grade) and each.condition is not None]
            if len(lines) == 2:
                edits = (((*place.way, "body", number), other), ((*place.way, "body", number + 1), one))
                at = Place(place.way, one, node, one, node.number if isinstance(node, s.Clause) else place.clause)
                yield self._edited("order", at, edits, _text(one.span), _text(other.span))


def _places_of(place: Place) -> bool:
    """Whether a number says to how many places something is rounded."""
    call = place.parent
    return isinstance(call, e.Call) and call.function in ("round", "floor", "ceil") and place.way[-1] == 1


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _text(span: Span) -> str:
    return " ".join(span.text.split())
