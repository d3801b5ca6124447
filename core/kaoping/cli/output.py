"""All that the command line says passes through here: what goes to people, to machines and to files."""

from __future__ import annotations

import codecs
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TextIO

from kaoping.diagnostic import Stop
from kaoping.report.width import visible


class CommandError(Stop):
    """A command cannot go on: `reason` is the phrase `command.stop.REASON`, `code` the exit code."""

    def __init__(self, reason: str, code: int = 2, **facts: object) -> None:
        """Most often the command was not used rightly."""
        super().__init__(reason, code, **facts)


def prepare_streams() -> None:
    """Let no character end a run: what a console cannot show appears as its escape, and plain ASCII becomes UTF-8.

    A stream that Python does not buffer writes what fits, and forgets the rest without a word: it is buffered.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is TextIOWrapper and isinstance(stream.buffer, RawIOBase):
            stream.flush()
            encoding, errors = stream.encoding, stream.errors
            stream = TextIOWrapper(BufferedWriter(stream.detach()), encoding, errors, line_buffering=True)
            setattr(sys, name, stream)
        if isinstance(stream, TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")


def say(text: str, stream: TextIO | None = None) -> None:
    """Print for people; control characters of data and scripts do nothing to the terminal."""
    print(visible(text).rstrip("\n"), file=stream or sys.stdout)


def warn(text: str) -> None:
    """Print for people, beside the results."""
    say(text, sys.stderr)


def hand_over(text: str, output: Path | None, *, people: bool) -> None:
    """A text into a file, whose name is told beside the results, or on the screen, for people or for machines."""
    if output is not None:
        save(output, text)
        warn(f"{output}")
    elif people:
        say(text)
    else:
        emit(text)


def emit(text: str) -> None:
    """Print for machines: exactly this text, in UTF-8 wherever it goes to a file or a pipe."""
    if sys.stdout.isatty() or not isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def save(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    from kaoping.whole import write_whole

    write_whole(path, text.encode())


def spare(output: Path | None, *read: str | Path | None) -> None:
    """Refuse to write over a registry, a database with more than results in it, or a file that the command reads."""
    if output is None or not output.is_file():
        return
    from kaoping.registry.schema import is_registry, is_sqlite

    if is_registry(output):
        raise CommandError("output_registry", path=output)
    if is_sqlite(output) and (others := _tables(output) - {"results"}):
        raise CommandError("output_database", path=output, tables=sorted(others))
    if any(each and Path(each).exists() and Path(each).samefile(output) for each in read):
        raise CommandError("output_is_input", path=output)


_ITS_OWN = {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}


def _tables(database: Path) -> set[str]:
    """The tables of a SQLite file; none of one that cannot be read."""
    import sqlite3
    from contextlib import closing

    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as file:
        return {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")} - _ITS_OWN
    return set()


def terminal_columns() -> int | None:
    """The terminal's width, None where the output goes elsewhere and nothing has to be cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@contextmanager
def patience(label: str) -> Iterator[None]:
    """While the work inside takes longer than a second, show on a terminal that it goes on."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    shown = threading.Thread(target=_bar, args=(label, done), daemon=True)
    shown.start()
    try:
        yield
    finally:
        done.set()
        shown.join()


def _bar(label: str, done: threading.Event) -> None:
    if done.wait(1):
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        progress.add_task(escape(label), total=None)
        done.wait()
