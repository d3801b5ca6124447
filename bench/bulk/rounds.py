"""Forms in processes of their own, run in turn, and the table of what that took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.measure import ENVIRONMENT, Sample, machine, met, shown_spread, shown_times

TIMES, LONG = 5, 10.0
"""How often a form is run after the first time; one that takes longer than so many seconds is not run again."""
ROOT = Path(__file__).parents[2]
PEERS = os.environ.get("KAOPING_BENCH_PEERS") or sys.executable
"""The Python where the other libraries are installed."""


class Asked(NamedTuple):
    """A form of a group: `bench.bulk.forms:memory` names the function that has it, called with the numbers."""

    group: str
    form: str
    numbers: tuple[int, ...]


class Measured(NamedTuple):
    """What a form took: each run, and the megabytes of its process at most."""

    samples: list[Sample]
    peak: float


class Target(NamedTuple):
    """What is aimed at: the first form beside the second one, or its seconds, or its megabytes."""

    form: str
    beside: str = ""
    least: float = 0
    seconds: float = 0
    megabytes: float = 0
    most: float = 0


class Worker:
    """A process with a form in it."""

    def __init__(self, asked: Asked) -> None:
        """Start it, and wait until it has loaded."""
        self.asked = asked
        python = PEERS if asked.group.startswith("bench.bulk.peers") else sys.executable
        line = [python, "-m", "bench.bulk.worker", asked.group, asked.form, *map(str, asked.numbers)]
        self.process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT
        )
        self.samples: list[Sample] = []
        self.first = 0.0
        self.number = ""

    def told(self) -> dict[str, Any]:
        """What the process says next; empty where it has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return dict(json.loads(line)) if line else {}

    def ask(self, what: str) -> dict[str, Any]:
        """Its answer."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{what}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            return {}
        return self.told()

    def run(self) -> Sample | None:
        """One run; None where it failed."""
        told = self.ask("run")
        return Sample(told["wall"], told["cpu"]) if told else None

    def end(self) -> str:
        """The last line of its complaints."""
        _, errors = self.process.communicate()
        return (errors.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]


def measured(forms: Sequence[Asked], times: int = TIMES) -> dict[str, Measured]:
    """Every form that can run here, in turn; all must agree. What cannot run is told loudly and left out."""
    workers = [worker for each in forms if (worker := _started(each)) is not None]
    numbers = {worker.asked.form: worker.number for worker in workers}
    if len(set(numbers.values())) > 1:
        for worker in workers:
            worker.end()
        sys.exit(f"the forms do not agree: {numbers}")
    for _ in range(times):
        for worker in workers:
            if worker.first <= LONG or not worker.samples:
                sample = worker.run() if worker.first <= LONG else Sample(worker.first, worker.first_cpu)
                if sample is not None:
                    worker.samples.append(sample)
    found = {}
    for worker in workers:
        found[worker.asked.form] = Measured(worker.samples, float(worker.ask("peak").get("peak", 0)))
        worker.end()
    return found


def _started(asked: Asked) -> Worker | None:
    worker = Worker(asked)
    sample = worker.run() if worker.told() else None
    worker.number = str(worker.ask("number").get("number", "")) if sample is not None else ""
    if sample is None or not worker.number:
        print(f"\n*** LEFT OUT: {asked.form}: {worker.end()} ***\n", flush=True)
        return None
    worker.first, worker.first_cpu = sample.wall, sample.cpu
    return worker


def told(title: str, found: Mapping[str, Measured], base: str, targets: Sequence[Target] = ()) -> None:
    """A table: times, peak, and how many times the base each takes, round by round; then the targets."""
    print(f"\n{title}\n{machine()}; all forms agree on every value\n")
    print("| form | wall | CPU | peak | wall beside the first | CPU beside it | runs |\n|---|--:|--:|--:|--:|--:|--:|")
    of = found.get(base)
    for form, (samples, peak) in found.items():
        wall, cpu = ([1e3 * getattr(each, what) for each in samples] for what in ("wall", "cpu"))
        ratios = ["", ""] if of is None else [shown_spread(_ratios(samples, of.samples, what), "x") for what in (0, 1)]
        held = f"{peak:,.0f} MB" if peak else ""
        row = (form, shown_times(wall), shown_times(cpu), held, *ratios, str(len(samples)))
        print(f"| {' | '.join(row)} |", flush=True)
    lines = [line for each in targets if (line := _target(each, found))]
    if lines:
        print("\n| target | wall | CPU | met |\n|---|--:|--:|---|")
        print("\n".join(lines), flush=True)


def _ratios(samples: Sequence[Sample], of: Sequence[Sample], what: int) -> list[float]:
    number = min(len(samples), len(of))
    return [samples[at][what] / of[at][what] for at in range(number)]


def _target(target: Target, found: Mapping[str, Measured]) -> str | None:
    one, other = found.get(target.form), found.get(target.beside)
    if one is None or (target.beside and other is None):
        return None
    if target.seconds or target.megabytes:
        wall, peak = median(each.wall for each in one.samples), one.peak
        if target.megabytes:
            reached = met(target.megabytes, peak)
            return f"| {target.form}: under {target.megabytes:,.0f} MB | {peak:,.0f} MB | | {reached} |"
        cpu = median(each.cpu for each in one.samples)
        return f"| {target.form}: under {target.seconds} s | {wall:.2f} s | {cpu:.2f} s | {met(target.seconds, wall)} |"
    assert other is not None
    wall, cpu = (_ratios(one.samples, other.samples, what) for what in (0, 1))
    if target.most:
        goal, reached = f"at most {target.most}x", met(target.most, median(wall))
    else:
        wall, cpu = (_ratios(other.samples, one.samples, what) for what in (0, 1))
        goal, reached = f"at least {target.least}x faster than", met(-target.least, -median(wall))
    what = f"{target.form}: {goal} {target.beside}"
    return f"| {what} | {shown_spread(wall, 'x')} | {shown_spread(cpu, 'x')} | {reached} |"
