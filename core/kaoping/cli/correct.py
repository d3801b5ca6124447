"""`kaoping correct`: what an appeal proved is a new fact, and a new run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, patience, say
from kaoping.cli.run import Engine, complain, dataset_of
from kaoping.messages import Catalogue

LARGEST = 100_000_000
"""Bytes of the largest evidence: it is kept in the registry."""
app = command_app()


@app.command(cls=Command)
def correct(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument()],
    subject: Annotated[str, typer.Option("--subject")],
    cells: Annotated[list[str], typer.Option("--set")],
    evidence: Annotated[Path, typer.Option("--evidence")],
    reason: Annotated[str, typer.Option("--reason")],
    engine: Engine = "auto",
    data: Annotated[str | None, typer.Option("--data")] = None,
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """Change cells of a subject, evaluate again, write both down, and list everybody who moved."""
    from kaoping.engines.run import DataErrors
    from kaoping.registry.correct import correct as corrected
    from kaoping.registry.errors import Refused
    from kaoping.registry.runs import provenance, run_of, run_script
    from kaoping.report.registry import moved_text, provenance_lines

    words: Catalogue = ctx.obj
    why = access.reason_given(reason)
    typed = [_cell(each) for each in cells]
    changes = dict(typed)
    for name in changes:
        if sum(name == each for each, _ in typed) > 1:
            raise CommandError("set_twice", name=name)
    if not evidence.is_file():
        raise CommandError("no_file", path=evidence)
    if evidence.stat().st_size > LARGEST:
        raise CommandError("file_too_long", 1, path=evidence)
    store = access.registry()
    then = run_of(store, access.number(run))
    given = None
    if data is not None:
        plan = run_script(store, then).plan
        given = dataset_of(plan, data, None, [], None, words) if plan is not None else None
    signer = access.signer(store.suite, key, words)
    try:
        with patience(words("command.run.evaluating")):
            made = corrected(store, signer, then, subject, changes, evidence.read_bytes(), why, engine, given)
    except (Refused, DataErrors) as wrong:
        complain(wrong.findings, words)
        return 1
    say(
        words(
            "registry.said.corrected", correction=made.run.body["correction"], run=made.run.sequence, old=then.sequence
        )
    )
    for cell in made.cells:
        say(f"  {made.subject} {cell.column} {cell.before or '-'} → {cell.after or '-'}")
    say("\n" + moved_text(made.results, made.moved, made.subject, words))
    say("\n" + "\n".join(provenance_lines(provenance(store, made.run), words)))
    return 0


def _cell(typed: str) -> tuple[str, str]:
    name, equals, value = typed.replace("＝", "=", 1).partition("=")
    if not (name.strip() and equals):
        raise CommandError("set_form", typed=typed)
    return name.strip(), value.strip()
