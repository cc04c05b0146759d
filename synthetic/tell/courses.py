"""Courses after 16 as providers tell of them: further and higher education, apprenticeships, supported internships.

A course is a stint told with days. How it is to end stands from its first day: whoever stays to a September, or to the
end of an apprenticeship, completes it; who leaves within a year withdraws, or goes to another course.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from cohort.schema.codes.activity import WITHDRAWAL_REASON
from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import MONTHS_A_YEAR, STUDYING, State
from synthetic.ages import age_on
from synthetic.chance import NEVER, Days, Floats, Truths, Whole
from synthetic.fakes import FIRST_UKPRN
from synthetic.lives import Lives
from synthetic.provision import COLLEGES
from synthetic.tell.stints import homes, last_day_here, luck_of, month_day, year_end_homes

CONTINUING, COMPLETED, WITHDRAWN, TRANSFERRED = "1", "2", "3", "4"
LEAST_MONTHS: Final = {State.HIGHER: 36, State.SIXTH_FORM: 24, State.APPRENTICESHIP: 15, State.TRAINING: 9}
"""Months for which a course is planned at least."""
FINISHES: Final = {State.APPRENTICESHIP: 0.56, State.TRAINING: 0.70}
"""Share completed of those courses that may end in any month."""
TO_ANOTHER: Final = 0.5
"""Share of those who go on studying after they leave a course who are transferred."""
PASSES, PASSES_SCORE = 2.0, 0.5
"""Log odds that one who completes a course achieves what it leads to, and what one SD of attainment adds."""
ENROLS: Final = 21
"""Days in a month within which a course begins."""
BREAKS_UP, LEAVES = 55, 25
"""Days before September, and before the next stint within a year, within which the last day lies."""
LOTS = 11
"""Uniform draws for a course; the last five are left to its kind."""


STUDY: Final = (
    *("place", "child", "ukprn", "start_date", "age_at_start", "planned_end_date", "end_date"),
    *("aim_status_code", "withdrawal_reason_code"),
)
"""Columns that every course tells, and whose it is."""


def courses(lives: Lives, after_16: AfterSixteen, stints: pl.DataFrame, year: int) -> pl.DataFrame:
    """Stints (rows of `stints_of`) as courses, in their order: the columns of STUDY, those of the stints, score, sen,
    start_year (of the September after year 11), is_completed (as it is to end), and lots (lot_0 …, uniform)."""
    luck = luck_of(after_16, lives.seed, "courses", stints["stint"].to_numpy(), LOTS)
    child, entrant = stints["child"].to_numpy(), stints["entrant"].to_numpy()
    start, last = _days(lives, after_16, stints, luck)
    completed, ended = _completed(stints, luck[2]), stints["has_ended"].to_numpy()
    of = after_16.who.select("birth_date", "score", "sen", "start_year")[entrant]
    return stints.with_columns(
        *of,
        place=pl.Series(year_end_homes(lives, child, year)),
        ukprn=_provider(lives, homes(lives, child, start), luck[3]),
        start_date=pl.Series(start),
        age_at_start=pl.Series(age_on(of["birth_date"].to_numpy(), start)),
        planned_end_date=pl.Series(np.maximum(_planned(after_16, stints, completed), start + ENROLS)),
        end_date=pl.Series(np.where(ended, last, NEVER)),
        is_completed=pl.Series(completed),
        **_status(stints, ended, completed, luck[4:6]),
        **{f"lot_{i}": pl.Series(lot) for i, lot in enumerate(luck[6:])},
    )


def achieved() -> pl.Expr:
    """Whether what a course leads to was achieved; null while it lasts."""
    passes = 1 / (1 + (-PASSES - PASSES_SCORE * pl.col("score")).exp())
    return pl.when("has_ended").then(pl.col("is_completed") & (pl.col("lot_0") < passes))


def _days(lives: Lives, after_16: AfterSixteen, stints: pl.DataFrame, luck: Floats) -> tuple[Days, Days]:
    """First and last day: neither lies after the child left England."""
    entrant, end = stints["entrant"].to_numpy(), stints["end_month"].to_numpy()
    here = last_day_here(lives, stints["child"].to_numpy())
    start = month_day(after_16, entrant, stints["first_month"].to_numpy()) + _spread(luck[0], ENROLS)
    early = np.where(end % MONTHS_A_YEAR == 0, BREAKS_UP, LEAVES)
    last = month_day(after_16, entrant, end) - 1 - _spread(luck[1], early)
    start = np.minimum(start, here)
    return start, np.minimum(np.maximum(last, start), here)


def _spread(luck: Floats, days: Whole | int) -> npt.NDArray[np.timedelta64]:
    return np.floor(luck * days).astype("timedelta64[D]")


def _completed(stints: pl.DataFrame, luck: Floats) -> Truths:
    """Whether each course will have been completed; those that last beyond what is watched will."""
    completed = stints["is_open"].to_numpy() | (stints["end_month"].to_numpy() % MONTHS_A_YEAR == 0)
    for state, share in FINISHES.items():
        completed = np.where((stints["state"] == state).to_numpy(), luck < share, completed)
    return completed


def _provider(lives: Lives, place: Whole, luck: Floats) -> pl.Series:
    register = lives.places["register"].to_numpy()[place]
    return pl.Series(FIRST_UKPRN + register * COLLEGES + np.floor(luck * COLLEGES).astype(np.int64)).cast(pl.String)


def _planned(after_16: AfterSixteen, stints: pl.DataFrame, completed: Truths) -> Days:
    """The day on which a course is to end: of those completed their end, else the end of its last school year."""
    first, end = stints["first_month"].to_numpy().astype(np.int64), stints["end_month"].to_numpy().astype(np.int64)
    least = stints["state"].replace_strict(LEAST_MONTHS, default=1, return_dtype=pl.Int64).to_numpy()
    whole_years = -(-np.maximum(end, first + least) // MONTHS_A_YEAR) * MONTHS_A_YEAR
    month = np.where(completed & ~stints["is_open"].to_numpy(), end, whole_years)
    return month_day(after_16, stints["entrant"].to_numpy(), month) - 1


def _status(stints: pl.DataFrame, ended: Truths, completed: Truths, luck: Floats) -> dict[str, pl.Series]:
    studies_on = stints["next_state"].is_in(STUDYING).fill_null(value=False).to_numpy()
    left = np.where(studies_on & (luck[0] < TO_ANOTHER), TRANSFERRED, WITHDRAWN)
    status = np.where(~ended, CONTINUING, np.where(completed, COMPLETED, left))
    reasons = pl.Series([code.code for code in WITHDRAWAL_REASON.codes])
    reason = reasons.gather(np.floor(luck[1] * len(reasons)).astype(np.int64))
    both = pl.DataFrame({"status": status, "reason": reason})
    given = pl.when(pl.col("status") == WITHDRAWN).then("reason")
    return {"aim_status_code": both["status"], "withdrawal_reason_code": both.select(given).to_series()}
