"""The READMEs: the script they show prints what they show, and the commands they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaoping.cli import run
from kaoping.cli.app import COMMANDS
from shown import files, printed

ROOT = Path(__file__).parents[1]
README = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_script_prints_what_the_readme_shows(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [(shown, out)] = printed(README[language].read_text("utf-8"), tmp_path, language, monkeypatch, capsys)
    assert out == shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_narrower_grades_are_reported_as_the_readme_says(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files(README[language].read_text("utf-8"), tmp_path)
    [script] = tmp_path.glob("*.kp")
    script.write_text(script.read_text("utf-8").replace("[90..:", "[90..100:"), "utf-8")
    assert run(["check", str(script), "--lang", language]) == 1
    assert "KP420" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_its_line(language: str) -> None:
    cells = re.findall(r"^\| (`kaoping .*?) \|", README[language].read_text("utf-8"), re.MULTILINE)
    named = {word for cell in cells for word in re.findall(r"`(?:kaoping )?([a-z]+)", cell)}
    assert named == set(COMMANDS) - {"demo"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_readme_links_to_is_there(language: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README[language].read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_and_readme_name_the_same_targets() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in README.values():
        assert set(re.findall(r"^make (\w+)", path.read_text("utf-8"), re.MULTILINE)) <= targets
