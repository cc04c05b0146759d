"""Care, social care and youth justice in three sheets, any of which will do."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.care import CARE
from cohort.ingest.layout import Layout, Sheet

THREE_SHEETS = Layout(
    CARE.collection,
    "three sheets",
    (
        Sheet("care", (CHILD, "CareSpell")),
        Sheet("social care", (CHILD, "SocialCareSpell")),
        Sheet("youth justice", (CHILD, "YouthJusticeSpell")),
    ),
)
