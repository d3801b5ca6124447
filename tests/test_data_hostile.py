"""Hostile and broken files: each ends in a named finding, soon, in little memory, and takes nothing down with it."""

from __future__ import annotations

import datetime
import io
import random
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from kaoping.data.read import read_dataset
from kaoping.dataset import Dataset, InputColumn, InputTable
from kaoping.diagnostic import Finding, Severity
from kaoping.period import Period
from kaoping.typed import SUBJECTS
from kaoping.types import TEXT, number

SUBJECT = InputTable(SUBJECTS, "单位", (InputColumn("得分", number(0, 100_000, 2)), InputColumn("备注", TEXT, "never")))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
SECONDS, MEGABYTES = 15, 512  # on a busy machine; the aim is 5 seconds on a quiet one


def read(path: Path) -> tuple[Dataset | None, list[Finding]]:
    return read_dataset((SUBJECT,), path, scheme="s", period=Period.parse("2009"))


def plain_workbook(*rows: tuple[object, ...], name: str = "单位") -> bytes:
    book = Workbook()
    book.active.title = name
    for row in rows or (("编号", "得分", "备注"), ("1", 95, "好")):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_parts(content: bytes, changes: dict[str, bytes]) -> bytes:
    """A workbook with some of its parts replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            new.writestr(name, part)
    return target.getvalue()


def sheet(rows: str, *, head: str = "", before: str = "", after: str = "") -> bytes:
    """A workbook whose one sheet has this XML."""
    xml = (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )
    with zipfile.ZipFile(io.BytesIO(plain_workbook())) as book:
        saved = book.read("xl/workbook.xml").replace(b'fullCalcOnLoad="1"', b"")  # as if a spreadsheet had saved it
    return with_parts(plain_workbook(), {SHEET: xml.encode(), "xl/workbook.xml": saved})


def row(number: int, *cells: str) -> str:
    """A row of inline texts in columns A, B, C; a cell that begins with `<` is taken as XML."""
    written = (
        cell if cell.startswith("<") else f'<c r="{"ABC"[at]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    )  # fmt: skip
    return f'<row r="{number}">{"".join(written)}</row>'


HEADINGS = row(1, "编号", "得分", "备注")


def bomb() -> bytes:
    return with_parts(plain_workbook(), {"xl/media/image1.png": b"\0" * 150_000_000})


def many_members() -> bytes:
    return with_parts(plain_workbook(), {f"xl/media/{at}.png": b"x" for at in range(2_100)})


def wide_rows() -> bytes:
    """Each row has one cell in the last column: padded to 16,384 cells, 10,000 rows are 160 million."""
    return sheet(HEADINGS + "".join(f'<row r="{at}"><c r="XFD{at}"><v>{at}</v></c></row>' for at in range(2, 10_000)))


def noise(length: int) -> bytes:
    """Letters and digits that no zip makes much smaller."""
    return random.Random(1).randbytes(length // 2).hex().encode()


def other_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return content.getvalue()


def many_sheets() -> bytes:
    book = Workbook()
    for _ in range(201):
        book.create_sheet()
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def password_zip() -> bytes:
    """The flag of an encrypted member set in every central entry."""
    content = bytearray(plain_workbook())
    for found in re.finditer(rb"PK\x01\x02", bytes(content)):
        content[found.start() + 8] |= 1
    return bytes(content)


def lying_size() -> bytes:
    """The directory says that the sheet has 10 bytes; the rest of it would be lost."""
    content = bytearray(plain_workbook())
    for found in re.finditer(rb"PK\x01\x02", bytes(content)):
        start = found.start() + 46
        if bytes(content[start : start + len(SHEET)]) == SHEET.encode():
            content[found.start() + 24 : found.start() + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def strings_missing() -> bytes:
    return sheet(HEADINGS + row(2, "1", '<c r="B2" t="s"><v>999</v></c>'))


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FORMULA = '<c r="B2"><f>1+1</f>{}</c>'

WORKBOOKS: dict[str, tuple[Callable[[], bytes], tuple[str, str]]] = {
    "zip bomb": (bomb, ("KP603", "bomb")),
    "thousands of members": (many_members, ("KP603", "members")),
    "rows as wide as can be": (wide_rows, ("KP603", "cells")),
    "row beyond the last": (lambda: sheet(HEADINGS + '<row r="99999999999"/>'), ("KP603", "far")),
    "row number no number": (lambda: sheet(HEADINGS + '<row r="1e9"/>'), ("KP603", "far")),
    "row twice": (lambda: sheet(HEADINGS + row(2, "1", "5") + row(2, "2", "6")), ("KP602", "row_order")),
    "rows out of order": (lambda: sheet(HEADINGS + row(3, "1", "5") + row(2, "2", "6")), ("KP602", "row_order")),
    "entities": (lambda: sheet(HEADINGS, head=ENTITIES), ("KP603", "dtd")),
    "entities behind a long comment": (
        lambda: sheet(HEADINGS, head=f"<!--{'x' * 200_000}-->{ENTITIES}"),
        ("KP603", "dtd"),
    ),
    "entities in the list of sheets": (
        lambda: with_parts(plain_workbook(), {"xl/workbook.xml": ENTITIES.encode() + b"<workbook/>"}),
        ("KP603", "dtd"),
    ),
    "entities hidden in UTF-16": (
        lambda: with_parts(plain_workbook(), {SHEET: (ENTITIES + "<worksheet/>").encode("utf-16")}),
        ("KP603", "part_encoding"),
    ),
    "a cell of three million characters": (
        lambda: sheet(HEADINGS + row(2, "1", "5", noise(3_000_000).decode())),
        ("KP603", "long"),
    ),
    "styles without end": (
        lambda: with_parts(plain_workbook(), {"xl/styles.xml": noise(9_000_000)}),
        ("KP603", "part"),
    ),
    "old format": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000, ("KP602", "old")),
    "Strict Open XML": (
        lambda: with_parts(
            plain_workbook(),
            {
                "xl/workbook.xml": b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheets/></workbook>'
            },
        ),
        ("KP602", "strict"),
    ),
    "encrypted": (encrypted, ("KP602", "encrypted")),
    "zip with a password": (password_zip, ("KP602", "encrypted")),
    "a web page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", ("KP602", "html")),
    "a text": (lambda: "编号,得分\n1,5\n".encode(), ("KP602", "text")),
    "nothing at all": (lambda: b"", ("KP602", "text")),
    "some other zip": (other_zip, ("KP602", "other")),
    "the beginning of a zip": (lambda: b"PK\x03\x04", ("KP602", "broken")),
    "hundreds of sheets": (many_sheets, ("KP603", "sheets")),
    "cut off": (lambda: plain_workbook()[:3_000], ("KP602", "broken")),
    "bytes turned over": (
        lambda: (content := plain_workbook())[:700] + bytes(255 - each for each in content[700:900]) + content[900:],
        ("KP602", "broken"),
    ),
    "a size that lies": (lying_size, ("KP602", "broken")),
    "not XML": (lambda: with_parts(plain_workbook(), {SHEET: b"<worksheet><sheetData>"}), ("KP602", "broken")),
    "strings that are not there": (strings_missing, ("KP602", "broken")),
    "a number without end": (
        lambda: sheet(HEADINGS + row(2, "1", f'<c r="B2"><v>{"9" * 5_000}</v></c>')),
        ("KP602", "broken"),
    ),
    "the same sheet twice": (
        lambda: with_parts(
            plain_workbook(),
            {
                "xl/workbook.xml": (
                    f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                    'relationships"><sheets><sheet name="单位" sheetId="1" r:id="rId1"/>'
                    '<sheet name="单位" sheetId="2" r:id="rId1"/></sheets></workbook>'
                ).encode()
            },
        ),
        ("KP611", ""),
    ),
    "value in the far corner": (
        lambda: sheet(HEADINGS + row(2, "1", "5") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        ("KP633", "sheet"),
    ),
    "a size that says less than there is": (
        lambda: sheet(HEADINGS + row(2, "1", "5", "x") + row(3, "2", "九"), before='<dimension ref="A1"/>'),
        ("KP641", "chinese"),
    ),
    "merged headings": (
        lambda: sheet(HEADINGS + row(2, "1", "5"), after='<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'),
        ("KP618", ""),
    ),
    "merged data": (
        lambda: sheet(
            HEADINGS + row(2, "1", "5") + row(3, "2", "6"),
            after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>',
        ),
        ("KP618", ""),
    ),
    "merged without end": (
        lambda: sheet(
            HEADINGS + row(2, "1", "5"),
            after="<mergeCells>" + "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(3, 10_100)) + "</mergeCells>",
        ),
        ("KP603", "merged"),
    ),
    "formula never calculated": (lambda: sheet(HEADINGS + row(2, "1", FORMULA.format("<v></v>"))), ("KP619", "")),
    "formula without a value": (lambda: sheet(HEADINGS + row(2, "1", FORMULA.format(""))), ("KP619", "")),
    "error value": (
        lambda: sheet(HEADINGS + row(2, "1", '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')),
        ("KP648", ""),
    ),
    "error value in a text": (
        lambda: sheet(HEADINGS + row(2, "1", "5", '<c r="C2" t="e"><v>#N/A</v></c>')),
        ("KP648", ""),
    ),
    "an ID that lost its digits": (
        lambda: plain_workbook(("编号", "得分"), (110101199001011234, 5)),
        ("KP647", "digits"),
    ),
    "a date where a number belongs": (
        lambda: plain_workbook(("编号", "得分"), ("1", datetime.datetime(2009, 5, 8))),
        ("KP641", "date"),
    ),
    "what a formula left over": (
        lambda: sheet(HEADINGS + row(2, "1", '<c r="B2"><v>0.30000000000000004</v></c>')),
        ("KP643", "residue"),
    ),
    "steering characters": (
        lambda: plain_workbook(("编号", "得分", "备注"), ("1", 5, "甲\u202e乙")),
        ("KP647", "control"),
    ),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_hostile_workbooks(tmp_path: Path, name: str) -> None:
    make, expected = WORKBOOKS[name]
    path = tmp_path / "考评.xlsx"
    path.write_bytes(make())
    start = time.perf_counter()
    data, findings = read(path)
    assert time.perf_counter() - start < SECONDS
    assert data is None
    assert expected in [(each.code, each.variant) for each in findings]
    assert all(each.place is not None for each in findings)


@pytest.mark.parametrize("name", ["zip bomb", "rows as wide as can be", "a cell of three million characters"])
def test_hostile_workbooks_need_little_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "考评.xlsx"
    path.write_bytes(WORKBOOKS[name][0]())
    tracemalloc.start()
    read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTES * 1_000_000


def test_addresses_are_those_of_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "考评.xlsx"
    path.write_bytes(sheet(row(3, "编号", "得分") + row(7, "1", '<c r="B7" t="e"><v>#REF!</v></c>')))
    _, findings = read(path)
    assert [each.place for each in findings] == ["考评.xlsx[单位]:B7 得分"]


WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "in single quotes": lambda xml: xml.replace(b'"', b"'"),
    "with spaces": lambda xml: re.sub(rb'\b(r|s|t|ref)="', rb'\1 = "', xml),
    "over lines": lambda xml: re.sub(rb'\b(r|s|t|ref)="', rb'\1=\n"', xml),
    "with a comment": lambda xml: xml.replace(b"<sheetData>", b"<!-- <row r='9'> --><sheetData>"),
    "with a section of text": lambda xml: xml.replace(b"5</v>", b"<![CDATA[5]]></v>"),
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("third", [3, 1])
def test_xml_may_be_written_in_other_ways(tmp_path: Path, how: str, third: int) -> None:
    """Percentages, formulas, merged cells and rows out of order are seen however the attributes are written."""
    book = Workbook()
    book.active.title = "单位"
    for cells in (("编号", "得分", "备注"), (1, 5, "好"), (2, 0.85, "好"), (3, "=1+1", "好")):
        book.active.append(cells)
    book.active["B3"].number_format = "0%"
    book.active.merge_cells("C2:C3")
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        xml = archive.read(SHEET).replace(b'<row r="3"', b'<row r="%d"' % third)
    found = []
    for name, part in (("usual", xml), ("other", WRITTEN[how](xml))):
        path = tmp_path / name / "考评.xlsx"
        path.parent.mkdir()
        path.write_bytes(with_parts(content.getvalue(), {SHEET: part}))
        found.append(read(path)[1])
    assert found[0] == found[1]
    assert [each.code for each in found[0]] == (["KP602"] if third == 1 else ["KP618", "KP641", "KP619"])


def test_a_formula_with_an_empty_text_is_calculated(tmp_path: Path) -> None:
    path = tmp_path / "考评.xlsx"
    path.write_bytes(sheet(HEADINGS + row(2, "1", "5", '<c r="C2" t="str"><f>""</f><v></v></c>')))
    data, findings = read(path)
    assert data is not None
    assert findings == []


def test_a_row_of_nothing_but_formulas_is_not_taken_for_a_blank_one(tmp_path: Path) -> None:
    never = '<c r="{}3"><f>x!A1</f></c>'
    path = tmp_path / "考评.xlsx"
    path.write_bytes(sheet(HEADINGS + row(2, "1", "5") + row(3, never.format("A"), never.format("B"))))
    data, findings = read(path)
    assert data is None
    assert [(each.code, each.facts["cells"]) for each in findings] == [("KP619", "A3"), ("KP619", "B3")]


def test_a_column_of_formulas_that_goes_on_below_the_table_makes_no_rows(tmp_path: Path) -> None:
    never = '<c r="D{}"><f>A1</f></c>'
    path = tmp_path / "考评.xlsx"
    path.write_bytes(sheet(HEADINGS + row(2, "1", "5", never.format(2)) + row(3, never.format(3))))
    data, findings = read(path)
    assert (data is not None and data.ids, findings) == (["1"], [])


def test_hidden_rows_are_read_and_told_of(tmp_path: Path) -> None:
    hidden = row(3, "2", "6").replace("<row ", '<row hidden="1" ')
    path = tmp_path / "考评.xlsx"
    path.write_bytes(sheet(HEADINGS + row(2, "1", "5") + hidden + row(4, "3", "7")))
    data, findings = read(path)
    assert data is not None
    assert data.ids == ["1", "2", "3"]
    assert [(each.code, each.variant, each.facts["cells"]) for each in findings] == [("KP618", "hidden", "3")]


def test_formulas_of_a_workbook_no_spreadsheet_has_opened_are_doubted(tmp_path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    path = tmp_path / "考评.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("单位")
        page.write_row(0, 0, ("编号", "得分"))
        page.write(1, 0, "1")
        page.write_formula(1, 1, "=90+5")  # stored as 0
    data, findings = read(path)
    assert data is not None
    assert [(each.code, each.variant, each.facts["cells"]) for each in findings] == [("KP619", "doubtful", "B2 “0”")]


def test_links_out_of_the_workbook_are_not_followed(tmp_path: Path) -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        f'Target="{(tmp_path / "secret.xlsx").as_uri()}" TargetMode="External"/></Relationships>'
    )
    parts = {
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>'.encode(),
        "xl/externalLinks/_rels/externalLink1.xml.rels": relations.encode(),
    }
    path = tmp_path / "考评.xlsx"
    path.write_bytes(with_parts(plain_workbook(), parts))
    data, findings = read(path)
    assert data is not None
    assert findings == []


TEXTS: dict[str, tuple[bytes, tuple[str, str]]] = {
    "NUL characters": (b"id,\xe5\xbe\x97\xe5\x88\x86\n1,\0\n", ("KP604", "nul")),
    "a workbook": (b"PK\x03\x04" + b"\0" * 100, ("KP604", "workbook")),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, ("KP604", "workbook")),
    "no encoding": (b"\xff\xff\xff\x81\x20\xff", ("KP604", "encoding")),
    "half of UTF-16": (b"\xff\xfea\0b", ("KP604", "encoding")),
    "false UTF-8": (b"\xef\xbb\xbf\xff\xff", ("KP604", "encoding")),
    "a quotation mark alone": ('编号,得分\n1,"5\n2,6\n'.encode(), ("KP604", "quotes")),
    "text behind a quotation": ('编号,得分\n1,"5"6\n'.encode(), ("KP604", "quotes")),
    "a cell without end": (b'id,\xe5\xbe\x97\xe5\x88\x86\n1,"' + b"x" * 2_000_000, ("KP604", "long")),
    "only line ends": (b"\n" * 2_000_000, ("KP604", "rows")),
    "more commas than memory": (b"," * 21_000_000, ("KP604", "cells")),
    "only commas": (b"," * 1_000_000, ("KP614", "blank")),
    "an escape in a name": ("编号,名称,得分\n1,甲\x1b]0;x\x07,5\n".encode(), ("KP647", "control")),
    "a terminal's escape": ("编号,得分\n\x1b]0;x\x07,5\n".encode(), ("KP647", "control")),
    "digits of another script": ("编号,得分\n1,٣\n".encode(), ("KP641", "")),
    "an exponent": ("编号,得分\n1,1e1000000\n".encode(), ("KP641", "scientific")),
    "digits without end": (b"id,\xe5\xbe\x97\xe5\x88\x86\n1," + b"9" * 30_000 + b"\n", ("KP641", "")),
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_csv_files(tmp_path: Path, name: str) -> None:
    content, expected = TEXTS[name]
    path = tmp_path / "单位.csv"
    path.write_bytes(content)
    start = time.perf_counter()
    data, findings = read(path)
    assert time.perf_counter() - start < SECONDS
    assert data is None
    assert expected in [(each.code, each.variant) for each in findings]
    # what a message quotes neither fills the screen nor steers the terminal
    assert all("\x1b" not in fact and len(fact) < 1_000 for each in findings for fact in each.facts.values())


def test_thousands_of_wrong_cells_are_told_in_a_few_lines(tmp_path: Path) -> None:
    path = tmp_path / "单位.csv"
    path.write_text("编号,得分\n" + "".join(f"{at},九十{at}\n" for at in range(30_000)), "utf-8")
    start = time.perf_counter()
    _, findings = read(path)
    assert time.perf_counter() - start < SECONDS
    assert [each.facts["count"] for each in findings] == ["30000"]


SOUND = plain_workbook(("编号", "得分", "备注"), *((f"{at:03}", at, "好") for at in range(40)))


@given(
    st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=20), st.integers(0, len(SOUND))
)
@settings(max_examples=150, deadline=None)
def test_whatever_happened_to_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    """Bytes changed, the end cut off: read as it is or refused, never an exception, never a row lost."""
    content = bytearray(SOUND)
    for at, byte in changes:
        content[at] = byte
    path = tmp_path_factory.mktemp("data") / "单位.xlsx"
    path.write_bytes(bytes(content[:length] if length % 3 == 0 else content))
    data, findings = read(path)
    assert (data is None) == any(each.severity is Severity.ERROR for each in findings)
    assert data is None or len(data.ids) == 40


@given(st.binary(max_size=300) | st.text("编号得分id,\t;\n\r\"'0123456789.-%", max_size=300).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_csv_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("data") / "单位.csv"
    path.write_bytes("编号,得分\n1,5\n".encode() + content)
    data, findings = read(path)
    assert (data is None) == any(each.severity is Severity.ERROR for each in findings)
