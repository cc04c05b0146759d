"""Schools, colleges and settings as dated facts: a change of type or authority is a new row."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import AuthorityCode, Base, Code, Establishment, Name, coded
from cohort.schema.codes import establishments


class EstablishmentPeriod(Base):
    """An establishment for as long as its type, phase and authority stayed the same."""

    __tablename__ = "establishment_period"
    __table_args__ = ({"comment": "An establishment for as long as its type, phase and authority stayed the same."},)

    urn: Mapped[Establishment] = mapped_column(primary_key=True, comment="Establishment.")
    from_date: Mapped[date] = mapped_column(primary_key=True, comment="First day.")
    to_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    ukprn: Mapped[Establishment | None] = mapped_column(comment="Provider.")
    name: Mapped[Name] = mapped_column(comment="Name.")
    authority_code: Mapped[AuthorityCode] = mapped_column(comment="DfE number of the authority in which it lies.")
    establishment_type_code: Mapped[Code] = coded(establishments.ESTABLISHMENT_TYPE, "Type.")
    establishment_phase_code: Mapped[Code | None] = coded(establishments.ESTABLISHMENT_PHASE, "Phase.")
    has_sen_unit: Mapped[bool | None] = mapped_column(comment="Has a SEN unit.")
    has_resourced_provision: Mapped[bool | None] = mapped_column(comment="Has resourced provision.")
