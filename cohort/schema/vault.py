"""The vault: what linkage remembers of a row of a return. Keyed hashes only; no name, date or place is kept.

`cohort.vault.derived` says how each key is made. They are compared for equality and for nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy import Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import VAULT, Base, Id, Key, Name, Row, Words

Mac = Annotated[bytes, mapped_column(LargeBinary)]
"""The first 128 bits of an HMAC-SHA-256."""


class LinkageRow(Base):
    """The derived keys of one person row of one return, and the person whose row it now is."""

    __tablename__ = "linkage_row"
    __table_args__ = (
        Index(None, "person_id"),
        Index(None, "birth_date"),
        Index(None, "postcode"),
        Index(None, "surname", "forename"),
        Index(None, "forename"),
        Index(None, "names"),
        {
            "schema": VAULT,
            "comment": "Derived keys of one person row of one return, and the person whose row it now is.",
        },
    )

    submission_id: Mapped[Key] = mapped_column(primary_key=True, autoincrement=False, comment="The submission.")
    person_row: Mapped[Row] = mapped_column(
        primary_key=True, autoincrement=False, comment="Row of the person in the return."
    )
    person_id: Mapped[Id] = mapped_column(comment="The person, after merges and splits.")
    key_version: Mapped[Row] = mapped_column(comment="Version of the key ring.")
    normaliser: Mapped[Row] = mapped_column(comment="Version of the normal form and of the list of keys.")
    upn: Mapped[Mac | None] = mapped_column(comment="Token of the UPN.")
    uln: Mapped[Mac | None] = mapped_column(comment="Token of the ULN.")
    former_upn: Mapped[Mac | None] = mapped_column(comment="Token of the former UPN.")
    is_upn_temporary: Mapped[bool | None] = mapped_column(comment="The UPN is a temporary one.")
    surname: Mapped[Mac | None] = mapped_column(comment="The surname.")
    surname_sound: Mapped[Mac | None] = mapped_column(comment="The surname by its sound.")
    surname_start: Mapped[Mac | None] = mapped_column(comment="First letters of the surname.")
    surname_end: Mapped[Mac | None] = mapped_column(comment="Last letters of the surname.")
    surname_core: Mapped[Mac | None] = mapped_column(comment="The surname without vowels and doubled letters.")
    surname_letters: Mapped[Mac | None] = mapped_column(comment="Letters of the surname in alphabetical order.")
    forename: Mapped[Mac | None] = mapped_column(comment="The forename.")
    forename_sound: Mapped[Mac | None] = mapped_column(comment="The forename by its sound.")
    forename_start: Mapped[Mac | None] = mapped_column(comment="First letters of the forename.")
    forename_end: Mapped[Mac | None] = mapped_column(comment="Last letters of the forename.")
    forename_core: Mapped[Mac | None] = mapped_column(comment="The forename without vowels and doubled letters.")
    forename_letters: Mapped[Mac | None] = mapped_column(comment="Letters of the forename in alphabetical order.")
    names: Mapped[Mac | None] = mapped_column(
        comment="Surname and forename in alphabetical order, so that exchanged ones agree."
    )
    middle_name: Mapped[Mac | None] = mapped_column(comment="The middle name.")
    birth_date: Mapped[Mac | None] = mapped_column(comment="The date of birth.")
    birth_date_swapped: Mapped[Mac | None] = mapped_column(
        comment="The date of birth, day and month exchanged; compared with birth_date."
    )
    birth_year_month: Mapped[Mac | None] = mapped_column(comment="Year and month of birth.")
    birth_year_day: Mapped[Mac | None] = mapped_column(comment="Year and day of birth.")
    birth_month_day: Mapped[Mac | None] = mapped_column(comment="Month and day of birth.")
    postcode: Mapped[Mac | None] = mapped_column(comment="The postcode.")
    postcode_sector: Mapped[Mac | None] = mapped_column(comment="The postcode without its last two letters.")
    postcode_district: Mapped[Mac | None] = mapped_column(comment="The postcode's first half.")
    sex: Mapped[Mac | None] = mapped_column(comment="Sex, where known.")


class KeptApart(Base):
    """A person who is never linked by name: old and new identity of an adopted or protected child stay two."""

    __tablename__ = "kept_apart"
    __table_args__ = ({"schema": VAULT, "comment": "A person who is never linked by name or date, only by number."},)

    person_id: Mapped[Id] = mapped_column(primary_key=True, comment="The person.")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="When it was asked for.")
    account_name: Mapped[Name] = mapped_column(comment="Who asked.")
    reason: Mapped[Words] = mapped_column(comment="Why, in words that name nobody.")
