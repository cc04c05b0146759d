"""A Receipt: what became of a return, for the officer who sent it. It holds places and counts, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from cohort.errors import CohortError
from cohort.ingest import answers, finding, headings
from cohort.ingest.check import CheckedReturn
from cohort.ingest.format import Level
from cohort.ingest.words import in_words


class Standing(StrEnum):
    """What became of a return."""

    ACCEPTED = "accepted"
    HELD = "held"
    REFUSED = "refused"
    ALREADY = "already received"
    JUDGED = "judged"
    """Validated only: nothing was sent to anybody."""


@dataclass(frozen=True)
class Receipt:
    """`places`: the findings, one row each (finding.LOCATED). `refusal`: code, sentence and remedy, if refused."""

    status: Standing
    file: str
    collection: str | None = None
    year: int | None = None
    authority: str | None = None
    submission: int | None = None
    digest: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    places: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=finding.LOCATED))
    not_run: tuple[str, ...] = ()
    is_dry_run: bool = False
    """Judged as if census day had not come: rules that look at it are among those not run."""
    census_day: date | None = None
    seen_on: date | None = None
    """The day on which it is read, where a door that has a clock said so."""
    notes: Mapping[str, int] = field(default_factory=dict)
    linked: Mapping[str, Any] = field(default_factory=dict)
    supersedes: int | None = None
    difference: Mapping[str, Any] = field(default_factory=dict)
    explained: Mapping[str, str] = field(default_factory=dict)
    refusal: tuple[str, str, str] | None = None
    remembered: Mapping[str, str] = field(default_factory=dict)
    """Code of a query → the reason that was given last year; offered, not applied."""

    def on(self, day: date) -> Receipt:
        """The receipt as it is read on a day."""
        return replace(self, seen_on=day)

    @property
    def census_has_come(self) -> bool:
        """Whether census day is known to have come, so that a dry run is of a day that needs none."""
        return self.census_day is not None and self.seen_on is not None and self.census_day <= self.seen_on

    @property
    def findings(self) -> dict[str, int]:
        """Findings by code."""
        return {str(code): int(n) for code, n in self.places["code"].value_counts().sort("code").rows()}

    @property
    def n_errors(self) -> int:
        """Findings that set a row aside."""
        return self.places.filter(pl.col("level") == Level.ERROR.value).height

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Codes of queries that still want a reason."""
        return tuple(answers.unexplained(self.places, self.explained)["code"].unique().sort())

    @property
    def idle(self) -> tuple[str, ...]:
        """Reasons that were given for no finding of this return, by their names."""
        return answers.idle(self.places, self.explained)

    def places_in_words(self) -> pl.DataFrame:
        """Findings with sentence, advice and the DfE's rule number where known: what reports show."""
        return in_words(self.places)

    def places_once(self) -> pl.DataFrame:
        """As `places`, those of headings first; a column without one is told once where it is absent, its row null."""
        return headings.once(self.places, self.collection)

    def as_json(self) -> dict[str, Any]:
        """The receipt as it stands in the interfaces."""
        return {
            "status": self.status.value,
            "submission": self.submission,
            "collection": self.collection,
            "year": self.year,
            "authority": self.authority,
            "digest": self.digest,
            "rows": dict(self.rows),
            "set_aside": dict(self.set_aside),
            "findings": self.findings,
            "linked": dict(self.linked),
            "supersedes": self.supersedes,
            "difference": dict(self.difference),
            "unexplained": list(self.unexplained),
            "remembered": dict(self.remembered),
            "notes": dict(self.notes),
            "not_run": list(self.not_run),
            "refusal": dict(zip(("code", "sentence", "remedy"), self.refusal, strict=True)) if self.refusal else None,
        }

    def validation_json(self) -> dict[str, Any]:
        """What `cohort validate --json` prints: every finding by place."""
        return {
            "collection": self.collection,
            "year": self.year,
            "authority": self.authority,
            "rows": dict(self.rows),
            "findings": self.places_in_words().to_dicts(),
            "not_run": list(self.not_run),
            "dry_run": self.is_dry_run,
            "notes": dict(self.notes),
            "refusal": self.as_json()["refusal"],
        }


def of_checked(status: Standing, file: str, checked: CheckedReturn, **more: Any) -> Receipt:
    """The receipt of a return that was read to the end."""
    given = checked.linked.pseudonymous
    names = {t.stored: t.name for t in given.format.tables}
    shown = [table for table in given.format.tables if table.columns]  # of nobody nothing is counted
    return Receipt(
        status=status,
        file=file,
        collection=given.format.collection,
        year=given.year,
        authority=given.authority_code,
        rows={table.name: given.tables[table.stored].height for table in shown},
        set_aside={names[stored]: len(rows) for stored, rows in checked.set_aside.items() if len(rows)},
        places=checked.located,
        not_run=checked.not_run,
        is_dry_run=given.format.is_dry_run,
        census_day=given.format.census_day(given.year),
        notes=given.notes,
        linked={} if status is Standing.JUDGED else checked.linked.counts,
        **more,
    )


def of_refusal(file: str, error: CohortError, **more: Any) -> Receipt:
    """The receipt of a file that was refused."""
    return Receipt(status=Standing.REFUSED, file=file, refusal=(error.code, error.sentence, error.remedy), **more)
