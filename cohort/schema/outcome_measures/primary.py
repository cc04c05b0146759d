"""Primary school: phonics, key stage 1, the multiplication check and key stage 2.

Sources: Standards and Testing Agency, teacher assessment frameworks (writing revised in 2017/18 and unchanged since;
key stage 1 reading and mathematics and key stage 2 science revised in 2018/19; judgements "not directly comparable"
with the interim ones), assessment and reporting arrangements; DfE, key stage 2 attainment, 2016 ("figures for 2016
are not comparable to those for earlier years"). No tests or statutory assessments in 2020 and 2021.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.codes import attainment
from cohort.schema.outcome_measure import Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit

_CANCELLED = NotHeld(2020, 2021, "tests and assessments were cancelled in the pandemic")
_KS1_ENDED = NotHeld(2024, LAST, "key stage 1 assessment ended as a duty after 2022/23")
_CHECKS = (Comparable("phonics screening check", ((2012, 2019), (2022, LAST))),)
_SCALED = (Comparable("tests of the national curriculum of 2014", ((2016, 2019), (2022, LAST))),)
_WRITING = (
    Comparable("interim framework", ((2016, 2017),)),
    Comparable("framework of 2017/18", ((2018, 2019), (2022, LAST))),
)
_SCIENCE = (
    Comparable("interim framework", ((2016, 2018),)),
    Comparable("framework of 2018/19", ((2019, 2019), (2022, LAST))),
)
_ASSESSED = (
    Comparable("interim framework, all pupils", ((2016, 2018),)),
    Comparable("pre-key-stage standards, those below the tests", ((2019, 2019), (2022, LAST))),
)
_KS1_WRITING = (
    Comparable("interim framework", ((2016, 2017),)),
    Comparable("framework of 2017/18", ((2018, 2019), (2022, 2023))),
)
_KS1_SUBJECT = (
    Comparable("interim framework", ((2016, 2018),)),
    Comparable("framework of 2018/19", ((2019, 2019), (2022, 2023))),
)


def _judged(code: str, stage: Stage, label: str, periods: tuple[Comparable, ...], *gaps: NotHeld) -> OutcomeMeasure:
    of = attainment.TEACHER_ASSESSMENT
    return OutcomeMeasure(code, stage, label, Method.ASSESSMENT, Unit.JUDGEMENT, None, None, periods, gaps, codes=of)


def _scaled(code: str, subject: str) -> OutcomeMeasure:
    label = f"Key stage 2 scaled score in {subject}"
    of = Unit.SCALED_SCORE
    return OutcomeMeasure(code, Stage.KEY_STAGE_2, label, Method.TEST, of, 80, 120, _SCALED, (_CANCELLED,), 100)


PHONICS_MARK = OutcomeMeasure(
    "phonics_mark",
    Stage.KEY_STAGE_1,
    "Mark in the phonics screening check",
    Method.TEST,
    Unit.MARK,
    0,
    40,
    _CHECKS,
    (_CANCELLED,),
    expected=32,
)

PHONICS_STANDARD = OutcomeMeasure(
    "phonics_standard",
    Stage.KEY_STAGE_1,
    "Expected standard of phonics",
    Method.TEST,
    Unit.YES_NO,
    0,
    1,
    _CHECKS,
    (_CANCELLED,),
)

KS1_READING = _judged("ks1_reading", Stage.KEY_STAGE_1, "Key stage 1 reading", _KS1_SUBJECT, _CANCELLED, _KS1_ENDED)
KS1_WRITING = _judged("ks1_writing", Stage.KEY_STAGE_1, "Key stage 1 writing", _KS1_WRITING, _CANCELLED, _KS1_ENDED)
KS1_MATHS = _judged("ks1_maths", Stage.KEY_STAGE_1, "Key stage 1 mathematics", _KS1_SUBJECT, _CANCELLED, _KS1_ENDED)

KS1_SCIENCE = _judged("ks1_science", Stage.KEY_STAGE_1, "Key stage 1 science", _KS1_SUBJECT, _CANCELLED, _KS1_ENDED)

MULTIPLICATION = OutcomeMeasure(
    "multiplication_mark",
    Stage.KEY_STAGE_2,
    "Mark in the multiplication tables check",
    Method.TEST,
    Unit.MARK,
    0,
    25,
    (Comparable("statutory check in year 4", ((2022, LAST),)),),
)

KS2_READING = _scaled("ks2_reading", "reading")
KS2_MATHS = _scaled("ks2_maths", "mathematics")
KS2_GRAMMAR = _scaled("ks2_grammar", "grammar, punctuation and spelling")
KS2_WRITING = _judged("ks2_writing", Stage.KEY_STAGE_2, "Key stage 2 writing", _WRITING, _CANCELLED)
KS2_SCIENCE = _judged("ks2_science", Stage.KEY_STAGE_2, "Key stage 2 science", _SCIENCE, _CANCELLED)
# Since 2019 teachers assess reading and mathematics of those alone who work below the level of the tests.
KS2_READING_ASSESSED = _judged(
    "ks2_reading_assessment", Stage.KEY_STAGE_2, "Key stage 2 reading, by the teacher", _ASSESSED, _CANCELLED
)
KS2_MATHS_ASSESSED = _judged(
    "ks2_maths_assessment", Stage.KEY_STAGE_2, "Key stage 2 mathematics, by the teacher", _ASSESSED, _CANCELLED
)

KS2_STANDARD = OutcomeMeasure(
    "ks2_standard",
    Stage.KEY_STAGE_2,
    "Expected standard in reading, writing and mathematics together",
    # Writing is assessed by teachers, so the years break where its framework does.
    Method.ASSESSMENT,
    Unit.YES_NO,
    0,
    1,
    _WRITING,
    (_CANCELLED,),
)
