"""After 16: destinations, activity, and what is reached by 19.

Sources: DfE, destination measures methodology (key stage 4: method changed in the release of 2023/24; 16 to 18: the
rule of who has left changed with the leavers of 2021), years are destination years; NCCIS requirements (from
September 2016 authorities need not track 18-year-olds without a plan); DfE, level 2 and 3 attainment by age 19.
Who is 19 in a year took GCSEs three years before and A levels one year before: grades without examinations reach
level 2 at 19 in 2020 by resits and until 2025 by the first sitting, and level 3 at 19 from 2020 to 2023.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, OutcomeMeasure, Stage, Unit


def _reached(code: str, label: str, *periods: Comparable) -> OutcomeMeasure:
    return OutcomeMeasure(code, Stage.AFTER_16, label, Method.RECORD, Unit.YES_NO, 0, 1, periods)


def _by_19(last_other: int) -> tuple[Comparable, Comparable]:
    return (
        Comparable("grades by examination", ((2010, 2019), (last_other + 1, LAST))),
        Comparable("some grades of 2020 to 2022", ((2020, last_other),)),
    )


KS4_DESTINATION = _reached(
    "ks4_destination_sustained",
    "Sustained education, apprenticeship or employment for two terms after key stage 4",
    Comparable("method to 2022/23", ((2011, 2023),)),
    Comparable("method of 2023/24", ((2024, LAST),)),
)
DESTINATION_16_18 = _reached(
    "post_16_destination_sustained",
    "Sustained education, apprenticeship or employment for two terms after 16 to 18 study",
    Comparable("leavers by three rules", ((2011, 2021),)),
    Comparable("leavers without the rule of two years at one provider", ((2022, LAST),)),
)
NEET = _reached(
    "neet",
    "Not in education, employment or training, known to be so",
    Comparable("ages 16 and 17, to 25 with a plan", ((2017, LAST),)),
)
NOT_KNOWN = _reached(
    "activity_not_known",
    "Activity not known",
    Comparable("ages 16 and 17, to 25 with a plan", ((2017, LAST),)),
)
LEVEL_2 = _reached("level_2_by_19", "Level 2 by 19", *_by_19(2025))
LEVEL_2_ENGLISH_MATHS = _reached(
    "level_2_english_maths_by_19", "Level 2 with English and mathematics by 19", *_by_19(2025)
)
LEVEL_3 = _reached("level_3_by_19", "Level 3 by 19", *_by_19(2023))
HIGHER_EDUCATION = _reached(
    "higher_education_by_19",
    "In higher education by 19",
    # Places of 2020 to 2022 were given on grades without examinations, as level 3 at 19 was.
    *_by_19(2023),
)
