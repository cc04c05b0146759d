"""`cohort validate`, `ingest`, `submissions`, `sign`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cohort.errors import ReturnHeld, ReturnRefused, UsageError
from cohort.settings import from_environment
from service import console
from service.commands import batch

if TYPE_CHECKING:
    from cohort.ingest.header import Said
    from cohort.ingest.receipt import Receipt
    from cohort.ingest.source import Limits

Files = Annotated[
    list[Path],
    typer.Argument(help="Files of returns, or folders; a folder of CSV files alone is one.", show_default=False),
]
Authority = Annotated[str | None, typer.Option(help="DfE number of the authority, where the file says none.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes that share the files.")]
Output = Annotated[Path | None, typer.Option("-o", help="Write a report: .html, .xlsx, .csv or .json.")]
Explain = Annotated[
    list[str] | None,
    typer.Option(help="CODE=reason for a query, CODE:TABLE:ROW=reason for one finding, CODE=last-year."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
ONE_SPLIT = ("SPLIT-07", "Tokens are of one file.", "Take the files in one by one, each with its tokens.")
ONE_FILE = ("REPORT-01", "A report is of one file.", "Give the files one by one with -o.")


def validate(
    files: Files,
    collection: Annotated[str, typer.Option(help="Expect this collection (auto: as the file says).")] = "auto",
    year: Annotated[str, typer.Option(help="Expect this year (auto: as the file says).")] = "auto",
    authority: Authority = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge an extract before census day has come.")] = False,
    as_json: AsJson = False,
    output: Output = None,
    references: Annotated[str, typer.Option(help="Name children by this item or heading of the file.")] = "",
    show_references: Annotated[
        bool, typer.Option("--show-references", help="Print the references: personal data on the screen.")
    ] = False,
    workers: Workers = 1,
) -> None:
    """Judge returns with no database and no key; nothing leaves this machine."""
    from cohort.ingest import report
    from cohort.ingest.judge import judge
    from cohort.ingest.source import Limits

    said = _said(collection, year, authority)
    if _is_batch(files, workers) and output is None and not references:
        batch.take(files, batch.judging(said, dry_run=dry_run), workers, as_json=as_json)
    _refuse_careless(files, references, output, show_references, as_json)
    _refuse_many_reports(files, output)
    limits = Limits(size=from_environment().max_megabytes << 20)
    receipts = []
    for file in files:
        with console.progress(file.name) as progress:
            receipts.append(_judged(partial(judge, dry_run=dry_run), file, progress, limits, said))
    if references:
        for into in (output, ("json" if as_json else "text") if show_references else None):
            _local(files[0], receipts[0], references, into, limits, said)
    elif output is not None:
        _write(receipts[0], output)
    if as_json and not references:
        _say_json([receipt.validation_json() for receipt in receipts])
    elif not show_references:
        for receipt in receipts:
            console.say(report.render(receipt, "text").decode())
    _finish(receipts)


def ingest(
    files: Files,
    account: Annotated[str, typer.Option(help="The account that sends it.", show_default=False)],
    output: Output = None,
    confirm: Annotated[str, typer.Option(help="Leave rows with errors out, for this reason.")] = "",
    explain: Explain = None,
    force: Annotated[bool, typer.Option("--force", help="Take it in though a newer extract was sent.")] = False,
    tokens: Annotated[Path | None, typer.Option(help="A third party's tokens; the file holds attributes.")] = None,
    collection: Annotated[str, typer.Option(help="The collection (auto: as the file says).")] = "auto",
    year: Annotated[str, typer.Option(help="The year (auto: as the file says).")] = "auto",
    authority: Authority = None,
    as_json: AsJson = False,
    workers: Workers = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Pass over files that were received already.")] = False,
) -> None:
    """Take returns in as an account of an authority, and print the receipts."""
    from cohort.ingest import report
    from cohort.ingest.notice import of_receipt
    from service.desk import Desk
    from service.doors import office, principal

    if tokens is not None and len(files) > 1:
        raise UsageError(*ONE_SPLIT)
    _refuse_many_reports(files, output, resume=resume)
    desk = Desk(principal(account), office())
    said, answers = _said(collection, year, authority), _explanations(explain or [])
    if tokens is None and output is None and (resume or _is_batch(files, workers)):
        task = batch.sending(account, confirm, answers, said, force=force, resumes=resume)
        batch.take(files, task, workers, as_json=as_json)
    given = {"confirm": confirm, "explanations": answers, "tokens": tokens, "force": force, "said": said}
    receipts = []
    for file in files:
        with console.progress(file.name) as progress:
            receipts.append(desk.submit(file, file.name, progress=progress, **given))
        if not as_json:
            console.say(report.render(receipts[-1], "text").decode())
            console.say(of_receipt(receipts[-1]))
    if output is not None:
        _write(receipts[0], output)
    if as_json:
        _say_json([receipt.as_json() for receipt in receipts])
    _finish(receipts)


def submissions(
    account: Annotated[str | None, typer.Option(help="An authority's account; the local operator if left out.")] = None,
    authority: Annotated[str | None, typer.Option(help="Only this authority.")] = None,
    collection: Annotated[str | None, typer.Option(help="Only this collection.")] = None,
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was sent and what became of it."""
    from dataclasses import asdict

    from service.desk import Desk
    from service.doors import office, principal

    wanted = {"authority": authority, "collection": collection, "year": year}
    lines = [
        asdict(line)
        for line in Desk(principal(account), office()).history()
        if all(value is None or getattr(line, name) == value for name, value in wanted.items())
    ]
    if as_json:
        console.say_json(lines)
    else:
        headings = ("submission", "authority", "collection", "year", "status", "received_at", "rows")
        headings += ("n_errors", "n_queries")
        console.say_table(headings, [tuple(line[h] for h in headings) for line in lines])
        for line in lines:
            console.say(line["notice"])


def withdraw(
    submission: Annotated[int, typer.Argument(help="Number of the submission.")],
    reason: Annotated[str, typer.Option(help="Why, in words without names.", show_default=False)],
    account: Annotated[str | None, typer.Option(help="An authority's account; the local operator if left out.")] = None,
) -> None:
    """Take a return back; it holds no longer and stays in the history."""
    from service.desk import Desk
    from service.doors import office, principal

    Desk(principal(account), office()).withdraw(submission, reason)
    console.say(f"Submission {submission} is withdrawn.")


def sign(
    submission: Annotated[int, typer.Argument(help="Number of the submission.")],
    account: Annotated[str, typer.Option(help="The authority's account that signs.", show_default=False)],
) -> None:
    """Sign an accepted return off."""
    from service.desk import Desk
    from service.doors import office, principal

    desk = Desk(principal(account), office())
    desk.sign(submission)
    console.say(next(line.notice for line in desk.history() if line.submission == submission))


def explain(code: Annotated[str, typer.Argument(help="A code of a report, as CELL-04.", show_default=False)]) -> None:
    """The page of a code: what it says, where it can stand, what is set aside, what to do."""
    from cohort.ingest.guide import guide
    from service.explained import in_words

    console.say(in_words(guide(code.strip().upper())))


def _refuse_careless(files: list[Path], references: str, output: Path | None, show: bool, as_json: bool) -> None:
    """References are personal data: into one report of one file, and to the screen only where that is asked for."""
    flag = "Add --show-references if that is meant."
    if show and not references:
        raise UsageError("REPORT-08", "There are no references to show.", "Say which item they are: --references UPN.")
    if references and as_json and not show:
        raise UsageError("REPORT-09", "References are personal data, and --json prints to the screen.", flag)
    if references and output is None and not show:
        raise UsageError("REPORT-07", "References go into a report.", f"Name it with -o. {flag}")
    if references and len(files) > 1:
        raise UsageError(*ONE_FILE)


def _refuse_many_reports(files: list[Path], output: Path | None, *, resume: bool = False) -> None:
    """A report is of one file and of a known form; said before anything is judged or sent."""
    from cohort.ingest import report

    if output is not None:
        report.kind_of(output)
        if len(files) > 1 or resume:
            raise UsageError(*ONE_FILE)


def _local(file: Path, receipt: Receipt, references: str, into: Path | str | None, limits: Limits, said: Said) -> None:
    """The report that never leaves this machine: into a file, or to the screen as a kind."""
    from cohort.ingest import local

    if isinstance(into, Path):
        local.write(file, receipt, references, into, limits, said)
    elif into is not None:
        console.say(local.drawn(file, receipt, references, into, limits, said).decode())


def _said(collection: str, year: str, authority: str | None) -> Said:
    """What the command says of a return. Raises UsageError where the year is none."""
    from cohort.ingest.header import Said
    from cohort.ingest.read import declared_formats

    if year != "auto" and not year.isdecimal():
        raise UsageError("REPORT-04", "A year is written with four digits.", "For example --year 2025.")
    known = {name.lower(): name for name in declared_formats()}
    if collection != "auto" and collection.lower() not in known:
        raise UsageError("REPORT-05", "There is no such collection.", f"Name one of: {', '.join(known.values())}.")
    return Said(None if year == "auto" else int(year), authority, known.get(collection.lower()))


def _write(receipt: Receipt, output: Path) -> None:
    from cohort.ingest import report

    report.write(receipt, output)
    console.err.print(f"Report written to {output}.", markup=False)


def _say_json(bodies: list[dict[str, Any]]) -> None:
    """What was judged or received, one or many."""
    console.say_json(bodies[0] if len(bodies) == 1 else bodies)


def _is_batch(files: list[Path], workers: int) -> bool:
    """Whether the table of many returns is wanted in place of the report of each."""
    from service.many import found

    return workers > 1 or found(files) != files


def _judged(
    judge: Callable[..., Receipt], file: Path, progress: Callable[[str, float], None], limits: Limits, said: Said
) -> Receipt:
    from cohort.ingest.receipt import of_refusal

    try:
        return judge(file, file.name, progress, limits, said).on(date.today())  # the door has the clock
    except ReturnRefused as error:
        return of_refusal(file.name, error)


def _explanations(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not words for _, _, words in pairs):
        raise UsageError(
            "REPORT-03",
            "An explanation is CODE=reason or CODE:TABLE:ROW=reason.",
            "For example PERSON-03='…'.",
        )
    return {code: words for code, _, words in pairs}


def _finish(receipts: list[Receipt]) -> None:
    """Exit as the worst of the returns asks: refused 3, held 6, else 0."""
    statuses = {receipt.status.value for receipt in receipts}
    if "refused" in statuses:
        raise typer.Exit(ReturnRefused.exit_code)
    if "held" in statuses:
        raise typer.Exit(ReturnHeld.exit_code)
