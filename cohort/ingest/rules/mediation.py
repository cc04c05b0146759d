"""Rules on Mediation: from contact with the adviser to what was agreed."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "MEDIATION-01",
    table="mediation",
    column="contacted_date",
    sentence="The adviser is contacted on or after the day of the decision.",
    advice="Correct DecisionDate or ContactedDate.",
    example="""
        decision_date | contacted_date || breaks
        2023-05-02    | 2023-05-01     || yes
        2023-05-02    | 2023-05-02     || no
        2023-05-02    |                || no
                      | 2023-05-01     || no
    """,
)
def contact_after_decision() -> pl.Expr:
    return pl.col("contacted_date") < pl.col("decision_date")


@rule(
    "MEDIATION-02",
    table="mediation",
    column="mediation_date",
    sentence="Mediation is held on or after the day on which the adviser was contacted.",
    advice="Correct ContactedDate or MediationDate.",
    example="""
        contacted_date | mediation_date || breaks
        2023-05-02     | 2023-05-01     || yes
        2023-05-02     | 2023-05-02     || no
        2023-05-02     |                || no
                       | 2023-05-01     || no
    """,
)
def held_after_contact() -> pl.Expr:
    return pl.col("mediation_date") < pl.col("contacted_date")


@rule(
    "MEDIATION-03",
    table="mediation",
    column="certificate_date",
    sentence="The certificate is issued on or after the day on which the adviser was contacted.",
    advice="Correct ContactedDate or CertificateDate.",
    example="""
        contacted_date | certificate_date || breaks
        2023-05-02     | 2023-05-01       || yes
        2023-05-02     | 2023-05-02       || no
        2023-05-02     |                  || no
                       | 2023-05-01       || no
    """,
)
def certificate_after_contact() -> pl.Expr:
    return pl.col("certificate_date") < pl.col("contacted_date")


@rule(
    "MEDIATION-04",
    table="mediation",
    column="agreement_done_date",
    sentence="What was agreed is done on or after the day of the mediation.",
    advice="Correct MediationDate or AgreementDoneDate.",
    example="""
        mediation_date | agreement_done_date || breaks
        2023-05-02     | 2023-05-01          || yes
        2023-05-02     | 2023-05-02          || no
        2023-05-02     |                     || no
                       | 2023-05-01          || no
    """,
)
def done_after_mediation() -> pl.Expr:
    return pl.col("agreement_done_date") < pl.col("mediation_date")


@rule(
    "MEDIATION-05",
    table="mediation",
    column="contacted_date",
    sentence="A mediation is told once.",
    advice="Take one of the two out.",
    example="""
        person_row | appealable_decision_code | contacted_date || breaks
        1          | RA                       | 2023-05-02     || yes
        1          | RA                       | 2023-05-02     || yes
        1          | CO                       | 2023-05-02     || no
        1          | RA                       | 2023-09-02     || no
        2          | RA                       | 2023-05-02     || no
        3          | RA                       |                || no
        3          | RA                       |                || no
    """,
)
def told_once() -> pl.Expr:
    keys = ["person_row", "appealable_decision_code", "contacted_date"]
    return pl.all_horizontal(pl.col(key).is_not_null() for key in keys) & (pl.len().over(keys) > 1)


@rule(
    "MEDIATION-06",
    table="mediation",
    column="mediation_date",
    level=Level.QUERY,
    sentence="Mediation that ended in agreement, or without, was held on a day.",
    advice="Enter MediationDate, or NP or NH where none was held.",
    example="""
        mediation_outcome_code | mediation_date || breaks
        AF                     |                || yes
        AP                     |                || yes
        NA                     |                || yes
        AF                     | 2023-06-01     || no
        NP                     |                || no
        NH                     |                || no
        OP                     |                || no
    """,
)
def held_has_a_day() -> pl.Expr:
    return pl.col("mediation_outcome_code").is_in(["AF", "AP", "NA"]) & pl.col("mediation_date").is_null()


@rule(
    "MEDIATION-07",
    table="mediation",
    column="mediation_date",
    level=Level.QUERY,
    sentence="Mediation that was not pursued, or not arranged, has no day.",
    advice="Correct MediationOutcome, or take MediationDate out.",
    example="""
        mediation_outcome_code | mediation_date || breaks
        NP                     | 2023-06-01     || yes
        NH                     | 2023-06-01     || yes
        NP                     |                || no
        NA                     | 2023-06-01     || no
        OP                     | 2023-06-01     || no
    """,
)
def not_held_has_none() -> pl.Expr:
    return pl.col("mediation_outcome_code").is_in(["NP", "NH"]) & pl.col("mediation_date").is_not_null()


@rule(
    "MEDIATION-08",
    table="mediation",
    column="agreement_due_date",
    level=Level.QUERY,
    sentence="Something is to be done only where something was agreed.",
    advice="Correct MediationOutcome, or take AgreementDueDate out.",
    example="""
        mediation_outcome_code | agreement_due_date || breaks
        NA                     | 2023-08-01         || yes
        NP                     | 2023-08-01         || yes
        NH                     | 2023-08-01         || yes
        AF                     | 2023-08-01         || no
        AP                     | 2023-08-01         || no
        OP                     | 2023-08-01         || no
        NA                     |                    || no
    """,
)
def agreement_follows_agreement() -> pl.Expr:
    return pl.col("mediation_outcome_code").is_in(["NA", "NP", "NH"]) & pl.col("agreement_due_date").is_not_null()


@rule(
    "MEDIATION-09",
    table="mediation",
    column="certificate_date",
    level=Level.QUERY,
    sentence="A certificate follows the mediation that it tells of.",
    advice="Correct MediationDate or CertificateDate.",
    example="""
        mediation_date | certificate_date || breaks
        2023-06-01     | 2023-05-20       || yes
        2023-06-01     | 2023-06-01       || no
                       | 2023-05-20       || no
        2023-06-01     |                  || no
    """,
)
def certificate_after_mediation() -> pl.Expr:
    return pl.col("certificate_date") < pl.col("mediation_date")
