"""Rates of authorities from official figures, for comparing authorities: numerator and denominator by year.

Every authority that stood in a year has a row. One that cannot be compared says why; none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from cohort.errors import UsageError
from cohort.reference.faults import MISPLACED
from cohort.reference.figure import Geography, Status
from cohort.reference.sums import total_rows
from cohort.schema.calendar import in_force


@dataclass(frozen=True)
class AuthorityMeasure:
    """A rate: one column of a source over the sum of one or more others of the same row."""

    name: str
    sentence: str
    source_name: str
    numerator: str
    denominator: tuple[str, ...]


_TIMELINESS, _REQUESTS, _APPEALS = "timeliness_20_week", "requests", "send_tribunals_appeal_rate"

MEASURES = {
    measure.name: measure
    for measure in (
        AuthorityMeasure(
            "within_20_weeks",
            "Plans issued within twenty weeks, of plans issued in the calendar year; exceptions left out of both.",
            _TIMELINESS,
            "plans_issued_20_weeks_ex",
            ("plans_issued_den_ex",),
        ),
        AuthorityMeasure(
            "within_20_weeks_all",
            "Plans issued within twenty weeks, of plans issued in the calendar year; exceptions included.",
            _TIMELINESS,
            "plans_issued_within_20_weeks",
            ("plans_issued_den",),
        ),
        AuthorityMeasure(
            "refused",
            "Requests decided not to assess, of requests received in the calendar year, undecided ones included.",
            _REQUESTS,
            "requests_decided_not_to_assess",
            ("requests_received_in_year",),
        ),
        AuthorityMeasure(
            "refused_of_decisions",
            "Requests decided not to assess, of requests decided either way.",
            _REQUESTS,
            "requests_decided_not_to_assess",
            ("requests_decided_to_assess", "requests_decided_not_to_assess"),
        ),
        AuthorityMeasure(
            "appeals",
            "Appeals registered, of decisions that could be appealed in the calendar year.",
            _APPEALS,
            "appeals_registered",
            ("appealable_decisions",),
        ),
    )
}
"""Measures for comparing authorities, by name. An appeal rate has no good direction."""

NO_ROW = "no row in the file"
NOT_STANDING = "the authority did not stand at the end of this year"
NOT_SHOWN = {
    Status.NO_DATA: "not published for this authority",
    Status.NOT_APPLICABLE: "not applicable in this year",
    Status.SUPPRESSED: "withheld by the publisher",
    Status.LOW: "rounds to 0 and is not shown",
}
NOTHING_TO_COUNT = "the denominator is 0"
TOO_MANY = "the numerator is greater than the denominator"


def authority_measure(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """A measure of every authority and year, from rows in the long form.

    Gives authority_code, year, numerator, denominator (null where not shown), comparable, reason (null where
    comparable), sorted by year and authority; empty where the source is not in the rows. Raises UsageError
    REF-09 for a name that is not declared.
    """
    wide = _wide(rows, _declared(name), Geography.AUTHORITY).with_columns(pl.lit(value=True).alias("has_row"))
    standing = pl.DataFrame(
        list(_standing(wide["year"].unique())),
        schema={"authority_code": pl.String, "year": pl.Int32, "stands": pl.Boolean},
        orient="row",
    )
    reason = _reason()
    return (
        standing.join(wide, on=["authority_code", "year"], how="full", coalesce=True)
        .join(_misplaced(_declared(name)), on=["authority_code", "year"], how="left")
        .select(
            *("authority_code", "year", "numerator", "denominator"),
            reason.is_null().alias("comparable"),
            reason.alias("reason"),
        )
        .sort("year", "authority_code")
    )


def england_measure(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The same measure as England's own row gives it: year, numerator, denominator, sorted by year."""
    wide = _wide(rows, _declared(name), Geography.ENGLAND)
    return wide.select("year", "numerator", "denominator").sort("year")


def _declared(name: str) -> AuthorityMeasure:
    if name not in MEASURES:
        raise UsageError(
            "REF-09", "No such measure of authorities is declared.", f"Choose one of {', '.join(MEASURES)}."
        )
    return MEASURES[name]


def _wide(rows: pl.DataFrame, measure: AuthorityMeasure, level: Geography) -> pl.DataFrame:
    """One row an authority and year: numerator, denominator, and the first status that is not `shown`."""
    parts = (measure.numerator, *measure.denominator)
    few = rows.filter(
        pl.col("source_name") == measure.source_name,
        pl.col("geographic_level") == level.value,
        pl.col("measure").is_in(parts),
    )
    return (
        total_rows(few)
        .group_by("authority_code", "year")
        .agg(
            pl.col("value").filter(pl.col("measure") == measure.numerator).first().alias("numerator"),
            *(
                pl.col("value").filter(pl.col("measure") == part).first().alias(f"part_{place}")
                for place, part in enumerate(measure.denominator)
            ),
            pl.col("status").filter(pl.col("status") != Status.SHOWN.value).first().alias("hidden"),
        )
        .with_columns(_sum_of_all(len(measure.denominator)).alias("denominator"))
    )


def _sum_of_all(parts: int) -> pl.Expr:
    """The sum of the parts; null where one of them is: a partial denominator would be another measure."""
    return pl.sum_horizontal([pl.col(f"part_{place}") for place in range(parts)], ignore_nulls=False)


def _standing(years: pl.Series) -> Iterator[tuple[str, int, bool]]:
    for year in years:
        for code in in_force(date(year, 12, 31)):
            yield code, year, True


def _misplaced(measure: AuthorityMeasure) -> pl.DataFrame:
    """authority_code, year, misplaced: why a figure of this measure is known to be another authority's."""
    used = {measure.numerator, *measure.denominator}
    known = [
        (code, fault.year, f"known fault: {fault.sentence}")
        for fault in MISPLACED
        if fault.source_name == measure.source_name and used & set(fault.measures)
        for code in fault.authority_codes
    ]
    types = {"authority_code": pl.String, "year": pl.Int32, "misplaced": pl.String}
    return pl.DataFrame(known, schema=types, orient="row")


def _reason() -> pl.Expr:
    hidden = {status.value: sentence for status, sentence in NOT_SHOWN.items()}
    return (
        pl.when(pl.col("has_row").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("misplaced").is_not_null())
        .then(pl.col("misplaced"))
        .when(pl.col("hidden").is_not_null() & pl.col("stands").is_null())
        .then(pl.lit(NOT_STANDING))
        .when(pl.col("hidden").is_not_null())
        .then(pl.col("hidden").replace_strict(hidden, default=NOT_SHOWN[Status.NO_DATA]))
        .when(pl.col("denominator") == 0)
        .then(pl.lit(NOTHING_TO_COUNT))
        .when(pl.col("numerator") > pl.col("denominator"))
        .then(pl.lit(TOO_MANY))
        .when(pl.col("numerator").is_null() | pl.col("denominator").is_null())
        .then(pl.lit(NOT_SHOWN[Status.NO_DATA]))
    )
