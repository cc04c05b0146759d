"""Everything stored is described, named by the grammar, and holds no identifier."""

from __future__ import annotations

import re

import polars as pl
import pytest
from sqlalchemy import Boolean, Column, Date, LargeBinary, String, Table

from cohort.catalogue import collect
from cohort.ingest.format import Kind, ReturnFormat, Role
from cohort.schema.codes import code_lists
from cohort.schema.facts import Fact
from cohort.schema.tables import METADATA

TABLES = list(METADATA.tables.values())
COLUMNS = [(t, c) for t in TABLES for c in t.columns]
FORMATS = list(collect("cohort.ingest.formats", ReturnFormat, key=lambda f: f.collection).values())
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
    assert not IDENTIFYING.search(pair[1].name)


def test_a_birth_date_is_stored_as_a_month_and_tokens_lie_in_the_vault() -> None:
    assert [_of(p) for p in COLUMNS if "birth" in p[1].name] == ["person_trait.birth_month"]
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
    expected = {pl.Date: Date, pl.Boolean: Boolean}.get(parsed, String)
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
    for model in Fact.__subclasses__():
        table = METADATA.tables[f"cohort.{model.__tablename__}"]
        assert table.dialect_options["postgresql"]["partition_by"] == "LIST (collection_year)"
        assert {"person_id", "collection_year", "submission_id", "row_number"} <= set(table.columns.keys())


def test_every_code_list_is_described_and_used_or_reserved_for_a_stored_column() -> None:
    lists = code_lists().values()
    used = {c.codes.name for f in FORMATS for t in f.tables for c in t.columns if c.codes}
    used |= {c.codes.name for f in FORMATS for c in f.header if c.codes}
    assert {entry.name for entry in lists} == used
    assert all(entry.comment.endswith(".") and all(code.label for code in entry.codes) for entry in lists)
