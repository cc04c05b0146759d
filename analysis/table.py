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
    """The counts of `counts` without the attrition, which takes as long again. Columns: `by`, measure, both counts."""
    return pl.concat([_measured(snapshot, measure, by) for measure in measures]).sort("measure", *by)


def rows(snapshot: Snapshot, population: Population) -> AnalysisTable:
    """Every unit of a population, for a model."""
    frame = population.frame(snapshot).to_polars()
    return AnalysisTable(rows=frame, flows={population.name: population.flow(snapshot)})


def _measured(snapshot: Snapshot, measure: Measure, by: tuple[str, ...]) -> pl.DataFrame:
    numerator = _counted(snapshot, measure.numerator, by, "numerator")
    if measure.denominator is None:
        joined = numerator.with_columns(pl.lit(None, pl.Int64).alias("denominator"))
    else:
        denominator = _counted(snapshot, measure.denominator, by, "denominator")
        joined = denominator.join(numerator, on=list(by), how="full", coalesce=True, nulls_equal=True)
        joined = joined.with_columns(pl.col("numerator", "denominator").fill_null(0))
    return joined.select(*by, pl.lit(measure.name).alias("measure"), "numerator", "denominator")


def _counted(snapshot: Snapshot, count: Count, by: tuple[str, ...], name: str) -> pl.DataFrame:
    table = count.population.frame(snapshot)
    grouped = table.group_by(list(by)).aggregate(**{name: count.where(table).cast("int64").sum()})
    return grouped.to_polars().with_columns(pl.col(name).fill_null(0).cast(pl.Int64))


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
