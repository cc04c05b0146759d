"""A reform on one date: did the series leave its path, at once (level) and from then on (slope)?

Segmented regression (Wagner et al. 2002, J. Clin. Pharm. Ther. 27:299; Bernal et al. 2017, Int. J. Epidemiol. 46:348).
Neighbouring months are alike, so plain errors are far too small; and so are textbook Newey–West errors on a series of
60 points (with errors that follow each other at 0.4 their intervals cover some 80 %, where plain ones cover 79).
The default therefore takes Newey–West's variance with a wide window and critical values drawn for this very design
under errors that follow each other as the residuals do (fixed bandwidth, after Kiefer & Vogelsang 2005, Econometric
Theory 21:1130). That a second thing changed on the same date no series can tell: a comparison series may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame, Design, Frame, complete_frame, design, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.sandwich.fitting import Working, fit_working
from analysis.models.series import Errors, Serial, serial
from cohort.errors import UsageError

Family = Literal["gaussian", "poisson"]

LEAST = 8
"""Times before and after, below which a slope is not told from a level."""

SHORT = 50
"""Times below which how alike neighbours are is hardly known."""


@dataclass(frozen=True)
class ItsResult:
    """A segmented regression.

    `.coefficients`: term, estimate, se, low, high. `level` is the jump at the first time after the break, `slope` the
    change of the path per time from then on; logs of ratios in a quasi-Poisson model, differences from the comparison
    in a controlled one. `.counterfactual`: time, observed, fitted, without (the path had the break not come). `errors`
    is the kind in force, `follow` how alike neighbouring errors are (first-order autocorrelation), `dispersion` the
    residual variance, or the quasi-Poisson factor.
    """

    coefficients: Frame
    counterfactual: Frame
    family: Family
    errors: Errors
    follow: float
    dispersion: float
    level: float
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def segmented(
    frame: Frame,
    outcome: str,
    time: str,
    start: float,
    family: Family = "gaussian",
    season: int = 0,
    harmonics: int = 1,
    offset: str | None = None,
    control: str | None = None,
    errors: Errors = "hac",
    step_only: bool = False,
    level: float = 0.95,
    seed: int = 25,
) -> ItsResult:
    """Fit a series with a row a time, broken at `start`, the first time after the reform.

    `season` is the number of times in a year (12 for months), met by `harmonics` pairs of waves. `family="poisson"` is
    quasi-Poisson, with `offset` a column of populations. `control` names the outcome of a comparison in the same
    rows: what is fitted is then the difference, which takes with it whatever moved both. `errors`: hac (see the
    module), newey-west and iid (both too narrow; for record). A jump alone is refused unless `step_only` says that
    it was meant before the data were seen: a trend would pass for it.

    Raises UsageError: MODEL-01 to -05 (frame), -06 (arguments), -07, -09, -12 (outcome), -69 (not such a series).
    """
    _refuse_arguments(family, offset, control, errors, season, harmonics, step_only, level)
    complete = complete_frame(frame, [name for name in (outcome, time, offset, control) if name])
    rows = complete.rows.sort(time)
    at = numbers(rows, time)
    _refuse_series(at, start)
    x = _path(at, start, season, harmonics, step_only=step_only)
    y = numbers(rows, outcome) - (numbers(rows, control) if control else 0.0)
    size = _exposure(rows, offset)
    working = fit_working(y / size, x, family, size / size.mean())
    told = serial(working, errors, level, seed)
    return ItsResult(
        coefficients=complete.give_back(_table(x, working, told)),
        counterfactual=complete.give_back(_counterfactual(rows[time], y, x, working, family, size)),
        family=family,
        errors=errors,
        follow=told.follow,
        dispersion=_dispersion(working, size),
        level=level,
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(_said(complete, at, start, errors, step_only=step_only)),
    )


def _refuse_arguments(
    family: Family,
    offset: str | None,
    control: str | None,
    errors: Errors,
    season: int,
    harmonics: int,
    step_only: bool,
    level: float,
) -> None:
    normal_quantile(level)
    wrong = {
        "The family is gaussian or poisson.": family not in ("gaussian", "poisson"),
        "An offset goes with counts.": bool(offset) and family != "poisson",
        "A comparison goes with a gaussian series.": bool(control) and family != "gaussian",
        "errors is hac, newey-west or iid.": errors not in ("hac", "newey-west", "iid"),
        "season is a whole number of times in a year, 0 for none.": not isinstance(season, int) or season < 0,
        "harmonics is a whole number from 1 to half the season.": bool(season) and not 1 <= harmonics <= season / 2,
        "step_only is true or false.": not isinstance(step_only, bool),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.its.segmented.")


def _refuse_series(at: np.ndarray, start: float) -> None:
    before, after = int((at < start).sum()), int((at >= start).sum())
    wrong = {
        "A time stands in more than one row.": len(np.unique(at)) < len(at),
        "Times do not follow one another at one distance.": len(at) > 2 and float(np.ptp(np.diff(at))) > 1e-9,
        f"A break needs {LEAST} times on each side; here are {before} before and {after} after.": min(before, after)
        < LEAST,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-69", sentence, "Give a row a time; number months from one on.")


def _names(season: int, harmonics: int, *, step_only: bool) -> list[str]:
    waves = [f"{wave} {k}" for k in range(1, harmonics + 1) for wave in ("cosine", "sine")] if season else []
    # The fastest sine of an even season is 0 at every whole time.
    waves = waves[:-1] if season and 2 * harmonics == season else waves
    return ["trend", *waves, "level", *([] if step_only else ["slope"])]


def _terms(at: np.ndarray, start: float, season: int, harmonics: int, *, step_only: bool) -> pl.DataFrame:
    first = float(at[at >= start][0])
    after = at >= start
    columns = {"trend": at - at[0]}
    for k in range(1, harmonics + 1) if season else ():
        turn = 2 * np.pi * k * (at - at[0]) / season / (at[1] - at[0])
        columns |= {f"cosine {k}": np.cos(turn), f"sine {k}": np.sin(turn)}
    columns |= {"level": after.astype(float), "slope": after * (at - first)}
    return pl.DataFrame(columns).select(_names(season, harmonics, step_only=step_only))


def _exposure(rows: pl.DataFrame, offset: str | None) -> np.ndarray:
    if offset is None:
        return np.ones(rows.height)
    size = numbers(rows, offset)
    if (size <= 0).any():
        raise UsageError("MODEL-69", f"Populations in {offset} must be above 0.", "Leave out times without one.")
    return size


def _path(at: np.ndarray, start: float, season: int, harmonics: int, *, step_only: bool) -> Design:
    terms = _terms(at, start, season, harmonics, step_only=step_only)
    x = design(terms, terms.columns)
    if x.aliased:
        raise UsageError("MODEL-69", "The season takes terms of the path.", "Give fewer harmonics.")
    return x


def _dispersion(working: Working, size: np.ndarray) -> float:
    # The model weighs by size over its mean; a model without populations has size 1.
    n, p = working.size
    return float(working.residual @ working.residual) / (n - p) * float(size.mean())


def _table(x: Design, working: Working, told: Serial) -> pl.DataFrame:
    estimate = working.coefficients
    limits = {"low": estimate - told.half, "high": estimate + told.half}
    return pl.DataFrame({"term": x.terms, "estimate": estimate, "se": told.se, **limits})


def _counterfactual(
    at: pl.Series, y: np.ndarray, x: Design, working: Working, family: Family, size: np.ndarray
) -> pl.DataFrame:
    broken = np.isin(x.terms, ("level", "slope"))
    without = x.matrix @ np.where(broken, 0.0, working.coefficients)
    whole = x.matrix @ working.coefficients
    if family == "poisson":
        whole, without = size * np.exp(whole), size * np.exp(without)
    return pl.DataFrame({"time": at, "observed": y, "fitted": whole, "without": without})


def _said(complete: CompleteFrame, at: np.ndarray, start: float, errors: Errors, *, step_only: bool) -> Iterator[str]:
    yield from complete.said
    if len(at) < SHORT:
        yield f"The series has {len(at)} times: how alike neighbours are is hardly known, and intervals are rough."
    if errors != "hac":
        yield f"Errors of kind {errors} are too small on a series this short: use hac."
    if step_only:
        yield "A jump alone was asked for: a change of slope would pass for it."
    if int((at >= start).sum()) < len(at) / 4:
        yield "Less than a quarter of the series lies after the break: its slope is hardly known."
    yield "Whatever else changed on that date is in these figures; a change of what is counted cannot be told apart."
