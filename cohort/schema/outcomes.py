"""Outcomes: results of every stage, destinations, and what young people do month by month."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import Age, Base, Code, Establishment, MeasureCode, Score, Year, coded
from cohort.schema.codes import activity, adulthood, pupils, status
from cohort.schema.facts import Fact


class Attainment(Fact, Base):
    """A result of one outcome measure: from the review at two to level 3 at 19."""

    __tablename__ = "attainment"
    is_large = True

    measure_code: Mapped[MeasureCode] = coded(registers.MEASURE, "Outcome measure.")
    academic_year: Mapped[Year] = mapped_column(comment="Year in which the school year ends.")
    age_at_result: Mapped[Age | None] = mapped_column(comment="Whole years when measured.")
    curriculum_year_code: Mapped[Code | None] = coded(pupils.CURRICULUM_YEAR, "National curriculum year.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment.")
    value_status_code: Mapped[Code] = coded(status.VALUE_STATUS, "Whether the result is given and, if not, why not.")
    result_code: Mapped[Code | None] = coded(registers.RESULT, "Result, where it is a judgement or grade.")
    result_score: Mapped[Score | None] = mapped_column(comment="Result, where it is a number; of yes or no, 1 or 0.")


class Destination(Fact, Base):
    """Where a young person was in the two terms after leaving a stage."""

    __tablename__ = "destination"

    leaving_stage_code: Mapped[Code] = coded(adulthood.LEAVING_STAGE, "Stage that was left.")
    academic_year: Mapped[Year] = mapped_column(comment="Year in which the school year ends; of the destination.")
    age_on_31_august: Mapped[Age | None] = mapped_column(comment="Whole years on 31 August before the destination.")
    urn: Mapped[Establishment | None] = mapped_column(comment="Establishment that was left.")
    destination_code: Mapped[Code] = coded(adulthood.DESTINATION, "Destination.")
    is_sustained: Mapped[bool | None] = mapped_column(comment="Kept for two terms; empty where not captured.")


class Activity(Fact, Base):
    """What a young person of 16 to 25 did in a month; not known is an activity of its own, never NEET."""

    __tablename__ = "activity"
    is_large = True

    activity_month: Mapped[date] = mapped_column(comment="First day of the month.")
    age_at_month: Mapped[Age | None] = mapped_column(comment="Whole years in the month.")
    activity_code: Mapped[Code] = coded(activity.ACTIVITY, "Activity: education, work, training, NEET, not known.")
    confirmed_date: Mapped[date | None] = mapped_column(comment="Last confirmed.")
