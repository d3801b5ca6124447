"""The net holds: were the checker or an engine to ignore a rule, some expected result would no longer come out.

A fault is seeded in one of two ways: a feature is taken out of every script before it is planned, as a checker that
forgot it would do, or a function of the engine is replaced by a wrong one. The net is the recorded results of the
shipped schemes and the examples of the scripts in `tests/cases/good`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import numbers
from kaoping import scheme as s
from kaoping.data.read import read_dataset
from kaoping.engines.examples import run_examples
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.build import plan_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.types import plain_text
from kaoping_dsl.parse import parse

HERE = Path(__file__).parent
GOOD = sorted((HERE / "cases" / "good").glob("s*.kp"))
Change = Callable[[Any], Any]


def rewritten(node: Any, change: Change) -> Any:
    """A tree with every node changed; a statement changed to None is left out."""
    if isinstance(node, tuple):
        parts = [(part, rewritten(part, change)) for part in node]
        return tuple(new for old, new in parts if new is not None or old is None)
    if not isinstance(node, e.Node | s.Scheme):
        return node
    if isinstance(node, s.Example):
        return node  # what is expected stays as it is
    values = {name: rewritten(getattr(node, name), change) for name in node.__struct_fields__ if name != "span"}
    return change(replace(node, **values)) if isinstance(node, e.Node) else replace(node, **values)


def without(*kinds: type) -> Change:
    return lambda node: None if isinstance(node, kinds) else node


def setting(kind: type[e.Node], **values: Any) -> Change:
    return lambda node: replace(node, **values) if isinstance(node, kind) else node


def flipped(kind: type[e.Node], field: str, one: str, other: str) -> Change:
    def change(node: Any) -> Any:
        if not isinstance(node, kind):
            return node
        value = getattr(node, field)
        return replace(node, **{field: {one: other, other: one}.get(value, value)})

    return change


def compared_otherwise(node: Any) -> Any:
    """`>=` read as `>`, `<=` as `<`: the classical slip at a boundary."""
    if isinstance(node, e.Compare) and node.operator in (">=", "<="):
        return replace(node, operator=node.operator[0])
    return node


FORGOTTEN: dict[str, Change] = {
    "vetoes": without(s.Veto),
    "bars": without(s.Bar),
    "downgrades": without(s.Downgrade),
    "caps": without(s.Cap),
    "quotas": without(s.Select, s.Limit),
    "deduct all": without(s.Clear),
    "where of a quota": without(s.Where),
    "where of a line": setting(e.Node),  # replaced below: `per R where` without its where
    "what happens to ties": flipped(s.Ties, "policy", "excluded", "included"),
    "how a part is rounded": flipped(s.Rounded, "mode", "down", "up"),
    "top and bottom": flipped(s.Top, "end", "top", "bottom"),
    "within of a quota": setting(s.Top, within=()),
    "bonus and penalty": flipped(s.Adjustment, "kind", "bonus", "penalty"),
    "add and deduct": flipped(s.Line, "kind", "add", "deduct"),
    "up to of a line": setting(s.Amount, up_to=None),
    "if of a line": setting(s.Amount, condition=None),
    "best of a group": setting(s.Group, best=False, best_by=None),
    "dates of a clause": setting(s.Clause, since=None, until=None),
    "raters": setting(s.Item, raters=()),
    "averaged by": setting(s.Item, averaged_by=None),
    "else of an item": setting(s.Item, otherwise=None),
    "places of the total": setting(s.Rounding, places=0),
    "within of a rank": setting(e.Call, within=()),
    "trim": setting(e.Call, trim=None),
    "lowest first": setting(e.Call, lowest_first=False),
    "boundaries": compared_otherwise,
}
FORGOTTEN["where of a line"] = setting(s.Per, where=None)


def scripts() -> Iterator[Path]:
    yield from shipped_scripts().values()
    yield from (path for path in GOOD if path.name != "s3-use.kp")  # it needs a library


def caught(path: Path, change: Change) -> bool:
    """Whether a script, changed, no longer gives what is expected of it (or no longer checks at all)."""
    scheme, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    changed = rewritten(scheme, change)
    if changed == scheme:
        return False
    plan, _ = plan_scheme(changed, Surroundings(path.parent))
    if plan is None:
        return False  # the checker refuses it: this says nothing about results
    return any(not result.passed for result in run_examples(plan)) or differs(path, plan)


def differs(path: Path, plan: Any) -> bool:
    """Whether the results of a shipped scheme differ from the recorded ones."""
    recorded = path.with_name("expected.csv")
    if not recorded.exists():
        return False
    dataset, _ = read_dataset(plan.inputs, path.with_name("data"), scheme=plan.scheme, period=plan.period)
    if dataset is None:
        return True
    try:
        results = evaluate(plan, dataset, "reference")
    except DataErrors:
        return True
    with recorded.open(encoding="utf-8-sig", newline="") as file:
        expected = {row["id"]: row for row in csv.DictReader(file)}
    column = next((column for column in results.columns if column.role == "grade"), results.columns[-1])
    values = results.values[column.name]
    return any(
        not same(plain_text(values[i], column.type), expected[id_][column.name]) for i, id_ in enumerate(results.ids)
    )


def same(got: str, recorded: str) -> bool:
    """`90` is as good as `90.00`."""
    try:
        return Decimal(got) == Decimal(recorded)
    except InvalidOperation:
        return got == recorded


@pytest.mark.parametrize("fault", FORGOTTEN)
def test_a_forgotten_rule_is_caught(fault: str) -> None:
    assert any(caught(path, FORGOTTEN[fault]) for path in scripts())


def unchanged(node: Any) -> Any:
    return node


WRONG: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "halves to even": (
        "kaoping.engines.scalar",
        "divided",
        lambda a, b, mode: numbers.divided(a, b, "half even" if mode == "half up" else mode),
    ),
    "rounded down": (
        "kaoping.engines.scalar",
        "divided",
        lambda a, b, mode: numbers.divided(a, b, "down" if mode == "half up" else mode),
    ),
    "a month is thirty days": ("kaoping.engines.scalar", "moved_by_months", lambda day, months: day + 30 * months),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_engine_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong = WRONG[fault]
    monkeypatch.setattr(f"{module}.{name}", wrong)

    def fails(path: Path) -> bool:
        scheme, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
        plan, _ = plan_scheme(scheme, Surroundings(path.parent))
        return plan is not None and (any(not r.passed for r in run_examples(plan)) or differs(path, plan))

    assert any(fails(path) for path in scripts())


def test_without_a_fault_nothing_is_caught() -> None:
    for path in scripts():
        scheme, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
        plan, _ = plan_scheme(rewritten(scheme, unchanged), Surroundings(path.parent))
        assert plan is not None, path.name
        assert not differs(path, plan), path.name
        assert [result.title for result in run_examples(plan) if not result.passed] == [], path.name
