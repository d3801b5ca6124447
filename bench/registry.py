"""How long a registry takes: publishing, and verifying a long history."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from bench.measure import Table, calls
from kaoping.registry import people, versions
from kaoping.registry.checkpoint import made, named
from kaoping.registry.keys import Signer
from kaoping.registry.people import known
from kaoping.registry.store import Store, created
from kaoping.registry.suite import ED25519
from kaoping.registry.verify import verified
from kaoping.registry.versions import Submission

ENTRIES = 100_000
TIMES = 5


def main() -> None:
    """Measure a registry of a hundred thousand entries."""
    table = Table("The registry")
    with tempfile.TemporaryDirectory() as folder:
        private = ED25519.new_key("open")
        signer = Signer("keeper", ED25519.public_key(private, "open"), private, "open", ED25519)
        for every, said in ((ENTRIES, "one checkpoint"), (100, "a checkpoint for every 100"), (2, "one for every 2")):
            store = _store(Path(folder) / f"{every}.db", signer)
            _grow(store, signer, every)
            kept = store.checkpoints()[store.size()]
            what = f"verify {store.size():,} entries, {said}, {store.path.stat().st_size >> 20} MB"
            ways = {what: _verifying(store, kept, whole=True), f"{what}, of it only entries": _verifying(store, kept)}
            for name, samples in calls(ways, TIMES).items():
                table.time(name, samples, target=2_000)
        store, numbers = _store(Path(folder) / "small.db", signer), count()
        for publications in (0, 200):
            for _ in range(publications):
                _publish(store, signer, next(numbers))
            publish = {f"publish after {store.size()} entries": lambda: _publish(store, signer, next(numbers))}
            for name, samples in calls(publish, TIMES).items():
                table.time(name, samples, target=100)


def _store(path: Path, signer: Signer) -> Store:
    store = created(path)
    people.begin(store, "bench", 1, signer)
    return store


def _publish(store: Store, signer: Signer, number: int) -> None:
    day = date(2010, 1, 1) + timedelta(number)
    versions.publish(store, signer, Submission("s", "", b"scheme %d" % number, ".kp", {}, {}), "", day)


def _grow(store: Store, signer: Signer, every: int) -> None:
    """Runs as long as those of a scheme with ten columns, without results."""
    _publish(store, signer, 0)
    script = store.entries({"publish"})[0].body["script"]
    columns = [{"name": f"column {at}", "role": "item", "type": {"kind": "number", "places": 2}} for at in range(10)]
    nothing = store.suite.sha(b"").hexdigest()
    body = {"columns": columns, "others": {}, "root": nothing, "scheme": "s", "script": script, "subjects": 0}
    with store.writing():
        trusted = known(store)
        while (size := store.size()) < ENTRIES:
            entry = {**body, "number": size, "checkpoint": named(store, trusted)}
            store.append(store.next_entry("run", entry, signer.public.hex()))
            if size % every == 0:
                made(store, trusted, signer)
        made(store, trusted, signer)


def _verifying(store: Store, kept: str, *, whole: bool = False) -> Callable[[], object]:
    def verify() -> None:
        assert verified(store, kept, whole=whole).faults == []

    return verify


if __name__ == "__main__":
    main()
