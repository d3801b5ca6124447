"""The table of clauses cannot lie: all of them stand in it, and what it names is in the scripts and says something."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from kaoping.surroundings import shipped_scripts

SCHEMES = Path(__file__).parents[1] / "schemes"
CLAUSES = {
    "S01": 3, "S02": 10, "S03": 7, "S04": 1, "S05": 2, "S06": 1, "S07": 5, "S08": 2, "S09": 7, "S10": 3, "S11": 1,
    "S12": 12, "S13": 7, "S14": 12, "S15": 6,
    "S16": 9, "S17": 9, "S18": 19, "S19": 1, "S20": 13, "S21": 4, "S22": 3,
    "S23": 1, "S24": 4, "S25": 2, "S26": 8, "S27": 1, "S28": 5, "S29": 2, "S30": 1,
    "S31": 1, "S32": 4, "S33": 1, "S34": 1, "S35": 4,
}  # fmt: skip
"""How many computable clauses a reader counted in each system of the source documents: 172."""


@cache
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_table", SCHEMES / "coverage" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_clause_that_was_counted_is_in_the_table() -> None:
    numbers = [clause.number for system in builder().systems() for clause in system.clauses]
    assert numbers == [f"{system}.{each}" for system, most in CLAUSES.items() for each in range(1, most + 1)]
    assert len(numbers) == 172


def test_a_clause_stands_in_a_script_or_has_a_reason_why_not() -> None:
    clauses = [clause for system in builder().systems() for clause in system.clauses]
    assert [clause.number for clause in clauses if bool(clause.under) == bool(clause.reason)] == []
    assert [clause.number for clause in clauses if clause.reason and len(clause.reason) < 10] == []


def test_every_block_that_is_named_is_there_and_says_something() -> None:
    built = builder()
    places = {place for system in built.systems() for clause in system.clauses for place in clause.under}
    assert [place for place in sorted(places) if not any(built.rules(block) for block in built.blocks(place))] == []


def test_every_scheme_that_is_shipped_expresses_some_clause() -> None:
    named = {
        place.partition(":")[0] for system in builder().systems() for clause in system.clauses for place in clause.under
    }
    assert sorted(set(shipped_scripts()) - named) == []


def test_the_page_is_up_to_date() -> None:
    """Where this fails: `python schemes/coverage/build.py`."""
    assert (SCHEMES / "README.md").read_text("utf-8") == builder().page()


@pytest.mark.parametrize("place", ["loudi-2009:no such clause"])
def test_a_block_that_is_not_there_is_not_found(place: str) -> None:
    assert builder().blocks(place) == []
