"""Which names a scheme declares, and where every statement stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import astuple, replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.diagnostic import Finding, Note, error
from kaoping.plugins import PACKAGES, meant, why_absent
from kaoping.source import Span


class Context(Struct, frozen=True):
    """Where a statement stands: the innermost clause, the blocks around it, the library it comes from."""

    library: str = ""
    clause: s.Clause | None = None
    parents: tuple[s.Statement, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    classes: tuple[tuple[str, ...], ...] = ()  # the `for` of the blocks around it
    assumes: tuple[str, ...] = ()  # the interpretations directly in the clause


class Placed(Struct, frozen=True):
    """A statement in its context."""

    statement: s.Statement
    context: Context

    @property
    def clause(self) -> str | None:
        """The number of the clause it stands under."""
        return self.context.clause.number if self.context.clause else None

    @property
    def item(self) -> s.Item | None:
        """The item it stands below."""
        return next((parent for parent in reversed(self.context.parents) if isinstance(parent, s.Item)), None)

    @property
    def assumes(self) -> tuple[str, ...]:
        """The interpretations written under the statement, or else beside it in the same clause."""
        return _assumed(self.statement) or self.context.assumes


def _assumed(statement: s.Statement) -> tuple[str, ...]:
    return tuple([child.text for child in statement.body if isinstance(child, s.Assume)])


class Symbol(Struct, frozen=True):
    """A declared name; `name` is its full name, unique in the scheme; `records` is set for a field."""

    name: str
    short: str
    placed: Placed
    span: Span
    records: str | None = None


Mentions = dict[tuple[tuple[str, ...], tuple[str, ...]], None]
"""Names: their parts as written, and in English; in the order of the walk, so that every run does the same."""


class Declarations(Struct):
    """Everything a scheme and its libraries declare."""

    statements: list[Placed] = field(default_factory=list)
    names: dict[str, Symbol] = field(default_factory=dict)
    items: dict[str, list[Symbol]] = field(default_factory=dict)  # by short name
    fields: dict[str, dict[str, Symbol]] = field(default_factory=dict)  # by records name
    broken: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)  # libraries that are not there
    overrides: dict[str, s.Binding] = field(default_factory=dict)  # params that `use … with` sets
    used: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    below: dict[int | None, list[Symbol]] = field(default_factory=dict)  # items below an item, by its statement's id
    lines: dict[int, list[Placed]] = field(default_factory=dict)  # `add` and `deduct` lines below an item
    members: dict[str, list[Placed]] = field(default_factory=dict)  # amounts in a group, by the name they give it
    caps: dict[str, list[Placed]] = field(
        default_factory=dict
    )  # by what they cap: `bonus`, or the full name of a group
    _mentions: dict[int, Mentions] = field(default_factory=dict)
    _of: dict[tuple[type[s.Statement], ...], list[Placed]] = field(default_factory=dict)

    def of(self, *kinds: type[s.Statement]) -> Iterator[Placed]:
        """The statements of some kinds in the order of the text, libraries first."""
        if not self._of:
            for placed in self.statements:
                self._of.setdefault((type(placed.statement),), []).append(placed)
        if kinds not in self._of and len(kinds) > 1:
            self._of[kinds] = [placed for placed in self.statements if isinstance(placed.statement, kinds)]
        return iter(self._of.get(kinds, ()))

    def find(self, parts: tuple[str, ...], library: str = "") -> Symbol | None:
        """The symbol a dotted name means in a scheme or a library."""
        name = ".".join(parts)
        if library and (found := self.names.get(f"{library}.{name}")):
            return found
        if found := self.names.get(name):
            return found
        *above, short = parts
        candidates = [
            item
            for item in self.items.get(short, ())
            if _ends_with(item, above) and item.placed.context.library == library
        ]
        return candidates[0] if len(candidates) == 1 else None

    def mentions(self, statement: s.Statement) -> Mentions:
        """The names in a statement and in the block below it, each once."""
        found = self._mentions.get(id(statement))
        if found is None:
            own = tuple(part for part in astuple(statement) if part is not statement.body)
            found = {(node.parts, node.canonical): None for node in e.nodes_in(own) if isinstance(node, e.Name)}
            for child in statement.body:
                found |= self.mentions(child)
            self._mentions[id(statement)] = found
        return found

    def candidates(self, short: str) -> list[Symbol]:
        """The items of a short name."""
        return self.items.get(short, [])


def _ends_with(item: Symbol, above: list[str]) -> bool:
    parents = [parent.name for parent in item.placed.context.parents if isinstance(parent, s.Item)]
    return not above or parents[-len(above) :] == above


def declare(scheme: s.Scheme, libraries: Mapping[str, s.Scheme]) -> Declarations:
    """The declarations of a scheme and of the libraries it uses; findings for names declared twice and libraries
    that are not there.
    """
    declarations = Declarations()
    for statement in _flat(scheme.statements):
        if isinstance(statement, s.Use):
            _use(declarations, statement, libraries)
    for placed in _placed(scheme.statements, Context()):
        _declare(declarations, placed)
    _name_items(declarations)
    _declare_marks(declarations)
    _relate_items(declarations)
    _relate_amounts(declarations)
    return declarations


def _flat(statements: tuple[s.Statement, ...]) -> Iterator[s.Statement]:
    for statement in statements:
        yield statement
        yield from _flat(statement.body)


def _use(declarations: Declarations, use: s.Use, libraries: Mapping[str, s.Scheme]) -> None:
    library = libraries.get(use.library)
    if library is None:
        absent = why_absent(use.library)
        near = "" if absent else meant(use.library)
        package = PACKAGES.get(use.library, "")
        place, variant = use.span.part(use.library), "near" if near else absent
        declarations.findings.append(error("KP205", place, variant, name=use.library, package=package, near=near))
        declarations.lost.add(use.library)
        declarations.broken |= {use.library, near} - {""}
        return
    for placed in _placed(library.statements, Context(library=use.library)):
        _declare(declarations, placed)
    for binding in use.settings:
        name = f"{use.library}.{binding.name.text}"
        symbol = declarations.names.get(name)
        if symbol is None or not isinstance(symbol.placed.statement, s.Param):
            declarations.findings.append(error("KP206", binding.span, name=binding.name.text, library=use.library))
        else:
            declarations.overrides[name] = binding


def _placed(statements: tuple[s.Statement, ...], context: Context) -> Iterator[Placed]:
    for statement in statements:
        yield Placed(statement, _scheme_wide(context) if isinstance(statement, s.Let) else context)
        inner = context
        if isinstance(statement, s.Clause):
            inner = replace(
                context,
                clause=statement,
                since=_later(context.since, statement.since),
                until=_earlier(context.until, statement.until),
                assumes=_assumed(statement),
            )
        inner = replace(inner, parents=(*inner.parents, statement))
        if statement.classes:
            inner = replace(inner, classes=(*inner.classes, statement.classes))
        yield from _placed(statement.body, inner)


def _scheme_wide(context: Context) -> Context:
    """The context of a name that only stands below an item: whom the item is for does not confine it."""
    if not any(isinstance(parent, s.Item) for parent in context.parents):
        return context
    others = (parent.classes for parent in context.parents if not isinstance(parent, s.Item))
    return replace(context, classes=tuple(each for each in others if each))


def _later(a: datetime.date | None, b: datetime.date | None) -> datetime.date | None:
    return max(a, b) if a and b else a or b


def _earlier(a: datetime.date | None, b: datetime.date | None) -> datetime.date | None:
    return min(a, b) if a and b else a or b


def _declare(declarations: Declarations, placed: Placed) -> None:
    statement, context = placed.statement, placed.context
    if any(isinstance(parent, s.Example) for parent in context.parents):
        return
    declarations.statements.append(placed)
    prefix = f"{context.library}." if context.library else ""
    records = next(
        (f"{prefix}{parent.name}" for parent in reversed(context.parents) if isinstance(parent, s.Records)), None
    )
    match statement:
        case s.Broken(names=names):
            declarations.broken.update(names)
        case s.Input(names=names):
            for name in names:
                _enter(declarations, prefix, name, placed, records)
        case s.Param(names=names):
            for name in names:
                _enter(declarations, prefix, name, placed, None)
        case s.Let(name=(name,)):
            _enter(declarations, prefix, name, placed, records)
        case s.Let(name=(*above, name)):
            _enter_field(declarations, ".".join(above), name, placed, prefix)
        case s.Item(name=name):
            declarations.items.setdefault(name, []).append(Symbol(f"{prefix}{name}", name, placed, statement.span))
        case s.Records(name=name):
            declarations.fields.setdefault(f"{prefix}{name}", {})
            _enter(declarations, prefix, name, placed, None)
        case s.Class(name=name) | s.Total(name=name) | s.Table(name=name) | s.Link(name=name) | s.Group(name=name):
            _enter(declarations, prefix, name, placed, None)
        case s.Outcome(name=name):
            known = declarations.names.get(prefix + name)
            if known is None or not isinstance(known.placed.statement, s.Outcome):
                _enter(declarations, prefix, name, placed, None)
    _enter_judged(declarations, placed, prefix)


def _enter(declarations: Declarations, prefix: str, name: str, placed: Placed, records: str | None) -> None:
    table = declarations.names if records is None else declarations.fields.setdefault(records, {})
    full = prefix + name if records is None else name
    known = table.get(full)
    if known is not None:
        declarations.findings.append(_twice(name, placed.statement.span, known))
        return
    table[full] = Symbol(full, name, placed, placed.statement.span, records)


def _enter_field(declarations: Declarations, records: str, name: str, placed: Placed, prefix: str) -> None:
    full = next((known for known in (prefix + records, records) if known in declarations.fields), None)
    if full is None:
        if records not in declarations.broken:
            declarations.findings.append(error("KP201", placed.statement.span.part(records), "records", name=records))
        return
    _enter(declarations, prefix, name, placed, full)


def _enter_judged(declarations: Declarations, placed: Placed, prefix: str) -> None:
    """A judged amount declares its name: a field of the records it is counted per, else an input of the subject."""
    if not isinstance(placed.statement, s.Line | s.Adjustment) or not isinstance(
        placed.statement.amount.value, s.Judged
    ):
        return
    amount = placed.statement.amount
    assert isinstance(amount.value, s.Judged)
    records = None
    if isinstance(amount.per, s.Per) and isinstance(amount.per.of, e.Name):
        symbol = declarations.find(amount.per.of.parts, placed.context.library)
        if symbol and isinstance(symbol.placed.statement, s.Records):
            records = symbol.name
    _enter(declarations, prefix, amount.value.name, placed, records)


def _name_items(declarations: Declarations) -> None:
    """An item is known by its own name where that is unique, else by its parents' names before it."""
    for short, symbols in declarations.items.items():
        if len(symbols) == 1 and symbols[0].name not in declarations.names:
            declarations.names[symbols[0].name] = symbols[0]
            continue
        seen: dict[str, Symbol] = {}
        named = []
        for symbol in symbols:
            above = [parent.name for parent in symbol.placed.context.parents if isinstance(parent, s.Item)]
            full = ".".join([*above[-1:], short])
            known = seen.get(full) or declarations.names.get(full) or (None if above else declarations.names.get(short))
            if known is not None:
                declarations.findings.append(_twice(full, symbol.span, known))
                continue
            unique = Symbol(full, short, symbol.placed, symbol.span)
            seen[full] = declarations.names[full] = unique
            named.append(unique)
        declarations.items[short] = named


def _relate_items(declarations: Declarations) -> None:
    """Which items and lines stand directly below which item."""
    for symbols in declarations.items.values():
        for symbol in symbols:
            above = symbol.placed.item
            declarations.below.setdefault(id(above) if above else None, []).append(symbol)
    for siblings in declarations.below.values():
        siblings.sort(key=lambda child: child.span.start)
    for placed in declarations.of(s.Line, s.Clear):
        if placed.item is not None:
            declarations.lines.setdefault(id(placed.item), []).append(placed)


def _relate_amounts(declarations: Declarations) -> None:
    """Which amounts stand in which group, and what each cap is on."""
    for placed in declarations.of(s.Adjustment, s.Cap):
        match placed.statement:
            case s.Adjustment(group=str() as group):
                declarations.members.setdefault(group, []).append(placed)
            case s.Cap(target=target):
                symbol = declarations.find(target.parts, placed.context.library)
                capped = {symbol.name} if symbol else set()
                capped |= {target.canonical[-1]} if len(target.parts) == 1 else set()
                for name in capped:
                    declarations.caps.setdefault(name, []).append(placed)


def _declare_marks(declarations: Declarations) -> None:
    """A mark that is no grade is a name of its own."""
    grades = {
        grade
        for placed in declarations.of(s.Grades)
        if isinstance(placed.statement, s.Grades)
        for grade in placed.statement.names
    }
    for placed in declarations.of(s.Select):
        assert isinstance(placed.statement, s.Select)
        if placed.statement.mark not in grades:
            _enter(declarations, "", placed.statement.mark, placed, None)


def _twice(name: str, span: Span, known: Symbol) -> Finding:
    return error("KP210", span.part(name), name=name, notes=(Note(known.span.part(known.short), "first"),))
