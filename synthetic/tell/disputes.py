"""Disputes, as the return of a year tells of the calendar year before: what was open in it, and how far it had come.

What is open is told again the year after. A day after the end of the calendar year is not known, nor what came of it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.content.holders import of_children
from synthetic.content.life import PlanLife
from synthetic.disputes.claims import cost_claims, judicial_reviews
from synthetic.disputes.complaints import complaints, findings
from synthetic.disputes.parts import APPEAL, grounds, recommendations
from synthetic.lives import Lives
from synthetic.tell.days import by, met, whole_years
from synthetic.tell.traits import traits
from synthetic.told import Told
from synthetic.window import calendar_year

COLLECTION = "disputes"
OPEN = "OP"
Span = tuple[date, date]


def told(lives: Lives, of: PlanLife, year: int) -> Told:
    """Everything that was in dispute in the calendar year before `year`."""
    span = calendar_year(year)
    received = complaints(lives, year - 1, of.disputing)
    tables = {
        "mediation": _mediations(of.disputes, span),
        "appeal": _appeals(of.appeals, span),
        "appeal_ground": _grounds(of.appeals, lives, span),
        "appeal_recommendation": _recommendations(of.appeals, lives, span),
        "judicial_review": _judicial_reviews(judicial_reviews(lives, of.disputing), lives, span),
        "cost_claim": _cost_claims(cost_claims(of.appeals, of.disputing, lives.seed), lives, span),
        "complaint": _complaints(received, lives, span),
        "ombudsman_finding": _findings(findings(received, of.disputing, lives.seed), lives, span),
    }
    everybody = pl.concat([frame.select("place", "child") for frame in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, everybody, year), **tables})


def _known(code: str, day: str, span: Span) -> pl.Expr:
    """A code as it was known at the end of a span: OPEN where what it tells came later."""
    return pl.when(pl.col(day) <= span[1]).then(code).otherwise(pl.lit(OPEN)).alias(code)


def _then(column: str, day: str, span: Span) -> pl.Expr:
    """A column that came to be known on a day; null where that day is later."""
    return pl.when(pl.col(day) <= span[1]).then(column).alias(column)


def _with_births(frame: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    return frame.hstack(of_children(lives, frame["child"], "birth_date"))


def _mediations(disputes: pl.DataFrame, span: Span) -> pl.DataFrame:
    over = pl.max_horizontal("certificate_date", "agreement_done_date")
    told = disputes.with_columns(over=over).filter(met("contacted_date", "over", *span))
    return told.select(
        *("place", "child", "appealable_decision_code", "decision_date", "contacted_date"),
        by("mediation_date", span[1]),
        by("certificate_date", span[1]),
        _then("agreement_due_date", "certificate_date", span),
        by("agreement_done_date", span[1]),
        _known("mediation_outcome_code", "certificate_date", span),
        age_at_contact=whole_years("contacted_date"),
    ).sort("place", "child", "contacted_date")


def _appeals(appeals: pl.DataFrame, span: Span) -> pl.DataFrame:
    over = pl.max_horizontal("concluded_date", "order_done_date")
    told = appeals.with_columns(over=over).filter(met("registered_date", "over", *span))
    since = ("is_on_paper", "section_i_result_code", "order_due_date", "has_costs_order")
    return told.select(
        *("place", "child", "decision_date", "certificate_date", "registered_date", "is_extended"),
        *(by(day, span[1]) for day in ("hearing_date", "concluded_date", "order_done_date")),
        *(_then(column, "concluded_date", span) for column in since),
        _known("appeal_outcome_code", "concluded_date", span),
        age_at_registration=whole_years("registered_date"),
    ).sort("place", "child", "registered_date")


def _grounds(appeals: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = grounds(appeals).filter(met("registered_date", "concluded_date", *span))
    return (
        _with_births(told, lives)
        .select(
            *APPEAL,
            "appeal_ground_code",
            _known("appeal_outcome_code", "concluded_date", span),
            age_at_registration=whole_years("registered_date"),
        )
        .sort("place", "child", "registered_date", maintain_order=True)
    )


def _recommendations(appeals: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = recommendations(appeals, lives.seed).filter(met("registered_date", "concluded_date", *span))
    answered = pl.coalesce("answer_date", "answer_due_date") <= span[1]
    answer = pl.when(answered).then("answer_code").when(pl.col("recommended_date") <= span[1]).then(pl.lit(OPEN))
    return (
        _with_births(told, lives)
        .select(
            *APPEAL,
            *("service_code", "need_section_code", "provision_section_code"),
            *(by(day, span[1]) for day in ("recommended_date", "answer_date")),
            _then("answer_due_date", "concluded_date", span),
            _known("recommendation_result_code", "concluded_date", span),
            answer_code=answer,
            age_at_registration=whole_years("registered_date"),
        )
        .sort("place", "child", "registered_date", maintain_order=True)
    )


def _judicial_reviews(threatened: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = threatened.filter(met("letter_date", "concluded_date", *span))
    return (
        _with_births(told, lives)
        .select(
            *("place", "child", "review_claim_code", "letter_date"),
            by("issued_date", span[1]),
            by("concluded_date", span[1]),
            _known("review_claim_outcome_code", "concluded_date", span),
            age_at_letter=whole_years("letter_date"),
        )
        .sort("place", "child", "letter_date")
    )


def _cost_claims(claims: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = claims.filter(met("claimed_date", "decided_date", *span))
    return (
        _with_births(told, lives)
        .select(
            *("place", "child", "cost_code", "claimed_date", "claimed_gbp"),
            by("reimbursed_date", span[1]),
            _then("reimbursed_gbp", "reimbursed_date", span),
            _known("cost_outcome_code", "decided_date", span),
            age_at_claim=whole_years("claimed_date"),
        )
        .sort("place", "child", "claimed_date")
    )


def _complaints(received: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    told = received.filter(met("received_date", "answer_date", *span))
    return (
        _with_births(told, lives)
        .select(
            *("place", "child", "complaint_subject_code", "complaint_stage_code", "received_date", "due_date"),
            by("answer_date", span[1]),
            _known("complaint_outcome_code", "answer_date", span),
            age_at_receipt=whole_years("received_date"),
        )
        .sort("place", "child", "received_date")
    )


def _findings(found: pl.DataFrame, lives: Lives, span: Span) -> pl.DataFrame:
    done_then = pl.col("remedy_done_date").is_between(*span).fill_null(value=False)
    told = found.filter(pl.col("decision_date").is_between(*span) | done_then)
    return (
        _with_births(told, lives)
        .select(
            *("place", "child", "complaint_subject_code", "received_date", "decision_date"),
            *("ombudsman_decision_code", "remedy_gbp", "remedy_due_date"),
            by("remedy_done_date", span[1]),
            age_at_receipt=whole_years("received_date"),
        )
        .sort("place", "child", "decision_date")
    )
