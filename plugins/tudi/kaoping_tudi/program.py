"""`kaoping 土地执法 漏巡 FILE`: where patrols are missing, straight from an export, without a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from kaoping.cli.output import say
from kaoping.data.cells import cell_reader
from kaoping.data.ledgers import sheets
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import Catalogue
from kaoping.report.table import section_table
from kaoping.results import Section
from kaoping.types import DATE, plain_text
from kaoping_tudi.functions import missed
from kaoping_tudi.ledger import read

TITLES = {
    "zh": ("漏巡", ("单位", "巡查区", "上次", "这次", "至少漏几次"), "没有漏巡", "{file}:没有动态巡查台账"),
    "en": (
        "Missed patrols",
        ("unit", "area", "last", "next", "missed at least"),
        "no patrols missed",
        "{file}: no ledger of patrols",
    ),
}
app = typer.Typer(add_completion=False)


@app.callback()
def land() -> None:
    """Land law enforcement."""


@app.command("漏巡")
def gaps(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument()],
    days: Annotated[int, typer.Option("--days", min=1, max=366)] = 2,
) -> int:
    """Where patrols of the first class are missing."""
    from kaoping.cli.run import complain

    words: Catalogue = ctx.obj
    title, headings, none, no_ledger = TITLES[words.language]
    grids, findings, _ = sheets(Path(file), Path(file).name)
    told = [(grid, each) for grid in grids for each in read(grid.rows) or ()]
    patrols = [each for _, each in told if isinstance(each, Ledger) and each.table == "巡查"]
    complain(findings, words)
    if not patrols:
        complain([replace(each, place=grid.place) for grid, each in told if isinstance(each, Finding)], words)
        say(no_ledger.format(file=Path(file).name))
        return 1
    rows = [row for ledger in patrols for row in _missing(ledger, days)]
    say(section_table(Section(title, headings, tuple(rows))) if rows else none)
    return 0


def _missing(ledger: Ledger, days: int) -> Iterator[tuple[str, ...]]:
    """Each pair of patrols of an area between which some are missing."""
    date = cell_reader(DATE)
    unit, day, area, level = (ledger.headings.index(each) for each in (ledger.headings[0], "巡查日", "巡查区", "级别"))
    areas: dict[tuple[str, str], set[int]] = {}
    for _, row in ledger.rows:
        value = date(row[day])
        if row[level] == "一级" and isinstance(value, int):
            areas.setdefault((row[unit], row[area]), set()).add(value)
    for (whose, name), on in areas.items():
        for last, next_ in pairwise(sorted(on)):
            number = missed(last, next_, days, True)
            if number != 0:
                shown = "?" if number is None else str(number)
                yield whose, name, plain_text(last, DATE), plain_text(next_, DATE), shown
