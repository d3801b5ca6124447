"""The front end: a script's text becomes a `Scheme`, and everything wrong with its form becomes findings."""

from __future__ import annotations

from dataclasses import fields
from itertools import islice
from typing import Any

from kaoping.diagnostic import Finding, Fix, error
from kaoping.expr import Expr, Node
from kaoping.scheme import Assume, Broken, Scheme, Statement
from kaoping.source import Source, Span
from kaoping_dsl.blocks import TOP, Place, declared, hoisted, mark_indented, misplaced, place_below
from kaoping_dsl.expressions import Misuse
from kaoping_dsl.lalr import Refused, parser
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.mistakes import explain
from kaoping_dsl.modifiers import Draft
from kaoping_dsl.places import recognise
from kaoping_dsl.signs import Failure
from kaoping_dsl.text import MAX_DEPTH, refusal
from kaoping_dsl.tokens import FOLD, Token, look_alike, scan

MAX_TOKENS = 300_000  # of a script
MAX_STATEMENT = 60_000  # tokens of one statement
MAX_FINDINGS = 200
_SHALLOW = 5  # brackets and prefixes that cannot make a tree deeper than MAX_DEPTH
_NESTING = {"(", "[", "not", "-", "if", "case", "interpolate"}


def parse(source: Source) -> tuple[Scheme, list[Finding]]:
    """Read a script: what could be read, and one finding for each statement that is not well formed; never raises."""
    if refused := refusal(source):
        return Scheme(source, ()), [refused]
    tokens = list(islice(scan(source), MAX_TOKENS + 1))
    if len(tokens) > MAX_TOKENS:
        return Scheme(source, ()), [error("KP100", tokens[-1].span, "tokens", limit=MAX_TOKENS)]
    findings: list[Finding] = []
    found = lines(tokens, source)
    statements = _block(found, TOP, None, findings)
    return Scheme(source, statements), sorted(findings, key=lambda finding: finding.span.start)


def parse_expression(source: Source) -> tuple[Expr | None, list[Finding]]:
    """Read a single expression, as `explain` takes it."""
    if refused := refusal(source):
        return None, [refused]
    tokens = [token for token in scan(source) if token.kind not in ("NEWLINE", "COMMENT")]
    if not tokens:
        return None, [error("KP118", Span(source, len(source.text), len(source.text)), "value", found="")]
    value, _, finding = _read(tokens, "expression")
    return value, [finding] if finding else []


def _block(block: list[Line], place: Place, above: Line | None, findings: list[Finding]) -> tuple[Statement, ...]:
    """The statements of a block; what is indented under a statement without a block is taken as standing beside it."""
    found: list[Statement] = []
    for line in block:
        if len(findings) >= MAX_FINDINGS:
            if findings[-1].code != "KP199":
                findings.append(error("KP199", line.tokens[0].span, limit=MAX_FINDINGS))
            break
        draft, kind, finding = _read(line.tokens, "start")
        if draft and (wrong := misplaced(draft, line, place, above)):
            draft, finding = None, finding or wrong
        finding = line.finding or finding
        if finding:
            findings.append(finding)
        below = place_below(draft, kind, place)
        beside: tuple[Statement, ...] = ()
        if below == "closed":
            mark_indented(line)
            within = _block(line.body, place, above, findings)
            body: tuple[Statement, ...] = tuple(statement for statement in within if isinstance(statement, Assume))
            beside = tuple(statement for statement in within if not isinstance(statement, Assume))
        else:
            body = hoisted(_block(line.body, below, line, findings))
        span = line.tokens[0].span.to(line.tokens[-1].span)
        if draft:
            found.append(draft.made(**draft.fields, body=body, span=span))
        else:
            found.append(Broken(declared(kind, line.tokens), body=body, span=span))
        found += beside
    return tuple(found)


def _read(tokens: list[Token], start: str) -> tuple[Any, str, Finding | None]:
    """What some tokens say, of what kind it is, and what is wrong; an obvious slip is mended, and still reported."""
    value, kind, finding = _attempt(tokens, start)
    if span := look_alike(tokens):
        right = span.text.translate(FOLD)
        finding = error("KP102", span, found=span.text, right=right, fix=Fix(span, right))
    if value is None and finding and finding.fix:
        mended, kind_, _ = _attempt(_mended(tokens, finding.fix), start)
        if mended is not None:
            return mended, kind_, finding
    return value, kind, finding


def _mended(tokens: list[Token], fix: Fix) -> list[Token]:
    span = fix.span
    middle = (
        Token(token.kind, token.text, span.start, span.end, span.source) for token in scan(Source("", fix.replacement))
    )
    before = (token for token in tokens if token.end <= span.start)
    after = (token for token in tokens if token.start >= span.end)
    return [*before, *middle, *after]


def _attempt(raw: list[Token], start: str) -> tuple[Any, str, Finding | None]:
    kind, tokens = recognise(raw, expression=start == "expression")
    if len(tokens) > MAX_STATEMENT:
        return None, kind, error("KP106", raw[0].span, "tokens", limit=MAX_STATEMENT)
    try:
        value = parser().parse(tokens, start)
    except Refused as refused:
        return None, kind, explain(Failure(kind, tokens, refused.at, refused.accepted))
    except Misuse as misuse:
        return None, kind, misuse.finding
    deep = _too_deep(value, tokens)
    return (None, kind, error("KP106", deep, "tree", limit=MAX_DEPTH)) if deep else (value, kind, None)


def _too_deep(value: Draft | Node, tokens: list[Token]) -> Span | None:
    """Where a tree passes the limit on depth."""
    if sum(token.kind in _NESTING for token in tokens) <= _SHALLOW:
        return None
    todo: list[tuple[Any, int]] = [(value, 0)]
    while todo:
        node, depth = todo.pop()
        if isinstance(node, Draft):
            todo += ((part, depth) for part in node.fields.values())
        elif isinstance(node, tuple):
            todo += ((part, depth) for part in node)
        elif isinstance(node, Node):
            if depth >= MAX_DEPTH:
                return node.span
            todo += ((getattr(node, name), depth + 1) for name in _parts(node))
    return None


def _parts(node: Node) -> tuple[str, ...]:
    return tuple(field.name for field in fields(node) if field.name != "span")
