"""`kaoping run -e RULES`: a few rules about the columns of one table, made into a whole scheme.

Columns that the rules name become inputs of the type their cells suggest. Where the rules say nothing of items or a
total, the total is the column of that name, else the sum of the columns of numbers that the rules do not name; a
column called bonus or penalty counts as such. All that was supposed is said.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

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
    rules = tuple(_without_shadow(each) for each in fragment.statements)
    kinds = {type(each) for each in rules}
    named = _named(rules)
    added: list[s.Statement] = []
    if s.SchemeName not in kinds:
        added.append(s.SchemeName(name))
    if s.PeriodSetting not in kinds:
        added.append(s.PeriodSetting(str(datetime.date.today().year)))
    if s.Subject not in kinds:
        added.append(s.Subject(words("command.rules.subject")))
    notes: list[str] = []
    read = {column: type_ for column, type_ in columns.items() if column in named}
    points: list[str] = []
    if not kinds & {s.Item, s.Total}:
        points = _points({column: type_ for column, type_ in columns.items() if column not in named})
        read |= {column: columns[column] for column in points}
    for column in columns:
        kind = ADJUSTMENTS.get(name_key(column))
        if kind and column not in named and columns[column].kind == "score":
            read[column] = columns[column]
            amount = s.Amount(e.Name((column,), (column,)))
            added.append(s.Adjustment("bonus" if kind == "bonus" else "penalty", amount))
            notes.append(words(f"command.rules.column_{kind}", name=column))
    added += [s.Input((column,), type_) for column, type_ in read.items()]
    notes[:0] = [_read_as(column, type_, words) for column, type_ in read.items() if column in named]
    if points:
        added.append(_total(points, words))
        notes.append(words("command.rules.points", sum=" + ".join(points)))
    unused = [column for column in columns if column not in read]
    if unused:
        notes.append(words("command.rules.unused", names=words("report.comma").join(unused)))
    return s.Scheme(fragment.source, (*added, *rules)), notes


def _points(columns: Columns) -> list[str]:
    numbers = [each for each, type_ in columns.items() if type_.kind == "score" and name_key(each) not in NO_POINTS]
    totals = [each for each in numbers if name_key(each) in TOTALS]
    return totals[:1] or [each for each in numbers if name_key(each) not in ADJUSTMENTS]


def _total(points: list[str], words: Catalogue) -> s.Total:
    """`total = A + B + bonus - penalty`; the built-in values cannot be hidden by columns of their names."""
    terms = [(1, e.Name((each,), (each,))) for each in points]
    adjustments = [(1, _built_in("bonus")), (-1, _built_in("penalty"))]
    name = words("command.rules.total")
    return s.Total(words("command.rules.final") if name in points else name, e.Sum((*terms, *adjustments)))


def _built_in(word: str) -> e.Name:
    return e.Name((f"-{word}",), (word,))


def _without_shadow(statement: s.Statement) -> s.Statement:
    """`cap bonus` caps the bonus, also where a column is called bonus."""
    if isinstance(statement, s.Cap) and statement.target.canonical[0] in ("bonus", "penalty"):
        return replace(statement, target=replace(statement.target, parts=(f"-{statement.target.canonical[0]}",)))
    return statement


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
