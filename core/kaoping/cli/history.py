"""`kaoping log`, `show`, `blame`, `checkout`: what a registry has written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, emit, say, terminal_columns, warn
from kaoping.messages import Catalogue
from kaoping.registry.entries import SIGNED, Entry
from kaoping.registry.store import Store

KINDS = SIGNED | {"snapshot", "run"}
app = command_app()


@app.command(cls=Command)
def log(
    ctx: typer.Context,
    scheme: Annotated[str | None, typer.Argument()] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",  # noqa: A002
) -> int:
    """Everything that was written down (of a scheme), oldest first."""
    from kaoping.registry.entries import PEOPLE
    from kaoping.registry.errors import RegistryError
    from kaoping.registry.versions import register
    from kaoping.report.registry import log_text

    store = access.registry()
    found = register(store)
    entries = store.entries(KINDS if scheme is None else KINDS - PEOPLE, scheme)
    if scheme is not None and not entries:
        raise RegistryError("no_scheme", name=scheme, names=", ".join(found.schemes) or "-")
    if format == "json":
        void = {each.sequence for each in found.void}
        said = [
            _record(each, found.people.name(each.by) if each.by else None, each.sequence not in void)
            for each in entries
        ]
        emit(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    else:
        say(log_text(entries, found, ctx.obj))
    return 0


def _record(entry: Entry, name: str | None, counts: bool) -> dict[str, Any]:
    return {
        "number": entry.sequence, "time": entry.time, "kind": entry.kind, "by": name, "counts": counts,
        "body": entry.body,
    }  # fmt: skip


@app.command(cls=Command)
def show(ctx: typer.Context, what: Annotated[str, typer.Argument()]) -> int:
    """A version (`SCHEME@NUMBER`, `SCHEME`), or an entry by its number: a run with its results."""
    from kaoping.registry.versions import register
    from kaoping.report.registry import log_text, version_text

    words: Catalogue = ctx.obj
    store = access.registry()
    if not access.is_number(what):
        say(version_text(access.version_named(register(store), what), words))
        return 0
    entry = store.entry(access.number(what))
    if entry is None:
        raise CommandError("no_entry", number=access.number(what), size=store.size())
    found = register(store)
    match entry.kind:
        case "run":
            say(_run(store, entry, found.people.name(entry.by), words))
        case "correct":
            from kaoping.report.registry import correction_text

            details = store.content(entry.body["details"])
            told = json.loads(details) if details is not None else None
            say(correction_text(entry, told, found.people.name(entry.by), words))
        case "publish" if entry.sequence in found.versions:
            say(version_text(found.versions[entry.sequence], words))
        case _:
            say(log_text([entry], found, words))
    return 0


def _run(store: Store, entry: Entry, by: str, words: Catalogue) -> str:
    from kaoping.registry.correct import replaced_by
    from kaoping.registry.runs import run_of, run_snapshot, stored_results
    from kaoping.report.registry import run_text
    from kaoping.report.table import results_table

    run = run_of(store, entry.sequence)
    head = run_text(run, run_snapshot(store, run), by, replaced_by(store, run), words)
    return f"{head}\n\n{results_table(stored_results(store, run), words, terminal_columns())}"


@app.command(cls=Command)
def blame(ctx: typer.Context, version: Annotated[str, typer.Argument()]) -> int:
    """The version that each clause and statement comes from."""
    from kaoping.registry.blame import blame as origins
    from kaoping.registry.versions import register
    from kaoping.report.registry import blame_text

    store = access.registry()
    found = register(store)
    say(blame_text(origins(store, found, access.version_named(found, version)), ctx.obj))
    return 0


@app.command(cls=Command)
def checkout(
    ctx: typer.Context,
    version: Annotated[str, typer.Argument()],
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
) -> int:
    """The script of a version, as it was published."""
    from kaoping.registry.versions import register
    from kaoping.whole import write_whole

    store = access.registry()
    found = access.version_script(store, access.version_named(register(store), version))
    if output is None:
        emit(found.source.text)
        return 0
    if output.exists():
        raise CommandError("file_exists", path=output)
    write_whole(output, found.source.text.encode())
    assert found.version is not None
    warn(ctx.obj("registry.said.checked_out", label=found.version.label, path=output))
    return 0
