"""Rules on ProvisionSpecified: lines of sections F, G, H1 and H2 as a plan has them."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

VERSION = ["person_row", "plan_start_date", "version_number"]
LINE = ["person_row", "plan_start_date", "line_number"]
IN_A_WEEK = {"D": 5.0, "W": 1.0, "F": 0.5}
"""Period → how often it comes in a week of term, where that is the same in every week."""
UNTIMED = ("EQP", "ENV", "TRN")
"""Kinds of which a plan states no hours."""
LEAST_HOURS, SLACK = 0.05, 0.02
"""Hours a week, and share of them, by which two ways of saying one amount may differ (rounding)."""
SCHOOL_WEEK = 40


@rule(
    "PROVISIONSPECIFIED-01",
    table="provision_specified",
    column="to_date",
    sentence="A line ends on or after the day on which it begins.",
    advice="Correct From or To.",
    example="""
        from_date  | to_date    || breaks
        2024-09-02 | 2024-09-01 || yes
        2024-09-02 | 2024-09-02 || no
        2024-09-02 |            || no
                   | 2024-09-01 || no
    """,
)
def ends_after_it_begins() -> pl.Expr:
    return pl.col("to_date") < pl.col("from_date")


@rule(
    "PROVISIONSPECIFIED-02",
    table="provision_specified",
    column="line_number",
    sentence="A version of a plan has each number of a line once.",
    advice="Number the lines of the plan through, sections F to H2; take out a line that stands twice.",
    example="""
        person_row | plan_start_date | version_number | line_number || breaks
        1          | 2023-05-01      | 1              | 1           || yes
        1          | 2023-05-01      | 1              | 1           || yes
        1          | 2023-05-01      | 2              | 1           || no
        1          | 2024-05-01      | 1              | 1           || no
        2          | 2023-05-01      | 1              | 1           || no
        3          |                 | 1              | 1           || no
        3          |                 | 1              | 1           || no
    """,
)
def numbered_once() -> pl.Expr:
    keys = [*VERSION, "line_number"]
    return pl.all_horizontal(pl.col(key).is_not_null() for key in keys) & (pl.len().over(keys) > 1)


@rule(
    "PROVISIONSPECIFIED-03",
    table="provision_specified",
    column="line_number",
    level=Level.QUERY,
    sentence="A line keeps its section and its kind from version to version of its plan.",
    advice="Give a new line a number of its own; a line that was dropped leaves its number free.",
    example="""
        person_row | plan_start_date | version_number | line_number | provision_section_code | provision_code || breaks
        1          | 2023-05-01      | 1              | 1           | F                      | SLT            || yes
        1          | 2023-05-01      | 2              | 1           | F                      | OT             || yes
        1          | 2023-05-01      | 1              | 2           | F                      | SLT            || yes
        1          | 2023-05-01      | 2              | 2           | G                      | SLT            || yes
        2          | 2023-05-01      | 1              | 1           | F                      | SLT            || no
        2          | 2023-05-01      | 2              | 1           | F                      | SLT            || no
        2          | 2024-05-01      | 1              | 1           | F                      | OT             || no
        3          | 2023-05-01      | 1              | 1           | F                      | SLT            || no
        3          | 2023-05-01      | 1              | 1           | F                      | OT             || no
    """,
)
def stays_what_it_is() -> pl.Expr:
    known = pl.all_horizontal(pl.col(key).is_not_null() for key in LINE)
    kinds = pl.struct("provision_section_code", "provision_code").n_unique().over(LINE)
    # Of a number that stands twice in one version PROVISIONSPECIFIED-02 speaks.
    twice = (pl.len().over([*VERSION, "line_number"]) > 1).any().over(LINE)
    return known & (kinds > 1) & ~twice


@rule(
    "PROVISIONSPECIFIED-04",
    table="provision_specified",
    column="period_code",
    sentence="Sessions are so many in a period.",
    advice="Enter the period over which the sessions are counted, W for a week in term.",
    example="""
        sessions_per_period | period_code || breaks
        2                   |             || yes
        2                   | W           || no
                            |             || no
                            | T           || no
    """,
)
def frequency_has_a_period() -> pl.Expr:
    return pl.col("sessions_per_period").is_not_null() & pl.col("period_code").is_null()


@rule(
    "PROVISIONSPECIFIED-05",
    table="provision_specified",
    column="hours_per_week",
    level=Level.QUERY,
    sentence="Hours a week are the hours of a session times the sessions of a week.",
    advice="Correct one of the three, or say what the plan means; leave HoursPerWeek empty if unsure.",
    example="""
        hours_per_week | hours_per_session | sessions_per_period | period_code || breaks
        5              | 1                 | 2                   | W           || yes
        5              | 1                 | 5                   | W           || no
        5              | 1                 | 1                   | D           || no
        0.5            | 1                 | 1                   | F           || no
        0.33           | 0.33              | 1                   | D           || yes
        3.34           | 0.67              | 5                   | W           || no
        5              | 1                 | 1                   | T           || no
        5              | 1                 |                     | W           || no
                       | 1                 | 1                   | W           || no
    """,
)
def hours_agree() -> pl.Expr:
    often = pl.col("period_code").replace_strict(IN_A_WEEK, default=None, return_dtype=pl.Float64)
    made = pl.col("hours_per_session") * pl.col("sessions_per_period") * often
    allowed = pl.max_horizontal(pl.lit(LEAST_HOURS), made * SLACK)
    return (pl.col("hours_per_week") - made).abs() > allowed


@rule(
    "PROVISIONSPECIFIED-06",
    table="provision_specified",
    column="is_quantified",
    level=Level.QUERY,
    sentence="A line marked as quantified states its hours.",
    advice="Enter HoursPerWeek, or HoursPerSession with Sessions; or set Quantified to 0 if the plan states none.",
    example="""
        is_quantified | provision_code | hours_per_week | hours_per_session | sessions_per_period || breaks
        yes           | SLT            |                |                   |                     || yes
        yes           | SLT            |                | 1                 |                     || yes
        yes           | SLT            |                | 1                 | 1                   || no
        yes           | ADU            | 12.5           |                   |                     || no
        yes           | EQP            |                |                   |                     || no
        no            | SLT            |                |                   |                     || no
                      | SLT            |                |                   |                     || no
        yes           |                |                |                   |                     || no
    """,
)
def quantified_has_hours() -> pl.Expr:
    by_session = pl.col("hours_per_session").is_not_null() & pl.col("sessions_per_period").is_not_null()
    timed = ~pl.col("provision_code").is_in(UNTIMED)
    return pl.col("is_quantified") & timed & ~(pl.col("hours_per_week").is_not_null() | by_session)


@rule(
    "PROVISIONSPECIFIED-07",
    table="provision_specified",
    column="is_quantified",
    level=Level.QUERY,
    sentence="A line marked as not quantified states no hours and frequency.",
    advice="Set Quantified to 1, or take out the hours if the plan does not state them.",
    example="""
        is_quantified | hours_per_week | hours_per_session | sessions_per_period || breaks
        no            | 12.5           |                   |                     || yes
        no            |                | 1                 | 1                   || yes
        no            |                | 1                 |                     || no
        no            |                |                   |                     || no
        yes           | 12.5           |                   |                     || no
                      | 12.5           |                   |                     || no
    """,
)
def hours_are_quantified() -> pl.Expr:
    by_session = pl.col("hours_per_session").is_not_null() & pl.col("sessions_per_period").is_not_null()
    return ~pl.col("is_quantified") & (pl.col("hours_per_week").is_not_null() | by_session)


@rule(
    "PROVISIONSPECIFIED-08",
    table="provision_specified",
    column="provision_section_code",
    level=Level.QUERY,
    sentence="Teaching and support in class stand in section F.",
    advice="Check the section: what educates or trains is special educational provision, whoever gives it.",
    example="""
        provision_section_code | provision_code || breaks
        G                      | TCH            || yes
        H1                     | ADU            || yes
        H2                     | SGP            || yes
        F                      | ADU            || no
        G                      | SLT            || no
        F                      | SLT            || no
    """,
)
def teaching_in_section_f() -> pl.Expr:
    # Section 21(5) of the Children and Families Act 2014; therapy may stand in F or in G.
    return pl.col("provision_code").is_in(["TCH", "ADU", "SGP"]) & (pl.col("provision_section_code") != "F")


@rule(
    "PROVISIONSPECIFIED-09",
    table="provision_specified",
    column="provision_section_code",
    level=Level.QUERY,
    sentence="Short breaks and adaptations of the home stand in section H1 or H2.",
    advice="Check the section and the kind.",
    example="""
        provision_section_code | provision_code || breaks
        F                      | SB             || yes
        G                      | HOM            || yes
        H1                     | SB             || no
        H2                     | HOM            || no
        F                      | PC             || no
    """,
)
def breaks_are_social_care() -> pl.Expr:
    return pl.col("provision_code").is_in(["SB", "HOM"]) & pl.col("provision_section_code").is_in(["F", "G"])


@rule(
    "PROVISIONSPECIFIED-10",
    table="provision_specified",
    column="hours_per_week",
    level=Level.QUERY,
    sentence="A line of section F is within a week of school: 40 hours at most.",
    advice="Check that HoursPerWeek is of a week, not of a term or a year; a waking-day curriculum is a reason.",
    example="""
        provision_section_code | hours_per_week || breaks
        F                      | 41             || yes
        F                      | 40             || no
        F                      |                || no
        H2                     | 60             || no
    """,
)
def within_a_school_week() -> pl.Expr:
    return (pl.col("provision_section_code") == "F") & (pl.col("hours_per_week") > SCHOOL_WEEK)


@rule(
    "PROVISIONSPECIFIED-11",
    table="provision_specified",
    column="from_date",
    level=Level.QUERY,
    sentence="A line does not begin before its plan.",
    advice="Correct From or PlanStartDate; PlanStartDate is the day of the first plan, not of the version.",
    example="""
        plan_start_date | from_date  || breaks
        2023-05-01      | 2023-04-30 || yes
        2023-05-01      | 2023-05-01 || no
        2023-05-01      |            || no
    """,
)
def begins_with_its_plan() -> pl.Expr:
    return pl.col("from_date") < pl.col("plan_start_date")


@rule(
    "PROVISIONSPECIFIED-12",
    table="provision_specified",
    column="funding_code",
    level=Level.QUERY,
    sentence="Health provision in section G is not paid from the schools' budget.",
    advice="Check who pays: the health service arranges section G; JNT where it is shared.",
    example="""
        provision_section_code | funding_code || breaks
        G                      | SCH          || yes
        G                      | HNB          || yes
        G                      | BND          || yes
        G                      | NHS          || no
        G                      | JNT          || no
        F                      | HNB          || no
    """,
)
def health_is_paid_by_health() -> pl.Expr:
    return (pl.col("provision_section_code") == "G") & pl.col("funding_code").is_in(["SCH", "HNB", "BND"])
