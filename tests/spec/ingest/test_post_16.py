"""Learning after 16 and destinations: small files read to the end, and a told year there and back."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from cohort.ingest.check import CheckedReturn
from cohort.ingest.formats.post_16 import POST_16
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return
from synthetic.tell import post_16
from tests.spec.synthetic.youths import drawn
from tests.told import archive, largest, meant, returned, zipped

LEARNER = "FamilyName,GivenNames,DateOfBirth,ULN,Sex"
ADA = "Quillfeather,Ada,2006-10-05,9999375358,F"
COURSE = f"{LEARNER},UKPRN,LearnStartDate,LearnPlanEndDate,LearnActEndDate,CompStatus,WithdrawReason"
FURTHER = f"{COURSE},LearnRefNumber,AimType,Programme,PlanLearnHours,Achieved"
DESTINATION = f"{LEARNER},LeavingStage,AcademicYear,URN,Destination,Sustained"
SIXTH_FORM = f"{ADA},10000001,2023-09-04,2025-06-30,,1,,Q77X,5,AL,580,"


def checked(files: dict[str, tuple[str, ...]], year: int = 2024) -> CheckedReturn:
    texts = {name: "\r\n".join(lines).encode() for name, lines in files.items()}
    return checked_return(archive(texts), file="post_16.zip", said=Said(year=year, authority_code="201"))


def found(files: dict[str, tuple[str, ...]]) -> list[tuple[str, str, int, int | None, str]]:
    return sorted(checked(files).located.select("code", "table", "row", "line", "column").rows())


def test_files_are_read_to_the_end_and_a_learner_of_several_is_one_person() -> None:
    made = checked(
        {
            "FurtherEducation.csv": (FURTHER, SIXTH_FORM),
            "Destination.csv": (DESTINATION, f"{ADA},KS4,2023/24,100001,SC,1"),
        }
    )
    assert made.findings.is_empty()
    given = made.linked.pseudonymous
    assert given.tables["person_trait"].height == 1
    assert given.tables["further_education"].select("age_at_start", "programme_code", "is_achieved").rows() == [
        (16, "AL", None)
    ]
    assert given.tables["destination"].select("academic_year", "age_on_31_august", "is_sustained").rows() == [
        (2024, 16, True)
    ]


def test_component_aims_are_no_courses_of_their_own() -> None:
    component = SIXTH_FORM.replace(",5,AL,", ",3,AL,")
    given = checked({"FurtherEducation.csv": (FURTHER, SIXTH_FORM, component)}).linked.pseudonymous
    assert given.tables["further_education"].height == 1


def test_a_finding_stands_at_its_sheet_row_and_line() -> None:
    backwards = SIXTH_FORM.replace(",2025-06-30,,1,", ",2025-06-30,2023-09-01,2,")
    assert found({"FurtherEducation.csv": (FURTHER, SIXTH_FORM, backwards)}) == [
        ("FURTHEREDUCATION-01", "furthereducation", 2, 3, "LearnActEndDate"),
        *(("FURTHEREDUCATION-17", "furthereducation", row, row + 1, "LearnStartDate") for row in (1, 2)),
    ]
    assert found({"Destination.csv": (DESTINATION, f"{ADA},KS4,2024,100001,XX,1")}) == [
        ("CELL-04", "destination", 1, 2, "Destination")
    ]


def test_a_kind_of_course_under_another_name_is_not_taken_in_silence() -> None:
    """Apprenticeships have no header of their own: in a file called otherwise each lacks what it would then need."""
    apprentice = f"{ADA},10000001,2023-09-04,2025-06-30,,1,,2,"
    headers = f"{COURSE},QualificationLevel,Achieved"
    assert found({"apprenticeship.csv": (headers, apprentice)}) == []
    assert {code for code, *_ in found({"extract.csv": (headers, apprentice)})} == {"CELL-01"}


def test_nothing_that_names_a_learner_is_left_after_the_door() -> None:
    given = checked({"FurtherEducation.csv": (FURTHER, SIXTH_FORM)}).linked.pseudonymous
    kept = " ".join(frame.write_csv() for frame in given.tables.values())
    for name in ("Quillfeather", "Ada", "9999375358", "2006-10-05", "Q77X"):
        assert name not in kept


@pytest.mark.parametrize("year", [2023, 2026])
def test_what_is_told_of_a_year_comes_back_without_a_finding(year: int) -> None:
    of = drawn(4_000, 3)
    told = post_16.told(of.lives, of.after_16, year)
    own = returned(told, POST_16, of.lives, largest(told))
    made = checked_return(zipped(own), file="post-16.zip", said=Said(year=year, authority_code="201"))
    assert made.findings["code"].value_counts().rows() == []
    for stored in POST_16.by_stored:
        if stored != "person_trait":
            courses = meant(own, stored)
            assert courses.height > 0 or year < 2026, stored
            given = made.linked.pseudonymous.tables[stored].select(courses.columns)
            assert_frame_equal(given, courses, check_dtypes=False)
