"""What a part of a change has to do with what happened to somebody: the words for every combination."""

from __future__ import annotations

import pytest

from kaoping.diff.attribution import _how

CASES = [
    # alone enough, needed: parts by their number
    ((0,), (0,), False, "alone"),
    ((0,), (0,), True, "alone"),  # what was not tried cannot take that away
    ((), (0, 1), False, "together"),
    ((0, 1), (), False, "each"),
    ((0,), (), False, "either"),
    ((), (0,), False, "with"),
    ((), (), False, "order"),
    ((0,), (1,), False, "order"),
    ((0, 1), (0,), False, "order"),
    ((), (0, 1), True, "untried"),
    ((0,), (), True, "untried"),
]


@pytest.mark.parametrize(("enough", "needed", "untried", "how"), CASES)
def test_how_parts_brought_it_about(enough: tuple[int, ...], needed: tuple[int, ...], untried: bool, how: str) -> None:
    assert _how(enough, needed, untried) == how
