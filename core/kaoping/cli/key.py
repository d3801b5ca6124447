"""`kaoping key`: who somebody is, and whom a registry trusts with what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, Group, command_app
from kaoping.cli.output import CommandError, say
from kaoping.diagnostic import phrase
from kaoping.messages import Catalogue
from kaoping.registry import keys

app = command_app()


@app.callback(cls=Group)
def key() -> None:
    """What can be done with keys."""


@app.command(cls=Command)
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument()],
    suite: Annotated[str | None, typer.Option("--suite")] = None,
) -> int:
    """A new pair of keys; the line to hand on is printed."""
    words: Catalogue = ctx.obj
    used = access.suite(suite)
    keys.must_be_new(name)
    phrase = access.passphrase(words("registry.ask.new", name=name))
    if access.passphrase(words("registry.ask.again")) != phrase:
        raise CommandError("passphrases_differ")
    public = keys.new_key(name, phrase, used)
    say(words("registry.said.new_key", path=keys.folder() / f"{name}.key"))
    say(public.line(used))
    return 0


@app.command("list", cls=Command)
def list_(ctx: typer.Context) -> int:
    """The keys there are here, and whom the registry trusts."""
    from kaoping.report.registry import people_text

    words: Catalogue = ctx.obj
    own = {name: _line(name) for name in access.own_names()}
    say(words("registry.people.own", count=len(own), path=keys.folder()))
    for line in own.values():
        say(f"  {line}")
    try:
        store = access.registry()
    except CommandError as none:
        if none.reason != "no_registry_here":
            raise
        return 0
    from kaoping.registry.people import known

    people = known(store)
    say("\n" + people_text(people, words))
    return 0


@app.command(cls=Command)
def trust(
    ctx: typer.Context,
    public: Annotated[str, typer.Argument()],
    role: Annotated[list[str], typer.Option("--role")],
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """Trust the holder of a public key with something."""
    from kaoping.registry import people

    words: Catalogue = ctx.obj
    store = access.registry()
    roles = [_role(each) for each in role]
    is_line = "+" in public and not Path(public).is_file()
    line = public if is_line else access.text_of(Path(public))
    trusted = keys.parsed(line, store.suite)
    people.trust(store, access.signer(store.suite, key, words), trusted.name, trusted.key, roles)
    shown = words("report.comma").join(words(f"registry.role.{each}") for each in people.ROLES if each in roles)
    say(words("registry.said.trusted", name=trusted.name, roles=shown))
    return 0


@app.command(cls=Command)
def revoke(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument()],
    reason: Annotated[str, typer.Option("--reason")],
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """Trust somebody no longer."""
    from kaoping.registry import people

    words: Catalogue = ctx.obj
    why = access.reason_given(reason)
    store = access.registry()
    people.revoke(store, access.signer(store.suite, key, words), name, why)
    say(words("registry.said.revoked", name=name))
    return 0


def _role(typed: str) -> str:
    """A role, by its name in any language."""
    from kaoping.messages import LANGUAGES
    from kaoping.messages import words as catalogue
    from kaoping.registry.people import ROLES

    for role in ROLES:
        if typed in (role, *(catalogue(each)(f"registry.role.{role}") for each in LANGUAGES)):
            return role
    raise CommandError("role_unknown", role=typed, roles=", ".join(phrase(f"registry.role.{each}") for each in ROLES))


def _line(name: str) -> str:
    """The public key of a private one, as it lies beside it."""
    try:
        return (keys.folder() / f"{name}.pub").read_text("utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return name
