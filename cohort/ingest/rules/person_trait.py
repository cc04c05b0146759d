"""Rules on Person: who the child or young person is.

The numbered rules are those that the DfE's person-level collections share; UPN and ULN are judged in the cell
(check characters), here by what they say beside each other.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.school_year import SEPTEMBER

SCHOOL_AGE, LEAVING_AGE = 5, 15
"""Ages on 31 August between which a child is of compulsory school age all year."""


@rule(
    "PERSON-01",
    table="person_trait",
    column="upn",
    dfe_rule="1500",
    sentence="A person has a UPN or a ULN, or the return says why neither is known.",
    advice="Enter the UPN or the ULN; where neither is known, give the reason in UPNunknown.",
    example="""
        has_upn | has_uln | upn_unknown_code || breaks
        no      | no      |                  || yes
        no      | no      | UN8              || no
        no      | yes     |                  || no
        yes     | no      |                  || no
    """,
)
def known_by_a_number_or_a_reason() -> pl.Expr:
    return ~pl.col("has_upn") & ~pl.col("has_uln") & pl.col("upn_unknown_code").is_null()


@rule(
    "PERSON-02",
    table="person_trait",
    column="upn_unknown_code",
    dfe_rule="8770Q",
    level=Level.QUERY,
    sentence="A child of school age has a UPN, or a reason other than UN1 (under school age).",
    advice="Ask the school for the UPN, or give the reason that holds at this age.",
    example="""
        has_upn | has_uln | upn_unknown_code | age_on_31_august || breaks
        no      | yes     |                  | 15               || yes
        no      | no      | UN1              | 5                || yes
        no      | no      | UN1              | 19               || yes
        no      | no      | UN1              | 3                || no
        no      | no      | UN2              | 9                || no
        no      | yes     |                  | 18               || no
        yes     | no      |                  | 9                || no
        no      | no      |                  | 9                || no
    """,
)
def school_age_children_have_a_upn() -> pl.Expr:
    # With neither number nor reason PERSON-01 has spoken.
    of_age = pl.col("age_on_31_august") >= SCHOOL_AGE
    no_reason = pl.col("upn_unknown_code").is_null() & pl.col("has_uln") & (pl.col("age_on_31_august") <= LEAVING_AGE)
    return ~pl.col("has_upn") & of_age & (no_reason | pl.col("upn_unknown_code").eq_missing("UN1"))


@rule(
    "PERSON-03",
    table="person_trait",
    column="upn_unknown_code",
    level=Level.QUERY,
    sentence="A reason for an unknown UPN is given only where there is none.",
    advice="Take the reason out, or the UPN if it is not this person's.",
    example="""
        has_upn | has_uln | upn_unknown_code || breaks
        yes     | no      | UN5              || yes
        yes     | yes     |                  || no
        no      | yes     | UN3              || no
    """,
)
def no_reason_beside_a_upn() -> pl.Expr:
    return pl.col("has_upn") & pl.col("upn_unknown_code").is_not_null()


@rule(
    "PERSON-04",
    table="person_trait",
    column="upn_unknown_code",
    level=Level.QUERY,
    sentence="A person with a plan is not given a reason that says nothing came of it (UN6, UN7 or UN10).",
    advice="Enter the UPN or the ULN, or the reason that holds now.",
    example="""
        upn_unknown_code | n_plans || breaks
        UN10             | 1       || yes
        UN7              | 2       || yes
        UN10             | 0       || no
        UN9              | 1       || no
        UN8              | 1       || no
    """,
)
def reasons_fit_a_plan() -> pl.Expr:
    return pl.col("upn_unknown_code").is_in(["UN6", "UN7", "UN10"]) & (pl.col("n_plans") > 0)


@rule(
    "PERSON-05",
    table="person_trait",
    column="upn",
    level=Level.QUERY,
    sentence="The UPN is a permanent one.",
    advice="A UPN that ends in a letter is temporary: ask the school for the permanent one.",
    example="""
        has_upn | is_upn_temporary || breaks
        yes     | yes              || yes
        yes     | no               || no
        no      | no               || no
    """,
)
def upn_is_permanent() -> pl.Expr:
    return pl.col("is_upn_temporary")


@rule(
    "PERSON-06",
    table="person_trait",
    column="upn",
    dfe_rule="1520",
    sentence="No two records share a UPN.",
    advice="Join the records if they are one child; otherwise look both UPNs up.",
    example="""
        row_number | has_upn | same_upn_row || breaks
        1          | yes     | 1            || yes
        2          | yes     | 1            || yes
        3          | yes     | 3            || no
        4          | no      | 4            || no
    """,
)
def one_record_a_upn() -> pl.Expr:
    return pl.col("has_upn") & (pl.len().over("same_upn_row") > 1)


@rule(
    "PERSON-07",
    table="person_trait",
    column="upn",
    level=Level.QUERY,
    sentence="One name and date of birth have one UPN.",
    advice="If the records are one child, keep the right UPN and join them; if they are two, say so.",
    example="""
        row_number | has_upn | same_upn_row | same_name_row || breaks
        1          | yes     | 1            | 1             || yes
        2          | yes     | 2            | 1             || yes
        3          | yes     | 3            | 3             || no
        4          | yes     | 3            | 3             || no
        5          | yes     | 5            | 5             || no
        6          | no      | 6            | 5             || no
    """,
)
def one_upn_a_name() -> pl.Expr:
    upns = pl.col("same_upn_row").filter(pl.col("has_upn")).n_unique().over("same_name_row")
    return pl.col("has_upn") & (upns > 1)


@rule(
    "PERSON-08",
    table="person_trait",
    column="surname",
    level=Level.QUERY,
    sentence="A record without a UPN has a name and date of birth of its own.",
    advice="Another record has the same name and date of birth: join them, or say that they are two children.",
    example="""
        row_number | has_upn | same_name_row || breaks
        1          | yes     | 1             || no
        2          | no      | 1             || yes
        3          | no      | 3             || no
        4          | yes     | 4             || no
        5          | yes     | 4             || no
    """,
)
def one_record_a_name() -> pl.Expr:
    return ~pl.col("has_upn") & (pl.len().over("same_name_row") > 1)


@rule(
    "PERSON-09",
    table="person_trait",
    column="uln",
    level=Level.QUERY,
    sentence="A ULN is not given before the year of the 14th birthday.",
    advice="Check the date of birth, and that the ULN is this person's.",
    example="""
        has_uln | birth_month | return.year || breaks
        yes     | 2011-01-01  | 2024        || yes
        yes     | 2010-12-01  | 2024        || no
        no      | 2015-01-01  | 2024        || no
    """,
)
def uln_not_too_early() -> pl.Expr:
    return pl.col("has_uln") & (pl.col("return.year") < pl.col("birth_month").dt.year() + 14)


@rule(
    "PERSON-10",
    table="person_trait",
    column="birth_date",
    level=Level.QUERY,
    sentence="A person is not too old: a plan lasts to the end of the school year of turning 25 at most.",
    advice="Check the date of birth; if it is right, check that the plan is returned as ended on time.",
    example="""
        birth_month | n_open_plans | return.year || breaks
        1997-08-01  | 0            | 2024        || yes
        1998-08-01  | 1            | 2024        || yes
        1997-09-01  | 0            | 2024        || no
        1998-08-01  | 0            | 2024        || no
        1998-09-01  | 1            | 2024        || no
    """,
)
def not_too_old() -> pl.Expr:
    birth, year = pl.col("birth_month"), pl.col("return.year")
    over = birth < pl.date(year - 27, SEPTEMBER, 1)
    open_too_long = (pl.col("n_open_plans") > 0) & (birth < pl.date(year - 26, SEPTEMBER, 1))
    return over | open_too_long


@rule(
    "PERSON-11",
    table="person_trait",
    column="ehc_request",
    sentence="Every person has a request.",
    advice="Return the request; a plan older than the year hangs under a request with outcome H.",
    example="""
        n_requests || breaks
        0          || yes
        1          || no
        2          || no
    """,
)
def somebody_asked() -> pl.Expr:
    return pl.col("n_requests") == 0
