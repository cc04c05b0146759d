"""Placements that are hardly ever as they are returned."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.neighbours import following
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import NOWHERE, Rules

OF = Rules("PLACEMENTDETAIL", "placement")
MONTH, TWO_YEARS = pl.duration(days=31), pl.duration(days=2 * 366)
LONGEST = 16
"""Years after which nobody is at one establishment any more."""


@rule(
    "PLACEMENTDETAIL-12",
    table="placement",
    column="leaving_date",
    level=Level.QUERY,
    sentence="A person leaves one main placement within a month of entering the next.",
    advice="Enter the day of leaving, or give the second of the two the rank 2.",
    example="""
        active_plan_row | rank_code | entry_date | leaving_date || breaks
        1               | 1         | 2019-04-23 | 2023-12-21   || yes
        1               | 1         | 2023-09-04 |              || no
        2               | 1         | 2019-04-23 | 2023-09-15   || no
        2               | 1         | 2023-09-04 |              || no
        3               | 1         | 2019-04-23 | 2023-12-21   || no
        3               | 2         | 2023-09-04 |              || no
        4               | 1         | 2019-04-23 |              || no
        4               | 1         | 2023-09-04 | 2023-10-20   || no
        5               | 1         | 2019-04-23 | 2023-12-21   || no
    """,
)
def one_main_placement_at_a_time() -> pl.Expr:
    # Of those that last to census day ACTIVEPLANS-14 speaks.
    mains = pl.when(pl.col("rank_code") == "1").then(pl.col("active_plan_row"))
    past = pl.col("leaving_date") < pl.col("return.census_date")
    return past & (pl.col("leaving_date") > following("entry_date", mains) + MONTH)


@rule(
    "PLACEMENTDETAIL-13",
    table="placement",
    column="urn",
    level=Level.QUERY,
    sentence="A placement is returned once.",
    advice="Take out the placement that stands twice.",
    example="""
        active_plan_row | urn    | rank_code | entry_date | leaving_date || breaks
        1               | 100001 | 2         | 2022-09-05 |              || yes
        1               | 100001 | 2         | 2022-09-05 |              || yes
        2               | 100001 | 1         | 2022-09-05 |              || no
        2               | 100001 | 2         | 2022-09-05 |              || no
        3               | 100001 | 1         | 2021-09-06 | 2022-07-22   || no
        3               | 100001 | 1         | 2022-09-05 |              || no
        4               |        | 1         | 2022-09-05 |              || no
        4               |        | 1         | 2022-09-05 |              || no
    """,
)
def returned_once() -> pl.Expr:
    # Two main ones on census day are an error of ACTIVEPLANS-14 already.
    told = pl.col("urn").is_not_null() & ((pl.col("rank_code") == "2") | pl.col("leaving_date").is_not_null())
    return told & (pl.len().over("active_plan_row", "urn", "rank_code", "entry_date") > 1)


@rule(
    "PLACEMENTDETAIL-14",
    table="placement",
    column="entry_date",
    level=Level.QUERY,
    sentence="Nobody has been at one establishment for more than sixteen years.",
    advice="Check the year in EntryDate.",
    example="""
        entry_date || breaks
        2005-09-05 || yes
        2019-04-23 || no
                   || no
    """,
)
def not_there_for_ever() -> pl.Expr:
    return pl.col("return.year") - pl.col("entry_date").dt.year() > LONGEST


@rule(
    "PLACEMENTDETAIL-15",
    table="placement",
    column="work_based_code",
    level=Level.QUERY,
    sentence="Who learns at work is in training, and so not NEET.",
    advice="Enter the provider, or take out WBP.",
    example="""
        setting_code | work_based_code || breaks
        NEET         | S               || yes
        NIEO         | A               || yes
                     | S               || no
        NEET         |                 || no
    """,
)
def training_is_somewhere() -> pl.Expr:
    return pl.col("setting_code").is_in(NOWHERE) & pl.col("work_based_code").is_not_null()


GIVEN_OUT = OF.given_out(
    16, "Look the establishment up; where there is none, leave URN empty and give the kind of setting."
)


@rule(
    "PLACEMENTDETAIL-17",
    table="placement",
    column="leaving_date",
    level=Level.QUERY,
    sentence="The day on which a person will leave lies within two years.",
    advice="Check the year in LeavingDate; where no day is agreed, leave it empty.",
    example="""
        leaving_date || breaks
        2029-07-19   || yes
        2025-07-18   || no
                     || no
    """,
)
def leaves_in_two_years() -> pl.Expr:
    return pl.col("leaving_date") > pl.col("return.census_date") + TWO_YEARS


@rule(
    "PLACEMENTDETAIL-18",
    table="placement",
    column="setting_code",
    level=Level.QUERY,
    sentence="Who is in no education has no second placement beside it.",
    advice="Make the real placement the main one, or take it out.",
    example="""
        active_plan_row | setting_code | rank_code | leaving_date || breaks
        1               | NEET         | 1         |              || yes
        1               |              | 2         |              || no
        2               | NEET         | 1         |              || no
        2               |              | 1         | 2023-07-21   || no
        3               | NEET         | 1         |              || no
        5               | NEET         | 1         | 2023-07-21   || no
        5               |              | 2         |              || no
        4               | EHE          | 1         |              || no
        4               |              | 2         |              || no
    """,
)
def nowhere_and_somewhere() -> pl.Expr:
    second = (pl.col("rank_code") == "2") & pl.col("leaving_date").is_null()
    nowhere = pl.col("setting_code").is_in(NOWHERE) & (pl.col("rank_code") == "1") & pl.col("leaving_date").is_null()
    return nowhere & second.any().over("active_plan_row")
