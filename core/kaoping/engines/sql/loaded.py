"""A data set as tables for an engine that speaks SQL: values as the platform codes them, subjects by their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines import windows
from kaoping.engines.cells import Cells
from kaoping.engines.history import past
from kaoping.engines.sql.build import outputs
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.program import ENDS, ID, PLACE, SAME_LENGTH, Script, Shares, Source, Sources
from kaoping.engines.sql.relations import Expr, Outputs, Relation
from kaoping.plan.plan import Plan
from kaoping.types import BOOL, Kind, Type, Value, number

Columns = dict[t.Key, list[Value]]
_COUNT = number(0, 2**31 - 2)
_ONE = number(1, 1)
_DAY = number(-(2**31) + 2, 2**31 - 2)


class Table(Struct, frozen=True):
    """A table to be made: its name, and its columns with their types and values."""

    name: str
    columns: dict[str, tuple[Type, Sequence[Value]]]

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """The rows."""
        return zip(*(values for _, values in self.columns.values()), strict=True)


def tables(plan: Plan, dataset: Dataset, dialect: Dialect, prefix: str = "") -> tuple[list[Table], Sources]:
    """The tables of a data set, their names after `prefix`, and where the program of a plan finds their columns."""
    cells = Cells(plan, dataset)
    made: list[Table] = []
    sources: dict[str, Source] = {}
    for place, asked in enumerate(plan.inputs):
        name = f"{prefix}input_{place}"
        columns: dict[str, tuple[Type, Sequence[Value]]] = {}
        if asked.name == t.PARAMS:
            kept, rows = [0], None
        elif asked.name == t.SUBJECTS:
            kept, rows = list(range(len(dataset.ids))), None
            columns["id"] = (_COUNT, kept)
        else:
            owners = cells.table(asked.name).owners
            kept = [row for group in cells.rows_by_owner(asked.name) for row in group]
            rows = "row_number"
            columns["id"] = (_COUNT, [owners[row] for row in kept])
            columns[rows] = (_COUNT, kept)
        texts: dict[str, str] = {}
        for number_, column in enumerate(asked.columns):
            values = cells.loaded(t.Key(t.Frame(asked.name), column.name))
            columns[f"c{number_}"] = (column.type, [values[row] for row in kept])
            texts[column.name] = f"c{number_}"
        if asked.name == t.HISTORY:
            texts |= _periods(cells, kept, columns)
        made.append(Table(name, columns))
        sources[asked.name] = Source(dialect.quoted(name), ID, texts, rows)
    if t.SUBJECTS not in sources:
        made.append(Table(f"{prefix}subjects_only", {"id": (_COUNT, list(range(len(dataset.ids))))}))
        sources[t.SUBJECTS] = Source(dialect.quoted(f"{prefix}subjects_only"), ID, {})
    return made, sources


def _periods(cells: Cells, kept: list[int], columns: dict[str, tuple[Type, Sequence[Value]]]) -> dict[str, str]:
    """What the periods of stored results say about the time before this one."""
    stored, periods, owners = past(cells), cells.periods(), cells.table(t.HISTORY).owners
    newest, back = set(stored.newest.values()), {days: at for at, days in enumerate(stored.run)}
    places: list[Value] = []
    of_rows = [periods[row] for row in kept]
    for row, period in zip(kept, of_rows, strict=True):
        days = None if period is None else (period.first, period.last)
        counts = days is not None and stored.rows.get((owners[row], days)) == row
        places.append(back.get(days) if counts and days is not None else None)
    ends: list[Value] = [0 if each is None else each.last.toordinal() for each in of_rows]
    # of two results for one period, which no file may have, the first counts: only the newest of a subject is told
    columns |= {"same": (BOOL, [row in newest for row in kept]), "back": (_COUNT, places), "ends": (_DAY, ends)}
    return {SAME_LENGTH: "same", PLACE: "back", ENDS: "ends"}


# ---------------------------------------------------------------- what comes back


def queries(made: Script, keys: Sequence[t.Key]) -> Iterator[tuple[t.Frame, list[t.Key], str, Outputs]]:
    """What to ask for the columns that are evaluated, frame by frame: the outputs over a relation."""
    plan = made.program.plan
    early = set(made.first.program.columns) if made.first is not None else set()
    frames: dict[tuple[t.Frame, bool], list[t.Key]] = {}
    for key in keys:
        if plan.columns[key].value is not None:
            home = key.frame if key.frame.table == t.SUBJECTS else t.Frame(key.frame.table)
            frames.setdefault((home, key in early), []).append(key)
    for (frame, _), alike in frames.items():
        yield frame, alike, *outputs(made, frame, alike)


def columns_of(
    plan: Plan,
    dataset: Dataset,
    keys: Sequence[t.Key],
    found: Sequence[tuple[t.Frame, list[t.Key], list[tuple[Value, ...]]]],
) -> Columns:
    """The columns from the rows that queries gave, each value in its place; rows that gave none have none."""
    cells = Cells(plan, dataset)
    result: Columns = {key: list(cells.column(key)) for key in keys if plan.columns[key].value is None}
    for frame, alike, rows in found:
        size, units = cells.size(frame), len(cells.units(frame.unit)) if frame.unit else 1
        columns: list[list[Value]] = [[None] * size for _ in alike]
        before = 0 if frame.table == t.PARAMS else 2 if frame.unit or frame.table != t.SUBJECTS else 1
        for row in rows:
            if frame.table == t.PARAMS:
                at = 0
            elif frame.table == t.SUBJECTS:
                at = int(row[0] or 0) * units + int((row[1] or 0) if frame.unit else 0)
            else:
                at = int(row[1] or 0)
            for column, value in zip(columns, row[before:], strict=True):
                column[at] = value
        for key, column in zip(alike, columns, strict=True):
            kind = plan.columns[key].type.kind
            result[key] = _values(column, kind)
    return result


def _values(column: list[Value], kind: Kind) -> list[Value]:
    """Values in the types of the platform: engines give 1 for yes, or a decimal for a wide whole number."""
    match kind:
        case Kind.BOOL:
            return [None if value is None else bool(value) for value in column]
        case Kind.TEXT:
            return column
        case _:
            return [None if value is None else int(value) for value in column]


# ---------------------------------------------------------------- functions of plugins


def call(made: Script, ask: Ask, create: Callable[[Table], None]) -> None:
    """The calls of plugins' functions, each once for all rows with the same arguments; their tables are created."""
    book, functions = made.book, made.program.plan.functions
    for each in [*(made.first.calls if made.first is not None else ()), *made.calls]:
        rows = ask(each.arguments, [(name, book.of(each.arguments, name)) for name in each.columns], "")
        kinds = [argument.type for argument in each.node.arguments] or [_ONE]
        known = [row for row in rows if None not in row]
        columns = [
            _values(list(column), kind.kind) for column, kind in zip(zip(*known, strict=True), kinds, strict=False)
        ]
        given = len(each.node.arguments)
        values = [functions[each.node.function](*arguments[:given]) for arguments in zip(*columns, strict=True)]
        table = f"{each.relation}_{len(book.relations)}".replace(" ", "_")
        named = dict(zip(each.columns, zip(kinds, columns or [[] for _ in kinds], strict=True), strict=True))
        create(Table(table, named | {each.value: (each.node.type, values)}))
        shown = {name: Expr(book.dialect.quoted(name)) for name in (*each.columns, each.value)}
        book.relations[each.relation] = Relation(each.relation, source=book.dialect.quoted(table), columns=shown)


# ---------------------------------------------------------------- quotas with more than one share

Ask = Callable[[str, Outputs, str], list[tuple[Value, ...]]]
"""The rows of a query: the relation it is over, its columns, and what is asked of them."""


def uneven_shares(made: Script, dataset: Dataset, ask: Ask) -> list[Finding]:
    """The data errors of quotas whose share differs inside a group; in bulk where there are none."""
    book, found = made.book, []
    for each in made.shares:
        if not are_uneven(made, each, ask):
            continue
        share = book.of(each.relation, each.share)
        groups = [book.of(each.relation, name) for name in each.groups]
        named = [(f"g{at}", group) for at, group in enumerate(groups)]
        rows = ask(each.relation, [(ID, book.of(each.relation, ID)), ("share", share), *named], "")
        rows.sort(key=lambda row: int(row[0] or 0))
        found += _uneven(each.node, dataset, rows)
    return found


def are_uneven(made: Script, shares: Shares, ask: Ask) -> bool:
    """Whether the share of a quota differs inside a group."""
    share = made.book.of(shares.relation, shares.share)
    groups = [made.book.of(shares.relation, name) for name in shares.groups]
    by = f" GROUP BY {', '.join(group.text for group in groups)}" if groups else ""
    mixed = f"COUNT({share.text}) NOT IN (0, COUNT(*))"
    test = f"{by} HAVING MIN({share.text}) <> MAX({share.text}) OR {mixed}"
    counted = Expr("COUNT(*)", share.refs.union(*(group.refs for group in groups)))
    return bool(ask(shares.relation, [("number", counted)], test))


def _uneven(node: t.Chosen, dataset: Dataset, rows: list[tuple[Value, ...]]) -> list[Finding]:
    first: dict[tuple[Value, ...], tuple[str, str, Value]] = {}
    found, told = [], set()
    for subject, share, *group in rows:
        own = dataset.ids[int(subject or 0)], dataset.names[int(subject or 0)], share
        one = first.setdefault(tuple(group), own)
        if share != one[2] and tuple(group) not in told:
            told.add(tuple(group))
            found.append(windows.uneven_share(node, one, own))
    return found
