"""Provision as an officer fills it from a plan, and as a system gives it that keeps a log of what was delivered.

The officer's sheet has a row a line, with what was delivered of it in each term beside it. A system gives two sheets:
the lines, and what was delivered of them by term.
"""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.provision import PROVISION
from cohort.ingest.layout import Layout, Sheet

TERMS = {"AUT": "Autumn", "SPR": "Spring", "SUM": "Summer"}
OF_A_TERM = """
    Delivery HoursDue HoursDelivered Weeks WeeksRecorded Reason Provider HoursPerWeek HoursPerSession Sessions GroupSize
    From To Cost
"""
"""Items of a delivery; in their headers the name of the term stands before them."""
TELLING = ("delivery_status_code", "due_hours", "delivered_hours", "recorded_weeks", "shortfall_reason_code")
"""One of these is filled where anything is said of a term; its weeks may stand in every row."""


def _term(code: str, name: str) -> Sheet:
    return Sheet(
        "provision",
        ("ProvisionDelivered",),
        labels={tag: name + tag for tag in OF_A_TERM.split()},
        says={"academic_year": "{year}", "term_code": code},
        by_label=True,
        filled=TELLING,
    )


BY_LINE = Layout(
    PROVISION.collection,
    "a row a line",
    (Sheet("provision", (CHILD, "ProvisionSpecified")), *(_term(code, name) for code, name in TERMS.items())),
)
BY_TERM = Layout(
    PROVISION.collection,
    "lines and terms",
    (Sheet("specified", (CHILD, "ProvisionSpecified")), Sheet("delivered", (CHILD, "ProvisionDelivered"))),
)
