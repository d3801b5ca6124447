"""The parser: the LALR table that Lark makes of the grammar, run on tokens of our own.

Lark takes most of a second to make the table, so it is made once for each version of the grammar and kept in the user's
cache; Lark is not even imported where it is found there. Without a place for a cache everything works, only slower.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypedDict

from kaoping_dsl.cache import cached
from kaoping_dsl.statements import Statements
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import grammar_file

_END = "$END"
_NEVER_SAID = {_END, "_NEXT"}

# A child that a rule hands to its method: itself, `_NONE` for an option left out, `_LIST - i` for the items of a list.
_NONE, _LIST = -1, -2

Children = list[Any]
Reduce = tuple[int, Callable[[Children], Any] | None, str]
"""So many values go through a callback and become a value of a rule."""


class RuleData(TypedDict):
    """A rule of the grammar: length, name, the children it keeps, its method, whether an only child replaces it."""

    size: int
    name: str
    picks: list[int]
    method: str
    alone: bool


class TableData(TypedDict):
    """In each state, by kind of token or rule, the next state or, from -1 downwards, the rule to reduce."""

    starts: dict[str, int]
    ends: dict[str, int]
    rules: list[RuleData]
    states: list[dict[str, int]]


class Refused(Exception):  # noqa: N818
    """The grammar does not take the token at a position, or the end; `accepted` is what it would take."""

    def __init__(self, at: int, accepted: frozenset[str]) -> None:
        """Note the position of a token, and what could have stood there."""
        super().__init__(at)
        self.at = at
        self.accepted = accepted


class Parser:
    """A parse table with the methods that make the tree."""

    def __init__(self, data: TableData, methods: object) -> None:
        """Join the rules of a table with the methods of their names."""
        rules = [(rule["size"], _callback(rule, methods), _rule(rule["name"])) for rule in data["rules"]]
        self._starts, self._ends = data["starts"], data["ends"]
        self._table: list[dict[str, int | Reduce]] = [
            {kind: action if action >= 0 else rules[-1 - action] for kind, action in actions.items()}
            for actions in data["states"]
        ]

    def parse(self, tokens: list[Token], start: str) -> Any:
        """The value that the methods make of some tokens; raises `Refused`."""
        table, end = self._table, self._ends[start]
        states: list[int] = [self._starts[start]]
        values: Children = []
        for at, kind in enumerate([*(token.kind for token in tokens), _END]):
            while True:
                action = table[states[-1]].get(kind)
                if action.__class__ is int:
                    states.append(action)
                    values.append(tokens[at])
                    break
                if action is None:
                    raise Refused(at, self._accepted(states))
                size, callback, name = action  # type: ignore[misc]
                if callback is None:  # the value stays as it is and only gets another name: most reductions
                    states[-1] = table[states[-2]][name]  # type: ignore[assignment]
                elif size:
                    children = values[-size:]
                    del states[-size:]
                    del values[-size:]
                    values.append(callback(children))
                    states.append(table[states[-1]][name])  # type: ignore[arg-type]
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
            if kind not in _NEVER_SAID and not kind.startswith("rule ") and self._shifts(states, kind)
        )

    def _shifts(self, states: list[int], kind: str) -> bool:
        """Whether a token of a kind would be shifted, after whatever it lets be reduced."""
        stack = states[-64:]
        while True:
            action = self._table[stack[-1]].get(kind)
            if action is None or isinstance(action, int):
                return action is not None
            size, _, name = action
            if size >= len(stack):
                return True
            del stack[len(stack) - size :]
            stack.append(self._table[stack[-1]][name])  # type: ignore[arg-type]


def _rule(name: str) -> str:
    """The name of a rule, apart from the words of the language: `title` is both."""
    return f"rule {name}"


def _callback(rule: RuleData, methods: object) -> Callable[[Children], Any] | None:
    """How the values of a rule's parts become its value, None where it is the value of its one part; a rule without
    method is a list, a part of another rule.
    """
    picks, alone = rule["picks"], rule["alone"]
    method = getattr(methods, rule["method"], None)
    whole = picks == list(range(rule["size"]))
    if method and whole and not alone:
        return lambda children: method(*children)
    if alone and picks and len(picks) == 1 and picks[0] >= 0:
        if rule["size"] == 1:
            return None
        only = picks[0]
        return lambda children: children[only]

    def make(children: Children) -> Any:
        # The list of a repetition grows in place: a chain of n parts costs n steps.
        chosen = children[_LIST - picks[0]] if picks and picks[0] <= _LIST else []
        for pick in picks[1:] if picks and picks[0] <= _LIST else picks:
            if pick >= 0:
                chosen.append(children[pick])
            elif pick == _NONE:
                chosen.append(None)
            else:
                chosen += children[_LIST - pick]
        if alone and len(chosen) == 1:
            return chosen[0]
        return method(*chosen) if method else chosen

    return make


def table_data(grammar: str) -> TableData:
    """Have Lark make the table of a grammar."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    lark = Lark(grammar, parser="lalr", lexer="basic", start=["start", "expression"], maybe_placeholders=True)
    words = {terminal.name: terminal.pattern.value for terminal in lark.terminals if terminal.pattern.type == "str"}
    table = lark.parser.parser._parse_table
    rules: dict[Any, int] = {}
    states = [
        {
            words.get(name, name) if name.isupper() else _rule(name): arg
            if action is Shift
            else -1 - rules.setdefault(arg, len(rules))
            for name, (action, arg) in table.states[state].items()
        }
        for state in range(len(table.states))
    ]
    return {
        "starts": dict(table.start_states),
        "ends": dict(table.end_states),
        "rules": [_rule_data(rule) for rule in rules],
        "states": states,
    }


def _rule_data(rule: Any) -> RuleData:
    options, picks = rule.options, []
    absent = iter(options.empty_indices or [False] * len(rule.expansion))
    for i, symbol in enumerate(rule.expansion):
        while next(absent):
            picks.append(_NONE)
        if options.keep_all_tokens or not (symbol.is_term and symbol.filter_out):
            picks.append(_LIST - i if not symbol.is_term and symbol.name.startswith("_") else i)
    picks += [_NONE for left_out in absent if left_out]
    return {
        "size": len(rule.expansion),
        "name": str(rule.origin.name),
        "picks": picks,
        "method": str(rule.alias or rule.origin.name),
        "alone": bool(options.expand1 and not rule.alias),
    }


@cache
def parser() -> Parser:
    """The parser of the language."""
    grammar = grammar_file("kaoping.lark").read_text(encoding="utf-8")
    return Parser(cached("grammar", grammar, table_data), Statements())
