"""A plan as a program of queries: for each table a chain of relations that grows by columns, layer by layer.

The passes and aggregates of `kaoping.engines.lower` are what the compiled engine runs, too. A pass becomes as many
queries as its columns have layers, an aggregate a query of its own and a join of what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.engines.lower import Program, Slot, Task
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import Dialect, bits_of
from kaoping.engines.sql.expressions import Expressions, told
from kaoping.engines.sql.relations import Expr, Join, Relation
from kaoping.engines.sql.scopes import Book, Scope
from kaoping.engines.sql.units import bounds_by_case, unit_by_day, unit_rows
from kaoping.engines.walk import day_key
from kaoping.source import NOWHERE
from kaoping.types import Kind, Type

BROKEN = "broken plugin "
"""What an error of the database begins with where the SQL of a plugin's function does not keep what it promises."""
ID, NAME, UNIT, FIRST, LAST = "id", "name", "unit", "first_day", "last_day"
SAME_LENGTH, PLACE, ENDS = "same_length", "place_back", "period_ends"
"""Columns of stored results: whether their period is as long as this one (of data in memory, whether it is a subject's
newest of those), how many periods back it lies (0: directly before) where it is one of the unbroken run up to now, and
its last day."""


class Source(Struct, frozen=True):
    """A table as the engine has it: what to read from, the id of the subject a row belongs to, and every column, all as
    SQL expressions, coded as the platform codes values. `rows` names rows, where they are to be told apart.
    """

    table: str
    id: str
    columns: dict[str, str]
    rows: str | None = None
    name: str | None = None


Sources = Mapping[str, Source]


class Chain(Struct):
    """The rows of a frame and what is known of them: `last` is the relation that has every column."""

    frame: t.Frame
    last: str
    keys: list[str]
    slots: dict[int, Sql] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    row: str | None = None


class Shares(Struct, frozen=True):
    """Where the share of a quota stands, which has to be the same in a whole group: the column of a relation of
    subjects, and the columns that make the groups.
    """

    node: t.Chosen
    relation: str
    share: str
    groups: list[str]


class Compared(Struct, frozen=True):
    """A comparison of subjects as it is made: the relation of what is `given`, and the one it is made `over`.

    `groups` and `keys` are columns of both, `names` further ones: the `number` of subjects alike in all of them, and of
    a quota whether a subject is in the `pool`, how many stand `upto` the row, and the `places`, in a relation of their
    own. Where the relation has its columns beside those of the distinct `values` of subjects, it needs those.
    """

    node: t.Typed
    slot: Slot
    over: str
    relation: str
    groups: list[str]
    keys: list[str]
    given: list[str]
    names: dict[str, str] = field(default_factory=dict)
    places: str | None = None
    values: str | None = None


class Call(Struct, frozen=True):
    """A function of a plugin without SQL: `arguments` has every different set of its arguments once; before anything
    reads `relation`, it has to become a table of them with the value of each.
    """

    node: t.PluginCall
    arguments: str
    columns: list[str]
    relation: str
    value: str


class Script(Struct):
    """The queries that give the columns wanted; `calls` have to be made before they can be asked."""

    book: Book
    program: Program
    chains: dict[t.Frame, Chain] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    shares: list[Shares] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    sources: Sources = field(default_factory=dict)
    first: Script | None = None  # what decides who is appraised
    base: str | None = None  # the relation of those who are appraised, where not everybody is
    _keys: dict[int, t.Key] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        """The dialect it is written in."""
        return self.book.dialect

    # ---------------------------------------------------------------- tables

    def chain(self, frame: t.Frame) -> Chain:
        """The chain of a frame; frames of records with units share that of the records."""
        home = frame if frame.table == t.SUBJECTS else t.Frame(frame.table)
        if home not in self.chains:
            self.chains[home] = self._units_of_subjects(home) if home.unit else self._table(home)
        return self.chains[home]

    def _table(self, frame: t.Frame) -> Chain:
        source = self.sources[frame.table]
        name = self.book.names.new(frame.table or "subjects")
        relation = Relation(name, source=source.table)
        chain = Chain(frame, name, [] if frame.table == t.PARAMS else [ID])
        if frame.table != t.PARAMS:
            relation.columns[ID] = Expr(source.id)
        if source.rows is not None:
            chain.row = "row"
            relation.columns["row"] = Expr(source.rows)
        if source.name is not None:
            relation.columns[NAME] = Expr(source.name)
        for number, key in self.program.loaded.items():
            if t.Frame(key.frame.table) == frame:
                made, type_ = self._loaded(key, source)
                column = self.book.names.new(key.name if key.part == "" else f"{key.name} {key.part}")
                relation.columns[column] = Expr(made)
                missing = self.program.read(key).missing
                bits = 0 if type_.kind in (Kind.TEXT, Kind.BOOL) else bits_of(type_.low, type_.high)
                chain.slots[number] = replace(
                    self.book.here(column), low=type_.low, high=type_.high, missing=missing, bits=bits
                )
        if frame.table == t.HISTORY:
            for column in (SAME_LENGTH, PLACE, ENDS):
                relation.columns[column] = Expr(source.columns[column])
        self.book.add(relation)
        if frame.table == t.SUBJECTS and self.base is not None:
            self._only_appraised(chain, self.base)
        elif self.base is not None and frame.table != t.PARAMS:
            self._only_appraised(chain, self.chain(t.EACH).last)
        return chain

    def _only_appraised(self, chain: Chain, base: str) -> None:
        on = Expr(
            f"{self.book.column(chain.last, ID)} = {self.book.column(base, ID)}",
            frozenset({(chain.last, ID), (base, ID)}),
        )
        name = self.book.names.new(f"{chain.frame.table or 'subjects'} appraised")
        chain.last = self.book.add(Relation(name, chain.last, {}, [Join(base, on, inner=True)]))

    def _loaded(self, key: t.Key, source: Source) -> tuple[str, Type]:
        column = self.program.plan.columns.get(key)
        heading = next(
            (
                each
                for table in self.program.plan.inputs
                if table.name == key.frame.table
                for each in table.columns
                if each.name == key.name
            ),
            None,
        )
        type_ = column.type if column is not None else heading.type if heading is not None else None
        assert type_ is not None
        text = source.columns.get(key.name) or f"CAST(NULL AS {self.dialect.type_of(type_)})"
        if heading is not None and heading.default is not None:
            with told(
                t.Read(key, type=type_, span=column.origin.span if column is not None else NOWHERE), self.dialect
            ):
                text = f"COALESCE({text}, {self.dialect.literal(heading.default)})"
        return text, type_

    def _units_of_subjects(self, frame: t.Frame) -> Chain:
        units = self.book.names.new(f"{frame.unit}s")
        self.book.add(unit_rows(self.program.plan.period, frame.unit, units, self.dialect))
        subjects = self.chain(t.EACH).last
        name = self.book.names.new(f"subjects by {frame.unit}")
        columns = {ID: self.book.of(subjects, ID)} | {each: self.book.of(units, each) for each in (UNIT, FIRST, LAST)}
        self.book.add(Relation(name, subjects, columns, [Join(units, None, inner=True)], passes=False))
        return Chain(frame, name, [ID, UNIT], units={frame.unit: UNIT})

    # ---------------------------------------------------------------- passes

    def run_pass(self, frame: t.Frame, tasks: Sequence[Task]) -> None:
        """The slots of a pass, as columns of the chain of its frame."""
        rows = Rows(self, frame)
        for task in tasks:
            rows.define(task.slot, task.node)
        rows.close()

    def column_of(self, slot: Slot) -> Column | None:
        """The column of the plan that a slot holds."""
        if not self._keys:
            self._keys.update({each.number: key for key, each in self.program.columns.items()})
        key = self._keys.get(slot.number)
        return None if key is None else self.program.plan.columns.get(key)

    def wish(self, column: Column | None) -> str:
        """What the SQL calls a column: as the script does."""
        if column is None:
            return "·"
        return " ".join(part for part in (column.key.name, column.key.part, column.key.frame.unit) if part)


@dataclass(slots=True)
class Rows:
    """The rows of a frame while columns are defined over them; it fetches what they read of other rows."""

    script: Script
    frame: t.Frame
    chain: Chain = attribute(init=False)
    scope: Scope = attribute(init=False)
    expressions: Expressions = attribute(init=False)

    def __post_init__(self) -> None:
        """Begin over the last relation of the chain."""
        script = self.script
        self.chain = script.chain(self.frame)
        self.scope = Scope(script.book, self.chain.last, self.frame.table or "subjects")
        self.expressions = Expressions(
            script.program, script.dialect, self.frame, self.slot, self.scope.column, self.bound, self.call
        )

    def value(self, node: t.Typed) -> Sql:
        """An expression over the rows; rows outside every unit of time have no values."""
        value = self.expressions.value(node)
        if not self.frame.unit or self.frame.table == t.SUBJECTS:
            return value
        outside = f"{self.unit(self.frame.unit).text} IS NULL"
        refs = value.refs | self.unit(self.frame.unit).refs
        return replace(
            value, text=f"CASE WHEN {outside} THEN NULL ELSE {value.text} END", refs=refs, depth=value.depth + 1,
            bits=value.bits or (32 if value.low or value.high else 0),
        )  # fmt: skip

    def define(self, slot: Slot, node: t.Typed) -> None:
        """A slot as a column."""
        column = self.script.column_of(slot)
        value = self.value(node)
        made = self.scope.define(value, self.script.wish(column))
        self.chain.slots[slot.number] = made
        if column is not None and column.origin.clause:
            self.scope.comments[name_of(made)] = column.origin.clause

    def call(self, node: t.PluginCall, operands: list[Sql]) -> Sql:
        """A plugin's function: its own SQL, or its body, called once for all rows whose arguments are the same."""
        script, book = self.script, self.script.book
        arguments = [replace(each, text=self.expressions.arithmetic.wide(each, 64), depth=1) for each in operands]
        written = script.program.plan.function_sql.get(node.function)
        if written is not None and book.dialect.name == "duckdb":  # the dialect that plugins write
            return self._held_to_type(node, written, [self.scope_column(each) for each in operands])
        one = Sql("1", 1, 1)  # of a function without parameters, which is the same for all rows
        columns = [name_of(self.scope.column(each)) for each in arguments or [one]]
        self.chain.last = self.scope.close()
        keys = {each: book.here(each).expr for each in columns}
        group = list(keys.values())
        over = book.add(Relation(book.names.new("arguments"), self.chain.last, keys, group=group, passes=False))
        value, made = book.names.new("value"), book.names.new("called")
        book.add(Relation(made, over, {value: Expr(f"CAST(NULL AS {book.dialect.type_of(node.type)})")}))
        script.calls.append(Call(node, over, columns, made, value))
        self.scope.join(made, matched(book, made, [(each, each) for each in columns]))
        return replace(book.here(self.scope.bring(book.of(made, value), value)), missing=True)

    def _held_to_type(self, node: t.PluginCall, written: str, arguments: list[Sql]) -> Sql:
        """The SQL of a plugin's function: where an argument is missing its value is, too, and a value that is none of
        those the function promises ends the run.
        """
        wide = [self.expressions.arithmetic.wide(each, 64) for each in arguments]
        value = self.scope.column(self.expressions.built(f"({written.format(*wide)})", *arguments))
        type_, dialect, found = node.type, self.script.dialect, value.text
        text, good, kind = dialect.text, f"{found} IS NOT NULL", dialect.type_of(type_)
        if type_.kind not in (Kind.TEXT, Kind.BOOL):
            kind = dialect.integer(64)
            good = f"{found} BETWEEN {type_.low} AND {type_.high} AND TRY_CAST({found} AS {kind}) = {found}"
        shown = " || ', ' || ".join(f"CAST({each} AS {text})" for each in wide) or "''"
        plugin, _, name = node.function.rpartition(".")
        begin = dialect.literal(f"{BROKEN}{plugin}: {name}(")
        told = f"{begin} || {shown} || ') gave ' || COALESCE(CAST({found} AS {text}), 'NULL')"
        missing = [f"{each.text} IS NULL" for each in arguments if each.missing]
        if node.function in self.script.program.plan.partial:
            missing.append(f"{found} IS NULL")
        arms = f"WHEN {' OR '.join(missing)} THEN NULL " if missing else ""
        made = f"CASE {arms}WHEN {good} THEN CAST({found} AS {kind}) ELSE error({told}) END"
        return self.expressions.built(made, value, *arguments)

    @property
    def tie(self) -> list[str]:
        """The column that tells rows apart that are alike in everything: the later in the data is the later."""
        return [] if self.chain.row is None else [self.chain.row]

    def scope_column(self, value: Sql) -> Sql:
        """The same as a column, so that rows can be compared and grouped by it."""
        return value if value.depth == 0 and value.refs else self.scope.column(value)

    def close(self) -> None:
        """Make the queries."""
        self.chain.last = self.scope.close()

    # ---------------------------------------------------------------- what other rows hold

    def slot(self, slot: Slot) -> Sql:
        """A slot in the row at hand: of the row itself, or of the subject, and the unit, it belongs to."""
        constant = self.script.program.constants.get(slot)
        if constant is not None:
            return self.expressions.literal(constant.value, constant.type)
        known = self.chain.slots.get(slot.number)
        if known is None:
            other = self.script.chain(slot.frame)
            held = other.slots.get(slot.number)
            if held is None:
                raise KeyError(slot)
            if other is self.chain:
                return held
            known = self._fetched(other, held)
            self.chain.slots[slot.number] = known
        return known

    def _fetched(self, other: Chain, held: Sql) -> Sql:
        book = self.script.book
        self.scope.join(other.last, self._on(other))
        column = name_of(held)
        name = self.scope.bring(book.of(other.last, column), column)
        return replace(held, text=book.dialect.quoted(name), refs=book.here(name).refs, missing=True)

    def _on(self, other: Chain) -> Callable[[str], Expr | None]:
        """How the rows of a wider chain are found: by the subject, and by the unit of time."""
        pairs = [(ID, ID)] if other.keys else []
        if other.frame.unit:
            pairs.append((name_of(self.unit(other.frame.unit)), UNIT))
        return matched(self.script.book, other.last, pairs)

    def unit(self, kind: str) -> Sql:
        """The column with the number of the unit of time a row lies in."""
        chain, book = self.chain, self.script.book
        if kind not in chain.units:
            day = day_key(self.script.program.plan, t.Frame(chain.frame.table, kind))
            assert day is not None
            held = self.slot(self.script.program.read(day))
            number = unit_by_day(self.script.program.plan.period, kind, held, self.script.dialect)
            # made in a query of its own, so that joins may use it
            scope = Scope(book, self.scope.over, self.scope.title)
            made = scope.define(number, kind)
            self.scope.over = chain.last = scope.close()
            chain.units[kind] = name_of(made)
        return replace(book.here(chain.units[kind]), missing=True, bits=32)

    def bound(self, end: str) -> Sql:
        """The first or the last day of the unit of time at hand, or of the whole period."""
        period = self.script.program.plan.period
        if not self.frame.unit:
            return self.expressions.arithmetic.constant((period.first if end == "first" else period.last).toordinal())
        if self.frame.table == t.SUBJECTS:
            return replace(self.script.book.here(FIRST if end == "first" else LAST), bits=32)
        unit = self.unit(self.frame.unit)
        return bounds_by_case(period, self.frame.unit, unit, end)


def name_of(value: Sql) -> str:
    """The name of a column."""
    ((_, name),) = value.refs
    return name


def matched(
    book: Book, relation: str, pairs: list[tuple[str, str]], same: bool = False
) -> Callable[[str], Expr | None]:
    """Rows that are alike in pairs of columns; with `same` two that are NULL are alike, too."""

    def on(over: str) -> Expr | None:
        equal = book.dialect.same if same else "="
        texts = [f"{book.column(over, mine)} {equal} {book.column(relation, its)}" for mine, its in pairs]
        refs = {(over, mine) for mine, _ in pairs} | {(relation, its) for _, its in pairs}
        return Expr(" AND ".join(texts), frozenset(refs)) if pairs else None

    return on
