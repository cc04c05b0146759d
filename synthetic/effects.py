"""Every effect that was planted, as a value of this population, and every wrong answer a naive method must give."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from synthetic import clocks
from synthetic.after_16 import estimands as after_16
from synthetic.after_16 import traps as after_16_traps
from synthetic.attainment import estimands as attainment
from synthetic.content import estimands as content
from synthetic.content.hours import hours
from synthetic.england import England
from synthetic.estimands import ESTIMAND, NAIVE
from synthetic.school_life import effects as school_life


def effects(of: England) -> pl.DataFrame:
    """The columns of ESTIMAND."""
    years = of.window.years
    told = hours(of.lives, of.plans, years)
    frames = [
        attainment.estimands(of.lives, of.attained, years),
        school_life.estimands(of.school),
        content.estimands(content.by_authority(of.lives, of.plans, years), told),
        clocks.estimands(clocks.clock(of.lives, years)),
        after_16.estimands(of.after_16),
    ]
    return pl.concat([_shaped(frame, ESTIMAND) for frame in frames])


def traps(of: England) -> pl.DataFrame:
    """The columns of NAIVE."""
    years = of.window.years
    told = hours(of.lives, of.plans, years)
    frames = [
        attainment.naive(of.lives, of.attained, years),
        school_life.naive(of.lives, of.school),
        content.naive(content.by_authority(of.lives, of.plans, years), told),
        clocks.naive(clocks.clock(of.lives, years)),
        after_16_traps.naive(of.after_16),
    ]
    return pl.concat([_shaped(frame, NAIVE) for frame in frames])


def _shaped(frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
