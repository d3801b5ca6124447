"""Findings for people: where, the line with the place marked, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from kaoping.diagnostic import Finding, Severity
from kaoping.messages import Catalogue
from kaoping.report.width import laid_out, visible, wrapped
from kaoping.source import NOWHERE, Span

COLUMNS = 100
LONGEST = 160
MOST_ALIKE = 20
"""How many cells of one column with the same problem are shown."""
MOST_SAID = 4_000
"""Characters of one paragraph; only a hostile script makes it longer."""


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of scripts by file and place; then those of data, and of nothing written, as they came."""
    return sorted(findings, key=_standing)


def _standing(finding: Finding) -> tuple[bool, str, int, int]:
    span = finding.span
    in_data = finding.place is not None or span == NOWHERE
    return (True, "", 0, 0) if in_data else (False, span.source.name, span.start, span.end)


def counted(findings: Iterable[Finding]) -> tuple[int, int]:
    """How many errors and how many warnings."""
    severities = [finding.severity for finding in findings]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def findings_text(findings: Iterable[Finding], words: Catalogue) -> str:
    """All findings, in order, with a closing line that counts them; empty where there are none."""
    ordered = in_order(findings)
    if not ordered:
        return ""
    told, alike = [], dict[tuple[str, str, object, str], int]()
    for each in ordered:
        if each.place is not None:
            kind = (each.code, each.variant, each.facts.get("column"), each.place.partition(":")[0])
            alike[kind] = alike.get(kind, 0) + 1
            if alike[kind] > MOST_ALIKE:
                continue
        told.append(each)
    blocks = [finding_text(finding, words) for finding in told]
    for (code, _, column, file), count in alike.items():
        if count > MOST_ALIKE:
            blocks.append(words("report.alike", file=file, column=column or "", code=code, count=count - MOST_ALIKE))
    return "\n\n".join([*blocks, closing_line(ordered, words)]) + "\n"


def closing_line(findings: Iterable[Finding], words: Catalogue) -> str:
    """`2 errors, 1 warning`."""
    errors, warnings = counted(findings)
    parts = [("errors", errors), ("warnings", warnings)]
    return words("report.comma").join(words(f"report.{key}", count=count) for key, count in parts if count)


def finding_text(finding: Finding, words: Catalogue) -> str:
    """One finding: a line that editors can jump to, the code frame, the sentence, further places, what to do."""
    said = words.render(finding)
    in_script = _place(finding.span) if finding.span != NOWHERE else None
    place = finding.place or in_script
    title = f"{words(f'report.{finding.severity.value}')}[{finding.code}] {said.title}"
    lines = [visible(f"{place}: {title}" if place else title)]
    lines += [] if finding.place else _frame(finding.span)
    lines += _paragraph("  ", said.text)
    if finding.place and in_script:  # a cell of data, and the line of the script that asks for it
        lines += [*_paragraph("  ", in_script), *_frame(finding.span)]
    for note, text in zip(finding.notes, said.notes, strict=True):
        lines += _paragraph("  ", f"{_place(note.span)}: {text}" if note.span != NOWHERE else text)
        lines += _frame(note.span)
    if finding.clause:
        lines += _labelled(words("report.clause"), finding.clause)
    if said.help:
        lines += _labelled(words("report.help"), said.help)
    if finding.fix:
        lines += _labelled(words("report.fix"), _fixed_line(finding.fix.span, finding.fix.replacement))
    lines += _labelled(words("report.page"), page(finding.code)) if page(finding.code) else []
    return "\n".join(lines)


def page(code: str) -> str:
    """The page of the documentation that explains a code; "" for the codes of plugins, which have their own."""
    return f"docs/errors/{code}.md" if code.startswith("KP") else ""


def _place(span: Span) -> str:
    line, column = span.position
    return f"{span.source.name}:{line}:{column}"


def _frame(span: Span) -> list[str]:
    """The line with its number, and carets under the part that is meant (to the line's end where it runs on)."""
    if span == NOWHERE:
        return []
    number, column = span.position
    line, column = _window(span.source.line(number), column)
    shown, starts = laid_out(line)
    first = min(column - 1, len(line))
    last = min(first + max(span.end - span.start, 1), len(line))
    carets = max(starts[last] - starts[first], 1)
    gutter = " " * len(str(number))
    return [
        f"{gutter} |",
        f"{number} | {shown}".rstrip(),
        f"{gutter} | {' ' * starts[first]}{'^' * carets}",
    ]


def _window(line: str, column: int) -> tuple[str, int]:
    """Of a line too long for any screen, the part around a column, and where the column is in it."""
    if len(line) <= LONGEST:
        return line, column
    start = max(0, column - 1 - LONGEST // 2)
    return line[start : start + LONGEST], column - start


def _fixed_line(span: Span, replacement: str) -> str:
    """The line as it would stand after a change."""
    number, column = span.position
    line = span.source.line(number)
    fixed = line[: column - 1] + replacement + line[column - 1 + span.end - span.start :]
    return _window(fixed, column)[0].strip()


def _labelled(label: str, text: str) -> list[str]:
    return _paragraph("  ", f"{label}{text}")


def _paragraph(indent: str, text: str) -> list[str]:
    text = text if len(text) <= MOST_SAID else text[:MOST_SAID] + "…"
    return [f"{indent}{line}" for line in wrapped(visible(text), COLUMNS - len(indent))] if text else []
