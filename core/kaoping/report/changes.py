"""The differences between two versions of a scheme as text, as JSON, and as one page for a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from kaoping import scheme as s
from kaoping.messages import Catalogue
from kaoping.report.impact import impact_content, impact_text
from kaoping.report.impact_json import impact_record
from kaoping.report.moves import moves_content, moves_record, moves_text
from kaoping.report.page import escaped, page
from kaoping.report.width import visible, wrapped

if TYPE_CHECKING:
    from kaoping.diff.changes import Change
    from kaoping.diff.parts import Part
    from kaoping.diff.record import Impact
    from kaoping.prove.versions import Moves

COLUMNS = 100
FORMAT = "kaoping diff 1"
_MARKS = {"added": "+", "removed": "-"}


class Consequences(NamedTuple):
    """What follows from the differences between two versions by their `names`: whether the rules can `move` anybody,
    and with data what the change does to whom.
    """

    names: tuple[str, str]
    moves: Moves | None = None
    impact: Impact | None = None


def changes_text(changes: Sequence[Change], title: str, words: Catalogue, then: Consequences) -> str:
    """Differences clause by clause, a line each, marked `+`, `-` or `~`; then what follows from them."""
    blocks = [[visible(title)]]
    for head, group in _by_clause(changes, words):
        blocks.append([visible(head), *(line for change in group for line in _lines(change, words))])
    blocks.append([words("diff.same") if not changes else words("diff.count", count=len(changes))])
    parts = ["\n\n".join("\n".join(block) for block in blocks) + "\n"]
    if then.moves is not None:
        parts.append(moves_text(then.moves, then.names, words))
    if then.impact is not None:
        parts.append(impact_text(then.impact, titles(changes, words), words))
    return "\n".join(parts)


def titles(changes: Sequence[Change], words: Catalogue) -> list[str]:
    """What each change is, in one line."""
    return [f"{_head(change, words)}: {sentences(change, words)[0]}" for change in changes]


def _lines(change: Change, words: Catalogue) -> Iterator[str]:
    mark = _MARKS.get(change.kind, "~")
    for at, said in enumerate(sentences(change, words)):
        first = f"  {mark} " if not at or change.kind not in _MARKS else "      "
        for number, line in enumerate(wrapped(visible(said), COLUMNS - len(first))):
            yield (" " * len(first) if number else first) + line


def _by_clause(changes: Sequence[Change], words: Catalogue) -> Iterator[tuple[str, list[Change]]]:
    for head, group in groupby(changes, lambda change: _head(change, words)):
        yield head, list(group)


def _head(change: Change, words: Catalogue) -> str:
    if change.clause is None:
        example = isinstance(change.after or change.before, s.Example)
        return words("diff.examples" if example else "diff.general")
    return " ".join(part for part in (words("diff.statement.Clause", name=change.clause), change.heading) if part)


def changes_json(changes: Sequence[Change], words: Catalogue, then: Consequences) -> str:
    """All differences as JSON; what is not there is null."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "before": then.names[0],
        "after": then.names[1],
        "same": not changes,
        "changes": [_record(change, words) for change in changes],
    }
    if then.moves is not None:
        document["moves"] = moves_record(then.moves)
    if then.impact is not None:
        document["impact"] = impact_record(then.impact)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(change: Change, words: Catalogue) -> dict[str, Any]:
    statement = change.after or change.before
    return {
        "kind": change.kind,
        "clause": change.clause,
        "heading": change.heading,
        "within": list(change.within),
        "statement": type(statement).__name__,
        "name": named(change, words),
        "parts": [_part_record(part, words) for part in change.parts],
        "moved": change.moved,
        "from_clause": change.from_clause,
        "old_name": change.old_name,
        "new_name": change.new_name,
        "text": "\n".join(sentences(change, words)),
    }


def _part_record(part: Part, words: Catalogue) -> dict[str, Any]:
    texts = {"before": part.before, "after": part.after, "inside": part.inside}
    said = {key: text if text is None else _said(text, words) for key, text in texts.items()}
    return {"aspect": part.aspect, "of": part.of, **said}


def changes_page(changes: Sequence[Change], title: str, words: Catalogue, then: Consequences) -> str:
    """One HTML file: a list of differences for each clause; then what follows from them."""
    parts = []
    for head, group in _by_clause(changes, words):
        rows = "\n".join(
            f'<li class="{change.kind}">{"<br>".join(escaped(each) for each in sentences(change, words))}</li>'
            for change in group
        )
        parts.append(f"<h2>{escaped(head)}</h2>\n<ul>\n{rows}\n</ul>")
    parts.append(f"<p>{escaped(words('diff.same') if not changes else words('diff.count', count=len(changes)))}</p>")
    if then.moves is not None:
        parts.append(moves_content(then.moves, then.names, words))
    if then.impact is not None:
        parts.append(impact_content(then.impact, titles(changes, words), words))
    return page(title, "\n".join(parts), words.language)


# ------------------------------------------------------------ a difference in words


def sentences(change: Change, words: Catalogue) -> list[str]:
    """A difference in words: a line, and one for each further part or for what stands below."""
    name = named(change, words)
    match change.kind:
        case "added" | "removed":
            statement = change.after or change.before
            assert statement is not None
            key = "diff.added" if change.kind == "added" else "diff.removed"
            return [_with_essence(words(key, name=name), change.essence, words), *_below(change, words)]
        case "renamed":
            return [_renaming(change, words)]
    lines = [_part(part, name, change, words) for part in change.parts]
    if change.moved is not None:
        told = name if change.parts else _identified(name, change, words)
        lines.append(_move(change, told, words))
    return lines


def _with_essence(text: str, essence: str | None, words: Catalogue) -> str:
    return words("diff.with", text=text, essence=_said(essence, words)) if essence else text


def _renaming(change: Change, words: Catalogue) -> str:
    """What has another name: the statement, or something that it declares besides, a choice or a grade."""
    assert change.before is not None
    own = _own_name(change.before)
    if own != change.old_name and not isinstance(change.before, s.Grades):
        name = statement_name(change.before, words, change.within)
        return words("diff.renamed_inside", name=name, old=change.old_name, new=change.new_name)
    name = statement_name(change.before, words, change.within, change.old_name)
    return words("diff.renamed", name=name, new=change.new_name)


def _below(change: Change, words: Catalogue) -> Iterator[str]:
    for each in change.below:
        indent, text = "  " * each.depth, each.essence or ""
        yield indent + (_with_essence(statement_name(each.statement, words), text, words) if each.statement else text)


def _move(change: Change, name: str, words: Catalogue) -> str:
    if change.moved == "clause" and change.from_clause != change.clause:
        where = {"old": change.from_clause or words("diff.nowhere"), "new": change.clause or words("diff.nowhere")}
        return words("diff.moved.clause", name=name, **where)
    return words(f"diff.moved.{'order' if change.moved == 'order' else 'block'}", name=name)


def _part(part: Part, name: str, change: Change, words: Catalogue) -> str:
    kind = type(change.after).__name__
    label = words(f"diff.aspect.{part.aspect}")
    if words.has(special := f"diff.aspect.{kind}_{part.aspect}"):
        label = words(special)
    head = " ".join(each for each in (name, label, part.of) if each)
    key = "grown" if part.before is None else "shrunk" if part.after is None else "changed"
    texts = {"before": part.before, "after": part.after}
    values = {at: _value(part, text, words) for at, text in texts.items() if text is not None}
    said = words(f"diff.part.{key}", head=head, **values)
    inside = part.inside if part.inside is not None else _unnamed(change, part)
    return words("diff.inside", text=said, inside=_said(inside, words)) if inside else said


def _value(part: Part, text: str, words: Catalogue) -> str:
    said = _said(text, words)
    template = f"diff.value.{part.aspect}"
    return words(template, text=said) if words.has(template) and part.of is None else said


def _unnamed(change: Change, part: Part) -> str | None:
    """What a statement without a name of its own says, so that the reader knows which one is meant."""
    essence = change.essence
    if isinstance(change.after, s.Downgrade):  # how many grades may be what differs
        essence = change.after.condition.span.text
    if essence is None or not isinstance(change.after, _NAMELESS) or (part.after or "").endswith(essence):
        return None
    return essence


_NAMELESS = (s.Line, s.Adjustment, s.Veto, s.Bar, s.Downgrade, s.Clear, s.Require)


def _identified(name: str, change: Change, words: Catalogue) -> str:
    if isinstance(change.after, (*_NAMELESS, s.Grade, s.GradeValue, s.GradeCase, s.Outcome, s.Assume)):
        return _with_essence(name, change.essence, words)
    return name


def named(change: Change, words: Catalogue) -> str:
    """What the statement of a difference is called: its kind, the names around it and its own."""
    statement = change.after if change.after is not None else change.before
    assert statement is not None
    return statement_name(statement, words, change.within)


def statement_name(
    statement: s.Statement, words: Catalogue, within: tuple[str, ...] = (), name: str | None = None
) -> str:
    """A statement by its kind and its own name."""
    kind = type(statement).__name__
    match statement:
        case s.Cap(target) if target.canonical in (("bonus",), ("penalty",)):
            kind = f"Cap_{target.canonical[0]}"
        case s.Line(how) | s.Adjustment(how):
            kind = how
        case s.Rounding(of=of):
            kind = f"Rounding_{of}"
        case s.Grade(None):
            kind = "Grade_none"
    if name is None:
        name = _own_name(statement)
    if isinstance(statement, s.Input) and within:
        kind = "Field"
    shown = ".".join((*within, name)) if name and within else name or ""
    told = words(f"diff.statement.{kind}", name=shown).rstrip()
    return words("diff.within", name=told, block=".".join(within)) if within and not name else told


def _own_name(statement: s.Statement) -> str:
    match statement:
        case s.Let(name=name):
            return ".".join(name)
        case s.Input(names) | s.Param(names):
            return "、".join(names)
        case s.Cap(target):
            return target.text
        case s.RankBy() | s.Title() | s.SchemeName() | s.Subject() | s.Grades() | s.On():
            return ""
        case s.Clause(number):
            return number
        case s.Example(title):
            return title
        case s.Use(library):
            return library
        case s.Select(mark):
            return mark
        case s.Limit(grade) | s.Bar(grade) | s.Grade(grade):
            return grade or ""
    found: object = getattr(statement, "name", "")
    return found if isinstance(found, str) else ""


def _said(text: str, words: Catalogue) -> str:
    """A text with its phrases in words, several joined."""
    return words.spelled(text).replace("\n", words("report.comma"))
