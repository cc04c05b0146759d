"""The base of every stored table: names of constraints, and column types that say what they hold."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Integer, MetaData, Numeric, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from cohort.schema.code_list import CodeList, Register
from cohort.schema.registers import AUTHORITY

SCHEMA = "cohort"
VAULT = "vault"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

CODES = "codes"
"""In a column's info: the CodeList or Register of its codes."""

Code = Annotated[str, mapped_column(String(8))]
AuthorityCode = Annotated[str, mapped_column(String(8), info={CODES: AUTHORITY})]
MeasureCode = Annotated[str, mapped_column(String(40))]
Establishment = Annotated[str, mapped_column(String(8))]
"""A URN or UKPRN: a number of an establishment or provider, no code of a list."""
Name = Annotated[str, mapped_column(String(200))]
Words = Annotated[str, mapped_column(Text)]
Digest = Annotated[str, mapped_column(String(64))]
Row = Annotated[int, mapped_column(Integer)]
Year = Annotated[int, mapped_column(Integer)]
Age = Annotated[int, mapped_column(Integer)]
Count = Annotated[int, mapped_column(Integer)]
Hours = Annotated[Decimal, mapped_column(Numeric(7, 2))]
Score = Annotated[Decimal, mapped_column(Numeric(9, 3))]
Posts = Annotated[Decimal, mapped_column(Numeric(9, 2))]
Pounds = Annotated[Decimal, mapped_column(Numeric(14, 2))]
Key = Annotated[int, mapped_column(BigInteger)]
Id = Annotated[UUID, mapped_column(Uuid)]


def coded(codes: CodeList | Register, comment: str, **options: Any) -> MappedColumn[Any]:
    """A column of codes that names its list; readers find the list in the column's `info`."""
    return mapped_column(comment=comment, info={CODES: codes}, **options)


class Base(DeclarativeBase):
    """Every stored table. Facts live in the schema `cohort`, tokens in `vault`."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), date: Date, UUID: Uuid}  # noqa: RUF012
