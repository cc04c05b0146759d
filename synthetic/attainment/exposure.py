"""What a child had before a stage: support, early support, a plan, hours delivered.

An exposure is a set of columns over children, so that another one (support for nobody, plans for all of them) can be
lived with the same luck: that is what potential outcomes are made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from synthetic.ages import first_september
from synthetic.chance import Days, Floats, Truths

EARLY, LATE = 2, 5
"""School years: support from year 2 or before is early; from year 5 on it is late."""
BEFORE_KEY_STAGE_2 = 5
"""The last school year in which support or a plan can begin and tell on key stage 2."""


@dataclass(frozen=True)
class Exposure:
    """By child: on support before key stage 2, on it early, with a plan before key stage 2, hours a week up to 16."""

    support: Truths
    early: Truths
    plan: Truths
    hours: Floats

    def with_support(self, support: bool, early: bool) -> Exposure:
        """Everybody with support, or nobody; early or not."""
        everybody = np.ones_like(self.support)
        return replace(self, support=everybody & support, early=everybody & (support and early))

    def with_plan(self, plan: bool) -> Exposure:
        """Everybody with a plan before key stage 2, or nobody."""
        return replace(self, plan=np.full_like(self.plan, plan))

    def with_hours(self, hours: Floats) -> Exposure:
        """Other hours a week."""
        return replace(self, hours=hours)


def lived(people: pl.DataFrame, plans: pl.DataFrame, hours: Floats) -> Exposure:
    """What happened: from first support, from the first day of each plan, and hours delivered."""
    first = people["identified_year"].to_numpy()
    begun = plan_begun(people, plans)
    by = first_september(people["school_start"].to_numpy() + BEFORE_KEY_STAGE_2)
    plan = ~np.isnat(begun) & (begun < by)
    return Exposure((first <= BEFORE_KEY_STAGE_2) | plan, first <= EARLY, plan, hours)


def plan_begun(people: pl.DataFrame, plans: pl.DataFrame) -> Days:
    """The first day of each child's plan; NaT where it never has one."""
    begun = np.full(len(people), np.datetime64("NaT", "D"))
    first = plans.group_by("child").agg(pl.col("start_date").min())
    begun[np.searchsorted(people["child"].to_numpy(), first["child"].to_numpy())] = first["start_date"].to_numpy()
    return begun
