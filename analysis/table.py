"""build(population × measures): from a snapshot to the frames on which a study computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.facts import TRAITS, with_traits
from analysis.measure import Across, Count, Kind, Measure, Value
from analysis.population import BY_PLACE, Population, Table
from cohort.errors import UsageError
from cohort.snapshot import Snapshot


@dataclass(frozen=True)
class AnalysisTable:
    """What a study computes on.

    `counts`: the grouping columns, measure, numerator, denominator (null for a plain count), true counts.
    `averages`: the grouping columns, measure, n, total, out_of, value, sd, of measures of a value.
    `rows`: one row a unit, for models. `flows`: attrition by population. `published`: the counts are figures
    that somebody published, under `source`. None of it may be seen: only a Release may.
    """

    counts: pl.DataFrame | None = None
    averages: pl.DataFrame | None = None
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
    """True counts of each measure by the given columns of its populations."""
    chosen = tuple(measures)
    return AnalysisTable(counts=figures(snapshot, chosen, by, across), flows=_flows(snapshot, chosen))


def averages(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> AnalysisTable:
    """True means, ratios and quantiles of measures of a value, by the given columns of their populations."""
    chosen = tuple(measures)
    return AnalysisTable(averages=values(snapshot, chosen, by, across), flows=_flows(snapshot, chosen))


def figures(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> pl.DataFrame:
    """The counts of `counts` without the attrition. Columns: `by`, measure, both counts. One look at a population.

    Raises UsageError TABLE-02 for a measure of a value; where the years are pooled, what `Measure.pooled` raises.
    """
    chosen = _fit(snapshot, measures, by, across, of_values=False)
    asked: dict[str, dict[str, Count]] = {}
    for measure in chosen:
        for part, count in measure.counts.items():
            asked.setdefault(count.population.name, {})[f"{measure.name} {part}"] = count
    counted = {name: _counted(snapshot, counts_of, by) for name, counts_of in asked.items()}
    return pl.concat([_measured(measure, counted, by) for measure in chosen]).sort("measure", *by)


def values(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE, across: Across | None = None
) -> pl.DataFrame:
    """The averages of `averages` without the attrition. Columns: `by`, measure, n, total, out_of, value, sd.

    `n`: units with a number. `total`, `out_of`: the two sums of a ratio, of a mean the second is `n`. `sd`: the
    spread of a mean, null for others. Raises as `figures`, TABLE-02 for a measure of counts.
    """
    chosen = _fit(snapshot, measures, by, across, of_values=True)
    asked: dict[str, list[Measure]] = {}
    for measure in chosen:
        asked.setdefault(measure.numerator.population.name, []).append(measure)
    return pl.concat([_valued(snapshot, together, by) for together in asked.values()]).sort("measure", *by)


def _fit(
    snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...], across: Across | None, *, of_values: bool
) -> tuple[Measure, ...]:
    """The measures, where they can be asked so."""
    chosen = tuple(measures)
    for measure in chosen:
        if isinstance(measure.numerator, Value) != of_values:
            raise UsageError(
                "TABLE-02",
                f"{measure.title} is a {measure.kind.value}.",
                "Ask for counts, shares and rates by counts(), for the others by averages().",
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


def _flows(snapshot: Snapshot, measures: Iterable[Measure]) -> dict[str, pl.DataFrame]:
    return {name: population.flow(snapshot) for name, population in _populations(measures).items()}


def rows(snapshot: Snapshot, population: Population) -> AnalysisTable:
    """Every unit of a population, for a model."""
    judged = population.judged(snapshot)
    return AnalysisTable(rows=judged.frame().to_polars(), flows={population.name: judged.flow()})


def _measured(measure: Measure, counted: Mapping[str, pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    """One measure's rows: the groups of either population, a count that a group lacks being 0."""
    frames = [
        counted[count.population.name].select(*by, pl.col(f"{measure.name} {part}").alias(part))
        for part, count in measure.counts.items()
    ]
    if len(frames) == 1:
        joined = frames[0].with_columns(pl.lit(None, pl.Int64).alias("denominator"))
    else:
        joined = frames[1].join(frames[0], on=list(by), how="full", coalesce=True, nulls_equal=True)
        joined = joined.with_columns(pl.col("numerator", "denominator").fill_null(0))
    return joined.select(*by, pl.lit(measure.name).alias("measure"), "numerator", "denominator")


def _counted(snapshot: Snapshot, counts_of: Mapping[str, Count], by: tuple[str, ...]) -> pl.DataFrame:
    """Counts on one population by group, a column each."""
    table = _seen(snapshot, next(iter(counts_of.values())).population, by)
    sums = {name: count.sum(table) for name, count in counts_of.items()}
    grouped = table.group_by(list(by)).aggregate(**sums).to_polars()
    return grouped.with_columns(pl.col(*sums).cast(pl.Int64))


def _seen(snapshot: Snapshot, population: Population, by: tuple[str, ...]) -> Table:
    """The units, with the traits of their persons where a group asks for one that the population does not show."""
    table = population.frame(snapshot)
    asked = [name for name in by if name in TRAITS and name not in population.columns]
    return with_traits(table, snapshot) if asked else table


def _valued(snapshot: Snapshot, measures: Sequence[Measure], by: tuple[str, ...]) -> pl.DataFrame:
    """Measures of values of one population: its groups, null where a group has no number."""
    parts = [(measure, measure.numerator) for measure in measures if isinstance(measure.numerator, Value)]
    table = _seen(snapshot, measures[0].numerator.population, by)
    sums = {f"{m.name} {part}": sum for m, value in parts for part, sum in value.sums(table).items()}
    found = table.group_by(list(by)).aggregate(**sums).to_polars()
    return pl.concat([_averaged(found, measure, by) for measure, _ in parts])


def _averaged(found: pl.DataFrame, measure: Measure, by: tuple[str, ...]) -> pl.DataFrame:
    """The columns of `values` for one measure."""

    def part(name: str) -> pl.Expr:
        return pl.col(f"{measure.name} {name}").alias(name)

    figure = part("quantile") if measure.kind is Kind.QUANTILE else part("total") / part("out_of")
    sd = part("sd") if measure.kind is Kind.MEAN else pl.lit(None, pl.Float64).alias("sd")
    known = pl.when(part("n") > 0, part("out_of") != 0).then(figure).alias("value")
    name = pl.lit(measure.name).alias("measure")
    return found.select(*by, name, part("n").cast(pl.Int64), part("total"), part("out_of"), known, sd)


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
