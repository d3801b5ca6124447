"""Cells: what a text in a file means under the type its column declares, or why it means nothing.

Every reader is a function from text to a value, None for a blank cell, or a `Problem`. Numbers are read by our own
pattern, digit by digit into a scaled integer: no float, and nothing that `int` and `Decimal` accept beyond plain
digits.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct, field

from kaoping.data.text import UNCALCULATED, folded, hostile, listed, name_key, nearest
from kaoping.types import Kind, Type, Value, shown_text

MAX_CELL = 32_767
"""Characters in a cell: what Excel itself allows."""
MAX_ID = 200
"""Characters in an id or a name."""


class Problem(Struct, frozen=True):
    """Why a cell has no value: a code of the catalogue, one of its variants, and facts for its gaps."""

    code: str
    variant: str = ""
    facts: dict[str, str] = field(default_factory=dict)


Read = Value | Problem
Reader = Callable[[str], Read]

_NUMBER = re.compile(r"([+-]?)([0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:\.([0-9]{1,40}))?\Z")
_CHINESE = re.compile(r"负?[零〇一二三四五六七八九十百千万亿两点]+\Z")
_LARGE = re.compile(r"[+-]?[0-9.,]+ ?[万亿]")
_WITH_UNIT = re.compile(r"[+-]?[0-9][0-9.,]* ?([^\W\d_]+)\Z")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?[eE][+-]?[0-9]+\Z")
_DATED = re.compile(r"[0-9]{4}[-/.年][0-9]")
_DATE = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})\.(\d{1,2})\.(\d{1,2})"
    r"|(\d{4})年(\d{1,2})月(\d{1,2})[日号]|(\d{4})(\d{2})(\d{2}))(?:[ T]0{1,2}:00(?::00)?)?\Z",
    re.ASCII,
)
_TIMED = re.compile(r"[0-9]{4}.*[0-9]:[0-9]{2}")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?\Z")
_PARTIAL = re.compile(r"[0-9]{4}(?:[-/.年][0-9]{1,2}月?|年)?\Z")
_OTHER_ORDER = re.compile(r"[0-9]{1,2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?\Z")

_ERROR_VALUES = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
_PLACEHOLDERS = frozenset(
    [
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "空",
        "缺",
        "未填",
        "待定",
        "n/a",
        "na",
        "nil",
        "null",
        "none",
        "?",
        "、",
    ]
)
_YES = frozenset({"是", "√", "✓", "✔", "1", "yes", "y", "true"})
_NO = frozenset({"否", "×", "✗", "✕", "0", "no", "n", "false"})


def cell_reader(type_: Type) -> Reader:
    """The reader of a column's cells; the same text always reads the same, so each text needs to be read only once."""
    match type_.kind:
        case Kind.NUMBER:
            read = _number_reader(type_)
        case Kind.BOOL:
            read = _read_bool
        case Kind.DATE:
            read = _date_reader(type_)
        case Kind.CHOICE:
            read = _choice_reader(type_)
        case _:
            read = _read_text

    def read_cell(text: str) -> Read:
        if len(text) > MAX_CELL:
            return Problem("KP647", "long", {"limit": str(MAX_CELL)})
        return error_value(text) or read(text)

    return read_cell


def read_id(text: str) -> str | Problem | None:
    """The id of a subject; full-width letters and digits count as half-width ones."""
    if problem := error_value(text):
        return problem
    found = folded(text)
    if len(found) > MAX_ID:
        return not_a_subject(text) or Problem("KP647", "long", {"limit": str(MAX_ID)})
    return _checked_text(found)


_TOTAL = (
    "SPACE*(全[省市县区乡镇校局]|本[年季月页]|各?[省市县区乡镇]{1,3})?([合小总共累]SPACE*计|平SPACE*均|均SPACE*值|最[高低])"
    "(得?分|[数值])?SPACE*[:：]?SPACE*([(（][^)）]*[)）])?|SPACE*(全[省市县区乡镇校局]|总SPACE*体)SPACE*|"
    "SPACE*其SPACE*中SPACE*[:：](?s:.*)|(?i:(sub)?total|average)[:：]?"
)
_NOTE = (
    "SPACE*([备附]?SPACE*注|说SPACE*明|(填表|填报|制表)[人单位时间日期]*|审[核批]人?|(单位)?负责人|(?i:notes?|remarks?))"
    "SPACE*[:：](?s:.*)"
)


def not_a_subject_pattern(space: str = r"\s") -> str:
    """What stands in the id or the name of a row that is no subject but adds the others up, or says something of the
    table; as a regular expression in which `space` is any sort of space: RE2 knows fewer than Python.
    """
    return f"{_TOTAL}|{_NOTE}".replace("SPACE", space)


_NO_SUBJECT, _SAYS_SOMETHING = re.compile(not_a_subject_pattern()), re.compile(_NOTE.replace("SPACE", r"\s"))


def not_a_subject(text: str) -> Problem | None:
    """The finding that a row with such an id or name adds up others, or is a note below the table."""
    if _NO_SUBJECT.fullmatch(text) is None:
        return None
    return Problem("KP634", "note" if _SAYS_SOMETHING.fullmatch(text) else "")


def error_value(text: str) -> Problem | None:
    """The finding that a cell holds an error of Excel instead of a value, `########` of a narrow column included, or a
    formula that has none.
    """
    if not text.startswith("#"):
        return None
    if text == UNCALCULATED:
        return Problem("KP619")
    stripped = text.strip()
    if stripped.upper() in _ERROR_VALUES or (len(stripped) > 2 and not stripped.strip("#")):
        return Problem("KP648", "narrow" if not stripped.strip("#") else "")
    return None


# ---------------------------------------------------------------- text and choices


def _read_text(text: str) -> Read:
    if not folded(text):
        return None
    return _checked_text(unicodedata.normalize("NFC", text.strip()))


def _checked_text(text: str) -> str | Problem | None:
    if hostile(text):
        return Problem("KP647", "control")
    # Excel keeps 15 digits of a number: an 18-digit ID typed as one comes out as 1.10101E+17
    if text[-1:].isdigit() and _SCIENTIFIC.match(text) and "+" in text[1:]:
        return Problem("KP647", "digits")
    return text or None


def _choice_reader(type_: Type) -> Reader:
    codes = {name_key(label): code for code, label in enumerate(type_.labels)}
    labels = listed(type_.labels, 12)

    def read(text: str) -> Read:
        key = name_key(text)
        if not key:
            return None
        if (code := codes.get(key)) is not None:
            return code
        if near := nearest(text, type_.labels):
            return Problem("KP646", "near", {"labels": labels, "near": near})
        return Problem("KP646", "", {"labels": labels})

    return read


def _read_bool(text: str) -> Read:
    key = folded(text).casefold()
    if key in _YES:
        return True
    if key in _NO:
        return False
    if not key:
        return None
    return Problem("KP644", "placeholder" if key in _PLACEHOLDERS else "")


# ---------------------------------------------------------------- numbers


def unit_word(type_: Type) -> str:
    """The unit that may follow a number of this type: 元, 起, 亩; "" for none."""
    return (type_.unit or "").removeprefix("#")


def plain_numbers(texts: Sequence[str], type_: Type) -> list[Value] | None:
    """The values of a whole column of plain numbers; None where one cell is anything else: then each is read by itself.

    Most number columns are plain; taken together they cost a quarter of what they cost cell by cell.
    """
    if type_.kind is not Kind.NUMBER or not texts:
        return None
    places = type_.places
    joined = "\n".join(texts)
    # a line end inside a cell would make two numbers of one
    if joined.count("\n") != len(texts) - 1 or not _plain_column(places).fullmatch(joined):
        return None
    parts = [text.partition(".") for text in texts]
    values = [int(whole + fraction.ljust(places, "0")) for whole, _, fraction in parts]
    return list(values) if type_.low <= min(values) and max(values) <= type_.high else None


@lru_cache
def _plain_column(places: int) -> re.Pattern[str]:
    number = rf"[0-9]{{1,15}}(?:\.[0-9]{{1,{places}}})?" if places else "[0-9]{1,15}"
    return re.compile(rf"(?:{number}\n)*+{number}")


def _number_reader(type_: Type) -> Reader:
    places, low, high = type_.places, type_.low, type_.high
    unit = folded(unit_word(type_))
    range_ = {"low": shown_text(low, type_), "high": shown_text(high, type_)}

    def read(text: str) -> Read:
        shift = 0
        found = _NUMBER.match(text)
        if found is None:
            plain = folded(text)
            if not plain:
                return None
            if type_.percent and plain[-1] in "%‰":
                shift = 2 if plain[-1] == "%" else 3
                plain = plain[:-1].rstrip()
            elif unit and plain.endswith(unit):
                plain = plain[: -len(unit)].rstrip()
            found = _NUMBER.match(plain)
            if found is None:
                return _not_a_number(folded(text), unit, percent=type_.percent)
        sign, whole, fraction = found.groups()
        fraction = fraction.rstrip("0") if fraction else ""
        digits = int(whole.replace(",", "") + fraction)
        value = _scaled(digits, len(fraction) + shift, places)
        if value is None:
            residue = len(f"{digits}") >= 15
            return Problem("KP643", "residue" if residue else "", {"places": str(places - shift if shift else places)})
        if sign == "-":
            value = -value
        if not low <= value <= high:
            return Problem("KP642", "percent" if type_.percent and not shift else "", dict(range_))
        return value

    return read


def _scaled(digits: int, decimals: int, places: int) -> int | None:
    """digits / 10^decimals in units of the last place; None where digits would be lost."""
    while decimals > places:
        digits, rest = divmod(digits, 10)
        if rest:
            return None
        decimals -= 1
    return int(digits * 10 ** (places - decimals))


def _not_a_number(text: str, unit: str, *, percent: bool) -> Problem:
    if text.casefold() in _PLACEHOLDERS:
        return Problem("KP641", "placeholder")
    if _CHINESE.match(text):
        return Problem("KP641", "chinese")
    if _LARGE.match(text):
        return Problem("KP641", "large")
    if text[-1] in "%‰":
        return Problem("KP641", "" if percent else "percent")
    if _SCIENTIFIC.match(text):
        return Problem("KP641", "scientific")
    if _DATED.match(text):
        return Problem("KP641", "date")
    if found := _WITH_UNIT.match(text):
        return Problem("KP641", "other_unit" if unit else "unit", {"written": found[1], "unit": unit})
    return Problem("KP641")


# ---------------------------------------------------------------- dates


def _date_reader(type_: Type) -> Reader:
    range_ = {"low": shown_text(type_.low, type_), "high": shown_text(type_.high, type_)}

    def read(text: str) -> Read:
        plain = folded(text)
        if not plain:
            return None
        found = _DATE.match(plain)
        if found is None:
            return Problem("KP645", _no_date(plain))
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            ordinal = datetime.date(year, month, day).toordinal()
        except ValueError:
            return Problem("KP645", "nonexistent")
        if not type_.low <= ordinal <= type_.high:
            return Problem("KP642", "date", dict(range_))
        return ordinal

    return read


def _no_date(text: str) -> str:
    if text.casefold() in _PLACEHOLDERS:
        return "placeholder"
    if _TIMED.match(text):
        return "time"
    if _SERIAL.match(text):
        return "serial"
    if _PARTIAL.match(text):
        return "partial"
    return "order" if _OTHER_ORDER.match(text) else ""
