"""What differs inside a statement: for each of its aspects the smallest part that is another, as written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.diagnostic import phrase
from kaoping.diff.names import fields, holds, same
from kaoping.engines.shown import one_line

Names = Mapping[str, str]

LONGEST = 48
"""Of an expression longer than this, only what stands next to the difference is shown with it."""
_MADE_UP = (s.Amount, s.Judged, s.Per, s.PerStep, s.WrittenType)
"""Parts of statements whose own parts are aspects."""
_UNDIVIDED = (e.Number, e.Date, e.MonthDay, e.Text, e.YesNo, e.Name, e.Range)
_WORDED = {
    (s.Rounding, "mode"), (s.Rounding, "of"), (s.Top, "end"), (s.Ties, "policy"), (s.Rounded, "mode"),
    (s.PerStep, "mode"), (s.Item, "averaged_by"), (s.Item, "otherwise"), (s.WrittenType, "kind"),
    (s.Line, "kind"), (s.Adjustment, "kind"),
}  # fmt: skip
"""Fields that hold a word of the language: `diff.word.WORD` has it for readers."""


class Part(Struct, frozen=True):
    """What differs inside a statement: of which aspect (`condition`, `limit`, `ties`), as written before and after;
    one of the two is None where something is there only once.

    `inside` is the expression around it, where it is only a part of one; `of` is the row or the line of a table, a
    quota or an example that it stands in. A text may hold a `phrase`, and several, one a line.
    """

    aspect: str
    before: str | None
    after: str | None
    inside: str | None = None
    of: str | None = None


def parts(before: s.Statement, after: s.Statement, names: Names) -> tuple[Part, ...]:
    """The parts in which a statement differs from what it was, but for names replaced; the block below it left out."""
    return tuple(aspects(before, after, names))


def aspects(before: e.Node, after: e.Node, names: Names) -> Iterator[Part]:
    """The parts in which two of a kind differ, field by field."""
    for field, new in fields(after):
        old = getattr(before, field)
        if field in ("body", "canonical", "of_grade"):
            continue
        if not same(old, new, names, holds(after, field)):
            yield from _aspect(type(after), field, old, new, names)


def _aspect(kind: type[e.Node], field: str, old: Any, new: Any, names: Names) -> Iterator[Part]:
    if (kind, field) in _WORDED and not isinstance(old, e.Node) and not isinstance(new, e.Node):
        yield Part(field, word_of(old), word_of(new))
        return
    if (kind, field) == (s.Top, "of"):
        yield Part(field, _pool(old), _pool(new))
        return
    if (kind, field) == (s.Top, "share") and all(
        isinstance(each, e.Number) and not each.percent for each in (old, new)
    ):
        field = "places"
    if isinstance(old, _MADE_UP) and type(old) is type(new):
        yield from aspects(old, new, names)
        return
    if isinstance(old, e.Node) and isinstance(new, e.Node):
        for found in smallest(old, new, names):
            aspect = "threshold" if found.threshold else field
            yield Part(aspect, text_of(found.before), text_of(found.after), found.inside)
        return
    if isinstance(old, tuple) and isinstance(new, tuple) and old and new:
        listed = _listed(field, old, new, names)
        if listed is not None:
            yield from listed
            return
    yield Part(field, text_of(old), text_of(new))


def _listed(field: str, old: tuple[Any, ...], new: tuple[Any, ...], names: Names) -> list[Part] | None:
    """The entries of a list that differ, each with what it is of; None where only the whole can be shown."""
    if all(isinstance(each, tuple) and len(each) == 2 for each in (*old, *new)):
        before, after = [_entry(each, names) for each in old], [_entry(each, {}) for each in new]
        was, now = dict(before), dict(after)
        if len(was) == len(old) and len(now) == len(new) and list(was) != list(now) and set(was) == set(now):
            return None
        keys = [*now, *(each for each in was if each not in now)]
        return [
            Part(field, text_of(was.get(each)), text_of(now.get(each)), of=each or None)
            for each in keys
            if not same(was.get(each), now.get(each), names)
        ]
    chain = _inserted(old, new, names)
    if chain is not None:
        return [Part(field, text_of(a), text_of(b)) for a, b in chain]
    return None


def _entry(entry: tuple[Any, Any], names: Names) -> tuple[str, Any]:
    """A pair as what it is of, and what that is: of a class its points, of a rater the share, of a date the value."""
    first, second = entry
    if isinstance(first, str):
        return names.get(first, first), second
    return second.isoformat() if isinstance(second, datetime.date) else "", first


class Found(Struct, frozen=True):
    """Two smallest differing parts, one of them None where the other was added or removed."""

    before: e.Node | None
    after: e.Node | None
    inside: str | None
    threshold: bool = False  # a number that something is compared with


def smallest(before: e.Node, after: e.Node, names: Names) -> list[Found]:
    """The smallest parts in which two expressions differ."""
    return [
        Found(
            old,
            new,
            _around(trail),
            _is_number(old) and _is_number(new) and bool(trail) and isinstance(trail[-1], e.Compare),
        )
        for old, new, trail in _smallest(before, after, names, ())
    ]


def _is_number(node: e.Node | None) -> bool:
    return isinstance(node, e.Number)


_Trail = tuple[e.Node, ...]
_Differing = tuple[e.Node | None, e.Node | None, _Trail]


def _smallest(before: e.Node, after: e.Node, names: Names, trail: _Trail) -> list[_Differing]:
    whole: list[_Differing] = [(before, after, trail)]
    grown = _grown(before, after, names, trail)
    if grown is not None:
        return grown
    if type(before) is not type(after) or isinstance(before, _UNDIVIDED) or _unlike(before, after):
        return whole
    pairs = [
        pair
        for (_, old), (_, new) in zip(fields(before), fields(after), strict=True)
        for pair in _aligned(old, new)
        if not same(*pair, names)
    ]
    if not pairs or not all(isinstance(a, e.Node) and isinstance(b, e.Node) for a, b in pairs):
        return whole
    below = [_smallest(a, b, names, (*trail, after)) for a, b in pairs]
    # of several, each must be a part of its own part: `A + B` has not become `C + D` in two places
    if len(below) > 1 and any(each[0][:2] == pair for each, pair in zip(below, pairs, strict=True)):
        return whole
    return [found for each in below for found in each]


def _grown(before: e.Node, after: e.Node, names: Names, trail: _Trail) -> list[_Differing] | None:
    """Where a condition has more conditions than it had, or less: those, and what differs in the others."""
    for kind in (e.All, e.Any):
        if isinstance(before, kind) or isinstance(after, kind):
            old: list[e.Node] = [*before.parts] if isinstance(before, kind) else [before]
            new: list[e.Node] = [*after.parts] if isinstance(after, kind) else [after]
            around = (*trail, after if isinstance(after, kind) else before)
            if len(old) != len(new):
                return _with_more(old, new, names, around)
    return None


def _with_more(old: list[e.Node], new: list[e.Node], names: Names, around: _Trail) -> list[_Differing] | None:
    """The conditions that only one of two has, and the parts that differ of those that both have; None where they have
    nothing in common.
    """
    kept = 0
    for each in list(new):
        found = next((one for one in old if same(one, each, names)), None)
        if found is not None:
            kept += 1
            old.remove(found)
            new.remove(each)
    differing: list[_Differing] = []
    for each in list(new):
        for one in old:
            below = _smallest(one, each, names, around)
            if below[0][:2] != (one, each):
                differing += below
                old.remove(one)
                new.remove(each)
                break
    if not kept and not differing:
        return None
    return [*differing, *((None, each, around) for each in new), *((each, None, around) for each in old)]


def _unlike(before: e.Node, after: e.Node) -> bool:
    """Whether two of a kind differ in their own words: an operator, a function, which ends of a range are open."""
    for (_, old), (_, new) in zip(fields(before), fields(after), strict=True):
        if isinstance(old, e.Node | tuple) and isinstance(new, e.Node | tuple):
            continue
        if not isinstance(old, e.Node) and not isinstance(new, e.Node) and old == new:
            continue
        return True
    return False


def _aligned(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """The nodes of two fields side by side; what cannot be put side by side comes as it is."""
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for a, b in zip(old, new, strict=True):
            yield from _aligned(a, b)
    else:
        yield old, new


def _inserted(old: Sequence[Any], new: Sequence[Any], names: Names) -> list[tuple[Any | None, Any | None]] | None:
    """What a list has more than it had, or less; None where it differs in any other way."""
    shorter, longer = (old, new) if len(old) < len(new) else (new, old)
    if len(shorter) == len(longer):
        return None
    more, at = [], 0
    for each in longer:
        pair = (shorter[at] if at < len(shorter) else None, each)
        a, b = pair if shorter is old else (pair[1], pair[0])
        if at < len(shorter) and same(a, b, names, "name"):
            at += 1
        else:
            more.append(each)
    if at < len(shorter):
        return None
    return [(None, each) if shorter is old else (each, None) for each in more]


def _around(trail: _Trail) -> str | None:
    """The expression around a part: all of it, or where that is long, as much as can be taken in."""
    texts = [text for each in trail if (text := text_of(each)) is not None]
    fitting = [text for text in texts if len(text) <= LONGEST]
    return fitting[0] if fitting else texts[-1] if texts else None


# ------------------------------------------------------------ values as text


def word_of(value: object) -> str | None:
    """A word of the language, for readers."""
    return phrase("diff.word." + str(value).replace(" ", "_").replace("/", "")) if value not in (None, "") else None


def _pool(of: str | None) -> str | None:
    """What a share is taken of: a word of the language, or a grade."""
    return word_of(of) if of in ("all", "eligible") else of


def text_of(value: Any) -> str | None:
    """Anything that can stand in a field, as a reader knows it; None where nothing is there."""
    match value:
        case None | () | "":
            return None
        case bool():
            return phrase("report.yes" if value else "report.no")
        case e.Not(operand) if value.span == operand.span:  # written `unless`
            return f"{phrase('diff.unless')} {one_line(operand.span.text)}"
        case e.Node():
            return one_line(value.span.text)
        case datetime.date():
            return value.isoformat()
        case (tuple([s.Binding(), *_]), *_):  # rows of an example
            return " ".join("[" + ", ".join(one_line(each.span.text) for each in row) + "]" for row in value)
        case tuple():
            return "\n".join(text for each in value if (text := text_of(each)) is not None)
        case _:
            return str(value)


def essence(statement: s.Statement) -> str | None:
    """What a statement says beside what it is and whom or what it names: as written, from its first expression on."""
    match statement:
        case s.Assume(text) | s.Title(text) | s.DocumentSource(text):
            return text
        case s.SchemeName(name):
            return name
        case s.PeriodSetting(first, last):
            return first if last is None else f"{first}..{last}"
        case s.Rounding(places, mode):
            return f"{places} {word_of(mode)}"
        case s.Precision(places):
            return str(places)
        case s.Clause(_, heading):
            return heading
        case s.Grades(names):
            return " > ".join(names)
        case s.On(field):
            return field
        case s.Downgrade():  # how many grades stands before the condition, and is no expression
            return one_line(statement.span.text).partition(" ")[2]
    source = statement.span.source
    inside = (node for _, part in fields(statement) for node in _nodes(part))
    start = min((node.span.start for node in inside if node.span.source is source), default=None)
    if start is None:
        return None
    return one_line(source.text[start : statement.span.end])


def _nodes(value: Any) -> Iterator[e.Node]:
    match value:
        case s.Statement():
            return
        case e.Node():
            yield value
        case tuple():
            for each in value:
                yield from _nodes(each)
