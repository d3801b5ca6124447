"""Functions that plugins add to the language: types and ranges beside the body that computes them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from kaoping.types import Type, Value


class Function(Struct, frozen=True):
    """A function a script may call by one of its `names`, in whichever language.

    `parameters` are the types of its arguments: an argument must lie in the range of its parameter. `result` is the
    type of its value; `body` gets and gives values as `kaoping.types.Value` has them, and depends on nothing else.
    `always` says of the types of the arguments at hand whether there is a value for all they allow; without it there
    always is. `sql` is the same as an expression in `{0}`, `{1}`, …, in the SQL of DuckDB, which then need
    not ask the body: arguments come as BIGINT, and no step on the way may be wider than its type.
    """

    names: tuple[str, ...]
    parameters: tuple[Type, ...]
    result: Type
    body: Callable[..., Value]
    about: str
    always: Callable[..., bool] | None = None
    sql: str | None = None

    @property
    def name(self) -> str:
        """The name it is known by inside."""
        return self.names[0]


def allowed(value: object, type_: Type, *, missing: bool) -> bool:
    """Whether a value is one of a type: of its Python type, in its range, and missing only where it may be."""
    if value is None:
        return missing
    if type_.kind == "yes/no":
        return isinstance(value, bool)
    if type_.kind == "text":
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and type_.low <= value <= type_.high
