"""Weights for those who stayed, so that they stand for those who left (inverse probability of censoring).

A row is a person, or a person in a period. Each reason of leaving has a hazard of its own against staying; a
multinomial logistic model fits them together, so that the chances of staying and of every way out add up to one.
A weight is the chance of staying given few covariates (`stabilise`, or none) over the chance given all of them,
multiplied over the periods so far (Robins & Finkelstein 2000; Cole & Hernán 2008, Am. J. Epidemiol. 168:656).
It is right where the covariates hold all that leaving and the outcome share: no weight can show that they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from analysis.models.frame import (
    CompleteFrame,
    Design,
    Frame,
    complete_frame,
    design,
    every_row,
    grouping,
    numbers,
)
from analysis.models.incomplete import logits
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

RARE = 0.02
"""A chance of staying below which few stand for many, and one of them can carry a result."""

EVENTS_PER_TERM = 5
"""Leavers a term, below which a hazard's coefficients are hardly known."""

RUNAWAY = 100.0
"""A standard error this many times its coefficient belongs to one without a bound."""

FAR_FROM_ONE = 0.2

MOST_PERIODS = 24
"""Periods that enter as a factor; more enter as a line."""

ROW = "__row"

LEFT = "left"
"""The one way out where no reasons are given."""


@dataclass(frozen=True)
class AttritionWeights:
    """Weights and how they came about.

    `.weights` has a row for each row given, in its order: unit and time where named, stay (the chance of being
    there up to here, given the covariates), weight (stabilised; null for rows that left, that lack a covariate, or
    that follow such a row). `.hazards` has a row a reason and term: reason, term, estimate, se, low, high
    (log odds against staying). `.reasons` counts the ways out: reason, n, is_loss. `ess` is the effective sample
    size (Σw)²/Σw² of the rows that carry a weight (of the last period, where there are several), `n_weighted` their
    number; a mean weight far from 1 speaks against the model.
    """

    weights: Frame
    hazards: Frame
    reasons: Frame
    ess: float
    n_weighted: int
    mean_weight: float
    largest_weight: float
    n_in: int
    n_used: int
    warnings: tuple[str, ...]
    _scores: np.ndarray = field(repr=False)
    _units: np.ndarray = field(repr=False)
    _is_stabilised: bool = field(repr=False)

    def mean(self, outcome: Frame, column: str, level: float = 0.95) -> dict[str, float]:
        """n, estimate, se, low, high: the weighted mean of a column over rows that carry a weight and a value.

        `outcome` is the frame that was given. The error knows that the weights were estimated (Robins, Rotnitzky &
        Zhao 1995, J. Am. Stat. Assoc. 90:106): what the fit of the weights explains of it is taken out. Rows of one
        unit count as one. Raises UsageError MODEL-02, -03 (column) and MODEL-78 where no row carries both, or where
        the weights are stabilised by covariates: then a mean still differs with them, and a model must hold them.
        """
        if self._is_stabilised:
            raise UsageError(
                "MODEL-78",
                "Weights stabilised by covariates make no mean: it would still differ with those covariates.",
                "Leave out stabilise, or fit a model that holds them with these weights.",
            )
        rows, _ = every_row(outcome, [column])
        weight = every_row(self.weights, ["weight"])[0]["weight"].fill_null(0.0).to_numpy()
        if rows.height != len(weight):
            raise UsageError(
                "MODEL-78", "That frame has other rows than the weights.", "Give the frame of the weights."
            )
        values = numbers(rows.with_columns(pl.col(column).cast(pl.Float64, strict=True).fill_null(np.nan)), column)
        weight = np.where(np.isnan(values), 0.0, weight)
        if weight.sum() == 0:
            raise UsageError(
                "MODEL-78", "No row has both a weight and an outcome.", "Name an outcome of those who stayed."
            )
        values = np.nan_to_num(values)
        estimate = float(weight @ values / weight.sum())
        influence = np.bincount(self._units, weight * (values - estimate), len(self._scores)) / weight.sum()
        explained = self._scores @ np.linalg.lstsq(self._scores, influence, rcond=None)[0]
        se = float(np.linalg.norm(influence - explained))
        half = normal_quantile(level) * se
        return {
            "n": float((weight > 0).sum()), "estimate": estimate, "se": se,
            "low": estimate - half, "high": estimate + half,
        }  # fmt: skip


@dataclass(frozen=True)
class _Hazard:
    """A fitted model of leaving: the chance of staying for each row, and each row's scores (n × q)."""

    x: Design
    fitted: logits.Fitted
    stay: np.ndarray
    scores: np.ndarray


def attrition_weights(
    frame: Frame,
    left: str,
    fixed: Sequence[str],
    reason: str | None = None,
    unit: str | None = None,
    time: str | None = None,
    stabilise: Sequence[str] = (),
    not_loss: Sequence[str] = (),
    truncate: float = 0.0,
    level: float = 0.95,
) -> AttritionWeights:
    """Weights from the hazard of `left` (0/1) given `fixed`; a row a person, or a person-period with unit and time.

    `reason` gives each leaver's way out, each with a hazard of its own; ways named in `not_loss` (moved to another
    authority, where the national link holds) count as staying. `stabilise` names the few covariates of the
    numerator: those that the analysis itself holds. Periods enter both models as a factor. `truncate` is the share
    of weights pulled in at each end. Covariates must come before leaving: in a person-period frame, lag them.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -09 (left not 0/1), -15 (two roles), -75
    (nobody or everybody left), -76 (periods that cannot be: two rows of one, or rows after leaving).
    """
    _refuse_arguments(left, fixed, stabilise, reason, unit, time, truncate)
    complete, reasons, n_in = _complete(frame, left, [*fixed, *stabilise], reason, unit, time)
    way, out, table = _ways(complete, left, reasons, set(not_loss))
    units = _periods(complete, way, unit, time)
    eras = [] if time is None else [time]
    rows = _with_factor(complete.rows, time)
    full = _hazard(rows, [*fixed, *eras], way, len(out) + 1)
    few = _hazard(rows, [*stabilise, *eras], way, len(out) + 1)
    ratio, stay = _so_far(few.stay / full.stay, units, complete, time), _so_far(full.stay, units, complete, time)
    weight = np.where(way == 0, ratio, np.nan)
    weight = _truncated(weight, truncate)
    last = np.ones(len(way), dtype=bool) if time is None else _is_last(complete.rows[time])
    counted = weight[last & (way == 0)]
    return AttritionWeights(
        weights=complete.give_back(_laid_out(complete, stay, weight, n_in, unit, time)),
        hazards=complete.give_back(_coefficients(full, out, level)),
        reasons=complete.give_back(table),
        ess=float(counted.sum() ** 2 / (counted**2).sum()) if len(counted) else 0.0,
        n_weighted=len(counted),
        mean_weight=float(counted.mean()) if len(counted) else float("nan"),
        largest_weight=float(counted.max()) if len(counted) else float("nan"),
        n_in=n_in,
        n_used=complete.n_used,
        warnings=_warnings(complete, n_in, full, way, out, counted),
        _scores=_by_unit(full.scores, units),
        _units=_row_units(complete, units, n_in),
        _is_stabilised=bool(stabilise),
    )


def _refuse_arguments(
    left: str,
    fixed: Sequence[str],
    stabilise: Sequence[str],
    reason: str | None,
    unit: str | None,
    time: str | None,
    truncate: float,
) -> None:
    wrong = {
        "fixed and stabilise are lists of column names, not one name.": isinstance(fixed, str)
        or isinstance(stabilise, str),
        "There is no covariate of leaving.": len(fixed) == 0,
        "unit and time go together: a row is a person, or a person in a period.": (unit is None) != (time is None),
        "truncate is the share at each end, from 0 to below 0.5.": not 0 <= truncate < 0.5,
        "stabilise names covariates that are among fixed.": not set(stabilise) <= set(fixed),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See missing.attrition_weights.")
    roles = [name for name in (left, reason, unit, time, *fixed) if name is not None]
    twice = sorted({name for name in roles if roles.count(name) > 1})
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(twice)}.", "Name each once.")


def _complete(
    frame: Frame, left: str, covariates: Sequence[str], reason: str | None, unit: str | None, time: str | None
) -> tuple[CompleteFrame, pl.Series | None, int]:
    named = [name for name in (unit, time) if name is not None]
    every, library = every_row(frame, [left, *covariates, *named, *([reason] if reason else [])])
    if reason and every.schema[reason] not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        raise UsageError("MODEL-03", f"Column {reason} must hold text: the way out.", "Give each way out a name.")
    placed = every.drop(reason) if reason else every
    complete = complete_frame(placed.with_row_index(ROW), [ROW, left, *covariates, *named])
    reasons = every[reason].gather(complete.rows[ROW]) if reason else None
    return replace(complete, library=library), reasons, every.height


def _ways(
    complete: CompleteFrame, left: str, reasons: pl.Series | None, not_loss: set[str]
) -> tuple[np.ndarray, list[str], pl.DataFrame]:
    """Each row's way (0: stayed), the names of ways out 1, 2, …, and the table of reasons."""
    gone = numbers(complete.rows, left)
    if not np.isin(gone, (0.0, 1.0)).all():
        raise UsageError("MODEL-09", f"Column {left} must be 0 or 1 (or boolean).", "Recode it.")
    told = pl.Series([LEFT] * len(gone)) if reasons is None else reasons.cast(pl.String).fill_null("not given")
    leavers = pl.DataFrame({"reason": told, "gone": gone == 1}).filter("gone")
    table = leavers.group_by("reason").agg(n=pl.len()).sort("reason")
    table = table.with_columns(is_loss=~pl.col("reason").is_in(list(not_loss)))
    out = table.filter("is_loss")["reason"].to_list()
    places = {name: place for place, name in enumerate(out, start=1)}
    codes = told.replace_strict(places, default=0, return_dtype=pl.Int64).to_numpy()
    way = np.where(gone == 1, codes, 0)
    if not out or (way > 0).all():
        raise UsageError(
            "MODEL-75",
            f"{'Nobody' if not out else 'Everybody'} was lost: there is nobody to weigh.",
            "Use the rows as they are, or ask for another population.",
        )
    return way, out, table


def _periods(complete: CompleteFrame, way: np.ndarray, unit: str | None, time: str | None) -> np.ndarray:
    """Each row's unit as a code. Refuses periods that cannot be."""
    if unit is None or time is None:
        return np.arange(complete.n_used)
    rows = complete.rows.select(unit, time).with_columns(pl.Series("__way", way))
    ends = rows.group_by(unit).agg(
        twice=pl.col(time).n_unique() < pl.len(),
        after=(pl.col(time) > pl.col(time).filter(pl.col("__way") > 0).min()).any(),
    )
    for name, sentence in {"twice": "has two rows of one period", "after": "has rows after it left"}.items():
        if ends[name].any():
            raise UsageError("MODEL-76", f"Some {unit} {sentence}.", "Give a row a period, up to leaving.")
    return grouping(complete.rows, unit).codes


def _with_factor(rows: pl.DataFrame, time: str | None) -> pl.DataFrame:
    if time is None or rows[time].n_unique() > MOST_PERIODS:
        return rows
    return rows.with_columns(pl.col(time).cast(pl.String))


def _hazard(rows: pl.DataFrame, columns: Sequence[str], way: np.ndarray, ways: int) -> _Hazard:
    x = design(rows, columns)
    if len(way) <= x.standard.shape[1] * (ways - 1) + 1:
        raise UsageError("MODEL-12", "There are no more rows than terms of leaving.", "Use fewer covariates.")
    fitted = logits.unordered(x.standard, way, ways, np.ones(len(way)))
    chance = logits.chances(x.standard, fitted.beta)
    left = (way[:, None] == np.arange(1, ways)) - chance[:, 1:]
    scores = (left[:, :, None] * x.standard[:, None, :]).reshape(len(way), -1)
    return _Hazard(x, fitted, np.maximum(chance[:, 0], logits.SMALLEST), scores)


def _so_far(values: np.ndarray, units: np.ndarray, complete: CompleteFrame, time: str | None) -> np.ndarray:
    if time is None:
        return values
    rows = pl.DataFrame({"unit": units, "value": values, "time": complete.rows[time]}).with_row_index("row")
    return rows.sort("time").with_columns(pl.col("value").cum_prod().over("unit")).sort("row")["value"].to_numpy()


def _truncated(weight: np.ndarray, share: float) -> np.ndarray:
    low, high = np.nanquantile(weight, [share, 1 - share])
    return np.clip(weight, low, high) if share else weight


def _is_last(time: pl.Series) -> np.ndarray:
    return (time == time.max()).to_numpy()


def _laid_out(
    complete: CompleteFrame, stay: np.ndarray, weight: np.ndarray, n_in: int, unit: str | None, time: str | None
) -> pl.DataFrame:
    named = [name for name in (unit, time) if name is not None]
    known = complete.rows.select(ROW, *named).with_columns(pl.Series("stay", stay), pl.Series("weight", weight))
    every = pl.DataFrame({ROW: np.arange(n_in, dtype=np.uint32)})
    table = every.join(known, on=ROW, how="left", maintain_order="left").drop(ROW)
    return table.with_columns(pl.col("weight").fill_nan(None))


def _row_units(complete: CompleteFrame, units: np.ndarray, n_in: int) -> np.ndarray:
    placed = np.zeros(n_in, dtype=int)
    placed[complete.rows[ROW].to_numpy()] = units
    return placed


def _by_unit(scores: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.column_stack([np.bincount(units, column) for column in scores.T])


def _coefficients(hazard: _Hazard, out: Sequence[str], level: float) -> pl.DataFrame:
    own, p, z = hazard.x.to_own_units, len(hazard.x.terms), normal_quantile(level)
    tables = []
    for place, name in enumerate(out):
        block = slice(place * p, (place + 1) * p)
        estimate = own @ hazard.fitted.beta[:, place]
        se = np.sqrt(np.diag(own @ hazard.fitted.covariance[block, block] @ own.T))
        tables.append(
            pl.DataFrame(
                {
                    "reason": [name] * p,
                    "term": hazard.x.terms,
                    "estimate": estimate,
                    "se": se,
                    "low": estimate - z * se,
                    "high": estimate + z * se,
                }
            )
        )
    # A coefficient that has run away stands for infinity: it is known to be large, and no more.
    runaway = pl.col("se") > RUNAWAY * (1 + pl.col("estimate").abs())
    return pl.concat(tables).with_columns(
        pl.when(~runaway).then(pl.col(name)).alias(name) for name in ("estimate", "se", "low", "high")
    )


def _warnings(
    complete: CompleteFrame, n_in: int, full: _Hazard, way: np.ndarray, out: Sequence[str], counted: np.ndarray
) -> tuple[str, ...]:
    terms = len(full.x.terms)
    few = [name for place, name in enumerate(out, start=1) if (way == place).sum() < EVENTS_PER_TERM * terms]
    rare = int((full.stay[way == 0] < RARE).sum())
    said = {
        f"{n_in - complete.n_used} of {n_in} rows lack a covariate and have no weight.": n_in > complete.n_used,
        f"Few left in these ways, so that their hazards are hardly known: {', '.join(few)}.": few,
        f"{rare} rows stayed against a chance of {RARE} or less: they stand for very many.": rare,
        f"Not estimated, because other terms explain them wholly: {', '.join(full.x.aliased)}.": full.x.aliased,
        "The mean weight is far from 1: the model of leaving does not fit.": len(counted) > 0
        and abs(counted.mean() - 1) > FAR_FROM_ONE,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
