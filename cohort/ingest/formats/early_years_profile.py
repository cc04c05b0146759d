"""The early years foundation stage profile (EYFSP): seventeen goals at the end of reception, and what they add up to.

Fields are those of the National Pupil Database; `FSP_GOALS`, the number of goals at the expected level, is our own. A
goal is 1 emerging, 2 expected, 3 exceeding (until 2019), or A. Where a result is none, its cell may also hold the
letter of the status that the DfE's open data has for it.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.attained import NOT_HELD, head, results
from cohort.ingest.child import child
from cohort.ingest.format import ReturnFormat
from cohort.schema.codes.attainment import PROFILE_OUTCOME

ABSENT = {"A": "X", **{letter: letter for letter in "XZCSU"}}

CHILD_OF_PROFILE = child(surname="FSP_SURNAME", forename="FSP_FORENAME", birth="FSP_DOB", upn="FSP_UPN", sex="FSP_SEX")

PROFILE = ReturnFormat(
    collection="eyfsp",
    title="Early years foundation stage profile",
    years=range(2013, 2028),
    tables=(CHILD_OF_PROFILE, results(PROFILE_OUTCOME, ABSENT, urn="FSP_URN", group="FSP_NCYEAR")),
    header=head("FSP_"),
    census_day=lambda year: date(year, 7, 31),
    lineage={"person_trait": "person"},
    gaps=NOT_HELD,
)
