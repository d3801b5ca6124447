"""Examples as the language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.source import Source
from kaoping.types import decimal_text
from kaoping_dsl.format import Names
from kaoping_dsl.parse import parse
from kaoping_dsl.spelling import language_of_text
from kaoping_dsl.words import Language, tables

_PLAIN = re.compile(r"[^\W\d]\w*")
"""A name that needs no corner brackets."""


def write_examples(examples: Sequence[s.Example], script: str) -> str:
    """Examples with their blocks, in the keywords that a script is written in, a blank line before each."""
    writer = _Writer(language_of_text(script), Names.of(parse(Source("", script))[0]).declared)
    return "".join(line for each in examples for line in writer.example(each))


class _Writer:
    """Writes in one language, beside names that a script declares."""

    def __init__(self, language: Language, declared: frozenset[str]) -> None:
        self.language, self.declared = language, declared

    def word(self, key: str, table: str = "statement") -> str:
        """The spelling of a keyword."""
        return next(each for each in tables()[table].words if each.key == key).spelling(self.language)

    def example(self, example: s.Example) -> Iterator[str]:
        """Its lines, after an empty one."""
        yield f"\n{self.word('example')} {_quoted(example.title)}\n"
        for each in example.body:
            match each:
                case s.Given(bindings=bindings):
                    yield f"  {self.word('given')} {self.bindings(bindings)}\n"
                case s.ExampleSubject(name=name, bindings=bindings):
                    yield f"  {self.word('subject')} {_name(name)}: {self.bindings(bindings)}\n"
                case s.ExampleHistory(period=period, bindings=bindings):
                    yield f"  {self.word('history')} {period}: {self.bindings(bindings)}\n"
                case s.ExampleLink(link=link, bindings=bindings):
                    yield f"  {self.word('link')} {_name(link)}: {self.bindings(bindings)}\n"
                case s.Expect(expectations=expectations):
                    told = (self.reason(one) if isinstance(one, s.ExpectedReason) else self.bindings((one,))
                            for one in expectations)  # fmt: skip
                    yield f"  {self.word('expect')} {', '.join(told)}\n"

    def reason(self, reason: s.ExpectedReason) -> str:
        """`not 甲.vetoed by "三"`."""
        by = self.word("by", "usual") if self.language == "zh" else "by"
        name = f"{_name(reason.subject)}." if reason.subject else ""
        negated = "" if reason.holds else self.word("not", "inline") + " "
        return f"{negated}{name}{self.word(reason.word, 'value')} {by} {_quoted(reason.clause)}"

    def bindings(self, bindings: Sequence[s.Binding]) -> str:
        """`NAME = VALUE, …`."""
        return ", ".join(f"{self.name(each.name)} = {self.value(each.value)}" for each in bindings)

    def value(self, value: e.Expr | e.Nothing | tuple[tuple[s.Binding, ...], ...]) -> str:
        """A literal, or rows of records."""
        match value:
            case tuple():
                fields = (", ".join(f"{_name(one.name.text)}: {self.value(one.value)}" for one in row) for row in value)
                return " ".join(f"[{row}]" for row in fields)
            case e.Number(digits=digits, places=places, percent=percent, unit=unit):
                return (
                    decimal_text(digits, places - 2) + "%" if percent else decimal_text(digits, places) + (unit or "")
                )
            case e.Negative(operand=operand):
                return "-" + self.value(operand)
            case e.YesNo(value=holds):
                return self.word("yes" if holds else "no", "inline")
            case e.Date(value=day):
                return day.isoformat()
            case e.Text(value=text):
                return _quoted(text)
            case e.Name(parts=parts):
                return ".".join(_name(part) for part in parts)
        return "-"

    def name(self, name: e.Name) -> str:
        """A name; where it ends in a built-in one that the script does not declare itself, that in its language."""
        *before, last = name.parts
        word = next((each for each in tables()["value"].words if each.key == last), None)
        built_in = word is not None and not {last, word.spelling(self.language)} & self.declared
        spelled = word.spelling(self.language) if word is not None and built_in else _name(last)
        return ".".join([*(_name(part) for part in before), spelled])


def _name(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f"「{text}」"


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text else f"“{text}”"
