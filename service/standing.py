"""Where an authority stands among all, and what will be published of it: through the gate and nothing else.

Its own true counts never enter a funnel here: its place is that of its released figures among the released figures
of others, so that nothing is told of them that a publication would not tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.disclosure.policy import policy_named
from analysis.measure import measures
from analysis.release import Release
from analysis.run import run
from analysis.studies.la_comparison import COMPARED
from cohort.errors import CohortError
from cohort.snapshot import Snapshot, open_snapshot
from cohort.snapshot.manifest import Manifest
from cohort.store.roles import Role
from service.ledger import PostgresLedger
from service.office import Office
from service.own import Told
from service.snapshots import caution, erasures_missed, named

POLICY = "publication"
STUDY = "la_comparison"
READER = Role.POLICYMAKER
"""What an authority reads of others here is what a policymaker may read, and is entered in the same ledger."""


@dataclass(frozen=True)
class Position:
    """Where an authority lies in a funnel: `value` of `n`, England's `target`, its z, limits, and group in words."""

    measure: str
    title: str
    year: int
    value: float
    n: int
    target: float
    z: float
    low95: float
    high95: float
    low998: float
    high998: float
    group: str
    authorities: int


@dataclass(frozen=True)
class PublishedRow:
    """A row as it will be published: rounded, and empty where it is withheld."""

    measure: str
    title: str
    year: int
    numerator: int | None
    denominator: int | None
    value: float | None
    status: str


@dataclass(frozen=True)
class Standing:
    """Positions and rows to be published. `notes`: why something is not there. `releases`: what they were read from."""

    positions: tuple[Position, ...] = ()
    published: tuple[PublishedRow, ...] = ()
    notes: tuple[str, ...] = ()
    snapshot: str | None = None
    releases: tuple[Release, ...] = field(default=(), repr=False)


def standing(office: Office, account: str, told: Told, own: Snapshot) -> Standing:
    """An authority's standing in the newest snapshot that holds its return; in none, its own rows alone.

    `own`: the return as a snapshot in memory, which holds nobody else's rows.
    """
    holding = _holding(office, told)
    opened = own if holding is None else open_snapshot(office.settings.snapshots / holding.name, office.settings.engine)
    releases, notes = _releases(office, account, told, opened, holding)
    positions = tuple(p for release in releases if (p := _position(release, told)) is not None)
    rows = tuple(row for release in releases for row in _rows(release, told))
    if holding is None:
        notes.insert(0, "No snapshot holds this return yet: its place among all is told once one is cut.")
    elif not positions and releases:
        notes.append(
            "Too few authorities have figures that may be shown, or this one's are withheld: no place is told."
        )
    return Standing(positions, rows, tuple(notes), holding.name if holding else None, tuple(releases))


def _holding(office: Office, told: Told) -> Manifest | None:
    """The newest snapshot with this very return in it."""
    for manifest in named(office.settings.snapshots):
        if any(event.get("content_digest") == told.content_digest for event in manifest.events):
            return manifest
    return None


def _releases(
    office: Office, account: str, told: Told, snapshot: Snapshot, holding: Manifest | None
) -> tuple[list[Release], list[str]]:
    """A comparison of each measure, and why there is none."""
    warned = caution(erasures_missed(office.engine, READER, holding)) if holding is not None else ""
    made: list[Release] = []
    notes: list[str] = []
    for name in COMPARED:
        try:
            made.append(
                run(
                    STUDY,
                    snapshot=snapshot,
                    policy=policy_named(POLICY),
                    ledger=PostgresLedger(office.engine, READER),
                    account=account,
                    caution=warned,
                    choices={"measure": name, "year": str(told.year - 1)},
                )
            )
        except CohortError as error:
            notes.append(f"{measures()[name].title}: {error.sentence}")
    return made, notes


def _position(release: Release, told: Told) -> Position | None:
    frame = release.tables["funnel"].frame
    if "group" not in frame.columns:
        return None
    own = frame.filter(authority_code=told.authority_code).drop_nulls(["value", "z"])
    if own.is_empty():
        return None
    row = own.row(0, named=True)
    kept = {name: row[name] for name in ("value", "target", "z", "low95", "high95", "low998", "high998", "group")}
    measure = release.provenance.choices["measure"]
    title = measures()[measure].title
    return Position(measure, title, told.year - 1, n=int(row["n"]), authorities=frame.height, **kept)


def _rows(release: Release, told: Told) -> list[PublishedRow]:
    measure = release.provenance.choices["measure"]
    own = release.tables["authorities"].frame.filter(authority_code=told.authority_code)
    return [
        PublishedRow(
            measure,
            measures()[measure].title,
            row["year"],
            row["numerator"],
            row["denominator"],
            row["value"],
            row["status"],
        )
        for row in own.iter_rows(named=True)
    ]
