"""`kaoping run -e RULES`: a few rules about the columns of one table, made into a whole scheme.

Columns that the rules name become inputs of the type their cells suggest. Where the rules say nothing of items or a
total, the total is the column of that name, else the sum of the columns of numbers that the rules do not name; a
column called bonus or penalty counts as such. All that was supposed is said.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Literal

import typer

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.cli.guess import guessed_type
from kaoping.cli.output import CommandError, warn
from kaoping.cli.run import complain
from kaoping.cli.script import data_path, errors
from kaoping.data.text import name_key
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.plugins import load_scheme
from kaoping.source import Source
from kaoping.surroundings import EXTENSION, Surroundings

TOTALS = frozenset({"总分", "總分", "得分", "总得分", "综合得分", "合计", "total", "score", "points"})
ADJUSTMENTS = {"加分": "bonus", "bonus": "bonus", "减分": "penalty", "扣分": "penalty", "penalty": "penalty"}
NO_POINTS = frozenset({"序号", "年度", "年份", "考核期", "排名", "名次", "电话", "no", "no.", "year", "period", "rank"})
Columns = dict[str, s.WrittenType]


def planned_rules(text: str, data: str, words: Catalogue) -> Plan:
    """The plan of typed rules on a table; where they have errors these are shown, and the command ends."""
    from kaoping.plan.build import plan_scheme

    fragment, findings = load_scheme(Source("-e", text), EXTENSION)
    wrong = errors(findings)
    if not wrong:
        path = data_path(data)
        columns = _columns(path, fragment)
        scheme, notes = completed(fragment, columns, path.stem, words)
        plan, findings = plan_scheme(scheme, Surroundings(Path.cwd()))
        wrong = errors(findings)
        if plan is not None and not wrong:
            told = [*notes, words("command.rules.rule", text=text.strip())]
            warn("\n  ".join([words("command.rules.applied"), *told]) + "\n")
            return plan
    complain(wrong, words)
    raise typer.Exit(1)


def completed(fragment: s.Scheme, columns: Columns, name: str, words: Catalogue) -> tuple[s.Scheme, list[str]]:
    """The rules as a whole scheme, and in words what was supposed."""
    kinds = {type(each) for each in fragment.statements}
    named = _named(fragment.statements)
    spare = [column for column in columns if column not in named]
    added: list[s.Statement] = []
    if s.SchemeName not in kinds:
        added.append(s.SchemeName(name))
    if s.PeriodSetting not in kinds:
        added.append(s.PeriodSetting(str(datetime.date.today().year)))
    if s.Subject not in kinds:
        added.append(s.Subject(words("command.rules.subject")))
    notes = [_read_as(column, columns[column], words) for column in columns if column in named]
    points = [] if kinds & {s.Item, s.Total} else _points({column: columns[column] for column in spare})
    numbers = [column for column in spare if columns[column].kind == "score"]
    adjusting = [] if s.Total in kinds else [column for column in numbers if _adjustment(column)]
    for column in adjusting:
        kind: Literal["bonus", "penalty"] = "bonus" if _adjustment(column) == "bonus" else "penalty"
        added.append(s.Adjustment(kind, s.Amount(_reading(column))))
        notes.append(words(f"command.rules.column_{kind}", name=column))
    if points:
        total = e.Sum((*((1, _reading(each)) for each in points), (1, _built_in("bonus")), (-1, _built_in("penalty"))))
        added.append(s.Total(words("command.rules.total"), total))
        notes.append(words("command.rules.points", sum=" + ".join(points)))
    for column, type_ in columns.items():
        # columns nobody asked about are read all the same, so that nothing is said of them twice
        unused = column not in named and column not in points and column not in adjusting
        empty = e.Number(0) if column in adjusting else None
        known_as = column if column in named else _unspoken(column)
        added.append(s.Input((known_as,), type_, optional=unused, default=empty))
    unused_columns = [column for column in spare if column not in points and column not in adjusting]
    if unused_columns:
        notes.append(words("command.rules.unused", names=words("report.comma").join(unused_columns)))
    return s.Scheme(fragment.source, (*added, *fragment.statements)), notes


def _points(columns: Columns) -> list[str]:
    """The column of the total, else all columns of numbers that look like points."""
    numbers = [each for each, type_ in columns.items() if type_.kind == "score" and name_key(each) not in NO_POINTS]
    totals = [each for each in numbers if name_key(each) in TOTALS]
    return totals[:1] or [each for each in numbers if not _adjustment(each)]


def _adjustment(column: str) -> str | None:
    return ADJUSTMENTS.get(name_key(column))


def _unspoken(column: str) -> str:
    """A name that no rule can say, and that still finds its column: one called bonus hides nothing built in."""
    return f"{column} "


def _reading(column: str) -> e.Name:
    return e.Name((_unspoken(column),), (_unspoken(column),))


def _built_in(word: str) -> e.Name:
    return e.Name((word,), (word,))


def _read_as(column: str, type_: s.WrittenType, words: Catalogue) -> str:
    kind = words(f"command.rules.type.{type_.kind.replace('/', '')}", labels=words("report.comma").join(type_.labels))
    return words("command.rules.read_as", name=column, type=kind)


# ---------------------------------------------------------------- the table


def _columns(path: Path, fragment: s.Scheme) -> Columns:
    """The columns of the table, under the names the rules have for them, with the types their cells suggest."""
    from kaoping.data.files import find_tables
    from kaoping.data.tables import ID, NAME, open_sheet
    from kaoping.dataset import InputTable
    from kaoping.typed import SUBJECTS

    if path.is_dir():
        raise CommandError("table_needs_csv", path=path)
    found = find_tables([InputTable(SUBJECTS, "subjects", ())], path, {})
    sheet = open_sheet(found.grids[SUBJECTS])[0] if SUBJECTS in found.grids else None
    if sheet is None:
        return {}
    spelled = {name_key(name): name for name in _named(fragment.statements)}
    asked = _asked(fragment.statements)
    columns: Columns = {}
    for heading, cells in zip(sheet.headings, sheet.columns, strict=True):
        key = name_key(heading)
        name = spelled.get(key, " ".join(heading.split()))
        if key and key not in ID | NAME and name not in columns:
            columns[name] = guessed_type(cells, asked=name in asked)
    return columns


# ---------------------------------------------------------------- names in rules


def _named(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names that expressions read, as written, and that declarations make."""
    return {node.parts[0] for node in _nodes(rules) if isinstance(node, e.Name)} - {
        node.target.parts[0] for node in _nodes(rules) if isinstance(node, s.Cap)
    }


def _asked(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names that stand as a whole condition, or as a part of one joined by and, or, not."""
    places = ("condition", "applies", "when", "where")
    waiting: list[object] = [getattr(node, place, None) for node in _nodes(rules) for place in places]
    asked = set()
    while waiting:
        match waiting.pop():
            case e.Name() as name:
                asked.add(name.parts[0])
            case e.All(parts) | e.Any(parts):
                waiting += parts
            case e.Not(operand) | e.Bracketed(operand):
                waiting.append(operand)
    return asked


def _nodes(root: object) -> Iterator[e.Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, e.Node):
            yield node
            waiting += [getattr(node, each.name) for each in fields(node) if each.name != "span"]
        elif is_dataclass(node) and not isinstance(node, type):
            waiting += [getattr(node, each.name) for each in fields(node)]
