"""An authority's own returns as a snapshot in memory, so that what is defined on snapshots can be told of them.

Such a snapshot holds one authority's rows and lasts as long as the call that made it: nothing is written, and no
analyst can open it. It has no links and no statistics of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import ibis
import polars as pl
from ibis import ir
from sqlalchemy import Connection, text

from cohort.ingest.check import CheckedReturn
from cohort.ingest.load import whole
from cohort.ingest.read import declared_formats
from cohort.schema.invented import INVENTED_SOFTWARE
from cohort.schema.tables import AUTHORITY_FACTS, FACTS, METADATA
from cohort.snapshot import Snapshot, places
from cohort.snapshot.manifest import Manifest, TableEntry, digest_of
from cohort.snapshot.shape import LINK, OFFICERS, PERSON, RETURN, Schema, authority_fact_schema, fact_schema, in_order
from cohort.store.known import stored_rows

NAME = "own-returns"
"""The name of such a snapshot; nobody can open it by that name."""


@dataclass(frozen=True)
class Told:
    """What one return says, without the rows that are left out. `tables`: stored table → its facts, persons by key."""

    authority_code: str
    collection: str
    year: int
    census_date: date
    header: Mapping[str, object]
    tables: Mapping[str, pl.DataFrame]
    content_digest: str = ""
    """Of a return that the record holds; empty where it was only judged."""

    @property
    def is_invented(self) -> bool:
        """Whether the file says that it is of the invented England."""
        return self.header.get("software") == INVENTED_SOFTWARE


def of_checked(checked: CheckedReturn) -> Told:
    """What a judged return would say if it were accepted as it is: rows with errors left out."""
    given = checked.linked.pseudonymous
    ids = checked.linked.links.select("person_row", "person_id")
    year = pl.lit(given.year, pl.Int64).alias("collection_year")
    tables = {
        name: frame.join(ids, on="person_row", how="left", maintain_order="left").with_columns(year)
        for name, frame in whole(checked).items()
    }
    return Told(
        given.authority_code,
        given.format.collection,
        given.year,
        given.census_date,
        given.header,
        tables,
    )


def of_submission(connection: Connection, submission: int) -> Told:
    """What a submission said that was accepted, whether it holds or not. `connection`: of who may see its rows."""
    query = text(
        """
        SELECT s.authority_code, s.collection, s.collection_year, y.census_date, y.software,
               y.medical_officer_code, y.clinical_officer_code, y.social_care_officer_code, s.content_digest
        FROM cohort.submission s LEFT JOIN cohort.authority_year y USING (submission_id)
        WHERE s.submission_id = :submission
        """
    )
    authority, collection, year, census, software, *officers, digest = connection.execute(
        query, {"submission": submission}
    ).one()
    form = declared_formats()[collection]
    stored = {table.stored: METADATA.tables[f"cohort.{table.stored}"] for table in form.tables}
    tables = {name: stored_rows(connection, table, year, [submission]) for name, table in stored.items()}
    header = {"software": software, **dict(zip(OFFICERS, officers, strict=True))}
    day = census or form.census_day(year)  # heads are of SEN2 alone
    return Told(authority, collection, year, day, header, tables, digest)


def frozen(returns: Sequence[Told], at: datetime) -> Snapshot:
    """The returns of one authority as a snapshot in memory. `at`: the moment whose knowledge it is."""
    tables = _Tables(returns)
    events = tuple({"collection_year": r.year, "content_digest": r.content_digest} for r in returns)
    entries = {name: TableEntry(0, {}, "") for name in tables}
    manifest = Manifest(
        name=NAME,
        as_known_at=at,
        events=events,
        tables=entries,
        project_key_id="",
        is_invented=all(r.is_invented for r in returns),
        software_version="",
        digest=digest_of(events, entries, NAME),
    )
    return Snapshot(Path(NAME), manifest, tables)


@dataclass
class _Tables(Mapping[str, ir.Table]):
    """Every table of a snapshot, made when it is first asked for: an indicator looks at few of them."""

    returns: Sequence[Told]
    _backend: ibis.BaseBackend = field(default_factory=ibis.duckdb.connect)
    _made: dict[str, ir.Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._facts = {table.name: fact_schema(table) for table in FACTS}
        self._empty: dict[str, Schema] = {"link": LINK} | {
            table.name: authority_fact_schema(table) for table in AUTHORITY_FACTS
        }
        self._other = {
            "person": self._persons,
            "return": self._returns,
            "authority": places.named,
            "authority_period": places.periods,
            "authority_succession": places.successions,
        }

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._made:
            self._made[name] = self._backend.create_table(name, self._frame(name).to_arrow())
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        yield from (*self._facts, *self._empty, *self._other)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _frame(self, name: str) -> pl.DataFrame:
        if name in self._other:
            return self._other[name]()
        if name in self._empty:
            return pl.DataFrame(schema=self._empty[name])
        parts = [self._of_return(told, name) for told in self.returns if name in told.tables]
        return pl.concat([pl.DataFrame(schema=self._facts[name]), *parts])

    def _of_return(self, told: Told, name: str) -> pl.DataFrame:
        placed = told.tables[name].with_columns(authority_code=pl.lit(told.authority_code))
        given = placed.with_columns(collection=pl.lit(told.collection))
        shaped = [
            (pl.col(column) if column in given.columns else pl.lit(None)).cast(kind).alias(column)
            for column, kind in self._facts[name].items()
        ]
        return in_order(given.select(shaped))

    def _persons(self) -> pl.DataFrame:
        """One row a person: the traits last said of them in these returns."""
        said = self._frame("person_trait").sort("collection_year", maintain_order=True).select(*PERSON)
        last = [pl.col(trait).drop_nulls().last() for trait in PERSON if trait != "person_id"]
        return said.group_by("person_id").agg(last).sort("person_id")

    def _returns(self) -> pl.DataFrame:
        rows = [
            {
                "authority_code": told.authority_code,
                "collection": told.collection,
                "collection_year": told.year,
                "census_date": told.census_date,
                **{officer: told.header.get(officer) for officer in OFFICERS},
            }
            for told in self.returns
        ]
        return pl.DataFrame(rows, schema=RETURN)
