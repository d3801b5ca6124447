"""One plugin tried in a process of its own, for `kaoping plugins check`: it may hang, eat memory or end the process."""

from __future__ import annotations

import random
import sys
from contextlib import suppress

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.diagnostic import Finding, Severity, errors
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.functions import Function
from kaoping.messages import Catalogue, words
from kaoping.plugins import PluginError, guarded, is_function_name, load, plugins
from kaoping.source import Source
from kaoping.types import Kind, Type, Value

MEMORY = 2 * 1024**3
TIMES = 200
_HELD = {Kind.BOOL: "BOOLEAN", Kind.TEXT: "VARCHAR"}


def main(name: str, language: str) -> int:
    """Load the plugin, read its library, look at the names of its functions, call them over their ranges; print what is
    wrong.
    """
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from kaoping.report.diagnostics import findings_text

    plugin = load(name)
    findings: list[Finding] = list(plugins().broken)
    if plugin is not None and plugin.library is not None:
        findings += errors(_in_use(name))
    functions = plugin.functions if plugin else ()
    names = [each for function in functions for each in function.names if not is_function_name(each)]
    wrong = [words(language)("command.plugins.no_function_name", name=each) for each in names]
    wrong += [text for each in functions for text in _tried(each, name) or _compared(each, words(language))]
    if findings:
        print(findings_text(findings, words(language)))
    for text in wrong:
        print(text)
    return int(plugin is None or bool(wrong) or any(each.severity is Severity.ERROR for each in findings))


def _in_use(plugin: str) -> list[Finding]:
    """What is found in a scheme that uses a plugin and says nothing else."""
    from kaoping.plan.build import plan_scheme
    from kaoping.surroundings import Surroundings

    total = s.Total("total", e.Number(0))
    scheme = s.Scheme(Source(plugin, ""), (s.SchemeName(plugin), s.PeriodSetting("2026"), s.Use(plugin), total))
    return plan_scheme(scheme, Surroundings())[1]


def _tried(function: Function, plugin: str) -> list[str]:
    """What goes wrong when a function is called with values of its ranges, the ends among them; the first only."""
    body = guarded(function, plugin, missing=function.always is not None)
    for values in _arguments(function):
        try:
            body(*values)
        except PluginError as failed:
            return [f"{function.name}{values}: {failed.__cause__}"]
    return []


def _compared(function: Function, catalogue: Catalogue) -> list[str]:
    """Where the SQL of a function says something else than its body, or fails; the first place only."""
    if function.sql is None:
        return []
    import duckdb

    rows = _arguments(function)
    kinds = [_HELD.get(type_.kind, DUCKDB.integer(64)) for type_ in function.parameters]
    with duckdb.connect(config={"memory_limit": "512MB", "threads": 1}) as connection:
        for values in rows:
            given = [f"CAST({DUCKDB.literal(each)} AS {kind})" for each, kind in zip(values, kinds, strict=True)]
            name, body = f"{function.name}{values}", function.body(*values)
            try:
                named = [f"{each} AS a{at}" for at, each in enumerate(given)]
                text = function.sql.format(*(f"a{at}" for at in range(len(given))))
                query = f"SELECT beside, {text} FROM (SELECT {', '.join(['1 AS beside', *named])})"
                [(_, found)] = connection.execute(query).fetchall()  # beside another column, as it will stand
            except (duckdb.Error, LookupError, ValueError) as reason:
                said = str(reason).splitlines()[0]
                return [catalogue("command.plugins.sql_fails", name=name, body=body, reason=said)]
            if found != body or isinstance(found, float):
                return [catalogue("command.plugins.sql_differs", name=name, body=body, sql=found)]
    return []


def _arguments(function: Function) -> list[tuple[Value, ...]]:
    """What a function is called with: always the same for the same function."""
    made = random.Random(function.name)
    return [tuple(_value(made, type_, time) for type_ in function.parameters) for time in range(TIMES)]


def _value(made: random.Random, type_: Type, time: int) -> Value:
    match type_.kind:
        case Kind.BOOL:
            return made.random() < 0.5
        case Kind.TEXT:
            return made.choice(("", "甲", "A b", "=1+1"))
        case _:
            return made.choice((type_.low, type_.high)) if time < 16 else made.randint(type_.low, type_.high)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1], sys.argv[2]))
