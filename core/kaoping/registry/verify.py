"""Whether a registry is what it was: every entry in its place and as it was written, signed by whoever might, with all
that it refers to; and whether it goes on from a checkpoint that was kept elsewhere.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field

from kaoping.registry import merkle, schema
from kaoping.registry.checkpoint import Checkpoint, hash_of, parsed, signers
from kaoping.registry.entries import SIGNED, Entry, content, read
from kaoping.registry.errors import RegistryError
from kaoping.registry.people import People
from kaoping.registry.runs import commitment, nonce_of_result
from kaoping.registry.store import Store, told_of
from kaoping.registry.versions import gathered

_BESIDE = {
    "publish": ("script", "others"),
    "snapshot": ("data",),
    "run": ("script", "others"),
    "correct": ("details", "evidence"),
}
"""Where entries name what is kept beside them."""


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


class _Seen(Struct):
    """What one walk over the entries finds."""

    roots: dict[int, bytes]
    """The root over the first entries, for the numbers that were asked for."""
    size: int = 0
    signed: list[Entry] = field(default_factory=list)
    machine: int = 0
    """The last entry that no person signed."""
    wanted: dict[str, int] = field(default_factory=dict)
    """The hashes of what has to be kept beside the entries, with the first entry that says so."""
    named: dict[str, int] = field(default_factory=dict)
    """The hashes of the checkpoints that entries name, with the first entry that does."""
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By entry, what it says of its run."""
    secret: bool = False
    """Whether the secret is the one with which the registry began: nothing can be said of results without it."""
    faults: list[Fault] = field(default_factory=list)


def verified(store: Store, kept: str | None = None, *, whole: bool = True) -> Verified:
    """Check a registry, against a checkpoint kept elsewhere where there is one; `whole` looks at contents and results
    too. `RegistryError` where the file is damaged so far that it cannot be read, or `kept` is no checkpoint.
    """
    outside = parsed(kept) if kept is not None else None
    try:
        with told_of(store.path), _held(store.connection):
            return _verified(store, outside, whole)
    except sqlite3.Error as reason:
        raise RegistryError("damaged", path=store.path, why=reason) from None


@contextmanager
def _held(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one moment, whoever goes on writing meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _verified(store: Store, outside: Checkpoint | None, whole: bool) -> Verified:
    run = store.connection.execute
    sound = run("PRAGMA integrity_check(1)").fetchone()[0]
    if sound != "ok":
        raise RegistryError("damaged", path=store.path, why=sound)
    faults = [Fault("schema", 0, {"name": name}) for name in schema.strange(store.connection)]
    kept = {size: _text(text) for size, text in run("SELECT size, CAST(text AS BLOB) FROM checkpoints ORDER BY size")}
    seen = _walk(store, {*kept, outside.size} if outside else set(kept))
    people, void = _signatures(store, seen)
    faults += [*seen.faults, *void, *_checkpoints(seen, kept, people)]
    if outside is not None:
        faults += _against(outside, seen, people)
    if whole:
        faults += _contents(store, seen)
        faults += _results(store, seen)
    faults.sort(key=lambda each: each.sequence)
    return Verified(seen.size, seen.roots[seen.size], faults)


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


# ---------------------------------------------------------------- entries


def _walk(store: Store, sizes: set[int]) -> _Seen:
    """Every entry as it stands there now, what is wrong with the chain, and the roots over so many entries."""
    sha = store.suite.sha
    seen = _Seen({0: merkle.crown(sha, ())})
    peaks: list[bytes] = []
    previous, expected, shift, time, broken = (bytes(32), bytes(32)), 1, 0, "", list[int]()
    for sequence, kind, scheme, digest, stored_peaks, stored in store.connection.execute(
        "SELECT sequence, CAST(kind AS BLOB), CAST(scheme AS BLOB), hash, peaks, CAST(content AS BLOB)"
        " FROM entries ORDER BY sequence"
    ):
        leaf = sha(b"\0" + stored).digest()  # merkle.leaf: a call for each of a hundred thousand is felt
        merkle.grow(sha, peaks, seen.size, leaf)
        if sequence != expected:
            seen.faults.append(Fault("missing", expected, {"until": str(sequence - 1)}))
        entry = _entry(stored)
        if entry is None:
            seen.faults.append(Fault("unreadable", sequence, {}))
        else:
            moved = entry.sequence - sequence
            told = entry.body.get("scheme")
            if moved not in (0, shift):  # where one is inserted or taken out, all later ones stand in another place
                seen.faults.append(Fault("misplaced", sequence, {"is": str(entry.sequence)}))
            elif leaf != digest or kind != entry.kind.encode() or scheme != (told and str(told).encode()):
                seen.faults.append(Fault("edited", sequence, {"kind": entry.kind}))
            elif entry.previous not in (previous[0].hex(), previous[1].hex()) and sequence == expected:
                broken.append(sequence)
            elif b"".join(peaks) != stored_peaks and not seen.faults and not broken:  # all later ones differ too
                seen.faults.append(Fault("tree", sequence, {}))
            elif entry.time < time:
                seen.faults.append(Fault("time", sequence, {"time": entry.time}))
            shift, time = moved, entry.time
            _remember(seen, sequence, entry)
        seen.size, previous, expected = seen.size + 1, (digest, leaf), sequence + 1
        if seen.size in sizes:
            seen.roots[seen.size] = merkle.crown(sha, peaks)
    seen.roots[seen.size] = merkle.crown(sha, peaks)
    seen.faults += _unchained(broken, expected - 1, max(sizes, default=0))
    return seen


def _entry(stored: bytes) -> Entry | None:
    try:
        entry = read(stored)
    except (ValueError, RecursionError):
        return None
    return entry if content(entry) == stored else None


def _unchained(broken: list[int], last: int, closed: int) -> list[Fault]:
    """Who is to blame where an entry names another one before it than there is: the one before, which was written anew
    with its hash; or the entry itself, where the next one disowns it (and is listed for that), or where it is the last
    and came after the last checkpoint.
    """
    faults = []
    for each in broken:
        if each == last > closed:
            faults.append(Fault("unchained", each, {}))
        elif each + 1 not in broken:
            faults.append(Fault("rehashed", each - 1, {}))
    return faults


def _remember(seen: _Seen, sequence: int, entry: Entry) -> None:
    body = entry.body
    if entry.kind in SIGNED:
        seen.signed.append(entry)
    else:
        seen.machine = sequence
    if entry.kind == "run":
        if body.get("checkpoint"):
            seen.named.setdefault(str(body["checkpoint"]), sequence)
        seen.runs[sequence] = {name: body.get(name) for name in ("script", "data", "root", "subjects")}
    for name in _BESIDE.get(entry.kind, ()):
        if name == "data" and body.get("kept") is False:  # only the hash was to stay
            continue
        told = body.get(name)
        for digest in told.values() if isinstance(told, dict) else (told,):
            seen.wanted.setdefault(str(digest), sequence)


def _signatures(store: Store, seen: _Seen) -> tuple[People, list[Fault]]:
    """Everybody whom the entries trust, and the entries that count for nothing."""
    found = gathered(store.suite, seen.signed)
    people, first = found.people, seen.signed[0] if seen.signed else None
    if first is None or not people.persons or first.body.get("suite") != store.suite.name:
        return People(store.suite), [Fault("beginning", 1, {})]
    faults = [Fault("void", each.sequence, {"kind": each.kind, "name": people.name(each.by)}) for each in found.void]
    seen.secret = first.body.get("secret") == _hash_of_secret(store)
    if not seen.secret:
        faults.append(Fault("secret", 0, {}))
    return people, faults


def _hash_of_secret(store: Store) -> str:
    try:
        return str(store.suite.sha(store.secret()).hexdigest())
    except RegistryError:
        return ""


# ---------------------------------------------------------------- checkpoints


def _checkpoints(seen: _Seen, kept: dict[int, str], people: People) -> Iterator[Fault]:
    """Every checkpoint kept here belongs to the entries and is signed by somebody who is trusted; after the last one
    stands nothing but what people signed.

    One that an entry names is as it was then, when whoever wrote the entry had checked its signature.
    """
    last = max(kept, default=0)
    there = {hash_of(people.suite, text) for text in kept.values()}
    for digest, sequence in seen.named.items():
        if digest not in there:
            yield Fault("checkpoint_missing", sequence, {"hash": digest})
    for size, text in kept.items():
        try:
            checkpoint = parsed(text)
        except RegistryError:
            checkpoint = None
        if checkpoint is None or checkpoint.size != size:
            yield Fault("checkpoint", size, {})
        elif people.persons and hash_of(people.suite, text) not in seen.named:
            yield from (Fault("checkpoint", size, {}) for _ in _against(checkpoint, seen, people))
        elif checkpoint.root != seen.roots.get(size):
            yield Fault("checkpoint", size, {})
    if seen.machine > last:
        yield Fault("unclosed", seen.machine, {})


def _against(checkpoint: Checkpoint, seen: _Seen, people: People) -> Iterator[Fault]:
    facts = {"size": str(checkpoint.size)}
    if checkpoint.origin != people.origin:
        yield Fault("other_registry", 0, {"origin": checkpoint.origin, "here": people.origin})
    elif checkpoint.size > seen.size:
        yield Fault("shorter", 0, {**facts, "here": str(seen.size)})
    elif checkpoint.root != seen.roots[checkpoint.size]:
        yield Fault("rewritten", 0, facts)
    elif not signers(checkpoint, people):
        yield Fault("unsigned", 0, facts)


# ---------------------------------------------------------------- what stands beside the entries


def _contents(store: Store, seen: _Seen) -> Iterator[Fault]:
    """What is kept beside the entries is what its hash says, and nothing that they refer to is missing."""
    there = set()
    for digest, packed in store.connection.execute("SELECT hash, content FROM contents"):
        if _hash_of(store, packed) == digest:
            there.add(digest.hex())
        else:
            yield Fault("content", 0, {"hash": digest.hex()})
    for digest, sequence in seen.wanted.items():
        if digest not in there:
            yield Fault("content_missing", sequence, {"hash": digest})


def _hash_of(store: Store, packed: bytes) -> bytes:
    """The hash of what was packed, read piece by piece: what an intruder packed may be endless."""
    opened, sha = zlib.decompressobj(), store.suite.sha()
    try:
        while packed and not opened.eof:
            sha.update(opened.decompress(packed, 1 << 20))
            packed = opened.unconsumed_tail
    except zlib.error:
        return b""
    whole = opened.eof and not opened.unused_data
    return bytes(sha.digest()) if whole else b""


def _results(store: Store, seen: _Seen) -> Iterator[Fault]:
    """The results of every run are those that its entry speaks of, and there are no others."""
    sha, secret = store.suite.sha, store.secret() if seen.secret else b""
    peaks: dict[int, list[bytes]] = {run: [] for run in seen.runs}
    counted = dict.fromkeys(seen.runs, 0)
    for run, place, stored, record, made_of in store.connection.execute(
        "SELECT run, place, CAST(subject AS BLOB), record, commitment FROM results ORDER BY run, place"
    ):
        subject = _text(stored)
        if run not in counted:
            yield Fault("result", run, {"subject": subject})
            continue
        nonce = nonce_of_result(store, secret, seen.runs[run], subject)
        if place != counted[run] or (seen.secret and commitment(store, record, nonce) != made_of):
            yield Fault("result", run, {"subject": subject})
        merkle.grow(sha, peaks[run], counted[run], merkle.leaf(sha, made_of))
        counted[run] += 1
    for run, body in seen.runs.items():
        if (merkle.crown(sha, peaks[run]).hex(), counted[run]) != (body["root"], body["subjects"]):
            yield Fault("results", run, {"count": str(counted[run])})
