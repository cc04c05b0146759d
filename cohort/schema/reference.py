"""Official statistics of others: the files as they came, and every figure in them. Nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import AuthorityCode, Base, Digest, Key, Name, Row, Words, Year, coded


class ReferenceFile(Base):
    """An official file that was loaded."""

    __tablename__ = "reference_file"
    __table_args__ = (
        Index("ix_reference_file_name", "name", "edition", "loaded_at"),
        {"comment": "An official file that was loaded. A newer one of the same name takes its place by date."},
    )

    reference_file_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    name: Mapped[Name] = mapped_column(comment="Declared source, such as timeliness_20_week.")
    publication: Mapped[Name] = mapped_column(comment="The publication that it belongs to, and who made it.")
    edition: Mapped[Year] = mapped_column(comment="Year of the SEN2 return on which its newest figures rest.")
    digest: Mapped[Digest] = mapped_column(unique=True, comment="SHA-256 of the file's bytes.")
    loaded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), comment="When it was loaded, by the database's clock."
    )
    loaded_by: Mapped[Name] = mapped_column(comment="Account that loaded it.")


class ReferenceStatistic(Base):
    """A figure that somebody else published."""

    __tablename__ = "reference_statistic"
    __table_args__ = (
        CheckConstraint("value IS NULL OR status = 'shown'", name="value_is_shown"),
        CheckConstraint(
            "status IN ('shown', 'not_applicable', 'no_data', 'suppressed', 'low')", name="status_is_known"
        ),
        CheckConstraint(
            "(authority_code IS NOT NULL) = (geographic_level = 'Local authority')", name="authority_at_its_level"
        ),
        {"comment": "A figure that somebody else published: one measure of one place, period and breakdown."},
    )

    # No foreign key: checked row by row it took more than half of a load (13.6 s of a million rows, 5.5 s
    # without), and a file and its figures are written by one function in one transaction.
    reference_file_id: Mapped[Key] = mapped_column(
        primary_key=True, autoincrement=False, comment="The file, by its key in reference_file."
    )
    position: Mapped[Row] = mapped_column(
        primary_key=True, autoincrement=False, comment="Place in the file's long form, from 0."
    )
    year: Mapped[Year] = mapped_column(
        comment="Calendar year, or the year in which an academic or financial year ends."
    )
    time_period: Mapped[Name] = mapped_column(comment="Period as the file gives it, such as 202425.")
    time_identifier: Mapped[Name] = mapped_column(comment="Kind of period as the file gives it.")
    geographic_level: Mapped[Name] = mapped_column(comment="National, Regional or Local authority.")
    region_code: Mapped[Name | None] = coded(registers.AREA, "ONS code of the region; empty for England.")
    authority_code: Mapped[AuthorityCode | None] = mapped_column(
        comment="DfE number of the authority; empty above the authority."
    )
    breakdown_topic: Mapped[Words] = mapped_column(comment="By what it is broken down, as the file says it.")
    breakdown: Mapped[Words] = mapped_column(comment="Who is counted, as the file says it.")
    measure: Mapped[Name] = mapped_column(comment="The file's column in lower snake case, misspelt as it is.")
    value: Mapped[float | None] = mapped_column(comment="The figure; empty where it is not shown or is a word.")
    text: Mapped[Words | None] = mapped_column(comment="The word, in columns of words.")
    status: Mapped[Name] = mapped_column(comment="shown, not_applicable, no_data, suppressed or low.")
