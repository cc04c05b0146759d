"""Lines of sections F, G and H that versions of plans specify: what, how many hours, in which group, at what cost.

Weekly hours in section F are exp(level + band + type of need + placement + luck of the plan + luck of its versions):
nothing in them but what is recorded, and chance; and, in a world that hides a confounder, the unmeasured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic.chance import Floats, Truths, Whole, generator
from synthetic.content.catalogue import IN_YEAR, KINDS, Kind
from synthetic.content.needs import HEALTH_CODES, SOCIAL_CODES, health, social
from synthetic.content.planted import Content
from synthetic.content.ways import ways
from synthetic.lives import Lives
from synthetic.parameters import NEEDS

MOST_VERSIONS = 40
FINEST = 0.05
"""Hours of a session are stated in multiples of three minutes."""
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "F": NEEDS,
    "G": HEALTH_CODES,
    "H1": SOCIAL_CODES,
    "H2": SOCIAL_CODES,
}
"""Section → the codes by which its kinds of line are chosen."""


@dataclass(frozen=True)
class Lines:
    """Lines of versions: arrays over the versions told (rows) and KINDS (columns).

    `hours` of a session, 0 where a line has none; `weekly`: hours a week in term, on average over the year; `cost` of
    a year in pounds; `is_quantified`: amount and frequency are stated; `is_banded` (by version): no line has a cost.
    """

    is_there: Truths
    number: Whole
    hours: Floats
    weekly: Floats
    group: Whole
    cost: Floats
    is_quantified: Truths
    is_specific: Truths
    is_banded: Truths


def lines(told: pl.DataFrame, holders: pl.DataFrame, lives: Lives, planted: Content) -> Lines:
    """The lines of the versions in `told`: position, version_number, issued_date, kind of placement, place_of_issue."""
    position = told["position"].to_numpy()
    ever = _ever(holders, lives.seed)[position]
    is_there = ever & _grown(told, holders)
    hours = _hours(weekly(told, holders, lives.seed, planted), is_there)
    often = np.array([kind.sessions * IN_YEAR[kind.period] / IN_YEAR["W"] for kind in KINDS])
    group = _groups(len(holders), lives.seed)[position]
    price = np.array([kind.rate * IN_YEAR["W"] for kind in KINDS])
    once = np.array([kind.rate if kind.period == "O" else 0.0 for kind in KINDS])
    quantified, specific, banded = _wording(told, holders, lives, planted)
    return Lines(
        is_there=is_there,
        number=np.cumsum(ever, axis=1, dtype=np.int64),
        hours=hours,
        weekly=hours * often,
        group=group,
        cost=np.round(hours * often * price / group + once, 2),
        is_quantified=quantified & is_there,
        is_specific=specific,
        is_banded=banded,
    )


def weekly(told: pl.DataFrame, holders: pl.DataFrame, seed: int, planted: Content) -> Floats:
    """Weekly hours of each version in section F, before they are shared among its lines."""
    n, position = len(holders), told["position"].to_numpy()
    need = np.array([planted.hours_need[name] for name in NEEDS])[holders["need"].to_numpy()]
    own = planted.hours_sd * generator(seed, "hours of plans").standard_normal(n)
    level = planted.hours + planted.hours_band * holders["band"].to_numpy() + need + own
    level += planted.hours_hidden * holders["hidden"].to_numpy()
    shifts = generator(seed, "amended hours").standard_normal((n, MOST_VERSIONS), dtype=np.float32)
    shifts[:, 0] = 0
    number = np.minimum(told["version_number"].to_numpy(), MOST_VERSIONS) - 1
    amended = planted.hours_amended_sd * np.cumsum(shifts, axis=1)[position, number]
    placed = told["kind"].replace_strict(dict(planted.hours_placement), return_dtype=pl.Float64).to_numpy()
    return np.exp(level[position] + amended + placed)


def _ever(holders: pl.DataFrame, seed: int) -> Truths:
    """Which kinds of line each plan ever has: one in section F at least, by default the first."""
    by = {"F": holders["need"].to_numpy(), "G": health(holders, seed)}
    by["H1"] = by["H2"] = social(holders, seed)
    share = sum(_shares(section)[index] for section, index in by.items())
    ever = generator(seed, "lines of plans").random((len(holders), len(KINDS)), dtype=np.float32) < share
    always = np.array([kind.section == "F" and kind.from_age == 0 for kind in KINDS])
    ever[:, 0] |= ~ever[:, always].any(axis=1)
    return ever


def _shares(section: str) -> Floats:
    """Share of plans that have each kind of line of a section, by the codes that it is chosen by; 0 for other kinds."""
    return np.array([[_share(kind, section, code) for kind in KINDS] for code in WRITTEN[section]])


def _share(kind: Kind, section: str, code: str) -> float:
    return kind.needs.get(code, kind.usual) if kind.section == section else 0.0


def _grown(told: pl.DataFrame, holders: pl.DataFrame) -> Truths:
    """Whether the child is old enough for each kind of line when the version is issued."""
    births = holders["birth_date"].to_numpy()[told["position"].to_numpy()]
    age = (told["issued_date"].to_numpy() - births).astype(np.int64) // 365
    return age[:, None] >= np.array([kind.from_age for kind in KINDS])


def _hours(weekly: Floats, is_there: Truths) -> Floats:
    """Hours of a session of each line: its part of the weekly hours, or those of its kind."""
    weight = is_there * np.array([kind.weight for kind in KINDS])
    part = weight / np.maximum(weight.sum(axis=1, keepdims=True), FINEST)
    shared = part * weekly[:, None] / np.array([kind.sessions for kind in KINDS])
    stated = np.maximum(np.round(shared / FINEST) * FINEST, FINEST) * (weight > 0)
    return np.round(stated + is_there * np.array([kind.hours or 0.0 for kind in KINDS]), 2)


def _groups(n: int, seed: int) -> npt.NDArray[Any]:
    """Children in the group of each line of each plan: one as often as not, where there may be more."""
    lots = generator(seed, "groups of lines").random((n, len(KINDS)), dtype=np.float32)
    largest = np.array([kind.group for kind in KINDS], dtype=np.float32)
    return 1 + (np.maximum(2 * lots - 1, 0) * largest).astype(np.int64)


def _wording(
    told: pl.DataFrame, holders: pl.DataFrame, lives: Lives, planted: Content
) -> tuple[Truths, Truths, Truths]:
    """Which lines state an amount, which are specific, and which plans are paid by a band; by the authority that
    issued the plan first."""
    position, way = told["position"].to_numpy(), ways(lives, planted)
    place = lives.plans["authority"].to_numpy()[position]
    lots = generator(lives.seed, "wording of lines").random((len(holders), len(KINDS), 2), dtype=np.float32)[position]
    quantified = lots[:, :, 0] < way["quantified"].to_numpy()[place][:, None]
    specific = lots[:, :, 1] < np.where(quantified, planted.specific, planted.specific_else)
    band = generator(lives.seed, "bands of plans").random(len(holders))[position]
    return quantified, specific, band < way["band_funded"].to_numpy()[place]
