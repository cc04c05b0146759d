"""Alembic's door: migrations run on the connection that `cohort.store.migrate` hands over."""

import re

from alembic import context
from sqlalchemy import ForeignKeyConstraint, text
from sqlalchemy.schema import SchemaItem

from cohort.schema.base import SCHEMA, VAULT
from cohort.schema.tables import FACTS, METADATA

OF_FACTS = {table.fullname for table in FACTS}
LEAF = re.compile(r"_((19|20)\d\d|all)$")


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Leaf partitions follow their parents; they are no tables of their own. Nor are other schemas ours."""
    if kind == "schema":
        return name in {SCHEMA, VAULT}
    return not (kind == "table" and name is not None and (LEAF.search(name) or name == "alembic_version"))


def include_object(thing: SchemaItem, name: str | None, kind: str, is_reflected: bool, other: object) -> bool:
    """Keys of facts are declared to the catalogue where a server need not enforce them; models do not have them."""
    is_key = kind == "foreign_key_constraint" and is_reflected and other is None
    return not (is_key and isinstance(thing, ForeignKeyConstraint) and f"{SCHEMA}.{thing.table.name}" in OF_FACTS)


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
        include_object=include_object,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
