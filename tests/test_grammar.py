"""The grammar and the keyword table: free of conflicts, complete, and every spelling a keyword in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lark import Lark

from kaoping.diagnostic import Finding
from kaoping.scheme import Scheme
from kaoping.source import Source
from kaoping_dsl.cache import cached
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.parse import parse
from kaoping_dsl.places import recognise
from kaoping_dsl.tokens import Token, scan
from kaoping_dsl.words import Word, grammar_file, tables

EVERYTHING = (Path(__file__).parent / "everything.kp").read_text(encoding="utf-8")
KEYWORD_TABLES = (
    "statement", "inline", "type", "rounding", "policy", "step", "unit", "evidence", "duration", "tie",
)  # fmt: skip


def test_the_grammar_has_no_conflict_and_no_terminals_that_overlap() -> None:
    Lark(grammar_file("kaoping.lark").read_text(encoding="utf-8"), parser="lalr", lexer="basic", strict=True,
         start=["start", "expression"])  # fmt: skip


def test_the_grammar_quotes_exactly_the_words_of_the_keyword_table() -> None:
    text = re.sub("//[^\n]*", "", grammar_file("kaoping.lark").read_text(encoding="utf-8"))
    rules = "\n".join(line for line in text.splitlines() if not re.match("[A-Z]", line))
    quoted = {word for word in re.findall('"([^"]+)"', rules) if re.match("[a-z]", word)}
    assert quoted == {word.key for name in KEYWORD_TABLES for word in tables()[name].words}


@pytest.mark.parametrize("name", [*KEYWORD_TABLES, "function", "value"])
def test_no_spelling_stands_for_two_words_of_one_place(name: str) -> None:
    spellings = [spelling for word in tables()[name].words for spelling in (*word.en, *word.zh)]
    twice = {spelling for spelling in spellings if spellings.count(spelling) > 1}
    meanings = {s: {w.key for w in tables()[name].words if s in (*w.en, *w.zh)} for s in twice}
    assert [spelling for spelling, keys in meanings.items() if len(keys) > 1] == []


def _tokens(block: list[Line]) -> Iterator[Token]:
    for line in block:
        yield from recognise(line.tokens)[1]
        yield from _tokens(line.body)


def _script_tokens() -> list[Token]:
    source = Source("everything.kp", EVERYTHING)
    return list(_tokens(lines(scan(source), source)))


def _with(token: Token, spelling: str) -> str:
    return EVERYTHING[: token.start] + spelling + EVERYTHING[token.end :]


def _occurrences() -> list[tuple[Token, Word]]:
    """A place in the script for every keyword, built-in function and built-in value."""
    found: dict[tuple[str, str], tuple[Token, Word]] = {}
    tokens = _script_tokens()
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        name = "function" if after is not None and after.kind == "(" else "value"
        word = token.word or (tables()[name].single.get(token.text) if token.kind == "NAME" else None)
        if word:
            found.setdefault((word.table, word.key), (token, word))
    return list(found.values())


def test_the_script_of_everything_uses_every_word_of_the_language() -> None:
    used = {(word.table, word.key) for _, word in _occurrences()}
    known = {(name, word.key) for name in (*KEYWORD_TABLES, "function", "value") for word in tables()[name].words}
    assert known - used == set()


@cache
def _parsed() -> tuple[Scheme, list[Finding]]:
    return parse(Source("everything.kp", EVERYTHING))


@pytest.mark.parametrize(
    ("token", "word"), [pytest.param(t, w, id=f"{w.table}-{w.key}".replace(" ", "_")) for t, w in _occurrences()]
)
def test_every_spelling_of_a_word_means_the_same(token: Token, word: Word) -> None:
    scheme, findings = _parsed()
    assert findings == []
    for spelling in (*word.en, *word.zh):
        again, problems = parse(Source("everything.kp", _with(token, spelling)))
        assert (spelling, problems) == (spelling, [])
        assert again.statements == scheme.statements, spelling


def test_what_is_cached_is_made_once_and_a_damaged_file_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    made: list[str] = []

    def make(source: str) -> list[str]:
        made.append(source)
        return [source]

    assert cached("test", "甲", make) == cached("test", "甲", make) == ["甲"]
    assert made == ["甲"]
    (file,) = tmp_path.rglob("test-*.json")
    file.write_text(file.read_text(encoding="utf-8").replace('["甲"]', '["乙"]'), encoding="utf-8")
    assert cached("test", "甲", make) == ["甲"]
    assert made == ["甲", "甲"]


def test_no_place_for_a_cache_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(blocked))
    assert cached("test", "甲", str.upper) == "甲"
