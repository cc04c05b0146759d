"""Populations of linkage: children's records in returns, and children who left an authority for another."""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import PLACE
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

TRAITS = {"sex_code": pl.String, "ethnicity_code": pl.String, "deprivation": pl.String}
ROW = ("authority_code", "collection", "collection_year", "row_number")
NOT_KNOWN = "not known"
SEN2 = "SEN2"
"""The collection in which a child leaves and arrives: a school in another authority says nothing of a plan."""
MOVED = "5"
"""Plan ended: transferred to another authority in England."""


def _records(snapshot: Snapshot) -> Table:
    """Every child's record of every return, how it came to be a person, and whether a return went before it."""
    link: Table = snapshot.tables["link"]
    trait: Table = snapshot.tables["person_trait"]
    said = trait.select(
        *ROW,
        *(trait[name].fill_null(NOT_KNOWN).name(name) for name in ("sex_code", "ethnicity_code")),
        deprivation=trait.deprivation_decile.cast("string").fill_null(NOT_KNOWN),
    )
    first = link.group_by("authority_code").aggregate(first_year=link.collection_year.min())
    joined: Table = link.inner_join(said, ROW).inner_join(first, "authority_code")
    return joined.mutate(
        year=(joined.collection_year - 1).cast("int64"), later=joined.collection_year > joined.first_year
    )


def _leavers(snapshot: Snapshot) -> Table:
    """Every child who left an authority in a return, and whether another authority returned it then or a year on."""
    t: dict[str, Table] = dict(snapshot.tables)
    ended = t["ehc_plan"].filter(t["ehc_plan"].cease_reason_code == MOVED)
    exported = t["ehc_request"].filter(t["ehc_request"].exported_authority_code.notnull())
    place = ("person_id", "authority_code", "collection_year")
    left = ibis.union(ended.select(*place), exported.select(*place)).distinct()
    trait = t["person_trait"].filter(t["person_trait"].collection == SEN2)
    seen = trait.select("person_id", elsewhere=trait.authority_code, seen_year=trait.collection_year).distinct()
    beside: Table = left.left_join(seen, "person_id").drop("person_id_right")
    arrived = (beside.elsewhere != beside.authority_code) & (
        (beside.seen_year == beside.collection_year) | (beside.seen_year == beside.collection_year + 1)
    )
    told = (
        beside.mutate(arrived=arrived.fill_null(False))
        .group_by(list(place))
        .aggregate(has_arrived=lambda b: b.arrived.ifelse(1, 0).max())
    )
    latest = trait.aggregate(latest=trait.collection_year.max())
    whole: Table = told.cross_join(latest)
    return whole.mutate(
        year=(whole.collection_year - 1).cast("int64"),
        is_followed=whole.collection_year < whole.latest,
        has_arrived=whole.has_arrived == 1,
    )


RECORDS = Population(
    name="records",
    unit="child's record in a return",
    sentence="Children's records in the returns.",
    columns={**PLACE, **TRAITS, "rule_code": pl.String, "certainty": pl.String},
    start=_records,
    steps=(Step("later", "Not in the first return of its authority.", lambda t: t.later),),
)

LEAVERS = Population(
    name="leavers",
    unit="child who left",
    sentence="Children whose plan was transferred to another authority, or who moved before the end of an assessment.",
    columns={**PLACE, "has_arrived": pl.Boolean},
    start=_leavers,
    steps=(Step("followed", "A year later there are returns to look in.", lambda t: t.is_followed),),
)
