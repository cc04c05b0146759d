"""Disputes in three sheets: mediation, appeals with their grounds beside them, complaints. One of them will do."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.disputes import DISPUTES
from cohort.ingest.layout import Layout, Sheet

MOST_GROUNDS = 4
GROUND = ("appeal_ground_code", "appeal_outcome_code")
"""One of these is filled where there is a ground."""


def _ground(number: int) -> Sheet:
    labels = {"Ground": f"Ground{number}", "GroundOutcome": f"Ground{number}Outcome"}
    return Sheet("appeals", ("AppealGround",), labels=labels, by_label=True, filled=GROUND)


THREE_SHEETS = Layout(
    DISPUTES.collection,
    "three sheets",
    (
        Sheet("mediation", (CHILD, "Mediation")),
        Sheet("appeals", (CHILD, "Appeal")),
        *(_ground(number) for number in range(1, MOST_GROUNDS + 1)),
        Sheet("complaints", (CHILD, "Complaint")),
    ),
)
