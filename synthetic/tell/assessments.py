"""Advice, drafts and referrals, as the return of a year tells of the calendar year before.

What is awaited is told again the year after; a day after the end of the calendar year is not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from synthetic.assessing.advice import advice
from synthetic.assessing.drafts import drafts
from synthetic.assessing.planted import Assessing
from synthetic.assessing.referrals import referrals
from synthetic.content.life import PlanLife
from synthetic.lives import Lives
from synthetic.tell.days import by, met, whole_years
from synthetic.tell.traits import place_on, traits
from synthetic.told import Told
from synthetic.window import calendar_year

COLLECTION = "assessments"
WAITING = "OP"
SIX_WEEKS = 42
"""In which the campaign asks for a first appointment."""
Span = tuple[date, date]


@dataclass(frozen=True)
class Assessed:
    """Advice, drafts and referrals of all years, drawn to their end."""

    advice: pl.DataFrame
    drafts: pl.DataFrame
    referrals: pl.DataFrame


def drawn(lives: Lives, of: PlanLife, planted: Assessing) -> Assessed:
    """All that goes before the plans of a world."""
    return Assessed(advice(lives, planted), drafts(lives, of, planted), referrals(lives, planted))


def told(lives: Lives, assessed: Assessed, year: int) -> Told:
    """What was sought, sent or waited for in the calendar year before `year`."""
    span = calendar_year(year)
    tables = {
        "advice": _advice(assessed.advice, span),
        "plan_draft": _drafts(assessed.drafts, span),
        "diagnosis_referral": _referrals(assessed.referrals, lives, span),
    }
    everybody = pl.concat([frame.select("place", "child") for frame in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, everybody, year), **tables})


def _advice(sought: pl.DataFrame, span: Span) -> pl.DataFrame:
    over = pl.coalesce("received_date", pl.when("is_earlier").then("decided_date").otherwise("ended_date"))
    told = sought.with_columns(asked=pl.coalesce("sought_date", "decided_date"), over=over)
    told = told.filter(met("asked", "over", *span))
    came = (pl.col("received_date") <= span[1]).fill_null(value=False)
    return told.select(
        *("place", "child", "request_received_date", "profession_code", "sought_date", "due_date"),
        by("received_date", span[1]),
        age_at_seeking=whole_years("sought_date"),
        advice_status_code=pl.when("is_earlier")
        .then(pl.lit("E"))
        .when(came & pl.col("is_unknown"))
        .then(pl.lit("D"))
        .when(came)
        .then(pl.lit("R"))
        .when(pl.col("ended_date") <= span[1])
        .then(pl.lit("N"))
        .otherwise(pl.lit("A")),
        is_exception=pl.col("is_exception"),
    )


def _drafts(sent: pl.DataFrame, span: Span) -> pl.DataFrame:
    answered = pl.col("representations_date").is_between(*span).fill_null(value=False)
    told = sent.filter(pl.col("draft_date").is_between(*span) | answered)
    return told.select(
        *("place", "child", "request_received_date", "plan_start_date", "draft_number", "version_reason_code"),
        *("draft_date", "representations_due_date", "preferred_urn"),
        by("representations_date", span[1]),
        age_at_draft=whole_years("draft_date"),
    )


def _referrals(made: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = made.filter(met("referred_date", "concluded_date", *span))
    place = place_on(lives.people, told["row"].to_numpy().astype(np.int64), span[1])
    ended = pl.col("concluded_date") <= span[1]
    return (
        told.with_columns(place=pl.Series(place))
        .select(
            *("place", "child", "diagnosis_code", "referral_source_code", "referred_date"),
            *(by(day, span[1]) for day in ("accepted_date", "first_seen_date", "concluded_date")),
            age_at_referral=whole_years("referred_date"),
            due_date=pl.col("referred_date") + pl.duration(days=SIX_WEEKS),
            referral_outcome_code=pl.when(ended).then("referral_outcome_code").otherwise(pl.lit(WAITING)),
        )
        .sort("place", "child", "referred_date")
    )
