"""Findings that no fault planted in a single file can be made to draw alone, and why."""

from __future__ import annotations

from cohort.ingest.check import rules
from cohort.ingest.past import looked_at

UNPLANTABLE = {
    **dict.fromkeys(
        (code for code, rule in rules().items() if looked_at(rule)),
        "It compares a return with the record, which is not at hand where one file is judged.",
    ),
    **dict.fromkeys(
        (code for code, rule in rules().items() if rule.counts and not looked_at(rule)),
        "It speaks of a return as a whole, of which a great part would have to be changed.",
    ),
    **dict.fromkeys(
        (
            "ACTIVEPLANS-20",
            "NAMEDPLAN-09",
            "NAMEDPLAN-22",
            "NAMEDPLAN-23",
            "PERSON-12",
            "PLACEMENTDETAIL-13",
            "REQUESTS-23",
        ),
        "No recipe made of its example is known to draw this finding alone.",
    ),
    **dict.fromkeys(
        (f"CELL-{number}" for number in range(20, 25)), "No item of SEN2 is a number, a month or a year by itself."
    ),
    **dict.fromkeys(
        (f"READ-{number:02}" for number in range(8, 14)),
        "It speaks of rows without markup, and faults are planted in XML.",
    ),
    **dict.fromkeys(
        ("ROUTE-11", "ROUTE-12"),
        "It compares a return with the record, which is not at hand where one file is judged.",
    ),
    "LINK-01": "It compares a return with the record, which is not at hand where one file is judged.",
    "LINK-03": "It compares a return with the record, which is not at hand where one file is judged.",
    "ASSESSMENT-09": "It speaks of a return as a whole, of which half the new plans would have to be changed.",
    "NAMEDPLAN-08": "Who was 26 when the plan was issued is too old by PERSON-10 too, but for a plan of few weeks.",
    "CELL-02": "No column of a declared format is required with a query.",
}
"""Codes of which no fault is planted, and why."""
