"""Who stands behind counted units: months, lines and pieces of advice of one person are one person.

The gate withholds by people, not by units: ten months out of work may be one person's. And an interval has to allow for
units of a person that go together: the share R = Σk/Σm, of k of m units of each of P people, has the variance
P/(P - 1)·Σ(k - R·m)²/(Σm)², which is `deff` times that of Σm units one by one; of k events, counted for each so many of
another population, deff is Σk²/Σk. Counts divided by deff can be treated as if every unit were somebody else's
(Rao & Scott 1992, Biometrics 48:577). It is taken from all authorities together: of one it would be a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from analysis.measure import Count, Measure, Number
from analysis.population import Table

PERSON = "person_id"
DEFF = "deff"
"""The design effect of a cell: its counts weigh as if divided by it."""
PEOPLE = ("numerator_people", "denominator_people", "rest_people")
"""Beside counts: the people behind each, and behind units of the denominator that are not in the numerator."""
PLACES = 2
"""Decimal places to which a design effect is told."""


def by_person(table: Table, counts: Mapping[str, Count], by: Sequence[str]) -> Table:
    """Units counted of each person in each group, a column a count, held by the engine; or units that are nobody's.

    `counts`: "measure part" → what is counted of this table.
    """
    if PERSON in table.columns:
        return table.group_by([*by, PERSON]).aggregate(**{name: c.sum(table) for name, c in counts.items()}).cache()
    return table.select(*by, **{name: c.where(table).fill_null(False).cast("int64") for name, c in counts.items()})


def totals(each: Table, shares: Sequence[Measure], by: Sequence[str]) -> pl.DataFrame:
    """`by`, each column of `by_person` added up, the people behind it, and behind the rest of `shares`."""
    names = [name for name in each.columns if name not in {*by, PERSON}]
    sums = {name: each[name].sum() for name in names}
    sums |= {f"{name}_people": (each[name] > 0).sum() for name in names}
    for measure in shares:
        rest = each[f"{measure.name} denominator"] - each[f"{measure.name} numerator"]
        sums[f"{measure.name} rest_people"] = (rest > 0).sum()
    return each.group_by(list(by)).aggregate(**sums).to_polars().with_columns(pl.col(*sums).cast(pl.Int64))


def design_effects(each: Table, measures: Sequence[Measure], among: Sequence[str]) -> pl.DataFrame:
    """measure, `among`, deff: at least 1; no row where units are nobody's or there are none.

    `each`: of `by_person`, in groups that `among` puts together. `measures`: those whose numerator it counts.
    """
    if PERSON not in each.columns or not measures:
        return pl.DataFrame()
    parts = [f"{m.name} {part}" for m in measures for part in ("numerator", *(["denominator"] if m.is_share else []))]
    people = each.group_by([*among, PERSON]).aggregate(**{name: each[name].sum().cast("float64") for name in parts})
    sums = {name: number for measure in measures for name, number in _squares(people, measure).items()}
    added = people.aggregate(by=list(among), **sums).to_polars()
    return pl.concat([added.select(*among, pl.lit(m.name).alias("measure"), _effect(m).alias(DEFF)) for m in measures])


def _squares(people: Table, measure: Measure) -> dict[str, Number]:
    """Sums over people of what each has, and of its squares."""
    k = people[f"{measure.name} numerator"]
    if not measure.is_share:
        return {f"k {measure.name}": k.sum(), f"kk {measure.name}": (k * k).sum()}
    m = people[f"{measure.name} denominator"]
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
