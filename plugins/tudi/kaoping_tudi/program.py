"""`kaoping 土地执法 漏巡 FILE`: where patrols are missing, straight from an export, without a scheme."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli.output import CommandError, say
from kaoping.data.cells import cell_reader
from kaoping.data.csv_file import read_csv
from kaoping.data.grid import Grid
from kaoping.data.workbook import read_workbook
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import Catalogue
from kaoping.report.table import section_table
from kaoping.results import Section
from kaoping.types import DATE, plain_text
from kaoping_tudi.functions import missed
from kaoping_tudi.ledger import read

TITLES = {
    "zh": ("漏巡", ("单位", "巡查区", "上次", "这次", "至少漏几次"), "没有漏巡"),
    "en": ("Missed patrols", ("unit", "area", "last", "next", "missed at least"), "no patrols missed"),
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
    words: Catalogue = ctx.obj
    title, headings, none = TITLES[words.language]
    grids, findings = _grids(Path(file))
    if findings:
        from kaoping.cli.run import complain

        complain(findings, words)
        return 1
    ledgers = [each for grid in grids for each in read(grid.rows) or () if isinstance(each, Ledger)]
    patrols = [each for each in ledgers if each.table == "巡查"]
    if not patrols:
        raise CommandError("no_data", path=file)
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


def _grids(file: Path) -> tuple[list[Grid], list[Finding]]:
    try:
        content = file.read_bytes()
    except OSError:
        raise CommandError("no_data", path=file) from None
    if file.suffix.lower() != ".csv":
        return read_workbook(content, file.name, lambda sheets: sheets)
    grid, _, findings = read_csv(content, file.name, file.stem)
    return [grid] if grid else [], findings
