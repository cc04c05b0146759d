"""Populations of placements: where children with a plan in force are on census day."""

from __future__ import annotations

import polars as pl

from analysis.facts import LINE, PERSON, beside, first, in_force, plans, stored, with_census
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

SHOWN = ("urn", "ukprn", "setting_code", "is_sen_unit", "is_resourced_provision", "residential_code")


def _placed(snapshot: Snapshot) -> Table:
    """Every plan with its main placement on census day, if there is one."""
    placement = with_census(stored(snapshot, "placement"), snapshot)
    current = placement.filter(
        (placement.rank_code == "1")
        & (placement.entry_date.isnull() | (placement.entry_date <= placement.census_date))
        & (placement.leaving_date.isnull() | (placement.leaving_date > placement.census_date))
    )
    latest = first(current, LINE, ("row_number",)).mutate(is_placed=True)
    joined = beside(plans(snapshot), latest, LINE, (*SHOWN, "is_placed"))
    return joined.mutate(
        is_placed=joined.is_placed.notnull(),
        is_at_establishment=joined.urn.notnull() | joined.ukprn.notnull(),
    )


PLACED = Population(
    name="plans_placed",
    unit="plan",
    sentence="Plans in the returns, with their main placement on census day.",
    columns={
        **PERSON,
        "need_code": pl.String,
        "is_placed": pl.Boolean,
        "is_at_establishment": pl.Boolean,
        "setting_code": pl.String,
        "is_sen_unit": pl.Boolean,
        "is_resourced_provision": pl.Boolean,
        "residential_code": pl.String,
    },
    start=_placed,
    steps=(
        Step("started", "Started by census day.", lambda t: t.start_date <= t.census_date),
        Step("in_force", "Not ended by census day.", in_force),
    ),
)
