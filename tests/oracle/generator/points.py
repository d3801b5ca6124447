"""Items, bonuses, penalties, groups, caps and totals."""

from __future__ import annotations

from fractions import Fraction

from oracle.generator import conditions, numbers, sets
from oracle.generator.cells import Column
from oracle.generator.writing import Condition, Frame, Number, Writer, primary, written


def items(w: Writer) -> None:
    """Up to three items, some with two children."""
    for place in w.upto(4, 1):
        if not w.chance(25):
            _item(w, f"项{place}", w.pick([10, 20]), "")
            continue
        each = w.pick([4, 5])
        w.add(f"item 项{place} {2 * each}")
        _item(w, f"项{place}子一", each, "  ")
        _item(w, f"项{place}子二", each, "  ")
        if w.chance(20):
            w.add(f"  deduct {_amount(w)}")
        found = [Number(f"项{place}", Fraction(0), Fraction(10), 12, in_units=False)]
        w.reach.subject.numbers += [*found, Number(f"项{place}.full", Fraction(0), Fraction(10), in_units=False)]


def _item(w: Writer, name: str, points: int, indent: str) -> None:
    reach = w.reach.subject
    by_class = bool(w.reach.classes) and w.reach.classes[0].text == "类别" and not indent and w.chance(20)
    head = f"{indent}item {name} " + (f"[甲类: {points}, 乙类: {points // 2}]" if by_class else str(points))
    kind = w.pick(["assessed", "computed", "deducting", "adding", "both", "averaged"])
    if kind == "averaged" and not w.reach.dated():
        kind = "deducting"
    if kind in ("computed", "both"):
        head += f" = {w.closed(numbers.number(w, reach, 2)).text}"
    if kind == "averaged":
        head += f" averaged by {w.pick(['quarter', 'month', 'half', '季', 'year'])}"
    head, optional = _modifiers(w, head, name, rated=kind == "assessed" and not by_class, for_class=not by_class)
    w.add(head)
    if kind == "assessed":
        columns = [f"{name}.自评", f"{name}.局领导"] if "rated by" in head else [name]
        limit = Fraction(points // 2 if by_class else points)
        w.subject.extend(Column(column, "number", Fraction(0), limit, 2) for column in columns)
    if kind in ("deducting", "both", "averaged"):
        w.add(f"{indent}  deduct {_amount(w, unit=kind == 'averaged')}")
    if kind in ("adding", "both"):
        w.add(f"{indent}  {w.pick(['add', '计'])} {_amount(w)}")
    if kind in ("both", "deducting", "averaged") and w.chance(30):
        frame = reach.in_unit() if kind == "averaged" else reach
        w.add(f"{indent}  deduct all if {w.certain(conditions.condition(w, frame, 1))}")
    reach.numbers.append(Number(name, Fraction(0), Fraction(points), 12, optional=optional, in_units=False))


def _modifiers(w: Writer, head: str, name: str, *, rated: bool, for_class: bool) -> tuple[str, bool]:
    """The rest of an item's first line, and whether the item may be out."""
    optional = False
    if w.chance(25):
        instead = w.pick(["", " else full", " else average", " else 0", " else 3.335"])
        optional = instead in ("", " else average")
        head += f" applies if {w.certain(conditions.condition(w, w.reach.subject, 1))}{instead}"
    if w.chance(15):
        head += w.pick([" down to 1", " down to -3"])
    if w.chance(10):
        head += " up to 4"
    if rated and w.chance(30):
        head += " rated by 自评 20%, 局领导 80%"
    if w.chance(15):
        head += " needs evidence"
        w.subject.append(Column(f"{name}.evidence", "yes/no"))
    if for_class and w.reach.classes and w.chance(15):
        head += f" for {w.reach.classes[0].labels[0]}"
        optional = True
    return head, optional


def _amount(w: Writer, *, unit: bool = False, best: bool = False) -> str:
    """An amount with what it is counted by; `unit` where it is evaluated in units of time."""
    reach = w.reach.subject.in_unit() if unit else w.reach.subject
    frames = w.reach.dated() if unit else list(w.reach.records.items())
    match w.pick(["plain", "judged", "per count", "step"] + ["per records"] * 3 * bool(frames)):
        case "per records":
            text = _per_records(w, *w.pick(frames), unit=unit)
        case "per count":
            text = f"{w.pick(['0.5', '2', '3.5'])} {w.pick(['per', '每'])} {written(sets.count(w, reach, 1), 'sum')}"
        case "step":
            text = _step(w, reach)
        case "judged" if not unit:
            w.reach.judged += 1
            name = f"视情{w.reach.judged}"
            w.subject.append(Column(name, "number", Fraction(1), Fraction(3), 2))
            text = f"1..3 as {name}" + (f" per {w.pick([f'{n}' for n in '123'])}" if w.chance(30) else "")
        case _:
            text = w.pick(["1", "2.5"])
    if w.chance(30):
        text += f" {w.pick(['if', 'unless'])} {w.certain(conditions.condition(w, reach, 1))}"
    if not best and w.chance(25):
        text += f" up to {w.pick(['3', '1.5'])}"
    return text


def _per_records(w: Writer, table: str, inside: Frame, *, unit: bool) -> str:
    inside = inside.in_unit() if unit else inside
    value = w.pick(["0.5", "2", "1.25", ""]) or w.closed(numbers.number(w, inside, 1)).text
    text = f"{value} per {table}"
    return text + f" where {w.certain(conditions.condition(w, inside, 1))}" if w.chance(40) else text


def _step(w: Writer, reach: Frame) -> str:
    mode, step = w.pick(["full", "started", "part"]), w.pick(["1%", "0.5", "3", "10%"])
    named = reach.of_unit("points")
    chain = w.closed(w.pick(named) if named and w.chance(50) else numbers.number(w, reach, 1))
    ways = [chain.text, f"60 - {written(chain, 'chain')}", f"{written(chain, 'chain')} - 0.5"]
    return f"0.25 per {mode} {step} of ({w.pick(ways)})"


def adjustments(w: Writer) -> None:
    """Bonuses and penalties: lines, a group, caps, a dated clause."""
    for kind in ("bonus", "penalty"):
        for _ in w.upto(2):
            fors = f" for {w.reach.classes[0].labels[0]}" if w.reach.classes and w.chance(15) else ""
            w.add(f"{kind} {_amount(w)}{fors}")
        if w.chance(30):
            _group(w, kind)
        if w.chance(40):
            asked = f" if {w.certain(conditions.condition(w, w.reach.subject, 1))}" if w.chance(30) else ""
            w.add(f"cap {kind} {w.pick(['5', '50', '0'])}{asked}")
        if w.chance(10):
            w.add(f"cap {kind} 2")
    if w.reach.dated() and w.chance(20):
        table, inside = w.pick(w.reach.dated())
        amount = _per_records(w, table, inside, unit=False)
        w.add('clause "四" since 2009-03-01 until 2009-09-30', f"  penalty {amount}")
    w.reach.subject.numbers += [
        Number("bonus", Fraction(0), Fraction(10**6), 12, in_units=False),
        Number("penalty", Fraction(0), Fraction(10**6), 12, in_units=False),
    ]


def _group(w: Writer, kind: str) -> None:
    by_event = [each for each in w.reach.records.items() if any(c.text[0] == "层" for c in each[1].choices)]
    name = f"组{kind}"
    if by_event and w.chance(40):
        table, inside = w.pick(by_event)
        event = next(c.text for c in inside.choices if c.text[0] == "层")
        w.add(f"group {name} best by {event}{w.pick(['', ' up to 4'])}")
        for _ in w.upto(2, 1):
            w.add(f"{kind} in {name} {_per_records(w, table, inside, unit=False)}")
    else:
        best = w.chance(60)
        w.add(f"group {name}{' best' if best else ''}{w.pick(['', ' up to 4'])}")
        for _ in w.upto(2, 1):
            w.add(f"{kind} in {name} {_amount(w, best=best)}")
    if w.chance(30):
        w.add(f"cap {name} 2.5 if {w.certain(conditions.condition(w, w.reach.subject, 1))}")


def _plain(w: Writer) -> Number:
    """A score as it is loaded, so that there are ties."""
    found = [each for each in w.reach.subject.of_unit("points") if each.text.startswith("分")]
    return w.pick(found) if found else numbers.literal(w)


def totals(w: Writer) -> None:
    """The total, of items or of anything, and the rank that is shown."""
    reach = w.reach.subject
    number = w.closed(numbers.number(w, reach, 2))
    some_item = any(each.text.startswith("项") for each in reach.numbers)
    ways = [
        "",
        " = items + bonus - penalty",
        " = items * 100 / full default 0" if some_item else "",
        f" = {number.text}",
        f" = {number.text}",
        f" = 60% of {primary(number)} + 40% of items + bonus - penalty",
        f" = {written(number, 'chain')} / 3",
        *[f" = {w.closed(_plain(w)).text}" for _ in range(4)],
    ]
    applies = f" applies if {w.certain(conditions.condition(w, reach, 1))}" if w.chance(10) else ""
    if w.chance(15):
        w.add(f"total 小计 = {w.closed(numbers.number(w, reach, 1)).text}")
        w.add(f"total 总得分 = 小计 * 0.5 + {written(number, 'chain')}{applies}")
    else:
        w.add(f"{w.pick(['total', '总分'])} 总得分{w.pick(ways)}{applies}")
    wide = Fraction(10**6)
    reach.numbers.append(Number("总得分", -wide, wide, 3, optional=bool(applies), in_units=False))
    reach.conditions.append(Condition("总得分 >= 60", bool(applies), "comparison", in_units=False))
    if w.chance(20):
        w.add(f"rank by 总得分{w.within()}")
