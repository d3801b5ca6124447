"""Stored results read again: earlier periods, linked schemes, and as records those of other subjects or of shorter
periods.

What is read is what `kaoping.data.write` has written: `scheme, period, id, name`, then a column per result name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field

from kaoping.data.cells import Problem
from kaoping.data.files import table_title
from kaoping.data.grid import Grid, data_error, data_warning
from kaoping.data.tables import ID, NAME, Sheet, doubled, open_sheet, read_columns, read_ids
from kaoping.data.text import folded, listed, name_key, without_zeros
from kaoping.data.wrong import Wrong
from kaoping.dataset import InputColumn, InputTable, TableData
from kaoping.diagnostic import Finding
from kaoping.period import Period, period_before
from kaoping.typed import HISTORY
from kaoping.types import Kind, Value

FIXED = (frozenset({"scheme", "方案"}), frozenset({"period", "考核期"}), ID, NAME)
"""How every file of results begins; one kept by hand may have it in Chinese."""
_BUILT_IN = {"total": "总分", "grade": "等次", "rank": "名次", "vetoed": "被否决", "bonus": "加分", "penalty": "减分"}
"""What a file kept by hand calls the built-in values."""
PERIOD = "period"
_ID = 2
"""The place of the ids in a file of results."""


class Stored(Struct):
    """The rows that count, of one file of results."""

    data: TableData
    findings: list[Finding] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)


def read_stored(
    grid: Grid, table: InputTable, period: Period, ids: Sequence[str], keys: Sequence[str] | None
) -> Stored:
    """The stored results that `table` means, for the subjects `ids`.

    `keys` are the ids of the results linked to each subject where that is not its own id; where the results hold the id
    of the subject they belong to, the table says in which column. Of the history, the periods
    before this one count; of a link, this period, else one that contains it; of records, the periods inside this one.
    """
    stored = Stored(_no_rows(table))
    sheet, stored.findings = open_sheet(grid, ID)
    if sheet is None or not begins(sheet.headings):
        stored.findings = [data_error("KP660", grid.place, table=table_title(table), headings=listed(_shown(grid), 6))]
        return stored
    stored.wrongs += sheet.wrongs
    own = [row for row, each in enumerate(sheet.columns[0]) if name_key(each) == name_key(table.scheme or "")]
    if not own:
        there = list(dict.fromkeys(folded(each) for each in sheet.columns[0]))
        stored.findings.append(nothing("KP661", grid.place, table, there))
        return stored
    sheet = sheet.cut(own)
    periods = _periods(sheet)
    counting = periods_counting(table, period, {each for each in periods if each})
    rows = [row for row, each in enumerate(periods) if each in counting]
    if not rows:
        stored.wrongs += sheet.wrongs
        there = sorted({folded(each) for each in sheet.columns[1]})
        stored.findings.append(nothing("KP664", grid.place, table, there, period=period.text))
        return stored
    stored.periods = sorted(counting, key=lambda each: (each.first, each.last))
    stored.findings += looked_back(table, period, counting, grid.place)
    at, by_id = _ID, _by_id(sheet, rows, periods)
    stored.wrongs += sheet.wrongs
    if table.of is None:
        lost = [key for key in dict.fromkeys(keys or ()) if key and key not in by_id]
    elif (holder := heading_of(sheet.headings, table.of)) is None:
        facts = {"table": table_title(table), "by": table.of, "scheme": table.scheme or ""}
        stored.findings.append(data_error("KP665", grid.place, "by", **facts))
        return stored
    else:
        at, by_id = holder, _by_holder(sheet, holder, sorted(row for own_rows in by_id.values() for row in own_rows))
        lost = [key for key in by_id if key not in set(ids)]
    stored.wrongs += _without_zeros(sheet, by_id, ids if keys is None else keys, at)
    pairs = [
        (row, owner) for owner, id_ in enumerate(ids) for row in by_id.get(id_ if keys is None else keys[owner], ())
    ]
    if lost:
        facts = {"table": table_title(table), "by": table.by or table.of or "", "ids": listed(lost)}
        stored.findings.append(data_warning("KP667", grid.place, "of" if table.of else "", **facts))
    _fill(stored, sheet, table, pairs, ids)
    dated = any(column.name == PERIOD and column.type.kind is Kind.DATE for column in table.columns)
    shown: dict[Period | None, Value] = {each: each.last.toordinal() if dated else each.text for each in counting}
    stored.data.columns[PERIOD] = [shown[periods[row]] for row, _ in pairs]
    return stored


def _fill(
    stored: Stored, sheet: Sheet, table: InputTable, pairs: Sequence[tuple[int, int]], ids: Sequence[str]
) -> None:
    """The rows that count, each with its owner: a result that several subjects share stands once for each."""
    cut = sheet.cut([row for row, _ in pairs])
    wanted = [column for column in table.columns if column.name != PERIOD]
    places, findings = result_columns(sheet.headings, wanted, sheet.grid.place)
    stored.findings += findings
    if absent := [each.name for each in wanted if each.name not in places]:
        facts = {"table": table_title(table), "names": listed(absent, 10)}
        stored.findings.append(data_warning("KP665", sheet.grid.place, **facts))
    stored.data = read_columns(cut, places, wanted, lambda row: ids[pairs[row][1]])
    stored.data.owners = [owner for _, owner in pairs]
    stored.wrongs += cut.wrongs


def result_columns(
    headings: Sequence[str], wanted: Sequence[InputColumn], place: str
) -> tuple[dict[str, int], list[Finding]]:
    """Where the results that are wanted stand behind the columns that all results have; which stand there twice."""
    positions: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        if at >= len(FIXED):
            positions.setdefault(name_key(heading), []).append(at)
    found = {each.name: positions[key] for each in wanted if (key := called(each.name, positions)) in positions}
    return {name: places[0] for name, places in found.items()}, doubled(headings, place, found.values())


def begins(headings: Sequence[str]) -> bool:
    """Whether headings begin as those of results do."""
    first = [name_key(each) for each in headings[: len(FIXED)]]
    return len(first) == len(FIXED) and all(each in known for each, known in zip(first, FIXED, strict=True))


def called(name: str, positions: Collection[str]) -> str:
    """The heading of a result: its name, of a built-in value also the Chinese one."""
    own = name_key(name)
    return own if own in positions else _BUILT_IN.get(name, own)


def periods_counting(table: InputTable, period: Period, there: set[Period]) -> set[Period]:
    """Of the periods that are there, those that count."""
    if table.name == HISTORY:
        return {each for each in there if each.last < period.first}
    if not table.name.startswith("link "):
        return {each for each in there if period.first <= each.first and each.last <= period.last}
    around = {each for each in there if each.first <= period.first and period.last <= each.last}
    # the same period if it is there, else the shortest one around it: a year's results for its first quarter
    return {min(around, key=lambda each: (each.last - each.first, each.text))} if around else set()


def _periods(sheet: Sheet) -> list[Period | None]:
    parsed = {text: Period.written(folded(text)) for text in dict.fromkeys(sheet.columns[1])}
    for row, text in enumerate(sheet.columns[1]):
        if parsed[text] is None:
            sheet.wrongs.append(sheet.wrong(row, 1, Problem("KP662"), None))
    return [parsed[text] for text in sheet.columns[1]]


def _by_id(sheet: Sheet, rows: Sequence[int], periods: Sequence[Period | None]) -> Mapping[str, list[int]]:
    """The rows of each id; a second row for the same id and period is reported."""
    ids = read_ids(sheet, 2)
    found: dict[str, list[int]] = {}
    first: dict[tuple[str, object], int] = {}
    for row in rows:
        if not (id_ := ids[row]):
            continue  # reported already
        period = periods[row]  # by its days: 2008 is 2008-01..2008-12
        before = first.setdefault((id_, period and (period.first, period.last)), row)
        if before != row:
            sheet.wrongs.append(sheet.wrong(row, 2, Problem("KP663", "", {"first": str(sheet.numbers[before])}), None))
        found.setdefault(id_, []).append(row)
    return found


def _without_zeros(sheet: Sheet, by_id: Mapping[str, Sequence[int]], known: Sequence[str], at: int) -> list[Wrong]:
    """Rows whose id is that of a subject but for zeros in front, which would count for nobody."""
    there, bare = set(known), without_zeros(each for each in known if each)
    rows = [(row, id_) for id_, own in by_id.items() if id_ not in there and id_.lstrip("0") in bare for row in own]
    return [
        sheet.wrong(row, at, Problem("KP632", "zeros", {"near": bare[id_.lstrip("0")]}), None)
        for row, id_ in sorted(rows)
    ]


def heading_of(headings: Sequence[str], name: str) -> int | None:
    """Where the column of a result stands."""
    keys = [name_key(heading) for heading in headings[len(FIXED) :]]
    return len(FIXED) + keys.index(name_key(name)) if name_key(name) in keys else None


def _by_holder(sheet: Sheet, at: int, rows: Sequence[int]) -> Mapping[str, list[int]]:
    """The rows of each id that a column holds; a row where it is empty belongs to nobody."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if id_ := folded(sheet.columns[at][row]):
            found.setdefault(id_, []).append(row)
    return found


def _no_rows(table: InputTable) -> TableData:
    columns: dict[str, list[Value]] = {column.name: [] for column in table.columns}
    return TableData(columns | {PERIOD: []})


def nothing(code: str, place: str, table: InputTable, there: list[str], **facts: str) -> Finding:
    """A warning that a file of results has nothing to give, with what it has instead."""
    facts |= {"table": table_title(table), "scheme": table.scheme or "", "there": listed(there)}
    return data_warning(code, place, **facts)


def looked_back(table: InputTable, period: Period, counting: Iterable[Period], place: str) -> list[Finding]:
    """What a look back at earlier periods does not come to: all of them, where none is as long as this one, or those
    before one that is missing.
    """
    if table.name != HISTORY:
        return []
    alike = {(each.first, each.last) for each in counting if each.length == period.length}
    if not alike:
        there = listed(sorted(each.text for each in counting), 10)
        return [data_warning("KP664", place, "length", table=table_title(table), there=there, period=period.text)]
    before = period_before(period)
    while before in alike:
        before = period_before(Period("", *before))
    older = [f"{first}..{last}" for first, last in sorted(alike) if last < before[0]]
    if not older:
        return []
    missing = f"{before[0]}..{before[1]}"
    return [data_warning("KP669", place, table=table_title(table), missing=missing, there=listed(older, 10))]


def _shown(grid: Grid) -> list[str]:
    return next((row for row in grid.rows if any(row)), [])
