"""From a plan to its queries."""

from __future__ import annotations

from collections.abc import Iterable

from kaoping import typed as t
from kaoping.engines.lower import Tally, Task, lowered
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.expressions import told
from kaoping.engines.sql.program import ENDS, ID, NAME, PLACE, SAME_LENGTH, Script, Sources
from kaoping.engines.sql.relations import Expr, Outputs, Relation
from kaoping.engines.sql.scopes import Book
from kaoping.engines.sql.steps import run_steps, run_tallies
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan


def script(
    plan: Plan, wanted: Iterable[t.Key], dialect: Dialect, sources: Sources, *, careful: bool = False,
    taken: Iterable[str] = (),
) -> Script:  # fmt: skip
    """The queries that give the columns wanted; raises `NotInSql` where the dialect cannot carry the plan exactly.

    `careful` is for data that are not checked yet: any cell may be empty. `taken` are names that no query may have.
    """
    book = Book(dialect)
    own = (ID, NAME, "row", "unit", "first_day", "last_day", SAME_LENGTH, PLACE, ENDS, "number")
    for name in (*own, *taken):
        book.names.new(name)
    for source in sources.values():
        book.names.new(source.table.strip(dialect.quote))  # a query of that name would read itself
    base = first = None
    if plan.appraised is not None:
        wanted = tuple(wanted)
        before = closure(plan, [plan.appraised])
        early = dict.fromkeys([plan.appraised, *(key for key in wanted if key in before)])
        first = _written(Script(book, lowered(plan, early, careful=careful), sources=sources))
        base = _appraised(first, plan.appraised)
    made = _written(Script(book, lowered(plan, wanted, careful=careful), sources=sources, base=base))
    made.first = first
    return made


def _appraised(made: Script, key: t.Key) -> str:
    book, chain = made.book, made.chain(t.EACH)
    holds = chain.slots[made.program.read(key).number]
    columns = {ID: book.here(ID).expr}
    return book.add(Relation(book.names.new("appraised"), chain.last, columns, where=holds.expr, passes=False))


def _written(made: Script) -> Script:
    program = made.program
    for level in sorted({level for level, _ in program.passes} | set(program.steps)):
        for (at, frame), entries in program.passes.items():
            if at == level:
                made.run_pass(frame, [entry for entry in entries if isinstance(entry, Task)])
                run_tallies(made, frame, [entry for entry in entries if isinstance(entry, Tally)])
        run_steps(made, program.steps.get(level, []))
    for key in program.columns:
        made.chain(key.frame)
    return made


def outputs(made: Script, frame: t.Frame, keys: Iterable[t.Key]) -> tuple[str, Outputs]:
    """Columns of a frame after the id, the unit and the row of each, as far as there are such; and the relation that
    has them. Columns that decide who is appraised are those of everybody.
    """
    keys = list(keys)
    if made.first is not None and set(keys) <= set(made.first.program.columns):
        made = made.first
    chain, book = made.chain(frame), made.book
    shown: Outputs = [(each, book.of(chain.last, each)) for each in chain.keys]
    if chain.row is not None:
        shown.append((chain.row, book.of(chain.last, chain.row)))
    for number, key in enumerate(keys):
        slot = made.program.read(key)
        constant = made.program.constants.get(slot)
        if constant is not None:
            shown.append((f"c{number}", Expr(_typed(made, constant))))
            continue
        ((_, name),) = chain.slots[slot.number].refs
        shown.append((f"c{number}", book.of(chain.last, name)))
    return chain.last, shown


def _typed(made: Script, constant: t.Const) -> str:
    with told(constant, made.dialect):
        text = made.dialect.literal(constant.value)
    return f"CAST({text} AS {made.dialect.type_of(constant.type)})"
