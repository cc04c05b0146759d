"""Key stage 2: scaled scores of the tests at the end of year 6, teacher assessment, and the standard in all three.

Fields are those of the National Pupil Database. A test has a score, or a code that says why it has none; an outcome
may stand beside a score. Those who work below the tests are assessed by their teacher instead: pre-key-stage
standards, or the engagement model.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import NOT_HELD, head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.attainment import KS2_OUTCOME

ABSENT = {"A": "X", **dict.fromkeys("MHQ", "U"), **dict.fromkeys("BTLFPD", "Z")}

PUPIL = child(surname="SURNAME", forename="FORENAMES", sex="SEX")

KEY_STAGE_2 = ReturnFormat(
    collection="ks2",
    title="Key stage 2 tests and teacher assessment",
    years=range(2016, 2028),
    tables=(PUPIL, results(KS2_OUTCOME, ABSENT, urn="URN", group="YEARGRP")),
    header=head(),
    census_day=lambda year: date(year, 7, 31),
    lineage={"person_trait": "person"},
    gaps=NOT_HELD,
)
