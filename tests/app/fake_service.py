"""Calls as a screen is handed them, without a database: real releases and receipts, invented answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import BinaryIO

import polars as pl

from analysis.release import Release
from analysis.studies.la_comparison import la_comparison
from analysis.studies.outcome_summary import outcome_summary
from analysis.study import Choice
from cohort.errors import NotAllowed
from cohort.ingest import finding
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.receipt import Receipt, Standing
from screens.calls import Progress
from service.preview import Preview
from service.summary import Summary
from tests.app import fake_back, fake_releases

CANARY = "Zebedee Quillfeather A123456789012"
"""A child's name and number, planted in faults: no screen may show it."""
ERROR, QUERY = "CELL-01", "CELL-02"
NOWHERE = [pl.lit(None, kind).alias(name) for name, kind in finding.LOCATED.items() if name not in finding.SCHEMA]
"""An XML file's places have no line, cell or heading."""
HELD = pl.DataFrame(
    [
        *((ERROR, "error", "Person", row, "Sex") for row in range(1, 4)),
        (QUERY, "query", "Requests", 2, "RequestSource"),
        ("CELL-14", "query", "Person", 7, "PostCode"),
    ],
    schema=finding.SCHEMA,
    orient="row",
).with_columns(NOWHERE)
MANY = pl.DataFrame(
    [(ERROR, "error", "Person", row, "Sex") for row in range(1, 251)], schema=finding.SCHEMA, orient="row"
).with_columns(NOWHERE)
LOST = pl.concat([HELD, MANY.with_columns(line=pl.col("row") + 1)])
"""A sheet of 250 rows in which no column is headed Sex."""
ROWS = {"Person": 1204, "Requests": 988, "Assessment": 611, "NamedPlan": 540}


@dataclass(frozen=True)
class Card:
    """A study as it is offered."""

    name: str
    title: str
    question: str
    choices: tuple[Choice, ...] = ()


CARDS = (
    *(Card(s.name, s.title, s.question, s.choices) for s in (la_comparison, outcome_summary)),
    Card("timeliness_model", "Timeliness: a multilevel model", "What goes with getting a plan within 20 weeks?"),
)


@dataclass
class FakeAsk:
    """A reader's calls. `asked` counts releases; `fault` is raised by every release."""

    names: tuple[str, ...] = ("spring-2026", "autumn-2025")
    cards: tuple[Card, ...] = CARDS
    fault: Exception | None = None
    number: int = 12
    is_invented: bool = True
    asked: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)

    def studies(self) -> Sequence[Card]:
        return self.cards

    def snapshots(self) -> Sequence[str]:
        return self.names

    def release(self, study: str, /, *, snapshot: str, policy: str, **choices: str) -> Release:
        self.asked.append((study, snapshot, policy, choices))
        if self.fault:
            raise self.fault
        if study == "la_comparison":
            released = fake_releases.comparison(snapshot, policy, number=self.number, **choices)
        elif study == "outcome_summary":
            released = fake_releases.summary(snapshot, policy, **choices)
        else:
            released = fake_releases.model(snapshot, policy)
        if self.is_invented:
            return released
        return replace(released, provenance=replace(released.provenance, is_invented=False))

    def files(self, release: Release) -> bytes:
        return json.dumps(release.record(), default=str).encode()


@dataclass(frozen=True)
class Line:
    """One submission of a history."""

    submission: int
    collection: str | None
    year: int | None
    status: str
    rows: int
    n_errors: int = 0
    n_queries: int = 0
    received_at: datetime = datetime(2026, 2, 3, 9, 5, tzinfo=UTC)
    notice: str = "What happened, and what to do next."


LINES = (
    Line(12, "SEN2", 2026, "accepted", 3343, 0, 2),
    Line(11, "SEN2", 2026, "held", 3343, 3, 2),
    Line(9, "SEN2", 2025, "signed", 3120),
    Line(8, None, None, "refused", 0),
)


@dataclass
class FakeDesk:
    """An officer's calls. What a file becomes stands in its first line: clean, held, many, refused or crash."""

    authority: str | None = "330"
    authority_name: str = "Birmingham"
    lines: list[Line] = field(default_factory=lambda: list(LINES))
    sent: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    may_sign: bool = True
    years: list[int | None] = field(default_factory=list)
    asked: list[tuple[int, date | None]] = field(default_factory=list)

    def validate(self, file: BinaryIO, name: str, progress: Progress | None = None) -> Receipt:
        return replace(_judged(file, name, progress), status=Standing.JUDGED) if _is_read(file) else _refused(name)

    def preview(
        self,
        file: BinaryIO,
        name: str,
        progress: Progress | None = None,
        said: Said = UNSAID,
        *,
        dry_run: bool = False,
    ) -> Preview:
        self.years.append(said.year)
        if b"of no year" in file.read() and said.year is None:
            refusal = ("HEAD-15", "The file does not say of which year it is.", "Say it.")
            return Preview(replace(_refused(name), refusal=refusal))
        file.seek(0)
        receipt = replace(self.validate(file, name, progress), is_dry_run=dry_run)
        return Preview(receipt, () if receipt.refusal else fake_back.MOVES, 9)

    def summary(self, submission: int, on: date | None = None) -> Summary:
        self.asked.append((submission, on))
        return fake_back.summary(submission, on)

    def submit(
        self,
        file: BinaryIO,
        name: str,
        *,
        confirm: str = "",
        explanations: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        said: Said = UNSAID,
        force: bool = False,
    ) -> Receipt:
        self.years.append(said.year)
        self.sent.append((confirm, dict(explanations or {})))
        if not _is_read(file):
            return _refused(name)
        receipt = replace(_judged(file, name, progress), submission=12, explained=dict(explanations or {}))
        if len(self.sent) > 1 and not receipt.places.height:
            return replace(receipt, status=Standing.ALREADY)
        waits = receipt.unexplained or (receipt.n_errors and not confirm.strip())
        if waits:
            return replace(receipt, status=Standing.HELD)
        return replace(
            receipt,
            status=Standing.ACCEPTED,
            supersedes=9,
            linked={"known": 1100, "new": 104},
            difference={"rows": {"Person": [1190, 1204], "Requests": [970, 988]}},
        )

    def history(self) -> Sequence[Line]:
        return self.lines

    def report(self, receipt: Receipt, kind: str) -> bytes:
        return json.dumps(receipt.as_json()).encode()

    def sign(self, submission: int) -> None:
        if not self.may_sign:
            raise NotAllowed("SIGN-01", "This submission is not this authority's.", "See: cohort submissions")
        self.lines = [replace(line, status="signed") if line.submission == submission else line for line in self.lines]


def _is_read(file: BinaryIO) -> bool:
    return file.read(7) != b"refused"


def _judged(file: BinaryIO, name: str, progress: Progress | None) -> Receipt:
    file.seek(0)
    kind = file.read().decode().split()[0]
    if kind == "crash":
        raise ValueError(f"could not parse {CANARY}")
    for place, station in enumerate(("reading", "parsing", "linking", "checking")):
        if progress:
            progress(station, place / 4)
    places = {"held": HELD, "many": MANY, "lost": LOST}.get(kind, HELD.clear())
    aside = {"Person": 3, "Requests": 2} if kind == "held" else {}
    return Receipt(
        status=Standing.JUDGED,
        file=name,
        collection="SEN2",
        year=2026,
        authority="330",
        digest="0" * 64,
        rows=ROWS,
        set_aside=aside,
        places=places,
        not_run=("YEARS-01", "YEARS-02"),
        census_day=date(2020, 1, 16) if kind == "passed" else None,
        notes={"cells with spaces before or after": 3},
    )


def _refused(name: str) -> Receipt:
    refusal = ("FILE-13", "The file is a compressed archive.", "Unpack it and send the XML file in it.")
    return Receipt(status=Standing.REFUSED, file=name, refusal=refusal)


@dataclass(frozen=True)
class FakeDoors:
    """What somebody who came in may use."""

    ask: FakeAsk | None
    desk: FakeDesk | None


@dataclass
class FakeFront:
    """The front door; what each role was given stays the same while the process lasts."""

    closed: str | None = None
    ask: FakeAsk = field(default_factory=lambda: FakeAsk(number=153))
    desk: FakeDesk = field(default_factory=FakeDesk)

    def open(self, role: str, authority: str | None = None) -> FakeDoors:
        if self.closed == role:
            raise NotAllowed("ACCESS-02", "There is no such account, or it was revoked.", "See: cohort account list")
        if role == "authority":
            return FakeDoors(None, self.desk)
        return FakeDoors(self.ask, None)

    def authorities(self) -> Sequence[tuple[str, str]]:
        return [("330", "Birmingham"), ("202", "Camden")]
