"""The oracle: everything a scheme says of a data set, worked out literally."""

from __future__ import annotations

from dataclasses import dataclass, field

from kaoping.scheme import Scheme
from oracle import grading, names
from oracle.book import Oracle
from oracle.world import Scope, Value, World


@dataclass(slots=True)
class Answer:
    """Results by name and subject; `findings` are the messages of failed requirements, once for each row that fails."""

    subjects: list[str]
    columns: dict[str, dict[str, Value]] = field(default_factory=dict)
    findings: dict[str, list[str]] = field(default_factory=dict)


def evaluate(scheme: Scheme, world: World) -> Answer:
    """Every class, item, let, total, mark, outcome and built-in result of every subject appraised."""
    o = Oracle(scheme, world)
    answer = Answer(list(o.appraised))
    built_in = ["bonus", "penalty", "items", "full", "vetoed", "rank", *(["grade"] if o.grades else [])]
    wanted = [*o.inputs, *o.classes, *o.lets, *o.items, *o.totals, *o.marks, *o.outcomes, *built_in]
    for name in wanted:
        answer.columns[name] = {who: names.named(o, name, name, Scope(who)) for who in o.appraised}
    for who in o.appraised:
        answer.findings[who] = [message for message, failed in grading.findings(o, who) for _ in range(failed)]
    return answer
