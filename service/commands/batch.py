"""Many returns in one command: one line of progress for the whole, at the end a table of what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from service import console

if TYPE_CHECKING:
    from cohort.ingest.header import Said
    from service.many import Outcome, Task

INTERRUPTED = 130


def judging(said: Said, *, dry_run: bool) -> Task:
    """Files are judged and nothing is kept."""
    from service.many import Task

    return Task(said=said, dry_run=dry_run)


def sending(
    account: str, confirm: str, explanations: Mapping[str, str], said: Said, *, force: bool, resumes: bool
) -> Task:
    """Files are sent in by an account."""
    from service.many import Task

    return Task(account, confirm, explanations, said, force=force, resumes=resumes)


def take(paths: list[Path], task: Task, workers: int, *, as_json: bool) -> NoReturn:
    """Do the task on every return in files and folders, and exit as the worst of them asks; 130 after Ctrl-C.

    What was finished before Ctrl-C is told and stays; the same command with --resume goes on from there.
    """
    from service import many

    files, tally = many.found(paths), many.Tally()
    with many.stopping() as stop, console.whole("returns", sum(map(many.size, files))) as progress:
        for outcome in many.run(files, task, workers, stop):
            tally.add(outcome)
            progress(_line(outcome, len(tally.outcomes), len(files)), outcome.size)
    is_cut = len(tally.outcomes) < len(files)
    _say(tally.in_order(), as_json=as_json, is_judged=task.account is None)
    console.err.print(tally.line(), markup=False)
    if is_cut:
        console.err.print(f"Interrupted: {len(files) - len(tally.outcomes)} files were not begun.", markup=False)
    raise typer.Exit(INTERRUPTED if is_cut else many.worst(o.exit_code for o in tally.outcomes))


def _line(outcome: Outcome, n: int, of: int) -> str:
    return f"{n} of {of}: {outcome.receipt.file} {outcome.receipt.status.value}"


def _say(outcomes: list[Outcome], *, as_json: bool, is_judged: bool) -> None:
    if as_json:
        for outcome in outcomes:
            receipt = outcome.receipt
            body = receipt.validation_json() if is_judged else receipt.as_json()
            console.say_json_line({"file": receipt.file, **body})
        return
    headings = (
        "file",
        "authority",
        "collection",
        "year",
        "became",
        "submission",
        "rows",
        "errors",
        "queries",
        "refusal",
    )
    console.say_table(headings, [_row(outcome) for outcome in outcomes])


def _row(outcome: Outcome) -> tuple[object, ...]:
    r = outcome.receipt
    refusal = f"{r.refusal[0]} {r.refusal[1]}" if r.refusal else None
    n_queries = r.places.height - r.n_errors
    rows = sum(r.rows.values())
    return (
        r.file,
        r.authority,
        r.collection,
        r.year,
        r.status.value,
        r.submission,
        rows,
        r.n_errors,
        n_queries,
        refusal,
    )
