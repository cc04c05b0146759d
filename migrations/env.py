"""Alembic's door: migrations run on the connection that `cohort.store.migrate` hands over."""

import re

from alembic import context
from sqlalchemy import text

from cohort.schema.base import SCHEMA, VAULT
from cohort.schema.tables import METADATA

LEAF = re.compile(r"_((19|20)\d\d|all)$")


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Leaf partitions follow their parents; they are no tables of their own. Nor are other schemas ours."""
    if kind == "schema":
        return name in {SCHEMA, VAULT}
    return not (kind == "table" and name is not None and (LEAF.search(name) or name == "alembic_version"))


def run() -> None:
    """Run the revisions asked for, each on the connection handed over."""
    connection = context.config.attributes["connection"]
    for schema in (SCHEMA, VAULT):
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=include_name,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
