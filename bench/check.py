"""How long checking takes: the command from cold, and parsing and planning by the line in a warm process."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench.made import long_script
from bench.measure import ENVIRONMENT, Functions, Table, calls, kaoping, processes
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

SIZES = {100: 15, 1_000: 9, 10_000: 2}  # lines, and how often each is read


def main() -> None:
    """Measure the command, then its parts."""
    with tempfile.TemporaryDirectory() as folder:
        _cold(Path(folder))
    _warm()


def _cold(folder: Path) -> None:
    table = Table("check: fresh processes")
    commands = {}
    for lines in (100, 1_000):
        script = folder / f"{lines}.kp"
        script.write_text(long_script(lines), encoding="utf-8")
        commands[f"`kaoping check`, {lines:,} lines"] = kaoping("check", script)
    runs = processes(commands | {"`kaoping --version`": kaoping("--version")}, 15)
    for name, samples in runs.items():
        table.time(name, samples, target=400 if "1,000" in name else None)
    nowhere = folder / "file"  # a cache folder that cannot be made: the parse table is made anew each time
    nowhere.touch()
    no_cache = {**ENVIRONMENT, **dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(nowhere))}
    first = processes({"the very first, 1,000 lines": commands["`kaoping check`, 1,000 lines"]}, 5, no_cache)
    for name, samples in first.items():
        table.time(name, samples)


def _warm() -> None:
    table = Table("check: by the line, in one process")
    for lines, times in SIZES.items():
        source = Source("script.kp", long_script(lines))
        number = source.text.count("\n")
        scheme, findings = parse(source)
        assert not findings, findings
        plan, findings = plan_scheme(scheme, Surroundings())
        assert plan is not None, findings
        parts: Functions = {
            "parse": partial(parse, source),
            "check and plan": partial(plan_scheme, scheme, Surroundings()),
            "run the examples": partial(run_examples, plan),
        }
        for part, samples in calls(parts, times).items():
            table.time(
                f"{part}, {number:,} lines, a line", samples, per=number, target=0.1 if part == "parse" else None
            )


if __name__ == "__main__":
    main()
