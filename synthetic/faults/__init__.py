"""Faults planted in lawful returns, each of which has to be found where it was planted, and nothing else.

A rule is broken by its own example (`from_example`), a cell by what its column declares (`cells`), the structure by
what the format does not allow (`structure`, `shared`). Whether a fault draws its own findings alone is not argued
but tried, by the stations that judge every return (`trial`, `planting`). `UNPLANTABLE` says which findings no single
file can be made to draw so.
"""

from __future__ import annotations

from synthetic.faults.plant import PlantedFault, plant
from synthetic.faults.told import FILE_NAME, write

__all__ = ["FILE_NAME", "UNPLANTABLE", "PlantedFault", "plant", "write"]

UNPLANTABLE = {
    **dict.fromkeys(
        ("YEARS-01", "YEARS-02", "YEARS-03", "YEARS-04", "YEARS-05", "YEARS-06"),
        "It compares a return with last year's, which is not at hand where one file is judged.",
    ),
    "LINK-01": "It compares a return with the record, which is not at hand where one file is judged.",
    "LINK-03": "It compares a return with the record, which is not at hand where one file is judged.",
    "ASSESSMENT-09": "It speaks of a return as a whole, of which half the new plans would have to be changed.",
    "NAMEDPLAN-08": "Who was 26 when the plan was issued is too old by PERSON-10 too, but for a plan of few weeks.",
    "CELL-02": "No column of a declared format is required with a query.",
}
"""Codes of which no fault is planted, and why."""
