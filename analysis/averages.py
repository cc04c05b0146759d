"""Means, ratios and quantiles with their intervals: from sums by group, or from the numbers themselves.

Sums are of people, so that a person's units may go together, and add up over places; the error of a mean or ratio
R = Σv/Σo over P people is √(P/(P - 1)·Σ(v - R·o)²)/Σo (Cochran 1977, Sampling Techniques, 2.11, and 9A.1 for units in
clusters). A quantile lies between two order statistics (`intervals.quantile`). It does not add up, so it is made anew
for each group from the numbers of its units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from analysis.measure import OF, VALUE, Measure, Value
from analysis.models.intervals import normal_quantile, quantile
from analysis.people_behind import PERSON
from analysis.population import Table
from analysis.table import fit, seen
from cohort.snapshot import Snapshot

SUMS = ("people", "total", "out_of", "squares", "products", "of_squares")
"""Of one group; each adds up over groups that share nobody."""
FIGURE = {"people": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}


def sums(snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...]) -> pl.DataFrame:
    """`by`, measure, SUMS, of means and ratios. Raises UsageError TABLE-02 for measures of counts."""
    chosen = fit(snapshot, measures, by, None, of_values=True)
    return pl.concat([_summed(snapshot, measure, by) for measure in chosen]).sort("measure", *by)


def numbers(snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...]) -> pl.DataFrame:
    """`by`, measure, person_id, value: a row a unit that has a number. Raises as `sums`."""
    chosen = fit(snapshot, measures, by, None, of_values=True)
    told = [
        _known(snapshot, measure, by).select(*by, PERSON, VALUE).to_polars().with_columns(measure=pl.lit(measure.name))
        for measure in chosen
    ]
    return pl.concat(told).select(*by, "measure", PERSON, VALUE)


def from_sums(added: pl.DataFrame) -> pl.DataFrame:
    """Adds value, low and high to SUMS, null where there is no number; no interval where one person is behind it."""
    people, value = pl.col("people"), pl.col("total") / pl.col("out_of")
    apart = pl.col("squares") - 2 * value * pl.col("products") + value**2 * pl.col("of_squares")
    many = pl.when(people > 1).then(people / (people - 1))
    half = normal_quantile(0.95) * (many * apart.clip(lower_bound=0.0)).sqrt() / pl.col("out_of")
    known = pl.when(pl.col("out_of") > 0)
    ends = {"value": value, "low": value - half, "high": value + half}
    return added.with_columns(known.then(end).alias(name) for name, end in ends.items())


def from_numbers(told: pl.DataFrame, by: Sequence[str], at: float) -> pl.DataFrame:
    """`by`, FIGURE: the quantile of each group, and half the people behind it, for that many lie on either side."""
    rows = [
        (*key, of[PERSON].n_unique(), *quantile(of[VALUE].to_numpy(), at))
        for key, of in told.group_by(by, maintain_order=True)
    ]
    kinds = {name: told.schema[name] for name in by} | FIGURE
    found = pl.DataFrame(rows, schema=kinds, orient="row")
    return found.with_columns(pl.col("people") // 2, pl.col("value", "low", "high").fill_nan(None))


def _known(snapshot: Snapshot, measure: Measure, by: tuple[str, ...]) -> Table:
    """The units that have a number, and what it is of."""
    assert isinstance(measure.numerator, Value)  # noqa: S101  (fit() refused others)
    table = seen(snapshot, measure.numerator.population, by)
    told = table.mutate(**measure.numerator.columns(table))
    return told.filter(told[VALUE].notnull())


def _summed(snapshot: Snapshot, measure: Measure, by: tuple[str, ...]) -> pl.DataFrame:
    known = _known(snapshot, measure, by)
    each = known.group_by([*by, PERSON]).aggregate(v=known[VALUE].sum(), o=known[OF].sum())
    v, o = each.v, each.o
    squares = {"squares": (v * v).sum(), "products": (v * o).sum(), "of_squares": (o * o).sum()}
    found = each.group_by(list(by)).aggregate(people=each.count(), total=v.sum(), out_of=o.sum(), **squares)
    return found.to_polars().select(*by, pl.lit(measure.name).alias("measure"), *SUMS)
