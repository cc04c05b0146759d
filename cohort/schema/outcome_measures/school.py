"""Attendance and suspension, in any school year.

Sources: DfE, guide to absence statistics (persistent absence is missing 10 per cent of sessions from 2015/16, 15 per
cent before); DfE, pupil absence (no collection for the spring and summer of 2020; sessions missed for coronavirus
recorded apart in 2020/21 and 2021/22). Codes of sessions changed in August 2024; what counts as absence did not,
but for codes so rare that the DfE goes on with its series.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit

_ABSENCE = (
    Comparable("sessions missed of sessions possible", ((2016, 2019), (2023, LAST))),
    Comparable("sessions missed for coronavirus recorded apart", ((2021, 2022),)),
)
_NOT_COLLECTED = (NotHeld(2020, 2020, "no sessions were collected after the autumn of 2019"),)


def _missed(code: str, label: str, unit: Unit, high: float) -> OutcomeMeasure:
    return OutcomeMeasure(code, Stage.SCHOOL, label, Method.RECORD, unit, 0, high, _ABSENCE, _NOT_COLLECTED)


ABSENCE = _missed("absence_pct", "Sessions missed", Unit.PERCENT, 100)
PERSISTENT_ABSENCE = _missed("persistent_absence", "Missed 10 per cent of sessions or more", Unit.YES_NO, 1)
SEVERE_ABSENCE = _missed("severe_absence", "Missed 50 per cent of sessions or more", Unit.YES_NO, 1)

SUSPENSIONS = OutcomeMeasure(
    "suspensions",
    Stage.SCHOOL,
    "Suspensions in the school year",
    Method.RECORD,
    Unit.COUNT,
    0,
    None,
    (
        Comparable("schools open to all", ((2016, 2019), (2022, LAST))),
        Comparable("schools closed to most pupils for part of the year", ((2020, 2021),)),
    ),
)
