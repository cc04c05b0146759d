"""Populations of adult life: years of work and of benefits, homes, health checks. Tax years, or school years."""

from __future__ import annotations

import polars as pl

from analysis.facts import GIVEN, PERSON, in_school_year, school, stored, with_traits
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

YOUNGEST = 18
OUT_OF_WORK = ("UCS", "UCN", "JSA", "ESA", "IS", "OT")
"""Benefits of those who do not work; Universal Credit in work, disability and carers' benefits are not."""


def _benefits(snapshot: Snapshot) -> Table:
    """A tax year of a person, with whether any benefit out of work was received; null where that is not given."""
    row = stored(snapshot, "benefit_year")
    keys = ("person_id", "authority_code", "collection_year", "tax_year")
    is_given = (row.value_status_code == GIVEN).ifelse(1, 0)
    year = row.group_by(*keys).aggregate(
        age_at_start=row.age_at_start.max(),
        given=is_given.min(),
        out_of_work=row.count(where=row.benefit_code.isin(OUT_OF_WORK)),
    )
    told = year.mutate(
        year=year.collection_year.cast("int64"), is_given=year.given == 1, is_out_of_work=year.out_of_work > 0
    )
    return with_traits(told, snapshot)


ADULTS = Step("adult", "Aged 18 or over when the tax year began.", lambda t: t.age_at_start >= YOUNGEST)
OF_RETURN = Step("in_year", "Of the tax year of the return.", lambda t: t.tax_year == t.year)

TAX_YEARS = Population(
    name="tax_years",
    unit="tax year of a person",
    sentence="Tax years of young adults in the returns.",
    columns={
        **PERSON,
        "age_at_start": pl.Int64,
        "is_employed": pl.Boolean,
        "is_self_employed": pl.Boolean,
        "is_sustained": pl.Boolean,
        "earnings_gbp": pl.Float64,
    },
    start=lambda snapshot: school(snapshot, "tax_year_outcome"),
    steps=(
        OF_RETURN,
        ADULTS,
        Step("given", "Found in the records of the tax authority.", lambda t: t.value_status_code == GIVEN),
    ),
)

BENEFIT_YEARS = Population(
    name="benefit_years",
    unit="tax year of a person",
    sentence="Tax years of young adults in the returns, with the benefits received.",
    columns={**PERSON, "age_at_start": pl.Int64, "is_out_of_work": pl.Boolean},
    start=_benefits,
    steps=(OF_RETURN, ADULTS, Step("given", "Found in the records of benefits.", lambda t: t.is_given)),
)

HOMES = Population(
    name="homes",
    unit="record of a home",
    sentence="Records of where and how young adults live in the returns.",
    columns={
        **PERSON,
        "home_code": pl.String,
        "has_own_tenancy": pl.Boolean,
        "support_hours_per_week": pl.Float64,
        "travel_code": pl.String,
    },
    start=lambda snapshot: school(snapshot, "independent_living"),
    steps=(
        Step("recorded", "Recorded in the school year.", lambda t: in_school_year(t, "recorded_date")),
        Step("adult", "Aged 18 or over.", lambda t: t.age_at_record >= YOUNGEST),
    ),
)

CHECKS = Population(
    name="health_checks",
    unit="health check",
    sentence="Health checks due in the returns.",
    columns={**PERSON, "health_check_code": pl.String, "health_check_result_code": pl.String},
    start=lambda snapshot: school(snapshot, "health_check"),
    steps=(
        Step("due", "Due in the school year.", lambda t: in_school_year(t, "due_date")),
        Step("recorded", "Whether it was done is recorded.", lambda t: t.health_check_result_code != "NR"),
    ),
)
