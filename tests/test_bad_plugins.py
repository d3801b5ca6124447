"""Twelve bad plugins: what does not need them works, the culprit is named, and nothing is scored in silence."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaoping.installed import content_hash
from test_plugins import install

HEAD = """
from kaoping.functions import Function
from kaoping.hooks import hookimpl
from kaoping.source import Source
from kaoping.types import number

kaoping_api = 1
COUNT = number(0, 100, 0, "#")

@hookimpl
def library():
    return Source("bad.kp", "param 基数 = 3")

"""
FUNCTION = """
@hookimpl
def functions():
    return [Function(("倍数",), (COUNT,), COUNT, BODY, "doubles")]
"""
BAD = {
    "import error": "import a_module_that_nobody_has",
    "raises at import": "raise RuntimeError('out of order')",
    "exits at import": "import sys; sys.exit(3)",
    "another API": HEAD.replace("kaoping_api = 1", "kaoping_api = 99"),
    "no API": HEAD.replace("kaoping_api = 1", ""),
    "misspelt hook": HEAD + "@hookimpl\ndef libary():\n    return None\n",
    "library of the wrong type": HEAD.replace('Source("bad.kp", "param 基数 = 3")', "'param 基数 = 3'"),
    "functions of the wrong type": HEAD + "@hookimpl\ndef functions():\n    return [max]\n",
    "check that raises": HEAD + "@hookimpl\ndef check(plan):\n    return [1 / 0]\n",
    "value out of range": HEAD + FUNCTION.replace("BODY", "lambda n: n + 1000"),
    "value that is no exact number": HEAD + FUNCTION.replace("BODY", "lambda n: float('nan')"),
    "function without a name": HEAD + FUNCTION.replace('("倍数",)', "()").replace("BODY", "abs"),
    "name that is no tuple": HEAD + FUNCTION.replace('("倍数",)', '"倍数"').replace("BODY", "abs"),
    "parameter that is no tuple": HEAD + FUNCTION.replace("(COUNT,)", "COUNT").replace("BODY", "abs"),
    "SQL that is a number": HEAD + FUNCTION.replace("BODY", "abs").replace('"doubles"', '"doubles", sql=5'),
    "SQL with a comment": HEAD + FUNCTION.replace("BODY", "abs").replace('"doubles"', '"doubles", sql="{0} -- half"'),
    "hook without its mark": HEAD + "def functions():\n    return None\n",
    "body that exits": HEAD + FUNCTION.replace("BODY", "lambda n: exit(3)"),
    "body that raises": HEAD + FUNCTION.replace("BODY", "lambda n: [][n]"),
}
MESSAGES = "@hookimpl\ndef messages():\n    from pathlib import Path\n    return Path(__file__).parent / 'words'\n"
HANGS = "while True: pass"
EATS_MEMORY = "hoard = []\nwhile True: hoard.append(bytearray(2**24))"
PRINTS = "print('look at me')\n" + HEAD + "@hookimpl\ndef check(plan):\n    print('and me')\n    return []\n"

PLAIN = "scheme 甲\nperiod 2026\ninput 件数 : count 0..9\nitem 工作 100\n  deduct 2 per 件数\n"
USING = PLAIN.replace("period 2026", "period 2026\nuse bad").replace("count 0..9", "count 0..9")
CALLING = USING.replace("per 件数", "per 倍数(件数)")
DATA = "id,name,件数\n1,东,2\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    for name, text in (("plain.kp", PLAIN), ("using.kp", USING), ("calling.kp", CALLING), ("data.csv", DATA)):
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "site").mkdir()
    return tmp_path


def kaoping(office: Path, *arguments: str, timeout: int = 90) -> subprocess.CompletedProcess[str]:
    """The program with what is installed in the office's own folder, its settings in another."""
    environment = {**os.environ, "PYTHONPATH": str(office / "site"), "PYTHONUTF8": "1"}
    environment |= dict.fromkeys(("XDG_CONFIG_HOME", "APPDATA"), str(office / "settings"))
    if sys.platform == "darwin":
        environment["HOME"] = str(office)
    return subprocess.run(
        [sys.executable, "-c", "from kaoping.cli import main; main()", *arguments, "--lang", "en"],
        cwd=office, env=environment, capture_output=True, encoding="utf-8", timeout=timeout, check=False,
    )  # fmt: skip


def bad(office: Path, code: str) -> Path:
    install(office / "site", "bad", code)
    return office


@pytest.mark.parametrize("code", [*BAD.values(), HANGS, EATS_MEMORY, PRINTS], ids=[*BAD, "hangs", "eats", "prints"])
def test_what_does_not_need_the_plugin_works(office: Path, code: str) -> None:
    bad(office, code)
    ended = kaoping(office, "run", "plain.kp", "data.csv", "--format", "csv")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "96.00" in ended.stdout
    listed = kaoping(office, "plugins", "list")
    assert (listed.returncode, "bad" in listed.stdout) == (0, True)


@pytest.mark.parametrize("code", BAD.values(), ids=BAD)
def test_a_scheme_that_uses_it_is_not_scored_and_the_culprit_is_named(office: Path, code: str) -> None:
    bad(office, code)
    ended = kaoping(office, "run", "calling.kp" if "倍数" in code else "using.kp", "data.csv", "--format", "csv")
    assert ended.returncode in (1, 70)
    assert ended.stdout == ""
    assert "`bad`" in ended.stderr
    assert "Traceback" not in ended.stderr


#: what a trial can find out; the checks of a plugin are asked only of a scheme
TRIED = {name: code for name, code in BAD.items() if "def check" not in code}


@pytest.mark.parametrize("code", [*TRIED.values(), HANGS, EATS_MEMORY], ids=[*TRIED, "hangs", "eats memory"])
def test_it_does_not_pass_its_trial(office: Path, code: str) -> None:
    bad(office, code)
    ended = kaoping(office, "plugins", "check", "bad")
    assert ended.returncode == 1
    assert "bad" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


SQL_BODIES = {
    "says the same": ("{0} * 2", "works"),
    "another value": ("{0} * 2 + CAST({0} > 90 AS BIGINT)", "the body gives 200, the SQL 201"),
    "no exact number": ("{0} / 0.5", "the SQL"),
    "an argument there is not": ("{1} * 2", "failed while loading: IndexError"),
    "an aggregate": ("SUM({0}) * 2", "cannot be run: Binder Error"),
    "no SQL": ("{0} times 2", "cannot be run: Parser Error"),
}


@pytest.mark.parametrize(("sql", "said"), SQL_BODIES.values(), ids=SQL_BODIES)
def test_its_trial_compares_the_sql_of_a_function_with_its_body(office: Path, sql: str, said: str) -> None:
    code = FUNCTION.replace("COUNT, BODY", "number(0, 1000, 0), lambda n: 2 * n")
    bad(office, HEAD + code.replace('"doubles"', f'"doubles", sql="{sql}"'))
    ended = kaoping(office, "plugins", "check", "bad")
    assert (ended.returncode, ended.stderr) == (int(said != "works"), "")
    assert said in ended.stdout


SQL_AT_FAULT = {
    "nothing": "CASE WHEN {0} = 2 THEN NULL ELSE {0} * 2 END",
    "out of its range": "CASE WHEN {0} = 2 THEN 9999 ELSE {0} * 2 END",
    "no whole number": "CASE WHEN {0} = 2 THEN 2.5 ELSE {0} * 2.0 END",
}


@pytest.mark.parametrize("sql", SQL_AT_FAULT.values(), ids=SQL_AT_FAULT)
def test_a_value_of_its_sql_that_it_does_not_promise_ends_the_run(office: Path, sql: str) -> None:
    code = FUNCTION.replace("COUNT, BODY", "number(0, 1000, 0), lambda n: 2 * n")
    bad(office, HEAD + code.replace('"doubles"', f'"doubles", sql="{sql}"'))
    ended = kaoping(office, "run", "calling.kp", "data.csv", "-o", "out.csv", "--engine", "duckdb")
    assert (ended.returncode, ended.stdout, (office / "out.csv").exists()) == (70, "", False)
    assert "the plugin `bad` broke (ValueError: 倍数(2) gave " in ended.stderr


def test_a_function_without_parameters_means_the_same_in_every_engine(office: Path) -> None:
    bad(office, HEAD + FUNCTION.replace("(COUNT,)", "()").replace("BODY", "lambda: 3"))
    (office / "none.kp").write_text(USING.replace("per 件数", "per 倍数()"), "utf-8")
    for engine in ("reference", "python", "duckdb", "sqlite"):
        ended = kaoping(office, "run", "none.kp", "data.csv", "--engine", engine, "--format", "csv")
        assert (ended.returncode, "东,94,94.00" in ended.stdout) == (0, True), ended.stderr


def results_of_both(office: Path, scheme: str) -> str:
    """The results of a scheme, the same from the engine that runs a body and the one that runs its SQL."""
    results = {}
    for engine in ("python", "duckdb"):
        ended = kaoping(office, "run", f"{scheme}.kp", f"{scheme}.csv", "-o", f"{engine}.csv", "--engine", engine)
        assert ended.returncode == 0, ended.stderr
        results[engine] = (office / f"{engine}.csv").read_text("utf-8-sig")
    assert results["duckdb"] == results["python"]
    return results["python"]


def test_its_sql_is_not_asked_where_an_argument_is_missing(office: Path) -> None:
    code = FUNCTION.replace("COUNT, BODY", "number(0, 1000, 0), lambda n: 2 * n")
    bad(office, HEAD + code.replace('"doubles"', '"doubles", sql="COALESCE({0}, 5) * 2"'))
    script = CALLING.replace("count 0..9", "count 0..9 optional").replace("倍数(件数)", "(倍数(件数) default 30)")
    (office / "some.kp").write_text(script, "utf-8")
    (office / "some.csv").write_text("id,name,件数\n1,东,2\n2,西,\n", "utf-8")
    assert "西,40,40.00" in results_of_both(office, "some")


def test_a_function_that_may_have_no_value_is_not_blamed_for_having_none(office: Path) -> None:
    """Whether it is an argument that is missing, or the value."""
    code = FUNCTION.replace("(COUNT,), COUNT, BODY", "(COUNT, COUNT), number(0, 100, 0), share")
    share = "def share(n, m):\n    return n // m if m else None\n"
    more = 'always=lambda n, m: m.low > 0, sql="CASE WHEN {1} = 0 THEN NULL ELSE {0} // {1} END"'
    bad(office, HEAD + share + code.replace('"doubles"', f'"doubles", {more}'))
    script = CALLING.replace("input 件数 : count 0..9", "input 件数 : count 0..9 optional\ninput 户数 : count 0..9")
    (office / "share.kp").write_text(script.replace("倍数(件数)", "(倍数(件数, 户数) default 30)"), "utf-8")
    (office / "share.csv").write_text("id,name,件数,户数\n1,东,4,0\n2,西,,2\n3,南,4,2\n", "utf-8")
    results = results_of_both(office, "share")
    assert [row for row in ("东,40,40.00", "西,40,40.00", "南,96,96.00") if row not in results] == []


def test_what_it_prints_does_not_get_into_the_results(office: Path) -> None:
    bad(office, PRINTS)
    ended = kaoping(office, "run", "using.kp", "data.csv", "--format", "json")
    assert ended.returncode == 0
    [used] = json.loads(ended.stdout)["plugins"]
    assert (used["name"], used["version"]) == ("bad", "1.0")
    assert "look at me" in ended.stderr


def test_a_plugin_whose_files_have_changed_is_not_the_one_on_the_list(office: Path) -> None:
    bad(office, HEAD)
    listed = kaoping(office, "plugins", "list", "--format", "json").stdout
    allowed = office / "settings" / "kaoping" / "allowed-plugins.json"
    allowed.parent.mkdir(parents=True)
    allowed.write_text(listed, "utf-8")
    assert kaoping(office, "run", "using.kp", "data.csv").returncode == 0
    module = office / "site" / "bad.py"
    module.write_text(HEAD + "# a line more\n", "utf-8")
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "is not the one on the list of allowed plugins" in ended.stderr
    assert "not the one on the list" in kaoping(office, "plugins", "list").stdout
    allowed.write_text("[]", "utf-8")
    assert "not on the list" in kaoping(office, "plugins", "list").stdout
    assert "is not on this office's list" in kaoping(office, "run", "using.kp", "data.csv").stderr
    allowed.write_text("{", "utf-8")
    for command in (["run", "using.kp", "data.csv"], ["plugins", "list"]):
        ended = kaoping(office, *command)
        assert ended.returncode == 1
        assert "put the file right" in ended.stderr
        assert "allowed-plugins.json" in ended.stderr


def test_a_plugin_can_be_switched_off_and_on(office: Path) -> None:
    bad(office, HEAD)
    assert kaoping(office, "plugins", "disable", "bad").returncode == 0
    assert "switched off" in kaoping(office, "plugins", "list").stdout
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, "kaoping plugins enable bad" in ended.stderr) == (1, True)
    assert kaoping(office, "plugins", "enable", "bad").returncode == 0
    assert kaoping(office, "run", "using.kp", "data.csv").returncode == 0
    ended = kaoping(office, "run", "using.kp", "data.csv", "--no-plugins")
    assert (ended.returncode, "--no-plugins" in ended.stderr) == (1, True)


def test_settings_that_cannot_be_read_are_named(office: Path) -> None:
    bad(office, HEAD)
    settings = office / "settings" / "kaoping" / "plugins.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{", "utf-8")
    for command in (["list"], ["disable", "bad"], ["enable", "bad"]):
        ended = kaoping(office, "plugins", *command)
        assert (ended.returncode, "plugins.json" in ended.stderr) == (1, True)


def test_nothing_is_switched_on_that_is_not_installed(office: Path) -> None:
    bad(office, HEAD)
    ended = kaoping(office, "plugins", "enable", "bat")
    assert (ended.returncode, "`bad`" in ended.stderr) == (2, True)


def test_a_misspelt_plugin_is_one_finding_with_the_name_meant(office: Path) -> None:
    """What its library would have brought, names and units, is not spoken of."""
    bad(office, HEAD)
    (office / "odd.kp").write_text(
        USING.replace("use bad", "use bat") + "  deduct bad.基数 per started 3亩 of bad.面积\n", "utf-8"
    )
    ended = kaoping(office, "check", "odd.kp")
    assert ended.returncode == 1
    assert "one of a similar name: `bad`" in ended.stdout
    assert ended.stdout.count("error[") == 1


@pytest.mark.parametrize(
    ("words", "settled", "said"),
    [
        (["bat", "list"], [], "did you mean bad?"),
        (["bad", "list"], [], "has no commands"),
        (["bad", "list"], ["disable", "bad"], "kaoping plugins enable bad"),
        (["bad", "list", "--no-plugins"], [], "leave --no-plugins out"),
    ],
)
def test_the_command_of_a_plugin_that_does_not_come_says_why(
    office: Path, words: list[str], settled: list[str], said: str
) -> None:
    bad(office, HEAD)
    if settled:
        kaoping(office, "plugins", *settled)
    ended = kaoping(office, *words)
    assert ended.returncode in (1, 2)
    assert said in ended.stderr


def test_a_command_that_raises_is_not_said_to_be_our_fault(office: Path) -> None:
    command = """
@hookimpl
def commands():
    import typer
    app = typer.Typer()
    @app.command("list")
    def listed():
        {}["nothing"]
    @app.command()
    def leave():
        raise typer.Exit(3)
    return app
"""
    bad(office, HEAD + command)
    ended = kaoping(office, "bad", "list")
    assert (ended.returncode, ended.stdout) == (70, "")
    assert "the plugin `bad` broke (KeyError: 'nothing')" in ended.stderr
    assert "our fault" not in ended.stderr
    assert kaoping(office, "bad", "leave").returncode == 3


def test_words_that_cannot_be_read_keep_a_plugin_out(office: Path) -> None:
    bad(office, HEAD + MESSAGES)
    (office / "site" / "words" / "zh").mkdir(parents=True)
    (office / "site" / "words" / "zh" / "help.toml").write_text("[坏]\n", "utf-8")  # such a key needs quotation marks
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, ended.stdout, "`bad`" in ended.stderr) == (1, "", True)
    assert kaoping(office, "plugins", "check", "bad").returncode == 1


def test_its_trial_reads_its_library_as_a_scheme_would(office: Path) -> None:
    bad(office, HEAD.replace("param 基数 = 3", "let 倍 = 没有 + 1"))
    ended = kaoping(office, "plugins", "check", "bad")
    assert (ended.returncode, "does not work" in ended.stdout, "`没有`" in ended.stdout) == (1, True, True)


@pytest.mark.parametrize("name", ["sum", "若", "每", "合计", "是"])
def test_a_function_that_no_script_can_call_is_told(office: Path, name: str) -> None:
    bad(
        office, HEAD + FUNCTION.replace('("倍数",)', f'("倍数", "{name}")').replace("BODY", "lambda n: min(2 * n, 100)")
    )
    tried = kaoping(office, "plugins", "check", "bad")
    assert f"{name}: no script can call a function so" in tried.stdout
    assert (tried.returncode, "倍数: no script" in tried.stdout) == (1, False)


@pytest.mark.parametrize("line", ["bad = foo bar:", "bad =", "bad", "foo bar:"])
def test_an_entry_point_that_names_no_module_is_told_and_breaks_no_list(office: Path, line: str) -> None:
    bad(office, HEAD)
    (office / "site" / "bad-1.0.dist-info" / "entry_points.txt").write_text(f"[kaoping]\n{line}\n", "utf-8")
    listed = kaoping(office, "plugins", "list")
    assert (listed.returncode, "bad" in listed.stdout) == (0, True), listed.stderr
    tried = kaoping(office, "plugins", "check", "bad")
    assert (tried.returncode, "the plugin `bad` failed while loading" in tried.stdout) == (1, True)
    assert "names no module" in " ".join(tried.stdout.split())
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, ended.stdout, "`bad`" in ended.stderr) == (1, "", True)


def test_the_broken_entry_points_of_others_are_nothing_to_us(office: Path) -> None:
    install(office / "site", "bad", HEAD)
    install(office / "site", "other", "")
    (office / "site" / "other-1.0.dist-info" / "entry_points.txt").write_text("[console_scripts]\nother\n", "utf-8")
    listed = kaoping(office, "plugins", "list")
    assert (listed.returncode, "bad" in listed.stdout, "other" in listed.stdout) == (0, True, False), listed.stderr
    assert kaoping(office, "run", "using.kp", "data.csv").returncode == 0


def test_two_packages_that_offer_the_same_plugin_are_both_left_out(office: Path) -> None:
    bad(office, HEAD)
    install(office / "site", "worse", HEAD)
    (office / "site" / "worse-1.0.dist-info" / "entry_points.txt").write_text("[kaoping]\nbad = worse\n", "utf-8")
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, "more than one installed package" in ended.stderr) == (1, True)


def test_what_its_functions_print_does_not_get_into_the_results(office: Path) -> None:
    bad(office, HEAD + FUNCTION.replace("BODY", "lambda n: print('aloud') or 2 * n"))
    ended = kaoping(office, "run", "calling.kp", "data.csv", "--format", "csv")
    assert (ended.returncode, "aloud" in ended.stdout, "aloud" in ended.stderr) == (0, False, True)
    assert "92.00" in ended.stdout


def test_two_plugins_may_call_their_functions_the_same_inside(office: Path) -> None:
    bad(office, HEAD + FUNCTION.replace('("倍数",)', '("times", "倍数")').replace("BODY", "lambda n: 2 * n"))
    other = HEAD + FUNCTION.replace('("倍数",)', '("times", "三倍")').replace("BODY", "lambda n: 3 * n")
    install(office / "site", "other", other)
    script = CALLING.replace("use bad", "use bad\nuse other")
    (office / "both.kp").write_text(script + "  deduct 1 per 三倍(件数)\n", "utf-8")
    ended = kaoping(office, "run", "both.kp", "data.csv", "--format", "csv")
    assert (ended.returncode, "86.00" in ended.stdout) == (0, True), ended.stderr
    (office / "both.kp").write_text(script.replace("倍数(", "times("), "utf-8")
    ended = kaoping(office, "run", "both.kp", "data.csv")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "more than one plugin that this scheme uses offers a function `times`: bad, other" in ended.stderr


def test_a_plugin_of_ours_that_is_missing_is_named_with_its_package(office: Path) -> None:
    (office / "a.kp").write_text(PLAIN.replace("period 2026", "period 2026\nuse 土地执法"), "utf-8")
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONUTF8": "1"}
    code = "from kaoping import installed; installed.installed = lambda: []; from kaoping.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "check", "a.kp", "--lang", "en"],
        cwd=office, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "pip install kaoping-tudi" in ended.stdout


def test_the_hash_is_that_of_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "data.csv").write_text("a", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    first = content_hash("pack.hooks")
    (package / "data.csv").rename(package / "other.csv")
    assert content_hash("pack.hooks") != first
    (package / "other.csv").rename(package / "data.csv")
    assert content_hash("pack") == first


def test_what_was_compiled_before_is_not_run_where_there_is_a_list(office: Path) -> None:
    """The list has the hashes of the sources; Python runs what lies in `__pycache__` where time and size fit."""
    bad(office, HEAD)
    module = office / "site" / "bad.py"
    other = office / "other" / "bad.py"
    other.parent.mkdir()
    other.write_text(HEAD + 'import sys; print("foreign code", file=sys.stderr)\n', "utf-8")
    listed = kaoping(office, "plugins", "list", "--format", "json").stdout
    stamp = module.stat()
    code = importlib._bootstrap_external._code_to_timestamp_pyc(  # type: ignore[attr-defined]
        compile(other.read_text("utf-8"), str(module), "exec"), int(stamp.st_mtime), stamp.st_size
    )
    cached = Path(importlib.util.cache_from_source(str(module)))
    cached.parent.mkdir(exist_ok=True)
    cached.write_bytes(code)
    assert "foreign code" in kaoping(office, "run", "using.kp", "data.csv").stderr
    allowed = office / "settings" / "kaoping" / "allowed-plugins.json"
    allowed.parent.mkdir(parents=True)
    allowed.write_text(listed, "utf-8")
    ended = kaoping(office, "run", "using.kp", "data.csv")
    assert (ended.returncode, "foreign code" in ended.stderr) == (0, False)
