"""Linked against unlinked records, by group: whom does linkage lose?"""

from __future__ import annotations

import polars as pl

from analysis.measure import measures
from analysis.people_behind import DEFF, PEOPLE
from analysis.places import authorities
from analysis.result import CountTable, Derived, Frames, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, counts
from cohort.snapshot import Snapshot

MEASURE = "linked_records"
TRAITS = {"sex": "sex_code", "ethnicity": "ethnicity_code", "deprivation": "deprivation"}
COUNTED = ("year", "trait", "group", "measure", "numerator", "denominator", *PEOPLE, DEFF)


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    by_trait, flows = [], {}
    for trait, column in TRAITS.items():
        built = counts(snapshot, [measures()[MEASURE]], by=("year", column))
        flows |= built.flows
        assert built.counts is not None  # noqa: S101
        by_trait.append(built.counts.with_columns(pl.lit(trait).alias("trait"), pl.col(column).alias("group")))
    placed = counts(snapshot, [measures()[MEASURE]]).counts
    assert placed is not None  # noqa: S101
    named = placed.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    by_trait.append(named.with_columns(pl.lit("authority").alias("trait"), pl.col("authority").alias("group")))
    return AnalysisTable(counts=pl.concat([frame.select(COUNTED) for frame in by_trait]), flows=flows)


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.counts is not None  # noqa: S101
    rows = table.counts.sort("trait", "year", "group")
    n = int(rows.filter(trait="sex")["denominator"].sum())
    return Result(
        title="Linked and unlinked records",
        estimand=measures()[MEASURE].sentence,
        method="Share of records linked, by sex, ethnic group, deprivation and authority, with Wilson 95 % intervals; "
        "the largest gap is between the groups whose shares are shown.",
        tables=(CountTable("groups", "Records linked, by group", rows, ("trait", "year", "group", "measure")),),
        derived=(Derived("gaps", "The largest gap between groups", _gaps),),
        say=_say,
        flows=table.flows,
        assumptions=(
            "Groups differ in how many children are new to the record as well as in how many links were missed.",
        ),
        warnings=("A gap is a reason to look, not a rate of missed links: that is measured where the truth is known.",),
        n_in=n,
        n_used=n,
    )


def _gaps(frames: Frames) -> pl.DataFrame:
    """The highest and lowest share of each trait and year among those shown."""
    shown = frames["groups"].drop_nulls("value").sort("value")
    return (
        shown.group_by("trait", "year", maintain_order=True)
        .agg(
            pl.col("group").first().alias("lowest"),
            pl.col("group").last().alias("highest"),
            (pl.col("value").max() - pl.col("value").min()).alias("gap"),
        )
        .sort("trait", "year")
    )


def _say(frames: Frames) -> str:
    gaps = frames["gaps"].filter(pl.col("trait") == "ethnicity").sort("year")
    if gaps.is_empty():
        return "Too few records stand behind any ethnic group to compare how many were linked."
    row = gaps.row(-1, named=True)
    return (
        f"In the returns on {row['year']}, the share of records linked differed by {row['gap'] * 100:.1f} points "
        f"between the ethnic groups with the highest ({row['highest']}) and the lowest share ({row['lowest']})."
    )


linkage_quality = Study(
    name="linkage_quality",
    title="Linked and unlinked records",
    question="Are children of some groups linked less often than others?",
    choices=(),
    build=_build,
    compute=_compute,
)
