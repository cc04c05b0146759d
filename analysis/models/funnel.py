"""Funnel plots: which units stand out from the target by more than chance, and by more than units usually do.

Spiegelhalter 2005 (Stat. Med. 24:1185) for the funnel; Spiegelhalter 2005 (Qual. Saf. Health Care 14:347) for
over-dispersion as an additive random effect; Spiegelhalter et al. 2012 (J. R. Stat. Soc. A 175:1).

On a transformed scale a unit's value y has the sampling error s. Its z = (y - target)/s is pulled in to the
quantile at `trim` on each side (winsorised); φ is the mean of z²; if I·φ > I - 1, the variance between units is
τ² = (I·φ - (I - 1)) / (Σw - Σw²/Σw) with w = 1/s², and the limits are target ± z·√(s² + τ²), taken back to the
scale of the values. Large units make s tiny, so that without τ² nearly every authority would be flagged.

Winsorising keeps true outliers from hiding themselves, at a price: where there are none it takes a third of φ
away with the tails. Of 153 authorities that differ by ordinary normal amounts, limits meant to hold 99.8 % then
hold 98 %. With `consistent` they hold what they promise, and true outliers still do not hide themselves: τ² is then
the one at which z with τ² in it, pulled in likewise, has the mean square of a normal number pulled in there, which is
1 - 2a - 2qφ(q) + 2aq² for the quantile q at a (Paule & Mandel 1982, J. Res. Natl. Bur. Stand. 87:377, without the
tails). `winsorise=False` holds too where there are no outliers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy import optimize, stats

from analysis.models.frame import CompleteFrame, Frame, complete_frame, numbers
from cohort.errors import UsageError

Kind = Literal["proportion", "ratio", "value"]
Transform = Literal["arcsine", "log", "sqrt", "none"]

LIMITS = {"95": stats.norm.ppf(0.975), "998": stats.norm.ppf(0.999)}
"""The two pairs of limits of a funnel: about 2 and about 3 standard deviations."""


@dataclass(frozen=True)
class FunnelResult:
    """A funnel.

    `.units` has a row a unit, in order of name: unit, n (the denominator, expected events, or 1/se²), value, z,
    low95, high95, low998, high998, outlier, z_unadjusted, estimable. An outlier lies outside the 99.8 % limits;
    where these are exact, its count has less than one chance in a thousand on its side: the limits are drawn smooth
    between whole counts, and of small units they cut through counts that are common (3 of 3 where 3 in 4 is usual).
    `z` is against the limits in force: with τ² in it where τ² > 0. Units with nothing to divide by are kept,
    with null value, z and limits, `estimable` false, and counted in `not_estimable`.
    `phi` is the dispersion ratio (1: no more than chance); `tau2` is on the transformed scale, 0 when
    over-dispersion was not asked for or not found, and the limits are then exact.
    """

    units: Frame
    target: float
    phi: float
    tau2: float
    kind: Kind
    transform: Transform
    n_in: int
    n_used: int
    not_estimable: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Scale:
    """A transformed scale: forward, back, and the sampling error of a unit of size n."""

    forward: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]
    error: Callable[[np.ndarray, float], np.ndarray]


SCALES: dict[Transform, _Scale] = {
    "arcsine": _Scale(
        lambda value: np.arcsin(np.sqrt(value)),
        lambda y: np.sin(np.clip(y, 0, np.pi / 2)) ** 2,
        lambda n, _: 1 / (2 * np.sqrt(n)),
    ),
    "log": _Scale(np.log, np.exp, lambda n, target: 1 / np.sqrt(n * target)),
    "sqrt": _Scale(np.sqrt, lambda y: np.clip(y, 0, None) ** 2, lambda n, _: 1 / (2 * np.sqrt(n))),
    "none": _Scale(lambda value: value, lambda y: y, lambda n, _: 1 / np.sqrt(n)),
}


def fit(
    frame: Frame,
    unit: str,
    numerator: str,
    denominator: str | None = None,
    expected: str | None = None,
    kind: Kind | None = None,
    target: float | None = None,
    overdispersion: bool = True,
    trim: float = 0.1,
    winsorise: bool = True,
    consistent: bool = False,
    transform: Transform | None = None,
) -> FunnelResult:
    """A funnel over the units of a frame with a row a unit, or a row a child: rows are added up by unit.

    A proportion is numerator out of denominator (of rows, where no denominator is named); a ratio is numerator
    over `expected`, target 1, or over `denominator`. `kind` follows from `expected` where it is not given; the
    target of all else is the sum of numerators over the sum of denominators. `trim` is the share of z at each
    end that `winsorise` pulls in; without it every z counts as it is. `consistent`: see the module.
    Proportions are compared on the arcsine scale; ratios on the log scale, unless a unit saw no event: log 0
    is no number, and the square root serves then.

    Raises UsageError: MODEL-01 to -05 (frame), MODEL-06 (arguments), MODEL-13 (impossible counts).
    """
    kind = kind or ("ratio" if expected else "proportion")
    size = _size(kind, denominator, expected)
    _check(trim, target, kind, transform)
    complete = complete_frame(frame, [column for column in (unit, numerator, size) if column])
    table = _by_unit(frame, complete, unit, numerator, size)
    _refuse_impossible(table, kind)
    centre = target if target is not None else (1.0 if expected else _overall(table))
    scale = transform or _default_transform(table, kind)
    pulled_in = trim if winsorise else 0.0
    return _over(complete, table, centre, kind, scale, pulled_in, consistent=consistent, overdispersion=overdispersion)


def fit_values(
    frame: Frame,
    unit: str,
    value: str,
    se: str,
    target: float | None = None,
    overdispersion: bool = True,
    trim: float = 0.1,
    winsorise: bool = True,
    consistent: bool = False,
) -> FunnelResult:
    """A funnel of means, ratios or medians that have a standard error, a row a unit; they are compared as they are.

    The target is their mean weighted by 1/se², where none is given. A unit without a value or an error is kept and
    not estimable. Raises UsageError: MODEL-01 to -05 (frame), MODEL-06 (trim), MODEL-13 (an error not above 0, or a
    unit that stands twice).
    """
    _check(trim, None, "value", None)
    complete = complete_frame(frame, [unit, value, se])
    values, errors = numbers(complete.rows, value), numbers(complete.rows, se)
    if np.any(errors <= 0) or complete.rows[unit].is_duplicated().any():
        raise UsageError("MODEL-13", "A unit stands twice or has no error above 0.", "Give a row a unit, with its se.")
    sized = pl.DataFrame({"unit": complete.rows[unit], "events": values / errors**2, "n": 1 / errors**2})
    named = complete_frame(frame, [unit]).rows.select(pl.col(unit).unique().alias("unit")).sort("unit")
    table = named.join(sized, on="unit", how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0.0))
    centre = target if target is not None else _overall(sized)
    pulled_in = trim if winsorise else 0.0
    return _over(
        complete, table, centre, "value", "none", pulled_in, consistent=consistent, overdispersion=overdispersion
    )


def _over(
    complete: CompleteFrame,
    table: pl.DataFrame,
    centre: float,
    kind: Kind,
    transform: Transform,
    trim: float,
    *,
    consistent: bool,
    overdispersion: bool,
) -> FunnelResult:
    """The funnel over units (unit, events, n; n is 0 where there is nothing to compare), in order of name."""
    sized, scale = table.filter(pl.col("n") > 0), SCALES[transform]
    spread = _spread(sized, centre, scale, trim, consistent=consistent)
    tau2 = spread.tau2 if overdispersion else 0.0
    drawn = _draw(sized, centre, spread, tau2, kind, scale)
    units = table.join(drawn, on="unit", how="left", maintain_order="left")
    return FunnelResult(
        units=complete.give_back(_shown(units)),
        target=float(centre),
        phi=spread.phi,
        tau2=tau2,
        kind=kind,
        transform=transform,
        n_in=complete.n_in,
        n_used=complete.n_used,
        not_estimable=table.height - sized.height,
        warnings=_warnings(complete, sized, table),
    )


def _size(kind: Kind, denominator: str | None, expected: str | None) -> str | None:
    one = denominator or expected
    wrong = {
        "Both denominator and expected were given.": bool(denominator and expected),
        "A proportion has a denominator, not expected events.": kind == "proportion" and bool(expected),
        "A ratio needs expected events or a denominator.": kind == "ratio" and one is None,
        "The kind of this funnel is proportion or ratio.": kind not in ("proportion", "ratio"),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.funnel.fit.")
    return one


def _check(trim: float, target: float | None, kind: Kind, transform: Transform | None) -> None:
    if not 0 <= trim < 0.5:
        raise UsageError("MODEL-06", "trim is the share at each end, from 0 to below 0.5.", "Give trim=0.1.")
    if kind == "value":
        return
    if target is not None and not (0 < target < (1 if kind == "proportion" else np.inf)):
        raise UsageError("MODEL-06", f"That target is impossible for a {kind}.", "Leave it out, or correct it.")
    fitting = {"proportion": ("arcsine",), "ratio": ("log", "sqrt")}[kind]
    if transform is not None and transform not in fitting:
        raise UsageError("MODEL-06", f"A {kind} is transformed by {' or '.join(fitting)}.", "Leave it out.")


def _by_unit(frame: Frame, complete: CompleteFrame, unit: str, numerator: str, size: str | None) -> pl.DataFrame:
    """unit, events, n: every unit that is named at all, those without a complete row with n = 0."""
    rows = pl.DataFrame(
        {
            "unit": complete.rows[unit],
            "events": numbers(complete.rows, numerator),
            "n": numbers(complete.rows, size) if size else np.ones(complete.n_used),
        }
    )
    sums = rows.group_by("unit").agg(pl.col("events", "n").sum())
    named = complete_frame(frame, [unit]).rows.select(pl.col(unit).unique().alias("unit"))
    return named.join(sums, on="unit", how="left").with_columns(pl.col("events", "n").fill_null(0.0)).sort("unit")


def _refuse_impossible(table: pl.DataFrame, kind: Kind) -> None:
    if table.select((pl.min_horizontal("events", "n") < 0).any()).item():
        raise UsageError("MODEL-13", "A count is below 0.", "Correct the counts.")
    over = pl.col("events") > pl.col("n") if kind == "proportion" else (pl.col("events") > 0) & (pl.col("n") == 0)
    if table.select(over.any()).item():
        raise UsageError("MODEL-13", "A unit has more events than were counted.", "Give events out of n.")


def _overall(table: pl.DataFrame) -> float:
    events, total = (float(table[column].to_numpy().sum()) for column in ("events", "n"))
    return events / total if total else float("nan")


def _default_transform(table: pl.DataFrame, kind: Kind) -> Transform:
    if kind == "proportion":
        return "arcsine"
    none_seen = table.filter(pl.col("n") > 0).select((pl.col("events") == 0).any()).item()
    return "sqrt" if none_seen else "log"


@dataclass(frozen=True)
class _Spread:
    """Sampling errors and naive z of the estimable units, and what they say of the spread between units."""

    error: np.ndarray
    z: np.ndarray
    phi: float
    tau2: float


def _spread(sized: pl.DataFrame, target: float, scale: _Scale, trim: float, *, consistent: bool) -> _Spread:
    n, value = sized["n"].to_numpy(), (sized["events"] / sized["n"]).to_numpy()
    if len(n) == 0:
        return _Spread(n, n, float("nan"), 0.0)
    if np.all(value == target):  # nobody differs; a target of 0 or 1 would leave no scale to differ on
        return _Spread(np.ones(len(n)), np.zeros(len(n)), 0.0, 0.0)
    error = scale.error(n, target)
    z = (scale.forward(value) - scale.forward(np.array(target))) / error
    phi = _winsorised(z, trim)
    return _Spread(error, z, phi, _consistent(z * error, error, trim) if consistent else between_variance(phi, error))


def _winsorised(z: np.ndarray, trim: float) -> float:
    """The mean square of z, pulled in to its quantile at `trim` on each side."""
    return float(np.mean(np.clip(z, *np.quantile(z, [trim, 1 - trim])) ** 2))


def _consistent(away: np.ndarray, error: np.ndarray, trim: float) -> float:
    """τ² at which the winsorised mean square of units `away` from the target is what normal units leave; 0 if none."""

    def excess(tau2: float) -> float:
        return _winsorised(away / np.sqrt(error**2 + tau2), trim) - _left_by(trim)

    if excess(0.0) <= 0:
        return 0.0
    far = float((away**2).max()) / _left_by(trim)
    return float(optimize.brentq(excess, 0.0, far))  # pyright: ignore[reportArgumentType]


def _left_by(trim: float) -> float:
    """The mean square of a standard normal number that is pulled in to its quantile at `trim` on each side."""
    if trim == 0:
        return 1.0
    q = float(stats.norm.isf(trim))
    return float(1 - 2 * trim - 2 * q * stats.norm.pdf(q) + 2 * trim * q**2)


def between_variance(phi: float, error: np.ndarray) -> float:
    """τ² by the method of moments (DerSimonian & Laird 1986) from φ and the units' sampling errors, ≥ 0."""
    count, weight = len(error), 1 / error**2
    if count < 2 or count * phi <= count - 1:
        return 0.0
    return float((count * phi - (count - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))


def _draw(sized: pl.DataFrame, target: float, spread: _Spread, tau2: float, kind: Kind, scale: _Scale) -> pl.DataFrame:
    total = np.sqrt(spread.error**2 + tau2)
    value = (sized["events"] / sized["n"]).to_numpy()
    drawn = {"value": value, "z": spread.z * spread.error / total, "z_unadjusted": spread.z}
    for name, z in LIMITS.items():
        if tau2 > 0 or kind == "value":
            middle = scale.forward(np.array(target))
            low, high = scale.back(middle - z * total), scale.back(middle + z * total)
        else:
            low, high = exact_limits(sized["n"].to_numpy(), target, float(stats.norm.sf(z)), kind)
        drawn[f"low{name}"], drawn[f"high{name}"] = low, high
    drawn["outlier"] = (value < drawn["low998"]) | (value > drawn["high998"])
    if tau2 == 0 and kind != "value":
        drawn["outlier"] = _unlikely(sized, target, float(stats.norm.sf(LIMITS["998"])), kind)
    return sized.select("unit", *(pl.Series(name, values) for name, values in drawn.items()))


def _chance(n: np.ndarray, target: float, kind: Kind) -> Any:
    return stats.binom(np.rint(n), target) if kind == "proportion" else stats.poisson(n * target)


def _unlikely(sized: pl.DataFrame, target: float, tail: float, kind: Kind) -> np.ndarray:
    """Whether a count as far from the target as this, or farther on its side, has a chance below `tail`."""
    events, chance = sized["events"].to_numpy(), _chance(sized["n"].to_numpy(), target, kind)
    return (chance.cdf(events) < tail) | (chance.sf(np.ceil(events) - 1) < tail)


def exact_limits(n: np.ndarray, target: float, tail: float, kind: Kind) -> tuple[np.ndarray, np.ndarray]:
    """Binomial or Poisson limits of value at `tail` on each side, interpolated between whole counts.

    Spiegelhalter 2005, appendix A.1.1: with r the least count whose distribution function F(r) exceeds p, the
    limit is (r - (F(r) - p)/(F(r) - F(r - 1)))/n, which makes smooth curves of what would be saw teeth.
    """
    chance = _chance(n, target, kind)
    top = 1.0 if kind == "proportion" else np.inf
    limits = []
    for p in (tail, 1 - tail):
        count = chance.ppf(p)
        with np.errstate(divide="ignore", invalid="ignore"):
            back = (chance.cdf(count) - p) / chance.pmf(count)
        limits.append(np.clip((count - np.nan_to_num(back)) / n, 0.0, top))
    return limits[0], limits[1]


def _shown(units: pl.DataFrame) -> pl.DataFrame:
    limits = [f"{end}{name}" for name in LIMITS for end in ("low", "high")]
    return units.select(
        "unit", "n", "value", "z", *limits,
        outlier=pl.col("outlier").fill_null(value=False), z_unadjusted="z_unadjusted", estimable=pl.col("n") > 0,
    )  # fmt: skip


def _warnings(complete: CompleteFrame, sized: pl.DataFrame, table: pl.DataFrame) -> tuple[str, ...]:
    empty = table.height - sized.height
    said = {
        **dict.fromkeys(complete.said, True),
        f"{empty} of {table.height} units have nothing to divide by: no value, no limits.": empty,
        f"Only {sized.height} units can be compared: dispersion says little.": sized.height < 10,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
