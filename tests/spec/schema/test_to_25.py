"""The record has a place for everything that happens to a child from birth to 25, and gives it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from psycopg import sql
from sqlalchemy import Connection, Engine, func, select, text

from cohort import example
from cohort.schema.base import CODES
from cohort.schema.code_list import CodeList
from cohort.schema.codes import activity, sections, status, support, tribunal
from cohort.schema.codes.authority import INSPECTION_OUTCOME, OFFICER
from cohort.schema.facts import leaf
from cohort.schema.frames import frame_schema
from cohort.schema.outcome_measures import outcome_measures
from cohort.schema.plan_kinds import plan_kinds
from cohort.schema.tables import AUTHORITY_FACTS, FACTS, METADATA
from cohort.store.copy import copy_in, copy_out, copy_staged
from cohort.store.known import current
from cohort.store.roles import Role, acting, authority_role
from tests.postgres import Databases
from tests.spec.schema import life

CHECKLIST = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "checklist.txt").read_text(encoding="utf-8").splitlines()
]
"""What the record must hold, in the words in which it was asked for, and the columns that hold it."""
BY_NAME = {table.name: table for table in FACTS}
STORY = """
2  review_at_two
3  diagnosis_referral
4  enrolment
5  social_care_spell
6  care_spell
7  ks1_reading
10 ehc_request
10 mediation
10 home_education
11 appeal
11 suspension
11 permanent_exclusion
11 ehc_assessment
11 advice
11 ehc_plan
12 annual_review
12 cost_claim
13 placement
13 ombudsman_finding
14 youth_justice_spell
15 phase_transfer
16 attainment_8
16 further_education
18 personal_budget
18 supported_internship
19 level_3_by_19
19 activity
19 apprenticeship
20 authority_move
22 tax_year_outcome
22 independent_living
22 higher_education
25 plan_version
25 person_exit
"""
"""What the life tells, by age."""
OF_AUTHORITIES = (Path(__file__).parent / "authorities.txt").read_text(encoding="utf-8")
"""What is said of one authority in one year, a block a table, in the form of `life.txt`."""


@pytest.mark.parametrize(("noun", "places"), CHECKLIST, ids=[noun for noun, _ in CHECKLIST])
def test_everything_asked_for_has_a_place(noun: str, places: str) -> None:
    assert places, noun
    for place in places.split():
        table, column = place.split(".")
        assert column in METADATA.tables[f"cohort.{table}"].columns, place


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        (
            tribunal.APPEAL_OUTCOME,
            ("allowed wholly", "allowed in part", "dismissed", "Conceded", "Withdrawn", "Struck"),
        ),
        (sections.NEED_SECTION, ("educational", "Health", "Social care")),
        (support.DELIVERY_STATUS, ("in full", "in part", "Not delivered", "Not recorded", "Not applicable")),
        (INSPECTION_OUTCOME, ("positive", "Inconsistent", "systemic failings")),
        (OFFICER, ("In post", "Not in post", "Recruiting")),
        (status.VALUE_STATUS, ("No data", "Not applicable", "Suppressed", "Not supplied", "Not known")),
    ],
    ids=lambda value: value.name if isinstance(value, CodeList) else "",
)
def test_what_must_be_told_apart_has_codes_of_its_own(codes: CodeList, labels: tuple[str, ...]) -> None:
    found = {next(code.code for code in codes.codes if label in code.label) for label in labels}
    assert len(found) == len(labels)


def test_provision_is_specified_in_each_section_that_regulation_12_gives_it() -> None:
    assert {code.code for code in sections.PROVISION_SECTION.codes} == {"F", "G", "H1", "H2"}
    assert {code.code for code in sections.NEED_SECTION.codes} == {"B", "C", "D"}


def test_what_was_delivered_is_said_in_the_columns_in_which_it_was_specified() -> None:
    specified, delivered = (set(BY_NAME[f"provision_{word}"].columns.keys()) for word in ("specified", "delivered"))
    assert specified - delivered == {"is_quantified", "is_specific"}


def test_neet_and_not_known_are_apart() -> None:
    neet = activity.ACTIVITY.members(*activity.NEET)
    assert neet
    assert not neet & activity.ACTIVITY.members(activity.NOT_KNOWN)


def test_a_kind_of_plan_is_a_row_with_its_years() -> None:
    assert {kind.kind for kind in plan_kinds()} == {"type", "tier"}
    assert "STA" in sections.PLAN_TYPE.labels(2016)
    assert "STA" not in sections.PLAN_TYPE.labels(2024)
    assert {kind.review_months for kind in plan_kinds() if kind.code == "EHC"} == {12}


def _submission(connection: Connection, year: int) -> int:
    entered = text(
        "INSERT INTO cohort.submission (authority_code, collection, collection_year, software_version) "
        "VALUES ('201', :collection, :year, 't') RETURNING submission_id"
    )
    submission = connection.scalar(entered, {"collection": "LIFE", "year": year})
    accepted = text(
        "INSERT INTO cohort.submission_event (submission_id, kind_code, account_name) VALUES (:s, 'accepted', 't')"
    )
    connection.execute(accepted, {"s": submission})
    return submission or 0


def _lived(engine: Engine) -> dict[tuple[str, int], pl.DataFrame]:
    """The life is stored, as the ingest role and into leaves; what was stored, by table and year."""
    person, submissions, held = str(uuid4()), {}, {}
    with acting(engine, Role.INGEST) as connection:
        for table in FACTS:
            for year, part in life.rows(table).items():
                if year not in submissions:
                    submissions[year] = _submission(connection, year)
                    born = text("INSERT INTO cohort.person VALUES (:p, now(), :s) ON CONFLICT DO NOTHING")
                    connection.execute(born, {"p": person, "s": submissions[year]})
                keys = {"person_id": person, "submission_id": submissions[year]}
                held[table.name, year] = life.stored(table, year, part, keys)
                copy_in(connection, leaf(table, year), held[table.name, year])
    return held


@pytest.fixture(scope="module")
def record(embedded_server: Databases) -> Iterator[Engine]:
    """One record for all tests here: none of them changes another's rows."""
    with embedded_server.fresh() as engine:
        yield engine


@pytest.fixture(scope="module")
def lived(record: Engine) -> dict[tuple[str, int], pl.DataFrame]:
    return _lived(record)


def test_the_life_has_a_row_in_every_table_of_facts_and_speaks_in_codes_of_its_years() -> None:
    assert set(life.blocks()) == set(BY_NAME)
    for table in FACTS:
        for year, part in life.rows(table).items():
            for column in part.columns:
                kept = table.columns[column].info.get(CODES)
                if isinstance(kept, CodeList):
                    given = set(part[column].drop_nulls())
                    assert given <= set(kept.labels(year)), f"{table.name}.{column}"


def test_every_result_of_the_life_is_of_a_declared_measure_and_of_a_year_in_which_it_was_held() -> None:
    measures = outcome_measures()
    for part in life.rows(BY_NAME["attainment"]).values():
        for row in part.iter_rows(named=True):
            measure = measures[row["measure_code"]]
            held = row["academic_year"] in measure.years(2035)
            assert held == (row["value_status_code"] == "V"), "no test is invented for 2021"
            given = row["result_code"] if measure.codes else row["result_score"]
            assert (given is not None) == held
            assert measure.codes is None or given in measure.codes.labels(row["academic_year"])


def test_a_life_is_read_back_as_it_was_stored(record: Engine, lived: dict[tuple[str, int], pl.DataFrame]) -> None:
    with acting(record, Role.OPERATOR) as connection:
        known = current(connection)
        for (name, year), stored in lived.items():
            found = known.facts(connection, BY_NAME[name], year).sort("row_number")
            assert_frame_equal(found.select(stored.columns), stored, check_dtypes=False)
            unsaid = found.drop(stored.columns)
            assert all(column.null_count() == found.height for column in unsaid), "what was not said is null"


def _told(connection: Connection) -> set[tuple[int, str]]:
    """(age, what): every fact that has an age, by its table; a result by its measure."""
    known = current(connection)
    told = set()
    for name in life.blocks():
        for year in life.rows(BY_NAME[name]):
            for row in known.facts(connection, BY_NAME[name], year).iter_rows(named=True):
                what = row.get("measure_code", name)
                told |= {(age, what) for column, age in row.items() if column.startswith("age_") and age is not None}
    return told


@pytest.mark.usefixtures("lived")
def test_the_life_is_told_by_age_from_the_review_at_two_to_the_end_of_the_plan(record: Engine) -> None:
    with acting(record, Role.OPERATOR) as connection:
        told = _told(connection)
    story = [(int(line.split()[0]), line.split()[1]) for line in STORY.strip().splitlines()]
    assert story == sorted(story, key=lambda happened: happened[0])
    assert set(story) <= told
    assert (min(told)[0], max(told)[0]) == (story[0][0], story[-1][0])


@pytest.mark.usefixtures("lived")
def test_another_authority_reads_no_row_of_the_life(record: Engine) -> None:
    for code, is_own in (("201", True), ("202", False)):
        with acting(record, authority_role(code)) as connection:
            held = {t.name: connection.scalar(select(func.count()).select_from(t)) for t in FACTS}
        assert {bool(rows) for rows in held.values()} == {is_own}


def _stored_of_authorities(record: Engine) -> dict[str, pl.DataFrame]:
    held = {}
    with acting(record, Role.INGEST) as connection:
        submission = _submission(connection, 2024)
        for block in OF_AUTHORITIES.strip().split("\n\n"):
            name, body = block.split("\n", 1)
            table = METADATA.tables[f"cohort.{name}"]
            said = example.read(body, frame_schema(table))
            keys = {"submission_id": submission, "row_number": 1, "collection_year": 2024, "authority_code": "201"}
            frame = pl.concat([said.given, said.expected], how="horizontal")
            held[name] = frame.with_columns(pl.lit(value).alias(key) for key, value in keys.items())
            copy_staged(connection, name, held[name])
    return held


def test_what_is_said_of_an_authority_is_read_back_by_it_and_by_no_other(record: Engine) -> None:
    held = _stored_of_authorities(record)
    assert set(held) == {table.name for table in AUTHORITY_FACTS}
    for name, stored in held.items():
        schema = {column: stored.schema[column] for column in stored.columns}
        query = sql.SQL("SELECT {} FROM cohort.{}").format(
            sql.SQL(", ").join(map(sql.Identifier, schema)), sql.Identifier(name)
        )
        with acting(record, authority_role("201")) as connection:
            assert_frame_equal(copy_out(connection, query, schema), stored)
        with acting(record, authority_role("202")) as connection:
            assert copy_out(connection, query, schema).is_empty()
