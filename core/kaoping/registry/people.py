"""Whom a registry trusts, and with what. Only entries that were signed by somebody who was trusted then count."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.diagnostic import phrase
from kaoping.registry.entries import PEOPLE, SIGNED, Entry, to_sign
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Signer
from kaoping.registry.store import Store
from kaoping.registry.suite import Suite

ROLES = ("keeper", "author", "reviewer", "approver", "operator")
"""What somebody may be trusted with: to trust others, to publish, to review, to approve, to record runs and
corrections."""

_ROLE_FOR = {
    "trust": "keeper", "revoke": "keeper", "publish": "author", "withdraw": "author approver", "review": "reviewer",
    "approve": "approver", "reject": "reviewer approver", "correct": "operator", "run": "operator",
    "checkpoint": "keeper operator",
}  # fmt: skip


class Person(Struct, frozen=True):
    """Somebody trusted: the name, the public key in hexadecimal, what for, and from which entry until which; `closes`
    says from which entry on the roles were such that the person may sign checkpoints, or not.
    """

    name: str
    key: str
    roles: tuple[str, ...]
    since: int
    closes: tuple[tuple[int, bool], ...]
    until: int | None = None

    def could_close(self, size: int) -> bool:
        """Whether the person might sign a checkpoint when the registry had so many entries."""
        if not self.since <= size or (self.until is not None and size > self.until):
            return False
        return [might for since, might in self.closes if since <= size][-1]


class People(Struct):
    """Everybody ever trusted, by key, and how many have to approve a version."""

    suite: Suite
    approvals: int = 1
    origin: str = ""
    persons: dict[str, Person] = field(default_factory=dict)

    def may(self, key: str, kind: str) -> bool:
        """Whether the holder of a key may make an entry of a kind now."""
        person = self.persons.get(key)
        wanted = _ROLE_FOR.get(kind, "").split()
        return person is not None and person.until is None and any(role in person.roles for role in wanted)

    def name(self, key: str) -> str:
        """What the holder of a key is called; the beginning of the key where nobody is known."""
        person = self.persons.get(key)
        return person.name if person else key[:16]

    def called(self, name: str) -> Person | None:
        """Who bears a name now."""
        return next((each for each in self.persons.values() if each.name == name and each.until is None), None)


def signed(entry: Entry, suite: Suite) -> bool:
    """Whether the signature of an entry is that of the key it names."""
    try:
        key, signature = bytes.fromhex(entry.by), base64.b64decode(entry.signature)
    except ValueError:
        return False
    return suite.verify(key, to_sign(entry), signature)


def counts(entry: Entry, people: People) -> bool:
    """Whether an entry that a person answers for was signed by somebody who might do it; takes those who are trusted
    or no longer trusted by it into `people`.
    """
    if entry.kind not in SIGNED:
        return True
    first = entry.kind == "begin" and entry.sequence == 1
    if not (first or people.may(entry.by, entry.kind)) or not signed(entry, people.suite):
        return False
    try:
        return _taken_in(people, entry)
    except (KeyError, TypeError, ValueError):  # signed, but not what such an entry has to say
        return False


def _taken_in(people: People, entry: Entry) -> bool:
    body = entry.body
    if entry.kind == "begin":
        people.approvals, people.origin = int(body["approvals"]), str(body["origin"])
        people.persons[entry.by] = Person(body["name"], entry.by, ROLES, 1, ((1, True),))
    elif entry.kind in PEOPLE:
        if _objection(people, entry.kind, body):
            return False
        key = body["key"]
        past = people.persons.get(key)
        if entry.kind == "revoke":
            people.persons[key] = replace(people.persons[key], until=entry.sequence)
        else:
            since, before = (past.since, past.closes) if past else (entry.sequence, ())
            might = any(role in body["roles"] for role in _ROLE_FOR["checkpoint"].split())
            closes = (*before, (entry.sequence, might))
            people.persons[key] = Person(body["name"], key, tuple(body["roles"]), since, closes)
    return True


def _objection(people: People, kind: str, body: dict[str, Any]) -> str:
    """Why a key cannot be trusted, or be trusted no longer; "" where it can."""
    key = body["key"]
    person = people.persons.get(key)
    if kind == "revoke" and (person is None or person.until is not None):
        return "nobody"
    if kind == "trust":
        other = people.called(body["name"])
        if other is not None and other.key != key:
            return "name_taken"
        if person is not None and person.until is not None:
            return "key_revoked"
        if person is not None and person.name != body["name"]:  # what it signed bears the name it had
            return "key_named"
    others = any("keeper" in each.roles and each.until is None for each in people.persons.values() if each.key != key)
    return "" if others or "keeper" in body.get("roles", ()) else "last_keeper"


def known(store: Store) -> People:
    """Everybody whom a registry ever trusted."""
    people = People(store.suite)
    for entry in store.entries(PEOPLE):
        counts(entry, people)
    return people


def add(store: Store, kind: str, body: dict[str, object], signer: Signer) -> int:
    """Write down what somebody answers for, signed. Inside `writing()`."""
    entry = store.next_entry(kind, body, signer.public.hex())
    signature = base64.b64encode(signer.sign(to_sign(entry))).decode()
    return store.append(replace(entry, signature=signature))


def begin(store: Store, origin: str, approvals: int, signer: Signer) -> int:
    """The first entry: what the registry is called, how many have to approve a version, and who begins it."""
    body: dict[str, object] = {
        "approvals": approvals,
        "format": 1,
        "name": signer.name,
        "origin": origin,
        "secret": store.suite.sha(store.secret()).hexdigest(),  # tells nothing of it, and that it is still the same
        "suite": store.suite.name,
    }
    with store.writing():
        return add(store, "begin", body, signer)


def trust(store: Store, signer: Signer, name: str, key: bytes, roles: Iterable[str]) -> int:
    """Trust a key, under a name, with some roles. `RegistryError` where the name is another's or the signer may not."""
    body: dict[str, object] = {"key": key.hex(), "name": name, "roles": [each for each in ROLES if each in set(roles)]}
    return _changed(store, signer, "trust", name, body)


def revoke(store: Store, signer: Signer, name: str, reason: str) -> int:
    """Trust a key no longer: what it signed before stays, what it signs from now on counts for nothing."""
    person = known(store).called(name)
    return _changed(store, signer, "revoke", name, {"key": person.key if person else "", "reason": reason})


def _changed(store: Store, signer: Signer, kind: str, name: str, body: dict[str, object]) -> int:
    with store.writing():
        people = known(store)
        allowed(people, signer, kind)
        if why := _objection(people, kind, body):
            raise RegistryError(why, name=name)
        return add(store, kind, body, signer)


def allowed(people: People, signer: Signer, kind: str) -> None:
    """`RegistryError` where somebody may not do something here."""
    if not people.may(signer.public.hex(), kind):
        person = people.persons.get(signer.public.hex())
        reason = "nobody" if person is None else "revoked" if person.until is not None else "may_not"
        roles = ", ".join(phrase(f"registry.role.{each}") for each in _ROLE_FOR[kind].split())
        raise RegistryError(reason, name=signer.name, roles=roles)
