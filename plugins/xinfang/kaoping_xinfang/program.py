"""`kaoping 信访 台账 FILE`: what would be read of an export, and the same as CSV without anything about people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from kaoping.cli.output import say
from kaoping.data.ledgers import sheets
from kaoping.data.text import guarded
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import Catalogue
from kaoping.whole import write_whole
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
    from kaoping.cli.run import complain

    words: Catalogue = ctx.obj
    unknown, known, dropped, wrote = WORDS[words.language]
    grids, findings, _ = sheets(Path(file), Path(file).name)
    complain(findings, words)
    found: dict[str, list[Ledger]] = {}
    for grid in grids:
        told = read(grid.name, grid.rows) or []
        ledgers = [each for each in told if isinstance(each, Ledger)]
        if not ledgers:
            say(unknown.format(place=grid.place))
        complain([replace(each, place=grid.place) for each in told if isinstance(each, Finding)], words)
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


def _csv(ledgers: Sequence[Ledger]) -> bytes:
    """The rows of several sheets of one table, one after the other, each under the headings it has."""
    headings = list(dict.fromkeys(heading for each in ledgers for heading in each.headings))
    text = io.StringIO()
    lines = csv.DictWriter(text, headings, restval="")
    lines.writeheader()
    for each in ledgers:
        lines.writerows(dict(zip(each.headings, map(guarded, cells), strict=True)) for _, cells in each.rows)
    return text.getvalue().encode("utf-8-sig")
