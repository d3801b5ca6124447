"""What many statements have in common: drafts, and the modifiers that follow a statement's own words."""

# ruff: noqa: D102  the grammar says what each rule is

from __future__ import annotations

from typing import Any as Child

from msgspec import Struct

from kaoping import scheme as s
from kaoping.expr import Expr, Name, Not, Nothing
from kaoping_dsl.expressions import Expressions, Option, once, plain, quoted, span
from kaoping_dsl.periods import first_day, last_day
from kaoping_dsl.tokens import Token


class Draft(Struct, frozen=True):
    """A statement that still lacks its place and its block."""

    made: type[s.Statement]
    fields: dict[str, Child]
    is_field: bool = False  # of a record, so without the word `input`


def drafted(made: type[s.Statement], options: tuple[Option | None, ...] = (), /, **fields: Child) -> Draft:
    """A draft of its own fields and of the modifiers that follow."""
    return Draft(made, {**fields, **once(option for option in options if option)})


def renamed(options: tuple[Option, ...], **names: str) -> tuple[Option, ...]:
    """Modifiers under the names that a statement's own fields have."""
    return tuple((names.get(field, field), value, place) for field, value, place in options)


class Modifiers(Expressions):
    """What each rule of a modifier, and of a binding in an example, becomes."""

    # ------------------------------------------------------------ modifiers

    def condition(self, expression: Expr) -> Option:
        return "condition", expression, expression

    def unless(self, expression: Expr) -> Option:
        return "condition", Not(expression, span=expression.span), expression

    def applies(self, expression: Expr) -> Option:
        return "applies", expression, expression

    def applies_else(self, expression: Expr, other: Expr) -> Option:
        return "applies", (expression, other), expression

    def classes(self, word: Token, names: tuple[str, ...]) -> Option:
        return "classes", names, word

    def text(self, token: Token) -> Option:
        return "why", quoted(token), token

    def for_each(self, name: Name) -> Option:
        return "for_each", name, name

    def since(self, day: Token) -> Option:
        return "since", first_day(day), day

    def until(self, day: Token) -> Option:
        return "until", last_day(day), day

    def down_to(self, expression: Expr) -> Option:
        return "down_to", expression, expression

    def up_to(self, expression: Expr) -> Option:
        return "up_to", expression, expression

    def names(self, *tokens: Token) -> tuple[str, ...]:
        return tuple(map(plain, tokens))

    def binding(self, name: Name, value: Expr | Nothing) -> s.Binding:
        return s.Binding(name, value, span=span(name, value))

    def binding_rows(self, name: Name, *rows: tuple[s.Binding, ...]) -> s.Binding:
        return s.Binding(name, rows, span=span(name, rows[-1][-1]))

    def row(self, *fields: s.Binding) -> tuple[s.Binding, ...]:
        return fields

    def field_value(self, token: Token, value: Expr | Nothing) -> s.Binding:
        return s.Binding(self.name(token), value, span=span(token, value))

    def bindings(self, *bindings: s.Binding) -> tuple[s.Binding, ...]:
        return bindings
