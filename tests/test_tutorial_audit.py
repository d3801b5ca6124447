"""The story in docs/tutorial-audit.md, told again: every command is run by a shell, every output compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial-audit.md"
TOLD = re.compile(r"```sh\n(?P<commands>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL)
NEVER_THE_SAME = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "(time)"),
    (r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,}", "(public key)"),
    (r"公钥 [0-9a-f]{12}", "(public key)"),
    (r"(?<=— )(\S+) [A-Za-z0-9+/=]{80,}", r"\1 (signature)"),
    (r"[0-9a-f]{64}", "(hash)"),
    (r"(?s)(只看规则,不管数据[^\n]*\n).*?\n\n", r"\1(what a few seconds of searching find)\n\n"),
    (r"(?m)^( *)[A-Za-z0-9+/]{43}=$", r"\1(root)"),
)


def compared(text: str) -> str:
    """A text without what is never the same twice."""
    for pattern, instead in NEVER_THE_SAME:
        text = re.sub(pattern, instead, text)
    return text


def told_again(folder: Path) -> list[tuple[str, str]]:
    """The commands of each step with what they print, in one shell from the first to the last."""
    beside = "\n===step===\n"
    steps = [found["commands"] for found in TOLD.finditer(PAGE.read_text("utf-8"))]
    script = "\n".join(f"{step}\nprintf '{beside}'" for step in steps)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KAOPING_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KAOPING_LANG": "zh", "SCHEMES": str(ROOT / "schemes"), "DOCS": str(ROOT / "docs"), "HOME": str(folder),
        "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1",
    }  # fmt: skip
    ran = subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, env=environment, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    printed = ran.stdout.decode()
    assert ran.returncode == 0, printed[-2_000:]
    return list(zip(steps, printed.split(beside)[:-1], strict=True))


@pytest.mark.skipif(shutil.which("bash") is None, reason="the story is told in a shell, and there is no bash here")
def test_the_story_comes_out_as_it_is_told(tmp_path: Path) -> None:
    """`KAOPING_RECORD=1` writes what comes out into the page, to be read before it is kept."""
    again = told_again(tmp_path)
    if os.environ.get("KAOPING_RECORD"):
        outputs = iter(again)
        page = TOLD.sub(
            lambda found: f"```sh\n{found['commands']}```\n\n```text\n{next(outputs)[1].strip()}\n```",
            PAGE.read_text("utf-8"),
        )
        PAGE.write_text(page, "utf-8")
    told = [found["output"] for found in TOLD.finditer(PAGE.read_text("utf-8"))]
    for (commands, printed), output in zip(again, told, strict=True):
        assert compared(printed).strip() == compared(output).strip(), commands
