"""`kaoping new plugin`: what it makes can be installed, works, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from disks import mounted
from kaoping.cli import run


def installed(folder: Path, site: Path) -> dict[str, str]:
    """Install a plugin's wheel into a folder of its own; the environment in which it is found."""
    line = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", site, folder]
    # what `make test` tells pip of constraints holds in the root, and not where nothing is built apart
    environment = {name: value for name, value in os.environ.items() if "CONSTRAINT" not in name}
    subprocess.run([str(each) for each in line], env=environment, check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1"}


def kaoping(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", "from kaoping.cli import main; main()", *map(str, arguments)]
    return subprocess.run(line, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(("name", "language"), [("环保", "zh"), ("water", "en")])
def test_it_works_at_once(
    name: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "plugin", name, "--lang", language]) == 0
    assert name in capsys.readouterr().out
    environment = installed(tmp_path / name, tmp_path / "site")
    scheme, data = tmp_path / name / "example" / "scheme.kp", tmp_path / name / "example" / "data"
    trial = kaoping(environment, "plugins", "check", name)
    assert (trial.returncode, trial.stderr) == (0, ""), trial.stdout
    checked = kaoping(environment, "check", scheme, "--lang", "en")
    assert checked.stdout.endswith("nothing found\n")
    assert kaoping(environment, "fmt", "--check", scheme).returncode == 0
    ran = kaoping(environment, "run", scheme, data, "--sections")
    assert ran.returncode == 0
    assert "91.00" in ran.stdout
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / name)]
    tested = subprocess.run(line, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert tested.returncode == 0, tested.stdout
    assert "9 passed" in tested.stdout


def test_on_a_full_disk_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mounted(tmp_path / "full", "12k") as full:
        monkeypatch.chdir(full)
        assert run(["new", "plugin", "环保", "--lang", "zh"]) == 74
        assert "磁盘已满,`环保` 没有写完" in capsys.readouterr().err
        assert list(full.iterdir()) == []
        monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("package", ["Water", "1a", "water-plant", "class", "../x"])
def test_a_package_has_a_plain_name(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "plugin", "环保", "--package", package, "--lang", "en"]) == 2
    assert "cannot be the name of a package" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["若", "if", "每", "yes", "1a", "a-b"])
def test_a_name_that_no_script_can_use_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "plugin", name, "--lang", "en"]) == 2
    assert f"`{name}` cannot be a name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
