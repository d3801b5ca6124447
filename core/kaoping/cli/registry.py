"""`kaoping registry`: a new registry, checkpoints of it, and proofs for those who do not have it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, Group, command_app
from kaoping.cli.output import CommandError, hand_over, say, warn
from kaoping.messages import Catalogue

MOST_APPROVALS = 20
app = command_app()


@app.callback(cls=Group)
def registry() -> None:
    """What can be done with a registry as a whole."""


@app.command(cls=Command)
def init(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name")],
    approvals: Annotated[str, typer.Option("--approvals")] = "1",
    user: Annotated[bool, typer.Option("--user")] = False,
    key: Annotated[str | None, typer.Option("--key")] = None,
    suite: Annotated[str | None, typer.Option("--suite")] = None,
) -> int:
    """A new registry, begun and kept by whoever signs."""
    from kaoping.registry.people import begin
    from kaoping.registry.store import created

    words: Catalogue = ctx.obj
    origin = name.strip()
    if not origin or len(origin) > 100 or not origin.isprintable():
        raise CommandError("registry_name", name=name)
    if not (approvals.isascii() and approvals.isdigit() and 1 <= int(approvals[:3]) <= MOST_APPROVALS):
        raise CommandError("approvals_form", approvals=approvals, most=MOST_APPROVALS)
    path = access.of_the_user() if user else access.here()
    if path.exists():
        raise CommandError("registry_exists", path=path)
    used = access.suite(suite)
    signer = access.signer(used, key, words)
    path.parent.mkdir(parents=True, exist_ok=True)
    store = created(path, used)
    try:
        begin(store, origin, int(approvals), signer)
    except BaseException:
        store.connection.close()
        path.unlink()
        raise
    say(words("registry.said.begun", path=path, name=origin, keeper=signer.name, count=int(approvals)))
    return 0


@app.command(cls=Command)
def checkpoint(
    ctx: typer.Context,
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """The checkpoint over all entries, a new one where the last one does not reach so far; signed by whom it is asked
    of.
    """
    from kaoping.registry.checkpoint import made
    from kaoping.registry.people import allowed, known

    words: Catalogue = ctx.obj
    _must_be_new(output)
    store = access.registry()
    size = store.size()
    note = store.checkpoints(size).get(size)
    if note is None or key or os.environ.get("KAOPING_KEY"):
        signer = access.signer(store.suite, key, words)
        with store.writing():
            people = known(store)
            allowed(people, signer, "checkpoint")
            note = made(store, people, signer)
    hand_over(note, output, people=False)
    return 0


@app.command(cls=Command)
def proof(
    ctx: typer.Context,
    run: Annotated[str | None, typer.Argument()] = None,
    subject: Annotated[str | None, typer.Option("--subject")] = None,
    since: Annotated[Path | None, typer.Option("--since")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
) -> int:
    """The proof of a subject's result in a run, or that the registry only grew since a checkpoint."""
    from msgspec import json

    from kaoping.registry.checkpoint import as_signed
    from kaoping.registry.correct import replaced_by
    from kaoping.registry.proofs import growth_proof, result_proof
    from kaoping.registry.runs import run_of

    words: Catalogue = ctx.obj
    _must_be_new(output)
    store = access.registry()
    if (run is None) == (since is None) or (run is None) != (subject is None):
        raise CommandError("proof_what")
    kept = store.checkpoints()
    if not kept:
        raise CommandError("no_checkpoint_yet", path=store.path)
    last = kept[max(kept)]
    if since is not None:
        made = json.encode(growth_proof(store, as_signed(access.text_of(since)), last))
    else:
        assert run is not None
        assert subject is not None
        proved = run_of(store, access.number(run))
        made = json.encode(result_proof(store, proved, subject, last))
        if later := replaced_by(store, proved):
            warn(words("registry.again.replaced", number=later))
    hand_over(json.format(made, indent=1).decode() + "\n", output, people=False)
    return 0


def _must_be_new(output: Path | None) -> None:
    """A checkpoint kept earlier is what a later one is compared with: it is never written over."""
    if output is not None and output.is_file():
        raise CommandError("file_exists", path=output)
