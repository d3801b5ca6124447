"""CSV files that DuckDB does not read as the reader of small files does: read by that one's rules, written anew."""

from __future__ import annotations

import csv
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kaoping.bulk.files import NotInBulk, TableFile, csv_source
from kaoping.data.cells import MAX_CELL, Problem
from kaoping.data.csv_file import lines_of, quotes_error
from kaoping.data.grid import Grid, data_error
from kaoping.data.wrong import Wrong
from kaoping.diagnostic import Finding

PIECE = 1 << 24
"""Bytes that are looked at at once."""
MOST_LONG = 100_000
"""How many rows that are too long are looked up for a message that shows five."""


class UnreadableError(Exception):
    """A file that is no CSV, with the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        super().__init__(finding.code)
        self.finding = finding


def is_odd(path: Path) -> bool:
    """Whether DuckDB would take something of a file otherwise: spaces beside quotes, lines that end in several ways.

    Raises `UnreadableError` where there are NUL characters, which no text has.
    """
    with _bytes(path) as content:
        if content.find(b"\0") >= 0:
            raise UnreadableError(data_error("KP604", path.name, "nul"))
        if content.find(b'"') >= 0 and (content.find(b' "') >= 0 or content.find(b'" ') >= 0):
            return True
    return not ends_alike(path)


def ends_alike(path: Path) -> bool:
    """Whether all lines of a file end in `\\n`, or all in `\\r\\n`."""
    with _bytes(path) as content:
        return content.find(b"\r") < 0 or _in_pairs(content)


@contextmanager
def _bytes(path: Path) -> Iterator[mmap.mmap | bytes]:
    with path.open("rb") as file:
        if not file.seek(0, 2):  # nothing can be mapped
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def _in_pairs(content: mmap.mmap | bytes) -> bool:
    """Whether every line ends in `\\r\\n`; counted piece by piece, which is many times faster than to search."""
    returns = feeds = pairs = 0
    for at in range(0, len(content), PIECE):
        piece = content[at : at + PIECE]
        returns += piece.count(b"\r")
        feeds += piece.count(b"\n")
        pairs += piece.count(b"\r\n") + (piece.endswith(b"\r") and content[at + PIECE : at + PIECE + 1] == b"\n")
    return returns == feeds == pairs


@contextmanager
def rewritten(file: TableFile, folder: str | None) -> Iterator[tuple[str, list[Wrong]]]:
    """A file written anew as DuckDB reads it, for as long as it is read: where to read it, and its rows that are too
    long. `file` then knows which of its rows were blank.
    """
    with tempfile.TemporaryDirectory(prefix="kaoping-", dir=folder) as beside:
        copy = Path(beside) / "rows.csv"
        gaps: list[int] = []
        wrongs: list[Wrong] = []
        width = len(file.headings)
        with copy.open("w", encoding="utf-8", newline="") as target:
            write = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
            written = 0
            for number, row in _rows(file):
                if not "".join(row).strip():
                    gaps.append(written)
                    continue
                if len(row) > width and len(wrongs) < MOST_LONG and "".join(row[width:]).strip():
                    wrongs.append(_too_long(file, number, row))
                write(row[:width] + [""] * (width - len(row)))
                written += 1
        file.gaps = gaps
        yield csv_source(copy, ["VARCHAR"] * width, ",", 0, ", new_line = '\\n'"), wrongs


def gaps_of(file: TableFile) -> list[int]:
    """How many rows stand before each row that is left out because nothing stands in it, in a file DuckDB can read."""
    gaps: list[int] = []
    if file.is_text and len(file.headings) > 1:  # of a single column it keeps them
        found = 0
        for _, row in _rows(file):
            if row:
                found += 1
            else:
                gaps.append(found)
    return gaps


def _rows(file: TableFile) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings with their numbers, counted from 1."""
    number = 0
    try:
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            for number, row in enumerate(lines_of(text, file.delimiter), 1):
                if number >= file.first_row:
                    yield number, row
    except UnicodeDecodeError as reason:
        raise NotInBulk("encoding", file.path.name) from reason
    except csv.Error as reason:
        raise UnreadableError(quotes_error(file.path.name, number + 1, reason)) from reason


def _too_long(file: TableFile, number: int, row: list[str]) -> Wrong:
    width = len(file.headings)
    beyond = next(at for at in range(width, len(row)) if row[at].strip())
    problem = Problem("KP633", "", {"width": str(width), "length": str(len(row))})
    grid = Grid(file.path.name, "", file.path.stem, [])
    return Wrong(grid, number, beyond + 1, "", row[beyond][:MAX_CELL], problem, None)
