"""From text to tokens: full-width forms folded one to one, so that every column stays where the author sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from kaoping.source import Source, Span
from kaoping_dsl.words import Word

_FULL_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
_LIKE_ASCII = {
    "\u3000": " ", "\u00a0": " ", "【": "[", "】": "]", "、": ",", "−": "-", "＂": '"', "﹪": "%", "﹣": "-", "∕": "/",
}  # fmt: skip
# Radicals and compatibility ideographs look like characters and are others; PDF files are full of them.
_LOOK_ALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
_LOOK_ALIKES = {
    code: folded
    for start, end in ((0x2E80, 0x2FE0), (0xF900, 0xFB00))
    for code in range(start, end)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1
}
FOLD = str.maketrans({**_FULL_WIDTH, **{ord(c): to for c, to in _LIKE_ASCII.items()}, **_LOOK_ALIKES})


class Token(Struct, eq=False):
    """A piece of a script: what it is, its folded text, its place, and the keyword it is, if any.

    `kind` is a keyword's English word ("up to"), a sign itself ("(", ".."), or the name of a literal (NUMBER).
    """

    kind: str
    text: str
    start: int
    end: int
    source: Source
    word: Word | None = None

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(self.source, self.start, self.end)


_WRONG_DATE = (
    r"[0-9]{4}-(?:[0-9]-[0-9]{1,2}|[0-9]{2}-[0-9])(?![0-9])|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(?!\w)"
    r"|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}(?![0-9])"
)
# The terminals of the grammar, and after them what authors write by mistake, so that the mistake can be named.
_TERMINALS = (
    ("NEWLINE", r"\n(?:[ \t\r\f\v]*\n)*"),
    ("SPACE", r"[ \t\r\f\v]+"),
    ("COMMENT", r"#[^\n]*"),
    ("NAME", r"[^\W\d]\w*|「[^「」\n]+」"),
    ("WRONG_DATE", _WRONG_DATE),
    ("DATE", r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])"),
    ("MONTH_DAY", r"[0-9]{1,2}月[0-9]{1,2}日(?!\w)"),
    ("PERCENT", r"[0-9]+(?:\.[0-9]+)?[%‰]"),
    ("NUMBER", r"[0-9]+(?:\.[0-9]+)?"),
    ("STRING", r'"[^"＂\n]*["＂]|“(?:[^“”\n]|“[^“”\n]*”)*”'),
    ("WRONG_OPERATOR", r"==+|=<|<>|&&?|\|\||:=|!(?!=)|\*\*|\^|~|～|—+|–|…"),
    ("COMPARISON", r">=|<=|!=|≥|≤|≠|≧|≦"),
    ("SIGN", r"<\.\.<|<\.\.|\.\.<|\.\.|=>|[-+=<>()\[\]:,.|;]"),
    ("TIMES", r"[*×]"),
    ("DIVIDED", r"[/÷]"),
    ("WRONG_STRING", r'["“”][^\n]*'),
    ("WRONG_NAME", r"「[^\n」]*」?"),
    ("WRONG", r"."),
)
_SCAN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TERMINALS)).finditer


def scan(source: Source) -> Iterator[Token]:
    """All tokens of a text, spaces left out, line ends and comments kept."""
    text = source.text
    folded = text.translate(FOLD)
    after_number = -1
    for match in _SCAN(folded, 1 if text[:1] == "\ufeff" else 0):
        kind = match.lastgroup or ""
        if kind == "SPACE":
            continue
        start, end = match.span()
        if kind == "SIGN":
            found = match.group()
            yield Token(found, found, start, end, source)
            continue
        if kind == "NAME":
            found = match.group()
            if start == after_number:
                kind = "UNIT"
            elif found == "_":
                kind = "_"
            yield Token(kind, found, start, end, source)
            continue
        if kind == "NUMBER":
            after_number = end
        # What stands in quotation marks is kept as the author wrote it.
        yield Token(kind, text[start:end] if kind in ("STRING", "COMMENT") else match.group(), start, end, source)


def look_alike(tokens: list[Token]) -> Span | None:
    """The first name that holds a radical or a compatibility ideograph in place of a character."""
    for token in tokens:
        if token.kind in ("NAME", "UNIT") and _LOOK_ALIKE.search(token.source.text, token.start, token.end):
            return token.span
    return None
