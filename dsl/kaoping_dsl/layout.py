"""From tokens to statements: line ends, `;`, indentation and the lines that continue the line above."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Source, Span
from kaoping_dsl.places import inline_word, statement_word
from kaoping_dsl.tokens import Token

MAX_BLOCKS = 64
_TAB = 8

_OPENING = {"(": ")", "[": "]"}
_QUOTA = {"select", "limit", "top", "bottom", "where", "ties", "rounded"}
_ROWS = {"|", "=>", "table", "otherwise"}
_BINDINGS = {"given", "subject", "history", "link", "expect"}
# A line that begins or ends so belongs to its neighbour.
_BEGINS_CONTINUED = {
    "+", "-", "TIMES", "DIVIDED", "=", "<", ">", "COMPARISON", "..", "..<", "<..", "<..<", "[", ")", "]", ",", ":",
    ".",
}  # fmt: skip
_ENDS_CONTINUED = {"+", "-", "TIMES", "DIVIDED", "=", "<", ">", "COMPARISON", "(", "[", ",", ":"}
_ENDS_CONTINUED_WORDS = {"and", "or", "not", "then", "else"}
_NO_COLON = {"records", "clause", "item", "table", "example", "select", "limit", "scheme"}
_PLAIN = {"NAME", "NUMBER", "PERCENT", "STRING", "DATE", "MONTH_DAY"}


class Line(Struct):
    """The tokens of one statement, the statements of the block below it, and what is wrong with its indentation."""

    tokens: list[Token]
    indent: int
    body: list[Line] = field(default_factory=list)
    finding: Finding | None = None


def lines(tokens: Iterable[Token], source: Source) -> list[Line]:
    """The statements of a text, each with its block; comments are left out."""
    return _blocks(_statements([token for token in tokens if token.kind != "COMMENT"], source))


def _statements(tokens: list[Token], source: Source) -> list[Line]:
    found: list[Line] = []
    current: list[Token] = []
    head = ""  # what the statement begins with, as `_head` says
    brackets = 0
    indent = 0
    new_line = True
    line_start = 0
    for i, token in enumerate(tokens):
        kind = token.kind
        if kind == "NEWLINE":
            new_line = True
            line_start = token.end
            continue
        if kind == ";":
            current = []
            brackets = 0
            new_line = False
            continue
        if not current or (new_line and not _continues(tokens, i, current[-1], head, brackets)):
            if new_line:
                indent = _width(source.text[line_start : token.start])
            current = [token]
            found.append(Line(current, indent))
            head = _head(tokens, i)
            brackets = 0
        else:
            current.append(token)
        new_line = False
        if kind in _OPENING:
            brackets += 1
        elif kind in (")", "]") and brackets:
            brackets -= 1
    return found


def _head(tokens: list[Token], i: int) -> str:
    found = statement_word(tokens, i)
    return found[0].key if found else tokens[i].kind


def _continues(tokens: list[Token], i: int, previous: Token, head: str, brackets: int) -> bool:
    """Whether a line that begins with token i belongs to the statement before it."""
    token = tokens[i]
    statement = statement_word(tokens, i)
    if previous.kind == ":" and not brackets and head in _NO_COLON:
        return False
    if brackets or previous.kind in _ENDS_CONTINUED or _ends_in_word(previous):
        # There a `-` at the end of the line is a value that is missing, no sign.
        if previous.kind == "-" and (head in _ROWS or head in _BINDINGS):
            return False
        # An open bracket must not swallow the rest of the script: a statement in full dress ends it.
        return not (statement and statement[0].key != "where" and _opens_statement(tokens, i + statement[1]))
    if token.kind in _BEGINS_CONTINUED:
        return True
    if token.kind != "NAME":
        return False
    word = inline_word(tokens, i)
    if word is None:
        return False
    if statement:
        return word.key == "where" and head not in _QUOTA
    if word.key == "otherwise" and head in _ROWS:
        return False
    if word.key == "if" and _turned(tokens, i):
        return False
    return not (i + 1 < len(tokens) and tokens[i + 1].kind in (":", ","))


def _turned(tokens: list[Token], i: int) -> bool:
    """`若 重大事故 则 一票否决` on its own line: a statement the wrong way round, no condition of the one above."""
    while i + 1 < len(tokens) and tokens[i].kind != "NEWLINE":
        word = inline_word(tokens, i) if tokens[i].kind == "NAME" else None
        if (tokens[i].kind == "," or (word and word.key == "then")) and statement_word(tokens, i + 1):
            return True
        i += 1
    return False


def _ends_in_word(token: Token) -> bool:
    word = inline_word([token], 0) if token.kind == "NAME" else None
    return word is not None and word.key in _ENDS_CONTINUED_WORDS


def _opens_statement(tokens: list[Token], i: int) -> bool:
    if i >= len(tokens):
        return False
    word = inline_word(tokens, i)
    return tokens[i].kind in _PLAIN and (word is None or word.key in ("if", "unless", "in"))


def _width(space: str) -> int:
    width = 0
    for char in space:
        if char == "\t":
            width += _TAB - width % _TAB
        elif char != "\ufeff":
            width += 2 if char == "\u3000" else 1
    return width


def _blocks(statements: list[Line]) -> list[Line]:
    """Hang every statement below the one that it is indented under."""
    top: list[Line] = []
    stack: list[tuple[int, list[Line]]] = [(0, top)]
    too_deep = False
    for line in statements:
        if line.indent > stack[-1][0] and stack[-1][1]:
            if len(stack) < MAX_BLOCKS:
                stack.append((line.indent, stack[-1][1][-1].body))
            elif not too_deep:
                too_deep = True
                line.finding = error("KP106", line.tokens[0].span, "blocks", limit=MAX_BLOCKS)
        else:
            inner = stack[-1][0]
            while len(stack) > 1 and line.indent < stack[-1][0]:
                inner = stack.pop()[0]
            outer = stack[-1][0]
            if outer < line.indent:
                line.finding = _misaligned(line, outer, inner)
                if inner > outer:
                    stack.append((inner, stack[-1][1][-1].body))
        stack[-1][1].append(line)
    return top


def _misaligned(line: Line, outer: int, inner: int) -> Finding:
    token = line.tokens[0]
    start = token.start - (token.source.position(token.start)[1] - 1)
    return error(
        "KP117", token.span, "unaligned", found=line.indent, outer=outer, inner=inner,
        fix=Fix(Span(token.source, start, token.start), " " * inner),
    )  # fmt: skip
