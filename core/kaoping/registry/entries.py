"""The entries of a registry: what happened, in the order in which it was written down, each bound to the one before."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

PEOPLE = frozenset({"begin", "trust", "revoke"})
VERSIONS = frozenset({"publish", "review", "approve", "reject", "withdraw"})
SIGNED = PEOPLE | VERSIONS | {"correct"}
"""What a person answers for: each of these is signed. What a machine writes down (snapshots, runs) is signed with the
checkpoint that closes it.
"""


class Entry(Struct, frozen=True):
    """One thing that happened.

    `sequence` counts from 1. `previous` is the hash of the entry before it, in hexadecimal (zeros before the first).
    `time` is what the clock of the machine claimed, in UTC; the order is that of the sequence. `by` is the key that
    signed, in hexadecimal; `signature` is over everything else.
    """

    sequence: int
    previous: str
    time: str
    kind: str
    body: dict[str, Any]
    by: str = ""
    signature: str = ""


def canonical(value: object) -> bytes:
    """A value as JSON in the one way in which it is hashed: keys in order, no blanks, UTF-8."""
    return msgspec.json.encode(value, order="deterministic")


def content(entry: Entry) -> bytes:
    """What of an entry is stored and hashed."""
    return canonical(asdict(entry))


def to_sign(entry: Entry) -> bytes:
    """What of an entry is signed: it names its place, so that a signature is good in no other."""
    return canonical(asdict(replace(entry, signature="")))


_decoder = msgspec.json.Decoder(Entry)


def read(stored: str) -> Entry:
    """An entry from its content. ValueError where it is none."""
    return _decoder.decode(stored)
