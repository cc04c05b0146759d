"""Judgements and grades. A year is the year in which the school year ends.

Sources: the DfE's guidance on key stage 2 teacher assessment for 2024 and its data dictionary for 2016 to 2018, as
reported by a data supplier and two authorities; the autumn school census of 2024/25 for grades.
"""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain, unexplained

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
