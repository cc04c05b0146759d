"""Provision specified in sections F, G and H of a plan, and provision delivered, term by term, in the same columns."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Base, Code, Count, Hours, Pounds, Year, coded
from cohort.schema.codes import sections, status, support
from cohort.schema.facts import SHARED, Fact
from cohort.schema.plans import PlanPart


class ProvisionLine(PlanPart):
    """Columns that a line of provision has, as specified and as delivered."""

    provision_section_code: Mapped[Code] = coded(sections.PROVISION_SECTION, "Section.", sort_order=SHARED)
    line_number: Mapped[Count] = mapped_column(
        comment="Number of the line in its plan, kept from version to version.", sort_order=SHARED
    )
    provision_code: Mapped[Code] = coded(support.PROVISION, "Kind of provision.", sort_order=SHARED)
    profession_code: Mapped[Code | None] = coded(support.PROFESSION, "Who delivers it.", sort_order=SHARED)
    hours_per_week: Mapped[Hours | None] = mapped_column(
        comment="Hours a week in term, where they come weekly.", sort_order=SHARED
    )
    hours_per_session: Mapped[Hours | None] = mapped_column(comment="Hours of a session.", sort_order=SHARED)
    sessions_per_period: Mapped[Hours | None] = mapped_column(
        comment="Frequency: sessions in a period.", sort_order=SHARED
    )
    period_code: Mapped[Code | None] = coded(
        support.PERIOD, "Period over which sessions are counted.", sort_order=SHARED
    )
    group_size: Mapped[Count | None] = mapped_column(comment="Children in the group; 1 where alone.", sort_order=SHARED)
    from_date: Mapped[date | None] = mapped_column(comment="First day.", sort_order=SHARED)
    to_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.", sort_order=SHARED)
    cost_gbp: Mapped[Pounds | None] = mapped_column(
        comment="Cost in pounds: of a year as specified, of the term as delivered.", sort_order=SHARED
    )
    funding_code: Mapped[Code | None] = coded(support.FUNDING, "Who pays.", sort_order=SHARED)


class ProvisionSpecified(ProvisionLine, Fact, Base):
    """Sections F, G, H1 and H2: a line of provision that a version of a plan specifies."""

    __tablename__ = "provision_specified"
    is_large = True

    is_quantified: Mapped[bool | None] = mapped_column(comment="Amount and frequency are stated.")
    is_specific: Mapped[bool | None] = mapped_column(comment="Stated without words such as 'as required'.")


class ProvisionDelivered(ProvisionLine, Fact, Base):
    """What was delivered in a term of a line that a plan specifies."""

    __tablename__ = "provision_delivered"
    is_large = True

    academic_year: Mapped[Year] = mapped_column(comment="Year in which the school year ends.")
    term_code: Mapped[Code] = coded(status.TERM, "Term.")
    delivery_status_code: Mapped[Code] = coded(support.DELIVERY_STATUS, "Delivered, in part, not, or not recorded.")
    due_hours: Mapped[Hours | None] = mapped_column(comment="Hours due in the term, as specified.")
    delivered_hours: Mapped[Hours | None] = mapped_column(
        comment="Hours recorded in the term; empty where not recorded."
    )
    term_weeks: Mapped[Count | None] = mapped_column(comment="Weeks of the term.")
    recorded_weeks: Mapped[Count | None] = mapped_column(
        comment="Weeks for which a record was kept: how whole the log is."
    )
    shortfall_reason_code: Mapped[Code | None] = coded(support.SHORTFALL_REASON, "Why it fell short.")
