"""One small England, drawn once a worker: its lives, and what lies inside its plans and around them."""

from __future__ import annotations

import pytest

from synthetic.content.life import PlanLife, drawn
from synthetic.content.planted import Content
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives, drawn_lives
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.window import Window

CHILDREN, AUTHORITIES, SEED = 40_000, 12, 25
WINDOW = Window.of(range(2015, 2027), whole=True)


@pytest.fixture(scope="session")
def lives() -> Lives:
    planted = Planted()
    return drawn_lives(CHILDREN, places(AUTHORITIES, WINDOW, planted, SEED), WINDOW, planted, SEED)


@pytest.fixture(scope="session")
def plans(lives: Lives) -> PlanLife:
    return drawn(lives, WINDOW.years[-1], Content(), Disputing())
