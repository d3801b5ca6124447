"""The plugins in use: the front end that comes with the platform, and what is installed in the group `kaoping`.

One that is broken never takes the others down: it is named, and the rest go on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import Any

import pluggy
from msgspec import Struct, field

from kaoping import hooks
from kaoping.diagnostic import Finding, error, warning
from kaoping.scheme import Scheme
from kaoping.source import NOWHERE, Source

SHIPPED = ("kaoping_dsl.plugin",)


class PluginError(Exception):
    """A plugin raised: its name is the argument, what it raised the cause."""


class Plugins(Struct):
    """What has been loaded so far, and which plugins could not be."""

    manager: pluggy.PluginManager
    broken: list[Finding] = field(default_factory=list)
    all_loaded: bool = False


@cache
def plugins() -> Plugins:
    """The plugins of this process: the shipped ones; others are looked up when something asks for them."""
    manager = pluggy.PluginManager("kaoping")
    manager.add_hookspecs(hooks)
    found = Plugins(manager)
    for module in SHIPPED:
        _register(found, module, partial(import_module, module))
    return found


def load_installed(found: Plugins) -> None:
    """Load every installed plugin, by name; to be asked again costs nothing."""
    if found.all_loaded:
        return
    found.all_loaded = True
    from importlib.metadata import entry_points  # 30 ms: only where a plugin is asked for

    for entry in sorted(entry_points(group="kaoping"), key=lambda entry: (entry.name, entry.value)):
        if entry.value not in SHIPPED:
            _register(found, entry.name, entry.load)


def _register(found: Plugins, name: str, load: Callable[[], object]) -> None:
    try:
        module = load()
        found.manager.register(module, name)
        found.manager.check_pending()
    except Exception as reason:
        if found.manager.has_plugin(name):
            found.manager.unregister(name=name)
        found.broken.append(warning("KP901", NOWHERE, plugin=name, reason=f"{type(reason).__name__}: {reason}"))


def _ask(hook: str, **arguments: object) -> Any:
    """The first answer that is not None: shipped plugins first, then installed ones in the order of their names."""
    found = plugins()
    answer = _first_answer(found, hook, arguments)
    if answer is None and not found.all_loaded:
        load_installed(found)
        answer = _first_answer(found, hook, arguments)
    return answer


def _first_answer(found: Plugins, hook: str, arguments: dict[str, object]) -> Any:
    implementations = getattr(found.manager.hook, hook).get_hookimpls()
    for one in sorted(implementations, key=lambda one: (one.plugin_name not in SHIPPED, one.plugin_name)):
        try:
            answer = one.function(*(arguments[name] for name in one.argnames))
        except Exception as reason:
            raise PluginError(one.plugin_name) from reason
        if answer is not None:
            return answer
    return None


def load_scheme(source: Source, extension: str) -> tuple[Scheme, list[Finding]]:
    """The scheme a script states and what was wrong in the text, by the front end that reads such files."""
    loaded: tuple[Scheme, list[Finding]] | None = _ask("load_scheme", source=source, extension=extension)
    return loaded or (Scheme(source, ()), [error("KP902", NOWHERE, file=source.name, extension=extension or "-")])


def format_script(text: str, extension: str, keywords: str | None = None) -> str | None:
    """The script laid out in the one usual way, or None where no front end reads such files."""
    formatted: str | None = _ask("format_script", text=text, extension=extension, keywords=keywords)
    return formatted
