"""Care, social care and youth justice, and who left England or died: a person's life beside school."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Age, Base, Code, coded
from cohort.schema.codes import care
from cohort.schema.facts import Fact


class CareSpell(Fact, Base):
    """A spell of being looked after by an authority, under one legal status and placement."""

    __tablename__ = "care_spell"

    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    age_at_end: Mapped[Age | None] = mapped_column(comment="Whole years at the end.")
    care_need_code: Mapped[Code | None] = coded(care.CARE_NEED, "Main reason for care.")
    legal_status_code: Mapped[Code | None] = coded(care.CARE_LEGAL_STATUS, "Ground on which the child is looked after.")
    care_placement_code: Mapped[Code | None] = coded(care.CARE_PLACEMENT, "Where the child lives.")
    end_reason_code: Mapped[Code | None] = coded(care.CARE_END, "How it ended.")


class SocialCareSpell(Fact, Base):
    """A spell of help or protection by social care, short of being looked after."""

    __tablename__ = "social_care_spell"

    social_care_code: Mapped[Code] = coded(care.SOCIAL_CARE, "Kind of help or protection.")
    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    age_at_end: Mapped[Age | None] = mapped_column(comment="Whole years at the end.")
    care_need_code: Mapped[Code | None] = coded(care.CARE_NEED, "Main reason.")
    is_disabled: Mapped[bool | None] = mapped_column(comment="Recorded as disabled by social care.")


class YouthJusticeSpell(Fact, Base):
    """A spell in which the youth justice service was involved."""

    __tablename__ = "youth_justice_spell"

    youth_justice_code: Mapped[Code] = coded(care.YOUTH_JUSTICE, "What it was involved for.")
    start_date: Mapped[date] = mapped_column(comment="First day.")
    end_date: Mapped[date | None] = mapped_column(comment="Last day, of custody the release; empty while it lasts.")
    age_at_start: Mapped[Age | None] = mapped_column(comment="Whole years at the start.")
    age_at_end: Mapped[Age | None] = mapped_column(comment="Whole years at the end.")


class PersonExit(Fact, Base):
    """A person who left England or died: no longer to be found, and not lost."""

    __tablename__ = "person_exit"

    person_exit_code: Mapped[Code] = coded(care.PERSON_EXIT, "Left England or died.")
    exit_month: Mapped[date] = mapped_column(comment="First day of the month in which it happened.")
    age_at_exit: Mapped[Age | None] = mapped_column(comment="Whole years when it happened.")
