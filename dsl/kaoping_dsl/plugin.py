"""The language as a plugin of the platform (see `kaoping.hooks`): it reads and lays out files that end in `.kp`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from kaoping.diagnostic import Finding
from kaoping.expr import Expr
from kaoping.hooks import hookimpl
from kaoping.scheme import Example, Scheme
from kaoping.source import Source

if TYPE_CHECKING:
    from kaoping_dsl.words import Language

EXTENSION = ".kp"


@hookimpl
def load_scheme(source: Source, extension: str) -> tuple[Scheme, list[Finding]] | None:
    """Read a script written in the kaoping language."""
    if extension != EXTENSION:
        return None
    from kaoping_dsl.parse import parse

    return parse(source)


@hookimpl
def format_script(text: str, extension: str, keywords: str | None) -> str | None:
    """Lay out a script written in the kaoping language."""
    if extension != EXTENSION:
        return None
    from kaoping_dsl.format import format_script as formatted

    return formatted(text, cast("Language | None", keywords))


@hookimpl
def load_expression(source: Source, extension: str) -> tuple[Expr | None, list[Finding]] | None:
    """Read an expression of the kaoping language."""
    if extension != EXTENSION:
        return None
    from kaoping_dsl.parse import parse_expression

    return parse_expression(source)


@hookimpl
def write_examples(examples: Sequence[Example], script: str, extension: str) -> str | None:
    """Write examples in the kaoping language."""
    if extension != EXTENSION:
        return None
    from kaoping_dsl.written import write_examples as written

    return written(examples, script)
