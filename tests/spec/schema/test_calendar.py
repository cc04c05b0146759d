"""Authorities and census days as dated facts, held against what is known of England."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from cohort.errors import UsageError
from cohort.schema.calendar import abolished, authorities, authority_changes, census_day, census_days, in_force

AT_CENSUS_2024 = date(2024, 1, 18)


def third_thursday(year: int) -> date:
    first = date(year, 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2018, 1, 18), 152), (date(2020, 1, 16), 151), (date(2022, 1, 20), 152), (AT_CENSUS_2024, 153)],
)
def test_england_had_as_many_authorities_as_the_dfe_counted(day: date, number: int) -> None:
    assert len(in_force(day)) == number


@pytest.mark.parametrize(
    ("code", "last", "first", "heirs"),
    [
        ("909", date(2023, 3, 31), date(2023, 4, 1), {"942", "943"}),
        ("928", date(2021, 3, 31), date(2021, 4, 1), {"940", "941"}),
        ("837", date(2019, 3, 31), date(2019, 4, 1), {"839"}),
    ],
)
def test_an_authority_ends_the_day_before_its_heirs_begin(code: str, last: date, first: date, heirs: set[str]) -> None:
    assert code in in_force(last)
    assert not heirs & set(in_force(last))
    assert code not in in_force(first)
    assert heirs <= set(in_force(first))
    assert heirs == {change.to_code for change in authority_changes() if change.from_code == code}


@pytest.mark.parametrize(
    ("code", "day", "ended"),
    [("909", AT_CENSUS_2024, True), ("909", date(2023, 3, 31), False), ("202", AT_CENSUS_2024, False)],
)
def test_an_authority_is_abolished_from_its_end_on(code: str, day: date, ended: bool) -> None:
    assert (code in abolished(day)) is ended


def test_every_change_leads_to_an_authority_that_began_or_went_on_that_day() -> None:
    for change in authority_changes():
        assert change.to_code in in_force(change.change_date)
        assert change.from_code in in_force(change.change_date - timedelta(days=1))


def test_no_number_has_two_rows_in_force_on_one_day() -> None:
    rows = sorted(authorities(), key=lambda a: (a.authority_code, a.from_date))
    for before, after in pairwise(rows):
        if before.authority_code == after.authority_code:
            assert before.to_date is not None
            assert before.to_date < after.from_date


def test_numbers_names_and_regions_are_formed_as_they_should_be() -> None:
    regions: dict[str, str] = {}
    for found in authorities():
        assert len(found.authority_code) == 3
        assert found.authority_code.isdigit()
        assert found.ons_code[:3] in {"E06", "E08", "E09", "E10"}
        assert found.name == found.name.strip() != ""
        assert regions.setdefault(found.region_code, found.region_name) == found.region_name
    assert len(regions) == 9


@pytest.mark.parametrize("year", sorted(set(census_days()) - {2021}))
def test_census_day_is_the_third_thursday_of_january(year: int) -> None:
    assert census_day(year) == third_thursday(year)


def test_a_year_whose_census_day_is_not_known_is_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError) as raised:
        census_day(1999)
    assert raised.value.code == "YEAR-01"
    assert "census_days.csv" in raised.value.remedy
