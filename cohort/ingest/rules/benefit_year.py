"""Rules on Benefit: benefits received in a tax year. A row without a benefit says that there was none."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

GIVEN = "V"
OUT_OF_WORK = ["UCS", "UCN", "JSA", "ESA", "IS", "OT"]
"""Benefits of those who are not at work."""


@rule(
    "BENEFIT-01",
    table="benefit_year",
    column="benefit_code",
    sentence="A benefit is returned once a tax year.",
    advice="Add the days of several claims up, and keep one row.",
    example="""
        person_row | tax_year | benefit_code || breaks
        1          | 2024     | PIP          || yes
        1          | 2024     | PIP          || yes
        1          | 2024     | UCN          || no
        2          | 2024     | PIP          || no
        2          | 2023     | PIP          || no
        3          | 2024     |              || yes
        3          | 2024     |              || yes
        4          |          | PIP          || no
        4          |          | PIP          || no
    """,
)
def once_a_year() -> pl.Expr:
    return (pl.len().over("person_row", "tax_year", "benefit_code") > 1) & pl.col("tax_year").is_not_null()


@rule(
    "BENEFIT-02",
    table="benefit_year",
    column="benefit_code",
    sentence="Who received a benefit has no row that says there was none.",
    advice="Take the row without a benefit out.",
    example="""
        person_row | tax_year | benefit_code || breaks
        1          | 2024     | PIP          || no
        1          | 2024     |              || yes
        2          | 2024     |              || no
        3          | 2024     | PIP          || no
        3          | 2023     |              || no
    """,
)
def none_or_some() -> pl.Expr:
    some = pl.col("benefit_code").is_not_null().any().over("person_row", "tax_year")
    return pl.col("benefit_code").is_null() & some & pl.col("tax_year").is_not_null()


@rule(
    "BENEFIT-03",
    table="benefit_year",
    column="value_status_code",
    sentence="Where figures are not given there are none.",
    advice="Set ValueStatus to V, or leave BenefitType and BenefitDays empty.",
    example="""
        value_status_code | benefit_code | benefit_days || breaks
        U                 | PIP          |              || yes
        C                 |              | 30           || yes
        U                 |              |              || no
        V                 | PIP          | 365          || no
        V                 |              |              || no
    """,
)
def none_where_not_given() -> pl.Expr:
    figures = pl.col("benefit_code").is_not_null() | pl.col("benefit_days").is_not_null()
    return (pl.col("value_status_code") != GIVEN) & figures


@rule(
    "BENEFIT-04",
    table="benefit_year",
    column="benefit_days",
    level=Level.QUERY,
    sentence="Of a benefit the days are known.",
    advice="Enter BenefitDays, or say why they are not known.",
    example="""
        benefit_code | benefit_days || breaks
        PIP          |              || yes
        PIP          | 365          || no
                     |              || no
    """,
)
def days_are_known() -> pl.Expr:
    return pl.col("benefit_code").is_not_null() & pl.col("benefit_days").is_null()


@rule(
    "BENEFIT-05",
    table="benefit_year",
    column="benefit_days",
    sentence="Days are those of a benefit.",
    advice="Enter BenefitType, or leave BenefitDays empty.",
    example="""
        value_status_code | benefit_code | benefit_days || breaks
        V                 |              | 30           || yes
        V                 | PIP          | 30           || no
        V                 |              |              || no
        U                 |              | 30           || no
    """,
)
def days_of_a_benefit() -> pl.Expr:
    given = pl.col("value_status_code") == GIVEN  # else another rule speaks of it
    return given & pl.col("benefit_code").is_null() & pl.col("benefit_days").is_not_null()


@rule(
    "BENEFIT-06",
    table="benefit_year",
    column="tax_year",
    level=Level.QUERY,
    sentence="The tax year is the one that ends in the year of the return.",
    advice="Send it with the return of its own year, or correct TaxYear: 2023-24 is 2024.",
    example="""
        tax_year | return.year || breaks
        2023     | 2024        || yes
        2024     | 2024        || no
                 | 2024        || no
    """,
)
def of_the_year() -> pl.Expr:
    return pl.col("tax_year") != pl.col("return.year")


@rule(
    "BENEFIT-07",
    table="benefit_year",
    column="benefit_days",
    level=Level.QUERY,
    sentence="The days on benefits of those out of work fit into a year.",
    advice="Correct BenefitDays; who changed from one benefit to another has days on each.",
    example="""
        person_row | tax_year | benefit_code | benefit_days || breaks
        1          | 2024     | JSA          | 200          || yes
        1          | 2024     | UCS          | 200          || yes
        2          | 2024     | JSA          | 200          || no
        2          | 2024     | UCS          | 166          || no
        3          | 2024     | UCN          | 300          || no
        3          | 2024     | PIP          | 365          || no
    """,
)
def days_fit_into_a_year() -> pl.Expr:
    workless = pl.col("benefit_code").is_in(OUT_OF_WORK)
    days = pl.when(workless).then("benefit_days").sum().over("person_row", "tax_year")
    return workless & (days > 366)


@rule(
    "BENEFIT-08",
    table="benefit_year",
    column="benefit_code",
    level=Level.QUERY,
    sentence="Jobseeker's Allowance and Universal Credit begin at 16.",
    advice="Check BenefitType and the date of birth.",
    example="""
        benefit_code | age_at_start || breaks
        JSA          | 14           || yes
        UCS          | 14           || yes
        UCS          | 15           || no
        PIP          | 14           || no
        UCW          | 18           || no
        UCS          |              || no
    """,
)
def claims_from_16() -> pl.Expr:
    # Whoever is 15 when the tax year begins turns 16 in it.
    return pl.col("benefit_code").is_in(["JSA", "UCS", "UCN", "UCW"]) & (pl.col("age_at_start") < 15)
