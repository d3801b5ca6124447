"""The differences between two versions of a scheme, statement by statement, and a scheme with some of them made."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from kaoping.scheme import Scheme, Statement

Kind = Literal["added", "removed", "changed", "moved", "renamed"]


class Part(Struct, frozen=True):
    """What differs inside a statement: of which aspect (`condition`, `limit`, `ties`), as written before and after.

    `inside` is the expression around it, where it is only a part of one.
    """

    aspect: str
    before: str | None
    after: str | None
    inside: str | None = None


class Change(Struct, frozen=True):
    """One difference.

    `number` is its place among all `changes`, `clause` the clause to cite, `within` the items or records around it.
    What was moved as well says where from (`moved`, `from_clause`); what was renamed has both names.
    """

    number: int
    kind: Kind
    clause: str | None
    before: Statement | None
    after: Statement | None
    heading: str | None = None
    within: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    moved: Literal["clause", "block", "order"] | None = None
    from_clause: str | None = None
    old_name: str | None = None
    new_name: str | None = None


def changes(before: Scheme, after: Scheme) -> tuple[Change, ...]:
    """All differences in meaning, clause by clause in the order of the new text; empty where both mean the same."""
    raise NotImplementedError


def applied(before: Scheme, after: Scheme, chosen: Collection[Change]) -> Scheme:
    """The scheme before, with just the chosen ones of the `changes` to the scheme after made."""
    raise NotImplementedError
