"""The language reference: its examples run, its table of spellings is that of the language, and nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kaoping.diagnostic import Finding
from kaoping.engines.examples import run_examples
from kaoping.messages import words
from kaoping.plan.build import plan_scheme
from kaoping.report.diagnostics import findings_text
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.format import format_script
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.parse import parse
from kaoping_dsl.places import statement_word
from kaoping_dsl.tokens import scan
from shown import printed
from spellings import REFERENCE, TABLE, forms, keywords, spellings

TEXT = REFERENCE.read_text("utf-8")
SCRIPT = re.compile(r"^```kaoping((?: (?:error|warning) KP\d{3})?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} (.*)$", re.MULTILINE)
PROSE = TABLE.sub("", TEXT)


@dataclass(frozen=True)
class Script:
    """A script of the reference, under its heading; `finding` is the code that it must give, if any."""

    heading: str
    line: int
    finding: str
    text: str


def scripts() -> Iterator[Script]:
    for found in SCRIPT.finditer(TEXT):
        before = TEXT[: found.start()]
        code = re.search(r"KP\d{3}", found[1])
        yield Script(HEADING.findall(before)[-1], before.count("\n") + 1, code[0] if code else "", found[2])


def titled(script: Script) -> str:
    return f"line {script.line}: {script.heading}"


def checked(script: Script) -> list[Finding]:
    """Everything the check says of a script, its examples included."""
    scheme, unread = parse(Source(f"reference.md, line {script.line}", script.text))
    plan, found = plan_scheme(scheme, Surroundings())
    examples = run_examples(plan) if plan else []
    return [*unread, *found, *(finding for example in examples for finding in example.findings)]


@pytest.mark.parametrize("script", [each for each in scripts() if not each.finding], ids=titled)
def test_an_example_runs_and_gives_what_it_says(script: Script) -> None:
    assert findings_text(checked(script), words("zh")) == ""
    assert re.search(r"^ *(应得|expect) ", script.text, re.MULTILINE), "an example says what comes out"


@pytest.mark.parametrize("script", [each for each in scripts() if not each.finding], ids=titled)
def test_an_example_says_the_same_with_english_keywords(script: Script) -> None:
    english = replace(script, text=format_script(script.text, "en"))
    assert findings_text(checked(english), words("zh")) == ""


@pytest.mark.parametrize("script", [each for each in scripts() if each.finding], ids=titled)
def test_a_wrong_example_gives_its_finding_and_no_other(script: Script) -> None:
    assert {finding.code for finding in checked(script)} == {script.finding}
    assert script.finding in SCRIPT.sub("", TEXT), "the page says so in its text"


def test_the_data_of_the_reference_give_the_results_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [(shown, out)] = printed(TEXT, tmp_path, "zh", monkeypatch, capsys)
    assert out == shown


def test_the_table_of_spellings_is_up_to_date() -> None:
    [table] = TABLE.findall(TEXT)
    assert table == spellings(), "run: python tests/spellings.py"


def test_every_word_is_explained_in_english_and_chinese() -> None:
    missing = []
    for place, entries in keywords().items():
        for key, word in entries.items():
            english, chinese, _ = forms(key, word)
            explained = any(re.search(rf"(?<![a-z]){re.escape(each)}(?![a-z])", PROSE) for each in english)
            if not explained or not any(each in PROSE for each in chinese):
                missing.append(f"{place}: {key}")
    assert missing == []


def under_headings() -> dict[str, set[str]]:
    """The statements that the scripts below each heading use, by the English word."""
    used: dict[str, set[str]] = {}
    for script in scripts():
        source = Source("", script.text)
        used.setdefault(script.heading, set()).update(openings(lines(list(scan(source)), source)))
    return used


def openings(block: list[Line]) -> Iterator[str]:
    for line in block:
        if word := statement_word(line.tokens, 0):
            yield word[0].key
        yield from openings(line.body)


@pytest.mark.parametrize("statement", keywords()["statement"])
def test_every_statement_has_its_form_and_an_example(statement: str) -> None:
    written = "".join(re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    assert re.search(rf"(^|  |\|){re.escape(statement)}\b", written, re.MULTILINE), "a form"
    assert any(statement in used for used in under_headings().values()), "an example"


@pytest.mark.parametrize("heading", [each for each in HEADING.findall(PROSE) if "`" in each])
def test_the_examples_under_a_heading_use_its_statements(heading: str) -> None:
    """Where several statements share an example, it stands under the last of them."""
    statements = set(re.findall(r"`([^`]+)`", heading)) & set(keywords()["statement"])
    sections, used = HEADING.findall(PROSE), under_headings()
    assert statements <= next(used[each] for each in sections[sections.index(heading) :] if each in used)
