"""What an authority is told of its own returns, as screens see it: figures that the service worked out and checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from analysis.release import Release
from cohort.ingest.receipt import Receipt


class Indicator(Protocol):
    """A measure of the authority and a calendar year, in its own true counts."""

    @property
    def title(self) -> str:
        """The measure's title."""
        ...

    @property
    def year(self) -> int:
        """Calendar year."""
        ...

    @property
    def words(self) -> str:
        """The figure with its counts."""
        ...

    @property
    def sentence(self) -> str:
        """What is counted, of what."""
        ...


class Move(Protocol):
    """An indicator on the return that holds and on this one."""

    @property
    def has_moved(self) -> bool:
        """Whether it differs from the one that holds."""
        ...

    @property
    def sentence(self) -> str:
        """Both figures, in words."""
        ...


class Preview(Protocol):
    """A return judged and not sent."""

    @property
    def receipt(self) -> Receipt:
        """Its receipt."""
        ...

    @property
    def moves(self) -> Sequence[Move]:
        """Its indicators beside those that hold."""
        ...

    @property
    def compared_with(self) -> int | None:
        """The submission that holds, if one does."""
        ...


class Tally(Protocol):
    """Rows of the return that have a value."""

    @property
    def counted(self) -> str:
        """What is counted."""
        ...

    @property
    def value(self) -> str:
        """The value in words."""
        ...

    @property
    def n(self) -> int:
        """How many."""
        ...

    @property
    def sentence(self) -> str:
        """Which rows are counted."""
        ...


class Quality(Protocol):
    """How good the data of one item are; shares from 0 to 1."""

    @property
    def table(self) -> str:
        """Its table."""
        ...

    @property
    def item(self) -> str:
        """Its name in the standard."""
        ...

    @property
    def present(self) -> float | None:
        """Share present; None where that cannot be known."""
        ...

    @property
    def valid(self) -> float:
        """Share well formed."""
        ...

    @property
    def unexplained(self) -> float:
        """Share with a finding and no reason."""
        ...

    @property
    def score(self) -> float:
        """The three in one."""
        ...


class Case(Protocol):
    """An open case whose day has passed or is near, by its row in the authority's own file."""

    @property
    def title(self) -> str:
        """What is due."""
        ...

    @property
    def table(self) -> str:
        """Table of the file."""
        ...

    @property
    def row(self) -> int:
        """Row of that table."""
        ...

    @property
    def due(self) -> date:
        """The day."""
        ...

    @property
    def days_left(self) -> int:
        """Days left; below nought once the day has passed."""
        ...

    @property
    def is_breached(self) -> bool:
        """Whether the day has passed."""
        ...


class Position(Protocol):
    """Where the authority's released figure lies among all."""

    @property
    def title(self) -> str:
        """The measure's title."""
        ...

    @property
    def year(self) -> int:
        """Calendar year."""
        ...

    @property
    def value(self) -> float:
        """Its released share."""
        ...

    @property
    def target(self) -> float:
        """England's."""
        ...

    @property
    def z(self) -> float:
        """Standard deviations from England's."""
        ...

    @property
    def low95(self) -> float:
        """Lower 95 % limit."""
        ...

    @property
    def high95(self) -> float:
        """Upper 95 % limit."""
        ...

    @property
    def group(self) -> str:
        """Its place in words."""
        ...

    @property
    def authorities(self) -> int:
        """How many are compared."""
        ...


class PublishedRow(Protocol):
    """A row as it will be published."""

    @property
    def title(self) -> str:
        """The measure's title."""
        ...

    @property
    def year(self) -> int:
        """Calendar year."""
        ...

    @property
    def numerator(self) -> int | None:
        """Rounded; None where withheld."""
        ...

    @property
    def denominator(self) -> int | None:
        """Rounded; None where withheld."""
        ...

    @property
    def value(self) -> float | None:
        """The share of the two."""
        ...


class Standing(Protocol):
    """The authority among all, from releases."""

    @property
    def positions(self) -> Sequence[Position]:
        """Its places."""
        ...

    @property
    def published(self) -> Sequence[PublishedRow]:
        """Its rows."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Why something is not there."""
        ...

    @property
    def releases(self) -> Sequence[Release]:
        """What the places were read from."""
        ...


class ClosedSchool(Protocol):
    """A closed school that placements still name."""

    @property
    def urn(self) -> str:
        """Its number."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def closed_on(self) -> date:
        """Its last day."""
        ...

    @property
    def successor_urn(self) -> str | None:
        """The number of the school that took its place."""
        ...

    @property
    def successor_name(self) -> str | None:
        """That school's name."""
        ...

    @property
    def table(self) -> str:
        """Table of the file."""
        ...

    @property
    def rows(self) -> Sequence[int]:
        """Its rows that name the closed school."""
        ...


class Summary(Protocol):
    """What an authority gets back for a return that was accepted."""

    @property
    def submission(self) -> int:
        """Its number."""
        ...

    @property
    def year(self) -> int:
        """Year of the return."""
        ...

    @property
    def on(self) -> date:
        """The day for the clocks."""
        ...

    @property
    def tallies(self) -> Sequence[Tally]:
        """What it holds, counted."""
        ...

    @property
    def trend(self) -> Sequence[Sequence[Indicator]]:
        """Indicators of each accepted year, oldest first."""
        ...

    @property
    def moves(self) -> Sequence[Move]:
        """Beside the return whose place it took."""
        ...

    @property
    def quality(self) -> Sequence[Quality]:
        """Item by item."""
        ...

    @property
    def cases(self) -> Sequence[Case]:
        """Cases past their day or near it, the longest overdue first."""
        ...

    @property
    def standing(self) -> Standing:
        """The authority among all."""
        ...

    @property
    def closed(self) -> Sequence[ClosedSchool] | None:
        """Closed schools still named; None where no register is loaded."""
        ...
