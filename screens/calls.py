"""The calls that screens are handed. The service answers them and checks, each time, who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import BinaryIO, Protocol

from analysis.release import Release
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.receipt import Receipt
from screens.told import Preview, Summary

Progress = Callable[[str, float], None]
"""Called with the name of the station and the share done, from 0 to 1."""


class Choice(Protocol):
    """Something that may be chosen, from a short fixed list."""

    @property
    def name(self) -> str:
        """Its name in the call."""
        ...

    @property
    def sentence(self) -> str:
        """What is chosen, in words."""
        ...

    @property
    def options(self) -> Sequence[str]:
        """Every option there is."""
        ...

    @property
    def default(self) -> str:
        """The option where nothing is chosen."""
        ...


class StudyCard(Protocol):
    """A study as it is offered."""

    @property
    def name(self) -> str:
        """Its name in the call."""
        ...

    @property
    def title(self) -> str:
        """Its title."""
        ...

    @property
    def question(self) -> str:
        """What it asks."""
        ...

    @property
    def choices(self) -> Sequence[Choice]:
        """What may be chosen."""
        ...


class Ask(Protocol):
    """A reader's calls."""

    def studies(self) -> Sequence[StudyCard]:
        """Every study."""
        ...

    def snapshots(self) -> Sequence[str]:
        """Names of snapshots, newest first."""
        ...

    def release(self, study: str, /, *, snapshot: str, policy: str, **choices: str) -> Release:
        """A study's result, through the gate. Raises CohortError."""
        ...

    def files(self, release: Release) -> bytes:
        """A zip of the record, the tables as CSV and the charts as pictures."""
        ...


class SubmissionLine(Protocol):
    """One submission of an authority's history."""

    @property
    def submission(self) -> int:
        """Its number."""
        ...

    @property
    def collection(self) -> str | None:
        """The collection; None where the file was refused unread."""
        ...

    @property
    def year(self) -> int | None:
        """Year of the return; None where the file was refused unread."""
        ...

    @property
    def status(self) -> str:
        """What became of it."""
        ...

    @property
    def received_at(self) -> datetime:
        """When it came."""
        ...

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        ...

    @property
    def n_errors(self) -> int:
        """Findings that set a row aside."""
        ...

    @property
    def n_queries(self) -> int:
        """Findings that want a reason."""
        ...

    @property
    def notice(self) -> str:
        """What happened to it, and what to do next."""
        ...


class Desk(Protocol):
    """The calls of one authority's officer."""

    @property
    def authority(self) -> str | None:
        """DfE number of the authority."""
        ...

    @property
    def authority_name(self) -> str:
        """Its name."""
        ...

    def validate(self, file: BinaryIO, name: str, progress: Progress | None = None) -> Receipt:
        """Judge a return; nothing is kept."""
        ...

    def preview(
        self,
        file: BinaryIO,
        name: str,
        progress: Progress | None = None,
        said: Said = UNSAID,
        *,
        dry_run: bool = False,
    ) -> Preview:
        """Judge a return and show what it would move; nothing is kept. `dry_run`: census day is still to come.

        `said`: what the officer says of a file that does not say it.
        """
        ...

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
        """Send a return in. `confirm`: why rows with errors are left out; `explanations`: code → reason."""
        ...

    def history(self) -> Sequence[SubmissionLine]:
        """What was sent, newest first."""
        ...

    def summary(self, submission: int, on: date | None = None) -> Summary:
        """What the authority gets back for an accepted return. `on`: the day for the clocks, else census day."""
        ...

    def report(self, receipt: Receipt, kind: str) -> bytes:
        """The report of a receipt: html, xlsx, csv or json."""
        ...

    def sign(self, submission: int) -> None:
        """Sign an accepted return off. Raises CohortError."""
        ...


class Doors(Protocol):
    """What somebody who came in may use; what is None is not theirs."""

    @property
    def ask(self) -> Ask | None:
        """A reader's calls."""
        ...

    @property
    def desk(self) -> Desk | None:
        """An officer's calls."""
        ...


class FrontDoor(Protocol):
    """Where one comes in."""

    def open(self, role: str, authority: str | None = None) -> Doors:
        """Come in. Raises CohortError where one may not."""
        ...

    def authorities(self) -> Sequence[tuple[str, str]]:
        """DfE number and name of the authorities that have an account."""
        ...
