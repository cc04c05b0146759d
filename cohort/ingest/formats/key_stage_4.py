"""Key stage 4: Attainment 8, English and mathematics, and the English Baccalaureate (EBacc).

Fields are those of the National Pupil Database. Grades of 2020 and 2021 were given without examinations and are kept
as what they are. Where a result is none, its cell may hold the letter of the status that the DfE's open data has.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.status import VALUE_STATUS

ABSENT = {letter: letter for letter in "XZCSU"}

LEAVER = child(surname="KS4_SURNAME", forename="KS4_FORENAMES", birth="KS4_DOB", upn="KS4_UPN", sex="KS4_SEX")

KEY_STAGE_4 = ReturnFormat(
    collection="ks4",
    title="Key stage 4 results",
    years=range(2016, 2028),
    tables=(LEAVER, results(VALUE_STATUS, ABSENT, urn="KS4_URN", group="KS4_ACTYRGRP")),
    header=head("KS4_"),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
