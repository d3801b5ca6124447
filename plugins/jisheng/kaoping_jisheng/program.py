"""`kaoping 计划生育 筛查 FILE`: whether a file has anything about a person in it, before it is passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from kaoping.cli.output import say
from kaoping.data.ledgers import sheets
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
    from kaoping.cli.run import complain

    words: Catalogue = ctx.obj
    grids, findings, _ = sheets(Path(file), Path(file).name)
    findings += [replace(each, place=grid.place) for grid in grids for each in refusals(grid.rows)]
    if findings:
        complain(findings, words)
        return 1
    say(CLEAN[words.language].format(file=Path(file).name))
    return 0
