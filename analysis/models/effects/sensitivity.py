"""E-values: how strong an unmeasured confounder would have to be to explain a ratio away.

VanderWeele & Ding 2017 (Ann. Intern. Med. 167:268).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cohort.errors import UsageError

CHINN = 0.91
"""A standardised difference d is about a risk ratio of exp(0.91·d) (VanderWeele 2017, after Chinn 2000)."""


@dataclass(frozen=True)
class EValue:
    """The risk ratio with which a confounder must go with both treatment and outcome to explain the effect away.

    `point` is for the estimate, `interval` for the end of its interval nearer to no effect: 1 where the interval
    holds 1 already, null where no interval was given.
    """

    ratio: float
    low: float | None
    high: float | None
    point: float
    interval: float | None


def evalue(ratio: float, low: float | None = None, high: float | None = None) -> EValue:
    """E-value of a risk ratio and its interval; 3.9 gives 7.26. Raises UsageError MODEL-57 for impossible ratios."""
    ends = [end for end in (low, high) if end is not None]
    ordered = (low is None or low <= ratio) and (high is None or ratio <= high)
    if not (all(np.isfinite(v) and v > 0 for v in (ratio, *ends)) and ordered):
        raise UsageError(
            "MODEL-57",
            "A risk ratio and its ends are above 0, low ≤ ratio ≤ high.",
            "See ratio_of_smd for differences.",
        )
    near = low if ratio >= 1 else high
    if near is None:
        return EValue(ratio, low, high, _evalue(ratio), None)
    crosses = near <= 1 if ratio >= 1 else near >= 1
    return EValue(ratio, low, high, _evalue(ratio), 1.0 if crosses else _evalue(near))


def _evalue(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return float(away + np.sqrt(away * (away - 1)))


def ratio_of_smd(smd: float, se: float | None = None, level: float = 0.95) -> tuple[float, float | None, float | None]:
    """A standardised mean difference as an approximate risk ratio with its ends: what `evalue` takes."""
    ratio = float(np.exp(CHINN * smd))
    if se is None:
        return ratio, None, None
    half = CHINN * float(stats.norm.ppf(0.5 + level / 2)) * se
    return ratio, float(np.exp(CHINN * smd - half)), float(np.exp(CHINN * smd + half))


def ratio_of_risk_difference(
    difference: float, untreated: float, low: float | None = None, high: float | None = None
) -> tuple[float, float | None, float | None]:
    """A risk difference as a risk ratio at the risk of the untreated, which is taken as known.

    Raises UsageError MODEL-57 where a risk of the treated would not lie between 0 and 1. An end of the interval
    that would is cut there.
    """
    treated = untreated + difference
    if not (0 < untreated < 1 and 0 < treated <= 1):
        raise UsageError(
            "MODEL-57", "Risks lie between 0 and 1.", "Give a difference of risks, and the untreated risk."
        )
    ends = [None if end is None else float(np.clip(untreated + end, 1e-9, 1)) / untreated for end in (low, high)]
    return treated / untreated, ends[0], ends[1]
