"""Runs written down: evaluated again on any engine, corrected by new facts, found again by the day they speak of."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kaoping.engines.run import evaluate
from kaoping.registry import correct, runs, versions
from kaoping.registry import store as module
from kaoping.registry.entries import read
from kaoping.registry.errors import Refused, RegistryError
from kaoping.registry.runs import Difference, Run, stored_rows
from kaoping.registry.snapshots import data_as_of, stored_dataset
from kaoping.registry.store import Store
from kaoping.registry.verify import verified
from kaoping.types import Value
from registry_made import approved, begun, data, recorded, script, signer

SCHEME = "季度考核"


class Clock(datetime):
    """The clock of the machine, put on by hand; `day` is one of March 2010."""

    day = 1

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime(2010, 3, cls.day, 12, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, Run]:
    """A run of five units, U0 to U4, with 58 to 62 points, on the first of March."""
    monkeypatch.setattr(module, "datetime", Clock)
    Clock.day = 1
    store = begun(tmp_path / "r.db")
    run, _ = recorded(store, approved(store), script()[1], data(tmp_path, script()[1], first=58))
    return store, run


def corrected(store: Store, run: Run, points: str, subject: str = "U1") -> correct.Corrected:
    return correct.correct(store, signer("乙"), run, subject, {"得分": points}, b"a scan", "申诉成立", "reference")


@pytest.mark.parametrize("engine", ["reference", "python", "duckdb", "sqlite"])
def test_a_run_is_evaluated_again_to_the_bit(made: tuple[Store, Run], engine: str) -> None:
    store, run = made
    plan = runs.run_script(store, run).plan
    assert plan is not None
    again = runs.reproduced(store, run, plan, evaluate(plan, runs.run_dataset(store, run, plan), engine))
    assert (again.equal, again.subjects, again.differences, again.changed) == (True, 5, [], [])


def test_what_comes_out_otherwise_is_told_value_by_value(made: tuple[Store, Run]) -> None:
    store, run = made
    plan = runs.run_script(store, run).plan
    assert plan is not None
    results = evaluate(plan, runs.run_dataset(store, run, plan))
    results.values["grade"][0] = results.values["grade"][4]
    again = runs.reproduced(store, run, plan, results)
    assert not again.equal
    assert again.differences == [Difference("U0", "单位0", "grade", "差", "良")]


def test_a_correction_moves_others_too_and_the_old_run_stays(made: tuple[Store, Run]) -> None:
    """U1 rises from 59 points, place 4, to 62.5 and the first place: the three above it each lose one."""
    store, run = made
    before = stored_rows(store, run.sequence)
    done = corrected(store, run, "62.5")
    moved = {(each.id, each.column): (each.then, each.now) for each in done.moved}
    assert moved[("U1", "rank")] == ("4", "1")
    assert moved[("U1", "grade")] == ("差", "良")
    assert {id_: moved[(id_, "rank")] for id_ in ("U2", "U3", "U4")} == {
        "U2": ("3", "4"), "U3": ("2", "3"), "U4": ("1", "2"),
    }  # fmt: skip
    assert "U0" not in {id_ for id_, _ in moved}
    assert done.run.body["replaces"] == run.sequence
    assert stored_rows(store, run.sequence) == before
    assert correct.latest(store, run).sequence == done.run.sequence
    assert verified(store, done.checkpoint).faults == []


@pytest.mark.parametrize(
    ("subject", "cells", "reason"),
    [
        ("U9", {"得分": "60"}, "no_subject"),
        ("单位11", {"得分": "60"}, "no_subject_near"),
        ("U1", {"得分数": "60"}, "no_cell"),
        ("U1", {"得分": "59"}, "nothing_changed"),
        ("U1", {"得分": ""}, "empty_cell"),
    ],
)
def test_a_correction_that_cannot_be(made: tuple[Store, Run], subject: str, cells: dict[str, str], reason: str) -> None:
    store, run = made
    size = store.size()
    with pytest.raises(RegistryError) as stopped:
        correct.correct(store, signer("乙"), run, subject, cells, b"", "", "reference")
    assert stopped.value.reason == reason
    assert store.size() == size


def test_a_correction_with_a_cell_that_the_scheme_does_not_allow(made: tuple[Store, Run]) -> None:
    store, run = made
    for text in ("九十五分", "101", "60.001"):
        with pytest.raises(Refused) as refused:
            corrected(store, run, text)
        assert [each.severity for each in refused.value.findings] == ["error"], text
    assert correct.latest(store, run).sequence == run.sequence


def test_a_run_is_corrected_once_then_the_correction(made: tuple[Store, Run]) -> None:
    store, run = made
    done = corrected(store, run, "70")
    with pytest.raises(RegistryError) as stopped:
        corrected(store, run, "80")
    assert (stopped.value.reason, stopped.value.facts["by"]) == ("replaced", done.run.sequence)
    assert corrected(store, done.run, "80").run.body["replaces"] == done.run.sequence


def test_of_data_that_were_not_kept_only_the_hash_is_there(made: tuple[Store, Run], tmp_path: Path) -> None:
    """The same files come to the same hash and the same results; other files are refused; nothing is missing."""
    store, _ = made
    version, plan = approved(store, "第二版", date(2011, 1, 1)), script("第二版")[1]
    read = data(tmp_path, plan, first=77)
    rules = runs.Rules(plan, version.script, ".kp", {}, version)
    with store.writing():
        run, _ = runs.record(
            store, signer("乙"), rules, read, evaluate(plan, read), date(2010, 4, 1), "reference", keep=False
        )
    assert verified(store).faults == []
    assert store.content(run.body["data"]) is None
    with pytest.raises(RegistryError) as stopped:
        runs.run_dataset(store, run, plan)
    assert stopped.value.reason == "data_not_kept"
    again = runs.run_dataset(store, run, plan, data(tmp_path, plan, first=77))
    assert runs.reproduced(store, run, plan, evaluate(plan, again)).equal
    with pytest.raises(RegistryError) as stopped:
        runs.run_dataset(store, run, plan, data(tmp_path, plan, first=76))
    assert (stopped.value.reason, stopped.value.facts["names"]) == ("other_data", "units.csv")
    done = correct.correct(store, signer("乙"), run, "U1", {"得分": "5"}, b"x", "申诉", "reference", read)
    assert store.content(done.run.body["data"]) is None
    files = data(tmp_path, plan, first=77)
    assert correct.data_of(store, done.run, plan, files).tables[""].columns["得分"][:3] == [7700, 500, 7900]
    assert verified(store).faults == []


@pytest.mark.parametrize("packed", [zlib.compress(b"something else"), b"no zlib"])
def test_a_run_is_not_evaluated_on_what_somebody_put_in_the_place_of_its_data(
    made: tuple[Store, Run], packed: bytes
) -> None:
    store, run = made
    plan = runs.run_script(store, run).plan
    assert plan is not None
    store.connection.execute("DROP TRIGGER contents_no_update")
    store.connection.execute(
        "UPDATE contents SET content = ? WHERE hash = ?", (packed, bytes.fromhex(run.body["data"]))
    )
    with pytest.raises(RegistryError) as stopped:
        runs.run_dataset(store, run, plan)
    assert stopped.value.reason == "not_whole"


def test_the_place_of_a_corrected_cell_names_the_correction(made: tuple[Store, Run]) -> None:
    """The file still says 59: nobody who looks it up may be led to think that the platform has misread it."""
    store, run = made
    done = corrected(store, corrected(store, run, "70").run, "71", "U2")
    plan = script()[1]
    table = runs.run_dataset(store, done.run, plan).tables[""]
    places = [table.place(row, "得分") for row in range(3)]
    first, second = (each.sequence for each in store.entries({"correct"}))
    assert places == ["units.csv:2 得分", f"units.csv:3 得分 #{first}", f"units.csv:4 得分 #{second}"]
    assert store.content(store.entries({"correct"})[1].body["details"]) is not None


def test_data_as_of_a_day_as_they_were_known_on_another(made: tuple[Store, Run]) -> None:
    """The data speak of the first of April; on the fifth of March an appeal changes what is known of that day."""
    store, run = made
    Clock.day = 5
    done = corrected(store, run, "70")
    plan = script()[1]

    def points(known: date | None) -> Value:
        snapshot = data_as_of(store, SCHEME, date(2010, 4, 1), known)
        return stored_dataset(store, snapshot, plan.inputs).tables[""].columns["得分"][1]

    assert (points(date(2010, 3, 4)), points(date(2010, 3, 5)), points(None)) == (5900, 7000, 7000)
    assert runs.run_snapshot(store, done.run).day == runs.run_snapshot(store, run).day
    for day, known in ((date(2010, 3, 31), None), (date(2010, 4, 1), date(2010, 2, 28))):
        with pytest.raises(RegistryError) as stopped:
            data_as_of(store, SCHEME, day, known)
        assert stopped.value.reason == "no_data_then"


def test_data_of_a_day_are_those_that_came_last_though_they_had_come_before(
    made: tuple[Store, Run], tmp_path: Path
) -> None:
    """First, then other data, then the first again: these hold now. Whoever runs on what is stored changes nothing."""
    store, run = made
    version, plan = next(iter(versions.register(store).versions.values())), script()[1]
    other, _ = recorded(store, version, plan, data(tmp_path, plan, first=70))
    assert data_as_of(store, SCHEME, date(2010, 4, 1)).sequence == other.body["snapshot"]
    again, _ = recorded(store, version, plan, data(tmp_path, plan, first=58))
    assert again.body["data"] == run.body["data"]
    assert data_as_of(store, SCHEME, date(2010, 4, 1)).sequence == again.body["snapshot"] > other.body["snapshot"]
    rules = runs.Rules(plan, version.script, ".kp", {}, version)
    snapshot = runs.run_snapshot(store, other)
    old = stored_dataset(store, snapshot, plan.inputs)
    with store.writing():
        once_more, _ = runs.record(
            store, signer("乙"), rules, old, evaluate(plan, old), snapshot.day, "python", stored=snapshot.sequence
        )
    assert once_more.body["snapshot"] == snapshot.sequence
    assert data_as_of(store, SCHEME, date(2010, 4, 1)).sequence == again.body["snapshot"]


def test_the_correction_of_a_run_in_earnest_is_one_though_its_version_was_withdrawn_since(
    made: tuple[Store, Run],
) -> None:
    """The rules of then are still those by which the units were appraised then."""
    store, run = made
    version = next(iter(versions.register(store).versions.values()))
    versions.decide(store, signer("丙"), version, "withdraw", "另有规定")
    done = corrected(store, run, "70")
    assert (run.body["trial"], done.run.body["trial"], done.run.body["version"]) == (False, False, version.sequence)


def test_what_opens_one_result_opens_no_other(made: tuple[Store, Run]) -> None:
    store, run = made
    done = corrected(store, run, "70")
    secret = store.secret()
    nonces = [runs.nonce_of_result(store, secret, each.body, f"U{at}") for each in (run, done.run) for at in range(5)]
    assert len(set(nonces)) == 10


def test_neither_names_nor_values_of_subjects_stand_in_entries(made: tuple[Store, Run]) -> None:
    store, run = made
    corrected(store, run, "70.5")
    entries = [read(row[0]) for row in store.connection.execute("SELECT content FROM entries")]
    told = " ".join(str(each.body) for each in entries)  # signatures may hold any letters, and hashes any digits
    told = re.sub("[0-9a-f]{32,}", "", told)
    assert [each for each in ("U1", "单位1", "70.5", "7050", "申诉成立") if each in told] == []


def test_what_is_not_approved_runs_as_a_trial(made: tuple[Store, Run], tmp_path: Path) -> None:
    store, _ = made
    rules = runs.Rules(script("x")[1], "00" * 32, ".kp", {})
    dataset = data(tmp_path, rules.plan)
    with store.writing():
        tried, _ = runs.record(
            store, signer("乙"), rules, dataset, evaluate(rules.plan, dataset), date(2010, 4, 2), "reference"
        )
    assert tried.body["trial"]
    assert not made[1].body["trial"]
