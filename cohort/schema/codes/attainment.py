"""Judgements and grades. A year is the year in which the school year ends.

Sources: the DfE's guidance on key stage 2 teacher assessment for 2024 and its data dictionary for 2016 to 2018, as
reported by a data supplier and two authorities; its specification of the key stage 1 return of 2018 for Q; the autumn
school census of 2024/25 for grades. Of tests: what a school tells its parents of the codes of key stage 2, an authority
and a supplier of those of phonics, and the published code of the multiplication check of its reasons.
"""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain, unexplained
from cohort.schema.codes import status

TEACHER_ASSESSMENT = CodeList(
    "teacher_assessment",
    "Teacher assessment at the end of a key stage, pre-key-stage standards and the engagement model included.",
    (
        Code("GDS", "Working at greater depth", since=2016),
        Code("EXS", "Working at the expected standard", since=2016),
        Code("WTS", "Working towards the expected standard", since=2016),
        Code("HNM", "Has not met the expected standard (science)", since=2016),
        *(Code(f"PK{n}", f"Pre-key-stage standard {n}", since=2019) for n in range(6, 0, -1)),
        Code("EM", "Engagement model: not in subject-specific study", since=2022),
        Code("PKG", "Growing development of the expected standard", since=2016, until=2018),
        Code("PKE", "Early development of the expected standard", since=2016, until=2018),
        Code("PKF", "Foundations for the expected standard", since=2016, until=2018),
        Code("BLW", "Below the pre-key-stage standards", since=2016, until=2018),
        Code("D", "Disapplied", since=2016, until=2018),
        Code("A", "Absent, or not enough information", since=2016),
        Code("L", "Left", since=2016),
        Code("F", "Will be assessed in a later year", since=2016),
        Code("P", "Was assessed in an earlier year", since=2016),
        Code("Q", "Maladministration", since=2018),
    ),
)

KS2_OUTCOME = CodeList(
    "key_stage_2_outcome",
    "What a test at the end of key stage 2 came to, or a teacher's assessment.",
    (
        *TEACHER_ASSESSMENT.codes,
        *plain(
            ("AS", "Test: achieved the expected standard"),
            ("NS", "Test: did not achieve the expected standard"),
            ("CA", "Test: special consideration, ability to represent was affected"),
            ("CB", "Test: special consideration, ability to represent was not affected"),
            ("B", "Test: working below its level"),
            ("T", "Test: unable to access it"),
            ("M", "Test: missing"),
            ("H", "Test: pupil cheating"),
        ),
    ),
)

PHONICS_OUTCOME = CodeList(
    "phonics_outcome",
    "What the phonics screening check came to, or why it was not taken.",
    plain(
        ("WA", "Working at the expected standard"),
        ("WT", "Working towards the expected standard"),
        ("A", "Absent"),
        ("D", "Disapplied: did not take the check"),
        ("L", "Left"),
        ("Q", "Maladministration"),
    ),
)

CHECK_REASON = CodeList(
    "multiplication_check_reason",
    "Why the multiplication tables check was not taken, or its result annulled.",
    plain(
        ("A", "Absent during the check window"),
        ("B", "Working below expectation"),
        ("J", "Just arrived, abilities not established"),
        ("L", "Left school"),
        ("U", "Unable to access"),
        ("Z", "Incorrect registration"),
        ("X", "Not taken"),
        ("Q", "Maladministration"),
        ("H", "Pupil cheating"),
    ),
)

PROFILE_OUTCOME = CodeList(
    "profile_outcome",
    "Why the early years profile has no judgement on a goal.",
    (
        *plain(("A", "Absent for long, arrived late, or exempt")),
        *(code for code in status.VALUE_STATUS.codes if code.code != "V"),
    ),
)

GCSE_GRADE = CodeList(
    "gcse_grade",
    "Grade of a GCSE: letters until the subject was reformed, numbers since.",
    (
        *(Code(str(grade), f"Grade {grade}", since=2017) for grade in range(9, 0, -1)),
        *(Code(grade, f"Grade {grade}") for grade in ("A*", "A", "B", "C", "D", "E", "F", "G")),
        *plain(("U", "Unclassified"), ("NR", "No result")),
    ),
)

PRIOR_ATTAINMENT = CodeList(
    "year_11_attainment",
    "English or mathematics by the end of year 11, as the census asks of students over 16.",
    unexplained("1", "2", "3"),
)

FUNDING_EXEMPTION = CodeList(
    "gcse_exemption",
    "Why a student over 16 need not study English or mathematics.",
    unexplained("L", "O", "U", "F", "N"),
)
