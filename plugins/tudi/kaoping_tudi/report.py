"""What the report lists of the ledgers: illegal uses and idle plots that are not dealt with."""

from __future__ import annotations

from kaoping.report.unsettled import Cases

CASES = (
    Cases(
        "土地执法.违法用地",
        ("查处到位日", "补办日"),
        ("发现日", "发现渠道", "面积", "耕地面积", "制止日", "立案日", "处罚决定日"),
        {"zh": "没有查处到位的违法用地(面积:亩)", "en": "Illegal uses of land not dealt with (areas in mu)"},
    ),
    Cases(
        "土地执法.闲置土地",
        ("处置日",),
        ("约定动工日", "认定日", "面积", "原因"),
        {"zh": "没有处置的闲置土地(面积:亩)", "en": "Idle plots not dealt with (areas in mu)"},
    ),
)
