"""What a study finds, before the gate. Nobody sees a Result: it may hold true counts of few children.

Counts are given whole, for the gate to withhold, round and turn into shares. What can be worked out from the
released counts (funnels, groups) is given as a function of them: post-processing cannot disclose more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

Frames = Mapping[str, pl.DataFrame]


class Chart(StrEnum):
    """How a table is drawn, if it is."""

    NONE = "none"
    FUNNEL = "funnel"
    TREND = "trend"
    TILES = "tiles"
    CATERPILLAR = "caterpillar"
    CURVE = "curve"


class Part(StrEnum):
    """What a table is for: the answer, what tells whether to trust it, or what the answer would be otherwise."""

    ANSWER = "What was found"
    DIAGNOSTIC = "How far to trust it"
    SENSITIVITY = "What would change it"


@dataclass(frozen=True)
class CountTable:
    """True counts: `dimensions`, `numerator`, `denominator` (null where the measure is a plain count).

    `is_share`: the numerator is part of the denominator, so the rest of it must be safe as well. Where units may be of
    one person the frame also has numerator_people, denominator_people and rest_people, which are not released, and
    `deff`, which is.
    """

    name: str
    title: str
    frame: pl.DataFrame
    dimensions: tuple[str, ...]
    is_share: bool = True
    chart: Chart = Chart.NONE
    part: Part = Part.ANSWER


@dataclass(frozen=True)
class EstimateTable:
    """Output of a model. Each row rests on `n` persons or plans, a column of the frame that is not released.

    `dimensions`: columns that say what a row is of; those that are numbers stay where the figures are withheld.
    """

    name: str
    title: str
    frame: pl.DataFrame
    chart: Chart = Chart.NONE
    part: Part = Part.ANSWER
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedTable:
    """Figures that somebody published, with their source: dimensions, numerator, denominator, value."""

    name: str
    title: str
    frame: pl.DataFrame
    source: str
    chart: Chart = Chart.NONE
    part: Part = Part.ANSWER


@dataclass(frozen=True)
class Derived:
    """A table made from released tables alone."""

    name: str
    title: str
    make: Callable[[Frames], pl.DataFrame]
    chart: Chart = Chart.NONE
    part: Part = Part.ANSWER


@dataclass(frozen=True)
class Result:
    """What a study found. `say` makes the plain sentence from released tables; `residual_df` is a model's."""

    title: str
    estimand: str
    tables: tuple[CountTable | EstimateTable | PublishedTable, ...]
    say: Callable[[Frames], str]
    derived: tuple[Derived, ...] = ()
    flows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    method: str = ""
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    n_in: int = 0
    n_used: int = 0
    residual_df: int | None = None
    seed: int | None = None
