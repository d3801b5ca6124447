"""The shipped schemes: no findings, examples that pass, and the results of an independent program."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest

from kaoping.cli.test import unexercised
from kaoping.data.read import read_dataset
from kaoping.data.write import results_text
from kaoping.diagnostic import Severity
from kaoping.engines.examples import run_examples
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import SHIPPED, Surroundings, shipped_scripts
from kaoping_dsl.format import format_script
from kaoping_dsl.parse import parse

assert SHIPPED is not None
SCHEMES = sorted(shipped_scripts())
HERE = Path(__file__).parent


@cache
def planned(path: Path) -> Plan:
    """The plan of a script that must check without any finding, but for a contradiction of the document it keeps."""
    scheme, syntax = parse(Source(path.name, path.read_text(encoding="utf-8")))
    plan, findings = plan_scheme(scheme, Surroundings(path.parent))
    kept = [each for each in findings if each.code == "KP461" and each.severity is Severity.WARNING]
    assert [*syntax, *(each for each in findings if each not in kept)] == []
    assert plan is not None
    return plan


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def same(got: str, expected: str) -> bool:
    """Numbers compare as numbers, everything else to the letter."""
    try:
        return Decimal(got) == Decimal(expected)
    except InvalidOperation:
        return got == expected


def test_the_schemes_of_the_first_release_are_shipped() -> None:
    wanted = {
        "bank-branch-audit-2011",
        "loudi-2009",
        "loudi-2009-departments",
        "seismic-bureau-2013-offices",
        "seismic-bureau-2013-staff",
    }
    assert wanted <= set(SCHEMES)


@pytest.mark.parametrize("engine", ["reference", "python", "duckdb", "sqlite"])
@pytest.mark.parametrize("name", SCHEMES)
def test_results_are_those_of_the_independent_program(name: str, engine: str) -> None:
    folder = shipped_scripts()[name].parent
    plan = planned(folder / "scheme.kp")
    dataset, problems = read_dataset(plan.inputs, folder / "data", scheme=plan.scheme, period=plan.period)
    assert dataset is not None, problems
    assert len(dataset.ids) >= 20
    got = rows(results_text(evaluate(plan, dataset, engine), "csv").removeprefix("\ufeff"))
    expected = rows((folder / "expected.csv").read_text(encoding="utf-8-sig"))
    assert list(got[0]) == list(expected[0])
    assert [row["id"] for row in got] == [row["id"] for row in expected]
    wrong = [
        (row["id"], column, row[column], wanted[column])
        for row, wanted in zip(got, expected, strict=True)
        for column in row
        if not same(row[column], wanted[column])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", SCHEMES)
def test_the_independent_program_still_gives_what_is_recorded(name: str, tmp_path: Path) -> None:
    folder = shipped_scripts()[name].parent
    program = (folder / "expected.py").read_text(encoding="utf-8")
    assert "kaoping" not in {
        line.split()[1].split(".")[0] for line in program.splitlines() if line[:6] in ("import", "from k")
    }
    copy = tmp_path / name
    (copy / "data").mkdir(parents=True)
    (copy / "expected.py").write_text(program, encoding="utf-8")
    for file in (folder / "data").iterdir():
        (copy / "data" / file.name).write_bytes(file.read_bytes())
    subprocess.run([sys.executable, "expected.py"], cwd=copy, check=True, capture_output=True)
    recorded = (folder / "expected.csv").read_text(encoding="utf-8-sig")
    assert (copy / "expected.csv").read_text(encoding="utf-8-sig") == recorded


@pytest.mark.parametrize("name", SCHEMES)
def test_examples_pass_and_leave_no_clause_out(name: str) -> None:
    path = shipped_scripts()[name]
    results = run_examples(planned(path))
    clauses = {each for result in results for each in result.clauses}
    assert len(results) >= (8 if len(clauses) >= 4 else 3)
    assert [result.title for result in results if not result.passed] == []
    scheme, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    assert [each.facts["clause"] for each in unexercised(scheme, planned(path), results)] == []


@pytest.mark.parametrize("name", SCHEMES)
def test_scripts_are_laid_out_as_fmt_does(name: str) -> None:
    text = shipped_scripts()[name].read_text(encoding="utf-8")
    assert format_script(text) == text


def test_the_bands_of_the_bank_as_printed_contradict_themselves() -> None:
    path = shipped_scripts()["bank-branch-audit-2011"].with_name("as-printed.kp")
    scheme, syntax = parse(Source(path.name, path.read_text(encoding="utf-8")))
    plan, findings = plan_scheme(scheme, Surroundings(path.parent))
    assert plan is None
    assert syntax == []
    shown = " ".join(str(value) for finding in findings for value in finding.facts.values())
    assert all(witness in shown for witness in ("60", "79.5", "89.5"))


def test_what_the_document_of_shenzhen_says_of_class_c_does_not_add_up_and_is_listed() -> None:
    path = shipped_scripts()["shenzhen-petitions-2003"]
    plan, findings = plan_scheme(parse(Source(path.name, path.read_text(encoding="utf-8")))[0], Surroundings())
    assert plan is not None
    [finding] = findings
    facts = {key: finding.facts[key] for key in ("label", "claimed", "found")}
    assert (finding.code, facts) == ("KP461", {"label": "C", "claimed": "80", "found": "82"})


@pytest.mark.parametrize("name", ["loudi-2009", "seismic-offices-2013", "shenzhen-xinfang-2003"])
def test_the_examples_of_the_design_run(name: str) -> None:
    path = HERE / "examples" / f"{name}.kp"
    scheme, syntax = parse(Source(path.name, path.read_text(encoding="utf-8")))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, [*syntax, *findings]
    assert [result.title for result in run_examples(plan) if not result.passed] == []
