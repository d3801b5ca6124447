"""What a change of rules does to whom: blocks of a table and lines, as text, as part of a page, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from kaoping.messages import Catalogue
from kaoping.numbers import quotient
from kaoping.report.page import escaped
from kaoping.report.table import grid
from kaoping.report.width import visible, wrapped
from kaoping.types import decimal_text, trimmed

if TYPE_CHECKING:
    from kaoping.diff.record import Cause, Edge, Impact, Matrix, Moves, People, Shift

COLUMNS, GAP = 100, "  "
MEAN_PLACES = 2
"""How many places more than its number a mean is shown with."""
SHOWN_DECILES = (0, 1, 3, 7, 9, 10)
YES_NO = {"\treport.yes", "\treport.no", "\timpact.not_appraised"}


class Block(Struct, frozen=True):
    """A part of the report: a title, a table (headings first) if there is one, and lines below."""

    title: str
    table: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


def impact_text(impact: Impact, titles: Sequence[str], words: Catalogue) -> str:
    """Everything for the screen; `titles` say what each change is."""
    return "\n".join("\n".join(_printed(block)) + "\n" for block in blocks(impact, titles, words))


def _printed(block: Block) -> Iterator[str]:
    yield visible(block.title)
    if block.table:
        head, *rows = [[visible(cell) for cell in row] for row in block.table]
        right = [at > 0 and all(_is_number(row[at]) for row in rows) for at in range(len(head))]
        yield from (GAP + line for line in grid(head, rows, right, None))
    for line in block.lines:
        for number, part in enumerate(wrapped(visible(line), COLUMNS - len(GAP))):
            yield GAP * (2 if number else 1) + part


def _is_number(cell: str) -> bool:
    return not cell.strip("+-0123456789.% ")


def impact_content(impact: Impact, titles: Sequence[str], words: Catalogue) -> str:
    """The same as the content of a page."""
    parts = []
    for block in blocks(impact, titles, words):
        parts.append(f"<h2>{escaped(block.title)}</h2>")
        if block.table:
            head, *rows = block.table
            cells = "".join(f"<th>{escaped(cell)}</th>" for cell in head)
            body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
            parts.append(f"<table>\n<tr>{cells}</tr>\n{body}\n</table>")
        if block.lines:
            lines = "\n".join(f"<li>{escaped(line)}</li>" for line in block.lines)
            parts.append(f"<ul>\n{lines}\n</ul>")
    return "\n".join(parts)


def _cell(text: str) -> str:
    number = ' class="number"' if text and _is_number(text) else ""
    return f"<td{number}>{escaped(text)}</td>"


# ---------------------------------------------------------------- blocks


def blocks(impact: Impact, titles: Sequence[str], words: Catalogue) -> Iterator[Block]:
    """All parts that have something to say."""
    said = _Said(impact, titles, words)
    numbers = {"count": impact.subjects, "before": impact.before, "after": impact.after}
    yield Block(words("impact.title", **numbers))
    small = [each for each in impact.matrices if set(each.rows) | set(each.columns) <= YES_NO]
    yield from (said.matrix(each) for each in impact.matrices if each not in small)
    if small:
        yield said.yes_no(small)
    makers: tuple[tuple[Sequence[object], Callable[[], Block]], ...] = (
        (impact.quotas, said.quotas), (impact.reasons, said.reasons), (impact.moves, said.moves),
        (impact.shifts, said.shifts), (impact.edges, said.edges),
    )  # fmt: skip
    yield from (make() for found, make in makers if found)
    yield from said.causes()


class _Said:
    """The parts in the words of one language."""

    def __init__(self, impact: Impact, titles: Sequence[str], words: Catalogue) -> None:
        self.impact, self.titles, self.words = impact, titles, words

    def _head(self, *keys: str) -> tuple[str, ...]:
        return tuple(self.words(f"impact.head.{key}") if key else "" for key in keys)

    def _named(self, people: People) -> str:
        """The names of subjects, and how many more there are."""
        return self._listed([each.name or each.id for each in people.first], people.count)

    def _listed(self, names: Sequence[str], count: int) -> str:
        more = self.words("report.more", count=count - len(names)) if count > len(names) else ""
        return self.words("report.comma").join(names) + more

    def _flow(self, before: str, after: str) -> str:
        return f"{self.words.spelled(before)} → {self.words.spelled(after)}"

    def _only(self, side: str) -> str:
        return "" if side == "both" else self.words(f"impact.only.{side}")

    def matrix(self, matrix: Matrix) -> Block:
        """Rows for states before, columns for states after, totals at the ends."""
        total = self.words("impact.sum")
        head = (self.words("impact.corner"), *map(self.words.spelled, matrix.columns), total)
        rows = [
            (self.words.spelled(state), *map(str, line), str(sum(line)))
            for state, line in zip(matrix.rows, matrix.counts, strict=True)
        ]
        sums = [sum(column) for column in zip(*matrix.counts, strict=True)]
        rows.append((total, *map(str, sums), str(sum(sums))))
        name = self.words.spelled(matrix.name) + self._only(matrix.side)
        title = self.words("impact.matrix", name=name, count=matrix.flipped)
        lines = [
            f"{self._flow(flip.before, flip.after)} ({flip.people.count}): {self._named(flip.people)}"
            for flip in matrix.flips
        ]
        return Block(title, (head, *rows), tuple(lines))

    def yes_no(self, matrices: Sequence[Matrix]) -> Block:
        """Things that are yes or no, a line each: both times yes, and so on; flips of the same subjects together."""
        rows: list[tuple[str, ...]] = []
        together: dict[tuple[str, str, People], list[str]] = {}
        for each in matrices:
            name = self.words.spelled(each.name) + self._only(each.side)
            counts = {
                (row, column): count
                for row, line in zip(each.rows, each.counts, strict=True)
                for column, count in zip(each.columns, line, strict=True)
            }
            yes, no = "\treport.yes", "\treport.no"
            four = [counts.get(pair, 0) for pair in ((yes, yes), (yes, no), (no, yes), (no, no))]
            rest = sum(counts.values()) - sum(four)
            rows.append((name, *map(str, four), str(rest), str(sum(counts.values()))))
            for flip in each.flips:
                together.setdefault((flip.before, flip.after, flip.people), []).append(name)
        head = self._head("", "yes_yes", "yes_no", "no_yes", "no_no", "rest")
        comma = self.words("report.comma")
        lines = [
            f"{comma.join(names)}: {self._flow(before, after)} ({people.count}): {self._named(people)}"
            for (before, after, people), names in together.items()
        ]
        return Block(self.words("impact.yes_no"), ((*head, self.words("impact.sum")), *rows), tuple(lines))

    def quotas(self) -> Block:
        """Who enters and who leaves each selection."""
        rows, lines = [], []
        for each in self.impact.quotas:
            name = " ".join(part for part in (each.clause, each.name) if part) + self._only(each.side)
            rows.append((name, *map(str, (each.before, each.after, each.entrants.count, each.leavers.count))))
            for key, people in (("entrants", each.entrants), ("leavers", each.leavers)):
                if people.count:
                    lines.append(self.words(f"impact.{key}", name=name, names=self._named(people)))
        table = (self._head("quota", "before", "after", "entrants", "leavers"), *rows)
        return Block(self.words("impact.quotas"), table, tuple(lines))

    def reasons(self) -> Block:
        """For whom vetoes and bars come to hold, and for whom they cease."""
        rows, lines = [], []
        for each in self.impact.reasons:
            text = each.text if each.text == each.text_before else f"{each.text_before} → {each.text}"
            name = " ".join(part for part in (self.words(f"report.{each.word}"), each.clause, text) if part)
            name += self._only(each.side)
            rows.append((name, *map(str, (each.before, each.after, each.appears.count, each.disappears.count))))
            for key, people in (("appears", each.appears), ("disappears", each.disappears)):
                if people.count:
                    lines.append(self.words(f"impact.{key}", name=name, names=self._named(people)))
        table = (self._head("reason", "before", "after", "appears", "disappears"), *rows)
        return Block(self.words("impact.reasons"), table, tuple(lines))

    def moves(self) -> Block:
        """How ranks move, and whose most."""
        rows, lines = [], []
        for each in self.impact.moves:
            name = self._rank_name(each)
            rows.append((name, *map(str, (each.up, each.down, each.same, each.gained, each.lost))))
            for key, movers, count in (("risen", each.risen, each.up), ("fallen", each.fallen, each.down)):
                if movers:
                    names = [f"{mover.name or mover.id} {mover.before}→{mover.after}" for mover in movers]
                    lines.append(self.words(f"impact.{key}", name=name, names=self._listed(names, count)))
        table = (self._head("rank", "up", "down", "same", "gained", "lost"), *rows)
        return Block(self.words("impact.moves"), table, tuple(lines))

    def _rank_name(self, moves: Moves) -> str:
        if moves.group:
            return moves.group
        within = self.words("report.comma").join(moves.within)
        return self.words("impact.rank_within" if within else "impact.rank", name=within)

    def shifts(self) -> Block:
        """How numbers change, of all and by class."""
        rows = [self._shift(each) for each in self.impact.shifts]
        deciles = [self.words("impact.head.decile", percent=f"{at}0%") for at in SHOWN_DECILES[1:-1]]
        head = self._head("number", "subjects", "mean", "least", *("",) * len(deciles), "median", "most", "up", "down")
        named = [*head[:4], *deciles[:2], head[-4], *deciles[2:], *head[-3:], *self._head("without")]
        return Block(self.words("impact.shifts"), (tuple(named), *rows))

    def _shift(self, each: Shift) -> tuple[str, ...]:
        name = self.words.spelled(each.name)
        label = f"{name} {each.label}" if each.group else self.words("impact.of_all", name=name)
        ends = (str(each.up), str(each.down), str(each.without))
        if each.mean is None or each.median is None:
            return (label, "0", *("",) * (len(SHOWN_DECILES) + 2), *ends)
        deciles = [_signed(each.deciles[at], each.places) for at in SHOWN_DECILES]
        shown = [deciles[0], *deciles[1:3], _fraction(each.median, each.places + 1), *deciles[3:]]
        return (label, str(each.count), _fraction(each.mean, each.places + MEAN_PLACES), *shown, *ends)

    def edges(self) -> Block:
        """Who stands near a line of the new scheme."""
        rows, lines = [], []
        for each in self.impact.edges:
            name = " ".join(part for part in (each.clause, self.words.spelled(each.text)) if part)
            rows.append((name, _distance(each.margin, each), str(each.above), str(each.below)))
            if each.nearest:
                names = [f"{near.name or near.id} {self._side(each, near.inside)}{_distance(near.distance, each)}"
                         for near in each.nearest]  # fmt: skip
                lines.append(f"{name}: {self._listed(names, each.above + each.below)}")
        table = (self._head("line", "margin", "above", "below"), *rows)
        return Block(self.words("impact.edges"), table, tuple(lines))

    def _side(self, edge: Edge, inside: bool) -> str:
        """Of a selection whether somebody is taken, which a tie does not tell."""
        return "" if edge.kind == "grade" else self.words("impact.inside" if inside else "impact.outside")

    # ------------------------------------------------------------ causes

    def _part(self, part: int) -> str:
        """The changes of a part by their numbers, counted from 1."""
        changes = self.impact.attribution.parts[part]
        return self.words("impact.change", numbers="+".join(str(each + 1) for each in changes))

    def _numbers(self, changes: Iterable[int]) -> str:
        return self.words("report.comma").join(str(each + 1) for each in changes)

    def _parts(self, parts: Iterable[int]) -> str:
        return self.words("report.comma").join(map(self._part, parts))

    def causes(self) -> Iterator[Block]:
        """Which change does it: the list of changes, then each matrix."""
        found = self.impact.attribution
        if not (found.parts or found.idle):
            return
        lines = [
            f"{self._part(at)} {' / '.join(self.titles[each] for each in part)}" for at, part in enumerate(found.parts)
        ]
        if found.idle:
            lines.append(self.words("impact.idle", numbers=self._numbers(found.idle)))
        for at, needed in enumerate(found.needs):
            if needed:
                lines.append(self.words("impact.needs", part=self._part(at), numbers=self._numbers(needed)))
        if any(len(part) > 1 for part in found.parts):
            lines.append(self.words("impact.bundled"))
        lines.append(self.words("impact.order"))
        yield Block(self.words("impact.changes"), (), tuple(lines))
        alike: dict[tuple[object, ...], list[Matrix]] = {}
        for matrix in self.impact.matrices:
            if matrix.causes or matrix.offset:
                alike.setdefault((matrix.effects, matrix.causes, matrix.offset), []).append(matrix)
        yield from map(self._caused, alike.values())

    def _caused(self, matrices: Sequence[Matrix]) -> Block:
        matrix = matrices[0]
        rows = [
            (self._part(each.part), *("?" if number is None else str(number) for number in (each.first, each.last)),
             str(each.alone))
            for each in matrix.effects
            if (each.first, each.last, each.alone) != (0, 0, 0)
        ]  # fmt: skip
        lines = [self._cause(each) for each in (*matrix.causes, *matrix.offset)]
        names = self.words("report.comma").join(self.words.spelled(each.name) for each in matrices)
        title = self.words("impact.caused", name=names)
        return Block(title, (self._head("change", "first", "last", "alone"), *rows), tuple(lines))

    def _cause(self, cause: Cause) -> str:
        how = cause.how
        if how == "offset" and not (cause.enough and cause.needed):
            how = "offset_first" if cause.enough else "offset_last"
        said = self.words(
            f"impact.how.{how}",
            enough=self._parts(cause.enough) or self.words("impact.no_change"),
            needed=self._parts(cause.needed) or self.words("impact.no_change"),
        )
        flow = self._flow(cause.before, cause.after) if cause.before != cause.after else self.words.spelled(cause.after)
        return f"{flow} ({cause.people.count}), {said}: {self._named(cause.people)}"


def _signed(value: int, places: int) -> str:
    text = trimmed(decimal_text(value, places))
    return f"+{text}" if value > 0 else text


def _fraction(value: Fraction, places: int) -> str:
    """A fraction with so many places, rounded half up."""
    return _signed(quotient(value.numerator, value.denominator, places, "half up"), places)


def _distance(value: int, edge: Edge) -> str:
    if edge.percent:
        return trimmed(decimal_text(value, edge.places - 2)) + "%"
    return trimmed(decimal_text(value, edge.places))
