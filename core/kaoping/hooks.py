"""Every place where a plugin can add to the platform. A plugin is a module with functions marked `@hookimpl`."""

from __future__ import annotations

import pluggy

from kaoping.diagnostic import Finding
from kaoping.scheme import Scheme
from kaoping.source import Source

hookspec = pluggy.HookspecMarker("kaoping")
hookimpl = pluggy.HookimplMarker("kaoping")


@hookspec(firstresult=True)
def load_scheme(source: Source, extension: str) -> tuple[Scheme, list[Finding]] | None:
    """Read a script whose file name ends in `extension` (`.kp`), or return None to leave it to others."""


@hookspec(firstresult=True)
def format_script(text: str, extension: str, keywords: str | None) -> str | None:
    """Lay a script out in the usual way, keywords in `zh` or `en` where asked, or return None to leave it to others."""
