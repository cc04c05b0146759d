"""What the vault knows of persons that a return may be about: handed to the linker, which opens no database."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from cohort.ingest.parse import PERSON_ROW
from cohort.ingest.pseudonymise import TOKEN_KINDS, PseudonymousReturn
from cohort.vault.derived import KEYS
from cohort.vault.weigh import FREQUENCIES

ROW = {**dict.fromkeys(TOKEN_KINDS, pl.Binary), "is_upn_temporary": pl.Boolean, **dict.fromkeys(KEYS, pl.Binary)}
"""A row's tokens and derived keys."""
KNOWN_ROW = {"person_id": pl.String, "is_kept_apart": pl.Boolean, **ROW}
"""A row of the record, its person, and whether that person is never linked by name."""


@dataclass(frozen=True)
class Record:
    """`rows`: KNOWN_ROW of persons whose numbers are in a return, and of those who share a block with an open row.

    `frequencies`: key, token and n of how many of `n_rows` rows bear it. `persons`: how many persons there are.
    """

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=KNOWN_ROW))
    frequencies: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FREQUENCIES))
    n_rows: int = 0
    persons: int = 0


def own_rows(given: PseudonymousReturn) -> pl.DataFrame:
    """The rows of a return as the linker compares them: person_row and ROW."""
    person = given.tables[given.format.tables[0].stored]
    temporary = pl.col("is_upn_temporary") if "is_upn_temporary" in person.columns else pl.lit(None, pl.Boolean)
    rows = person.select(pl.col(PERSON_ROW).cast(pl.UInt32), temporary.alias("is_upn_temporary"))
    for kind in TOKEN_KINDS:
        of_kind = given.tokens.filter(kind_code=kind).unique(PERSON_ROW, keep="first")
        rows = rows.join(of_kind.select(PERSON_ROW, pl.col("token").alias(kind)), on=PERSON_ROW, how="left")
    return rows.join(given.keys, on=PERSON_ROW, how="left").select(PERSON_ROW, *ROW).sort(PERSON_ROW)
