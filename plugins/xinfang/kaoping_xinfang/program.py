"""`kaoping 信访 台账 FILE`: what would be read of an export, and the same as CSV without anything about people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli.output import CommandError, say
from kaoping.data.csv_file import read_csv
from kaoping.data.grid import Grid
from kaoping.data.text import guarded
from kaoping.data.workbook import read_workbook
from kaoping.data.write import write_whole
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import Catalogue
from kaoping_xinfang.forms import NAME
from kaoping_xinfang.ledger import read

WORDS = {
    "zh": ("{place}:不认识", "{place}:{table},{count} 条记录", "  略去个人信息:{names}", "已写入 {file}"),
    "en": (
        "{place}: not known",
        "{place}: {table}, {count} records",
        "  left out as personal: {names}",
        "wrote {file}",
    ),
}

app = typer.Typer(add_completion=False)


@app.callback()
def petitions() -> None:
    """Petition work."""


@app.command("台账")
def ledger(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument()],
    folder: Annotated[str, typer.Option("--output", "-o")] = "",
) -> int:
    """What would be read of a ledger, and what left out."""
    words: Catalogue = ctx.obj
    unknown, known, dropped, wrote = WORDS[words.language]
    grids, findings = _grids(Path(file))
    if findings:
        from kaoping.cli.run import complain

        complain(findings, words)
        return 1
    found: dict[str, list[Ledger]] = {}
    for grid in grids:
        ledgers = read(grid.name, grid.rows) or []
        if not ledgers:
            say(unknown.format(place=grid.place))
        for each in ledgers:
            found.setdefault(each.table, []).append(each)
            say(known.format(place=grid.place, table=each.table, count=len(each.rows)))
            if each.dropped:
                say(dropped.format(names=words("report.comma").join(each.dropped)))
    for table, ledgers in found.items() if folder else ():
        target = Path(folder) / f"{NAME}.{table}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, _csv(ledgers))
        say(wrote.format(file=target))
    return 0 if found else 1


def _grids(file: Path) -> tuple[list[Grid], list[Finding]]:
    try:
        content = file.read_bytes()
    except OSError:
        raise CommandError("no_data", path=file) from None
    if file.suffix.lower() != ".csv":
        return read_workbook(content, file.name, lambda sheets: sheets)
    grid, _, findings = read_csv(content, file.name, file.stem)
    return [grid] if grid else [], findings


def _csv(ledgers: Sequence[Ledger]) -> bytes:
    """The rows of several sheets of one table, one after the other, each under the headings it has."""
    headings = list(dict.fromkeys(heading for each in ledgers for heading in each.headings))
    text = io.StringIO()
    lines = csv.DictWriter(text, headings, restval="")
    lines.writeheader()
    for each in ledgers:
        lines.writerows(dict(zip(each.headings, map(guarded, cells), strict=True)) for _, cells in each.rows)
    return text.getvalue().encode("utf-8-sig")
