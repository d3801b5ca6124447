"""Amounts that compete, in SQL: the best candidate of each key, added up."""

from __future__ import annotations

from kaoping import typed as t
from kaoping.engines.lower import Slot, Step
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.program import ID, UNIT, Chain, Rows, Script, matched, name_of
from kaoping.engines.sql.relations import Expr, Join, Relation
from kaoping.engines.sql.scopes import Scope


def best_of_each(script: Script, step: Step) -> None:
    """The largest candidate of each key, added up; missing where a candidate is."""
    node = step.node
    assert isinstance(node, t.Group)
    book = script.book
    home = script.chain(step.slot.frame)
    key, amount = book.names.new("key"), book.names.new("amount")
    key_type = next((part.key.type for part in node.parts if part.key is not None), None)
    no_key = Sql(f"CAST(NULL AS {book.dialect.type_of(key_type)})" if key_type is not None else "NULL")
    needs = zip(node.parts, step.needs["amount"], step.needs["where"], step.needs["key"], strict=True)
    parts, missing, bits = [], False, 64
    for part, *slots in needs:
        frame = part.frame or step.slot.frame
        rows, (worth, test, word) = _columns(script, frame, slots)
        assert worth is not None
        missing, bits = missing or worth.missing, max(bits, worth.bits)
        parts.append(_part(script, home, rows, frame, test, {key: word or no_key, amount: worth}))
    keys = home.keys
    together = book.add(Relation(book.names.new("candidates"), parts=parts))
    best, empty, total, spoilt = (book.names.new(each) for each in ("best", "empty", "sum", "spoilt"))
    worth, one, lost = book.here(amount), book.here(best), book.here(empty)
    own = {each: book.here(each).expr for each in keys}
    bests = Relation(
        book.names.new("best of each"), together, passes=False, group=[*own.values(), book.here(key).expr],
        columns=own | {
            best: Expr(f"MAX({worth.text})", worth.refs),
            empty: Expr(f"SUM(CASE WHEN {worth.text} IS NULL THEN 1 ELSE 0 END)", worth.refs),
        },
    )  # fmt: skip
    summed = Relation(
        book.names.new("best"), book.add(bests), passes=False, group=[book.here(each).expr for each in keys],
        columns={each: book.here(each).expr for each in keys} | {
            total: Expr(f"CAST(SUM({one.text}) AS {book.dialect.integer(bits)})", one.refs),
            spoilt: Expr(f"SUM({lost.text})", lost.refs),
        },
    )  # fmt: skip
    made = book.add(summed)
    scope = Scope(book, home.last, home.frame.table or "subjects")
    scope.join(made, matched(book, made, [(each, each) for each in keys]))
    found, bad = (book.here(scope.bring(book.of(made, each), each)) for each in (total, spoilt))
    text = f"COALESCE({found.text}, 0)"
    if missing:
        text = f"CASE WHEN {bad.text} > 0 THEN NULL ELSE {text} END"
    value = Sql(text, node.type.low, node.type.high, missing, 2, bits, found.refs | bad.refs)
    home.slots[step.slot.number] = scope.define(value, script.wish(script.column_of(step.slot)))
    home.last = scope.close()


def _columns(script: Script, frame: t.Frame, slots: list[Slot | None]) -> tuple[Rows, list[Sql | None]]:
    """Slots as columns of the rows of a frame."""
    rows = Rows(script, frame)
    values = [None if slot is None else rows.scope_column(rows.slot(slot)) for slot in slots]
    if frame.unit and frame.table != t.SUBJECTS:
        rows.unit(frame.unit)
    rows.close()
    return rows, values


def _part(script: Script, home: Chain, rows: Rows, frame: t.Frame, test: Sql | None, shown: dict[str, Sql]) -> Relation:
    """The candidates among the rows of one frame, each for the row of the home frame it is a candidate of."""
    book, chain = script.book, rows.chain

    def of(value: Sql) -> Expr:
        return book.of(chain.last, name_of(value)) if value.refs else value.expr

    unit = chain.units.get(frame.unit) if frame.unit else None
    tests = [of(test)] if test is not None else []
    if unit is not None and frame.table != t.SUBJECTS:
        inside = book.of(chain.last, unit)
        tests.append(Expr(f"{inside.text} IS NOT NULL", inside.refs))
    columns = {ID: book.of(chain.last, ID)} | {name: of(value) for name, value in shown.items()}
    over, joins = chain.last, list[Join]()
    if home.frame.unit and frame.unit == home.frame.unit and unit is not None:
        columns[UNIT] = book.of(chain.last, unit)
    elif home.frame.unit:  # a row that is of no unit competes in every one
        over = home.last
        columns[UNIT] = book.of(home.last, UNIT)
        joins.append(Join(chain.last, matched(book, chain.last, [(ID, ID)])(home.last), inner=True))
    where = None
    if tests:
        refs = frozenset[tuple[str, str]]().union(*(each.refs for each in tests))
        where = Expr(" AND ".join(each.text for each in tests), refs)
    return Relation("part", over, columns, joins, where, passes=False)
