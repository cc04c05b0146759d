"""Everything stored is described, named by the grammar, and holds no identifier."""

from __future__ import annotations

import re

import polars as pl
import pytest
from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, Numeric, SmallInteger, String, Table, Text

from cohort.catalogue import collect
from cohort.ingest.format import Kind, ReturnFormat, Role
from cohort.schema.base import CODES
from cohort.schema.code_list import CodeList, Register
from cohort.schema.codes import code_lists
from cohort.schema.facts import LARGE
from cohort.schema.outcome_measures import outcome_measures
from cohort.schema.tables import AUTHORITY_FACTS, FACTS, METADATA, themes

TABLES = list(METADATA.tables.values())
COLUMNS = [(t, c) for t in TABLES for c in t.columns]
FORMATS = list(collect("cohort.ingest.formats", ReturnFormat, key=lambda f: f.collection).values())
SAID = [(t, c) for t in (*FACTS, *AUTHORITY_FACTS) for c in t.columns]
CODED = [(t, c) for t, c in COLUMNS if c.name.endswith("_code")]
NUMBERS_OF_PLACES = re.compile(r"^(\w+_)?(urn|ukprn)$")
LONGEST_CODE, LONGEST_MEASURE = 8, 40
MOST_LARGE = 20
"""A large table costs 63 relations in every database, a test's included."""
UNITS = re.compile(
    r"_(gbp|fte|score|hours|hours_per_week|hours_per_session|hours_per_year|per_period|per_officer)$|^hours_"
)
AGE_ELSEWHERE = {
    "plan_setting": "of the plan, ehc_plan.age_at_start",
    "plan_need": "of the review, active_plan.age_at_review",
    "sen_need": "of the pupil, enrolment.age_on_31_august",
    "attendance": "of the pupil, enrolment.age_on_31_august",
    "attendance_session": "of the pupil, enrolment.age_on_31_august",
    **dict.fromkeys(
        ("section_need", "section_outcome", "section_placement", "provision_specified", "provision_delivered"),
        "of the version, plan_version.age_at_issue",
    ),
}
"""Facts that have no age of their own, and the fact that has it."""
IDENTIFYING = re.compile(r"surname|forename|^name_|postcode|birth_date|^upn$|^uln$|address|email|phone")


def _of(pair: tuple[Table, Column]) -> str:
    return f"{pair[0].name}.{pair[1].name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_table_says_what_it_holds(table: Table) -> None:
    assert table.comment
    assert table.comment.endswith(".")


@pytest.mark.parametrize("pair", COLUMNS, ids=_of)
def test_a_column_says_what_it_holds_and_is_named_by_the_grammar(pair: tuple[Table, Column]) -> None:
    _, column = pair
    assert column.comment
    assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
    if isinstance(column.type, Boolean):
        assert column.name.startswith(("is_", "has_"))
    if isinstance(column.type, Date):
        assert column.name.endswith(("_date", "_month"))


@pytest.mark.parametrize("pair", COLUMNS, ids=_of)
def test_no_stored_column_can_hold_an_identifier(pair: tuple[Table, Column]) -> None:
    """A keyed hash in the vault may bear an identifier's name: it is bytes, and no text fits in."""
    table, column = pair
    is_hash = table.schema == "vault" and isinstance(column.type, LargeBinary)
    assert is_hash or not IDENTIFYING.search(column.name)


def test_a_birth_date_is_stored_as_a_month_and_tokens_lie_in_the_vault() -> None:
    readable = [_of(p) for p in COLUMNS if "birth" in p[1].name and not isinstance(p[1].type, LargeBinary)]
    assert readable == ["person_trait.birth_month"]
    assert {t.schema for t, c in COLUMNS if isinstance(c.type, LargeBinary)} == {"vault"}


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.collection)
def test_every_column_of_a_return_feeds_a_stored_column_or_is_an_identifier(form: ReturnFormat) -> None:
    for table in form.tables:
        stored = METADATA.tables[f"cohort.{table.stored}"].columns
        for column in table.columns:
            kept = column.role is Role.PAYLOAD
            assert (column.stored in stored) == kept, f"{table.name}.{column.tag}"
            if kept:
                _types_agree(stored[column.stored], column.type)
            if column.age:
                assert column.age in stored


def _types_agree(stored: Column, parsed: type[pl.DataType]) -> None:
    numbers = {pl.Int64: (Integer, SmallInteger), pl.Float64: (Numeric, Float)}
    expected = {pl.Date: Date, pl.Boolean: Boolean, **numbers}.get(parsed, String)
    assert isinstance(stored.type, expected), stored.name


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.collection)
def test_names_numbers_and_addresses_are_identifiers(form: ReturnFormat) -> None:
    for table in form.tables:
        for column in table.columns:
            if column.kind in {Kind.NAME, Kind.UPN, Kind.ULN, Kind.POSTCODE}:
                assert column.role is Role.IDENTIFIER, column.tag
            if column.kind is Kind.TEXT:
                assert column.role is Role.DROPPED, column.tag
            if column.kind is Kind.BIRTH:
                assert column.role is Role.BLURRED, column.tag


def test_every_fact_is_partitioned_and_points_at_its_submission() -> None:
    for table in FACTS:
        assert table.dialect_options["postgresql"]["partition_by"] == "LIST (collection_year)"
        assert {"person_id", "collection_year", "submission_id", "row_number"} <= set(table.columns.keys())


@pytest.mark.parametrize("pair", CODED, ids=_of)
def test_a_column_of_codes_names_its_list_or_who_keeps_its_codes(pair: tuple[Table, Column]) -> None:
    _, column = pair
    kept = column.info.get(CODES)
    assert isinstance(kept, CodeList | Register)
    assert isinstance(column.type, String)
    if isinstance(kept, CodeList):
        assert max(len(code.code) for code in kept.codes) <= (column.type.length or 0)
        assert code_lists()[kept.name] is kept, "a list that the codebook prints"


def test_a_list_is_named_by_columns_of_codes_only() -> None:
    assert not [_of(p) for p in COLUMNS if CODES in p[1].info and p not in CODED]


def test_a_stored_column_and_the_item_that_feeds_it_name_one_list() -> None:
    for form in FORMATS:
        for table in form.tables:
            stored = METADATA.tables[f"cohort.{table.stored}"].columns
            for item in table.columns:
                if item.codes and item.role is Role.PAYLOAD:
                    kept = stored[item.stored]
                    longest = max(len(code.code) for code in item.codes.codes)
                    is_of_register = isinstance(kept.info[CODES], Register) and longest <= getattr(
                        kept.type, "length", 0
                    )
                    assert kept.info[CODES] is item.codes or is_of_register, item.tag


@pytest.mark.parametrize("pair", SAID, ids=_of)
def test_no_fact_can_hold_a_word(pair: tuple[Table, Column]) -> None:
    """Free text is never stored: a string in a fact is a code or the number of a place."""
    _, column = pair
    assert not isinstance(column.type, Text)
    if isinstance(column.type, String):
        assert column.name.endswith("_code") or NUMBERS_OF_PLACES.match(column.name)
        assert (column.type.length or 0) <= (LONGEST_MEASURE if column.name == "measure_code" else LONGEST_CODE)


@pytest.mark.parametrize("pair", SAID, ids=_of)
def test_a_quantity_says_its_unit_last(pair: tuple[Table, Column]) -> None:
    if isinstance(pair[1].type, Numeric):
        assert UNITS.search(pair[1].name)


def test_one_name_has_one_type_in_every_fact() -> None:
    types: dict[str, set[str]] = {}
    for _, column in SAID:
        types.setdefault(column.name, set()).add(str(column.type))
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize("table", FACTS, ids=lambda t: t.name)
def test_a_fact_about_a_person_has_the_age_at_which_it_happened(table: Table) -> None:
    """Dates of birth are blurred: an age that is not stored can never be known again."""
    has_age = any(name.startswith(("age_at_", "age_on_")) for name in table.columns.keys())  # noqa: SIM118
    assert has_age != (table.name in AGE_ELSEWHERE)
    if table.name in AGE_ELSEWHERE:
        other, column = AGE_ELSEWHERE[table.name].split()[-1].split(".")
        assert column in METADATA.tables[f"cohort.{other}"].columns


def test_few_tables_have_a_leaf_for_every_year() -> None:
    assert sum(table.info[LARGE] for table in FACTS) <= MOST_LARGE


def test_every_table_has_a_theme() -> None:
    placed = [table for tables in themes().values() for table in tables]
    assert len(placed) == len(set(placed))
    assert set(placed) == set(TABLES)


def test_every_code_list_is_described_and_used() -> None:
    lists = code_lists().values()
    used = {c.codes.name for f in FORMATS for t in f.tables for c in t.columns if c.codes}
    used |= {c.codes.name for f in FORMATS for c in f.header if c.codes}
    used |= {c.info[CODES].name for _, c in CODED if isinstance(c.info[CODES], CodeList)}
    used |= {measure.codes.name for measure in outcome_measures().values() if measure.codes}
    assert {entry.name for entry in lists} == used
    assert all(entry.comment.endswith(".") and all(code.label for code in entry.codes) for entry in lists)


def test_the_code_of_an_outcome_measure_fits_its_column() -> None:
    assert max(map(len, outcome_measures())) <= LONGEST_MEASURE
