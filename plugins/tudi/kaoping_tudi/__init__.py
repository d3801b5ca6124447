"""土地执法: records, indicators, a ledger reader and checks for the appraisal of land law enforcement."""

from __future__ import annotations

from pathlib import Path

from kaoping.hooks import hookimpl
from kaoping.source import Source

kaoping_api = 1
_HERE = Path(__file__).parent


@hookimpl
def library() -> Source:
    """The records, params and indicators that `use 土地执法` brings."""
    return Source("土地执法.kp", (_HERE / "library.kp").read_text("utf-8"))
