"""Early years: the review at two and the profile at five.

Sources: DfE, early years foundation stage profile results (profile of 2012/13; reformed profile from 2021/22; not
collected in 2019/20 and 2020/21); the health visitors' review at two to two and a half (ASQ-3), reported from 2015/16.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit

_PROFILES = (
    Comparable("profile of 2012/13", ((2013, 2019),)),
    Comparable("reformed profile of 2021/22", ((2022, LAST),)),
)
_NOT_COLLECTED = (NotHeld(2020, 2021, "the profile was not collected in the pandemic"),)

REVIEW_AT_TWO = OutcomeMeasure(
    "review_at_two",
    Stage.EARLY_YEARS,
    "At or above the expected level in all five areas of the review at two to two and a half",
    Method.RECORD,
    Unit.YES_NO,
    0,
    1,
    # Reviews were dated visits of a health visitor, not tests: they went on in 2020 and 2021, to fewer children.
    (Comparable("questionnaire ASQ-3, all five areas", ((2016, LAST),)),),
)

GOOD_LEVEL = OutcomeMeasure(
    "good_level_of_development",
    Stage.EARLY_YEARS,
    "Good level of development at the end of reception",
    Method.ASSESSMENT,
    Unit.YES_NO,
    0,
    1,
    _PROFILES,
    _NOT_COLLECTED,
)

EARLY_LEARNING_GOALS = OutcomeMeasure(
    "early_learning_goals",
    Stage.EARLY_YEARS,
    "Early learning goals at the expected level, of 17",
    Method.ASSESSMENT,
    Unit.COUNT,
    0,
    17,
    _PROFILES,
    _NOT_COLLECTED,
)
