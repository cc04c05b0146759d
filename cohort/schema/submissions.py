"""Submissions: what was received, from whom, when, and what became of it. Every fact points at one.

Nothing here is updated. What becomes of a submission is a row in `submission_event`; its status is derived
from those rows in one place (`cohort.store.status`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import AuthorityCode, Base, Code, Digest, Key, Name, Row, Words, Year, coded


class Submission(Base):
    """A return received."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_place", "authority_code", "collection", "collection_year"),
        {"comment": "A return received: one file, or one set of files, from one authority for one year."},
    )

    submission_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    authority_code: Mapped[AuthorityCode | None] = mapped_column(
        comment="DfE number of the authority; empty where refused unread."
    )
    collection: Mapped[Name | None] = mapped_column(comment="Collection, such as SEN2; empty where refused unread.")
    collection_year: Mapped[Year | None] = mapped_column(comment="Year of the return; empty where refused unread.")
    content_digest: Mapped[Digest | None] = mapped_column(
        index=True, comment="Keyed hash of the content, whatever the order of its rows; empty where refused."
    )
    file_digest: Mapped[Digest | None] = mapped_column(
        index=True, comment="Keyed hash of the bytes; empty where refused unread."
    )
    size_bytes: Mapped[Key | None] = mapped_column(comment="Size of the file; empty where refused unread.")
    row_counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="Rows received, by table.")
    set_aside_counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="Rows left out, by table.")
    link_counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="Persons known and new, by rule.")
    software_version: Mapped[Name] = mapped_column(comment="Version of this software that read it.")
    extracted_at: Mapped[Name | None] = mapped_column(
        comment="When the file was made, by its own head and clock (ISO 8601); empty where it does not say."
    )


class SubmissionEvent(Base):
    """Something that became of a submission."""

    __tablename__ = "submission_event"
    __table_args__ = ({"comment": "What became of a submission, and when: its history is never overwritten."},)

    submission_event_id: Mapped[Key] = mapped_column(
        Identity(always=True), primary_key=True, comment="Key, in order of time."
    )
    submission_id: Mapped[Key] = mapped_column(
        ForeignKey("cohort.submission.submission_id"), index=True, comment="The submission."
    )
    kind_code: Mapped[Name] = coded(registers.KIND, "refused, held, accepted, superseded, signed or withdrawn.")
    at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), comment="When, by the database's clock."
    )
    account_name: Mapped[Name] = mapped_column(comment="Who did it.")
    cause_code: Mapped[Name | None] = coded(registers.REFUSAL, "Code of the refusal.")
    reason: Mapped[Words | None] = mapped_column(comment="Reason given in words.")
    by_submission_id: Mapped[Key | None] = mapped_column(
        ForeignKey("cohort.submission.submission_id"), comment="The submission that superseded this one."
    )


class Finding(Base):
    """A broken rule at a place in a return."""

    __tablename__ = "finding"
    __table_args__ = ({"comment": "A broken rule at a place in a return: file, table, row and column, never a value."},)

    finding_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    submission_id: Mapped[Key] = mapped_column(
        ForeignKey("cohort.submission.submission_id"), index=True, comment="The submission."
    )
    code: Mapped[Name] = mapped_column(comment="Code of the rule.")
    level: Mapped[Code] = mapped_column(comment="error or query.")
    table_name: Mapped[Name] = mapped_column(comment="Table, as the collection's standard names it.")
    row_number: Mapped[Row] = mapped_column(comment="1-based place in file order within the table.")
    column_name: Mapped[Name] = mapped_column(comment="Item, as the collection's standard names it.")


class Explanation(Base):
    """A reason that an authority gave for the findings of one rule."""

    __tablename__ = "explanation"
    __table_args__ = ({"comment": "A reason that an authority gave for the findings of one rule in one submission."},)

    explanation_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    submission_id: Mapped[Key] = mapped_column(
        ForeignKey("cohort.submission.submission_id"), index=True, comment="The submission."
    )
    code: Mapped[Name] = mapped_column(comment="Code of the rule explained.")
    table_name: Mapped[Name | None] = mapped_column(
        comment="Table of the one finding explained; empty where all of the rule's are."
    )
    row_number: Mapped[Row | None] = mapped_column(comment="Its row; empty where all of the rule's are explained.")
    words: Mapped[Words] = mapped_column(comment="The reason.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="When it was given.")
    account_name: Mapped[Name] = mapped_column(comment="Who gave it.")


class RuleLift(Base):
    """The block of a rule, lifted for an authority and year, or put back."""

    __tablename__ = "rule_lift"
    __table_args__ = (
        Index("ix_rule_lift_place", "authority_code", "collection_year"),
        {"comment": "The block of a rule, lifted for an authority and year or put back; the last word counts."},
    )

    rule_lift_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key, in order of time.")
    authority_code: Mapped[AuthorityCode] = mapped_column(comment="DfE number of the authority.")
    collection_year: Mapped[Year] = mapped_column(comment="Year of the returns concerned.")
    code: Mapped[Name] = mapped_column(comment="Code of the rule.")
    is_lifted: Mapped[bool] = mapped_column(comment="Lifted; false where the block was put back.")
    reason: Mapped[Words] = mapped_column(comment="Why, in words.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="When.")
    account_name: Mapped[Name] = mapped_column(comment="Who did it.")
