"""The life of a version: what takes it into force, and everything that does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kaoping.registry import checkpoint, people, versions
from kaoping.registry.errors import RegistryError
from kaoping.registry.people import known
from kaoping.registry.store import Store
from kaoping.registry.verify import verified
from kaoping.registry.versions import Version, register
from registry_made import approved, begun, forged, script, signer

SCHEME = "季度考核"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = begun(tmp_path / "r.db")
    made.connection.execute("PRAGMA synchronous = OFF")
    return made


def draft(store: Store, changed: str = "2", effective: date = date(2011, 1, 1), until: date | None = None) -> Version:
    return versions.publish(store, signer("乙"), script(changed)[0], "修订", effective, until)


def decision(version: Version, of: object = None) -> dict[str, Any]:
    return {"version": of or version.sequence, "scheme": version.scheme, "reason": "同意"}


def now(store: Store, version: Version) -> Version:
    return register(store).versions[version.sequence]


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(RegistryError) as refused:
        act()
    return refused.value.reason


# ---------------------------------------------------------------- what people may do


def test_a_version_on_its_way(store: Store) -> None:
    version = draft(store)
    assert (version.label, version.state, version.author_name) == ("季度考核@1", "draft", "乙")
    version = versions.decide(store, signer("丙"), version, "review", "看过")
    assert version.state == "reviewed"
    version = versions.decide(store, signer("丁"), version, "approve", "同意")
    assert (version.state, version.approvers) == ("approved", (signer("丁").public.hex(),))
    assert [each.name for each in version.decisions] == ["丙", "丁"]
    version = versions.decide(store, signer("乙"), version, "withdraw", "有误")
    assert version.state == "withdrawn"
    assert register(store).in_force(SCHEME, date(2011, 6, 1)) is None


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_as_many_approvals_as_it_takes(tmp_path: Path, needed: int) -> None:
    store = begun(tmp_path / "r.db", approvals=needed)
    people.trust(store, signer("甲"), "戊", signer("戊").public, ["approver"])
    version = versions.decide(store, signer("丙"), draft(store), "review", "看过")
    states = []
    for name in ("丙", "丁", "戊")[:needed]:
        version = versions.decide(store, signer(name), version, "approve", "同意")
        states.append(version.state)
    assert states == ["reviewed"] * (needed - 1) + ["approved"]
    assert reason(lambda: versions.decide(store, signer("戊"), version, "approve", "同意")) in (
        "wrong_state",
        "approved_already",
    )


def test_what_is_refused(store: Store) -> None:
    people.trust(store, signer("甲"), "戊", signer("戊").public, ["author", "reviewer", "approver"])
    old, new = approved(store), draft(store)
    own = versions.publish(store, signer("戊"), script("3")[0], "修订", date(2012, 1, 1))
    decide = versions.decide
    for expected, act in {
        "own_version": lambda: decide(store, signer("戊"), own, "review", ""),
        "nobody": lambda: decide(store, signer("己"), new, "review", ""),
        "may_not": lambda: decide(store, signer("丁"), new, "review", ""),
        "wrong_state": lambda: decide(store, signer("丁"), new, "approve", ""),
        "published_already": lambda: draft(store),
        "overlap": lambda: draft(store, "4", old.effective),
        "until_before": lambda: draft(store, "4", until=date(2010, 12, 31)),
        "last_keeper": lambda: people.revoke(store, signer("甲"), "甲", ""),
        "name_taken": lambda: people.trust(store, signer("甲"), "丙", signer("庚").public, ["author"]),
    }.items():
        size = store.size()
        assert reason(act) == expected
        assert store.size() == size
    assert reason(lambda: people.trust(store, signer("甲"), "甲", signer("甲").public, ["author"])) == "last_keeper"
    people.revoke(store, signer("甲"), "丁", "离职")
    assert reason(lambda: decide(store, signer("丁"), new, "reject", "")) == "revoked"
    assert reason(lambda: people.trust(store, signer("甲"), "丁", signer("丁").public, ["approver"])) == "key_revoked"
    assert reason(lambda: people.revoke(store, signer("甲"), "丁", "")) == "nobody"
    assert verified(store).faults == []


def test_other_roles_do_not_make_what_was_signed_before_worthless(store: Store) -> None:
    version = versions.decide(store, signer("丙"), draft(store), "review", "看过")
    people.trust(store, signer("甲"), "丙", signer("丙").public, ["operator"])
    assert now(store, version).state == "reviewed"
    assert reason(lambda: versions.decide(store, signer("丙"), version, "approve", "")) == "may_not"
    assert known(store).persons[signer("丙").public.hex()].since == 3
    people.revoke(store, signer("甲"), "丙", "离职")
    assert now(store, version).state == "reviewed"
    assert verified(store).faults == []


def test_a_checkpoint_of_somebody_who_may_sign_none_closes_nothing(store: Store) -> None:
    """A reviewer with access to the file could else write down runs in the name of others, and close them."""
    with store.writing():
        note = checkpoint.made(store, known(store), signer("丙"))
    assert [each.kind for each in verified(store).faults] == ["checkpoint"]
    assert [each.kind for each in verified(store, note).faults if each.kind != "checkpoint"] != []


def test_who_might_sign_checkpoints_once_has_signed_them(store: Store) -> None:
    people.trust(store, signer("甲"), "丙", signer("丙").public, ["operator"])
    with store.writing():
        checkpoint.made(store, known(store), signer("丙"))
    assert verified(store).faults == []
    people.trust(store, signer("甲"), "丙", signer("丙").public, ["reviewer"])
    assert verified(store).faults == []
    with store.writing():
        checkpoint.made(store, known(store), signer("丙"))
    assert [each.kind for each in verified(store).faults] == ["checkpoint"]


# ---------------------------------------------------------------- forged


def forgeries() -> dict[str, Callable[[Store, Version], object]]:
    """What stands in the file as an approval of a version that was reviewed, and is none."""
    third, fourth = signer("丙"), signer("丁")

    def unsigned(store: Store, version: Version) -> None:
        with store.writing():
            store.append(store.next_entry("approve", decision(version), third.public.hex()))

    def replayed(store: Store, version: Version) -> None:
        before = next(each for each in store.entries({"approve"}) if each.body["version"] != version.sequence)
        with store.writing():
            entry = store.next_entry("approve", decision(version), before.by)
            store.append(replace(entry, signature=before.signature))

    def moved(store: Store, version: Version) -> None:
        """The whole entry, good where it stood, once more."""
        before = store.entries({"review"})[-1]
        with store.writing():
            entry = store.next_entry("approve", before.body, before.by)
            store.append(replace(before, sequence=entry.sequence, kind="approve"))

    def trusted_again(store: Store, version: Version) -> None:
        people.revoke(store, signer("甲"), "丁", "离职")
        forged(store, "trust", {"key": fourth.public.hex(), "name": "丁", "roles": ["approver"]}, signer("甲"))
        forged(store, "approve", decision(version), fourth)

    def revoked(store: Store, version: Version) -> None:
        people.revoke(store, signer("甲"), "丁", "离职")
        forged(store, "approve", decision(version), fourth)

    def brings_a_friend(store: Store, version: Version) -> None:
        friend = {"key": signer("庚").public.hex(), "name": "庚", "roles": ["approver"]}
        forged(store, "trust", friend, signer("乙"))
        forged(store, "approve", decision(version), signer("庚"))

    def begins_anew(store: Store, version: Version) -> None:
        forged(store, "begin", {"approvals": 1, "name": "庚", "origin": "某市#1"}, signer("庚"))
        forged(store, "approve", decision(version), signer("庚"))

    return {
        "not signed": unsigned,
        "signed with another key": lambda store, version: forged(store, "approve", decision(version), third, fourth),
        "with a stranger's key": lambda store, version: forged(store, "approve", decision(version), signer("庚")),
        "with the signature of another approval": replayed,
        "with the signature of the review": moved,
        "by the author": lambda store, version: forged(store, "approve", decision(version), signer("乙")),
        "by the keeper, who is no approver": by_a_mere_keeper,
        "by a key that is trusted no longer": revoked,
        "by a key that was trusted again": trusted_again,
        "by a friend of the author": brings_a_friend,
        "by who begins the registry anew": begins_anew,
        "of no version": lambda store, version: forged(store, "approve", decision(version, 9_999), third),
        "of a version in words": lambda store, version: forged(store, "approve", decision(version, "x"), third),
        "of nothing": lambda store, version: forged(store, "approve", {}, third),
    }


def by_a_mere_keeper(store: Store, version: Version) -> None:
    people.trust(store, signer("甲"), "辛", signer("辛").public, ["keeper"])
    forged(store, "approve", decision(version), signer("辛"))


@pytest.mark.parametrize("forgery", forgeries())
def test_a_forged_approval_never_takes_a_version_into_force(store: Store, forgery: str) -> None:
    old = approved(store)
    version = versions.decide(store, signer("丙"), draft(store), "review", "看过")
    forgeries()[forgery](store, version)
    assert now(store, version).state == "reviewed"
    found = register(store).in_force(SCHEME, date(2011, 6, 1))
    assert found is not None
    assert found.label == old.label
    faults = verified(store).faults
    assert faults
    assert {each.kind for each in faults} <= {"void", "unchained"}
    assert {each.sequence for each in faults} <= set(range(version.sequence + 2, store.size() + 1))


def test_nobody_approves_twice(tmp_path: Path) -> None:
    store = begun(tmp_path / "r.db", approvals=2)
    version = versions.decide(store, signer("丙"), draft(store), "review", "看过")
    version = versions.decide(store, signer("丙"), version, "approve", "同意")
    assert reason(lambda: versions.decide(store, signer("丙"), version, "approve", "同意")) == "approved_already"
    forged(store, "approve", decision(version), signer("丙"))
    assert now(store, version).state == "reviewed"
    assert versions.decide(store, signer("丁"), version, "approve", "同意").state == "approved"
    assert [each.kind for each in verified(store).faults] == ["void"]


def test_an_approval_before_the_review_counts_for_nothing(store: Store) -> None:
    version = draft(store)
    forged(store, "approve", decision(version), signer("丙"))
    assert now(store, version).state == "draft"
    assert versions.decide(store, signer("丙"), version, "review", "看过").state == "reviewed"


def test_an_author_who_may_do_everything_approves_nothing_of_his_own(store: Store) -> None:
    people.trust(store, signer("甲"), "戊", signer("戊").public, ["author", "reviewer", "approver"])
    version = versions.publish(store, signer("戊"), script("3")[0], "修订", date(2012, 1, 1))
    forged(store, "review", decision(version), signer("戊"))
    assert now(store, version).state == "draft"
    version = versions.decide(store, signer("丙"), version, "review", "看过")
    forged(store, "approve", decision(version), signer("戊"))
    assert now(store, version).state == "reviewed"


@pytest.mark.parametrize(
    "change",
    [
        {"number": 1},
        {"number": 3},
        {"effective": "someday"},
        {"effective": 7},
        {"until": "2010-99-99"},
        {"scheme": None},
    ],
)
def test_a_published_entry_that_is_none(store: Store, change: dict[str, object]) -> None:
    old = approved(store)
    body = {**store.entries({"publish"})[0].body, "number": 2, "effective": "2011-01-01", **change}
    entry = forged(store, "publish", body, signer("乙"))
    assert entry.sequence not in register(store).versions
    forged(store, "review", {"version": entry.sequence, "reason": ""}, signer("丙"))
    forged(store, "approve", {"version": entry.sequence, "reason": ""}, signer("丙"))
    assert register(store).in_force(SCHEME, date(2020, 1, 1)) == now(store, old)
    assert len(verified(store).faults) == 3


def test_two_that_would_be_in_force_on_the_same_day(store: Store) -> None:
    """Both are drafts, which is allowed; the second is not approved."""
    one, two = draft(store, "1"), draft(store, "2")
    for each in (one, two):
        versions.decide(store, signer("丙"), each, "review", "看过")
    one = versions.decide(store, signer("丙"), one, "approve", "同意")
    assert reason(lambda: versions.decide(store, signer("丙"), two, "approve", "同意")) == "overlap"
    forged(store, "approve", decision(two), signer("丙"))
    assert now(store, two).state == "reviewed"
    assert register(store).in_force(SCHEME, date(2011, 1, 1)) == one


@pytest.mark.parametrize(
    ("first", "second", "disputed"),
    [
        (("2010-01-01", None), ("2011-01-01", None), False),  # gives way
        (("2010-01-01", None), ("2010-01-01", None), True),
        (("2010-01-01", "2010-12-31"), ("2011-01-01", None), False),
        (("2010-01-01", "2011-01-01"), ("2011-01-01", None), True),
        (("2011-01-01", None), ("2010-01-01", "2010-12-31"), False),
        (("2011-01-01", None), ("2010-01-01", "2011-01-01"), True),
        (("2011-01-01", "2011-03-01"), ("2010-01-01", "2012-01-01"), True),
    ],
)
def test_days_of_two_versions(
    store: Store, first: tuple[str, str | None], second: tuple[str, str | None], disputed: bool
) -> None:
    day = date.fromisoformat
    approved(store, "1", day(first[0]), day(first[1]) if first[1] else None)

    def second_too() -> Version:
        return approved(store, "2", day(second[0]), day(second[1]) if second[1] else None)

    if disputed:
        assert reason(second_too) == "overlap"
    else:
        assert second_too().state == "approved"


# ---------------------------------------------------------------- what was in force when


def test_in_force_on_a_day(store: Store) -> None:
    approved(store, "1", date(2010, 1, 1))
    approved(store, "2", date(2011, 1, 1), date(2011, 12, 31))
    approved(store, "3", date(2013, 1, 1))
    draft(store, "4", date(2014, 1, 1))
    found = register(store)
    labels = {
        day: each.number if (each := found.in_force(SCHEME, date.fromisoformat(day))) else None
        for day in ("2009-12-31", "2010-01-01", "2010-12-31", "2011-12-31", "2012-06-01", "2013-01-01", "2020-01-01")
    }
    assert labels == {
        "2009-12-31": None, "2010-01-01": 1, "2010-12-31": 1, "2011-12-31": 2, "2012-06-01": None, "2013-01-01": 3,
        "2020-01-01": 3,
    }  # fmt: skip
    assert found.in_force("another", date(2013, 1, 1)) is None
    versions.decide(store, signer("丙"), found.of(SCHEME)[2], "withdraw", "有误")
    last = register(store).in_force(SCHEME, date(2010, 6, 1))
    assert last is not None
    assert last.number == 1


def test_what_was_known_on_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the machine is put on by days between the steps."""
    from datetime import UTC, datetime

    from kaoping.registry import store as module

    class Clock(datetime):
        day = 1

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(2010, 3, cls.day, 12, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Clock)
    store = begun(tmp_path / "r.db")
    version = draft(store, "1", date(2010, 1, 1))
    Clock.day = 2
    versions.decide(store, signer("丙"), version, "review", "看过")
    Clock.day = 3
    version = versions.decide(store, signer("丙"), version, "approve", "同意")
    Clock.day = 5
    versions.decide(store, signer("丙"), version, "withdraw", "有误")
    day = date(2010, 6, 1)
    for known_day, state in ((1, "draft"), (2, "reviewed"), (3, "approved"), (4, "approved"), (5, "withdrawn")):
        found = register(store, SCHEME, date(2010, 3, known_day))
        assert found.of(SCHEME)[0].state == state
        assert (found.in_force(SCHEME, day) is not None) == (state == "approved")
    assert register(store, SCHEME, date(2010, 2, 28)).versions == {}
    Clock.day = 4
    assert reason(lambda: draft(store, "2")) == "clock"


# ---------------------------------------------------------------- only grows


def test_nothing_is_changed_or_removed_by_any_connection(store: Store) -> None:
    approved(store)
    with store.writing():
        from kaoping.registry.checkpoint import made

        made(store, known(store), signer("乙"))
        store.connection.execute("INSERT INTO results VALUES (1, 0, 'U1', x'00', x'00')")
    before = list(store.connection.iterdump())
    tables = {"entries": "sequence", "contents": "hash", "results": "place", "checkpoints": "size", "settings": "name"}
    plain = sqlite3.connect(store.path, isolation_level=None)
    for recursive in ("OFF", "ON"):
        plain.execute(f"PRAGMA recursive_triggers = {recursive}")
        for table, key in tables.items():
            assert plain.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
            for change in (
                f"UPDATE {table} SET {key} = {key}",
                f"UPDATE OR REPLACE {table} SET {key} = {key}",
                f"DELETE FROM {table}",
                f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
                f"REPLACE INTO {table} SELECT * FROM {table}",
                f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {key} = {key}",
            ):
                with pytest.raises(sqlite3.IntegrityError, match=r"a registry only grows|an entry is missing"):
                    plain.execute(change)
        for sequence in (0, store.size() + 2):
            with pytest.raises(sqlite3.IntegrityError, match="an entry is missing"):
                plain.execute("INSERT INTO entries VALUES (?, 'x', NULL, x'00', x'00', '')", (sequence,))
        for row in ("('x', 'x', NULL, x'00', x'00', '')", "(NULL, 'x', NULL, x'00', x'00', '')"):
            with pytest.raises(sqlite3.IntegrityError):
                plain.execute(f"INSERT INTO entries VALUES {row}")
    plain.close()
    assert list(store.connection.iterdump()) == before
