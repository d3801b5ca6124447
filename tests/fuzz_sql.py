"""Compares the SQL engines with the reference evaluator on as many made-up cases as one likes.

`python tests/fuzz_sql.py 100000` tries cases 0 to 99999 on all processors, and prints what differs, by number;
`python tests/fuzz_sql.py 1 12345` tries one again.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections import Counter
from multiprocessing import Pool
from typing import NamedTuple

import sql_engines as sql
from kaoping.engines.sql.expressions import NotInSql


class Outcome(NamedTuple):
    """How a case went: what differs, and why an engine refused it."""

    seed: int
    differs: str
    stopped: str


def kind_of(seed: int) -> str:
    """What sort of case a number is."""
    return sql.KINDS[seed % len(sql.KINDS)]


def tried(seed: int) -> Outcome:
    """A case on every engine."""
    made = sql.made(seed)
    wanted = sql.expected(*made)
    differs: list[str] = []
    stopped: list[str] = []
    for name, evaluated in sql.ENGINES.items():
        try:
            found = sql.found(*made, evaluated)
        except (NotInSql, OverflowError, sqlite3.OperationalError) as reason:
            overflow = isinstance(reason, NotInSql | OverflowError) or str(reason) == "integer overflow"
            # a product of twelve digits and twelve needs more than SQLite has in plans of any kind
            expected = kind_of(seed) == "ranges" or name == "sqlite"
            (stopped if overflow and expected else differs).append(f"{name} {type(reason).__name__}: {reason}")
        except Exception as reason:
            differs.append(f"{name} {type(reason).__name__}: {reason}")
        else:
            differs += [f"{name} {each}" for each in sql.differences(wanted, found)]
    return Outcome(seed, "; ".join(differs), "; ".join(stopped))


def main() -> int:
    """Try the cases asked for; 1 where one differs."""
    number, first = (int(each) for each in [*sys.argv[1:3], *("1000", "0")[len(sys.argv) - 1 :]])
    begun, done, wrong, stops = time.monotonic(), 0, 0, Counter[str]()
    with Pool(maxtasksperchild=500) as pool:
        for outcome in pool.imap_unordered(tried, range(first, first + number), chunksize=20):
            done += 1
            stops[kind_of(outcome.seed)] += bool(outcome.stopped)
            if outcome.differs:
                wrong += 1
                print(f"case {outcome.seed}: {outcome.differs[:500]}", flush=True)
            if done % 5000 == 0:
                print(f"{done} cases, {wrong} differ, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{done} cases, {wrong} differ, {sum(stops.values())} stopped for the width of their numbers")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
