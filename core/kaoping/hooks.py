"""Every place where a plugin can add to the platform. A plugin is a module with functions marked `@hookimpl`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from kaoping.dataset import Dataset, Ledger
from kaoping.diagnostic import Finding
from kaoping.expr import Expr
from kaoping.functions import Function
from kaoping.results import Results, Section
from kaoping.scheme import Example, Scheme
from kaoping.source import Source

if TYPE_CHECKING:
    import typer

    from kaoping.plan.plan import Plan
    from kaoping.registry.suite import Suite

API = 1
"""The version of these hooks; a plugin states which one it was written for: `kaoping_api = 1`."""

hookspec = pluggy.HookspecMarker("kaoping")
hookimpl = pluggy.HookimplMarker("kaoping")


@hookspec(firstresult=True)
def load_scheme(source: Source, extension: str) -> tuple[Scheme, list[Finding]] | None:
    """Read a script whose file name ends in `extension` (`.kp`), or return None to leave it to others."""


@hookspec(firstresult=True)
def format_script(text: str, extension: str, keywords: str | None) -> str | None:
    """Lay a script out in the usual way, keywords in `zh` or `en` where asked, or return None to leave it to others."""


@hookspec(firstresult=True)
def load_expression(source: Source, extension: str) -> tuple[Expr | None, list[Finding]] | None:
    """Read a single expression as scripts of this kind have them, or return None to leave it to others."""


@hookspec(firstresult=True)
def write_examples(examples: Sequence[Example], script: str, extension: str) -> str | None:
    """Write examples down as statements, in the keywords of the script they are for, or return None to leave it to
    others.
    """


@hookspec
def library() -> Source | None:
    """The script of records, params, lets and items that `use` with the plugin's name brings into a scheme."""


@hookspec
def functions() -> Sequence[Function] | None:
    """The functions that a scheme using the plugin may call."""


@hookspec
def check(plan: Plan) -> Iterable[Finding] | None:
    """What a reader of the sector would object to in a scheme that uses the plugin."""


@hookspec
def read_ledger(name: str, rows: Sequence[Sequence[str]]) -> Sequence[Ledger | Finding] | None:
    """The records in a sheet that a system of the sector has exported, and what is wrong with the sheet; None where it
    is none of them.
    """


@hookspec
def report_sections(plan: Plan, results: Results, dataset: Dataset, language: str) -> Sequence[Section] | None:
    """What the report of a scheme that uses the plugin shows below the ranked table, worded in `zh` or `en`."""


@hookspec
def commands() -> typer.Typer | None:
    """The commands that stand under the plugin's name: `kaoping NAME …`."""


@hookspec
def messages() -> Path | None:
    """The folder with `zh/*.toml` and `en/*.toml`: the words of the plugin's own findings."""


@hookspec
def suites() -> Sequence[Suite] | None:
    """Hashes and signatures that a registry may be kept with instead of SHA-256 and Ed25519: SM3 and SM2, say."""


NAMES = tuple(name for name, each in globals().copy().items() if hasattr(each, f"{hookspec.project_name}_spec"))
"""The names of the hooks."""
