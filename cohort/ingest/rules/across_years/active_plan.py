"""Reviews, needs and placements beside last year's return of the same authority."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

LASTING = ["HI", "VI", "MSI", "PD", "PMLD", "DS"]
"""Needs that a child is not expected to lose."""


@rule(
    "YEARS-19",
    table="active_plan",
    column="review_meeting_date",
    level=Level.QUERY,
    sentence="The latest review is no earlier than last year's.",
    advice="Enter the latest meeting; if last year's was not held after all, say so.",
    example="""
        review_meeting_date | prior_review.review_meeting_date | plan.start_date | prior_plan.start_date || breaks
        2021-11-08          | 2022-11-07                       | 2019-03-04      | 2019-03-04            || yes
        2022-11-07          | 2022-11-07                       | 2019-03-04      | 2019-03-04            || no
        2023-11-06          | 2022-11-07                       | 2019-03-04      | 2019-03-04            || no
                            | 2022-11-07                       | 2019-03-04      | 2019-03-04            || no
        2021-11-08          |                                  | 2019-03-04      | 2019-03-04            || no
        2021-11-08          | 2022-11-07                       | 2016-03-04      | 2019-03-04            || no
    """,
)
def reviews_go_on() -> pl.Expr:
    same = pl.col("plan.start_date") == pl.col("prior_plan.start_date")
    return same & (pl.col("review_meeting_date") < pl.col("prior_review.review_meeting_date"))


@rule(
    "YEARS-20",
    table="active_plan",
    column="review_outcome_code",
    level=Level.QUERY,
    sentence="A review that was returned last year still has the outcome that it had then.",
    advice="Correct the outcome, or say that last year's was wrong.",
    example="""
        review_meeting_date | review_outcome_code | prior_review.review_meeting_date | prior_review.review_outcome_code || breaks
        2022-11-07          | M                   | 2022-11-07                       | C                                || yes
        2022-11-07          | C                   | 2022-11-07                       | C                                || no
        2023-11-06          | M                   | 2022-11-07                       | C                                || no
        2022-11-07          | M                   | 2022-11-07                       |                                  || no
    """,
)
def review_stands() -> pl.Expr:
    same = pl.col("review_meeting_date") == pl.col("prior_review.review_meeting_date")
    return same & (pl.col("review_outcome_code") != pl.col("prior_review.review_outcome_code"))


@rule(
    "YEARS-21",
    table="plan_need",
    column="need_code",
    level=Level.QUERY,
    sentence="A primary need of the senses or the body, or a profound one, is not lost within a year.",
    advice="Correct the type, or say what was found: the first type was wrong, or another need now comes first.",
    example="""
        active_plan_row | need_code | rank_code | prior_need.need_code || breaks
        1               | SEMH      | 1         | HI                   || yes
        2               | SEMH      | 1         | HI                   || no
        2               | HI        | 2         | HI                   || no
        3               | HI        | 1         | HI                   || no
        4               | MSI       | 1         | HI                   || no
        5               | SEMH      | 1         | ASD                  || no
        6               | SEMH      | 1         |                      || no
        7               | HI        | 1         | SEMH                 || no
    """,
)
def lasting_need_lasts() -> pl.Expr:
    was_lasting = pl.col("prior_need.need_code").is_in(LASTING) & ~pl.col("need_code").is_in(LASTING)
    still = (pl.col("need_code") == pl.col("prior_need.need_code")).any(ignore_nulls=False).over("active_plan_row")
    return was_lasting & (pl.col("rank_code") == "1") & ~still


@rule(
    "YEARS-22",
    table="plan_need",
    column="need_code",
    level=Level.QUERY,
    sentence="The primary need is not another one every year.",
    advice="Enter the type that the plan describes; if it was assessed anew each year, say so.",
    example="""
        need_code | rank_code | prior_need.need_code | prior_need.earlier_need_code || breaks
        SEMH      | 1         | ASD                  | SLCN                         || yes
        SEMH      | 2         | ASD                  | SLCN                         || no
        ASD       | 1         | ASD                  | SLCN                         || no
        SEMH      | 1         | ASD                  | ASD                          || no
        SEMH      | 1         | ASD                  |                              || no
    """,
)
def need_is_settled() -> pl.Expr:
    now = pl.col("need_code") != pl.col("prior_need.need_code")
    then = pl.col("prior_need.need_code") != pl.col("prior_need.earlier_need_code")
    return (pl.col("rank_code") == "1") & now & then


@rule(
    "YEARS-23",
    table="placement",
    column="entry_date",
    level=Level.QUERY,
    sentence="A placement that was returned last year began on the day that was returned then.",
    advice="Correct EntryDate, or say that last year's was wrong.",
    example="""
        active_plan_row | urn    | rank_code | entry_date | prior_placement.urn | prior_placement.entry_date || breaks
        1               | 100001 | 1         | 2020-09-01 | 100001              | 2019-09-03                 || yes
        2               | 100001 | 1         | 2019-09-03 | 100001              | 2019-09-03                 || no
        3               | 100002 | 1         | 2023-09-04 | 100001              | 2019-09-03                 || no
        4               | 100001 | 2         | 2020-09-01 | 100001              | 2019-09-03                 || no
        5               | 100001 | 1         | 2023-09-04 | 100001              | 2019-09-03                 || no
        6               | 100001 | 1         | 2020-09-01 | 100001              |                            || no
    """,
)
def entered_as_last_year() -> pl.Expr:
    # Who entered since last January may have come back to the same place.
    there = (pl.col("urn") == pl.col("prior_placement.urn")) & (pl.col("rank_code") == "1")
    of_before = pl.col("entry_date") < pl.col("return.from_date")
    kept = (pl.col("entry_date") == pl.col("prior_placement.entry_date")).any(ignore_nulls=False)
    other = pl.col("entry_date") != pl.col("prior_placement.entry_date")
    return there & of_before & other & ~kept.over("active_plan_row")


@rule(
    "YEARS-24",
    table="placement",
    column="leaving_date",
    level=Level.QUERY,
    sentence="Who had left a placement last year has not come back to it.",
    advice="Enter the day of leaving again, or the day of coming back as EntryDate.",
    example="""
        urn    | entry_date | leaving_date | prior_placement.urn | prior_placement.entry_date | prior_placement.leaving_date || breaks
        100001 | 2019-09-03 |              | 100001              | 2019-09-03                 | 2022-07-22                   || yes
        100001 | 2019-09-03 | 2022-07-22   | 100001              | 2019-09-03                 | 2022-07-22                   || no
        100001 | 2023-09-04 |              | 100001              | 2019-09-03                 | 2022-07-22                   || no
        100001 | 2019-09-03 |              | 100001              | 2019-09-03                 | 2024-07-19                   || no
        100001 | 2019-09-03 |              | 100001              | 2019-09-03                 |                              || no
    """,
)
def does_not_come_back() -> pl.Expr:
    same_place = pl.col("urn") == pl.col("prior_placement.urn")
    same = same_place & (pl.col("entry_date") == pl.col("prior_placement.entry_date"))
    had_left = pl.col("prior_placement.leaving_date") < pl.col("return.from_date")
    return same & had_left & pl.col("leaving_date").is_null()
