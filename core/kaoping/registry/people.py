"""Whom a registry trusts, and with what. Only entries that were signed by somebody who was trusted then count."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

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
}  # fmt: skip


class Person(Struct, frozen=True):
    """Somebody trusted: the name, the public key in hexadecimal, what for, and from which entry until which."""

    name: str
    key: str
    roles: tuple[str, ...]
    since: int
    until: int | None = None


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
    body = entry.body
    match entry.kind:
        case "begin":
            people.approvals, people.origin = body["approvals"], body["origin"]
            people.persons[entry.by] = Person(body["name"], entry.by, ROLES, 1)
        case "trust":
            people.persons[body["key"]] = Person(body["name"], body["key"], tuple(body["roles"]), entry.sequence)
        case "revoke":
            person = people.persons[body["key"]]
            people.persons[person.key] = Person(person.name, person.key, person.roles, person.since, entry.sequence)
    return True


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
    body = {"approvals": approvals, "format": 1, "name": signer.name, "origin": origin, "suite": store.suite.name}
    with store.writing():
        return add(store, "begin", body, signer)


def trust(store: Store, signer: Signer, name: str, key: bytes, roles: Iterable[str]) -> int:
    """Trust a key, under a name, with some roles. `RegistryError` where the name is another's or the signer may not."""
    with store.writing():
        people = known(store)
        allowed(people, signer, "trust")
        other = people.called(name)
        if other is not None and other.key != key.hex():
            raise RegistryError("name_taken", name=name)
        past = people.persons.get(key.hex())
        if past is not None and past.until is not None:
            raise RegistryError("key_revoked", name=name)
        return add(store, "trust", {"key": key.hex(), "name": name, "roles": sorted(set(roles))}, signer)


def revoke(store: Store, signer: Signer, name: str, reason: str) -> int:
    """Trust a key no longer: what it signed before stays, what it signs from now on counts for nothing."""
    with store.writing():
        people = known(store)
        allowed(people, signer, "revoke")
        person = people.called(name)
        if person is None:
            raise RegistryError("nobody", name=name)
        keepers = [each for each in people.persons.values() if "keeper" in each.roles and each.until is None]
        if keepers == [person]:
            raise RegistryError("last_keeper", name=name)
        return add(store, "revoke", {"key": person.key, "reason": reason}, signer)


def allowed(people: People, signer: Signer, kind: str) -> None:
    """`RegistryError` where somebody may not do something here."""
    if not people.may(signer.public.hex(), kind):
        person = people.persons.get(signer.public.hex())
        reason = "nobody" if person is None else "revoked" if person.until is not None else "may_not"
        raise RegistryError(reason, name=signer.name, role=_ROLE_FOR.get(kind, kind))
