"""How long `kaoping diff --data` takes on a million units: two rules and a line changed, each of them tried alone."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.bulk.made import folder, script_file, units_file
from bench.measure import Table, kaoping, processes

CHANGES = {
    "cap bonus 50": "cap bonus 30",
    "grade 合格 if 总分 >= 600": "grade 合格 if 总分 >= 610",
    "top 30% of all": "top 25% of all",
}


def changed(script: Path) -> Path:
    """The script of the units with another cap, another line and another share."""
    text = script.read_text("utf-8")
    for old, new in CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder() / "units-changed.kp"
    file.write_text(text, encoding="utf-8")
    return file


def main(size: int = 1_000_000) -> None:
    """Measure the command, fresh processes, from CSV and from Parquet; and without the population."""
    script = script_file("units")
    new = changed(script)
    table = Table(f"diff: {size:,} units, {len(CHANGES)} changes")
    lines = {
        f"`kaoping diff --data`, {suffix}": kaoping("diff", script, new, "--data", units_file(size, suffix))
        for suffix in (".csv", ".parquet")
    }
    lines["`kaoping diff`, words alone"] = kaoping("diff", script, new)
    for name, samples in processes(lines, 3, ends=1).items():
        table.time(name, samples, target=10_000 if "--data" in name else None)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
