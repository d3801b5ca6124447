"""The help pages of plugins' commands: laid out like ours, in the reader's language, names in full."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from kaoping import hooks
from kaoping.cli import run
from kaoping.messages import LANGUAGES, words
from kaoping.plugins import PACKAGES, command_of
from test_bad_plugins import kaoping
from test_plugins import install

PLUGINS = Path(__file__).parent.parent / "plugins"
PLAIN = '''
import typer
from typing import Annotated
from kaoping.hooks import hookimpl

kaoping_api = 1
app = typer.Typer()

@app.callback()
def plain():
    """Does not know of our catalogue."""

@app.command("列出")
def show(
    name: Annotated[str, typer.Argument(help="whose records")],
    days: int = 3,
    most: Annotated[int, typer.Option(max=9)] = 1,
):
    """Shows records."""

@hookimpl
def commands():
    return app
'''


def paths(command: Any, *above: str) -> Iterator[list[str]]:
    """A command and all below it."""
    yield [*above]
    for name, each in getattr(command, "commands", {}).items():
        yield from paths(each, *above, name)


COMMANDS = [path for name in PACKAGES for path in paths(get_command(command_of(name)), name)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids="_".join)
def test_a_page_like_ours(capsys: pytest.CaptureFixture[str], command: list[str], language: str) -> None:
    assert run([*command, "--help", "--lang", language]) == 0
    page = capsys.readouterr().out
    assert page.startswith(words(language)("help.title.usage") + "kaoping " + " ".join(command))
    assert not [word for word in ("Options", "Arguments", "Show this", "[default", "help.", "…  ") if word in page]
    below = [path[-1] for path in COMMANDS if path[:-1] == command]
    assert [name for name in below if f"\n  {name}  " not in page] == []
    assert any("一" <= char <= "鿿" for char in page.replace(" ".join(command), "")) or language == "en"


@pytest.mark.parametrize("plugin", sorted(PLUGINS.glob("*/kaoping_*/messages")), ids=lambda path: path.parts[-2])
def test_words_of_a_plugin_are_the_same_in_both_languages(plugin: Path) -> None:
    def keys(path: Path) -> set[tuple[str, ...]]:
        return set(_keys(tomllib.loads(path.read_text("utf-8"))))

    for file in sorted((plugin / "zh").glob("*.toml")):
        assert keys(file) == keys(plugin / "en" / file.name)


def _keys(table: dict[str, Any], *above: str) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _keys(value, *above, key)


def test_what_a_plugin_offers_is_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugins", "info", "信访", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "提供:核对、命令、函数、库、提示文字、台账读取、报表" in shown
    assert "台账 信访件、集体上访、疑难个访、立案件、催办、重大恶性事件" in shown
    assert "命令 kaoping 信访 台账" in shown


def test_every_hook_has_a_word_for_readers() -> None:
    marked = [name for name, each in vars(hooks).items() if hasattr(each, "kaoping_spec")]
    assert [(name, lang) for name in marked for lang in LANGUAGES if not words(lang).has(f"command.hooks.{name}")] == []


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    install(tmp_path / "site", "plain", PLAIN)
    return tmp_path


def test_a_command_without_words_in_the_catalogue_says_what_its_author_noted(office: Path) -> None:
    group = kaoping(office, "plain", "--help").stdout
    assert "usage: kaoping plain COMMAND ..." in group
    assert "  列出  Shows records" in group
    page = kaoping(office, "plain", "列出", "--help").stdout
    assert "usage: kaoping plain 列出 [OPTIONS] NAME\n\nShows records." in page
    assert "whose records" in page
    assert "--days DAYS" in page


def test_wrong_words_for_such_a_command_are_told_like_any_other(office: Path) -> None:
    for given, complaint in (
        (["列"], "there is no command `列`; did you mean 列出?"),
        (["列出"], "NAME is missing"),
        (["列出", "甲", "--days", "x"], "--days does not take such a value"),
        (["列出", "甲", "--most", "10"], "--most does not take such a value"),
        (["列出", "甲", "--day", "1"], "there is no option `--day`; did you mean --days?"),
    ):
        ended = kaoping(office, "plain", *given)
        assert (ended.returncode, ended.stderr.splitlines()[0]) == (2, f"kaoping: {complaint}")
        assert "help." not in ended.stderr
