"""Rules on TaxYear: work and earnings. Nothing found of somebody is neither work nor worklessness."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

GIVEN = "V"
FIGURES = (
    *("is_employed", "is_self_employed", "is_sustained"),
    *("employed_days", "earnings_gbp", "self_employment_gbp"),
)
MOST_A_DAY = 1_000
"""Pounds a day beyond which a young adult's earnings are asked about."""


@rule(
    "TAXYEAR-01",
    table="tax_year_outcome",
    column="tax_year",
    sentence="There is one row a person and tax year.",
    advice="Add the figures of several employments up, and keep one row.",
    example="""
        person_row | tax_year || breaks
        1          | 2024     || yes
        1          | 2024     || yes
        1          | 2023     || no
        2          | 2024     || no
        3          |          || no
        3          |          || no
    """,
)
def one_a_year() -> pl.Expr:
    return (pl.len().over("person_row", "tax_year") > 1) & pl.col("tax_year").is_not_null()


@rule(
    "TAXYEAR-02",
    table="tax_year_outcome",
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
    "TAXYEAR-03",
    table="tax_year_outcome",
    column="value_status_code",
    sentence="Where figures are not given there are none.",
    advice="Set ValueStatus to V, or leave the figures empty: a 0 would count as no work.",
    example="""
        value_status_code | is_employed | earnings_gbp || breaks
        U                 | no          |              || yes
        C                 |             | 0            || yes
        U                 |             |              || no
        V                 | no          | 0            || no
    """,
)
def none_where_not_given() -> pl.Expr:
    any_figure = pl.any_horizontal(pl.col(name).is_not_null() for name in FIGURES)
    return (pl.col("value_status_code") != GIVEN) & any_figure


@rule(
    "TAXYEAR-04",
    table="tax_year_outcome",
    column="is_employed",
    sentence="Where figures are given it is said whether the person was employed.",
    advice="Enter Employed; where no record was found, ValueStatus is U.",
    example="""
        value_status_code | is_employed || breaks
        V                 |             || yes
        V                 | no          || no
        V                 | yes         || no
        U                 |             || no
    """,
)
def employed_or_not() -> pl.Expr:
    return (pl.col("value_status_code") == GIVEN) & pl.col("is_employed").is_null()


@rule(
    "TAXYEAR-05",
    table="tax_year_outcome",
    column="employed_days",
    sentence="Who was not employed was so on no day.",
    advice="Correct Employed or EmployedDays.",
    example="""
        is_employed | employed_days || breaks
        no          | 12            || yes
        no          | 0             || no
        no          |               || no
        yes         | 12            || no
    """,
)
def no_days_without_work() -> pl.Expr:
    return ~pl.col("is_employed") & (pl.col("employed_days") > 0)


@rule(
    "TAXYEAR-06",
    table="tax_year_outcome",
    column="earnings_gbp",
    sentence="Who was not employed earned nothing from employment.",
    advice="Correct Employed, or move the sum to SelfEmploymentProfit.",
    example="""
        is_employed | earnings_gbp || breaks
        no          | 350          || yes
        no          | 0            || no
        no          |              || no
        yes         | 350          || no
    """,
)
def no_earnings_without_work() -> pl.Expr:
    return ~pl.col("is_employed") & (pl.col("earnings_gbp") > 0)


@rule(
    "TAXYEAR-07",
    table="tax_year_outcome",
    column="employed_days",
    level=Level.QUERY,
    sentence="Who was employed was so on some day.",
    advice="Enter EmployedDays, or correct Employed.",
    example="""
        is_employed | employed_days || breaks
        yes         | 0             || yes
        yes         | 1             || no
        yes         |               || no
        no          | 0             || no
    """,
)
def days_of_work() -> pl.Expr:
    return pl.col("is_employed") & (pl.col("employed_days") == 0)


@rule(
    "TAXYEAR-08",
    table="tax_year_outcome",
    column="is_sustained",
    sentence="Employment is sustained where there is some.",
    advice="Correct SustainedEmployment, Employed or SelfEmployed.",
    example="""
        is_sustained | is_employed | is_self_employed || breaks
        yes          | no          | no               || yes
        yes          | yes         | no               || no
        yes          | no          | yes              || no
        no           | no          | no               || no
        yes          | no          |                  || no
    """,
)
def some_is_sustained() -> pl.Expr:
    return pl.col("is_sustained") & ~pl.col("is_employed") & ~pl.col("is_self_employed")


@rule(
    "TAXYEAR-09",
    table="tax_year_outcome",
    column="earnings_gbp",
    level=Level.QUERY,
    sentence="Earnings are at most a thousand pounds for each day employed.",
    advice="Check Earnings, which are in pounds and not in pence, and EmployedDays.",
    example="""
        earnings_gbp | employed_days || breaks
        250001       | 250           || yes
        250000       | 250           || no
        18000        | 300           || no
        18000        |               || no
        500          | 0             || no
    """,
)
def earned_in_reason() -> pl.Expr:
    return (pl.col("employed_days") > 0) & (pl.col("earnings_gbp") > pl.col("employed_days") * MOST_A_DAY)


@rule(
    "TAXYEAR-10",
    table="tax_year_outcome",
    column="self_employment_gbp",
    level=Level.QUERY,
    sentence="Profit from self-employment comes of self-employment.",
    advice="Correct SelfEmployed or SelfEmploymentProfit.",
    example="""
        is_self_employed | self_employment_gbp || breaks
        no               | 900                 || yes
        no               | -50                 || yes
        no               | 0                   || no
        yes              | 900                 || no
        no               |                     || no
    """,
)
def profit_of_self_employment() -> pl.Expr:
    return ~pl.col("is_self_employed") & (pl.col("self_employment_gbp") != 0)


@rule(
    "TAXYEAR-11",
    table="tax_year_outcome",
    column="tax_year",
    level=Level.QUERY,
    sentence="Adults are 15 or more when the tax year begins.",
    advice="Check TaxYear and the date of birth.",
    example="""
        age_at_start || breaks
        14           || yes
        15           || no
        22           || no
                     || no
    """,
)
def of_adults() -> pl.Expr:
    return pl.col("age_at_start") < 15
