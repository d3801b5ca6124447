"""One plugin tried in a process of its own, for `kaoping plugins check`: it may hang, eat memory or end the process."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import suppress

from kaoping.diagnostic import Finding, Severity
from kaoping.functions import Function
from kaoping.messages import words
from kaoping.plugins import PluginError, guarded, load, plugins
from kaoping.types import Kind, Type, Value

MEMORY = 2 * 1024**3
TIMES = 200


def main(name: str, language: str) -> int:
    """Load the plugin, read its library, call its functions over their ranges; print what is wrong."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from kaoping.report.diagnostics import findings_text

    plugin = load(name)
    findings: list[Finding] = list(plugins().broken)
    wrong = [text for each in (plugin.functions if plugin else ()) for text in _tried(each, name)]
    if findings:
        print(findings_text(findings, words(language)))
    for text in wrong:
        print(text)
    return int(plugin is None or bool(wrong) or any(each.severity is Severity.ERROR for each in findings))


def _tried(function: Function, plugin: str) -> Iterator[str]:
    """What goes wrong when a function is called with values of its ranges, the ends among them; the first only."""
    made = random.Random(function.name)
    body = guarded(function, plugin, missing=function.always is not None)
    for time in range(TIMES):
        values = [_value(made, type_, time) for type_ in function.parameters]
        try:
            body(*values)
        except PluginError as failed:
            yield f"{function.name}{tuple(values)}: {failed.__cause__}"
            return


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
