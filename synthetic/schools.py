"""Schools of an invented England: how many an authority has, and what each does of its own."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import Whole, generator, whole
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.parameters import Childhood
from synthetic.provision import SCHOOLS

CHILDREN_EACH = {"primary": 80, "secondary": 350}
"""Children of all ages in the world for each school of a phase."""


def schools(people: pl.DataFrame, places: pl.DataFrame, planted: Childhood, seed: int) -> pl.DataFrame:
    """A row each: school (index), authority, phase, urn, identifies (log odds), quality (SD of outcomes).

    Schools of a phase in an authority stand together; there is at least one of each.
    """
    rng = generator(seed, "schools")
    children = np.bincount(people["authority"].to_numpy(), minlength=len(places))
    frames = []
    for phase, each in CHILDREN_EACH.items():
        low, high = SCHOOLS[phase]
        number = np.clip(children // each, 1, high - low)
        within = np.concatenate([np.arange(k) for k in number])
        authority = np.repeat(np.arange(len(places)), number)
        urn = FIRST_URN + places["register"].to_numpy()[authority] * SCHOOLS_EACH + low + within
        n = len(authority)
        frames.append(
            pl.DataFrame(
                {
                    "authority": authority,
                    "phase": [phase] * n,
                    "urn": urn.astype(str),
                    "identifies": rng.normal(0, planted.identification.school_sd, n),
                    "quality": rng.normal(0, planted.outcomes.school_sd, n),
                }
            )
        )
    return pl.concat(frames).with_row_index("school")


def attended(people: pl.DataFrame, schools: pl.DataFrame, n_places: int, seed: int) -> pl.DataFrame:
    """`primary_school` and `secondary_school` of each child: indices into `schools`, of the authority of birth."""
    rng = generator(seed, "school choice")
    columns = {f"{phase}_school": _one_of(people, schools, phase, n_places, rng) for phase in CHILDREN_EACH}
    return people.with_columns(**{name: pl.Series(index) for name, index in columns.items()})


def _one_of(people: pl.DataFrame, schools: pl.DataFrame, phase: str, n_places: int, rng: np.random.Generator) -> Whole:
    of = schools.filter(pl.col("phase") == phase)
    number = np.bincount(of["authority"].to_numpy(), minlength=n_places)
    first = int(of["school"][0]) + np.concatenate([[0], np.cumsum(number)[:-1]])
    place = people["authority"].to_numpy()
    return first[place] + whole(rng, 0, number[place] - 1, len(people))
