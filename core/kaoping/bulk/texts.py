"""Cells of text in bulk: what a plain cell means is told in SQL, any other kind of cell by the reader of small files.

A cell is plain where the reader is known to take it as it stands: digits, an ISO date, a label letter for letter. What
is not plain is read once for every different text, by that same reader, so that both paths take and refuse the same.
"""

from __future__ import annotations

from kaoping.data.cells import cell_reader
from kaoping.engines.sql.dialects import DUCKDB, EPOCH, bits_of
from kaoping.types import Kind, Type, decimal_text

_WORDS = (
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
_SPACES = r"[\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"
"""What `str.strip` takes away."""
_ENDS_IN_POWER = r"[+-]?[0-9](\.[0-9]+)?[eE][+-]?[0-9]+"


def plain_value(type_: Type, text: str) -> str:
    """SQL for the value of a plain cell, NULL for any other, blank ones included."""
    match type_.kind:
        case Kind.NUMBER:
            return _number(type_, text)
        case Kind.DATE:
            day = f"TRY_CAST({text} AS DATE)"
            number = f"CAST(DATE_DIFF('day', DATE '1970-01-01', {day}) + {EPOCH} AS INTEGER)"
            inside = f"{number} BETWEEN {type_.low} AND {type_.high}"
            return f"CASE WHEN CAST({day} AS VARCHAR) = {text} AND {inside} THEN {number} END"
        case Kind.CHOICE:
            arms = " ".join(f"WHEN {DUCKDB.literal(label)} THEN {code}" for code, label in enumerate(type_.labels))
            return f"CAST(CASE {text} {arms} END AS INTEGER)"
        case Kind.BOOL:
            read = cell_reader(type_)
            arms = " ".join(f"WHEN {DUCKDB.literal(word)} THEN {DUCKDB.literal(read(word) is True)}" for word in _WORDS)
            return f"CASE {text} {arms} END"
        case _:
            return f"CASE WHEN {plain_text(text)} THEN {text} END"


def plain_text(text: str) -> str:
    """SQL for whether a text is taken as it stands."""
    return (
        f"(regexp_full_match({text}, {DUCKDB.literal(_PLAIN_TEXT)}) "
        f"AND NOT regexp_full_match({text}, {DUCKDB.literal(_ENDS_IN_POWER)}))"
    )


def plain_name(text: str) -> str:
    """SQL for whether a name is taken as it stands: no two spaces between its words."""
    return f"({plain_text(text)} AND NOT CONTAINS({text}, '  '))"


def doubtful_name(text: str) -> str:
    """SQL for whether a name needs to be read by us, told in passing: an error of Excel, spaces, an escape."""
    return f"({text} < '!' OR STARTS_WITH({text}, '#') OR CONTAINS({text}, '  ') OR CONTAINS({text}, CHR(27)))"


def blank_text(text: str) -> str:
    """SQL for whether there is nothing in a text but spaces of any sort."""
    return f"regexp_full_match({text}, {DUCKDB.literal(_SPACES)})"


def plain_id(text: str) -> str:
    """SQL for whether an id is taken as it stands."""
    return (
        f"(regexp_full_match({text}, {DUCKDB.literal(_PLAIN_ID)}) "
        f"AND NOT regexp_full_match({text}, {DUCKDB.literal(_ENDS_IN_POWER)}))"
    )


def _number(type_: Type, text: str) -> str:
    """A number written as we would write it, or with fewer zeros after the point."""
    low, high, places = type_.low, type_.high, type_.places
    held = DUCKDB.integer(max(32, bits_of(low, high)))
    digits = max(len(str(abs(low))), len(str(abs(high))), places + 1)
    if places < 0 or digits > 18:
        return f"CAST(NULL AS {held})"
    if places == 0:
        whole = f"TRY_CAST({text} AS {held})"
        # most counts are a single digit, which costs a third this way
        one = (
            f"WHEN STRLEN({text}) = 1 AND {text} BETWEEN '0' AND '9' THEN ASCII({text}) - 48 "
            if low <= 0 and high >= 9
            else ""
        )
        plain = f"CAST({whole} AS VARCHAR) = {text} AND {whole} BETWEEN {low} AND {high}"
        return f"CASE {one}WHEN {plain} THEN {whole} END"
    value = f"TRY_CAST({text} AS DECIMAL({9 if digits <= 9 else 18},{places}))"
    shown = f"CAST({value} AS VARCHAR)"
    forms = [f"{shown} = {text} || '{'0' * zeros}'" for zeros in range(1, places)]
    forms.append(f"{shown} = {text} || '.{'0' * places}'")
    inside = f"{value} BETWEEN {decimal_text(low, places)} AND {decimal_text(high, places)}"
    # of narrow numbers the product is the quicker way; of wide ones it would be too wide
    scaled = f"CAST({value} * {10**places} AS {held})" if digits <= 9 else f"CAST(REPLACE({shown}, '.', '') AS {held})"
    return (
        f"CASE WHEN {shown} = {text} THEN CASE WHEN {inside} THEN {scaled} END "
        f"WHEN ({' OR '.join(forms)}) AND {inside} THEN {scaled} END"
    )
