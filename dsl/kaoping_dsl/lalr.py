"""Lark's parse table, run on tokens of our own.

Lark builds the table and the callbacks from the grammar. Its own loop looks rules up by hash at every step and speaks
in its own tokens; this one does the same work in half the time, and says at a refusal what would have been accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from kaoping_dsl.statements import Statements
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import grammar_file

# What to do in a state on a terminal: go to a state, or reduce so many values by a callback to a rule's name.
Reduce = tuple[int, Callable[[list[Any]], Any], str]
Table = dict[int, dict[str, int | Reduce]]

_END = "$END"
_NEVER_SAID = {_END, "_NEXT"}


def _rule(name: str) -> str:
    """The name of a rule, apart from the words of the language: `title` is both."""
    return f"<{name}>"


class Refused(Exception):  # noqa: N818
    """The grammar does not take the token at a position, or the end; `accepted` is what it would take."""

    def __init__(self, at: int, accepted: frozenset[str]) -> None:
        """Note the position of a token, and what could have stood there."""
        super().__init__(at)
        self.at = at
        self.accepted = accepted


class Parser:
    """A parse table with its callbacks, and the terminal that stands for each quoted word and sign of the grammar."""

    def __init__(self, lark: Lark) -> None:
        """Take over the table that Lark has built."""
        terminals = {t.pattern.value: t.name for t in lark.terminals if t.pattern.type == "str"}
        kinds = {name: word for word, name in terminals.items()}
        analysed = lark.parser.parser
        table, callbacks = analysed._parse_table, analysed.parser.callbacks
        self._starts: dict[str, int] = dict(table.start_states)
        self._ends: dict[str, int] = dict(table.end_states)
        self._table: Table = {
            state: {
                kinds.get(name, name) if name.isupper() else _rule(name): arg
                if action is Shift
                else (len(arg.expansion), callbacks[arg], _rule(arg.origin.name))
                for name, (action, arg) in actions.items()
            }
            for state, actions in table.states.items()
        }

    def parse(self, tokens: list[Token], start: str) -> Any:
        """The value that the callbacks make of some tokens; raises `Refused`."""
        table, end = self._table, self._ends[start]
        states: list[int] = [self._starts[start]]
        values: list[Any] = []
        kinds = [*(token.kind for token in tokens), _END]
        for at, kind in enumerate(kinds):
            while True:
                action = table[states[-1]].get(kind)
                if action.__class__ is int:
                    states.append(action)
                    values.append(tokens[at])
                    break
                if action is None:
                    raise Refused(at, self._accepted(states))
                size, callback, name = action  # type: ignore[misc]
                if size:
                    children = values[-size:]
                    del states[-size:]
                    del values[-size:]
                    values.append(callback(children))
                else:
                    values.append(callback([]))
                states.append(table[states[-1]][name])  # type: ignore[arg-type]
                if kind == _END and states[-1] == end:
                    return values[-1]
        raise AssertionError("the end is always refused or reduced")

    def _accepted(self, states: list[int]) -> frozenset[str]:
        return frozenset(
            kind
            for kind in self._table[states[-1]]
            if kind not in _NEVER_SAID and kind[0] != "<" and self._shifts(states, kind)
        )

    def _shifts(self, states: list[int], kind: str) -> bool:
        """Whether a token of a kind would be shifted, after whatever it lets be reduced."""
        stack = states[-64:]
        while stack:
            action = self._table[stack[-1]].get(kind)
            if action is None or action.__class__ is int:
                return action is not None
            size, _, name = action  # type: ignore[misc]
            if size >= len(stack):
                return True
            del stack[len(stack) - size :]
            stack.append(self._table[stack[-1]][name])  # type: ignore[arg-type]
        return False


@cache
def parser() -> Parser:
    """The parser, built once."""
    return Parser(
        Lark(
            grammar_file("kaoping.lark").read_text(encoding="utf-8"),
            parser="lalr",
            lexer="basic",
            start=["start", "expression"],
            transformer=Statements(),
            maybe_placeholders=True,
        )
    )
