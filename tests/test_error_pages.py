"""Every code has a page, and every page says what the catalogue and the case files say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from kaoping.report.diagnostics import page

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "errors"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_error_pages", PAGES / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date() -> None:
    """Where this fails: `python docs/errors/build.py`."""
    wanted = builder().pages()
    there = {path.name: path.read_text("utf-8") for path in PAGES.glob("*.md")}
    assert sorted(there) == sorted(wanted)
    assert [name for name in sorted(wanted) if wanted[name] != there[name]] == []


def test_the_page_that_a_finding_names_exists() -> None:
    assert [code for code in builder().catalogue("zh") if not (ROOT / page(code)).is_file()] == []
