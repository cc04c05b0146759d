"""build(population × measures): from a snapshot to the frames on which a study computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from analysis.measure import Count, Measure
from analysis.population import BY_PLACE, Population
from cohort.errors import UsageError
from cohort.snapshot import Snapshot


@dataclass(frozen=True)
class AnalysisTable:
    """What a study computes on.

    `counts`: the grouping columns, measure, numerator, denominator (null for a plain count), true counts.
    `rows`: one row a unit, for models. `flows`: attrition by population. `published`: the counts are figures
    that somebody published, under `source`. None of it may be seen: only a Release may.
    """

    counts: pl.DataFrame | None = None
    rows: pl.DataFrame | None = None
    flows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    source: str = ""

    @property
    def is_published(self) -> bool:
        """Whether these are already published figures."""
        return bool(self.source)


def counts(snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE) -> AnalysisTable:
    """True counts of each measure by the given columns of its populations."""
    chosen = tuple(measures)
    populations = {c.population.name: c.population for m in chosen for c in (m.numerator, m.denominator) if c}
    flows = {name: population.flow(snapshot) for name, population in populations.items()}
    return AnalysisTable(counts=figures(snapshot, chosen, by), flows=flows)


def figures(snapshot: Snapshot, measures: Iterable[Measure], by: tuple[str, ...] = BY_PLACE) -> pl.DataFrame:
    """The counts of `counts` without the attrition. Columns: `by`, measure, both counts. One look at a population."""
    chosen = tuple(measures)
    asked: dict[str, dict[str, Count]] = {}
    for measure in chosen:
        for part, count in _parts(measure).items():
            asked.setdefault(count.population.name, {})[f"{measure.name} {part}"] = count
    counted = {name: _counted(snapshot, counts_of, by) for name, counts_of in asked.items()}
    return pl.concat([_measured(measure, counted, by) for measure in chosen]).sort("measure", *by)


def rows(snapshot: Snapshot, population: Population) -> AnalysisTable:
    """Every unit of a population, for a model."""
    frame = population.frame(snapshot).to_polars()
    return AnalysisTable(rows=frame, flows={population.name: population.flow(snapshot)})


def _parts(measure: Measure) -> dict[str, Count]:
    both = {"numerator": measure.numerator, "denominator": measure.denominator}
    return {part: count for part, count in both.items() if count is not None}


def _measured(measure: Measure, counted: Mapping[str, pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    """One measure's rows: the groups of either population, a count that a group lacks being 0."""
    frames = [
        counted[count.population.name].select(*by, pl.col(f"{measure.name} {part}").alias(part))
        for part, count in _parts(measure).items()
    ]
    if len(frames) == 1:
        joined = frames[0].with_columns(pl.lit(None, pl.Int64).alias("denominator"))
    else:
        joined = frames[1].join(frames[0], on=list(by), how="full", coalesce=True, nulls_equal=True)
        joined = joined.with_columns(pl.col("numerator", "denominator").fill_null(0))
    return joined.select(*by, pl.lit(measure.name).alias("measure"), "numerator", "denominator")


def _counted(snapshot: Snapshot, counts_of: Mapping[str, Count], by: tuple[str, ...]) -> pl.DataFrame:
    """Counts on one population by group, a column each."""
    table = next(iter(counts_of.values())).population.frame(snapshot)
    sums = {name: count.where(table).cast("int64").sum() for name, count in counts_of.items()}
    grouped = table.group_by(list(by)).aggregate(**sums).to_polars()
    return grouped.with_columns(pl.col(*sums).fill_null(0).cast(pl.Int64))


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
