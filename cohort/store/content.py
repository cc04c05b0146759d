"""What each table holds, in one figure that does not depend on the order of its rows.

A row's hash is the SHA-256 of its text; the hashes of all rows are added up in two lanes of 60 bits. Sums do not
mind the order, notice a row that is there twice, and need neither a sort nor memory. Computed where the rows are,
in SQL, under settings in which a value has the same text on every server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

SCHEMAS = ("cohort", "vault")
PLAIN = {
    "row_security": "off",  # a login that policies bind gets an error, never a part of the rows
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""Settings on which the text of a row depends."""
COLUMNS = text(
    """
    SELECT n.nspname || '.' || c.relname AS table_name, a.attname AS column_name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY 1, 2
    """
)


@dataclass(frozen=True)
class TableContent:
    """Rows of a table, and the figure that they come to."""

    rows: int
    figure: str


def columns(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Table (`schema.name`) → its columns by name. A partitioned table is one; its leaves are not listed."""
    found: dict[str, tuple[str, ...]] = {}
    for table, column in connection.execute(COLUMNS, {"schemas": list(SCHEMAS)}):
        found[table] = (*found.get(table, ()), column)
    return found


def content(connection: Connection, wanted: Mapping[str, Iterable[str]] | None = None) -> dict[str, TableContent]:
    """Table → what it holds. `wanted`: table → columns (every table and column where None).

    Needs a transaction. Raises ProgrammingError (42501) for a login that row policies bind.
    """
    for statement in plain_text():
        connection.execute(text(statement))
    tables = columns(connection) if wanted is None else wanted
    if not tables:
        return {}
    asked = " UNION ALL ".join(f"SELECT '{table}', ({figure_of(table, tables[table])})" for table in tables)
    figures = connection.exec_driver_sql(asked.replace("%", "%%")).all()
    return {table: TableContent(int(figure.partition(":")[0]), figure) for table, figure in figures}


def plain_text() -> list[str]:
    """Statements after which, in this transaction, a value has the same text on every server."""
    return [f"SET LOCAL \"{name}\" = '{value}'" for name, value in PLAIN.items()]


def figure_of(table: str, names: Iterable[str]) -> str:
    """The query of one table's figure: its rows, a colon, and the sums of both lanes."""
    row = ", ".join(f'"{name}"' for name in names)
    lanes = (f"coalesce(sum(('x' || substr(h, {start}, 15))::bit(60)::bigint::numeric), 0)" for start in (1, 17))
    return (
        f"SELECT concat_ws(':', count(*), {', '.join(lanes)}) FROM "  # noqa: S608  (names from the catalogue)
        f"(SELECT encode(sha256(convert_to(ROW({row})::text, 'UTF8')), 'hex') AS h FROM {table}) AS hashed"
    )
