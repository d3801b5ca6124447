"""Every shipped scheme with one edit made to its text: the difference told is that edit, once, in its clause."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from kaoping.data.read import read_dataset
from kaoping.diagnostic import Severity
from kaoping.diff.changes import Change, applied, changes
from kaoping.engines.run import evaluate
from kaoping.plan.build import plan_scheme
from kaoping.scheme import Scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping_dsl.format import format_script
from kaoping_dsl.parse import parse

SCHEMES = sorted(shipped_scripts())
EVALUATED = (
    "loudi-2009",
    "seismic-bureau-2013-staff",
    "bank-branch-audit-2011",
    "yibin-port-2010",
    "danfeng-school-2014",
)
_STRING = re.compile(r'"[^"]*"|#.*')
_NUMBER = re.compile(r"(?<![\w.\-:])\d+(?![\w.\-:%‰])")
_CLAUSE = re.compile(r'( *)clause "([^"]*)"')


class Line(NamedTuple):
    """A line of a script that is a whole statement without a block: where, in which clause, what."""

    number: int
    indent: int
    keyword: str
    clause: str | None
    above: int | None  # the line that it is indented under, clauses apart


class Edited(NamedTuple):
    """A text after an edit, and the difference that it makes."""

    text: str
    kind: str
    clause: str | None
    what: str  # must be found in what is told


@cache
def text_of(name: str) -> str:
    """A shipped script, its keywords English so that edits find them."""
    return format_script(shipped_scripts()[name].read_text(encoding="utf-8"), "en")


def read(text: str) -> Scheme:
    scheme, findings = parse(Source("x", text))
    assert findings == []
    return scheme


def lines(text: str) -> list[Line]:
    """The statements of one line, outside of examples, with the clause that indentation puts them in."""
    found: list[Line] = []
    rows = text.split("\n")
    around: list[tuple[int, int, str, str | None]] = []  # indent, line, keyword, clause
    for number, row in enumerate(rows):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        indent = len(row) - len(row.lstrip())
        while around and around[-1][0] >= indent:
            around.pop()
        keyword = row.split()[0]
        clause = next((each[3] for each in reversed(around) if each[3] is not None), None)
        below = next((each for each in rows[number + 1 :] if each.strip()), "")
        alone = len(below) - len(below.lstrip()) <= indent
        above = next((each[1] for each in reversed(around) if each[2] not in ("clause", "scheme")), None)
        in_example = any(each[2] == "example" for each in around)
        if alone and not in_example and keyword not in ("clause", "example", "records", "table", "scheme"):
            found.append(Line(number, indent, keyword, clause, above))
        told = _CLAUSE.match(row)
        around.append((indent, number, keyword, told[2] if told else None))
    return found


def with_line(text: str, number: int, row: str | None) -> str:
    rows = text.split("\n")
    rows[number : number + 1] = [] if row is None else [row]
    return "\n".join(rows)


def number_changed(text: str, chance: random.Random) -> Edited | None:
    wanted = ("item", "bonus", "penalty", "deduct", "add", "cap", "grade", "let", "require", "veto", "outcome")
    choices = []
    for line in lines(text):
        row = text.split("\n")[line.number]
        code = _STRING.sub(lambda found: "\0" * len(found[0]), row)
        choices += [(line, found) for found in _NUMBER.finditer(code) if line.keyword in wanted]
    if not choices:
        return None
    line, found = chance.choice(choices)
    row, new = text.split("\n")[line.number], str(int(found[0]) + 1)
    row = row[: found.start()] + new + row[found.end() :]
    return Edited(with_line(text, line.number, row), "changed", line.clause, new)


def removed(text: str, chance: random.Random) -> Edited | None:
    wanted = ("veto", "bonus", "penalty", "deduct", "add", "require", "outcome", "assume", "cap", "input", "let")
    choices = [line for line in lines(text) if line.keyword in wanted and "," not in text.split("\n")[line.number]]
    if not choices:
        return None
    line = chance.choice(choices)
    return Edited(with_line(text, line.number, None), "removed", line.clause, "")


def renamed(text: str, chance: random.Random) -> Edited | None:
    declared = []
    for line in lines(text):
        told = re.match(r" *(?:input|let|item|total|group) ([^\W\d]\w*)(?= |$)", text.split("\n")[line.number])
        if told and len(re.findall(rf"(?<!\w)(?:input|let|item|total) [^:=]*(?<!\w){told[1]}(?!\w)", text)) == 1:
            declared.append((line, told[1]))
    # a name that is also that of a field or of a choice would be several things
    single = [(line, name) for line, name in declared if not re.search(rf"(?m)^    {name}|one of .*{name}", text)]
    if not single:
        return None
    line, name = chance.choice(single)
    pattern = re.compile(rf'("[^"]*"|#.*)|(?<!\w){name}(?!\w)')
    new = pattern.sub(lambda found: found[1] or "改后的名称", text)
    return Edited(new, "renamed", line.clause, "改后的名称")


def moved(text: str, chance: random.Random) -> Edited | None:
    wanted = ("veto", "bonus", "penalty", "require", "assume", "input", "let", "cap")
    heads = [
        (number, found[2])
        for number, row in enumerate(text.split("\n"))
        if (found := re.match(r'()clause "([^"]*)"', row))
    ]
    choices = [
        (line, head)
        for line in lines(text)
        for head in heads
        if line.keyword in wanted and line.indent == 2 and line.above is None and line.clause not in (None, head[1])
    ]
    if not choices:
        return None
    line, (head, clause) = chance.choice(choices)
    rows = text.split("\n")
    row = rows[line.number]
    rows.insert(head + 1, row)
    del rows[line.number + (line.number > head)]
    return Edited("\n".join(rows), "moved", clause, line.clause or "")


def reordered(text: str, chance: random.Random) -> str | None:
    """Two neighbours change places, of a kind of which the order means nothing."""
    wanted = ("veto", "bonus", "penalty", "require", "assume", "input", "let", "cap", "deduct", "add", "item")
    found = [line for line in lines(text) if line.keyword in wanted]
    pairs = [
        (a, b)
        for a, b in pairwise(found)
        if b.number == a.number + 1 and (a.indent, a.clause, a.above) == (b.indent, b.clause, b.above)
    ]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    rows = text.split("\n")
    rows[a.number], rows[b.number] = rows[b.number], rows[a.number]
    return "\n".join(rows)


EDITS: dict[str, Callable[[str, random.Random], Edited | None]] = {
    "number": number_changed, "removed": removed, "renamed": renamed, "moved": moved,
}  # fmt: skip


def edits(name: str, kind: str, times: int = 3) -> Iterator[Edited]:
    for seed in range(times):
        edited = EDITS[kind](text_of(name), random.Random(f"{name} {kind} {seed}"))
        if edited is not None:
            yield edited


def told_apart(name: str, text: str) -> str:
    """The lines in which an edited text differs, for the one who reads of a failure."""
    return "\n".join(unified_diff(text_of(name).split("\n"), text.split("\n"), n=0, lineterm=""))


def told(change: Change) -> str:
    parts = " ".join(f"{part.before} {part.after}" for part in change.parts)
    return f"{parts} {change.new_name} {change.from_clause}"


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_is_no_different_from_itself(name: str) -> None:
    scheme = read(text_of(name))
    assert changes(scheme, scheme) == ()
    assert applied(scheme, scheme, ()) is scheme


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("keywords", ["zh", "en"])
def test_layout_and_the_language_of_keywords_are_no_difference(name: str, keywords: str) -> None:
    text = text_of(name)
    other = format_script(text, "zh" if keywords == "zh" else "en").replace("  ", "    ") + "\n# 注\n"
    assert changes(read(text), read(other)) == ()
    assert changes(read(other), read(text)) == ()


@pytest.mark.parametrize("name", SCHEMES)
def test_neighbours_whose_order_means_nothing_may_change_places(name: str) -> None:
    for seed in range(3):
        other = reordered(text_of(name), random.Random(seed))
        if other is not None:
            assert changes(read(text_of(name)), read(other)) == (), told_apart(name, other)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_is_told_as_what_it_is(name: str, kind: str) -> None:
    before = read(text_of(name))
    for edited in edits(name, kind):
        found = changes(before, read(edited.text))
        assert [(each.kind, each.clause) for each in found] == [(edited.kind, edited.clause)], told_apart(
            name, edited.text
        )
        assert edited.what in told(found[0])


@pytest.mark.parametrize("name", SCHEMES)
def test_the_opposite_of_removing_is_adding(name: str) -> None:
    after = read(text_of(name))
    for edited in edits(name, "removed"):
        assert [(each.kind, each.clause) for each in changes(read(edited.text), after)] == [("added", edited.clause)]


def several(name: str) -> str:
    """A text with an edit of every kind."""
    text = text_of(name)
    for kind in ("number", "moved", "renamed", "removed"):
        edited = EDITS[kind](text, random.Random(f"{name} {kind} all"))
        text = edited.text if edited else text
    return text


@pytest.mark.parametrize("name", SCHEMES)
def test_changes_can_be_made_one_at_a_time(name: str) -> None:
    before, after = read(text_of(name)), read(several(name))
    found = changes(before, after)
    assert 1 <= len(found) <= 5, told_apart(name, several(name))
    assert changes(applied(before, after, found), after) == ()
    assert changes(applied(before, after, ()), before) == ()
    for each in found:
        made = applied(before, after, [each])
        assert len(changes(made, before)) == 1, each
        assert len(changes(made, after)) == len(found) - 1, each


@pytest.mark.parametrize("name", EVALUATED)
def test_a_scheme_with_all_changes_made_gives_the_results_of_the_new_one(name: str) -> None:
    folder = shipped_scripts()[name].parent
    before = read(text_of(name))
    for edited in [*edits(name, "number", 6), *edits(name, "moved"), *edits(name, "removed", 6)]:
        after = read(edited.text)
        plans = [
            plan_scheme(each, Surroundings(folder)) for each in (after, applied(before, after, changes(before, after)))
        ]
        wrong = [[each.code for each in findings if each.severity is Severity.ERROR] for _, findings in plans]
        assert wrong[0] == wrong[1]
        if plans[0][0] is None or plans[1][0] is None:
            continue  # what was removed was needed, or examples are about it
        columns: list[dict[str, list[object]]] = []
        for plan, _ in plans:
            assert plan is not None
            dataset, problems = read_dataset(plan.inputs, folder / "data", scheme=plan.scheme, period=plan.period)
            if dataset is None:
                assert problems
                columns.append({"problems": [*(each.code for each in problems)]})
            else:
                results = evaluate(plan, dataset, "python")
                columns.append({"ids": [*results.ids], **{key: [*each] for key, each in results.values.items()}})
        assert columns[0] == columns[1]
