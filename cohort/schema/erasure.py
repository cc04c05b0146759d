"""Erasures, objections, and identifiers that must not come back.

Of a person erased there stays a random key. It tells nothing, for whatever led from a child to the key is gone; it
is kept so that a backup made before can be put back without bringing the person back with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ForeignKey, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import VAULT, Base, Id, Name, Row, coded
from cohort.schema.codes import governance


class Erasure(Base):
    """One act of erasing: of a person, or of everybody whose time has come."""

    __tablename__ = "erasure"
    __table_args__ = ({"comment": "One act of erasing: when, on what ground, by whom, and how many rows went."},)

    # Random and not a number in order: a backup that was put back would give the same numbers out again.
    erasure_id: Mapped[Id] = mapped_column(primary_key=True, default=uuid4, comment="Random key.")
    at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), comment="When, by the database's clock."
    )
    ground_code: Mapped[Name] = coded(governance.ERASURE_GROUND, "On what ground.")
    account_name: Mapped[Name] = mapped_column(comment="Who did it.")
    row_counts: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="Rows that went, by table.")


class ErasedPerson(Base):
    """The tombstone: the random key of a person who was erased. A person merged of several keys has several."""

    __tablename__ = "erased_person"
    __table_args__ = ({"comment": "Random key of a person who was erased; nothing leads from a child to it."},)

    person_id: Mapped[Id] = mapped_column(primary_key=True, comment="Random key that the person had.")
    erasure_id: Mapped[Id] = mapped_column(
        ForeignKey("cohort.erasure.erasure_id"), index=True, comment="The act in which the person was erased."
    )


class Objection(Base):
    """An objection to research: the person stays in the authority's record and is left out of snapshots."""

    __tablename__ = "objection"
    __table_args__ = ({"comment": "An objection to research: in force, it keeps a person out of every snapshot."},)

    objection_id: Mapped[Id] = mapped_column(primary_key=True, default=uuid4, comment="Random key.")
    person_id: Mapped[Id] = mapped_column(index=True, comment="The person.")
    at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), comment="When, by the database's clock."
    )
    account_name: Mapped[Name] = mapped_column(comment="Who entered it.")
    lifted_at: Mapped[datetime | None] = mapped_column(comment="When it was taken back; empty while in force.")


class BarredToken(Base):
    """A keyed hash of an identifier whose rows are left out of every later return, and nothing else.

    It has no date and no person: either would lead from the identifier to the key on the tombstone, and from there
    into snapshots cut before.
    """

    __tablename__ = "barred_token"
    __table_args__ = (
        {"schema": VAULT, "comment": "Keyed hash of an identifier whose rows are set aside when a return is loaded."},
    )

    kind_code: Mapped[Name] = coded(registers.KIND, "upn, uln or former_upn.", primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, comment="First 128 bits of HMAC-SHA-256.")
    key_version: Mapped[Row] = mapped_column(comment="Version of the key ring.")
