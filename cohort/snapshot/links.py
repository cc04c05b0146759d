"""How the rows of the returns that hold came to be persons, for a snapshot: rule and certainty, no token."""

from __future__ import annotations

import polars as pl
from psycopg import sql
from sqlalchemy import Connection

from cohort.store.copy import copy_out
from cohort.store.known import Known

SCHEMA = {
    "person_id": pl.String,
    "submission_id": pl.Int64,
    "person_row": pl.Int64,
    "rule_code": pl.String,
    "weight": pl.Float64,
}
BANDS = ((0.9999, "0.9999 and over"), (0.999, "0.999 to 0.9999"), (0.0, "under 0.999"))
"""Certainty of links by the model."""


def links(connection: Connection, known: Known, year: int) -> pl.DataFrame:
    """One row a person row of a collection year that holds: person_id (as known then), collection_year,
    submission_id, row_number, rule_code, certainty (exact, a band of the model's, or new)."""
    held = known.submissions.filter(collection_year=year)
    query = sql.SQL("SELECT {} FROM cohort.link WHERE submission_id = ANY({})").format(
        sql.SQL(", ").join(map(sql.Identifier, SCHEMA)), sql.Literal(held["submission_id"].to_list())
    )
    made = copy_out(connection, query, SCHEMA)
    rows = known.identities.resolve(known.objections.without(made, known.identities))
    certainty = pl.when(pl.col("rule_code") == "new").then(pl.lit("new"))
    certainty = certainty.when(pl.col("rule_code") != "model").then(pl.lit("exact"))
    for least, band in BANDS:
        certainty = certainty.when(pl.col("weight") >= least).then(pl.lit(band))
    return rows.select(
        "person_id",
        pl.lit(year, pl.Int64).alias("collection_year"),
        "submission_id",
        pl.col("person_row").alias("row_number"),
        "rule_code",
        certainty.alias("certainty"),
    )
