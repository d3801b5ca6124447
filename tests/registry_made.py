"""Small registries to work on: people with keys, a scheme of a few lines, its data, runs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kaoping.dataset import Dataset
from kaoping.engines.run import evaluate
from kaoping.plan.plan import Plan
from kaoping.registry import people, runs, store, versions
from kaoping.registry.entries import Entry, to_sign
from kaoping.registry.keys import Signer
from kaoping.registry.runs import Rules, Run
from kaoping.registry.store import Store
from kaoping.registry.submission import submission
from kaoping.registry.suite import ED25519, Suite
from kaoping.registry.versions import Submission, Version
from kaoping.source import Source
from kaoping.surroundings import Surroundings

PEOPLE = {"甲": ("keeper",), "乙": ("author", "operator"), "丙": ("reviewer", "approver"), "丁": ("approver",)}
"""甲 begins the registry, the others are trusted with this."""

SCRIPT = """scheme 季度考核
period 2010
item 得分 100
grades 优 > 良 > 差
grade 优 if total >= 90
grade 良 if total >= 60
grade 差 otherwise
"""


def signer(name: str, suite: Suite = ED25519) -> Signer:
    """Somebody who can sign; the same person under the same name."""
    return _signer(name, suite)


@cache
def _signer(name: str, suite: Suite) -> Signer:
    private = suite.new_key("口令")
    return Signer(name, suite.public_key(private, "口令"), private, "口令", suite)


def begun(path: Path, approvals: int = 1, suite: Suite = ED25519, origin: str = "某市#1") -> Store:
    """A new registry with its people."""
    made = store.created(path, suite)
    people.begin(made, origin, approvals, signer("甲", suite))
    for name, roles in PEOPLE.items():
        if name != "甲":
            people.trust(made, signer("甲", suite), name, signer(name, suite).public, roles)
    return made


def script(changed: str = "") -> tuple[Submission, Plan]:
    """A script ready to be published; another one for another `changed`."""
    ready = submission(Source("s.kp", f"{SCRIPT}# {changed}\n"), ".kp", Surroundings())
    return ready.submission, ready.plan


def approved(
    made: Store, changed: str = "", effective: date = date(2010, 1, 1), until: date | None = None,
    approvers: Iterable[str] = ("丙",),
) -> Version:  # fmt: skip
    """A version published by 乙, reviewed by 丙, approved."""
    suite = made.suite
    version = versions.publish(made, signer("乙", suite), script(changed)[0], "首次", effective, until)
    version = versions.decide(made, signer("丙", suite), version, "review", "看过")
    for name in approvers:
        version = versions.decide(made, signer(name, suite), version, "approve", "同意")
    return version


def data(folder: Path, plan: Plan, count: int = 5, first: int = 50) -> Dataset:
    """Data of some units: U1 has `first` points, the next one more."""
    from kaoping.data.read import read_dataset

    file = folder / "units.csv"
    lines = [f"U{at},单位{at},{(first + at) % 100}" for at in range(count)]
    file.write_text("id,name,得分\n" + "\n".join(lines) + "\n", "utf-8")
    dataset, findings = read_dataset(plan.inputs, file, scheme=plan.scheme, period=plan.period)
    assert dataset is not None, findings
    return dataset


def recorded(
    made: Store, version: Version, plan: Plan, dataset: Dataset, *, by: Signer | None = None
) -> tuple[Run, str]:
    """A run of a version, recorded by 乙, and its checkpoint."""
    rules = Rules(plan, version.script, ".kp", {}, version)
    with made.writing():
        results = evaluate(plan, dataset)
        return runs.record(made, by or signer("乙", made.suite), rules, dataset, results, date(2010, 4, 1), "reference")


def forged(store: Store, kind: str, body: dict[str, Any], by: Signer, signed_by: Signer | None = None) -> Entry:
    """An entry written past all that would refuse it, with the signature of somebody."""
    with store.writing():
        entry = store.next_entry(kind, body, by.public.hex())
        signature = (signed_by or by).sign(to_sign(entry))
        entry = replace(entry, signature=base64.b64encode(signature).decode())
        store.append(entry)
    return entry
