"""Modules and items of which a return has none at all."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

ENOUGH = 50
"""Records from which it is strange that not one of them has an item."""


@rule(
    "RETURN-09",
    table="ehc_request",
    column="ehc_assessment",
    level=Level.QUERY,
    counts={
        "of": (pl.col("outcome_code") == "Y").sum(),
        "filled": pl.col("assessment.exists").sum(),
    },
    sentence="Requests that were granted have assessments.",
    advice="Module 3 seems to be missing from the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def assessments_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-10",
    table="ehc_request",
    column="ehc_plan",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": pl.col("plan.exists").sum(),
    },
    sentence="A return has plans.",
    advice="Module 4 seems to be missing from the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def plans_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-11",
    table="ehc_plan",
    column="active_plan",
    level=Level.QUERY,
    counts={
        "of": pl.col("cease_date").is_null().sum(),
        "filled": pl.col("active_plan.exists").sum(),
    },
    sentence="Plans in force are returned under ActivePlans.",
    advice="Module 5 seems to be missing from the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def active_plans_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-12",
    table="ehc_plan",
    column="plan_setting",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": (pl.col("n_settings") > 0).sum(),
    },
    sentence="Plans name settings.",
    advice="PlanDetail seems to be missing from the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def settings_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-13",
    table="ehc_plan",
    column="cease_date",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": pl.col("cease_date").is_not_null().sum(),
    },
    sentence="Some plans ended in the year.",
    advice="Plans that ended in the year are part of the return: look whether the extract takes open plans only.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def ended_plans_are_there() -> pl.Expr:
    return (pl.col("of") >= 5 * ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-14",
    table="ehc_request",
    column="received_date",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": pl.col("received_date").is_between(pl.col("return.from_date"), pl.col("return.to_date")).sum(),
    },
    sentence="Some requests were received in the year.",
    advice="Look whether the extract takes requests that did not lead to a plan, and those of the year.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def requests_of_the_year_are_there() -> pl.Expr:
    return (pl.col("of") >= 5 * ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-15",
    table="ehc_plan",
    column="start_date",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": (pl.col("start_date") < pl.col("return.from_date")).sum(),
    },
    sentence="Plans of earlier years are returned as well as those of the year.",
    advice="The return wants every plan that was in force in the year, not the new ones alone.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def old_plans_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-16",
    table="active_plan",
    column="review_meeting_date",
    level=Level.QUERY,
    counts={
        "of": (pl.col("plan.start_date") < pl.col("return.from_date")).sum(),
        "filled": pl.col("review_meeting_date").is_not_null().sum(),
    },
    sentence="Some plans were reviewed.",
    advice="Annual reviews seem to be missing from the extract: ReviewMeeting is empty in every row.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def reviews_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-17",
    table="active_plan",
    column="review_decision_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("review_meeting_date").is_not_null().sum(),
        "filled": pl.col("review_decision_date").is_not_null().sum(),
    },
    sentence="Some reviews were decided.",
    advice="Reviews meet and none is ever decided: look where your system keeps the day of the decision.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def review_decisions_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-18",
    table="active_plan",
    column="review_draft_date",
    since=2026,
    level=Level.QUERY,
    counts={
        "of": (pl.col("review_outcome_code") == "A").sum(),
        "filled": pl.col("review_draft_date").is_not_null().sum(),
    },
    sentence="Some plans were amended in draft.",
    advice="Reviews decide to amend and no draft is ever dated: look where your system keeps ReviewDraft.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def drafts_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-19",
    table="placement",
    column="entry_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("urn").is_not_null().sum(),
        "filled": pl.col("entry_date").is_not_null().sum(),
    },
    sentence="Some placements have the day on which they began.",
    advice="EntryDate is empty in every row: look where your system keeps it.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def entries_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-20",
    table="placement",
    column="urn",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": pl.col("urn").is_not_null().sum(),
    },
    sentence="Some placements are told by their URN.",
    advice="URN is empty in every row: look whether your system writes it into another item.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def urns_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-21",
    table="person_trait",
    column="upn",
    level=Level.QUERY,
    counts={
        "of": pl.len(),
        "filled": pl.col("has_upn").sum(),
    },
    sentence="Some persons have a UPN.",
    advice="UPN is empty in every row: look whether the extract may take it.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def upns_are_there() -> pl.Expr:
    return (pl.col("of") >= ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-22",
    table="person_trait",
    column="birth_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("birth_month").is_not_null().sum(),
        "filled": (pl.col("age_on_31_august") < 5).sum(),
    },
    sentence="Some persons are under 5.",
    advice="Look whether the early years team's cases are in the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def young_children_are_there() -> pl.Expr:
    return (pl.col("of") >= 10 * ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-23",
    table="person_trait",
    column="birth_date",
    level=Level.QUERY,
    counts={
        "of": pl.col("birth_month").is_not_null().sum(),
        "filled": (pl.col("age_on_31_august") > 16).sum(),
    },
    sentence="Some persons are over 16.",
    advice="Look whether cases of post-16 and of colleges are in the extract.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def young_people_are_there() -> pl.Expr:
    return (pl.col("of") >= 5 * ENOUGH) & (pl.col("filled") == 0)


@rule(
    "RETURN-24",
    table="ehc_request",
    column="outcome_code",
    level=Level.QUERY,
    counts={
        "of": pl.col("outcome_code").is_in(["Y", "N"]).sum(),
        "filled": (pl.col("outcome_code") == "N").sum(),
    },
    sentence="Some requests are refused.",
    advice="Look whether the extract takes requests that did not lead to an assessment.",
    example="""
        of   | filled || breaks
        1000 | 0      || yes
        1000 | 1      || no
        10   | 0      || no
        0    | 0      || no
    """,
)
def refusals_are_there() -> pl.Expr:
    return (pl.col("of") >= 4 * ENOUGH) & (pl.col("filled") == 0)
