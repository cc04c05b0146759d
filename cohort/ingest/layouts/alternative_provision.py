"""The alternative provision census as one file: a row a placement, with the child's needs by rank beside it."""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.alternative_provision import ALTERNATIVE_PROVISION
from cohort.ingest.layout import Layout, Sheet

NAME = "alternative provision"
RANKS = ("1", "2")


def _need(rank: str) -> Sheet:
    return Sheet(
        NAME,
        ("SENNeeds",),
        labels={"SENType": f"SENType{rank}"},
        says={"academic_year": "{year}", "term_code": "SPR", "rank_number": rank},
        by_label=True,
        filled=("need_code",),
    )


ONE_FILE = Layout(
    ALTERNATIVE_PROVISION.collection,
    "a row a placement",
    (Sheet(NAME, (CHILD, "APPlacement")), *(map(_need, RANKS))),
)
