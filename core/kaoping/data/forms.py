"""Exports of a known form, for plugins that read ledgers: where the headings stand, which columns they are, what is a
row and what a total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from difflib import get_close_matches

from msgspec import Struct

from kaoping.data.text import folded, name_key
from kaoping.diagnostic import Finding, warning
from kaoping.source import NOWHERE

TITLE_ROWS = 10
"""How many rows may stand above the headings."""
NEAR = 0.75
"""How much of two headings has to be the same for one to be taken for a slip of the other."""
UNIT = ("单位", "单位名称", "乡镇", "乡镇街道", "乡(镇)", "乡镇(街道)", "县市区", "名称")
UNIT_CODE = ("单位编号", "单位代码", "编号")
_NUMBERED = "编号"
_TOTAL = re.compile(r"(?:全[省市县区乡镇]|本[年季月期])?(?:合计|总计|共计|总数|累计)")
_PARTIAL = re.compile(r"(?:本[年季月期])?小计")
_COUNT = re.compile(r"数?[:：]?(?:[(（].*[)）])?(?:\d+\w?)?")
"""What may stand behind the word in a row of totals."""
_FOOT = re.compile(r"(?:填表|制表|填报|审核|复核|审批|经办|负责|备注|说明|注).{0,6}?[::]")
_SIGNED = re.compile(r"(?:(?:填表|制表|填报|审核|复核|审批|经办|负责)(?:人|单位|日期|时间|部门)?|备注|说明|注)[:：]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SIGNS = re.compile(r"[^\w]+")
_BRACKETS = re.compile(r"[((](.*?)[))]")

Rows = Sequence[Sequence[str]]


class Field(Struct, frozen=True):
    """A field of records, the other headings it may have, and whether a sheet is known by it."""

    name: str
    headings: tuple[str, ...] = ()
    mark: bool = False


class Form(Struct, frozen=True):
    """A kind of sheet: the records it fills, their fields, and the headings of the column that says whose a row is.

    A form with `titles` is known by one of them in the name of the sheet or above the headings; without it, where it
    has several marks and no other form fits.
    """

    records: str
    fields: tuple[Field, ...]
    titles: tuple[str, ...] = ()
    unit: tuple[str, ...] = UNIT
    unit_code: tuple[str, ...] = UNIT_CODE

    @property
    def marks(self) -> list[Field]:
        """The fields by which a sheet is known."""
        return [each for each in self.fields if each.mark]


class Sheet(Struct, frozen=True):
    """A sheet whose form is known.

    `headings` are those of all columns. `unit` is the column that says whose a row is (by id where `by_id`), `places`
    the column of each field, `units` what its heading gives in brackets. `rows` are the records, `totals` the rows of
    totals, each with its number, counted from 1. `others` are the headings of the columns that are no field, by column.
    """

    form: Form
    headings: tuple[str, ...]
    unit: int
    by_id: bool
    places: dict[str, int]
    units: dict[str, str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    totals: tuple[tuple[int, tuple[str, ...]], ...]
    others: dict[int, str]

    def column(self, name: str) -> list[str]:
        """The cells of a field, "" where the sheet does not have it."""
        return [row[self.places[name]] if name in self.places else "" for _, row in self.rows]


def opened(rows: Rows, forms: Sequence[Form], name: str = "") -> Sheet | None:
    """The sheet of a name as the form that its title names, else the first all of whose marks it has; None where it has
    none.
    """
    for at, row in enumerate(rows[:TITLE_ROWS]):
        headings = _headings(row)
        title = name + "".join(cell for above in rows[:at] for cell in above)
        form = _form([each for each in forms if _fits(each, headings)], title)
        if form is not None:
            code, unit = _place(headings, form.unit_code), _place(headings, form.unit)
            if unit is not None and code is not None and _key(row[code]) == _NUMBERED:
                code = None  # most often the number of the case
            found = {each.name: _place(headings, (each.name, *each.headings)) for each in form.fields}
            places = {name: place for name, place in found.items() if place is not None}
            return _sheet(form, rows, at, (code if code is not None else unit) or 0, code is not None, places)
    return None


def lacking(rows: Rows, forms: Sequence[Form], name: str = "") -> list[Finding]:
    """What keeps a sheet from being one of the forms that it is nearly: columns, or a title to tell it by."""
    for row in rows[:TITLE_ROWS]:
        headings = _headings(row)
        title = name + "".join(cell for above in rows[:TITLE_ROWS] for cell in above)
        missing = [(form, _missing(form, headings)) for form in forms]
        if fitting := [form.records for form, names in missing if not names]:
            return [warning("KP697", NOWHERE, "title", names=fitting)]
        for form, names in missing:
            found = 1 + len(form.marks) - len(names)
            named = any(word in title for word in form.titles)
            if (named and found) or (len(names) == 1 and found > 1):
                return [warning("KP697", NOWHERE, records=form.records, names=names)]
    return []


def misspelt(sheet: Sheet) -> list[Finding]:
    """Fields that a sheet seems to have under a heading that is not quite theirs, in a second column besides, or under
    no heading at all: of headings in two rows the lower one is not read.
    """
    others = {_key(heading): heading for heading in sheet.others.values()}
    found = []
    if unnamed := [heading for place, heading in sheet.others.items() if not sheet.headings[place]]:
        found.append(warning("KP697", NOWHERE, "unnamed", records=sheet.form.records, names=unnamed))
    for place in sheet.places.values():
        if second := others.get(_key(sheet.headings[place])):
            read = sheet.headings[place]
            found.append(warning("KP697", NOWHERE, "double", records=sheet.form.records, name=read, near=second))
    for field in sheet.form.fields:
        names = (field.name, *field.headings) if field.name not in sheet.places else ()
        near = (each for name in names for each in get_close_matches(_key(name), others, 1, NEAR))
        if heading := next(near, None):
            near_one = others[heading]
            found.append(warning("KP697", NOWHERE, "near", records=sheet.form.records, name=field.name, near=near_one))
    return found


def _fits(form: Form, headings: dict[str, int]) -> bool:
    return not _missing(form, headings)


def _missing(form: Form, headings: dict[str, int]) -> list[str]:
    """The columns by which a form is known that a row of headings has not."""
    wanted = {form.unit[0]: (*form.unit_code, *form.unit)} | {
        each.name: (each.name, *each.headings) for each in form.marks
    }
    return [name for name, names in wanted.items() if _place(headings, names) is None]


def _form(fitting: Sequence[Form], title: str) -> Form | None:
    named = [form for form in fitting if any(word in title for word in form.titles)]
    known = [form for form in fitting if not form.titles or (len(fitting) == 1 and len(form.marks) > 1)]
    return next(iter(named or known), None)


def _sheet(form: Form, rows: Rows, at: int, unit: int, by_id: bool, places: dict[str, int]) -> Sheet:
    width = max(map(len, rows[at:]))
    below = enumerate((_filled_up(row, width) for row in rows[at + 1 :]), at + 2)
    kept = [(number, row) for number, row in below if any(row) and not _is_note(row, unit)]
    totals = tuple(each for each in kept if _says(_TOTAL, each[1], unit))
    known = {unit, *places.values()}
    # a row with nothing but its printed number is none
    records = tuple(
        (number, row)
        for number, row in kept
        if not (_says(_TOTAL, row, unit) or _says(_PARTIAL, row, unit)) and any(row[place] for place in known)
    )
    headings = tuple(" ".join(cell.split()) for cell in _filled_up(rows[at], width))
    return Sheet(
        form, headings, unit, by_id, places,
        units={name: (_BRACKETS.findall(headings[place]) or [""])[-1] for name, place in places.items()},
        rows=records, totals=totals,
        others={
            place: cell or f"第{place + 1}列"
            for place, cell in enumerate(headings)
            if place not in known and (cell or any(row[place] for _, row in records))
        },
    )  # fmt: skip


def _filled_up(row: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(folded(cell) for cell in (*row, *[""] * (width - len(row))))


def _key(heading: str) -> str:
    """A heading without spaces, signs, case and what it says in brackets: `其中: 耕地(亩)` is `其中耕地`."""
    return _SIGNS.sub("", _BRACKETS.sub("", name_key(heading))) or name_key(heading)


def _headings(row: Sequence[str]) -> dict[str, int]:
    """Where each heading stands, the leftmost of several alike; one that says nothing in brackets comes before them."""
    cells = [(place, cell) for place, cell in reversed(list(enumerate(row))) if cell.strip()]
    plain = [(place, cell) for place, cell in cells if not _BRACKETS.search(name_key(cell))]
    return {_key(cell): place for place, cell in (*cells, *plain)}


def _place(headings: dict[str, int], names: Sequence[str]) -> int | None:
    return next((headings[_key(each)] for each in names if _key(each) in headings), None)


def _first(row: Sequence[str]) -> str:
    """The first cell that is filled, without spaces."""
    return next(("".join(cell.split()) for cell in row if cell), "")


def _says(words: re.Pattern[str], row: Sequence[str], unit: int) -> bool:
    """Whether a row has it where others name their unit, or as its first cell: 累计欠薪 is what a case is about."""
    first = _first(row)
    found = words.match(first)
    alone = found is not None and _COUNT.fullmatch(first, found.end()) is not None
    return alone or words.match("".join(row[unit].split())) is not None


def _is_note(row: Sequence[str], unit: int) -> bool:
    """Whether a row says something of the sheet and is nobody's: 备注栏:见附件 beside a unit is a record."""
    named, first = "".join(row[unit].split()), _first(row)
    if _SIGNED.match(first):
        return True
    return _FOOT.match(first) is not None and (not named or _FOOT.match(named) is not None)


def wrong_totals(sheet: Sheet) -> list[tuple[int, str, str, str]]:
    """Where the last row of totals says something else than the rows above add up to, those since the total before, or
    all where it stands first: its number, the field, what it says, what they come to. Columns with anything but plain
    numbers are left alone, and so is what has been counted since the beginning of the year beside another total.
    """
    found = []
    since = [each for each in sheet.totals if "累计" in (_first(each[1]) + each[1][sheet.unit])]
    others = [each for each in sheet.totals if each not in since]
    for number, row in (others or since)[-1:]:
        before = max((at for at, _ in others if at < number), default=0)
        above = [record for at, record in sheet.rows if at < number] or [record for _, record in sheet.rows]
        own = [record for at, record in sheet.rows if before < at < number]  # of one month, where each has its total
        for name, place in sheet.places.items():
            said, cells = plain_digits(row[place]), [plain_digits(record[place]) for record in above]
            if said and all(each == "" or _NUMBER.fullmatch(each) for each in (*cells, said)):
                sums = [
                    sum((Decimal(plain_digits(each[place]) or 0) for each in some), Decimal(0)) for some in (above, own)
                ]
                if Decimal(said) not in sums:
                    found.append((number, name, said, f"{sums[0]:f}"))
    return found


def plain_digits(cell: str) -> str:
    """A number without the commas between its thousands; `1,5` stays what it is, which is no number."""
    return cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell
