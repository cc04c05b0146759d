"""Figures of disputes, of life after 16 and of the spread between authorities, counted in small tables and by hand."""

from __future__ import annotations

import polars as pl
import pytest

from tests.spec.synthetic.small_tables import told, value

APPEALS = """
    person_id | collection_year | registered_date | appeal_outcome_code | concluded_date | section_i_result_code
    a         | 2022            | 2022-06-01      | OP                  |                |
    a         | 2023            | 2022-06-01      | AW                  | 2022-10-01     |
    b         | 2023            | 2022-09-01      | DI                  | 2023-08-31     |
    c         | 2023            | 2022-09-01      | CO                  | 2023-03-01     |
    d         | 2023            | 2022-09-01      | WD                  | 2023-09-01     |
    e         | 2024            | 2023-10-01      | AP                  | 2024-10-01     | P
    f         | 2024            | 2024-01-01      | OP                  |                |
    f         | 2025            | 2024-01-01      | AP                  | 2024-10-01     | L
    g         | 2024            | 2024-02-01      | AP                  | 2024-10-01     |
    h         | 2025            | 2024-09-01      | OP                  |                |
    i         | 2025            | 2024-10-01      | OP                  |                |
    j         | 2025            | 2025-01-01      | OP                  |                |
"""
GROUNDS = """
    person_id | collection_year | registered_date | appeal_ground_code
    h         | 2025            | 2024-09-01      | B
    h         | 2025            | 2024-09-01      | F
    i         | 2025            | 2024-10-01      | RA
    j         | 2025            | 2025-01-01      | I
    e         | 2024            | 2023-10-01      | RA
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # a, b and c ended in 2022/23; a told twice; a and b decided, a allowed.
        ("appeals.decided", 2 / 3 * 100),
        ("appeals.allowed", 50),
        ("appeals.growth", 3 / 3),
        ("appeals.about_content_2025", 2 / 3 * 100),
        ("appeals.about_assessing_2025", 1 / 3 * 100),
        ("appeals.about_assessing_2024", 100),
        ("appeals.placement_p", 50),
        ("appeals.placement_l", 50),
        # Four registered in 2024 (f, g, h, i); 8 decisions: two refusals, one no plan, four plans, one ceased as met.
        ("appeals.rate", 4 / 8 * 100),
    ],
)
def test_an_appeal_counts_once_and_in_its_own_year(key: str, expected: float) -> None:
    tables = told(
        appeal=APPEALS,
        appeal_ground=GROUNDS,
        ehc_request="""
        times | collection_year | outcome_code | outcome_date
        2     | 2025            | N            | 2024-05-01
        3     | 2025            | Y            | 2024-05-01
        """,
        ehc_assessment="collection_year | outcome_code | outcome_date\n 2025 | N | 2024-06-01\n 2025 | Y | 2024-06-01",
        ehc_plan="""
        times | collection_year | start_date | cease_date | cease_reason_code
        4     | 2025            | 2020-01-01 |            |
        1     | 2025            | 2020-01-01 | 2024-08-31 | 2
        1     | 2025            | 2020-01-01 | 2024-08-31 | 5
        """,
    )
    assert value(key, tables) == pytest.approx(expected)


SCHOOL = """
    person_id | academic_year | term_code | age_on_31_august | sen_provision_code
    a         | {year}        | SPR       | 15               | K
    b         | {year}        | SPR       | 15               | K
    c         | {year}        | SPR       | 15               | N
    d         | {year}        | SPR       | 14               | K
"""


def at_school(year: int) -> str:
    return SCHOOL.format(year=year)


def test_destinations_are_of_leavers_of_the_year_before() -> None:
    tables = told(
        enrolment=at_school(2021),
        destination="""
        person_id | leaving_stage_code | academic_year | destination_code
        a         | KS4                | 2022          | FE
        b         | KS4                | 2022          | NS
        c         | KS4                | 2022          | AP
        d         | KS4                | 2022          | NC
        a         | 1618               | 2022          | EM
        """,
    )
    assert value("destinations.sustained_support", tables) == 50
    assert value("destinations.further_support", tables) == 50
    assert value("destinations.not_sustained_support", tables) == 50
    assert value("destinations.not_captured_support", tables) == 0
    assert value("destinations.apprenticeship_none", tables) == 100
    assert value("destinations.education_none", tables) == 0


def test_neet_and_not_known_are_of_those_of_16_and_17_in_three_winter_months_and_kept_apart() -> None:
    tables = told(
        person="person_id | birth_month\n a | 2008-08-01\n b | 2006-09-01\n c | 2006-08-01\n d | 2008-09-01",
        activity="""
        person_id | activity_month | activity_code
        a         | 2024-12-01     | 619
        a         | 2025-01-01     | 810
        a         | 2025-02-01     | 230
        a         | 2025-03-01     | 619
        b         | 2025-01-01     | 310
        c         | 2025-01-01     | 619
        d         | 2025-01-01     | 619
        """,
        enrolment=at_school(2024),
    )
    assert value("activity.neet_2025", tables) == 25
    assert value("activity.not_known_2025", tables) == 25
    assert value("activity.either_support_2025", tables) == 50
    assert value("activity.either_plan_2025", tables) is None


def test_levels_at_19_are_by_the_sen_of_three_years_before() -> None:
    tables = told(
        enrolment=at_school(2021),
        attainment="""
        person_id | measure_code               | academic_year | value_status_code | result_score
        a         | level_3_by_19              | 2024          | V                 | 1
        b         | level_3_by_19              | 2024          | V                 | 0
        c         | level_3_by_19              | 2024          | V                 | 1
        d         | level_3_by_19              | 2024          | V                 | 1
        a         | level_2_by_19              | 2024          | V                 | 1
        a         | level_2_english_maths_by_19 | 2024         | V                 | 0
        """,
    )
    assert value("at_19.level_3_support_2024", tables) == 50
    assert value("at_19.level_3_none_2024", tables) == 100
    assert value("at_19.level_2_support_2024", tables) == 100
    assert value("at_19.level_2_english_maths_support_2024", tables) == 0


def test_university_is_entered_by_the_end_of_the_fourth_year_after_gcses() -> None:
    tables = told(
        enrolment=at_school(2018),
        higher_education="""
        person_id | start_date
        a         | 2021-09-20
        a         | 2020-09-20
        b         | 2022-09-20
        c         | 2020-09-20
        """,
    )
    assert value("at_19.university_support", tables) == 50
    assert value("at_19.university_none", tables) == 100


def test_work_is_the_main_activity_of_those_who_do_not_study_and_benefits_of_those_who_do_neither() -> None:
    tables = told(
        enrolment=at_school(2018),
        tax_year_outcome="""
        person_id | tax_year | value_status_code | is_sustained | earnings_gbp
        a         | 2023     | V                 | yes          | 10000
        b         | 2023     | V                 | no           | 2000
        c         | 2023     | V                 | yes          | 20000
        d         | 2023     | V                 | yes          | 90000
        a         | 2022     | V                 | yes          | 90000
        """,
        benefit_year="""
        person_id | tax_year | value_status_code | benefit_code
        a         | 2023     | V                 | UCS
        b         | 2023     | V                 | UCN
        b         | 2023     | V                 | ESA
        c         | 2023     | V                 | PIP
        """,
    )
    assert value("adult.work_support_5", tables) == 50
    assert value("adult.benefits_support_5", tables) == 50
    assert value("adult.benefits_none_5", tables) is None
    assert value("adult.earnings_support_5", tables) == pytest.approx(0.5)
    studying = told(
        further_education="""
        person_id | start_date | end_date
        a         | 2022-09-01 | 2023-07-01
        c         | 2021-09-01 | 2022-12-31
        """
    )
    assert value("adult.work_support_5", {**tables, **studying}) is None
    assert value("adult.work_none_5", {**tables, **studying}) == 100


def pupils_of(shares: dict[str, int]) -> dict[str, pl.LazyFrame]:
    """Authority → how many of its hundred pupils have a plan."""
    rows = [
        f"{count} | {code} | 2025 | SPR | {sen}"
        for code, n in shares.items()
        for count, sen in ((n, "E"), (100 - n, "N"))
    ]
    return told(enrolment="\n".join(["times | authority_code | academic_year | term_code | sen_provision_code", *rows]))


def test_spread_is_the_standard_deviation_between_authorities_less_what_chance_makes() -> None:
    chance = sum(100**2 * p * (1 - p) / 99 for p in (0.1, 0.3)) / 2
    assert value("authorities.plan", pupils_of({"301": 10, "302": 30})) == pytest.approx((200 - chance) ** 0.5)
    assert value("authorities.plan", pupils_of({"301": 20, "302": 20})) == 0
    assert value("authorities.plan", pupils_of({"301": 20})) is None


def test_an_authority_with_few_rows_counts_in_no_spread() -> None:
    two, one = (
        pupils_of({"301": 10, "302": 30}),
        told(enrolment="authority_code | academic_year | term_code | sen_provision_code\n303 | 2025 | SPR | E"),
    )
    together = {"enrolment": pl.concat([two["enrolment"], one["enrolment"]])}
    assert value("authorities.plan", together) == value("authorities.plan", two)


def test_every_other_spread_is_told_from_its_own_rows() -> None:
    """Two authorities of twelve, alike within and unlike between: nothing of the difference is chance."""
    people = [(f"{place}{number}", place) for place in ("301", "302") for number in range(12)]

    def rows(header: str, first: str, second: str) -> str:
        cells = {"301": first, "302": second}
        return "\n".join([header, *(f"{name} | {place} | {cells[place]}" for name, place in people)])

    school = "\n\n".join(
        rows(
            "person_id | authority_code | academic_year | term_code | age_on_31_august | sen_provision_code",
            *(f"{year} | SPR | 15 | {sen}",) * 2,
        )
        for year, sen in ((2025, "K"), (2021, "N"), (2023, "K"))
    )
    result = "person_id | authority_code | measure_code | academic_year | value_status_code | result_score"
    tables = told(
        person=rows("person_id | sex_code | birth_month", "2008-01-01", "2008-01-01"),
        enrolment=school,
        attainment="\n\n".join(
            (
                rows(result, "attainment_8 | 2025 | V | 30", "attainment_8 | 2025 | V | 40"),
                rows(result, "level_3_by_19 | 2024 | V | 0", "level_3_by_19 | 2024 | V | 1"),
            )
        ),
        activity=rows(
            "person_id | authority_code | activity_month | activity_code", "2025-01-01 | 619", "2025-01-01 | 810"
        ),
        attendance=rows(
            "person_id | authority_code | academic_year | term_code | possible_sessions | authorised_sessions",
            "2023 | AUT | 100 | 10",
            "2023 | AUT | 100 | 20",
        ),
        ehc_request=rows(
            "person_id | authority_code | collection_year | row_number | received_date | outcome_code",
            "2025 | 1 | 2024-01-01 | N",
            "2025 | 1 | 2024-01-01 | Y",
        ),
    )
    ten, hundred = 10 / 2**0.5, 100 / 2**0.5
    assert value("authorities.attainment_8_support", tables) == pytest.approx(ten)
    assert value("authorities.level_3_none", tables) == pytest.approx(hundred)
    assert value("authorities.neet", tables) == pytest.approx(hundred)
    assert value("authorities.not_known", tables) == pytest.approx(hundred)
    assert value("authorities.absence", tables) == pytest.approx(ten)
    assert value("authorities.refused", tables) == pytest.approx(hundred)
