"""What a change of rules does to whom, for programs: every number exact, every state by one name in all languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from kaoping.types import decimal_text

if TYPE_CHECKING:
    from kaoping.diff.record import Edge, Impact, Shift

STATES = {
    "\treport.yes": "yes", "\treport.no": "no", "\timpact.has": "has", "\timpact.none": None,
    "\timpact.not_appraised": "not appraised", "\treport.grade": "grade", "\treport.vetoed": "vetoed",
    "\treport.total": "total",
}  # fmt: skip
"""Words of ours as programs read them; nothing is null."""


def impact_record(impact: Impact) -> dict[str, Any]:
    """Everything, as plain values."""
    found: dict[str, Any] = _plain(to_builtins(impact))
    found["shifts"] = [_shift(each) for each in impact.shifts]
    found["edges"] = [_edge(each) for each in impact.edges]
    return found


def _plain(value: Any) -> Any:
    match value:
        case str():
            return STATES.get(value, value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
    return value


def _shift(shift: Shift) -> dict[str, Any]:
    mean, median, places = shift.mean, shift.median, shift.places
    return {
        "name": _plain(shift.name),
        "class": shift.group or None,
        "label": shift.label or None,
        "count": shift.count,
        "without": shift.without,
        "up": shift.up,
        "down": shift.down,
        "sum": decimal_text(shift.total, places),
        "mean": None if mean is None else f"{mean.numerator}/{mean.denominator}",
        "median": None if median is None else decimal_text(sum(shift.middle) * 5, places + 1),
        "deciles": [decimal_text(each, places) for each in shift.deciles],
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "kind": edge.kind,
        "line": edge.text.replace("\treport.", ""),
        "clause": edge.clause,
        "margin": decimal_text(edge.margin, edge.places),
        "above": edge.above,
        "below": edge.below,
        "nearest": [
            {"id": each.id, "name": each.name, "distance": decimal_text(each.distance, edge.places),
             "inside": each.inside}
            for each in edge.nearest
        ],
    }  # fmt: skip
