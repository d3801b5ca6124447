"""Several people at once, processes that die, disks that are full: what was acknowledged is there, and whole."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from disks import mounted
from kaoping.engines.run import evaluate
from kaoping.registry import runs, verify
from kaoping.registry.checkpoint import made
from kaoping.registry.errors import RegistryError
from kaoping.registry.people import known
from kaoping.registry.store import Store, created, opened
from kaoping.registry.verify import verified
from registry_made import approved, begun, data, recorded, script, signer

WORKER = Path(__file__).with_name("registry_worker.py")
KILLS = int(os.environ.get("KAOPING_REGISTRY_KILLS", "20"))
"""Of each kind of work; 170 where somebody has the time."""


def registry(folder: Path) -> Store:
    """A registry with a version in force and a run, and the key of 乙 beside it."""
    store = begun(folder / "r.db")
    recorded(store, approved(store), script()[1], data(folder, script()[1], 40))
    (folder / "key").write_bytes(signer("乙").private)
    return store


def started(kind: str, folder: Path, often: int) -> subprocess.Popen[str]:
    words = [sys.executable, str(WORKER), kind, str(folder / "r.db"), str(folder / "key"), str(often)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


# ---------------------------------------------------------------- at once


@pytest.mark.xdist_group("registry processes")
def test_eight_who_read_and_then_write(tmp_path: Path) -> None:
    store = registry(tmp_path)
    before, size = len(store.entries({"snapshot"})), store.size()
    working = [started("append", tmp_path, 200) for _ in range(8)]
    said = [each.communicate(timeout=120) for each in working]
    assert ([each.returncode for each in working], {err for _, err in said}) == ([0] * 8, {""})
    assert store.size() == size + 1_600
    written = store.entries({"snapshot"})[before:]
    assert [each.sequence for each in written] == list(range(size + 1, size + 1_601))
    assert [each.body["read"] for each in written] == list(range(before, before + 1_600))
    assert set(Counter(each.body["process"] for each in written).values()) == {200}
    with store.writing():
        note = made(store, known(store), signer("乙"))
    assert verified(store, note).faults == []


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = registry(tmp_path)
    monkeypatch.setattr("kaoping.registry.store.WAIT", 0.1)
    other = opened(store.path)
    with store.writing():
        assert other.size() == store.size()  # reading takes no lock
        with pytest.raises(RegistryError) as refused, other.writing():
            pass
    assert refused.value.reason == "busy"
    with other.writing():
        pass


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = registry(tmp_path)
    before = list(store.connection.iterdump())

    def half() -> None:
        with store.writing():
            store.keep("script", b"half a thing")
            store.append(store.next_entry("snapshot", {}))
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert list(store.connection.iterdump()) == before


def test_who_verifies_sees_one_moment_while_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = registry(tmp_path)
    other = opened(store.path)
    other.connection.execute("PRAGMA busy_timeout = 0")
    walked = verify._walk

    def interrupted(*asked: Any) -> Any:
        seen = walked(*asked)
        # told to wait, or let through: that depends on the journal of this SQLite
        with suppress(RegistryError), other.writing():
            other.connection.execute("INSERT INTO results SELECT 2, place, subject, record, commitment FROM results")
            other.append(other.next_entry("snapshot", {"scheme": "甲", "data": "00" * 32}))
        return seen

    monkeypatch.setattr(verify, "_walk", interrupted)
    assert verified(store).faults == []


# ---------------------------------------------------------------- killed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are made by fork, which Windows has not")
@pytest.mark.xdist_group("registry processes")
@pytest.mark.parametrize("kind", ["publish", "run", "correct"])
def test_killed_at_any_moment(tmp_path: Path, kind: str) -> None:
    store = registry(tmp_path)
    secret, chance, promised = store.secret(), random.Random(kind), dict[int, str]()
    working, pace = started(kind, tmp_path, KILLS), 0.0
    assert working.stdout is not None
    for _ in range(KILLS):
        said = working.stdout.readline().split()
        assert said[:1] == ["pid"], (said, working.stderr and working.stderr.read())
        child, begun = int(said[1]), time.monotonic()
        if not pace:  # the first one shows how long a piece of work takes on this machine, as busy as it is
            said = working.stdout.readline().split()
            promised[int(said[1])], pace = said[2], time.monotonic() - begun
        threading.Timer(chance.uniform(0.001, 3 * pace), os.kill, (child, signal.SIGKILL)).start()
        while (said := working.stdout.readline().split())[0] == "done":
            promised[int(said[1])] = said[2]
        assert said == ["dead"]
        found = opened(store.path)
        assert found.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        note = next(reversed(found.checkpoints().values()))
        assert verified(found, note).faults == []
        leaves = found.leaves()
        assert {at: leaves[at - 1].hex() for at in promised} == promised
        found.connection.close()
    assert working.wait() == 0
    assert len(promised) > KILLS / 4
    assert store.secret() == secret
    if kind == "run":
        # each was taken up again after it was interrupted: the same data gave the same root, every time
        roots: dict[int, set[str]] = {}
        for each in store.entries({"run"}):
            roots.setdefault(each.body["snapshot"], set()).add(each.body["root"])
        assert {len(each) for each in roots.values()} == {1}
    for each in store.entries({"run"})[-3:]:
        run = runs.run_of(store, each.sequence)
        plan = runs.run_script(store, run).plan
        assert plan is not None
        results = evaluate(plan, runs.run_dataset(store, run, plan))
        assert runs.reproduced(store, run, plan, results).equal


# ---------------------------------------------------------------- no room, no right


def filled(store: Store, acknowledged: list[int]) -> None:
    """Write until the disk is full."""
    chance = random.Random(1)
    for _ in range(1_000):
        with store.writing():
            kept = store.keep("data", chance.randbytes(20_000))
            acknowledged.append(store.append(store.next_entry("snapshot", {"data": kept})))
            made(store, known(store), signer("乙"))


def assert_whole(store: Store, acknowledged: list[int]) -> None:
    assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert not store.connection.in_transaction
    assert store.size() in (acknowledged[-1], acknowledged[-1] - 1)  # the last number may be one that was taken back
    assert verified(store, store.checkpoints()[store.size()]).faults == []


def test_a_full_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "full", "600k") as full:
        store, acknowledged = registry(full), list[int]()
        with pytest.raises(OSError, match=r"r\.db") as refused:
            filled(store, acknowledged)
        assert (refused.value.errno, refused.value.filename) == (errno.ENOSPC, str(store.path))
        assert_whole(store, acknowledged)
        assert_whole(opened(store.path), acknowledged)
        with pytest.raises(OSError, match="No space"):
            (full / "filler").write_bytes(bytes(1 << 20))
        with pytest.raises(OSError, match=r"other\.db"):
            created(full / "other.db")
        assert not (full / "other.db").exists()
        store.connection.close()


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of files are for POSIX systems")
    store, acknowledged = registry(tmp_path), list[int]()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + 200_000, before[1]))
    try:
        with pytest.raises(OSError, match=r"r\.db") as refused:
            filled(store, acknowledged)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert refused.value.filename == str(store.path)
    assert_whole(store, acknowledged)
    with store.writing():
        store.append(store.next_entry("snapshot", {"data": store.keep("data", b"more")}))


def test_a_disk_that_is_only_read(tmp_path: Path) -> None:
    """An auditor's copy: everything can be read and verified, and nothing written."""
    with mounted(tmp_path / "disk", "4m") as disk:
        made_there = registry(disk)
        size = made_there.size()
        made_there.connection.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        store = opened(disk / "r.db")
        assert (verified(store).faults, store.size()) == ([], size)
        with pytest.raises(OSError, match=r"r\.db") as refused:
            approved(store, "2")
        assert (refused.value.errno, refused.value.filename) == (errno.EROFS, str(store.path))
        with pytest.raises(OSError, match=r"new\.db") as refused:
            created(disk / "new.db")
        assert refused.value.errno == errno.EROFS
        assert (verified(store).faults, store.size()) == ([], size)
        store.connection.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write what nobody may write")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_file_or_folder_that_may_not_be_written(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    registry(folder).connection.close()
    closed = folder / "r.db" if what == "file" else folder
    closed.chmod(0o400 if what == "file" else 0o500)
    try:
        store = opened(folder / "r.db")
        assert verified(store).faults == []
        with pytest.raises(OSError, match=r"r\.db"):
            approved(store, "2")
        assert verified(store).faults == []
    finally:
        closed.chmod(0o700)


def test_places_where_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"r\.db"):
        opened(tmp_path / "r.db")
    (tmp_path / "there").mkdir()
    with pytest.raises(IsADirectoryError, match="there"):
        opened(tmp_path / "there")
    with pytest.raises(FileNotFoundError, match=r"r\.db"):
        created(tmp_path / "nowhere" / "r.db")
    store = registry(tmp_path)
    with pytest.raises(FileExistsError, match=r"r\.db"):
        created(store.path)
    assert verified(store).faults == []
