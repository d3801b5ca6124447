"""Workbooks (.xlsx): checked before they are opened, read as a stream, never calculated, no link followed.

A workbook is a zip of XML parts that anybody can forge. The parts are measured and searched first, so that openpyxl,
in its read-only mode, meets nothing that could fill the memory, run for minutes, or be dropped without a word.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from kaoping.data.grid import Grid, cell_position, data_error
from kaoping.data.text import SCALING, UNCALCULATED
from kaoping.diagnostic import Finding
from kaoping.types import trimmed

MAX_BYTES = 50_000_000
"""The largest workbook that is read."""
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100
MAX_MEMBERS = 2_000
MAX_PART = 8_000_000
"""Bytes of an XML part that is no sheet and no list of strings: such parts are read whole."""
MAX_STRINGS = 1_000_000
MAX_CELLS = 10_000_000
"""Cells of a sheet, blank ones up to the last of each row included."""
MAX_ROW = 1_048_576
MAX_MERGED = 10_000
MAX_SHEETS = 200
MAX_DIGITS = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""

_CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
"""Formats of dates that a Chinese Excel has built in, 2009年3月1日 among them, and openpyxl takes for plain numbers."""
_CHINESE_MONTHS = frozenset({27, 36, 50, 52, 57})
"""Those of them that show a month, 2009年3月."""
_FIRST_DAY, _DAY = re.compile(r"[0-9]{4}-[0-9]{2}-01"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TAG = re.compile(rb'<[/?]?[\w:.-]+(?:\s+[\w:.-]+="[^"<]*")*\s*[/?]?>')
"""A tag as programs write it; XML can also be written otherwise (`_as_usual`)."""
_UNUSUAL = (b"'", b" =", b"= ", b"\t=", b"=\t", b"\n=", b"=\n", b"\r=", b"=\r", b"<!")
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([^"]*)"')
_ANY_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v>[^<]+</(?:\w+:)?v>)?"
)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3}[1-9][0-9]{0,6})"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="([1-9][0-9]{0,6})"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})"')
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
"""What stands in a number format for itself."""
_BRACKETED = re.compile(r"\[[^\]]*\]")
_TEXT = r'"[^"]*"|[\\!_*].|[^\x00-\x7f]|[ ()]'
"""What writes text in a number format, or room for one."""
_WITH_TEXT = re.compile(rf"(?:{_TEXT}|[-+$¥])*[#0?,]*[0#?](?:\.[0#?]+)?((?:{_TEXT})+)")
_PARTS = re.compile(_TEXT)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ESCAPED = re.compile("_x(0009|000[AaDd])_")
"""How a workbook writes tabs and line ends: `_x000D_` is a return. openpyxl leaves these as they are."""
_LONG_TEXT = 1_000_000
_BLANK_ROW: list[str] = []  # one for all: a cell in the last row has a million blank ones above it


class _RefusedError(Exception):
    """A workbook that is not read; carries the finding."""

    def __init__(self, code: str, variant: str = "", place: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code, self.variant, self.place, self.facts = code, variant, place, facts


Choose = Callable[[list[str]], Collection[str]]
"""Which of the tables that are there to read."""


def read_workbook(content: bytes, file: str, choose: Choose) -> tuple[list[Grid], list[Finding]]:
    """The chosen sheets of a workbook, or the one reason why it is not read."""
    try:
        return _sheets(content, file, choose), []
    except _RefusedError as refused:
        return [], [data_error(refused.code, refused.place or file, refused.variant, **refused.facts)]
    except Exception:  # whatever a forged or truncated file makes zipfile, expat or openpyxl raise: it is the file
        return [], [data_error("KP602", file, "broken")]


def _sheets(content: bytes, file: str, choose: Choose) -> list[Grid]:
    with _opened(content) as archive:
        parts = archive.read("xl/workbook.xml")
        if b"purl.oclc.org/ooxml" in parts:  # openpyxl finds no sheets there
            raise _RefusedError("KP602", "strict")
        never_calculated = b'fullCalcOnLoad="1"' in parts
        import openpyxl  # type: ignore[import-untyped]  # 0.3 s, and only workbooks need it

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that have no bearing on values
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            chinese = {at for at, style in enumerate(book._cell_styles) if style.numFmtId in _CHINESE_DATES}
            book._date_formats = {*book._date_formats, *chinese}
            shown_as = [_shown_as(book, style.numFmtId) for style in book._cell_styles]
            if len(book.worksheets) > MAX_SHEETS:
                raise _RefusedError("KP603", "sheets", limit=MAX_SHEETS)
            chosen = choose([sheet.title for sheet in book.worksheets])
            sheets = [each for each in book.worksheets if each.title in chosen]
            return [_grid(archive, each, file, shown_as, never_calculated=never_calculated) for each in sheets]


def _shown_as(book: Any, format_: int) -> str:
    """How cells of a number format are shown: `hundredths` (0.85 as 85%), the `month` of a day, or with a `unit` that
    the format writes behind the number (12.5 as 12.5万元); else "".
    """
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # type: ignore[import-untyped]

    custom = dict(enumerate(book._number_formats, 164))
    written = custom.get(format_) or BUILTIN_FORMATS.get(format_) or ""
    signs = _LITERAL.sub("", written).lower()
    if format_ in _CHINESE_MONTHS or ("y" in signs and "m" in signs and not set("dh") & set(signs)):
        return "month"
    return "hundredths" if "%" in signs else _unit_behind(written)


def _unit_behind(written: str) -> str:
    """A unit that a number format writes behind the digits, as `unit` and the text; "" where there is none that could
    make another number of it, and where the format shows another number than is kept: `0.0,"千元"` 12000 as 12.0千元.
    """
    found = _WITH_TEXT.fullmatch(_BRACKETED.sub("", written.split(";")[0]))
    parts = _PARTS.findall(found[1]) if found else []
    text = "".join(each.strip('"').lstrip("\\!") for each in parts if each[0] not in "_*").strip()
    return f"unit{text}" if SCALING.search(text) else ""


# ---------------------------------------------------------------- before opening


def _opened(content: bytes) -> zipfile.ZipFile:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _RefusedError("KP602", "encrypted" if _ENCRYPTED in content else "old")
    if not content.startswith(b"PK"):
        start = content[:2_000].lstrip().lower()
        raise _RefusedError("KP602", "html" if start.startswith(b"<") or b"<html" in start else "text")
    if len(content) > MAX_BYTES:
        raise _RefusedError("KP603", "size", limit=MAX_BYTES // 1_000_000)
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise _RefusedError("KP603", "members", limit=MAX_MEMBERS)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 10_000):
        raise _RefusedError("KP603", "bomb", limit=MAX_UNPACKED // 1_000_000)
    if any(member.flag_bits & 1 for member in members):
        raise _RefusedError("KP602", "encrypted")
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise _RefusedError("KP602", "other")
    for member in members:
        _check_part(archive, member)
    return archive


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    name = member.filename.casefold()
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    sheet, strings = name.startswith("xl/worksheets/"), name == "xl/sharedstrings.xml"
    if not (sheet or strings) and member.file_size > MAX_PART and not name.startswith(("xl/media/", "xl/pivotcache/")):
        raise _RefusedError("KP603", "part", part=member.filename)
    xml = archive.read(member)
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise _RefusedError("KP603", "dtd", part=member.filename)
    # in UTF-16 a declaration of entities would pass the search above
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in xml:
        raise _RefusedError("KP603", "part_encoding", part=member.filename)
    if strings and xml.count(b"<si") > MAX_STRINGS:
        raise _RefusedError("KP603", "cells", limit=MAX_STRINGS)


# ---------------------------------------------------------------- one sheet


def _grid(archive: zipfile.ZipFile, sheet: Any, file: str, shown_as: Sequence[str], *, never_calculated: bool) -> Grid:
    xml = _as_usual(archive.read(sheet._worksheet_path))  # openpyxl keeps to itself which part a sheet is
    place = f"{file}[{sheet.title}]"
    last_row = _check_sheet(xml, place)
    grid = Grid(file, sheet.title, sheet.title, [])
    grid.merged = [(*cell_position(a.decode()), *cell_position(b.decode())) for a, b in _MERGED.findall(xml)]
    if len(grid.merged) > MAX_MERGED:
        raise _RefusedError("KP603", "merged", place, limit=MAX_MERGED)
    uncalculated: set[tuple[int, int]] = set()
    for attributes, value in _FORMULA.findall(xml):
        if address := _ADDRESS.search(attributes):
            position = cell_position(address[1].decode())
            # a formula whose result is the text "" is stored as t="str" without a value: that one is calculated
            if not value and b't="str"' not in attributes:
                uncalculated.add(position)
            elif never_calculated:
                grid.doubtful.add(position)
    ways = sorted({*shown_as} - {""})
    shown = {each: _of_styles(xml, [at for at, way in enumerate(shown_as) if way == each]) for each in ways}
    grid.hidden = sheet.sheet_state != "visible"
    grid.hidden_rows = {int(number) for number in _HIDDEN.findall(xml)}
    del xml
    sheet.reset_dimensions()  # the declared size may lie
    cells = 0
    # nothing beyond the last row is asked for: what stands behind the rows never gets parsed
    for row in islice(sheet.iter_rows(values_only=True), last_row):
        cells += len(row)
        if cells > MAX_CELLS:
            raise _RefusedError("KP603", "cells", place, limit=MAX_CELLS)
        grid.rows.append(_texts(row) if row else _BLANK_ROW)
    for at, column in uncalculated:
        if at <= len(grid.rows):
            texts = grid.rows[at - 1] or []  # not the one blank row of all
            grid.rows[at - 1] = texts
            texts += [""] * (column - len(texts))
            texts[column - 1] = UNCALCULATED
    while grid.rows and not any(grid.rows[-1]):
        grid.rows.pop()
    for way, cells_shown in shown.items():
        _show(grid, way, cells_shown)
    return grid


def _show(grid: Grid, way: str, cells: Iterable[tuple[int, int]]) -> None:
    """Cells as their format shows them; a column with other days than first ones has days, though it shows months."""
    there = [each for each in cells if each[0] <= len(grid.rows) and each[1] <= len(grid.rows[each[0] - 1])]
    found = {(row, column): grid.rows[row - 1][column - 1] for row, column in there}
    days = {column for (_, column), text in found.items() if _DAY.fullmatch(text) and not _FIRST_DAY.fullmatch(text)}
    for (row, column), text in found.items():
        if way != "month" or column not in days:
            grid.rows[row - 1][column - 1] = _shown(text, way)


def _as_usual(xml: bytes) -> bytes:
    """A sheet in which every attribute stands in double quotes right behind its `=`, so that searches find them all."""
    if not any(each in xml for each in _UNUSUAL) or sum(1 for _ in _TAG.finditer(xml)) == xml.count(b"<"):
        return xml
    from xml.etree.ElementTree import canonicalize

    return canonicalize(xml.decode()).encode()


def _of_styles(xml: bytes, styles: Collection[int]) -> list[tuple[int, int]]:
    """The numbers of a sheet that have one of some styles; a text is shown as it is."""
    if not styles:
        return []
    one = b"|".join(b"%d" % each for each in styles)
    number = rb'(?=[^>]*\bs="(?:' + one + rb')")(?![^>]*\bt="(?!n"))'
    cells = re.compile(rb"<(?:\w+:)?c\b" + number + rb'[^>]*?\br="([A-Z]{1,3}[1-9][0-9]{0,6})"')
    return [cell_position(each.decode()) for each in cells.findall(xml)]


def _shown(text: str, way: str) -> str:
    """A cell as it is shown: who reads 85% has filled in 85%, whatever is kept of it, and who reads 12.5万元 that; a
    month of which the first day is kept is 2009-03.
    """
    if way == "month":
        return text[:7] if _FIRST_DAY.fullmatch(text) else text
    if not _NUMBER.fullmatch(text):
        return text
    return f"{trimmed(f'{Decimal(text).scaleb(2):f}')}%" if way == "hundredths" else text + way.removeprefix("unit")


def _check_sheet(xml: bytes, place: str) -> int:
    """The number of the last row; rows have to rise, for openpyxl drops without a word those that do not."""
    last = numbered = 0
    for found in _ROW.finditer(xml):
        number = int(found[1]) if found[1].isdigit() and len(found[1]) < 9 else MAX_ROW + 1
        if number > MAX_ROW:
            raise _RefusedError("KP603", "far", place)
        if number <= last:
            raise _RefusedError("KP602", "row_order", place, row=number)
        last, numbered = number, numbered + 1
    if sum(1 for _ in _CELL.finditer(xml)) > MAX_CELLS:
        raise _RefusedError("KP603", "cells", place, limit=MAX_CELLS)
    if any(xml.find(b"<", at, at + _LONG_TEXT) < 0 for at in range(0, len(xml) - _LONG_TEXT, _LONG_TEXT)):
        raise _RefusedError("KP603", "long", place)
    # rows without a number are counted by openpyxl
    return last if numbered == sum(1 for _ in _ANY_ROW.finditer(xml)) else MAX_ROW


def _texts(row: Iterable[object]) -> list[str]:
    texts = ["" if value is None else _typed(value) if type(value) is str else cell_text(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _typed(text: str) -> str:
    """A text as it was typed."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x0" in text else text


def cell_text(value: object) -> str:
    """A cell's value as a person would type it: plain digits, ISO dates; a number too long to be exact as `1.1E+17`."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            number = Decimal(repr(value))  # repr: the shortest digits that mean this very float
            if not number.is_finite():
                return "#NUM!"
            if abs(number) >= MAX_DIGITS:
                return f"{number:.14E}"
            return trimmed(f"{number:f}")
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
        case _:
            return str(value)
