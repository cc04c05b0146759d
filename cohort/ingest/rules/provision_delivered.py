"""Rules on ProvisionDelivered: what was delivered of a line in a term, beside what the plan specifies."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

TERM_OF_LINE = ["person_row", "plan_start_date", "version_number", "line_number", "academic_year", "term_code"]
FULL, PART, TWICE = 0.75, 1.1, 2.0
"""Share of the hours due below which a line is hardly delivered in full; above which hardly in part; and from which
somebody should look. Logs are kept by hand: nearer than this they need not agree."""
SLACK_HOURS, SLACK = 1.0, 0.05
"""Hours, and share, by which hours due may pass the weekly hours times the weeks of the term (rounding)."""
BEGINS = {"AUT": (-1, 9), "SPR": (0, 1), "SUM": (0, 4)}
"""Term → the month in which it begins, in the year before or that of the school year's end."""


def _per_line() -> list[pl.Expr]:
    return [pl.col(key).is_not_null() for key in TERM_OF_LINE]


def _due_in_weeks_recorded() -> pl.Expr:
    """Hours due in the weeks of which a record was kept; in the whole term where the weeks are not known."""
    kept = pl.col("recorded_weeks") / pl.col("term_weeks")
    return pl.col("due_hours") * pl.when(kept < 1).then(kept).otherwise(1.0)


@rule(
    "PROVISIONDELIVERED-01",
    table="provision_delivered",
    column="provision_delivered",
    sentence="What was delivered is of a line that the return specifies.",
    advice="Return the line of the plan too, or correct PlanStartDate, PlanVersion or Line.",
    example="""
        specified.exists || breaks
        no               || yes
        yes              || no
                         || no
    """,
)
def of_a_line_specified() -> pl.Expr:
    return ~pl.col("specified.exists")


@rule(
    "PROVISIONDELIVERED-02",
    table="provision_delivered",
    column="line_number",
    sentence="Each term of a line is told once.",
    advice="Take one of the two out, or add them up.",
    example="""
        person_row | plan_start_date | version_number | line_number | academic_year | term_code || breaks
        1          | 2023-05-01      | 1              | 1           | 2025          | AUT       || yes
        1          | 2023-05-01      | 1              | 1           | 2025          | AUT       || yes
        1          | 2023-05-01      | 1              | 1           | 2025          | SPR       || no
        1          | 2023-05-01      | 2              | 1           | 2025          | AUT       || no
        2          | 2023-05-01      | 1              | 1           | 2025          | AUT       || no
        3          | 2023-05-01      | 1              |             | 2025          | AUT       || no
        3          | 2023-05-01      | 1              |             | 2025          | AUT       || no
    """,
)
def told_once() -> pl.Expr:
    return pl.all_horizontal(_per_line()) & (pl.len().over(TERM_OF_LINE) > 1)


@rule(
    "PROVISIONDELIVERED-03",
    table="provision_delivered",
    column="academic_year",
    sentence="A return tells of the school year that ends in its year.",
    advice="Send what is of another school year with that year's return.",
    example="""
        academic_year | return.year || breaks
        2024          | 2025        || yes
        2026          | 2025        || yes
        2025          | 2025        || no
                      | 2025        || no
    """,
)
def of_this_school_year() -> pl.Expr:
    return pl.col("academic_year") != pl.col("return.year")


@rule(
    "PROVISIONDELIVERED-04",
    table="provision_delivered",
    column="delivered_hours",
    sentence="Hours are recorded only of what was delivered, in full or in part.",
    advice="Correct the status of the delivery (D or P), or take the hours out.",
    example="""
        delivery_status_code | delivered_hours || breaks
        N                    | 3               || yes
        NR                   | 3               || yes
        NA                   | 3               || yes
        N                    | 0               || no
        NR                   |                 || no
        D                    | 3               || no
        P                    | 3               || no
                             | 3               || no
    """,
)
def hours_of_a_delivery() -> pl.Expr:
    return pl.col("delivery_status_code").is_in(["N", "NR", "NA"]) & (pl.col("delivered_hours") > 0)


@rule(
    "PROVISIONDELIVERED-05",
    table="provision_delivered",
    column="delivery_status_code",
    level=Level.QUERY,
    sentence="What is called delivered in full is three quarters of the hours due at least, of the weeks recorded.",
    advice="Use P (delivered in part), or correct the hours.",
    example="""
        delivery_status_code | due_hours | delivered_hours | term_weeks | recorded_weeks || breaks
        D                    | 20        | 14              |            |                || yes
        D                    | 20        | 14              | 10         | 10             || yes
        D                    | 20        | 0               | 10         | 5              || yes
        D                    | 20        | 8               | 10         | 5              || no
        D                    | 20        | 15              |            |                || no
        D                    | 20        |                 |            |                || no
        P                    | 20        | 14              |            |                || no
        D                    | 0         | 0               |            |                || no
    """,
)
def full_is_full() -> pl.Expr:
    return (pl.col("delivery_status_code") == "D") & (pl.col("delivered_hours") < FULL * _due_in_weeks_recorded())


@rule(
    "PROVISIONDELIVERED-06",
    table="provision_delivered",
    column="delivery_status_code",
    level=Level.QUERY,
    sentence="What is called delivered in part is not clearly more than was due, and more than nothing.",
    advice="Use D (in full) or N (not delivered), or correct the hours.",
    example="""
        delivery_status_code | due_hours | delivered_hours || breaks
        P                    | 20        | 23              || yes
        P                    | 20        | 0               || yes
        P                    | 20        | 21              || no
        P                    | 20        | 10              || no
        P                    |           | 4               || no
        P                    | 20        |                 || no
        D                    | 20        | 20              || no
        N                    | 20        | 0               || no
    """,
)
def part_is_part() -> pl.Expr:
    outside = (pl.col("delivered_hours") > PART * pl.col("due_hours")) | (pl.col("delivered_hours") == 0)
    return (pl.col("delivery_status_code") == "P") & outside


@rule(
    "PROVISIONDELIVERED-07",
    table="provision_delivered",
    column="shortfall_reason_code",
    level=Level.QUERY,
    sentence="Where provision fell short, a reason is given.",
    advice="Enter the reason; UNK where nobody knows it.",
    example="""
        delivery_status_code | shortfall_reason_code || breaks
        P                    |                       || yes
        N                    |                       || yes
        P                    | VAC                   || no
        N                    | UNK                   || no
        D                    |                       || no
        NR                   |                       || no
    """,
)
def shortfall_has_a_reason() -> pl.Expr:
    return pl.col("delivery_status_code").is_in(["P", "N"]) & pl.col("shortfall_reason_code").is_null()


@rule(
    "PROVISIONDELIVERED-08",
    table="provision_delivered",
    column="shortfall_reason_code",
    level=Level.QUERY,
    sentence="A reason for a shortfall is given only where there was one.",
    advice="Take the reason out, or correct the status of the delivery.",
    example="""
        delivery_status_code | shortfall_reason_code || breaks
        D                    | VAC                   || yes
        NR                   | VAC                   || yes
        NA                   | OTH                   || yes
        P                    | VAC                   || no
        N                    | VAC                   || no
        D                    |                       || no
    """,
)
def reason_has_a_shortfall() -> pl.Expr:
    return pl.col("delivery_status_code").is_in(["D", "NR", "NA"]) & pl.col("shortfall_reason_code").is_not_null()


@rule(
    "PROVISIONDELIVERED-09",
    table="provision_delivered",
    column="recorded_weeks",
    sentence="A record is kept for no more weeks than the term has.",
    advice="Correct the weeks of the term or those recorded.",
    example="""
        term_weeks | recorded_weeks || breaks
        12         | 13             || yes
        12         | 12             || no
        12         | 0              || no
                   | 13             || no
        12         |                || no
    """,
)
def weeks_within_the_term() -> pl.Expr:
    return pl.col("recorded_weeks") > pl.col("term_weeks")


@rule(
    "PROVISIONDELIVERED-10",
    table="provision_delivered",
    column="recorded_weeks",
    level=Level.QUERY,
    sentence="Hours come from a record of a week at least.",
    advice="Enter the weeks for which a record was kept; leave the hours empty if they are what the plan says.",
    example="""
        recorded_weeks | delivered_hours || breaks
        0              | 12              || yes
        0              | 0               || no
        0              |                 || no
        1              | 12              || no
                       | 12              || no
    """,
)
def hours_come_from_a_record() -> pl.Expr:
    return (pl.col("recorded_weeks") == 0) & (pl.col("delivered_hours") > 0)


@rule(
    "PROVISIONDELIVERED-11",
    table="provision_delivered",
    column="delivered_hours",
    level=Level.QUERY,
    sentence="No more than twice the hours due were delivered.",
    advice="Check that the hours are of the term; sessions made up for an earlier term are a reason.",
    example="""
        due_hours | delivered_hours || breaks
        10        | 21              || yes
        10        | 20              || no
        10        |                 || no
        0         | 3               || no
                  | 21              || no
    """,
)
def not_twice_what_was_due() -> pl.Expr:
    return (pl.col("due_hours") > 0) & (pl.col("delivered_hours") > TWICE * pl.col("due_hours"))


@rule(
    "PROVISIONDELIVERED-12",
    table="provision_delivered",
    column="due_hours",
    level=Level.QUERY,
    sentence="Hours due in a term are no more than the line's weekly hours times its weeks.",
    advice="Check the hours due, the weeks of the term, and HoursPerWeek of the line.",
    example="""
        due_hours | term_weeks | specified.hours_per_week || breaks
        170       | 12         | 12.5                     || yes
        150       | 12         | 12.5                     || no
        151       | 12         | 12.5                     || no
        75        | 12         | 12.5                     || no
        170       |            | 12.5                     || no
        170       | 12         |                          || no
    """,
)
def due_as_specified() -> pl.Expr:
    most = pl.col("specified.hours_per_week") * pl.col("term_weeks")
    return pl.col("due_hours") > most + pl.max_horizontal(pl.lit(SLACK_HOURS), most * SLACK)


@rule(
    "PROVISIONDELIVERED-13",
    table="provision_delivered",
    column="provision_code",
    level=Level.QUERY,
    sentence="What was delivered is of the kind that the line specifies.",
    advice="Correct Kind, or the number of the line.",
    example="""
        provision_code | specified.provision_code || breaks
        SLT            | OT                       || yes
        SLT            | SLT                      || no
        SLT            |                          || no
    """,
)
def of_the_kind_specified() -> pl.Expr:
    return pl.col("provision_code") != pl.col("specified.provision_code")


@rule(
    "PROVISIONDELIVERED-14",
    table="provision_delivered",
    column="delivery_status_code",
    level=Level.QUERY,
    sentence="Nothing is due of a line in a term before which it ended.",
    advice="Use NA, or correct To of the line.",
    example="""
        delivery_status_code | academic_year | term_code | specified.to_date || breaks
        D                    | 2025          | AUT       | 2024-08-31        || yes
        N                    | 2025          | SPR       | 2024-12-20        || yes
        P                    | 2025          | SUM       | 2025-03-31        || yes
        D                    | 2025          | AUT       | 2024-09-01        || no
        D                    | 2025          | SPR       | 2025-01-01        || no
        NA                   | 2025          | SUM       | 2025-01-10        || no
        D                    | 2025          | SUM       |                   || no
    """,
)
def not_after_the_line() -> pl.Expr:
    term = pl.col("term_code")
    years = pl.col("academic_year") + term.replace_strict(
        {code: years for code, (years, _) in BEGINS.items()}, default=None, return_dtype=pl.Int64
    )
    month = term.replace_strict(
        {code: month for code, (_, month) in BEGINS.items()}, default=None, return_dtype=pl.Int64
    )
    due = pl.col("delivery_status_code").is_in(["D", "P", "N"])
    return due & (pl.col("specified.to_date") < pl.date(years, month, 1))
