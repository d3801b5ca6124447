"""Grades in their five steps, quotas, marks, outcomes and requirements (paragraphs 12 to 14, 22)."""

from __future__ import annotations

from kaoping import expr as x
from kaoping import scheme as s
from oracle import expressions, names, points, quotas, rows
from oracle.book import Oracle, Placed
from oracle.folds import place_among
from oracle.world import Option, Scope, Value


def option(o: Oracle, grade: str) -> Option:
    """A grade as a value: grades are written best first."""
    return Option(grade, tuple(reversed(o.grades)))


def holds(o: Oracle, here: Placed, condition: x.Expr | None, subject: str) -> bool:
    """Whether a rule is in force, for the subject's class, and its condition holds."""
    if not points.in_classes(o, here, subject) or not points.in_force(o, here):
        return False
    return condition is None or expressions.value(o, condition, Scope(subject)) is True


def vetoed(o: Oracle, subject: str) -> bool:
    """Whether any veto holds."""
    return any(isinstance(p.statement, s.Veto) and holds(o, p, p.statement.condition, subject) for p in o.all)


def _bars(o: Oracle, subject: str) -> list[str]:
    bars = [(p, p.statement) for p in o.all if isinstance(p.statement, s.Bar)]
    return [bar.grade for here, bar in bars if holds(o, here, bar.condition, subject)]


def barred_from(o: Oracle, grade: str, subject: str) -> bool:
    """Whether a bar keeps the subject from a grade: a bar of it, or of a grade below it."""
    return any(o.grades.index(bar) >= o.grades.index(grade) for bar in _bars(o, subject))


def before_quotas(o: Oracle, subject: str) -> str | None:
    """Base grade, downgrades, bars, veto."""
    base = _base(o, subject)
    if base is None:
        return None
    at = o.grades.index(base)
    for here in o.all:
        if isinstance(here.statement, s.Downgrade) and holds(o, here, here.statement.condition, subject):
            at = min(at + here.statement.steps, len(o.grades) - 1)
    for bar in _bars(o, subject):
        at = max(at, o.grades.index(bar) + 1)
    return o.grades[-1] if vetoed(o, subject) else o.grades[min(at, len(o.grades) - 1)]


def _base(o: Oracle, subject: str) -> str | None:
    for here in o.all:
        found: Value = None
        match here.statement:
            case s.Grade(grade=grade, condition=condition):
                if holds(o, here, condition, subject):
                    return grade
            case s.GradeCase(case=case):
                if holds(o, here, None, subject):
                    found = expressions.value(o, case, Scope(subject))
            case s.GradeValue(value=value, condition=condition):
                if holds(o, here, condition, subject):
                    found = expressions.value(o, value, Scope(subject))
        if found is not None:
            return str(found.label)
    return None


class State:
    """The grades and marks as the quota blocks so far have left them."""

    def __init__(self, o: Oracle) -> None:
        self.grades = {subject: before_quotas(o, subject) if o.grades else None for subject in o.appraised}
        self.marks: dict[str, set[str]] = {}


def after_quotas(o: Oracle) -> State:
    """Every block in text order, each seeing what the block before left."""
    if "state" not in o.cache:
        state = State(o)
        o.cache["state"] = state  # marks are read by later blocks while it grows
        for here in o.all:
            match here.statement:
                case s.Select():
                    quotas.select(o, here, here.statement, state)
                case s.Limit():
                    quotas.limit(o, here, here.statement, state)
        o.cache["settled"] = True
    state = o.cache["state"]
    assert isinstance(state, State)
    return state


def final_grade(o: Oracle, subject: str) -> Value:
    """`grade`: always the final one."""
    grade = after_quotas(o).grades[subject]
    return None if grade is None else option(o, grade)


def mark(o: Oracle, name: str, subject: str) -> bool:
    """A mark that is no grade: yes or no."""
    return subject in after_quotas(o).marks.get(name, set())


def shown_rank(o: Oracle, subject: str) -> Value:
    """`rank`: of the total over all, or as `rank by` says."""
    asked = next((p.statement for p in o.all if isinstance(p.statement, s.RankBy)), None)
    name = asked.name.text if asked else o.total_name()
    if name is None:
        return None
    within = asked.within if asked else ()
    total = o.total_name()

    def ranked(scope: Scope) -> Value:
        """The value of whoever has a total."""
        if total is not None and names.named(o, total, total, scope) is None:
            return None
        return names.named(o, name, name, scope)

    mine = ranked(Scope(subject))
    if mine is None:
        return None
    others = [ranked(member) for member in rows.cohort(o, within, subject)]
    return place_among(mine, [each for each in others if each is not None])


def outcome(o: Oracle, name: str, subject: str) -> Value:
    """The first line that holds; without `=` yes or no, with it no value where none holds."""
    lines = [(p, p.statement) for p in o.all if isinstance(p.statement, s.Outcome) and p.statement.name == name]
    for here, line in lines:
        if holds(o, here, line.condition, subject):
            found = True if line.value is None else expressions.value(o, line.value, Scope(subject))
            return names.as_result(o, name, found)
    return False if lines[0][1].value is None else None


def findings(o: Oracle, subject: str) -> list[tuple[str, int]]:
    """What a subject fails of the requirements, with the number of rows that fail."""
    found = []
    for here in o.all:
        require = here.statement
        if not isinstance(require, s.Require) or not holds(o, here, require.when, subject):
            continue
        asked = [Scope(subject)] if require.for_each is None else rows.of(o, require.for_each.text, Scope(subject))
        failed = sum(1 for each in asked if expressions.value(o, require.condition, each) is False)
        if failed:
            found.append((require.message or "", failed))
    return found
