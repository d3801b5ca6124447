"""The repository itself: it works on any machine, in any network, and its papers point at files that exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
NOT_OURS = {".git", "__pycache__", "build", "dist", "uv.lock"}  # hidden folders apart
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(work|root|tmp|home|Users|mnt)/\w|\b[A-Z]:\\Users\\")
REGISTRY = re.compile(
    r"pypi\.(org|python)|pythonhosted|files\.python|/simple/|index-url|registry\.npm|mirrors?\.\w+\.(com|cn|edu)"
)


def our_files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden = path.name == ".git" or (path.is_dir() and path.name.startswith(".") and path.name != ".ci")
        if hidden or path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from our_files(path)
        else:
            yield path


def texts() -> Iterator[tuple[str, str]]:
    for path in our_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")
        except UnicodeDecodeError:  # workbooks, and files that tests keep in other encodings
            continue


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine paths", "registry hosts"])
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if name != "tests/test_repository.py"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    for text in ("see /home/wang/x.csv", "open('/tmp/a')", r"C:\Users\wang"):
        assert MACHINE_PATH.search(text), text
    for text in ("https://" + "py" + "pi.org/project/x", "pip install --index-url x", "https://mirrors.example.cn/a"):
        assert REGISTRY.search(text), text
    assert not MACHINE_PATH.search("docs/home/x and https://example.org/home/x")


@pytest.mark.parametrize("paper", ["CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "grammar/reference.md"])
def test_what_papers_link_to_is_there(paper: str) -> None:
    text = (ROOT / paper).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (ROOT / paper).parent.joinpath(link).exists()] == []


def test_the_reference_links_to_headings_it_has() -> None:
    text = (ROOT / "grammar" / "reference.md").read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_functions_that_contributing_names_are_where_it_says() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`(\w+)`\s+in\s+\[[^\]]+\]\(([^)]+\.py)\)", text)
    assert len(named) >= 8
    assert [each for each in named if f"def {each[0]}(" not in (ROOT / each[1]).read_text("utf-8")] == []


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(each) for each in wanted if not each.startswith("kaoping-")]  # ours lie beside it


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    kept = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {each.name.lower().replace("_", "-"): str(each.specifier).removeprefix("==") for each in kept}


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_what_we_declare_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[requirement.name])
    assert any(each.operator in (">=", "~=") for each in requirement.specifier), "says from which version on"


@pytest.mark.xdist_group("together")
def test_tests_that_need_one_worker_get_one(request: pytest.FixtureRequest) -> None:
    """Without a word from anybody, one version of pytest and another of its plugin for workers forget the groups."""
    if "loadgroup" in getattr(request.config, "workerinput", {}).get("mainargv", ()):
        assert request.node.nodeid.endswith("@together")
