"""The front end: a script's text becomes a `Scheme`, and everything wrong with its form becomes findings."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from kaoping.diagnostic import Finding, error
from kaoping.expr import Expr
from kaoping.scheme import Broken, Scheme, Statement
from kaoping.source import Source, Span
from lark import Lark, UnexpectedToken

from kaoping_dsl.expressions import Misuse
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.places import recognise
from kaoping_dsl.statements import Draft, Statements
from kaoping_dsl.tokens import Token, scan
from kaoping_dsl.words import grammar_file


class Grammar(NamedTuple):
    """The parser that Lark makes, and the terminal of every quoted word and sign of the grammar."""

    parser: Lark
    terminals: dict[str, str]


@cache
def grammar() -> Grammar:
    """The grammar, built once."""
    parser = Lark(
        grammar_file("kaoping.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        start=["start", "expression"],
        transformer=Statements(),
        maybe_placeholders=True,
    )
    return Grammar(parser, {t.pattern.value: t.name for t in parser.terminals if t.pattern.type == "str"})


def parse(source: Source) -> tuple[Scheme, list[Finding]]:
    """Read a script: what could be read, and one finding for each statement that is not well formed; never raises."""
    findings: list[Finding] = []
    found = lines(scan(source), source, findings)
    statements = tuple(_statement(line, findings) for line in found)
    return Scheme(source, statements), findings


def parse_expression(source: Source) -> tuple[Expr | None, list[Finding]]:
    """Read a single expression, as `explain` takes it."""
    findings: list[Finding] = []
    tokens = [token for token in scan(source) if token.type not in ("NEWLINE", "COMMENT")]
    value = _parse(tokens, "expression", findings)
    return value, findings


def _statement(line: Line, findings: list[Finding]) -> Statement:
    tokens = recognise(line.tokens)
    draft = _parse(tokens, "start", findings)
    place = Span(tokens[0].source, tokens[0].start, tokens[-1].end)
    body = tuple(_statement(child, findings) for child in line.body)
    if draft is None:
        return Broken(names=(), body=body, span=place)
    return draft.kind(**draft.fields, body=body, span=place)


def _parse(tokens: list[Token], start: str, findings: list[Finding]) -> Any:
    parser, terminals = grammar()
    state = parser.parse_interactive(start=start)
    try:
        for token in tokens:
            token.type = terminals.get(token.type, token.type)
            state.feed_token(token)  # type: ignore[arg-type]
        return state.feed_eof()
    except UnexpectedToken as problem:
        token = problem.token
        place = token.span if isinstance(token, Token) else Span(tokens[-1].source, tokens[-1].end, tokens[-1].end)
        findings.append(error("KP111", place, found=str(token), expected=sorted(problem.accepts or ())))
    except Misuse as problem:
        findings.append(problem.finding)
    return None
