"""The life of versions beside a model: whatever people do, in any order, it goes as a clerk would keep it on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kaoping.registry import people, versions
from kaoping.registry.errors import RegistryError
from kaoping.registry.store import created
from kaoping.registry.verify import verified
from kaoping.registry.versions import Submission, register
from registry_made import forged, script, signer

SCHEME = "季度考核"
NAMES = ("甲", "乙", "丙", "丁", "戊")
ROLES = {
    "甲": {"keeper", "author", "reviewer", "approver"}, "乙": {"author"}, "丙": {"reviewer", "approver"},
    "丁": {"approver", "author"}, "戊": {"reviewer"},
}  # fmt: skip
MAY = {
    "publish": {"author"}, "review": {"reviewer"}, "approve": {"approver"}, "reject": {"reviewer", "approver"},
    "withdraw": {"author", "approver"},
}  # fmt: skip
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from([*MAY, "approve", "revoke"]), st.sampled_from(NAMES), st.integers(0, 3), st.integers(0, 2)
    ),
    max_size=25,
)


class Model:
    """Versions as a clerk would keep them on a sheet of paper."""

    def __init__(self, needed: int) -> None:
        self.needed, self.gone, self.sheets = needed, set[str](), list[dict[str, Any]]()

    def does(self, kind: str, who: str, which: int, year: int) -> bool:
        """Whether somebody may do something, and if so what becomes of it."""
        if who in self.gone or not MAY[kind] & ROLES[who]:
            return False
        if kind == "publish":
            if any(each["state"] == "approved" and each["year"] == year for each in self.sheets):
                return False
            self.sheets.append({"author": who, "year": year, "state": "draft", "approved": set()})
            return True
        if which >= len(self.sheets):
            return False
        sheet = self.sheets[which]
        state = sheet["state"]
        if kind == "withdraw" and state in ("draft", "reviewed", "approved"):
            sheet["state"] = "withdrawn"
        elif kind == "reject" and state in ("draft", "reviewed"):
            sheet["state"] = "rejected"
        elif kind == "review" and state == "draft" and who != sheet["author"]:
            sheet["state"] = "reviewed"
        elif kind == "approve" and state == "reviewed" and who not in {sheet["author"], *sheet["approved"]}:
            if any(each["state"] == "approved" and each["year"] == sheet["year"] for each in self.sheets):
                return False
            sheet["approved"].add(who)
            if len(sheet["approved"]) == self.needed:
                sheet["state"] = "approved"
        else:
            return False
        return True

    def in_force(self, year: int) -> int | None:
        some = [at for at, each in enumerate(self.sheets) if each["state"] == "approved" and each["year"] <= year]
        return max(some, key=lambda at: self.sheets[at]["year"], default=None)


def submissions() -> list[Submission]:
    first = script()[0]
    return [replace(first, text=f"{at}".encode()) for at in range(40)]


@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS, needed=st.sampled_from([1, 1, 2]))
def test_any_life_goes_as_on_paper(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str, int, int]], needed: int
) -> None:
    store = created(tmp_path_factory.mktemp("life") / "r.db")
    store.connection.execute("PRAGMA synchronous = OFF")
    people.begin(store, "某市#1", needed, signer("甲"))
    for name, roles in ROLES.items():
        if name != "甲":
            people.trust(store, signer("甲"), name, signer(name).public, roles)
    model, texts, published = Model(needed), iter(submissions()), list[int]()
    for kind, who, which, year in actions:
        if kind == "revoke":
            if who != "甲" and who not in model.gone:
                people.revoke(store, signer("甲"), who, "离职")
                model.gone.add(who)
            continue
        expected, size = model.does(kind, who, which, year), store.size()
        try:
            if kind == "publish":
                made = versions.publish(store, signer(who), next(texts), "", date(2010 + year, 1, 1))
                published.append(made.sequence)
            elif which < len(published):
                versions.decide(store, signer(who), register(store).versions[published[which]], kind, "")
                made = None
            else:
                continue
            done = True
        except RegistryError:
            done = False
            if kind != "publish" and which < len(published):  # and whoever writes past the refusal gains nothing
                forged(store, kind, {"version": published[which], "reason": "", "scheme": SCHEME}, signer(who))
                size += 1
        assert (done, store.size()) == (expected, size + done)
        found = register(store)
        assert [each.state for each in found.of(SCHEME)] == [each["state"] for each in model.sheets]
    found = register(store)
    for year in range(4):
        in_force = found.in_force(SCHEME, date(2010 + year, 6, 1))
        at = model.in_force(year)
        assert (in_force.sequence if in_force else None) == (None if at is None else published[at])
    assert {each.kind for each in verified(store).faults} <= {"void"}
    store.connection.close()
