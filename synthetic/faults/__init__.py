"""Faults planted in lawful returns, each of which has to be found where it was planted, and nothing else.

A rule is broken by its own example (`from_example`), a cell by what its column declares (`cells`), the structure by
what the format does not allow (`structure`, `shared`). Whether a fault draws its own findings alone is not argued
but tried, by the stations that judge every return (`trial`, `planting`). `UNPLANTABLE` says which findings no single
file can be made to draw so.
"""

from __future__ import annotations

from synthetic.faults.plant import PlantedFault, plant
from synthetic.faults.told import FILE_NAME, write
from synthetic.faults.unplantable import UNPLANTABLE

__all__ = ["FILE_NAME", "UNPLANTABLE", "PlantedFault", "plant", "write"]
