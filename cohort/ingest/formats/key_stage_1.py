"""Key stage 1: the teacher's assessment of reading, writing, mathematics and science at the end of year 2, to 2023.

Fields are those of the National Pupil Database. Assessment was no duty any more from 2024: there is no later return.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import NOT_HELD, NOT_JUDGED, head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.attainment import TEACHER_ASSESSMENT

ASSESSED_CHILD = child(surname="SURNAME", forename="FORENAMES", sex="SEX")

KEY_STAGE_1 = ReturnFormat(
    collection="ks1",
    title="Key stage 1 teacher assessment",
    years=range(2016, 2024),
    tables=(ASSESSED_CHILD, results(TEACHER_ASSESSMENT, NOT_JUDGED, urn="URN", group="NCYEAR")),
    header=head(),
    census_day=lambda year: date(year, 7, 31),
    lineage={"person_trait": "person"},
    gaps=NOT_HELD,
)
