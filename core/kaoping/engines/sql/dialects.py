"""What the engines say differently: names, literals, types, whole-number division, dates.

Everything else is printed once for all. Numbers are whole, division and rounding are spelled out (`arithmetic`), so no
engine's own idea of a decimal, a rounding or a NULL ever matters.
"""

from __future__ import annotations

import datetime

from msgspec import Struct

from kaoping.types import Kind, Type, Value

EPOCH = datetime.date(1970, 1, 1).toordinal()
NAME_MOST = 63
"""Bytes after which PostgreSQL cuts names, without a word."""
NAME_BYTES = 60
"""Bytes of the names that we make."""


class TooWide(Exception):  # noqa: N818 - it is a finding
    """A dialect has no whole number that holds an expression exactly."""

    def __init__(self, low: int, high: int) -> None:
        """Keep the range."""
        super().__init__(f"{low}..{high}")
        self.low, self.high = low, high


class Dialect(Struct, frozen=True):
    """How an engine says things; `widest` are the bits of the widest whole number it counts exactly with.

    `division` takes the place of `/` between whole numbers, cutting toward zero. `stops` says that an engine whose
    numbers are narrow can be made to stop where one is too wide; `overflows` that it would go on by itself; `copies`
    that it writes out a query wherever its columns are read; `packs` that it is faster where several columns are one
    (`packed.py`). `deepest` is how many queries may lie over one another, where that has an end.
    """

    name: str
    quote: str
    integers: dict[int, str]
    division: str
    text: str = "TEXT"
    boolean: str = "BOOLEAN"
    same: str = "IS NOT DISTINCT FROM"
    materialized: bool = True
    backslash: bool = False
    least: str = "LEAST"
    greatest: str = "GREATEST"
    widest: int = 128
    stops: bool = False
    overflows: bool = False
    copies: bool = False
    packs: bool = False
    collation: str = ""
    deepest: int = 0

    def quoted(self, name: str) -> str:
        """A name, whatever is in it."""
        return f"{self.quote}{name.replace(self.quote, 2 * self.quote)}{self.quote}"

    def known_as(self, name: str) -> str:
        """What the engine knows a name in quotes by: names of which this is the same are one."""
        if self.name == "postgres":
            return name.encode()[:NAME_MOST].decode(errors="ignore")
        return name.casefold()

    def literal(self, value: Value) -> str:
        """A constant: whole numbers in digits, text in quotes, nothing as NULL.

        Raises `TooWide` where the engine has no whole number so large: SQLite would take the nearest one it has.
        """
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            if abs(value) >= 2 ** (self.widest - 1):
                raise TooWide(value, value)
            return f"({int(value)})" if value < 0 else str(int(value))
        text = value.replace("\\", "\\\\") if self.backslash else value
        return "'" + text.replace("'", "\\'" if self.backslash else "''") + "'"

    def integer(self, bits: int) -> str:
        """The type of whole numbers of so many bits."""
        return self.integers[bits]

    def type_of(self, type_: Type) -> str:
        """The type of a column of values as the platform holds them: numbers, dates and choices are whole numbers."""
        match type_.kind:
            case Kind.TEXT:
                return self.text
            case Kind.BOOL:
                return self.boolean
            case _:
                return self.integer(bits_of(type_.low, type_.high) or 128)

    def counted(self, test: str = "") -> str:
        """How many rows of each of many groups there are, or of how many something holds."""
        if test and self.name == "duckdb":  # a filter takes longer, COUNT_IF more memory and is NULL where all are
            return f"COUNT(NULLIF({test}, FALSE))"
        return f"COUNT(*) FILTER (WHERE {test})" if test else "COUNT(*)"

    def divided(self, top: str, bottom: str, bits: int) -> str:
        """The quotient of two whole numbers that are not negative."""
        if self.name == "postgres" and bits > 64:
            return f"div({top}, {bottom})"
        return f"({top} {self.division} {bottom})"


def bits_of(low: int, high: int) -> int:
    """The bits of the narrowest whole number that holds both ends: 32, 64, 128, or 0 where none does."""
    for bits in (32, 64, 128):
        if -(2 ** (bits - 1)) < low and high < 2 ** (bits - 1):
            return bits
    return 0


DUCKDB = Dialect("duckdb", '"', {32: "INTEGER", 64: "BIGINT", 128: "HUGEINT"}, "//", text="VARCHAR", packs=True)
SQLITE = Dialect(
    "sqlite", '"', {32: "INTEGER", 64: "INTEGER", 128: "INTEGER"}, "/",
    boolean="INTEGER", same="IS", least="MIN", greatest="MAX", widest=64, stops=True, overflows=True,
    copies=True,
)  # fmt: skip
POSTGRES = Dialect(
    "postgres", '"', {32: "INTEGER", 64: "BIGINT", 128: "NUMERIC(39)"}, "/", collation=' COLLATE "C"',
    copies=True,
)  # fmt: skip
SPARK = Dialect(
    "spark", "`", {32: "INT", 64: "BIGINT", 128: "BIGINT"}, "DIV",
    text="STRING", same="<=>", materialized=False, backslash=True, widest=64, stops=True, deepest=20,
)  # fmt: skip
DIALECTS = {each.name: each for each in (DUCKDB, SPARK, SQLITE, POSTGRES)}
