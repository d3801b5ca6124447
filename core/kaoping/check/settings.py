"""What a scheme settles for all of its rules: period, roundings, precision, evidence, the words for units."""

from __future__ import annotations

from kaoping import scheme as s
from kaoping.check import (
    types,
)
from kaoping.check.checker import Checker
from kaoping.check.numeric import Rounding
from kaoping.diagnostic import Note, warning
from kaoping.period import Period
from kaoping.source import Span


def settle(c: Checker) -> str:
    """Take over the settings of the scheme; gives its title."""
    title = ""
    seen: dict[str, Span] = {}
    for placed in c.declarations.of(
        s.SchemeName, s.Title, s.PeriodSetting, s.Rounding, s.Precision, s.EvidenceRequired
    ):
        if placed.context.library:
            continue
        statement = placed.statement
        kind = type(statement).__name__ + getattr(statement, "of", "")
        if kind in seen:
            c.error(
                "KP210",
                statement.span,
                "setting",
                name=statement.span.text.split()[0],
                notes=(Note(seen[kind], "first"),),
            )
        seen[kind] = statement.span
        match statement:
            case s.Title(text=text):
                title = text
            case s.PeriodSetting(first=first, last=last):
                try:
                    c.period = Period.parse(first, last)
                except ValueError:
                    c.error("KP432", statement.span, text=statement.span.text)
            case s.Rounding(places=places, mode=mode, of=of):
                if not 0 <= places <= types.MOST_PLACES:
                    c.error("KP314", statement.span, most=types.MOST_PLACES)
                elif of == "total":
                    c.round_total = Rounding(places, mode)
                else:
                    c.round_items = Rounding(places, mode)
            case s.Precision(places=places):
                if not 2 <= places <= 18:
                    c.error("KP314", statement.span, "precision", most=18)
                else:
                    c.precision = places
            case s.EvidenceRequired():
                c.evidence = True
    return title


def collect_units(c: Checker) -> None:
    """The words for units that literals may use: those of money, days and points, and those that types declare."""
    c.units = {"元": "元", "万元": "元", "亿元": "元", "天": "天", "日": "天", "分": "", "次": "#"}
    for placed in c.declarations.statements:
        for written in _written_types(placed.statement):
            if written.unit is not None:
                if written.unit[0] in "万亿":  # 5万元 is 50000 元: no literal has such a unit
                    place = placed.statement.span.part(written.unit)
                    rest = written.unit.lstrip("万亿")
                    c.report(warning("KP222", place, "thousands" if rest else "bare", unit=written.unit, rest=rest))
                c.units[written.unit] = types.unit_code(written.kind, written.unit)


def _written_types(statement: s.Statement) -> list[s.WrittenType]:
    match statement:
        case s.Input(type=written) | s.TableOutput(type=written) | s.Class(type=written):
            return [written]
        case s.Param(type=s.WrittenType() as written):
            return [written]
        case s.Link(types=pairs):
            return [written for _, written in pairs]
        case _:
            return []
