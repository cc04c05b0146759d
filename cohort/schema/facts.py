"""What every fact has: whose it is, which submission said it, and where it stood there.

Fact tables are partitioned by collection year and carry no unique index and no enforced foreign key: they are
written once, by one station, in one transaction that reconciles its counts and its persons (inline keys cost
eight times the load). The person stands first in every key, so that a distributed Postgres can spread facts by
person; a block-range index on the submission finds one return's facts.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, Table
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from cohort.schema.base import AuthorityCode, Id, Key, Row, Year

LARGE = "is_large"
SHARED = -1
"""Sort order of columns that tables of one kind share: they stand after those of every fact, before the table's own."""


class Fact:
    """Columns that every fact about a person has."""

    is_large: ClassVar[bool] = False
    """Whether the table has a leaf for each collection year. A small one has a single leaf, `<table>_all`."""

    person_id: Mapped[Id] = mapped_column(comment="The person, by random key.", sort_order=-15)
    collection_year: Mapped[Year] = mapped_column(comment="Year of the return that said it.", sort_order=-14)
    submission_id: Mapped[Key] = mapped_column(comment="The submission that said it.", sort_order=-13)
    row_number: Mapped[Row] = mapped_column(comment="1-based place in its table of the return.", sort_order=-12)
    person_row: Mapped[Row] = mapped_column(comment="Row of the person in the return.", sort_order=-11)

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805  (SQLAlchemy hands the class)
        return (
            Index(None, "submission_id", postgresql_using="brin"),
            {
                "comment": (cls.__doc__ or "").strip(),
                "postgresql_partition_by": "LIST (collection_year)",
                "info": {LARGE: cls.is_large},
            },
        )

    @declared_attr.directive
    def __mapper_args__(cls) -> Any:  # noqa: N805
        return {"primary_key": [cls.person_id, cls.collection_year, cls.submission_id, cls.row_number]}


class AuthorityFact:
    """Columns that every fact about an authority has: said once in a return, of no child."""

    submission_id: Mapped[Key] = mapped_column(
        primary_key=True, autoincrement=False, comment="The submission that said it.", sort_order=-14
    )
    row_number: Mapped[Row] = mapped_column(
        primary_key=True, autoincrement=False, comment="1-based place in its table of the return.", sort_order=-13
    )
    collection_year: Mapped[Year] = mapped_column(comment="Year of the return.", sort_order=-12)
    authority_code: Mapped[AuthorityCode] = mapped_column(comment="DfE number of the authority.", sort_order=-11)

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805
        return ({"comment": (cls.__doc__ or "").strip()},)


def leaf(table: Table, year: int) -> str:
    """The partition into which facts of a collection year are copied; no reader has a grant on it."""
    return f"{table.name}_{year}" if table.info[LARGE] else f"{table.name}_all"
