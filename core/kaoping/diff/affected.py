"""Everybody whom a change concerns, as a CSV file: a row each, what was and what is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kaoping.bulk.shown import guarded_text
from kaoping.data.text import guarded
from kaoping.diff.attribution import MARKED, causes_by_mark
from kaoping.diff.beside import BOTH, Beside, code, labels_of, number_places
from kaoping.diff.counterparts import HAS
from kaoping.diff.record import ABSENT, NO, NONE, YES, Attribution, Matrix
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.whole import whole

PLAIN = {YES: "yes", NO: "no", HAS: "has", NONE: "", ABSENT: "not appraised"}
ROLES = ("grade", "vetoed")


def write_affected(beside: Beside, matrices: Sequence[Matrix], attribution: Attribution, path: Path) -> None:
    """Write whoever has another state, number, rank, place or veto under the new scheme."""
    caused = [at for at, matrix in enumerate(matrices) if matrix.causes]
    columns = [*_columns(beside), *_causes(beside, caused, attribution)]
    shown = ", ".join(f"{text} AS {DUCKDB.quoted(guarded(name))}" for name, text in columns)
    marks = f" LEFT JOIN {MARKED} AS m USING (place)" if caused else ""
    query = f"SELECT {shown} FROM {BOTH} AS s{marks} WHERE {' OR '.join(_moved(beside)) or 'FALSE'} ORDER BY place"
    with whole(path) as file:
        beside.connection.execute(f"COPY ({query}) TO {DUCKDB.literal(str(file))} (FORMAT csv, HEADER true)")


def _moved(beside: Beside) -> Iterator[str]:
    both = beside.both
    pairs = (("a", "b", both.standings), ("x", "y", both.numbers), ("k", "l", both.ranks), ("p", "q", both.quotas),
             ("v", "w", both.reasons))  # fmt: skip
    for old, new, listed in pairs:
        yield from (f"s.{old}{at} IS DISTINCT FROM s.{new}{at}" for at in range(len(listed)))


def _columns(beside: Beside) -> Iterator[tuple[str, str]]:
    """Headings, and what stands below them as SQL."""
    both = beside.both
    yield "\ufeffid", guarded_text("s.id")
    yield "name", guarded_text("s.name")
    for at, pair in enumerate(both.classes):
        yield pair.name, _texts(f"s.g{at}", enumerate(labels_of(pair, beside.plans)))
    for at, standing in enumerate(both.standings):
        name = standing.kind if standing.kind in ROLES else standing.name
        texts = [(code(standing, state), PLAIN.get(state, state)) for state in standing.states]
        yield f"{name} before", _texts(f"s.a{at}", texts)
        yield f"{name} after", _texts(f"s.b{at}", texts)
    for at, pair in enumerate(both.numbers):
        places = number_places(pair, beside.plans)
        name = PLAIN.get(pair.name, pair.name).removeprefix("\treport.")
        for side, what in (("before", "x"), ("after", "y"), ("change", "d")):
            yield f"{name} {side}", _decimal(f"s.{what}{at}", places)
    for at, pair in enumerate(both.ranks):
        yield f"{pair.name} before", f"s.k{at}"
        yield f"{pair.name} after", f"s.l{at}"
    for at, pair in enumerate(both.quotas):
        yield pair.name, _in_out(f"s.p{at}", f"s.q{at}")
    for at, (pair, _) in enumerate(both.reasons):
        yield f"{pair.kind} {pair.name}", _in_out(f"s.v{at}", f"s.w{at}")


def _texts(value: str, texts: Iterable[tuple[int, str]]) -> str:
    arms = "".join(f" WHEN {number} THEN {DUCKDB.literal(guarded(text))}" for number, text in texts)
    return f"CASE {value}{arms} END"


def _decimal(value: str, places: int) -> str:
    """A whole number with its places put back, in digits."""
    if not places:
        return value
    unit = 10**places
    rest = f"LPAD(CAST(ABS({value}) % {unit} AS VARCHAR), {places}, '0')"
    return f"CASE WHEN {value} < 0 THEN '-' ELSE '' END || CAST(ABS({value}) // {unit} AS VARCHAR) || '.' || {rest}"


def _in_out(old: str, new: str) -> str:
    return f"CASE WHEN {new} AND NOT {old} THEN 'in' WHEN {old} AND NOT {new} THEN 'out' END"


def _causes(beside: Beside, caused: Sequence[int], attribution: Attribution) -> Iterator[tuple[str, str]]:
    """Of each state that changes, how, and the numbers of the changes that do it, counted from 1."""

    def numbers(parts: Iterable[int]) -> str:
        return " ".join("+".join(str(each + 1) for each in attribution.parts[part]) for part in parts)

    for at in caused:
        standing = beside.both.standings[at]
        name = standing.kind if standing.kind in ROLES else standing.name
        arms = "".join(
            f" WHEN {DUCKDB.literal(marks)} THEN "
            f"{DUCKDB.literal(f'{cause.how}: {numbers(cause.enough)} | {numbers(cause.needed)}')}"
            for marks, cause in causes_by_mark(beside, at, len(attribution.parts)).items()
        )
        yield f"{name} by", f"CASE WHEN s.a{at} <> s.b{at} THEN CASE m.m{at}{arms} END END"
