"""All the words the platform says, by language: `messages/zh/*.toml`, `messages/en/*.toml`.

    [KP201]                 # a finding: what it is, what is wrong here, what to do
    title = "…"
    text  = "… `{name}` …"
    help  = "…"
    [KP201.variant.near]    # other words for a special case of it
    [KP201.note]            # words for its further places, by key

Every other phrase is found by its file and its keys: `report.rank`. A phrase that depends on a number is a table
of `one` and `other`. `{name}` is filled with the fact of that name.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:  # `kaoping --help` has words to say, but no findings
    from kaoping.diagnostic import Finding

LANGUAGES = ("zh", "en")
_HERE = Path(__file__).parent
_FOLDERS = [_HERE]
_PHRASE = re.compile(r"\t([\w.]+)", re.ASCII)  # as `kaoping.diagnostic.phrase` marks it
_GAP = re.compile(r"\{(\w+)\}")


class Rendered(Struct, frozen=True):
    """A finding in words; `notes` belong to the finding's notes, one each."""

    title: str
    text: str
    help: str
    notes: tuple[str, ...]


class Catalogue(Struct, frozen=True):
    """The words of one language."""

    language: str

    def __call__(self, name: str, /, **facts: object) -> str:
        """The phrase `file.key.key` with its gaps filled; what is not in the catalogue is shown by its name."""
        entry = _phrase(self.language, name)
        if isinstance(entry, dict):
            entry = entry.get("one" if facts.get("count") == 1 else "other", entry.get("other"))
        return filled(entry, facts) if isinstance(entry, str) else name

    def has(self, name: str) -> bool:
        """Whether the catalogue has this phrase."""
        return self(name) != name

    def render(self, finding: Finding) -> Rendered:
        """A finding in words. A code without words is shown with its facts, so that nothing is ever swallowed."""
        entry = _entry(self.language, finding.code)
        if entry is None:
            facts = ", ".join(f"{key}: {value}" for key, value in finding.facts.items())
            return Rendered(finding.code, facts, "", tuple(note.key for note in finding.notes))
        special = entry.get("variant", {}).get(finding.variant, {})
        spelled = self._spelled(finding.facts)
        wanted = [special.get(key, entry.get(key, "")) for key in ("title", "text", "help")]
        title, text, help_ = (filled(template, spelled) for template in wanted)
        said = entry.get("note", {})
        notes = (filled(said.get(note.key, note.key), spelled | self._spelled(note.facts)) for note in finding.notes)
        return Rendered(title, text, help_, tuple(notes))

    def _spelled(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Facts in this language: phrases looked up, several of a kind joined."""
        comma = self("report.comma")
        return {key: self.spelled(fact).replace("\n", comma) for key, fact in facts.items()}

    def spelled(self, text: str) -> str:
        """A text with the phrases in it looked up."""
        return _PHRASE.sub(lambda found: self(found[1]), text)


def words(language: str) -> Catalogue:
    """The words of a language, `zh` or `en`; files are read when a phrase of theirs is first wanted."""
    return Catalogue(language)


def render(finding: Finding, language: str) -> Rendered:
    """A finding in the words of a language."""
    return words(language).render(finding)


def filled(template: str, facts: Mapping[str, object]) -> str:
    """A template with its gaps filled; a gap without a fact shows as ... and never fails."""
    return _GAP.sub(lambda gap: str(facts.get(gap[1], "...")), template)


def chosen_language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """The language asked for, else that of KAOPING_LANG, else that of the system: zh on Chinese ones, else en."""
    for wish in (asked, environment.get("KAOPING_LANG")):
        if wish in LANGUAGES:
            return wish
    if sys.platform == "win32":
        import ctypes

        return "zh" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x04 else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            return "zh" if environment[variable].lower().startswith("zh") else "en"
    return "en"


def _phrase(language: str, name: str) -> Any:
    """What stands under `file.key.key`, in our own words or else in those of a plugin; None where there is nothing."""
    file, *keys = name.split(".")
    for folder in _FOLDERS:
        entry: Any = _content(folder / language / f"{file}.toml")
        for key in keys:
            entry = entry.get(key) if isinstance(entry, dict) else None
        if entry is not None:
            return entry
    return None


@cache
def _content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


@cache
def _entry(language: str, code: str) -> dict[str, Any] | None:
    files = [path for folder in _FOLDERS for path in sorted((folder / language).glob("*.toml"))]
    return next((entry for path in files if isinstance(entry := _content(path).get(code), dict)), None)


def add_folder(folder: Path) -> None:
    """Take in the words that a plugin brings for its own findings and commands, laid out like this folder.

    Raises OSError or ValueError where a file cannot be read.
    """
    for path in folder.glob("*/*.toml"):
        _content(path)
    if folder not in _FOLDERS:
        _FOLDERS.append(folder)
        _entry.cache_clear()
