"""The keys that the vault's tokens were made under, by name: what a database knows of a ring that it never sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import VAULT, Base, Digest, Row


class KeyState(Base):
    """A version of the keys that the tokens of this database were at; every token is at the newest."""

    __tablename__ = "key_state"
    __table_args__ = (
        {"schema": VAULT, "comment": "Versions of the keys of this database's tokens; all are at the newest."},
    )

    version: Mapped[Row] = mapped_column(primary_key=True, autoincrement=False, comment="Version of the key ring.")
    key_id: Mapped[Digest] = mapped_column(comment="Name of the keys up to that version; tells nothing of them.")
    record_id: Mapped[Digest] = mapped_column(comment="Name of the key of contents, which no rotation changes.")
    normaliser: Mapped[Row] = mapped_column(comment="Version of the normal form that tokens are made from.")
    is_third_party: Mapped[bool] = mapped_column(comment="Tokens are made by a third party, who holds their key.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="Adopted, or rotated to.")
