"""Why a value is what it is: a derivation as text, as JSON, and as one page for a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from kaoping.derivation import Derivation
from kaoping.messages import Catalogue
from kaoping.report.width import visible, wrapped

COLUMNS = 100


def explanation_text(derivation: Derivation, title: str, words: Catalogue) -> str:
    """A tree for the terminal: each value with its rule below it, then the values it was made of, one step in."""
    return "\n".join([visible(title), "", *_lines(derivation, "", words, set())]) + "\n"


def _lines(node: Derivation, indent: str, words: Catalogue, told: set[int]) -> Iterator[str]:
    mark = "- " if indent else ""
    value = visible(f"{node.name} = {node.value}")
    if _told(node, told):
        yield f"{indent}{mark}{value} {words('report.again')}"
        return
    yield f"{indent}{mark}{value}"
    inner = indent + "    " if indent else "  "
    for label, text in details(node, words):
        yield from (f"{inner}{line}" for line in wrapped(visible(f"{label}{text}"), max(40, COLUMNS - len(inner))))
    for child in node.children:
        yield from _lines(child, inner if indent else "  ", words, told)


def _told(node: Derivation, told: set[int]) -> bool:
    """Whether a value made of others has been told before: it is not told again, for two uses of two uses never end."""
    if id(node) in told:
        return True
    if node.children:
        told.add(id(node))
    return False


def details(node: Derivation, words: Catalogue) -> list[tuple[str, str]]:
    """What is known of a value beside the value itself, as pairs of label and text, in the order of reading."""
    clause = " ".join(part for part in (node.clause, node.heading) if part)
    said = [
        ("clause", clause),
        ("data", node.place),
        ("formula", node.formula),
        ("numbers", node.numbers if node.numbers != node.formula else None),
        ("remark", remark(node, words)),
        ("why", node.why),
        *(("assume", text) for text in node.assumes),
    ]
    return [(words(f"report.{key}"), text) for key, text in said if text]


def remark(node: Derivation, words: Catalogue) -> str | None:
    """The sentence that says what was special about a value: capped, held, not applicable, on the quota line."""
    return words(f"derivation.remark.{node.remark}", **dict(node.facts)) if node.remark else None


def explanation_json(derivation: Derivation, words: Catalogue) -> str:
    """The same tree as JSON; a value that stands there already is only named."""
    return json.dumps(_record(derivation, words, set()), ensure_ascii=False, indent=2) + "\n"


def _record(node: Derivation, words: Catalogue, told: set[int]) -> dict[str, Any]:
    if _told(node, told):
        return {"name": node.name, "value": node.value, "role": node.role, "again": True}
    return {
        "name": node.name,
        "value": node.value,
        "role": node.role,
        "formula": node.formula,
        "numbers": node.numbers,
        "clause": node.clause,
        "heading": node.heading,
        "why": node.why,
        "data": node.place,
        "remark": {"key": node.remark, "facts": dict(node.facts), "text": remark(node, words)} if node.remark else None,
        "assumes": list(node.assumes),
        "made_of": [_record(child, words, told) for child in node.children],
    }


# No script at all: the page only opens and closes what the browser itself can open and close.
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; line-height: 1.6; \
max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }}
details, .leaf {{ border-left: 3px solid #ddd; padding-left: .8em; margin: .4em 0 .4em .4em; }}
summary {{ cursor: pointer; }}
summary, .leaf > .value {{ font-weight: bold; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 .8em; margin: .2em 0; }}
dt {{ color: #666; }}
dd {{ margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }}
@media print {{ details, .leaf {{ break-inside: avoid-page; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
{tree}
</body>
</html>
"""


def explanation_page(derivation: Derivation, title: str, words: Catalogue) -> str:
    """One HTML file that needs nothing else: no scripts, no fonts, no network."""
    tree = "\n".join(_html(derivation, words, set()))
    return _PAGE.format(language=words.language, title=escape(title), tree=tree)


def _html(node: Derivation, words: Catalogue, told: set[int]) -> Iterator[str]:
    value = escape(f"{node.name} = {node.value}")
    if _told(node, told):
        yield f'<div class="leaf"><span class="value">{value}</span> {escape(words("report.again"))}</div>'
        return
    pairs = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in details(node, words))
    listed = f"<dl>{pairs}</dl>" if pairs else ""
    if not node.children:
        yield f'<div class="leaf"><span class="value">{value}</span>{listed}</div>'
        return
    yield f"<details open><summary>{value}</summary>{listed}"
    for child in node.children:
        yield from _html(child, words, told)
    yield "</details>"
