"""`kaoping explain`: where a result comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.structs import replace

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, hand_over, patience, spare
from kaoping.cli.run import complain, dataset_of, planned
from kaoping.cli.script import data_path, found
from kaoping.data.text import folded
from kaoping.dataset import Dataset
from kaoping.derivation import Derivation
from kaoping.messages import LANGUAGES, Catalogue
from kaoping.messages import words as words_of
from kaoping.plan.plan import Plan

ENDINGS = {".json": "json", ".html": "html", ".htm": "html"}
app = command_app()


@app.command(cls=Command)
def explain(
    ctx: typer.Context,
    script: Annotated[str, typer.Argument()],
    data: Annotated[str | None, typer.Argument()] = None,
    subject: Annotated[str | None, typer.Argument()] = None,
    name: Annotated[str | None, typer.Argument()] = None,
    format: Annotated[Literal["text", "json", "html"] | None, typer.Option("--format")] = None,  # noqa: A002
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    history: Annotated[Path | None, typer.Option("--history")] = None,
    link: Annotated[list[str] | None, typer.Option("--link")] = None,
    ledger: Annotated[list[Path] | None, typer.Option("--ledger")] = None,
    cohorts: Annotated[Path | None, typer.Option("--cohorts")] = None,
    run: Annotated[str | None, typer.Option("--run")] = None,
    given: Annotated[str | None, typer.Option("--data")] = None,
) -> int:
    """Explain one result of one subject."""
    words: Catalogue = ctx.obj
    spare(output, script, data, given, history, *(ledger or ()), *(each.partition("=")[2] for each in link or ()))
    form: str = format or (ENDINGS.get(output.suffix.lower(), "text") if output is not None else "text")
    if run is not None:  # the words are then the subject and the name of the result
        if subject is not None or history or link or ledger or cohorts:
            raise CommandError("explain_run")
        hand_over(_of_run(run, script, data, given, form, words), output, people=form == "text")
        return 0
    if data is None or subject is None or given is not None:
        raise CommandError("explain_whom")
    asked = found(script)
    plan = planned(asked, words)
    if asked.version is not None and asked.version.state != "approved":
        plan = replace(plan, title=words("registry.trial.title", title=plan.title or plan.scheme))
    if output is not None:
        from kaoping.cli.bulk import files_read

        spare(output, *files_read(plan, data_path(data)))
    if cohorts is not None:
        from kaoping.cli.bulk import explained_one

        name = name and value_named(plan, name, words)
        derivation, one = explained_one(plan, data_path(data), subject, name, cohorts, words)
        text = derivation_text(plan, one, 0, derivation, form, words)
    else:
        dataset = dataset_of(plan, data, history, link or [], None, words, [Path(each) for each in ledger or ()])
        sufficient(plan, dataset, words)
        text = explained(plan, dataset, subject, name, form, words)
    hand_over(text, output, people=form == "text")
    return 0


def _of_run(
    run: str,
    subject: str,
    name: str | None,
    given: str | None,
    format: str,  # noqa: A002
    words: Catalogue,
) -> str:
    """The explanation of a result that was written down, from the rules and the data of then."""
    from kaoping.cli import access
    from kaoping.registry.correct import data_of
    from kaoping.registry.runs import provenance, run_of, run_script
    from kaoping.report.registry import provenance_lines

    store = access.registry()
    then = run_of(store, access.number(run))
    plan = run_script(store, then).plan
    if plan is None:
        raise CommandError("explain_run_now", 1, number=then.sequence)
    origin = provenance(store, then)
    if origin.trial:
        plan = replace(plan, title=words("registry.trial.title", title=plan.title or plan.scheme))
    read = dataset_of(plan, given, None, [], None, words) if given is not None else None
    dataset = data_of(store, then, plan, read)
    return explained(plan, dataset, subject, name, format, words, provenance_lines(origin, words))


def sufficient(plan: Plan, dataset: Dataset, words: Catalogue) -> None:
    """Nothing is explained on data that lack what the rules need; every problem is shown, and the command ends."""
    from kaoping.engines.required import data_problems

    problems = data_problems(plan, dataset)
    if problems:
        complain(problems, words)
        raise typer.Exit(1)


def value_named(plan: Plan, name: str, words: Catalogue) -> str:
    """The result that is meant: by its name, or by the word for a built-in one, in either language."""
    known = [column.name for column, _ in plan.results]
    built_in = {column.role: column.name for column, _ in plan.results if column.name == column.role}
    totals = [column.name for column, _ in plan.results if column.role == "total"]
    built_in |= {"total": totals[0]} if len(totals) == 1 else {}
    phrases = {found: f"report.value.{role}" for role, found in built_in.items() if words.has(f"report.value.{role}")}
    said = {words_of(each)(phrase): found for each in LANGUAGES for found, phrase in phrases.items()}
    meant = name if name in known else said.get(name)
    if meant is None:
        shown = [words(phrases[each]) if each in built_in and each in phrases else each for each in known]
        raise CommandError("no_value", name=name, names=", ".join(shown))
    return meant


def explained(
    plan: Plan,
    dataset: Dataset,
    subject: str,
    name: str | None,
    format: str,  # noqa: A002
    words: Catalogue,
    footer: Sequence[str] = (),
) -> str:
    """The explanation in one of its forms."""
    row = subject_row(dataset, subject)
    name = name and value_named(plan, name, words)
    from kaoping.engines.explain import explain as derivation_of

    with patience(words("command.run.evaluating")):
        derivation = derivation_of(plan, dataset, dataset.ids[row], name)
    return derivation_text(plan, dataset, row, derivation, format, words, footer)


def derivation_text(
    plan: Plan,
    dataset: Dataset,
    row: int,
    derivation: Derivation,
    format: str,  # noqa: A002
    words: Catalogue,
    footer: Sequence[str] = (),
) -> str:
    """A derivation in one of its forms."""
    from kaoping.report.explanation import explanation_json, explanation_page, explanation_text

    title = words(
        "command.explain.title",
        scheme=plan.title or plan.scheme,
        period=plan.period.text,
        id=dataset.ids[row],
        name=dataset.names[row],
    ).rstrip()
    match format:
        case "json":
            return explanation_json(derivation, words)
        case "html":
            return explanation_page(derivation, title, words, footer)
    return explanation_text(derivation, title, words, footer)


def subject_row(dataset: Dataset, typed: str) -> int:
    """The row of the subject a word means: its id, else its name where only one has it."""
    for id_ in (typed, folded(typed)):  # full-width letters and digits count as half-width ones, as in data
        if id_ in dataset.ids:
            return dataset.ids.index(id_)
    rows = [row for row, name in enumerate(dataset.names) if name == typed]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise CommandError("many_subjects", id=typed, count=len(rows), ids=[dataset.ids[row] for row in rows])
    if any(typed in each for each in dataset.left_out):
        raise CommandError("left_out", 1, id=typed)
    shown = [f"{id_} {name}".strip() for id_, name in zip(dataset.ids[:10], dataset.names[:10], strict=True)]
    raise CommandError("no_subject", id=typed, ids=[*shown, *(["…"] if len(dataset.ids) > 10 else [])])
