"""Plans of what compares and folds, over more subjects and rows than elsewhere: many ties, and many on the edge of a
quarter, a half, a line.
"""

from __future__ import annotations

import datetime
import random

from msgspec.structs import replace

from generated_plans import INPUTS, RECORDS, REQUIRED, Maker
from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import Dataset
from kaoping.numbers import MODES
from kaoping.plan.plan import Plan
from kaoping.types import BOOL, DATE, Kind, Value
from plans import column, const, dataset, num, plan, read

_QUARTERS = [datetime.date(2009, month, 1).toordinal() for month in (1, 4, 7, 10)] + [
    datetime.date(2010, 1, 1).toordinal()
]
EDGES = [edge + by for edge in _QUARTERS for by in (-1, 0)]

VALUES: dict[Kind, list[Value]] = {
    Kind.NUMBER: list(range(-3, 6)),
    Kind.BOOL: [True, False, True],
    Kind.CHOICE: [0, 1, 2],
    Kind.DATE: list(EDGES),
    Kind.TEXT: ["甲", "乙", ""],
}


def made_groups(chance: random.Random) -> tuple[Plan, Dataset]:
    """A plan of a dozen columns, and data for it."""
    maker = Maker(chance.randint, list(INPUTS))
    by_name = {each.key.name: each for each in INPUTS}
    maybe, quarter = num().maybe, t.Frame("信访", "quarter")
    marks = (read(by_name["数"]), read(by_name["或数"]))
    made: list[Column] = []

    def put(node: t.Typed, frame: t.Frame = t.EACH) -> None:
        made.append(column(f"列{len(made)}", replace(node, type=node.type.maybe), frame))

    for linear in (True, False):
        part, places = chance.choice([(50, 2), (25, 2), (333, 3), (75, 2), (100, 2), (0, 2)])
        within = chance.choice([(), (read(by_name["类"]),), (read(by_name["日"]),)])
        put(
            t.Percentile(
                part, places, chance.choice(marks), None, within, linear, chance.randint(-linear, 2), type=num()
            )
        )
    for mode in chance.sample(MODES, 3):
        fives = t.Multiply(marks[0], const(5), type=num())
        put(t.Drop(fives, 1, mode, type=num()))
        put(t.Divide(marks[0], const(chance.choice([2, 4, 6, 8])), 0, mode, type=num()))
        fine = num(0, -(10**18), 10**18)
        put(t.Divide(marks[0], const(2 * 10**12), 12, mode, type=fine))  # in long division
    put(t.PreviousResult(read(by_name["总分"]), type=maybe))
    by = (read(by_name[chance.choice(["扣分", "或扣分"])]), read(by_name["序号"]))
    put(t.Ordinal(by, type=num()), RECORDS)
    put(t.Fold("average", RECORDS, read(by_name["或扣分"]), read(by_name["到场"]), digits=1, type=num()))
    put(t.Fold("sum", RECORDS, read(by_name["扣分"]), last=t.Last(chance.randint(1, 3), by), type=num()))
    put(t.UnitBound("first", type=DATE), quarter)
    put(t.Fold("count", quarter, type=num()), t.Frame(t.SUBJECTS, "quarter"))
    pool = chance.choice([read(by_name["是否"]), t.Const(True, type=BOOL)])
    for lowest in (True, False):
        ties, rounded = chance.choice(["excluded", "included"]), chance.choice(["down", "up", "nearest"])
        keys = chance.choice([(marks[1],), (marks[1], marks[0])])
        share = const(chance.choice([25, 33, 50]), num(2))
        put(t.Chosen(pool, share, keys, pool, (), lowest, ties, rounded, type=BOOL))
    for _ in range(2):
        put(maker.window(num(), t.EACH, 0))
    return plan(*INPUTS, *made, dates={"信访": "日期"}, required=REQUIRED), rows_for(chance)


def rows_for(chance: random.Random) -> Dataset:
    """A dozen subjects, some without rows, most with a few."""
    subjects = chance.randint(0, 14)

    def cells(table: str, rows: int) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for each in INPUTS:
            if each.key.frame.table == table:
                values = [*VALUES[each.type.kind], *([None, None] if each.type.optional else [])]
                found[each.key.name] = [chance.choice(values) for _ in range(rows)]
        return found

    owners = [chance.randrange(subjects) for _ in range(40)] if subjects else []
    periods = ("2006", "2007", "2008", "2008H1", "2010")
    earlier = [(who, period) for who in range(subjects) for period in periods if chance.random() < 0.7]
    chance.shuffle(earlier)
    linked = [who for who in range(subjects) if chance.random() < 0.6]
    past = cells(t.HISTORY, len(earlier)) | {"period": [period for _, period in earlier]}
    tables = {
        "信访": (owners, cells("信访", len(owners)) | {"序号": list(range(len(owners)))}),
        t.HISTORY: ([who for who, _ in earlier], past),
        "link 班子": (linked, cells("link 班子", len(linked))),
    }
    return dataset(cells(t.SUBJECTS, subjects), {"参数": chance.randint(-3, 5)}, **tables)
