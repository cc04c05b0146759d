"""How migrations make a table of facts: its keys, indexes, leaves and rights. Frozen as migrations are.

A change of what every fact has is a new function here and a new revision; what stands is never edited.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from cohort.store import rights

SCHEMA = "cohort"


def of_persons(name: str, comment: str, *columns: sa.Column, years: Iterable[int] = ()) -> None:
    """Facts about persons, with a leaf for each of the years, or a single one for all where none are given."""
    op.create_table(
        name,
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        *columns,
        schema=SCHEMA,
        comment=comment,
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f(f"ix_{name}_submission_id"), name, ["submission_id"], schema=SCHEMA, postgresql_using="brin")
    rights.fact(name, _leaves(name, list(years)))


def _leaves(name: str, years: list[int]) -> list[str]:
    bounds = {f"{name}_{year}": f"FOR VALUES IN ({year})" for year in years} or {f"{name}_all": "DEFAULT"}
    for leaf, bound in bounds.items():
        op.execute(f"CREATE TABLE {SCHEMA}.{leaf} PARTITION OF {SCHEMA}.{name} {bound}")
    return list(bounds)


def of_authorities(name: str, comment: str, *columns: sa.Column) -> None:
    """Facts about authorities."""
    op.create_table(
        name,
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return."),
        sa.Column("authority_code", sa.String(length=8), nullable=False, comment="DfE number of the authority."),
        *columns,
        sa.PrimaryKeyConstraint("submission_id", "row_number", name=op.f(f"pk_{name}")),
        schema=SCHEMA,
        comment=comment,
    )
    rights.authority_fact(name)
