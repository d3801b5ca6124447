"""信访: records, indicators, a ledger reader and checks for the appraisal of petition work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kaoping.dataset import Ledger
from kaoping.functions import Function
from kaoping.hooks import hookimpl
from kaoping.source import Source
from kaoping_xinfang.functions import FUNCTIONS

kaoping_api = 1
_HERE = Path(__file__).parent


@hookimpl
def library() -> Source:
    """The records, params and indicators that `use 信访` brings."""
    return Source("信访.kp", (_HERE / "library.kp").read_text("utf-8"))


@hookimpl
def functions() -> Sequence[Function]:
    """What a scheme may call: deadlines."""
    return FUNCTIONS


@hookimpl
def read_ledger(name: str, rows: Sequence[Sequence[str]]) -> Sequence[Ledger] | None:
    """The records in a sheet that a petition system has exported, without anything about people."""
    from kaoping_xinfang.ledger import read

    return read(name, rows)
