"""Figures of pupils, absence, exclusion, attainment and disputes, counted in small tables and by hand."""

from __future__ import annotations

import pytest

from tests.spec.synthetic.small_tables import told, value

CENSUS_2025 = """
    times | academic_year | term_code | sen_provision_code | is_meals_eligible | enrolment_code
    2     | 2025          | SPR       | E                  | yes               | C
    3     | 2025          | SPR       | K                  | no                |
    1     | 2025          | SPR       | K                  | yes               | M
    4     | 2025          | SPR       | N                  | no                | C
    5     | 2025          | SPR       | K                  | yes               | S
    5     | 2025          | AUT       | K                  | yes               | C
    5     | 2024          | SPR       | E                  | yes               | C
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("pupils.support_2025", 40),
        ("pupils.plan_2025", 20),
        ("pupils.plan_2024", 100),
        ("pupils.meals_plan", 100),
        ("pupils.meals_support", 25),
        ("pupils.meals_none", 0),
    ],
)
def test_pupils_are_those_of_the_spring_census_without_subsidiary_registrations(key: str, expected: float) -> None:
    assert value(key, told(enrolment=CENSUS_2025)) == pytest.approx(expected)


def test_a_statement_is_a_plan_and_school_action_is_support() -> None:
    tables = told(
        enrolment="""
        academic_year | term_code | sen_provision_code
        2016          | SPR       | S
        2016          | SPR       | A
        2016          | SPR       | P
        2016          | SPR       | N
        """
    )
    assert value("pupils.plan_2016", tables) == 25
    assert value("pupils.support_2016", tables) == 50


def test_prevalence_at_an_age_is_of_pupils_of_that_age() -> None:
    tables = told(
        enrolment="""
        times | academic_year | term_code | age_on_31_august | sen_provision_code
        1     | 2020          | SPR       | 10               | K
        3     | 2020          | SPR       | 10               | N
        1     | 2020          | SPR       | 15               | E
        1     | 2020          | SPR       | 15               | K
        """
    )
    assert value("pupils.support_aged_10", tables) == 25
    assert value("pupils.plan_aged_15", tables) == 50
    assert value("pupils.plan_aged_5", tables) is None


def test_boys_are_a_share_of_those_with_the_status() -> None:
    tables = told(
        person="person_id | sex_code\n a | M\n b | F\n c | M",
        enrolment="""
        person_id | academic_year | term_code | sen_provision_code
        a         | 2025          | SPR       | E
        b         | 2025          | SPR       | E
        c         | 2025          | SPR       | K
        """,
    )
    assert value("pupils.boys_plan_2025", tables) == 50
    assert value("pupils.boys_support_2025", tables) == 100


def test_a_type_of_need_is_counted_where_it_is_primary_and_of_pupils_with_the_status() -> None:
    tables = told(
        enrolment="""
        person_id | academic_year | term_code | sen_provision_code
        a         | 2025          | SPR       | K
        b         | 2025          | SPR       | K
        c         | 2025          | SPR       | E
        """,
        sen_need="""
        person_id | academic_year | term_code | need_code | rank_number
        a         | 2025          | SPR       | SLCN      | 1
        a         | 2025          | SPR       | SEMH      | 2
        b         | 2025          | SPR       | SPLD      | 1
        b         | 2024          | SPR       | SLCN      | 1
        c         | 2025          | SPR       | ASD       | 1
        """,
    )
    assert value("pupils.support_slcn", tables) == 50
    assert value("pupils.support_semh", tables) == 0
    assert value("pupils.plan_asd", tables) == 100


def test_season_of_birth_is_of_year_7_and_ever_looks_back_to_reception() -> None:
    tables = told(
        person="person_id | birth_month\n a | 2009-09-01\n b | 2009-12-01\n c | 2010-05-01\n d | 2010-08-01",
        enrolment="""
        person_id | academic_year | term_code | age_on_31_august | sen_provision_code
        a         | 2022          | SPR       | 11               | N
        a         | 2016          | SPR       | 5                | K
        b         | 2022          | SPR       | 11               | N
        c         | 2022          | SPR       | 11               | K
        d         | 2022          | SPR       | 11               | E
        """,
    )
    assert value("pupils.autumn_born", tables) == 0
    assert value("pupils.autumn_born_ever", tables) == 50
    assert value("pupils.summer_born", tables) == 100


ABSENCE = """
    person_id | academic_year | term_code | urn | possible_sessions | authorised_sessions | unauthorised_sessions
    a         | 2022          | AUT       | 1   | 100               | 10                  | 10
    a         | 2022          | SPR       | 1   | 100               | 0                   |
    a         | 2022          | SUM       | 1   | 100               | 100                 | 0
    b         | 2022          | AUT       | 1   | 100               | 4                   | 0
    c         | 2022          | AUT       | 1   | 100               | 90                  | 0
    a         | 2024          | AUT       | 1   | 50                | 2                   | 3
    b         | 2024          | AUT       | 1   | 50                | 1                   | 1
    b         | 2024          | SPR       | 1   | 50                | 50                  | 0
    a         | 2023          | AUT       | 1   | 50                | 10                  | 0
    a         | 2023          | SPR       | 2   | 50                | 0                   | 0
"""
ATTENDERS = """
    person_id | academic_year | term_code | age_on_31_august | sen_provision_code
    a         | 2022          | SPR       | 9                | K
    b         | 2022          | SPR       | 9                | N
    c         | 2022          | SPR       | 4                | K
    a         | 2023          | SPR       | 10               | K
    a         | 2024          | SPR       | 11               | K
    b         | 2024          | SPR       | 11               | N
"""
NEEDS = """
    person_id | academic_year | term_code | need_code | rank_number
    a         | 2022          | SPR       | SEMH      | 1
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("absence.support_2022", 20 / 200 * 100),
        ("absence.none_2022", 4),
        ("absence.support_2024", 10),
        ("absence.persistent_support", 100),
        ("absence.persistent_none", 0),
        ("absence.all_2023", 10),
        ("absence.persistent_2023", 50),
        ("absence.need_semh", 120 / 300 * 100),
        ("absence.plan_2024", None),
    ],
)
def test_absence_is_of_sessions_of_the_terms_published_of_pupils_of_5_to_15(key: str, expected: float | None) -> None:
    tables = told(attendance=ABSENCE, enrolment=ATTENDERS, sen_need=NEEDS)
    assert value(key, tables) == (None if expected is None else pytest.approx(expected))


def test_suspensions_are_counted_each_time_and_lunchtimes_are_none() -> None:
    tables = told(
        enrolment="""
        times | academic_year | term_code | sen_provision_code
        10    | 2022          | SPR       | K
        10    | 2022          | SPR       | N
        20    | 2024          | SPR       | N
        """,
        suspension="""
        person_id | start_date | sen_provision_code | exclusion_code
        a         | 2021-09-01 | K                  | SUSP
        a         | 2022-08-31 | K                  | SUSP
        a         | 2022-03-01 | K                  | LNCH
        b         | 2022-09-01 | K                  | SUSP
        c         | 2022-03-01 | N                  | SUSP
        d         | 2023-10-01 | K                  | SUSP
        e         | 2024-02-01 | E                  | SUSP
        """,
        permanent_exclusion="""
        person_id | start_date | sen_provision_code
        d         | 2023-10-01 | K
        e         | 2024-10-01 | E
        """,
    )
    assert value("suspensions.support", tables) == 20
    assert value("suspensions.none", tables) == 10
    assert value("suspensions.all_2024", tables) == 10
    assert value("suspensions.share_support", tables) == 50
    assert value("exclusions.all", tables) == 5
    assert value("exclusions.share_support", tables) == 100


def test_home_education_is_that_of_the_census_day_with_the_sen_of_the_last_school_census() -> None:
    tables = told(
        person="""
        times | birth_month
        48    | 2012-01-01

        person_id | birth_month
        a         | 2012-01-01
        b         | 2014-01-01
        c         | 2020-01-01
        """,
        home_education="""
        person_id | collection_year | start_date | end_date
        a         | 2025            | 2024-01-01 |
        a         | 2025            | 2024-01-01 |
        b         | 2025            | 2023-01-01 | 2024-10-03
        c         | 2025            | 2022-01-01 | 2024-10-02
        c         | 2024            | 2022-01-01 |
        """,
        enrolment="""
        person_id | academic_year | term_code | sen_provision_code
        a         | 2022          | SPR       | E
        a         | 2023          | SPR       | K
        b         | 2022          | SPR       | N
        """,
    )
    assert value("home.all", tables) == pytest.approx(2 / 50 * 100)
    assert value("home.support", tables) == 50
    assert value("home.plan", tables) is None


RESULTS = """
    person_id | measure_code              | academic_year | value_status_code | result_score
    a         | good_level_of_development | 2023          | V                 | 1
    b         | good_level_of_development | 2023          | V                 | 0
    c         | good_level_of_development | 2023          | X                 |
    a         | ks2_standard              | 2023          | V                 | 1
    b         | ks2_standard              | 2022          | V                 | 1
    a         | phonics_standard          | 2024          | V                 | 1
    b         | attainment_8              | 2023          | V                 | 30
    d         | attainment_8              | 2023          | V                 | 40
    a         | attainment_8              | 2023          | V                 | 60
    b         | english_maths_9_5         | 2023          | V                 | 1
    d         | english_maths_9_5         | 2023          | V                 | 0
    a         | review_at_two             | 2024          | V                 | 1
"""
JUDGEMENTS = """
    person_id | measure_code | academic_year | value_status_code | result_code
    a         | ks1_reading  | 2022          | V                 | GDS
    b         | ks1_reading  | 2022          | V                 | WTS
    c         | ks1_reading  | 2022          | V                 | EXS
"""
TAUGHT = """
    person_id | academic_year | term_code | sen_provision_code
    a         | 2023          | SPR       | N
    b         | 2023          | SPR       | K
    c         | 2023          | SPR       | K
    d         | 2023          | SPR       | K
    a         | 2024          | SPR       | N
"""


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("attainment.good_level_all_2023", 50),
        ("attainment.good_level_support_2023", 0),
        ("attainment.ks2_none_2023", 100),
        ("attainment.ks2_support_2023", None),
        ("attainment.phonics_none_2024", 100),
        ("attainment.attainment_8_support_2023", 35),
        ("attainment.attainment_8_none_2023", 60),
        ("attainment.english_maths_5_support", 50),
        ("attainment.review_2024", 100),
        ("attainment.ks1_reading_august", 50),
        ("attainment.ks1_reading_september", 100),
    ],
)
def test_attainment_is_of_results_given_to_pupils_with_the_status_that_spring(key: str, expected: float | None) -> None:
    tables = told(
        attainment=f"{RESULTS}\n\n{JUDGEMENTS}",
        enrolment=TAUGHT,
        person="person_id | birth_month\n a | 2014-09-01\n b | 2015-08-01\n c | 2015-08-01",
    )
    assert value(key, tables) == (None if expected is None else pytest.approx(expected))
