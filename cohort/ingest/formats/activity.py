"""What young people of 16 to 25 do, month by month, as authorities track them: the months of a school year in one file.

The codes are those of the National Client Caseload Information System (NCCIS). Its headers we could not read: those
here are our own. A file tells every month so far, so that a later one takes the place of an earlier one.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import activity, people

YOUNG_PERSON = child(
    Column("Ethnicity", "ethnicity_code", Kind.CODE, "Ethnic group.", codes=people.ETHNICITY),
    surname="FamilyName",
    forename="GivenName",
    sex="Sex",
)

ACTIVITY = Table(
    "Activity",
    "activity",
    "What a young person did in a month.",
    (
        Column(
            "ActivityMonth",
            "activity_month",
            Kind.MONTH,
            "The month, written ccyy-mm.",
            required=Level.ERROR,
            age="age_at_month",
        ),
        Column(
            "ActivityCode",
            "activity_code",
            Kind.CODE,
            "Activity at the end of the month.",
            codes=activity.ACTIVITY,
            required=Level.ERROR,
            spellings=("CurrentActivityCode",),
        ),
        Column("DateVerified", "confirmed_date", Kind.DATE, "Day on which it was last confirmed."),
    ),
    parent=CHILD,
)

NCCIS = ReturnFormat(
    collection="activity",
    title="Activity of young people, by month (NCCIS)",
    years=range(2015, 2028),
    tables=(YOUNG_PERSON, ACTIVITY),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
