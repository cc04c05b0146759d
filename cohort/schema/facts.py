"""What every fact has: whose it is, which submission said it, and where it stood there.

Fact tables are partitioned by collection year and carry no foreign keys and no unique index: they are written
once, by one station, in one transaction that reconciles its counts (`measures.md` of the design: inline keys
cost eight times the load). A block-range index on the submission finds one return's facts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from cohort.schema.base import Id, Key, Row, Year

PARTITION_YEARS = range(2015, 2036)
"""Collection years for which leaf partitions are made; another year is a migration."""


class Fact:
    """Columns that every fact table has."""

    person_id: Mapped[Id] = mapped_column(comment="The person, by random key.", sort_order=-4)
    collection_year: Mapped[Year] = mapped_column(comment="Year of the return that said it.", sort_order=-3)
    submission_id: Mapped[Key] = mapped_column(comment="The submission that said it.", sort_order=-2)
    row_number: Mapped[Row] = mapped_column(comment="1-based place in its table of the return.", sort_order=-1)

    @declared_attr.directive
    def __table_args__(cls) -> Any:  # noqa: N805  (SQLAlchemy hands the class)
        return (
            Index(None, "submission_id", postgresql_using="brin"),
            Index(None, "person_id"),
            {"comment": (cls.__doc__ or "").strip(), "postgresql_partition_by": "LIST (collection_year)"},
        )

    @declared_attr.directive
    def __mapper_args__(cls) -> Any:  # noqa: N805
        return {"primary_key": [cls.person_id, cls.collection_year, cls.submission_id, cls.row_number]}
