"""Record how many wrong rules the examples of each shipped scheme notice: `schemes/mutation/SCHEME.toml`.

`python schemes/mutation/build.py [SCHEME …]` tries every mutant anew and writes the records; without names those of all
schemes (about two minutes). A survivor that stays has a reason: it is written into the record by hand, and kept as long
as the survivor is the same. `tests/test_rule_tests.py` proves that the records are those of the scripts as they stand.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from kaoping.engines.examples import run_examples
from kaoping.messages import words
from kaoping.plan.build import plan_scheme
from kaoping.plugins import LANGUAGE, load_scheme
from kaoping.report.testing import change
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.testing.score import Score, Survivor, score

HERE = Path(__file__).parent
FATES = ("killed", "survived", "refused", "same")


def text_hash(path: Path) -> str:
    """The script that a record is of."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def scored(path: Path) -> Score:
    """The mutants of a shipped script, judged."""
    scheme, _ = load_scheme(Source(path.name, path.read_text("utf-8")), LANGUAGE)
    around = Surroundings(path.parent)
    plan, findings = plan_scheme(scheme, around)
    assert plan is not None, findings
    failed = [each.title for each in run_examples(plan) if not each.passed]
    assert not failed, failed  # a failing example would notice every mutant
    return score(scheme, plan, around)


def record(path: Path, found: Score, reasons: dict[str, str]) -> str:
    """The record of a scheme as TOML."""
    lines = [f'script = "{text_hash(path)}"', f"score = {found.percent}"]
    lines += [f"{fate} = {found.count(fate)}" for fate in FATES]  # type: ignore[arg-type]
    for each in found.survivors:
        told = said(each)
        lines += ["", "[[survivors]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told)]
        lines.append(f"reason = {json.dumps(reasons.get(name_of(dict(told)), ''), ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def said(survivor: Survivor) -> list[tuple[str, str]]:
    """What tells a survivor from the others: where it stands and what is changed."""
    mutant = survivor.mutant
    return [
        ("clause", mutant.clause or ""),
        ("statement", " ".join(mutant.statement.text.split("\n", 1)[0].split())),
        ("change", change(mutant, words("zh"))),
    ]


def name_of(told: dict[str, Any]) -> str:
    """The same as one text."""
    return "\n".join(str(told[key]) for key in ("clause", "statement", "change"))


def recorded(name: str) -> dict[str, Any]:
    """The record of a scheme as it was last written."""
    file = HERE / f"{name}.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def main(names: list[str]) -> None:
    """Write the records of some schemes, or of all."""
    for name in names or sorted(shipped_scripts()):
        path = shipped_scripts()[name]
        reasons = {name_of(each): each["reason"] for each in recorded(name).get("survivors", ())}
        found = scored(path)
        (HERE / f"{name}.toml").write_text(record(path, found, reasons), "utf-8")
        print(f"{found.percent:3}% {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
