"""Plans beside last year's return of the same authority."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "YEARS-10",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    sentence="A plan that had ended last year ended for the reason that was returned then.",
    advice="Correct CeaseReason, or say that last year's was wrong.",
    example="""
        start_date | cease_reason_code | prior_plan.start_date | prior_plan.cease_reason_code || breaks
        2019-05-01 | 5                 | 2019-05-01            | 2                            || yes
        2019-05-01 | 2                 | 2019-05-01            | 2                            || no
        2023-03-01 | 5                 | 2019-05-01            | 2                            || no
        2019-05-01 | 5                 | 2019-05-01            |                              || no
    """,
)
def ended_for_the_same_reason() -> pl.Expr:
    same = pl.col("start_date") == pl.col("prior_plan.start_date")
    return same & (pl.col("cease_reason_code") != pl.col("prior_plan.cease_reason_code"))


@rule(
    "YEARS-11",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A request that awaited its decision last January has no plan of before.",
    advice="StartDate is the day on which the plan was first issued: check its year.",
    example="""
        start_date | prior_request.outcome_code | prior_plan.exists || breaks
        2022-11-07 | A                          | no                || yes
        2023-06-05 | A                          | no                || no
        2022-11-07 | Y                          | no                || no
        2022-11-07 | A                          | yes               || no
        2022-11-07 |                            |                   || no
    """,
)
def no_plan_before_its_decision() -> pl.Expr:
    awaited = (pl.col("prior_request.outcome_code") == "A") & ~pl.col("prior_plan.exists")
    return awaited & (pl.col("start_date") < pl.col("return.from_date"))


@rule(
    "YEARS-12",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A plan that was in force last January had not ended by then.",
    advice="Check the year in CeaseDate; if the end was entered late, say so.",
    example="""
        start_date | cease_date | prior_plan.start_date | prior_plan.is_in_force || breaks
        2019-05-01 | 2022-08-31 | 2019-05-01            | yes                    || yes
        2019-05-01 | 2023-02-10 | 2019-05-01            | yes                    || no
        2019-05-01 |            | 2019-05-01            | yes                    || no
        2019-05-01 | 2022-08-31 | 2019-05-01            | no                     || no
        2016-05-01 | 2019-04-30 | 2019-05-01            | yes                    || no
    """,
)
def had_not_ended() -> pl.Expr:
    same = pl.col("prior_plan.is_in_force") & (pl.col("start_date") == pl.col("prior_plan.start_date"))
    return same & (pl.col("cease_date") < pl.col("return.from_date"))
