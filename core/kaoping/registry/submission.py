"""Checking a script before it is published: no errors, no failed example, and everything it refers to put beside it."""

from __future__ import annotations

from importlib.metadata import version

from msgspec import Struct

from kaoping import scheme as s
from kaoping.diagnostic import errors
from kaoping.engines.examples import run_examples
from kaoping.plan.plan import Plan
from kaoping.plan.script import checked_text
from kaoping.plugins import load_scheme
from kaoping.registry.errors import Refused, RegistryError
from kaoping.registry.store import Store
from kaoping.registry.versions import Submission
from kaoping.scheme import LANGUAGE_VERSION, Scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings


class Ready(Struct, frozen=True):
    """A script that may be published, and its plan."""

    submission: Submission
    plan: Plan


def submission(source: Source, extension: str, surroundings: Surroundings) -> Ready:
    """What is to be published of a script. `Refused` where it has errors or an example fails."""
    scheme, plan, findings = checked_text(source, extension, surroundings)
    if plan is None:
        raise Refused(errors(findings))
    examples = run_examples(plan)
    if failed := [each for each in examples if not each.passed]:
        raise Refused([finding for each in failed for finding in each.findings])
    record = {"examples": len(examples), "warnings": len(findings), **made_with(plan)}
    others = {name: other.source.text.encode() for name, other in referred(scheme, surroundings).items()}
    return Ready(Submission(plan.scheme, plan.title, source.text.encode(), extension, others, record), plan)


def made_with(plan: Plan) -> dict[str, object]:
    """The versions of everything that has a say in results: the platform, the language, the plugins with the hashes of
    their code.
    """
    plugins = [{"hash": each.hash, "name": each.name, "version": each.version} for each in plan.plugins]
    return {"kaoping": version("kaoping"), "language": LANGUAGE_VERSION, "plugins": plugins}


def referred(scheme: Scheme, surroundings: Surroundings) -> dict[str, Scheme]:
    """The other schemes whose results a scheme reads, as far as they can be found."""
    names: list[str] = []
    waiting = list(scheme.statements)
    while waiting:
        statement = waiting.pop()
        waiting += statement.body
        match statement:
            case s.Link(schemes=linked):
                names += linked
            case s.Records(from_scheme=str(other)):
                names.append(other)
    found = {name: surroundings.scheme(name) for name in sorted(set(names))}
    return {name: other for name, other in found.items() if other is not None}


def stored_text(
    store: Store, script: str, label: str, extension: str, others: dict[str, str]
) -> tuple[Source, Surroundings]:
    """A script that is kept under a hash, and the other schemes kept beside it."""
    text = store.content(script)
    if text is None:
        raise RegistryError("content_missing", what=label, hash=script)
    schemes = {}
    for name, digest in others.items():
        other = store.content(digest)
        if other is not None:
            schemes[name], _ = load_scheme(Source(name, other.decode()), extension)
    return Source(label, text.decode()), Surroundings(schemes=schemes)
