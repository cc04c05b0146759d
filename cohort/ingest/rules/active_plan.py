"""Rules on ActivePlans: a plan that was active in the year, its reviews, and what stands below it.

That a review or a phase transfer was late is measured, not judged.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule


@rule(
    "ACTIVEPLANS-01",
    table="active_plan",
    column="active_plan",
    sentence="There is no active plan under a request that was refused, awaits a decision or was withdrawn.",
    advice="Hang the plan under the request that it came from, or under one with outcome H.",
    example="""
        request.outcome_code || breaks
        N                    || yes
        A                    || yes
        W                    || yes
        Y                    || no
        H                    || no
    """,
)
def active_after_a_yes() -> pl.Expr:
    return pl.col("request.outcome_code").is_in(["N", "A", "W"])


@rule(
    "ACTIVEPLANS-02",
    table="active_plan",
    column="active_plan",
    sentence="An active plan under a request of this authority has its NamedPlan.",
    advice="Return the plan as it was issued; for a plan older than the year set the request to H.",
    example="""
        request.outcome_code | plan.exists | transfer_authority_code || breaks
        Y                    | no          |                         || yes
        Y                    | yes         |                         || no
        Y                    | no          | 202                     || no
        H                    | no          |                         || no
        N                    | no          |                         || no
    """,
)
def active_after_its_issue() -> pl.Expr:
    of_ours = pl.col("transfer_authority_code").is_null()
    return (pl.col("request.outcome_code") == "Y") & ~pl.col("plan.exists") & of_ours


@rule(
    "ACTIVEPLANS-03",
    table="active_plan",
    column="active_plan",
    sentence="A plan that ended before the calendar year was not active in it.",
    advice="Leave the plan out, or correct CeaseDate.",
    example="""
        plan.cease_date | return.from_date || breaks
        2022-12-31      | 2023-01-01       || yes
        2023-01-01      | 2023-01-01       || no
        2023-12-31      | 2023-01-01       || no
                        | 2023-01-01       || no
    """,
)
def active_in_the_year() -> pl.Expr:
    return pl.col("plan.cease_date") < pl.col("return.from_date")


@rule(
    "ACTIVEPLANS-04",
    table="active_plan",
    column="transfer_authority_code",
    sentence="A plan comes from another authority, not from the one that returns.",
    advice="Enter the number of the authority that the plan came from, or leave it empty.",
    example="""
        transfer_authority_code | return.authority_code || breaks
        201                     | 201                   || yes
        202                     | 201                   || no
                                | 201                   || no
    """,
)
def transferred_from_elsewhere() -> pl.Expr:
    return pl.col("transfer_authority_code") == pl.col("return.authority_code")


@rule(
    "ACTIVEPLANS-05",
    table="active_plan",
    column="review_meeting_date",
    sentence="A review with an outcome has the date of its meeting.",
    advice="Enter the date of the review meeting, or take the outcome out.",
    example="""
        review_outcome_code | review_meeting_date || breaks
        M                   |                     || yes
        M                   | 2023-05-10          || no
                            | 2023-05-10          || no
                            |                     || no
    """,
)
def outcome_after_a_meeting() -> pl.Expr:
    return pl.col("review_outcome_code").is_not_null() & pl.col("review_meeting_date").is_null()


@rule(
    "ACTIVEPLANS-06",
    table="active_plan",
    column="review_decision_date",
    sentence="The decision after a review is not notified before the review meets.",
    advice="Correct one of the two dates; LastReview is the day on which the decision was notified.",
    example="""
        review_meeting_date | review_decision_date || breaks
        2023-05-10          | 2023-05-09           || yes
        2023-05-10          | 2023-05-10           || no
        2023-05-10          | 2023-09-01           || no
        2023-05-10          |                      || no
                            | 2023-05-09           || no
    """,
)
def decision_after_the_meeting() -> pl.Expr:
    return pl.col("review_decision_date") < pl.col("review_meeting_date")


@rule(
    "ACTIVEPLANS-07",
    table="active_plan",
    column="review_decision_date",
    level=Level.QUERY,
    sentence="A review with an outcome has the day on which the decision was notified.",
    advice="Enter the day; if the decision is still to be made, leave the outcome empty.",
    example="""
        review_outcome_code | review_decision_date || breaks
        M                   |                      || yes
        A                   | 2023-06-01           || no
                            |                      || no
                            | 2023-06-01           || no
    """,
)
def outcome_was_notified() -> pl.Expr:
    return pl.col("review_outcome_code").is_not_null() & pl.col("review_decision_date").is_null()


@rule(
    "ACTIVEPLANS-08",
    table="active_plan",
    column="review_meeting_date",
    level=Level.QUERY,
    sentence="A plan is reviewed after it starts.",
    advice="Check both dates; StartDate is the day on which the plan was first issued.",
    example="""
        plan.start_date | review_meeting_date || breaks
        2023-05-10      | 2023-05-09          || yes
        2023-05-10      | 2023-05-10          || no
        2016-05-01      | 2023-05-09          || no
                        | 2023-05-09          || no
    """,
)
def reviewed_after_its_start() -> pl.Expr:
    return pl.col("review_meeting_date") < pl.col("plan.start_date")


@rule(
    "ACTIVEPLANS-09",
    table="active_plan",
    column="review_draft_date",
    since=2026,
    sentence="A plan is not amended in draft before the review meets.",
    advice="Correct one of the two dates.",
    example="""
        review_meeting_date | review_draft_date || breaks
        2025-05-10          | 2025-05-09        || yes
        2025-05-10          | 2025-06-06        || no
        2025-05-10          |                   || no
                            | 2025-05-09        || no
    """,
)
def draft_after_the_meeting() -> pl.Expr:
    return pl.col("review_draft_date") < pl.col("review_meeting_date")


@rule(
    "ACTIVEPLANS-10",
    table="active_plan",
    column="review_draft_date",
    since=2026,
    level=Level.QUERY,
    sentence="A draft amended plan belongs to a review that decided to amend.",
    advice="Check ReviewOutcome, or take the date of the draft out.",
    example="""
        review_outcome_code | review_draft_date || breaks
        M                   | 2025-06-06        || yes
        C                   | 2025-06-06        || yes
        A                   | 2025-06-06        || no
                            | 2025-06-06        || no
        M                   |                   || no
    """,
)
def draft_to_amend() -> pl.Expr:
    return pl.col("review_outcome_code").is_in(["M", "C"]) & pl.col("review_draft_date").is_not_null()


@rule(
    "ACTIVEPLANS-11",
    table="active_plan",
    column="phase_transfer_due_date",
    since=2026,
    level=Level.QUERY,
    sentence="A final plan for a phase transfer has the day by which it was due.",
    advice="Enter the day by which the plan for the next phase had to be issued.",
    example="""
        phase_transfer_final_date | phase_transfer_due_date || breaks
        2025-02-10                |                         || yes
        2025-02-10                | 2025-02-15              || no
        2025-03-20                | 2025-02-15              || no
                                  | 2026-02-15              || no
                                  |                         || no
    """,
)
def phase_transfer_was_due() -> pl.Expr:
    return pl.col("phase_transfer_final_date").is_not_null() & pl.col("phase_transfer_due_date").is_null()


@rule(
    "ACTIVEPLANS-12",
    table="active_plan",
    column="placement",
    level=Level.QUERY,
    sentence="A person with an active plan has a placement; NEET and home education are placements too.",
    advice="Return where the person is, in PlacementDetail, or say why nothing is known.",
    example="""
        n_placements || breaks
        0            || yes
        1            || no
        2            || no
    """,
)
def placed_somewhere() -> pl.Expr:
    return pl.col("n_placements") == 0


@rule(
    "ACTIVEPLANS-13",
    table="active_plan",
    column="placement",
    level=Level.QUERY,
    sentence="A plan in force on census day has a main placement on that day.",
    advice="Check the dates and ranks of the placements, or say where the person is.",
    example="""
        n_placements | n_open_main_placements | plan.cease_date || breaks
        1            | 0                      |                 || yes
        2            | 0                      |                 || yes
        1            | 1                      |                 || no
        1            | 0                      | 2023-12-31      || no
        0            | 0                      |                 || no
    """,
)
def placed_on_census_day() -> pl.Expr:
    in_force = pl.col("plan.cease_date").is_null()
    return (pl.col("n_placements") > 0) & (pl.col("n_open_main_placements") == 0) & in_force


@rule(
    "ACTIVEPLANS-14",
    table="active_plan",
    column="placement",
    sentence="A person has one main placement on census day.",
    advice="Enter the leaving date of the earlier placement, or give the second one the rank 2.",
    example="""
        n_lasting_main_placements || breaks
        2                         || yes
        1                         || no
        0                         || no
    """,
)
def one_main_placement() -> pl.Expr:
    return pl.col("n_lasting_main_placements") > 1


@rule(
    "ACTIVEPLANS-15",
    table="active_plan",
    column="plan_need",
    sentence="A person with an active plan has a type of need.",
    advice="Return the primary need, in SENneed.",
    example="""
        n_needs || breaks
        0       || yes
        1       || no
        2       || no
    """,
)
def has_a_need() -> pl.Expr:
    return pl.col("n_needs") == 0


@rule(
    "ACTIVEPLANS-22",
    table="active_plan",
    column="work_based_code",
    level=Level.QUERY,
    until=2023,
    sentence="Nobody learns at work before the age of 16.",
    advice="Leave WBP empty, or correct the date of birth.",
    example="""
        work_based_code | person.birth_month | return.census_date || breaks
        S               | 2007-02-01         | 2023-01-19         || yes
        A               | 2007-01-01         | 2023-01-19         || no
                        | 2012-05-01         | 2023-01-19         || no
        S               |                    | 2023-01-19         || no
    """,
)
def works_from_16() -> pl.Expr:
    under_16 = pl.col("person.birth_month").dt.offset_by("16y") > pl.col("return.census_date")
    return pl.col("work_based_code").is_not_null() & under_16
