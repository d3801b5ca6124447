"""What the report shows below the ranked table: each class in its own order, and the rates of petition work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaoping.messages import Catalogue
from kaoping.numbers import divided
from kaoping.report.table import value_text
from kaoping.report.unsettled import Cases
from kaoping.results import ResultColumn, Results, Section
from kaoping.types import Value, decimal_text
from kaoping_xinfang.forms import NAME

WORDS = {
    "zh": ("分类排队", "信访工作指标", "名次", "名称", "名次只在同类中比较;信访数量本身不排名"),
    "en": ("Ranks within each class", "Rates of petition work", "rank", "name", "numbers of petitions are not ranked"),
}
ASSIGNED = Cases(
    f"{NAME}.立案件",
    ("办结日",),
    ("交办日", "期限", "书面说明"),
    {"zh": "没有办结的立案件", "en": "Assigned cases that are not settled"},
)


def sections(results: Results, language: str) -> Iterator[Section]:
    """The sections that there is something to say in."""
    queue, rates, rank, name, note = WORDS[language]
    words = Catalogue(language)
    classes = [each for each in results.columns if each.role == "class"]
    totals = [each for each in results.columns if each.role == "total"]
    if classes and totals:
        class_, total = classes[0], totals[-1]
        title = words("report.total") if total.name == "total" else total.name
        yield Section(queue, (class_.name, rank, name, title), tuple(_queue(results, class_, total, words)), note)
    shown = [each for each in results.columns if each.role == "let" and each.name.startswith(f"{NAME}.")]
    if shown:
        headings = (name, *(each.name.removeprefix(f"{NAME}.") for each in shown))
        yield Section(rates, headings, tuple(_rates(results, shown)))


def _queue(results: Results, class_: ResultColumn, total: ResultColumn, words: Catalogue) -> Iterator[tuple[str, ...]]:
    for value, row, place in _in_order(results, class_, total):
        points = value_text(results.values[total.name][row], total.type, words)
        yield value_text(value, class_.type, words), str(place), results.names[row], points


def _rates(results: Results, shown: Sequence[ResultColumn]) -> Iterator[tuple[str, ...]]:
    for row, name in enumerate(results.names):
        yield name, *(_rate(each, results.values[each.name][row]) for each in shown)


def _rate(column: ResultColumn, value: Value) -> str:
    """A rate in percent, any other number, both to two places: for reading, not for reckoning."""
    if value is None:
        return "-"
    percent = column.name.endswith("率")
    scaled = int(value) * (100 if percent else 1)
    return decimal_text(divided(scaled, 10 ** (column.type.places - 2), "half up"), 2) + ("%" if percent else "")


def _in_order(results: Results, class_: ResultColumn, total: ResultColumn) -> Iterator[tuple[int, int, int]]:
    """Class, row and place in the class, best first; equals share a place."""
    classes, totals = results.values[class_.name], results.values[total.name]
    rows = [row for row in range(len(results.ids)) if classes[row] is not None and totals[row] is not None]
    for row in sorted(rows, key=lambda row: (int(classes[row] or 0), -int(totals[row] or 0))):
        better = sum(
            classes[other] == classes[row] and int(totals[other] or 0) > int(totals[row] or 0) for other in rows
        )
        yield int(classes[row] or 0), row, better + 1
