"""Tables as a department keeps them, in natural types: what a script expects of them, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.dataset import InputColumn, InputTable
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.coding import coded, decoded, natural_type
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.program import ENDS, ID, NAME, PLACE, SAME_LENGTH, Rows, Script, Source, Sources, matched
from kaoping.engines.sql.relations import Expr, Outputs, Relation
from kaoping.engines.sql.scopes import placed, refs_of
from kaoping.engines.sql.stored import counted_rows
from kaoping.plan.plan import Plan, Requirement
from kaoping.types import TEXT, Kind, Type, plain_text

PERIOD, SCHEME, FINDINGS = "period", "scheme", "findings"
RESULTS = (SCHEME, PERIOD, ID, NAME, FINDINGS)
"""The columns that results have whatever the scheme."""


class Asked(Struct, frozen=True):
    """A table that a query reads: its name, and its columns; `table` is what the plan says of it."""

    table: InputTable
    name: str
    columns: tuple[tuple[str, Type, InputColumn | None], ...]


def asked_tables(plan: Plan) -> list[Asked]:
    """The tables, the subjects first."""
    inputs = list(plan.inputs)
    if all(each.name != t.SUBJECTS for each in inputs):
        inputs.insert(0, InputTable(t.SUBJECTS, "subjects", ()))
    found = []
    for table in sorted(inputs, key=lambda each: each.name != t.SUBJECTS):
        fixed: list[tuple[str, Type, InputColumn | None]] = []
        if table.scheme is not None:
            fixed = [(SCHEME, TEXT, None), (PERIOD, TEXT, None)]
        if table.name != t.PARAMS:
            fixed.append((ID, TEXT, None))
        if table.of is not None and all(each.name != table.of for each in table.columns):
            fixed.append((table.of, TEXT, None))
        if table.name == t.SUBJECTS:
            fixed.append((NAME, TEXT, None))
        own = [(each.name, each.type, each) for each in table.columns if not (table.scheme and each.name == PERIOD)]
        found.append(Asked(table, table_name(table), (*fixed, *own)))
    return found


def table_name(table: InputTable) -> str:
    """What a table is called: as the author calls it."""
    own = {t.PARAMS: "params", t.HISTORY: "history"}
    return own.get(table.name) or table.label.removeprefix("link ")


def natural_sources(plan: Plan, dialect: Dialect, places: Mapping[str, str] | None = None) -> Sources:
    """Where the program of a plan finds its columns. `places` says where a table lies, by its name, if elsewhere."""
    asked = asked_tables(plan)
    at = {each.name: (places or {}).get(each.name) or dialect.quoted(each.name) for each in asked}
    return {each.table.name: _source(plan, each, at[each.name], at[asked[0].name], dialect) for each in asked}


def _source(plan: Plan, asked: Asked, place: str, subjects: str, dialect: Dialect) -> Source:
    q, table = dialect.quoted, asked.table
    if table.scheme is None:
        # each with its table: SQLite takes a name in quotes that is no column for a text
        own = {name: f"{place}.{q(name)}" for name, _, _ in asked.columns}
        columns = {
            name: coded(own[name], type_, dialect) for name, type_, column in asked.columns if column is not None
        }
        id_ = "''" if table.name == t.PARAMS else own[ID]
        return Source(place, id_, columns, name=own[NAME] if table.name == t.SUBJECTS else None)
    columns = {name: coded(q(name), type_, dialect) for name, type_, column in asked.columns if column is not None}
    linked = ""
    if table.by is not None:
        text = f"CAST(own.{q(table.by)} AS {dialect.text})"
        own_input = next((e for each in plan.inputs if not each.name for e in each.columns if e.name == table.by), None)
        if own_input is not None and own_input.default is not None:
            text = f"COALESCE({text}, {dialect.literal(plain_text(own_input.default, own_input.type))})"
        linked = f"(SELECT own.{q(ID)}, {text} AS {q('linked')} FROM {subjects} AS own)"
    names = [name for name, _, column in asked.columns if column is not None]
    rows = counted_rows(table, place, names, plan.period, dialect, linked)
    dated = any(each.name == PERIOD and each.type.kind is Kind.DATE for each in table.columns)
    columns[PERIOD] = q("period_last") if dated else q(PERIOD)
    columns |= {SAME_LENGTH: q("period_same"), PLACE: q("period_back"), ENDS: q("period_last")}
    return Source(rows, q("owner"), columns)


# ---------------------------------------------------------------- what comes out


def answer(made: Script, plan: Plan) -> tuple[str, Outputs, dict[str, str]]:
    """The results in natural types, as the CSV of `run` has them, a row for each subject: over which relation, the
    columns, and what is said of each.
    """
    dialect, book = made.dialect, made.book
    rows = Rows(made, t.EACH)
    columns: dict[str, Expr] = {}
    for name, text in ((SCHEME, plan.scheme), (PERIOD, plan.period.text)):
        columns[name] = Expr(f"CAST({dialect.literal(text)} AS {dialect.text})")
    columns |= {ID: book.here(ID).expr, NAME: book.here(NAME).expr}
    for column, key in plan.results:
        value = rows.slot(made.program.read(key))
        shown = decoded(value.text, column.type, dialect)
        constant = f"CAST({shown} AS {natural_type(column.type, dialect)})"
        columns[column.name] = Expr(shown if value.refs else constant, value.refs)
    of_all_last = sorted(plan.requirements, key=lambda each: each.constant)
    found = [_failed(made, rows, each) for each in of_all_last]
    told = [
        f"CASE WHEN {' OR '.join(test.text for test in tests)} THEN {dialect.literal('; ' + text)} ELSE '' END"
        for text, tests in _by_text(found).items()
    ]
    text = f"NULLIF(SUBSTR({' || '.join(told)}, 3), '')" if told else "NULL"
    columns[FINDINGS] = Expr(f"CAST({text} AS {dialect.text})", refs_of([test for _, test in found]))
    rows.close()
    comments = {column.name: remark(plan, key) for column, key in plan.results}
    last = rows.chain.last
    return last, [(name, placed(each, last)) for name, each in columns.items()], comments


def _by_text(found: list[tuple[str, Sql]]) -> dict[str, list[Sql]]:
    by_text: dict[str, list[Sql]] = {}
    for text, test in found:
        by_text.setdefault(text, []).append(test)
    return by_text


def _failed(made: Script, rows: Rows, requirement: Requirement) -> tuple[str, Sql]:
    """Whether a subject fails a requirement, itself or in one of its records."""
    frame, book = requirement.key.frame, made.book
    slot = made.program.read(requirement.key)
    if frame == t.EACH or frame.table == t.PARAMS:
        value = rows.slot(slot)
        return requirement.message, replace(value, text=f"(NOT {value.text})")
    inner = Rows(made, frame)
    value = inner.slot(slot)
    inner.close()
    name = book.names.new("failed")
    flag = Expr(f"MAX(CASE WHEN NOT {value.text} THEN 1 ELSE 0 END)", value.refs)
    id_ = book.here(ID).expr
    relation = Relation(
        book.names.new("failed rows"), inner.chain.last, {ID: id_, name: flag}, group=[id_], passes=False
    )
    failed = book.add(relation)
    rows.scope.join(failed, matched(book, failed, [(ID, ID)]))
    brought = book.here(rows.scope.bring(book.of(failed, name), name))
    return requirement.message, replace(brought, text=f"({brought.text} = 1)")


def remark(plan: Plan, key: t.Key) -> str:
    """What is said of a column beside it: its clause, and the statement of the script it comes from."""
    column = plan.columns.get(key)
    if column is None:
        return ""
    origin = column.origin
    said = [_said(origin.clause, [each.span.text for each in origin.lines] or [(origin.statement or origin).span.text])]
    if origin.role in ("bonus", "penalty") and not key.part:  # its lines are columns, too
        said = []
    return "; ".join([*said, *(_said(each.clause, [each.span.text]) for each in origin.caps)])


def _said(clause: str | None, statements: list[str]) -> str:
    words = " ".join("; ".join(statements).replace("\0", "").split())
    words = words if len(words) <= REMARK else words[: REMARK - 1] + "…"
    return " ".join(part for part in (clause or "", words) if part)


REMARK = 80
"""Characters of a statement that a remark shows."""


def comment(made: Script, plan: Plan) -> None:
    """Say beside every column of the plan what it is."""
    told: dict[str, str] = {}
    for part in (made.first, made):
        for key, slot in part.program.columns.items() if part is not None else ():
            for chain in part.chains.values() if part is not None else ():
                if slot.number in chain.slots and chain.slots[slot.number].refs:
                    for _, name in chain.slots[slot.number].refs:
                        told.setdefault(name, remark(plan, key))
    for relation in made.book.relations.values():
        for name in relation.columns:
            if told.get(name):
                relation.comments[name] = told[name]
