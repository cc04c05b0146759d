"""What a return moves: the indicators on it, beside the same indicators on the return whose place it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from analysis.measure import Direction, Measure, measures
from analysis.studies.outcome_summary import ASKED
from analysis.table import figures
from cohort.errors import NotAllowed, ReturnRefused
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.judge import Progress, Source, checked_return, silent
from cohort.ingest.receipt import Receipt, Standing, of_refusal
from cohort.ingest.receipt import of_checked as of_checked_return
from cohort.ingest.source import Limits
from cohort.store.roles import acting
from cohort.store.status import holding, statuses
from service.access import Principal, role_of
from service.office import Office
from service.own import Told, frozen, of_checked, of_submission

SEN2 = "SEN2"
"""The collection of which the indicators tell."""


@dataclass(frozen=True)
class Indicator:
    """A measure of one authority and calendar year, in true counts: for that authority's eyes alone."""

    measure: str
    title: str
    unit: str
    direction: Direction
    year: int
    numerator: int
    denominator: int | None

    @property
    def value(self) -> float | None:
        """The share, or the count where it is no share; None of nothing."""
        if self.denominator is None:
            return float(self.numerator)
        return self.numerator / self.denominator if self.denominator else None

    @property
    def sentence(self) -> str:
        """What is counted, of what."""
        return measures()[self.measure].sentence

    @property
    def words(self) -> str:
        """`41.2 % (103 of 250)`, or `1,204`."""
        if self.denominator is None:
            return f"{self.numerator:,}"
        share = "none" if self.value is None else f"{self.value:.1%}".replace("%", " %")
        return f"{share} ({self.numerator:,} of {self.denominator:,})"


@dataclass(frozen=True)
class Move:
    """An indicator now, and as it would be. `before` is None where no return holds for the year."""

    before: Indicator | None
    after: Indicator

    @property
    def title(self) -> str:
        """The indicator's title."""
        return self.after.title

    @property
    def has_moved(self) -> bool:
        """Whether any count differs from the one that holds."""
        return self.before is not None and self.before != self.after

    @property
    def sentence(self) -> str:
        """`Plans issued within 20 weeks: 41.2 % (103 of 250) → 46.9 % (117 of 250).`"""
        if self.before is None:
            return f"{self.title}: {self.after.words}."
        if not self.has_moved:
            return f"{self.title}: {self.after.words}, as before."
        return f"{self.title}: {self.before.words} → {self.after.words}."


@dataclass(frozen=True)
class Preview:
    """A return judged and not sent: its receipt, and what it would move. `compared_with`: the submission that holds."""

    receipt: Receipt
    moves: Sequence[Move] = field(default_factory=tuple)
    compared_with: int | None = None


def indicators(returns: Sequence[Told]) -> list[tuple[Indicator, ...]]:
    """Of each return, the indicators of the outcome summary in its order.

    All in one pass, in which each return is a place of its own: so two returns for one place and year can be told
    side by side, and the time that it takes to ask hardly grows with their number.
    """
    asked = [measures()[name] for name in ASKED]
    apart = [replace(told, authority_code=str(place)) for place, told in enumerate(returns)]
    found = figures(frozen(apart, datetime.now(UTC)), asked)
    by_place = {(row["authority_code"], row["measure"]): row for row in found.iter_rows(named=True)}
    return [
        tuple(_indicator(m, told.year - 1, by_place.get((told.authority_code, m.name), {})) for m in asked)
        for told in apart
    ]


def _indicator(measure: Measure, year: int, row: Mapping[str, int]) -> Indicator:
    """A measure in a year; where nobody was counted its counts are nought."""
    out_of = None if measure.denominator is None else row.get("denominator", 0)
    return Indicator(
        measure.name, measure.title, measure.unit, measure.direction, year, row.get("numerator", 0), out_of
    )


def moves(before: Told | None, after: Told) -> tuple[Move, ...]:
    """What a return moves, beside the one whose place it would take or took."""
    if before is None:
        return tuple(Move(None, indicator) for indicator in indicators([after])[0])
    held, now = indicators([before, after])
    return tuple(Move(was, becomes) for was, becomes in zip(held, now, strict=True))


def preview(
    office: Office,
    principal: Principal,
    file: Source,
    name: str,
    progress: Progress = silent,
    said: Said = UNSAID,
    *,
    dry_run: bool = False,
) -> Preview:
    """Judge a return, and work the indicators out as they would be if it were sent and its errors left out.

    Nothing is kept. Raises NotAllowed for a return of another authority. `dry_run`: census day may still be to come.
    """
    limits = Limits(size=office.settings.max_megabytes << 20)
    try:
        checked = checked_return(file, progress, limits, name, said, dry_run=dry_run)
    except ReturnRefused as error:
        return Preview(of_refusal(name, error))
    after = of_checked(checked)
    if after.authority_code != principal.authority_code:
        raise NotAllowed("ROUTE-01", "The return is another authority's.", "Choose your own authority's file.")
    receipt = of_checked_return(Standing.JUDGED, name, checked)
    if after.collection != SEN2:
        return Preview(receipt)
    progress("previewing", 0.9)
    with acting(office.engine, role_of(principal)) as connection:
        held = _held(connection, after)
        before = of_submission(connection, held) if held is not None else None
    return Preview(receipt, moves(before, after), held)


def _held(connection: Connection, told: Told) -> int | None:
    """The submission that holds for the return's place and year."""
    place = {"authority_code": told.authority_code, "collection": told.collection, "collection_year": told.year}
    found = holding(statuses(connection).filter(**place))
    return found["submission_id"][-1] if found.height else None
