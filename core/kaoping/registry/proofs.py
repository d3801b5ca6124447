"""Proofs for those who do not have the registry: that a subject's result stands in it, and that it only grew."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from kaoping.registry import merkle
from kaoping.registry.checkpoint import Checkpoint, parsed
from kaoping.registry.entries import content
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Public
from kaoping.registry.keys import parsed as parsed_key
from kaoping.registry.people import known
from kaoping.registry.runs import Row, Run, nonce_of_result, stored_rows, subject_called
from kaoping.registry.store import Store
from kaoping.registry.suite import Suite

FORMAT = "kaoping proof 1"


class Step(Struct, frozen=True):
    """Where a leaf stands among how many, and the hashes beside its way to the root, in hexadecimal."""

    index: int
    size: int
    path: list[str]


class ResultProof(Struct, frozen=True, tag_field="proves", tag="result"):
    """That `record` is the result of a subject in the run whose `entry` stands under the checkpoint.

    `record` and `entry` are JSON as it is hashed; `nonce` opens the commitment to the record, in hexadecimal.
    """

    format: str
    suite: str
    record: str
    nonce: str
    in_run: Step
    entry: str
    in_registry: Step
    checkpoint: str
    keys: list[str]


class GrowthProof(Struct, frozen=True, tag_field="proves", tag="growth"):
    """That the registry of the checkpoint `new` begins with all that the one of `old` had."""

    format: str
    suite: str
    old: str
    new: str
    path: list[str]
    keys: list[str]


Proof = ResultProof | GrowthProof
Kind = TypeVar("Kind", ResultProof, GrowthProof)


def result_proof(store: Store, run: Run, subject: str, note: str) -> ResultProof:
    """The proof of a subject's result under a checkpoint. `RegistryError` where the run or the subject is not in it."""
    checkpoint = parsed(note)
    if checkpoint.size < run.sequence:
        raise RegistryError("checkpoint_older", size=checkpoint.size, number=run.sequence)
    found = stored_rows(store, run.sequence)
    subject = subject_called(subject, [each.id for each in found], [each.name for each in found])
    rows = store.rows(
        "SELECT place, subject, record, commitment FROM results WHERE run = ? ORDER BY place", (run.sequence,)
    )
    mine = next(row for row in rows if row[1] == subject)
    sha, entry = store.suite.sha, store.entry(run.sequence)
    assert entry is not None
    lines = [merkle.leaf(sha, row[3]) for row in rows]
    leaves = store.leaves(checkpoint.size)
    made = ResultProof(
        FORMAT,
        store.suite.name,
        mine[2].decode(),
        nonce_of_result(store, store.secret(), run.body, subject).hex(),
        _step(sha, lines, mine[0]),
        content(entry).decode(),
        _step(sha, leaves, run.sequence - 1),
        note,
        _keys(store),
    )
    return _holding(store, made)


def growth_proof(store: Store, old: str, new: str) -> GrowthProof:
    """The proof that one checkpoint goes on from another."""
    sizes = parsed(old).size, parsed(new).size
    if not 0 < sizes[0] <= sizes[1] <= store.size():
        raise RegistryError("checkpoint_order", old=sizes[0], new=sizes[1], size=store.size())
    path = merkle.consistency(store.suite.sha, store.leaves(sizes[1]), sizes[0])
    made = GrowthProof(FORMAT, store.suite.name, old, new, [each.hex() for each in path], _keys(store))
    return _holding(store, made)


def _holding(store: Store, made: Kind) -> Kind:
    """A proof that holds: nobody is handed another one."""
    reason = holds(made, store.suite, _trusted(store))
    if reason:
        told = reason if reason in ("unsigned", "other_registry") else "false"
        raise RegistryError(f"proof_{told}", path=store.path)
    return made


def _trusted(store: Store) -> list[Public]:
    return [Public(each.name, bytes.fromhex(each.key)) for each in known(store).persons.values()]


def _keys(store: Store) -> list[str]:
    return [each.line(store.suite) for each in _trusted(store)]


def _step(sha: merkle.Hash, leaves: list[bytes], index: int) -> Step:
    return Step(index, len(leaves), [each.hex() for each in merkle.inclusion(sha, leaves, index)])


def read_proof(text: str) -> Proof:
    """A proof from its JSON. `RegistryError` where it is none."""
    try:
        proof: Proof = msgspec.json.decode(text, type=Proof)
    except (ValueError, RecursionError):
        raise RegistryError("no_proof") from None
    if proof.format != FORMAT:
        raise RegistryError("no_proof")
    return proof


def holds(proof: Proof, suite: Suite, trusted: list[Public]) -> str:
    """Why a proof does not hold, as the phrase `registry.proof.REASON`; "" where it does.

    `trusted` are the keys of those whose checkpoints count: where from, is for the reader of the proof to know.
    """
    if proof.suite != suite.name:
        return "unreadable"
    try:
        if isinstance(proof, GrowthProof):
            return _grew(proof, suite, trusted)
        return _stands(proof, suite, trusted)
    except (ValueError, KeyError, TypeError, RecursionError, RegistryError):
        return "unreadable"


def _grew(proof: GrowthProof, suite: Suite, trusted: list[Public]) -> str:
    old, new = parsed(proof.old), parsed(proof.new)
    if not (_signed(old, suite, trusted) and _signed(new, suite, trusted)):
        return "unsigned"
    if old.origin != new.origin:
        return "other_registry"
    path = [bytes.fromhex(each) for each in proof.path]
    return "" if merkle.consistent(suite.sha, old.size, old.root, new.size, new.root, path) else "rewritten"


def _stands(proof: ResultProof, suite: Suite, trusted: list[Public]) -> str:
    sha, checkpoint = suite.sha, parsed(proof.checkpoint)
    if not _signed(checkpoint, suite, trusted):
        return "unsigned"
    entry = msgspec.json.decode(proof.entry)
    step = proof.in_registry
    leaf = merkle.leaf(sha, proof.entry.encode())
    place_is_right = step.size == checkpoint.size and step.index == entry["sequence"] - 1
    if not place_is_right or not _under(sha, leaf, step, checkpoint.root):
        return "not_in_registry"
    import hmac

    made_of = hmac.new(bytes.fromhex(proof.nonce), proof.record.encode(), sha).digest()
    step = proof.in_run
    in_run = entry["kind"] == "run" and step.size == entry["body"]["subjects"]
    if not in_run or not _under(sha, merkle.leaf(sha, made_of), step, bytes.fromhex(entry["body"]["root"])):
        return "not_in_run"
    return ""


def _under(sha: merkle.Hash, leaf: bytes, step: Step, root: bytes) -> bool:
    return merkle.includes(sha, leaf, step.index, step.size, [bytes.fromhex(each) for each in step.path], root)


def _signed(checkpoint: Checkpoint, suite: Suite, trusted: list[Public]) -> bool:
    return any(checkpoint.signed_by(each, suite) for each in trusted)


def trusted_keys(lines: list[str], suite: Suite) -> list[Public]:
    """Keys from their lines."""
    return [parsed_key(each, suite) for each in lines if each.strip()]


def proved(proof: ResultProof) -> tuple[Run, Row]:
    """The run and the result that a proof is of, as the entry and the record say; of a proof that holds."""
    entry = msgspec.json.decode(proof.entry)
    run = Run(proof.in_registry.index + 1, str(entry["time"]), dict(entry["body"]))
    return run, msgspec.json.decode(proof.record, type=Row)
