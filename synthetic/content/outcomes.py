"""Section E: outcomes that plans aim at, renewed every third year, and how each stood at every review."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import Floats, Whole, generator
from synthetic.content.planted import Content
from synthetic.parameters import NEEDS

MOST, FEWEST = 6, 3
"""Outcomes of a plan at a time."""
RENEWED = 3
"""Years after which new outcomes take the place of the old."""
ADULTHOOD_AGE = 14
"""Age from which outcomes are about adulthood: year 9 (SEND code of practice 2015, 8.9)."""
AREAS = ("CI", "CL", "SE", "SP", "EM", "IL", "CM", "HE")
FIRST_AREA = {"SLCN": 0, "ASD": 0, "HI": 3, "VI": 3, "MSI": 3, "PD": 3, "SEMH": 2}
"""Type of need → the area of its first outcome; learning for all others."""
LEARNING = 1
MEASURABLE = 0.62
STATUSES = ("A", "G", "S", "N", "C", "NR")
NOT_RECORDED, CHANGED = 0.06, 0.05
STEPS = (-1.1, 0.4, 2.0)
"""Log odds to achieve, to come as far as good progress, to make some at least: where an average share is delivered."""
USUAL = 0.78
"""The share delivered at which the steps hold."""


def number(n: int, seed: int) -> Whole:
    """Outcomes of each plan at a time, FEWEST to MOST."""
    return generator(seed, "outcomes of plans").integers(FEWEST, MOST, n, endpoint=True)


def section_outcomes(told: pl.DataFrame, holders: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The outcomes of the versions told: their columns (position, issued_date among them) and outcome_number,
    outcome_area_code, set_date, target_date, is_measurable."""
    rows = told.hstack(holders.select("start_date", "birth_date", "need")[told["position"].to_numpy()])
    rows = rows.with_columns(generation=_generation("issued_date"))
    many = number(len(holders), seed)[rows["position"].to_numpy()]
    each = rows[np.repeat(np.arange(len(rows)), many)]
    place = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
    lots = generator(seed, "measurable outcomes").random((len(holders), MOST), dtype=np.float32)
    set_date = pl.col("start_date").dt.offset_by(pl.format("{}y", pl.col("generation") * RENEWED))
    return each.select(
        *told.columns,
        outcome_number=pl.col("generation") * MOST + pl.Series(place) + 1,
        outcome_area_code=pl.Series(AREAS).gather(_areas(each, place)),
        set_date=set_date,
        target_date=set_date.dt.offset_by(f"{RENEWED}y"),
        is_measurable=pl.Series(lots[each["position"].to_numpy(), place] < MEASURABLE),
    )


def _generation(day: str) -> pl.Expr:
    """How often the outcomes have been renewed by a day."""
    return (pl.col(day) - pl.col("start_date")).dt.total_days() // (RENEWED * 366)


def _areas(each: pl.DataFrame, place: Whole) -> Whole:
    """The area of each outcome: the need's own first, then the others in turn; those of adulthood from 14 on."""
    own = np.array([FIRST_AREA.get(need, LEARNING) for need in NEEDS])[each["need"].to_numpy()]
    grown = (each["issued_date"] >= each["birth_date"].dt.offset_by(f"{ADULTHOOD_AGE}y")).to_numpy()
    return np.where(grown & (place > 0), 4 + (place - 1) % 4, (own + place) % 4)


def outcome_reviews(
    reviewed: pl.DataFrame, holders: pl.DataFrame, delivers: Floats, planted: Content, seed: int
) -> pl.DataFrame:
    """How the outcomes of reviewed plans stood: the columns of `reviewed` (position, count and review_meeting_date
    among them), outcome_number and outcome_status_code. `delivers`: the share delivered under each row's plan."""
    rows = reviewed.hstack(holders.select("start_date")[reviewed["position"].to_numpy()])
    rows = rows.with_columns(generation=_generation("review_meeting_date"), delivers=pl.Series(delivers))
    many = number(len(holders), seed)[rows["position"].to_numpy()]
    each = rows[np.repeat(np.arange(len(rows)), many)]
    place = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
    status = np.zeros(len(each), dtype=np.int64)
    for count in reviewed["count"].unique(maintain_order=True):
        rng = generator(seed, f"outcomes at review {count}")
        lots = rng.random((len(holders), MOST, 2), dtype=np.float32)
        here = (each["count"] == count).to_numpy()
        lot = lots[each["position"].to_numpy()[here], place[here]]
        status[here] = _status(lot, each["delivers"].to_numpy()[here], planted)
    return each.select(
        *reviewed.columns,
        outcome_number=pl.col("generation") * MOST + pl.Series(place) + 1,
        outcome_status_code=pl.Series(STATUSES).gather(status),
    )


def _status(lot: Floats, delivers: Floats, planted: Content) -> Whole:
    """Index into STATUSES, by two lots for each outcome."""
    shift = planted.progress * (delivers - USUAL)
    reach = 1 / (1 + np.exp(-(np.array(STEPS)[None, :] + shift[:, None])))
    stood = (lot[:, :1] > reach).sum(axis=1)
    other = np.where(lot[:, 1] < NOT_RECORDED, STATUSES.index("NR"), STATUSES.index("C"))
    return np.where(lot[:, 1] < NOT_RECORDED + CHANGED, other, stood)
