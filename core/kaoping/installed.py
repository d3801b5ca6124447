"""The plugins installed beside the platform, as their metadata tell: none is imported to be listed, hashed, switched
off or refused.

Two files in the user's settings folder: `plugins.json` names those switched off; `allowed-plugins.json`, where an
office lays one down, lists by name, version and hash the only ones that may be loaded (the form in which `kaoping
plugins list --format json` prints them). `KAOPING_ALLOWED_PLUGINS` names such a list elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import tempfile
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kaoping.folders import settings_folder
from kaoping.results import PluginUsed

GROUP = "kaoping"
OURS = "kaoping"
"""The platform's own distribution; its entry points are what it ships itself."""


class Installed(Struct, frozen=True):
    """An entry point in the group `kaoping`."""

    entry: EntryPoint
    version: str

    @property
    def name(self) -> str:
        """What `use` calls it."""
        return self.entry.name

    def load(self) -> object:
        """The module that it names."""
        if not self.entry.pattern.match(self.entry.value):
            raise ImportError("its package names no module under [kaoping] in entry_points.txt")
        return self.entry.load()

    @property
    def used(self) -> PluginUsed:
        """What is recorded of it when a run uses it."""
        try:
            module = self.entry.module
        except AttributeError:  # an entry point that names none: it is told when it is to be loaded
            module = ""
        return PluginUsed(self.name, self.version, content_hash(module))


class Allowed(Struct, frozen=True):
    """An entry of the list of what may be loaded."""

    name: str
    version: str
    hash: str


class _Settings(Struct):
    disabled: list[str] = []


def installed() -> list[Installed]:
    """All plugins by name, the platform's own front end left out."""
    try:
        entries = entry_points(group=GROUP)
    except Exception:  # whatever Python makes of a package whose entry points are not written as they should be
        found = [each for package in distributions() for each in _of_package(package)]
    else:
        found = [
            Installed(entry, entry.dist.version if entry.dist else "")
            for entry in entries
            if entry.dist is None or entry.dist.name != OURS
        ]
    return sorted(found, key=lambda each: (each.name, each.entry.value))


def _of_package(package: Distribution) -> list[Installed]:
    """The plugins of a package; where its entry points cannot be read and it means to have some, one of its name that
    fails to load, so that somebody is told.
    """
    if package.name == OURS:
        return []
    try:
        entries = list(package.entry_points.select(group=GROUP))
    except Exception:  # see above
        means_to = f"[{GROUP}]" in (package.read_text("entry_points.txt") or "")
        entries = [EntryPoint(package.name, "", GROUP)] if means_to else []
    return [Installed(entry, package.version) for entry in entries]


def content_hash(module: str) -> str:
    """The SHA-256 of a plugin's files, names and contents, found without importing it; "" where there are none."""
    top = module.partition(".")[0]
    found = PathFinder.find_spec(top) if top else None
    if found is None:
        return ""
    roots = [Path(each) for each in found.submodule_search_locations or ()] or [Path(found.origin or "")]
    files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*")))]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            name = file.relative_to(roots[0]).as_posix() if file != roots[0] else file.name
            content = file.read_bytes()
            digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


# ---------------------------------------------------------------- switched off, and allowed


def disabled() -> list[str]:
    """The names of the plugins that the user has switched off. ValueError where the file cannot be understood."""
    try:
        file = _settings_file()
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    settings: _Settings = _decoded(file, content, _Settings)
    return settings.disabled


def refused(used: PluginUsed) -> str:
    """Why a plugin may not be loaded: `off`, `unlisted` or `changed` since it was listed; "" where it may.

    Raises ValueError or OSError where the settings or the list cannot be read: nothing may be loaded then.
    """
    if used.name in disabled():
        return "off"
    listed = allowed()
    same = [each for each in listed or () if each.name == used.name]
    if listed is None:
        return ""
    if any((each.version, each.hash) == (used.version, used.hash) for each in same):
        _run_sources()
        return ""
    return "changed" if same else "unlisted"


def _run_sources() -> None:
    """From here on have Python run the files whose hashes are on the list, and not what it once compiled of them."""
    sys.dont_write_bytecode = True
    sys.pycache_prefix = str(Path(tempfile.gettempdir()) / secrets.token_hex(16))  # there is no such folder


def set_disabled(names: list[str]) -> None:
    """Keep the names of the plugins switched off."""
    file = _settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    from kaoping.whole import write_whole

    write_whole(file, msgspec.json.encode(_Settings(sorted(set(names)))))


def allowed() -> list[Allowed] | None:
    """The only plugins that may be loaded, None where the office keeps no list. ValueError where the list cannot be
    understood, OSError where it cannot be read.
    """
    named = os.environ.get("KAOPING_ALLOWED_PLUGINS")
    file = Path(named) if named else _list_file()
    if not named and (file is None or not file.exists()):
        return None
    assert file is not None
    listed: list[Allowed] = _decoded(file, file.read_bytes(), list[Allowed])
    return listed


def _decoded(file: Path, content: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except ValueError as reason:
        raise ValueError(f"{file}: {reason}") from None


def _settings_file() -> Path:
    return settings_folder() / "plugins.json"


def _list_file() -> Path | None:
    try:
        return settings_folder() / "allowed-plugins.json"
    except FileNotFoundError:
        return None
