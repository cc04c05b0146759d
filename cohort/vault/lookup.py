"""What the vault knows of the persons of a return: by token, and by any block of the model. Never the whole table."""

from __future__ import annotations

import polars as pl
from psycopg import sql
from sqlalchemy import Connection, text

from cohort.ingest.pseudonymise import TOKEN_KINDS, PseudonymousReturn
from cohort.store.copy import copy_in, copy_out
from cohort.vault.derived import KEYS
from cohort.vault.link import KNOWN_SCHEMA, LinkedReturn, link, open_rows
from cohort.vault.model import MODEL, TF
from cohort.vault.record import KNOWN_ROW, Record
from cohort.vault.weigh import FREQUENCIES

UPNS = ("upn", "former_upn")
"""Kinds of one domain: a number may be one child's UPN in one return and the former one in another."""
QUERY = text("SELECT token, person_id::text FROM vault.token WHERE kind_code = ANY(:kinds) AND token = ANY(:tokens)")
OPEN = "open_row"
MACS = (*TOKEN_KINDS, *KEYS)


def linked(connection: Connection, given: PseudonymousReturn) -> LinkedReturn:
    """The return with a person proposed for each row, as the record knows them now."""
    there = known(connection, given.tokens)
    by_number = Record(rows=_rows_of(connection, there["person_id"].unique()))
    wanted = open_rows(given, there, by_number)
    return link(given, there, _with_neighbours(connection, by_number, wanted))


def known(connection: Connection, tokens: pl.DataFrame) -> pl.DataFrame:
    """Those of the given tokens (kind_code, token) that name a person: kind_code, token, person_id as text."""
    rows: list[tuple[object, ...]] = []
    for (kind,), group in tokens.group_by("kind_code"):
        kinds = list(UPNS) if kind in UPNS else [kind]
        found = connection.execute(QUERY, {"kinds": kinds, "tokens": group["token"].unique().to_list()})
        rows += [(kind, *row) for row in found]
    return pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row").unique(maintain_order=True)


def _rows_of(connection: Connection, persons: pl.Series) -> pl.DataFrame:
    chosen = sql.SQL("r.person_id = ANY({})").format(sql.Literal(persons.to_list()))
    return _rows(connection, chosen) if len(persons) else pl.DataFrame(schema=KNOWN_ROW)


def _rows(connection: Connection, chosen: sql.Composable) -> pl.DataFrame:
    """Linkage rows that a condition on `r` chooses."""
    macs = [sql.SQL("encode(r.{0}, 'hex')").format(sql.Identifier(name)) for name in MACS]
    query = sql.SQL(
        "SELECT r.person_id, EXISTS (SELECT FROM vault.kept_apart k WHERE k.person_id = r.person_id), "
        "r.is_upn_temporary, {} FROM vault.linkage_row r WHERE {}"
    ).format(sql.SQL(", ").join(macs), chosen)
    columns = {"person_id": pl.String, "is_kept_apart": pl.Boolean, "is_upn_temporary": pl.Boolean}
    return copy_out(connection, query, {**columns, **dict.fromkeys(MACS, pl.Binary)}).select(*KNOWN_ROW)


def _with_neighbours(connection: Connection, by_number: Record, wanted: pl.DataFrame) -> Record:
    """The record with the rows that share a block of the model with a wanted row, and how frequent their names are."""
    if wanted.is_empty():
        return by_number
    _set_aside(connection, wanted)
    near = _rows(connection, _neighbours())
    frequencies = pl.concat(
        [pl.DataFrame(schema=FREQUENCIES), *(_frequency(connection, key) for key in TF)], how="vertical"
    )
    counted = text("SELECT (SELECT count(*) FROM vault.linkage_row), (SELECT count(*) FROM cohort.person)")
    n_rows, persons = connection.execute(counted).one()
    connection.execute(text(f"DROP TABLE {OPEN}"))
    rows = pl.concat([by_number.rows, near]).unique()
    return Record(rows=rows, frequencies=frequencies, n_rows=n_rows, persons=persons)


def _set_aside(connection: Connection, wanted: pl.DataFrame) -> None:
    columns = dict.fromkeys((*MODEL.columns, *TF))
    declared = ", ".join(f"{name} bytea" for name in columns)
    connection.execute(text(f"CREATE TEMPORARY TABLE {OPEN} ({declared}) ON COMMIT DROP"))
    copy_in(connection, OPEN, bytea(wanted.select(*columns)), schema="pg_temp")
    connection.execute(text(f"ANALYZE {OPEN}"))


def bytea(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame whose binary columns are written as Postgres reads them."""
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null())
        .then(pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")))
        .alias(name)
        for name in binary
    )


def _neighbours() -> sql.Composable:
    blocks = [
        sql.SQL("SELECT n.submission_id, n.person_row FROM {} o JOIN vault.linkage_row n ON {}").format(
            sql.Identifier(OPEN),
            sql.SQL(" AND ").join(
                sql.SQL("o.{} = n.{}").format(sql.Identifier(mine), sql.Identifier(theirs)) for mine, theirs in block
            ),
        )
        for block in MODEL.blocks
    ]
    return sql.SQL("(r.submission_id, r.person_row) IN ({})").format(sql.SQL(" UNION ").join(blocks))


def _frequency(connection: Connection, key: str) -> pl.DataFrame:
    query = sql.SQL(
        "SELECT {}, encode(o.token, 'hex'), count(*) FROM (SELECT DISTINCT {} AS token FROM {}) o "
        "JOIN vault.linkage_row r ON r.{} = o.token GROUP BY 2"
    ).format(sql.Literal(key), sql.Identifier(key), sql.Identifier(OPEN), sql.Identifier(key))
    return copy_out(connection, query, {"key": pl.String, "token": pl.Binary, "n": pl.Int64})
