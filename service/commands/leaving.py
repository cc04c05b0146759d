"""`cohort erase`, `objection`, `retention`, `erasures`: who must leave the record, and where they still are."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohort.errors import UsageError
from service import console

if TYPE_CHECKING:
    from service.concerned import SnapshotConcerned
    from service.erasure import Departure, Numbers, Row

objection = typer.Typer(help="Objections to research.", no_args_is_help=True)
erasures = typer.Typer(help="Who was erased, by random key.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
Account = Annotated[str | None, typer.Option(help="The account that asks; the local operator if left out.")]
Submission = Annotated[int | None, typer.Option(help="A submission that holds the person.", show_default=False)]
PlaceInFile = Annotated[
    int | None, typer.Option("--row", help="The person's place in its table of persons, from 1.", show_default=False)
]
Ask = Annotated[bool, typer.Option("--ask", help="Ask for UPN and ULN, unseen; or read them as two lines of a pipe.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it nothing is done, only counted.")]


def erase(
    submission: Submission = None,
    row: PlaceInFile = None,
    ask: Ask = False,
    ground: Annotated[str, typer.Option(help="request, objection, court or unlawful.")] = "request",
    yes: Yes = False,
    account: Account = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person: tokens, links and facts; a tombstone stays, and snapshots that hold them are listed."""
    from service.doors import office, principal
    from service.erasure import erase_person

    who = _who(submission, row, ask=ask)
    _tell(erase_person(office(), principal(account), who, ground, sure=yes), as_json=as_json)


def _who(submission: int | None, row: int | None, *, ask: bool) -> Row | Numbers:
    """Numbers never come as arguments: those of a process can be read by every user of the machine."""
    from service.erasure import Numbers, Row

    if ask and submission is None and row is None:
        given = {kind: _unseen(kind.upper()) for kind in ("upn", "uln")}
        return Numbers({kind: number for kind, number in given.items() if number})
    if not ask and submission is not None and row is not None:
        return Row(submission, row)
    raise UsageError("ERASE-08", "It is not said who.", "Give --submission and --row, or --ask.")


def _unseen(what: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return getpass(f"{what} (leave empty where not known): ").strip()


def _tell(departure: Departure, *, as_json: bool) -> None:
    gone = departure.erased
    if as_json:
        console.say_json(
            {
                "done": departure.is_done,
                "erasure": str(gone.erasure_id) if departure.is_done else None,
                "keys": len(gone.keys),
                "rows": dict(gone.rows),
                "barred": gone.barred,
                "snapshots": _as_json(departure.concerned),
            }
        )
        return
    console.say_table(("table", "rows"), sorted(gone.rows.items()))
    done = "were erased" if departure.is_done else "would be erased; say --yes to do it"
    console.say(f"{sum(gone.rows.values()):,} rows of {len(gone.keys)} keys {done}.")
    if gone.barred:
        console.say(f"{gone.barred} identifiers are barred: what later returns say of them is left out.")
    _tell_concerned(departure.concerned)


def _as_json(snapshots: Sequence[SnapshotConcerned]) -> list[dict[str, str]]:
    return [{"name": s.name, "digest": s.digest, "holds": s.holds.name.lower()} for s in snapshots]


def _tell_concerned(snapshots: Sequence[SnapshotConcerned]) -> None:
    for snapshot in snapshots:
        console.say(f"Snapshot {snapshot.name} ({snapshot.digest[:12]}) {snapshot.holds.value}.")
    if snapshots:
        console.say("Destroy them with every copy that was exported, and cut them anew.")


@objection.command()
def enter(submission: Submission = None, row: PlaceInFile = None, ask: Ask = False, account: Account = None) -> None:
    """Leave a person out of every snapshot from now on; the authority's record keeps them."""
    from service.doors import office, principal
    from service.erasure import enter_objection

    held = enter_objection(office(), principal(account), _who(submission, row, ask=ask))
    console.say("The objection is in force: snapshots cut from now on leave the person out.")
    _tell_concerned(held)


@objection.command()
def lift(submission: Submission = None, row: PlaceInFile = None, ask: Ask = False, account: Account = None) -> None:
    """Take an objection back; identifiers that were barred are let in again."""
    from service.doors import office, principal
    from service.erasure import lift_objection

    n = lift_objection(office(), principal(account), _who(submission, row, ask=ask))
    console.say(f"Taken back: {n} objections and barred identifiers.")


def retention(
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today if left out.")] = None,
    yes: Yes = False,
    account: Account = None,
    as_json: AsJson = False,
) -> None:
    """Who has been kept for as long as the record may keep them, by year of birth; with --yes they are erased."""
    from service.doors import office, principal
    from service.erasure import end_retention

    day = as_of.date() if as_of else date.today()  # the door is the only place that looks at a clock
    due, departure = end_retention(office(), principal(account), day, sure=yes)
    if as_json:
        counts = {str(year): n for year, n in due.by_birth_year.items()}
        console.say_json({"as_of": day, "due": counts, "unknown": due.unknown, "done": departure is not None})
        return
    console.say_table(("birth year", "persons"), sorted(due.by_birth_year.items()))
    console.say(f"{len(due.persons):,} persons are due on {day}; of {due.unknown:,} nobody knows the month of birth.")
    if departure is not None:
        _tell(departure, as_json=False)


@erasures.command("list")
def list_erasures(account: Account = None, as_json: AsJson = False) -> None:
    """Every erasure: when, on what ground, by whom, how much."""
    from dataclasses import asdict

    from service.doors import office, principal
    from service.erasure import erasures as listed

    rows = [asdict(line) for line in listed(office(), principal(account))]
    headings = ("erasure_id", "at", "ground", "account", "persons", "rows")
    if as_json:
        console.say_json(rows)
    else:
        console.say_table(headings, [tuple(row[name] for name in headings) for row in rows])


@erasures.command()
def concerned(erasure_id: str, account: Account = None, as_json: AsJson = False) -> None:
    """The snapshots that still hold somebody who was erased."""
    from service.doors import office, principal
    from service.erasure import concerned_by

    found = concerned_by(office(), principal(account), erasure_id)
    if as_json:
        console.say_json(_as_json(found))
    elif not found:
        console.say("No snapshot holds them.")
    else:
        _tell_concerned(found)


@erasures.command()
def export(file: Path, account: Account = None) -> None:
    """Write random keys, grounds and dates to a file that is kept beside the backups."""
    from service.doors import office, principal
    from service.erasure import export_erasures

    n = export_erasures(office(), principal(account), file)
    console.say(f"{n} erasures are listed in {file}. It must be newer than any backup that you put back.")


@erasures.command("apply")
def apply_list(file: Path, account: Account = None) -> None:
    """Erase again whoever a restored backup brought back."""
    from service.doors import office, principal
    from service.erasure import apply_erasures

    console.say(f"{apply_erasures(office(), principal(account), file)} erasures were made again.")
