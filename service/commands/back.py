"""`cohort summary`: what an authority gets back for a return that was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service import console

if TYPE_CHECKING:
    from service.summary import Summary

SHOWN = 20
"""Cases that are printed; --json holds all of them."""
ROUNDED = "Rows that will be published, rounded: they differ a little from your own true counts above"
FIND = "Row 3 is the third record of its table in your file, counted from the top."


def summary(
    submission: Annotated[int, typer.Argument(help="Number of the submission.")],
    account: Annotated[str, typer.Option(help="An account of the authority whose return it is.", show_default=False)],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day for the clocks; census day if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """What an accepted return says of its authority: own figures, trend, quality, place among all, cases due."""
    from service.desk import Desk
    from service.doors import office, principal
    from service.schools import NOT_LOADED

    told = Desk(principal(account), office()).summary(submission, on.date() if on else None)
    if as_json:
        console.say_json(_as_json(told))
        return
    console.say(f"Submission {told.submission}: {told.collection} {told.year}, {told.status}.")
    for title, headings, rows in _parts(told):
        console.say(f"\n{title}")
        console.say_table(headings, rows)
    if told.closed is None:
        console.say(NOT_LOADED)
    for note in told.standing.notes:
        console.say(note)


def _parts(told: Summary) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    """Title, headings and rows of each part that has any."""
    parts = (
        ("Indicators", ("year", "indicator", "figure", "what is counted"), _indicators(told)),
        ("What it moved", ("indicator",), [(move.sentence,) for move in told.moves if move.has_moved]),
        ("Counts", ("counted", "value", "n", "which rows"), _counts(told)),
        (
            "Data quality, items that can be better",
            ("table", "item", "present", "valid", "unexplained", "score"),
            _quality(told),
        ),
        ("Place among all", ("measure", "released, rounded", "England", "z", "place"), _places(told)),
        (ROUNDED, ("measure", "year", "numerator, rounded", "denominator, rounded", "status"), _published(told)),
        ("Closed schools still named", ("school", "closed", "now", "table", "rows"), _closed(told)),
        (_due(told), ("clock", "place in your file", "due", "days left"), _cases(told)),
    )
    yield from (part for part in parts if part[2])


def _indicators(told: Summary) -> list[tuple[Any, ...]]:
    return [(i.year, i.title, i.words, i.sentence) for year in told.trend for i in year]


def _counts(told: Summary) -> list[tuple[Any, ...]]:
    """The sentence stands beside the first value alone: it is of all that follow."""
    first = {tally.counted: tally for tally in reversed(told.tallies)}
    return [(t.counted, t.value, t.n, t.sentence if t is first[t.counted] else "") for t in told.tallies]


def _quality(told: Summary) -> list[tuple[Any, ...]]:
    return [
        (q.table, q.item, *(f"{share:.1%}" if share is not None else "" for share in shares))
        for q in told.quality
        if q.score < 1
        for shares in [(q.present, q.valid, q.unexplained, q.score)]
    ]


def _places(told: Summary) -> list[tuple[Any, ...]]:
    return [(p.title, f"{p.value:.1%}", f"{p.target:.1%}", f"{p.z:+.1f}", p.group) for p in told.standing.positions]


def _published(told: Summary) -> list[tuple[Any, ...]]:
    return [(r.title, r.year, r.numerator, r.denominator, r.status) for r in told.standing.published]


def _closed(told: Summary) -> list[tuple[Any, ...]]:
    return [
        (f"{c.urn} {c.name}", c.closed_on, f"{c.successor_urn or ''} {c.successor_name or ''}".strip(), c.table, c.rows)
        for c in told.closed or ()
    ]


def _due(told: Summary) -> str:
    late = sum(case.is_breached for case in told.cases)
    first = f"; the first {SHOWN} of them" if len(told.cases) > SHOWN else ""
    return f"Cases on {told.on}: {late} past their day, {len(told.cases) - late} due within six weeks{first}. {FIND}"


def _cases(told: Summary) -> list[tuple[Any, ...]]:
    return [(case.title, f"{case.table} row {case.row}", case.due, case.days_left) for case in told.cases[:SHOWN]]


def _as_json(told: Summary) -> dict[str, Any]:
    """The summary without its releases, whose record is in the ledger."""
    standing = told.standing
    return {
        **{name: getattr(told, name) for name in ("submission", "authority", "collection", "year", "status", "on")},
        "indicators": [
            asdict(i) | {"value": i.value, "words": i.words, "sentence": i.sentence}
            for year in told.trend
            for i in year
        ],
        "moved": [move.sentence for move in told.moves if move.has_moved],
        "counts": [asdict(tally) | {"sentence": tally.sentence} for tally in told.tallies],
        "quality": [asdict(q) | {"score": q.score} for q in told.quality],
        "positions": [asdict(place) for place in standing.positions],
        "to_be_published": [asdict(row) for row in standing.published],
        "closed_schools": None if told.closed is None else [asdict(school) for school in told.closed],
        "snapshot": standing.snapshot,
        "notes": list(standing.notes),
        "cases": [asdict(case) | {"is_breached": case.is_breached} for case in told.cases],
    }
