"""`kaoping run`: a scheme on data."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from msgspec.structs import replace

from kaoping.bulk import WRITTEN
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, emit, patience, save, say, spare, terminal_columns, warn
from kaoping.cli.recording import AsOf, recorded, stored_data, what_to_run
from kaoping.cli.script import Found, data_path, is_script
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding, errors
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.results import Provenance, Results
from kaoping.whole import check_writable

FORMATS = WRITTEN | {".json": "json", ".xlsx": "xlsx", ".txt": "table"}
Engine = Annotated[Literal["auto", "reference", "python", "duckdb", "sqlite", "spark"], typer.Option("--engine")]
app = command_app()


@app.command(cls=Command)
def run(
    ctx: typer.Context,
    script: Annotated[str, typer.Argument()],
    data: Annotated[str | None, typer.Argument()] = None,
    rules: Annotated[str | None, typer.Option("--rules", "-e")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    format: Annotated[Literal["table", "csv", "json", "xlsx"] | None, typer.Option("--format")] = None,  # noqa: A002
    history: Annotated[Path | None, typer.Option("--history")] = None,
    link: Annotated[list[str] | None, typer.Option("--link")] = None,
    skip_invalid: Annotated[bool, typer.Option("--skip-invalid")] = False,
    ledger: Annotated[list[Path] | None, typer.Option("--ledger")] = None,
    engine: Engine = "auto",
    sections: Annotated[bool, typer.Option("--sections")] = False,
    memory: Annotated[str | None, typer.Option("--memory")] = None,
    threads: Annotated[str | None, typer.Option("--threads")] = None,
    temp: Annotated[Path | None, typer.Option("--temp")] = None,
    cohorts: Annotated[Path | None, typer.Option("--cohorts")] = None,
    only: Annotated[list[str] | None, typer.Option("--only")] = None,
    record: Annotated[bool, typer.Option("--record")] = False,
    hash_only: Annotated[bool, typer.Option("--hash-only")] = False,
    trial: Annotated[bool, typer.Option("--trial")] = False,
    rules_as_of: Annotated[str | None, typer.Option("--rules-as-of")] = None,
    data_as_of: Annotated[str | None, typer.Option("--data-as-of")] = None,
    known_as_of: Annotated[str | None, typer.Option("--known-as-of")] = None,
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """Evaluate and show, or write to a file, or down in a registry."""
    words: Catalogue = ctx.obj
    as_of = AsOf.typed(rules_as_of, data_as_of, known_as_of)
    if record and (rules is not None or only or cohorts is not None):
        raise CommandError("record_whole")
    if hash_only and not record:
        raise CommandError("hash_only")
    if hash_only and ledger:
        raise CommandError("hash_only_ledger")
    if key is not None and not record:
        raise CommandError("key_record")
    if data_as_of and data is not None and not record:
        raise CommandError("data_as_of_record")
    spare(output, script, data, history, *(ledger or ()), *(each.partition("=")[2] for each in link or ()))
    if known_as_of and data is not None and is_script(script):
        raise CommandError("known_as_of_nothing")
    if trial and cohorts is not None and not only:
        raise CommandError("cohorts_trial")
    if rules is not None:  # the only word is then the data
        from kaoping.cli.rules import planned_rules

        plan, data, asked = planned_rules(rules, script, words), script, None
    elif data is None and as_of == AsOf():
        raise CommandError("data_missing", command="run")
    else:
        asked = what_to_run(script, as_of, record=record, trial=trial, key=key, words=words)
        plan = planned(asked.script, words)
    if output is not None and data is not None:
        from kaoping.cli.bulk import files_read

        spare(output, *files_read(plan, data_path(data)))
    if engine == "spark" and find_spec("pyspark") is None:
        raise CommandError("spark_missing")
    limits = (memory, threads, temp)
    if any(limits):
        from kaoping.cli.bulk import settings_of

        settings_of(limits)  # wrong ones are told though a small run needs none
    dataset: Dataset | None = None
    speaks_of = None
    if data is None:
        if asked is None or history or link or ledger or skip_invalid:
            raise CommandError("stored_data_alone")
        dataset, speaks_of = stored_data(asked, plan, as_of, words)
    elif cohorts is not None and only:
        from kaoping.cli.bulk import run_again

        if history or link or ledger or skip_invalid or engine not in ("auto", "duckdb"):
            raise CommandError("cohorts_alone")
        results = run_again(plan, data_path(data), only, limits, cohorts, words)
    elif cohorts is not None and (history or link or ledger or skip_invalid or format):
        raise CommandError("cohorts_whole")
    elif not (history or link or ledger or skip_invalid or format or only or record or trial):
        from kaoping.cli.bulk import run_large

        code = run_large(plan, data_path(data), output, engine, limits, cohorts, words)
        if code is not None:
            return code
    form = _format(format, output)  # before anything is read
    if data is not None and not (cohorts is not None and only):
        ledgers = [Path(each) for each in ledger or ()]
        dataset = dataset_of(plan, data, history, link or [], skip_invalid, words, ledgers)
    if dataset is not None:
        dataset, results = results_of(plan, dataset, engine, skip_invalid, words)
        if only:
            from kaoping.cli.explain import subject_row

            results = results.of({dataset.ids[subject_row(dataset, each)] for each in only})
    provenance = asked.provenance if asked else Provenance(trial=trial)
    if record and asked is not None and dataset is not None:
        if output is not None:
            check_writable(output)  # what is written down stays, and would be written down again
        day = speaks_of or as_of.data
        provenance = recorded(asked, plan, dataset, results, day, engine, words, keep=not hash_only)
    results = replace(results, provenance=provenance)
    _hand_over(plan, dataset if sections else None, results, form, output, words)
    return 0


def _hand_over(
    plan: Plan, dataset: Dataset | None, results: Results, form: str, output: Path | None, words: Catalogue
) -> None:
    """Results as they were asked for; with the data, what plugins add to a table, too."""
    try:
        if output is not None:
            write(results, form, output, words)
        else:
            show(results, form, words)
    except OSError:
        _tell_of_run(results, words)  # it is written down all the same
        raise
    if dataset is not None and output is None and form == "table":
        from kaoping.plugins import sections as added
        from kaoping.report.table import section_table

        for section in added((each.name for each in plan.plugins), plan, results, dataset, words.language):
            say("\n" + section_table(section))
    if output is not None and results.not_appraised:
        warn(words("command.run.not_appraised", count=len(results.not_appraised)))
    if form != "table" or output is not None:
        _tell_of_run(results, words)


def _tell_of_run(results: Results, words: Catalogue) -> None:
    """The number of the run and its checkpoint, beside the results."""
    if results.provenance.run:
        from kaoping.report.registry import provenance_lines

        warn("\n".join(provenance_lines(results.provenance, words)))


def planned(script: Found, words: Catalogue) -> Plan:
    """The plan of a script; where it has errors they are shown, and the command ends."""
    _, plan, findings = script.checked()
    if plan is None:
        complain(errors(findings), words)
        raise typer.Exit(1)
    if findings:
        warn(words("command.run.warned", count=len(findings), script=script.source.name))
    return plan


def dataset_of(
    plan: Plan,
    data: str,
    history: Path | None,
    links: Sequence[str],
    skip_invalid: bool | None,
    words: Catalogue,
    ledgers: Sequence[Path] = (),
) -> Dataset:
    """The data, read and sound; where they are not, every problem is shown, and the command ends.

    `skip_invalid` is None for commands that cannot leave anybody out.
    """
    from kaoping.data.read import read_dataset

    for each in ledgers:
        if not each.exists():
            raise CommandError("no_data", path=each)
    named = dict(_link(link) for link in links)
    if len(named) < len(links):
        raise CommandError("link_twice", names=words("report.comma").join(named))
    with patience(words("command.run.reading")):
        dataset, findings = read_dataset(
            plan.inputs, data_path(data),
            scheme=plan.scheme, period=plan.period, history=history, links=named, skip_invalid=skip_invalid is True,
            ledgers=ledgers, plugins=[each.name for each in plan.plugins],
        )  # fmt: skip
    complain(findings, words)
    if dataset is None:
        not_run(skip_invalid, findings, words)
    guessed = [file for file, encoding in dataset.encodings.items() if encoding == "gb18030"]
    if guessed:  # the one encoding that nothing in the file proves
        warn(words("command.run.gb18030", files=words("report.comma").join(guessed)))
    return dataset


def results_of(
    plan: Plan, dataset: Dataset, engine: str, skip_invalid: bool, words: Catalogue
) -> tuple[Dataset, Results]:
    """The results, and the data they are of; where these do not suffice, every problem is shown, and the command ends.

    With `skip_invalid` the subjects whose own cells do not suffice are left out, and it is tried again without them.
    """
    from kaoping.data.grid import as_warning
    from kaoping.engines.run import DataErrors, evaluate

    try:
        with patience(words("command.run.evaluating")):
            return dataset, evaluate(plan, dataset, engine)
    except DataErrors as problems:
        found = problems.findings
    owners = {finding.facts.get("id") for finding in found}
    rest = set(dataset.ids) - owners
    complain([as_warning(finding) if skip_invalid and rest else finding for finding in found], words)
    if not (skip_invalid and rest) or None in owners:
        not_run(skip_invalid, found, words)
    from kaoping.data.read import without

    return results_of(plan, without(dataset, owners), engine, skip_invalid, words)


def complain(findings: list[Finding], words: Catalogue) -> None:
    """Show findings beside the results."""
    if findings:
        from kaoping.report.diagnostics import findings_text

        warn(findings_text(findings, words))


def show(results: Results, form: str, words: Catalogue) -> None:
    """Results on the screen, or into a pipe."""
    from kaoping.report.table import results_table

    if form == "table":
        say(results_table(results, words, terminal_columns()))
    else:
        from kaoping.data.write import results_text

        emit(results_text(results, form))


def write(results: Results, form: str, path: Path, words: Catalogue) -> None:
    """Results into a file, and a line to say so."""
    if form == "table":
        from kaoping.report.table import results_table

        save(path, results_table(results, words))
    elif form in ("parquet", "sqlite"):
        from kaoping.bulk.write import write_table

        write_table(results, path, form)
    else:
        from kaoping.data.write import write_results

        write_results(results, path, form)
    warn(words("command.run.written", path=path, count=len(results.ids)))


OF_ONE = ("KP631", "KP634", "KP64", "KP690", "KP691")
"""How the codes of problems begin that concern single subjects, who can be left out."""


def not_run(skip_invalid: bool | None, findings: list[Finding], words: Catalogue) -> NoReturn:
    """End a run whose data are wrong; those that are right can be evaluated where that has not been asked for."""
    if skip_invalid is False and all(each.code.startswith(OF_ONE) for each in errors(findings)):
        warn(words("command.run.not_run"))
    raise typer.Exit(1)


def _format(asked: str | None, output: Path | None) -> str:
    if asked == "xlsx" and output is None:
        raise CommandError("xlsx_needs_file")
    if asked is None and output is not None and output.suffix.lower() not in FORMATS:
        raise CommandError("format_unknown", path=output)
    return asked or (FORMATS[output.suffix.lower()] if output else "table")


def _link(typed: str) -> tuple[str, Path]:
    name, equals, path = typed.replace("＝", "=", 1).partition("=")
    if not (name and equals and path):
        raise CommandError("link_form", link=typed)
    if not Path(path).is_file():
        raise CommandError("no_data", path=path)
    return name, Path(path)
