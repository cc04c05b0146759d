"""What each kind of course tells beside what all do: programme, level, support, placements, results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.states import TRACKED_MONTHS, Sen, State
from synthetic.tell.courses import STUDY, achieved
from synthetic.tell.stints import at_college

T_LEVELS = 2020
"""The first school year, by its beginning, in which there were T levels."""
ACADEMIC, TECHNICAL, FOUNDATION = 0.10, 0.06, -0.8
"""Of those of 16 and 17 in further education: shares on A levels and T levels; SD of attainment below which a
programme is of foundation learning."""
LEVELS: Final = (("E", -1.6), ("1", -0.8), ("2", -0.1), ("3", np.inf))
"""Levels of courses, and the SD of attainment, with luck, up to which a course is of each."""
GRADES: Final = ("U", "1", "2", "3", "4", "5", "6", "7", "8", "9")
LETTERS: Final = ("U", "G", "F", "E", "D", "C", "C", "B", "A", "A*")
NEW_GRADES = 2017
"""The year in which English and mathematics were first graded by numbers."""
MEAN_GRADE, GRADE_SD = 4.6, 1.9
SUPPORT_CODES: Final = ("24", "32", "35", "36", "41", "53", "54", "55", "56")
SUPPORTED: Final = {Sen.NONE: 0.02, Sen.SUPPORT: 0.25, Sen.PLAN: 0.60}
"""Share of students who receive learner support."""
ALLOWANCE: Final = {Sen.NONE: 0.03, Sen.SUPPORT: 0.20, Sen.PLAN: 0.55}
"""Share of students of higher education who have the disabled students' allowance."""
PART_TIME, SHORTER_DEGREE = 0.06, 0.10
RESULTS: Final = {
    State.WORK: (("E16", 0.75), ("E1", 1.0)),
    State.TEMPORARY: (("E1", 1.0),),
    State.APPRENTICESHIP: (("AP", 1.0),),
    **dict.fromkeys((State.FURTHER, State.SPECIALIST, State.TRAINING), (("ED", 1.0),)),
}
"""State after an internship → results, each up to a lot; else voluntary work, nothing, or not known."""
NO_RESULT: Final = (("VO", 0.12), ("N", 0.88), ("U", 1.0))


def is_further(after_16: AfterSixteen, stints: pl.DataFrame, seed: int) -> pl.Series:
    """Which stints are courses of further education: those of sixth form colleges as well, and traineeships."""
    college = pl.Series(at_college(after_16, seed)).gather(stints["entrant"]) & (stints["state"] == State.SIXTH_FORM)
    trains = (stints["state"] == State.TRAINING) & ~_had_plan(after_16, stints)
    return stints["state"].is_in([State.FURTHER, State.SPECIALIST]) | college | trains


def is_internship(after_16: AfterSixteen, stints: pl.DataFrame) -> pl.Series:
    """Which stints are supported internships: training of those with a plan at 16."""
    return (stints["state"] == State.TRAINING) & _had_plan(after_16, stints)


def _had_plan(after_16: AfterSixteen, stints: pl.DataFrame) -> pl.Series:
    return after_16.who["sen"].gather(stints["entrant"]) == Sen.PLAN


def further(courses: pl.DataFrame) -> pl.DataFrame:
    """The table `further_education`."""
    young = pl.col("first_month") < TRACKED_MONTHS
    hours = pl.when(young).then(560 + (pl.col("lot_3") * 90).floor()).otherwise(120 + (pl.col("lot_3") * 420).floor())
    told = courses.with_columns(programme_code=_programme(young))
    return told.select(
        *STUDY,
        "programme_code",
        study_programme_code=pl.when(pl.col("programme_code") == "TL").then(pl.lit("31")),
        qualification_level_code=_level(),
        planned_hours_per_year=hours.cast(pl.Float64),
        is_high_needs_funded=pl.col("sen") == Sen.PLAN,
        learner_support_code=_support(),
        english_grade_code=_grade(0.8 * (pl.col("lot_1") - 0.5)),
        maths_grade_code=_grade(0.8 * (pl.col("lot_2") - 0.5)),
        is_achieved=achieved(),
    )


def higher(courses: pl.DataFrame) -> pl.DataFrame:
    """The table `higher_education`."""
    return courses.select(
        *STUDY,
        qualification_level_code=_stepped(
            pl.col("lot_1"), (("4", SHORTER_DEGREE / 2), ("5", SHORTER_DEGREE), ("6", 1.0))
        ),
        study_mode_code=_stepped(pl.col("lot_2"), (("P", PART_TIME), ("F", 1.0))),
        has_disabled_students_allowance=pl.col("lot_3") < _of_sen(ALLOWANCE),
        is_achieved=achieved(),
    )


def apprenticeships(courses: pl.DataFrame) -> pl.DataFrame:
    """The table `apprenticeship`."""
    ability = pl.col("score") + 2 * (pl.col("lot_1") - 0.5) + pl.col("first_month") / 40
    level = _stepped(ability, (("2", 0.0), ("3", 1.6), ("4", np.inf)))
    return courses.select(*STUDY, qualification_level_code=level, is_achieved=achieved())


def internships(courses: pl.DataFrame) -> pl.DataFrame:
    """The table `supported_internship`."""
    what_follows = pl.lit(None, pl.String)
    for state, steps in RESULTS.items():
        what_follows = (
            pl.when(pl.col("next_state") == state).then(_stepped(pl.col("lot_1"), steps)).otherwise(what_follows)
        )
    result = pl.coalesce(what_follows, _stepped(pl.col("lot_1"), NO_RESULT))
    return courses.select(
        *STUDY,
        hours_per_week=(16 + (pl.col("lot_2") * 15).floor()).cast(pl.Float64),
        has_job_coach=pl.col("lot_3") < 0.93,
        internship_result_code=pl.when("has_ended").then(result),
    )


def _programme(young: pl.Expr) -> pl.Expr:
    """The programme of a course of further education, by where it is and what was attained before."""
    lot, state = pl.col("lot_4"), pl.col("state")
    technical = (pl.col("start_year") + pl.col("first_month") // 12 >= T_LEVELS) & (lot < ACADEMIC + TECHNICAL)
    return (
        pl.when(state == State.SIXTH_FORM)
        .then(pl.lit("AL"))
        .when(state == State.SPECIALIST)
        .then(pl.lit("PI"))
        .when(state == State.TRAINING)
        .then(pl.lit("TR"))
        .when(~young)
        .then(_stepped(lot, (("VO", 0.7), ("AD", 1.0))))
        .when(pl.col("score") < FOUNDATION)
        .then(pl.lit("FO"))
        .when(lot < ACADEMIC)
        .then(pl.lit("AL"))
        .when(technical)
        .then(pl.lit("TL"))
        .otherwise(pl.lit("VO"))
    )


def _level() -> pl.Expr:
    advanced = pl.col("programme_code").is_in(["AL", "TL"])
    by_score = _stepped(pl.col("score") + pl.col("lot_1") - 0.5, LEVELS)
    return pl.when(advanced).then(pl.lit("3")).otherwise(by_score)


def _support() -> pl.Expr:
    """A code of learner support for some: which means what is not published, so they are spread evenly."""
    share = _of_sen(SUPPORTED)
    each = (pl.col("lot_2") / share * len(SUPPORT_CODES)).floor().clip(0, len(SUPPORT_CODES) - 1).cast(pl.Int64)
    return pl.when(pl.col("lot_2") < share).then(
        each.replace_strict(dict(enumerate(SUPPORT_CODES)), return_dtype=pl.String)
    )


def _grade(luck: pl.Expr) -> pl.Expr:
    """A grade of a GCSE by attainment at 16: numbers from 2017 on, letters before."""
    grade = (MEAN_GRADE + GRADE_SD * (pl.col("score") + luck)).floor().clip(0, 9).cast(pl.Int64)
    scales = (grade.replace_strict(dict(enumerate(scale)), return_dtype=pl.String) for scale in (GRADES, LETTERS))
    return pl.when(pl.col("start_year") >= NEW_GRADES).then(next(scales)).otherwise(next(scales))


def _of_sen(shares: Mapping[Sen, float]) -> pl.Expr:
    return pl.col("sen").replace_strict({int(sen): share for sen, share in shares.items()}, return_dtype=pl.Float64)


def _stepped(value: pl.Expr, steps: Iterable[tuple[str, float]]) -> pl.Expr:
    """The code of the first step below whose end the value lies; null beyond the last."""
    code = pl.lit(None, pl.String)
    for name, end in reversed(tuple(steps)):
        code = pl.when(value < end).then(pl.lit(name)).otherwise(code)
    return code
