"""Sections B, C and D: all needs of a plan. Those in B are the types recorded of the child, and now and then more.

What C and D describe is drawn by the type of need, so that it says nothing of severity beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.parameters import NEEDS

FURTHER = ("SLCN", "SEMH", "SPLD", "PD", "HI")
"""Types that section B may name after those that are recorded elsewhere."""
THIRD, FOURTH = 0.35, 0.12
HEALTH = {
    "": {"NON": 0.68, "MH": 0.10, "SLP": 0.08, "NEU": 0.04, "CON": 0.04, "OTH": 0.06},
    "SEMH": {"NON": 0.35, "MH": 0.52, "SLP": 0.10, "OTH": 0.03},
    "ASD": {"NON": 0.48, "MH": 0.22, "SLP": 0.20, "FED": 0.10},
    "PD": {"NON": 0.12, "MOB": 0.68, "CON": 0.12, "RES": 0.08},
    "HI": {"NON": 0.08, "HEA": 0.90, "OTH": 0.02},
    "VI": {"NON": 0.08, "VIS": 0.90, "OTH": 0.02},
    "MSI": {"HEA": 0.50, "VIS": 0.50},
    "SLD": {"NON": 0.45, "NEU": 0.22, "CON": 0.20, "LLC": 0.13},
    "PMLD": {"LLC": 0.45, "NEU": 0.30, "FED": 0.15, "CON": 0.10},
    "DS": {"NON": 0.30, "RES": 0.20, "HEA": 0.25, "OTH": 0.25},
}
"""Type of need → kinds of health need in section C and their shares; '' for types not named."""
SOCIAL = {
    "": {"NON": 0.84, "CAR": 0.05, "SOC": 0.06, "OTH": 0.05},
    "SEMH": {"NON": 0.74, "SAF": 0.12, "SOC": 0.08, "OTH": 0.06},
    "ASD": {"NON": 0.72, "SAF": 0.08, "CAR": 0.10, "SOC": 0.10},
    "SLD": {"NON": 0.40, "PER": 0.20, "CAR": 0.30, "IND": 0.10},
    "PMLD": {"NON": 0.20, "PER": 0.35, "CAR": 0.35, "HOM": 0.10},
    "PD": {"NON": 0.60, "PER": 0.15, "CAR": 0.10, "HOM": 0.15},
    "DS": {"NON": 0.55, "CAR": 0.25, "IND": 0.20},
}
"""The same for section D."""
HEALTH_CODES = ("NON", "MH", "NEU", "RES", "FED", "CON", "MOB", "SLP", "HEA", "VIS", "LLC", "OTH")
SOCIAL_CODES = ("NON", "SAF", "PER", "CAR", "SOC", "HOM", "IND", "OTH")
DOWN_SYNDROME, KNOWN_SINCE, BEFORE = "DS", 2025, "SLD"
"""A type of need that returns have since that year, and what it was told as before."""


def by_need(shares: Mapping[str, Mapping[str, float]], codes: tuple[str, ...], need: Whole, lot: Floats) -> Whole:
    """Index into `codes` for each plan, drawn by its type of need (index) with a lot from 0 to 1."""
    table = np.array([[shares.get(name, shares[""]).get(code, 0.0) for code in codes] for name in NEEDS])
    edges = np.cumsum(table, axis=1)
    return (lot[:, None] > edges[need][:, :-1]).sum(axis=1)


def health(holders: pl.DataFrame, seed: int) -> Whole:
    """Each plan's need in section C: index into HEALTH_CODES."""
    return by_need(HEALTH, HEALTH_CODES, holders["need"].to_numpy(), generator(seed, "section C").random(len(holders)))


def social(holders: pl.DataFrame, seed: int) -> Whole:
    """Each plan's need in section D: index into SOCIAL_CODES."""
    return by_need(SOCIAL, SOCIAL_CODES, holders["need"].to_numpy(), generator(seed, "section D").random(len(holders)))


def section_needs(told: pl.DataFrame, holders: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """Every need of the versions told in a return of that year, by version, then section: the columns of `told` but
    `position`, and need_section_code, rank_number, need_code, health_need_code, social_care_need_code."""
    position = told["position"].to_numpy()
    learning = _learning(holders, seed, year)[position]
    named = np.column_stack([learning[name].is_not_null().to_numpy() for name in learning.columns])
    named = np.hstack([named, np.ones((len(told), 2), dtype=np.bool_)])
    row, column = np.nonzero(named)
    section = np.maximum(column - len(learning.columns) + 1, 0)
    first = pl.concat([learning[name].alias("need") for name in learning.columns])
    in_c, in_d = health(holders, seed)[position], social(holders, seed)[position]
    return (
        told[row]
        .drop("position")
        .with_columns(
            need_section_code=pl.Series(("B", "C", "D")).gather(section),
            rank_number=pl.Series(np.where(section == 0, np.cumsum(named, axis=1)[row, column], 1)),
            need_code=_where(
                section == 0, first.gather(np.minimum(column, len(learning.columns) - 1) * len(told) + row)
            ),
            health_need_code=_where(section == 1, pl.Series(HEALTH_CODES).gather(in_c[row])),
            social_care_need_code=_where(section == 2, pl.Series(SOCIAL_CODES).gather(in_d[row])),
        )
    )


def _where(condition: Truths, values: pl.Series) -> pl.Series:
    """The values where the condition holds, else null."""
    return pl.select(pl.when(pl.Series(condition)).then(values)).to_series()


def _learning(holders: pl.DataFrame, seed: int, year: int) -> pl.DataFrame:
    """need_1 to need_4 of each plan: those of the child first; the others differ from them and from each other."""
    lots = generator(seed, "section B").random((len(holders), 3))
    pick = (lots[:, 0] * len(FURTHER)).astype(np.int64)
    further = pl.Series(FURTHER)
    third, fourth = further.gather(pick), further.gather((pick + 2) % len(FURTHER))
    old = {DOWN_SYNDROME: BEFORE} if year < KNOWN_SINCE else {}
    named = holders.select(
        need_1=pl.col("need_code").replace(old),
        need_2="second_need_code",
        need_3=pl.when(pl.Series(lots[:, 1] < THIRD)).then(third),
        need_4=pl.when(pl.Series(lots[:, 2] < FOURTH)).then(fourth),
    )
    fresh = [
        (pl.col(f"need_{i}") != pl.col("need_1")) & pl.col(f"need_{i}").ne_missing(pl.col("need_2")) for i in (3, 4)
    ]
    return named.with_columns(need_3=pl.when(fresh[0]).then("need_3"), need_4=pl.when(fresh[1]).then("need_4"))
