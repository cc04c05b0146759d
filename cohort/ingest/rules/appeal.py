"""Rules on Appeal: from the decision in dispute to what was ordered."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "APPEAL-01",
    table="appeal",
    column="registered_date",
    sentence="A child has one appeal registered on a day.",
    advice="Take one of the two out; enter all grounds of an appeal in its row.",
    example="""
        person_row | registered_date || breaks
        1          | 2023-05-02      || yes
        1          | 2023-05-02      || yes
        1          | 2023-09-02      || no
        2          | 2023-05-02      || no
        3          |                 || no
        3          |                 || no
    """,
)
def told_once() -> pl.Expr:
    keys = ["person_row", "registered_date"]
    return pl.col("registered_date").is_not_null() & (pl.len().over(keys) > 1)


@rule(
    "APPEAL-02",
    table="appeal",
    column="registered_date",
    sentence="An appeal is registered on or after the day of the decision.",
    advice="Correct DecisionDate or RegisteredDate.",
    example="""
        decision_date | registered_date || breaks
        2023-05-02    | 2023-05-01      || yes
        2023-05-02    | 2023-05-02      || no
        2023-05-02    |                 || no
                      | 2023-05-01      || no
    """,
)
def registered_after_decision() -> pl.Expr:
    return pl.col("registered_date") < pl.col("decision_date")


@rule(
    "APPEAL-03",
    table="appeal",
    column="hearing_date",
    sentence="A hearing is held on or after the day of registration.",
    advice="Correct RegisteredDate or HearingDate.",
    example="""
        registered_date | hearing_date || breaks
        2023-05-02      | 2023-05-01   || yes
        2023-05-02      | 2023-05-02   || no
        2023-05-02      |              || no
                        | 2023-05-01   || no
    """,
)
def heard_after_registered() -> pl.Expr:
    return pl.col("hearing_date") < pl.col("registered_date")


@rule(
    "APPEAL-04",
    table="appeal",
    column="concluded_date",
    sentence="An appeal ends on or after the day of registration.",
    advice="Correct RegisteredDate or ConcludedDate.",
    example="""
        registered_date | concluded_date || breaks
        2023-05-02      | 2023-05-01     || yes
        2023-05-02      | 2023-05-02     || no
        2023-05-02      |                || no
                        | 2023-05-01     || no
    """,
)
def ends_after_registered() -> pl.Expr:
    return pl.col("concluded_date") < pl.col("registered_date")


@rule(
    "APPEAL-05",
    table="appeal",
    column="concluded_date",
    sentence="An appeal that ended has a day on which it did.",
    advice="Enter ConcludedDate, or OP where it is open.",
    example="""
        appeal_outcome_code | concluded_date || breaks
        AW                  |                || yes
        WD                  |                || yes
        CO                  | 2023-11-01     || no
        OP                  |                || no
                            |                || no
    """,
)
def ended_has_a_day() -> pl.Expr:
    return (pl.col("appeal_outcome_code") != "OP") & pl.col("concluded_date").is_null()


@rule(
    "APPEAL-06",
    table="appeal",
    column="concluded_date",
    sentence="An open appeal has not ended.",
    advice="Enter how it ended, or take ConcludedDate out.",
    example="""
        appeal_outcome_code | concluded_date || breaks
        OP                  | 2023-11-01     || yes
        OP                  |                || no
        DI                  | 2023-11-01     || no
                            | 2023-11-01     || no
    """,
)
def open_has_none() -> pl.Expr:
    return (pl.col("appeal_outcome_code") == "OP") & pl.col("concluded_date").is_not_null()


@rule(
    "APPEAL-07",
    table="appeal",
    column="hearing_date",
    level=Level.QUERY,
    sentence="An appeal that the tribunal decided was heard, or decided on paper.",
    advice="Enter HearingDate, or set OnPaper to 1.",
    example="""
        appeal_outcome_code | hearing_date | is_on_paper || breaks
        AW                  |              |             || yes
        DI                  |              | no          || yes
        AP                  | 2023-10-01   | no          || no
        DI                  |              | yes         || no
        CO                  |              |             || no
        OP                  |              |             || no
    """,
)
def decided_somehow() -> pl.Expr:
    unheard = pl.col("hearing_date").is_null() & ~pl.col("is_on_paper").fill_null(value=False)
    return pl.col("appeal_outcome_code").is_in(["AW", "AP", "DI"]) & unheard


@rule(
    "APPEAL-08",
    table="appeal",
    column="is_on_paper",
    level=Level.QUERY,
    sentence="An appeal decided on paper has no hearing.",
    advice="Set OnPaper to 0, or take HearingDate out.",
    example="""
        is_on_paper | hearing_date || breaks
        yes         | 2023-10-01   || yes
        yes         |              || no
        no          | 2023-10-01   || no
                    | 2023-10-01   || no
    """,
)
def paper_has_no_hearing() -> pl.Expr:
    return pl.col("is_on_paper") & pl.col("hearing_date").is_not_null()


@rule(
    "APPEAL-09",
    table="appeal",
    column="order_due_date",
    level=Level.QUERY,
    sentence="Something is ordered only where an appeal is allowed or conceded.",
    advice="Correct AppealOutcome, or take OrderDueDate out.",
    example="""
        appeal_outcome_code | order_due_date || breaks
        DI                  | 2023-12-01     || yes
        WD                  | 2023-12-01     || yes
        SO                  | 2023-12-01     || yes
        OP                  | 2023-12-01     || yes
        AW                  | 2023-12-01     || no
        AP                  | 2023-12-01     || no
        CO                  | 2023-12-01     || no
        DI                  |                || no
    """,
)
def order_needs_a_decision() -> pl.Expr:
    return pl.col("appeal_outcome_code").is_in(["DI", "WD", "SO", "OP"]) & pl.col("order_due_date").is_not_null()


@rule(
    "APPEAL-10",
    table="appeal",
    column="order_done_date",
    level=Level.QUERY,
    sentence="What was ordered is done on or after the day on which the appeal ended.",
    advice="Correct ConcludedDate or OrderDoneDate; what was done before is a reason.",
    example="""
        concluded_date | order_done_date || breaks
        2023-05-02     | 2023-05-01      || yes
        2023-05-02     | 2023-05-02      || no
        2023-05-02     |                 || no
                       | 2023-05-01      || no
    """,
)
def done_after_the_end() -> pl.Expr:
    return pl.col("order_done_date") < pl.col("concluded_date")


@rule(
    "APPEAL-11",
    table="appeal",
    column="registered_date",
    level=Level.QUERY,
    sentence="An appeal is registered within a year of the decision.",
    advice="Check both dates: two months from the decision, or one from the certificate, are the rule.",
    example="""
        decision_date | registered_date || breaks
        2022-05-01    | 2023-05-03      || yes
        2022-05-01    | 2022-07-01      || no
                      | 2023-05-03      || no
        2022-05-01    |                 || no
    """,
)
def within_a_year() -> pl.Expr:
    return pl.col("registered_date") > pl.col("decision_date").dt.offset_by("1y1d")


@rule(
    "APPEAL-12",
    table="appeal",
    column="certificate_date",
    level=Level.QUERY,
    sentence="The certificate is that of the mediation about the same decision.",
    advice="Make CertificateDate the same in both sheets.",
    example="""
        certificate_date | mediation.certificate_date || breaks
        2023-03-01       | 2023-03-05                 || yes
        2023-03-01       | 2023-03-01                 || no
        2023-03-01       |                            || no
                         | 2023-03-05                 || no
    """,
)
def certificate_as_in_mediation() -> pl.Expr:
    return pl.col("certificate_date") != pl.col("mediation.certificate_date")
