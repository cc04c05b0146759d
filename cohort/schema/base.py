"""The base of every stored table: names of constraints, and column types that say what they hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Integer, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

SCHEMA = "cohort"
VAULT = "vault"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Code = Annotated[str, mapped_column(String(8))]
Name = Annotated[str, mapped_column(String(200))]
Words = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]
Row = Annotated[int, mapped_column(Integer)]
Year = Annotated[int, mapped_column(Integer)]
Key = Annotated[int, mapped_column(BigInteger)]
Id = Annotated[UUID, mapped_column(Uuid)]


class Base(DeclarativeBase):
    """Every stored table. Facts live in the schema `cohort`, tokens in `vault`."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), date: Date, UUID: Uuid}  # noqa: RUF012
