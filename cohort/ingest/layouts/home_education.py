"""Home education and children out of school in two sheets, either of which will do."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.home_education import HOME_EDUCATION
from cohort.ingest.layout import Layout, Sheet

TWO_SHEETS = Layout(
    HOME_EDUCATION.collection,
    "two sheets",
    (Sheet("home education", (CHILD, "HomeEducation")), Sheet("out of school", (CHILD, "OutOfSchool"))),
)
