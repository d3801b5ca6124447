"""The ranked table of a run, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from msgspec import Struct

from kaoping.messages import Catalogue
from kaoping.report.registry import provenance_lines
from kaoping.report.width import cut, padded, visible, width, wrapped
from kaoping.results import ResultColumn, Results, Section
from kaoping.types import Kind, Type, Value, people_text

GAP = "  "
COLUMNS = 100
MOST_NAMES = 20
RANKED = ("class", "total", "bonus", "penalty", "grade", "mark")
UNRANKED = ("class", "let", "grade", "mark", "outcome")
"""The roles of columns that the table shows where there is a total, and where there is none."""


class _Shown(Struct, frozen=True):
    """A column on the screen, with the name of the column of the results that it shows."""

    title: str
    right: bool
    cells: list[str]
    name: str = ""


def results_table(results: Results, words: Catalogue, columns: int | None = None) -> str:
    """Everyone appraised, best rank first, then what a reader has to know; `columns` is the terminal's width."""
    order = sorted(range(len(results.ids)), key=lambda row: _rank(results, row))
    table, without = _columns(results, words), list[_Shown]()
    if _without_total(results):
        table, without = _fitting(table, columns)
    rows = [[column.cells[row] for column in table] for row in order]
    title = visible(results.title or results.scheme)
    trial = words("registry.trial.title", title=title) if results.provenance.trial else title
    lines = [trial, words("report.period", period=results.period), ""]
    lines += grid([column.title for column in table], rows, [column.right for column in table], columns)
    outcomes = {column.name for column in results.columns if column.role == "outcome"}  # these are told below
    untold = [column.title for column in without if column.name not in outcomes]
    if untold:
        lines += ["", *_folded(words("report.without", names=_listed(untold, words)))]
    told = {column.name for column in table}
    lines += [line for block in _remarks(results, order, told, words) for line in ("", *block)]
    return "\n".join(lines) + "\n"


def section_table(section: Section) -> str:
    """A section that a plugin adds to the report."""
    rows = [[_one_line(cell) for cell in row] for row in section.rows]
    lines = [visible(section.title), *grid(list(section.headings), rows, [False] * len(section.headings), None)]
    return "\n".join([*lines, *([visible(section.note)] if section.note else [])]) + "\n"


def value_text(value: Value, type_: Type, words: Catalogue) -> str:
    """A value as a table shows it: all places of a number, so that points stand below each other; - for none."""
    if value is None:
        return "-"
    if type_.kind is Kind.BOOL:
        return words("report.yes" if value else "report.no")
    return _one_line(people_text(value, type_))


def _one_line(text: str) -> str:
    return visible(text.replace("\n", " "))


def _rank(results: Results, row: int) -> tuple[bool, int]:
    rank = next((column.name for column in results.columns if column.role == "rank"), None)
    value = results.values[rank][row] if rank else None
    return (True, row) if value is None else (False, int(value))


def _columns(results: Results, words: Catalogue) -> list[_Shown]:
    """The columns of the table, from the left."""
    by_role: dict[str, list[ResultColumn]] = {}
    for column in results.columns:
        by_role.setdefault(column.role, []).append(column)
    table = [
        _Shown(words("report.rank"), True, _cells(results, column, words), column.name)
        for column in by_role.get("rank", [])
    ]
    table.append(_Shown(words("report.id"), False, [_one_line(each) for each in results.ids]))
    if any(results.names):
        table.append(_Shown(words("report.name"), False, [_one_line(each) for each in results.names]))
    ranked = [column for role in RANKED for column in by_role.get(role, [])]
    unranked = [column for column in results.columns if column.role in UNRANKED]
    for column in unranked if _without_total(results) else ranked:
        if column.role in ("bonus", "penalty") and not any(results.values[column.name]):
            continue
        # the column of a built-in value is named in the reader's language, all others as the script names them
        title = words(f"report.{column.role}") if column.name == column.role else column.name
        table.append(_Shown(title, column.type.kind is Kind.NUMBER, _cells(results, column, words), column.name))
    if any(results.reasons):
        reasons = [_reasons(results, row, words) for row in range(len(results.ids))]
        table.append(_Shown(words("report.reasons"), False, reasons))
    return table


def _without_total(results: Results) -> bool:
    """Whether nobody is scored: then what is computed and what follows are the results themselves."""
    return not any(column.role == "total" for column in results.columns)


def _fitting(table: list[_Shown], columns: int | None) -> tuple[list[_Shown], list[_Shown]]:
    """The columns that a terminal has room for, and those that it has not."""
    room, kept, without = columns or 0, list[_Shown](), list[_Shown]()
    for column in table:
        wide = max(width(cell) for cell in (column.title, *column.cells)) + (len(GAP) if kept else 0)
        if columns is None or not column.name or wide <= room:
            kept.append(column)
            room -= wide
        else:
            without.append(column)
    return kept, without


def _cells(results: Results, column: ResultColumn, words: Catalogue) -> list[str]:
    return [value_text(value, column.type, words) for value in results.values[column.name]]


def _reasons(results: Results, row: int, words: Catalogue) -> str:
    """`vetoed 四(三)3`: the clauses, or the author's words where no clause is given."""
    said: dict[str, list[str]] = {}
    for reason in results.reasons[row]:
        said.setdefault(reason.word, []).append(reason.clause or reason.text)
    comma = words("report.comma")
    return comma.join(f"{words(f'report.{word}')} {comma.join(dict.fromkeys(each))}" for word, each in said.items())


def _outcomes(results: Results, order: list[int], told: Set[str], words: Catalogue) -> list[str]:
    """What follows for whom, where the table does not say it: outcomes that the same subjects have stand together."""
    whom: dict[str, list[str]] = {}
    for column in (each for each in results.columns if each.name not in told):
        for row in order if column.role == "outcome" else ():
            value = results.values[column.name][row]
            if value is not None and (value or column.type.kind is not Kind.BOOL):
                said = "" if column.type.kind is Kind.BOOL else f" {value_text(value, column.type, words)}"
                whom.setdefault(column.name + said, []).append(results.names[row] or results.ids[row])
    together: dict[tuple[str, ...], list[str]] = {}
    for what, names in whom.items():
        together.setdefault(tuple(names), []).append(what)
    comma = words("report.comma")
    return [f"{comma.join(what)} ({len(names)}): {_listed(names, words)}" for names, what in together.items()]


def _listed(names: Sequence[str], words: Catalogue) -> str:
    more = len(names) - MOST_NAMES
    return words("report.comma").join(names[:MOST_NAMES]) + (words("report.more", count=more) if more > 0 else "")


def grid(head: list[str], rows: list[list[str]], right: list[bool], columns: int | None) -> Iterator[str]:
    """A table line by line, its head underlined; where `columns` are too few its last column gives way."""
    widths = [max(width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    if columns is not None and len(widths) > 1:  # the last column, a list of words, gives way to a narrow terminal
        before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        widths[-1] = max(width(head[-1]), min(widths[-1], columns - before))
    for cells in (head, ["-" * each for each in widths], *rows):
        placed = zip(cells, widths, right, strict=True)
        yield GAP.join(padded(cut(cell, wide), wide, right=at_right) for cell, wide, at_right in placed).rstrip()


def _remarks(results: Results, order: list[int], told: Set[str], words: Catalogue) -> Iterator[list[str]]:
    """Below the table: findings, who is not in it, and on how many interpretations it rests."""
    found = len(results.general_findings) + sum(len(each) for each in results.findings)
    listed = (
        ("report.outcomes", _outcomes(results, order, told, words), 0),
        ("report.findings", [*results.general_findings, *_findings(results, order, words)], found),
        ("report.not_appraised", [" ".join(each) for each in results.not_appraised], len(results.not_appraised)),
        ("report.left_out", [" ".join(each) for each in results.left_out], len(results.left_out)),
    )
    for key, lines, count in listed:
        if lines:
            yield [words(key, count=count), *(f"{GAP}{part}" for line in lines for part in _folded(line))]
    if results.interpretations:
        yield [words("report.interpretations", count=len(results.interpretations))]
    if lines := provenance_lines(results.provenance, words):
        yield lines


def _findings(results: Results, order: list[int], words: Catalogue) -> Iterator[str]:
    """Findings of subjects: what several have is said once, with all of them."""
    whom: dict[str, list[str]] = {}
    for row in order:
        for text in results.findings[row]:
            said = f"{text}{_rows(results, row, text, words)}"
            whom.setdefault(said, []).append(f"{results.ids[row]} {results.names[row]}".strip())
    for said, names in whom.items():
        together = f"{said} ({len(names)}): {words('report.comma').join(names)}"
        yield together if len(names) > 1 else f"{names[0]}: {said}"


def _rows(results: Results, row: int, text: str, words: Catalogue) -> str:
    """The rows of a subject's records that a finding is about, in brackets: ` (案.csv:2, 案.csv:4)`."""
    places = results.finding_places[row].get(text, []) if results.finding_places else []
    return f" ({_listed(places, words)})" if places else ""


def _folded(line: str) -> Iterator[str]:
    """A long line in several, those after the first one step in."""
    for number, part in enumerate(wrapped(visible(line), COLUMNS)):
        yield part if number == 0 else f"{GAP}{part}"
