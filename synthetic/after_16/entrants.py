"""Who comes to the end of year 11, with what: SEN, support of the transition, which way to go.

Support of the transition is given by what is recorded (plan, need, authority) and by luck; the way to go follows from
attainment, severity, behaviour, meals and need. Everything that does not change from month to month is settled here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from synthetic.after_16.luck import Luck
from synthetic.after_16.planted import AfterSchool, IntoNeet, OutOfNeet, Trajectories, Transition
from synthetic.after_16.states import MONTHS, MONTHS_A_YEAR, Sen, Way
from synthetic.ages import first_september
from synthetic.chance import Days, Floats, Whole, generator
from synthetic.identification import on_support
from synthetic.parameters import NEEDS
from synthetic.window import Window

YEAR_11 = 11
"""School year, counted from reception."""
NOBODY = -99.0
"""Log odds of what cannot be."""


def entrants(
    people: pl.DataFrame,
    plans: pl.DataFrame,
    places: pl.DataFrame,
    ks4_score: Floats,
    planted: AfterSchool,
    window: Window,
    seed: int,
) -> pl.DataFrame:
    """A row for each child who is in England in the September after year 11, until the window ends; by that
    September, then child. `ks4_score` holds a standardised score for every row of `people`.

    child, birth_date, start_year (of that September), place (index, then), followed (months until the window ends,
    at most MONTHS), gone (months until the child leaves England; MONTHS where it stays), sen, need (index into
    NEEDS), score, severity, behaviour, hidden, is_male, is_meals_eligible, has_support (of the transition),
    trajectory (a Way), into_neet (log odds that do not change, without that support and the plan), out_of_neet (log
    odds).
    """
    start = people["school_start"].to_numpy() + YEAR_11 + 1
    left = people["exit_date"].to_numpy()
    here = (start < window.years[-1]) & (np.isnat(left) | (left > first_september(start)))
    row = np.flatnonzero(here)
    row = row[np.argsort(start[row], kind="stable")]
    who = _known(people[row], start[row], window).with_columns(
        sen=pl.Series(sen_at_16(people, plans)[row]), score=pl.Series(ks4_score[row].astype(np.float32))
    )
    where = _of_places(places, planted, seed)
    supported = _supported(who, where["supports"], planted.transition, planted.into_neet.hidden)
    luck = Luck(seed, len(who), np.arange(len(who)))
    lot = luck.uniform("transition support", 1)[0]
    return who.with_columns(
        trajectory=pl.Series(trajectories(who, planted.trajectories, luck_of_ways(luck))),
        has_support=pl.Series((who["sen"] != Sen.NONE).to_numpy() & (lot < supported)),
        into_neet=pl.Series(_into_neet(who, where["into_neet"], planted.into_neet)),
        out_of_neet=pl.Series(_out_of_neet(who, planted.out_of_neet)),
    )


def sen_at_16(people: pl.DataFrame, plans: pl.DataFrame) -> npt.NDArray[np.int8]:
    """SEN on the census day of year 11, by row: a plan, or the statement that it was then; support; or none."""
    census = census_days(people["school_start"].to_numpy() + YEAR_11 + 1)
    row = np.searchsorted(people["child"].to_numpy(), plans["child"].to_numpy())
    begun, ended = plans["start_date"].to_numpy(), plans["cease_date"].to_numpy()
    stands = (begun <= census[row]) & (np.isnat(ended) | (ended > census[row]))
    was_statement = plans["case"].is_null().to_numpy() & (begun > census[row])
    first, last = people["identified_year"].to_numpy(), people["support_ended_year"].to_numpy()
    sen = np.where(on_support(first, last, YEAR_11), Sen.SUPPORT, Sen.NONE).astype(np.int8)
    sen[row[stands | was_statement]] = Sen.PLAN
    return sen


def census_days(years: Whole) -> Days:
    """The third Thursday of January of each year."""
    january = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return np.busday_offset(january, 2, roll="forward", weekmask="Thu").astype("datetime64[D]")


def _known(people: pl.DataFrame, start: Whole, window: Window) -> pl.DataFrame:
    first = first_september(start)
    moved, left = people["move_date"].to_numpy(), people["exit_date"].to_numpy()
    place = np.where(~np.isnat(moved) & (moved <= first), people["moved_to"], people["authority"])
    need = people["need_code"].replace_strict({code: i for i, code in enumerate(NEEDS)}, return_dtype=pl.Int8)
    return people.select(
        "child",
        "birth_date",
        start_year=pl.Series(start.astype(np.int16)),
        place=pl.Series(place.astype(np.int16)),
        followed=pl.Series(np.minimum((window.years[-1] - start) * MONTHS_A_YEAR, MONTHS).astype(np.int8)),
        gone=pl.Series(_months_here(first, left)),
        need=need,
        is_male=pl.col("sex_code") == "M",
        severity="severity",
        behaviour="behaviour",
        hidden="hidden",
        is_meals_eligible="is_meals_eligible",
    )


def _months_here(first: Days, left: Days) -> npt.NDArray[np.int8]:
    """Months since the September on whose first day a child is still in England; MONTHS where it stays."""
    whole = (left - np.timedelta64(1, "D")).astype("datetime64[M]") - first.astype("datetime64[M]")
    return np.where(np.isnat(left), MONTHS, np.minimum(whole.astype(np.int64) + 1, MONTHS)).astype(np.int8)


def _of_places(places: pl.DataFrame, planted: AfterSchool, seed: int) -> Mapping[str, Floats]:
    """What each authority adds to the log odds of entering NEET, and of having support of the transition."""
    quality = places["quality"].to_numpy()
    own = generator(seed, "places after 16").standard_normal((2, len(places)))
    return {
        "into_neet": planted.into_neet.quality * quality + planted.into_neet.authority_sd * own[0],
        "supports": planted.transition.quality * quality + planted.transition.authority_sd * own[1],
    }


def place_effects(places: pl.DataFrame, planted: AfterSchool, seed: int) -> Floats:
    """What each authority adds to the log odds of entering NEET in a month."""
    return _of_places(places, planted, seed)["into_neet"]


def by_need(who: pl.DataFrame, effects: Mapping[str, float]) -> Floats:
    """The effect of each child's type of need, 0 for those without SEN at 16."""
    own = np.array([effects[need] for need in NEEDS], dtype=np.float32)[who["need"].to_numpy()]
    return np.where(who["sen"].to_numpy() == Sen.NONE, np.float32(0), own)


def luck_of_ways(luck: Luck) -> Floats:
    """What chance adds to each trajectory of each entrant (Gumbel; a column a trajectory)."""
    return -np.log(-np.log(luck.uniform("ways after 16", len(Way)).T.clip(1e-7, 1 - 1e-7)))


def trajectories(who: pl.DataFrame, planted: Trajectories, luck: Floats) -> npt.NDArray[np.int8]:
    """The way each goes: that of the greatest log odds with `luck` added."""
    score, severity = who["score"].to_numpy(), who["severity"].to_numpy()
    male, meals = who["is_male"].to_numpy(), who["is_meals_eligible"].to_numpy()
    behaviour, sen = who["behaviour"].to_numpy(), (who["sen"] != Sen.NONE).to_numpy()
    long_study = planted.long_study + planted.long_study_severity * severity + by_need(who, planted.long_study_need)
    odds = (
        planted.academic + planted.academic_attainment * score,
        np.zeros(len(who)),
        planted.apprentice + planted.apprentice_male * (male - 0.5) + planted.apprentice_severity * severity,
        np.where(sen, long_study, NOBODY),
        planted.unsettled
        + planted.unsettled_attainment * score
        + planted.unsettled_severity * severity
        + planted.unsettled_behaviour * behaviour
        + planted.unsettled_meals * meals
        + planted.unsettled_sen * sen
        + planted.unsettled_semh * (sen & (who["need"] == NEEDS.index("SEMH")).to_numpy()),
    )
    return (np.stack(odds, axis=1) + luck).argmax(axis=1).astype(np.int8)


def _supported(who: pl.DataFrame, places: Floats, planted: Transition, hidden: float) -> Floats:
    """The chance of support of the transition, for one with SEN."""
    odds = planted.base + planted.plan * (who["sen"] == Sen.PLAN).to_numpy() + by_need(who, planted.need)
    odds = odds + places[who["place"].to_numpy()] + hidden * who["hidden"].to_numpy()
    return 1 / (1 + np.exp(-odds))


def _into_neet(who: pl.DataFrame, places: Floats, planted: IntoNeet) -> Floats:
    """Log odds of entering NEET that stay as they are, but for those of support and plan."""
    odds = planted.severity * who["severity"].to_numpy() + planted.behaviour * who["behaviour"].to_numpy()
    odds += planted.attainment * who["score"].to_numpy() + planted.hidden * who["hidden"].to_numpy()
    odds += planted.meals * who["is_meals_eligible"].to_numpy() + planted.male * (who["is_male"].to_numpy() - 0.5)
    odds += planted.sen * (who["sen"] != Sen.NONE).to_numpy() + by_need(who, planted.need)
    return (odds + places[who["place"].to_numpy()]).astype(np.float32)


def _out_of_neet(who: pl.DataFrame, planted: OutOfNeet) -> Floats:
    odds = planted.base + planted.severity * who["severity"].to_numpy() + planted.attainment * who["score"].to_numpy()
    return odds.astype(np.float32)
