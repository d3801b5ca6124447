"""The index of the good cases: what the language has stands in some case whose examples were worked out by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from case_files import CASES, GOOD
from kaoping.source import Source
from kaoping_dsl.format import format_script
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.places import recognise
from kaoping_dsl.tokens import Token, scan
from kaoping_dsl.words import tables
from spellings import keywords

INDEX = {
    case: constructs
    for part in tomllib.loads((CASES / "index.toml").read_text("utf-8")).values()
    for case, constructs in part.items()
}
SCRIPTS = {case.stem: case.read_text("utf-8") for case in GOOD if not case.stem.startswith("KP")}
NOT_YET = {("inline", "from data")}
"""Words that are read and refused in this version."""


def test_every_case_about_the_language_stands_in_the_index() -> None:
    assert sorted(INDEX) == sorted(SCRIPTS)


@pytest.mark.parametrize("case", INDEX)
def test_a_case_holds_what_the_index_says(case: str) -> None:
    english = format_script(SCRIPTS[case], "en")
    assert [construct for construct in INDEX[case] if construct not in english] == []


def test_every_word_of_the_language_is_in_a_case() -> None:
    words = {(place, key) for place, entries in keywords().items() for key in entries}
    assert sorted(words - NOT_YET - {word for text in SCRIPTS.values() for word in _words(text)}) == []


def _words(text: str) -> Iterator[tuple[str, str]]:
    source = Source("", text)
    for tokens in _statements(lines(list(scan(source)), source)):
        for token, after in zip(tokens, [*tokens[1:], None], strict=True):
            built_in = tables()["function" if after and after.kind == "(" else "value"].single
            word = token.word or (built_in.get(token.text) if token.kind == "NAME" else None)
            if word:
                yield word.table, word.key


def _statements(block: list[Line]) -> Iterator[list[Token]]:
    for line in block:
        yield recognise(line.tokens)[1]
        yield from _statements(line.body)
