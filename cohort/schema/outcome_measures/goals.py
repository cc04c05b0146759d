"""The early learning goals, one by one: seventeen until 2019, and seventeen others from 2022.

A goal's points are those of the DfE's statistics: 1 emerging, 2 expected, 3 exceeding; the reformed profile has no
exceeding. Sources: DfE, early years foundation stage profile handbooks of 2014 and of 2022; fields of the National
Pupil Database, whose numbers the codes bear.
"""

from __future__ import annotations

from collections.abc import Iterator

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit

_BEFORE = (Comparable("profile of 2012/13", ((2013, 2019),)),)
_SINCE = (Comparable("reformed profile of 2021/22", ((2022, LAST),)),)
_ENDED = (
    NotHeld(2020, 2021, "the profile was not collected in the pandemic"),
    NotHeld(2022, LAST, "the profile was reformed, and its goals with it"),
)


def _goals(
    letter: str, highest: int, periods: tuple[Comparable, ...], gaps: tuple[NotHeld, ...], *labels: str
) -> Iterator[OutcomeMeasure]:
    for number, label in enumerate(labels, start=1):
        code, words = f"goal_{letter}{number:02}", f"Early learning goal: {label}"
        of, unit = Stage.EARLY_YEARS, Unit.POINTS
        yield OutcomeMeasure(code, of, words, Method.ASSESSMENT, unit, 1, highest, periods, gaps, expected=2)


G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13, G14, G15, G16, G17 = _goals(
    "g",
    3,
    _BEFORE,
    _ENDED,
    "listening and attention",
    "understanding",
    "speaking",
    "moving and handling",
    "health and self-care",
    "self-confidence and self-awareness",
    "managing feelings and behaviour",
    "making relationships",
    "reading",
    "writing",
    "numbers",
    "shape, space and measures",
    "people and communities",
    "the world",
    "technology",
    "exploring and using media and materials",
    "being imaginative",
)

E01, E02, E03, E04, E05, E06, E07, E08, E09, E10, E11, E12, E13, E14, E15, E16, E17 = _goals(
    "e",
    2,
    _SINCE,
    (),
    "listening, attention and understanding",
    "speaking",
    "self-regulation",
    "managing self",
    "building relationships",
    "gross motor skills",
    "fine motor skills",
    "comprehension",
    "word reading",
    "writing",
    "number",
    "numerical patterns",
    "past and present",
    "people, culture and communities",
    "the natural world",
    "creating with materials",
    "being imaginative and expressive",
)
