"""Accounts, the audit trail, snapshots cut and releases made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import AuthorityCode, Base, Digest, Key, Name, Words, coded


class Account(Base):
    """A person or system that may ask something of the service."""

    __tablename__ = "account"
    __table_args__ = ({"comment": "Who may ask something of the service, and as what."},)

    account_name: Mapped[Name] = mapped_column(primary_key=True, comment="Name, unique.")
    role_code: Mapped[Name] = coded(registers.ROLE, "operator, authority, researcher or policymaker.")
    authority_code: Mapped[AuthorityCode | None] = mapped_column(
        comment="The authority that an authority's account acts for."
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="Made.")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="Ended; empty while it lasts.")


class AuditEntry(Base):
    """Something asked of the service, and whether it was allowed."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"comment": "Something asked of the service, by whom, and what came of it."},)

    audit_entry_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True, comment="When.")
    account_name: Mapped[Name] = mapped_column(comment="Who asked.")
    action: Mapped[Name] = mapped_column(comment="What was asked.")
    subject: Mapped[Words] = mapped_column(comment="Of what: a submission, a study, a snapshot; never a child.")
    outcome: Mapped[Name] = mapped_column(comment="done, denied, or the code of the error.")


class SnapshotCut(Base):
    """A snapshot that was cut."""

    __tablename__ = "snapshot_cut"
    __table_args__ = ({"comment": "A snapshot that was cut: its name, its moment and its digest."},)

    snapshot_cut_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key.")
    name: Mapped[Name] = mapped_column(comment="Name given to it.")
    as_known_at: Mapped[datetime] = mapped_column(comment="The moment whose knowledge it holds.")
    digest: Mapped[Digest] = mapped_column(comment="Digest of events, tables and project key.")
    project: Mapped[Name] = mapped_column(comment="Project whose key re-keys the persons.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="When it was cut.")


class ReleaseEntry(Base):
    """A result that passed the gate: the ledger."""

    __tablename__ = "release_entry"
    __table_args__ = (
        {"comment": "A result that passed the gate: the ledger against differencing and for provenance."},
    )

    release_id: Mapped[Name] = mapped_column(primary_key=True, comment="Digest of study, choices, snapshot and policy.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="When.")
    account_name: Mapped[Name] = mapped_column(comment="Who asked.")
    study: Mapped[Name] = mapped_column(comment="Study.")
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="Choices made.")
    snapshot_digest: Mapped[Name] = mapped_column(comment="Digest of the snapshot.")
    policy: Mapped[Name] = mapped_column(comment="Disclosure policy.")
    record: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="The release's record: population, withheld counts, versions."
    )
