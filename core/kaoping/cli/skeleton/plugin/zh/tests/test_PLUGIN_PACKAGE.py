"""The plugin as its users meet it: a scheme that uses it, its findings, its function over its range."""

from __future__ import annotations

from pathlib import Path

import PLUGIN_PACKAGE
import pytest

from kaoping.cli import run

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example"


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(EXAMPLE / "scheme.kp")]) == 0
    assert run(["run", str(EXAMPLE / "scheme.kp"), str(EXAMPLE / "data"), "--sections", "--format", "csv"]) == 0
    assert "91.00" in capsys.readouterr().out


def test_a_scheme_without_the_ledger_is_warned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.kp"
    script.write_text("scheme a\nperiod 2026\nuse PLUGIN_NAME\nitem 工作 10\n", "utf-8")
    assert run(["check", str(script), "--lang", "zh"]) == 0
    assert "PLUGIN_CODE01" in capsys.readouterr().out


@pytest.mark.parametrize(("cases", "level"), [(0, 0), (1, 1), (3, 1), (4, 2), (10, 2), (11, 3), (1_000_000, 3)])
def test_levels(cases: int, level: int) -> None:
    assert PLUGIN_PACKAGE.level(cases) == level
