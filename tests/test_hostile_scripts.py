"""Scripts written to break the check: each ends soon, in a little memory, with findings and never with a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.plan.script import checked_text
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

READ = "结果运用 记 = 工作\n"  # an item that no total counts is read by this
ITEM = "指标 工作 100\n"
COUNT = ITEM + "数据 甲 : 次数\n"
SECONDS = 10  # of processor time; a second or two on a quiet machine
MEGABYTES = 256


def _table(columns: int, rows: list[str], kind: str) -> str:
    inputs = ", ".join(f"甲{i}" for i in range(columns))
    heads = ", ".join(f"乙{i}" for i in range(columns))
    body = "".join(f"  {row}\n" for row in rows)
    total = f"总分 丙 = 表({inputs}).分\n{READ}"
    return f"{ITEM}数据 {inputs} : {kind}\n决策表 表({heads})\n  => 分 : 分值 0..100\n{body}{total}"


def _diagonal(columns: int) -> list[str]:
    """Rows that have nothing in common and leave one corner out: the first yes stands ever further right."""
    return [
        "| " + " | ".join("否" if k < row else "是" if k == row else "_" for k in range(columns)) + f" => {row}"
        for row in range(columns)
    ]


# What is said of each: one finding, its code.
GRADES = "等次 优 > 良\n评定 优 若 总分 >= 3\n评定 良 其余\n"
REFUSED = {
    "brackets": ("令 甲 = " + "(" * 150_000, "KP106"),
    "balanced brackets": ("令 甲 = " + "(" * 65 + "1" + ")" * 65, "KP106"),
    "a megabyte of brackets": ("(" * 1_000_000, "KP100"),
    "cases in cases": ("令 甲 = " + "视 1 [1: " * 300 + "1" + "]" * 300, "KP106"),
    "one long line": ("# " + "x" * 990_000, "KP100"),
    "two megabytes": ("x" * 2_000_000, "KP100"),
    "half a million lines": ("甲\n" * 499_999, "KP100"),
    "chain of not": ("令 甲 = " + "非 " * 30_000 + "乙", "KP106"),
    "chain of minus": ("令 甲 = " + "- " * 50_000 + "乙", "KP106"),
    "chain of else if": ("令 甲 = " + "若 乙 则 1 否则 " * 5_000 + "0", "KP106"),
    "a hundred thousand digits": ("令 甲 = " + "9" * 100_000, "KP107"),
    "a word of a hundred thousand characters": ("若" * 100_000, "KP110"),
    "half a million quotation marks": ('"' * 500_000, "KP100"),
    "a power of a power": (ITEM + "令 甲 = 9**9**9\n", "KP113"),
    "an exponent": (ITEM + "总分 甲 = 1e1000000\n", "KP222"),
    "a wall of stars": ("令 甲 = 乙" + " ** 2" * 3_000, "KP113"),
    "writing from right to left": ("一票否决 若 甲 # \u202e", "KP101"),
    "a null character": ("一票否决 若 甲\x00", "KP101"),
    "an escape sequence in a name": ("指标 「\x1b[31m红」 100", "KP101"),
    "a hundred thousand characters that nobody sees": (ITEM + "\u200b" * 100_000, "KP101"),
    "quotation marks that never close": ("“" * 150_000, "KP104"),
    "tag characters": ("指标 甲\U000e0041 100", "KP103"),
    "radicals": ("指标 " + "⼤" * 1_000 + " 100\n", "KP102"),
    "a zip file": ("PK\x03\x04" + "\x00" * 5_000, "KP101"),
    "half a surrogate": ("一票否决 若 \ud800", "KP103"),
    "three hundred levels": ("\n".join(" " * level + '条 "一"' for level in range(300)), "KP106"),
    "ten thousand places": (COUNT + "总分 乙 = 四舍五入(甲, 999999999)\n", "KP228"),
    "the cube of a large number": (ITEM + "数据 甲 : 数值 0..999999999999\n总分 乙 = 甲 * 甲 * 甲\n", "KP310"),
    "a long product": (COUNT + "总分 乙 = " + " * ".join(["甲"] * 5_000) + "\n", "KP310"),
    "squares of squares": (
        COUNT + "令 甲0 = 甲\n" + "".join(f"令 甲{i + 1} = 甲{i} * 甲{i}\n" for i in range(60)) + "总分 丙 = 甲60\n",
        "KP310",
    ),
    "functions that double": (
        COUNT + "令 f0(x) = x + 1\n" + "".join(f"令 f{i + 1}(x) = f{i}(x) + f{i}(x)\n" for i in range(40))
        + "总分 丙 = f40(甲)\n",
        "KP311",
    ),
    "arguments that treble": (COUNT + "令 f(x) = x + x + x\n总分 丙 = " + "f(" * 40 + "甲" + ")" * 40 + "\n", "KP311"),
    "functions in a circle": (COUNT + "令 f(x) = g(x)\n令 g(x) = f(x) + 1\n总分 丙 = f(甲)\n", "KP230"),
    "a circle of 1,500 names": (
        ITEM + "".join(f"令 甲{i} = 甲{(i + 1) % 1500}\n" for i in range(1500)) + "总分 丙 = 甲0\n",
        "KP230",
    ),
    "a name of HTML": (ITEM + "一票否决 若 「<script>alert(1)</script>」\n", "KP201"),
    "a name of SQL": (ITEM + "一票否决 若 「x\"; drop table t; --」\n", "KP201"),
    "a name of gaps and markup": (ITEM + "一票否决 若 「{0.__class__} %s [bold] {name}」\n", "KP201"),
    "a path for a library": ("引用 「../../../etc/passwd」\n" + ITEM, "KP205"),
    "a case of 10,000 arms": (
        COUNT + "总分 丙 = 视 甲 [" + ", ".join(f"{i}: 1" for i in range(10_000)) + "]\n",
        "KP100",
    ),
    "an interpolation of 10,000 points": (
        COUNT + "总分 丙 = 插值 甲 [" + ", ".join(f"{i}: {i % 100}" for i in range(10_000)) + "]\n",
        "KP100",
    ),
    "5,000 raters": ("指标 甲 100 评分人 " + ", ".join(f"人{i} 0.02%" for i in range(5_000)) + "\n", "KP100"),
    "1,000 labels of 10,000": (
        ITEM + "数据 甲 : 选项 " + ", ".join(f"乙{i}" for i in range(10_000))
        + "\n总分 丙 = 视 甲 [" + ", ".join(f"乙{i}: 1" for i in range(1_000)) + "]\n",
        "KP420",
    ),
    "a case whose last arm is the first again": (
        COUNT + "总分 丙 = 视 甲 [" + ", ".join(f"{i}: 1" for i in range(998)) + ", 0: 1, 其余: 2]\n",
        "KP420",
    ),
    "a table of 5,000 rows": (_table(1, [f"| {i} => 1" for i in range(5_000)], "次数"), "KP100"),
    "a table of 2,000 rows": (_table(1, [f"| {i} => 1" for i in range(2_000)], "次数"), "KP421"),
    "a table of 1,000 rows, two of them alike": (
        _table(2, [*(f"| _ | {i} => 1" for i in range(999)), "| 1 | 1 => 1"], "次数"),
        "KP421",
    ),
    "a table of 40 columns with one gap": (_table(40, _diagonal(40), "是否"), "KP421"),
    "3,000 grades": (ITEM + "等次 " + " > ".join(f"等{i}" for i in range(3_000)) + "\n", "KP100"),
    "3,000 grades with a line each": (
        ITEM + "等次 " + " > ".join(f"等{i}" for i in range(3_000)) + "\n"
        + "".join(f"评定 等{i} 若 总分 >= {i}\n" for i in range(300))
        + "降等 1 若 总分 < 1\n择优 等1 从 等2\n  前 3 按 总分\n  并列 不入\n",
        "KP100",
    ),
    "marks for every day of three centuries": (
        "考核期 1900..2199\n方案 甲\n指标 乙 100 分期平均 日\n",
        "KP100",
    ),
    "200 quotas": (
        ITEM + GRADES + "".join(f"择优 标{i} 从 全部\n  前 3 按 总分\n  并列 不入\n" for i in range(200)),
        "KP100",
    ),
    "1,000 grades for one line": (
        ITEM + "等次 " + " > ".join(f"等{i}" for i in range(1_000)) + "\n评定 等0 若 总分 >= 1\n",
        "KP420",
    ),
}  # fmt: skip

SOUND = {
    "a megabyte of empty lines": ITEM + "\n" * 900_000,
    "a megabyte of blank lines": ITEM + (" " * 100 + "\n") * 9_000,
    "a megabyte of comments": ITEM + ("# " + "x" * 60 + "\n") * 15_000,
    "lines of 100,000 characters": ITEM + ("# " + "x" * 99_990 + "\n") * 9,
    "brackets that are nearly too deep": ITEM + ("# " + "(xxxxxxxxxxxxxx" * 63 + ")\n") * 1_000,
    "10,000 names joined by or": ITEM + "数据 " + ", ".join(f"甲{i}" for i in range(10_000)) + " : 是否\n"
    + "一票否决 若 " + " 或 ".join(f"甲{i}" for i in range(10_000)) + "\n",
    "conditions that double": ITEM + "数据 甲0 : 是否\n"
    + "".join(f"令 甲{i + 1} = 甲{i} 且 甲{i}\n" for i in range(60)) + "一票否决 若 甲60\n",
    "1,000 thresholds": COUNT + "".join(f"一票否决 若 甲 = {i}\n" for i in range(1_000)),
    "500 caps with conditions": COUNT + "加分 1 每 甲\n"
    + "".join(f"封顶 加分 {i + 1} 若 甲 = {i}\n" for i in range(500)),
    "500 bars": COUNT + GRADES + "".join(f"不得评 优 若 甲 = {i}\n" for i in range(500)),
    "1,000 outcomes": COUNT + "".join(f"结果运用 约{i} 若 甲 > {i}\n" for i in range(1_000)),
    "a table of 300 rows and three columns": _table(
        3, [*(f"| {10 * i}..{10 * i + 9} | {i % 7} | _ => 1" for i in range(300)), "其余 => 0"], "次数"
    ),
    "a sum of 20,000 terms": COUNT + "总分 乙 = " + " + ".join(["甲"] * 20_000) + "\n" + READ,
    "names that double": COUNT + "令 甲0 = 甲\n"
    + "".join(f"令 甲{i + 1} = 甲{i} + 甲{i}\n" for i in range(30)) + "总分 丙 = 甲30\n" + READ,
    "a chain of 10,000 names": ITEM + "数据 甲0 : 次数 0..1\n"
    + "".join(f"令 甲{i + 1} = 甲{i}\n" for i in range(10_000)) + "总分 丙 = 甲10000\n" + READ,
    "a chain of 1,000 conditions": ITEM + "数据 甲0 : 是否\n"
    + "".join(f"令 甲{i + 1} = 甲{i} 且 甲{i}\n" for i in range(1_000)) + "一票否决 若 甲1000\n",
    "5,000 groups": COUNT + "".join(f"组 乙{i} 至多 5\n加分 属于 乙{i} 1 每 甲\n" for i in range(5_000)),
    "3,000 tables of records": ITEM
    + "".join(f"台账 乙{i}\n  分 : 分值 0..10\n加分 1 每 乙{i} 其中 分 > 3\n" for i in range(3_000)),
    "every day of three hundred years": "考核期 1900..2199\n台账 乙\n  日 : 日期\n  日期为 日\n"
    "指标 甲 100 分期平均 日\n  扣 1 每 乙\n",
    "a table of 40 columns without gap": _table(40, [*_diagonal(40), "| " + " | ".join(["否"] * 40) + " => 1"], "是否"),
}  # fmt: skip


def _found(text: str) -> list[str]:
    source = Source("a.kp", text)
    scheme, findings = parse(source)
    return [finding.code for finding in (*findings, *plan_scheme(scheme, Surroundings(Path(), {}))[1])]


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_script_is_one_finding(text: str, code: str) -> None:
    start = time.process_time()
    assert _found(text) == [code]
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_a_large_but_honest_script_is_checked_in_time(text: str) -> None:
    start = time.process_time()
    assert _found(text) == []
    assert time.process_time() - start < SECONDS


def _examples_of(text: str) -> list[tuple[bool, list[str]]]:
    scheme, _ = parse(Source("a.kp", text))
    plan, _ = plan_scheme(scheme, Surroundings(Path(), {}))
    assert plan is not None
    return [(result.passed, [finding.code for finding in result.findings]) for result in run_examples(plan)]


def test_a_flood_of_failing_examples_ends() -> None:
    results = _examples_of(ITEM + "".join(f'示例 "{i}"\n  应得 总分 = 91\n' for i in range(2_000)))
    assert results == [(False, ["KP480"])] * 200 + [(False, ["KP199"])]


def test_examples_that_need_too_many_values_are_refused() -> None:
    items = "".join(f"指标 甲{i} 1\n" for i in range(1_000))
    results = _examples_of(items + "".join(f'示例 "{i}"\n  应得 总分 = 1000\n' for i in range(250)))
    assert results[-1] == (False, ["KP100"])
    assert all(result == (True, []) for result in results[:-1])
    assert 100 < len(results) < 250


def test_a_flood_of_mistakes_of_form_ends() -> None:
    _, findings = parse(Source("a.kp", "否决 重大事故\n" * 20_000))
    assert [finding.code for finding in findings] == ["KP119"] * 200 + ["KP199"]


def test_a_flood_of_unknown_names_ends() -> None:
    assert _found(ITEM + "".join(f"一票否决 若 甲{i}\n" for i in range(5_000))) == ["KP201"] * 200 + ["KP199"]


def test_a_flood_of_names_nobody_reads_ends() -> None:
    for names in (", ".join(f"甲{i}" for i in range(10_000)), " : 次数\n数据 ".join(f"甲{i}" for i in range(10_000))):
        start = time.process_time()
        assert _found(ITEM + f"数据 {names} : 次数\n") == ["KP501"] * 200 + ["KP199"]
        assert time.process_time() - start < SECONDS


# ---------------------------------------------------------------- twice the script, twice the work

Script = Callable[[int], str]
GROWING: dict[str, Script] = {
    "a chain of conditions": lambda n: ITEM + "数据 甲0 : 是否\n"
    + "".join(f"令 甲{i + 1} = 甲{i} 且 甲{i}\n" for i in range(n)) + f"一票否决 若 甲{n}\n",
    "a chain of choices": lambda n: COUNT + "令 甲0 = 甲\n"
    + "".join(f"令 甲{i + 1} = 若 甲{i} > 1 则 1 否则 2\n" for i in range(n)) + f"总分 丙 = 甲{n}\n",
    "groups": lambda n: COUNT + "".join(f"组 乙{i} 至多 5\n加分 属于 乙{i} 1 每 甲\n" for i in range(n)),
    "groups with caps": lambda n: COUNT
    + "".join(f"组 乙{i}\n加分 属于 乙{i} 1 每 甲\n封顶 乙{i} 5\n" for i in range(n)),
    "records": lambda n: ITEM
    + "".join(f"台账 乙{i}\n  分 : 分值 0..10\n加分 1 每 乙{i} 其中 分 > 3\n" for i in range(n)),
    "rows of a table": lambda n: _table(1, [*(f"| {i} => 1" for i in range(n)), f"| {n}.. => 2"], "次数"),
    "items in one clause": lambda n: '条 "一"\n' + "".join(f"  指标 甲{i} 1\n" for i in range(n)),
    "clauses": lambda n: "".join(f'条 "{i}"\n  指标 甲{i} 1\n' for i in range(n)),
    "names nobody reads": lambda n: ITEM + "".join(f"数据 甲{i} : 次数\n" for i in range(n)),
}  # fmt: skip


def _calls(text: str) -> int:
    """How many functions are called to check a script: the same on every machine, however busy it is."""
    called = Counter[str]()
    sys.setprofile(lambda _frame, event, _what: called.update([event]))
    try:
        _found(text)
    finally:
        sys.setprofile(None)
    return called["call"] + called["c_call"]


@pytest.mark.parametrize("script", GROWING.values(), ids=GROWING.keys())
def test_twice_the_script_is_twice_the_work(script: Script) -> None:
    _found(script(10))  # what is read once for all scripts
    assert _calls(script(600)) < 2.3 * _calls(script(300))


# ---------------------------------------------------------------- the program itself

FILES: dict[str, bytes] = {
    **{name: text.encode("utf-8", "surrogatepass") for name, (text, _) in REFUSED.items()},
    "every byte there is": bytes(range(256)) * 100,
    "a script in UTF-16": ITEM.encode("utf-16"),
    "a script in GB 18030": ITEM.encode("gb18030"),
    "nothing but a flood": ("否决 甲\n" * 20_000).encode(),
}
_CHECK = """
import sys
from kaoping.cli import main
try:
    main()
finally:
    try:  # not getrusage: its peak is that of the process which started this one, where that was larger
        peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        peak = ""
    if peak:
        print("memory", peak.split()[1], file=sys.stderr)
"""


@pytest.mark.parametrize("name", FILES)
def test_the_program_refuses_a_hostile_file_and_stands(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.kp"
    file.write_bytes(FILES[name])
    command = [sys.executable, "-c", _CHECK, "check", str(file), "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode == 1, said[-500:]
    assert "Traceback" not in said
    assert "\x1b" not in said
    if memory := re.search(r"memory (\d+)", said):
        assert int(memory[1]) < MEGABYTES * 1024


@pytest.mark.parametrize("broken", ["item 一 50 = 3 3", "扣2分", "cap ("])
def test_a_name_that_is_a_built_in_value_beside_a_statement_that_cannot_be_read(broken: str) -> None:
    """The check of names is not made then; a plan of it would have gone round in a circle for ever."""
    script = f"scheme s\nperiod 2009\ninput total : score 0..100\nlet 折算 = total\n{broken}\ntotal 得 = 折算\n"
    made = checked_text(Source("s.kp", script), ".kp", Surroundings())
    assert made.plan is None
    assert all(each.code.startswith("KP1") for each in made.findings)
