"""Cutting a snapshot: the submissions known at a moment, frozen as Parquet with a manifest.

One transaction sees one state of the record. Facts lose the key of their submission (a number that tells of
other authorities' work) for the authority and year that it stands for; persons are re-keyed for the project.
The folder is written aside and renamed, so that a snapshot is whole or absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, text

from cohort.errors import UsageError
from cohort.reference import store as reference
from cohort.reference.measures import MEASURES, NOT_STANDING, authority_measure
from cohort.schema.invented import INVENTED_SOFTWARE
from cohort.schema.tables import AUTHORITY_FACTS, FACTS, METADATA
from cohort.snapshot import places
from cohort.snapshot.links import links
from cohort.snapshot.manifest import OBJECTIONS, Manifest, TableEntry, erasures_known
from cohort.snapshot.shape import LINK, OFFICERS, PERSON, RETURN, WHOLE, authority_fact_schema, fact_schema, in_order
from cohort.snapshot.write import aside, sealed, settle, write_table
from cohort.store import objections
from cohort.store.copy import copy_out
from cohort.store.erasures import erasure_ids
from cohort.store.known import Known, as_known_at
from cohort.store.roles import Role, acting

NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


@dataclass(frozen=True)
class Cut:
    """What to cut: a name, a moment (with its time zone; now where None), and how persons are named."""

    name: str
    rekey: Callable[[Iterable[str]], list[str]]
    project_key_id: str
    moment: datetime | None = None


def cut(engine: Engine, folder: Path, asked: Cut, progress: Callable[[str, float], None] | None = None) -> Manifest:
    """Cut a snapshot into `folder/name`; the same content under the same name again is left as it is.

    Raises UsageError for a name that cannot be used or that another content bears already.
    """
    if not NAME.match(asked.name):
        raise UsageError("SNAP-04", "A snapshot's name has small letters, digits and hyphens.", "Choose another.")
    with aside(folder / asked.name) as made:
        manifest = _write(engine, made, asked, progress or (lambda _, __: None))
        return settle(made, folder / asked.name, manifest)


def _write(engine: Engine, folder: Path, asked: Cut, progress: Callable[[str, float], None]) -> Manifest:
    with acting(engine, Role.OPERATOR, isolation="REPEATABLE READ") as connection:
        moment = asked.moment or connection.scalar(text("SELECT clock_timestamp()"))
        assert moment is not None  # noqa: S101
        known = replace(as_known_at(connection, moment), objections=objections.read(connection))
        entries: dict[str, TableEntry] = {}
        tables = list(_tables(connection, known, moment, asked))
        for place, (name, parts) in enumerate(tables):
            progress(f"writing {name}", place / len(tables))
            entries[name] = write_table(folder / name, parts)
        software = _software(connection, known.submissions)
        without = {"kind_code": OBJECTIONS, "persons": _left_out(connection, known)}
        erased = erasures_known(erasure_ids(connection))
    received = known.submissions.select("authority_code", "collection", "collection_year", "content_digest")
    events = (*received.to_dicts(), *known.identities.events, erased, without)
    is_invented = software == {INVENTED_SOFTWARE}
    return sealed(folder, asked.name, moment, events, entries, asked.project_key_id, is_invented=is_invented)


Parts = Iterator[tuple[str, pl.DataFrame]]


def _tables(connection: Connection, known: Known, moment: datetime, asked: Cut) -> Iterator[tuple[str, Parts]]:
    for table in FACTS:
        yield table.name, _by_year(known, lambda year, table=table: _facts(connection, table, known, year, asked))
    for table in AUTHORITY_FACTS:
        yield table.name, _whole(lambda table=table: _authority_facts(connection, table, known))
    yield "person", _whole(lambda: _persons(connection, known, asked))
    yield "link", _by_year(known, lambda year: _links(connection, known, year, asked))
    yield "return", _whole(lambda: _returns(connection, known.submissions))
    yield "authority", _whole(places.named)
    yield "authority_period", _whole(places.periods)
    yield "authority_succession", _whole(places.successions)
    yield from _reference(connection, moment)


def _whole(make: Callable[[], pl.DataFrame]) -> Parts:
    yield WHOLE, make()


def _by_year(known: Known, make: Callable[[int], pl.DataFrame]) -> Parts:
    """A part a collection year; an empty part where nothing holds, so that columns are known."""
    for year in known.submissions["collection_year"].unique().sort().to_list() or [0]:
        yield str(year), make(year)


def _facts(connection: Connection, table: Table, known: Known, year: int, asked: Cut) -> pl.DataFrame:
    placed = _placed(known.facts(connection, table, year), known.submissions, asked)
    return in_order(placed.select(*fact_schema(table)))


def _links(connection: Connection, known: Known, year: int, asked: Cut) -> pl.DataFrame:
    return in_order(_placed(links(connection, known, year), known.submissions, asked).select(*LINK))


def _placed(facts: pl.DataFrame, submissions: pl.DataFrame, asked: Cut) -> pl.DataFrame:
    """Facts with what their submissions stand for, and with the project's names of persons."""
    place = submissions.select("submission_id", "authority_code", "collection")
    persons = facts["person_id"].unique().to_list()
    names = pl.DataFrame(
        {"person_id": persons, "new_id": asked.rekey(persons)}, schema={"person_id": pl.String, "new_id": pl.String}
    )
    return facts.join(place, on="submission_id").join(names, on="person_id").with_columns(person_id="new_id")


def _authority_facts(connection: Connection, table: Table, known: Known) -> pl.DataFrame:
    """What authorities said of themselves in the returns that hold."""
    schema = authority_fact_schema(table)
    query = sql.SQL("SELECT {} FROM {} WHERE submission_id = ANY({})").format(
        sql.SQL(", ").join(map(sql.Identifier, schema)),
        sql.Identifier("cohort", table.name),
        sql.Literal(known.submissions["submission_id"].to_list()),
    )
    return in_order(copy_out(connection, query, schema))


def _persons(connection: Connection, known: Known, asked: Cut) -> pl.DataFrame:
    """One row a person: the traits last reported of them."""
    table = METADATA.tables["cohort.person_trait"]
    parts = _by_year(known, lambda year: _facts(connection, table, known, year, asked))
    said = pl.concat([frame.select(*PERSON) for _, frame in parts])
    last = [pl.col(trait).drop_nulls().last() for trait in PERSON if trait != "person_id"]
    return said.group_by("person_id").agg(last).sort("person_id")


def _left_out(connection: Connection, known: Known) -> int:
    """Persons who would stand in the table `person`, had they not objected."""
    if not known.objections.persons:
        return 0
    table, years = METADATA.tables["cohort.person_trait"], known.submissions["collection_year"].unique()
    states = (replace(known, objections=objections.Objections()), known)
    everybody, kept = ({p for y in years for p in state.facts(connection, table, y)["person_id"]} for state in states)
    return len(everybody - kept)


def _returns(connection: Connection, held: pl.DataFrame) -> pl.DataFrame:
    query = text(
        """
        SELECT submission_id, census_date, medical_officer_code, clinical_officer_code, social_care_officer_code
        FROM cohort.authority_year WHERE submission_id = ANY(:submissions)
        """
    )
    rows = connection.execute(query, {"submissions": held["submission_id"].to_list()}).all()
    schema = {"submission_id": pl.Int64, "census_date": pl.Date, **dict.fromkeys(OFFICERS, pl.String)}
    heads = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    placed = held.with_columns(pl.col("collection_year").cast(pl.Int64)).join(heads, on="submission_id")
    return placed.select(*RETURN).sort("authority_code", "collection_year", "collection")


def _software(connection: Connection, held: pl.DataFrame) -> set[str | None]:
    query = text("SELECT DISTINCT software FROM cohort.authority_year WHERE submission_id = ANY(:submissions)")
    return set(connection.scalars(query, {"submissions": held["submission_id"].to_list()}))


def _reference(connection: Connection, moment: datetime) -> Iterator[tuple[str, Parts]]:
    """Official figures as loaded by then: as published, and as measures of authorities."""
    rows = reference.current(connection, moment)
    if rows.is_empty():
        return
    source = "DfE and MoJ official statistics, Open Government Licence v3.0"
    measured = [
        authority_measure(rows, name)
        .filter(pl.col("reason").ne_missing(NOT_STANDING))
        .with_columns(pl.lit(name).alias("measure"), pl.lit(source).alias("source"))
        for name in MEASURES
    ]
    yield "reference_statistic", _whole(lambda: rows)
    yield "reference_measure", _whole(lambda: pl.concat(measured).sort("measure", "year", "authority_code"))


__all__ = ["Cut", "cut"]
