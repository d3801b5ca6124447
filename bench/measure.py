"""Timing, and the tables the timings are told in.

Wall time is what a user waits for; CPU time is steadier where other work uses the machine. Whatever is to be compared
is run in turn (A B A B), so that a slow minute hits both; ratios are of CPU times, round by round.
"""

from __future__ import annotations

import gc
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Sample(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


Samples = Sequence[Sample]
Functions = Mapping[str, Callable[[], object]]

# people run kaoping with compiled modules beside it; a setting of this shell must not change that
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

gc.set_threshold(1_000_000)  # as the command itself does


def kaoping(*arguments: str | Path) -> list[str]:
    """The command line of this environment's own kaoping."""
    program = shutil.which("kaoping", path=str(Path(sys.executable).parent))
    if program is None:
        sys.exit("kaoping is not installed beside this Python; run: make bench")
    return [program, *map(str, arguments)]


def processes(
    commands: Mapping[str, Sequence[str]],
    times: int,
    environment: Mapping[str, str] = ENVIRONMENT,
    ends: int = 0,
) -> dict[str, list[Sample]]:
    """Fresh processes, each command so many times in turn, after one round that does not count; each has to end with
    the same exit code.
    """
    return _in_turn({name: partial(_process, line, environment, ends) for name, line in commands.items()}, times)


def calls(functions: Functions, times: int) -> dict[str, list[Sample]]:
    """Functions in this process, each so many times in turn, after one round that does not count."""
    return _in_turn({name: partial(_call, function) for name, function in functions.items()}, times)


def _in_turn(runs: Mapping[str, Callable[[], Sample]], times: int) -> dict[str, list[Sample]]:
    for run in runs.values():
        run()
    samples: dict[str, list[Sample]] = {name: [] for name in runs}
    for _ in range(times):
        for name, run in runs.items():
            samples[name].append(run())
    return samples


def _process(line: Sequence[str], environment: Mapping[str, str], ends: int) -> Sample:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != ends:
        sys.exit(f"{' '.join(line)} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return Sample(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _call(function: Callable[[], object]) -> Sample:
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    result = function()
    sample = Sample(time.perf_counter() - start, time.process_time() - cpu)
    del result
    return sample


# ---------------------------------------------------------------- telling


class Table:
    """Figures under one title, printed one by one as they are measured."""

    def __init__(self, title: str) -> None:
        """Begin, and say on what machine."""
        print(f"\n{title}\n{machine()}\n")
        print("| figure | wall | CPU | runs | target | met |\n|---|--:|--:|--:|--:|---|")

    def time(self, figure: str, samples: Samples, *, target: float | None = None, per: int = 1) -> None:
        """Median, least and most; `per` is what one run did so many of, `target` milliseconds of wall time."""
        wall = [1e3 * sample.wall / per for sample in samples]
        cpu = [1e3 * sample.cpu / per for sample in samples]
        told = "" if target is None else f"under {_number(target)} ms"
        self._row(figure, shown_times(wall), shown_times(cpu), samples, told, met(target, median(wall)))

    def ratio(
        self, figure: str, one: Samples, other: Samples, *, most: float | None = None, least: float | None = None
    ) -> None:
        """How many times the CPU time of the other one takes, round by round."""
        ratios = [a.cpu / b.cpu for a, b in zip(one, other, strict=True)]
        walls = [a.wall / b.wall for a, b in zip(one, other, strict=True)]
        told = f"at most {most}x" if most else f"at least {least}x" if least else ""
        reached = met(most, median(ratios)) if most else met(-least, -median(ratios)) if least else ""
        self._row(figure, shown_spread(walls, "x"), shown_spread(ratios, "x"), one, told, reached)

    def note(self, text: str) -> None:
        """A line about the figures above."""
        print(f"\n{text}")

    def _row(self, figure: str, wall: str, cpu: str, samples: Samples, target: str, met: str) -> None:
        print(f"| {figure} | {wall} | {cpu} | {len(samples)} | {target} | {met} |", flush=True)


def machine() -> str:
    """What the figures were measured on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{date.today()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}, "
        f"Python {platform.python_version()}; medians (least-most)"
    )


def met(target: float | None, value: float) -> str:
    """Whether a value is no more than its target."""
    return "" if target is None else "yes" if value <= target else "NO"


def shown_times(milliseconds: Sequence[float]) -> str:
    """Times, in microseconds where milliseconds would be too long a measure."""
    if median(milliseconds) < 0.1:
        return shown_spread([1e3 * each for each in milliseconds], " us")
    return shown_spread(milliseconds, " ms")


def shown_spread(values: Sequence[float], unit: str) -> str:
    """Median, least and most."""
    return f"{_number(median(values))}{unit} ({_number(min(values))}-{_number(max(values))})"


def _number(value: float) -> str:
    """Three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    places = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
