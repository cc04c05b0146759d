"""Authorities of an invented England: real numbers and names, invented sizes and ways of working."""

from __future__ import annotations

import numpy as np
import polars as pl

from cohort.errors import UsageError
from cohort.schema.calendar import authorities, in_force
from synthetic.chance import beta, generator
from synthetic.planted import Planted
from synthetic.window import Window


def places(number: int | None, window: Window, planted: Planted, seed: int) -> pl.DataFrame:
    """A row each, by authority_code; all of them where `number` is None.

    name, region_name · size (share of children) · timeliness (log odds) · refused, appealed (shares) ·
    register (place among all authorities ever, which numbers its schools). Raises UsageError for a number that
    England has not.
    """
    everyone = _standing(window)
    wanted = len(everyone) if number is None else number
    if not 1 <= wanted <= len(everyone):
        raise UsageError(
            "WORLD-02", f"England has no {wanted} authorities.", f"Ask for 1 to {len(everyone)}, or for all."
        )
    rng = generator(seed, "places")
    picked = _spread(everyone, wanted, rng)
    sizes = rng.lognormal(0.0, planted.size_sd, wanted)
    return picked.with_columns(
        size=pl.Series(sizes / sizes.sum()),
        timeliness=pl.Series(rng.normal(0.0, planted.in_time_authority_sd, wanted)),
        refused=pl.Series(beta(rng, planted.refused, planted.refused_sd, wanted)),
        appealed=pl.Series(beta(rng, planted.appealed, planted.appealed_sd, wanted)),
    )


def _standing(window: Window) -> pl.DataFrame:
    """The authorities in force on every census day of the window."""
    days = window.census_days.tolist()
    standing = [a for code, a in in_force(days[0]).items() if all(code in in_force(d) for d in days[1:])]
    register = {code: i for i, code in enumerate(sorted({a.authority_code for a in authorities()}))}
    return pl.DataFrame(
        {
            "authority_code": [a.authority_code for a in standing],
            "name": [a.name for a in standing],
            "region_name": [a.region_name for a in standing],
            "register": [register[a.authority_code] for a in standing],
        }
    ).sort("authority_code")


def _spread(everyone: pl.DataFrame, wanted: int, rng: np.random.Generator) -> pl.DataFrame:
    """`wanted` authorities, taken from the regions in turn."""
    turn = pl.col("lot").rank("ordinal").over("region_name")
    drawn = everyone.with_columns(lot=pl.Series(rng.random(len(everyone)))).with_columns(turn=turn)
    return drawn.sort("turn", "lot").head(wanted).drop("lot", "turn").sort("authority_code")
