"""Aggregates in SQL: a query that makes them, and a join that brings them to the rows they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Slot, Step, Tally
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.candidates import best_of_each
from kaoping.engines.sql.cohorts import Comparison, compare, named
from kaoping.engines.sql.expressions import told
from kaoping.engines.sql.folds import Folding, aggregates, arranged, value_of
from kaoping.engines.sql.program import (
    ENDS,
    ID,
    PLACE,
    SAME_LENGTH,
    UNIT,
    Chain,
    Rows,
    Script,
    matched,
    name_of,
)
from kaoping.engines.sql.ranks import chosen, columns, percentile, rank
from kaoping.engines.sql.relations import Expr, Relation
from kaoping.engines.sql.scopes import Scope
from kaoping.types import Kind

COMPARED = (t.Rank, t.Percentile, t.Chosen, t.Cohort)


def run_tallies(script: Script, frame: t.Frame, tallies: Sequence[Tally]) -> None:
    """Folds whose expressions are not slots yet, all in one query for each kind of row they belong to."""
    if not tallies:
        return
    rows = Rows(script, frame)
    foldings = []
    for each in tallies:
        value = None if each.node.value is None else rows.value(each.node.value)
        where = None if each.node.where is None else rows.value(each.node.where)
        foldings.append((each.frame, Folding(each.slot, each.node, value, where)))
    if frame.unit and frame.table != t.SUBJECTS:
        rows.unit(frame.unit)
    rows.close()
    for home in dict.fromkeys(home for home, _ in foldings):
        alike = [folding for at, folding in foldings if at == home]
        with told(alike[0].node, script.dialect):
            _fold(script, frame, home, rows.chain.last, alike)


def _fold(script: Script, inner: t.Frame, home: t.Frame, over: str, foldings: list[Folding]) -> None:
    """Folds of the same rows for the same subjects, and units where both have them."""
    book, chain = script.book, script.chain(inner)
    keys = [ID, *([chain.units[inner.unit]] if home.unit else [])]
    columns = {key: book.here(key).expr for key in keys}
    where = None
    if inner.unit and inner.table != t.SUBJECTS:
        unit = script.book.here(chain.units[inner.unit])
        where = Expr(f"{unit.text} IS NOT NULL", unit.refs)
    names = _aggregated(script, foldings, columns)
    group = [book.here(key).expr for key in keys]
    made = book.add(
        Relation(book.names.new(f"folded {inner.table}"), over, columns, where=where, group=group, passes=False)
    )
    pairs = list(zip([ID, UNIT], keys, strict=False))
    _bring(script, script.chain(home), made, pairs, foldings, names)


def _aggregated(script: Script, foldings: list[Folding], columns: dict[str, Expr]) -> list[dict[str, str]]:
    """The aggregates of several folds put into the columns of one query; their names."""
    names = []
    for folding in foldings:
        wish = script.wish(script.column_of(folding.slot))
        mine = {}
        for role, expression in aggregates(script.book, folding).items():
            mine[role] = script.book.names.new(f"{wish} {role}")
            columns[mine[role]] = expression
        names.append(mine)
    return names


def _bring(
    script: Script,
    chain: Chain,
    made: str,
    pairs: list[tuple[str, str]],
    foldings: list[Folding],
    names: list[dict[str, str]],
) -> None:
    """The values of folds as columns of the rows they belong to."""
    book = script.book
    scope = Scope(book, chain.last, chain.frame.table or "subjects")
    scope.join(made, matched(book, made, pairs))
    for folding, mine in zip(foldings, names, strict=True):
        value = value_of(scope, folding, _found(scope, made, mine))
        chain.slots[folding.slot.number] = scope.define(value, script.wish(script.column_of(folding.slot)))
    chain.last = scope.close()


def _found(scope: Scope, made: str, names: dict[str, str]) -> dict[str, Sql]:
    """The aggregates of a fold beside the rows they belong to."""
    book = scope.book
    return {
        role: replace(book.here(scope.bring(book.of(made, name), name)), missing=True, bits=64)
        for role, name in names.items()
    }


# ---------------------------------------------------------------- steps


def run_steps(script: Script, steps: Sequence[Step]) -> None:
    """The aggregates made between two passes, in their order; those that go through the same rows in the same way, and
    need nothing of one another, in one query.
    """
    waiting: dict[tuple[object, ...], list[Step]] = {}
    compared: list[Step] = []
    made: set[Slot] = set()

    def flush() -> None:
        for alike in waiting.values():
            with told(alike[0].node, script.dialect):
                _steps(script, alike)
        if compared:
            _compare(script, compared)
        waiting.clear()
        compared.clear()
        made.clear()

    for step in steps:
        if made & {slot for slots in step.needs.values() for slot in slots}:
            flush()
        if isinstance(step.node, COMPARED):
            compared.append(step)
        else:
            waiting.setdefault(_alike(step), []).append(step)
        made.add(step.slot)
    flush()


def _alike(step: Step) -> tuple[object, ...]:
    """What two steps have in common that can be made in one query."""
    match step.node:
        case t.Fold(trim=0, last=None, frame=frame):
            return ("fold", frame, step.slot.frame)
        case _:
            return (step.slot.number,)


def _steps(script: Script, alike: list[Step]) -> None:
    step = alike[0]
    match step.node:
        case t.Fold(frame=inner):
            _fold_steps(script, inner, step.slot.frame, alike)
        case t.Group():
            best_of_each(script, step)
        case t.Ordinal() | t.PreviousRow():
            _row_before(script, step)
        case t.PreviousResult():
            _previous(script, step)
        case t.Streak():
            _streak(script, step)


def _folding(rows: Rows, step: Step) -> Folding:
    assert isinstance(step.node, t.Fold | t.Cohort)
    (value,), (where,) = step.needs["value"], step.needs["where"]
    return Folding(
        step.slot, step.node, None if value is None else rows.slot(value), None if where is None else rows.slot(where)
    )


def _fold_steps(script: Script, inner: t.Frame, home: t.Frame, steps: list[Step]) -> None:
    rows = Rows(script, inner)
    foldings = [_folding(rows, step) for step in steps]
    if home.unit or (inner.unit and inner.table != t.SUBJECTS):
        rows.unit(inner.unit)
    node = steps[0].node
    assert isinstance(node, t.Fold)
    by = _by(rows, node.last.by, steps[0].needs["by"]) if node.last is not None else []
    rows.close()
    over, chain = rows.chain.last, rows.chain
    if len(steps) == 1:
        units = [chain.units[inner.unit]] if inner.unit else []
        own = [ID, *units] if home.unit else [ID]
        over, foldings[0] = arranged(script.book, over, own, foldings[0], by, [] if home.unit else units)
    _fold(script, inner, home, over, foldings)


# ---------------------------------------------------------------- among subjects


def _compare(script: Script, steps: list[Step]) -> None:
    """Comparisons among subjects that need nothing of one another: all of one relation, all joined to it at once."""
    rows = Rows(script, t.EACH)
    comparisons, groups = [], dict[tuple[object, ...], list[Step]]()
    for step in steps:
        with told(step.node, script.dialect):
            match step.node:
                case t.Rank():
                    comparisons.append(rank(script, rows, step))
                case t.Percentile():
                    comparisons.append(percentile(script, rows, step))
                case t.Chosen():
                    comparisons.append(chosen(script, rows, step))
                case t.Cohort(trim=trim):
                    alone = (step.slot.number,) if trim else ()
                    within = tuple(each and each.number for each in step.needs["within"])
                    groups.setdefault((*alone, within), []).append(step)
    for alike in groups.values():
        comparisons += _cohorts(script, rows, alike)
    compare(script, comparisons, rows)


def _cohorts(script: Script, rows: Rows, steps: list[Step]) -> list[Comparison]:
    """Folds over the subjects of a group, all in one query."""
    book = script.book
    foldings = [_folding(rows, step) for step in steps]
    within = columns(rows, steps[0].needs["within"])
    keys = [name_of(each) for each in within]
    names, relations = list[dict[str, str]](), list[str]()

    def query(start: str, _: str) -> str:
        if not relations:  # the first of them makes it for all
            over = start
            if len(steps) == 1:
                over, foldings[0] = arranged(book, start, keys, foldings[0], ())
            shown = {key: book.here(key).expr for key in keys}
            names.extend(_aggregated(script, foldings, shown))
            group = [book.here(key).expr for key in keys]
            relations.append(book.add(Relation(book.names.new("groups"), over, shown, group=group, passes=False)))
        return relations[0]

    def comparison(at: int, step: Step) -> Comparison:
        def value(scope: Scope, given: list[Sql]) -> Sql:
            found = {role: replace(each, bits=64) for role, each in zip(names[at], given, strict=True)}
            return value_of(scope, foldings[at], found)

        return Comparison(
            step.node, step.slot, keys, named(within), value, query=query, given=lambda: list(names[at].values())
        )

    return [comparison(at, step) for at, step in enumerate(steps)]


# ---------------------------------------------------------------- rows in order


def _row_before(script: Script, step: Step) -> None:
    """The number of a row among its subject's, or a value of the row before it."""
    rows = Rows(script, step.slot.frame)
    chain, book = rows.chain, script.book
    within = [rows.slot(each) for each in step.needs["within"] if each is not None]
    assert isinstance(step.node, t.Ordinal | t.PreviousRow)
    by = _by(rows, step.node.by, step.needs["by"])
    group = [book.here(ID), *([rows.unit(step.slot.frame.unit)] if step.slot.frame.unit else []), *within]
    order = ", ".join(f"{each.text} NULLS FIRST" for each in by) or book.here(ID).text
    window = f"(PARTITION BY {', '.join(each.text for each in group)} ORDER BY {order})"
    type_ = step.node.type
    if isinstance(step.node, t.Ordinal):
        value = Sql(f"ROW_NUMBER() OVER {window}", 1, type_.high, False, 1, 64)
    else:
        (before,) = step.needs["value"]
        assert before is not None
        held = rows.slot(before)
        value = replace(held, text=f"LAG({held.text}) OVER {window}", missing=True, depth=1)
    refs = value.refs.union(*(each.refs for each in (*group, *by)))
    if step.slot.frame.unit:
        outside = rows.unit(step.slot.frame.unit).text
        value = replace(value, text=f"CASE WHEN {outside} IS NOT NULL THEN {value.text} END", missing=True)
    made = rows.scope.define(replace(value, refs=refs), script.wish(script.column_of(step.slot)))
    chain.slots[step.slot.number] = made
    rows.close()


def _by(rows: Rows, nodes: Sequence[t.Typed], slots: Sequence[Slot | None]) -> list[Sql]:
    """What rows are put in order by: text by code point; and last, where two are alike, as they stand in the data."""
    found = [rows.slot(slot) for slot in slots if slot is not None]
    collation = rows.script.dialect.collation
    found = [
        replace(value, text=f"{value.text}{collation}") if node.type.kind is Kind.TEXT else value
        for node, value in zip(nodes, found, strict=True)
    ]
    return [*found, *(rows.script.book.here(each) for each in rows.tie)]


# ---------------------------------------------------------------- earlier periods


def _previous(script: Script, step: Step) -> None:
    """A value of the subject's newest stored result of a period as long as this one."""
    (slot,) = step.needs["value"]
    assert slot is not None
    rows = Rows(script, t.Frame(t.HISTORY))
    value = rows.slot(slot)
    rows.close()
    book, over = script.book, rows.chain.last
    place, kept = book.names.new("place"), book.names.new("value")
    keys = {ID: book.here(ID).expr, kept: value.expr}
    order = f"ROW_NUMBER() OVER (PARTITION BY {book.here(ID).text} ORDER BY {book.here(ENDS).text} DESC)"
    keys[place] = Expr(order, book.here(ID).refs | book.here(ENDS).refs)
    alike = Expr(book.here(SAME_LENGTH).text, book.here(SAME_LENGTH).refs)
    over = book.add(Relation(book.names.new("earlier"), over, keys, where=alike, passes=False))
    newest = Expr(f"{book.here(place).text} = 1", book.here(place).refs)
    made = book.add(Relation(book.names.new("newest"), over, where=newest))
    _bring_one(script, step.slot, made, kept, replace(value, missing=True))


def _streak(script: Script, step: Step) -> None:
    """How many periods in a row something has held, this one first."""
    (now,), (then,) = step.needs["now"], step.needs["then"]
    assert now is not None
    assert then is not None
    rows = Rows(script, t.Frame(t.HISTORY))
    held = rows.slot(then)
    rows.close()
    book, over = script.book, rows.chain.last
    broken, number = book.names.new("broken"), book.names.new("length")
    place = book.here(PLACE)
    text = (
        f"SUM(CASE WHEN {held.text} THEN 0 ELSE 1 END) OVER (PARTITION BY {book.here(ID).text} ORDER BY {place.text})"
    )
    columns = {ID: book.here(ID).expr, broken: Expr(text, held.refs | place.refs | book.here(ID).refs)}
    in_run = Expr(f"{place.text} IS NOT NULL", place.refs)
    over = book.add(Relation(book.names.new("run"), over, columns, where=in_run, passes=False))
    unbroken = Expr(f"{book.here(broken).text} = 0", book.here(broken).refs)
    columns = {ID: book.here(ID).expr, number: Expr("COUNT(*)")}
    group = [book.here(ID).expr]
    made = book.add(Relation(book.names.new("streaks"), over, columns, where=unbroken, group=group, passes=False))
    each = Rows(script, t.EACH)
    holds = each.slot(now)
    each.scope.join(made, matched(book, made, [(ID, ID)]))
    count = book.here(each.scope.bring(book.of(made, number), number))
    text = f"CASE WHEN {holds.text} THEN 1 + COALESCE({count.text}, 0) ELSE 0 END"
    value = Sql(text, 0, step.node.type.high, False, 2, 64, holds.refs | count.refs)
    each.chain.slots[step.slot.number] = each.scope.define(value, script.wish(script.column_of(step.slot)))
    each.close()


def _bring_one(script: Script, slot: Slot, made: str, column: str, value: Sql) -> None:
    rows = Rows(script, t.EACH)
    rows.scope.join(made, matched(script.book, made, [(ID, ID)]))
    name = rows.scope.bring(script.book.of(made, column), column)
    found = script.book.here(name)
    rows.chain.slots[slot.number] = replace(value, text=found.text, refs=found.refs, depth=0)
    rows.close()
