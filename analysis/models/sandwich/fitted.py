"""A model with its rows and its errors: what `robust.fit` tables, and what risks and gaps are worked out from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame, Design, Frame, Grouping, complete_frame, design, grouping, numbers
from analysis.models.intervals import FEW_CLUSTERS, normal_quantile
from analysis.models.sandwich.errors import Errors, Kind, Plain, bootstrapped, clustered
from analysis.models.sandwich.fitting import FAMILIES, Family, Working, fit_working
from analysis.models.sandwich.wild import DRAWS
from cohort.errors import UsageError

FEW_DEGREES = 4.0
"""Below this Satterthwaite's approximation is itself in doubt (Pustejovsky & Tipton 2018, sec. 4)."""

KINDS = ("iid", "hc1", "cr1", "cr2", "cr3", "wild")


@dataclass(frozen=True)
class Choices:
    """What errors are asked for: see `robust.fit`."""

    cluster: str | Sequence[str] | None = None
    weights: str | None = None
    errors: Kind | None = None
    level: float = 0.95
    draws: int = DRAWS
    seed: int = 25

    @property
    def ways(self) -> list[str]:
        """The clustering columns."""
        return [self.cluster] if isinstance(self.cluster, str) else list(self.cluster or ())


@dataclass(frozen=True)
class Fitted:
    """weights: n, of mean 1. warnings: sentences for the reader."""

    complete: CompleteFrame
    design: Design
    working: Working
    errors: Errors
    kind: Kind
    groups: Sequence[Grouping]
    weights: np.ndarray
    warnings: tuple[str, ...]

    @property
    def coefficients(self) -> pl.DataFrame:
        """term, estimate, se, low, high, df; null where a term or its error could not be estimated."""
        known = self.table(self.working.own).insert_column(0, pl.Series("term", self.design.terms))
        every = pl.DataFrame({"term": self.design.all_terms})
        return every.join(known, on="term", how="left", maintain_order="left")

    def table(self, contrasts: np.ndarray) -> pl.DataFrame:
        """estimate, se, low, high, df of combinations of standardised coefficients (k × p)."""
        found = [self.errors.of(contrast) for contrast in contrasts]
        columns = {name: [getattr(sure, name) for sure in found] for name in ("se", "low", "high", "df")}
        table = pl.DataFrame({"estimate": contrasts @ self.working.beta, **columns})
        return table.with_columns(pl.col("se", "low", "high", "df").cast(pl.Float64).fill_nan(None))

    @property
    def effective_n(self) -> float:
        """(Σw)²/Σw² (Kish): as many rows of equal weight would tell as much."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    def doubts(self, table: pl.DataFrame) -> tuple[str, ...]:
        """What a reader of a table of estimates has to be told."""
        unsure = table.filter(pl.col("estimate").is_not_null() & pl.col("se").is_null()).height
        few = table.filter(pl.col("df") < FEW_DEGREES).height if self.kind == "cr2" else 0
        open_ended = table.filter(pl.col("low").is_infinite() | pl.col("high").is_infinite()).height
        said = {
            f"{unsure} of {table.height} estimates rest on one cluster: nothing tells how sure they are.": unsure,
            f"{few} of {table.height} estimates have fewer than {FEW_DEGREES:.0f} degrees of freedom: their intervals "
            "are rough. Ask for the wild bootstrap as well.": few,
            f"{open_ended} of {table.height} intervals have no end: so few clusters reject nothing.": open_ended,
            "A multiway covariance was not positive; its negative part was set to zero.": self.errors.mended,
        }
        return tuple(sentence for sentence, holds in said.items() if holds)


def fit_with_errors(
    frame: Frame, outcome: str, fixed: Sequence[str], family: Family, choices: Choices, also: Sequence[str] = ()
) -> Fitted:
    """Fit a model on the rows complete in every column asked for, `also` among them. Raises as `robust.fit` says."""
    _refuse_arguments(outcome, fixed, family, choices)
    normal_quantile(choices.level)
    weighing = [choices.weights] if choices.weights else []
    complete = complete_frame(frame, [outcome, *fixed, *choices.ways, *weighing, *also])
    weights = _weights(complete, choices.weights)
    groups = [grouping(complete.rows, way) for way in choices.ways]
    _refuse_few(groups)
    told = replace(choices, errors=choices.errors or default_errors(groups))
    x = design(complete.rows, fixed)
    working = fit_working(numbers(complete.rows, outcome), x, family, weights)
    assert told.errors is not None  # noqa: S101 - for the type checker
    said = tuple(_said(complete, x, groups, told.errors, chosen=choices.errors is not None))
    return Fitted(complete, x, working, _errors(working, groups, told), told.errors, groups, weights, said)


def default_errors(groups: Sequence[Grouping]) -> Kind:
    """HC1 without clusters, CR2 where they are few, else CR1."""
    if not groups:
        return "hc1"
    return "cr2" if min(group.size for group in groups) < FEW_CLUSTERS else "cr1"


def _errors(working: Working, groups: Sequence[Grouping], choices: Choices) -> Errors:
    kind = choices.errors
    if kind == "wild":
        return bootstrapped(working, groups[0], choices.level, choices.draws, choices.seed)
    if kind in ("cr1", "cr2", "cr3"):
        return clustered(working, groups, kind, choices.level)
    return Plain(working, kind or "hc1", choices.level)


def _refuse_arguments(outcome: str, fixed: Sequence[str], family: Family, choices: Choices) -> None:
    ways, kind = choices.ways, choices.errors
    wrong = {
        "fixed is a list of column names, not one name.": isinstance(fixed, str),
        "The family is gaussian, binomial or poisson.": family not in FAMILIES,
        f"errors is one of {', '.join(KINDS)}.": kind is not None and kind not in KINDS,
        "Clustered errors need a cluster.": kind in ("cr1", "cr2", "cr3", "wild") and not ways,
        "Errors that know no clusters were asked for with a cluster.": kind in ("iid", "hc1") and bool(ways),
        "draws is a whole number from 99.": not (isinstance(choices.draws, int) and choices.draws >= 99),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.robust.fit.")
    if kind == "wild" and (len(ways) > 1 or family != "gaussian"):
        raise UsageError(
            "MODEL-63",
            "The wild bootstrap takes a linear model and one way of clustering.",
            'Ask for errors="cr2", or fit family="gaussian" to the 0/1 outcome for differences in risk.',
        )
    named = [outcome, *fixed]
    twice = (
        {name for name in named if named.count(name) > 1} | ({outcome} & set(ways)) | ({choices.weights} & {outcome})
    )
    twice |= {way for way in ways if ways.count(way) > 1}
    if twice:
        raise UsageError(
            "MODEL-15", f"A column cannot play two roles: {', '.join(sorted(map(str, twice)))}.", "Name each once."
        )


def _weights(complete: CompleteFrame, column: str | None) -> np.ndarray:
    if column is None:
        return np.ones(complete.n_used)
    weights = numbers(complete.rows, column)
    if (weights <= 0).any():
        raise UsageError("MODEL-61", f"Weights in {column} must be above 0.", "Leave out rows without weight.")
    return weights / weights.mean()


def _refuse_few(groups: Sequence[Grouping]) -> None:
    for group in groups:
        if group.size < 2:
            raise UsageError(
                "MODEL-62",
                f"Cluster {group.name} has one level only: nothing tells how clusters differ.",
                "Name a cluster of more levels, or none.",
            )


def _said(complete: CompleteFrame, x: Design, groups: Sequence[Grouping], kind: Kind, *, chosen: bool) -> Iterator[str]:
    yield from complete.said
    if x.aliased:
        columns = dict.fromkeys(term.partition("[")[0] for term in x.aliased)
        yield f"Not estimated, because the terms before them explain them wholly: terms of {', '.join(columns)}."
    fewest = min((group.size for group in groups), default=FEW_CLUSTERS)
    if kind == "cr2" and not chosen:
        yield (
            f"There are {fewest} clusters, fewer than {FEW_CLUSTERS}: errors are CR2 with Satterthwaite's degrees "
            "of freedom."
        )
    if kind == "cr1" and fewest < FEW_CLUSTERS:
        yield f"With {fewest} clusters CR1 intervals are too narrow: use CR2 or the wild bootstrap."
