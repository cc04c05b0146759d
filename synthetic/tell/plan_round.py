"""The yearly round of plans, as the return of a school year tells of it: reviews, phase transfers, budgets, moves."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from cohort.schema.calendar import census_day
from synthetic.chance import codes, generator
from synthetic.content.budgets import budgets
from synthetic.content.holders import of_children, place_on
from synthetic.content.life import PlanLife
from synthetic.content.rounds import MOST_REVIEWS
from synthetic.lives import Lives
from synthetic.places import codes_on
from synthetic.reviews import rhythm
from synthetic.tell.days import by, met, whole_years

Span = tuple[date, date]
PREFERRED = {"Y": 0.80, "N": 0.12, "U": 0.08}
"""Whether the establishment for the next phase is the one asked for, and shares."""
EARLY, PARENT_THERE = 0.04, 0.90
PERSON_THERE, GROWN_THERE, GROWN = 0.45, 0.80, 14
"""Share of reviews in which the child takes part, and the young person from that age on."""
SIX_WEEKS = 42
KNOWN, NOTIFIED = 25, (8, 65)
"""Days after a move by which the authority joined knows of it at most; and in which it gives notice."""


def reviews(lives: Lives, of: PlanLife, span: Span) -> pl.DataFrame:
    """`annual_review` of the reviews held, decided or carried out in a span, with position and count."""
    happened = [pl.col(f"review_{step}_date").is_between(*span) for step in ("meeting", "decision", "final")]
    told = of.reviews.filter(pl.any_horizontal(*(day.fill_null(value=False) for day in happened)))
    lots = generator(lives.seed, "who came to reviews").random((len(of.holders), MOST_REVIEWS, 3), dtype=np.float32)
    lot = lots[told["position"].to_numpy(), told["count"].to_numpy() - 1]
    dates = of.holders.select("birth_date", plan_start_date="start_date")[told["position"].to_numpy()]
    told = told.hstack(dates).with_columns(
        age_at_review=whole_years("review_meeting_date"),
        place=place_on(told, "review_meeting_date", lives),
        early=pl.Series(lot[:, 0]),
        person=pl.Series(lot[:, 1]),
        parent=pl.Series(lot[:, 2]),
        decided=pl.col("review_decision_date") <= span[1],
    )
    there = pl.when(pl.col("age_at_review") >= GROWN).then(GROWN_THERE).otherwise(PERSON_THERE)
    soon = pl.col("review_meeting_date") < pl.col("review_due_date")
    return told.select(
        *("place", "child", "plan_start_date", "position", "count"),
        *("review_due_date", "review_meeting_date", "age_at_review"),
        pl.when("decided").then("review_outcome_code"),
        *(by(f"review_{step}_date", span[1]) for step in ("decision", "draft", "final")),
        is_early=soon & (pl.col("early") < EARLY),
        has_person_present=pl.col("person") < there,
        has_parent_present=pl.col("parent") < PARENT_THERE,
    ).sort("place", "child", "plan_start_date", "review_meeting_date")


def transfers(lives: Lives, of: PlanLife, span: Span) -> pl.DataFrame:
    """`phase_transfer`: those due in a span, or carried out in it, with the school or college of that September."""
    late = pl.col("phase_transfer_final_date").is_between(*span).fill_null(value=False)
    told = of.phases.filter(pl.col("phase_transfer_due_date").is_between(*span) | late)
    asked = generator(lives.seed, "preferences for a phase")
    preference = lives.plans.select("plan", preference_code=pl.Series(codes(asked, PREFERRED, len(lives.plans))))
    births = lives.plans.select("plan", "birth_date", plan_start_date="start_date")
    told = told.join(births, on="plan", how="left", maintain_order="left")
    told = told.join(preference, on="plan", how="left", maintain_order="left")
    told = told.with_columns(
        place=place_on(told, "phase_transfer_due_date", lives),
        september=pl.date(pl.col("phase_transfer_due_date").dt.year(), 9, 1),
    )
    return (
        told.with_columns(urn=_school(told, lives))
        .select(
            *("place", "child", "plan_start_date", "phase_code", "phase_transfer_due_date", "urn"),
            by("phase_transfer_final_date", span[1]),
            age_at_transfer=whole_years("phase_transfer_due_date"),
            preference_code=pl.when(pl.col("urn").is_not_null()).then("preference_code"),
        )
        .sort("place", "child", "plan_start_date", "phase_transfer_due_date")
    )


def _school(told: pl.DataFrame, lives: Lives) -> pl.Series:
    """The establishment in which each plan's child is placed from September on; null where none is."""
    stays = lives.episodes.filter(pl.col("plan").is_in(told["plan"].implode())).select("stay", "plan")
    main = lives.placements.filter(pl.col("rank_code") == "1").join(stays, on="stay")
    begins = main.select("plan", "urn", september="entry_date").unique(["plan", "september"], keep="first")
    return told.join(begins, on=["plan", "september"], how="left", maintain_order="left")["urn"]


def personal_budgets(lives: Lives, span: Span) -> pl.DataFrame:
    """`personal_budget`: asked for before a plan that began in a span, or paid in it, by the authority that holds the
    plan at its end."""
    first, last = span
    asked = budgets(lives)
    births = lives.plans.select("plan", "birth_date", plan_start_date="start_date")
    asked = asked.join(births, on="plan", how="left", maintain_order="left")
    begun = pl.col("plan_start_date").is_between(first, last)
    paid = pl.col("from_date").is_not_null() & met("from_date", "to_date", first, last)
    told = asked.filter(begun | paid)
    told = told.with_columns(end=pl.min_horizontal(pl.lit(last), "to_date"))
    return (
        told.with_columns(by("to_date", last), place=place_on(told, "end", lives))
        .select(
            *("place", "child", "plan_start_date"),
            *("budget_requested_date", "budget_decision_date", "budget_decision_code", "from_date", "to_date"),
            *("budget_gbp", "direct_payment_code", "direct_payment_gbp", "has_organised_arrangements"),
            version_number=pl.lit(1, pl.Int64),
            age_at_request=whole_years("budget_requested_date"),
        )
        .sort("place", "child", "plan_start_date")
    )


def moves(lives: Lives, year: int, span: Span) -> pl.DataFrame:
    """`authority_move`: of plans, as it came to be known in a span, and of children who moved in it while a request or
    an assessment was under way; told by the authority joined."""
    numbers = dict(enumerate(codes_on(lives.places, census_day(year))))
    both = pl.concat([_with_plan(lives, span), _without(lives, span)], how="diagonal")
    return (
        both.hstack(of_children(lives, both["child"], "birth_date"))
        .with_columns(
            from_authority_code=pl.col("origin").replace_strict(numbers, return_dtype=pl.String),
            to_authority_code=pl.col("place").replace_strict(numbers, return_dtype=pl.String),
            age_at_move=whole_years("moved_date"),
        )
        .drop("origin", "birth_date")
        .sort("place", "child", "moved_date")
    )


def _with_plan(lives: Lives, span: Span) -> pl.DataFrame:
    n, lots = len(lives.plans), generator(lives.seed, "notices of moves")
    drawn = lives.plans.hstack(rhythm(lives.plans, lives.seed).select("round")).with_columns(
        known=pl.Series(lots.integers(0, KNOWN, n, endpoint=True)),
        notified=pl.Series(lots.integers(*NOTIFIED, n, endpoint=True)),
    )
    known = pl.col("move_date") + pl.duration(days="known")
    moved = drawn.filter(known.is_between(*span))
    number = (pl.col("move_date") - pl.col("start_date")).dt.total_days() // pl.col("round")
    last_review = pl.col("start_date") + pl.duration(days=number * pl.col("round"))
    notice = pl.col("move_date") + pl.duration(days=pl.max_horizontal("notified", "known"))
    return moved.select(
        "child",
        place="moved_to",
        origin="authority",
        moved_date="move_date",
        known_date=known,
        plan_passed_date="move_date",
        notice_due_date=pl.col("move_date") + pl.duration(days=SIX_WEEKS),
        notice_date=pl.when((notice <= pl.col("cease_date")).fill_null(value=True) & (notice <= span[1])).then(notice),
        review_due_date=pl.max_horizontal(last_review.dt.offset_by("12mo"), pl.col("move_date").dt.offset_by("3mo")),
    )


def _without(lives: Lives, span: Span) -> pl.DataFrame:
    """Children who moved while a request or an assessment was under way."""
    moved = lives.episodes.filter(pl.col("exported_to") >= 0)
    return (
        moved.hstack(of_children(lives, moved["child"], "move_date"))
        .filter(pl.col("move_date").is_between(*span))
        .select("child", place="exported_to", origin="authority", moved_date="move_date")
    )
