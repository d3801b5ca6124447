"""What plugins give, held to the types it is declared with: a plugin's slip is to be told where it is made."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import asdict

from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.functions import Function
from kaoping.results import Section
from kaoping.source import Span
from kaoping.types import Type


def held(answer: Any) -> Any:
    """An answer of a hook with every field of its type, rows as tuples; TypeError or ValueError where one is not."""
    match answer:
        case Ledger() | Section():
            kept: Ledger | Section = msgspec.convert(asdict(answer), type(answer))
            widths = {len(row[1] if isinstance(kept, Ledger) else row) for row in kept.rows}
            if widths - {len(kept.headings)}:
                raise ValueError(f"{len(kept.headings)} headings, and rows of {sorted(widths)} cells")
            return kept
        case Function():
            _function(answer)
        case Finding() if not isinstance(answer.span, Span):
            raise TypeError(f"the span of {answer.code} is {type(answer.span).__name__}, not Span")
    return answer


def _function(function: Function) -> None:
    names, parameters = function.names, function.parameters
    if not (
        isinstance(names, tuple) and names and all(isinstance(each, str) and each.isidentifier() for each in names)
    ):
        raise TypeError(f"the names of a function are a tuple of words, not {names!r}")
    if not (isinstance(parameters, tuple) and all(isinstance(each, Type) for each in (*parameters, function.result))):
        raise TypeError(
            f"the parameters of `{names[0]}` are a tuple of types and its result is one, not {parameters!r}"
        )
    if not callable(function.body) or not (function.always is None or callable(function.always)):
        raise TypeError(f"body and `always` of `{names[0]}` are functions")
    if function.sql is not None:
        if not isinstance(function.sql, str) or not function.sql.strip() or "--" in function.sql:
            raise TypeError(
                f"the SQL of `{names[0]}` is an expression as text, without a comment, not {function.sql!r}"
            )
        function.sql.format(*(str(at) for at, _ in enumerate(parameters)))
