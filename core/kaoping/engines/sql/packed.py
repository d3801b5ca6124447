"""Several whole numbers in one: what is grouped and joined by one small number takes a fraction of the time.

An engine that finds a row by its number as a place in an array, as DuckDB does, needs no hashing at all then.
"""

from __future__ import annotations

from math import prod

from msgspec import Struct
from msgspec.structs import replace

from kaoping.engines.sql.arithmetic import Arithmetic, Sql
from kaoping.engines.sql.dialects import Dialect, bits_of
from kaoping.engines.sql.program import name_of
from kaoping.engines.sql.relations import Expr
from kaoping.engines.sql.scopes import Scope

Keys = dict[str, Sql]
"""Columns by their names."""


class Packed(Struct, frozen=True):
    """A column that is different where one of several columns is, never missing; `parts` give them back from it."""

    name: str
    parts: dict[str, Expr]


def packed(scope: Scope, keys: Keys) -> Packed | None:
    """Columns as one more column of the scope; None where the dialect has no use for it, or their ranges are not known
    or too wide. Where one is missing its digit is 0.
    """
    dialect = scope.book.dialect
    known = keys and all(each.bits and each.low < each.high for each in keys.values())
    if not dialect.packs or not known or bits_of(0, prod(map(_size, keys.values()))) not in (32, 64):
        return None
    if len(keys) == 1 and not any(each.missing for each in keys.values()):
        return Packed(next(iter(keys)), {})
    arithmetic = Arithmetic(dialect, scope.column)
    # the widest leads, so that the values there are, fewer than there could be, lie close together
    ordered = dict(sorted(keys.items(), key=lambda item: -_size(item[1])))
    first, *others = ordered.values()
    text = _digit(arithmetic, first)
    for key in others:
        size = _size(key)
        led = arithmetic.multiply(text, arithmetic.constant(size), 0, text.high * size)
        text = arithmetic.add([led, _digit(arithmetic, key)], 0, led.high + size - 1)
    column = scope.define(text, "key")
    return Packed(name_of(column), _parts(dialect, column, ordered))


def _size(key: Sql) -> int:
    return key.high - key.low + 1 + key.missing


def _digit(arithmetic: Arithmetic, key: Sql) -> Sql:
    """A value counted from 0 on, or from 1 where it may be missing."""
    shift, high = key.missing - key.low, _size(key) - 1
    moved = arithmetic.add([key, arithmetic.constant(shift)], int(key.missing), high) if shift else key
    if not key.missing:
        return moved
    return replace(arithmetic.built(f"COALESCE({moved.text}, 0)", [moved], 0, high, moved.bits), missing=False)


def _parts(dialect: Dialect, column: Sql, ordered: Keys) -> dict[str, Expr]:
    """The columns again: the one that leads is what the others leave."""
    found, rest, leading = dict[str, Expr](), column.text, next(iter(ordered))
    for name, key in reversed(ordered.items()):
        size = str(_size(key))
        digit = rest if name == leading else f"({rest} % {size})"
        rest = dialect.divided(rest, size, column.bits)
        digit = f"NULLIF({digit}, 0)" if key.missing else digit
        shift = key.low - key.missing
        digit = f"{digit} + {dialect.literal(shift)}" if shift else digit
        text = f"CAST({digit} AS {dialect.integer(key.bits)})"
        found[name] = Expr(text, column.refs)
    return found
