"""Write the page of every code: what it means, why it is a problem, the script, what is printed, the script put right.

`python docs/errors/build.py` writes the pages and the index from the catalogues and the case files; nothing in a page
is written by hand. `tests/test_error_pages.py` proves that they are up to date.
"""

from __future__ import annotations

import difflib
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = ROOT / "tests" / "cases"
MESSAGES = ROOT / "core" / "kaoping" / "messages"
GROUPS = (
    ("KP1", "写法:文字、标点、数字、关键字、缩进", "spelling and layout"),
    ("KP2", "名称、类型、单位", "names, types, units"),
    ("KP3", "范围、位数、缺值", "ranges, places, missing values"),
    ("KP4", "指标、分段、等次、名额、示例", "items, cases, grades, quotas, examples"),
    ("KP5", "提醒:用不上的、可能有误的", "warnings"),
    ("KP6", "数据", "data"),
    ("KP9", "其他", "others"),
)

Entry = dict[str, Any]


def catalogue(language: str) -> dict[str, Entry]:
    """The entries of all codes in a language."""
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted((MESSAGES / language).glob("*.toml"))]
    return {code: entry for file in files for code, entry in file.items() if code.startswith("KP")}


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    zh, en = catalogue("zh"), catalogue("en")
    made = {f"{code}.md": page(code, zh[code], en[code]) for code in sorted(zh)}
    return {"README.md": index(zh, en), **made}


def index(zh: dict[str, Entry], en: dict[str, Entry]) -> str:
    """The list of all codes."""
    lines = [
        "# 检查提示一览 · What the checker says",
        "",
        "每条提示都有编号。点开可以看到它是什么意思、为什么是问题、错的写法、打印的提示和对的写法。",
        "",
        "Every finding has a code; its page has the meaning, a script with the mistake, what is printed, and the cure.",
    ]
    for prefix, chinese, english in GROUPS:
        codes = sorted(code for code in zh if code.startswith(prefix))
        if codes:
            lines += ["", f"## {chinese} · {english}", "", "| 编号 | 提示 | finding |", "| --- | --- | --- |"]
            lines += [f"| [{code}]({code}.md) | {zh[code]['title']} | {en[code]['title']} |" for code in codes]
    return "\n".join(lines) + "\n"


def page(code: str, zh: Entry, en: Entry) -> str:
    """The page of a code, Chinese first."""
    cases = sorted((CASES / "bad").glob(f"{code}-*.kp"))
    lines = [f"# {code} {zh['title']}", "", *_meaning(zh, "为什么", "怎么办")]
    for case in cases:
        lines += ["", f"## {_heading(case, zh)}" if len(cases) > 1 else "## 例子", "", *_example(case)]
    if not cases:
        lines += _variants(zh, "## 几种情形")
    lines += ["", f"## English: {en['title']}", "", *_meaning(en, "Why", "What to do")]
    if cases:
        lines += ["", *_block("text", cases[0].with_suffix(".en.txt").read_text("utf-8"))]
    else:
        lines += _variants(en, "")
    return "\n".join(lines) + "\n"


def _meaning(entry: Entry, why: str, what_to_do: str) -> list[str]:
    said = [entry["text"]]
    said += [f"**{why}**: {entry['why']}"] if "why" in entry else []
    said += [f"**{what_to_do}**: {entry['help']}"] if "help" in entry else []
    return "\n\n".join(_sentence(text) for text in said).split("\n")


def _variants(entry: Entry, heading: str) -> list[str]:
    variants = entry.get("variant", {}).values()
    said = [f"- {_sentence('; '.join(each[part] for part in ('text', 'help') if part in each))}" for each in variants]
    return ["", *([heading, ""] if heading else []), *said] if said else []


def _sentence(text: str) -> str:
    """A phrase as running text; what fills its gaps is left open."""
    return re.sub(r"\{\w+\}", "…", text)


def _heading(case: Path, zh: Entry) -> str:
    """The title of an example: what is printed first for it, behind its code."""
    first = case.with_suffix(".zh.txt").read_text("utf-8").splitlines()[0]
    title = first.partition("] ")[2] or zh["title"]
    return f"{title}: {_wrong_line(case)}"


def _wrong_line(case: Path) -> str:
    """The line of a bad script that its good twin has otherwise, in short."""
    return " ".join(_changed(case)[0][0].split())[:40].replace("|", "\\|")


def _changed(case: Path) -> tuple[list[str], list[str]]:
    """The lines that only the bad script has, and those that only the good one has."""
    wrong = case.read_text("utf-8").splitlines()
    right = (CASES / "good" / case.name).read_text("utf-8").splitlines()
    difference = list(difflib.ndiff(wrong, right))
    only_wrong = [line[2:] for line in difference if line.startswith("- ")]
    only_right = [line[2:] for line in difference if line.startswith("+ ")]
    return only_wrong or [wrong[-1]], only_right


def _example(case: Path) -> list[str]:
    return [
        "错的写法:",
        "",
        *_block("kp", case.read_text("utf-8")),
        "",
        "打印的提示:",
        "",
        *_block("text", case.with_suffix(".zh.txt").read_text("utf-8")),
        "",
        "对的写法:",
        "",
        *_block("kp", (CASES / "good" / case.name).read_text("utf-8")),
    ]


def _block(language: str, text: str) -> list[str]:
    return [f"```{language}", *text.rstrip("\n").split("\n"), "```"]


def main() -> None:
    """Write what has changed, and remove the pages of codes that are no more."""
    wanted = pages()
    for name, text in wanted.items():
        path = HERE / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(name)
    for path in HERE.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
            print(f"- {path.name}")


if __name__ == "__main__":
    sys.exit(main())
