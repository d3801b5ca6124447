"""Files that are there whole or not at all: written beside their place, put there when they are whole."""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STALE = 24 * 60 * 60
"""Seconds after which a file beside its place is what a run that was killed has left."""


def check_writable(output: Path) -> None:
    """Find out before any work whether results can be written; OSError where not."""
    with _named(output):
        beside = _beside(output)
        beside.open("xb").close()
        beside.unlink()


@contextmanager
def whole(output: Path) -> Iterator[Path]:
    """A file beside `output` that takes its place where all goes well, and else is gone."""
    with _named(output):
        beside = _beside(output)
        _sweep(output)
        try:
            yield beside
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            if output.exists():
                shutil.copymode(output, beside)
            beside.replace(os.path.realpath(output))
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` in the place of a file; what is no file, a pipe or a terminal, is written to as it is."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    with whole(path) as beside, beside.open("xb") as file:
        file.write(content)


@contextmanager
def _named(output: Path) -> Iterator[None]:
    """An OSError names the file that was asked for, not the one beside it."""
    try:
        if output.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        yield
    except OSError as reason:
        reason.filename, reason.filename2 = str(output), None
        raise


def _beside(output: Path) -> Path:
    target = Path(os.path.realpath(output))
    return target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")


def _sweep(output: Path) -> None:
    """Remove what runs into the same file left behind when they were killed; one that may still go on is left alone."""
    target = Path(os.path.realpath(output))
    own = re.compile(rf"(tmp_)?\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.tmp(-journal)?")
    with suppress(OSError):
        for each in target.parent.iterdir():
            if own.fullmatch(each.name) and time.time() - each.stat().st_mtime > STALE:
                each.unlink()
