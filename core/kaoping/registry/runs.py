"""Runs written down: on which rules and data, with which result; evaluated again later; corrected by new facts."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from kaoping.data.text import nearest
from kaoping.dataset import Dataset
from kaoping.plan.plan import Plan
from kaoping.plan.script import Script, checked_text
from kaoping.registry import merkle
from kaoping.registry.checkpoint import made, named
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Signer
from kaoping.registry.people import allowed, known
from kaoping.registry.snapshots import Snapshot, hash_of, snapshot_of, stored_dataset, write_snapshot
from kaoping.registry.store import Store
from kaoping.registry.submission import made_with, stored_text
from kaoping.registry.versions import Register, Version
from kaoping.results import Provenance, Reason, ResultColumn, Results
from kaoping.types import Type, Value, people_text


class Row(Struct, frozen=True):
    """The result of one subject as it is written down: numbers as integers of their column's places, dates as day
    numbers, choices as the number of their label.
    """

    id: str
    name: str
    values: tuple[Value, ...]
    findings: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str, str | None], ...] = ()


_NEEDED = {"label", "scheme", "script", "extension", "others", "snapshot", "columns", "root", "subjects"}
"""What every entry of a run says."""


class Run(Struct, frozen=True):
    """A run written down; `body` is what its entry says."""

    sequence: int
    time: str
    body: dict[str, Any]

    @property
    def label(self) -> str:
        """What was run: a version, or a script by its scheme."""
        return str(self.body["label"] or self.body["scheme"])

    @property
    def columns(self) -> list[tuple[str, Type]]:
        """Names and types of the columns of results, in their order."""
        return [(each["name"], msgspec.convert(each["type"], Type)) for each in self.body["columns"]]


# ---------------------------------------------------------------- results as rows


def rows(results: Results) -> Iterator[Row]:
    """Results, subject by subject."""
    columns = [results.values[column.name] for column in results.columns]
    values: Sequence[tuple[Value, ...]] = list(zip(*columns, strict=True)) if columns else [()] * len(results.ids)
    for at, (id_, name, told) in enumerate(zip(results.ids, results.names, values, strict=True)):
        reasons = tuple((each.word, each.text, each.clause) for each in results.reasons[at])
        yield Row(id_, name, told, tuple(results.findings[at]), reasons)


def commitment(store: Store, record: bytes, nonce: bytes) -> bytes:
    """What stands in the tree for a record: it can be checked by whoever is shown record and nonce, and tells nothing
    to anybody else.
    """
    return hmac.new(nonce, record, store.suite.sha).digest()


def nonce_of_result(store: Store, secret: bytes, run: Mapping[str, Any], subject: str) -> bytes:
    """What opens the commitment to the result of a subject in a run, given what the entry of the run says.

    It is another for other rules and other data: who is shown one result learns nothing of the next.
    """
    return store.nonce(secret, "result", str(run.get("script")), str(run.get("data")), subject)


class Committed(NamedTuple):
    """Results ready to be written: (subject, record, commitment) of each, and the root over the commitments."""

    lines: list[tuple[str, bytes, bytes]]
    root: bytes


def committed(store: Store, run: Mapping[str, Any], results: Results) -> Committed:
    """Results as they are written down for a run, given the script and the data that its entry names."""
    secret, lines, peaks = store.secret(), [], list[bytes]()
    for at, row in enumerate(rows(results)):
        record = msgspec.json.encode(row)
        made_of = commitment(store, record, nonce_of_result(store, secret, run, row.id))
        lines.append((row.id, record, made_of))
        merkle.grow(store.suite.sha, peaks, at, merkle.leaf(store.suite.sha, made_of))
    return Committed(lines, merkle.crown(store.suite.sha, peaks))


def stored_rows(store: Store, run: int, subject: str | None = None) -> list[Row]:
    """The results of a run as they were written down, of one subject or of all."""
    asked = "SELECT record FROM results WHERE run = ?" + (" AND subject = ?" if subject is not None else "")
    told = (run,) if subject is None else (run, subject)
    try:
        return [msgspec.json.decode(each, type=Row) for (each,) in store.rows(f"{asked} ORDER BY place", told)]
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        raise RegistryError("damaged", path=store.path, why=reason) from None


def subject_called(typed: str, ids: Sequence[str], names: Sequence[str]) -> str:
    """The id of the subject that is meant: by its id, or by its name where only one has it. `RegistryError` where none
    is.
    """
    if typed in ids:
        return typed
    found = [id_ for id_, name in zip(ids, names, strict=True) if name == typed]
    if len(found) == 1:
        return found[0]
    if found:
        raise RegistryError("many_subjects", name=typed, names=", ".join(found))
    near = nearest(typed, [*ids, *names])
    raise RegistryError("no_subject_near" if near else "no_subject", name=typed, near=near or "")


# ---------------------------------------------------------------- writing down


class Rules(Struct, frozen=True):
    """The rules of a run: a published version, or a script that is none."""

    plan: Plan
    script: str  # the hash under which it is kept
    extension: str
    others: dict[str, str]
    version: Version | None = None


def record(
    store: Store, signer: Signer, rules: Rules, dataset: Dataset, results: Results, day: date, engine: str,
    *, keep: bool = True, stored: int = 0, trial: bool = False, replaces: Run | None = None,
    correction: int | None = None,
) -> tuple[Run, str]:  # fmt: skip
    """Write a run down with its data and its results, and close it with a checkpoint. Inside `writing()`.

    Without `keep` only the hash of the data stays; `stored` is the entry of data that were in the registry already.
    A run of what is not an approved version is a trial in any case, but for one that takes the place of another: it is
    what that one was, even where its version has been withdrawn since. Raises `RegistryError`.
    """
    people = known(store)
    allowed(people, signer, "run")
    version, scheme = rules.version, rules.plan.scheme
    approved = version is not None and version.state == "approved"
    snapshot, data = write_snapshot(store, scheme, dataset, rules.plan.inputs, day, keep=keep, stored=stored)
    lines, root = committed(store, {"script": rules.script, "data": data}, results)
    body = {
        "scheme": scheme,
        "title": results.title,
        "period": results.period,
        "version": version.sequence if version else None,
        "label": version.label if version else None,
        "trial": trial or (replaces is None and not approved),
        "script": rules.script,
        "extension": rules.extension,
        "others": rules.others,
        "snapshot": snapshot,
        "data": data,
        "engine": engine,
        "columns": [
            {"name": each.name, "role": each.role, "type": msgspec.to_builtins(each.type)} for each in results.columns
        ],
        "subjects": len(results.ids),
        "not_appraised": len(results.not_appraised),
        "left_out": len(results.left_out),
        "findings": results.general_findings,
        "root": root.hex(),
        "checkpoint": named(store, people),
        "replaces": replaces.sequence if replaces else None,
        "correction": correction,
        **made_with(rules.plan),
    }
    entry = store.next_entry("run", body, signer.public.hex())
    sequence = store.append(entry)
    store.connection.executemany(
        "INSERT INTO results VALUES (?, ?, ?, ?, ?)", ((sequence, at, *line) for at, line in enumerate(lines))
    )
    return Run(sequence, entry.time, body), made(store, people, signer)


# ---------------------------------------------------------------- reading


def run_of(store: Store, sequence: int) -> Run:
    """The run of a number. `RegistryError` where that entry is none."""
    entry = store.entry(sequence)
    if entry is None or entry.kind != "run":
        raise RegistryError("no_run", number=sequence)
    if lost := _NEEDED - entry.body.keys():
        raise RegistryError("damaged", path=store.path, why=f"#{sequence}: {', '.join(sorted(lost))}")
    return Run(entry.sequence, entry.time, entry.body)


def run_script(store: Store, run: Run) -> Script:
    """The script of a run, read and checked again."""
    body = run.body
    source, surroundings = stored_text(store, body["script"], run.label, body["extension"], body["others"])
    return checked_text(source, body["extension"], surroundings)


def run_snapshot(store: Store, run: Run) -> Snapshot:
    """The data of a run."""
    entry = store.entry(run.body["snapshot"])
    if entry is None or entry.kind != "snapshot":
        raise RegistryError("content_missing", what=f"#{run.body['snapshot']}", hash="")
    return snapshot_of(entry)


def run_dataset(store: Store, run: Run, plan: Plan, given: Dataset | None = None) -> Dataset:
    """The data of a run as they were read, for its rules; where they were not kept, those `given`. `RegistryError`
    where others are given, also beside those that were kept.
    """
    snapshot = run_snapshot(store, run)
    if given is None:
        return stored_dataset(store, snapshot, plan.inputs)
    if hash_of(store, given, plan.inputs) != snapshot.body["data"]:
        then, now = snapshot.body["files"], given.hashes
        names = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
        raise RegistryError("other_data", number=run.sequence, names=", ".join(names) or "-")
    return given


def stored_results(store: Store, run: Run) -> Results:
    """The results of a run as they were written down. Who was not appraised is not among them."""
    found, body = stored_rows(store, run.sequence), run.body
    columns = tuple(
        ResultColumn(each["name"], type_, each["role"])
        for each, (_, type_) in zip(body["columns"], run.columns, strict=True)
    )
    values = zip(*(row.values for row in found), strict=True) if found else [()] * len(columns)
    return Results(
        body["scheme"], body["title"], body["period"], columns,
        [row.id for row in found], [row.name for row in found],
        {column.name: list(cells) for column, cells in zip(columns, values, strict=True)},
        [list(row.findings) for row in found],
        [[Reason(*each) for each in row.reasons] for row in found],
        general_findings=list(body["findings"]),
        script_hash=body["script"],
        provenance=provenance(store, run),
    )  # fmt: skip


def provenance(store: Store, run: Run) -> Provenance:
    """Where results come from that were written down: the run, and the first checkpoint that covers it."""
    kept = store.checkpoints(run.sequence)
    return Provenance(run.body["label"] or "", run.body["trial"], run.sequence, kept[min(kept)] if kept else "")


def rules_of(found: Register, run: Run, plan: Plan) -> Rules:
    """The rules of a run, for another one on the same."""
    version = found.versions.get(run.body["version"]) if run.body["version"] is not None else None
    return Rules(plan, run.body["script"], run.body["extension"], run.body["others"], version)


# ---------------------------------------------------------------- once more


class Difference(Struct, frozen=True):
    """A value that came out otherwise: None where a subject is missing on one side."""

    id: str
    name: str
    column: str
    then: str
    now: str


class Reproduced(Struct, frozen=True):
    """What came of evaluating a run again: the roots are equal where every bit is."""

    equal: bool
    subjects: int
    differences: list[Difference]
    changed: list[str]
    """What of the platform and its plugins is not what it was then."""


def reproduced(store: Store, run: Run, plan: Plan, results: Results) -> Reproduced:
    """A run compared with results made again."""
    now = committed(store, run.body, results)
    changed = []
    today = made_with(plan)
    for key, then in run.body.items():
        if key in today and today[key] != then:
            changed.append(key)
    then = stored_rows(store, run.sequence)
    if now.root.hex() == run.body["root"] and then == [*rows(results)]:
        return Reproduced(True, len(now.lines), [], changed)
    return Reproduced(False, len(now.lines), differences(then, run, results), changed)


def differences(then: Sequence[Row], run: Run, results: Results) -> list[Difference]:
    """Every value of a run that differs in other results of the same scheme."""
    types = {column.name: column.type for column in results.columns}
    now = {row.id: row for row in rows(results)}
    names = [column.name for column in results.columns]
    found = []
    for row in then:
        other = now.pop(row.id, None)
        if other is None:
            found.append(Difference(row.id, row.name, "", row.name, ""))
            continue
        old = {name: people_text(value, type_) for (name, type_), value in zip(run.columns, row.values, strict=True)}
        new = {name: people_text(value, types[name]) for name, value in zip(names, other.values, strict=True)}
        found += [
            Difference(row.id, row.name, name, old.get(name, ""), new.get(name, ""))
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]
        if (row.findings, row.reasons) != (other.findings, other.reasons):
            found.append(Difference(row.id, row.name, "findings", _told(row), _told(other)))
    found += [Difference(row.id, row.name, "", "", row.name) for row in now.values()]
    return found


def _told(row: Row) -> str:
    return "; ".join([*row.findings, *(text for _, text, _ in row.reasons)])
