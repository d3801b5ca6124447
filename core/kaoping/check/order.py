"""The order in which names are best defined: what is read first, so that long chains need no deep recursion."""

from __future__ import annotations

from kaoping.check.declare import Declarations, Symbol


def in_order_of_reading(declarations: Declarations) -> list[Symbol]:
    """The declared names, each after those its statement mentions; where they go round in a circle, in any order."""
    done: dict[str, Symbol] = {}
    begun: set[str] = set()
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
        for parts, _ in declarations.mentions(symbol.placed.statement):
            read = declarations.find(parts, symbol.placed.context.library)
            if read is not None and read.name not in begun:
                waiting.append((read, False))
    return list(done.values())
