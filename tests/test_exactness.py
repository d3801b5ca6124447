"""What is proven to round or compare like the exact fraction does so for every dividend and divisor, one by one.

The oracle computes both ways in fractions, for all data of small ranges. Few places are kept here (2 to 4 instead
of 12), so that differences are within reach of small numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import floor

import pytest

from kaoping import typed as t
from kaoping.check.exactness import Form, Quotient, comparison_sees, order_sees, rounding_sees
from kaoping.check.model import model
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import number
from kaoping_dsl.parse import parse

MODES: dict[str, Callable[[Fraction], int]] = {
    "half up": lambda x: floor(abs(x) + Fraction(1, 2)) * (1 if x >= 0 else -1),
    "half even": round,
    "down": lambda x: floor(abs(x)) * (1 if x >= 0 else -1),
    "up": lambda x: -floor(-abs(x)) * (1 if x >= 0 else -1),
    "floor": floor,
    "ceil": lambda x: -floor(-x),
}


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    return Fraction(MODES[mode](value * 10**places), 10**places)


@dataclass(frozen=True)
class Division:
    """Dividends of 0..top, divisors of low..high, `shift` more places above than below, kept with some places."""

    top: int
    low: int
    high: int
    shift: int
    kept: int

    def quotient(self, name: str = "") -> Quotient:
        type_ = number(0, self.top * 10**6, self.kept)
        return Quotient(t.Const(name, type=type_), self.low, self.high, self.shift, self.kept, name)

    def values(self) -> Iterator[tuple[Fraction, Fraction]]:
        """Every exact quotient with what is kept of it."""
        for top, bottom in product(range(self.top + 1), range(self.low, self.high + 1)):
            exact = Fraction(top, bottom) * Fraction(10) ** -self.shift
            yield exact, rounded(exact, self.kept, "half up")


def divisions(seed: int, most: int) -> Division:
    chosen = random.Random(seed)
    low = chosen.choice([1, 1, 1, 2, 7])
    high = low + chosen.randrange(most)
    return Division(chosen.choice([5, 20, 60]), low, high, chosen.choice([-1, 0, 0, 1, 2]), chosen.choice([2, 3, 4]))


NUMBERS = ["1", "2", "3", "5", "10", "25", "30", "100", "3/10", "1/2", "3/5", "-1", "-7/4"]
FACTORS = [Fraction(text) for text in NUMBERS]


@pytest.mark.parametrize("seed", range(100))
def test_what_is_proven_rounds_like_the_exact_fraction(seed: int) -> None:
    chosen = random.Random(seed)
    division = divisions(seed, 60)
    factor, places, mode = chosen.choice(FACTORS), chosen.choice([0, 1, 2]), chosen.choice(list(MODES))
    rest = chosen.choice([0, 0, 1, 2])
    form = Form({division.quotient(): factor}, rest, None if rest else Fraction(0))
    if rounding_sees(form, places, mode) is not None:
        return
    beside = [Fraction(n, 10**rest) for n in (range(-12, 13) if rest else [0])]
    for exact, kept in division.values():
        for other in beside:
            assert rounded(factor * exact + other, places, mode) == rounded(factor * kept + other, places, mode)


@pytest.mark.parametrize("seed", range(90))
def test_two_quotients_that_are_proven_round_like_the_exact_sum(seed: int) -> None:
    chosen = random.Random(seed)
    one, other = divisions(seed, 6), divisions(seed + 1000, 6)
    pairs = [("1", "1"), ("1", "-1"), ("2", "2"), ("3", "3"), ("1/2", "1/2"), ("1", "2")]
    factors = [Fraction(text) for text in chosen.choice(pairs)]
    places, mode = chosen.choice([0, 1]), chosen.choice(list(MODES))
    form = Form({one.quotient("a"): factors[0], other.quotient("b"): factors[1]}, 0, Fraction(0))
    if rounding_sees(form, places, mode) is not None:
        return
    for (a, kept_a), (b, kept_b) in product(set(one.values()), set(other.values())):
        exact, kept = factors[0] * a + factors[1] * b, factors[0] * kept_a + factors[1] * kept_b
        assert rounded(exact, places, mode) == rounded(kept, places, mode)


@pytest.mark.parametrize("seed", range(100))
def test_a_proven_comparison_with_a_constant_has_the_sign_of_the_exact_one(seed: int) -> None:
    chosen = random.Random(seed)
    division, factor = divisions(seed, 60), chosen.choice(FACTORS)
    line = Fraction(chosen.randrange(0, 300), chosen.choice([1, 10, 100]))
    form = Form({division.quotient(): factor}, 0, Fraction(0)).plus(Form({}, 2, line), -1)
    if comparison_sees(form) is not None:
        return
    for exact, kept in division.values():
        assert sign(factor * exact - line) == sign(factor * kept - line)


@pytest.mark.parametrize("seed", range(80))
def test_rows_that_are_proven_come_in_the_order_of_their_exact_quotients(seed: int) -> None:
    division, factor = divisions(seed, 30), random.Random(seed).choice(FACTORS)
    if order_sees(Form({division.quotient(): factor}, 0, Fraction(0))) is not None:
        return
    values = sorted(set(division.values()))
    for (a, kept_a), (b, kept_b) in pairwise(values):
        assert sign(a - b) == sign(kept_a - kept_b)


def test_most_of_what_is_not_proven_is_wrong_somewhere() -> None:
    """The proof gives up seldom: of what it doubts much does differ, and mostly so for the divisor it names."""
    doubted = wrong = named = rightly = 0
    for seed in range(100):
        chosen = random.Random(seed)
        division = Division(60, 1, 1 + chosen.randrange(60), 0, 4)
        factor, places = chosen.choice([f for f in FACTORS if f > 0]), chosen.choice([0, 1])
        doubt = rounding_sees(Form({division.quotient(): factor}, 0, Fraction(0)), places, "half up")
        if doubt is None:
            continue
        doubted += 1
        wrong += any(differ(factor, e, k, places) for e, k in division.values())
        if doubt.divisor is not None:
            named += 1
            only = Division(600, doubt.divisor, doubt.divisor, 0, 4).values()
            rightly += any(
                rounded(factor * e, places, "half up") != rounded(factor * k, places, "half up") for e, k in only
            )
    assert doubted
    assert wrong / doubted > 0.3, (wrong, doubted)
    assert rightly / named > 0.6, (rightly, named)


def test_one_of_forty_eight_times_thirty_is_the_first_difference() -> None:
    """30 · 1/48 = 0.625 is rounded up to 0.63; 0.020833333333 · 30 = 0.62499999999 is rounded down."""
    division = Division(100, 1, 100, 0, 12)
    doubt = rounding_sees(Form({division.quotient(): Fraction(30)}, 0, Fraction(0)), 2, "half up")
    assert doubt is not None
    assert doubt.divisor == 48
    below = Division(100, 1, 47, 0, 12)
    assert rounding_sees(Form({below.quotient(): Fraction(30)}, 0, Fraction(0)), 2, "half up") is None


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def differ(factor: Fraction, exact: Fraction, kept: Fraction, places: int) -> bool:
    return rounded(factor * exact, places, "half up") != rounded(factor * kept, places, "half up")


def kept(value: Fraction) -> Fraction:
    """What `precision 2` keeps of a quotient."""
    return rounded(value, 2, "half up")


SCRIPTS: dict[str, Callable[[int, int, Callable[[Fraction], Fraction]], Fraction | int | bool]] = {
    "let 率 = a / b\ntotal T = 率 * 30": lambda a, b, cut: rounded(30 * cut(Fraction(a, b)), 1, "half up"),
    "let 率 = a / b\ntotal T = 率 * 10": lambda a, b, cut: rounded(10 * cut(Fraction(a, b)), 1, "half up"),
    "let 率 = a / b\ntotal T = 率 + a / 2": lambda a, b, cut: rounded(
        cut(Fraction(a, b)) + Fraction(a, 2), 1, "half up"
    ),
    "let 率 = a / b\nlet 余 = 1 - 率\ntotal T = 余 * 5": lambda a, b, cut: rounded(
        5 * (1 - cut(Fraction(a, b))), 1, "half up"
    ),
    "total T = a / b + b / a": lambda a, b, cut: rounded(cut(Fraction(a, b)) + cut(Fraction(b, a)), 1, "half up"),
    "let 率 = a / b\ntotal T = min(率, 1) * 20": lambda a, b, cut: rounded(
        20 * min(cut(Fraction(a, b)), Fraction(1)), 1, "half up"
    ),
    "let 率 = a / b\ntotal T = if 率 >= 50% then 1 else 0": lambda a, b, cut: cut(Fraction(a, b)) >= Fraction(1, 2),
    "let 率 = a / b\ntotal T = if 率 * 3 >= 1 then 1 else 0": lambda a, b, cut: 3 * cut(Fraction(a, b)) >= 1,
    "let 率 = a / b\ntotal T = if 率 > b / a then 1 else 0": lambda a, b, cut: cut(Fraction(a, b)) > Fraction(b, a),
    "let 率 = a / b\ntotal T = floor(率 * 4, 0)": lambda a, b, cut: floor(4 * cut(Fraction(a, b))),
    "let 率 = a / 8\ntotal T = 率 * 3 + b": lambda a, b, cut: rounded(3 * cut(Fraction(a, 8)) + b, 1, "half up"),
    "let 率 = a / 4\ntotal T = 率 * 3 / b": lambda a, b, cut: rounded(3 * cut(Fraction(a, 4)) / b, 1, "half up"),
    "let 率 = a / b\ntotal T = 率 * a": lambda a, b, cut: rounded(a * cut(Fraction(a, b)), 1, "half up"),
    "let 率 = a / b\ntotal T = 率 * 5 / a": lambda a, b, cut: rounded(5 * cut(Fraction(a, b)) / a, 1, "half up"),
}


@pytest.mark.parametrize("most", [2, 4, 7, 20])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_without_the_warning_computes_what_the_exact_fraction_gives(script: str, most: int) -> None:
    result = SCRIPTS[script]
    scheme, _ = parse(Source("case.kp", f"precision 2\nround 1\ninput a, b : number 1..{most} places 0\n{script}\n"))
    made = model(scheme, Surroundings())
    assert made.sound, made.findings
    if any(finding.code == "KP570" for finding in made.findings):
        return
    for a, b in product(range(1, most + 1), repeat=2):
        assert result(a, b, lambda value: value) == result(a, b, kept), (a, b)


def test_some_scripts_are_warned_of_and_some_are_not() -> None:
    warned = set()
    for script, most in product(SCRIPTS, (2, 4, 7, 20)):
        scheme, _ = parse(
            Source("case.kp", f"precision 2\nround 1\ninput a, b : number 1..{most} places 0\n{script}\n")
        )
        findings = model(scheme, Surroundings()).findings
        warned |= {(script, most)} if any(finding.code == "KP570" for finding in findings) else set()
    assert 15 < len(warned) < len(SCRIPTS) * 4 - 10


@pytest.mark.parametrize(
    ("total", "value"),
    [
        ("5 - 5 * 甲 / 3", "3.33"),  # a sum
        ("10 * 甲 / 3", "3.333"),  # a chain, left to the total around it
        ("interpolate 甲 [0: 5, 3: 0]", "3.33"),
        ("average(10 * 甲 / 3 over all)", "3.33"),
    ],
)
def test_only_a_chain_is_left_to_the_total_around_it(total: str, value: str) -> None:
    script = f"scheme 试\nperiod 2009\nprecision 2\nround 3\ninput 甲 : count 0..3\ntotal 总 = {total}\n"
    script += f'example "一"\n  subject 某: 甲 = 1\n  expect 总 = {value}\n'
    plan, findings = plan_scheme(parse(Source("试.kp", script))[0], Surroundings())
    assert plan is not None, findings
    assert [(each.passed, each.findings) for each in run_examples(plan)] == [(True, ())]
