"""From what is typed to a plan: finding the script, reading it, checking it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.cli.output import CommandError
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts

if TYPE_CHECKING:
    from kaoping.plan.script import Script

LARGEST = 1_000_000
"""Bytes of the longest script that is read."""


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
    try:
        return Source(shown_path(path), path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise CommandError("not_utf8", 1, path=path, byte=wrong.start + 1) from None


def checked(path: Path) -> Script:
    """A script, its plan, and everything found in it."""
    from kaoping.plan.script import checked_text

    return checked_text(read_script(path), path.suffix, Surroundings(path.resolve().parent))
