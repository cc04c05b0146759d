"""Level 2 and level 3 by 19: whether a young person had reached each by the end of the school year of age 19.

Headers are our own: the DfE matches these results and publishes figures, no rows. A cell is 1 or 0, or the letter of
the status that the DfE's open data has where there is no result.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import results
from cohort.ingest.child import child, whose
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.status import VALUE_STATUS

ABSENT = {letter: letter for letter in "XZCSU"}

YOUNG_PERSON = child(sex="Sex")

LEVEL_BY_19 = ReturnFormat(
    collection="level by 19",
    title="Level 2 and 3 by 19",
    years=range(2010, 2028),
    tables=(YOUNG_PERSON, results(VALUE_STATUS, ABSENT, urn="URN", group="NCYear")),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
