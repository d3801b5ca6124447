"""Calls of functions that plugins bring: arguments of the right kind, unit and range, and whether there is a value."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import typed as t
from kaoping.check import numeric as n
from kaoping.check import units
from kaoping.check.checker import Checker
from kaoping.check.numeric import is_poison, poison
from kaoping.functions import Function
from kaoping.source import Span
from kaoping.types import Kind, Type, shown_text

PLATFORM = "kaoping"
"""Whose the functions are that come without a plugin."""


def called(c: Checker, node: e.Call, arguments: list[t.Typed]) -> t.Typed:
    """The call of a function by a name that `c.functions` has; what two plugins offer is neither's."""
    offered = c.functions[node.function]
    if len(offered) > 1:
        plugins = [plugin or PLATFORM for _, plugin in offered]
        return c.error("KP202", node.span.part(node.function), "several", name=node.function, plugins=plugins)
    return call(c, node.function, *offered[0], arguments, node.span)


def call(
    c: Checker, name: str, function: Function, plugin: str | None, arguments: list[t.Typed], span: Span
) -> t.Typed:
    """The call of a function under one of its names."""
    if is_poison(*arguments):
        return poison(span)
    if len(arguments) != len(function.parameters):
        return c.error("KP227", span, name=name, wanted=len(function.parameters), given=len(arguments))
    fitted = [_fitted(c, name, each, type_) for each, type_ in zip(arguments, function.parameters, strict=True)]
    if is_poison(*fitted):
        return poison(span)
    partial = function.always is not None and not _always(function, plugin, [each.type for each in fitted])
    key = f"{plugin}.{function.name}" if plugin else function.name  # two plugins may call theirs the same inside
    known = c.called.get(key)
    c.called[key] = (function, plugin, partial or (known is not None and known[2]))
    optional = partial or any(each.type.optional for each in fitted)
    return t.PluginCall(key, tuple(fitted), type=replace(function.result, optional=optional), span=span)


def _always(function: Function, plugin: str | None, types: list[Type]) -> bool:
    assert function.always is not None
    try:
        return function.always(*types)
    except Exception as reason:
        from kaoping.plugins import PluginError

        raise PluginError(plugin or PLATFORM) from reason


def _fitted(c: Checker, name: str, argument: t.Typed, wanted: Type) -> t.Typed:
    """An argument in the places of its parameter, if it is of its kind and within its range."""
    given = argument.type
    if given.kind is not wanted.kind:
        kinds = {Kind.NUMBER: "number", Kind.DATE: "date", Kind.BOOL: "condition"}
        text, kind = argument.span.text, units.kind_text(given)
        return c.error("KP220", argument.span, kinds.get(wanted.kind, ""), text=text, kind=kind)
    if given.kind is not Kind.NUMBER:
        within = given.kind is not Kind.DATE or wanted.low <= given.low <= given.high <= wanted.high
    else:
        if given.unit == "#" and wanted.unit == "天":
            argument = n.bare(argument)  # a plain count may count days
        elif not units.common_unit([given.unit, wanted.unit])[1]:
            asked, has = units.unit_of(wanted), units.unit_of(given)
            return c.error("KP233", argument.span, "unit", text=argument.span.text, name=name, wanted=asked, given=has)
        if given.places > wanted.places:
            return c.error("KP233", argument.span, "places", text=argument.span.text, name=name, places=wanted.places)
        argument = n.with_places(argument, wanted.places)
        within = wanted.low <= argument.type.low <= argument.type.high <= wanted.high
    if not within:
        low, high = shown_text(wanted.low, wanted), shown_text(wanted.high, wanted)
        return c.error("KP233", argument.span, text=argument.span.text, name=name, low=low, high=high)
    return argument
