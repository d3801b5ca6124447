"""One record for everything a check has to say: passes state facts, the catalogue has the words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct, field

from kaoping.source import NOWHERE, Span


class Severity(StrEnum):
    """An error keeps a scheme from running, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


def phrase(name: str) -> str:
    """A fact, or a part of one, that is itself a phrase of the catalogue: `check.unit.points`."""
    return f"\t{name}"


def _fact(value: object) -> str:
    """A fact as text; several of a kind stand one a line, and each language joins them in its own way."""
    match value:
        case tuple() | list():
            return "\n".join(str(each) for each in value)
        case _:
            return " ".join(str(value).split("\n"))


class Note(Struct, frozen=True):
    """A second place that belongs to a finding; `key` names its words in the catalogue, below the finding's code."""

    span: Span
    key: str
    facts: dict[str, str] = field(default_factory=dict)


class Fix(Struct, frozen=True):
    """A change of the text that would cure a finding."""

    span: Span
    replacement: str


class Finding(Struct, frozen=True):
    """What was found where: `code` names title, text and help in the catalogue, `facts` fill their gaps.

    A fact is data, never a word of one language: a name, a number, text of the script, a `phrase`, or several, one a
    line.

    `variant` chooses among several texts of one code. `clause` is the clause of the document it stands under. `place`
    is a place in data (file, sheet, row, column) where there is no script to point at.
    """

    code: str
    span: Span = NOWHERE
    facts: dict[str, str] = field(default_factory=dict)
    variant: str = ""
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
    clause: str | None = None
    place: str | None = None


def error(
    code: str, span: Span, variant: str = "", *, notes: tuple[Note, ...] = (), fix: Fix | None = None, **facts: object
) -> Finding:
    """An error with its facts as text; several of a kind in a tuple or a list."""
    return Finding(code, span, {key: _fact(value) for key, value in facts.items()}, variant, Severity.ERROR, notes, fix)


def warning(
    code: str, span: Span, variant: str = "", *, notes: tuple[Note, ...] = (), fix: Fix | None = None, **facts: object
) -> Finding:
    """A warning with its facts as text; several of a kind in a tuple or a list."""
    return Finding(
        code, span, {key: _fact(value) for key, value in facts.items()}, variant, Severity.WARNING, notes, fix
    )


class Stop(Exception):  # noqa: N818 - it is an answer, no fault
    """Something cannot go on: `reason` is the phrase `PHRASES.stop.REASON`, the facts fill its gaps, `code` is the exit
    code of the command.
    """

    phrases = "command"

    def __init__(self, reason: str, code: int = 1, **facts: object) -> None:
        """What is missing among the facts shows as dots."""
        super().__init__(reason)
        self.reason, self.code, self.facts = reason, code, facts


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that keep a scheme from running."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
