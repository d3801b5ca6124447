"""Nothing that was done to a registry behind its back stays hidden from whoever kept a checkpoint elsewhere."""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from kaoping.registry import checkpoint, correct, people, runs, versions
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Public
from kaoping.registry.people import known
from kaoping.registry.snapshots import snapshots
from kaoping.registry.store import Store, opened
from kaoping.registry.verify import Fault, verified
from registry_attacks import ATTACKS, EXACT, Attack, entry_of, grown, leaf, peaks_after, rewrite, unguarded
from registry_made import approved, begun, data, recorded, script, signer

ENTRIES = 10_000
ROUNDS = int(os.environ.get("KAOPING_ATTACKS", "240")) // 4
"""In each of four parts, so that they can be shared out. A thousand are tried by hand: KAOPING_ATTACKS=1000."""


class History(NamedTuple):
    """A registry of 10,000 entries, an older copy, and the checkpoint that an auditor took away at the end."""

    path: Path
    older: Path
    kept: str


def quick(store: Store) -> Store:
    """Without waiting for the disk."""
    store.connection.execute("PRAGMA synchronous = OFF")
    return store


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("history")
    store = quick(begun(folder / "r.db"))
    version, plan = approved(store), script()[1]
    for first in range(20, 80, 15):
        run, _ = recorded(store, version, plan, data(folder, plan, 5, first))
    correct.correct(store, signer("乙"), run, "U3", {"得分": "77"}, "扫描件".encode(), "申诉", "reference")
    again = approved(store, "第二版", date(2011, 1, 1))
    versions.decide(store, signer("丙"), again, "withdraw", "不用了")
    snapshot = snapshots(store, "季度考核")[0]
    older = folder / "older.db"
    note = ""
    for end in range(1_000, ENTRIES + 1, 1_000):
        with store.writing():
            while store.size() < end:
                store.append(store.next_entry("snapshot", {**snapshot.body, "subjects": store.size()}))
            note = checkpoint.made(store, known(store), signer("乙"))
        if end == 9_000:
            shutil.copy(store.path, older)
    assert store.size() == ENTRIES
    store.connection.close()
    return History(folder / "r.db", older, note)


def judged(path: Path, kept: str | None) -> list[Fault] | RegistryError:
    """What verification says of a file: faults, or that it is not to be read as a registry."""
    try:
        store = opened(path)
    except RegistryError as refused:
        return refused
    try:
        return verified(store, kept).faults
    except RegistryError as refused:
        return refused
    finally:
        store.connection.close()


def attacked(history: History, attack: Attack, chance: Random, folder: Path) -> tuple[int, Any]:
    path = folder / "attacked.db"
    shutil.copy(history.path, path)
    with unguarded(path) as file:
        at = attack(file, chance)
    return at, judged(path, history.kept)


def test_the_history_itself_is_whole(history: History) -> None:
    assert judged(history.path, history.kept) == []
    store = opened(history.path)
    assert (verified(store, history.kept, whole=False).faults, verified(store).size) == ([], ENTRIES)


def test_the_guards_are_put_back_as_they_were(history: History, tmp_path: Path) -> None:
    """What is found below is not found by the triggers that an intruder took away."""
    assert attacked(history, lambda *_: 0, Random(1), tmp_path) == (0, [])


@pytest.mark.parametrize("part", range(4))
def test_attacks_are_found(history: History, tmp_path: Path, part: int) -> None:
    chance, missed, elsewhere = Random(part), [], []
    for number in range(ROUNDS):
        attack = ATTACKS[number % len(ATTACKS)]
        state = chance.getstate()
        at, found = attacked(history, attack, chance, tmp_path)
        what = (attack.__name__, number, at)
        if not found:
            missed.append(what)
            chance.setstate(state)
            chance.random()
        if at and isinstance(found, list):
            first = next((each.sequence for each in found if each.sequence), 0)
            if first not in ((at,) if attack in EXACT else (at, at + 1)):
                elsewhere.append((*what, found[:3]))
    assert (missed, elsewhere) == ([], [])


def test_an_older_copy_is_found(history: History) -> None:
    found = judged(history.older, history.kept)
    assert isinstance(found, list)
    assert [each.kind for each in found] == ["shorter"]


def test_another_registry_in_its_place_is_found(history: History, tmp_path: Path) -> None:
    """Made from the beginning by somebody with keys of the same names, or by those very people."""
    store = quick(begun(tmp_path / "r.db"))
    recorded(store, approved(store), script()[1], data(tmp_path, script()[1]))
    assert [each.kind for each in judged(tmp_path / "r.db", history.kept)] == ["shorter"]  # type: ignore[union-attr]
    store = quick(begun(tmp_path / "s.db", origin="某市#2"))
    assert [each.kind for each in judged(tmp_path / "s.db", history.kept)] == ["other_registry"]  # type: ignore[union-attr]


def test_guards_that_are_missing_or_others_are_named(history: History, tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    for change, name in (
        ("DROP TRIGGER entries_no_update", "entries_no_update"),
        ("DROP TRIGGER results_no_replace", "results_no_replace"),
        ("DROP INDEX results_of", "results_of"),
        ("CREATE TRIGGER more AFTER INSERT ON results BEGIN SELECT 1; END", "more"),
        ("DROP TRIGGER entries_in_order; CREATE TRIGGER entries_in_order INSERT ON entries BEGIN SELECT 1; END",
         "entries_in_order"),
    ):  # fmt: skip
        shutil.copy(history.path, path)
        with sqlite3.connect(path) as file:
            file.executescript(change)
        file.close()
        assert judged(path, history.kept) == [Fault("schema", 0, {"name": name})]


def test_bits_that_rot(history: History, tmp_path: Path) -> None:
    """Any bit of the file: it ends in a fault or a refusal, or nothing of what the file says is another."""
    path, whole = tmp_path / "r.db", history.path.read_bytes()
    chance, found_none = Random(3), 0
    for number in range(60):
        content = bytearray(whole)
        at = chance.randrange(len(content)) if number % 3 else chance.randrange(0, 8192)
        content[at] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        found = judged(path, history.kept)
        if found == []:
            found_none += 1
            assert told(path) == told(history.path), at
    assert found_none < 30


def told(path: Path) -> list[Any]:
    """All that a registry says, apart from the word by which kinds of contents are told from each other."""
    file = sqlite3.connect(path)
    tables = ("entries", "results", "checkpoints", "settings")
    found = [sorted(file.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]
    found.append(sorted(file.execute("SELECT hash, content FROM contents").fetchall()))
    file.close()
    return found


def test_a_file_that_is_no_registry(tmp_path: Path) -> None:
    for name, content in {
        "empty.db": b"",
        "text.db": b"no registry at all",
        "head.db": b"SQLite format 3\0" * 40,
    }.items():
        (tmp_path / name).write_bytes(content)
        refused = judged(tmp_path / name, "")
        assert isinstance(refused, RegistryError)
        assert refused.reason == "no_registry"
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "none.db")


def test_a_checkpoint_that_is_none_is_refused(history: History) -> None:
    refused = judged(history.path, "no checkpoint")
    assert isinstance(refused, RegistryError)
    assert refused.reason == "no_checkpoint"


def test_a_checkpoint_signed_by_a_stranger_counts_for_nothing(history: History) -> None:
    text, stranger = history.kept.split("\n\n")[0] + "\n", signer("戊")
    for name in ("戊", "乙"):
        packed = Public(name, stranger.public).mark(stranger.suite) + stranger.sign(text.encode())
        note = f"{text}\n— {name} {base64.b64encode(packed).decode()}\n"
        assert judged(history.path, note) == [Fault("unsigned", 0, {"size": str(ENTRIES)})]


@pytest.mark.parametrize("at", [1, 2, 5, 4_321, ENTRIES - 1, ENTRIES])
def test_one_entry_written_anew_with_its_hash_is_named(history: History, tmp_path: Path, at: int) -> None:
    path = tmp_path / "r.db"
    shutil.copy(history.path, path)
    with unguarded(path) as file:
        entry = entry_of(file, at)
        rewrite(file, at, {**entry, "body": {**entry["body"], "more": 1}}, "hash", "peaks")
    found = judged(path, history.kept)
    assert isinstance(found, list)
    assert {each.sequence for each in found if each.kind in ("rehashed", "void", "beginning", "checkpoint")} >= {at}
    assert min(each.sequence for each in found if each.sequence) == at


def test_an_entry_in_another_spelling_is_found(tmp_path: Path) -> None:
    """The last one, after the last checkpoint, its hash made anew: what it says and its signature are still good."""
    store = quick(begun(tmp_path / "r.db"))
    end = store.size()
    text = store.rows("SELECT content FROM entries WHERE sequence = ?", (end,))[0][0]
    for other in (text.replace(",", ", ", 1), text.replace("丁", "\\u4e01"), text.replace("{", '{"kind":"x",', 1)):
        path = tmp_path / "copy.db"
        shutil.copy(store.path, path)
        with unguarded(path) as file:
            peaks = b"".join(grown(peaks_after(file, end - 1), end - 1, leaf(other)))
            changed = "UPDATE entries SET content = ?, hash = ?, peaks = ? WHERE sequence = ?"
            file.execute(changed, (other, leaf(other), peaks, end))
        assert other != text
        assert judged(path, None) == [Fault("unreadable", end, {})]


# ---------------------------------------------------------------- no false alarm


@pytest.mark.parametrize("part", range(2))
def test_a_thousand_clean_histories(tmp_path: Path, part: int) -> None:
    """Twenty registries that grow by what people do, looked at after every step, with every checkpoint there was."""
    tried = 0
    for number in range(10):
        chance = Random(part * 100 + number)
        store = quick(begun(tmp_path / f"{number}.db", approvals=chance.choice([1, 2])))
        plan, notes, last = script()[1], [""], None
        for step in range(50):
            match chance.randrange(6):
                case 0:
                    day = date(2010 + step, 1, 1)
                    approved(store, str(step), day, approvers=chance.choice([(), ("丙",)]))
                case 1:
                    name = f"人{step}"
                    people.trust(store, signer("甲"), name, signer(name).public, ["approver", "operator"])
                case 2:
                    roles = chance.choice([["author", "operator"], ["author", "operator", "reviewer"]])
                    people.trust(store, signer("甲"), "乙", signer("乙").public, roles)
                case 3 if last is not None and not runs_after(store, last):
                    points = {"得分": str(chance.randrange(100)) + ".25"}
                    done = correct.correct(store, signer("乙"), last, "U0", points, b"x", "申诉", "reference")
                    last = done.run
                    notes.append(done.checkpoint)
                case 4:
                    some = [each.name for each in known(store).persons.values() if each.name.startswith("人")]
                    if some and known(store).called(some[-1]):
                        people.revoke(store, signer("甲"), some[-1], "离职")
                case _:
                    version = next(iter(versions.register(store).versions.values()), None) or approved(store)
                    last, note = recorded(store, version, plan, data(tmp_path, plan, chance.randrange(1, 9)))
                    notes.append(note)
            note = chance.choice(notes)
            assert verified(store, note or None, whole=chance.random() < 0.7).faults == []
            tried += 1
        store.connection.close()
    assert tried == 500


def runs_after(store: Store, run: runs.Run) -> bool:
    return correct.latest(store, run).sequence != run.sequence
