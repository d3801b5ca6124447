"""How long `kaoping run` takes, from CSV files to a CSV file, and what part of it is what."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench.made import loudi_data
from bench.measure import Functions, Table, calls, kaoping, processes
from kaoping.cli.script import found
from kaoping.data.read import read_dataset
from kaoping.data.write import results_text
from kaoping.engines.run import evaluate

SCHEME = "loudi-2009"
TARGETS = {1_000: (500, 15), 30_000: (2_000, 5)}  # subjects: milliseconds, and how often it is run


def main() -> None:
    """Measure the command, then its parts."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        data = {number: loudi_data(folder / f"{number}", number) for number in TARGETS}
        table = Table(f"run: {SCHEME}, fresh processes, CSV to CSV")
        for number, (target, times) in TARGETS.items():
            figure = f"`kaoping run`, {number:,} subjects"
            line = kaoping("run", SCHEME, data[number], "-o", folder / "results.csv")
            for name, samples in processes({figure: line}, times).items():
                table.time(name, samples, target=target)
        _parts(data)


def _parts(data: dict[int, Path]) -> None:
    table = Table(f"run: {SCHEME} in one process")
    plan = found(SCHEME).checked().plan
    assert plan is not None
    for number, folder in data.items():
        read = partial(read_dataset, plan.inputs, folder, scheme=plan.scheme, period=plan.period)
        dataset, findings = read()
        assert dataset is not None, findings
        results = evaluate(plan, dataset)
        parts: Functions = {
            "read the CSV files": read,
            "evaluate": partial(evaluate, plan, dataset),
            "write CSV": partial(results_text, results, "csv"),
            "write JSON": partial(results_text, results, "json"),
        }
        for part, samples in calls(parts, 9 if number < 10_000 else 5).items():
            table.time(f"{part}, {number:,} subjects", samples)


if __name__ == "__main__":
    main()
