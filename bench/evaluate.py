"""The compiled engine beside the same rules written by hand: on integers, and on decimals. All three must agree."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from bench.by_hand import OUTPUTS, PLACES, decimal_units, on_decimals, written_on_integers
from bench.made import GRADES, INPUTS, Row, units, units_data, units_script
from bench.measure import Functions, Table, calls, kaoping, processes
from kaoping.data.read import read_dataset
from kaoping.data.write import results_text
from kaoping.dataset import Dataset, TableData
from kaoping.engines.python import compiled, run
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.typed import SUBJECTS, Key
from kaoping_dsl.parse import parse

SIZES = {1_000: 25, 10_000: 11, 100_000: 5}  # units, and how often each form is run
KAOPING, INTEGERS, DECIMALS = "kaoping, compiled", "by hand, integers", "by hand, decimals"


def main() -> None:
    """Measure evaluation, then what stands around it."""
    plan = _plan()
    shown = {column.name: key for column, key in plan.results}
    keys = [shown[name] for name in OUTPUTS]
    program, by_hand = compiled(plan, keys), written_on_integers()
    table = Table("evaluate: 31 inputs, a quota by class; from data in memory to results in memory, a unit")
    for number, times in SIZES.items():
        rows = units(number)
        dataset, decimals = _dataset(rows), decimal_units(rows)
        _must_agree(plan, keys, run(program, dataset)[0], by_hand(rows), on_decimals(decimals))
        forms: Functions = {
            KAOPING: partial(run, program, dataset),
            INTEGERS: partial(by_hand, rows),
            DECIMALS: partial(on_decimals, decimals),
            "kaoping, every column of the results": partial(evaluate, plan, dataset),
        }
        samples = calls(forms, times)
        for form in forms:
            table.time(f"{form}, {number:,} units", samples[form], per=number)
        table.ratio(f"kaoping to integers by hand, {number:,}", samples[KAOPING], samples[INTEGERS], most=2)
        table.ratio(f"decimals by hand to kaoping, {number:,}", samples[DECIMALS], samples[KAOPING], least=3)
    _around(plan)


def _plan() -> Plan:
    scheme, findings = parse(Source("units.kp", units_script()))
    assert not findings, findings
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, findings
    return plan


def _dataset(rows: list[Row]) -> Dataset:
    ids = [f"U{at:07}" for at in range(len(rows))]
    columns: dict[str, list[Any]] = {
        name: list(column) for name, column in zip(INPUTS, zip(*rows, strict=True), strict=True)
    }
    return Dataset(ids, ids, {SUBJECTS: TableData(columns)})


def _must_agree(
    plan: Plan,
    keys: list[Key],
    columns: dict[Key, list[Any]],
    integers: list[list[Any]],
    decimals: list[dict[str, Any]],
) -> None:
    """Every digit, rank and grade of the three forms; else there is nothing to compare."""
    for at, name in enumerate(OUTPUTS):
        type_, ours = plan.columns[keys[at]].type, columns[keys[at]]
        by_hand, on_decimal = [result[at] for result in integers], [result[name] for result in decimals]
        if name == "grade":
            ours, by_hand = [type_.labels[code] for code in ours], [GRADES[code] for code in by_hand]
        elif name in PLACES:
            ours = [Fraction(value, 10**type_.places) for value in ours]
            by_hand = [Fraction(value, 10 ** PLACES[name]) for value in by_hand]
            on_decimal = list(map(Fraction, on_decimal))
        assert ours == by_hand == on_decimal, f"{name} differs"


def _around(plan: Plan) -> None:
    """Reading and writing: the units as one CSV file."""
    table = Table("evaluate: what stands around it")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "units.kp").write_text(units_script(), encoding="utf-8")
        for number in (1_000, 30_000, 100_000):
            file = units_data(folder / f"{number}.csv", units(number))
            read = partial(read_dataset, plan.inputs, file, scheme=plan.scheme, period=plan.period)
            dataset, findings = read()
            assert dataset is not None, findings
            results = evaluate(plan, dataset)
            parts: Functions = {"read CSV": read, "write CSV": partial(results_text, results, "csv")}
            for part, samples in calls(parts, 3).items():
                table.time(f"{part}, {number:,} units", samples)
            line = kaoping("run", folder / "units.kp", file, "-o", folder / "results.csv")
            name = f"`kaoping run`, {number:,} units, cold"
            table.time(name, processes({name: line}, 3)[name])


if __name__ == "__main__":
    main()
