"""The shape of a snapshot's tables, however it was made: which columns, in which order of rows, in which parts."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Table

from cohort.schema.frames import frame_schema

KEY = ("collection_year", "authority_code", "collection", "row_number")
"""The order of rows; a table without one of these columns is ordered by the others."""
FIRST = ("person_id", "authority_code", "collection", "collection_year", "row_number")
"""Columns of a fact about a person that come before its table's own."""
OF_PERSONS = ("person_trait", "link")
"""Tables to which every collection adds rows, so that each row says which collection it is of. Every other table of
facts is fed by one collection only."""
WHOLE = "all"
"""The name of the one part of a table that is not parted by collection year."""

LINK = {
    **dict.fromkeys(("person_id", "authority_code", "collection"), pl.String),
    **dict.fromkeys(("collection_year", "row_number"), pl.Int64),
    **dict.fromkeys(("rule_code", "certainty"), pl.String),
}
"""How each row of a return that is about a person came to be that person."""
PERSON = {"person_id": pl.String, "birth_month": pl.Date, "sex_code": pl.String, "ethnicity_code": pl.String}
"""The traits last reported of each person."""
OFFICERS = ("medical_officer_code", "clinical_officer_code", "social_care_officer_code")
RETURN = {
    "authority_code": pl.String,
    "collection": pl.String,
    "collection_year": pl.Int64,
    "census_date": pl.Date,
    **dict.fromkeys(OFFICERS, pl.String),
}
"""Each return that holds, and what its head says."""

Schema = dict[str, type[pl.DataType]]


def fact_schema(table: Table) -> Schema:
    """The columns of a table of facts about persons: a submission's key has become what it stands for."""
    stored = frame_schema(table) | {"authority_code": pl.String, "collection": pl.String}
    first = [name for name in FIRST if name != "collection" or table.name in OF_PERSONS]
    others = [name for name in stored if name not in {*FIRST, "submission_id"}]
    return {name: stored[name] for name in (*first, *others)}


def authority_fact_schema(table: Table) -> Schema:
    """The columns of a table of facts about authorities."""
    return {name: kind for name, kind in frame_schema(table).items() if name != "submission_id"}


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order of a snapshot, which is theirs alone."""
    return rows.sort(name for name in KEY if name in rows.columns)
