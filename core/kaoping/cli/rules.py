"""`kaoping run -e RULES`: a few rules about the columns of one table, made into a whole scheme.

Columns that the rules name become inputs of the type their cells suggest. Where the rules say nothing of items or a
total, the total is the column of that name, else the sum of the columns of numbers that the rules do not name, counts
apart; else of those that conditions alone name. A column called bonus or penalty counts as such. All that was supposed
is said.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import typer
from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.cli.guess import guessed_type
from kaoping.cli.output import CommandError, warn
from kaoping.cli.run import complain
from kaoping.cli.script import data_path
from kaoping.data.text import name_key
from kaoping.diagnostic import errors
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.plugins import LANGUAGE, load_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings

TOTALS = frozenset({"总分", "總分", "得分", "总得分", "综合得分", "合计", "total", "score", "points"})
BONUS = frozenset({"加分", "bonus"})
PENALTY = frozenset({"减分", "減分", "扣分", "penalty"})
NO_POINTS = frozenset({"序号", "年度", "年份", "考核期", "排名", "名次", "电话", "no", "no.", "year", "period", "rank"})
COUNTS = ("次数", "人数", "件数", "天数", "个数", "数量", "年龄", "年限", "工龄")
"""How a column is called that counts something, which are no points."""
Columns = dict[str, s.WrittenType]


class Roles(Struct, frozen=True):
    """What each column is taken for; `spared` are numbers that rules ask about and no total has."""

    named: list[str]
    points: list[str]
    bonus: list[str]
    penalty: list[str]
    unused: list[str]
    spared: list[str]


def planned_rules(text: str, data: str, words: Catalogue) -> Plan:
    """The plan of typed rules on a table; where they have errors these are shown, and the command ends."""
    from kaoping.plan.build import plan_scheme

    fragment, findings = load_scheme(Source("-e", text), LANGUAGE)
    wrong = errors(findings)
    if not wrong:
        path = data_path(data)
        columns = _columns(path, fragment.statements)
        roles = _roles(fragment.statements, columns)
        below_zero = [each for each in roles.bonus + roles.penalty if _goes_below_zero(columns[each])]
        if below_zero:  # -2 of a penalty may be meant as 2 off, and would be 2 on
            raise CommandError("column_below_zero", names=words("report.comma").join(below_zero))
        scheme = completed(fragment, columns, roles, path.stem, words)
        plan, findings = plan_scheme(scheme, Surroundings(Path.cwd()))
        wrong = errors(findings)
        if plan is not None and not wrong:
            told = [*_supposed(columns, roles, words), words("command.rules.rule", text=text.strip())]
            warn("\n  ".join([words("command.rules.applied"), *told]) + "\n")
            return plan
    complain(wrong, words)
    raise typer.Exit(1)


def _roles(rules: tuple[s.Statement, ...], columns: Columns) -> Roles:
    """Rules that state a total say what counts; rules that state items say what the points are."""
    kinds = {type(each) for each in rules}
    named = [column for column in columns if column in _named(rules)]
    numbers = [column for column, type_ in columns.items() if type_.kind == "score" and column not in named]
    bonus = [column for column in numbers if name_key(column) in BONUS and s.Total not in kinds]
    penalty = [column for column in numbers if name_key(column) in PENALTY and s.Total not in kinds]
    numbers = [column for column in numbers if column not in bonus + penalty]
    points: list[str] = []
    spared: list[str] = []
    if not kinds & {s.Item, s.Total}:
        only_asked = [column for column in named if columns[column].kind == "score" and column not in _amounts(rules)]
        points = _points(numbers) or _points(only_asked)
        spared = [column for column in _points(only_asked) if column not in points]
    taken = {*named, *points, *bonus, *penalty}
    return Roles(named, points, bonus, penalty, [column for column in columns if column not in taken], spared)


def _amounts(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names that rules count or reckon with, not only in conditions."""
    asked = {id(name) for each in _conditions(rules) for name in e.nodes_in(each) if isinstance(name, e.Name)}
    return {node.parts[0] for node in e.nodes_in(rules) if isinstance(node, e.Name) and id(node) not in asked}


def _goes_below_zero(type_: s.WrittenType) -> bool:
    return type_.range is not None and isinstance(type_.range.low, e.Negative)


def _points(numbers: list[str]) -> list[str]:
    """The column of the total, else all columns of numbers that look like points."""
    totals = [column for column in numbers if name_key(column) in TOTALS]
    return totals[:1] or [
        column for column in numbers if name_key(column) not in NO_POINTS and not name_key(column).endswith(COUNTS)
    ]


def completed(fragment: s.Scheme, columns: Columns, roles: Roles, name: str, words: Catalogue) -> s.Scheme:
    """The rules as a whole scheme; for want of a period, that of this year."""
    year = str(datetime.date.today().year)
    settings = (s.SchemeName(name), s.PeriodSetting(year), s.Subject(words("command.rules.subject")))
    stated = {type(each) for each in fragment.statements}
    added: list[s.Statement] = [each for each in settings if type(each) not in stated]
    added += [s.Adjustment("bonus", s.Amount(_reading(column))) for column in roles.bonus]
    added += [s.Adjustment("penalty", s.Amount(_reading(column))) for column in roles.penalty]
    if roles.points:
        terms = [(1, _name(column) if column in roles.named else _reading(column)) for column in roles.points]
        added.append(s.Total(words("command.rules.total"), e.Sum((*terms, *_ADJUSTED))))
    for column, type_ in columns.items():
        # columns nobody asked about are read all the same, so that nothing is said of them twice
        empty = e.Number(0) if column in roles.bonus + roles.penalty else None
        known_as = column if column in roles.named else _unspoken(column)
        added.append(s.Input((known_as,), type_, optional=column in roles.unused, default=empty))
    return s.Scheme(fragment.source, (*added, *fragment.statements))


_ADJUSTED = ((1, e.Name(("bonus",), ("bonus",))), (-1, e.Name(("penalty",), ("penalty",))))


def _unspoken(column: str) -> str:
    """A name that no rule can say, and that still finds its column: one called bonus hides nothing built in."""
    return f"{column} "


def _reading(column: str) -> e.Name:
    return _name(_unspoken(column))


def _name(name: str) -> e.Name:
    return e.Name((name,), (name,))


def _supposed(columns: Columns, roles: Roles, words: Catalogue) -> list[str]:
    """In words what was supposed."""
    comma = words("report.comma")
    told = []
    for column in roles.named:
        labels = comma.join(columns[column].labels)
        kind = words(f"command.rules.type.{columns[column].kind.replace('/', '')}", labels=labels)
        told.append(words("command.rules.read_as", name=column, type=kind))
    told += [words("command.rules.column_bonus", name=column) for column in roles.bonus]
    told += [words("command.rules.column_penalty", name=column) for column in roles.penalty]
    if roles.points:
        told.append(words("command.rules.points", sum=" + ".join(roles.points)))
    if roles.spared:
        told.append(words("command.rules.spared", names=comma.join(roles.spared)))
    if roles.unused:
        told.append(words("command.rules.unused", names=comma.join(roles.unused)))
    return told


# ---------------------------------------------------------------- the table


def _columns(path: Path, rules: tuple[s.Statement, ...]) -> Columns:
    """The columns of the table, under the names the rules have for them, with the types their cells suggest."""
    from kaoping.data.files import CSV, WORKBOOK, find_tables
    from kaoping.data.tables import ID, NAME, open_sheet
    from kaoping.dataset import InputTable
    from kaoping.typed import SUBJECTS

    if path.is_dir() or path.suffix.lower() not in (*CSV, *WORKBOOK):
        raise CommandError("table_needs_csv", path=path)
    found = find_tables([InputTable(SUBJECTS, "subjects", ())], path, {})
    sheet = open_sheet(found.grids[SUBJECTS])[0] if SUBJECTS in found.grids else None
    if sheet is None:
        return {}
    spelled = {name_key(name): name for name in _named(rules)}
    known = ID | NAME | {name_key(name) for name in _declared(rules)}
    asked = _asked(rules)
    columns: Columns = {}
    for heading, cells in zip(sheet.headings, sheet.columns, strict=True):
        key = name_key(heading)
        name = spelled.get(key, " ".join(heading.split()))
        if key and key not in known and name not in columns:
            columns[name] = guessed_type(cells, asked=name in asked)
    return columns


# ---------------------------------------------------------------- names in rules


def _named(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names that expressions read, as written; `bonus` in `cap bonus 50` is none of them."""
    capped = {id(node.target) for node in e.nodes_in(rules) if isinstance(node, s.Cap)}
    return {node.parts[0] for node in e.nodes_in(rules) if isinstance(node, e.Name) and id(node) not in capped}


def _declared(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names of inputs and items that the rules themselves state: their columns are theirs."""
    stated = [node for node in e.nodes_in(rules) if isinstance(node, s.Input | s.Class | s.Item)]
    return {name for node in stated for name in (node.names if isinstance(node, s.Input) else (node.name,))}


def _conditions(rules: tuple[s.Statement, ...]) -> list[object]:
    places = ("condition", "applies", "when", "where")
    return [getattr(node, place, None) for node in e.nodes_in(rules) for place in places]


def _asked(rules: tuple[s.Statement, ...]) -> set[str]:
    """The names that stand as a whole condition, or as a part of one joined by and, or, not."""
    waiting: list[object] = _conditions(rules)
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
