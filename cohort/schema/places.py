"""Authorities as dated facts, with successions; filled from the tables in `data/`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import AuthorityCode, Base, Name, Words, coded


class AuthorityPeriod(Base):
    """An authority for as long as one ONS code was in force."""

    __tablename__ = "authority_period"
    __table_args__ = ({"comment": "An authority for as long as one ONS code was in force."},)

    authority_code: Mapped[AuthorityCode] = mapped_column(primary_key=True, comment="Three-digit DfE number.")
    from_date: Mapped[date] = mapped_column(primary_key=True, comment="First day.")
    to_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    ons_code: Mapped[Name] = coded(registers.AREA, "ONS code in force.")
    name: Mapped[Name] = mapped_column(comment="Name.")
    region_code: Mapped[Name] = coded(registers.AREA, "ONS code of the region.")
    region_name: Mapped[Name] = mapped_column(comment="Name of the region.")


class AuthoritySuccession(Base):
    """Who took over from whom."""

    __tablename__ = "authority_succession"
    __table_args__ = ({"comment": "Who took over from whom: mergers, splits and new numbers."},)

    from_code: Mapped[AuthorityCode] = mapped_column(primary_key=True, comment="DfE number that ended or gave.")
    to_code: Mapped[AuthorityCode] = mapped_column(primary_key=True, comment="DfE number that took over.")
    change_date: Mapped[date] = mapped_column(primary_key=True, comment="Day of the change.")
    kind: Mapped[Name] = mapped_column(comment="split, merge, part_transfer or recode.")
    note: Mapped[Words] = mapped_column(comment="What moved.")
    share: Mapped[Decimal | None] = mapped_column(
        Numeric(7, 6), comment="Part of the old authority's people that went to the new one; empty if not known."
    )
    share_back: Mapped[Decimal | None] = mapped_column(
        Numeric(7, 6), comment="Part of the new authority's people that came from the old one; empty if not known."
    )
    basis: Mapped[Words] = mapped_column(comment="The figures that the shares were made from, or why there are none.")
