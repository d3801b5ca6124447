"""Examples written out, so that what a search has found can be pasted into the script it was found for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.source import Source
from kaoping.types import decimal_text
from kaoping_dsl.parse import parse
from kaoping_dsl.spelling import language_of_text, spelled
from kaoping_dsl.words import Language

_WIDTH = 110
"""How wide a line of bindings may become before the next begins."""


def write_example(example: s.Example, script: Source) -> str:
    """An example in the language of a script's keywords; names that would be read as something else are quoted."""
    language = language_of_text(script.text)
    text = ""
    for quote in (_plain, _quoted):
        text = "\n".join(_lines(example, language, quote)) + "\n"
        scheme, findings = parse(Source("", text))
        if not findings and scheme.statements == (example,):
            break
    return text


Quoting = Callable[[str], str]


def _plain(name: str) -> str:
    """A name as it is, in corner brackets where letters and digits alone do not make it."""
    usual = name.isidentifier() or (name.replace("_", "").isalnum() and not name[0].isdigit())
    return name if usual else _quoted(name)


def _quoted(name: str) -> str:
    return f"「{name}」"


def _lines(example: s.Example, language: Language, quote: Quoting) -> Iterator[str]:
    def word(key: str) -> str:
        return spelled(key, language)

    yield f'{word("example")} "{example.title}"'
    for statement in example.body:
        match statement:
            case s.Given(bindings=bindings):
                yield from _wrapped(f"  {word('given')} ", _bindings(bindings, language, quote))
            case s.ExampleSubject(name=name, bindings=bindings):
                yield from _wrapped(f"  {word('subject')} {quote(name)}: ", _bindings(bindings, language, quote))
            case s.ExampleHistory(period=period, bindings=bindings):
                yield from _wrapped(f"  {word('history')} {period}: ", _bindings(bindings, language, quote))
            case s.ExampleLink(link=link, bindings=bindings):
                yield from _wrapped(f"  {word('link')} {quote(link)}: ", _bindings(bindings, language, quote))
            case s.Expect(expectations=expectations):
                stated = [each for each in expectations if isinstance(each, s.Binding)]
                yield from _wrapped(f"  {word('expect')} ", _bindings(stated, language, quote))


def _wrapped(head: str, parts: list[str]) -> Iterator[str]:
    """Parts in a row, in further lines where one would become too long: a comma at the end lets it go on."""
    line = head
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        line += part if last else part + ","
        if not last and len(line) + len(parts[number + 1]) > _WIDTH:
            yield line
            line = "     "
        line += "" if last else " "
    yield line.rstrip()


def _bindings(bindings: tuple[s.Binding, ...] | list[s.Binding], language: Language, quote: Quoting) -> list[str]:
    return [f"{_name(each.name, quote)} = {_value(each, language, quote)}" for each in bindings]


def _name(name: e.Name, quote: Quoting) -> str:
    return ".".join(quote(part) for part in name.parts)


def _value(binding: s.Binding, language: Language, quote: Quoting) -> str:
    if not isinstance(binding.value, tuple):
        return _literal(binding.value, language, quote)
    rows = []
    for row in binding.value:
        cells = [f"{_name(each.name, quote)}: {_value(each, language, quote)}" for each in row]
        rows.append(f"[{', '.join(cells)}]")
    return " ".join(rows)


def _literal(value: e.Expr | e.Nothing, language: Language, quote: Quoting) -> str:
    match value:
        case e.Nothing():
            return "-"
        case e.Negative(operand=operand):
            return f"-{_literal(operand, language, quote)}"
        case e.Number(digits=digits, places=places, percent=percent):
            return decimal_text(digits, places - 2) + "%" if percent else decimal_text(digits, places)
        case e.YesNo(value=holds):
            return spelled("yes" if holds else "no", language)
        case e.Date(value=day):
            return day.isoformat()
        case e.Text(value=text):
            return f'"{text}"'
        case e.Name():
            return _name(value, quote)
    raise TypeError(type(value).__name__)
