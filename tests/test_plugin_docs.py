"""The pages about plugins: every hook as it is, and the tutorial executed from its first line to its last."""

from __future__ import annotations

import inspect
import os
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from kaoping import hooks
from shown import files, trimmed
from test_new_plugin import installed, kaoping

DOCS = Path(__file__).parents[1] / "docs"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_hook_is_on_the_page_with_its_arguments() -> None:
    stated = re.findall(r"^### `(\w+)\((.*)\)`$", (DOCS / "plugins.md").read_text("utf-8"), re.MULTILINE)
    marked = [each for _, each in inspect.getmembers(hooks, inspect.isfunction) if hasattr(each, "kaoping_spec")]
    assert sorted(stated) == sorted((each.__name__, ", ".join(inspect.signature(each).parameters)) for each in marked)
    assert all(inspect.getdoc(each) for each in marked)


SHIPPED = ("kaoping_dsl.plugin", "kaoping_xinfang", "kaoping_tudi", "kaoping_jisheng")


def test_every_hook_is_used_by_a_shipped_plugin() -> None:
    modules = [import_module(name) for name in SHIPPED]
    hooked = {name for module in modules for name, each in vars(module).items() if hasattr(each, "kaoping_impl")}
    hooked.add("suites")  # no plugin of ours brings one: `test_registry_suites.py` does
    assert hooked == {name for name, each in vars(hooks).items() if hasattr(each, "kaoping_spec")}


def test_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (DOCS / "tutorial-plugin.md").read_text("utf-8")
    files(page.partition("## 4.")[2], tmp_path)
    monkeypatch.chdir(tmp_path)
    environment: dict[str, str] = {}
    library = page.partition("## 2.")[2].partition("```kaoping\n")[2].partition("```")[0]
    commands = [line for block in CONSOLE.findall(page) for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)]
    assert len(commands) == 6
    for block in CONSOLE.findall(page):
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            program, *words = shlex.split(command)
            if program == "python":  # `python -m pip install 环保`
                (tmp_path / "环保" / "kaoping_huanbao" / "library.kp").write_text(library, "utf-8")
                environment = installed(tmp_path / words[-1], tmp_path / "site")
                continue
            ended = kaoping(environment or dict(os.environ), *words, "--lang", "zh")
            assert (ended.returncode, ended.stderr) == (0, ""), command
            assert trimmed(ended.stdout) == trimmed(shown), command
