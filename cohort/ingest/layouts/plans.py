"""Plans from within in nine sheets, any of which will do."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.plans import PLANS
from cohort.ingest.layout import Layout, Sheet

NAMES = {
    "versions": "PlanVersion",
    "needs": "SectionNeed",
    "outcomes": "SectionOutcome",
    "outcome reviews": "OutcomeReview",
    "settings": "SectionPlacement",
    "reviews": "AnnualReview",
    "phase transfers": "PhaseTransfer",
    "budgets": "PersonalBudget",
    "moves": "AuthorityMove",
}

NINE_SHEETS = Layout(
    PLANS.collection, "nine sheets", tuple(Sheet(name, (CHILD, table)) for name, table in NAMES.items())
)
