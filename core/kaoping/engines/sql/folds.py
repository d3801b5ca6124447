"""Many rows into one in SQL: folds of records, and over the subjects of a group."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Slot
from kaoping.engines.sql.arithmetic import Arithmetic, Sql
from kaoping.engines.sql.dialects import bits_of
from kaoping.engines.sql.relations import Expr, Ref, Relation
from kaoping.engines.sql.scopes import Book, Scope
from kaoping.types import Kind

MOST_RECORDS, MOST_SUBJECTS = 10**6, 10**8
"""How many records of one subject, or subjects, a value may be made of: what is divided has to be held exactly."""

TRIMMED = ("sum", "average", "min", "max")
"""The kinds of folds that leave out the lowest and the highest values where they are told to."""


class Folding(Struct, frozen=True):
    """A fold to be made: where its value goes, and its value and condition as columns of the rows it goes through."""

    slot: Slot
    node: t.Fold | t.Cohort
    value: Sql | None
    where: Sql | None


def arranged(
    book: Book, over: str, keys: list[str], folding: Folding, by: Sequence[Sql], others: Sequence[str] = ()
) -> tuple[str, Folding]:
    """The rows of a fold that takes the last ones, or leaves some out at both ends."""
    node = folding.node
    value = folding.value
    if isinstance(node, t.Fold) and node.last is not None:
        order = [f"{each.text} DESC NULLS LAST" for each in by]
        columns = {key: book.here(key).expr for key in (*keys, *others)}
        names = {}
        if value is not None:
            names["value"] = book.names.new("value")
            columns[names["value"]] = value.expr
        place = book.names.new("place")
        refs = frozenset().union(*(each.refs for each in by), *(book.here(key).refs for key in keys))
        columns[place] = Expr(f"ROW_NUMBER() OVER ({_partition(book, keys)} ORDER BY {', '.join(order)})", refs)
        where = None if folding.where is None else folding.where.expr
        numbered = Relation(book.names.new("in order"), over, columns, where=where, passes=False)
        over = book.add(numbered)
        last = Expr(f"{book.dialect.quoted(place)} <= {node.last.number}", book.here(place).refs)
        over = book.add(Relation(book.names.new("last"), over, where=last))
        value = None if value is None else replace(value, **_here(book, names["value"]))
        folding = replace(folding, value=value, where=None)
    if node.trim and value is not None and node.kind in TRIMMED:
        columns = {key: book.here(key).expr for key in (*keys, *others)}
        kept, place, number = (book.names.new(each) for each in ("value", "place", "number"))
        text = value.text if folding.where is None else f"CASE WHEN {folding.where.text} THEN {value.text} END"
        columns[kept] = Expr(text, value.refs | (folding.where.refs if folding.where else frozenset()))
        valued = book.add(
            Relation(
                book.names.new("values"), over, columns, passes=False,
                where=None if folding.where is None else folding.where.expr,
            )
        )  # fmt: skip
        partition, held = _partition(book, keys), book.dialect.quoted(kept)
        refs = book.here(kept).refs.union(*(book.here(key).refs for key in keys))
        over = book.add(
            Relation(
                book.names.new("ordered"),
                valued,
                {
                    place: Expr(f"ROW_NUMBER() OVER ({partition} ORDER BY {held} NULLS LAST)", refs),
                    number: Expr(f"COUNT({held}) OVER ({partition})", refs),
                },
            )
        )
        at, of = book.dialect.quoted(place), book.dialect.quoted(number)
        inside = f"({at} > {node.trim} AND {at} <= {of} - {node.trim})"
        test = Expr(
            f"({held} IS NULL OR {of} <= {2 * node.trim} OR {inside})",
            book.here(place).refs | book.here(number).refs | book.here(kept).refs,
        )
        over = book.add(Relation(book.names.new("trimmed"), over, where=test))
        folding = replace(folding, value=replace(value, **_here(book, kept)), where=None)
    return over, folding


def _here(book: Book, name: str) -> dict[str, object]:
    found = book.here(name)
    return {"text": found.text, "refs": found.refs, "depth": 0}


def _partition(book: Book, keys: list[str]) -> str:
    return f"PARTITION BY {', '.join(map(book.dialect.quoted, keys))}" if keys else ""


# ---------------------------------------------------------------- one value of many


def aggregates(book: Book, folding: Folding) -> dict[str, Expr]:
    """What has to be aggregated for a fold; where there are no rows it is NULL."""
    node, value, where = folding.node, folding.value, folding.where
    refs = frozenset[Ref]().union(*(each.refs for each in (value, where) if each is not None))
    held = "1" if value is None else value.text
    flag = f"CASE WHEN {held} THEN 1 ELSE 0 END" if value is not None else "1"
    of_some = "" if where is None else f" FILTER (WHERE {where.text})"
    found: dict[str, str] = {}
    match node.kind:
        case "sum" | "average":
            assert value is not None
            rows = most_rows(node)
            bits = bits_of(value.low * rows, value.high * rows) if node.kind == "average" else 0
            bits = max(64, bits or bits_of(node.type.low, node.type.high) or 128)
            found["sum"] = f"CAST(SUM({held}){of_some} AS {book.dialect.integer(bits)})"
            if node.kind == "average":
                found["count"] = f"COUNT({held}){of_some}"
        case "count":
            tests = [value.text] if value is not None and _boolean(node) else []
            tests += [where.text] if where is not None else []
            found["count"] = book.dialect.counted(" AND ".join(tests))
        case "distinct":
            found["count"] = f"COUNT(DISTINCT {held if where is None else f'CASE WHEN {where.text} THEN {held} END'})"
        case "any":
            found["best"] = f"MAX({flag}){of_some}"
        case "all":
            found["best"] = f"MIN({flag}){of_some}"
        case _:
            kept = f"CASE WHEN {held} THEN 1 WHEN NOT {held} THEN 0 END" if _boolean(node) and value else held
            found["best"] = f"{'MAX' if node.kind == 'max' else 'MIN'}({kept}){of_some}"
    if value is not None and value.missing and node.kind not in ("min", "max", "average", "only"):
        test = f"{value.text} IS NULL" + (f" AND {where.text}" if where else "")
        found["empty"] = book.dialect.counted(test)
    return {name: Expr(text, refs) for name, text in found.items()}


def most_rows(node: t.Fold | t.Cohort) -> int:
    """How many rows a fold may go through."""
    return MOST_RECORDS if isinstance(node, t.Fold) else MOST_SUBJECTS


def _boolean(node: t.Fold | t.Cohort) -> bool:
    return node.value is None or node.value.type.kind is Kind.BOOL


def value_of(scope: Scope, folding: Folding, found: dict[str, Sql]) -> Sql:
    """The value of a fold from its aggregates in the row it belongs to."""
    node, type_ = folding.node, folding.node.type
    arithmetic = Arithmetic(scope.book.dialect, scope.column)
    numeric = type_.kind not in (Kind.TEXT, Kind.BOOL)
    match node.kind:
        case "sum" | "count" | "distinct":
            name = "sum" if node.kind == "sum" else "count"
            bits = max(64, bits_of(type_.low, type_.high))
            made = arithmetic.built(f"COALESCE({found[name].text}, 0)", [found[name]], type_.low, type_.high, bits)
        case "any" | "all":
            default = 1 if node.kind == "all" else 0
            made = arithmetic.built(f"(COALESCE({found['best'].text}, {default}) = 1)", [found["best"]])
        case "average":
            assert folding.value is not None
            rows = most_rows(node)
            ends = folding.value.low * rows, folding.value.high * rows
            top = replace(found["sum"], low=ends[0], high=ends[1], bits=max(64, bits_of(*ends)))
            count = arithmetic.scaled(replace(found["count"], low=0, high=rows, bits=64), max(-node.digits, 0))
            return arithmetic.quotient(top, count, node.mode, type_.low, type_.high, max(node.digits, 0))
        case _:
            best = found["best"]
            made = arithmetic.built(f"({best.text} = 1)", [best]) if _boolean(node) else best
            bits = (folding.value.bits if folding.value else 0) or 32
            return replace(made, low=type_.low, high=type_.high, missing=True, bits=bits if numeric else 0)
    made = replace(made, missing=False)
    if "empty" in found:
        text = f"CASE WHEN {found['empty'].text} > 0 THEN NULL ELSE {made.text} END"
        refs = made.refs | found["empty"].refs
        made = replace(made, text=text, refs=refs, missing=True, depth=made.depth + 1)
    return made
