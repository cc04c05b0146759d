"""Plans of each authority over the years, and what it does well: what all its facts rest on."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthetic.chance import Floats, Whole
from synthetic.content.life import PlanLife
from synthetic.lives import Lives


def plans_held(of: PlanLife, n_places: int, day: date) -> Whole:
    """Plans in force on a day, by place."""
    entered, left = of.stays["entered_date"].to_numpy(), of.stays["left_date"].to_numpy()
    when = np.datetime64(day, "D")
    stands = (entered <= when) & (np.isnat(left) | (left > when))
    return np.bincount(of.stays["place"].to_numpy()[stands], minlength=n_places)


def does_well(lives: Lives) -> Floats:
    """How well each authority does, standardised: outcomes, timeliness and delivery alike."""
    parts = (lives.places[name].to_numpy() for name in ("quality", "timeliness", "delivers"))
    return np.sum([(part - part.mean()) / max(float(part.std()), 1e-9) for part in parts], axis=0) / np.sqrt(3)
