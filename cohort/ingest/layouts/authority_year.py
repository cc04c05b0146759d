"""The authority's year in six sheets, any of which will do."""

from __future__ import annotations

from cohort.ingest.formats.authority_year import AUTHORITY_YEAR
from cohort.ingest.layout import Layout, Sheet, plain

SIX_SHEETS = Layout(
    AUTHORITY_YEAR.collection,
    "six sheets",
    tuple(Sheet(plain(table.name), (table.name,)) for table in AUTHORITY_YEAR.tables[1:]),
)
