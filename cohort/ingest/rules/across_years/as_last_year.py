"""Rules across years: a return beside what last year's accepted return of the same authority said of the person.

They are queries: either year may be right. A plan that was in force last January and is missing from this
return altogether has no row here that a rule could speak of; whoever compares two returns as wholes asks that.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "YEARS-01",
    table="person_trait",
    column="birth_date",
    level=Level.QUERY,
    sentence="The month of birth is the same as last year.",
    advice="Correct the date of birth, or say that last year's was wrong.",
    example="""
        birth_month | prior.birth_month || breaks
        2012-04-01  | 2012-05-01        || yes
        2012-04-01  | 2012-04-01        || no
        2012-04-01  |                   || no
                    | 2012-04-01        || no
    """,
)
def born_in_the_same_month() -> pl.Expr:
    return pl.col("birth_month") != pl.col("prior.birth_month")


@rule(
    "YEARS-02",
    table="person_trait",
    column="sex_code",
    level=Level.QUERY,
    sentence="The sex recorded is the same as last year.",
    advice="Correct it, or say that last year's was wrong or has changed.",
    example="""
        sex_code | prior.sex_code || breaks
        F        | M              || yes
        F        | F              || no
        F        | U              || no
        U        | M              || no
        F        |                || no
    """,
)
def of_the_same_sex() -> pl.Expr:
    known = (pl.col("sex_code") != "U") & (pl.col("prior.sex_code") != "U")
    return known & (pl.col("sex_code") != pl.col("prior.sex_code"))


@rule(
    "YEARS-03",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan that was in force last January keeps its start date.",
    advice="StartDate is the day on which the plan was first issued: correct it, or say which year was wrong.",
    example="""
        person_row | start_date | prior_plan.start_date | prior_plan.is_in_force || breaks
        1          | 2019-04-01 | 2019-05-01            | yes                    || yes
        2          | 2019-05-01 | 2019-05-01            | yes                    || no
        3          | 2019-05-01 | 2019-05-01            | yes                    || no
        3          | 2023-11-06 | 2019-05-01            | yes                    || no
        4          | 2023-11-06 | 2016-05-01            | no                     || no
        5          | 2023-11-06 |                       | no                     || no
        6          | 2018-02-01 | 2019-05-01            | yes                    || yes
        6          | 2023-11-06 | 2019-05-01            | yes                    || no
    """,
)
def starts_as_last_year() -> pl.Expr:
    kept = (pl.col("start_date") == pl.col("prior_plan.start_date")).any(ignore_nulls=False).over("person_row")
    oldest = pl.col("start_date") == pl.col("start_date").min().over("person_row")
    return pl.col("prior_plan.is_in_force") & ~kept & oldest


@rule(
    "YEARS-04",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A plan that had ended last year has not come back to life.",
    advice="Enter its end again; if an appeal or a correction brought it back, say so.",
    example="""
        start_date | cease_date | prior_plan.start_date | prior_plan.cease_date || breaks
        2019-05-01 |            | 2019-05-01            | 2022-08-31            || yes
        2019-05-01 | 2022-08-31 | 2019-05-01            | 2022-08-31            || no
        2023-03-01 |            | 2019-05-01            | 2022-08-31            || no
        2019-05-01 |            | 2019-05-01            |                       || no
    """,
)
def stays_ended() -> pl.Expr:
    same = pl.col("start_date") == pl.col("prior_plan.start_date")
    return same & pl.col("prior_plan.cease_date").is_not_null() & pl.col("cease_date").is_null()


@rule(
    "YEARS-05",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A plan that had ended last year ended on the day that was returned then.",
    advice="Correct CeaseDate, or say that last year's was wrong.",
    example="""
        start_date | cease_date | prior_plan.start_date | prior_plan.cease_date || breaks
        2019-05-01 | 2023-01-16 | 2019-05-01            | 2023-01-10            || yes
        2019-05-01 | 2023-01-10 | 2019-05-01            | 2023-01-10            || no
        2023-03-01 | 2023-08-31 | 2019-05-01            | 2023-01-10            || no
        2019-05-01 | 2023-08-31 | 2019-05-01            |                       || no
    """,
)
def ended_as_last_year() -> pl.Expr:
    same = pl.col("start_date") == pl.col("prior_plan.start_date")
    return same & (pl.col("cease_date") != pl.col("prior_plan.cease_date"))


@rule(
    "YEARS-06",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan older than last January was in last year's return, where the person was in it.",
    advice="Correct StartDate, enter TransferLA, or say why the plan was not returned last year.",
    example="""
        start_date | prior.exists | prior_plan.start_date | active_plan.transfer_authority_code || breaks
        2019-05-01 | yes          |                       |                                     || yes
        2019-05-01 | yes          | 2019-05-01            |                                     || no
        2023-05-01 | yes          |                       |                                     || no
        2019-05-01 | yes          |                       | 202                                 || no
        2019-05-01 |              |                       |                                     || no
    """,
)
def was_there_last_year() -> pl.Expr:
    older = pl.col("start_date") < pl.col("return.from_date")
    of_ours = pl.col("active_plan.transfer_authority_code").is_null()
    return pl.col("prior.exists") & pl.col("prior_plan.start_date").is_null() & older & of_ours
