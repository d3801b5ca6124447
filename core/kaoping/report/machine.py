"""Findings for machines: JSON of our own, and SARIF 2.1.0 for code hosts and editors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from kaoping.diagnostic import Finding, Fix
from kaoping.messages import Catalogue
from kaoping.report.diagnostics import counted, in_order, page
from kaoping.source import NOWHERE, Span


def findings_json(findings: Iterable[Finding], words: Catalogue) -> str:
    """Findings and their numbers; lines and columns (in characters) count from 1, ends are not included."""
    ordered = in_order(findings)
    errors, warnings = counted(ordered)
    document = {"findings": [_record(one, words) for one in ordered], "errors": errors, "warnings": warnings}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(finding: Finding, words: Catalogue) -> dict[str, Any]:
    said = words.render(finding)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": said.title,
        "text": said.text,
        "help": said.help,
        **_json_place(finding.span),
        "data": finding.place,
        "clause": finding.clause,
        "notes": [
            {"text": text, **_json_place(note.span)} for note, text in zip(finding.notes, said.notes, strict=True)
        ],
        "fix": {**_json_place(finding.fix.span), "replacement": finding.fix.replacement} if finding.fix else None,
        "page": page(finding.code),
    }


def _json_place(span: Span) -> dict[str, Any]:
    if span == NOWHERE:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    (line, column), (end_line, end_column) = span.position, span.source.position(span.end)
    return {"file": span.source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def findings_sarif(findings: Iterable[Finding], words: Catalogue) -> str:
    """A SARIF 2.1.0 log of one run; columns in Unicode code points."""
    ordered = in_order(findings)
    titles = {finding.code: words.render(finding).title for finding in ordered}
    driver = {
        "name": "kaoping",
        "version": version("kaoping"),
        "rules": [
            {"id": code, "shortDescription": {"text": title or code}, "help": {"text": page(code)}}
            for code, title in sorted(titles.items())
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, words) for finding in ordered],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding, words: Catalogue) -> dict[str, Any]:
    said = words.render(finding)
    text = ": ".join(part for part in (finding.place, said.text or said.title) if part)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity.value,
        "message": {"text": "\n".join(part for part in (text, said.help) if part)},
    }
    if finding.span != NOWHERE:
        result["locations"] = [_location(finding.span)]
    related = [
        {**_location(note.span), "message": {"text": text}}
        for note, text in zip(finding.notes, said.notes, strict=True)
        if note.span != NOWHERE
    ]
    if related:
        result["relatedLocations"] = related
    if finding.fix:
        result["fixes"] = [_fix(finding.fix, said.help or said.title)]
    return result


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span), "region": _region(span)}}


def _fix(fix: Fix, description: str) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.replacement}}
    change = {"artifactLocation": _artifact(fix.span), "replacements": [replacement]}
    return {"description": {"text": description}, "artifactChanges": [change]}


def _artifact(span: Span) -> dict[str, str]:
    return {"uri": quote(span.source.name.replace("\\", "/"), safe="/")}


def _region(span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = span.position, span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
