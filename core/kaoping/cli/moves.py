"""The part of `kaoping diff` that needs no data: whether the change of rules can move anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping.cli.output import patience
from kaoping.cli.script import Found
from kaoping.messages import Catalogue

if TYPE_CHECKING:
    from kaoping.diff.changes import Change
    from kaoping.prove.versions import Moves


def moves_of(
    scripts: tuple[Found, Found],
    schemes: tuple[s.Scheme, s.Scheme],
    changed: Sequence[Change],
    seconds: float,
    words: Catalogue,
) -> Moves | None:
    """Whether the change can move anybody; None where nothing has changed. The old version is asked under the names and
    for the period of the new one: what is only called something else, and next year, is no other rule.
    """
    from kaoping.diff.changes import applied
    from kaoping.prove.question import Version
    from kaoping.prove.versions import moves
    from kaoping.report.moves import move_title

    if not changed:
        return None
    names = [each for each in changed if each.kind == "renamed" or isinstance(each.after, s.PeriodSetting)]
    places = [each.surroundings for each in scripts]
    old = Version(applied(*schemes, names), places[0])
    with patience(words("command.prove.working")):
        found = moves(Version(schemes[1], places[1]), old, seconds, lambda of, way: move_title(of, way, words))
    return replace(found, shifted=any(isinstance(each.after, s.PeriodSetting) for each in names))
