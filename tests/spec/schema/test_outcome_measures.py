"""Outcome measures: which years may be compared, and what a declaration may not claim."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.errors import DeclarationError, UsageError
from cohort.schema.code_list import LAST
from cohort.schema.codes import attainment
from cohort.schema.outcome_measure import NO_TESTS, Comparable, Method, NotHeld, OutcomeMeasure, Stage, Unit
from cohort.schema.outcome_measures import comparable, outcome_measure, outcome_measures
from service.codebook import pages

MEASURES = list(outcome_measures().values())
TESTED = [m for m in MEASURES if m.method in {Method.TEST, Method.ASSESSMENT}]


def measure(
    periods: Iterable[tuple[tuple[int, int], ...]],
    gaps: Iterable[tuple[int, int]] = (),
    method: Method = Method.RECORD,
    unit: Unit = Unit.MARK,
    expected: float | None = None,
) -> OutcomeMeasure:
    """A measure for these tests: periods of spans, and gaps."""
    found = tuple(Comparable(f"definition {n}", spans) for n, spans in enumerate(periods))
    missing = tuple(NotHeld(since, until, "a reason") for since, until in gaps)
    return OutcomeMeasure("m", Stage.SCHOOL, "M", method, unit, 0, 10, found, missing, expected)


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("ks2_reading", [2019, 2022]),
        ("ks2_writing", [2018, 2025]),
        ("phonics_mark", [2012, 2019, 2026]),
        ("attainment_8", [2019, 2023, 2024]),
        ("english_maths_9_4", [2017, 2019]),
        ("ebacc_entered", [2019, 2020, 2021]),
        ("good_level_of_development", [2013, 2019]),
        ("progress_8", [2024, 2027]),
    ],
)
def test_years_of_one_definition_may_be_pooled(code: str, years: list[int]) -> None:
    assert comparable(code, years)


@pytest.mark.parametrize(
    ("code", "years"),
    [
        ("good_level_of_development", [2019, 2022]),
        ("ks2_writing", [2017, 2018]),
        ("ks2_standard", [2017, 2018]),
        ("ks2_science", [2018, 2019]),
        ("attainment_8", [2016, 2018]),
        ("attainment_8", [2019, 2020]),
        ("attainment_8", [2020, 2021]),
        ("attainment_8", [2021, 2022]),
        ("attainment_8", [2022, 2023]),
        ("absence_pct", [2019, 2021]),
        ("level_3_by_19", [2019, 2021]),
        ("ks4_destination_sustained", [2023, 2024]),
    ],
)
def test_a_break_between_definitions_is_named(code: str, years: list[int]) -> None:
    assert not comparable(code, years)
    with pytest.raises(UsageError) as raised:
        outcome_measure(code).pooled(years)
    assert raised.value.code == "OUTCOME-03"
    definitions = {outcome_measure(code).period(year).definition for year in years}
    assert len(definitions) == 2
    assert all(definition in raised.value.sentence for definition in definitions)


@pytest.mark.parametrize(
    ("code", "year", "reason"),
    [
        ("ks2_reading", 2020, "cancelled"),
        ("ks1_maths", 2021, "cancelled"),
        ("ks1_maths", 2024, "ended"),
        ("good_level_of_development", 2021, "not collected"),
        ("progress_8", 2025, "no key stage 2 tests"),
        ("multiplication_mark", 2021, "not declared before 2022"),
        ("absence_pct", 2020, "no sessions"),
    ],
)
def test_a_year_without_results_is_refused_with_its_reason(code: str, year: int, reason: str) -> None:
    assert not comparable(code, [year])
    with pytest.raises(UsageError, match=reason) as raised:
        outcome_measure(code).pooled([year])
    assert raised.value.code == "OUTCOME-02"


@pytest.mark.parametrize("tested", TESTED, ids=lambda m: m.code)
def test_no_test_is_invented_for_2020_and_2021(tested: OutcomeMeasure) -> None:
    assert not NO_TESTS & set(tested.years(2030))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.sampled_from(MEASURES), st.lists(st.integers(2009, 2030), min_size=1, max_size=4, unique=True))
def test_what_may_be_pooled_does_not_depend_on_order_and_holds_for_every_part(
    found: OutcomeMeasure, years: list[int]
) -> None:
    assert comparable(found.code, years) == comparable(found.code, years[::-1])
    if comparable(found.code, years):
        assert all(comparable(found.code, [year]) for year in years)
        assert len({found.period(year).definition for year in years}) == 1


def test_a_measure_that_nobody_declared_is_refused() -> None:
    with pytest.raises(UsageError, match="OUTCOME-01"):
        comparable("happiness", [2024])


def test_no_year_is_no_period() -> None:
    with pytest.raises(UsageError, match="OUTCOME-04"):
        outcome_measure("neet").pooled([])


@pytest.mark.parametrize(
    ("periods", "gaps"),
    [
        ([((2016, 2020),), ((2020, LAST),)], []),
        ([((2016, 2019), (2018, LAST))], []),
        ([((2016, 2019),), ((2022, LAST),)], []),
        ([((2016, 2019),), ((2022, LAST),)], [(2019, 2021)]),
        ([((2016, 2019),)], []),
        ([((2019, 2016),)], []),
        ([((2016, LAST),), ()], []),
    ],
    ids=["overlap", "overlap within", "no reason", "held and not held", "no end", "backwards", "empty"],
)
def test_every_year_stands_in_exactly_one_place(
    periods: list[tuple[tuple[int, int], ...]], gaps: list[tuple[int, int]]
) -> None:
    with pytest.raises(DeclarationError):
        measure(periods, gaps)


@pytest.mark.parametrize("method", [Method.TEST, Method.ASSESSMENT])
def test_a_test_in_2020_cannot_be_declared(method: Method) -> None:
    with pytest.raises(DeclarationError, match="no tests in 2020 and 2021"):
        measure([((2016, LAST),)], method=method)


@pytest.mark.parametrize("other", [2020, 2021, 2022])
def test_grades_of_the_pandemic_stand_alone(other: int) -> None:
    rest = ((2016, other - 1), (other + 1, LAST))
    with pytest.raises(DeclarationError, match="compare with no other year"):
        measure(
            [((2016, 2019), (other, other)), ((2023, LAST),)],
            [(y, y) for y in (2020, 2021, 2022) if y != other],
            method=Method.AWARD,
        )
    assert measure([rest], [(other, other)], method=Method.RECORD).years(2024)


def test_a_judgement_names_its_list_and_an_expected_standard_lies_in_the_range() -> None:
    assert outcome_measure("ks2_writing").codes is attainment.TEACHER_ASSESSMENT
    with pytest.raises(DeclarationError, match="names its list"):
        measure([((2016, LAST),)], unit=Unit.JUDGEMENT)
    with pytest.raises(DeclarationError, match="outside the range"):
        measure([((2016, LAST),)], expected=11)


@pytest.mark.parametrize("found", MEASURES, ids=lambda m: m.code)
def test_a_code_fits_its_column_and_every_definition_is_said_once(found: OutcomeMeasure) -> None:
    assert len(found.code) <= 40
    definitions = [period.definition for period in found.comparable]
    assert len(set(definitions)) == len(definitions)


def test_the_codebook_prints_every_measure_with_its_years_and_the_reasons_for_those_missing() -> None:
    page = pages()["outcomes.md"]
    for found in MEASURES:
        assert f"(`{found.code}`)" in page
        assert all(f"| comparable | {period.definition} |" in page for period in found.comparable)
        assert all(f"| not held | {gap.reason} |" in page for gap in found.not_held)


def test_the_codebook_prints_the_group_of_a_code() -> None:
    assert "| 810 | Current situation not known | all |  | not known |" in pages()["code-lists.md"]
