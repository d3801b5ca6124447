"""Plugins: what is broken is named, and takes nothing else down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
from kaoping.hooks import hookimpl
from kaoping.scheme import Scheme, SchemeName

kaoping_api = 1

@hookimpl
def load_scheme(source, extension):
    return (Scheme(source, (SchemeName(source.text.strip()),)), []) if extension == ".sheet" else None
"""
CRASHING = """
from kaoping.hooks import hookimpl

kaoping_api = 1

@hookimpl
def load_scheme(source, extension):
    raise ZeroDivisionError("at work")
"""
ODD_NAME = GOOD.replace("def load_scheme(", "def load_schema(")
ODD_ARGUMENT = GOOD.replace("source, extension", "source, ending").replace("if extension", "if ending")
BROKEN = "raise OSError('licence missing')"

ASK = """
from kaoping.plugins import load_scheme, plugins
from kaoping.source import Source
scheme, findings = load_scheme(Source("a.sheet", "表格"), ".sheet")
print([statement.name for statement in scheme.statements], [finding.code for finding in findings])
print([finding.facts["plugin"] for finding in plugins().broken])
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return tmp_path


def install(folder: Path, name: str, code: str) -> None:
    """Lay a plugin down as an installer does: a module, and an entry point in the group `kaoping`."""
    (folder / f"{name}.py").write_text(code, "utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[kaoping]\n{name} = {name}\n", "utf-8")


def python(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_an_installed_front_end_reads_its_own_files(installed: Path) -> None:
    install(installed, "sheets", GOOD)
    assert python(ASK, installed).stdout.splitlines() == ["['表格'] []", "[]"]


@pytest.mark.parametrize("code", [BROKEN, ODD_NAME, ODD_ARGUMENT])
def test_a_broken_plugin_is_named_and_the_others_work(installed: Path, code: str) -> None:
    install(installed, "a_broken", code)
    install(installed, "sheets", GOOD)
    assert python(ASK, installed).stdout.splitlines() == ["['表格'] []", "['a_broken']"]


def test_without_a_front_end_for_the_file_there_is_a_finding(installed: Path) -> None:
    assert python(ASK, installed).stdout.splitlines() == ["[] ['KP902']", "[]"]


def test_a_plugin_that_crashes_stops_the_command_under_its_own_name(installed: Path) -> None:
    install(installed, "crashing", CRASHING)
    script = installed / "a.sheet"
    script.write_text("x", "utf-8")
    main = "from kaoping.cli import main; main()"
    ended = python(main, installed, "check", str(script), "--lang", "en")
    assert ended.returncode == 70
    assert "the plugin `crashing` broke (ZeroDivisionError: at work)" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_installed_plugins_are_not_looked_up_where_the_language_itself_reads_the_file(installed: Path) -> None:
    install(installed, "a_broken", BROKEN)
    code = ASK.replace(".sheet", ".kp").replace("表格", "scheme 甲")
    assert python(code, installed).stdout.splitlines() == ["['甲'] []", "[]"]
