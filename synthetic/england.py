"""All of an invented England: the lives, and what every collection tells of them, year by year.

What follows from lives (plans from within, attainment, life after 16, school life) is drawn once for all years; each
collection's teller then takes its year from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthetic import sen2
from synthetic.after_16 import live as after_16_live
from synthetic.after_16.live import AfterSixteen
from synthetic.attainment.attained import Attained, attain
from synthetic.attainment.standing import Stage
from synthetic.chance import Floats
from synthetic.content import life as plan_life
from synthetic.content.hours import hours
from synthetic.content.life import PlanLife
from synthetic.lives import Lives
from synthetic.planted import Planted
from synthetic.school_life import life as school_life
from synthetic.school_life import sixth_form
from synthetic.school_life.life import SchoolLife
from synthetic.tell import (
    activity,
    adult,
    assessments,
    attainment,
    authority_year,
    care,
    disputes,
    exits,
    home_education,
    post_16,
    provision,
    school_census,
)
from synthetic.tell.assessments import Assessed
from synthetic.tell.care import Cared
from synthetic.told import Told
from synthetic.window import Window


@dataclass(frozen=True)
class England:
    """Lives with all that came of them. `window`: the years told."""

    lives: Lives
    window: Window
    planted: Planted
    plans: PlanLife
    attained: Attained
    after_16: AfterSixteen
    school: SchoolLife
    assessed: Assessed
    cared: Cared

    def told(self) -> Iterator[Told]:
        """What every collection tells, year by year; within a year, collection by collection."""
        for year in self.window.years:
            yield from self.told_of(year)

    def told_of(self, year: int) -> Iterator[Told]:
        """What every collection tells of a year."""
        if year in self.window.sen2_years:
            yield sen2.told(self.lives, year)
        yield school_census.told(self.lives, self.school, year)
        yield home_education.told(self.lives, self.school, year)
        yield exits.told(self.lives, year)
        yield attainment.told(self.lives, self.attained, self.school.in_state_school(self.lives, year), year)
        yield provision.told(self.lives, self.plans, year)
        yield assessments.told(self.lives, self.assessed, year)
        yield disputes.told(self.lives, self.plans, year)
        yield activity.told(self.lives, self.after_16, year)
        yield post_16.told(self.lives, self.after_16, year)
        yield adult.told(self.lives, self.after_16, year)
        yield care.told(self.lives, self.cared, year)
        yield authority_year.told(self.lives, self.plans, self.planted.governing, year)


def england(lives: Lives, window: Window, planted: Planted) -> England:
    """Draw everything that follows from lives, in the order in which one thing follows from another."""
    plans = plan_life.drawn(lives, window.years[-1], planted.content, planted.disputing)
    delivered = hours(lives, plans, window.years).delivered.astype(np.float32)
    outcomes = planted.childhood.outcomes
    attained = attain(lives.people, lives.plans, lives.places, lives.schools, delivered, outcomes, lives.seed)
    score = _standard(attained.standing(Stage.KEY_STAGE_4))
    later = after_16_live.live(lives.people, lives.plans, lives.places, score, planted.after_school, window, lives.seed)
    staying = sixth_form.in_years(lives.people, later)
    school = school_life.drawn(lives, window.years, planted.schooling, score, staying)
    assessed = assessments.drawn(lives, plans, planted.assessing)
    cared = care.drawn(lives, planted.caring)
    return England(lives, window, planted, plans, attained, later, school, assessed, cared)


def _standard(values: Floats) -> Floats:
    return ((values - values.mean()) / max(float(values.std()), 1e-6)).astype(np.float32)
