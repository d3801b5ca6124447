"""The answer to a question: ranges first, then what is the same on both sides, values in combination, z3."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kaoping.check.reach import Reaches
from kaoping.prove.alike import evident
from kaoping.prove.question import HOLDS, Question
from kaoping.prove.search import MOST_SUBJECTS, search
from kaoping.prove.shrink import shrunk
from kaoping.prove.subjects import Asker, Subject

WRITTEN_OUT = 3
"""So many rows of a table z3 gets, where it is to find a subject."""
MOST = 20_000
"""So many subjects are tried before z3 is asked."""


class Answer(Struct, frozen=True):
    """`by` says what proved it: ranges, alike, exhaustive, z3. `subjects` refute it. `tried` subjects were looked at,
    not more than `together` at once where one depends on others (else 0); `why` is what kept it from being decided
    (missing, late, left_out), `left_out` the expressions that have no formula; `narrowed` and `apart` as in the
    question.
    """

    verdict: Literal["proved", "refuted", "undecided"]
    by: str = ""
    tried: int = 0
    subjects: tuple[Subject, ...] = ()
    why: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
    together: int = 0
    narrowed: tuple[tuple[str, str], ...] = ()
    apart: bool = False


def prove(asked: Question, seconds: float = 10, most: int = MOST) -> Answer:
    """Decide whether a question holds of every subject; z3 gets so many seconds, the search before it as many."""
    answer = _decided(asked, seconds, most)
    together = MOST_SUBJECTS if asked.among else 0
    return replace(answer, together=together, narrowed=asked.narrowed, apart=asked.apart)


def _decided(asked: Question, seconds: float, most: int) -> Answer:
    if Reaches(asked.plan.columns).prepared().column_reach(HOLDS).constant == 1:
        return Answer("proved", "ranges")
    if evident(asked.plan, HOLDS):
        return Answer("proved", "alike")
    done = search(asked, seconds, most)
    if done.found is not None:
        return _refuted(asked, done.found, done.tried)
    if done.complete:
        return Answer("proved", "exhaustive", done.tried)
    if find_spec("z3") is None:
        return Answer("undecided", tried=done.tried, why="missing")
    return _by_z3(asked, seconds, done.tried)


def _by_z3(asked: Question, seconds: float, tried: int) -> Answer:
    from kaoping.prove.solve import solve

    asker, late = Asker(asked), False
    for rows in (None, 1, WRITTEN_OUT):
        solved = solve(asked, seconds, rows)
        if solved.answer == "none" and rows is None:
            return Answer("proved", "z3", tried, left_out=tuple(solved.left_out.items()))
        late = late or solved.answer == "late"
        if solved.subject is not None:
            tried += 1
            if asker.confirmed([solved.subject]) == 0:
                return _refuted(asked, [solved.subject], tried)
        if rows is None:
            first = solved
        if "rows" not in first.left_out.values():
            break
    left_out = tuple(first.left_out.items())
    return Answer("undecided", tried=tried, why="left_out" if left_out and not late else "late", left_out=left_out)


def _refuted(asked: Question, subjects: Sequence[Subject], tried: int) -> Answer:
    return replace(Answer("refuted", tried=tried), subjects=tuple(shrunk(asked, subjects)))
