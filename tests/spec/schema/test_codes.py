"""Code lists: what a spelling means in a year, and which lists contradict themselves."""

from __future__ import annotations

import pytest

from cohort.errors import DeclarationError
from cohort.schema.code_list import Code, CodeList
from cohort.schema.codes import activity, attainment, attendance, code_lists, ehc, people, provision, pupils

LISTS = list(code_lists().values())


def listed(*entries: Code) -> CodeList:
    return CodeList("colour", "A list for this test.", entries)


@pytest.mark.parametrize(
    ("code_list", "year", "text", "code"),
    [
        (people.SEX, 2024, "MALE", "M"),
        (people.SEX, 2024, "2", "F"),
        (people.ETHNICITY, 2024, "WENG", "WBRI"),
        (provision.NEED_TYPE, 2024, "DS", None),
        (provision.NEED_TYPE, 2025, "DS", "DS"),
        (ehc.REQUEST_SOURCE, 2025, "1", None),
        (ehc.REQUEST_SOURCE, 2026, "1", "1"),
        (people.SEX, 2024, "X", None),
    ],
)
def test_a_spelling_means_its_code_in_the_years_of_the_code(
    code_list: CodeList, year: int, text: str, code: str | None
) -> None:
    assert code_list.lookup(year).get(text) == code


def test_a_code_of_another_year_is_told_from_one_that_never_was() -> None:
    assert "DS" in provision.NEED_TYPE.other_years(2024)
    assert "DS" not in provision.NEED_TYPE.other_years(2025)
    assert "NOPE" not in provision.NEED_TYPE.other_years(2024)


def test_one_letter_may_change_its_meaning_between_years_and_its_label_with_it() -> None:
    assert provision.RESIDENTIAL.labels(2025)["A"] != provision.RESIDENTIAL.labels(2026)["A"]
    assert provision.RESIDENTIAL.other_years(2026) == frozenset()


@pytest.mark.parametrize(
    "entries",
    [
        (Code("R", "Red"), Code("R", "Rose")),
        (Code("R", "Red"), Code("r", "Rose")),
        (Code("R", "Red"), Code("P", "Pink", spellings=("R",))),
        (Code("R", "Red", spellings=("X",)), Code("P", "Pink", spellings=("x",))),
        (Code("R", "Red", until=2025), Code("R", "Rose", since=2025)),
    ],
)
def test_a_spelling_with_two_meanings_in_one_year_is_refused(entries: tuple[Code, ...]) -> None:
    with pytest.raises(DeclarationError, match="twice in one year"):
        listed(*entries)


def test_a_spelling_may_pass_to_another_code_from_a_year_on() -> None:
    colours = listed(Code("R", "Red", until=2025), Code("R", "Rose", since=2026))
    assert (colours.labels(2025)["R"], colours.labels(2026)["R"]) == ("Red", "Rose")


@pytest.mark.parametrize("code_list", LISTS, ids=lambda found: found.name)
def test_every_list_reads_its_own_codes_and_describes_them(code_list: CodeList) -> None:
    assert code_list.comment.endswith(".")
    for year in range(2024, 2027):
        for code, label in code_list.labels(year).items():
            assert code_list.lookup(year)[code.upper()] == code
            assert label


@pytest.mark.parametrize("code_list", LISTS, ids=lambda found: found.name)
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_no_spelling_is_both_of_this_year_and_of_another_only(code_list: CodeList, year: int) -> None:
    assert not code_list.other_years(year) & set(code_list.lookup(year))


def test_no_two_lists_have_one_name() -> None:
    assert len({found.name for found in LISTS}) == len(LISTS)


@pytest.mark.parametrize(
    ("code_list", "year", "text", "code"),
    [
        (pupils.SEN_PROVISION, 2015, "A", "A"),
        (pupils.SEN_PROVISION, 2016, "A", None),
        (pupils.SEN_PROVISION, 2018, "S", "S"),
        (pupils.SEN_PROVISION, 2019, "S", None),
        (pupils.SEN_PROVISION, 2014, "K", None),
        (pupils.CENSUS_NEED_TYPE, 2014, "BESD", "BESD"),
        (pupils.CENSUS_NEED_TYPE, 2015, "BESD", None),
        (pupils.CENSUS_NEED_TYPE, 2015, "SEMH", "SEMH"),
        (pupils.CENSUS_NEED_TYPE, 2025, "nsa", "NSA"),
        (attendance.EXCLUSION, 2019, "FIXD", "SUSP"),
        (attendance.EXCLUSION_REASON, 2020, "OT", "OT"),
        (attendance.EXCLUSION_REASON, 2021, "OT", None),
        (attendance.SESSION, 2024, "H", "H"),
        (attendance.SESSION, 2025, "H", None),
        (attendance.SESSION, 2024, "J1", None),
        (attendance.SESSION, 2025, "J1", "J1"),
        (attainment.TEACHER_ASSESSMENT, 2018, "PKF", "PKF"),
        (attainment.TEACHER_ASSESSMENT, 2019, "PKF", None),
        (attainment.TEACHER_ASSESSMENT, 2019, "PK1", "PK1"),
    ],
)
def test_a_retired_code_is_read_in_its_own_years_only(
    code_list: CodeList, year: int, text: str, code: str | None
) -> None:
    assert code_list.lookup(year).get(text.upper()) == code


def test_needs_that_a_plan_and_a_school_both_name_have_one_label() -> None:
    plan, school = provision.NEED_TYPE.labels(2026), pupils.CENSUS_NEED_TYPE.labels(2026)
    assert plan.items() < school.items()
    assert set(school) - set(plan) == {"NSA"}


def test_neet_and_not_known_are_kept_apart() -> None:
    neet, not_known = activity.ACTIVITY.members(*activity.NEET), activity.ACTIVITY.members(activity.NOT_KNOWN)
    assert {"619", "670"} <= neet
    assert {"150", "810", "820", "830"} == not_known
    assert not neet & not_known


def test_every_activity_has_exactly_one_group() -> None:
    groups = [activity.ACTIVITY.members(group) for group in activity.ACTIVITY.groups()]
    assert sum(map(len, groups)) == len(activity.ACTIVITY.codes) == 46
    assert frozenset().union(*groups) == {code.code for code in activity.ACTIVITY.codes}


def test_a_session_that_was_not_possible_is_neither_attended_nor_missed() -> None:
    count = attendance.SESSION.members
    assert {"D", "X", "Y", "Y3", "#"} <= count(attendance.NOT_POSSIBLE)
    assert {"/", "\\", "L", "B"} <= count(attendance.PRESENT)
    assert {"O", "U"} <= count(attendance.UNAUTHORISED)


def test_a_group_that_a_list_does_not_have_is_refused() -> None:
    with pytest.raises(DeclarationError, match="no group 'at sea'"):
        activity.ACTIVITY.members(activity.NOT_KNOWN, "at sea")


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ((Code("R", "Red", group="warm"), Code("B", "Blue")), "some codes have a group"),
        ((Code("R", "Red", since=2020, until=2019),), "ends before it begins"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(entries: tuple[Code, ...], fault: str) -> None:
    with pytest.raises(DeclarationError, match=fault):
        listed(*entries)


def test_a_code_without_a_published_meaning_says_so() -> None:
    labels = attendance.SCHOOL_PROVISION_REASON.labels(2026)
    assert [code for code, label in labels.items() if "not published" in label] == ["EXR"]
