"""Multilevel models: how much children differ by school and authority, and what is left of each after shrinkage.

Linear models take any number of nested or crossed random intercepts and correlated slopes (Bates et al. 2015,
J. Stat. Softw. 67(1)), and levels to which a row belongs by shares; they read the rows once, so a nation fits in about
a second. Logistic models take one grouping, by adaptive Gauss–Hermite quadrature. Variances carry profile-likelihood
intervals, effects comparative errors, ranks intervals from 4,000 posterior draws. A rank without its interval should
not be shown: with 150 authorities a 95 % interval is often 70 places wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.frame import (
    INTERCEPT,
    CompleteFrame,
    Design,
    Frame,
    Grouping,
    Library,
    complete_frame,
    give_back,
    grouping,
)
from analysis.models.intervals import normal_quantile
from analysis.models.mixed import build
from analysis.models.mixed.binomial import LogisticFit, median_odds_ratio
from analysis.models.mixed.build import Family
from analysis.models.mixed.draws import ranks
from analysis.models.mixed.gaussian import LinearFit, Method
from analysis.models.mixed.membership import members
from cohort.errors import UsageError

FEW_GROUPS = 20
"""Below this a variance between groups is hardly known and normal intervals are too narrow (Stegmueller 2013)."""


@dataclass(frozen=True)
class RandomPart:
    """A grouping in a fitted model: its place among the solver's terms, its levels, and what varies over them."""

    place: int
    levels: pl.Series
    terms: tuple[str, ...]


@dataclass(frozen=True)
class MultilevelResult:
    """A fitted multilevel model. Tables are frames of the kind that was given.

    `criterion` is −2 log-likelihood, or the REML criterion, comparable with lme4's; `log_likelihood` is minus
    half of it. `n_in` and `n_used` count rows before and after incomplete ones were left out, `dropped` in which
    columns they were incomplete. `groups` gives the number of levels of each grouping. `converged` is true only
    where the gradient is gone, the curvature is upwards and two starts agree. `warnings` are sentences for the
    reader. Intervals of variances and effects are worked out when asked for.
    """

    family: Family
    method: Method
    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    groups: Mapping[str, int]
    warnings: tuple[str, ...]
    _fit: LinearFit | LogisticFit = field(repr=False)
    _library: Library = field(repr=False)
    _asked: tuple[str, ...] = field(repr=False)
    _estimated: tuple[str, ...] = field(repr=False)
    _random: Mapping[str, RandomPart] = field(repr=False)

    @property
    def criterion(self) -> float:
        """−2 log-likelihood, or the REML criterion."""
        return float(self._fit.criterion)

    @property
    def log_likelihood(self) -> float:
        """Minus half the criterion."""
        return -self.criterion / 2

    @property
    def converged(self) -> bool:
        """Whether the criterion's minimum was reached."""
        return self._fit.converged

    @cached_property
    def coefficients(self) -> Frame:
        """term, estimate, se, low, high: the fixed part; null where a term could not be estimated."""
        estimate, covariance = self._fit.coefficients
        known = pl.DataFrame({"term": self._estimated, "estimate": estimate, "se": np.sqrt(np.diag(covariance))})
        table = pl.DataFrame({"term": self._asked}).join(known, on="term", how="left", maintain_order="left")
        return self._give_back(self._with_limits(table))

    @cached_property
    def variances(self) -> Frame:
        """group, term, variance, low, high, share: random parts with profile-likelihood intervals.

        The residual is the group `residual`; in a logistic model it is the latent π²/3, which has no interval.
        `share` is the variance partition coefficient: of intercept variances and residual; a slope has none.
        """
        parts = self._fit.variances(normal_quantile(self.level))
        names = [self._random[p.group].terms[p.term] if p.group in self._random else "residual" for p in parts]
        table = pl.DataFrame(
            {
                "group": [p.group for p in parts],
                "term": names,
                "variance": [p.variance for p in parts],
                "low": [p.low for p in parts],
                "high": [p.high for p in parts],
            }
        ).with_columns(pl.col("low", "high").fill_nan(None))
        partitioned = pl.col("term").is_in([INTERCEPT, "residual"])
        share = pl.when(partitioned).then(pl.col("variance") / pl.col("variance").filter(partitioned).sum())
        return self._give_back(table.with_columns(share=share))

    @cached_property
    def covariances(self) -> Frame:
        """group, term, other, covariance, correlation: how slopes go with intercepts; empty without slopes."""
        rows = [
            (group, part.terms[i], part.terms[j], matrix[i, j], np.sqrt(matrix[i, i] * matrix[j, j]))
            for group, part in self._random.items()
            for matrix in [self._fit.covariance(part.place)]
            for i in range(len(part.terms))
            for j in range(i)
        ]
        names = {"group": pl.String, "term": pl.String, "other": pl.String}
        table = pl.DataFrame(rows, {**names, "covariance": pl.Float64, "size": pl.Float64}, orient="row")
        correlation = pl.when(pl.col("size") > 0).then(pl.col("covariance") / pl.col("size"))
        return self._give_back(table.with_columns(correlation=correlation).drop("size"))

    def effects(self, group: str, term: str = INTERCEPT, draws: int = 4000, seed: int = 25) -> Frame:
        """level, estimate, se, low, high, rank, rank_low, rank_high, bottom_decile, top_decile of a grouping.

        Empirical-Bayes effects with comparative errors, which hold the error of the fixed part. Rank 1 is the
        lowest effect. Rank intervals and the chances of lying in the bottom or top tenth come from `draws`
        posterior draws of all effects together, the variances being drawn too. Where the variance was estimated
        as zero, every effect is zero and its error comes from those draws, not from that zero.
        Raises UsageError MODEL-02 for a group or term that is not in the model.
        """
        part = self._part(group, term)
        column = part.terms.index(term)
        estimate, se = self._fit.effects(part.place, column)
        drawn = self._fit.draws(part.place, column, draws, np.random.default_rng(seed))
        if not estimate.any():
            drawn = list(drawn)
            se = np.concatenate(drawn, axis=1).std(axis=1)
        ranked = ranks(drawn, self.level)
        table = pl.DataFrame({"level": part.levels, "estimate": estimate, "se": se})
        return self._give_back(
            self._with_limits(table).with_columns(
                rank=pl.Series(stats.rankdata(estimate).round().astype(np.int64)),
                rank_low=pl.Series(ranked.low.astype(np.int64)),
                rank_high=pl.Series(ranked.high.astype(np.int64)),
                bottom_decile=pl.Series(ranked.bottom),
                top_decile=pl.Series(ranked.top),
            )
        )

    def median_odds_ratio(self, group: str) -> float:
        """exp(√(2σ²)·0.6745): how far apart two groups typically are, as an odds ratio; logistic models only.

        The ends of its interval are the same function of the ends of the variance's.
        """
        part = self._part(group, INTERCEPT)
        if self.family != "binomial":
            raise UsageError("MODEL-10", "A linear model has no odds ratio.", 'Fit with family="binomial".')
        return median_odds_ratio(float(self._fit.covariance(part.place)[0, 0]))

    def _give_back(self, table: pl.DataFrame) -> Frame:
        return give_back(table, self._library)

    def _part(self, group: str, term: str) -> RandomPart:
        if group not in self._random or term not in self._random[group].terms:
            have = ", ".join(f"{name}: {' '.join(part.terms)}" for name, part in self._random.items())
            raise UsageError("MODEL-02", f"The model has no such random part; it has {have}.", "Name one of them.")
        return self._random[group]

    def _with_limits(self, table: pl.DataFrame) -> pl.DataFrame:
        half = normal_quantile(self.level) * pl.col("se")
        return table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)


def fit(
    frame: Frame,
    outcome: str,
    fixed: Sequence[str] = (),
    groups: Sequence[str] = (),
    slopes: Mapping[str, Sequence[str]] | None = None,
    family: Family = "gaussian",
    method: Method = "reml",
    level: float = 0.95,
    points: int = 25,
    memberships: Mapping[str, Mapping[str, str]] | None = None,
) -> MultilevelResult:
    """Fit a multilevel model of `outcome` on `fixed` columns with random intercepts for `groups`.

    `slopes` names, for a group, numeric columns whose effect varies over it, correlated with its intercept.
    Groups are nested or crossed as their levels are: give schools numbers that are unique across authorities.
    `memberships` names, for a group, further columns of its levels, each with the column of the share of the row that
    belongs there (of a child who moved: of time); the rest belongs to the group's own column. Where a row has one
    level only, name it again with the share 0. Linear models take them beside a group that parts the rows whole.
    `family="binomial"` takes an outcome of 0/1 and maximum likelihood with `points` quadrature nodes; `method`
    is then without meaning. Levels with one row stay in; rows with a missing value are left out and counted.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -07 (constant outcome), -08 (a group of
    fewer than two levels, or of as many as rows), -09 (outcome not 0/1), -10 (not supported), -11 (separation),
    -12 (too few rows, or an outcome foretold without error), -15 (a column in two roles), -16 (a slope's column
    does not vary), -17 (levels of the group foretell the outcome), -91 (shares that are none).
    """
    varying, further = build.given(slopes), build.given(memberships)
    build.refuse_arguments(outcome, fixed, groups, varying, family, method, points, further)
    normal_quantile(level)
    complete = complete_frame(frame, [outcome, *fixed, *groups, *build.named(varying, further)])
    shared = {group: members(complete.rows, group, columns) for group, columns in further.items()}
    groupings = [shared[group][0] if group in shared else grouping(complete.rows, group) for group in groups]
    build.refuse_data(complete, outcome, groupings, family)
    if family == "binomial":
        fitted, x = build.logistic(complete, outcome, fixed, groups[0], points)
    else:
        terms = {group: term for group, (_, term) in shared.items()}
        fitted, x = build.linear(complete, outcome, fixed, groupings, varying, method, terms)
    random = _random_parts(fitted.groups, groupings, varying)
    return MultilevelResult(
        family=family,
        method="ml" if family == "binomial" else method,
        level=level,
        n_in=complete.n_in,
        n_used=complete.n_used,
        dropped=complete.dropped,
        groups={g.name: g.size for g in groupings},
        warnings=tuple(_warnings(complete, groupings, x, fitted, random)),
        _fit=fitted,
        _library=complete.library,
        _asked=x.all_terms,
        _estimated=x.terms,
        _random=random,
    )


def _random_parts(
    order: Sequence[str], groupings: Sequence[Grouping], slopes: Mapping[str, Sequence[str]]
) -> dict[str, RandomPart]:
    places = {name: place for place, name in enumerate(order)}
    return {g.name: RandomPart(places[g.name], g.levels, (INTERCEPT, *slopes.get(g.name, ()))) for g in groupings}


def _warnings(
    complete: CompleteFrame,
    groupings: Sequence[Grouping],
    x: Design,
    fitted: LinearFit | LogisticFit,
    random: Mapping[str, RandomPart],
) -> Iterator[str]:
    yield from complete.said
    if x.aliased:
        yield f"Not estimated, because the terms before them explain them wholly: {', '.join(x.aliased)}."
    for group in groupings:
        if group.size < FEW_GROUPS:
            yield (
                f"Group {group.name} has {group.size} levels only: its variance is hardly known, and normal "
                "intervals of what differs between its levels are too narrow."
            )
    for name, part in random.items():
        sizes = np.diag(fitted.covariance(part.place))
        none = [term for term, size in zip(part.terms, sizes, strict=True) if size == 0]
        if none:
            yield f"The variance of {', '.join(none)} over {name} is zero: its levels cannot be told apart."
        if fitted.far_from_data(part.place):
            yield (
                f"A slope over {name} has its zero far from its data: the variance of the intercept there is an "
                "extrapolation without an interval. Take the mean off the column first."
            )
    if not fitted.converged:
        yield "The search did not reach a minimum that both starts agree on: do not use these figures."
