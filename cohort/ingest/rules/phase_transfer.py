"""Rules on PhaseTransfer: moves to the next phase of education. That a plan came late is measured, not judged."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("PHASETRANSFER", "phase_transfer")
SCHOOLS, COLLEGES = ("S", "J", "U"), ("16",)

AFTER_START = OF.in_order(
    1,
    "plan_start_date",
    "phase_transfer_final_date",
    "A plan is not amended for the next phase before it is issued.",
    "Correct PhaseTransferFinalDate or PlanStartDate.",
)
ONCE = OF.once(
    2,
    "phase_code",
    {
        "person_row": ("1", "2"),
        "plan_start_date": ("2022-05-02", "2022-06-06"),
        "phase_transfer_due_date": ("2024-02-15", "2024-03-31"),
        "phase_code": ("U", "16"),
    },
    "One phase transfer is returned once.",
    "Take the second row out.",
)
NAMED = OF.wants(
    3,
    "urn",
    "preference_code",
    ("Y", "100001"),
    "A setting that was or was not asked for has a number.",
    "Enter URN, or leave Preference empty where a type of setting alone is named.",
)


@rule(
    "PHASETRANSFER-04",
    table="phase_transfer",
    column="phase_transfer_due_date",
    level=Level.QUERY,
    sentence="Plans for school are due on 15 February, for after 16 on 31 March.",
    advice="Correct PhaseTransferDueDate or Phase.",
    example="""
        phase_code | phase_transfer_due_date || breaks
        U          | 2024-03-31              || yes
        16         | 2024-02-15              || yes
        S          | 2024-02-15              || no
        16         | 2024-03-31              || no
        P          | 2024-04-01              || no
        U          |                         || no
    """,
)
def due_on_the_day() -> pl.Expr:
    due = pl.col("phase_transfer_due_date").dt.strftime("%m-%d")
    school = pl.col("phase_code").is_in(list(SCHOOLS)) & (due != "02-15")
    return school | (pl.col("phase_code").is_in(list(COLLEGES)) & (due != "03-31"))


@rule(
    "PHASETRANSFER-05",
    table="phase_transfer",
    column="phase_code",
    level=Level.QUERY,
    sentence="Children go to secondary school between 8 and 15, and to post-16 settings from 14 on.",
    advice="Check Phase and the date of birth.",
    example="""
        phase_code | age_at_transfer || breaks
        U          | 16              || yes
        U          | 7               || yes
        16         | 13              || yes
        U          | 10              || no
        16         | 15              || no
        S          | 4               || no
        U          |                 || no
    """,
)
def at_an_age() -> pl.Expr:
    age = pl.col("age_at_transfer")
    to_secondary = (pl.col("phase_code") == "U") & ((age < 8) | (age > 15))
    return to_secondary | ((pl.col("phase_code") == "16") & (age < 14))


@rule(
    "PHASETRANSFER-06",
    table="phase_transfer",
    column="phase_transfer_final_date",
    level=Level.QUERY,
    sentence="A plan for the next phase is issued within the year before, or the year after, it is due.",
    advice="Correct PhaseTransferFinalDate or PhaseTransferDueDate.",
    example="""
        phase_transfer_due_date | phase_transfer_final_date || breaks
        2024-02-15              | 2022-11-01                || yes
        2024-02-15              | 2025-06-02                || yes
        2024-02-15              | 2024-02-10                || no
        2024-02-15              | 2024-07-01                || no
        2024-02-15              |                           || no
    """,
)
def about_the_day() -> pl.Expr:
    days = (pl.col("phase_transfer_final_date") - pl.col("phase_transfer_due_date")).dt.total_days()
    return days.abs() > 366


@rule(
    "PHASETRANSFER-07",
    table="phase_transfer",
    column="phase_code",
    level=Level.QUERY,
    sentence="Nobody goes into two phases in one year.",
    advice="Take one of the rows out, or correct its day.",
    example="""
        person_row | phase_transfer_due_date | phase_code || breaks
        1          | 2024-02-15              | U          || yes
        1          | 2024-03-31              | 16         || yes
        2          | 2024-02-15              | U          || no
        2          | 2025-03-31              | 16         || no
        3          | 2024-02-15              |            || no
        3          | 2024-02-15              | U          || no
    """,
)
def one_phase_a_year() -> pl.Expr:
    phases = (
        pl.col("phase_code").drop_nulls().n_unique().over("person_row", pl.col("phase_transfer_due_date").dt.year())
    )
    return pl.col("phase_code").is_not_null() & (phases > 1)
