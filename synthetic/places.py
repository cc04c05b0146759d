"""Authorities of an invented England: real numbers and names, invented sizes and ways of working.

A place is an authority as it stands at the end of the window. In earlier years it bears the number of the authority
that stood there then (the greatest part of it, where there were several), so that real reorganisations happen here.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from cohort.errors import UsageError
from cohort.schema.calendar import authorities, authority_changes, in_force
from synthetic.chance import NEVER, Days, Floats, beta, generator
from synthetic.planted import Planted
from synthetic.window import FIRST_TOLD, Window

OUTLIERS = 3
"""Authorities far above the mean in outcomes, and as many far below, where there are enough."""
DEPRIVATION_SD = 0.6
"""Spread of the authorities' deprivation, in SD between children of one authority."""
ADOPTED = (2018, 2020, 2022, None)
"""Years in which a policy may be taken up."""


def places(number: int | None, window: Window, planted: Planted, seed: int) -> pl.DataFrame:
    """A row each, by authority_code; all of them where `number` is None.

    name, region_name · register (place among all authorities ever, which numbers its schools) · size (share of
    children) · deprivation (SD) · timeliness, identifies, threshold (log odds) · refused, appealed, not_known, delivers
    (shares) · quality (SD of outcomes) · adopted_year (null: never).
    Raises UsageError for a number that England has not.
    """
    everyone = _standing(window)
    wanted = len(everyone) if number is None else number
    if not 1 <= wanted <= len(everyone):
        raise UsageError(
            "WORLD-02", f"England has no {wanted} authorities.", f"Ask for 1 to {len(everyone)}, or for all."
        )
    rng = generator(seed, "places")
    picked = _spread(everyone, wanted, rng, _reorganised() if planted.with_reorganised else frozenset())
    sizes = rng.lognormal(0.0, planted.size_sd, wanted)
    picked = picked.with_columns(
        size=pl.Series(sizes / sizes.sum()),
        timeliness=pl.Series(rng.normal(0.0, planted.in_time_authority_sd, wanted)),
        refused=pl.Series(_levelled(beta(rng, planted.refused, planted.refused_sd, wanted), sizes, planted.refused)),
        appealed=pl.Series(
            _levelled(beta(rng, planted.appealed, planted.appealed_sd, wanted), sizes, planted.appealed)
        ),
    )
    return picked.with_columns(**_ways(generator(seed, "ways of places"), picked, planted))


def _ways(rng: np.random.Generator, picked: pl.DataFrame, planted: Planted) -> dict[str, pl.Series]:
    """How each authority identifies, decides, delivers and follows up; and what its quality adds to outcomes."""
    n, life = len(picked), planted.childhood
    adopted = pl.Series([ADOPTED[i] for i in rng.integers(0, len(ADOPTED), n)], dtype=pl.Int64)
    sizes = picked["size"].to_numpy()
    spreads = (DEPRIVATION_SD, life.identification.authority_sd, life.asking.authority_sd)
    deprivation, finding, asking = (_centred(rng.normal(0.0, sd, n), sizes) for sd in spreads)
    return {
        "deprivation": pl.Series(deprivation),
        "identifies": pl.Series(finding + life.identification.around * deprivation),
        "threshold": pl.Series(asking + life.asking.around * deprivation),
        "quality": pl.Series(_quality(rng, n, planted)),
        "not_known": pl.Series(np.minimum(_levelled(rng.gamma(0.7, 1.0, n), sizes, planted.not_known), 0.19)),
        "delivers": pl.Series(beta(rng, planted.delivers, planted.delivers_sd, n)),
        "adopted_year": adopted,
    }


def _centred(values: Floats, sizes: Floats) -> Floats:
    """The values about their mean by size, so that no seed makes an England where more is found or asked for."""
    return values - np.average(values, weights=sizes)


def _levelled(shares: Floats, sizes: Floats, mean: float) -> Floats:
    """The shares as multiples of their mean by size, so that all of England has the planted one."""
    return np.minimum(shares * mean / np.average(shares, weights=sizes), 1.0)


def _quality(rng: np.random.Generator, n: int, planted: Planted) -> Floats:
    quality = rng.normal(0.0, planted.childhood.outcomes.authority_sd, n)
    if n >= 4 * OUTLIERS:
        far = rng.permutation(n)[: 2 * OUTLIERS]
        quality[far] = np.repeat([planted.childhood.outcomes.outlier, -planted.childhood.outcomes.outlier], OUTLIERS)
    return quality


def _standing(window: Window) -> pl.DataFrame:
    """The authorities in force on the last census day."""
    standing = list(in_force(window.census_days[-1].astype(date)).values())
    register = {code: i for i, code in enumerate(sorted({a.authority_code for a in authorities()}))}
    return pl.DataFrame(
        {
            "authority_code": [a.authority_code for a in standing],
            "name": [a.name for a in standing],
            "region_name": [a.region_name for a in standing],
            "register": [register[a.authority_code] for a in standing],
        }
    ).sort("authority_code")


def _spread(everyone: pl.DataFrame, wanted: int, rng: np.random.Generator, first: frozenset[str]) -> pl.DataFrame:
    """`wanted` authorities: those of `first`, then taken from the regions in turn."""
    turn = pl.col("lot").rank("ordinal").over("region_name")
    drawn = everyone.with_columns(lot=pl.Series(rng.random(len(everyone)))).with_columns(turn=turn)
    drawn = drawn.with_columns(turn=pl.when(pl.col("authority_code").is_in(sorted(first))).then(0).otherwise("turn"))
    return drawn.sort("turn", "lot").head(wanted).drop("lot", "turn").sort("authority_code")


def _reorganised() -> frozenset[str]:
    return frozenset(change.to_code for change in authority_changes() if change.change_date.year >= FIRST_TOLD)


def reorganised_on(places: pl.DataFrame) -> Days:
    """The day on which each place last came to be by a reorganisation; NaT where it did not since 2015."""
    last = {c.to_code: c.change_date for c in authority_changes() if c.change_date.year >= FIRST_TOLD}
    return np.array([last.get(code, NEVER) for code in places["authority_code"]], dtype="datetime64[D]")


def codes_on(places: pl.DataFrame, day: date) -> pl.Series:
    """The DfE number that each place bore on a day: its own, or that of whom it took over from."""
    return pl.Series("authority_code", [_code_on(code, day) for code in places["authority_code"]])


def _code_on(code: str, day: date) -> str:
    before = [c for c in authority_changes() if c.to_code == code and c.change_date > day]
    if not before:
        return code
    last = max(c.change_date for c in before)
    heir = max((c for c in before if c.change_date == last), key=lambda c: c.share_back or 0)
    return heir.from_code if heir.from_code == code else _code_on(heir.from_code, day)
