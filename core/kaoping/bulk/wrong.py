"""What is wrong with cells in bulk: the first ones, looked up, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kaoping.data.cells import Problem
from kaoping.data.grid import Grid
from kaoping.data.text import unguarded
from kaoping.data.wrong import Wrong

if TYPE_CHECKING:
    from kaoping.bulk.load import Loaded

MOST_WRONG = 100_000
"""How many wrong cells of a column are looked up for a message that shows five and says how many there are."""


def wrong(loaded: Loaded, rowid: int, at: int, text: str, problem: Problem, subject: str | None) -> Wrong:
    """A problem of one cell."""
    file = loaded.file
    grid = Grid(file.path.name, "", file.path.stem, [])
    text = unguarded(text) if file.is_text else text
    return Wrong(grid, loaded.row(rowid), at + 1, " ".join(file.headings[at].split()), text, problem, subject)


def with_rest(wrongs: list[Wrong], found: Sequence[tuple[Any, ...]]) -> list[Wrong]:
    """The first problems of a kind; how many there are stands first in every row they were `found` in, and the last one
    tells of those that were not looked up.
    """
    if found and found[0][0] > len(wrongs):
        wrongs[-1] = replace(wrongs[-1], more=found[0][0] - len(wrongs))
    return wrongs
