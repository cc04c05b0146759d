"""Young people who left England or died in a school year: no longer to be found, and not lost.

The form is our own, for no collection says it: without it whoever leaves looks like a case that was forgotten. The
day is not asked for; of the month the first day stands for all. See `docs/reference/home-education-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import care

EXIT = Table(
    "PersonExit",
    "person_exit",
    "A person who left England or died.",
    (
        Column("Exit", "person_exit_code", Kind.CODE, "Left England or died.", required=Level.ERROR,
               codes=care.PERSON_EXIT),
        Column("ExitMonth", "exit_month", Kind.MONTH, "Month in which it happened.", required=Level.ERROR,
               age="age_at_exit"),
    ),
    parent=CHILD,
)  # fmt: skip

EXITS = ReturnFormat(
    collection="exits",
    title="Persons who left England or died",
    years=range(2023, 2028),
    tables=(child(), EXIT),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person"},
)
