"""Rotation: every stored token is carried to a new key, and no link changes.

    t₂ = HMAC(k₂, t₁): no identifier is needed, and who holds an old key and an old copy learns nothing of the new.

The order is what makes it safe to be killed anywhere. (1) Loads are kept out. (2) The new key is on the disk, in a
file that still holds the old ones, before the first token is touched. (3) Every token and the version of the
database change in one transaction. Until it commits, the ring is read at the database's old version, so a key
left in the file by a run that was killed does nothing, and the next run takes that key and finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
from psycopg import sql
from sqlalchemy import Column, Connection, Engine, LargeBinary, Table

from cohort.errors import CohortError, DeclarationError, UsageError
from cohort.ingest.pseudonymise import DOMAINS, TOKEN_KINDS
from cohort.schema.base import VAULT
from cohort.schema.tables import METADATA
from cohort.store import locks
from cohort.store.copy import copy_in, driver_of
from cohort.store.roles import Role, acting
from cohort.vault import state
from cohort.vault.derived import KEYS, domain_of
from cohort.vault.keys import KeyProvider, KeyRing
from cohort.vault.state import Stamp, stamp
from cohort.vault.tokens import carried

BATCH = 100_000
ASIDE = "carried"
KIND = "kind_code"
"""A column beside a token that names its domain."""
Progress = Callable[[str, float], None]


def rotate(engine: Engine, keys: KeyProvider, progress: Progress = lambda _, __: None) -> Stamp:
    """Carry every keyed column of the vault to the next key; hands on what the database is at now.

    Raises UsageError where the ring is not the database's, or the tokens' key is a third party's.
    """
    progress("waiting for loads to end", 0.0)
    with acting(engine, Role.VAULT) as connection:
        locks.alone(connection)
        progress("reading the ring", 0.01)
        before = state.adopted(connection, stamp(keys.load()))
        _refuse_third_party(before)
        state.agreed(keys.load(), before)
        progress("keeping the new key", 0.02)
        ring = keys.extend(before.version)
        tables = keyed_tables()
        for place, table in enumerate(tables):
            carry(connection, table, ring, _within(progress, place, len(tables)))
        progress("entering the version", 0.98)
        state.enter(connection, stamp(ring))
        progress("committing", 0.99)
    progress("done", 1.0)
    return stamp(ring)


def _within(progress: Progress, place: int, places: int) -> Progress:
    """The progress of one table among several."""
    return lambda said, share: progress(said, 0.05 + 0.9 * (place + share) / places)


def _refuse_third_party(before: Stamp) -> None:
    if before.is_third_party:
        raise UsageError(
            "KEY-16",
            "The key of this record's tokens is a third party's.",
            "The third party alone can carry its tokens to a new key.",
        )


def keyed_tables() -> list[Table]:
    """Every table of the vault that holds something keyed."""
    return [t for t in METADATA.sorted_tables if t.schema == VAULT and keyed_columns(t)]


def keyed_columns(table: Table) -> list[Column[Any]]:
    """Columns of bytes: nothing else in the vault is made with a key."""
    return [column for column in table.columns if isinstance(column.type, LargeBinary)]


def domain(column: Column[Any]) -> str | None:
    """The domain of a column's tokens, None where the row says it. Raises DeclarationError where nobody said it."""
    if KIND in column.table.columns:
        return None
    if column.name in TOKEN_KINDS:
        return DOMAINS.get(column.name, column.name)
    if column.name in KEYS:
        return domain_of(column.name)
    raise DeclarationError(f"{column.table.name}.{column.name}: the domain of its tokens is not known")


def carry(connection: Connection, table: Table, ring: KeyRing, progress: Progress = lambda _, __: None) -> int:
    """Carry one table from the ring's last key but one to its last, in the connection's transaction.

    Rows are read in batches, so memory stays flat; they reach the table by one UPDATE from a temporary table.
    Raises CohortError where not every row was met again. Hands on the number of rows.
    """
    cursor = driver_of(connection).cursor()
    name = sql.Identifier(VAULT, table.name)
    cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(name))
    total = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()[0]
    cursor.execute(_aside(table, name))
    done = 0
    progress(f"carrying {table.name}", 0.0)
    for batch in _batches(connection, table, name):
        copy_in(connection, ASIDE, _written(_carried(batch, table, ring.keys[-1])), schema="pg_temp")
        done += batch.height
        progress(f"carrying {table.name}", 0.6 * done / total)
    progress(f"storing {table.name}", 0.6)
    cursor.execute(sql.SQL("ANALYZE pg_temp.{}").format(sql.Identifier(ASIDE)))
    cursor.execute(_update(table, name), {"version": ring.version})
    if not cursor.rowcount == done == total:
        raise CohortError("KEY-17", f"Not every row of {table.name} was carried.", "Nothing was changed; try again.")
    cursor.execute(sql.SQL("DROP TABLE pg_temp.{}").format(sql.Identifier(ASIDE)))
    return done


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def _new(table: Table) -> list[str]:
    return [column.name for column in keyed_columns(table)]


def _aside(table: Table, name: sql.Identifier) -> sql.Composed:
    """The temporary table: the key of the row as it is, and its keyed columns as they shall be (`new_…`)."""
    columns = [sql.Identifier(key) for key in _key(table)]
    columns += [sql.SQL("{} AS {}").format(sql.Identifier(c), sql.Identifier(f"new_{c}")) for c in _new(table)]
    return sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
        sql.Identifier(ASIDE), sql.SQL(", ").join(columns), name
    )


def _batches(connection: Connection, table: Table, name: sql.Identifier) -> Iterator[pl.DataFrame]:
    """The key and the keyed columns of every row, batch by batch, as they were when the first was read."""
    wanted = list(dict.fromkeys([*_key(table), *_new(table)]))
    columns = sql.SQL(", ").join(map(sql.Identifier, wanted))
    with driver_of(connection).cursor(name="keyed", binary=True) as rows:
        rows.execute(sql.SQL("SELECT {} FROM {}").format(columns, name))
        while batch := rows.fetchmany(BATCH):
            yield pl.DataFrame(batch, schema=wanted, orient="row", infer_schema_length=None)


def _carried(batch: pl.DataFrame, table: Table, key: bytes) -> pl.DataFrame:
    """The batch with a column `new_…` for each keyed one."""
    for column in keyed_columns(table):
        kind = domain(column)
        parts = [((kind,), batch)] if kind else batch.group_by(KIND, maintain_order=True)
        batch = pl.concat([_one(part, column.name, DOMAINS.get(str(of), str(of)), key) for (of,), part in parts])
    return batch.select(*_key(table), *(f"new_{name}" for name in _new(table)))


def _one(part: pl.DataFrame, name: str, kind: str, key: bytes) -> pl.DataFrame:
    """A part whose tokens are of one domain; each distinct token is hashed once."""
    distinct = part[name].cast(pl.Binary).drop_nulls().unique()
    after = pl.Series(carried(key, kind, distinct), dtype=pl.Binary)
    known = pl.DataFrame({name: distinct, f"new_{name}": after})
    return part.cast({name: pl.Binary}).join(known, on=name, how="left", maintain_order="left")


def _written(frame: pl.DataFrame) -> pl.DataFrame:
    """Bytes as Postgres reads them in text."""
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    return frame.with_columns(("\\x" + pl.col(name).bin.encode("hex")).alias(name) for name in binary)


def _update(table: Table, name: sql.Identifier) -> sql.Composed:
    news = _new(table)
    sets = [sql.SQL("{} = a.{}").format(sql.Identifier(c), sql.Identifier(f"new_{c}")) for c in news]
    if "key_version" in table.columns:
        sets.append(sql.SQL("key_version = {}").format(sql.Placeholder("version")))
    same = [sql.SQL("t.{0} = a.{0}").format(sql.Identifier(key)) for key in _key(table)]
    return sql.SQL("UPDATE {} t SET {} FROM pg_temp.{} a WHERE {}").format(
        name, sql.SQL(", ").join(sets), sql.Identifier(ASIDE), sql.SQL(" AND ").join(same)
    )
