"""What a page shows: files named in backticks above a fenced block, and commands with what they print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kaoping.cli import run

FILE = re.compile(r"`([^`\n]+\.(?:kp|csv))`[::]\n\n```[^\n]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^```console\n\$ kaoping (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(page: str, folder: Path) -> None:
    """Write every file that a page shows."""
    for name, content in FILE.findall(page):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, "utf-8")


def printed(
    page: str, folder: Path, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[tuple[str, str]]:
    """For every command of a page, what the page shows and what it really prints, run where the page's files lie."""
    files(page, folder)
    monkeypatch.chdir(folder)
    pairs = []
    for command, shown in COMMAND.findall(page):
        assert run([*shlex.split(command), "--lang", language]) == 0
        pairs.append((trimmed(shown), trimmed(capsys.readouterr().out)))
    return pairs


def trimmed(text: str) -> str:
    """Text without spaces at the ends of its lines, which no one sees in a page."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
