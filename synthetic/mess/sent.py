"""What becomes of a return on its way: the versions in which it is sent, with the day and the kind of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from cohort.errors import UsageError
from synthetic.chance import generator
from synthetic.faults import PlantedFault, plant
from synthetic.mess.again import extracted, reordered, without_some
from synthetic.mess.heaped import heaped
from synthetic.returns import InventedReturn

OPENS, CLOSES = 7, 42
"""Days after census day between which a return is in time. The real span varies; nothing is counted from it."""
BETWEEN = (3, 35)
"""Days from a first version to the second."""


class Kind(StrEnum):
    """As what a version arrives."""

    IN_TIME = "in time"
    LATE = "late"
    FAULTY = "faulty"
    """First, with faults that are to be corrected."""
    INCOMPLETE = "incomplete"
    """First, without some of the persons."""
    CORRECTED = "corrected"
    """Second, whole."""
    RESUBMITTED = "resubmitted"
    """Second, the same content in another order."""
    MISSING = "missing"
    """It never arrives."""


@dataclass(frozen=True)
class Mess:
    """How messy returns are. Shares are of returns (`heaped`: of dates); where all are 0 nothing is messy.

    A return is missing, corrected, resubmitted or none of these; any first version may be late.
    """

    late: float = 0.0
    corrected: float = 0.0
    resubmitted: float = 0.0
    missing: float = 0.0
    heaped: float = 0.0
    days_late: int = 45
    """Days by which a late return is late at most."""
    faults: float = 0.03
    """Faults of a first version that is to be corrected for them, as a share of its persons."""
    left_out: float = 0.04
    """Persons left out of a first version that is to be corrected for that, as a share."""

    def __post_init__(self) -> None:
        shares = (self.late, self.corrected, self.resubmitted, self.missing, self.heaped)
        if min(shares) < 0 or max(shares) > 1 or self.missing + self.corrected + self.resubmitted > 1:
            raise UsageError(
                "MESS-01",
                "Returns cannot be so messy.",
                "Give shares from 0 to 1; the fates of a return make 1 at most.",
            )


MESSY = Mess(late=0.15, corrected=0.2, resubmitted=0.1, missing=0.03, heaped=0.25)
"""A year's returns as they may well be."""


@dataclass(frozen=True)
class Version:
    """A return as it is sent, the faults in it, and when it comes as what."""

    invented: InventedReturn
    planted: list[PlantedFault]
    day: date
    kind: Kind


def versions(invented: InventedReturn, mess: Mess, faults_rate: float, seed: int) -> Iterator[Version]:
    """The versions of a lawful return in the order in which they come; none where it is missing.

    `faults_rate`: faults that every version has, as a share of its persons.
    """
    rng = generator(seed, f"mess {invented.authority_code} {invented.year}")
    fate = int(np.searchsorted(np.cumsum([mess.missing, mess.corrected, mess.resubmitted]), rng.random(), side="right"))
    day, in_time = _first_day(invented, mess, rng)
    later = day + timedelta(days=int(rng.integers(*BETWEEN, endpoint=True)))
    told = heaped(invented, mess.heaped, seed)
    if fate == 0:
        return
    if fate == 1:
        yield _first(told, mess, faults_rate, seed, day)
        yield Version(*plant(extracted(told, later), faults_rate, seed), later, Kind.CORRECTED)
        return
    sent, planted = plant(told, faults_rate, seed)
    yield Version(sent, planted, day, in_time)
    if fate == 2:
        yield Version(*reordered(extracted(sent, later), planted, rng), later, Kind.RESUBMITTED)


def _first_day(invented: InventedReturn, mess: Mess, rng: np.random.Generator) -> tuple[date, Kind]:
    """When the first version comes, and whether that is in time."""
    days, more = rng.integers(OPENS, CLOSES, endpoint=True), rng.integers(1, mess.days_late, endpoint=True)
    is_late = rng.random() < mess.late
    after = int(CLOSES + more if is_late else days)
    return invented.format.census_day(invented.year) + timedelta(days=after), Kind.LATE if is_late else Kind.IN_TIME


def _first(told: InventedReturn, mess: Mess, faults_rate: float, seed: int, day: date) -> Version:
    """A first version that wants correction: one with faults as often as one without some persons."""
    rng = generator(seed, f"first version {told.authority_code} {told.year}")
    if rng.random() < 0.5:
        return Version(*plant(told, max(mess.faults, faults_rate), seed), day, Kind.FAULTY)
    part = without_some(told, mess.left_out, rng)
    return Version(*plant(part, faults_rate, seed), day, Kind.INCOMPLETE)
