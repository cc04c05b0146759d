"""`plant`: a lawful return becomes one with faults, and each of them is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil

from cohort.ingest.check import rules
from cohort.ingest.read import declared_formats
from synthetic.chance import generator
from synthetic.faults.cells import spoilt_cells
from synthetic.faults.from_example import breaches
from synthetic.faults.planting import Planting
from synthetic.faults.recipe import Ground, Recipe
from synthetic.faults.shared import shared_numbers
from synthetic.faults.structure import misplaced
from synthetic.faults.trial import FINDING
from synthetic.returns import InventedReturn


@dataclass(frozen=True)
class PlantedFault:
    """A finding that was planted, at its place in the file. Nothing is said of the child."""

    file: str
    code: str
    level: str
    table: str
    row: int
    column: str


@cache
def recipes(collection: str, year: int) -> Mapping[str, Sequence[Recipe]]:
    """Every recipe for the returns of a collection in a year, by the code of the finding."""
    form = declared_formats()[collection]
    current = [r for r in rules().values() if r.in_year(year) and r.table in form.by_stored]
    every: list[Recipe] = [*misplaced(form, year), *spoilt_cells(form, year), *shared_numbers(form)]
    every += [breach for rule in current for breach in breaches(form, rule, year)]
    by_code: defaultdict[str, list[Recipe]] = defaultdict(list)
    for recipe in every:
        by_code[recipe.code].append(recipe)
    return dict(sorted(by_code.items()))


def plant(
    invented: InventedReturn, rate: float, seed: int, codes: Collection[str] | None = None
) -> tuple[InventedReturn, list[PlantedFault]]:
    """A return with faults in it, and every finding that they draw.

    `rate`: faults as a share of the persons, at least one where it is not 0. `codes`: of which there are to be
    faults, all by default. Where a return has no room for as many, there are fewer.
    """
    wanted = ceil(rate * invented.tables[invented.format.tables[0].stored].height)
    if not wanted:
        return invented, []
    known = recipes(invented.format.collection, invented.year)
    stock = {code: several for code, several in known.items() if codes is None or code in codes}
    rng = generator(seed, f"faults {invented.authority_code} {invented.year}")
    trial = Planting(Ground(invented), stock, rng).done(wanted)
    places = trial.places.sort("table", "row", "column", "code").select(FINDING)
    return trial.invented, [PlantedFault(invented.file_name, **place) for place in places.to_dicts()]
