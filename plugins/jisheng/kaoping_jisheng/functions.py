"""The functions that schemes on population work may call."""

from __future__ import annotations

from kaoping.functions import Function
from kaoping.types import BOOL, number

MOST = 10**12
COUNT = number(0, MOST, 0, "#人")
BOYS, GIRLS = 107, 100
"""Up to 107 boys for 100 girls is taken as natural."""
DEVIATION = 1645
"""The one-sided 5 percent point of the normal distribution, in thousandths."""


def ratio_high(boys: int, girls: int) -> bool:
    """Whether there are more boys than 107 to 100 girls would make likely: further above than chance goes in 19 cases
    of 20, the binomial distribution taken as a normal one.
    """
    births = boys + girls
    above = (BOYS + GIRLS) * boys - BOYS * births
    return above > 0 and above * above * 1_000_000 > DEVIATION * DEVIATION * BOYS * GIRLS * births


_ABOVE = f"({GIRLS} * CAST({{0}} AS HUGEINT) - {BOYS} * CAST({{1}} AS HUGEINT))"

FUNCTIONS = (
    Function(
        ("性别比偏高", "sex_ratio_high"),
        (COUNT, COUNT),
        BOOL,
        ratio_high,
        "男婴数、女婴数的性别比是否显著高于107(单侧5%,正态近似):出生人数少的单位,比值高低多是偶然",
        sql=f"{_ABOVE} > 0 AND {_ABOVE} * {_ABOVE} * 1000000"
        f" > CAST({DEVIATION * DEVIATION * BOYS * GIRLS} AS HUGEINT) * ({{0}} + {{1}})",
    ),
)
