"""Who stands behind counted units: months, lines and pieces of advice of one person are one person.

The gate withholds by people, not by units: ten months out of work may be one person's. And an interval has to allow for
units of a person that go together: the share R = Σk/Σm, of k of m units of each of P people, has the variance
P/(P - 1)·Σ(k - R·m)²/(Σm)², which is `deff` times that of Σm units one by one; of k events, counted for each so many of
another population, deff is Σk²/Σk. Counts divided by deff can be treated as if every unit were somebody else's
(Rao & Scott 1992, Biometrics 48:577). It is taken from all authorities together: of one it would be a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from analysis.measure import Count, Measure, Number
from analysis.population import Table
from cohort.snapshot import Snapshot

PERSON = "person_id"
DEFF = "deff"
"""The design effect of a cell: its counts weigh as if divided by it."""
PEOPLE = ("numerator_people", "denominator_people", "rest_people")
"""Beside counts: the people behind each, and behind units of the denominator that are not in the numerator."""
PLACES = 2
"""Decimal places to which a design effect is told."""


def people(table: Table, count: Count) -> Number:
    """How many people are behind the counted units of a group; of units that are nobody's, the units themselves."""
    where = count.where(table).fill_null(False)
    return table[PERSON].nunique(where=where) if PERSON in table.columns else table.count(where=where)


def design_effects(snapshot: Snapshot, measures: Iterable[Measure], by: Sequence[str] = ()) -> pl.DataFrame:
    """measure, `by`, deff: at least 1; no row where units are nobody's or there are none."""
    found = [pl.DataFrame(schema={"measure": pl.String, **dict.fromkeys(by, pl.Int64), DEFF: pl.Float64})]
    found += [_effects(snapshot, measure, by) for measure in measures]
    return pl.concat(found, how="diagonal_relaxed")


def _effects(snapshot: Snapshot, measure: Measure, by: Sequence[str]) -> pl.DataFrame:
    numerator = measure.counts["numerator"]
    table = numerator.population.frame(snapshot)
    if PERSON not in table.columns:
        return pl.DataFrame()
    sums = {"k": numerator.sum(table).cast("float64")}
    if measure.is_share:
        sums["m"] = measure.counts["denominator"].sum(table).cast("float64")
    each = table.group_by([*by, PERSON]).aggregate(**sums)
    deff = _of_share(each, by) if measure.is_share else _of_events(each, by)
    told = pl.col(DEFF).fill_nan(1.0).fill_null(1.0).clip(lower_bound=1.0).round(PLACES)
    return deff.select(*by, told, pl.lit(measure.name).alias("measure"))


def _of_share(each: Table, by: Sequence[str]) -> pl.DataFrame:
    k, m = each.k, each.m
    sums = {"k": k.sum(), "m": m.sum(), "kk": (k * k).sum(), "km": (k * m).sum(), "mm": (m * m).sum()}
    found = each.aggregate(by=list(by), people=(m > 0).sum(), **sums).to_polars()
    share, many = pl.col("k") / pl.col("m"), pl.col("people") / (pl.col("people") - 1)
    apart = pl.col("kk") - 2 * share * pl.col("km") + share**2 * pl.col("mm")
    return found.with_columns((many * apart / (pl.col("m") * share * (1 - share))).alias(DEFF))


def _of_events(each: Table, by: Sequence[str]) -> pl.DataFrame:
    found = each.aggregate(by=list(by), k=each.k.sum(), kk=(each.k * each.k).sum()).to_polars()
    return found.with_columns((pl.col("kk") / pl.col("k")).alias(DEFF))
