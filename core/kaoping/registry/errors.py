"""What cannot be done with a registry, told as a phrase and facts."""

from __future__ import annotations

from kaoping.diagnostic import Finding, Stop


class RegistryError(Stop):
    """What was asked of a registry cannot be done: `reason` is the phrase `registry.stop.REASON`."""

    phrases = "registry"


class Refused(Exception):  # noqa: N818 - it carries findings
    """What a script or a cell is refused for."""

    def __init__(self, findings: list[Finding]) -> None:
        """Keep the findings."""
        super().__init__(f"{len(findings)} findings")
        self.findings = findings
