"""A grid and what the scheme asks of it, made into columns of values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.data.cells import Problem, cell_reader, plain_numbers, read_id
from kaoping.data.grid import Grid, as_warning, data_error, data_warning, letter
from kaoping.data.text import UNCALCULATED, folded, listed, name_key, nearest, without_zeros
from kaoping.data.wrong import Wrong, grouped
from kaoping.dataset import EVIDENCE, InputColumn, TableData
from kaoping.diagnostic import Finding
from kaoping.types import TEXT, Value

ID, NAME = frozenset({"编号", "id"}), frozenset({"名称", "name"})
_TITLE_ROWS = 10
"""How many rows may stand above the headings: offices put a title there."""


_KINDS = (
    ("元", "百元", "千元", "万元", "十万元", "百万元", "千万元", "亿元"),
    ("亩", "公顷", "顷", "平方米", "平方公里", "万亩"),
    ("公斤", "斤", "吨", "万吨", "克"),
    ("米", "公里", "千米"),
    ("人", "万人"),
    ("户", "万户"),
)
"""Units of which one is so many times another."""
_STATED = re.compile(
    rf"(?:计量|金额|面积)?单位:({'|'.join(sorted(sum(_KINDS, ()), key=len, reverse=True))})(?![^,、;)\]])"
)


class Sheet(Struct):
    """A grid with its headings found: the texts of its rows, blank ones apart, by column; `numbers` are those rows'."""

    grid: Grid
    heading_row: int
    headings: list[str]
    numbers: list[int]
    columns: list[Sequence[str]]
    wrongs: list[Wrong] = field(default_factory=list)
    unit: str = ""  # that the lines above the headings give for the whole table

    def find(self, keys: Iterable[str]) -> int | None:
        """The first column with one of the headings (as `name_key` has them)."""
        sought = set(keys)
        return next((at for at, heading in enumerate(self.headings) if name_key(heading) in sought), None)

    def wrong(self, row: int, column: int, problem: Problem, subject: str | None) -> Wrong:
        """A problem of one cell, by the indexes of its row and column."""
        text = self.columns[column][row]
        return Wrong(self.grid, self.numbers[row], column + 1, _plain(self.headings[column]), text, problem, subject)

    def cut(self, rows: Sequence[int]) -> Sheet:
        """Some of its rows, by their indexes, one of them perhaps several times."""
        columns: list[Sequence[str]] = [[column[row] for row in rows] for column in self.columns]
        return replace(self, numbers=[self.numbers[row] for row in rows], columns=columns, wrongs=[])


def _plain(heading: str) -> str:
    return " ".join(heading.split())


def open_sheet(
    grid: Grid, keys: frozenset[str] = ID, instead: frozenset[str] = frozenset()
) -> tuple[Sheet | None, list[Finding]]:
    """The headings (the first row with one of the `keys`, or where there is none with one that will do `instead`;
    titles may stand above) and the rows of a grid.
    """
    candidates = [at for at, row in enumerate(grid.rows) if any(row)][:_TITLE_ROWS]
    with_key = (
        at for sought in (keys, instead) for at in candidates if any(name_key(cell) in sought for cell in grid.rows[at])
    )
    at = next(with_key, None)
    if at is None:
        first = [cell for cell in grid.rows[candidates[0]] if cell.strip()] if candidates else []
        variant = "" if first else "blank"
        if len(first) == 1 and "，" in first[0]:
            variant = "comma"
        facts = {"headings": listed(first, 10), "wanted": " / ".join(sorted(keys))}
        return None, [data_error("KP614", grid.place, variant, **facts)]
    headings = ["" if each == UNCALCULATED else each for each in grid.rows[at]]
    while headings and not headings[-1].strip():
        headings.pop()
    width = len(headings)
    below = zip(grid.numbers[at + 1 :] or range(at + 2, len(grid.rows) + 1), grid.rows[at + 1 :], strict=True)
    known = [place for place, heading in enumerate(headings) if name_key(heading) in keys | instead]
    kept = [(number, row) for number, row in below if row and (row[0].strip() or "".join(row).strip())]
    if any(UNCALCULATED in row for _, row in kept):  # a column of formulas may go on below the table
        kept = [(number, row) for number, row in kept if _is_filled(row, known)]
    sheet = Sheet(grid, at + 1, headings, [number for number, _ in kept], [], unit=unit_stated(grid.rows[:at]))
    rows = [row for _, row in kept]
    for index, row in enumerate(rows):
        if len(row) != width:
            beyond = next((at for at in range(width, len(row)) if row[at].strip() and row[at] != UNCALCULATED), None)
            if beyond is not None:
                variant = "sheet" if grid.sheet else ""
                problem = Problem("KP633", variant, {"width": str(width), "length": str(len(row))})
                sheet.wrongs.append(Wrong(grid, kept[index][0], beyond + 1, "", row[beyond], problem, None))
            rows[index] = row[:width] + [""] * (width - len(row))
    sheet.columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return sheet, []


def _is_filled(row: Sequence[str], known: Sequence[int]) -> bool:
    """Whether a row has more than formulas without a value, or one where its id should stand."""
    there = any(each.strip() and each != UNCALCULATED for each in row)
    return there or any(place < len(row) and row[place] == UNCALCULATED for place in known)


# ---------------------------------------------------------------- columns


def short_names(names: Iterable[str], libraries: Iterable[str]) -> dict[str, str]:
    """The keys of a library's names without the library, by which a heading may call them where nothing else is called
    so: each with the key of the whole name.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        library = next((each for each in libraries if name.startswith(f"{each}.")), None)
        short = name if library is None else name.removeprefix(f"{library}.")
        found.setdefault(name_key(short), []).append(name_key(name))
    return {short: whole for short, (whole, *others) in found.items() if not others and short != whole}


def match_columns(
    sheet: Sheet, wanted: Sequence[InputColumn], known: frozenset[str], libraries: Sequence[str] = ()
) -> tuple[dict[str, int], list[Finding]]:
    """Where each wanted column stands; headings doubled, absent, misspelt or not asked for are reported.

    `known` headings are read by somebody else. A column that may be absent is missed only where a similar heading is
    there. A column of one of the `libraries` also goes by its name without the library.
    """
    places: dict[str, list[int]] = {}
    short = short_names([column.name for column in wanted], libraries)
    keys = {column.name: name_key(column.name) for column in wanted}
    for at, heading in enumerate(sheet.headings):
        key = name_key(heading)
        evidence = f"{key.removesuffix('.evidence')}.{EVIDENCE}"  # `item.evidence` in an English table
        key = evidence if key.endswith(".evidence") and evidence in keys.values() else key
        places.setdefault(key if key in known else short.get(key, key), []).append(at)
    asked = [each for key, each in places.items() if key in known or key in keys.values()]
    findings = doubled(sheet.headings, sheet.grid.place, asked)
    spare = {key: at for key, (at, *_) in places.items() if key and key not in known and key not in keys.values()}
    for column in wanted:
        if keys[column.name] not in places:
            findings += _absent(sheet, column, spare)
    surplus = [_plain(sheet.headings[at]) for at in spare.values()]
    for group in (ID & known, NAME & known):  # `编号` beside `id`: the first of them is read
        _, *others = sorted(at for key in group - {*keys.values()} for at in places.get(key, ())[:1]) or [0]
        surplus += [_plain(sheet.headings[at]) for at in others]
    surplus += [_addresses([at]) for at in places.get("", ()) if any(map(str.strip, sheet.columns[at]))]
    if surplus:
        findings.append(data_warning("KP617", sheet.grid.place, names=listed(surplus, 10)))
    if sheet.unit:
        findings += of_other_unit(sheet, [column for column in wanted if keys[column.name] in places])
    return {name: places[key][0] for name, key in keys.items() if key in places}, findings


def unit_stated(above: Iterable[Sequence[str]]) -> str:
    """The unit that the lines above the headings give for the whole table, as in `单位:万元`; else ""."""
    found = (_STATED.search("".join(folded(cell).split())) for row in above for cell in row)
    return next((each[1] for each in found if each), "")


def of_other_unit(sheet: Sheet, columns: Iterable[InputColumn]) -> list[Finding]:
    """The columns of another unit of the same kind than the one that the table gives for all."""
    kind = next((kind for kind in _KINDS if sheet.unit in kind), ())
    read = [column for column in columns if (column.type.unit or "").removeprefix("#") in kind]
    other = [column for column in read if (column.type.unit or "").removeprefix("#") != sheet.unit]
    if not other:
        return []
    units = listed(sorted({str(column.type.unit).removeprefix("#") for column in other}))
    names = listed([column.name for column in other], 10)
    return [data_error("KP636", sheet.grid.place, stated=sheet.unit, names=names, units=units)]


def doubled(headings: Sequence[str], place: str, asked: Iterable[Sequence[int]]) -> list[Finding]:
    """Columns that are asked for and stand in several places, of which nobody can say which is meant."""
    return [
        data_error("KP616", place, column=_plain(headings[each[0]]), cells=_addresses(each))
        for each in asked
        if len(each) > 1
    ]


def _absent(sheet: Sheet, column: InputColumn, spare: dict[str, int]) -> list[Finding]:
    near = nearest(column.name, [sheet.headings[at] for at in spare.values()])
    facts = {"column": column.name, "near": _plain(near or ""), "headings": listed(sheet.headings, 10)}
    if near:
        spare.pop(name_key(near), None)
    if must_be_there(column) or (near and column.required != "never" and column.default is None):
        return [data_error("KP615", sheet.grid.place, "near" if near else "", **facts)]
    return [data_warning("KP615", sheet.grid.place, "optional", **facts)] if near else []


def must_be_there(column: InputColumn) -> bool:
    """Whether an empty cell of the column is an error whatever the rest of the row says."""
    return column.required == "always" and column.default is None and not column.type.optional


def _addresses(columns: Sequence[int]) -> str:
    return ", ".join(letter(at + 1) for at in columns)


def read_column(sheet: Sheet, at: int, column: InputColumn, subject: Callable[[int], str | None]) -> list[Value]:
    """The values of a column; what cannot be read is None, and reported in the sheet's wrongs.

    Each different text is read once; where nearly all differ, plain numbers are read all together.
    """
    texts = sheet.columns[at]
    different = set(texts)
    if 4 * len(different) > len(texts) and (plain := plain_numbers(texts, column.type)):
        return plain
    read = cell_reader(column.type)
    blank = Problem("KP640") if must_be_there(column) else None
    values: dict[str, Value] = {}
    problems: dict[str, Problem] = {}
    for text in different:
        value = read(text)
        value = blank if value is None else value
        if isinstance(value, Problem):
            problems[text] = value
        values[text] = None if isinstance(value, Problem) else value
    for row, text in enumerate(texts) if problems else ():
        if text in problems:
            sheet.wrongs.append(sheet.wrong(row, at, problems[text], subject(row)))
    return [values[text] for text in texts]


def read_columns(
    sheet: Sheet, places: dict[str, int], wanted: Sequence[InputColumn], subject: Callable[[int], str | None]
) -> TableData:
    """The wanted columns of a sheet; an absent one has empty cells in every row."""
    rows = len(sheet.numbers)
    columns: dict[str, list[Value]] = {}
    for column in wanted:
        at = places.get(column.name)
        columns[column.name] = [None] * rows if at is None else read_column(sheet, at, column, subject)
    headings = {name: _plain(sheet.headings[at]) for name, at in places.items()}
    letters = {name: letter(at + 1) for name, at in places.items()} if sheet.grid.sheet else {}
    return TableData(columns, [], sheet.grid.file, sheet.grid.sheet, sheet.numbers, headings, letters)


def read_owners(sheet: Sheet, ids: Sequence[str], names: Sequence[str]) -> tuple[int, list[str]]:
    """The column that says whose each row of records is, and the ids it means: of ids, or where there is none of
    names; "" where it means nobody, which is reported.
    """
    id_at = sheet.find(ID)
    at = id_at if id_at is not None else sheet.find(NAME) or 0
    if id_at is not None:
        keys, typed = {id_: [id_] for id_ in ids if id_}, read_ids(sheet, at)
        bare = without_zeros(keys)
    else:
        keys, typed, bare = {}, [name_key(text) for text in sheet.columns[at]], {}
        for id_, name in zip(ids, names, strict=True):
            keys.setdefault(name_key(name), []).append(id_)
    owners = []
    for row, key in enumerate(typed):
        meant = keys.get(key, [])
        owners.append(meant[0] if len(meant) == 1 else "")
        if id_at is None and not key:
            sheet.wrongs.append(sheet.wrong(row, at, Problem("KP630", "name"), None))
        elif key and keys and len(meant) != 1:  # without subjects every id would be unknown: that is reported already
            near = bare.get(key.lstrip("0"))
            variant = "zeros" if near else "" if id_at is not None else "names" if meant else "name"
            sheet.wrongs.append(sheet.wrong(row, at, Problem("KP632", variant, {"near": near or ""}), None))
    return at, owners


def contradictions(
    sheet: Sheet, places: Mapping[str, int], owners: Sequence[str], ids: Sequence[str], names: Sequence[str]
) -> tuple[list[Wrong], list[Wrong]]:
    """Rows of records by id whose name is another one than that of the subject with the id: where it is the name of
    another subject, and where it is nobody's, which may be another spelling. A column that the scheme asks for is
    something else.
    """
    at = sheet.find(NAME)
    if at is None or at in places.values() or sheet.find(ID) is None:
        return [], []
    own = {id_: name for id_, name in zip(ids, names, strict=True) if name != id_}
    read, known = cell_reader(TEXT), set(own.values())
    parsed = {text: read(text) for text in set(sheet.columns[at])}
    found: dict[str, list[Wrong]] = {"other": [], "": []}
    for row, id_ in enumerate(owners):
        name = parsed[sheet.columns[at][row]]
        if isinstance(name, str) and id_ in own and name_key(name) != name_key(own[id_]):
            variant = "other" if " ".join(name.split()) in known else ""
            found[variant].append(sheet.wrong(row, at, Problem("KP635", variant), id_))
    return found["other"], found[""]


def read_ids(sheet: Sheet, at: int) -> list[str]:
    """The ids in a column, "" where there is none; an id that is empty or cannot be read is reported."""
    parsed = {text: read_id(text) for text in set(sheet.columns[at])}
    ids = []
    for row, text in enumerate(sheet.columns[at]):
        id_ = parsed[text]
        if not isinstance(id_, str):
            sheet.wrongs.append(sheet.wrong(row, at, id_ or Problem("KP630"), None))
            id_ = ""
        ids.append(id_)
    return ids


# ---------------------------------------------------------------- what only workbooks have


def check_workbook_cells(sheet: Sheet, columns: Iterable[int], subject: Callable[[int], str | None]) -> list[Finding]:
    """Merged cells and formulas whose value is doubtful, where they touch headings or cells that are read."""
    read = sorted(set(columns))
    if not read or not sheet.grid.sheet:
        return []
    last = max(sheet.numbers, default=sheet.heading_row)
    merged = [
        f"{letter(left)}{top}:{letter(right)}{bottom}"
        for top, left, bottom, right in sheet.grid.merged
        if bottom >= sheet.heading_row and top <= last and any(left <= at + 1 <= right for at in read)
    ]
    findings = [data_error("KP618", sheet.grid.place, cells=listed(merged))] if merged else []
    if sheet.grid.hidden:
        findings.append(data_warning("KP618", sheet.grid.place, "sheet"))
    if unseen := sorted(sheet.grid.hidden_rows.intersection(sheet.numbers)):
        findings.append(data_warning("KP618", sheet.grid.place, "hidden", cells=listed(list(map(str, unseen)), 10)))
    doubtful = []
    for at in read if sheet.grid.doubtful else ():
        for row, number in enumerate(sheet.numbers):
            if (number, at + 1) in sheet.grid.doubtful:
                doubtful.append(sheet.wrong(row, at, Problem("KP619", "doubtful"), subject(row)))
    return findings + [as_warning(each) for each in grouped(doubtful)]
