"""Regression whose errors hold up: children of one authority are not independent, and authorities are few.

With 6, 10 or 20 clusters the usual cluster-robust interval covers 83, 88 or 91 % where it says 95. So below 40
clusters the default is CR2 with Bell–McCaffrey degrees of freedom, and the result says so; the wild bootstrap is
there for linear models. Cluster at the level at which the exposure was assigned: by authority, for what
authorities do. What a ratio means to children is told by risks beside it: see `risk_ratio`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.frame import Frame
from analysis.models.sandwich.errors import Kind
from analysis.models.sandwich.fitted import Choices, Fitted, fit_with_errors
from analysis.models.sandwich.fitting import Family
from analysis.models.sandwich.wild import DRAWS
from cohort.errors import UsageError


@dataclass(frozen=True)
class RobustResult:
    """A fitted model with robust errors.

    `.coefficients`: term, estimate, se, low, high, df; null where a term or its error could not be estimated, df
    infinite for a normal interval. `errors` is the kind in force, `clusters` counts those of each clustering
    column, `effective_n` is (Σw)²/Σw² (Kish). `warnings` are sentences for the reader.
    """

    coefficients: Frame
    family: Family
    errors: Kind
    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    clusters: Mapping[str, int]
    effective_n: float
    warnings: tuple[str, ...]


def fit(
    frame: Frame,
    outcome: str,
    fixed: Sequence[str],
    family: Family = "gaussian",
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    errors: Kind | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 25,
) -> RobustResult:
    """Regress `outcome` on `fixed` columns; an identity, logit or log link as the family has it.

    `cluster` names one column or several (multiway). `errors` left out are CR2 below 40 clusters, CR1 from there
    on, HC1 where no cluster is named. `weights` are sampling weights above 0. `draws` and `seed` serve
    `errors="wild"`, which takes a linear model and one way of clustering.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -07 (constant outcome), -09 (outcome
    against its family), -11 (separation), -12 (too few rows, or an exact fit), -15 (a column in two roles),
    -60 (no convergence), -61 (weights), -62 (a cluster of one level), -63 (a bootstrap that is not offered).
    """
    fitted = fit_with_errors(frame, outcome, fixed, family, Choices(cluster, weights, errors, level, draws, seed))
    table = fitted.coefficients
    return RobustResult(
        coefficients=fitted.complete.give_back(table),
        family=family,
        errors=fitted.kind,
        level=level,
        n_in=fitted.complete.n_in,
        n_used=fitted.complete.n_used,
        dropped=fitted.complete.dropped,
        clusters={group.name: group.size for group in fitted.groups},
        effective_n=fitted.effective_n,
        warnings=(*fitted.warnings, *fitted.doubts(table)),
    )


@dataclass(frozen=True)
class RiskResult:
    """Ratios and differences of risk between levels of an exposure, each against its first level.

    `.ratios`: level, estimate, se, low, high, df; `se` is that of the ratio, its interval comes from the log scale.
    `.differences`: level, estimate, se, low, high, df, risk, reference_risk: standardised to the covariates of the
    children at hand, from a logistic model. A difference of 0.02 is two more in a hundred children.
    """

    ratios: Frame
    differences: Frame
    exposure: str
    reference: str
    errors: Kind
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    clusters: Mapping[str, int]
    effective_n: float
    warnings: tuple[str, ...]


def risk_ratio(
    frame: Frame,
    outcome: str,
    exposure: str,
    adjust: Sequence[str] = (),
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    errors: Kind | None = None,
    level: float = 0.95,
) -> RiskResult:
    """Adjusted risk ratios of a 0/1 outcome (modified Poisson; Zou 2004, Am. J. Epidemiol. 159:702) and differences.

    The exposure is boolean, 0/1 or text; its first level is the reference. Odds ratios are not given: they are
    not ratios of risks where outcomes are common, and change with what is adjusted for.
    Raises UsageError as `fit`, and MODEL-64 for an exposure of any other kind, or of one level.
    """
    _refuse_wild(errors)
    choices = Choices(cluster, weights, errors, level)
    logit = fit_with_errors(frame, outcome, [exposure, *adjust], "binomial", choices)
    levels = _levels(logit, exposure)
    rate = fit_with_errors(frame, outcome, [exposure, *adjust], "poisson", choices)
    places = [rate.design.terms.index(term) for term in levels]
    logs = rate.table(rate.working.own[places])
    names = pl.Series("level", [_name(term, exposure) for term in levels])
    ratios = logs.select(names, pl.col("estimate").exp(), *_on_ratio_scale(), "df")
    differences = _differences(logit, levels).insert_column(0, names)
    said = (*logit.warnings, *dict.fromkeys([*rate.doubts(ratios), *logit.doubts(differences)]))
    return RiskResult(
        ratios=rate.complete.give_back(ratios),
        differences=rate.complete.give_back(differences),
        exposure=exposure,
        reference=_reference(rate, exposure, levels),
        errors=rate.kind,
        n_in=rate.complete.n_in,
        n_used=rate.complete.n_used,
        dropped=rate.complete.dropped,
        clusters={group.name: group.size for group in rate.groups},
        effective_n=rate.effective_n,
        warnings=said,
    )


def _on_ratio_scale() -> tuple[pl.Expr, ...]:
    return (pl.col("se") * pl.col("estimate").exp(), pl.col("low").exp(), pl.col("high").exp())


def _refuse_wild(errors: Kind | None) -> None:
    if errors == "wild":
        raise UsageError(
            "MODEL-63", "The wild bootstrap takes a linear model.", 'Ask for errors="cr2", which holds for ratios.'
        )


def _levels(fitted: Fitted, exposure: str) -> list[str]:
    """Terms of the exposure. Raises UsageError MODEL-64 where it is not a set of two or more levels."""
    terms = [term for term in fitted.design.terms if term == exposure or term.startswith(f"{exposure}[")]
    values = fitted.complete.rows[exposure]
    numeric = values.dtype.is_numeric() and not np.isin(values.to_numpy(), (0, 1)).all()
    if not terms or numeric:
        raise UsageError(
            "MODEL-64",
            f"Exposure {exposure} must have two levels or more: boolean, 0/1 or text.",
            "Cut a number into bands first; see that both levels are in the population.",
        )
    return terms


def _name(term: str, exposure: str) -> str:
    return "1" if term == exposure else term[len(exposure) + 1 : -1]


def _reference(fitted: Fitted, exposure: str, terms: Sequence[str]) -> str:
    values = fitted.complete.rows[exposure]
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        return "0"
    dummies = {_name(term, exposure) for term in terms}
    return next(level for level in values.cast(pl.String).unique().sort() if level not in dummies)


def _differences(fitted: Fitted, levels: Sequence[str]) -> pl.DataFrame:
    base, at_base = _standardised(fitted, levels, None)
    found = [_standardised(fitted, levels, term) for term in levels]
    table = fitted.table(np.array([slope - at_base for _, slope in found]))
    risks = np.array([risk for risk, _ in found])
    # The delta method: the table's estimates are those of the linear form, so its limits are moved to the risks'.
    move = pl.Series(risks - base) - table["estimate"]
    moved = table.with_columns(pl.col("estimate", "low", "high") + move)
    return moved.with_columns(risk=pl.Series(risks), reference_risk=pl.lit(base))


def _standardised(fitted: Fitted, levels: Sequence[str], level: str | None) -> tuple[float, np.ndarray]:
    """The mean risk were all children at that level, and its slope in the standardised coefficients."""
    x = fitted.design.standard.copy()
    for term in levels:
        place = fitted.design.terms.index(term)
        x[:, place] = (float(term == level) - fitted.design.centre[place]) / fitted.design.scale[place]
    risk = 1 / (1 + np.exp(-(x @ fitted.working.beta)))
    share = fitted.weights / fitted.weights.sum()
    return float(share @ risk), (share * risk * (1 - risk)) @ x
