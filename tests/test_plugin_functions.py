"""Every function that the platform and the installed plugins register: its SQL, where it has some, says what its body
says, in the engine that uses it and over all that the declared ranges allow.
"""

from __future__ import annotations

import random

import pytest

from kaoping.calendar import FUNCTIONS
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.functions import Function
from kaoping.plugins import load
from kaoping.types import Kind, Type, Value

PLUGINS = ("信访", "土地执法", "计划生育")
LOADED = {name: load(name) for name in PLUGINS}
REGISTERED: dict[str, Function] = {each.name: each for each in FUNCTIONS} | {
    f"{name}.{each.name}": each for name, plugin in LOADED.items() if plugin for each in plugin.functions
}
IN_SQL = {name: each for name, each in REGISTERED.items() if each.sql is not None}
CASES = 2_000


def some(type_: Type, chance: random.Random) -> Value:
    """A value of a type: an end of its range, a small one, one of any size, so that products come near their widths."""
    if type_.kind is Kind.BOOL:
        return chance.random() < 0.5
    size = 10 ** chance.randint(0, len(str(type_.high)))
    wish = chance.choice(
        [type_.low, type_.high, 0, 1, chance.randint(-size, size), chance.randint(type_.low, type_.high)]
    )
    return max(type_.low, min(type_.high, wish))


def held(type_: Type) -> str:
    return "BOOLEAN" if type_.kind is Kind.BOOL else DUCKDB.integer(64)


def test_all_shipped_plugins_are_there_and_some_functions_have_sql() -> None:
    assert [name for name, plugin in LOADED.items() if plugin is None] == []
    assert len(IN_SQL) >= 2


@pytest.mark.parametrize("name", IN_SQL)
def test_the_sql_of_a_function_says_what_its_body_says(name: str) -> None:
    import duckdb

    function = IN_SQL[name]
    assert function.sql is not None
    chance = random.Random(name)
    rows = [tuple(some(type_, chance) for type_ in function.parameters) for _ in range(CASES)]
    # numbers near one another are where a comparison turns
    rows += [tuple(int(a or 0) // 1000 if not isinstance(a, bool) else a for a in row) for row in rows]
    rows = [row for row in rows if all(inside(a, type_) for a, type_ in zip(row, function.parameters, strict=True))]
    columns = ", ".join(f"UNNEST(?::{held(type_)}[]) AS a{at}" for at, type_ in enumerate(function.parameters))
    text = function.sql.format(*(f"a{at}" for at in range(len(function.parameters))))
    found = duckdb.connect().execute(
        f"SELECT {text} FROM (SELECT {columns})", [list(each) for each in zip(*rows, strict=True)]
    )
    assert [value for (value,) in found.fetchall()] == [function.body(*row) for row in rows]


def inside(value: Value, type_: Type) -> bool:
    return isinstance(value, bool) or type_.low <= int(value or 0) <= type_.high
