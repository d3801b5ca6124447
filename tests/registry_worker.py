"""Work on a registry in a process of its own: `python registry_worker.py KIND REGISTRY PRIVATE_KEY HOW_OFTEN`.

`append` writes entries one after another and ends. The others start a child that publishes, records runs or corrects
without end, and another one whenever the last was killed: they say `pid NUMBER`, and `done NUMBER HASH` of the last
entry after each piece of work that was promised to be kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from kaoping.registry import correct, runs, versions
from kaoping.registry.keys import Signer
from kaoping.registry.store import Store, opened
from kaoping.registry.suite import ED25519
from registry_made import data, script
from registry_made import recorded as recorded_by


def append(store: Store, count: int) -> None:
    """Read, then write: the entry says what was read."""
    for at in range(count):
        with store.writing():
            snapshots = store.entries({"snapshot"})
            kept = store.keep("data", b"")
            body = {"data": kept, "process": os.getpid(), "at": at, "read": len(snapshots)}
            store.append(store.next_entry("snapshot", body))


def publish(store: Store, signer: Signer) -> None:
    day = date(2020, 1, 1) + timedelta(days=store.size())
    versions.publish(store, signer, script(str(store.size()))[0], "修订", day)


def record(store: Store, signer: Signer) -> None:
    version, plan = next(iter(versions.register(store).versions.values())), script()[1]
    count = len(store.entries({"run"})) % 3
    recorded_by(store, version, plan, data(store.path.parent, plan, 40, 50 + count), by=signer)


def corrected(store: Store, signer: Signer) -> None:
    run = correct.latest(store, runs.run_of(store, store.entries({"run"})[0].sequence))
    points = {"得分": str(store.size() % 97)}
    correct.correct(store, signer, run, "U1", points, b"scan", "申诉", "reference")


WORK: dict[str, Callable[[Store, Signer], None]] = {"publish": publish, "run": record, "correct": corrected}


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def main(kind: str, path: Path, private: bytes, often: int) -> None:
    if kind == "append":
        append(opened(path), often)
        return
    signer = Signer("乙", ED25519.public_key(private, "口令"), private, "口令", ED25519)
    for _ in range(often):
        child = os.fork()
        if child == 0:
            store = opened(path)
            say(f"pid {os.getpid()}")
            while True:
                WORK[kind](store, signer)
                say(f"done {store.size()} {store.leaves()[-1].hex()}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).read_bytes(), int(sys.argv[4]))
