"""The life of a version: published as a draft, reviewed, approved by as many as it takes, in force from a day on.

What a version is now follows from the entries alone, and only from those that were signed by somebody who might do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.diagnostic import phrase
from kaoping.registry.entries import SIGNED, VERSIONS, Entry
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Signer
from kaoping.registry.people import People, add, allowed, counts
from kaoping.registry.store import Store
from kaoping.registry.suite import Suite


class Decision(Struct, frozen=True):
    """What somebody said of a version: review, approve, reject or withdraw, when, and why."""

    kind: str
    by: str  # the key
    name: str
    time: str
    reason: str
    sequence: int


class Version(Struct, frozen=True):
    """A version of a scheme.

    `number` counts the versions of the scheme from 1, `sequence` is the entry that published it, `script` the hash of
    its text. It is in force from `effective` until the day before the next one, or up to and with `until`.
    `state` is draft, reviewed, approved, rejected or withdrawn. `body` is all that was recorded when it was published.
    """

    scheme: str
    number: int
    sequence: int
    script: str
    effective: date
    until: date | None
    reason: str
    author: str  # the key
    author_name: str
    time: str
    body: dict[str, Any]
    state: str = "draft"
    decisions: tuple[Decision, ...] = ()

    @property
    def label(self) -> str:
        """What commands call it: `娄底考评@2`."""
        return f"{self.scheme}@{self.number}"

    @property
    def approvers(self) -> tuple[str, ...]:
        """The keys of those who approved it."""
        return tuple(each.by for each in self.decisions if each.kind == "approve")


class Register(Struct):
    """All versions by the entry that published them, and who is trusted."""

    people: People
    versions: dict[int, Version] = field(default_factory=dict)
    void: list[Entry] = field(default_factory=list)
    """Entries that count for nothing, because whoever signed them might not do it, or nobody did."""

    def of(self, scheme: str) -> list[Version]:
        """The versions of a scheme, oldest first."""
        return [each for each in self.versions.values() if each.scheme == scheme]

    @property
    def schemes(self) -> list[str]:
        """The names of the schemes."""
        return sorted({each.scheme for each in self.versions.values()})

    def in_force(self, scheme: str, day: date) -> Version | None:
        """The version of a scheme that is in force on a day, None where none is."""
        approved = [each for each in self.of(scheme) if each.state == "approved" and each.effective <= day]
        last = max(approved, key=lambda each: (each.effective, each.sequence), default=None)
        return None if last is None or (last.until is not None and day > last.until) else last


def register(store: Store, scheme: str | None = None, known_as_of: date | None = None) -> Register:
    """What the entries say of versions (of one scheme), as far as they were known on a day."""
    return gathered(store.suite, store.entries(SIGNED, scheme), known_as_of)


def gathered(suite: Suite, entries: Iterable[Entry], known_as_of: date | None = None) -> Register:
    """What signed entries say, in their order."""
    found = Register(People(suite))
    for entry in entries:
        if known_as_of is not None and entry.time[:10] > known_as_of.isoformat():
            break
        try:
            sound = counts(entry, found.people) and _taken_in(found, entry)
        except (KeyError, TypeError, ValueError):  # signed, but not what such an entry has to say
            sound = False
        if not sound:
            found.void.append(entry)
    return found


def _taken_in(found: Register, entry: Entry) -> bool:
    """Whether an entry changes what is known of versions, as it should."""
    if entry.kind not in VERSIONS:
        return True
    body = entry.body
    if entry.kind == "publish":
        if body["number"] != len(found.of(body["scheme"])) + 1:
            return False
        until = date.fromisoformat(body["until"]) if body["until"] else None
        found.versions[entry.sequence] = Version(
            body["scheme"], body["number"], entry.sequence, body["script"], date.fromisoformat(body["effective"]),
            until, body["reason"], entry.by, found.people.name(entry.by), entry.time, body,
        )  # fmt: skip
        return True
    version = found.versions.get(body["version"])
    if version is None or _refusal(found, version, entry.kind, entry.by):
        return False
    decision = Decision(entry.kind, entry.by, found.people.name(entry.by), entry.time, body["reason"], entry.sequence)
    decided = replace(version, decisions=(*version.decisions, decision))
    found.versions[version.sequence] = replace(decided, state=_state(decided, entry.kind, found.people.approvals))
    return True


def _state(version: Version, kind: str, approvals: int) -> str:
    match kind:
        case "review":
            return "reviewed"
        case "approve":
            return "approved" if len(version.approvers) >= approvals else version.state
        case "reject":
            return "rejected"
        case _:
            return "withdrawn"


def _refusal(found: Register, version: Version, kind: str, by: str) -> str:
    """Why a decision on a version cannot be taken; "" where it can."""
    wanted = {"review": ("draft",), "approve": ("reviewed",), "reject": ("draft", "reviewed")}
    if version.state not in wanted.get(kind, ("draft", "reviewed", "approved")):
        return "wrong_state"
    if kind in ("review", "approve") and by == version.author:
        return "own_version"
    if kind == "approve" and by in version.approvers:
        return "approved_already"
    if kind == "approve" and overlapping(found.of(version.scheme), version.effective, version.until) is not None:
        return "overlap"
    return ""


def overlapping(versions: Iterable[Version], effective: date, until: date | None) -> Version | None:
    """The approved version that would be in force on the same day by its own dates; None where there is none.

    One without an end gives way to whatever begins later, so only what begins on the same day disputes with it.
    """
    for each in versions:
        if each.state == "approved" and (
            each.effective == effective
            or (each.until is not None and each.effective < effective <= each.until)
            or (until is not None and effective < each.effective <= until)
        ):
            return each
    return None


# ---------------------------------------------------------------- what people do


class Submission(Struct, frozen=True):
    """A script that was checked and may be published: its text, the texts of other schemes it refers to, and what is to
    be recorded of the check.
    """

    scheme: str
    title: str
    text: bytes
    extension: str
    others: dict[str, bytes]
    record: dict[str, Any]


def publish(
    store: Store, signer: Signer, given: Submission, reason: str, effective: date, until: date | None = None
) -> Version:
    """Write down a script as the next version of its scheme, a draft. Raises `RegistryError`."""
    with store.writing():
        found = register(store, given.scheme)
        allowed(found.people, signer, "publish")
        same = found.of(given.scheme)
        if until is not None and until < effective:
            raise RegistryError("until_before", effective=effective, until=until)
        script = store.keep("script", given.text)
        twin = next((each for each in same if each.script == script and each.effective == effective), None)
        if twin is not None and twin.state not in ("rejected", "withdrawn"):
            raise RegistryError("published_already", label=twin.label, state=phrase(f"registry.state.{twin.state}"))
        other = overlapping(same, effective, until)
        if other is not None:
            raise RegistryError("overlap", label=given.scheme, other=other.label, effective=other.effective)
        body = {
            "scheme": given.scheme,
            "number": len(same) + 1,
            "title": given.title,
            "script": script,
            "extension": given.extension,
            "others": {name: store.keep("script", text) for name, text in given.others.items()},
            "effective": effective.isoformat(),
            "until": until.isoformat() if until else None,
            "reason": reason,
            **given.record,
        }
        sequence = add(store, "publish", body, signer)
    return register(store, given.scheme).versions[sequence]


def decide(store: Store, signer: Signer, version: Version, kind: str, reason: str) -> Version:
    """Review, approve, reject or withdraw a version. Raises `RegistryError`."""
    with store.writing():
        found = register(store, version.scheme)
        allowed(found.people, signer, kind)
        now = found.versions[version.sequence]
        if why := _refusal(found, now, kind, signer.public.hex()):
            other = overlapping(found.of(now.scheme), now.effective, now.until)
            raise RegistryError(
                why, label=now.label, state=phrase(f"registry.state.{now.state}"), name=signer.name,
                other=other.label if other else "", effective=other.effective if other else "",
            )  # fmt: skip
        add(store, kind, {"version": version.sequence, "scheme": version.scheme, "reason": reason}, signer)
    return register(store, version.scheme).versions[version.sequence]


def named(found: Register, label: str) -> Version:
    """The version that `SCHEME@NUMBER` or `SCHEME` (the newest) means. Raises `RegistryError`."""
    scheme, at, number = label.rpartition("@") if "@" in label else (label, "", "")
    same: Sequence[Version] = found.of(scheme)
    if not same:
        raise RegistryError("no_scheme", name=scheme, names=", ".join(found.schemes) or "-")
    if not at:
        return same[-1]
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if not 0 < place <= len(same):
        raise RegistryError("no_version", label=label, count=len(same))
    return same[place - 1]
