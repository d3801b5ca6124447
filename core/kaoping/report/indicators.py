"""The indicators of a sector's library as a section of a report, for plugins."""

from __future__ import annotations

from collections.abc import Sequence

from kaoping.messages import Catalogue, words
from kaoping.numbers import divided
from kaoping.report.table import value_text
from kaoping.results import ResultColumn, Results, Section
from kaoping.types import Kind, Value, decimal_text

RATES = ("率", "比例", "比重")
"""An indicator named so is a part of something: it is shown in percent."""
PLACES = 2


def indicators(results: Results, library: str, names: Sequence[str], title: str, language: str) -> list[Section]:
    """A row for each subject with those of a library's indicators that the scheme uses; nothing where it uses none."""
    said = words(language)
    columns = {each.name: each for each in results.columns}
    shown = [columns[f"{library}.{name}"] for name in names if f"{library}.{name}" in columns]
    if not shown:
        return []
    rows = [
        (name, *(indicator_text(each, results.values[each.name][row], said) for each in shown))
        for row, name in enumerate(results.names)
    ]
    headings = (said("report.name"), *(each.name.removeprefix(f"{library}.") for each in shown))
    return [Section(title, headings, tuple(rows))]


def indicator_text(column: ResultColumn, value: Value, said: Catalogue) -> str:
    """An indicator to two places at most, rates in percent: for reading, not for reckoning."""
    if value is None or column.type.kind is not Kind.NUMBER:
        return value_text(value, column.type, said)
    percent = column.type.percent or column.name.endswith(RATES)
    places = column.type.places - (2 if percent else 0)
    if places > PLACES:
        value, places = divided(int(value), 10 ** (places - PLACES), "half up"), PLACES
    text = decimal_text(int(value), places)
    return f"{text}%" if percent else text
