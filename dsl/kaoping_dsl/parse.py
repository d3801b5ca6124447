"""The front end: a script's text becomes a `Scheme`, and everything wrong with its form becomes findings."""

from __future__ import annotations

from itertools import islice
from typing import Any

from msgspec.structs import astuple

from kaoping.diagnostic import Finding, Fix, error
from kaoping.expr import Expr, Node
from kaoping.scheme import Assume, Broken, Scheme, Statement
from kaoping.source import Source, Span
from kaoping_dsl.blocks import TOP, Place, declared, hoisted, mark_indented, misplaced, place_below
from kaoping_dsl.expressions import Misuse
from kaoping_dsl.lalr import Refused, parser
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.mistakes import explain, worded
from kaoping_dsl.modifiers import Draft
from kaoping_dsl.places import recognise
from kaoping_dsl.signs import Failure
from kaoping_dsl.spelling import language_of, language_of_text
from kaoping_dsl.text import MAX_DEPTH, refusal
from kaoping_dsl.tokens import FOLD, Token, look_alike, scan
from kaoping_dsl.words import Language

MAX_TOKENS = 300_000  # of a script
MAX_STATEMENT = 60_000  # tokens of one statement
MAX_FINDINGS = 200
_MENDS = 4  # slips of one statement that are looked at
_GUESSES = {"near", "joined", "two", "assignment", "labels"}
_SHALLOW = 5  # brackets and prefixes that cannot make a tree deeper than MAX_DEPTH
_NESTING = {"(", "[", "not", "-", "if", "case", "interpolate"}


def parse(source: Source) -> tuple[Scheme, list[Finding]]:
    """Read a script: what could be read, and one finding for each statement that is not well formed; never raises."""
    if refused := refusal(source):
        return Scheme(source, ()), [worded(refused, language_of_text(source.text))]
    tokens = list(islice(scan(source), MAX_TOKENS + 1))
    if len(tokens) > MAX_TOKENS:
        return Scheme(source, ()), [error("KP100", tokens[-1].span, "tokens", limit=MAX_TOKENS)]
    findings: list[Finding] = []
    language = language_of_text(source.text)
    statements = _block(lines(tokens, source), TOP, None, findings, language)
    found = sorted(findings, key=lambda finding: finding.span.start)
    return Scheme(source, statements), [worded(finding, language) for finding in found]


def parse_expression(source: Source) -> tuple[Expr | None, list[Finding]]:
    """Read a single expression, as `explain` takes it."""
    if refused := refusal(source):
        return None, [refused]
    tokens = [token for token in scan(source) if token.kind not in ("NEWLINE", "COMMENT")]
    if not tokens:
        return None, [error("KP118", Span(source, len(source.text), len(source.text)), "value", found="")]
    language = language_of_text(source.text)
    value, _, findings = _read(tokens, "expression", language)
    return value, [worded(finding, language) for finding in findings]


def _block(
    block: list[Line], place: Place, above: Line | None, findings: list[Finding], language: Language
) -> tuple[Statement, ...]:
    """The statements of a block; what is indented under a statement without a block is taken as standing beside it."""
    found: list[Statement] = []
    for line in block:
        if len(findings) >= MAX_FINDINGS:
            if findings[-1].code != "KP199":
                findings.append(error("KP199", line.tokens[0].span, limit=MAX_FINDINGS))
            break
        draft, kind, wrong = _read(line.tokens, "start", language)
        if draft and (stray := misplaced(draft, line, place, above)):
            draft, wrong = None, wrong or [stray]
        findings += [line.finding] if line.finding else wrong
        below = place_below(draft, kind, place)
        beside: tuple[Statement, ...] = ()
        if below == "closed":
            mark_indented(line)
            within = _block(line.body, place, above, findings, language)
            body: tuple[Statement, ...] = tuple(statement for statement in within if isinstance(statement, Assume))
            beside = tuple(statement for statement in within if not isinstance(statement, Assume))
        else:
            outer = above if kind == "clause" else line  # a clause leaves what may stand there as it is
            body = hoisted(_block(line.body, below, outer, findings, language))
        span = line.tokens[0].span.to(line.tokens[-1].span)
        if draft:
            found.append(draft.made(**draft.fields, body=body, span=span))
        else:
            found.append(Broken(declared(kind, line.tokens), body=body, span=span))
        found += beside
    return tuple(found)


def _read(tokens: list[Token], start: str, language: Language) -> tuple[Any, str, list[Finding]]:
    """What some tokens say, of what kind it is, and what is wrong; an obvious slip is mended, and still reported."""
    value, kind, finding = _attempt(tokens, start, language)
    if span := look_alike(tokens):
        right = span.text.translate(FOLD)
        finding = error("KP102", span, found=span.text, right=right, fix=Fix(span, right))
    findings = [finding] if finding else []
    while value is None and finding and (fix := finding.fix) and len(findings) < _MENDS:
        if ";" in fix.replacement:  # two statements: the first is kept
            return _attempt([each for each in tokens if each.end <= fix.span.start], start, language)[0], kind, findings
        tokens = _mended(tokens, fix)
        if not tokens:
            break
        value, mended_kind, further = _attempt(tokens, start, language)
        kind = kind if value is None else mended_kind
        # A second slip counts where it stands clear of the first; what follows from a guess is not reported.
        clear = fix.span.end if fix.replacement else fix.span.start
        if further is None or further.span.start < clear or finding.variant in _GUESSES:
            break
        findings.append(further)
        finding = further
    return value, kind, findings


def _mended(tokens: list[Token], fix: Fix) -> list[Token]:
    """The tokens after a change; those that the change touches are read anew, at their old places."""
    place, source = fix.span, fix.span.source
    first = next((i for i, token in enumerate(tokens) if token.end >= place.start), len(tokens))
    last = next((i for i, token in enumerate(tokens) if token.start > place.end), len(tokens))
    while 0 < first < len(tokens) and tokens[first - 1].end == tokens[first].start:
        first -= 1
    while 0 < last < len(tokens) and tokens[last].start == tokens[last - 1].end:
        last += 1
    start = min([place.start, *(token.start for token in tokens[first : first + 1])])
    end = max([place.end, *(token.end for token in tokens[last - 1 : last])])
    before, after = source.text[start : place.start], source.text[place.end : end]
    moved = place.end - place.start - len(fix.replacement)

    def old(at: int, *, ends: bool) -> int:
        if at <= len(before) - (not ends):
            return start + at
        within = at < len(before) + len(fix.replacement) + ends
        return (place.end if ends else place.start) if within else start + at + moved

    middle = (
        Token(token.kind, token.text, old(token.start, ends=False), old(token.end, ends=True), source, token.word)
        for token in scan(Source("", before + fix.replacement + after))
        if token.kind not in ("NEWLINE", "COMMENT")
    )
    return [*tokens[:first], *middle, *tokens[last:]]


def _attempt(raw: list[Token], start: str, language: Language) -> tuple[Any, str, Finding | None]:
    kind, tokens = recognise(raw, expression=start == "expression")
    if len(tokens) > MAX_STATEMENT:
        return None, kind, error("KP106", raw[0].span, "tokens", limit=MAX_STATEMENT)
    try:
        value = parser().parse(tokens, start)
    except Refused as refused:
        return None, kind, explain(Failure(kind, tokens, refused.at, refused.accepted, language_of(tokens, language)))
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
            todo += ((part, depth + 1) for part in astuple(node))
    return None
