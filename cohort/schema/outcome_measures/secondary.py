"""Key stage 4.

Sources: DfE, secondary accountability measures (Progress 8 not published for 2024/25 and 2025/26, whose pupils took
no key stage 2 tests); DfE, key stage 4 performance (points of 9 to 1 grades from 2016/17, grades by phases to
2017/18); Ofqual (2022 graded midway between 2021 and 2019; 2023 back to the standard of 2019). Grades of 2020
(centre assessment) and of 2021 (teacher assessed) are results that young people hold, so they are kept, each year
in a period of its own. Attainment 8 of pupils with a plan rose from 13.7 in 2019 to 15.7 in 2021 and stood at 14.0
in 2023: a rise and fall that follow the grading.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit

_PANDEMIC = (
    Comparable("centre assessment grades of 2020", ((2020, 2020),)),
    Comparable("teacher assessed grades of 2021", ((2021, 2021),)),
    Comparable("examinations of 2022, graded midway", ((2022, 2022),)),
)
_REFORM = Comparable("first 9 to 1 grades, in English and mathematics only", ((2017, 2017),))
_EXAMINED = Comparable("9 to 1 grades to the standard of 2019", ((2018, 2019), (2023, LAST)))
# English and mathematics had 9 to 1 grades from the first; the other subjects followed in 2018.
_EXAMINED_ENGLISH = Comparable("9 to 1 grades to the standard of 2019", ((2017, 2019), (2023, LAST)))


def _achieved(code: str, label: str, periods: tuple[Comparable, ...]) -> OutcomeMeasure:
    return OutcomeMeasure(code, Stage.KEY_STAGE_4, label, Method.AWARD, Unit.YES_NO, 0, 1, periods)


ATTAINMENT_8 = OutcomeMeasure(
    "attainment_8",
    Stage.KEY_STAGE_4,
    "Attainment 8",
    Method.AWARD,
    Unit.POINTS,
    0,
    90,
    (Comparable("letter grades, 80 points at most", ((2016, 2016),)), _REFORM, _EXAMINED, *_PANDEMIC),
)

PROGRESS_8 = OutcomeMeasure(
    "progress_8",
    Stage.KEY_STAGE_4,
    "Progress 8",
    Method.AWARD,
    Unit.POINTS,
    None,
    None,
    # Zero is each year's own national mean: a score is a place among that year's pupils and no amount of learning.
    (
        Comparable("against 2016's mean, letter grades", ((2016, 2016),)),
        Comparable("against 2017's mean, first 9 to 1 grades", ((2017, 2017),)),
        Comparable("against each year's mean, extreme scores limited", ((2018, 2019), (2023, 2024), (2027, LAST))),
        Comparable("against 2022's mean, graded midway", ((2022, 2022),)),
    ),
    (
        NotHeld(2020, 2021, "not published for grades without examinations"),
        NotHeld(2025, 2026, "not published: these pupils took no key stage 2 tests"),
    ),
)

ENGLISH_MATHS_4 = _achieved(
    "english_maths_9_4", "Grade 4 or above in English and mathematics", (_EXAMINED_ENGLISH, *_PANDEMIC)
)
ENGLISH_MATHS_5 = _achieved(
    "english_maths_9_5", "Grade 5 or above in English and mathematics", (_EXAMINED_ENGLISH, *_PANDEMIC)
)

EBACC_POINTS = OutcomeMeasure(
    "ebacc_points",
    Stage.KEY_STAGE_4,
    "Average point score of the English Baccalaureate",
    Method.AWARD,
    Unit.POINTS,
    0,
    9,
    (_EXAMINED, *_PANDEMIC),
)

EBACC_ENTERED = OutcomeMeasure(
    "ebacc_entered",
    Stage.KEY_STAGE_4,
    "Entered for all subjects of the English Baccalaureate",
    # Entries were made before examinations were cancelled: how grades were given does not touch them.
    Method.RECORD,
    Unit.YES_NO,
    0,
    1,
    (Comparable("entry in all five pillars", ((2018, LAST),)),),
)

# A pillar's entries, and grades of 2020 to 2022, stand as those of the whole do.
_ENTERED = (Comparable("entry in the subjects of the pillar", ((2018, LAST),)),)


def _entered(pillar: str) -> OutcomeMeasure:
    label = f"Entered for the English Baccalaureate in {pillar}"
    code = f"ebacc_{pillar}_entered"
    return OutcomeMeasure(code, Stage.KEY_STAGE_4, label, Method.RECORD, Unit.YES_NO, 0, 1, _ENTERED)


EBACC_ENGLISH, EBACC_MATHS, EBACC_SCIENCE, EBACC_HUMANITIES, EBACC_LANGUAGES = map(
    _entered, ("english", "maths", "science", "humanities", "languages")
)

EBACC_4 = _achieved("ebacc_9_4", "English Baccalaureate at grade 4 or above", (_EXAMINED, *_PANDEMIC))
EBACC_5 = _achieved("ebacc_9_5", "English Baccalaureate at grade 5 or above", (_EXAMINED, *_PANDEMIC))


def _points(subject: str, label: str) -> OutcomeMeasure:
    code, periods = f"{subject}_points", (_EXAMINED_ENGLISH, *_PANDEMIC)
    return OutcomeMeasure(code, Stage.KEY_STAGE_4, label, Method.AWARD, Unit.POINTS, 0, 9, periods)


ENGLISH_POINTS = _points("gcse_english", "Points of the best grade in English, 9 to 1")
MATHS_POINTS = _points("gcse_maths", "Points of the grade in mathematics, 9 to 1")
