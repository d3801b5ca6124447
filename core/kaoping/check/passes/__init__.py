"""The findings about a scheme that elaboration does not make: one finding, one file.

A pass gets the model and the values its columns can have, and yields findings; it never changes the model.
What is wrong already is poison in the model, and no pass speaks of it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping.check.passes.alike import alike
from kaoping.check.passes.ballots import ballots
from kaoping.check.passes.boundaries import boundaries
from kaoping.check.passes.caps import caps
from kaoping.check.passes.counted_twice import counted_twice
from kaoping.check.passes.dates import dates
from kaoping.check.passes.dead_rules import dead_rules
from kaoping.check.passes.double_rounding import double_rounding
from kaoping.check.passes.ends import ends
from kaoping.check.passes.full_marks import full_marks
from kaoping.check.passes.grades import grades
from kaoping.check.passes.hidden import hidden
from kaoping.check.passes.judged import judged
from kaoping.check.passes.ladders import ladders
from kaoping.check.passes.negative_amounts import negative_amounts
from kaoping.check.passes.no_effect import no_effect
from kaoping.check.passes.outcomes import outcomes
from kaoping.check.passes.raters import raters
from kaoping.check.passes.repeated import repeated
from kaoping.check.passes.requirements import requirements
from kaoping.check.passes.rescaled import rescaled
from kaoping.check.passes.sums import sums
from kaoping.check.passes.unread_amounts import unread_amounts
from kaoping.check.passes.unused import unused
from kaoping.check.passes.weights import weights
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Severity, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

Pass = Callable[["Model", Reaches], Iterator[Finding]]

PASSES: tuple[Pass, ...] = (
    repeated,
    dates,
    ends,
    sums,
    weights,
    counted_twice,
    raters,
    judged,
    requirements,
    dead_rules,
    no_effect,
    caps,
    ladders,
    grades,
    outcomes,
    boundaries,
    negative_amounts,
    ballots,
    full_marks,
    rescaled,
    double_rounding,
    alike,
    hidden,
)
MOST = 200
"""How many findings of one pass are listed."""

WHERE_SOUND: tuple[Pass, ...] = (unused, unread_amounts)
"""What can only be said of a scheme without errors: a name may be read in a statement that could not be understood."""


def run(made: Model) -> None:
    """Add the findings of all passes; where a statement could not even be read there is none but the syntax to speak
    of, and none but the library where one is not there.
    """
    if next(made.checker.declarations.of(s.Broken), None) is not None or made.checker.declarations.lost:
        return
    reaches = Reaches(dict(made.checker.columns)).prepared()
    for each in (*PASSES, *(WHERE_SOUND if made.sound else ())):
        ours = (finding for finding in each(made, reaches) if _of_the_script(made, finding))
        found = list(islice(ours, MOST + 1))  # before any is reported: meanwhile a pass may ask the checker again
        if len(found) > MOST and found[MOST].severity is Severity.WARNING:
            found[MOST] = warning("KP199", found[MOST].span, "warnings", limit=MOST)
        for finding in found:
            if finding.severity is Severity.ERROR or made.sound:
                made.checker.report(finding)  # a warning may vanish with an error


def _of_the_script(made: Model, finding: Finding) -> bool:
    """Whether a finding is an error, or about the script itself; what else a library leaves is its own affair."""
    return finding.severity is Severity.ERROR or finding.span.source.name in ("", made.scheme.source.name)
