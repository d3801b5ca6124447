"""The plan: typed columns in the order in which they can be evaluated. It is all that an engine sees of a scheme."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from kaoping.columns import Column, Origin
from kaoping.dataset import InputTable
from kaoping.period import Period
from kaoping.results import PluginUsed, ResultColumn
from kaoping.scheme import Example
from kaoping.source import Source
from kaoping.typed import Key, Typed
from kaoping.types import Value

__all__ = ["Column", "Origin", "Plan", "ReasonColumn", "Requirement", "Stratum"]


class Stratum(Struct, frozen=True):
    """Columns of one frame that need nothing of each other beyond what stands before: a map, a fold of records, or
    a window over subjects.
    """

    kind: str  # map, fold, window
    columns: tuple[Column, ...]


class Requirement(Struct, frozen=True):
    """`require`: the column is yes where it holds; `each` is the records table it is asked of, row by row."""

    key: Key
    message: str
    clause: str | None
    constant: bool  # the same for all subjects: said once


class ReasonColumn(Struct, frozen=True):
    """A veto, a bar, or to examples a requirement, with the words for its reason."""

    key: Key
    word: str  # vetoed, barred, downgraded, flagged
    text: str
    clause: str | None


class Plan(Struct, frozen=True):
    """Everything an engine needs. `needed` gives, per input column, the condition under which its cell may not be
    empty.
    """

    scheme: str
    title: str
    period: Period
    source: Source
    columns: dict[Key, Column]
    strata: tuple[Stratum, ...]
    inputs: tuple[InputTable, ...]
    params: tuple[str, ...]
    results: tuple[tuple[ResultColumn, Key], ...]
    requirements: tuple[Requirement, ...]
    reasons: tuple[ReasonColumn, ...]
    appraised: Key | None  # the condition of `subject … if`, evaluated first
    needed: dict[Key, Typed] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)  # records table → the field that dates it
    interpretations: tuple[tuple[str | None, str], ...] = ()
    examples: tuple[Example, ...] = ()
    functions: dict[str, Callable[..., Value]] = field(default_factory=dict)  # what `typed.PluginCall` names
    function_sql: dict[str, str] = field(default_factory=dict)  # the same in SQL, of those that have it
    partial: frozenset[str] = frozenset()  # functions that may have no value for what they are called with
    plugins: tuple[PluginUsed, ...] = ()
    limits: dict[Key, tuple[Typed, Typed]] = field(
        default_factory=dict
    )  # lowest and highest cell where the type does not say
