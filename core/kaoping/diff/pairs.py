"""Which statement of one scheme is which of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator

from msgspec import Struct

from kaoping import scheme as s
from kaoping.diff.likeness import likeness
from kaoping.diff.names import numbered, replaced, same
from kaoping.diff.renames import Renaming, renamings, renumbered
from kaoping.diff.units import Place, Unit, Units

_ALIKE, _ALIKE_ELSEWHERE = 0.5, 0.7


class Comparison(Struct, eq=False):
    """Two schemes taken apart, and what of one is what of the other."""

    before: Units
    after: Units
    renamings: list[Renaming]
    names: dict[str, str]  # old name to new one
    clauses: dict[Place, Place]  # of the clauses whose number has changed, old to new
    pairs: dict[Unit, Unit]  # old to new

    def was(self) -> dict[Unit, Unit]:
        """The pairs the other way round."""
        return {new: old for old, new in self.pairs.items()}

    def place(self, place: Place | None) -> Place | None:
        """A clause of the old scheme as the new one numbers it."""
        return self.clauses.get(place, place) if place else None


def compared(before: s.Scheme, after: s.Scheme) -> Comparison:
    """Find what of one scheme is what of the other."""
    old, new = Units.of(before.statements), Units.of(after.statements)
    renamed = renamings(old, new)
    names = {each.old: each.new for each in renamed}
    clauses = renumbered(old, new, names)
    names |= {numbered(a.number): b.number for a, b in clauses.items()}
    found = Comparison(old, new, renamed, names, clauses, {})
    _Matching(found).run()
    return found


class _Matching:
    """Statements are paired from the surest likeness to the least, each block within its own, then across blocks."""

    def __init__(self, found: Comparison) -> None:
        self.found = found
        self.names = found.names
        shared = found.before.shared()
        sure = {name: new for name, new in found.names.items() if name not in shared}
        self.spelled = {unit: replaced(unit.statement, sure) for unit in found.before.every}
        self.taken: set[Unit] = set()

    def run(self) -> None:
        for each in self.found.renamings:  # they are known already
            if each.before not in self.found.pairs and each.after not in self.taken:
                self._pair(each.before, each.after)
        self._blocks(self.found.before.top, self.found.after.top)
        free_old = [unit for unit in self.found.before.every if unit not in self.found.pairs]
        free_new = [unit for unit in self.found.after.every if unit not in self.taken]
        for old, new in self._across(free_old, free_new):
            if self._free(old, new):
                self._pair(old, new)
                self._blocks(old.below, new.below)

    def _blocks(self, before: list[Unit], after: list[Unit]) -> None:
        self._block(before, after)
        for unit in before:
            if (other := self.found.pairs.get(unit)) is not None:
                self._blocks(unit.below, other.below)

    def _block(self, before: list[Unit], after: list[Unit]) -> None:
        """Pair what stands in two blocks that are the same."""
        self._by(before, after, lambda unit: (self._said(unit), self._place(unit)))
        self._by(before, after, self._name)
        self._by(before, after, self._said)
        self._alike(before, after, _ALIKE, here=True)
        self._alike(before, after, _ALIKE_ELSEWHERE, here=False)

    def _across(self, before: list[Unit], after: list[Unit]) -> Iterator[tuple[Unit, Unit]]:
        """Pairs in blocks that are not the same: what is equal, what has the same name."""
        for of in (self._said, self._name):
            yield from self._with_same(before, after, of)

    def _by(self, before: list[Unit], after: list[Unit], of: Callable[[Unit], Hashable | None]) -> None:
        """Pair what has the same key."""
        for old, new in self._with_same(before, after, of):
            self._pair(old, new)

    def _with_same(
        self, before: list[Unit], after: list[Unit], of: Callable[[Unit], Hashable | None]
    ) -> Iterator[tuple[Unit, Unit]]:
        """What is free and has the same key, in the order of the text."""
        waiting: dict[Hashable, list[Unit]] = defaultdict(list)
        for unit in before:
            if unit not in self.found.pairs:
                waiting[of(unit)].append(unit)
        waiting.pop(None, None)
        for unit in after:
            if unit not in self.taken and (found := waiting.get(of(unit))):
                yield found.pop(0), unit

    def _alike(self, before: list[Unit], after: list[Unit], least: float, *, here: bool) -> None:
        """Pair what is most alike among what has no name of its own, in the same clause or in any."""
        scores = []
        for a in before:
            for b in after:
                if not self._free(a, b) or family(self._said(a)) != family(b.statement):
                    continue
                if self._name(a) is not None and not isinstance(a.statement, s.Example):
                    continue
                if here and self._place(a) != self._place(b):
                    continue
                alike = self._likeness(a, b)
                if alike >= least or _says_what(b.statement):
                    scores.append((alike, -abs(a.turn - b.turn), a, b))
        for _, _, a, b in sorted(scores, key=lambda one: one[:2], reverse=True):
            if self._free(a, b):
                self._pair(a, b)

    def _likeness(self, a: Unit, b: Unit) -> float:
        if same(a.statement, b.statement, self.names):
            return 1.0
        return likeness(self._said(a), b.statement)

    def _place(self, unit: Unit) -> Place | None:
        return self.found.place(unit.place) if unit in self.spelled else unit.place

    def _name(self, unit: Unit) -> Hashable | None:
        found = key(self._said(unit))
        return found if len(found) > 1 else None

    def _said(self, unit: Unit) -> s.Statement:
        return self.spelled.get(unit, unit.statement)

    def _free(self, old: Unit, new: Unit) -> bool:
        return old not in self.found.pairs and new not in self.taken

    def _pair(self, old: Unit, new: Unit) -> None:
        self.found.pairs[old] = new
        self.taken.add(new)


def key(statement: s.Statement) -> tuple[str, ...]:
    """What makes a statement the only one of its kind in its block; the kind alone where nothing does."""
    kind = type(statement).__name__
    match statement:
        case (
            s.SchemeName() | s.Title() | s.DocumentSource() | s.PeriodSetting() | s.Precision() | s.EvidenceRequired()
            | s.Subject() | s.Total() | s.RankBy() | s.Grades() | s.On()
        ):  # fmt: skip
            return kind, ""
        case s.Rounding(of=of):
            return kind, of
        case s.Use(library=name):
            return kind, name
        case s.Param(names=(name,)) | s.Input(names=(name,)):
            return kind, name
        case s.Let(name=name):
            return kind, ".".join(name)
        case s.Class(name) | s.Records(name) | s.Table(name) | s.Link(name) | s.Item(name) | s.Group(name):
            return kind, name
        case s.Select(mark):
            return kind, mark
        case s.Limit(grade):
            return kind, grade
        case s.Example(title):
            return kind, title
        case _:
            return (kind,)


def family(statement: s.Statement) -> tuple[str, ...]:
    """What a statement without a name of its own may have become: the same kind, for the same grade or result."""
    kind = type(statement).__name__
    match statement:
        case s.Grade(grade) | s.Bar(grade):
            return kind, grade or ""
        case s.Outcome(name):
            return kind, name
        case s.Line(how) | s.Adjustment(how):
            return kind, how
        case s.Cap(target):
            return kind, ".".join(target.canonical)
        case _:
            return key(statement)[:1]


def _says_what(statement: s.Statement) -> bool:
    """Whether it is about one grade, result or limit: another condition of it is a change, however different."""
    return isinstance(statement, s.Grade | s.GradeCase | s.GradeValue | s.Bar | s.Outcome | s.Cap)
