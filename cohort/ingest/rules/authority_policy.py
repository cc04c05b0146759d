"""Rules on Policies: programmes and policies that an authority took up."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import CALENDAR, Rules

OF = Rules("POLICIES", "authority_policy")
BEGAN = {"SV": 2021, "DBV": 2022, "CPP": 2023}
"""Policy → year in which the programme began: no authority took it up before."""

ENDS = OF.in_order(1, "from_date", "to_date", "A policy does not end before it begins.", "Correct From or To.")
ONCE = OF.once(
    2,
    "policy_code",
    {"policy_code": ("SV", "DBV"), "from_date": ("2023-05-02", "2023-06-05")},
    "A policy is returned once.",
    "Take the second row out, or correct its From.",
)
IN_THE_YEAR = OF.not_before(
    3,
    "to_date",
    CALENDAR,
    "A policy that ended before the calendar year is not returned again.",
    "Leave it out, or correct To.",
)


@rule(
    "POLICIES-04",
    table="authority_policy",
    column="from_date",
    sentence="A national programme is not taken up before it began.",
    advice="Correct From or Policy: safety valve began in 2021, delivering better value in 2022, change programme in "
    "2023.",
    example="""
        policy_code | from_date  || breaks
        SV          | 2020-12-31 || yes
        DBV         | 2021-06-01 || yes
        CPP         | 2022-09-01 || yes
        SV          | 2021-03-01 || no
        BND         | 2016-04-01 || no
        SV          |            || no
    """,
)
def not_before_it_began() -> pl.Expr:
    began = pl.col("policy_code").replace_strict(BEGAN, default=None, return_dtype=pl.Int32)
    return pl.col("from_date").dt.year() < began


@rule(
    "POLICIES-05",
    table="authority_policy",
    column="to_date",
    sentence="One policy is not taken up again while it lasts.",
    advice="Enter To of the earlier one, or take one of the rows out.",
    example="""
        policy_code | from_date  | to_date    || breaks
        BND         | 2019-04-01 |            || yes
        BND         | 2021-04-01 |            || no
        LOC         | 2019-04-01 | 2020-03-31 || no
        LOC         | 2021-04-01 |            || no
        EHN         | 2021-04-01 |            || no
    """,
)
def one_at_a_time() -> pl.Expr:
    next_ = pl.col("from_date").shift(-1).over("policy_code", order_by="from_date")
    return next_.is_not_null() & (pl.col("to_date").is_null() | (pl.col("to_date") >= next_))


@rule(
    "POLICIES-06",
    table="authority_policy",
    column="to_date",
    level=Level.QUERY,
    sentence="A policy that has lasted for fifteen years is asked after.",
    advice="Enter To where it has ended, or say that it still holds.",
    example="""
        from_date  | to_date    | return.from_date || breaks
        2007-12-31 |            | 2023-01-01       || yes
        2008-01-01 |            | 2023-01-01       || no
        2007-12-31 | 2023-06-30 | 2023-01-01       || no
                   |            | 2023-01-01       || no
    """,
)
def still_holds() -> pl.Expr:
    return pl.col("to_date").is_null() & (pl.col("from_date").dt.offset_by("15y") < pl.col("return.from_date"))
