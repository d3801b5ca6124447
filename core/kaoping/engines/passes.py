"""Python source for one pass over the rows of a frame: the loop around the expressions, and the folds done along it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kaoping import typed as t
from kaoping.engines.emit import Code, Emitter
from kaoping.engines.lower import Tally, Task

LINK = "link "
SIGNATURE = "def run(slots, counts, constants, bounds, rows, size, number_of_units, nothing):"


def emit_pass(emitter: Emitter, entries: Sequence[Task | Tally]) -> None:
    """Write the statements of a pass for one row."""
    for entry in entries:
        if isinstance(entry, Tally):
            _tally(emitter, entry)
            continue
        code = emitter.value(entry.node)
        emitter.line(f"v{entry.slot.number} = {code.text}")
        emitter.made.add(entry.slot.number)


def pass_source(emitter: Emitter, entries: Sequence[Task | Tally], outputs: set[int]) -> str:
    """The function of a pass: it goes through the rows once and fills the slots that others read."""
    body = "\n".join(emitter.lines)
    head = [f"    k{number} = constants[{number}]" for number in range(len(emitter.constants))]
    head += [f"    {end}s = bounds['{end}']" for end in sorted(emitter.unit_ends)]
    climbs, whole = [], []
    for number, slot in sorted(emitter.climbed.items()):
        if slot.frame.table == t.PARAMS:
            whole.append(f"    v{number} = slots[{number}][0]")
        else:
            whole.append(f"    s{number} = slots[{number}]")
            climbs.append(f"        v{number} = s{number}[{'h' if slot.frame.unit else 'o'}]")
    for entry in entries:
        if isinstance(entry, Tally):
            whole.append(f"    s{entry.slot.number} = slots[{entry.slot.number}]")
            if entry.node.kind == "average":
                whole.append(f"    n{entry.slot.number} = counts[{entry.slot.number}]")
    stored = [entry.slot.number for entry in entries if isinstance(entry, Task) and entry.slot.number in outputs]
    whole += [f"    s{number} = slots[{number}] = []\n    a{number} = s{number}.append" for number in stored]
    tail = [f"        a{number}(v{number})" for number in stored]
    names, rows = _rows(emitter, "\n".join([*climbs, body]))
    skip = _skip(emitter.frame, stored)
    if emitter.frame.table != t.SUBJECTS and emitter.frame.unit and re.search(r"\bh\b", "\n".join([*climbs, body])):
        skip.append("        h = o * number_of_units + u")
    loop = f"    for {', '.join(names)} in {rows}:"
    lines = [SIGNATURE, *head, *whole, loop, *skip, *climbs, body, *tail]
    return "\n".join([*lines, "        pass", ""])


def _rows(emitter: Emitter, text: str) -> tuple[list[str], str]:
    """The names that a row binds, and what it is taken from."""
    frame = emitter.frame
    numbers = sorted(emitter.read)
    names, sources = [f"v{number}" for number in numbers], [f"slots[{number}]" for number in numbers]
    wanted = ["o", "u", "h"] if frame.table == t.SUBJECTS else ["o", "u", "e"]
    forced = {"u"} if frame.unit and frame.table != t.SUBJECTS else {"e"} if frame.table == t.HISTORY else set[str]()
    if frame.table.startswith(LINK):
        forced = {"o"}
    if frame.unit and re.search(r"\bh\b", text):
        forced |= {"o", "u"}
    for word in wanted:
        if word in forced or re.search(rf"\b{word}\b", text):
            names.append(word)
            sources.append(f"rows['{word}']")
    if not names:
        return ["_"], "range(size)"
    return names, sources[0] if len(sources) == 1 else f"zip({', '.join(sources)})"


def _skip(frame: t.Frame, stored: Sequence[int]) -> list[str]:
    """What is done with rows that belong to nobody at hand: they have no values."""
    if frame.table in (t.SUBJECTS, t.PARAMS):
        return []
    if frame.unit:
        test = "u is None"
    elif frame.table == t.HISTORY:
        test = "not e"
    elif frame.table.startswith(LINK):
        test = "o < 0"
    else:
        return []
    nothing = [f"            a{number}(None)" for number in stored]
    return [f"        if {test}:", *nothing, "            continue"]


def _tally(emitter: Emitter, entry: Tally) -> None:
    """One fold along the pass: `sN` has a cell for each row of the wider frame, at `o` or at `h` inside a unit."""
    node, total = entry.node, f"s{entry.slot.number}"
    at = "h" if entry.frame.unit else "o"
    if node.where is not None:
        emitter.line(f"if {emitter.value(node.where).text}:")
        emitter.indent += 1
    value = emitter.value(node.value) if node.value is not None else Code("True", atom=True)
    kind = node.kind
    if kind in ("min", "max", "average"):
        value = emitter.atom(value)
        if value.missing:
            emitter.line(f"if {value.text} is not None:")
            emitter.indent += 1
    match kind:
        case "sum":
            emitter.line(f"{total}[{at}] += {value.text}")
        case "count" if node.value is None:
            emitter.line(f"{total}[{at}] += 1")
        case "count":
            emitter.line(f"if {value.text} is not False: {total}[{at}] += 1")
        case "any":
            emitter.line(f"if {value.text}: {total}[{at}] = True")
        case "all":
            emitter.line(f"if not {value.text}: {total}[{at}] = False")
        case "distinct":
            emitter.line(f"{total}[{at}].add({value.text})")
        case "average":
            emitter.line(f"{total}[{at}] += {value.text}; n{entry.slot.number}[{at}] += 1")
        case _:
            best = emitter.name()
            emitter.line(f"{best} = {total}[{at}]")
            emitter.line(f"if {best} is None or {value.text} {'<' if kind == 'min' else '>'} {best}:")
            emitter.line(f"    {total}[{at}] = {value.text}")
    emitter.indent = 2
