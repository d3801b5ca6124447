"""Units: what numbers have in common, what products and quotients are counted in, how findings call it."""

from __future__ import annotations

from kaoping.diagnostic import phrase
from kaoping.types import Type

_UNIT_PHRASES = {None: "none", "": "points", "#": "times", "元": "yuan", "天": "days", "#月": "months", "#年": "years"}


def common_unit(units: list[str | None]) -> tuple[str | None, bool]:
    """The unit that several numbers have in common, and whether they have one; a bare number takes what it meets."""
    named = [unit for unit in units if unit is not None]
    if not named:
        return None, True
    exact = [unit for unit in named if unit != "#"]
    if len(exact) == len(named) or not exact:
        return named[0], len(set(named)) == 1
    return exact[0], len(set(exact)) == 1 and exact[0].startswith("#")


def comparable(left: str | None, right: str | None) -> bool:
    """Whether numbers of two units may stand on the two sides of a comparison: like units, a plain count and days."""
    return common_unit([left, right])[1] or {left, right} == {"#", "天"}


def product_unit(left: str | None, right: str | None) -> tuple[str | None, bool]:
    """The unit of a product: at most one factor has one, counts apart (semantics.md 23)."""
    if left is None or right is None:
        other = right if left is None else left
        return (other, True) if other is None or not other.startswith("#") else (None, True)
    for one, other in ((left, right), (right, left)):
        if one == "" or one.startswith("#"):
            return (other if not other.startswith("#") or one.startswith("#") else ""), True
    return "", False


def quotient_unit(top: str | None, bottom: str | None) -> str | None:
    """The unit of a quotient: like by like is a bare number, anything by a plain number keeps its unit."""
    if top is None and bottom is None:
        return None
    if bottom is None or bottom == "":
        return top
    if (
        top is not None
        and top.startswith(("#", "元", "天"))
        and bottom.startswith("#")
        and top != bottom
        and not top.startswith("#")
    ):
        return top
    return ""


def unit_text(unit: str | None) -> str:
    """A unit as findings call it: those of the language by a phrase, those of the script by their word."""
    return phrase(f"check.unit.{_UNIT_PHRASES[unit]}") if unit in _UNIT_PHRASES else (unit or "").lstrip("#")


def unit_of(type_: Type) -> str:
    """The unit of a type as findings call it; a percentage is called one."""
    return phrase("check.unit.percent") if type_.percent and type_.unit in (None, "") else unit_text(type_.unit)


def kind_text(type_: Type) -> str:
    """A kind of value as findings call it."""
    return phrase(f"check.kind.{type_.kind.value.replace('/', '_')}")
