"""Write `schemes/README.md`: every computable clause of the source documents, and the statement that expresses it.

`schemes/coverage/*.toml` says, clause by clause, under which `clause` of which script it stands, or why no computer can
apply it. Whether it is expressed as it stands or with an interpretation is read off the script: whether an `assume`
stands in that block. `python schemes/coverage/build.py` writes the page; `tests/test_coverage.py` proves that it is up
to date and that every block it names is there and says something.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kaoping import scheme as s
from kaoping.source import Source
from kaoping_dsl.parse import parse

HERE = Path(__file__).parent
SCHEMES = HERE.parent
EXPRESSED, INTERPRETED, NOT = "已表达", "已表达(有释义)", "不能由计算机适用"

HEAD = """# 自带方案与来源文档的对照

*In English.* Every computable clause of the five source documents: the statement that expresses it, whether it needed
an interpretation (an `assume`), or why no computer can apply it. Made by `python schemes/coverage/build.py` from the
scripts themselves and from `schemes/coverage/*.toml`.

每个文件夹是一份方案:`scheme.kp` 是方案,`data/` 是虚构的样例数据,`expected.py` 是不用本平台、只用分数另写的计算程序,
`expected.csv` 是它算出的结果,`notes.md` 是条文与语句的对照、释义和文件没有解决的问题。
"""


class Clause(NamedTuple):
    """A computable clause of a system: its number, what it says, where it stands or why it cannot be applied."""

    number: str
    says: str
    under: tuple[str, ...]
    reason: str


class System(NamedTuple):
    """A system of rules in a source document."""

    number: str
    title: str
    clauses: tuple[Clause, ...]


def systems() -> list[System]:
    """All systems in the order of their numbers."""
    found = []
    for file in sorted(HERE.glob("*.toml")):
        for number, entry in tomllib.loads(file.read_text("utf-8")).items():
            found.append(System(number, entry["title"], tuple(_clauses(number, entry))))
    return sorted(found)


def _clauses(number: str, entry: dict[str, Any]) -> Iterator[Clause]:
    for key in sorted((key for key in entry if key.isdigit()), key=int):
        told = entry[key]
        yield Clause(f"{number}.{key}", told["says"], tuple(told.get("under", ())), told.get("not_computable", ""))


def blocks(place: str) -> list[s.Clause]:
    """The `clause` blocks that `folder:label` means."""
    folder, _, label = place.partition(":")
    return [each for each in _clauses_of(folder) if each.number == label]


@cache
def _clauses_of(folder: str) -> tuple[s.Clause, ...]:
    path = SCHEMES / folder / "scheme.kp"
    scheme, findings = parse(Source(str(path), path.read_text("utf-8")))
    assert findings == [], path
    return tuple(each for each in _all(scheme.statements) if isinstance(each, s.Clause))


def _all(statements: tuple[s.Statement, ...]) -> Iterator[s.Statement]:
    for each in statements:
        yield each
        yield from _all(each.body)


def rules(block: s.Clause) -> list[s.Statement]:
    """What a block says beside its interpretations."""
    return [each for each in _all(block.body) if not isinstance(each, s.Assume | s.Clause)]


def status(clause: Clause) -> str:
    """Whether a clause is expressed, expressed with an interpretation, or not at all."""
    if not clause.under:
        return NOT
    inside = [each for place in clause.under for block in blocks(place) for each in _all(block.body)]
    return INTERPRETED if any(isinstance(each, s.Assume) for each in inside) else EXPRESSED


def page() -> str:
    """The text of `schemes/README.md`."""
    found = systems()
    counted = Counter(status(clause) for system in found for clause in system.clauses)
    total = ",".join(f"{word} {counted[word]} 条" for word in (EXPRESSED, INTERPRETED, NOT))
    lines = [HEAD, f"共 {len(found)} 个制度、{counted.total()} 条:{total}。", ""]
    for system in found:
        lines += [f"## {system.number} {system.title}", "", "| 条 | 内容 | 情况 | 在哪里 |", "|---|---|---|---|"]
        for clause in system.clauses:
            places = "、".join(_link(place) for place in clause.under) or clause.reason
            lines.append(f"| {clause.number} | {_cell(clause.says)} | {status(clause)} | {_cell(places)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _link(place: str) -> str:
    folder, _, label = place.partition(":")
    return f"[{folder}]({folder}/scheme.kp) {label}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    (SCHEMES / "README.md").write_text(page(), "utf-8")
