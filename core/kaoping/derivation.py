"""How a value came about: a tree of values, each with its rule, its clause, its data cell and its interpretations."""

from __future__ import annotations

from msgspec import Struct


class Derivation(Struct, frozen=True):
    """One value and what it was made of.

    `value` is shown text. `formula` is the author's text, `numbers` the same with values in place of names, yes and
    no as phrases of the catalogue. `place` is the data cell of a loaded value. `remark` names a sentence of the
    catalogue ([derivation.remark.NAME]), filled with `facts`: capped, held, vetoed, not applicable, on the quota
    line, …
    """

    name: str
    value: str
    role: str
    formula: str | None = None
    numbers: str | None = None
    clause: str | None = None
    heading: str | None = None
    why: str | None = None
    place: str | None = None
    remark: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    assumes: tuple[str, ...] = ()
    children: tuple[Derivation, ...] = ()
