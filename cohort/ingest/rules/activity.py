"""Rules on Activity: what young people of 16 to 25 did in a month.

Not known is an activity of its own. Months before a young person came or after they went are not asked for, and
somebody over 18 may come back when a plan does.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.schema.codes.activity import ACTIVITY, NOT_KNOWN

OF_SCHOOL_AGE = ["110", "120", "130", "140", "150"]
NOBODY_ASKED = ["150", "810", "820"]
"""Not known, without anybody who refused to say."""
KNOWN = sorted({code.code for code in ACTIVITY.codes} - ACTIVITY.members(NOT_KNOWN))
CURRENT = "13mo"
"""How long a confirmation counts: a year's round of calls, and a month to enter it."""
ADULT = 18


def _is(*codes: str) -> pl.Expr:
    return pl.col("activity_code").is_in(codes)


@rule(
    "ACTIVITY-01",
    table="activity",
    column="activity_month",
    sentence="A young person has one activity in a month.",
    advice="Keep the activity at the end of the month, and take the others out.",
    example="""
        person_row | activity_month || breaks
        1          | 2024-09-01     || yes
        1          | 2024-09-01     || yes
        1          | 2024-10-01     || no
        2          | 2024-09-01     || no
        3          |                || no
        3          |                || no
    """,
)
def one_a_month() -> pl.Expr:
    return pl.col("activity_month").is_not_null() & (pl.len().over("person_row", "activity_month") > 1)


@rule(
    "ACTIVITY-02",
    table="activity",
    column="activity_month",
    sentence="The month lies in the school year of the return, September to August.",
    advice="Correct the month, or send it with the return of its own year.",
    example="""
        activity_month | return.year || breaks
        2023-08-01     | 2024        || yes
        2023-09-01     | 2024        || no
        2024-08-01     | 2024        || no
                       | 2024        || no
    """,
)
def of_the_year() -> pl.Expr:
    return pl.col("activity_month") < pl.date(pl.col("return.year") - 1, 9, 1)


@rule(
    "ACTIVITY-03",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="Activities of compulsory school age are those of young people of up to 16.",
    advice="Use the code of what the young person does now, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        110           | 17           || yes
        150           | 18           || yes
        110           | 16           || no
        120           | 15           || no
        230           | 17           || no
        110           |              || no
    """,
)
def school_age_is_over() -> pl.Expr:
    return _is(*OF_SCHOOL_AGE) & (pl.col("age_at_month") > 16)


@rule(
    "ACTIVITY-04",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="Activities after compulsory school age begin at 16.",
    advice="Use a code of compulsory school age, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        619           | 15           || yes
        230           | 14           || yes
        230           | 16           || no
        120           | 15           || no
        619           |              || no
    """,
)
def not_before_16() -> pl.Expr:
    return ~_is(*OF_SCHOOL_AGE) & (pl.col("age_at_month") < 16)


@rule(
    "ACTIVITY-05",
    table="activity",
    column="activity_month",
    level=Level.QUERY,
    sentence="Young people are tracked up to 25.",
    advice="Take the month out, or check the date of birth.",
    example="""
        age_at_month || breaks
        26           || yes
        25           || no
        16           || no
                     || no
    """,
)
def up_to_25() -> pl.Expr:
    return pl.col("age_at_month") > 25


@rule(
    "ACTIVITY-06",
    table="activity",
    column="confirmed_date",
    level=Level.QUERY,
    sentence="What is not known was not confirmed.",
    advice="Use the code of what was confirmed, or leave DateVerified empty.",
    example="""
        activity_code | confirmed_date || breaks
        810           | 2024-01-15     || yes
        820           | 2024-01-15     || yes
        830           | 2024-01-15     || no
        810           |                || no
        619           | 2024-01-15     || no
    """,
)
def not_known_is_not_confirmed() -> pl.Expr:
    return _is(*NOBODY_ASKED) & pl.col("confirmed_date").is_not_null()


@rule(
    "ACTIVITY-07",
    table="activity",
    column="confirmed_date",
    level=Level.QUERY,
    sentence="What is known was confirmed on some day.",
    advice="Enter DateVerified; where nobody has confirmed the activity, it is not known: use 810.",
    example="""
        activity_code | confirmed_date || breaks
        619           |                || yes
        230           |                || yes
        230           | 2024-01-15     || no
        810           |                || no
        830           |                || no
    """,
)
def known_is_confirmed() -> pl.Expr:
    return _is(*KNOWN) & pl.col("confirmed_date").is_null()


@rule(
    "ACTIVITY-08",
    table="activity",
    column="confirmed_date",
    level=Level.QUERY,
    sentence="An activity was confirmed in the year before the month, or later.",
    advice="Ask the young person or the provider again; until then use 810, not known.",
    example="""
        activity_code | activity_month | confirmed_date || breaks
        619           | 2024-03-01     | 2023-01-31     || yes
        619           | 2024-03-01     | 2023-02-01     || no
        619           | 2024-03-01     | 2024-03-20     || no
        619           | 2024-03-01     | 2024-05-20     || no
        619           | 2024-03-01     |                || no
    """,
)
def is_current() -> pl.Expr:
    return pl.col("confirmed_date") < pl.col("activity_month").dt.offset_by(f"-{CURRENT}")


@rule(
    "ACTIVITY-09",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="The duty to participate ends at 18: from then on an agreed start is 615.",
    advice="Use 615, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        616           | 18           || yes
        616           | 17           || no
        615           | 18           || no
        616           |              || no
    """,
)
def the_duty_ends_at_18() -> pl.Expr:
    return _is("616") & (pl.col("age_at_month") >= ADULT)


@rule(
    "ACTIVITY-10",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="A custodial institution for juveniles holds young people under 18.",
    advice="From 18 on use 710, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        290           | 19           || yes
        290           | 18           || no
        290           | 17           || no
        710           | 19           || no
        290           |              || no
    """,
)
def juveniles_are_under_18() -> pl.Expr:
    # Who turns 18 shortly before the end of a sentence may serve the rest where it began.
    return _is("290") & (pl.col("age_at_month") > ADULT)


@rule(
    "ACTIVITY-11",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="A young adult offender is 18 or more.",
    advice="Under 18 use 290, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        710           | 17           || yes
        710           | 18           || no
        290           | 17           || no
        710           |              || no
    """,
)
def adult_offenders_are_adult() -> pl.Expr:
    return _is("710") & (pl.col("age_at_month") < ADULT)


@rule(
    "ACTIVITY-12",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="School sixth forms teach to the end of the school year of the 19th birthday.",
    advice="Use the code of the college or specialist provider, or check the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        210           | 20           || yes
        210           | 19           || no
        220           | 20           || no
        280           | 22           || no
        210           |              || no
    """,
)
def sixth_forms_to_19() -> pl.Expr:
    return _is("210") & (pl.col("age_at_month") > 19)


@rule(
    "ACTIVITY-13",
    table="activity",
    column="activity_code",
    level=Level.QUERY,
    sentence="Students of higher education are 17 or more.",
    advice="Check the code (230 is further education) and the date of birth.",
    example="""
        activity_code | age_at_month || breaks
        240           | 16           || yes
        240           | 17           || no
        230           | 16           || no
        240           |              || no
    """,
)
def higher_education_from_17() -> pl.Expr:
    return _is("240") & (pl.col("age_at_month") < 17)


@rule(
    "ACTIVITY-14",
    table="activity",
    column="activity_code",
    since=2020,
    level=Level.QUERY,
    sentence="The Work Programme has ended: nobody was sent to it after March 2017, for two years at most.",
    advice="Use 430, other training, or the code of what the young person does now.",
    example="""
        activity_code || breaks
        440           || yes
        430           || no
    """,
)
def the_work_programme_has_ended() -> pl.Expr:
    return _is("440")


@rule(
    "ACTIVITY-15",
    table="activity",
    column="activity_month",
    level=Level.QUERY,
    sentence="Up to 18 no month is missing between two months of a young person.",
    advice="Enter the month after this one; where nobody knows what the young person did, enter 810.",
    example="""
        person_row | activity_month | age_at_month || breaks
        1          | 2023-09-01     | 16           || yes
        1          | 2023-12-01     | 16           || no
        1          | 2023-11-01     | 16           || no
        2          | 2023-09-01     | 17           || no
        2          | 2024-01-01     | 18           || no
        3          | 2023-09-01     | 16           || no
        4          | 2023-10-01     | 16           || no
        4          | 2023-10-01     | 16           || no
    """,
)
def no_month_is_missing() -> pl.Expr:
    following = pl.col("activity_month").shift(-1).over("person_row", order_by="activity_month")
    age_then = pl.col("age_at_month").shift(-1).over("person_row", order_by="activity_month")
    return (following > pl.col("activity_month").dt.offset_by("1mo")) & (age_then < ADULT)
