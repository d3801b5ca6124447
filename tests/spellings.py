"""The table of spellings in the language reference, from `grammar/keywords.toml`; run it to write the table anew."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "grammar" / "reference.md"
TABLE = re.compile(r"(?<=<!-- spellings -->\n).*?(?=<!-- /spellings -->)", re.DOTALL)
PLACES = {
    "statement": "语句开头 · where a statement starts",
    "inline": "语句中间 · inside a statement",
    "type": "类型 · types, after `:`",
    "rounding": "舍入 · in `round`, `round items`, `rounded`",
    "policy": "并列 · after `ties`",
    "step": "步长 · after `per`",
    "unit": "分期 · after `averaged by`",
    "evidence": "佐证 · after `evidence`",
    "duration": "时长 · after a number, beside a date",
    "tie": "同分 · in `top` and `bottom`",
    "function": "函数 · before `(`",
    "value": "现成的值 · in expressions, unless the name is declared",
}


def keywords() -> dict[str, dict[str, dict[str, list[str]]]]:
    """The words of the language by the place where they are words; what authors write by mistake is left out."""
    content = tomllib.loads((ROOT / "grammar" / "keywords.toml").read_text("utf-8"))
    return {place: content[place] for place in PLACES}


def spellings() -> str:
    """The table, in the order of the file."""
    parts = []
    for place, words in keywords().items():
        rows = [
            " | ".join(["", *(", ".join(f"`{each}`" for each in form) for form in forms(key, word)), ""]).strip()
            for key, word in words.items()
        ]
        parts.append("\n".join([f"### {PLACES[place]}", "", "| English | 简体 | 繁體 |", "|---|---|---|", *rows, ""]))
    return "\n" + "\n".join(parts) + "\n"


def forms(key: str, word: dict[str, list[str]]) -> tuple[list[str], list[str], list[str]]:
    """English, simplified and traditional spellings of a word; traditional only where it differs."""
    return word.get("en", [key]), word["zh"], [each for each in word.get("hant", []) if each not in word["zh"]]


if __name__ == "__main__":
    text = REFERENCE.read_text("utf-8")
    REFERENCE.write_text(TABLE.sub(lambda _: spellings(), text), "utf-8")
