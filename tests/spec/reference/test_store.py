"""Official files in the record: once each, never changed, and as known at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl
import pytest
from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from cohort.reference.figure import SCHEMA
from cohort.reference.read import ReferenceFile
from cohort.reference.store import Loaded, current, load
from cohort.schema import reference as stored
from cohort.schema.base import Base

Long = Callable[..., pl.DataFrame]
TABLES = [Base.metadata.tables[f"cohort.{name}"] for name in ("reference_file", "reference_statistic")]


@pytest.fixture
def connection(server: str) -> Iterator[Connection]:
    """A connection to fresh tables; what a test writes is committed as it goes and dropped at its end."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS cohort"))
        Base.metadata.create_all(connection, tables=TABLES)
        yield connection
        Base.metadata.drop_all(connection, tables=TABLES)
    engine.dispose()


@pytest.fixture
def file(long: Long) -> Callable[..., ReferenceFile]:
    """`file(plans, edition=, digest=)` is a caseload of one figure and one that is not shown."""

    def build(plans: float, edition: int = 2025, digest: str = "d", name: str = "caseload") -> ReferenceFile:
        rows = long(
            (name, edition, "National", None, "ehcplans", plans),
            (name, edition, "Local authority", "841", "ehcplans", "no_data"),
        )
        return ReferenceFile(name, "Plans (DfE)", edition, digest, rows, ())

    return build


def plans(connection: Connection, as_known_at: datetime | None = None) -> list[float]:
    """The figures shown, as known."""
    return current(connection, as_known_at)["value"].drop_nulls().to_list()


def test_what_was_loaded_comes_back_as_it_was(connection: Connection, file: Callable[..., ReferenceFile]) -> None:
    given = file(638_745)
    words = given.rows.with_columns(
        pl.lit('said "so", in\ntwo lines').alias("text"), pl.lit("Any other, mixed").alias("breakdown")
    )
    fractions = given.rows.with_columns((pl.col("value") / 7).alias("value"))
    whole = ReferenceFile("caseload", "Plans (DfE)", 2025, "d", pl.concat([given.rows, words, fractions]), ())
    assert load(connection, [whole], "curator") == (Loaded("caseload", 2025, 6, is_new=True),)
    assert current(connection).equals(whole.rows, null_equal=True)
    assert dict(current(connection).schema) == SCHEMA


def test_the_same_bytes_twice_are_already_there(connection: Connection, file: Callable[..., ReferenceFile]) -> None:
    load(connection, [file(1)], "curator")
    assert load(connection, [file(1)], "curator") == (Loaded("caseload", 2025, 0, is_new=False),)
    assert connection.scalar(select(func.count()).select_from(stored.ReferenceStatistic)) == 2


def test_a_newer_file_takes_the_place_of_the_older_and_deletes_nothing(
    connection: Connection, file: Callable[..., ReferenceFile]
) -> None:
    load(connection, [file(1, digest="first")], "curator")
    before = connection.scalar(select(func.clock_timestamp()))
    load(connection, [file(2, digest="second")], "curator")
    assert plans(connection) == [2]
    assert plans(connection, before) == [1]
    assert connection.scalar(select(func.count()).select_from(stored.ReferenceFile)) == 2


def test_before_the_first_file_nothing_was_known(connection: Connection, file: Callable[..., ReferenceFile]) -> None:
    before = connection.scalar(select(func.clock_timestamp()))
    load(connection, [file(1)], "curator")
    assert current(connection, before).is_empty()
    assert dict(current(connection, before).schema) == SCHEMA


def test_an_old_edition_loaded_late_hides_nothing(connection: Connection, file: Callable[..., ReferenceFile]) -> None:
    load(connection, [file(2, edition=2025, digest="new"), file(1, edition=2024, digest="old")], "curator")
    assert plans(connection) == [2]


def test_each_name_has_its_own_newest_and_some_may_be_asked_for(
    connection: Connection, file: Callable[..., ReferenceFile]
) -> None:
    load(connection, [file(1, digest="a", name="newplans"), file(2, digest="b", name="caseload")], "curator")
    assert plans(connection) == [2, 1]
    assert current(connection, names=["newplans"])["source_name"].unique().to_list() == ["newplans"]


def test_a_load_that_fails_leaves_neither_file_nor_figures(
    server: str, connection: Connection, file: Callable[..., ReferenceFile]
) -> None:
    good, bad = file(1, digest="good"), file(2, digest="bad")
    hidden = bad.rows.with_columns(pl.lit("suppressed").alias("status"))
    broken = ReferenceFile("caseload", "Plans (DfE)", 2025, "bad", hidden, ())
    engine = create_engine(server)
    with pytest.raises(Exception, match="value_is_shown"), engine.begin() as transaction:
        load(transaction, [good, broken], "curator")
    engine.dispose()
    assert connection.scalar(select(func.count()).select_from(stored.ReferenceFile)) == 0
    assert connection.scalar(select(func.count()).select_from(stored.ReferenceStatistic)) == 0


@pytest.mark.parametrize(
    "change",
    ["value = 5, status = 'no_data'", "status = 'hidden'", "authority_code = '841'"],
)
def test_the_database_refuses_a_figure_that_contradicts_itself(
    connection: Connection, file: Callable[..., ReferenceFile], change: str
) -> None:
    load(connection, [file(1)], "curator")
    with pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE cohort.reference_statistic SET {change} WHERE position = 0"))


def test_it_is_kept_who_loaded_a_file_and_when(connection: Connection, file: Callable[..., ReferenceFile]) -> None:
    before = connection.scalar(select(func.clock_timestamp()))
    load(connection, [file(1)], "curator")
    kept = connection.execute(
        select(stored.ReferenceFile.loaded_by, stored.ReferenceFile.loaded_at, stored.ReferenceFile.publication)
    ).one()
    assert kept.loaded_by == "curator"
    assert kept.loaded_at > before
    assert kept.publication == "Plans (DfE)"


def test_every_table_and_column_has_a_comment(connection: Connection) -> None:
    for table in TABLES:
        assert inspect(connection).get_table_comment(table.name, "cohort")["text"]
        assert all(c.get("comment") for c in inspect(connection).get_columns(table.name, "cohort"))
