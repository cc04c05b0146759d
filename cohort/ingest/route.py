"""Doubts whether this is the return that was meant: declared here, so that reports have their words."""

from __future__ import annotations

from cohort.ingest.finding import Cause, causes
from cohort.ingest.format import Level

SAME_SHARE = 0.95
"""From this share of rows equal with last year's on, a return is taken for last year's."""
DROPPED_SHARE = 0.2
"""A resubmission that leaves out more than this share of the children is doubted."""
FEWEST = 20
"""Children below which last year's file cannot be told from children who stayed as they were."""
FEWEST_DROPPED = 5
"""Children below which it is no part of a file that was forgotten."""
HEAD = "Header"
"""The table that such a finding names; its row is the one head of the return."""

CAUSES = causes(
    Cause(
        "ROUTE-11",
        Level.QUERY,
        "Nearly every row is equal with last year's return: this may be last year's file with a new head.",
        "Check that you exported this year's data; if it is this year's return, say so as the reason.",
    ),
    Cause(
        "ROUTE-12",
        Level.QUERY,
        "Over a fifth of the children of the return before are not in this one.",
        "Check that no part of the export is missing; if they are rightly gone, say why as the reason.",
    ),
)
