"""Adult life: work, earnings and benefits by tax year; home, community and health."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, Count, Hours, Pounds, Year, coded
from cohort.schema.codes import adulthood, status
from cohort.schema.facts import Fact


class TaxYearOutcome(Fact, Base):
    """Work and earnings of a tax year."""

    __tablename__ = "tax_year_outcome"

    tax_year: Mapped[Year] = mapped_column(comment="Year in which the tax year ends.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    value_status_code: Mapped[Code] = coded(status.VALUE_STATUS, "Whether the figures are given and, if not, why not.")
    is_employed: Mapped[bool | None] = mapped_column(comment="Employed on any day of the year.")
    is_self_employed: Mapped[bool | None] = mapped_column(comment="Self-employed, by a tax return.")
    is_sustained: Mapped[bool | None] = mapped_column(
        comment="Employed in five of the six months from October to March."
    )
    employed_days: Mapped[Count | None] = mapped_column(comment="Days employed.")
    earnings_gbp: Mapped[Pounds | None] = mapped_column(comment="Earnings from employment, in pounds of the year.")
    self_employment_gbp: Mapped[Pounds | None] = mapped_column(
        comment="Profit from self-employment, in pounds of the year."
    )


class BenefitYear(Fact, Base):
    """A benefit received in a tax year."""

    __tablename__ = "benefit_year"

    tax_year: Mapped[Year] = mapped_column(comment="Year in which the tax year ends.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    value_status_code: Mapped[Code] = coded(status.VALUE_STATUS, "Whether the figures are given and, if not, why not.")
    benefit_code: Mapped[Code | None] = coded(
        adulthood.BENEFIT, "Benefit; empty where none was received or it is not given."
    )
    benefit_days: Mapped[Count | None] = mapped_column(comment="Days on the benefit.")


class IndependentLiving(Fact, Base):
    """Where a young adult lives and with what support, as recorded on a day."""

    __tablename__ = "independent_living"

    recorded_date: Mapped[date] = mapped_column(comment="Recorded.")
    age_at_record: Mapped[Age | None] = mapped_column(comment="Whole years when recorded.")
    home_code: Mapped[Code] = coded(adulthood.HOME, "Where and with whom.")
    has_own_tenancy: Mapped[bool | None] = mapped_column(comment="Holds a tenancy or owns the home.")
    support_hours_per_week: Mapped[Hours | None] = mapped_column(comment="Paid support at home, hours a week.")
    travel_code: Mapped[Code | None] = coded(adulthood.TRAVEL, "How the person gets about.")


class CommunityParticipation(Fact, Base):
    """Part that a young person takes in the community, as recorded on a day."""

    __tablename__ = "community_participation"

    recorded_date: Mapped[date] = mapped_column(comment="Recorded.")
    age_at_record: Mapped[Age | None] = mapped_column(comment="Whole years when recorded.")
    participation_code: Mapped[Code] = coded(adulthood.PARTICIPATION, "What in.")
    often_code: Mapped[Code] = coded(adulthood.OFTEN, "How often.")


class HealthCheck(Fact, Base):
    """A health check due in a year, and whether it was done."""

    __tablename__ = "health_check"

    health_check_code: Mapped[Code] = coded(adulthood.HEALTH_CHECK, "Kind of check.")
    due_date: Mapped[date | None] = mapped_column(comment="Due.")
    done_date: Mapped[date | None] = mapped_column(comment="Done; empty where not.")
    age_at_check: Mapped[Age | None] = mapped_column(comment="Whole years when done, or when due.")
    health_check_result_code: Mapped[Code] = coded(adulthood.HEALTH_CHECK_RESULT, "What became of it.")
