"""A code that a system writes where nobody chose one."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

ENOUGH = 50
"""Filled cells from which a share of them says something."""


@rule(
    "RETURN-25",
    table="person_trait",
    column="sex_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("sex_code").is_not_null().sum(),
        "most": pl.col("sex_code").drop_nulls().unique_counts().max(),
    },
    sentence="Persons are not all of one sex.",
    advice="One code stands in nearly every row: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 191  || yes
        200 | 190  || no
        10  | 10   || no
            |      || no
    """,
)
def sexes_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.95 * pl.col("of"))


@rule(
    "RETURN-26",
    table="person_trait",
    column="ethnicity_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("ethnicity_code").is_not_null().sum(),
        "most": pl.col("ethnicity_code").drop_nulls().unique_counts().max(),
    },
    sentence="Persons are not all of one ethnic group, nor all unknown.",
    advice="One code stands in nearly every row: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 197  || yes
        200 | 196  || no
        10  | 10   || no
            |      || no
    """,
)
def groups_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.98 * pl.col("of"))


@rule(
    "RETURN-27",
    table="person_trait",
    column="ethnicity_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("ethnicity_code").is_not_null().sum(),
        "most": (pl.col("ethnicity_code") == "NOBT").sum(),
    },
    sentence="The ethnic group of most persons is known.",
    advice="Ask the schools, or take it from the census, where it has not been obtained.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 81   || yes
        200 | 80   || no
        10  | 10   || no
            |      || no
    """,
)
def groups_are_known() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.4 * pl.col("of"))


@rule(
    "RETURN-28",
    table="ehc_request",
    column="source_code",
    since=2026,
    level=Level.QUERY,
    counts={
        "of": pl.col("source_code").is_not_null().sum(),
        "most": pl.col("source_code").drop_nulls().unique_counts().max(),
    },
    sentence="Requests do not all come from one source.",
    advice="One code stands in nearly every row: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 191  || yes
        200 | 190  || no
        10  | 10   || no
            |      || no
    """,
)
def sources_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.95 * pl.col("of"))


@rule(
    "RETURN-29",
    table="ehc_request",
    column="is_in_youth_accommodation",
    level=Level.QUERY,
    counts={
        "of": pl.col("is_in_youth_accommodation").is_not_null().sum(),
        "most": pl.col("is_in_youth_accommodation").sum(),
    },
    sentence="Few requests are for persons in youth accommodation.",
    advice="RYA is for children in custody: look whether 0 and 1 are exchanged.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 21   || yes
        200 | 20   || no
        10  | 10   || no
            |      || no
    """,
)
def few_are_in_custody() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.1 * pl.col("of"))


@rule(
    "RETURN-30",
    table="ehc_request",
    column="has_mediation",
    level=Level.QUERY,
    counts={
        "of": pl.col("outcome_code").is_in(["Y", "N"]).sum(),
        "most": pl.col("has_mediation").sum(),
    },
    sentence="Few decisions whether to assess go to mediation.",
    advice="Look whether 0 and 1 are exchanged, or mediation of other stages is counted here.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 101  || yes
        200 | 100  || no
        10  | 10   || no
            |      || no
    """,
)
def few_are_mediated() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.5 * pl.col("of"))


@rule(
    "RETURN-35",
    table="active_plan",
    column="review_outcome_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("review_outcome_code").is_not_null().sum(),
        "most": pl.col("review_outcome_code").drop_nulls().unique_counts().max(),
    },
    sentence="Reviews do not all come to one outcome.",
    advice="One code stands in nearly every row: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 195  || yes
        200 | 194  || no
        10  | 10   || no
            |      || no
    """,
)
def outcomes_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.97 * pl.col("of"))


@rule(
    "RETURN-36",
    table="ehc_plan",
    column="cease_reason_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("cease_reason_code").is_not_null().sum(),
        "most": (pl.col("cease_reason_code") == "9").sum(),
    },
    sentence="Few plans end for another reason than those of the list.",
    advice="Code 9 is for what fits nowhere: choose the reason that holds.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 101  || yes
        200 | 100  || no
        10  | 10   || no
            |      || no
    """,
)
def reasons_are_known() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.5 * pl.col("of"))


@rule(
    "RETURN-37",
    table="placement",
    column="urn",
    level=Level.QUERY,
    counts={
        "of": pl.col("urn").is_not_null().sum(),
        "most": pl.col("urn").drop_nulls().unique_counts().max(),
    },
    sentence="Placements are not at one establishment.",
    advice="One URN stands in most rows: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 121  || yes
        200 | 120  || no
        10  | 10   || no
            |      || no
    """,
)
def places_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.6 * pl.col("of"))


@rule(
    "RETURN-38",
    table="plan_need",
    column="need_code",
    level=Level.QUERY,
    counts={
        "of": (pl.col("rank_code") == "1").sum(),
        "most": pl.col("need_code").filter(pl.col("rank_code") == "1").drop_nulls().unique_counts().max(),
    },
    sentence="Primary needs are of several types.",
    advice="One type stands in nearly every row: look whether your system writes a default.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 171  || yes
        200 | 170  || no
        10  | 10   || no
            |      || no
    """,
)
def needs_differ() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.85 * pl.col("of"))


@rule(
    "RETURN-39",
    table="plan_need",
    column="need_code",
    level=Level.QUERY,
    counts={
        "of": (pl.col("rank_code") == "1").sum(),
        "most": ((pl.col("rank_code") == "1") & (pl.col("need_code") == "OTH")).sum(),
    },
    sentence="Few primary needs are of the type Other.",
    advice="OTH is for what fits nowhere: choose the type that the plan describes.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 81   || yes
        200 | 80   || no
        10  | 10   || no
            |      || no
    """,
)
def needs_are_known() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.4 * pl.col("of"))


@rule(
    "RETURN-40",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    counts={
        "of": (pl.col("outcome_code") != "H").sum(),
        "most": (pl.col("outcome_code") == "A").sum(),
    },
    sentence="Most requests of the year are decided.",
    advice="Look whether decisions have been entered since the extract was last made.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 141  || yes
        200 | 140  || no
        10  | 10   || no
            |      || no
    """,
)
def most_are_decided() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.7 * pl.col("of"))


@rule(
    "RETURN-41",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("outcome_code").is_in(["Y", "N"]).sum(),
        "most": (pl.col("outcome_code") == "N").sum(),
    },
    sentence="Not nearly all requests are refused.",
    advice="Look whether Y and N are exchanged.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 171  || yes
        200 | 170  || no
        10  | 10   || no
            |      || no
    """,
)
def not_all_are_refused() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.85 * pl.col("of"))


@rule(
    "RETURN-42",
    table="ehc_plan",
    column="has_personal_budget",
    level=Level.QUERY,
    counts={
        "of": pl.col("has_personal_budget").is_not_null().sum(),
        "most": pl.col("has_personal_budget").sum(),
    },
    sentence="Few plans have a personal budget.",
    advice="PB is for budgets that were taken up, not for those that were offered.",
    example="""
        of  | most || breaks
        200 | 200  || yes
        200 | 141  || yes
        200 | 140  || no
        10  | 10   || no
            |      || no
    """,
)
def few_have_a_budget() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("most") > 0.7 * pl.col("of"))
