"""Rates of authorities: every authority has a row, and those that cannot be compared say why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from cohort.errors import UsageError
from cohort.reference.measures import (
    MEASURES,
    NO_ROW,
    NOT_STANDING,
    NOTHING_TO_COUNT,
    TOO_MANY,
    authority_measure,
    england_measure,
)
from cohort.schema.calendar import in_force

Long = Callable[..., pl.DataFrame]
Figure = tuple[str, int, str, str | None, str, float | str]


def timeliness(code: str | None, within: float | str, issued: float | str, year: int = 2024) -> list[Figure]:
    """The two figures of an authority, or of England."""
    level = "Local authority" if code else "National"
    return [
        ("timeliness_20_week", year, level, code, "plans_issued_20_weeks_ex", within),
        ("timeliness_20_week", year, level, code, "plans_issued_den_ex", issued),
    ]


def line(found: pl.DataFrame, code: str) -> tuple[float | None, float | None, bool, str | None]:
    """Numerator, denominator, comparable and reason of an authority."""
    return (
        found.filter(pl.col("authority_code") == code).select("numerator", "denominator", "comparable", "reason").row(0)
    )


def test_an_authority_with_both_figures_is_comparable(long: Long) -> None:
    found = authority_measure(long(*timeliness("841", 30, 60)), "within_20_weeks")
    assert line(found, "841") == (30, 60, True, None)


def test_every_authority_of_the_year_has_one_row(long: Long) -> None:
    found = authority_measure(long(*timeliness("841", 30, 60)), "within_20_weeks")
    assert set(found["authority_code"]) == set(in_force(date(2024, 12, 31)))
    assert found.height == 153
    assert line(found, "390") == (None, None, False, NO_ROW)


@pytest.mark.parametrize(
    ("within", "issued", "reason"),
    [
        (0, 0, NOTHING_TO_COUNT),
        ("no_data", "no_data", "not published for this authority"),
        ("no_data", 60, "not published for this authority"),
        ("suppressed", 60, "withheld by the publisher"),
        ("low", 60, "rounds to 0 and is not shown"),
        ("not_applicable", "not_applicable", "not applicable in this year"),
        (61, 60, TOO_MANY),
    ],
)
def test_what_cannot_be_compared_is_listed_with_a_reason(
    long: Long, within: float | str, issued: float | str, reason: str
) -> None:
    found = authority_measure(long(*timeliness("201", within, issued)), "within_20_weeks")
    assert line(found, "201")[2:] == (False, reason)


def test_an_authority_that_was_abolished_in_the_year_says_so(long: Long) -> None:
    rows = long(
        ("send_tribunals_appeal_rate", 2021, "Local authority", "928", "appeals_registered", 85),
        ("send_tribunals_appeal_rate", 2021, "Local authority", "928", "appealable_decisions", "not_applicable"),
    )
    assert line(authority_measure(rows, "appeals"), "928") == (85, None, False, NOT_STANDING)


def test_a_figure_that_is_known_to_be_anothers_is_kept_but_not_compared(long: Long) -> None:
    rows = long(
        *(("send_tribunals_appeal_rate", y, "Local authority", "873", "appeals_registered", 169) for y in (2023, 2024)),
        *(
            ("send_tribunals_appeal_rate", y, "Local authority", "873", "appealable_decisions", 4410)
            for y in (2023, 2024)
        ),
    )
    found = authority_measure(rows, "appeals")
    assert line(found.filter(pl.col("year") == 2023), "873") == (169, 4410, True, None)
    assert line(found.filter(pl.col("year") == 2024), "873")[:3] == (169, 4410, False)
    assert "each other's appealable decisions" in str(line(found.filter(pl.col("year") == 2024), "873")[3])


def test_a_denominator_of_parts_is_their_sum_and_missing_where_one_is(long: Long) -> None:
    def requests(code: str, refused: float, agreed: float | str) -> list[Figure]:
        return [
            ("requests", 2024, "Local authority", code, "requests_decided_not_to_assess", refused),
            ("requests", 2024, "Local authority", code, "requests_decided_to_assess", agreed),
            ("requests", 2024, "Local authority", code, "requests_received_in_year", 200),
        ]

    rows = long(*requests("841", 25, 75), *requests("390", 25, "no_data"))
    of_decisions = authority_measure(rows, "refused_of_decisions")
    assert line(of_decisions, "841") == (25, 100, True, None)
    assert line(of_decisions, "390")[1:3] == (None, False)
    assert line(authority_measure(rows, "refused"), "390") == (25, 200, True, None)


def test_england_is_read_from_its_own_row(long: Long) -> None:
    rows = long(*timeliness("841", 30, 60), *timeliness(None, 39_407, 84_866), *timeliness(None, 9, 20, year=2023))
    assert england_measure(rows, "within_20_weeks").rows() == [(2023, 9, 20), (2024, 39_407, 84_866)]


def test_a_breakdown_is_never_taken_for_the_total(long: Long) -> None:
    total = long(*timeliness("841", 30, 60))
    boys = long(*timeliness("841", 20, 40)).with_columns(
        pl.lit("Sex").alias("breakdown_topic"), pl.lit("Male").alias("breakdown")
    )
    assert line(authority_measure(pl.concat([boys, total]), "within_20_weeks"), "841")[:2] == (30, 60)


def test_without_the_file_there_is_nothing(long: Long) -> None:
    assert authority_measure(long(*timeliness("841", 30, 60)), "appeals").is_empty()


def test_an_unknown_measure_is_refused_with_the_known_ones(long: Long) -> None:
    with pytest.raises(UsageError, match=r"REF-09.*within_20_weeks"):
        authority_measure(long(*timeliness("841", 30, 60)), "happiness")


def test_every_measure_says_what_it_is() -> None:
    assert all(measure.sentence.endswith(".") and measure.name == name for name, measure in MEASURES.items())
