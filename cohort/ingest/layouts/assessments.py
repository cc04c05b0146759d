"""Advice, drafts and referrals in three sheets, any of which will do."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.assessments import ASSESSMENTS
from cohort.ingest.layout import Layout, Sheet

THREE_SHEETS = Layout(
    ASSESSMENTS.collection,
    "three sheets",
    (
        Sheet("advice", (CHILD, "Advice")),
        Sheet("drafts", (CHILD, "PlanDraft")),
        Sheet("referrals", (CHILD, "DiagnosisReferral")),
    ),
)
