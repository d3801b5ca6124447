"""Why a value is what it is: a derivation as text, as JSON, and as one page for a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping.derivation import Derivation
from kaoping.messages import Catalogue
from kaoping.report.page import escaped, page
from kaoping.report.width import visible, wrapped

COLUMNS = 100
DEEPEST = 10
"""Values that lie deeper are not moved further to the right."""
_NUMBERED = re.compile(r"(.+) (\d+)\Z")


class Told(Struct, frozen=True):
    """A value as people are told of it: `aside` stands on its line, `details` below it, as label and text."""

    depth: int
    value: str
    aside: str
    details: tuple[tuple[str, str], ...] = ()


def told(root: Derivation, words: Catalogue) -> Iterator[Told]:
    """A derivation from the top down, nothing said twice.

    An interpretation is told where it first matters, a clause where it changes, a value made of others once. A rule
    that took no effect (a veto that did not fire, a bonus of 0) is one line.
    """
    known: set[int] = set()
    assumed: set[str] = set()
    waiting: list[tuple[Derivation, int, str]] = [(root, 0, "")]
    while waiting:
        node, depth, above = waiting.pop()
        named = node if depth else replace(node, role="")  # what was asked for is the grade, whatever made it
        value = f"{name_text(named, words)} = {_value_text(node, words)}"
        node = _without_empty_steps(node)
        if id(node) in known:
            yield Told(depth, value, words("report.again"))
            continue
        if node.children:
            known.add(id(node))
        assumes = [("assume", text) for text in node.assumes if text not in assumed]
        assumed.update(node.assumes)
        if _idle(node):
            details = tuple((words(f"report.{key}"), text) for key, text in assumes)
            yield Told(depth, value, node.formula or "", details)
            continue
        clause = " ".join(part for part in (node.clause, node.heading) if part)
        numbers = words.spelled(node.numbers or "")
        said = [
            ("clause", clause if clause != above else None),
            ("formula", node.formula if node.formula != node.value else None),
            ("numbers", numbers if numbers not in (node.formula, _value_text(node, words)) else None),
            ("remark", remark(node, words)),
            ("meaning" if node.place else "why", node.why),
            *assumes,
        ]
        details = tuple((words(f"report.{key}"), text) for key, text in said if text)
        yield Told(depth, value, node.place or "", details)
        waiting += [(child, depth + 1, clause or above) for child in reversed(node.children)]


def _without_empty_steps(node: Derivation) -> Derivation:
    """A step that changed nothing and has nothing to say is passed over: what lies below takes its place."""
    while len(node.children) == 1 and node.role == "step" and node.value == node.children[0].value and not node.remark:
        node = node.children[0]
    return node


def _idle(node: Derivation) -> bool:
    return bool(_NUMBERED.match(node.name)) and node.value in ("no", "0") and node.formula is not None


def name_text(node: Derivation, words: Catalogue) -> str:
    """What a value is called: as the script calls it, built-in values and numbered lines in the reader's language."""
    by_author = node.role in ("part", "quota")  # what these are called may end in a number, too
    numbered = None if by_author else _NUMBERED.match(node.name)
    name, number = (numbered[1], numbered[2]) if numbered else (node.name, "")
    if node.role in ("base", "ungraded", "appraised"):
        name = node.role
    phrase = f"report.{'line' if number else 'value'}.{name.replace(' ', '_')}"
    if words.has(phrase):
        return words(phrase, number=number)
    return words("report.line.other", name=name, number=number) if number else name


def _value_text(node: Derivation, words: Catalogue) -> str:
    return words(f"report.{node.value}") if node.value in ("yes", "no") else node.value


def explanation_text(derivation: Derivation, title: str, words: Catalogue, footer: Sequence[str] = ()) -> str:
    """A tree for the terminal: each value with its rule below it, then the values it was made of, one step in."""
    below = ["", *map(visible, footer)] if footer else []
    return "\n".join([visible(title), "", *_lines(derivation, words), *below]) + "\n"


def _lines(derivation: Derivation, words: Catalogue) -> Iterator[str]:
    for one in told(derivation, words):
        indent = " " * (4 * min(one.depth, DEEPEST) - 2) if one.depth else ""
        mark = "- " if one.depth else ""
        yield f"{indent}{mark}{visible(f'{one.value}    {one.aside}').rstrip()}"
        inner = indent + ("    " if one.depth else "  ")
        for label, text in one.details:
            yield from (f"{inner}{line}" for line in wrapped(visible(f"{label}{text}"), max(40, COLUMNS - len(inner))))


def remark(node: Derivation, words: Catalogue) -> str | None:
    """The sentence that says what was special about a value: capped, held, not applicable, on the quota line."""
    return words(f"derivation.remark.{node.remark}", **dict(node.facts)) if node.remark else None


def explanation_json(derivation: Derivation, words: Catalogue) -> str:
    """All values as JSON, the one explained first; `made_of` names by their number the values each was made of."""
    numbers: dict[int, int] = {}
    found: list[Derivation] = []
    waiting = [derivation]
    while waiting:
        node = waiting.pop()
        if id(node) not in numbers:
            numbers[id(node)] = len(found)
            found.append(node)
            waiting += reversed(node.children)
    values = [_record(node, [numbers[id(child)] for child in node.children], words) for node in found]
    return json.dumps({"values": values}, ensure_ascii=False, indent=2) + "\n"


def _record(node: Derivation, made_of: list[int], words: Catalogue) -> dict[str, Any]:
    return {
        "name": node.name,
        "value": node.value,
        "role": node.role,
        "formula": node.formula,
        "numbers": words.spelled(node.numbers) if node.numbers else None,
        "clause": node.clause,
        "heading": node.heading,
        "why": node.why,
        "data": node.place,
        "remark": {"key": node.remark, "facts": dict(node.facts), "text": remark(node, words)} if node.remark else None,
        "assumes": list(node.assumes),
        "made_of": made_of,
    }


def explanation_page(derivation: Derivation, title: str, words: Catalogue, footer: Sequence[str] = ()) -> str:
    """One HTML file that needs nothing else: no scripts, no fonts, no network."""
    tree = "\n".join(_html(derivation, words))
    below = f'\n<pre class="aside">{escaped(chr(10).join(footer))}</pre>' if footer else ""
    return page(title, tree + below, words.language)


def _html(derivation: Derivation, words: Catalogue) -> Iterator[str]:
    lines = list(told(derivation, words))
    depths = [*(one.depth for one in lines), 0]
    for one, following in zip(lines, depths[1:], strict=True):
        aside = f' <span class="aside">{escaped(one.aside)}</span>' if one.aside else ""
        pairs = "".join(f"<dt>{escaped(label)}</dt><dd>{escaped(text)}</dd>" for label, text in one.details)
        listed = f"<dl>{pairs}</dl>" if pairs else ""
        value = f'<span class="value">{escaped(one.value)}</span>{aside}'
        if following > one.depth:
            yield f"<details open><summary>{value}</summary>{listed}"
        else:
            yield f'<div class="leaf">{value}{listed}</div>' + "</details>" * (one.depth - following)
