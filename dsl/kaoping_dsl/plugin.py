"""The front end as a plugin: which files it reads, and how."""

from __future__ import annotations

from kaoping_dsl.parse import parse

EXTENSION = ".kp"

load_scheme = parse
