"""What the invented world tells of authorities is written as a return and read back; no child stands in it."""

from __future__ import annotations

import io
import zipfile

import polars as pl

from cohort.ingest.format import Table
from cohort.ingest.formats.authority_year import AUTHORITY_YEAR
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return
from synthetic.content.life import PlanLife
from synthetic.governing.planted import Governing
from synthetic.lives import Lives
from synthetic.returns import as_text
from synthetic.tell import authority_year

YEAR = 2024
SAID = Said(YEAR, "201", AUTHORITY_YEAR.collection)


def written(tables: dict[str, pl.DataFrame]) -> bytes:
    """A CSV file a table in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for table in AUTHORITY_YEAR.tables[1:]:
            rows = tables[table.stored]
            texts = rows.select(as_text(c).cast(pl.String).alias(c.tag) for c in table.columns)
            archive.writestr(f"{table.name}.csv", texts.write_csv())
    return content.getvalue()


def of_place(table: Table, told: pl.DataFrame, place: int) -> pl.DataFrame:
    """What is told of a place, with every column of the format."""
    rows = told.filter(pl.col("place") == place)
    absent = [pl.lit(None, c.type).alias(c.stored) for c in table.columns if c.stored not in rows.columns]
    return rows.with_columns(absent).select(c.stored for c in table.columns)


def test_what_is_told_of_authorities_comes_back_and_nothing_is_accused(lives: Lives, plans: PlanLife) -> None:
    told = authority_year.told(lives, plans, Governing(), YEAR).tables
    seen = dict.fromkeys(told, 0)
    for place in told["area_inspection"]["place"].unique().sort()[:4]:
        tables = {t.stored: of_place(t, told[t.stored], place) for t in AUTHORITY_YEAR.tables[1:]}
        checked = checked_return(written(tables), said=SAID)
        assert checked.findings.rows() == []
        given = checked.linked.pseudonymous.tables
        assert given["person_trait"].height == 0
        for table in AUTHORITY_YEAR.tables[1:]:
            names = [c.stored for c in table.columns]
            said = tables[table.stored].cast({n: given[table.stored].schema[n] for n in names})
            assert given[table.stored].select(names).equals(said), table.name
            seen[table.stored] += said.height
    assert all(seen.values())
