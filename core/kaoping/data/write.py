"""Results into files: CSV for spreadsheets and for the next period, JSON for programs, a workbook for people.

What is written replaces the old file in one step: whoever reads it sees the old one or the new one, never a torn one,
and a full disk leaves the old one as it was. OSError is the caller's to tell.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from kaoping.data.text import guarded
from kaoping.results import Provenance, ResultColumn, Results
from kaoping.types import Kind, Type, Value, plain_text
from kaoping.whole import write_whole

FORMATS = ("csv", "json", "xlsx")
JSON_FORMAT = "kaoping results 1"
"""The shape of the JSON; its number goes up when a reader of the old shape would be misled."""
TRIAL = "(试算 trial)"
_EXACT_DIGITS = 15
"""A spreadsheet keeps no more digits of a number: a longer one is written as text."""


def write_results(results: Results, path: Path, format_: str) -> None:
    """Write results to a file as `csv`, `json` or `xlsx`; the old file stays until the new one is whole."""
    if format_ == "xlsx":
        write_whole(path, _workbook(results))
    else:
        # the byte order mark tells Excel that a CSV file is UTF-8
        write_whole(path, results_text(results, format_).encode("utf-8-sig" if format_ == "csv" else "utf-8"))


def results_text(results: Results, format_: str) -> str:
    """Results as the text of a CSV or JSON file."""
    return _csv(results) if format_ == "csv" else _json(results)


# ---------------------------------------------------------------- CSV


class _Lines(list[str]):
    """Lines that end as DuckDB ends those of large results, so that the same results are the same file; they are
    written with a return, which a cell that has one is put in quotation marks for.
    """

    def write(self, line: str) -> None:
        """Take a line."""
        self.append(line.removesuffix("\r\n") + "\n")


def _csv(results: Results) -> str:
    """`scheme, period, id, name`, the columns of the results, `findings`; what looks like a formula is made text."""
    text = _Lines()
    lines = csv.writer(text)
    lines.writerow(map(guarded, _headings(results)))
    start = [guarded(scheme_of(results)), guarded(results.period)]
    columns = [_plain_column(results.values[column.name], column.type) for column in results.columns]
    findings = [guarded(findings_of(results, at)) for at in range(len(results.ids))]
    ids, names = map(guarded, results.ids), map(guarded, results.names)
    lines.writerows([*start, *row] for row in zip(ids, names, *columns, findings, strict=True))
    return "".join(text)


def scheme_of(results: Results) -> str:
    """What the table calls the scheme: the results of a trial are never taken for its own, by nobody and no program."""
    return f"{results.scheme} {TRIAL}" if results.provenance.trial else results.scheme


def findings_of(results: Results, at: int) -> str:
    """What is found of a subject, then what is found of all: one table has no other place for it."""
    return "; ".join([*results.findings[at], *results.general_findings])


def _headings(results: Results) -> list[str]:
    return ["scheme", "period", "id", "name", *(column.name for column in results.columns), "findings"]


def _plain_column(values: list[Value], type_: Type) -> list[str]:
    # a negative number begins with a sign too, but a number is no formula
    if type_.kind in (Kind.TEXT, Kind.CHOICE):
        return [guarded(plain_text(value, type_)) for value in values]
    return [plain_text(value, type_) for value in values]


# ---------------------------------------------------------------- JSON


def _json(results: Results) -> str:
    """Numbers as decimal text with their places, yes/no as true/false, missing as null."""
    columns = [{"name": each.name, "role": each.role, **_json_type(each.type)} for each in results.columns]
    document = {
        "format": JSON_FORMAT,
        "scheme": results.scheme,
        "title": results.title,
        "period": results.period,
        **_json_provenance(results.provenance),
        "script_sha256": results.script_hash,
        "data_sha256": dict(sorted(results.data_hashes.items())),
        "plugins": [{"name": each.name, "version": each.version, "sha256": each.hash} for each in results.plugins],
        "columns": columns,
        "subjects": [_json_subject(results, at) for at in range(len(results.ids))],
        "findings": results.general_findings,
        "not_appraised": [{"id": id_, "name": name} for id_, name in results.not_appraised],
        "left_out": [{"id": id_, "name": name} for id_, name in results.left_out],
        "interpretations": [{"clause": clause, "text": text} for clause, text in results.interpretations],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_provenance(provenance: Provenance) -> dict[str, object]:
    return {
        "version": provenance.version or None,
        "trial": provenance.trial,
        "run": provenance.run or None,
        "checkpoint": provenance.checkpoint or None,
    }


def _json_type(type_: Type) -> dict[str, object]:
    match type_.kind:
        case Kind.NUMBER:
            return {"type": "percent" if type_.percent else "number", "places": type_.places}
        case Kind.CHOICE:
            return {"type": "choice", "labels": list(type_.labels)}
        case kind:
            return {"type": kind.value}


def _json_subject(results: Results, at: int) -> dict[str, object]:
    return {
        "id": results.ids[at],
        "name": results.names[at],
        "values": {each.name: _json_value(results.values[each.name][at], each.type) for each in results.columns},
        "findings": results.findings[at],
        "reasons": [{"word": each.word, "text": each.text, "clause": each.clause} for each in results.reasons[at]],
    }


def _json_value(value: Value, type_: Type) -> str | bool | None:
    if value is None:
        return None
    return bool(value) if type_.kind is Kind.BOOL else plain_text(value, type_)


# ---------------------------------------------------------------- workbook


def _workbook(results: Results) -> bytes:
    """One sheet, `results`: headings in bold and fixed, numbers as numbers with their places, all else as text."""
    # openpyxl, because reading needs it anyway: a second library would bring nothing but speed
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.freeze_panes = "E2"

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"  # else `=…` would become a formula
        return cell

    def shown(value: Value, column: ResultColumn) -> Any:
        plain = plain_text(value, column.type)
        if value is None or column.type.kind is not Kind.NUMBER or len(plain.lstrip("-0.")) > _EXACT_DIGITS:
            return text(plain) if plain else None
        cell = WriteOnlyCell(sheet, Decimal(plain))  # written as the digits it has, never through a float
        cell.number_format = _number_format(column.type)
        return cell

    headings = [text(each) for each in _headings(results)]
    for each in headings:
        each.font = Font(bold=True)
    sheet.append(headings)
    for at, (id_, name) in enumerate(zip(results.ids, results.names, strict=True)):
        fixed = [text(each) for each in (scheme_of(results), results.period, id_, name)]
        values = [shown(results.values[column.name][at], column) for column in results.columns]
        found = findings_of(results, at)
        sheet.append([*fixed, *values, text(found) if found else None])
    if (origin := results.provenance).run:
        sheet = book.create_sheet("registry")
        for line in (
            origin.version,
            f"#{origin.run}",
            *origin.checkpoint.splitlines(),
        ):
            sheet.append([text(line)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _number_format(type_: Type) -> str:
    places = max(type_.places - 2, 0) if type_.percent else type_.places
    digits = f"0.{'0' * places}" if places else "0"
    return f"{digits}%" if type_.percent else digits
