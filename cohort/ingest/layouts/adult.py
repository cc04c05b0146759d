"""Adult outcomes as two files: work by tax year, and benefits by tax year. Each row names its adult."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.adult import OUTCOMES
from cohort.ingest.layout import Layout, Sheet, plain

FILES = Layout(
    OUTCOMES.collection,
    "work and benefits",
    tuple(Sheet(plain(table.name), (CHILD, table.name)) for table in OUTCOMES.tables[1:]),
)
