"""The order in which names are best defined: what is read first, so that long chains need no deep recursion."""

from __future__ import annotations

from collections.abc import Iterator

from kaoping import expr as e
from kaoping.check.declare import Declarations, Symbol


def names_in(node: object) -> Iterator[e.Name]:
    """The names that stand anywhere in a statement or an expression."""
    return (each for each in e.nodes_in(node) if isinstance(each, e.Name))


def in_order_of_reading(declarations: Declarations) -> list[Symbol]:
    """The declared names, each after those its statement mentions; where they go round in a circle, in any order."""
    done: dict[str, Symbol] = {}
    begun: set[str] = set()
    mentioned: dict[int, dict[tuple[str, ...], None]] = {}  # by statement: one may declare thousands of names
    waiting = [(symbol, False) for symbol in reversed(list(declarations.names.values()))]
    while waiting:
        symbol, ready = waiting.pop()
        if symbol.name in done or (not ready and symbol.name in begun):
            continue
        if ready:
            done[symbol.name] = symbol
            continue
        begun.add(symbol.name)
        waiting.append((symbol, True))
        statement = symbol.placed.statement
        if id(statement) not in mentioned:
            mentioned[id(statement)] = dict.fromkeys(name.parts for name in names_in(statement))
        for parts in mentioned[id(statement)]:
            read = declarations.find(parts, symbol.placed.context.library)
            if read is not None and read.name not in begun:
                waiting.append((read, False))
    return list(done.values())
