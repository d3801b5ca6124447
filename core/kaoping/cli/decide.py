"""`kaoping review`, `approve`, `reject`, `withdraw`: what somebody decides about a version."""

from __future__ import annotations

from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import say
from kaoping.messages import Catalogue

app = command_app()
Label = Annotated[str, typer.Argument()]
Reason = Annotated[str, typer.Option("--reason")]
Key = Annotated[str | None, typer.Option("--key")]


@app.command(cls=Command)
def review(ctx: typer.Context, version: Label, reason: Reason, key: Key = None) -> int:
    """Say that a draft was looked through and may be decided on."""
    return _decided(ctx.obj, "review", version, reason, key)


@app.command(cls=Command)
def approve(ctx: typer.Context, version: Label, reason: Reason, key: Key = None) -> int:
    """Approve a version that was reviewed."""
    return _decided(ctx.obj, "approve", version, reason, key)


@app.command(cls=Command)
def reject(ctx: typer.Context, version: Label, reason: Reason, key: Key = None) -> int:
    """Reject a version before it is approved."""
    return _decided(ctx.obj, "reject", version, reason, key)


@app.command(cls=Command)
def withdraw(ctx: typer.Context, version: Label, reason: Reason, key: Key = None) -> int:
    """Withdraw a version, approved or not."""
    return _decided(ctx.obj, "withdraw", version, reason, key)


def _decided(words: Catalogue, kind: str, typed: str, reason: str, key: str | None) -> int:
    from kaoping.registry.versions import decide, register

    why = access.reason_given(reason)
    store = access.registry()
    version = access.version_named(register(store), typed)
    now = decide(store, access.signer(store.suite, key, words), version, kind, why)
    say(words(f"registry.said.{kind}", label=now.label))
    missing = register(store, now.scheme).people.approvals - len(now.approvers)
    if kind == "approve" and missing > 0:
        say(words("registry.said.approvals_missing", count=missing))
    elif kind == "approve":
        say(words("registry.said.in_force", effective=now.effective))
    return 0
