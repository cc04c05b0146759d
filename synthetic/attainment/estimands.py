"""Effects of support, early support, plans and delivered hours on attainment, and the naive gaps that mislead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.attainment.attained import SCHOOL_YEAR, Attained
from synthetic.attainment.exposure import BEFORE_KEY_STAGE_2, LATE, Exposure
from synthetic.attainment.results import attainment_8, results
from synthetic.attainment.standing import Stage, hours_points
from synthetic.chance import Floats, Truths
from synthetic.estimands import ESTIMAND, NAIVE, PARAMETER, POTENTIAL
from synthetic.lives import Lives

IN_NEED = -1.0
"""Profile at five, SD: below it a child is in need enough for a plan to be asked."""
MORE_HOURS = 5.0
SD, POINTS = "SD of key stage 2 among all children", "Attainment 8 points"


@dataclass(frozen=True)
class Sat:
    """The children who sat key stage 2 in a year told, and their standing under the arms of each contrast."""

    lives: Lives
    attained: Attained
    row: Truths

    def z(self, had: Exposure | None = None) -> Floats:
        """Standing at key stage 2, of those who sat it."""
        return self.attained.standing(Stage.KEY_STAGE_2, had)[self.row]

    def of(self, column: str) -> pl.Series:
        """A column of those who sat it."""
        return self.lives.people[column].filter(pl.Series(self.row))


def sat_in(lives: Lives, attained: Attained, years: tuple[int, ...], stage: Stage) -> Sat:
    """Who sat a stage in the years told, years without tests left out by the stage's own results."""
    year = lives.people["school_start"].to_numpy() + SCHOOL_YEAR[stage] + 1
    return Sat(
        lives, attained, np.isin(year, [y for y in years if stage is not Stage.KEY_STAGE_2 or y not in (2020, 2021)])
    )


def estimands(lives: Lives, attained: Attained, years: tuple[int, ...]) -> pl.DataFrame:
    """The columns of ESTIMAND."""
    rows = [*_key_stage_2(lives, attained, years), *_key_stage_4(lives, attained, years)]
    return pl.DataFrame(rows, schema=ESTIMAND, orient="row")


def _key_stage_2(lives: Lives, attained: Attained, years: tuple[int, ...]) -> Iterator[tuple[object, ...]]:
    sat = sat_in(lives, attained, years, Stage.KEY_STAGE_2)
    had, first = attained.had, sat.of("identified_year").to_numpy()
    everybody = np.ones(len(first), dtype=bool)
    supported = had.support[sat.row]
    late, early = sat.z(had.with_support(True, False)), sat.z(had.with_support(True, True))
    none = sat.z(had.with_support(False, False))
    support = {"all children": everybody, "children ever on support": supported}
    for population, chosen in support.items():
        yield _row("ks2.sen_support", "A6", population, "support from year 3 on − none", SD, late - none, chosen)
        yield _row("ks2.early_support", "A6", population, "support by year 2 − none", SD, early - none, chosen)
    told_apart = supported & ((first <= 2) | (first >= LATE))
    yield _row(
        "ks2.early_vs_late",
        "A6",
        "children on support by year 2 or from year 5",
        "early − late",
        SD,
        early - late,
        told_apart,
    )
    yield from _plans(sat)


def _plans(sat: Sat) -> Iterator[tuple[object, ...]]:
    had = sat.attained.had
    effect = sat.z(had.with_plan(True)) - sat.z(had.with_plan(False))
    in_need = had.support[sat.row] & (sat.of("profile_score").to_numpy() < IN_NEED)
    contrast = "plan before key stage 2 − support alone"
    yield _row("ks2.ehcp_vs_support.ate", "A6", _in_need(), contrast, SD, effect, in_need)
    yield _row(
        "ks2.ehcp_vs_support.att", "A6", f"{_in_need()}, with a plan", contrast, SD, effect, in_need & had.plan[sat.row]
    )
    for need in ("ASD", "SLCN", "SEMH", "MLD"):
        of_need = in_need & (sat.of("need_code") == need).to_numpy()
        yield _row(f"ks2.ehcp_vs_support.{need}", "A6", f"{_in_need()}, {need}", contrast, SD, effect, of_need)
    standard = _standard(sat, had.with_plan(True)) - _standard(sat, had.with_plan(False))
    scale = "share at the expected standard, reading, writing and mathematics"
    yield _row("ks2.ehcp_vs_support.standard", "A6", _in_need(), contrast, scale, standard, in_need)


def _in_need() -> str:
    return f"on support by year {BEFORE_KEY_STAGE_2}, profile at five below {IN_NEED:g} SD"


def _standard(sat: Sat, had: Exposure) -> Floats:
    """Whether each child is at the expected standard, had it had something else: by the luck of its own year."""
    year = sat.of("school_start").to_numpy() + SCHOOL_YEAR[Stage.KEY_STAGE_2] + 1
    met = np.zeros(len(year), dtype=np.float32)
    other = Attained(sat.attained.ground, had, sat.attained.planted, sat.attained.seed)
    for each in np.unique(year):
        row = np.flatnonzero(sat.row)[year == each]
        found = {r.measure: r for r in results(Stage.KEY_STAGE_2, other.sitting(Stage.KEY_STAGE_2, row, int(each)))}
        score = found["ks2_standard"].score
        assert score is not None  # noqa: S101
        met[year == each] = np.nan_to_num(score)
    return met


def _key_stage_4(lives: Lives, attained: Attained, years: tuple[int, ...]) -> Iterator[tuple[object, ...]]:
    sat = sat_in(lives, attained, years, Stage.KEY_STAGE_4)
    z, hours = attained.standing(Stage.KEY_STAGE_4)[sat.row], attained.had.hours[sat.row]
    planted = attained.planted
    now = attainment_8(z, hours_points(hours, planted), planted)
    more = attainment_8(z, hours_points(hours + MORE_HOURS, planted), planted)
    delivered = hours > 0
    contrast = f"{MORE_HOURS:g} hours a week more − as delivered"
    yield _row(
        "ks4.delivered_hours", "A6", "children to whom hours were delivered", contrast, POINTS, more - now, delivered
    )
    slope = 5 * planted.hours / 5 if planted.hours else 0.0
    yield (
        "ks4.delivered_hours.first",
        "A6",
        "a child with none",
        "the first five hours, at the slope of none",
        POINTS,
        slope,
        0,
        PARAMETER,
    )


def _row(
    id_: str, analysis: str, population: str, contrast: str, scale: str, effect: Floats, chosen: Truths
) -> tuple[object, ...]:
    n = int(chosen.sum())
    value = float(effect[chosen].mean(dtype=np.float64)) if n else None
    return (id_, analysis, population, contrast, scale, value, n, POTENTIAL)


def naive(lives: Lives, attained: Attained, years: tuple[int, ...]) -> pl.DataFrame:
    """What misleads: the plain gap between plan and support, and authorities compared on plan holders alone."""
    sat = sat_in(lives, attained, years, Stage.KEY_STAGE_2)
    z, had = sat.z(), attained.had
    plan, support = had.plan[sat.row], had.support[sat.row] & ~had.plan[sat.row]
    effect = sat.z(had.with_plan(True)) - sat.z(had.with_plan(False))
    gap = float(z[plan].mean() - z[support].mean())
    true = float(effect[plan].mean())
    place = sat.of("authority").to_numpy()
    rate = pl.DataFrame({"place": place, "plan": plan, "sen": plan | support, "z": z})
    rows = [
        (
            "trap.indication",
            "confounding by indication",
            "mean of plan less mean of support",
            gap,
            true,
            SD,
            int(plan.sum()),
        ),
        *_threshold(rate),
    ]
    return pl.DataFrame(rows, schema=NAIVE, orient="row")


def _threshold(rate: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """Correlation of authorities' plan rates with mean results, of plan holders alone and of all children with SEN."""
    by_place = (
        rate.group_by("place")
        .agg(
            rate=pl.col("plan").sum() / pl.col("sen").sum(),
            holders=pl.col("z").filter("plan").mean(),
            sen=pl.col("z").filter("sen").mean(),
            n=pl.col("plan").sum(),
        )
        .filter(pl.col("n") >= 10)
    )
    found = by_place.select(holders=pl.corr("rate", "holders"), sen=pl.corr("rate", "sen"))
    if len(by_place) > 2:
        wrong, right = found.row(0)
        yield (
            "trap.threshold",
            "comparison among plan holders",
            "correlation of plan rate with results of plan holders",
            wrong,
            right,
            "correlation between authorities",
            len(by_place),
        )
