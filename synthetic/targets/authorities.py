"""How far authorities lie apart: the standard deviation between them of what the other themes hold as means.

The published deviations are over 146 to 153 authorities. `marginals.spread` takes the chance of small numbers away.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.after_16 import IS_NEET, IS_NOT_KNOWN, active
from synthetic.marginals.ehc import TWENTY_WEEKS, requests, timely
from synthetic.marginals.figures import hundred, spread
from synthetic.marginals.school import (
    ALL_TERMS,
    NONE,
    PLAN,
    SUPPORT,
    absence,
    attained,
    leavers,
    of,
    pupils,
    with_status,
)
from synthetic.target import LOOSE, MEMORY, Marginal, Published, Tables, Theme

AUTHORITIES_COUNTED = 150
TOOL = Published("DfE, Local Authority Interactive Tool, values of authorities", AUTHORITIES_COUNTED, LOOSE)
EHC = Published("DfE, Education, health and care plans, reporting year 2025, authorities", AUTHORITIES_COUNTED, LOOSE)
RECALLED = Published(f"{MEMORY}DfE, Pupil absence in schools in England, 2022/23", AUTHORITIES_COUNTED, 2 * LOOSE)
MIDDLE = "between authorities"


def _status(*codes: str) -> Marginal:
    return lambda t: spread(pupils(t, 2025), hundred(with_status(*codes)))


def _active(holds: pl.Expr) -> Marginal:
    """The months of one young person are one observation."""

    def marginal(tables: Tables) -> pl.LazyFrame:
        each = active(tables, 2025).group_by("authority_code", "person_id").agg(share=hundred(holds).mean())
        return spread(each, pl.col("share"))

    return marginal


def _attainment_8(*codes: str) -> Marginal:
    return lambda t: spread(of(attained(t, "attainment_8", 2025), leavers(t, 2025, *codes)), pl.col("result_score"))


def _level_3(*codes: str) -> Marginal:
    return lambda t: spread(
        of(attained(t, "level_3_by_19", 2024), leavers(t, 2021, *codes)), hundred(pl.col("result_score") == 1)
    )


def _missed(tables: Tables) -> pl.LazyFrame:
    return spread(absence(tables, 2023, ALL_TERMS), 100.0 * pl.col("missed") / pl.col("possible"))


AUTHORITIES = Theme(
    "Spread between authorities",
    (
        TOOL.spread("authorities.plan", f"Pupils with a plan, January 2025, {MIDDLE}.", 2025, 0.95, _status(*PLAN)),
        TOOL.spread(
            "authorities.support", f"Pupils with SEN support, January 2025, {MIDDLE}.", 2025, 1.75, _status(*SUPPORT)
        ),
        EHC.spread(
            "authorities.20_weeks",
            f"Plans issued in 2024 within 20 weeks, exceptions left out, {MIDDLE}.",
            2024,
            29.4,
            lambda t: spread(timely(t, 2024), hundred(pl.col("days") <= TWENTY_WEEKS)),
        ),
        TOOL.spread(
            "authorities.refused",
            f"Requests received in 2024 and refused, {MIDDLE}.",
            2024,
            11.96,
            lambda t: spread(requests(t, 2024), hundred(pl.col("outcome_code") == "N")),
        ),
        TOOL.spread(
            "authorities.neet",
            f"Those of 16 and 17 who are NEET, winter to 2025, {MIDDLE}.",
            2025,
            1.59,
            _active(IS_NEET),
        ),
        TOOL.spread(
            "authorities.not_known",
            f"Those of 16 and 17 whose activity is not known, winter to 2025, {MIDDLE}.",
            2025,
            2.36,
            _active(IS_NOT_KNOWN),
        ),
        TOOL.spread(
            "authorities.attainment_8_support",
            f"Attainment 8 of pupils with SEN support, 2024/25, {MIDDLE}.",
            2025,
            4.44,
            _attainment_8(*SUPPORT),
        ),
        TOOL.spread(
            "authorities.attainment_8_none",
            f"Attainment 8 of pupils without SEN, 2024/25, {MIDDLE}.",
            2025,
            4.05,
            _attainment_8(*NONE),
        ),
        TOOL.spread(
            "authorities.level_3_none",
            f"Those without SEN who reached level 3 by 19, 2024, {MIDDLE}.",
            2024,
            8.61,
            _level_3(*NONE),
        ),
        RECALLED.spread("authorities.absence", f"Sessions missed, school year 2022/23, {MIDDLE}.", 2023, 0.65, _missed),
    ),
)
