"""Rules on HighNeeds: the high-needs block of a financial year, and what plans cost."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

GIVEN = "V"
AMOUNTS = ("allocation_gbp", "outturn_gbp")


@rule(
    "HIGHNEEDS-01",
    table="high_needs_year",
    column="financial_year",
    sentence="A financial year is returned once.",
    advice="Take the second row out, or correct FinancialYear.",
    example="""
        financial_year || breaks
        2023           || yes
        2023           || yes
        2024           || no
                       || no
                       || no
    """,
)
def once() -> pl.Expr:
    return pl.col("financial_year").is_not_null() & (pl.len().over("financial_year") > 1)


@rule(
    "HIGHNEEDS-02",
    table="high_needs_year",
    column="value_status_code",
    sentence="Figures are given where the status says so, and not where it does not.",
    advice="Enter Allocation and Outturn, or say by Given why they are not given.",
    example="""
        value_status_code | allocation_gbp | outturn_gbp || breaks
        V                 |                |             || yes
        S                 | 50000000       |             || yes
        U                 |                | 61000000    || yes
        V                 | 50000000       |             || no
        S                 |                |             || no
                          |                |             || no
    """,
)
def given_as_said() -> pl.Expr:
    given = pl.any_horizontal(pl.col(name).is_not_null() for name in AMOUNTS)
    return (pl.col("value_status_code") == GIVEN) != given


@rule(
    "HIGHNEEDS-03",
    table="high_needs_year",
    column="financial_year",
    level=Level.QUERY,
    sentence="The financial year is the one that ended last, or the one before it.",
    advice="Correct FinancialYear: 2024/25 is written 2025 or 2024/25.",
    example="""
        financial_year | return.year || breaks
        2021           | 2024        || yes
        2025           | 2024        || yes
        2024           | 2024        || no
        2023           | 2024        || no
        2022           | 2024        || no
                       | 2024        || no
    """,
)
def of_late() -> pl.Expr:
    year = pl.col("return.year")
    return (pl.col("financial_year") > year) | (pl.col("financial_year") < year - 2)


@rule(
    "HIGHNEEDS-04",
    table="high_needs_year",
    column="outturn_gbp",
    level=Level.QUERY,
    sentence="Spending is between a half and three times the allocation.",
    advice="Check Outturn and Allocation: both in pounds, not in thousands.",
    example="""
        outturn_gbp | allocation_gbp || breaks
        61000       | 50000000       || yes
        160000000   | 50000000       || yes
        61000000    | 50000000       || no
                    | 50000000       || no
        61000000    |                || no
    """,
)
def spending_in_reason() -> pl.Expr:
    share = pl.col("outturn_gbp") / pl.col("allocation_gbp")
    return (pl.col("allocation_gbp") > 0) & ((share < 0.5) | (share > 3))


@rule(
    "HIGHNEEDS-05",
    table="high_needs_year",
    column="transfer_out_gbp",
    level=Level.QUERY,
    sentence="No more is moved out of the block than there is in it.",
    advice="Correct TransferOut or Allocation.",
    example="""
        transfer_out_gbp | allocation_gbp || breaks
        60000000         | 50000000       || yes
        500000           | 50000000       || no
        500000           |                || no
                         | 50000000       || no
    """,
)
def out_of_what_there_is() -> pl.Expr:
    return pl.col("transfer_out_gbp") > pl.col("allocation_gbp")


@rule(
    "HIGHNEEDS-06",
    table="high_needs_year",
    column="costed_provision_gbp",
    level=Level.QUERY,
    sentence="The provision of plans that are costed costs something, and that of none nothing.",
    advice="Enter CostedPlans and CostedProvision together.",
    example="""
        costed_plans | costed_provision_gbp || breaks
        120          |                      || yes
        120          | 0                    || yes
        0            | 900000               || yes
        120          | 900000               || no
        0            | 0                    || no
        0            |                      || no
                     | 900000               || no
    """,
)
def costed_plans_cost() -> pl.Expr:
    cost = pl.col("costed_provision_gbp").fill_null(0)
    return (pl.col("costed_plans") > 0) != (cost > 0)


@rule(
    "HIGHNEEDS-07",
    table="high_needs_year",
    column="funding_paid_gbp",
    level=Level.QUERY,
    sentence="Funding paid for provision is no more than twice what the provision costs.",
    advice="Check FundingPaid and CostedProvision: both are of the plans that are costed.",
    example="""
        funding_paid_gbp | costed_provision_gbp || breaks
        2100000          | 1000000              || yes
        900000           | 1000000              || no
        2000000          | 1000000              || no
        900000           |                      || no
        900000           | 0                    || no
    """,
)
def paid_for_what_it_costs() -> pl.Expr:
    cost = pl.col("costed_provision_gbp")
    return (cost > 0) & (pl.col("funding_paid_gbp") > 2 * cost)
