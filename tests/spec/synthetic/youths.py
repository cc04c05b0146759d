"""Small worlds with life after 16, drawn once for all tests of a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from synthetic.after_16.live import AfterSixteen, live
from synthetic.after_16.planted import AfterSchool
from synthetic.attainment.attained import attain
from synthetic.attainment.standing import Stage
from synthetic.chance import Floats
from synthetic.lives import Lives, drawn_lives
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.window import TOLD, Window

WINDOW = Window.of(TOLD, whole=True)
MAIN = AfterSchool()


@dataclass(frozen=True)
class Drawn:
    """Lives, attainment at 16 in SD, and what came after."""

    lives: Lives
    score: Floats
    after_16: AfterSixteen

    def again(self, planted: AfterSchool, seed: int | None = None) -> AfterSixteen:
        """Life after 16 of the same children, had something else been planted; or with another luck."""
        of, luck = self.lives, self.lives.seed if seed is None else seed
        return live(of.people, of.plans, of.places, self.score, planted, WINDOW, luck)


@cache
def drawn(children: int = 24_000, authorities: int = 12, seed: int = 25) -> Drawn:
    """A world of so many children, of whom four in ten come to 16 in the years told."""
    planted = Planted()
    lives = drawn_lives(children, places(authorities, WINDOW, planted, seed), WINDOW, planted, seed)
    hours = np.zeros(children, dtype=np.float32)
    outcomes = planted.childhood.outcomes
    attained = attain(lives.people, lives.plans, lives.places, lives.schools, hours, outcomes, seed)
    score = attained.standing(Stage.KEY_STAGE_4)
    return Drawn(lives, score, live(lives.people, lives.plans, lives.places, score, MAIN, WINDOW, seed))
