"""The phonics screening check: a mark of 40 in year 1, again in year 2 for those below 32; or why it was not taken.

Fields are those of the National Pupil Database. The codes of the outcome are those of the return to the DfE: Wa and Wt
say whether the standard was met; A, D, L and Q stand where there is no mark.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import NOT_HELD, head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.attainment import PHONICS_OUTCOME

ABSENT = {"A": "X", "D": "Z", "L": "Z", "Q": "U"}
MET = {"WA": 1.0, "WT": 0.0}

CHECKED_CHILD = child(
    surname="Phonics_SURNAME", forename="Phonics_FORENAMES", birth="Phonics_DOB", upn="Phonics_UPN", sex="Phonics_SEX"
)

PHONICS = ReturnFormat(
    collection="phonics",
    title="Phonics screening check",
    years=range(2012, 2028),
    tables=(
        CHECKED_CHILD,
        results(PHONICS_OUTCOME, ABSENT, urn="Phonics_URN", group="Phonics_NCYEARACTUAL", scores=MET),
    ),
    header=head("Phonics_"),
    census_day=lambda year: date(year, 7, 31),
    lineage={"person_trait": "person"},
    gaps=NOT_HELD,
)
