"""Short scripts whose examples are tried on wrong rules, and what comes out."""

from __future__ import annotations

from pathlib import Path

from kaoping import scheme as s
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.plugins import LANGUAGE, load_scheme, write_examples
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.testing.generate import missing
from kaoping.testing.score import Score, score

HEAD = "scheme 试验\nperiod 2009\nsubject 单位\ninput 得分 : score 0..100\n"
GRADED = HEAD + 'clause "四"\n  grades 合格 > 不合格\n  grade 合格 if 得分 >= 60\n  grade 不合格 otherwise\n'


def planned(text: str, folder: Path | None = None) -> tuple[s.Scheme, Plan]:
    scheme, syntax = load_scheme(Source("试验.kp", text), LANGUAGE)
    plan, findings = plan_scheme(scheme, Surroundings(folder))
    assert plan is not None and syntax == [], [*syntax, *findings]  # noqa: PT018
    return scheme, plan


def scored(text: str, folder: Path | None = None) -> Score:
    return score(*planned(text, folder), Surroundings(folder))


def survivors(text: str) -> list[tuple[str | None, str, str, str]]:
    found = scored(text).survivors
    return [(each.mutant.clause, each.mutant.kind, each.mutant.before, each.mutant.after) for each in found]


def with_missing(text: str, folder: Path | None = None) -> str:
    """The script with the examples that are generated for it."""
    plan = planned(text, folder)[1]
    made = missing(plan, scored(text, folder), lambda number, _: f"待确认 {number}")
    return text + (write_examples(made, text, LANGUAGE) or "")
