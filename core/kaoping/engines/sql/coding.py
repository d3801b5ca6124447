"""Values as people keep them in a database, decimals, dates and labels, and the whole numbers the platform counts."""

from __future__ import annotations

from kaoping.engines.sql import dates
from kaoping.engines.sql.dialects import Dialect, bits_of
from kaoping.types import Kind, Type, plain_text

MOST_DIGITS = 38
"""Digits of the widest decimal that all of the engines with decimals have."""
EXACT_DIGITS = 15
"""Digits that SQLite keeps of a number that is not whole."""

_NARROW = 18

_DECIMAL = {"duckdb": "DECIMAL", "postgres": "NUMERIC", "spark": "DECIMAL", "sqlite": "NUMERIC"}


def digits_of(type_: Type) -> int:
    """How many digits the numbers of a type have."""
    most = max(len(str(abs(type_.low))), len(str(abs(type_.high))), type_.places + 1)
    return min(most, MOST_DIGITS)


def natural_type(type_: Type, dialect: Dialect) -> str:
    """The type of a column of values as people keep them, as the dialect declares it."""
    match type_.kind:
        case Kind.NUMBER if type_.places > 0:
            if dialect.name == "sqlite" and digits_of(type_) > EXACT_DIGITS:
                return dialect.text
            return f"{_DECIMAL[dialect.name]}({digits_of(type_)},{type_.places})"
        case Kind.NUMBER:
            scale = 10**-type_.places
            bits = bits_of(type_.low * scale, type_.high * scale) or 128
            wide = bits == 128 and dialect.name != "sqlite"
            return f"{_DECIMAL[dialect.name]}({MOST_DIGITS},0)" if wide else dialect.integer(bits)
        case Kind.BOOL:
            return dialect.boolean
        case Kind.DATE:
            return dialect.text if dialect.name == "sqlite" else "DATE"
        case _:
            return dialect.text


def coded(text: str, type_: Type, dialect: Dialect) -> str:
    """A value as people keep it, as the whole number the platform counts with; an unknown label is NULL."""
    match type_.kind:
        case Kind.NUMBER:
            whole = dialect.integer(bits_of(type_.low, type_.high) or 128)
            return _scaled(text, type_.places, whole, dialect, type_)
        case Kind.DATE:
            return dates.number(dialect, text)
        case Kind.CHOICE:
            arms = " ".join(f"WHEN {dialect.literal(label)} THEN {at}" for at, label in enumerate(type_.labels))
            return f"CASE TRIM({text}) {arms} END" if arms else "CAST(NULL AS INTEGER)"
        case Kind.TEXT:
            return f"NULLIF(TRIM({text}), '')"
        case _:
            return text


def _scaled(text: str, places: int, whole: str, dialect: Dialect, type_: Type) -> str:
    if places < 0:
        return f"CAST({text} {dialect.division} {10**-places} AS {whole})"
    if places == 0:
        return f"CAST({text} AS {whole})"
    if dialect.name == "spark":
        exact = f"CAST({text} AS {natural_type(type_, dialect)})"  # a product of more than 38 digits would lose places
        return f"CAST({exact} * CAST({10**places} AS DECIMAL({places + 1},0)) AS {whole})"
    if dialect.name == "duckdb":
        return f"CAST({multiplied(text, digits_of(type_), places, places)} AS {whole})"
    if dialect.name == "postgres":
        return f"CAST({text} * {10**places} AS {whole})"
    if digits_of(type_) <= EXACT_DIGITS:  # a float in between is right to the last digit where there are no more
        return f"CAST(ROUND({text} * {10**places}) AS INTEGER)"
    point = f"INSTR({text} || '.', '.')"
    fraction = f"SUBSTR(SUBSTR({text}, {point} + 1) || '{'0' * places}', 1, {places})"
    return f"CAST(SUBSTR({text}, 1, {point} - 1) || {fraction} AS INTEGER)"


def multiplied(decimal: str, digits: int, decimals: int, places: int) -> str:
    """A decimal of DuckDB, of so many digits and decimals, times 10^places. A product of decimals of up to 18 digits is
    counted in 64 bits, and breaks off where it needs more.
    """
    narrow = digits > _NARROW or digits + places <= _NARROW
    return f"{decimal if narrow else f'CAST({decimal} AS DECIMAL({MOST_DIGITS},{decimals}))'} * {10**places}"


def decoded(text: str, type_: Type, dialect: Dialect) -> str:
    """A whole number of the platform as people keep the value."""
    match type_.kind:
        case Kind.NUMBER if type_.places > 0:
            return _decimal(text, type_.places, dialect, type_)
        case Kind.NUMBER if type_.places < 0:
            return f"({text} * {10**-type_.places})"
        case Kind.DATE:
            shown = dates.day(dialect, text)
            return f"DATE({shown})" if dialect.name == "sqlite" else shown
        case Kind.CHOICE:
            arms = " ".join(f"WHEN {at} THEN {dialect.literal(label)}" for at, label in enumerate(type_.labels))
            return f"CASE {text} {arms} END" if arms else f"CAST(NULL AS {dialect.text})"
        case _:
            return text


def _decimal(text: str, places: int, dialect: Dialect, type_: Type) -> str:
    if dialect.name == "sqlite":
        sign = f"CASE WHEN {text} < 0 THEN '-' ELSE '' END"
        size = f"ABS({text})"
        digits = f"PRINTF('%d.%0{places}d', {size} / {10**places}, {size} % {10**places})"
        return f"CASE WHEN {text} IS NOT NULL THEN {sign} || {digits} END"
    decimal = _DECIMAL[dialect.name]
    # Spark cuts places where a product might have more than 38 digits: one for each factor, and one more
    wide = f"CAST({text} AS {decimal}({MOST_DIGITS - places - 2},0))"
    unit = f"{decimal}({places + 1},{places})"
    one = f"CAST('0.{'1'.rjust(places, '0')}' AS {unit})"
    return f"CAST({wide} * {one} AS {decimal}({digits_of(type_)},{places}))"


def natural_meaning(type_: Type) -> str:
    """What may stand in a column beyond its type: the ends of a number, the labels of a choice."""
    match type_.kind:
        case Kind.NUMBER | Kind.DATE:
            return f"{plain_text(type_.low, type_)}..{plain_text(type_.high, type_)}"
        case Kind.CHOICE:
            return ", ".join(type_.labels)
        case _:
            return ""
