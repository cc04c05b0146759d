"""What the record keeps of a return's tables: ages in place of dates of birth; of numbers, whether they were given.

The stations of ingest do the same to a file. Here it is done to the frames behind the file, so that a world may
become a snapshot without files, and the two ways may be held against each other.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.ingest.format import Role, Table
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.identifiers import is_temporary
from cohort.ingest.school_year import age

WHO = ["place", "person_row"]


def stored(table: Table, frame: pl.DataFrame, persons: pl.DataFrame, year: int) -> pl.DataFrame:
    """A table of all returns of a year as it is stored, with `place` and `child`.

    `frame`: place, row_number, the rows above, and the columns that `table` declares. `persons`: place, person_row,
    child and birth_date.
    """
    above = {"person_row", *(parent.key for parent in SEN2.ancestors(table))}
    kept = [column for column in table.columns if column.role is Role.PAYLOAD and column.in_year(year)]
    birth = pl.col("birth_date")
    of_persons = frame.drop("birth_date", strict=False).join(persons, on=WHO, maintain_order="left")
    return of_persons.select(
        "place",
        "child",
        "row_number",
        *sorted(above),
        *(column.stored for column in kept),
        *(age(birth, pl.col(column.stored)).alias(column.age) for column in kept if column.age),
        *(() if table.parent else _of_person(year)),
    )


def _of_person(year: int) -> tuple[pl.Expr, ...]:
    upn = pl.col("upn")
    return (
        pl.col("birth_date").dt.month_start().alias("birth_month"),
        age(pl.col("birth_date"), pl.lit(date(year - 1, 8, 31))).alias("age_on_31_august"),
        upn.is_not_null().alias("has_upn"),
        is_temporary(upn).fill_null(value=False).alias("is_upn_temporary"),
        pl.col("uln").is_not_null().alias("has_uln"),
    )
