"""Reading a data set: every table that a scheme asks for, every problem in one run, nothing evaluated on bad data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.data.cells import Problem, cell_reader, not_a_subject
from kaoping.data.dated import rows_outside
from kaoping.data.files import Found, find_tables, table_title
from kaoping.data.grid import Grid, as_warning, data_error, data_warning
from kaoping.data.ledgers import Ledgers, joined, of_the_appraised, read_ledgers
from kaoping.data.stored import PERIOD, read_stored
from kaoping.data.tables import (
    ID,
    NAME,
    check_workbook_cells,
    contradictions,
    doubled,
    match_columns,
    must_be_there,
    of_other_unit,
    open_sheet,
    read_column,
    read_columns,
    read_ids,
    read_owners,
    short_names,
)
from kaoping.data.text import SCALING, folded, listed, name_key, nearest
from kaoping.data.wrong import Wrong, grouped
from kaoping.dataset import Dataset, InputColumn, InputTable, TableData
from kaoping.diagnostic import Finding, Severity
from kaoping.period import Period
from kaoping.typed import HISTORY, PARAMS, SUBJECTS
from kaoping.types import TEXT, Value, plain_text

_PARAM, _VALUE, _UNIT = (
    frozenset({"参数", "param"}),
    frozenset({"值", "value"}),
    frozenset({"单位", "计量单位", "unit"}),
)


class _Reading(Struct):
    """What has been read so far, and what was wrong with it."""

    found: Found
    subjects: InputTable
    data: Dataset
    findings: list[Finding]
    libraries: Sequence[str] = ()
    wrongs: list[Wrong] = field(default_factory=list)
    exported: dict[str, list[Grid]] = field(default_factory=dict)


def read_dataset(
    tables: Sequence[InputTable],
    path: Path,
    *,
    scheme: str,
    period: Period,
    history: Path | None = None,
    links: Mapping[str, Path] | None = None,
    skip_invalid: bool = False,
    ledgers: Sequence[Path] = (),
    plugins: Sequence[str] = (),
) -> tuple[Dataset | None, list[Finding]]:
    """Everything a scheme asks for (`plan.inputs`), from a folder of CSV files, a workbook or one CSV file.

    `history` and `links` name files of earlier and linked results that lie elsewhere, `ledgers` exports that the
    `plugins` of the scheme read. All problems are reported at
    once, the same problem in one column once; there is no data set while one of them is an error. With
    `skip_invalid`, subjects with an error in their own row or records are left out, which makes these errors
    warnings; errors that concern no single subject stay.

    Errors: codes KP600 to KP699; OSError where a file that is there cannot be read.
    """
    asked = [replace(each, scheme=scheme) if each.name == HISTORY else each for each in tables]
    if all(each.name != SUBJECTS for each in asked):
        asked.insert(0, InputTable(SUBJECTS, "subjects", ()))
    given, findings = _given(asked, history, links or {})
    exported = read_ledgers(ledgers, asked, plugins) if ledgers else Ledgers()
    findings += exported.findings
    elsewhere = [table for table in asked if table.name in exported.grids]
    found = find_tables([table for table in asked if table not in elsewhere], path, given, elsewhere)
    found.hashes.update(exported.hashes)
    if any(each.severity is Severity.ERROR for each in exported.findings):
        # a ledger that could not be read may be what is missing
        found.findings = [each for each in found.findings if (each.code, each.variant) != ("KP612", "")]
    asked.sort(key=lambda each: each.name != SUBJECTS)  # the subjects first: all other rows belong to them
    data = Dataset([], [], {}, hashes=found.hashes, encodings=found.encodings)
    reading = _Reading(found, asked[0], data, findings + found.findings, plugins, exported=exported.grids)
    for table in asked:
        _read_table(reading, table, period)
        if table.name in data.tables:
            reading.findings += rows_outside(table, data.tables[table.name], period)
    return _finished(reading, skip_invalid)


def read_params(table: InputTable, path: Path, libraries: Sequence[str]) -> tuple[Dataset, list[Finding]]:
    """The params of a scheme alone, from a folder, in a data set without subjects; and what is wrong with them."""
    found = find_tables([table], path, {}) if path.is_dir() else Found()
    reading = _Reading(found, table, Dataset([], [], {}), list(found.findings), libraries)
    _read_table(reading, table, Period.parse("2000"))
    return reading.data, [each for each in reading.findings if each.code != "KP613"] + grouped(reading.wrongs)


def _given(
    tables: Sequence[InputTable], history: Path | None, links: Mapping[str, Path]
) -> tuple[dict[str, Path], list[Finding]]:
    """The files named for single tables; a name that the script does not know is an error."""
    given: dict[str, Path] = {}
    findings = []
    if history is not None:
        if any(table.name == HISTORY for table in tables):
            given[HISTORY] = history
        else:
            findings.append(data_warning("KP668", history.name, "history"))
    linked = {each.name.removeprefix("link "): each.name for each in tables if each.scheme and each.name != HISTORY}
    for name, file in links.items():
        if name in linked:
            given[linked[name]] = file
        else:
            facts = {"name": name, "near": nearest(name, linked) or "", "names": listed(list(linked))}
            findings.append(data_error("KP668", file.name, "near" if facts["near"] else "", **facts))
    return given, findings


def _read_table(reading: _Reading, table: InputTable, period: Period) -> None:
    grid = reading.found.grids.get(table.name)
    data = reading.data
    if table.name == PARAMS:
        data.params = {column.name: column.default for column in table.columns}
        if grid:
            _read_params(reading, table, grid)
    elif table.name in reading.exported:
        read = [_read_records(reading, table, each, ledger=True) for each in reading.exported[table.name]]
        data.tables[table.name] = joined(read)
    elif grid is None:
        empty: dict[str, list[Value]] = {column.name: [] for column in table.columns}
        data.tables[table.name] = TableData(empty | ({PERIOD: []} if table.scheme else {}))
        if table.by in data.tables[SUBJECTS].columns and not any(_linked_ids(reading, table.by or "")):
            _forgive_absence(reading, table)
    elif table.name == SUBJECTS:
        _read_subjects(reading, table, grid)
    elif table.scheme:
        stored = read_stored(grid, table, period, data.ids, _linked_ids(reading, table.by) if table.by else None)
        data.tables[table.name] = stored.data
        reading.findings += stored.findings
        reading.wrongs += stored.wrongs
        if table.name == HISTORY:
            data.earlier_periods = [each.text for each in stored.periods]
    else:
        data.tables[table.name] = _read_records(reading, table, grid)


def _forgive_absence(reading: _Reading, table: InputTable) -> None:
    """Linked results that no subject names are not missed."""
    title = table_title(table)
    reading.findings = [
        each for each in reading.findings if each.code != "KP666" or each.variant or each.facts["table"] != title
    ]


def _linked_ids(reading: _Reading, by: str) -> list[str]:
    """The id that each subject has in its input `by`, "" where it has none."""
    column = next(column for column in reading.subjects.columns if column.name == by)
    values = reading.data.tables[SUBJECTS].columns[by]
    return [folded(plain_text(column.default if value is None else value, column.type)) for value in values]


def _read_subjects(reading: _Reading, table: InputTable, grid: Grid) -> None:
    data = reading.data
    data.tables[SUBJECTS] = TableData({column.name: [] for column in table.columns})
    sheet, findings = open_sheet(grid)
    reading.findings += findings
    if sheet is None:
        return
    places, findings = match_columns(sheet, table.columns, ID | NAME, reading.libraries)
    reading.findings += findings
    if not sheet.numbers:
        reading.findings.append(data_error("KP620", grid.place))
    id_at, name_at = sheet.find(ID) or 0, sheet.find(NAME)
    data.ids = read_ids(sheet, id_at)
    first: dict[str, int] = {}
    for row, id_ in enumerate(data.ids):
        before = first.setdefault(id_, row)
        if id_ and before != row:
            problem = Problem("KP631", "", {"first": str(sheet.numbers[before])})
            sheet.wrongs.append(sheet.wrong(row, id_at, problem, id_))
    told = [at for at in (id_at, name_at) if at is not None]
    asked = {text: not_a_subject(text) for at in told for text in set(sheet.columns[at])}
    others = {text: problem for text, problem in asked.items() if problem is not None}
    for row, id_ in enumerate(data.ids if others else ()):
        found = [at for at in told if id_ and sheet.columns[at][row] in others]
        sheet.wrongs += [sheet.wrong(row, at, others[sheet.columns[at][row]], id_) for at in found[:1]]

    def subject(row: int) -> str | None:
        return data.ids[row] or None

    names = data.ids if name_at is None else read_column(sheet, name_at, InputColumn("name", TEXT, "never"), subject)
    data.names = [" ".join(str(name or id_).split()) for name, id_ in zip(names, data.ids, strict=True)]
    data.tables[SUBJECTS] = read_columns(sheet, places, table.columns, subject)
    reading.findings += check_workbook_cells(sheet, [id_at, *places.values()], subject)
    reading.wrongs += sheet.wrongs


def _read_records(reading: _Reading, table: InputTable, grid: Grid, *, ledger: bool = False) -> TableData:
    data = reading.data
    sheet, findings = open_sheet(grid, ID, NAME)
    reading.findings += findings
    if sheet is None:
        return TableData({column.name: [] for column in table.columns})
    if ledger:
        sheet, findings = of_the_appraised(sheet, data.ids, data.names)
        reading.findings += findings
    places, findings = match_columns(sheet, table.columns, ID | NAME, reading.libraries)
    reading.findings += findings
    owner_at, owners = read_owners(sheet, data.ids, data.names)
    index = {id_: at for at, id_ in enumerate(data.ids) if id_}

    def subject(row: int) -> str | None:
        return owners[row] or None

    records = read_columns(sheet, places, table.columns, subject)
    records.owners = [index.get(id_, 0) for id_ in owners]
    reading.findings += check_workbook_cells(sheet, [owner_at, *places.values()], subject)
    others, doubtful = contradictions(sheet, places, owners, data.ids, data.names)
    reading.findings += [as_warning(each) for each in grouped(doubtful)]
    reading.wrongs += [*sheet.wrongs, *others]
    return records


def _read_params(reading: _Reading, table: InputTable, grid: Grid) -> None:
    sheet, findings = open_sheet(grid, _PARAM)
    reading.findings += findings
    if sheet is None:
        return
    for sought in (_PARAM, _VALUE, _UNIT):
        places = [at for at, heading in enumerate(sheet.headings) if name_key(heading) in sought]
        reading.findings += doubled(sheet.headings, grid.place, [places])
    at, value_at = sheet.find(_PARAM) or 0, sheet.find(_VALUE)
    if value_at is None:
        facts = {"column": "值 / value", "headings": listed(sheet.headings, 10)}
        reading.findings.append(data_error("KP615", grid.place, **facts))
        return
    reading.findings += of_other_unit(sheet, table.columns)
    if (unit_at := sheet.find(_UNIT)) is not None:  # 50 beside 万元 is what 50万元 would be
        pairs = zip(sheet.columns[value_at], map(folded, sheet.columns[unit_at]), strict=True)
        sheet.columns[value_at] = [
            f"{text}{unit}" if _is_bare(text) and SCALING.search(unit) else text for text, unit in pairs
        ]
    wanted = {name_key(column.name): column for column in table.columns}
    short = short_names([column.name for column in table.columns], reading.libraries)
    seen: dict[str, int] = {}
    for row, (name, text) in enumerate(zip(sheet.columns[at], sheet.columns[value_at], strict=True)):
        key = name_key(name)
        key = short.get(key, key)
        column = wanted.get(key)
        if column is None:
            near = nearest(name, [each.name for key, each in wanted.items() if key not in seen])
            problem = Problem("KP671", "near" if near else "", {"near": near or ""})
            reading.findings.append(as_warning(grouped([sheet.wrong(row, at, problem, None)])[0]))
            continue
        if (before := seen.setdefault(key, row)) != row:
            sheet.wrongs.append(sheet.wrong(row, at, Problem("KP672", "", {"first": str(sheet.numbers[before])}), None))
        value = cell_reader(column.type)(text)
        if value is None and must_be_there(column):
            value = Problem("KP640")
        if isinstance(value, Problem):
            sheet.wrongs.append(replace(sheet.wrong(row, value_at, value, None), heading=column.name))
        elif value is not None:
            reading.data.params[column.name] = value
            reading.data.param_places[column.name] = sheet.wrong(row, value_at, Problem(""), None).place
    missing = [each.name for key, each in wanted.items() if key not in seen and must_be_there(each)]
    if missing:
        reading.findings.append(data_error("KP670", grid.place, names=listed(missing, 10), table=table_title(table)))
    reading.findings += check_workbook_cells(sheet, [at, value_at], lambda _: None)
    reading.wrongs += sheet.wrongs


def _is_bare(text: str) -> bool:
    """Whether a text is a number that says nothing of its unit."""
    return folded(text)[-1:].isdigit()


# ---------------------------------------------------------------- the end


def _finished(reading: _Reading, skip_invalid: bool) -> tuple[Dataset | None, list[Finding]]:
    general = [each for each in reading.wrongs if each.subject is None or not skip_invalid]
    single = [each for each in reading.wrongs if each.subject is not None and skip_invalid]
    findings = reading.findings + grouped(general) + [as_warning(each) for each in grouped(single)]
    left_out = {each.subject for each in single}
    data = without(reading.data, left_out) if left_out else reading.data
    if left_out:
        shown = [f"{name}({id_})" if name != id_ else id_ for id_, name in data.left_out]
        findings.append(data_warning("KP680", "", names=listed(shown, 10), count=len(shown)))
        if not data.ids:
            findings.append(data_error("KP681", ""))
    findings = sorted(findings, key=lambda each: each.severity is Severity.WARNING)
    failed = any(each.severity is Severity.ERROR for each in findings)
    return None if failed else data, findings


def without(data: Dataset, left_out: Collection[str | None]) -> Dataset:
    """The data set without some subjects (by id), their records and their earlier results; it lists who is left out."""
    kept = [at for at, id_ in enumerate(data.ids) if id_ not in left_out]
    moved = {old: new for new, old in enumerate(kept)}
    tables = {}
    for name, table in data.tables.items():
        rows = kept if name == SUBJECTS else [row for row, owner in enumerate(table.owners) if owner in moved]
        tables[name] = replace(
            table,
            columns={key: [column[row] for row in rows] for key, column in table.columns.items()},
            owners=[moved[table.owners[row]] for row in rows] if table.owners else [],
            rows=[table.rows[row] for row in rows],
            files=[table.files[row] for row in rows] if table.files else [],
        )
    return replace(
        data,
        ids=[data.ids[at] for at in kept],
        names=[data.names[at] for at in kept],
        tables=tables,
        left_out=data.left_out
        + [pair for pair in dict.fromkeys(zip(data.ids, data.names, strict=True)) if pair[0] in left_out],
    )
