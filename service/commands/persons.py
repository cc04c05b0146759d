"""`cohort person`: who is who, put right by hand. Rows are written SUBMISSION:ROW."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import Annotated

import typer

from cohort.errors import UsageError
from service import console

person = typer.Typer(help="Merge and split persons, undo it, keep identities apart.", no_args_is_help=True)
Row = Annotated[str, typer.Argument(help="SUBMISSION:ROW, the place of the child in Person of that return.")]
Reason = Annotated[str, typer.Option(help="Why, in words that name nobody.", show_default=False)]


def _place(text: str) -> tuple[int, int]:
    submission, _, row = text.partition(":")
    if not (submission.isdecimal() and row.isdecimal()):
        raise UsageError("AMEND-07", "A row is written SUBMISSION:ROW, such as 12:340.", "See: cohort submissions")
    return int(submission), int(row)


@person.command()
def merge(row: Row, into: Row, reason: Reason) -> None:
    """The child of one row is the child of the other, from now on."""
    from service import persons
    from service.doors import office, principal

    event = persons.merge(office(), principal(None), _place(row), _place(into), reason)
    console.say(f"Merged, as event {event}. Undo it with: cohort person undo {event}")


@person.command()
def split(rows: Annotated[list[str], typer.Argument(help="SUBMISSION:ROW of each row.")], reason: Reason) -> None:
    """These rows are of another child, from now on."""
    from service import persons
    from service.doors import office, principal

    events = persons.split(office(), principal(None), map(_place, rows), reason)
    console.say(f"Split, as events {', '.join(map(str, events))}.")


@person.command()
def undo(event: Annotated[int, typer.Argument(help="Number of the merge or split.")], reason: Reason) -> None:
    """Take a merge or a split back."""
    from service import persons
    from service.doors import office, principal

    console.say(f"Undone, as event {persons.undo(office(), principal(None), event, reason)}.")


@person.command("keep-apart")
def keep_apart(row: Row, reason: Reason) -> None:
    """Never link this child by name, date or postcode: two identities that must not meet."""
    from service import persons
    from service.doors import office, principal

    persons.keep_apart(office(), principal(None), _place(row), reason)
    console.say("From now on this child is linked by its numbers only.")


@person.command("list")
def list_events(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False) -> None:
    """Every merge, split and undoing."""
    from service import persons
    from service.doors import office, principal

    headings = tuple(field.name for field in fields(persons.Amended))
    rows = [astuple(entry) for entry in persons.amendments(office(), principal(None))]
    if as_json:
        console.say_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        console.say_table(headings, rows)
