"""From what is typed to a plan: finding the script, reading it, checking it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kaoping.cli.output import CommandError
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts

if TYPE_CHECKING:
    from kaoping.plan.script import Script
    from kaoping.registry.versions import Version

LARGEST = 1_000_000
"""Bytes of the longest script that is read."""
_VERSION = re.compile(r".+[@＠][0-9]+")


class Found(Struct, frozen=True):
    """The script that a word means: its text, what it can refer to, and the version that it is in a registry."""

    source: Source
    extension: str
    surroundings: Surroundings
    version: Version | None = None

    def checked(self) -> Script:
        """Its plan, and everything found in it."""
        from kaoping.plan.script import checked_text

        return checked_text(self.source, self.extension, self.surroundings)


def found(typed: str) -> Found:
    """The script that a word means: a file, a shipped scheme, or `SCHEME@NUMBER` for a version in the registry."""
    if is_version(typed):
        from kaoping.cli.access import registry, version_named, version_script
        from kaoping.registry.versions import register

        store = registry()
        return version_script(store, version_named(register(store), typed))
    path = script_path(typed)
    return Found(read_script(path), path.suffix, Surroundings(path.resolve().parent))


def is_version(typed: str) -> bool:
    """Whether a word means a version in a registry: `SCHEME@NUMBER`, and no file is called so."""
    return _VERSION.fullmatch(typed) is not None and not Path(typed).exists()


def is_script(typed: str) -> bool:
    """Whether a word means a file or a shipped scheme."""
    return Path(typed).is_file() or typed in shipped_scripts()


def script_path(typed: str) -> Path:
    """The script a word means: a file, else the shipped scheme of that name."""
    path = Path(typed)
    if path.is_file():
        return path
    shipped = shipped_scripts()
    if typed in shipped:
        return shipped[typed]
    if path.is_dir():
        raise CommandError("script_is_folder", path=typed)
    here = [str(each) for each in path.parent.glob("*.kp")] if path.parent.is_dir() else []
    near = get_close_matches(typed, [*here, *shipped], 1, 0.5)
    raise CommandError("no_script_near" if near else "no_script", path=typed, near="".join(near))


def data_path(typed: str) -> Path:
    """The data a word means: a folder or a file, else the sample data of the shipped scheme of that name."""
    path = Path(typed)
    if path.exists():
        # a folder laid out like a shipped scheme is a scheme with its data, not the data
        return path / "data" if (path / "scheme.kp").is_file() and (path / "data").is_dir() else path
    shipped = shipped_scripts()
    if typed in shipped:
        sample = shipped[typed].parent / "data"
        if sample.is_dir():
            return sample
        raise CommandError("no_sample", name=typed)
    raise CommandError("no_data", path=typed)


def shown_path(path: Path) -> str:
    """A path as people know it: from where they are, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


def read_script(path: Path) -> Source:
    """A script as it stands in its file, with or without a byte order mark."""
    if path.stat().st_size > LARGEST:
        raise CommandError("script_too_long", 1, path=path)
    return source_of(shown_path(path), path.read_bytes())


def source_of(name: str, content: bytes) -> Source:
    """A script from the bytes of its file, or of what is read in its place."""
    try:
        return Source(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise CommandError("not_utf8", 1, path=name, byte=wrong.start + 1) from None
