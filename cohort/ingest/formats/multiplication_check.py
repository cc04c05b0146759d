"""The multiplication tables check (MTC) of year 4: a mark of 25, or the reason why it was not taken; from 2022.

Fields are those of the National Pupil Database, the letters of the reason those of the check's own system. A mark
that was annulled (Q, H) is not known.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.attainment import CHECK_REASON

ABSENT = {"A": "X", "X": "X", "Q": "U", "H": "U", **dict.fromkeys("BJLUZ", "Z")}

CHECKED_CHILD = child(sex="Sex")

MULTIPLICATION_CHECK = ReturnFormat(
    collection="mtc",
    title="Multiplication tables check",
    years=range(2022, 2028),
    tables=(CHECKED_CHILD, results(CHECK_REASON, ABSENT, urn="URN", group="NCYEAR")),
    header=head(),
    census_day=lambda year: date(year, 7, 31),
    lineage={"person_trait": "person"},
)
