"""Appeals from registration to their end: decided, conceded, withdrawn, struck out; what was ordered.

What a tribunal orders about an assessment shows only as a later request of the same child, so an appeal of that kind
that has one ends in the family's favour before it, and of no other is it said that the order was carried out.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Floats, codes, generator
from synthetic.disputes.course import days
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives

SECTIONS = ("B", "F", "I")
"""Sections that an appeal on content may name."""
ON_PLANS = ("CO", "RM")
"""Decisions whose appeal ends, if it is won, in an amended plan."""
DECIDED, WON = ("AW", "AP", "DI"), ("AW", "AP", "CO")
LOTS = (*(f"names_{section}" for section in SECTIONS), "extend", "decide", "follow", "span", "paper", "do", "cost")
FIVE_WEEKS = 35
DONE = (8, 70)
"""Days from the end of an appeal until its order is carried out."""
HEARD = 14
"""Days from the last hearing to the decision."""
SOONER = 0.7
"""Part of the usual time after which an appeal ends that the tribunal does not decide."""
PAPER_ON_PLANS, PAPER = 0.06, 0.85
"""Share decided without a hearing: of appeals about plans, and about assessing."""
TRIAL = date(2018, 4, 3)
"""From which the tribunal may recommend on health and social care."""


def appeals(lives: Lives, disputes: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    """A row an appeal, drawn to its end, with the columns of `disputes` (from `courses`) and

    B, F, I (sections that are grounds), appeal_outcome_code, concluded_date, hearing_date, is_on_paper,
    section_i_result_code, is_extended, order_due_date, order_done_date, has_costs_order.
    """
    told = _followed(disputes.filter("is_appealed"), lives.episodes)
    n = len(told)
    lots = pl.DataFrame(generator(lives.seed, "appeals").random((n, len(LOTS))), schema=LOTS)
    told = told.hstack(lots).with_columns(
        choice=pl.Series(codes(generator(lives.seed, "choices of placement"), planted.section_i, n)),
        end=pl.Series(codes(generator(lives.seed, "ends of appeals"), planted.ended, n)),
        weeks=pl.Series(_weeks(told["registered_date"], planted)),
    )
    return _ordered(_ended(_named(told, planted), planted), planted)


def _followed(told: pl.DataFrame, episodes: pl.DataFrame) -> pl.DataFrame:
    """`told` with `followed_date`: the next request of the child, where the appeal is about assessing."""
    asked = episodes.filter(pl.col("received_date").is_not_null()).select("child", followed_date="received_date")
    met = (
        told.with_row_index("order")
        .sort("registered_date")
        .join_asof(
            asked.sort("followed_date"),
            left_on="registered_date",
            right_on="followed_date",
            by="child",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    about_plan = pl.col("appealable_decision_code").is_in([*ON_PLANS, "RR"])
    return met.with_columns(followed_date=pl.when(~about_plan).then("followed_date")).sort("order").drop("order")


def _weeks(registered: pl.Series, planted: Disputing) -> Floats:
    """Mean weeks to a decision at the time of each registration."""
    since = np.array(sorted(planted.weeks))
    step = np.searchsorted(since, registered.dt.year().to_numpy(), side="right") - 1
    return np.array([planted.weeks[int(year)] for year in since])[np.maximum(step, 0)]


def _named(told: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    """Which sections an appeal on content names, one at least, and whether it asks for recommendations too."""
    content, alone = pl.col("appealable_decision_code") == "CO", pl.col("on_placement_alone")
    named = {
        section: content & ~alone & (pl.col(f"names_{section}") < share) for section, share in planted.grounds.items()
    }
    none = content & ~alone & ~pl.any_horizontal(*named.values())
    extends = (pl.col("extend") < planted.extended) & (pl.col("registered_date") >= TRIAL)
    return told.with_columns(**named | {"F": named["F"] | none, "I": named["I"] | alone}).with_columns(
        is_extended=content & extends, is_sole=pl.sum_horizontal(*SECTIONS) <= 1
    )


def _ended(told: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    """How and when each appeal ends: at the latest when the plan does, or the child leaves."""
    dismissed = pl.col("decide") < planted.dismissed
    loses = pl.col("I") & (pl.col("choice") == "L") & ~pl.col("is_sole")
    wholly = pl.col("is_sole") | ((pl.col("decide") < planted.dismissed + planted.allowed_wholly) & ~loses)
    decided = pl.when(dismissed).then(pl.lit("DI")).when(wholly).then(pl.lit("AW")).otherwise(pl.lit("AP"))
    by_tribunal = pl.col("end") == "decided"
    favour = pl.when(pl.col("follow") < 0.5).then(pl.lit("AW")).otherwise(pl.lit("CO"))
    part = (0.6 + 0.8 * pl.col("span")) * pl.when(by_tribunal).then(1.0).otherwise(SOONER)
    usual = pl.col("registered_date") + pl.duration(days=(7 * pl.col("weeks") * part).cast(pl.Int64))
    limit = pl.min_horizontal("last_day", "cease_date")
    return told.with_columns(
        concluded_date=pl.max_horizontal(pl.min_horizontal(usual, "followed_date", limit), "registered_date"),
        appeal_outcome_code=pl.when(pl.col("followed_date").is_not_null())
        .then(favour)
        .when((usual > limit).fill_null(value=False))
        .then(pl.lit("WD"))
        .when(by_tribunal)
        .then(decided)
        .otherwise("end"),
    )


def _ordered(told: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    """Hearing, result on placement, and what was ordered."""
    outcome = pl.col("appeal_outcome_code")
    decided, won = outcome.is_in(DECIDED), outcome.is_in(WON)
    about_plan = pl.col("appealable_decision_code").is_in(ON_PLANS)
    paper = pl.col("paper") < pl.when(about_plan).then(PAPER_ON_PLANS).otherwise(PAPER)
    hearing = pl.max_horizontal(pl.col("concluded_date") - pl.duration(days=HEARD), "registered_date")
    after = pl.col("concluded_date") + days(DONE, "do")
    in_time = (after < pl.min_horizontal("last_day", "cease_date")).fill_null(value=True)
    # On placement alone, who is allowed has won the choice.
    yields = pl.col("is_sole") & (pl.col("choice") == "L")
    choice = pl.when(outcome == "DI").then(pl.lit("L")).when(yields).then(pl.lit("A")).otherwise("choice")
    return told.with_columns(
        hearing_date=pl.when(decided & ~paper).then(hearing),
        is_on_paper=pl.when(decided).then(paper),
        section_i_result_code=pl.when(pl.col("I") & (decided | won)).then(choice),
        order_due_date=pl.when(won).then(pl.col("concluded_date") + pl.duration(days=FIVE_WEEKS)),
        order_done_date=pl.when(won & about_plan & in_time).then(after).when(won & ~about_plan).then("followed_date"),
        has_costs_order=decided & (pl.col("cost") < planted.costs_ordered),
    )
