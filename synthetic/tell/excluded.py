"""Suspensions and permanent exclusions as a census tells them: reasons, sessions, and what governors made of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.chance import Truths, Whole, chosen, generator, whole
from synthetic.lives import Lives
from synthetic.school_life.life import SchoolYear
from synthetic.school_life.rolls import STATUS
from synthetic.school_life.schooling import Recording
from synthetic.tell.coded import coded

REASONS = {
    "DB": 0.46, "VA": 0.17, "PP": 0.16, "PA": 0.06, "VP": 0.04, "OW": 0.02, "BU": 0.012, "RA": 0.012, "LG": 0.005,
    "DS": 0.002, "SM": 0.01, "DA": 0.03, "DM": 0.02, "TH": 0.008, "MT": 0.012, "PH": 0.003, "OT": 0.18,
}  # fmt: skip
"""Weights of reasons (DfE, *Suspensions and permanent exclusions in England*, about)."""
REFORM = 2021
"""First school year with five new reasons, up to three a time, and no `other`."""
NEW_REASONS, OLD_REASONS = ("OW", "LG", "DS", "MT", "PH"), ("OT",)
SECOND, THIRD = 0.22, 0.05
"""Shares with a second reason, and with a third."""
REVIEWED, UPHELD = 0.06, 0.97
"""Shares of permanent exclusions that an independent panel reviews, and that stand in the end."""


def suspensions(lives: Lives, record: SchoolYear, urns: pl.Series, recording: Recording) -> pl.DataFrame:
    """The suspensions of a year's pupils."""
    rng, n = generator(lives.seed, f"suspensions told {record.year}"), len(record.suspended)
    return _excluded(lives, record.suspended, urns).with_columns(
        **_reasons(rng, record.year, rng.random(n) < recording.reason_missing),
        exclusion_code=coded(record.suspended["is_lunchtime"].to_numpy(), ("SUSP", "LNCH")),
        sessions=record.suspended["sessions"].cast(pl.Int64),
    )


def permanent_exclusions(lives: Lives, record: SchoolYear, urns: pl.Series) -> pl.DataFrame:
    """The permanent exclusions of a year. Governors meet within fifteen school days, a panel after them."""
    rng, day = generator(lives.seed, f"exclusions told {record.year}"), record.excluded["day"].to_numpy()
    n = len(day)
    governors = day + whole(rng, 7, 25, n)
    panel, reviewed = governors + whole(rng, 20, 45, n), rng.random(n) < REVIEWED
    return _excluded(lives, record.excluded, urns).with_columns(
        **_reasons(rng, record.year, np.zeros(n, dtype=np.bool_)),
        governors_date=pl.Series(governors),
        review_panel_date=pl.Series(np.where(reviewed, panel, np.datetime64("NaT", "D"))),
        is_upheld=pl.Series(rng.random(n) < UPHELD),
    )


def _excluded(lives: Lives, events: pl.DataFrame, urns: pl.Series) -> pl.DataFrame:
    births = lives.people["birth_date"].to_numpy()[events["row"].to_numpy()]
    return events.select(
        pl.col("place").cast(pl.Int64),
        "child",
        urn=urns.gather(events["school"]),
        start_date="day",
        age_at_start=pl.Series(age_on(births, events["day"].to_numpy())),
        sen_provision_code=coded(events["status"].to_numpy(), STATUS),
    )


def _reasons(rng: np.random.Generator, year: int, missing: Truths) -> dict[str, pl.Series]:
    """Up to three reasons, all different, of the list of the year."""
    kept = {code: w for code, w in REASONS.items() if code not in (OLD_REASONS if year >= REFORM else NEW_REASONS)}
    n, weights, names = len(missing), list(kept.values()), list(kept)
    first, second, third = (chosen(rng, weights, n) for _ in range(3))
    lot = rng.random(n)
    has_second = (lot < SECOND) & (second != first) & (year >= REFORM)
    has_third = has_second & (lot < THIRD) & (third != first) & (third != second)
    columns: dict[str, tuple[Whole, Truths]] = {
        "reason_1_code": (first, ~missing),
        "reason_2_code": (second, has_second & ~missing),
        "reason_3_code": (third, has_third & ~missing),
    }
    return {name: coded(values, names, known) for name, (values, known) in columns.items()}
