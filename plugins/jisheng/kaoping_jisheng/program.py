"""`kaoping 计划生育 筛查 FILE`: whether a file has anything about a person in it, before it is passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from kaoping.cli.output import CommandError, say
from kaoping.data.csv_file import read_csv
from kaoping.data.grid import Grid
from kaoping.data.workbook import read_workbook
from kaoping.diagnostic import Finding
from kaoping.messages import Catalogue
from kaoping_jisheng.ledger import refusals

CLEAN = {"zh": "{file}:没有发现个人信息", "en": "{file}: nothing about persons found"}
app = typer.Typer(add_completion=False)


@app.callback()
def population() -> None:
    """Population statistics."""


@app.command("筛查")
def screen(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument()],
) -> int:
    """Whether a file is about persons."""
    words: Catalogue = ctx.obj
    grids, findings = _grids(Path(file))
    findings += [replace(each, place=grid.place) for grid in grids for each in refusals(grid.rows)]
    if findings:
        from kaoping.cli.run import complain

        complain(findings, words)
        return 1
    say(CLEAN[words.language].format(file=Path(file).name))
    return 0


def _grids(file: Path) -> tuple[list[Grid], list[Finding]]:
    try:
        content = file.read_bytes()
    except OSError:
        raise CommandError("no_data", path=file) from None
    if file.suffix.lower() != ".csv":
        return read_workbook(content, file.name, lambda sheets: sheets)
    grid, _, findings = read_csv(content, file.name, file.stem)
    return [grid] if grid else [], findings
