"""`kaoping verify`: whether a registry is what it was, or a proof holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, patience, say
from kaoping.messages import Catalogue

if TYPE_CHECKING:
    from kaoping.registry.proofs import ResultProof

app = command_app()
_DATABASE = b"SQLite format 3\0"


@app.command(cls=Command)
def verify(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument()] = None,
    against: Annotated[Path | None, typer.Option("--against")] = None,
    keys: Annotated[list[Path] | None, typer.Option("--keys")] = None,
) -> int:
    """Say what is found; 1 where something is wrong."""
    words: Catalogue = ctx.obj
    if file is not None and not file.is_file():
        raise CommandError("no_file", path=file)
    if file is not None and not _is_database(file):
        if against is not None:
            raise CommandError("verify_what")
        return _proof(file, [Path(each) for each in keys or ()], words)
    if keys:
        raise CommandError("verify_what")
    return _registry(file, against, words)


def _is_database(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_DATABASE)) == _DATABASE


def _registry(file: Path | None, against: Path | None, words: Catalogue) -> int:
    from kaoping.registry.checkpoint import as_signed
    from kaoping.registry.people import known
    from kaoping.registry.verify import verified
    from kaoping.report.registry import verified_text

    note = as_signed(access.text_of(against)) if against is not None else None
    store = access.registry(file)
    with patience(words("registry.verified.working")):
        found = verified(store, note)
    say(verified_text(found, known(store).origin, note is not None, words))
    return 1 if found.faults else 0


def _proof(file: Path, keys: list[Path], words: Catalogue) -> int:
    from kaoping.registry.checkpoint import parsed
    from kaoping.registry.proofs import GrowthProof, holds, read_proof, trusted_keys
    from kaoping.registry.suite import suite_named

    if not keys:
        raise CommandError("verify_keys", path=file)
    proof = read_proof(access.text_of(file))
    suite = suite_named(proof.suite)
    if suite is None:
        say(words("registry.proof.fails", why=words("registry.proof.unreadable")))
        return 1
    trusted = trusted_keys([line for each in keys for line in access.text_of(each).splitlines()], suite)
    if why := holds(proof, suite, trusted):
        say(words("registry.proof.fails", why=words(f"registry.proof.{why}")))
        return 1
    if isinstance(proof, GrowthProof):
        old, new = parsed(proof.old), parsed(proof.new)
        say(words("registry.proof.grew", name=new.origin, old=old.size, new=new.size))
    else:
        say(words("registry.proof.stands", name=parsed(proof.checkpoint).origin, run=proof.in_registry.index + 1))
        say(f"  {proof.record}")
        _tell_of_result(proof, words)
    return 0


def _tell_of_result(proof: ResultProof, words: Catalogue) -> None:
    """What the result is of, and its values as people read them; another run may have taken the place of this one."""
    from kaoping.registry.proofs import proved
    from kaoping.types import people_text

    run, row = proved(proof)
    trial = words("registry.log.trial") if run.body["trial"] else ""
    say(words("registry.proof.of", label=f"{run.label}{trial}", period=run.body["period"], subject=row.name or row.id))
    for (name, type_), stated, value in zip(run.columns, run.body["columns"], row.values, strict=True):
        title = words(f"report.{name}") if stated["role"] == name else name
        text = people_text(value, type_)
        say(f"    {title} {words(f'report.{text}') if isinstance(value, bool) else text}".rstrip())
    say(words("registry.proof.later", run=run.sequence))
