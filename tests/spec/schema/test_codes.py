"""Code lists: what a spelling means in a year, and which lists contradict themselves."""

from __future__ import annotations

import pytest

from cohort.errors import DeclarationError
from cohort.schema.code_list import Code, CodeList
from cohort.schema.codes import code_lists, ehc, people, provision

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
