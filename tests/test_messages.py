"""Every word the platform says exists in both languages, with the same gaps; and no gap can break a run."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kaoping.diagnostic import Note, error
from kaoping.messages import LANGUAGES, chosen_language, render, words
from kaoping.source import NOWHERE

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "core" / "kaoping" / "messages"
MAKERS = ("error", "warning", "data_error", "data_warning")
CODE = re.compile(r"""["'](KP\d{3})["']""")
PHRASE = re.compile(r"""words\(\s*f?"([a-z_.]+)\"""")


def phrases(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from phrases(value, f"{path}.{key}".strip("."))
        else:
            yield f"{path}.{key}".strip("."), value


def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((MESSAGES / language).glob("*.toml")):
        for path, text in phrases(tomllib.loads(file.read_text("utf-8"))):
            # English needs two forms where Chinese needs one
            found[f"{file.stem}.{path}".removesuffix(".one").removesuffix(".other")] = text
    return found


def codes_in_use() -> dict[str, Path]:
    files = [path for folder in ("core", "dsl") for path in sorted((ROOT / folder).rglob("*.py"))]
    return {code: path for path in files for code in CODE.findall(path.read_text("utf-8"))}


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_both_languages_have_the_same_phrases() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert sorted(chinese.keys() - english.keys()) == []
    assert sorted(english.keys() - chinese.keys()) == []


def test_both_languages_fill_the_same_gaps() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    different = {
        key: (gaps(chinese[key]), gaps(english[key]))
        for key in chinese.keys() & english.keys()
        # a text may leave out a number it does not need, but never ask for a fact the other does not have
        if gaps(chinese[key]) != gaps(english[key])
    }
    assert different == {}


def test_every_code_in_the_sources_has_a_title_and_a_text_in_both_languages() -> None:
    missing = []
    for language in LANGUAGES:
        known = catalogue(language)
        paths = {path.split(".", 1)[1] for path in known}
        for code, file in codes_in_use().items():
            wanted = [f"{code}.{part}" for part in ("title", "text")]
            missing += [f"{language} {each} ({file.name})" for each in wanted if each not in paths]
    assert missing == []


def facts_given() -> dict[str, set[str]]:
    """The facts given by keyword, for each code that only ever stands first in a call of one of the `MAKERS`."""
    given: dict[str, set[str]] = {}
    calls: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    for path in (path for folder in ("core", "dsl") for path in sorted((ROOT / folder).rglob("*.py"))):
        text = path.read_text("utf-8")
        mentions.update(CODE.findall(text))
        for call in ast.walk(ast.parse(text)):
            match call:
                case ast.Call(ast.Name(name) | ast.Attribute(attr=name), [ast.Constant(str(code)), *_], keywords):
                    if name in MAKERS and all(keyword.arg for keyword in keywords):
                        calls[code] += 1
                        given.setdefault(code, set()).update(str(keyword.arg) for keyword in keywords)
    return {code: facts for code, facts in given.items() if calls[code] == mentions[code]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_asks_for_a_fact_that_nobody_gives(language: str) -> None:
    given, unknown = facts_given(), []
    for path, text in catalogue(language).items():
        code = path.split(".")[1]
        if code in given and ".note." not in path:
            unknown += [f"{path}: {gap}" for gap in sorted(gaps(text) - given[code])]
    assert unknown == []


def test_every_code_in_the_catalogue_is_used_and_belongs_to_one_file() -> None:
    stated: dict[str, set[str]] = {}
    for path in catalogue("zh"):
        file, code = path.split(".")[:2]
        if code.startswith("KP"):
            stated.setdefault(code, set()).add(file)
    assert {code: files for code, files in stated.items() if len(files) > 1} == {}
    assert sorted(stated.keys() - codes_in_use().keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_without_words_shows_its_code_and_its_facts(language: str) -> None:
    said = render(error("KP000", NOWHERE, name="得分", notes=(Note(NOWHERE, "first"),)), language)
    assert (said.title, said.text, said.notes) == ("KP000", "name: 得分", ("first",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_fact_leaves_a_visible_gap_and_braces_in_facts_stay(language: str) -> None:
    said = render(error("KP902", NOWHERE, file="{extension}{0}"), language)
    assert "`{extension}{0}`" in said.text
    assert "..." in said.text


@pytest.mark.parametrize(("count", "said"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_english_counts(count: int, said: str) -> None:
    assert words("en")("report.errors", count=count) == said


def test_the_phrases_that_the_code_names_exist() -> None:
    asked = {
        (match, path.name)
        for path in sorted((ROOT / "core").rglob("*.py"))
        for match in PHRASE.findall(path.read_text("utf-8"))
        if "." in match and not match.endswith(".")
    }
    assert asked
    assert [each for each in sorted(asked) if not words("zh").has(each[0])] == []


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        ("en", {"KAOPING_LANG": "zh", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"KAOPING_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"KAOPING_LANG": "tlh", "LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_TW.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_that_of_the_system(
    asked: str | None, environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")  # Windows asks the system instead of LANG
    assert chosen_language(asked, environment) == language
