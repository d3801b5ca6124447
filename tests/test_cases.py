"""Every finding about a script, shown: a script with just that mistake, what is printed for it in both languages, and
the same script put right.

`KAOPING_RECORD=1 pytest tests/test_cases.py` writes what is printed; read the difference before committing it.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path

import pytest

from case_files import BAD, CASES, GOOD, code_of, expected_number, findings_of, printed, recorded
from kaoping.messages import LANGUAGES

ROOT = Path(__file__).parents[1]
RECORD = os.environ.get("KAOPING_RECORD") == "1"
NEEDS_NO_CASE = {
    "KP100": "a script longer than a million characters",
    "KP199": "a script with more than 200 mistakes",
}
"""Codes whose scripts are too long to keep; the tests of hostile scripts make them."""
WORDS_OF_CHECKS = ("names", "types", "uses", "ranges", "items", "grades")
NEEDS_NO_CASE_OF_ITS_OWN = {
    ("KP230", "deep"): "two hundred names, each waiting for the next",
    ("KP205", "known"): "depends on what is installed, as the next ones do: see the tests of plugins",
    ("KP202", "several"): "",
    ("KP205", "broken"): "",
    ("KP205", "off"): "",
}


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("case", BAD, ids=named)
def test_a_mistake_is_told_in_these_words(case: Path) -> None:
    for language in LANGUAGES:
        file, text = recorded(case, language), printed(case, language)
        if RECORD:
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8")


@pytest.mark.parametrize("case", BAD, ids=named)
def test_a_mistake_is_told_once(case: Path) -> None:
    findings = findings_of(case)
    assert len(findings) == expected_number(case)
    assert code_of(case) in {finding.code for finding in findings}


@pytest.mark.parametrize("case", GOOD, ids=named)
def test_nothing_is_said_about_a_good_script_and_its_examples_hold(case: Path) -> None:
    assert [(finding.code, finding.span.text) for finding in findings_of(case)] == []


@pytest.mark.parametrize("case", [path for path in GOOD if not path.name.startswith("KP")], ids=named)
def test_a_case_about_the_language_has_examples(case: Path) -> None:
    assert re.search(r"^(example|示例) ", case.read_text("utf-8"), re.MULTILINE)


def test_twelve_mistakes_in_a_long_script_are_twelve_findings() -> None:
    """One mistake hides no other, and none is told twice: each finding stands in the line that was changed."""
    wrong, right = CASES / "twelve-mistakes.kp", CASES / "good" / "twelve-mistakes.kp"
    changed = _changed_lines(wrong.read_text("utf-8").splitlines(), right.read_text("utf-8").splitlines())
    findings = findings_of(wrong)
    assert len(findings) == len(changed) == 12
    assert {finding.span.position[0] for finding in findings} == changed


def _changed_lines(wrong: list[str], right: list[str]) -> set[int]:
    """The lines that were changed, counted from 1, the head comment apart; for a line that was missing, the statement
    it belongs below.
    """
    changed = set()
    for kind, first, last, _, _ in difflib.SequenceMatcher(None, wrong, right, autojunk=False).get_opcodes():
        if kind == "replace":
            changed |= set(range(first + 1, last + 1))
        elif kind == "insert":
            inside = next(i for i in range(first - 1, -1, -1) if _depth(wrong[i]) < _depth(wrong[first - 1]))
            changed.add(inside + 1)
    return changed - {1}


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def codes_about_scripts() -> set[str]:
    """The codes of the sources, those about data (KP6xx) and about the installation (KP9xx) apart."""
    files = [path for folder in ("core", "dsl") for path in (ROOT / folder).rglob("*.py")]
    return {code for path in files for code in re.findall(r'"(KP[1-5]\d\d)"', path.read_text("utf-8"))}


def test_every_code_about_scripts_has_a_bad_and_a_good_case() -> None:
    wanted = codes_about_scripts() - NEEDS_NO_CASE.keys()
    assert sorted(wanted - {code_of(case) for case in BAD}) == []
    assert sorted(wanted - {code_of(case) for case in GOOD}) == []


def test_every_bad_case_is_put_right_by_a_good_one() -> None:
    good = {case.name for case in GOOD}
    assert [case.name for case in BAD if case.name not in good] == []


def test_no_recorded_text_is_left_over() -> None:
    known = {recorded(case, language).name for case in BAD for language in LANGUAGES}
    assert sorted(path.name for path in (CASES / "bad").glob("*.txt") if path.name not in known) == []


def test_every_variant_of_a_check_has_a_case() -> None:
    """A variant in the catalogue of checks is one that some case shows."""
    messages = ROOT / "core" / "kaoping" / "messages" / "zh"
    files = [tomllib.loads((messages / f"{name}.toml").read_text("utf-8")) for name in WORDS_OF_CHECKS]
    stated = {(code, variant) for file in files for code, entry in file.items() for variant in entry.get("variant", {})}
    shown = {(finding.code, finding.variant) for case in BAD for finding in findings_of(case)}
    assert sorted(stated - shown - NEEDS_NO_CASE_OF_ITS_OWN.keys()) == []
