"""Cells of text in bulk: what a plain cell means is told in SQL, any other kind of cell by the reader of small files.

A cell is plain where the reader is known to take it as it stands: digits, an ISO date, a label letter for letter. What
is not plain is read once for every different text, by that same reader, so that both paths take and refuse the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kaoping.data.cells import MAX_CELL, cell_reader
from kaoping.engines.sql.dialects import DUCKDB, EPOCH, bits_of
from kaoping.types import Kind, Type, decimal_text

WORDS = (
    "是",
    "否",
    "1",
    "0",
    "yes",
    "no",
    "true",
    "false",
    "√",
    "×",
    "Y",
    "N",
    "y",
    "n",
    "TRUE",
    "FALSE",
    "True",
    "False",
)
_LETTERS = r"\x{4e00}-\x{9fff}A-Za-z0-9"
_PLAIN_ID = rf"[{_LETTERS}_.\-]{{1,100}}"
_PLAIN_TEXT = rf"[{_LETTERS}]([{_LETTERS}_.,，、；;：()（）\- ]{{0,200}}[{_LETTERS}.）)])?"
SPACE = r"[\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
"""What `str.strip` takes away."""
_KEPT = (
    r" -~\x{b7}\x{2014}\x{2018}-\x{201d}\x{2026}\x{3001}-\x{3011}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{ff01}-\x{ff5e}"
    r"\x{20000}-\x{2ebe0}"
)
"""Signs and Chinese characters that a reader of text leaves as they are."""


def attempts(type_: Type, text: str) -> list[str]:
    """SQL for what the text of a cell is tried as; wherever `plain_value` names it, DuckDB would try anew."""
    match type_.kind:
        case Kind.NUMBER if type_.places >= 0 and _digits(type_) <= 18:
            return [f"TRY_CAST({form} AS {tried_as(type_, places)})" for form, places in _forms(type_, text)]
        case Kind.DATE:
            return [f"TRY_CAST({text} AS DATE)"]
        case _:
            return []


def plain_value(type_: Type, text: str, tried: Sequence[str], *, few: bool = False) -> str:
    """SQL for the value of a plain cell, NULL for any other, blank ones included; `tried` are its attempts, or the
    columns that hold them. A file with a list of its `few` different texts is asked for each of those once.
    """
    match type_.kind:
        case Kind.NUMBER:
            if not tried:
                return f"CAST(NULL AS {_held(type_)})"
            number, *percent = (
                _number(type_, form, places, attempt)
                for (form, places), attempt in zip(_forms(type_, text), tried, strict=True)
            )
            return f"CASE WHEN {percent_sign(text)} THEN {percent[0]} ELSE {number} END" if percent else number
        case Kind.DATE:
            (day,) = tried
            number = f"CAST(DATE_DIFF('day', DATE '1970-01-01', {day}) + {EPOCH} AS INTEGER)"
            inside = f"{number} BETWEEN {type_.low} AND {type_.high}"
            return f"CASE WHEN CAST({day} AS VARCHAR) = {text} AND {inside} THEN {number} END"
        case Kind.CHOICE:
            codes = {label: str(code) for code, label in enumerate(type_.labels)}
            return f"CAST({_looked_up(codes, text, few=few)} AS INTEGER)"
        case Kind.BOOL:
            read = cell_reader(type_)
            return _looked_up({word: DUCKDB.literal(read(word) is True) for word in WORDS}, text, few=few)
        case _:
            return f"CASE WHEN {plain_text(text)} THEN {text} END"


def _looked_up(values: Mapping[str, str], text: str, *, few: bool) -> str:
    """SQL for what belongs to a text, NULL where nothing does; a map is looked into once for a text of a list."""
    pairs = [(DUCKDB.literal(each), value) for each, value in values.items()]
    if few:
        return f"MAP {{{', '.join(f'{key}: {value}' for key, value in pairs)}}}[{text}]"
    return f"CASE {text} {' '.join(f'WHEN {key} THEN {value}' for key, value in pairs)} END"


def plain_text(text: str) -> str:
    """SQL for whether a text is taken as it stands."""
    return f"regexp_full_match({text}, {DUCKDB.literal(_PLAIN_TEXT)})"


def plain_name(text: str) -> str:
    """SQL for whether a name is taken as it stands: no two spaces between its words."""
    return f"({plain_text(text)} AND NOT CONTAINS({text}, '  '))"


def doubtful_name(text: str) -> str:
    """SQL for whether a name needs to be read by us: an error of Excel, spaces too many, a number with a power of ten,
    characters that are not known to stay as they are. More names pass than are plain, and it is told twice as fast.
    """
    odd = [f"{text} < '!'", f"STARTS_WITH({text}, '#')", f"CONTAINS({text}, '  ')", f"ENDS_WITH({text}, ' ')"]
    odd += [f"CONTAINS({text}, '+')", f"STRLEN({text}) > {MAX_CELL}"]
    odd.append(f"regexp_matches({text}, {DUCKDB.literal(f'[^{_KEPT}]')})")
    return f"({' OR '.join(odd)})"


def blank_text(text: str) -> str:
    """SQL for whether there is nothing in a text but spaces of any sort."""
    return f"regexp_full_match({text}, {DUCKDB.literal(f'{SPACE}*')})"


def plain_id(text: str) -> str:
    """SQL for whether an id is taken as it stands."""
    return f"regexp_full_match({text}, {DUCKDB.literal(_PLAIN_ID)})"


# ---------------------------------------------------------------- numbers


def _forms(type_: Type, text: str) -> list[tuple[str, int]]:
    """The text that is tried as a number of so many places: as it stands, and of a percentage what is before its sign,
    which has two places fewer.
    """
    if not type_.percent or type_.places < 2:
        return [(text, type_.places)]
    before = f"CASE WHEN {percent_sign(text)} THEN SUBSTRING({text}, 1, STRLEN({text}) - 1) END"
    return [(text, type_.places), (before, type_.places - 2)]


def scaled(type_: Type, value: str, places: int) -> str:
    """SQL for a decimal number of so many places as the whole number the platform counts with."""
    if not places:
        return value
    if _digits(type_) <= 9:  # of narrow numbers the product is the quicker way; of wide ones it would be too wide
        return f"CAST({value} * {10**places} AS {_held(type_)})"
    return f"CAST(REPLACE(CAST({value} AS VARCHAR), '.', '') AS {_held(type_)})"


def percent_sign(text: str) -> str:
    """SQL for whether a text ends in one."""
    return f"ENDS_WITH({text}, '%')"


def _digits(type_: Type) -> int:
    return max(len(str(abs(type_.low))), len(str(abs(type_.high))), type_.places + 1)


def _held(type_: Type) -> str:
    return DUCKDB.integer(max(32, bits_of(type_.low, type_.high)))


def tried_as(type_: Type, places: int) -> str:
    """The type that a text is tried as, where it is a number of so many places."""
    return f"DECIMAL({9 if _digits(type_) <= 9 else 18},{places})" if places else _held(type_)


def _number(type_: Type, text: str, places: int, value: str) -> str:
    """A number written as we would write it, or with fewer zeros after the point."""
    low, high = type_.low, type_.high
    shown = f"CAST({value} AS VARCHAR)"
    if places == 0:
        # most counts are of a digit or two: a text as short as its number is nothing but the digits
        short = " ".join(
            f"WHEN STRLEN({text}) = {length} AND {value} BETWEEN {max(low, least)} AND {min(high, most)} THEN {value}"
            for length, least, most in ((1, 0, 9), (2, 10, 99))
            if max(low, least) <= min(high, most)
        )
        return f"CASE {short} WHEN {shown} = {text} AND {value} BETWEEN {low} AND {high} THEN {value} END"
    whole = scaled(type_, value, places)
    forms = [f"{shown} = {text} || '{'0' * zeros}'" for zeros in range(1, places)]
    forms.append(f"{shown} = {text} || '.{'0' * places}'")
    inside = f"{value} BETWEEN {decimal_text(low, places)} AND {decimal_text(high, places)}"
    return (
        f"CASE WHEN {shown} = {text} THEN CASE WHEN {inside} THEN {whole} END "
        f"WHEN ({' OR '.join(forms)}) AND {inside} THEN {whole} END"
    )
