"""Scripts and data made up together: well-typed schemes over the language, small populations, hostile values."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from oracle.generator import declarations, grading, points
from oracle.generator.cells import worlds
from oracle.generator.writing import Writer
from oracle.world import World

EARLIER = {"2009": ("2008", "2007", "2005"), "2009H1": ("2008H2", "2008H1", "2007"), "2008-07-01..2009-06-30": ()}


@st.composite
def schemes(draw: DrawFn) -> tuple[str, World, dict[str, World]]:
    """A script, its data, and data of earlier periods: what the scheme makes of those are its stored results."""
    w = Writer(draw)
    declarations.settings(w)
    declarations.declarations(w)
    points.items(w)
    points.adjustments(w)
    points.totals(w)
    grading.grades(w)
    grading.over_periods(w)
    grading.outcomes(w)
    grading.requirements(w)
    world = draw(worlds(w.subject, w.tables, w.params))
    periods = EARLIER[w.lines[1].removeprefix("period ")] if w.reach.periods else ()
    earlier = {each: draw(worlds(w.subject, w.tables, w.params)) for each in periods if w.chance(60)}
    return "\n".join(w.lines) + "\n", world, earlier
