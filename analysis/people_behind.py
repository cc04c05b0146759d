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
    """measure, `by`, deff: at least 1; no row where units are nobody's or there are none. One look at a population."""
    asked: dict[str, list[Measure]] = {}
    for measure in measures:
        asked.setdefault(measure.counts["numerator"].population.name, []).append(measure)
    found = [pl.DataFrame(schema={"measure": pl.String, **dict.fromkeys(by, pl.Int64), DEFF: pl.Float64})]
    found += [_effects(snapshot, together, by) for together in asked.values()]
    return pl.concat(found, how="diagonal_relaxed")


def _effects(snapshot: Snapshot, measures: Sequence[Measure], by: Sequence[str]) -> pl.DataFrame:
    """Of measures that count units of one population."""
    table = measures[0].counts["numerator"].population.frame(snapshot)
    if PERSON not in table.columns:
        return pl.DataFrame()
    counts = {f"k {m.name}": m.counts["numerator"] for m in measures}
    counts |= {f"m {m.name}": m.counts["denominator"] for m in measures if m.is_share}
    each = table.group_by([*by, PERSON]).aggregate(**{name: c.sum(table).cast("float64") for name, c in counts.items()})
    sums = {name: number for m in measures for name, number in _squares(each, m).items()}
    added = each.aggregate(by=list(by), **sums).to_polars()
    return pl.concat([added.select(*by, pl.lit(m.name).alias("measure"), _effect(m).alias(DEFF)) for m in measures])


def _squares(each: Table, measure: Measure) -> dict[str, Number]:
    """Sums over people of what each has, and of its squares."""
    k = each[f"k {measure.name}"]
    if not measure.is_share:
        return {f"k {measure.name}": k.sum(), f"kk {measure.name}": (k * k).sum()}
    m = each[f"m {measure.name}"]
    sums = {"people": (m > 0).sum(), "k": k.sum(), "m": m.sum()}
    sums |= {"kk": (k * k).sum(), "km": (k * m).sum(), "mm": (m * m).sum()}
    return {f"{name} {measure.name}": number for name, number in sums.items()}


def _effect(measure: Measure) -> pl.Expr:
    def of(name: str) -> pl.Expr:
        return pl.col(f"{name} {measure.name}")

    if measure.is_share:
        share, many = of("k") / of("m"), of("people") / (of("people") - 1)
        apart = of("kk") - 2 * share * of("km") + share**2 * of("mm")
        deff = many * apart / (of("m") * share * (1 - share))
    else:
        deff = of("kk") / of("k")
    return deff.fill_nan(1.0).fill_null(1.0).clip(lower_bound=1.0).round(PLACES)
