"""Whether a registry is what it was: every entry in its place and as it was written, signed by whoever might, with all
that it refers to; and whether it goes on from a checkpoint that was kept elsewhere.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator

from msgspec import Struct

from kaoping.registry import merkle
from kaoping.registry.checkpoint import parsed, signers
from kaoping.registry.entries import SIGNED, Entry, content, read
from kaoping.registry.errors import RegistryError
from kaoping.registry.people import People, known
from kaoping.registry.store import Store
from kaoping.registry.versions import register

_NO_HASH = bytes(32)


class Fault(Struct, frozen=True):
    """What is wrong, as the phrase `registry.fault.KIND`, and with which entry (0: with none in particular)."""

    kind: str
    sequence: int
    facts: dict[str, str]


class Verified(Struct, frozen=True):
    """What verification found: the number of entries, the root over them, and every fault, in order."""

    size: int
    root: bytes
    faults: list[Fault]


def verified(store: Store, kept: str | None = None, *, whole: bool = True) -> Verified:
    """Check a registry, against a checkpoint kept elsewhere where there is one; `whole` looks at contents and results
    too.
    """
    faults: list[Fault] = []
    leaves = _leaves(store, faults)
    roots = _Roots(store, leaves)
    _signatures(store, faults)
    _checkpoints(store, roots, faults)
    if kept is not None:
        _against(store, kept, roots, faults)
    if whole:
        faults += _contents(store)
        faults += _results(store)
    faults.sort(key=lambda each: each.sequence)
    return Verified(len(leaves), roots.over(len(leaves)), faults)


def _leaves(store: Store, faults: list[Fault]) -> list[bytes]:
    """The hash of every entry as it stands there now, with what is wrong with the chain."""
    sha, leaves, previous, expected, time = store.suite.sha, list[bytes](), _NO_HASH, 1, ""
    peaks: list[bytes] = []
    for sequence, kind, scheme, digest, stored_peaks, text in store.connection.execute(
        "SELECT sequence, kind, scheme, hash, peaks, content FROM entries ORDER BY sequence"
    ):
        leaf = merkle.leaf(sha, text.encode())
        merkle.grow(sha, peaks, len(leaves), leaf)
        entry = _entry(text)
        if sequence != expected:
            faults.append(Fault("missing", expected, {"until": str(sequence - 1)}))
        elif entry is None:
            faults.append(Fault("unreadable", sequence, {}))
        elif entry.sequence != sequence:
            faults.append(Fault("misplaced", sequence, {"is": str(entry.sequence)}))
        elif leaf != digest or (kind, scheme) != (entry.kind, entry.body.get("scheme")):
            faults.append(Fault("edited", sequence, {"kind": entry.kind}))
        elif entry.previous != previous.hex():
            faults.append(Fault("unchained", sequence, {}))
        elif b"".join(peaks) != stored_peaks:
            if not faults:  # after an edit all the others differ too
                faults.append(Fault("tree", sequence, {}))
        elif entry.time < time:
            faults.append(Fault("time", sequence, {"time": entry.time}))
        leaves.append(leaf)
        previous, expected = digest, sequence + 1
        time = entry.time if entry else time
    return leaves


def _entry(text: str) -> Entry | None:
    try:
        entry = read(text)
    except ValueError:
        return None
    return entry if content(entry) == text.encode() else None


class _Roots:
    """The roots over the beginnings of a list, asked for in any order."""

    def __init__(self, store: Store, leaves: list[bytes]) -> None:
        self._sha, self._leaves, self._known = store.suite.sha, leaves, dict[int, bytes]()

    def over(self, size: int) -> bytes:
        """The root over the first `size`."""
        if size not in self._known:
            self._known[size] = merkle.root(self._sha, self._leaves[:size])
        return self._known[size]

    def all(self, sizes: set[int]) -> None:
        """Work out several in one go."""
        peaks: list[bytes] = []
        for at, leaf in enumerate(self._leaves):
            merkle.grow(self._sha, peaks, at, leaf)
            if at + 1 in sizes:
                self._known[at + 1] = merkle.crown(self._sha, peaks)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._leaves)


def _signatures(store: Store, faults: list[Fault]) -> None:
    try:
        found = register(store)
    except (ValueError, RegistryError):
        return  # an entry that cannot be read is a fault already
    for entry in found.void:
        faults.append(Fault("void", entry.sequence, {"kind": entry.kind, "name": found.people.name(entry.by)}))
    from kaoping.registry.people import signed

    for entry in store.entries(SIGNED & {"correct"}):
        person = found.people.persons.get(entry.by)
        if person is None or "operator" not in person.roles or not signed(entry, store.suite):
            faults.append(Fault("void", entry.sequence, {"kind": entry.kind, "name": found.people.name(entry.by)}))
    first = store.entry(1)
    if first is not None and (first.kind != "begin" or first.body.get("suite") != store.suite.name):
        faults.append(Fault("beginning", 1, {}))


def _checkpoints(store: Store, roots: _Roots, faults: list[Fault]) -> None:
    """Every checkpoint kept here belongs to the entries; the last is signed by somebody who is trusted."""
    kept = store.checkpoints()
    roots.all(set(kept))
    last = max(kept, default=0)
    for size, text in kept.items():
        if size == last:
            _against(store, text, roots, faults)
        else:
            try:
                wrong = size > roots.size or parsed(text).root != roots.over(size)
            except RegistryError:
                wrong = True
            if wrong:
                faults.append(Fault("checkpoint", size, {}))


def _against(store: Store, kept: str, roots: _Roots, faults: list[Fault]) -> None:
    try:
        checkpoint = parsed(kept)
        people = known(store)
    except RegistryError:
        faults.append(Fault("checkpoint", 0, {}))
        return
    except ValueError:
        people = People(store.suite)
    if checkpoint.origin != people.origin:
        faults.append(Fault("other_registry", 0, {"origin": checkpoint.origin, "here": people.origin}))
    elif checkpoint.size > roots.size:
        faults.append(Fault("shorter", 0, {"size": str(checkpoint.size), "here": str(roots.size)}))
    elif checkpoint.root != roots.over(checkpoint.size):
        faults.append(Fault("rewritten", 0, {"size": str(checkpoint.size)}))
    elif not signers(checkpoint, people):
        faults.append(Fault("unsigned", 0, {"size": str(checkpoint.size)}))


def _contents(store: Store) -> Iterator[Fault]:
    """What is kept beside the entries is what its hash says, and nothing that they refer to is missing."""
    there = set()
    for digest, packed in store.connection.execute("SELECT hash, content FROM contents"):
        try:
            right = store.suite.sha(zlib.decompress(packed)).digest() == digest
        except zlib.error:
            right = False
        if right:
            there.add(digest.hex())
        else:
            yield Fault("content", 0, {"hash": digest.hex()})
    for entry in store.entries({"publish", "snapshot", "run", "correct"}):
        body = entry.body
        wanted = [body.get(key) for key in ("script", "data", "details", "evidence")]
        for digest in [*wanted, *body.get("others", {}).values()]:
            if digest is not None and digest not in there:
                yield Fault("content_missing", entry.sequence, {"hash": str(digest)})


def _results(store: Store) -> Iterator[Fault]:
    """The results of every run are those that its entry speaks of."""
    from kaoping.registry.runs import commitment, nonce_of

    sha = store.suite.sha
    try:
        secret = store.secret()
    except (RegistryError, sqlite3.Error):
        yield Fault("secret", 0, {})
        return
    for entry in store.entries({"run"}):
        peaks: list[bytes] = []
        count = 0
        for place, subject, record, made_of in store.connection.execute(
            "SELECT place, subject, record, commitment FROM results WHERE run = ? ORDER BY place", (entry.sequence,)
        ):
            if place != count or commitment(store, record, nonce_of(store, secret, subject)) != made_of:
                yield Fault("result", entry.sequence, {"subject": subject})
            merkle.grow(sha, peaks, count, merkle.leaf(sha, made_of))
            count += 1
        if merkle.crown(sha, peaks).hex() != entry.body["root"] or count != entry.body["subjects"]:
            yield Fault("results", entry.sequence, {"count": str(count)})
