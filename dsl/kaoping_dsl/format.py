"""The formatter: one layout for every script, over the tokens, so that comments and line breaks stay the author's."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from kaoping import scheme as s
from kaoping.source import Source
from kaoping_dsl.layout import Line, lines
from kaoping_dsl.parse import parse
from kaoping_dsl.places import recognise
from kaoping_dsl.tokens import Token, scan
from kaoping_dsl.words import Language, Word, tables

_INDENT = 2
_CONTINUED = 4

_RANGES = {"..", "..<", "<..", "<..<"}
_RANGE_ENDS = {"NUMBER", "PERCENT", "DATE", "MONTH_DAY", "PERIOD_CODE", "NAME", "-"}
_AFTER_NOTHING = ("|", "if", "unless", "otherwise")  # a `-` before them is no value, not a sign
_DECLARING = {"input", "field", "param", "class", "=>", "link", "let", "outcome"}  # `NAME : TYPE`
_HALF_WIDTH = {"≥": ">=", "≤": "<=", "≠": "!=", "≧": ">=", "≦": "<=", "×": "*", "÷": "/"}


def format_script(text: str, keywords: Language | None = None) -> str:
    """A script laid out: half-width signs, two spaces a level, one blank line at most; comments and line breaks stay.

    `keywords` turns every keyword, and every built-in name that the script does not declare itself, into one language.
    A script that cannot be read is returned as it is.
    """
    source = Source("", text)
    scheme, findings = parse(source)
    if findings:
        return text
    tokens = list(scan(source))
    names = Names.of(scheme) if keywords else Names()
    rows: dict[int, _Row] = {}
    for line, depth in _flat(lines(tokens, source), 0):
        _place(line, depth, rows, source, keywords, names)
    for token in tokens:
        if token.kind == "COMMENT":
            row = rows.setdefault(source.position(token.start)[0], _Row(None))
            row.comment = "#" + token.text[1:].rstrip()
    return _written(rows)


class _Row(Struct):
    """A line of the result; the indent of a comment on its own is that of what follows."""

    indent: int | None
    text: str = ""
    comment: str = ""


def _written(rows: dict[int, _Row]) -> str:
    indent = 0
    for number in sorted(rows, reverse=True):
        row = rows[number]
        indent = row.indent = indent if row.indent is None else row.indent
    out: list[str] = []
    last = None
    for number in sorted(rows):
        row = rows[number]
        if last is not None and number > last + 1:
            out.append("")
        out.append((" " * (row.indent or 0) + "  ".join(part for part in (row.text, row.comment) if part)).rstrip())
        last = number
    return "".join(line + "\n" for line in out)


def _flat(block: list[Line], depth: int) -> Iterator[tuple[Line, int]]:
    for line in block:
        yield line, depth
        yield from _flat(line.body, depth + 1)


def _place(
    line: Line, depth: int, rows: dict[int, _Row], source: Source, keywords: Language | None, names: Names
) -> None:
    """Write a statement into the lines that it has in the script."""
    kind, tokens = recognise(line.tokens)
    if kind == "link" and any(token.kind == "=" for token in tokens):
        kind = "given"  # in an example it gives values, as `given` and `history` do
    brackets = 0
    before: Token | None = None
    joined: dict[int, int] = {}  # lines of the script whose text goes to an earlier one
    sign = False  # whether the token before is the sign of a number, not a minus
    for i, token in enumerate(tokens):
        number = source.position(token.start)[0]
        number = joined.get(number, number)
        last = source.position(token.end)[0]
        if last > number:  # the words of one keyword on two lines
            joined[last] = number
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        written = _spelled(kind, tokens, i, brackets, keywords, names)
        row = rows.get(number)
        if row is None:
            rows[number] = _Row(depth * _INDENT + (_CONTINUED if before else 0), written)
        elif before is None:
            row.text += "; " + written
        else:
            row.text += ("" if sign or _tight(before, token, kind, brackets) else " ") + written
        sign = token.kind == "-" and _is_sign(before) and after is not None and after.kind not in _AFTER_NOTHING
        if token.kind in ("(", "["):
            brackets += 1
        elif token.kind in (")", "]"):
            brackets -= 1
        before = token


def _is_sign(before: Token | None) -> bool:
    return (
        before is None or before.word is not None or before.kind not in ("NAME", "NUMBER", "PERCENT", "UNIT", ")", "]")
    )


def _tight(before: Token, token: Token, kind: str, brackets: int) -> bool:
    """Whether no space stands between two tokens."""
    match before.kind, token.kind:
        case ("(" | "[" | ".", _) | (_, ")" | "]" | "," | "." | "UNIT" | "_NEXT"):
            return True
        case ("NAME", "("):
            return kind not in ("table", "link")
        case (_, ":"):
            return not (kind in _DECLARING and (not brackets or kind == "link"))
        case (":", _):
            return kind == "item" and not brackets
        case (ends, range_) if range_ in _RANGES:
            return ends in _RANGE_ENDS or ends == "UNIT"
        case (range_, ends) if range_ in _RANGES:
            return ends in _RANGE_ENDS
    return False


def _spelled(kind: str, tokens: list[Token], i: int, brackets: int, keywords: Language | None, names: Names) -> str:
    """Token i of a statement as it is written."""
    token = tokens[i]
    if token.word:
        word = _usual(kind, tokens, i, brackets) or token.word
        return word.spelling(keywords) if keywords else token.text
    match token.kind:
        case "STRING":
            inside = token.text[1:-1]
            return f'"{inside}"' if '"' not in inside else token.text
        case "NAME" if keywords:
            return names.spelled(tokens, i, keywords)
        case "COMPARISON" | "TIMES" | "DIVIDED":
            return _HALF_WIDTH.get(token.text, token.text)
    return token.text


def _usual(kind: str, tokens: list[Token], i: int, brackets: int) -> Word | None:
    """The word of the table `usual` for a keyword in a place where another spelling than the first is the usual one."""
    match tokens[i].kind:
        case "in" if kind == "group" or (kind in ("bonus", "penalty") and i == 1):
            pass
        case "by" if kind == "expect" and [token.kind for token in tokens[i + 1 : i + 2]] == ["STRING"]:
            pass
        case "up to" if kind == "item" and not brackets:
            pass
        case _:
            return None
    return _usual_spelling(tokens[i].kind)


def _usual_spelling(key: str) -> Word:
    return next(word for word in tables()["usual"].words if word.key == key)


class Names(Struct, frozen=True):
    """The names of a script: those that it declares, and those of other scripts."""

    declared: frozenset[str] = field(default_factory=frozenset)
    foreign: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, scheme: s.Scheme) -> Names:
        """The names of a scheme."""
        declared: set[str] = set()
        foreign: set[str] = set()
        todo = list(scheme.statements)
        while todo:
            statement = todo.pop()
            todo += statement.body
            declared.update(_declared(statement))
            match statement:
                case s.Link(name, schemes):
                    foreign.update((name, *schemes))
                case s.Records(name, str(other), _):
                    foreign.update((name, other))
                case s.Use(library):
                    foreign.add(library)
        return cls(frozenset(declared), frozenset(foreign))

    def spelled(self, tokens: list[Token], i: int, keywords: Language) -> str:
        """A built-in name in the language wished for; a declared name, or one of another script, as it is."""
        token, head = tokens[i], tokens[i - 2] if i > 1 else None
        word = _built_in(tokens, i)
        if word is None:
            return token.text
        spelling = word.spelling(keywords)
        taken = {token.text, spelling} & (self.declared | self.foreign)
        inside = i > 0 and tokens[i - 1].kind == "." and (head is None or head.text not in self.declared)
        if taken or (inside and not (head and tables()["value"].single.get(head.text))):
            return token.text
        return spelling


def _built_in(tokens: list[Token], i: int) -> Word | None:
    word = tables()["function"].single.get(tokens[i].text)
    if not (i + 1 < len(tokens) and tokens[i + 1].kind == "("):
        if word and word.key == "average" and i and tokens[i - 1].kind == "else":
            return word  # `applies if C else average`
        return tables()["value"].single.get(tokens[i].text)
    if word and word.key == "previous" and _of_rows(tokens[i + 1 :]):
        return _usual_spelling(word.key)
    return word


def _of_rows(call: list[Token]) -> bool:
    """Whether a call says by what rows are ordered: `previous(日期 by 日期)`; brackets inside it do not count."""
    depth = 0
    for token in call:
        depth += (token.kind in ("(", "[")) - (token.kind in (")", "]"))
        if not depth:
            return False
        if depth == 1 and token.kind == "by":
            return True
    return False


def _declared(statement: s.Statement) -> Iterator[str]:
    """The names and labels that a statement brings."""
    match statement:
        case s.Input(names, type_) | s.Param(names, _, s.WrittenType() as type_):
            yield from (*names, *_of_type(type_))
        case s.Class(name, type_) | s.TableOutput(name, type_):
            yield from (name, *_of_type(type_))
        case s.Link(types=types):
            for name, type_ in types:
                yield from (name, *_of_type(type_))
        case s.Grades(names):
            yield from names
        case s.Let(name, _, parameters, type=type_):
            yield from (*name, *parameters, *(_of_type(type_) if type_ else ()))
        case s.Outcome(name, type=s.WrittenType() as type_):
            yield from (name, *_of_type(type_))
        case s.Item(name=name, raters=raters):
            yield from (name, *(rater for rater, _ in raters))
        case s.Line(amount=amount) | s.Adjustment(amount=amount):
            if isinstance(amount.value, s.Judged):
                yield amount.value.name
        case s.Select(mark, pool):
            yield from (mark, pool or mark)
        case s.Limit(grade, otherwise):
            yield from (grade, otherwise)
        case s.Top(of=str(name), of_grade=True) | s.Bar(name) | s.Grade(str(name)) | s.On(name):
            yield name
        case (
            s.Param((name,)) | s.Records(name) | s.Group(name) | s.Total(name) | s.Outcome(name) | s.Table(name)
            | s.SchemeName(name) | s.Subject(name) | s.ExampleSubject(name)
        ):  # fmt: skip
            yield name


def _of_type(type_: s.WrittenType) -> tuple[str, ...]:
    return (*type_.labels, type_.unit) if type_.unit else type_.labels
