"""Results as SQL: coded values turned into what people and programs read, as small results are written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk.load import Loaded
from kaoping.data.text import FORMULA, guarded
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import DUCKDB, EPOCH, bits_of
from kaoping.engines.sql.program import ID, Rows, Script, matched
from kaoping.engines.sql.relations import Expr, Outputs, Relation
from kaoping.engines.sql.scopes import Scope
from kaoping.plan.plan import Plan, Requirement
from kaoping.types import Kind, Type


def results(made: Script, subjects: Loaded, *, csv: bool, ordered: bool) -> tuple[str, Outputs]:
    """The columns of the results in order, over the relation that has them; `csv` as text for spreadsheets. `ordered`
    rows are in the order of the file.
    """
    plan, book = made.program.plan, made.book
    found = _findings(made, plan)
    rows = Rows(made, t.EACH)
    values = [(column, rows.scope_column(rows.slot(made.program.read(key)))) for column, key in plan.results]
    rows.close()
    name = _names(made, subjects)
    last = made.chain(t.EACH).last
    if ordered:  # while they are numbers: rows as people read them are several times as wide
        last = book.add(Relation(book.names.new("in order"), last, order=book.here("row").expr))

    def of(value: Sql) -> Sql:
        ((_, column),) = value.refs
        return replace(value, text=book.column(last, column), refs=frozenset({(last, column)}))

    id_ = book.of(last, ID)
    shown_id = f"CAST({id_.text} AS VARCHAR)" if csv else id_.text
    named = shown_id if csv else "CAST(NULL AS VARCHAR)"
    if name is not None:
        named = f"COALESCE({book.column(last, name)}, CAST({id_.text} AS VARCHAR))"
    refs = id_.refs if name is None else id_.refs | {(last, name)}
    scheme, period = (guarded(each) if csv else each for each in (plan.scheme, plan.period.text))
    outputs: Outputs = [
        # the byte order mark tells Excel that a CSV file is UTF-8
        ("\ufeffscheme" if csv else "scheme", Expr(listed(scheme, [scheme], csv=csv))),
        ("period", Expr(listed(period, [period], csv=csv))),
        ("id", Expr(guarded_text(shown_id) if csv else shown_id, id_.refs)),
        ("name", Expr(guarded_text(named) if csv else named, refs)),
    ]
    for column, value in values:
        held = of(value)
        heading = guarded(column.name) if csv else column.name
        outputs.append((heading, Expr(shown(column.type, held, csv=csv), held.refs)))
    outputs.append(("findings", _joined(made, last, found, csv=csv)))
    return last, outputs


def shown(type_: Type, value: Sql, *, csv: bool) -> str:
    """A coded value as people write it."""
    match type_.kind:
        case Kind.NUMBER:
            return _decimal(type_, value)
        case Kind.BOOL:
            return f"CASE WHEN {value.text} THEN 'yes' WHEN NOT {value.text} THEN 'no' END" if csv else value.text
        case Kind.DATE:
            return f"(DATE '1970-01-01' + CAST({value.text} - {EPOCH} AS INTEGER))"
        case Kind.CHOICE:
            labels = [guarded(each) if csv else each for each in type_.labels]
            arms = " ".join(f"WHEN {code} THEN {listed(label, labels, csv=csv)}" for code, label in enumerate(labels))
            return f"CASE {value.text} {arms} END"
        case _:
            return guarded_text(value.text) if csv else value.text


def listed(label: str, labels: Sequence[str], *, csv: bool = False) -> str:
    """A text of a closed list; in Parquet the list is written once and not with every row. No text is an empty cell."""
    if csv:
        return DUCKDB.literal(label or None)
    return f"CAST({DUCKDB.literal(label)} AS ENUM({', '.join(map(DUCKDB.literal, dict.fromkeys(labels)))}))"


def _decimal(type_: Type, value: Sql) -> str:
    """A whole number with its places put back, exactly; one of more than 64 bits is a decimal, of which Parquet knows
    more digits.
    """
    if type_.places <= 0:
        text = value.text if not type_.places else f"({value.text} * {10**-type_.places})"
        return text if bits_of(type_.low, type_.high) in (32, 64) else f"CAST({text} AS DECIMAL(38,0))"
    places = type_.places
    digits = max(len(str(abs(type_.low))), len(str(abs(type_.high))), places) + 1
    if digits > 38 - places:  # a product would have too many
        size, unit = f"ABS({value.text})", 10**places
        cents = f"LPAD(CAST({size} % {unit} AS VARCHAR), {places}, '0')"
        sign = f"CASE WHEN {value.text} < 0 THEN '-' ELSE '' END"
        return f"CAST({sign} || CAST({size} // {unit} AS VARCHAR) || '.' || {cents} AS DECIMAL(38,{places}))"
    whole = f"CAST({value.text} AS DECIMAL({digits},0))"
    # a product of decimals adds up their places, which is what moves the point
    return (
        f"CAST({whole} * CAST('0.{'0' * (places - 1)}1' AS DECIMAL({places},{places})) AS DECIMAL({digits},{places}))"
    )


def guarded_text(text: str) -> str:
    """The SQL of a text that no spreadsheet takes for a formula; what begins with a letter or a digit needs no look."""
    plain = f"({text} >= '.' AND {text} < '=') OR ({text} >= 'A' AND {text} < '＀')"
    guard = f"regexp_matches({text}, {DUCKDB.literal(f'^{FORMULA}')})"
    return f"CASE WHEN {plain} THEN {text} WHEN {guard} THEN '''' || {text} ELSE {text} END"


def _names(made: Script, subjects: Loaded) -> str | None:
    """The column with the names of the subjects, put beside them where there is one."""
    if not subjects.has_names:
        return None
    book, chain = made.book, made.chain(t.EACH)
    relation = book.add(
        Relation(book.names.new("names"), columns={ID: Expr("id"), "name": Expr("name")}, source=subjects.name)
    )
    scope = Scope(book, chain.last, "subjects")
    scope.join(relation, matched(book, relation, [(ID, ID)]))
    name = scope.bring(book.of(relation, "name"), "name")
    chain.last = scope.close()
    return name


# ---------------------------------------------------------------- requirements


def _findings(made: Script, plan: Plan) -> dict[str, list[str]]:
    """For each text of a requirement the columns that are yes where it is not met, beside the subjects."""
    found: dict[str, list[str]] = {}
    for each in sorted(plan.requirements, key=lambda each: each.constant):  # what is the same for all comes last
        column = _failed(made, each) if each.key.frame.table == t.SUBJECTS else _failed_rows(made, each)
        found.setdefault(each.message, []).append(column)
    return found


def _failed(made: Script, requirement: Requirement) -> str:
    rows = Rows(made, t.EACH)
    value = rows.slot(made.program.read(requirement.key))
    failed = rows.scope.define(replace(value, text=f"({value.text} = FALSE)", depth=1), "failed")
    rows.close()
    ((_, name),) = failed.refs
    return name


def _failed_rows(made: Script, requirement: Requirement) -> str:
    """Whether a subject has a row that fails a requirement asked of every row."""
    book = made.book
    rows = Rows(made, requirement.key.frame)
    value = rows.scope_column(rows.slot(made.program.read(requirement.key)))
    rows.close()
    number = book.names.new("failing")
    columns = {ID: book.here(ID).expr, number: Expr("COUNT(*)")}
    where = Expr(f"{value.text} = FALSE", value.refs)
    relation = Relation(
        book.names.new("failing rows"), rows.chain.last, columns, where=where, group=[book.here(ID).expr], passes=False
    )
    made_ = book.add(relation)
    each = Rows(made, t.EACH)
    each.scope.join(made_, matched(book, made_, [(ID, ID)]))
    count = book.here(each.scope.bring(book.of(made_, number), number))
    failed = each.scope.define(Sql(f"({count.text} IS NOT NULL)", depth=1, refs=count.refs), "failed")
    each.close()
    ((_, name),) = failed.refs
    return name


def _joined(made: Script, last: str, found: dict[str, list[str]], *, csv: bool) -> Expr:
    """The texts of all that is not met, in one cell; nothing where all is."""
    if not found:
        return Expr("CAST(NULL AS VARCHAR)")
    parts, refs = [], set()
    for message, columns in found.items():
        tests = " OR ".join(made.book.column(last, column) for column in columns)
        refs |= {(last, column) for column in columns}
        parts.append(f"CASE WHEN {tests} THEN {DUCKDB.literal(message)} END")
    text = f"NULLIF(CONCAT_WS('; ', {', '.join(parts)}), '')"
    return Expr(guarded_text(text) if csv else text, frozenset(refs))
