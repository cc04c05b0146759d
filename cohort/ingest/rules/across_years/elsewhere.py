"""Plans beside other authorities' returns of this year, or of last: one authority maintains a plan.

The finding tells that another authority returned the person, and neither which nor what. Both are asked, each in its
own return.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "ELSEWHERE-01",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="One authority maintains a plan: no other one returns the person with a plan in force.",
    advice="If the person moved away, end the plan with reason 5; if the person came, ask the other authority to end it.",
    example="""
        cease_date | elsewhere.is_in_force | elsewhere.year | return.year || breaks
                   | yes                   | 2024           | 2024        || yes
        2023-09-01 | yes                   | 2024           | 2024        || no
                   | no                    | 2024           | 2024        || no
                   | yes                   | 2023           | 2024        || no
                   |                       |                | 2024        || no
    """,
)
def one_authority_maintains() -> pl.Expr:
    both_now = pl.col("elsewhere.is_in_force") & (pl.col("elsewhere.year") == pl.col("return.year"))
    return pl.col("cease_date").is_null() & both_now


@rule(
    "ELSEWHERE-02",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    sentence="A person who died, as another authority says, has no plan in force.",
    advice="Find out whether the two records are of one person; then end the plan.",
    example="""
        cease_date | elsewhere.cease_reason_code || breaks
                   | 8                           || yes
        2023-09-01 | 8                           || no
                   | 5                           || no
                   |                             || no
    """,
)
def no_plan_after_death_elsewhere() -> pl.Expr:
    return pl.col("cease_date").is_null() & (pl.col("elsewhere.cease_reason_code") == "8")


@rule(
    "ELSEWHERE-03",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    sentence="A plan that came from another authority keeps the start that it had there.",
    advice="Enter the day on which the plan was first issued, by whichever authority.",
    example="""
        start_date | active_plan.transfer_authority_code | elsewhere.start_date | elsewhere.cease_reason_code || breaks
        2023-06-01 | 202                                 | 2019-03-04           | 5                           || yes
        2019-03-04 | 202                                 | 2019-03-04           | 5                           || no
        2023-06-01 |                                     | 2019-03-04           | 5                           || no
        2023-06-01 | 202                                 | 2019-03-04           | 2                           || no
        2023-06-01 | 202                                 |                      |                             || no
    """,
)
def keeps_its_start() -> pl.Expr:
    came = pl.col("active_plan.transfer_authority_code").is_not_null()
    return (
        came & (pl.col("elsewhere.cease_reason_code") == "5") & (pl.col("start_date") != pl.col("elsewhere.start_date"))
    )
