"""How wide text stands on a terminal: Chinese characters take two columns."""

from __future__ import annotations

import re
from unicodedata import category, east_asian_width

TAB = 4


def width(text: str) -> int:
    """The columns a text takes: 2 for a wide character, 0 for one that joins the one before, else 1."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if east_asian_width(char) in "WF":
        return 2
    return 0 if category(char) in ("Mn", "Me", "Cf") else 1


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """A text filled with blanks to a number of columns, at its left where numbers stand right."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, columns: int) -> str:
    """A text held to a number of columns; `...` stands for what was left out."""
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for char in text:
        used += _columns(char)
        if used > columns - 3:
            break
        kept += char
    return kept + "..."


def wrapped(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many columns, broken at blanks or after any Chinese character."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and width(line) + width(piece.rstrip()) > columns and piece not in _NEVER_FIRST:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines


_NEVER_FIRST = tuple("，。；：、！？）」』】》”’%,.;:!?)")


_QUOTED = re.compile(r"`[^`]{1,40}`|.")


def _pieces(text: str) -> list[str]:
    """Words with the blanks behind them; a wide character is a word of its own, what stands in backticks is one."""
    pieces: list[str] = []
    for found in _QUOTED.finditer(text):
        piece = found[0]
        alone = len(piece) > 1 or _columns(piece) == 2
        if pieces and not alone and _joins(pieces[-1], piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _joins(before: str, char: str) -> bool:
    """Whether a narrow character goes on with the word before it, as a blank does that ends it."""
    if char == " ":
        return True
    return not before.endswith((" ", "`")) and _columns(before[-1]) != 2


_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """A text whose control characters can do nothing to a terminal: each shows as its escape."""
    return "\n".join(line if line.isprintable() else _visible(line) for line in text.split("\n"))


def on_a_line(text: str) -> str:
    """A text that stays on the line it stands on, with blanks where it had line breaks of any kind."""
    return visible(" ".join(text.splitlines()))


def _visible(line: str) -> str:
    return "".join(_escaped(char) if category(char) in _UNSEEN else char for char in line)


def _escaped(char: str) -> str:
    return " " * TAB if char == "\t" else f"\\u{{{ord(char):x}}}"


def laid_out(line: str) -> tuple[str, list[int]]:
    """A line of a script as a terminal shows it, and the column where each character begins (and the last ends)."""
    shown, starts, column = "", [], 0
    for char in line:
        starts.append(column)
        piece = " " * (TAB - column % TAB) if char == "\t" else visible(char)
        shown += piece
        column += width(piece)
    return shown, [*starts, column]
