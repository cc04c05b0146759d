"""Plausible rows for any table, made from what the catalogue says of its columns: two a table.

One row has every column filled, the other only those that must be. Foreign keys point at the rows made before;
columns that a CHECK lists values for take a value of its list. Values that are free follow the house's names:
a `_year` is 2024, an authority is 201 or 202, a person the first or the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

ROWS = 2
ATTEMPTS = 24

COLUMNS = """
    SELECT c.oid, n.nspname || '.' || c.relname AS table_name, a.attnum, a.attname, t.typname,
           a.atttypmod, a.attnotnull, a.attidentity <> '' OR a.attgenerated <> '' AS is_made
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE n.nspname IN ('cohort', 'vault') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> 'alembic_version'
    ORDER BY 1, 3
"""
FOREIGN = """
    SELECT conrelid, confrelid, conkey, confkey FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 ORDER BY oid
"""
CHECKS = """
    SELECT conrelid, conkey, pg_get_constraintdef(oid) AS said FROM pg_constraint
    WHERE contype = 'c' AND connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('cohort', 'vault'))
"""


@dataclass(frozen=True)
class Column:
    """A column as the catalogue has it."""

    number: int
    name: str
    kind: str
    size: int
    is_required: bool
    is_made: bool


@dataclass(frozen=True)
class Table:
    """A table: its columns, its foreign keys (own columns → table's columns) and what its checks say."""

    oid: int
    name: str
    columns: tuple[Column, ...]
    foreign: tuple[tuple[dict[int, int], int], ...]
    checks: Mapping[int, tuple[str, ...]]


Values = dict[int, Any]
Allowed = Mapping[tuple[str, str], tuple[Any, ...]]
"""(table, column) → values that a CHECK of a later revision will ask for."""


def tables(connection: Connection) -> list[Table]:
    """Every table of the record, those that others point at first."""
    columns: dict[int, list[Column]] = {}
    names: dict[int, str] = {}
    for oid, table, *rest in connection.execute(text(COLUMNS)):
        names[oid] = table
        columns.setdefault(oid, []).append(Column(*rest))
    foreign = list(connection.execute(text(FOREIGN)))
    checks = list(connection.execute(text(CHECKS)))
    made = [
        Table(
            oid,
            names[oid],
            tuple(columns[oid]),
            tuple((dict(zip(own, theirs, strict=True)), to) for of, to, own, theirs in foreign if of == oid),
            {n: tuple(said for of, key, said in checks if of == oid and n in key) for n in _numbers(columns[oid])},
        )
        for oid in names
    ]
    return _in_order(made)


def _numbers(columns: list[Column]) -> list[int]:
    return [column.number for column in columns]


def _in_order(made: list[Table]) -> list[Table]:
    ordered: list[Table] = []
    left = sorted(made, key=lambda table: table.name)
    while left:
        known = {table.oid for table in ordered}
        ready = [t for t in left if {to for _, to in t.foreign} <= known | {t.oid}]
        assert ready, f"foreign keys in a circle: {[t.name for t in left]}"
        ordered += ready
        left = [t for t in left if t not in ready]
    return ordered


def allowed(connection: Connection) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the checks of this revision ask for: rows made at an earlier one should be lawful here too."""
    return {(t.name, c.name): found for t in tables(connection) for c in t.columns if (found := _listed(t, c))}


def fill(connection: Connection, later: Allowed) -> dict[str, int]:
    """Put rows into every table that has none. Table → rows that it holds then, none of them empty."""
    known: dict[int, list[Values]] = {}
    for table in tables(connection):
        if not connection.scalar(text(f"SELECT count(*) FROM {table.name}")):
            for place in range(ROWS):
                _insert(connection, table, place, known, later)
        known[table.oid] = _rows(connection, table)
    return {table.name: len(known[table.oid]) for table in tables(connection)}


def _rows(connection: Connection, table: Table) -> list[Values]:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    found = connection.execute(text(f"SELECT {names} FROM {table.name} LIMIT {ROWS}"))
    return [dict(zip(_numbers(list(table.columns)), row, strict=True)) for row in found]


def _insert(connection: Connection, table: Table, place: int, known: dict[int, list[Values]], later: Allowed) -> None:
    """Insert one row; where a CHECK refuses it, the next of the candidates for the columns that it names."""
    for attempt in range(ATTEMPTS):
        row = dict(_row(table, place, attempt, known, later))
        names = ", ".join(f'"{name}"' for name in row)
        given = ", ".join(f":{name}" for name in row)
        values = f"({names}) VALUES ({given})" if row else "DEFAULT VALUES"
        try:
            with connection.begin_nested():
                connection.execute(text(f"INSERT INTO {table.name} {values}"), row)
        except IntegrityError as refused:
            if getattr(refused.orig, "sqlstate", "") not in {"23514", "23505"} or attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _row(
    table: Table, place: int, attempt: int, known: dict[int, list[Values]], later: Allowed
) -> Iterator[tuple[str, Any]]:
    pointed: Values = {}
    for keys, to in table.foreign:
        if to != table.oid:
            theirs = known[to][min(place, len(known[to]) - 1)]
            pointed |= {own: theirs[their] for own, their in keys.items()}
    of_itself = {own for keys, to in table.foreign if to == table.oid for own in keys}
    for column in table.columns:
        if column.is_made or column.number in of_itself or (place and not column.is_required):
            continue
        if column.number in pointed:
            yield column.name, pointed[column.number]
        else:
            candidates = _candidates(table, column, place, later)
            yield column.name, candidates[attempt % len(candidates)]


def _candidates(table: Table, column: Column, place: int, later: Allowed) -> list[Any]:
    listed = [*later.get((table.name, column.name), ()), *_listed(table, column)]
    return [*(value for value in listed if _fits(column, value)), _value(column, place)]


def _fits(column: Column, value: Any) -> bool:
    return not isinstance(value, str) or column.size < 0 or len(value) <= column.size - 4


def _listed(table: Table, column: Column) -> tuple[Any, ...]:
    """Values that stand in the checks of a column: texts for a text, numbers for a number."""
    said = " ".join(table.checks[column.number])
    if column.kind in {"varchar", "text", "bpchar"}:
        return tuple(re.findall(r"'([^']*)'::(?:character varying|text|bpchar)", said))
    if column.kind in {"int2", "int4", "int8", "numeric", "float8"}:
        return tuple(int(n) for n in re.findall(r"(?<![\w.'])(\d{1,6})(?![\w.'])", said))
    return ()


def _value(column: Column, place: int) -> Any:
    if column.name.endswith("_year") and column.kind.startswith("int"):
        return 2024
    if column.name.endswith("authority_code"):
        return f"20{place + 1}"
    assert column.kind in VALUES, f"rows.py knows no value of the type {column.kind} ({column.name})"
    value = VALUES[column.kind](place)
    fits = isinstance(value, str) and column.kind == "varchar" and column.size > 4
    return value[: column.size - 4] if fits else value


VALUES: Mapping[str, Callable[[int], Any]] = {
    "int2": lambda k: k + 1,
    "int4": lambda k: k + 1,
    "int8": lambda k: k + 1,
    "numeric": lambda k: k + 1,
    "float4": lambda k: k + 0.5,
    "float8": lambda k: k + 0.5,
    "bool": lambda k: k == 0,
    "varchar": lambda k: f"{k}text",
    "text": lambda k: f"{k} some words",
    "bpchar": str,
    "date": lambda k: f"2024-01-1{k + 5}",
    "timestamptz": lambda k: f"2024-01-1{k + 5} 12:00+00",
    "timestamp": lambda k: f"2024-01-1{k + 5} 12:00",
    "uuid": lambda k: UUID(int=k + 1),
    "bytea": lambda k: bytes([k + 1]) * 16,
    "json": lambda k: f'{{"k": {k}}}',
    "jsonb": lambda k: f'{{"k": {k}}}',
    "_text": lambda k: [f"{k}text"],
    "_varchar": lambda k: [f"{k}text"],
    "_int4": lambda k: [k],
    "_int8": lambda k: [k],
    "_uuid": lambda k: [UUID(int=k + 1)],
}
"""Type → the value of the first (0) and the second (1) row."""
