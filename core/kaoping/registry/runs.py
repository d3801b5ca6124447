"""Runs written down: on which rules and data, with which result; evaluated again later; corrected by new facts."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from kaoping.dataset import Dataset
from kaoping.plan.plan import Plan
from kaoping.plan.script import Script
from kaoping.registry import merkle
from kaoping.registry.checkpoint import made
from kaoping.registry.entries import Entry, canonical
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Signer
from kaoping.registry.people import allowed, known
from kaoping.registry.store import Store
from kaoping.registry.submission import made_with, stored_text
from kaoping.registry.versions import Register, Version
from kaoping.results import Results
from kaoping.types import Type, Value


class Row(Struct, frozen=True):
    """The result of one subject as it is written down: numbers as integers of their column's places, dates as day
    numbers, choices as the number of their label.
    """

    id: str
    name: str
    values: tuple[Value, ...]
    findings: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str, str | None], ...] = ()


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


class Snapshot(Struct, frozen=True):
    """Data written down: what was read of which files, and the day they speak of."""

    sequence: int
    time: str
    scheme: str
    day: date
    body: dict[str, Any]


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


def nonce_of(store: Store, secret: bytes, *about: str) -> bytes:
    """What makes something unguessable in this registry; the same for the same, so that the same comes to the same."""
    return hmac.new(secret, canonical(about), store.suite.sha).digest()


def nonce_of_result(store: Store, secret: bytes, run: Mapping[str, Any], subject: str) -> bytes:
    """What opens the commitment to the result of a subject in a run, given what the entry of the run says.

    It is another for other rules and other data: who is shown one result learns nothing of the next.
    """
    return nonce_of(store, secret, "result", str(run.get("script")), str(run.get("data")), subject)


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
    return [msgspec.json.decode(each, type=Row) for (each,) in store.rows(f"{asked} ORDER BY place", told)]


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
    *, replaces: Run | None = None, correction: int | None = None,
) -> tuple[Run, str]:  # fmt: skip
    """Write a run down with its data and its results, and close it with a checkpoint. Inside `writing()`.

    A run of what is not an approved version is marked as a trial. Raises `RegistryError`.
    """
    people = known(store)
    allowed(people, signer, "run")
    version, scheme = rules.version, rules.plan.scheme
    snapshot, data = _snapshot(store, scheme, dataset, day)
    lines, root = committed(store, {"script": rules.script, "data": data}, results)
    body = {
        "scheme": scheme,
        "title": results.title,
        "period": results.period,
        "version": version.sequence if version else None,
        "label": version.label if version else None,
        "trial": version is None or version.state != "approved",
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
        "findings": results.general_findings,
        "root": root.hex(),
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


def _snapshot(store: Store, scheme: str, dataset: Dataset, day: date) -> tuple[int, str]:
    """The entry of these data for this day, a new one where there is none yet, and the hash of the data."""
    # what the data are hashed with keeps the hash from telling anything to those who do not have them
    salted = canonical({"data": msgspec.to_builtins(dataset), "salt": nonce_of(store, store.secret(), "data").hex()})
    digest = store.keep("data", salted)
    for each in snapshots(store, scheme):
        if each.body["data"] == digest and each.day == day:
            return each.sequence, digest
    body = {
        "scheme": scheme,
        "data": digest,
        "day": day.isoformat(),
        "files": dict(sorted(dataset.hashes.items())),
        "subjects": len(dataset.ids),
    }
    return store.append(store.next_entry("snapshot", body)), digest


# ---------------------------------------------------------------- reading


def snapshots(store: Store, scheme: str, known_as_of: date | None = None) -> list[Snapshot]:
    """The data written down for a scheme, oldest first, as far as they were known on a day."""
    return [
        Snapshot(each.sequence, each.time, scheme, date.fromisoformat(each.body["day"]), each.body)
        for each in store.entries({"snapshot"}, scheme)
        if known_as_of is None or each.time[:10] <= known_as_of.isoformat()
    ]


def data_as_of(store: Store, scheme: str, day: date, known_as_of: date | None = None) -> Snapshot:
    """The data that speak of a day: the latest day up to it, of that day what was written down last. `RegistryError`
    where there are none.
    """
    found = [each for each in snapshots(store, scheme, known_as_of) if each.day <= day]
    if not found:
        raise RegistryError("no_data_then", scheme=scheme, day=day)
    return max(found, key=lambda each: (each.day, each.sequence))


def stored_dataset(store: Store, snapshot: Entry | Snapshot) -> Dataset:
    """Data as they were read."""
    kept = store.content(snapshot.body["data"])
    if kept is None:
        raise RegistryError("content_missing", what=f"#{snapshot.sequence}", hash=snapshot.body["data"])
    return msgspec.convert(msgspec.json.decode(kept)["data"], Dataset)


def run_of(store: Store, sequence: int) -> Run:
    """The run of a number. `RegistryError` where that entry is none."""
    entry = store.entry(sequence)
    if entry is None or entry.kind != "run":
        raise RegistryError("no_run", number=sequence)
    return Run(entry.sequence, entry.time, entry.body)


def run_script(store: Store, run: Run) -> Script:
    """The script of a run, read and checked again."""
    return stored_text(store, run.body["script"], run.label, run.body["extension"], run.body["others"])


def run_dataset(store: Store, run: Run) -> tuple[Snapshot, Dataset]:
    """The data of a run."""
    entry = store.entry(run.body["snapshot"])
    if entry is None or entry.kind != "snapshot":
        raise RegistryError("content_missing", what=f"#{run.body['snapshot']}", hash="")
    snapshot = Snapshot(
        entry.sequence, entry.time, entry.body["scheme"], date.fromisoformat(entry.body["day"]), entry.body
    )
    return snapshot, stored_dataset(store, entry)


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
    if now.root.hex() == run.body["root"]:
        return Reproduced(True, len(now.lines), [], changed)
    return Reproduced(False, len(now.lines), differences(stored_rows(store, run.sequence), run, results), changed)


def differences(then: Sequence[Row], run: Run, results: Results) -> list[Difference]:
    """Every value of a run that differs in other results of the same scheme."""
    from kaoping.types import plain_text

    types = {column.name: column.type for column in results.columns}
    now = {row.id: row for row in rows(results)}
    names = [column.name for column in results.columns]
    found = []
    for row in then:
        other = now.pop(row.id, None)
        if other is None:
            found.append(Difference(row.id, row.name, "", row.name, ""))
            continue
        old = {name: plain_text(value, type_) for (name, type_), value in zip(run.columns, row.values, strict=True)}
        new = {name: plain_text(value, types[name]) for name, value in zip(names, other.values, strict=True)}
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
