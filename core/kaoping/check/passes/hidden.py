"""KP503, KP504: a name that hides another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kaoping import scheme as s
from kaoping.check.names import BUILTIN_VALUES
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, error, phrase, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

HEADINGS = ("scheme", "period", "id", "name", "findings")
"""The columns that every table of results has."""
ITSELF = {"total": s.Total}
"""A total called 总分 is what 总分 means."""


def hidden(made: Model, _: Reaches) -> Iterator[Finding]:
    """A field that hides a name of the subject, and a declared name that hides a built-in value or bears its name."""
    declarations = made.checker.declarations
    for fields in declarations.fields.values():
        for symbol in fields.values():
            library = symbol.placed.context.library
            outer = declarations.names.get(f"{library}.{symbol.short}" if library else symbol.short)
            if outer is not None and outer.span != symbol.span and not library:
                facts: dict[str, Any] = {"name": symbol.short, "records": symbol.records or ""}
                yield under(
                    symbol.placed,
                    warning("KP503", symbol.span.part(symbol.short), **facts, notes=(Note(outer.span, "outer"),)),
                )
    spelled = _spellings(made)
    for symbol in declarations.names.values():
        word = spelled.get(symbol.short)
        if word is None or symbol.placed.context.library or isinstance(symbol.placed.statement, ITSELF.get(word, ())):
            continue
        facts = {"name": symbol.short, "word": phrase(f"check.word.{word}")}
        place = symbol.span.part(symbol.short)
        if symbol.short == word:  # the column worked out and the one declared would be one
            yield under(symbol.placed, error("KP504", place, "column", **facts))
        else:
            yield under(symbol.placed, warning("KP504", place, **facts))
    yield from _headings(made)


def _headings(made: Model) -> Iterator[Finding]:
    """Columns of the results with a heading that is there already; no database tells capitals from small letters."""
    names = made.checker.declarations.names
    shown = dict.fromkeys(column.name for column, _ in made.results)
    taken = {name.casefold(): name for name in (*HEADINGS, *(each for each in shown if each not in names))}
    for name in shown:
        if name in names and (other := taken.get(name.casefold())) is not None:
            told: dict[str, Any] = {"name": name, "other": other}
            yield under(names[name].placed, error("KP504", names[name].span.part(name), "heading", **told))


def _spellings(made: Model) -> dict[str, str]:
    """The spellings of built-in values that the script uses, and the English words, which are always spellings."""
    found = {word: word for word in BUILTIN_VALUES}
    for statement in made.scheme.statements:
        for parts, canonical in made.checker.declarations.mentions(statement):
            if len(parts) == 1 and canonical[0] in BUILTIN_VALUES:
                found[parts[0]] = canonical[0]
    return found
