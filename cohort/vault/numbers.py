"""Linking by number: a UPN, a former UPN or a ULN that the record knows, where the child agrees with it.

A number alone is not believed where date and name speak against it: UPNs are reissued, a sibling's is typed, a
twin's stands in the next line. Such a number names nobody here, and the authority is asked.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.parse import PERSON_ROW
from cohort.vault import agree
from cohort.vault.agree import KNOWN
from cohort.vault.record import Record

CLAIM = [PERSON_ROW, "kind_code", "token", "person_id"]


def judged(claims: pl.DataFrame, own: pl.DataFrame, record: Record) -> pl.DataFrame:
    """Claims (person_row, kind_code, token, person_id: a number's row, and whom the record knows by it), judged.

    `stands`: the number is believed; `twins`: it might be a twin's. A claim stands if some row of that
    person agrees, or none can be compared and the number is permanent.
    """
    if record.rows.is_empty():
        return claims.with_columns(stands=pl.lit(value=True), twins=pl.lit(value=False))
    beside = claims.join(own, on=PERSON_ROW).join(record.rows, on="person_id", how="left", suffix=KNOWN)
    temporary = pl.col("is_upn_temporary") & (pl.col("kind_code") == "upn")
    agrees = pl.when(temporary.fill_null(value=False))
    agrees = agrees.then(agree.agrees_beside_temporary_number()).otherwise(agree.agrees_beside_number())
    told = beside.select(
        *CLAIM,
        agrees.alias("agrees"),
        agree.is_comparable().alias("comparable"),
        temporary.fill_null(value=False).alias("temporary"),
        agree.may_be_twins().alias("twins"),
        agree.differs("sex").alias("sex_differs"),
    )
    summed = told.group_by(CLAIM).agg(
        pl.col("agrees").any(),
        pl.col("comparable").any(),
        pl.col("temporary").any(),
        # Twins by every row that can be compared: a forename that was once corrected tells of no twin.
        (pl.col("twins").all() & pl.col("comparable").any()).alias("twins"),
        pl.col("sex_differs").all(),
    )
    # Two numbers that name one person believe each other: nobody mistypes both into the same child's.
    both = (
        pl.col("kind_code").str.replace("former_upn", "upn", literal=True).n_unique().over(PERSON_ROW, "person_id") > 1
    )
    summed = summed.with_columns(both=both).with_columns(
        agrees=pl.col("agrees") | pl.col("both"), temporary=pl.col("temporary") & ~pl.col("both")
    )
    doubted = summed.join(_sightings_of_twins(summed.filter("twins"), own, record), on=CLAIM, how="left")
    is_twin = pl.col("twins") & (pl.col("is_seen").fill_null(value=False) | pl.col("sex_differs"))
    stands = pl.when("comparable").then(pl.col("agrees") & ~is_twin).otherwise(~pl.col("temporary"))
    verdict = doubted.select(*CLAIM, stands.alias("stands"), "twins")
    return claims.join(verdict, on=CLAIM, how="left", maintain_order="left")


def _sightings_of_twins(twins: pl.DataFrame, own: pl.DataFrame, record: Record) -> pl.DataFrame:
    """Claims whose other twin is seen: the row's child elsewhere in the record, the number's child elsewhere in the
    return, or anybody else of that birth and surname at that home.

    Without that, another forename under one number, date and surname is a forename that changed.
    """
    if twins.is_empty():
        return pl.DataFrame(schema={**twins.select(CLAIM).schema, "is_seen": pl.Boolean})
    others = record.rows.rename({"person_id": "other_id"})
    elsewhere = own.rename({PERSON_ROW: "other_row"})
    in_record = _of_one_birth(twins.select(CLAIM).join(own, on=PERSON_ROW), others)
    in_return = _of_one_birth(twins.select(CLAIM).join(record.rows, on="person_id"), elsewhere)
    seen = [
        in_record.filter(pl.col("other_id") != pl.col("person_id")),
        in_return.filter(pl.col("other_row") != pl.col(PERSON_ROW)),
    ]
    return pl.concat([each.select(CLAIM) for each in seen]).unique().with_columns(is_seen=pl.lit(value=True))


def _of_one_birth(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Rows beside others of the same date of birth and surname, with the same forename or home."""
    beside = rows.join(others, on="birth_date", suffix=KNOWN).with_columns(
        pl.col("birth_date").alias(f"birth_date{KNOWN}")
    )
    return beside.filter(agree.name_agrees("surname"), agree.forename_is_the_same() | agree.same("postcode"))


def disputed_within(shared: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Of numbers (person_row, kind_code, token) that the record does not know, those that rows of one return share
    and that cannot all be one child's. Whose they are cannot be told, so they are nobody's."""
    number = ["kind_code", "token"]
    several = shared.filter(pl.len().over(number) > 1)
    first = several.group_by(number).agg(pl.col(PERSON_ROW).min().alias("first_row"))
    beside = (
        several.join(first, on=number)
        .filter(pl.col(PERSON_ROW) != pl.col("first_row"))
        .join(own, on=PERSON_ROW)
        .join(own.rename({PERSON_ROW: "first_row"}), on="first_row", suffix=KNOWN)
    )
    strange = agree.is_comparable() & (~agree.agrees_beside_number() | agree.may_be_twins())
    return several.join(beside.filter(strange).select(number).unique(), on=number, how="semi")
