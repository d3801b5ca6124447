"""Populations in bulk, part by part.

    python -m bench.bulk units 1000000 [memory] [parquet] [peers] [by-unit]
    python -m bench.bulk events 20000000 100000
    python -m bench.bulk cold [1000000]
    python -m bench.bulk crossover
    python -m bench.bulk sql500

Without arguments: the units at 100,000 and 1,000,000, and whatever takes no number. The populations are kept in the
folder KAOPING_BENCH_DATA, else among temporary files; the other libraries are those of the Python KAOPING_BENCH_PEERS.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from bench.bulk.commands import cold, crossover, sql500
from bench.bulk.forms import FIRST, OURS, OURS_NINE
from bench.bulk.rounds import Asked, Target, measured, told

FORMS, PEERS, BY_UNIT = "bench.bulk.forms", "bench.bulk.peers", "bench.bulk.peers_by_unit"
HAND, WINDOWS = "by hand, same columns", "windows, same columns"
ASKED = {
    "memory": [
        (f"{FORMS}:memory", OURS),
        (f"{FORMS}:memory", HAND),
        (f"{FORMS}:memory", WINDOWS),
        (f"{FORMS}:memory", OURS_NINE),
        (f"{FORMS}:memory", "by hand, nine columns"),
        (f"{FORMS}:memory", "windows, nine columns"),
        (f"{FORMS}:memory", FIRST),
    ],
    "parquet": [
        (f"{FORMS}:parquet", OURS),
        (f"{FORMS}:parquet", HAND),
        (f"{FORMS}:parquet", WINDOWS),
        (f"{FORMS}:parquet", "by hand, nine columns, coded"),
        (f"{FORMS}:parquet", "windows, nine columns, coded"),
        (f"{PEERS}:forms", "polars, Parquet, coded"),
    ],
    "peers": [
        (f"{FORMS}:memory", OURS_NINE),
        (f"{PEERS}:forms", "C, one core (limit)"),
        (f"{PEERS}:forms", "polars"),
        (f"{PEERS}:forms", "OpenFisca, whole numbers"),
        (f"{PEERS}:forms", "pandas"),
    ],
    "by-unit": [
        (f"{FORMS}:memory", OURS_NINE),
        (f"{FORMS}:compiled", "kaoping, compiled Python"),
        (f"{BY_UNIT}:forms", "decimals by hand"),
        (f"{BY_UNIT}:forms", "zen-engine, evaluate_batch"),
    ],
}
"""The forms of each group; what takes one unit at a time is not run above a million."""
TITLES = {
    "memory": "from a table in DuckDB to a table in DuckDB",
    "parquet": "from a Parquet file to a Parquet file",
    "peers": "from memory to memory, other libraries",
    "by-unit": "from memory to memory, one unit at a time",
}


def _targets(group: str, size: int) -> list[Target]:
    found = []
    if group in ("memory", "parquet") and size >= 100_000:
        found.append(Target(OURS, HAND, most=1.15 if size >= 1_000_000 else 1.3))
    if group == "memory" and size >= 100_000:
        found.append(Target(OURS_NINE, "by hand, nine columns", most=1.15 if size >= 1_000_000 else 1.3))
        found.append(Target(OURS_NINE, FIRST, least=2.5))
    if group == "parquet" and size == 10_000_000:
        found += [Target(OURS, seconds=3), Target(OURS, megabytes=1000)]
    if group == "peers" and size >= 1_000_000:
        found.append(Target(OURS_NINE, "OpenFisca, whole numbers", least=2.75 if size >= 10_000_000 else 1.75))
    if group == "by-unit" and size == 1_000_000:
        found.append(Target(OURS_NINE, "zen-engine, evaluate_batch", least=100))
    return found


def units(size: int, groups: Sequence[str] = ()) -> None:
    """The rules of the units."""
    for group in groups or [each for each in ASKED if each != "by-unit" or size <= 1_000_000]:
        forms = [Asked(where, form, (size,)) for where, form in ASKED[group]]
        told(f"units, {size:,}, {TITLES[group]}", measured(forms), ASKED[group][0][1], _targets(group, size))


def events(records: int, subjects: int) -> None:
    """Case records added up for each subject; of those who have some where that is everybody."""
    numbers = (records, subjects)
    ours, peers = f"{FORMS}:events", f"{PEERS}:events"
    forms = [Asked(ours, each, numbers) for each in (OURS, "by hand")]
    if records >= 100 * subjects:
        forms += [Asked(ours, "by hand, only who has records", numbers)]
        forms += [Asked(peers, "polars, streaming, only who has records", numbers)]
    if records >= 100 * subjects and records <= 20_000_000:
        forms += [Asked(peers, "pandas, in memory, only who has records", numbers)]
    targets = [Target(OURS, "by hand", most=1.15)]
    if records == 100_000_000:
        few = subjects <= 100_000
        targets += [Target(OURS, seconds=2.5 if few else 10), Target(OURS, megabytes=256 if few else 2000)]
    told(f"events, {records:,} records of {subjects:,} subjects, Parquet to Parquet", measured(forms), OURS, targets)


def main(arguments: Sequence[str]) -> None:
    """Measure one part, or what is quick."""
    what, *rest = arguments or [""]
    numbers = [int(each) for each in rest if each.isdigit()]
    plain: dict[str, Callable[..., None]] = {"cold": cold, "crossover": crossover, "sql500": sql500}
    if what == "units" and numbers:
        units(numbers[0], [each for each in rest if not each.isdigit()])
    elif what == "events" and len(numbers) == 2:
        events(*numbers)
    elif what in plain:
        plain[what](*numbers)
    elif what:
        sys.exit(__doc__)
    else:
        for size in (100_000, 1_000_000):
            units(size)
        for part in plain.values():
            part()


if __name__ == "__main__":
    main(sys.argv[1:])
