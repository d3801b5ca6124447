"""Which statement may stand below which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from kaoping import scheme as s
from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Span
from kaoping_dsl.layout import Line
from kaoping_dsl.modifiers import Draft
from kaoping_dsl.places import statement_word
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import tables

Place = Literal["top", "item", "records", "table", "quota", "example", "closed", "unknown"]
TOP: Place = "top"

# What stands in one place only, and under which statements that place is.
_AT_HOME: dict[type[s.Statement], Place] = {
    s.Line: "item", s.Clear: "item", s.On: "records", s.TableOutput: "table", s.TableRow: "table",
    s.Top: "quota", s.Where: "quota", s.Ties: "quota", s.Rounded: "quota",
    s.Given: "example", s.Expect: "example",
    s.ExampleSubject: "example", s.ExampleHistory: "example", s.ExampleLink: "example",
}  # fmt: skip
_OPENED_BY: dict[type[s.Statement], Place] = {
    s.Item: "item", s.Records: "records", s.Table: "table", s.Select: "quota", s.Limit: "quota",
    s.Example: "example", s.ExampleSubject: "example", s.SchemeName: "top",
}  # fmt: skip
_OPENED_BY_KIND: dict[str, Place] = {
    "item": "item", "records": "records", "table": "table", "select": "quota", "limit": "quota", "example": "example",
}  # fmt: skip
_OPENERS = {
    "item": ("item",), "records": ("records",), "table": ("table",), "quota": ("select", "limit"),
    "example": ("example",),
}  # fmt: skip
_ALSO: dict[Place, tuple[type[s.Statement], ...]] = {"item": (s.Item, s.Let), "records": (s.Let,)}


def place_below(draft: Draft | None, kind: str, place: Place) -> Place:
    """The place that a statement's block is; a broken statement opens what its keyword says, if anything."""
    if draft is None:
        return _OPENED_BY_KIND.get(kind, place if kind == "clause" else "unknown")
    if draft.made is s.Clause:
        return place
    return _OPENED_BY.get(draft.made, "closed")


def misplaced(draft: Draft, line: Line, place: Place, above: Line | None) -> Finding | None:
    """What is wrong with a statement where it stands; `above` is the statement that it is indented under."""
    made = draft.made
    if place == "unknown" or made in (s.Assume, s.Clause):
        return None
    home: Place = "records" if draft.is_field else _AT_HOME.get(made, "top")
    if home == place or made in _ALSO.get(place, ()):
        return None
    first = line.tokens[0]
    found = first.text
    if draft.is_field and place == "top":
        word = _spelling("input", found)
        return error("KP116", first.span, "field", found=found, word=word, under=_spelling("records", found))
    if made is s.Adjustment and place == "item":  # in an item points are added and deducted
        penalty = (said := statement_word(line.tokens, 0)) is not None and said[0].key == "penalty"
        word = _spelling("deduct" if penalty else "add", found)
        return error("KP116", first.span, "line", found=found, right=word, fix=Fix(first.span, word))
    if home == "top":
        return error("KP116", first.span, "inside", found=found, above=above.tokens[0].text if above else "")
    under = ", ".join(_spelling(word, found) for word in _OPENERS[home])
    return error("KP116", first.span, "home", found=found, under=under)


def mark_indented(line: Line) -> None:
    """Say of the first statement below one without a block that it is indented too far; an `assume` may stand there."""
    for child in line.body:
        word = statement_word(child.tokens, 0)
        if word is None or word[0].key != "assume":
            first = child.tokens[0]
            start = first.start - (first.source.position(first.start)[1] - 1)
            fix = Fix(Span(first.source, start, first.start), " " * line.indent)
            found, above = first.text, line.tokens[0].text
            child.finding = child.finding or error("KP117", first.span, "indented", found=found, above=above, fix=fix)
            return


def hoisted(body: Iterable[s.Statement]) -> tuple[s.Statement, ...]:
    """An example's history and links below a subject, moved to stand after it: their one place in the tree."""
    flat: list[s.Statement] = []
    for statement in body:
        if isinstance(statement, s.ExampleSubject) and statement.body:
            flat += (s.ExampleSubject(statement.name, statement.bindings, span=statement.span), *statement.body)
        else:
            flat.append(statement)
    return tuple(flat)


def declared(kind: str, tokens: list[Token]) -> tuple[str, ...]:
    """The names that a broken statement seems to declare."""
    names = [token.text.strip("「」") for token in tokens if token.kind == "NAME"]
    match kind:
        case "input" | "field" | "param" | "let":
            end = next((i for i, token in enumerate(tokens) if token.kind in (":", "=", "(")), len(tokens))
            start = 0 if kind == "field" else 1
            return tuple(token.text.strip("「」") for token in tokens[start:end] if token.kind == "NAME")
        case "grades":
            return tuple(names[1:])
        case "scheme" | "class" | "records" | "item" | "group" | "total" | "table" | "link" | "outcome" | "select":
            return tuple(names[1:2])
        case _:
            return ()


def _spelling(key: str, beside: str) -> str:
    word = next(word for word in tables()["statement"].words if word.key == key)
    return word.spelling("en" if beside.isascii() else "zh")
