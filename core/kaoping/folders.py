"""The user's own folders, where each system keeps them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Where things are kept that can be made again. FileNotFoundError where the user has no home."""
    return _folder("LOCALAPPDATA", ("AppData", "Local"), ("Library", "Caches"), "XDG_CACHE_HOME", ".cache")


def settings_folder() -> Path:
    """Where the user's settings are kept. FileNotFoundError where the user has no home."""
    mac = ("Library", "Application Support")
    return _folder("APPDATA", ("AppData", "Roaming"), mac, "XDG_CONFIG_HOME", ".config")


def _folder(windows: str, on_windows: tuple[str, ...], on_mac: tuple[str, ...], linux: str, on_linux: str) -> Path:
    try:
        home = Path.home()
    except RuntimeError as unknown:
        raise FileNotFoundError("no home folder") from unknown
    if sys.platform == "win32":
        base = Path(os.environ.get(windows) or home.joinpath(*on_windows))
    elif sys.platform == "darwin":
        base = home.joinpath(*on_mac)
    else:
        base = Path(os.environ.get(linux) or home / on_linux)
    return base / "kaoping"
