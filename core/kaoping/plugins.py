"""The plugins in use: what comes with the platform, and what a script or a command asks for by name.

An installed plugin is loaded only when something names it: `use 信访`, `kaoping 信访 …`, a script of a kind that
nothing else reads. One that is broken never takes the others down: it is named, and the rest go on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import FunctionType, MappingProxyType, UnionType
from typing import Any

import pluggy
from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import hooks
from kaoping.dataset import Dataset, Ledger
from kaoping.diagnostic import Finding, Severity, error, warning
from kaoping.expr import Call, Expr, Name
from kaoping.functions import Function, allowed
from kaoping.messages import add_folder
from kaoping.promised import held
from kaoping.results import PluginUsed, Results, Section
from kaoping.scheme import Example, Scheme
from kaoping.source import NOWHERE, Source
from kaoping.types import Value

LANGUAGE = ".kp"
"""The ending of scripts in the platform's own language, in which libraries are written."""

SHIPPED = ("kaoping_dsl.plugin",)
PACKAGES = {"信访": "kaoping-xinfang", "土地执法": "kaoping-tudi", "计划生育": "kaoping-jisheng"}
"""What to install for the sectors that have a plugin of ours."""


class PluginError(Exception):
    """A plugin raised, or gave what it must not: its name is the argument, what it raised the cause."""


class Plugin(Struct, frozen=True):
    """A plugin that has been loaded: what is recorded of it, its library, and its functions."""

    used: PluginUsed
    library: Scheme | None
    functions: tuple[Function, ...]


class Plugins(Struct):
    """What has been loaded so far, and which plugins could not be."""

    manager: pluggy.PluginManager
    loaded: dict[str, Plugin | None] = field(default_factory=dict)  # by name; None for one that could not be
    broken: list[Finding] = field(default_factory=list)
    off: bool = False  # as `--no-plugins` asks


@cache
def plugins() -> Plugins:
    """The plugins of this process."""
    manager = pluggy.PluginManager("kaoping")
    manager.add_hookspecs(hooks)
    found = Plugins(manager)
    for module in SHIPPED:
        _register(found, module, partial(import_module, module))
    return found


# ---------------------------------------------------------------- loading


def load(name: str) -> Plugin | None:
    """The plugin of a name, loaded now if it is not yet; None where there is none, or it may not be or cannot be."""
    found = plugins()
    if name not in found.loaded and not found.off:
        from kaoping.installed import installed  # 30 ms: only where a plugin is asked for

        several = [each for each in installed() if each.name == name]
        found.loaded[name] = None
        if len(several) > 1:
            values = [each.entry.value for each in several]
            found.broken.append(warning("KP904", NOWHERE, "twice", plugin=name, values=values))
        elif several:
            refusal = _refusal(name, several[0].used)
            if refusal:
                found.broken.append(refusal)
            elif _register(found, name, several[0].load, api=True):
                found.loaded[name] = _offers(found, several[0].used)
    return found.loaded.get(name)


def load_all() -> None:
    """Load every installed plugin, by name."""
    if not plugins().off:
        from kaoping.installed import installed

        for each in installed():
            load(each.name)


def _refusal(name: str, used: PluginUsed) -> Finding | None:
    """Why a plugin is not to be loaded: the user has switched it off, or the office's list does not have it."""
    from kaoping.installed import refused

    try:
        why = refused(used)
    except (OSError, ValueError) as reason:  # a list that cannot be read allows nothing
        return warning("KP904", NOWHERE, "list", plugin=name, reason=reason)
    return warning("KP904", NOWHERE, why, plugin=name, hash=used.hash) if why else None


def _register(found: Plugins, name: str, load_module: Callable[[], object], *, api: bool = False) -> bool:
    """Load a module and take in its hooks; one that fails is named, and nothing of it stays."""
    try:
        with redirect_stdout(sys.stderr):
            module = load_module()
        version = getattr(module, "kaoping_api", None)
        if api and version != hooks.API:
            found.broken.append(warning("KP904", NOWHERE, "api", plugin=name, version=version, wanted=hooks.API))
            return False
        found.manager.register(module, name)
        found.manager.check_pending()
        for hook in hooks.NAMES if api else ():
            function = getattr(module, hook, None)
            if getattr(function, "__module__", "") == getattr(module, "__name__", None) and _is_unmarked(function):
                raise TypeError(f"`{hook}` is not marked with `@hookimpl`")
    except KeyboardInterrupt:
        raise
    except BaseException as reason:  # one that calls exit() is as broken as one that raises
        if found.manager.has_plugin(name):
            found.manager.unregister(name=name)
        found.broken.append(_failed("KP901", name, reason))
        return False
    return True


def _is_unmarked(function: object) -> bool:
    return isinstance(function, FunctionType) and not hasattr(function, f"{hooks.hookimpl.project_name}_impl")


def _offers(found: Plugins, used: PluginUsed) -> Plugin | None:
    """What a plugin offers to schemes, asked for once and looked at before anybody relies on it."""
    name = used.name
    try:
        library = asked(name, "library", Source)
        functions = asked(name, "functions", Function, several=True) or ()
        words = asked(name, "messages", Path)
        scheme, findings = load_scheme(library, LANGUAGE) if library is not None else (None, [])
        if any(each.severity is Severity.ERROR for each in findings):
            found.broken += [replace(each, severity=Severity.WARNING) for each in findings]
            raise PluginError(name) from SyntaxError(f"{len(findings)} mistakes in its library")
        if words is not None:
            _take_in(name, words)
    except PluginError as failed:
        found.manager.unregister(name=name)
        found.broken.append(_failed("KP901", name, failed.__cause__ or failed))
        return None
    return Plugin(used, scheme, tuple(functions))


def _take_in(name: str, words: Path) -> None:
    try:
        add_folder(words)
    except (OSError, ValueError) as reason:
        raise PluginError(name) from reason


def _failed(code: str, name: str, reason: BaseException) -> Finding:
    return warning(code, NOWHERE, plugin=name, reason=f"{type(reason).__name__}: {reason}")


def why_absent(name: str) -> str:
    """Why there is no plugin of a name: `off`, `broken`, `known` (one of ours, not installed), or ""."""
    found = plugins()
    if found.off:
        return "off"
    if any(each.facts.get("plugin") == name for each in found.broken):
        return "broken"
    return "known" if name in PACKAGES else ""


def meant(name: str) -> str:
    """The installed plugin, or one of ours, whose name looks like one that is not there; "" where none does."""
    from difflib import get_close_matches

    from kaoping.installed import installed

    return next(iter(get_close_matches(name, [*(each.name for each in installed()), *PACKAGES], 1, 0.5)), "")


# ---------------------------------------------------------------- asking one plugin


def asked(
    name: str,
    hook: str,
    kind: type | UnionType,
    arguments: Mapping[str, object] = MappingProxyType({}),
    *,
    several: bool = False,
) -> Any:
    """What a loaded plugin answers to a hook, None where it does not have the hook.

    The answer, or each of `several`, must be of the `kind` the hook promises. Raises `PluginError` with the plugin's
    name where it raises anything or answers anything else; what it prints goes to standard error.
    """
    implementations = getattr(plugins().manager.hook, hook).get_hookimpls()
    one = next((each for each in implementations if each.plugin_name == name), None)
    if one is None:
        return None
    try:
        with redirect_stdout(sys.stderr):
            answer = one.function(*(arguments[argument] for argument in one.argnames))
            answer = list(answer) if several and answer is not None else answer
        for each in answer if several and answer is not None else [answer]:
            if each is not None and not isinstance(each, kind):
                wanted = getattr(kind, "__name__", kind)
                raise TypeError(f"`{hook}` gave {type(each).__name__}, not {wanted}")
        answer = [held(each) for each in answer] if several and answer is not None else answer
    except KeyboardInterrupt:
        raise
    except BaseException as reason:
        raise PluginError(name) from reason
    return answer


def guarded(function: Function, plugin: str, *, missing: bool) -> Callable[..., Value]:
    """The body of a function, whose every value is held to the type the function promises; raises `PluginError`. What
    it prints goes to standard error.
    """

    def body(*values: Value) -> Value:
        try:
            with redirect_stdout(sys.stderr):
                value = function.body(*values)
        except KeyboardInterrupt:
            raise
        except BaseException as reason:
            raise PluginError(plugin) from reason
        if not allowed(value, function.result, missing=missing or any(each is None for each in values)):
            raise PluginError(plugin) from ValueError(f"{function.name}{values} gave {value!r}")
        return value

    return body


def check_findings(names: Iterable[str], plan: Any) -> list[Finding]:
    """What the plugins a scheme uses find in it; one that fails is an error, for it might have found anything."""
    found: list[Finding] = []
    for name in names:
        try:
            found += asked(name, "check", Finding, {"plan": plan}, several=True) or ()
        except PluginError as failed:
            reason = failed.__cause__ or failed
            found.append(error("KP905", NOWHERE, plugin=name, reason=f"{type(reason).__name__}: {reason}"))
    where = plan.source.name
    return [replace(each, place=where) if each.span == NOWHERE and each.place is None else each for each in found]


def sections(names: Iterable[str], plan: Any, results: Results, dataset: Dataset, language: str) -> list[Section]:
    """The sections that the plugins a scheme uses add to its report. Raises `PluginError`."""
    found: list[Section] = []
    for name in names:
        arguments = {"plan": plan, "results": results, "dataset": dataset, "language": language}
        answer = asked(name, "report_sections", Section, arguments, several=True)
        found += answer or ()
    return found


def read_ledger(names: Iterable[str], sheet: str, rows: Sequence[Sequence[str]]) -> list[tuple[str, Ledger | Finding]]:
    """The records in a sheet and what is wrong with it, as the first of some plugins that knows its form reads them,
    with its name. Where none does, what they remark on it: to one plugin it may be nearly a ledger, to the next be one.
    Raises `PluginError`.
    """
    remarks: list[tuple[str, Ledger | Finding]] = []
    for name in names:
        answer = asked(name, "read_ledger", Ledger | Finding, {"name": sheet, "rows": rows}, several=True)
        told = [(name, each) for each in answer or ()]
        if any(isinstance(each, Ledger) or each.severity is Severity.ERROR for _, each in told):
            return told
        remarks += told
    return remarks


def command_of(name: str) -> Any:
    """The commands a plugin brings (a `typer.Typer`), None where it has none. Raises `PluginError`."""
    if load(name) is None:
        return None
    import typer

    return asked(name, "commands", typer.Typer)


def hooks_of(name: str) -> list[str]:
    """The hooks that a loaded plugin has."""
    manager = plugins().manager
    plugin = manager.get_plugin(name)
    return sorted(caller.name for caller in manager.get_hookcallers(plugin) or ())


# ---------------------------------------------------------------- asking all


def _ask(hook: str, **arguments: object) -> Any:
    """The first answer that is not None: shipped plugins first, then installed ones in the order of their names."""
    answer = _first_answer(hook, arguments)
    if answer is None:
        load_all()
        answer = _first_answer(hook, arguments)
    return answer


def _first_answer(hook: str, arguments: dict[str, object]) -> Any:
    implementations = getattr(plugins().manager.hook, hook).get_hookimpls()
    for one in sorted(implementations, key=lambda one: (one.plugin_name not in SHIPPED, one.plugin_name)):
        answer = asked(one.plugin_name, hook, object, arguments)
        if answer is not None:
            return answer
    return None


def load_scheme(source: Source, extension: str) -> tuple[Scheme, list[Finding]]:
    """The scheme a script states and what was wrong in the text, by the front end that reads such files."""
    loaded: tuple[Scheme, list[Finding]] | None = _ask("load_scheme", source=source, extension=extension)
    return loaded or (Scheme(source, ()), [error("KP902", NOWHERE, file=source.name, extension=extension or "-")])


def load_expression(source: Source, extension: str) -> tuple[Expr | None, list[Finding]]:
    """The expression a text states and what was wrong in it, by the front end that reads such files."""
    loaded: tuple[Expr | None, list[Finding]] | None = _ask("load_expression", source=source, extension=extension)
    return loaded or (None, [error("KP902", NOWHERE, file=source.name, extension=extension or "-")])


def is_name(text: str) -> bool:
    """Whether a script can call something of its own so."""
    expression, findings = load_expression(Source(text, text), LANGUAGE)
    return isinstance(expression, Name) and expression.parts == (text,) and not findings


def is_function_name(text: str) -> bool:
    """Whether a script can call a function of a plugin so: no word of the language means something else there."""
    expression, findings = load_expression(Source(text, f"{text}(1)"), LANGUAGE)
    return isinstance(expression, Call) and expression.function == text and not (expression.builtin or findings)


def write_examples(examples: Sequence[Example], script: str, extension: str) -> str | None:
    """Examples as statements of the language of a script, or None where no front end writes such files."""
    written: str | None = _ask("write_examples", examples=examples, script=script, extension=extension)
    return written


def format_script(text: str, extension: str, keywords: str | None = None) -> str | None:
    """The script laid out in the one usual way, or None where no front end reads such files."""
    formatted: str | None = _ask("format_script", text=text, extension=extension, keywords=keywords)
    return formatted
