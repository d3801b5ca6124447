"""The part of `kaoping run` for a registry: which version, on which data, and the run written down."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import typer
from msgspec import Struct

from kaoping.cli.output import CommandError, warn
from kaoping.cli.script import Found, found, is_script, is_version
from kaoping.dataset import Dataset
from kaoping.diagnostic import phrase
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.results import Provenance, Results

if TYPE_CHECKING:
    from kaoping.registry.keys import Signer
    from kaoping.registry.store import Store
    from kaoping.registry.versions import Version


class AsOf(Struct, frozen=True):
    """Days that are asked about: the rules in force then, the data of then, and what was known then of both."""

    rules: date | None = None
    data: date | None = None
    known: date | None = None

    @classmethod
    def typed(cls, rules: str | None, data: str | None, known: str | None) -> AsOf:
        """The days as they are typed."""
        if rules is None and data is None and known is None:
            return cls()
        from kaoping.cli import access

        return cls(
            access.day(rules, "--rules-as-of"), access.day(data, "--data-as-of"), access.day(known, "--known-as-of")
        )


class Recording(Struct):
    """What is to be run: a script or a version; as a trial, or to be written down by whoever signs."""

    script: Found
    trial: bool
    store: Store | None = None
    signer: Signer | None = None
    snapshot: int = 0
    """The entry of the data, where they are those of the registry."""

    @property
    def provenance(self) -> Provenance:
        """What is known of results before they are written down."""
        version = self.script.version
        return Provenance(version.label if version else "", self.trial)


def what_to_run(typed: str, as_of: AsOf, *, record: bool, trial: bool, key: str | None, words: Catalogue) -> Recording:
    """What a word and its options ask to run. A version that is not approved runs only as a trial; what is written
    down is an approved version or a trial.
    """
    if not record and as_of == AsOf() and is_script(typed):
        return Recording(found(typed), trial)
    from kaoping.cli import access

    script = _script(typed, as_of)
    if record and script.version is None:
        script = _approved_twin(script) or script
    version = script.version
    approved = version is not None and version.state == "approved"
    if version is not None and not approved and not trial:
        raise CommandError("not_approved", 1, label=version.label, state=phrase(f"registry.state.{version.state}"))
    if record and version is None and not trial:
        raise CommandError("not_published", 1, script=typed)
    made = Recording(script, trial)
    if record or as_of != AsOf():
        made.store = access.registry()
    if record:
        from kaoping.registry.people import allowed, known

        assert made.store is not None
        made.signer = access.signer(made.store.suite, key, words)
        allowed(known(made.store), made.signer, "run")
    return made


def _script(typed: str, as_of: AsOf) -> Found:
    """The script that a word means: as for other commands; without a number, the version of a scheme in force then."""
    if as_of.rules is not None and (is_script(typed) or is_version(typed)):
        raise CommandError("rules_as_of_scheme", script=typed)
    if is_script(typed):  # what is asked as of a day are the data
        return found(typed)
    from kaoping.cli import access
    from kaoping.registry.errors import RegistryError
    from kaoping.registry.versions import register

    try:
        store = access.registry()
    except CommandError as none:
        if none.reason == "no_registry_here" and as_of == AsOf():
            return found(typed)  # says that there is no such script
        raise
    known = register(store, known_as_of=as_of.known)
    if is_version(typed):
        return access.version_script(store, access.version_named(known, typed))
    if not known.of(typed) and as_of == AsOf():
        return found(typed)
    day = as_of.rules or date.today()
    version = known.in_force(typed, day)
    if version is None:
        raise RegistryError("none_in_force", scheme=typed, day=day, names=", ".join(known.schemes) or "-")
    return access.version_script(store, version)


def _approved_twin(script: Found) -> Found | None:
    """The approved version whose text a script has: the one in force, else the newest."""
    from kaoping.cli import access
    from kaoping.registry.versions import register

    store = access.registry()
    digest = store.suite.sha(script.source.text.encode()).hexdigest()
    known = register(store)
    same = [each for each in known.versions.values() if each.script == digest and each.state == "approved"]
    if not same:
        return None
    now = known.in_force(same[-1].scheme, date.today())
    return access.version_script(store, now if now in same else same[-1])


def stored_data(made: Recording, plan: Plan, as_of: AsOf, words: Catalogue) -> tuple[Dataset, date]:
    """The data that were written down for a day, and the day they speak of. Where they cannot be what the rules want,
    that is shown, and the command ends.
    """
    from kaoping.registry.errors import Refused
    from kaoping.registry.snapshots import data_as_of, stored_dataset
    from kaoping.report.diagnostics import findings_text

    assert made.store is not None
    snapshot = data_as_of(made.store, plan.scheme, as_of.data or date.today(), as_of.known, trial=made.trial)
    try:
        dataset = stored_dataset(made.store, snapshot, plan.inputs)
    except Refused as wrong:  # older data, newer rules
        warn(findings_text(wrong.findings, words))
        raise typer.Exit(1) from None
    made.snapshot = snapshot.sequence
    warn(words("registry.run.stored_data", number=snapshot.sequence, day=snapshot.day, count=len(dataset.ids)))
    return dataset, snapshot.day


def recorded(
    made: Recording, plan: Plan, dataset: Dataset, results: Results, day: date | None, engine: str, words: Catalogue,
    *, keep: bool,
) -> Provenance:  # fmt: skip
    """Write a run down, without `keep` only the hash of its data; `day` is the one that the data speak of, without it
    the last of the period, or today. Corrections that its data do not have are told of.
    """
    from kaoping.registry.correct import overlooked
    from kaoping.registry.runs import Rules, provenance, record
    from kaoping.registry.submission import referred

    store, script, version = made.store, made.script, made.script.version
    assert store is not None
    assert made.signer is not None
    with store.writing():
        if version is not None:
            version = _as_it_is_now(store, version, made)
            rules = Rules(plan, version.script, script.extension, version.body["others"], version)
        else:
            others = referred(script.checked().scheme, script.surroundings)
            kept = {name: store.keep("script", each.source.text.encode()) for name, each in others.items()}
            rules = Rules(plan, store.keep("script", script.source.text.encode()), script.extension, kept)
        speaks_of = day or min(plan.period.last, date.today())
        run, _ = record(
            store, made.signer, rules, dataset, results, speaks_of, engine,
            keep=keep, stored=made.snapshot, trial=made.trial,
        )  # fmt: skip
        if missed := overlooked(store, run, plan, dataset):
            numbers = words("report.comma").join(f"#{each}" for each in missed)
            warn(words("command.run.corrections_overlooked", numbers=numbers))
    return provenance(store, run)


def _as_it_is_now(store: Store, version: Version, made: Recording) -> Version:
    """A version, which may have been withdrawn while its results were computed."""
    from kaoping.registry.versions import register

    now = register(store, version.scheme).versions[version.sequence]
    if now.state != "approved" and not made.trial:
        raise CommandError("not_approved", 1, label=now.label, state=phrase(f"registry.state.{now.state}"))
    return now
