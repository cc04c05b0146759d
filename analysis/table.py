"""build(population × measures): from a snapshot to the frames on which a study computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.facts import TRAITS, with_traits
from analysis.measure import Across, Count, Kind, Measure, Value
from analysis.people_behind import DEFF, PEOPLE, by_person, design_effects, totals
from analysis.population import BY_PLACE, Population, Table
from cohort.errors import UsageError
from cohort.snapshot import Snapshot

COUNTS = ("numerator", "denominator")


@dataclass(frozen=True)
class AnalysisTable:
    """What a study computes on.

    `counts`: the grouping columns, measure, numerator, denominator (null for a plain count), true counts; of our own
    record also the people behind each, those behind the rest of a share, and the design effect.
    `averages`, `numbers`: sums of means and ratios, and the numbers themselves of quantiles, as `analysis.averages`
    makes them. `rows`: one row a unit, for models. `flows`: attrition by population. `published`: the counts are
    figures that somebody published, under `source`. None of it may be seen: only a Release may.
    """

    counts: pl.DataFrame | None = None
    averages: pl.DataFrame | None = None
    numbers: pl.DataFrame | None = None
    rows: pl.DataFrame | None = None
    flows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    source: str = ""

    @property
    def is_published(self) -> bool:
        """Whether these are already published figures."""
        return bool(self.source)


def counts(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> AnalysisTable:
    """True counts of each measure by the given columns of its populations, and who stands behind them."""
    chosen = tuple(measures)
    return AnalysisTable(counts=counted(snapshot, chosen, by, across), flows=flows(snapshot, chosen))


def counted(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> pl.DataFrame:
    """The counts of `counts` without the attrition: `by`, measure, numerator, denominator, PEOPLE, deff.

    Raises as `figures`. One look at a population.
    """
    chosen = fit(snapshot, measures, by, across, of_values=False)
    among = [name for name in ("year",) if name in by]
    found, effects = (
        {},
        [pl.DataFrame(schema={"measure": pl.String, **dict.fromkeys(among, pl.Int64), DEFF: pl.Float64})],
    )
    for name, (population, of) in _asked(chosen).items():
        each = by_person(seen(snapshot, population, by), of, by)
        own = [measure for measure in chosen if measure.numerator.population is population]
        found[name] = totals(each, [measure for measure in own if measure.is_share], by)
        effects.append(design_effects(each, own, among))
    frames = [_measured(measure, found, by, (*COUNTS, *PEOPLE)) for measure in chosen]
    told = pl.concat(effects, how="diagonal_relaxed")
    joined = (
        pl.concat(frames).sort("measure", *by).join(told, on=["measure", *among], how="left", maintain_order="left")
    )
    return joined.with_columns(pl.col(DEFF).fill_null(1.0))


def figures(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> pl.DataFrame:
    """Counts alone. Columns: `by`, measure, both counts. One look at a population.

    Raises UsageError TABLE-02 for a measure of a value; where the years are pooled, what `Measure.pooled` raises.
    """
    chosen = fit(snapshot, measures, by, across, of_values=False)
    found = {
        name: _counted(seen(snapshot, population, by), of, by) for name, (population, of) in _asked(chosen).items()
    }
    return pl.concat([_measured(measure, found, by, COUNTS) for measure in chosen]).sort("measure", *by)


def _asked(measures: Iterable[Measure]) -> dict[str, tuple[Population, dict[str, Count]]]:
    """By name of a population: itself, and what is counted of it, as "measure part"."""
    asked: dict[str, tuple[Population, dict[str, Count]]] = {}
    for measure in measures:
        for part, count in measure.counts.items():
            of = asked.setdefault(count.population.name, (count.population, {}))[1]
            of[f"{measure.name} {part}"] = count
    return asked


def values(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> pl.DataFrame:
    """True means, ratios and quantiles by group. Columns: `by`, measure, n, total, out_of, value.

    `n`: units with a number. `total`, `out_of`: the two sums of a ratio, of a mean the second is `n`.
    Raises as `figures`, TABLE-02 for a measure of counts.
    """
    chosen = fit(snapshot, measures, by, across, of_values=True)
    asked: dict[str, list[Measure]] = {}
    for measure in chosen:
        asked.setdefault(measure.numerator.population.name, []).append(measure)
    return pl.concat([_valued(snapshot, together, by) for together in asked.values()]).sort("measure", *by)


def fit(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...], across: Across | None, *, of_values: bool
) -> tuple[Measure, ...]:
    """The measures, where they can be asked so."""
    chosen = tuple(measures)
    for measure in chosen:
        if isinstance(measure.numerator, Value) != of_values:
            raise UsageError(
                "TABLE-02",
                f"{measure.title} is a {measure.kind.value}.",
                "Ask for counts, shares and rates by counts(), for the others by values().",
            )
        if "year" not in by:
            measure.pooled(_years(snapshot, measure), across)
    return chosen


def _years(snapshot: Snapshot, measure: Measure) -> list[int]:
    """The years in which the measure's populations have a unit."""
    found = set()
    for population in _populations([measure]).values():
        table = population.frame(snapshot).select("year").distinct()
        found |= set(table.to_polars()["year"].drop_nulls().to_list())
    return sorted(found)


def _populations(measures: Iterable[Measure]) -> dict[str, Population]:
    of = (part.population for m in measures for part in (m.numerator, m.denominator) if part is not None)
    return {population.name: population for population in of}


def flows(snapshot: Snapshot, measures: Iterable[Measure]) -> dict[str, pl.DataFrame]:
    """The attrition of every population of the measures, by its name."""
    return {name: population.flow(snapshot) for name, population in _populations(measures).items()}


def rows(snapshot: Snapshot, population: Population) -> AnalysisTable:
    """Every unit of a population, for a model."""
    judged = population.judged(snapshot)
    return AnalysisTable(rows=judged.frame().to_polars(), flows={population.name: judged.flow()})


def _measured(
    measure: Measure, counted: Mapping[str, pl.DataFrame], by: tuple[str, ...], columns: tuple[str, ...]
) -> pl.DataFrame:
    """One measure's rows: the groups of either population, a count that a group lacks being 0.

    What the measure does not have (the denominator of a plain count, the rest of a rate) is null.
    """
    own = {f"{measure.name} {column}": column for column in columns}
    populations = dict.fromkeys(count.population.name for count in measure.counts.values())
    frames = [counted[name].select(*by, *(c for c in own if c in counted[name].columns)) for name in populations]
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.join(frame, on=list(by), how="full", coalesce=True, nulls_equal=True)
    named = joined.rename(own, strict=False)
    had = [column for column in columns if column in named.columns]
    lacking = [pl.lit(None, pl.Int64).alias(column) for column in columns if column not in had]
    filled = named.with_columns(pl.col(had).fill_null(0), *lacking)
    return filled.select(*by, pl.lit(measure.name).alias("measure"), *columns)


def _counted(table: Table, counts_of: Mapping[str, Count], by: tuple[str, ...]) -> pl.DataFrame:
    """Counts on one population by group, a column each."""
    sums = {name: count.sum(table) for name, count in counts_of.items()}
    return table.group_by(list(by)).aggregate(**sums).to_polars().with_columns(pl.col(*sums).cast(pl.Int64))


def seen(snapshot: Snapshot, population: Population, by: tuple[str, ...]) -> Table:
    """The units, with the traits of their persons where a group asks for one that the population does not show."""
    table = population.frame(snapshot)
    asked = [name for name in by if name in TRAITS and name not in population.columns]
    return with_traits(table, snapshot) if asked else table


def _valued(snapshot: Snapshot, measures: Sequence[Measure], by: tuple[str, ...]) -> pl.DataFrame:
    """Measures of values of one population: its groups, null where a group has no number."""
    parts = [(measure, measure.numerator) for measure in measures if isinstance(measure.numerator, Value)]
    table = seen(snapshot, measures[0].numerator.population, by)
    sums = {f"{m.name} {part}": sum for m, value in parts for part, sum in value.sums(table).items()}
    found = table.group_by(list(by)).aggregate(**sums).to_polars()
    return pl.concat([_averaged(found, measure, by) for measure, _ in parts])


def _averaged(found: pl.DataFrame, measure: Measure, by: tuple[str, ...]) -> pl.DataFrame:
    """The columns of `values` for one measure."""

    def part(name: str) -> pl.Expr:
        return pl.col(f"{measure.name} {name}").alias(name)

    figure = part("quantile") if measure.kind is Kind.QUANTILE else part("total") / part("out_of")
    known = pl.when(part("n") > 0, part("out_of") != 0).then(figure).alias("value")
    name = pl.lit(measure.name).alias("measure")
    return found.select(*by, name, part("n").cast(pl.Int64), part("total"), part("out_of"), known)


def published(snapshot: Snapshot, measure: str) -> AnalysisTable:
    """Figures of authorities that somebody published, as the snapshot carries them, with their status and source.

    Raises UsageError where the snapshot carries none.
    """
    if "reference_measure" not in snapshot.tables:
        frame = pl.DataFrame()
    else:
        table = snapshot.tables["reference_measure"]
        frame = table.filter(table.measure == measure).to_polars()
    if frame.is_empty():
        raise UsageError(
            "TABLE-01",
            f"The snapshot {snapshot.name} carries no published figures of {measure}.",
            "Load the official files (cohort reference load FILE…) and cut a new snapshot.",
        )
    return AnalysisTable(counts=frame.drop("source"), source="; ".join(sorted(frame["source"].unique())))
