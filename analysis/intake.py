"""Outcomes that are compared between places, and what pupils bring to the comparison, as a model takes it.

What is adjusted for was there before the outcome and is no decision of the authority: whether a pupil has a plan is
one, so it is never among the covariates.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.measure import Direction
from analysis.places import authorities
from analysis.population import Population
from analysis.populations.compared import COMPARED
from analysis.table import AnalysisTable, rows
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

INTAKE = ("sex", "born", "meals", "deprivation", "need", "year")
COMMON_NEEDS = ("ASD", "SLCN", "SEMH", "MLD", "SPLD")
NO_NEED, OTHER_NEEDS = "none recorded", "other"
FEWEST = 5
BROUGHT = "sex, term of birth, free meals, deprivation of the home, primary need and year"


@dataclass(frozen=True)
class Outcome:
    """What is compared, in words, and which way is good."""

    title: str
    sentence: str
    direction: Direction


OUTCOMES = {
    "key_stage_2": Outcome(
        "Expected standard at 11",
        "at the expected standard in reading, writing and mathematics at 11",
        Direction.HIGHER,
    ),
    "phonics": Outcome("Phonics check", "at the expected standard of the phonics check", Direction.HIGHER),
    "absence": Outcome(
        "Persistent absence",
        "missing a tenth of their sessions or more in the latest school year",
        Direction.LOWER,
    ),
}


def compared(outcome: str, among: str) -> Population:
    """The population of an outcome. Pupils of whom: `SEN`, `plan holders`, `all pupils`."""
    return COMPARED[outcome, among]


def brought(snapshot: Snapshot, population: Population) -> AnalysisTable:
    """The pupils with outcome, covariates of INTAKE, urn, authority and region. Raises NothingToRelease."""
    built = rows(snapshot, population)
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No pupil has such an outcome.", "Load returns of schools first.")
    named = built.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(rows=_in_words(named), flows=built.flows)


def _in_words(frame: pl.DataFrame) -> pl.DataFrame:
    need, month = pl.col("need_code"), pl.col("birth_month").dt.month()
    words = pl.when(need.is_null()).then(pl.lit(NO_NEED)).when(need.is_in(COMMON_NEEDS)).then(need)
    return frame.select(
        "authority_code", "authority", "region", "urn", "sen_provision_code", "outcome",
        # Unknown sex is too rare to have a risk of its own; such rows are dropped, and counted.
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code").alias("sex"),
        ((month + 3) % 12 // 4 + 1).cast(pl.String).alias("born"),
        pl.col("is_meals_eligible").cast(pl.Int8).alias("meals"),
        pl.col("deprivation_decile").alias("deprivation"),
        words.otherwise(pl.lit(OTHER_NEEDS)).alias("need"),
        pl.col("year").cast(pl.String),
    )  # fmt: skip


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """The pupils of whom everything is known that a comparison needs."""
    return frame.drop_nulls(["outcome", "authority", "urn", *INTAKE])


def covariates(frame: pl.DataFrame) -> list[str]:
    """INTAKE without need where some need has so few with the outcome, or without, that its risk cannot be told."""
    told = frame.group_by("need").agg(pl.min_horizontal(pl.col("outcome").sum(), (1 - pl.col("outcome")).sum()))
    enough = told.select(pl.col("outcome").min() >= FEWEST).item()
    return [name for name in INTAKE if enough or name != "need"]
