"""`cohort recheck`: today's rules over all that is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from service import console

if TYPE_CHECKING:
    from cohort.ingest.recheck import Rechecked

HEADINGS = ("submission", "authority", "collection", "year", "code", "level", "then", "now")


def recheck(
    authority: Annotated[str | None, typer.Option(help="Only this authority.")] = None,
    collection: Annotated[str | None, typer.Option(help="Only this collection.")] = None,
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
    account: Annotated[str | None, typer.Option(help="An operator's account; the local one if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Run today's rules over the returns that hold, and say where they speak of more or fewer rows than then."""
    from service.doors import office, principal
    from service.rechecks import recheck_all

    with console.progress("recheck") as progress:
        found = recheck_all(
            office(), principal(account), progress, authority=authority, collection=collection, year=year
        )
    lines = [line for one in found for line in _lines(one)]
    if as_json:
        console.say_json({"returns": [_told(one) for one in found]})
        return
    if lines:
        console.say_table(HEADINGS, lines)
        console.say("then: rows of which the rule was found when they came in; now: rows of which it would be.")
        console.say("What a code means: cohort explain CODE. Nothing was changed, and no authority was told.")
    changed = sum(not one.changed.is_empty() for one in found)
    console.say(f"Rechecked: {len(found)} returns that hold; {changed} of them would be judged otherwise today.")
    _say_not_run(found)


def _lines(one: Rechecked) -> list[tuple[object, ...]]:
    place = (one.submission, one.authority_code, one.collection, one.year)
    return [(*place, *row) for row in one.changed.rows()]


def _told(one: Rechecked) -> dict[str, object]:
    return {
        "submission": one.submission,
        "authority": one.authority_code,
        "collection": one.collection,
        "year": one.year,
        "changed": one.changed.to_dicts(),
        "not_run": list(one.not_run),
    }


def _say_not_run(found: list[Rechecked]) -> None:
    without = sum(bool(one.not_run) for one in found)
    if without:
        console.say(
            f"In {without} of them some rules could not be run, for last year's return or rows that were left out "
            "are not there to be looked at: --json names them."
        )
