"""Who left England or died in a school year, as it comes to be known: by month, from where the child lived last."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.ages import age_on
from synthetic.lives import Lives
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "exits"


def told(lives: Lives, year: int) -> Told:
    """The exits of the school year that ends in `year`."""
    gone = lives.people.filter(pl.col("exit_date").is_between(date(year - 1, 9, 1), date(year, 8, 31)))
    day = gone["exit_date"].to_numpy()
    moved = gone["move_date"].to_numpy() <= day
    exits = gone.select(
        "child",
        "person_exit_code",
        place=pl.Series(np.where(moved, gone["moved_to"].to_numpy(), gone["authority"].to_numpy())),
        exit_month=pl.col("exit_date").dt.truncate("1mo"),
        age_at_exit=pl.Series(age_on(gone["birth_date"].to_numpy(), day)),
    ).sort("place", "child")
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, exits, year), "person_exit": exits})
