"""Rules on Workforce: staff who work on SEND on a day."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("WORKFORCE", "authority_workforce")
KEEPERS = "CW"


AGENCY = OF.part_of(
    1, "agency_fte", "staff_fte", "Staff from agencies are among the staff.", "Correct AgencyFTE or StaffFTE."
)
TRAINED = OF.part_of(
    2, "trained_fte", "staff_fte", "Staff who were trained are among the staff.", "Correct TrainedFTE or StaffFTE."
)
OVER = OF.part_of(
    3,
    "staff_fte",
    "posts_fte",
    "There are no more staff than posts.",
    "Correct StaffFTE or PostsFTE, or say who is there without a post.",
    Level.QUERY,
)
ONCE = OF.once(
    4,
    "workforce_code",
    {"counted_date": ("2023-01-19", "2023-01-20"), "workforce_code": ("CW", "EP")},
    "Staff of one kind are counted once a day.",
    "Take the second row out.",
)


@rule(
    "WORKFORCE-05",
    table="authority_workforce",
    column="plans_held",
    level=Level.QUERY,
    sentence="Officers who keep plans keep some, and nobody else does.",
    advice="Enter PlansHeld for CW, and leave it empty for all others.",
    example="""
        workforce_code | staff_fte | plans_held || breaks
        CW             | 12        |            || yes
        EP             | 6         | 1200       || yes
        CW             | 12        | 2400       || no
        EP             | 6         |            || no
        CW             |           |            || no
    """,
)
def keepers_keep() -> pl.Expr:
    keeps = pl.col("workforce_code") == KEEPERS
    lacking = keeps & pl.col("staff_fte").is_not_null() & pl.col("plans_held").is_null()
    return lacking | (~keeps & pl.col("plans_held").is_not_null())


@rule(
    "WORKFORCE-06",
    table="authority_workforce",
    column="plans_per_officer",
    level=Level.QUERY,
    sentence="Plans per officer are the plans kept divided by the officers in post.",
    advice="Correct PlansPerOfficer, PlansHeld or StaffFTE, or say what you divide by.",
    example="""
        plans_held | staff_fte | plans_per_officer || breaks
        2400       | 12        | 150               || yes
        2400       | 12        | 200               || no
        2400       | 12        | 201               || no
        2400       | 0         | 200               || no
        2400       |           | 200               || no
    """,
)
def plans_over_officers() -> pl.Expr:
    ratio = pl.col("plans_held") / pl.col("staff_fte")
    return (pl.col("staff_fte") > 0) & ((pl.col("plans_per_officer") / ratio - 1).abs() > 0.05)
