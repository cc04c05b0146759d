"""Destinations: where young people were in the two terms after a stage, as the DfE measures them.

Sustained: in education, an apprenticeship or work in each month from October to March; which of them, January says.
Records have gaps, and of some nothing is captured.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.months import States
from synthetic.after_16.states import EMPLOYED, MONTHS_A_YEAR, STUDYING, State
from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.lives import Lives
from synthetic.people import rows_of
from synthetic.tell.stints import at_college, since_year_11, year_end_homes

KS4, AT_16_TO_18 = "KS4", "1618"
TWO_TERMS, JANUARY = slice(1, 7), 4
"""October to March, and the month of them whose state names the destination, counted from September."""
GAP = 0.028
"""Share of those who took part throughout in whose record there is a gap."""
NOT_CAPTURED, LOST_TO_SIGHT = 0.006, 0.13
"""Share of whom nothing is captured: of all, and beside it of those who did not take part throughout."""
CODES: Final = {
    State.SIXTH_FORM: "SF",
    State.FURTHER: "FE",
    State.SPECIALIST: "SP",
    State.TRAINING: "OE",
    State.HIGHER: "HE",
    State.APPRENTICESHIP: "AP",
    State.WORK: "EM",
    State.TEMPORARY: "EM",
}


def destinations(lives: Lives, after_16: AfterSixteen, year: int) -> pl.DataFrame:
    """The table `destination`, by place, child and stage: of who left key stage 4 the year before, and of those who
    studied at 17 and were 18 then."""
    since = since_year_11(after_16, year)
    studied = np.isin(after_16.state[2 * MONTHS_A_YEAR - 1], STUDYING)
    stages = ((KS4, since == 0), (AT_16_TO_18, (since == 2 * MONTHS_A_YEAR) & studied))
    frames = [_of_stage(lives, after_16, stage, np.flatnonzero(of), year) for stage, of in stages]
    return pl.concat(frames).sort("place", "child", "leaving_stage_code")


def _of_stage(lives: Lives, after_16: AfterSixteen, stage: str, row: Whole, year: int) -> pl.DataFrame:
    child = after_16.who["child"].to_numpy()[row]
    since = 0 if stage == KS4 else 2 * MONTHS_A_YEAR
    lot = generator(lives.seed, f"destinations {stage} {year}").random((2, len(row)))
    code = _code(
        after_16.state[since : since + MONTHS_A_YEAR, row],
        lot,
        at_college(after_16, lives.seed)[row],
    )
    school = lives.people["secondary_school"].gather(rows_of(lives.people, child))
    at_school = (after_16.state[max(since - 1, 0), row] == State.SIXTH_FORM) | (stage == KS4)
    urn = pl.DataFrame({"urn": lives.schools["urn"].gather(school), "at_school": at_school})
    return pl.DataFrame(
        {
            "place": year_end_homes(lives, child, year),
            "child": child,
            "leaving_stage_code": pl.repeat(stage, len(row), eager=True),
            "academic_year": pl.repeat(year, len(row), dtype=pl.Int64, eager=True),
            "age_on_31_august": pl.repeat(16 + since // MONTHS_A_YEAR, len(row), dtype=pl.Int64, eager=True),
            "urn": urn.select(pl.when("at_school").then("urn")).to_series(),
            "destination_code": code,
        }
    ).with_columns(is_sustained=_sustained())


def _sustained() -> pl.Expr:
    code = pl.col("destination_code")
    return pl.when(code != "NC").then(code != "NS")


def _code(months: States, lot: Floats, college: Truths) -> pl.Series:
    """Destination of each, from the states of its school year (12, entrants)."""
    sustained = np.isin(months[TWO_TERMS], (*STUDYING, *EMPLOYED)).all(axis=0)
    lost = lot[1] < np.where(sustained, NOT_CAPTURED, LOST_TO_SIGHT)
    january = pl.Series(months[JANUARY]).replace_strict(CODES, default=None, return_dtype=pl.String)
    known = pl.DataFrame({"code": january, "college": college, "fails": ~sustained | (lot[0] < GAP), "lost": lost})
    kept = pl.when((pl.col("code") == "SF") & pl.col("college")).then(pl.lit("SC")).otherwise("code")
    return known.select(pl.when("lost").then(pl.lit("NC")).when("fails").then(pl.lit("NS")).otherwise(kept)).to_series()
