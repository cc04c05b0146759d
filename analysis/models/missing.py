"""Missing values and people who left: fill gaps many times, weigh those who stayed, bound what nobody knows.

* `impute` fills gaps by chained equations, m times, with the parameters drawn too; `Imputed.pool` and `pool` put the
  answers together (Rubin 1987). Complete cases alone are right only where gaps have nothing to do with what is seen.
* `tipping_point` asks how far values that were never seen would have to lie from their like before a finding changes.
* `attrition_weights` lets those who stayed stand for those who left (Robins & Finkelstein 2000, Biometrics 56:779).
* `bounds` says what a share can be at most and at least where some outcomes are not known (Manski 1990).
* `gaps` maps where values are missing.

A value that nobody could have (a year without tests) is refused, never imputed: see `impute`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.models.frame import Frame, Library, every_row, give_back, library_of
from analysis.models.incomplete import planning
from analysis.models.incomplete.attrition import AttritionWeights, attrition_weights
from analysis.models.incomplete.chain import Plan, run
from analysis.models.incomplete.columns import Way
from analysis.models.incomplete.rubin import Pooled, pool
from analysis.models.incomplete.unknown import GapMap, bounds, gaps
from cohort.errors import UsageError

__all__ = [
    "AttritionWeights", "GapMap", "Imputed", "Pooled", "Sensitivity", "Way", "attrition_weights", "bounds", "gaps",
    "impute", "pool", "tipping_point",
]  # fmt: skip

UNMIXED = 1.2
"""Potential scale reduction (Gelman & Rubin 1992) above which chains have not come together."""


LIMITS = ("term", "estimate", "se", "low", "high")


class _Answer(NamedTuple):
    """What a fit of one completed frame says."""

    terms: list[str]
    estimates: np.ndarray
    ses: np.ndarray


@dataclass(frozen=True)
class Imputed:
    """m completed frames, and how they came about.

    `.frames` are the frame that was given with gaps filled, and passive terms worked out. `.missing` has a row a
    column: column, method (null: nothing missing), missing, share. `.trace` has, for each drawn column, iteration
    and chain, the mean and SD of the drawn values (of codes, for categories): chains should mingle and not drift.
    """

    frames: tuple[Frame, ...]
    missing: Frame
    trace: Frame
    m: int
    iterations: int
    seed: int
    n_in: int
    n_used: int
    warnings: tuple[str, ...]
    _library: Library = field(repr=False)

    def pool(self, fit: Callable[[Frame], Any], df: float | None = None, level: float = 0.95) -> Pooled:
        """Run `fit` on every completed frame and pool. It gives a table of term, estimate, se, or a result with one.

        A result is looked at for `.coefficients`. `df`: the degrees of freedom that complete data would leave.
        Raises UsageError MODEL-70 where fits give no such table, or not the same terms every time.
        """
        answers = [_told(fit(frame)) for frame in self.frames]
        terms = answers[0].terms
        if any(answer.terms != terms for answer in answers):
            raise UsageError("MODEL-70", "Fits of completed frames have different terms.", "Merge rare levels first.")
        estimates, ses = [a.estimates for a in answers], [a.ses for a in answers]
        pooled = pool(estimates, ses, df, terms, level)
        table = give_back(pooled.table, self._library)
        return Pooled(table, pooled.m, level, pooled.imputations_needed, pooled.warnings)


@dataclass(frozen=True)
class Sensitivity:
    """What a finding would be if values that were never seen lay `delta` beside their like.

    `.table` has a row a delta: delta, estimate, se, low, high, is_found (the interval leaves out `null`).
    `.tipping` are the deltas of the grid nearest to 0 on each side at which the verdict is another than at 0;
    none where the finding holds over the whole grid.
    """

    table: Frame
    tipping: tuple[float, ...]
    column: str
    term: str
    null: float
    warnings: tuple[str, ...]


def impute(
    frame: Frame,
    columns: Sequence[str] | None = None,
    m: int = 20,
    iterations: int = 10,
    methods: Mapping[str, str] | None = None,
    groups: str | None = None,
    seed: int = 25,
    passive: Mapping[str, pl.Expr] | None = None,
    delta: Mapping[str, float] | None = None,
    eras: str | None = None,
) -> Imputed:
    """Fill the gaps of `columns` (all but `groups` and `eras`, where none are named) m times.

    Name the outcome and all that the analysis uses among `columns`: a model that leaves the outcome out draws
    values that have nothing to do with it. Numbers are drawn from a normal model, 0/1 and two levels from a
    logistic one, ordered categories (a category type with an order) from proportional odds, text from a
    multinomial one; `methods` names `normal`, `pmm`, `logistic`, `ordinal` or `multinomial` for a column instead.
    `passive` terms are polars expressions of columns, worked out anew and never drawn. `groups`: a cluster column.
    `delta` is added to a column's drawn values (to the log-odds, for 0/1): values missing not at random.

    `eras` names the column of the year. Values missing in all rows of a year, or of a category among `columns`,
    are missing by design and are refused.

    Raises UsageError: MODEL-01 to -03, -05, -14 (frame), -06 (arguments), -71 (a method that does not fit), -72
    (nothing to draw from, or no gap), -73 (missing by design), -74 (a passive term), -15 (two roles).
    """
    plan, rows, library = planning.plan(
        frame, columns, iterations, methods or {}, groups, passive or {}, delta or {}, eras
    )
    if not isinstance(m, int) or m < 2:
        raise UsageError("MODEL-06", "m is a whole number, 2 at least.", "Give m=20.")
    streams = np.random.SeedSequence(seed).spawn(m)
    chains = [run(plan, np.random.default_rng(stream)) for stream in streams]
    trace = np.array([told for _, told in chains])
    return Imputed(
        frames=tuple(_completed(frame, library, plan, values) for values, _ in chains),
        missing=give_back(_missing(plan), library),
        trace=give_back(_traced(plan, trace), library),
        m=m,
        iterations=plan.turns,
        seed=seed,
        n_in=rows.height,
        n_used=rows.height,
        warnings=_warnings(plan, trace),
        _library=library,
    )


def tipping_point(
    frame: Frame,
    column: str,
    deltas: Sequence[float],
    fit: Callable[[Frame], Any],
    term: str,
    null: float = 0.0,
    level: float = 0.95,
    **choices: Any,
) -> Sensitivity:
    """Impute and pool at each delta of a grid, with the same draws; `choices` are those of `impute`.

    Raises UsageError MODEL-06 for an empty grid or a term that the fit does not give, and what `impute` raises.
    """
    if len(deltas) == 0:
        raise UsageError("MODEL-06", "The grid of deltas is empty.", "Give deltas=[-0.5, 0, 0.5], say.")
    grid = sorted({0.0, *map(float, deltas)})
    library = library_of(frame)
    rows, warnings = [], {}
    for delta in grid:
        imputed = impute(frame, **{**choices, "delta": {**choices.get("delta", {}), column: delta}})
        pooled = imputed.pool(fit, level=level)
        found = every_row(pooled.table, LIMITS)[0].filter(pl.col("term") == term)
        if found.height != 1:
            raise UsageError("MODEL-06", "The fit gives no such term, or more than one.", "Name a term of its table.")
        rows.append(found.select(pl.lit(delta).alias("delta"), "estimate", "se", "low", "high"))
        warnings |= dict.fromkeys((*imputed.warnings, *pooled.warnings))
    table = pl.concat(rows).with_columns(is_found=(pl.col("low") > null) | (pl.col("high") < null))
    return Sensitivity(give_back(table, library), _tipping(table), column, term, null, tuple(warnings))


def _tipping(table: pl.DataFrame) -> tuple[float, ...]:
    here = table.filter(pl.col("delta") == 0)["is_found"].item()
    other = table.filter(pl.col("is_found").ne_missing(here))["delta"]
    below, above = other.filter(other < 0), other.filter(other > 0)
    return tuple(float(v) for v in (below.max(), above.min()) if isinstance(v, float))


def _completed(frame: Frame, library: Library, plan: Plan, values: Mapping[str, np.ndarray]) -> Frame:
    filled = [one.back(values[one.name]) for one in plan.drawn]
    filled += [pl.Series(one.name, values[one.name]).fill_nan(None) for one in plan.passive]
    if library is Library.POLARS:
        done = {one.name: one for one in filled}
        return pl.DataFrame([done.pop(one.name, one) for one in frame.get_columns()] + list(done.values()))
    if library is Library.PANDAS:
        return frame.assign(**{one.name: one.to_pandas().set_axis(frame.index) for one in filled})
    for one in filled:
        place = frame.column_names.index(one.name) if one.name in frame.column_names else None
        frame = frame.append_column(one.name, one.to_arrow()) if place is None else frame.set_column(
            place, one.name, one.to_arrow()
        )  # fmt: skip
    return frame


def _missing(plan: Plan) -> pl.DataFrame:
    counts = [int((~one.known).sum()) for one in plan.columns]
    return pl.DataFrame(
        {
            "column": [one.name for one in plan.columns],
            "method": [None if one.way is None else one.way.value for one in plan.columns],
            "missing": counts,
            "share": [count / len(plan.columns[0].values) for count in counts],
        }
    )


def _traced(plan: Plan, trace: np.ndarray) -> pl.DataFrame:
    chains, turns, columns, _ = trace.shape
    place = np.indices((chains, turns, columns)).reshape(3, -1)
    names = np.array([one.name for one in plan.drawn])
    return pl.DataFrame(
        {
            "column": names[place[2]],
            "iteration": place[1] + 1,
            "chain": place[0] + 1,
            "mean": trace[..., 0].ravel(),
            "sd": trace[..., 1].ravel(),
        }
    )


def _warnings(plan: Plan, trace: np.ndarray) -> tuple[str, ...]:
    late = trace[:, plan.turns // 2 :, :, 0]
    apart = []
    if late.shape[1] > 1:
        within, between = late.var(axis=1, ddof=1).mean(axis=0), late.mean(axis=1).var(axis=0, ddof=1)
        reduction = np.sqrt((late.shape[1] - 1) / late.shape[1] + between / np.maximum(within, 1e-300))
        apart = [one.name for one, r in zip(plan.drawn, reduction, strict=True) if r > UNMIXED]
    mostly = [one.name for one in plan.drawn if one.known.mean() < 0.5]
    said = {
        f"Chains have not come together in {', '.join(apart)}: take more iterations and look at the trace.": apart,
        f"More than half the values are missing in {', '.join(mostly)}: results rest on the model.": mostly,
        "Values were drawn as if missing not at random: see delta.": any(plan.delta.values()),
    }
    return tuple(sentence for sentence, holds in said.items() if holds)


def _told(given: Any) -> _Answer:
    """The terms, estimates and errors of a fit. Plain lists: this is done for every completed frame."""
    table = getattr(given, "coefficients", given)
    try:
        library_of(table)
        terms, estimates, ses = (_values(table[name]) for name in ("term", "estimate", "se"))
        return _Answer([str(term) for term in terms], np.array(estimates, dtype=float), np.array(ses, dtype=float))
    except (UsageError, KeyError, TypeError, ValueError, pl.exceptions.PolarsError):
        raise UsageError(
            "MODEL-70", "The fit gives no table of term, estimate and se.", "Return such a table, or a result with one."
        ) from None


def _values(column: Any) -> list[Any]:
    return column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
