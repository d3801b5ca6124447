"""What a run ends with: one row per subject appraised, column by column."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.types import Type, Value

T = TypeVar("T")


class ResultColumn(Struct, frozen=True):
    """A column of results; `role` is class, input, item, let, total, bonus, penalty, rank, vetoed, mark, grade or
    outcome.
    """

    name: str
    type: Type
    role: str


class Reason(Struct, frozen=True):
    """Why a subject was vetoed, barred or downgraded: the author's words, and the clause."""

    word: str  # vetoed, barred, downgraded
    text: str
    clause: str | None


class PluginUsed(Struct, frozen=True):
    """A plugin that a run used: its name, the version of its distribution, the SHA-256 of its code."""

    name: str
    version: str
    hash: str


class Provenance(Struct, frozen=True):
    """Where results come from: the version of the rules (`SCHEME@NUMBER`) where a registry has it, whether they are
    only a trial, and of a run that was written down its number there (0: it was not) and the checkpoint that closes it.
    """

    version: str = ""
    trial: bool = False
    run: int = 0
    checkpoint: str = ""


class Section(Struct, frozen=True):
    """A table of a report: a title, headings, rows of text, and a line below where there is something to say."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Results(Struct):
    """The results of one scheme for one period.

    `values[name][i]` belongs to `ids[i]`. `findings[i]` are the texts of the requirements the subject fails,
    `finding_places[i]` the rows of its records that fail them, by the text; `general_findings` those that are the same
    for all. `not_appraised` and `left_out` are (id, name) of the subjects
    that the scheme does not appraise, or that `--skip-invalid` left out. `interpretations` are (clause, text) of every
    `assume`.
    """

    scheme: str
    title: str
    period: str
    columns: tuple[ResultColumn, ...]
    ids: list[str]
    names: list[str]
    values: dict[str, list[Value]]
    findings: list[list[str]]
    reasons: list[list[Reason]]
    finding_places: list[dict[str, list[str]]] = field(default_factory=list)
    general_findings: list[str] = field(default_factory=list)
    not_appraised: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    interpretations: list[tuple[str | None, str]] = field(default_factory=list)
    script_hash: str = ""
    data_hashes: dict[str, str] = field(default_factory=dict)
    plugins: tuple[PluginUsed, ...] = ()
    provenance: Provenance = Provenance()

    def of(self, ids: Collection[str]) -> Results:
        """The results of some subjects, unchanged."""
        rows = [row for row, id_ in enumerate(self.ids) if id_ in ids]

        def some(column: list[T]) -> list[T]:
            return [column[row] for row in rows]

        return replace(
            self,
            ids=some(self.ids),
            names=some(self.names),
            values={name: some(column) for name, column in self.values.items()},
            findings=some(self.findings),
            finding_places=some(self.finding_places),
            reasons=some(self.reasons),
            not_appraised=[pair for pair in self.not_appraised if pair[0] in ids],
        )
