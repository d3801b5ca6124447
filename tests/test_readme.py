"""The READMEs: the script they show prints what they show, and the commands they name exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kaoping.cli import run
from kaoping.cli.app import COMMANDS

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`([^`\n]+\.(?:kp|csv))`[::]\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^```console\n\$ kaoping (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
README = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_script_prints_what_the_readme_shows(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = README[language].read_text("utf-8")
    for name, content in NAMED.findall(text):
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.chdir(tmp_path)
    [(command, printed)] = PRINTED.findall(text)
    assert run([*shlex.split(command), "--lang", language]) == 0
    shown = [line.rstrip() for line in capsys.readouterr().out.rstrip().splitlines()]
    assert shown == printed.rstrip().splitlines()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wider_grades_are_reported_as_the_readme_says(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [(_, script)] = [found for found in NAMED.findall(README[language].read_text("utf-8")) if found[0].endswith(".kp")]
    path = tmp_path / "scheme.kp"
    path.write_text(script.replace("[90..:", "[90..100:"), "utf-8")
    assert run(["check", str(path), "--lang", language]) == 1
    assert "KP420" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_its_line(language: str) -> None:
    named = set(re.findall(r"^\| `kaoping (\w+)", README[language].read_text("utf-8"), re.MULTILINE))
    assert named == set(COMMANDS) - {"demo"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_readme_links_to_is_there(language: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README[language].read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_and_readme_name_the_same_targets() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in README.values():
        assert set(re.findall(r"^make (\w+)", path.read_text("utf-8"), re.MULTILINE)) <= targets
