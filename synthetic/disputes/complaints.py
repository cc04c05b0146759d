"""Complaints to authorities, stage by stage, and what the Ombudsman finds of them.

They come of plans issued late and of plans in force, by chance: no return flags them, and nothing follows from them.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import codes, generator
from synthetic.content.holders import of_children, place_on
from synthetic.disputes.course import days
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives
from synthetic.window import FIRST_PLANS

TWENTY_WEEKS = 140
DELAY = "DL"
SUBJECTS = {"RV": 0.22, "PR": 0.34, "AD": 0.06, "OS": 0.12, "TR": 0.12, "CO": 0.10, "OT": 0.04}
"""Of complaints about plans in force; those about plans issued late are about delay."""
ANSWERED = {"U": 0.38, "P": 0.27, "N": 0.31, "W": 0.04}
UNSATISFIED = ("P", "N")
"""Answers after which a complaint goes to the next stage."""
DUE = 28
"""Days in which a complaint is to be answered."""
REMEDY, REMEDY_SD = 1_200, 0.8
"""Median pounds that the Ombudsman recommends, and standard deviation of the logarithm."""
LOTS = ("goes", "waits", "decides", "does")
WAITED, DECIDED, REMEDIED_IN = (10, 120), (60, 330), (10, 70)
"""Days from the last answer to the Ombudsman, from there to the finding, and to the remedy."""
REMEDIED = ("UI",)
"""Findings that carry a payment."""


def complaints(lives: Lives, last_year: int, planted: Disputing) -> pl.DataFrame:
    """A row a stage of a complaint of which the first was received by the end of a calendar year, of children in
    England, in the order of days, so that a later year leaves those before it as they were: place, child,
    complaint_subject_code, complaint_stage_code (1, 2), received_date, due_date, answer_date,
    complaint_outcome_code."""
    received = pl.concat([_of_delay(lives, planted), _of_plans(lives, last_year, planted)])
    received = received.filter(pl.col("received_date") <= date(last_year, 12, 31))
    first = _answered(_in_england(received, lives).sort("received_date", "child"), lives.seed, "1")
    unsatisfied = pl.col("complaint_outcome_code").is_in(UNSATISFIED)
    again = pl.Series(generator(lives.seed, "second stages").random(len(first)) < planted.second_stage)
    second = first.filter(unsatisfied & again).select(
        *("place", "child", "complaint_subject_code"),
        received_date=pl.col("answer_date") + pl.duration(days=DUE // 2),
    )
    return pl.concat([first, _answered(_in_england(second, lives), lives.seed, "2")])


def findings(complaints: pl.DataFrame, planted: Disputing, seed: int) -> pl.DataFrame:
    """A row a finding of the Ombudsman on a complaint that went through both stages: place, child,
    complaint_subject_code, received_date, decision_date, ombudsman_decision_code, remedy_gbp, remedy_due_date,
    remedy_done_date."""
    heard = complaints.filter(pl.col("complaint_stage_code") == "2", pl.col("complaint_outcome_code") != "W")
    n = len(heard)
    lots = pl.DataFrame(generator(seed, "the Ombudsman").random((n, len(LOTS))), schema=LOTS)
    own = generator(seed, "pounds of remedies").standard_normal(n)
    drawn = heard.hstack(lots).with_columns(
        ombudsman_decision_code=pl.Series(codes(generator(seed, "findings"), planted.upheld, n)),
        pounds=pl.Series(np.round(REMEDY * np.exp(REMEDY_SD * own), -1)),
    )
    drawn = drawn.filter(pl.col("goes") < planted.to_ombudsman)
    received = pl.col("answer_date") + days(WAITED, "waits")
    decided = received + days(DECIDED, "decides")
    pays = pl.col("ombudsman_decision_code").is_in(REMEDIED)
    return drawn.select(
        *("place", "child", "complaint_subject_code", "ombudsman_decision_code"),
        received_date=received,
        decision_date=decided,
        remedy_gbp=pl.when(pays).then("pounds"),
        remedy_due_date=pl.when(pays).then(decided + pl.duration(days=DUE)),
        remedy_done_date=pl.when(pays).then(decided + days(REMEDIED_IN, "does")),
    )


def issued_late(lives: Lives) -> pl.DataFrame:
    """Episodes whose plan came more than twenty weeks after the request, with `place`."""
    days = (pl.col("start_date") - pl.col("received_date")).dt.total_days()
    return lives.episodes.filter(days > TWENTY_WEEKS).with_columns(place="authority")


def _of_delay(lives: Lives, planted: Disputing) -> pl.DataFrame:
    late = issued_late(lives)
    rng, n = generator(lives.seed, "complaints of delay"), len(late)
    return late.filter(pl.Series(rng.random(n) < planted.late_complained)).select(
        *("place", "child"),
        complaint_subject_code=pl.lit(DELAY),
        received_date=pl.col("received_date") + pl.duration(days=TWENTY_WEEKS + 20),
    )


def _of_plans(lives: Lives, last_year: int, planted: Disputing) -> pl.DataFrame:
    """Complaints about plans in force on a day of each calendar year."""
    n, frames = len(lives.plans), []
    for year in range(FIRST_PLANS.astype(date).year, last_year + 1):
        rng = generator(lives.seed, f"complaints {year}")
        day = np.datetime64(date(year, 1, 1)) + rng.integers(0, 365, n)
        drawn = lives.plans.with_columns(
            received_date=pl.Series(day), complaint_subject_code=pl.Series(codes(rng, SUBJECTS, n))
        )
        begun = pl.col("start_date") < pl.col("received_date")
        stands = begun & (pl.col("cease_date") > pl.col("received_date")).fill_null(value=True)
        frames.append(drawn.filter(pl.Series(rng.random(n) < planted.plan_complained) & stands))
    told = pl.concat(frames)
    return told.with_columns(place=place_on(told, "received_date", lives)).select(
        "place", "child", "complaint_subject_code", "received_date"
    )


def _answered(told: pl.DataFrame, seed: int, stage: str) -> pl.DataFrame:
    n = len(told)
    spans = 8 + generator(seed, f"days to answers {stage}").exponential(22, n).astype(np.int64)
    answers = codes(generator(seed, f"answers to complaints {stage}"), ANSWERED, n)
    return (
        told.with_columns(span=pl.Series(spans))
        .with_columns(
            complaint_stage_code=pl.lit(stage),
            due_date=pl.col("received_date") + pl.duration(days=DUE),
            answer_date=pl.col("received_date") + pl.duration(days="span"),
            complaint_outcome_code=pl.Series(answers),
        )
        .drop("span")
    )


def _in_england(told: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """Those received before the child left."""
    gone = of_children(lives, told["child"], "exit_date")["exit_date"]
    return told.filter((pl.col("received_date") < gone).fill_null(value=True))
