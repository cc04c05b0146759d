"""Figures of EHC plans and of the process, counted in small tables and by hand."""

from __future__ import annotations

import polars as pl
import pytest

from tests.spec.synthetic.small_tables import texts, told, value

TEXTS = texts("plans_to_count.txt")
REQUESTS, ASSESSMENTS, PLANS = TEXTS["ehc_request"], TEXTS["ehc_assessment"], TEXTS["ehc_plan"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.LazyFrame]:
    return told(**TEXTS)


COUNTED = {
    # a, b and c hold a plan in January 2025; d's ended in August.
    "plans.per_pupils_2025": 3 / 60 * 100,
    "plans.per_people_2025": 3 / 5 * 1000,
    "plans.new_2024": 2 / 3 * 100,
    "plans.ceased_2024": 1 / 3 * 100,
    "plans.boys": 2 / 3 * 100,
    "plans.boys_at_start": 100,
    # On 31 August 2024 a is 4 (born in September), b is 5 and c is 14.
    "plans.aged_0_4": 1 / 3 * 100,
    "plans.aged_5_10": 1 / 3 * 100,
    "plans.aged_11_15": 1 / 3 * 100,
    "plans.aged_20_25": 0,
    "plans.begun_aged_0_4": 50,
    "plans.begun_aged_16_25": 0,
    "plans.wbri": 2 / 3 * 100,
    "plans.apkn": 1 / 3 * 100,
    "plans.need_asd": 1 / 3 * 100,
    "plans.need_slcn": 1 / 3 * 100,
    "plans.need_semh": 1 / 3 * 100,
    "plans.need_slcn_aged_5": 0,
    "plans.placed_mainstream": 1 / 3 * 100,
    "plans.placed_special": 1 / 3 * 100,
    "plans.placed_home": 1 / 3 * 100,
    "plans.residential": 1 / 3 * 100,
    "plans.internships": 1 / 3 * 100,
    "plans.budget_2025": 1 / 3 * 100,
    "plans.ceased_for_2": 100,
    "plans.ceased_for_5": 0,
    # Received in 2024: two to assess, two refusals, one awaited, one withdrawn; d's came in 2023.
    "requests.per_pupils_2024": 6 / 60 * 100,
    "requests.per_pupils_2023": 2 / 40 * 100,
    "requests.boys": 4 / 6 * 100,
    "requests.aged_0_4": 2 / 6 * 100,
    "requests.aged_11_15": 2 / 6 * 100,
    "requests.refused_2024": 2 / 6 * 100,
    "requests.refused_2023": 50,
    "requests.undecided_2024": 1 / 6 * 100,
    "requests.undecided_2023": 50,
    "requests.withdrawn_2024": 1 / 6 * 100,
    # Decided in 2024: those of a, b, e, a again and d; only b's took over six weeks.
    "decisions.refused": 2 / 5 * 100,
    "decisions.in_six_weeks": 4 / 5 * 100,
    "decisions.mediated": 50,
    "decisions.appealed": 50,
    "assessments.no_plan_2024": 1 / 3 * 100,
    "assessments.no_plan_in_16_weeks": 100,
    "assessments.no_plan_mediated": 100,
    "assessments.no_plan_appealed": 0,
    "assessments.content_mediated": 50,
    "assessments.content_appealed": 50,
    # a's plan took 131 days, b's 184.
    "timeliness.20_weeks_2024": 50,
    "timeliness.over_a_year": 0,
    "timeliness.exceptions": 0,
    # Of a, b and c only c has had a plan for a year.
    "reviews.held": 100,
    "reviews.decided_in_four_weeks": 100,
    "reviews.amend": 100,
    "reviews.cease": 0,
}


@pytest.mark.parametrize("key", COUNTED)
def test_a_figure_of_plans_is_what_a_hand_counts(key: str, tables: dict[str, pl.LazyFrame]) -> None:
    assert value(key, tables) == pytest.approx(COUNTED[key])


def test_a_plan_with_an_exception_is_left_out_of_the_20_weeks() -> None:
    excepted = ASSESSMENTS.replace("yes                | no", "yes                | yes")
    tables = told(ehc_request=REQUESTS, ehc_assessment=excepted, ehc_plan=PLANS)
    assert value("timeliness.20_weeks_2024", tables) == 100
    assert value("timeliness.exceptions", tables) == 50


def test_a_plan_under_a_historical_request_is_no_new_plan() -> None:
    tables = told(
        ehc_request=REQUESTS.replace("2024-01-10    | 4              | Y", "              | 4 | H"), ehc_plan=PLANS
    )
    assert value("plans.new_2024", tables) == pytest.approx(1 / 3 * 100)


def test_placements_by_type_are_not_told_without_the_types_of_establishments() -> None:
    tables = told(ehc_plan=PLANS, placement=TEXTS["placement"])
    assert value("plans.placed_mainstream", tables) is None
    assert value("plans.placed_home", tables) == pytest.approx(1 / 3 * 100)
