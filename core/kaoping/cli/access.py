"""The registry that a command works on, and who signs there."""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.cli.output import CommandError
from kaoping.cli.script import Found
from kaoping.folders import settings_folder
from kaoping.messages import Catalogue
from kaoping.registry import keys
from kaoping.registry.store import Store, opened
from kaoping.registry.suite import ED25519, Suite, suite_named
from kaoping.registry.versions import Register, Version, named

if TYPE_CHECKING:
    from kaoping.registry.keys import Signer

FILE = "kaoping-registry.db"
_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})")
LARGEST = 100_000_000
"""Bytes of the longest text that is read: a proof holds one entry, which may list many columns."""


def here() -> Path:
    """Where a new registry of a project stands: `KAOPING_REGISTRY`, else in the current folder."""
    return Path(os.environ.get("KAOPING_REGISTRY") or FILE)


def of_the_user() -> Path:
    """Where the registry of a user stands that belongs to no project."""
    return settings_folder() / FILE


def registry(file: Path | None = None) -> Store:
    """The registry in a file; without one that of `KAOPING_REGISTRY`, else the nearest from the current folder
    upwards, else the user's.
    """
    if file is not None or os.environ.get("KAOPING_REGISTRY"):
        return opened(file or here())
    around = Path.cwd()
    for folder in (around, *around.parents):
        if (folder / FILE).is_file():
            return opened(Path(os.path.relpath(folder / FILE)))
    if of_the_user().is_file():
        return opened(of_the_user())
    raise CommandError("no_registry_here", path=around)


def version_script(store: Store, version: Version) -> Found:
    """The script of a version as it was published, with the other schemes kept beside it."""
    from kaoping.registry.submission import stored_text

    others = version.body["others"]
    extension = version.body["extension"]
    source, surroundings = stored_text(store, version.script, version.label, extension, others)
    return Found(source, extension, surroundings, version)


def version_named(found: Register, typed: str) -> Version:
    """The version that `SCHEME@NUMBER` or `SCHEME` (the newest) means, however the sign for @ was typed."""
    return named(found, typed.replace("＠", "@"))


# ---------------------------------------------------------------- who signs


def signer(suite: Suite, name: str | None, words: Catalogue) -> Signer:
    """Who signs: the key that is named, else that of `KAOPING_KEY`, else the only one there is."""
    name = name or os.environ.get("KAOPING_KEY")
    if not name:
        own = own_names()
        if len(own) != 1:
            raise CommandError("which_key" if own else "no_own_keys", names=", ".join(own), path=keys.folder())
        name = own[0]
    keys.private_file(name)  # what is missing is said before a passphrase is asked for
    return keys.signer(name, passphrase(words("registry.ask.passphrase", name=name)), suite)


def own_names() -> list[str]:
    """The names of the private keys there are here."""
    folder = keys.folder()
    return sorted(each.stem for each in folder.glob("*.key")) if folder.is_dir() else []


def passphrase(prompt: str) -> str:
    """What opens a private key: `KAOPING_PASSPHRASE`, else what is typed without being shown."""
    given = os.environ.get("KAOPING_PASSPHRASE")
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandError("no_passphrase")
    from getpass import getpass

    try:
        return getpass(prompt)
    except EOFError:
        raise CommandError("no_passphrase") from None


def suite(name: str | None) -> Suite:
    """The hashes and signatures of a name, those of the platform without one."""
    found = ED25519 if name is None else suite_named(name)
    if found is None:
        raise CommandError("suite_unknown", name=name)
    return found


# ---------------------------------------------------------------- words typed


def text_of(path: Path) -> str:
    """The text of a file that somebody handed over: a key, a checkpoint, a proof."""
    if not path.is_file():
        raise CommandError("no_file", path=path)
    if path.stat().st_size > LARGEST:
        raise CommandError("file_too_long", 1, path=path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError("file_not_text", 1, path=path) from None


def day(typed: str | None, option: str) -> date | None:
    """A day, typed in one of the ways that data files may write it; None where none is."""
    if typed is None:
        return None
    from kaoping.data.cells import Problem, cell_reader
    from kaoping.types import DATE

    read = cell_reader(DATE)(typed)
    if read is None or isinstance(read, Problem):
        raise CommandError("day_form", option=option, day=typed)
    return date.fromordinal(int(read))


def is_number(typed: str) -> bool:
    """Whether a word is the number of an entry: 17, #17."""
    return _NUMBER.fullmatch(typed) is not None


def number(typed: str) -> int:
    """The number of an entry, with or without # before it."""
    found = _NUMBER.fullmatch(typed)
    if found is None:
        raise CommandError("number_form", number=typed)
    return int(found[1])


def reason_given(reason: str) -> str:
    """Why something is done, which has to be said."""
    if not reason.strip():
        raise CommandError("reason_empty")
    return reason.strip()
