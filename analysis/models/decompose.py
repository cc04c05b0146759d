"""What part of a gap between two groups goes with what they bring, and what part with what it counts for.

Kitagawa (1955), Oaxaca (1973) and Blinder (1973). The gap is the mean of group a less the mean of group b.
*Explained* is the part associated with differences in covariates, weighed by reference coefficients; *unexplained*
is the rest, differences in coefficients and in all that was not measured. Neither is an effect: a covariate may
itself come of belonging to the group. `gelbach` shares out how a coefficient moves when covariates are added, in
no order (Gelbach 2016, J. Labor Econ. 34:509).

Errors come from influence functions, with the covariates' own error in them, by cluster where one is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.frame import (
    ALIAS_TOLERANCE,
    CompleteFrame,
    Design,
    Frame,
    complete_frame,
    design,
    grouping,
    numbers,
)
from analysis.models.intervals import FEW_CLUSTERS, normal_quantile, t_quantile
from analysis.models.parts.fits import Figures, Fit, covariance, figures, fitted, jacobian
from analysis.models.parts.kinds import PARTS, Kind, Shape, parts
from cohort.errors import UsageError

Reference = Literal["pooled", "a", "b", "neumark"]
Family = Literal["gaussian", "binomial"]

FAR_OUT = 15.0
"""A fitted logit beyond this stands for an infinite one."""


@dataclass(frozen=True)
class GapResult:
    """A decomposed gap: mean of group `a` less mean of group `b`.

    `.parts` has a row a part: part (gap, then explained and unexplained, or endowments, coefficients and
    interaction), estimate, se, low, high, share (of the gap). `.detail` has a row a part and column: part, column,
    estimate, se, low, high; columns of a part add up to it; empty where not asked for. The unexplained part of a
    number hangs on where its zero lies, and of the intercept with it: only their sum means anything.
    """

    parts: Frame
    detail: Frame
    a: str
    b: str
    n_a: int
    n_b: int
    kind: Kind
    reference: Reference
    family: Family
    n_in: int
    n_used: int
    clusters: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class GelbachResult:
    """How a coefficient moves when covariates are added.

    `.table` has a row a block, then `total` (base less full): block, estimate, se, low, high. `.coefficients` has the
    coefficient of the focus without and with the blocks: model (base, full), estimate, se, low, high.
    """

    table: Frame
    coefficients: Frame
    focus: str
    n_in: int
    n_used: int
    clusters: int | None
    warnings: tuple[str, ...]


def gap(
    frame: Frame,
    outcome: str,
    group: str,
    fixed: Sequence[str],
    kind: Kind = "twofold",
    reference: Reference = "pooled",
    family: Family = "gaussian",
    cluster: str | None = None,
    detail: bool = True,
    quantile: float | None = None,
    level: float = 0.95,
) -> GapResult:
    """Decompose the gap in `outcome` between the two levels of `group`; a is the first of them in order.

    Reference coefficients are those of group a or b, of both together with the group in the model (pooled; Jann
    2008), or of both together without it (neumark; it ascribes part of the group's own gap to the covariates). A
    threefold decomposition is seen from group b and has no reference. `family="binomial"` takes a 0/1 outcome.
    `quantile` decomposes the gap in a quantile by recentred influence functions (Firpo, Fortin & Lemieux 2009,
    Econometrica 77:953); its errors take the density there as known.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -07 (constant outcome), -09 (not 0/1), -12
    (too few rows), -15 (two roles), -77 (not two groups, a term that one group lacks, or separation).
    """
    _refuse_arguments(outcome, group, fixed, kind, reference, family, cluster, quantile)
    z = normal_quantile(level)
    complete = complete_frame(frame, [outcome, group, *fixed, *([cluster] if cluster else [])])
    y, is_a, levels = _outcome_and_groups(complete, outcome, group, family)
    x, shape = _terms(complete.rows, fixed, is_a)
    if quantile is not None:
        y = _recentred(y, is_a, quantile)
    codes = grouping(complete.rows, cluster).codes if cluster else None
    fits = _fits(x, y, is_a, reference, is_logistic=family == "binomial")
    found, influence = figures(x.matrix, is_a, fits, is_logistic=family == "binomial")
    slopes = jacobian(lambda theta: parts(Figures.unflat(theta), shape, kind), found.flat)
    se = np.sqrt(np.diag(slopes @ covariance(influence, codes) @ slopes.T))
    count = None if codes is None else int(codes.max()) + 1
    table = _table(
        shape,
        kind,
        parts(found, shape, kind),
        se,
        z if count is None else t_quantile(level, count - 1),
    )
    overall, shown = _shown(table, detail=detail)
    return GapResult(
        parts=complete.give_back(overall), detail=complete.give_back(shown), a=levels[0], b=levels[1],
        n_a=int(is_a.sum()), n_b=int((~is_a).sum()), kind=kind, reference=reference, family=family,
        n_in=complete.n_in, n_used=complete.n_used, clusters=count, warnings=_warnings(complete, x, count),
    )  # fmt: skip


def gelbach(
    frame: Frame,
    outcome: str,
    focus: str,
    base: Sequence[str],
    added: Mapping[str, Sequence[str]],
    cluster: str | None = None,
    level: float = 0.95,
) -> GelbachResult:
    """Share out how the coefficient of `focus` (a number) moves from `base` to `base` and all blocks of `added`.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -07 (constant outcome), -12 (too few rows,
    or the focus explained by base), -15 (two roles).
    """
    columns = [name for block in added.values() for name in block]
    if isinstance(base, str) or not columns or any(isinstance(block, str) for block in added.values()):
        raise UsageError("MODEL-06", "base is a list of columns, added lists by name of block.", "See gelbach.")
    _refuse_twice([outcome, focus, *base, *columns, *([cluster] if cluster else [])])
    z = normal_quantile(level)
    complete = complete_frame(frame, [outcome, focus, *base, *columns, *([cluster] if cluster else [])])
    numbers(complete.rows, focus)
    y = _varying(complete, outcome)
    x = design(complete.rows, [focus, *base, *columns])
    short = design(complete.rows, [focus, *base])
    if focus in short.aliased or len(y) <= len(x.terms) + 1 or focus not in short.terms:
        raise UsageError("MODEL-12", f"Too few rows, or {focus} does not vary by itself.", "Use fewer covariates.")
    codes = grouping(complete.rows, cluster).codes if cluster else None
    estimate, influence = _moved(short, x, y, _blocks(x, added, len(short.terms)))
    se = np.sqrt(np.diag(covariance(influence, codes)))
    count = None if codes is None else int(codes.max()) + 1
    half = z if count is None else t_quantile(level, count - 1)
    table = _with_limits(
        pl.DataFrame({"block": [*added, "total", "base", "full"], "estimate": estimate, "se": se}), half
    )
    ends = table.tail(2).rename({"block": "model"})
    warnings = _warnings(complete, x, count)
    return GelbachResult(
        complete.give_back(table.head(len(added) + 1)), complete.give_back(ends), focus, complete.n_in,
        complete.n_used, count, warnings,
    )  # fmt: skip


def _refuse_arguments(
    outcome: str,
    group: str,
    fixed: Sequence[str],
    kind: str,
    reference: str,
    family: str,
    cluster: str | None,
    quantile: float | None,
) -> None:
    wrong = {
        "fixed is a list of column names, not one name.": isinstance(fixed, str),
        "There is no covariate to explain a gap.": len(fixed) == 0,
        "The kind is twofold or threefold.": kind not in PARTS,
        "The reference is pooled, a, b or neumark.": reference not in ("pooled", "a", "b", "neumark"),
        "The family is gaussian or binomial.": family not in ("gaussian", "binomial"),
        "A quantile lies between 0 and 1.": quantile is not None and not 0 < quantile < 1,
        "A 0/1 outcome has no quantile to decompose.": quantile is not None and family == "binomial",
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.decompose.gap.")
    _refuse_twice([outcome, group, *fixed, *([cluster] if cluster else [])])


def _refuse_twice(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(twice)}.", "Name each once.")


def _varying(complete: CompleteFrame, outcome: str) -> np.ndarray:
    y = numbers(complete.rows, outcome)
    if y.std() <= ALIAS_TOLERANCE * np.abs(y).max():
        raise UsageError("MODEL-07", f"Outcome {outcome} is the same in every row.", "Ask for another outcome.")
    return y


def _outcome_and_groups(
    complete: CompleteFrame, outcome: str, group: str, family: Family
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    y, parted = _varying(complete, outcome), grouping(complete.rows, group)
    if parted.size != 2:
        raise UsageError(
            "MODEL-77", f"Column {group} has {parted.size} levels among complete rows, not two.", "Compare two groups."
        )
    levels, is_a = [str(one) for one in parted.levels], parted.codes == 0
    kind = complete.rows.schema[group]
    if isinstance(kind, pl.Enum):  # in the order that the type fixes, as everywhere
        order = kind.categories.to_list()
        if order.index(levels[0]) > order.index(levels[1]):
            levels, is_a = levels[::-1], ~is_a
    if family == "binomial":
        if not np.isin(y, (0.0, 1.0)).all():
            raise UsageError("MODEL-09", f"Outcome {outcome} must be 0 or 1 (or boolean).", "Recode it.")
        if y[is_a].std() == 0 or y[~is_a].std() == 0:
            raise UsageError("MODEL-77", f"In one group {outcome} is always the same.", "Use a linear model.")
    return y, is_a, levels


def _terms(rows: pl.DataFrame, fixed: Sequence[str], is_a: np.ndarray) -> tuple[Design, Shape]:
    x = design(rows, fixed)
    p = len(x.terms)
    if min(is_a.sum(), (~is_a).sum()) <= p + 1:
        raise UsageError("MODEL-12", "A group has no more rows than there are terms.", "Use fewer covariates.")
    for inside in (is_a, ~is_a):
        # Standardised over both groups, so that a rank is judged on one scale.
        if np.linalg.matrix_rank(x.standard[inside], tol=1e-7 * np.sqrt(inside.sum())) < p:
            raise UsageError(
                "MODEL-77",
                "In one group some covariate does not vary, or follows from others: groups cannot be compared by it.",
                "Leave that covariate out, or merge its levels.",
            )
    blocks = {name: [i for i, term in enumerate(x.terms) if _column(term, fixed) == name] for name in fixed}
    blocks = {name: places for name, places in blocks.items() if places}
    factors = tuple(name for name in blocks if not (rows.schema[name].is_numeric() or rows.schema[name] == pl.Boolean))
    whole = {name: sum(_column(term, fixed) == name for term in x.all_terms) for name in factors}
    return x, Shape(blocks, tuple(name for name in factors if whole[name] == len(blocks[name])))


def _column(term: str, fixed: Sequence[str]) -> str:
    return term if term in fixed else term.partition("[")[0]


def _fits(x: Design, y: np.ndarray, is_a: np.ndarray, reference: Reference, *, is_logistic: bool) -> dict[str, Fit]:
    every = np.ones(len(y), dtype=bool)
    fits = {g: fitted(x.standard, y, inside, is_logistic=is_logistic) for g, inside in (("a", is_a), ("b", ~is_a))}
    for g, inside in (("a", is_a), ("b", ~is_a)):
        if is_logistic and np.abs(x.standard[inside] @ fits[g].beta).max() > FAR_OUT:
            raise UsageError(
                "MODEL-77", "In one group the outcome can be foretold without error.", "Use fewer covariates."
            )
    if reference in fits:
        fits["reference"] = fits[reference]
    elif reference == "neumark":
        fits["reference"] = fitted(x.standard, y, every, is_logistic=is_logistic)
    else:
        with_group = fitted(np.column_stack([x.standard, is_a]), y, every, is_logistic=is_logistic)
        fits["reference"] = Fit(with_group.beta[:-1], with_group.influence[:, :-1])
    own = x.to_own_units
    return {whose: Fit(own @ fit.beta, fit.influence @ own.T) for whose, fit in fits.items()}


def _recentred(y: np.ndarray, is_a: np.ndarray, quantile: float) -> np.ndarray:
    """Each row's recentred influence on its group's quantile: q + (τ − [y ≤ q])/density of y at q."""
    recentred = np.empty(len(y))
    for inside in (is_a, ~is_a):
        own = y[inside]
        at = float(np.quantile(own, quantile))
        spread = min(own.std(ddof=1), float(np.subtract(*np.quantile(own, [0.75, 0.25]))) / 1.34)
        if spread <= 0:
            raise UsageError("MODEL-77", "In one group half the outcomes are the same.", "Decompose the mean.")
        width = 0.9 * spread * len(own) ** -0.2  # Silverman's rule of thumb
        density = float(stats.norm.pdf((own - at) / width).mean() / width)
        recentred[inside] = at + (quantile - (own <= at)) / density
    return recentred


def _table(shape: Shape, kind: Kind, estimate: np.ndarray, se: np.ndarray, quantile: float) -> pl.DataFrame:
    names = PARTS[kind]
    part = ["gap", *names, *(name for name in names for _ in shape.names)]
    column = [None] * (1 + len(names)) + shape.names * len(names)
    told = {"part": part, "column": pl.Series(column, dtype=pl.String), "estimate": estimate, "se": se}
    return _with_limits(pl.DataFrame(told), quantile)


def _shown(table: pl.DataFrame, *, detail: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Overall parts with their share of the gap, and the columns' parts."""
    overall = table.filter(pl.col("column").is_null()).drop("column")
    size = overall["estimate"][0]
    share = pl.col("estimate") / size if abs(size) > 1e-12 else pl.lit(None, pl.Float64)
    shown = table.filter(pl.col("column").is_not_null()) if detail else table.clear()
    return overall.with_columns(share=share), shown


def _with_limits(table: pl.DataFrame, quantile: float) -> pl.DataFrame:
    half = quantile * pl.col("se")
    return table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)


def _blocks(x: Design, added: Mapping[str, Sequence[str]], first: int) -> list[list[int]]:
    named = [name for block in added.values() for name in block]
    return [[i for i in range(first, len(x.terms)) if _column(x.terms[i], named) in block] for block in added.values()]


def _moved(short: Design, x: Design, y: np.ndarray, blocks: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Blocks' parts, their sum, and the coefficient without and with them, each with its influences (n × k)."""
    every = np.ones(len(y), dtype=bool)
    matrix, shorter = x.standard, short.standard
    full, base = fitted(matrix, y, every, is_logistic=False), fitted(shorter, y, every, is_logistic=False)
    estimate, influence = [], []
    for places in blocks:
        carried = fitted(shorter, matrix[:, places] @ full.beta[places], every, is_logistic=False)
        onto = np.linalg.lstsq(shorter, matrix[:, places], rcond=None)[0][1]
        estimate.append(carried.beta[1])
        influence.append(carried.influence[:, 1] + full.influence[:, places] @ onto)
    estimate += [float(np.sum(estimate)), base.beta[1], full.beta[1]]
    influence += [np.sum(influence, axis=0), base.influence[:, 1], full.influence[:, 1]]
    return np.array(estimate) / x.scale[1], np.column_stack(influence) / x.scale[1]


def _warnings(complete: CompleteFrame, x: Design, clusters: int | None) -> tuple[str, ...]:
    said = {
        f"{complete.n_in - complete.n_used} of {complete.n_in} rows lack a value and were left out.": complete.n_used
        < complete.n_in,
        f"Left out, because other terms explain them wholly: {', '.join(x.aliased)}.": bool(x.aliased),
        f"There are {clusters} clusters only: intervals are too narrow.": clusters is not None
        and clusters < FEW_CLUSTERS,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
