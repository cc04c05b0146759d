"""What is said of an authority in a year: staff, money, programmes, inspections, boards of parents and carers."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema.base import Base, Code, Count, Posts, Pounds, Year, coded
from cohort.schema.codes import authority, status, tribunal
from cohort.schema.facts import AuthorityFact


class AuthorityWorkforce(AuthorityFact, Base):
    """Staff who work on SEND on a day, by what they do."""

    __tablename__ = "authority_workforce"

    counted_date: Mapped[date] = mapped_column(comment="Day of the count.")
    workforce_code: Mapped[Code] = coded(authority.WORKFORCE, "What they do.")
    posts_fte: Mapped[Posts | None] = mapped_column(comment="Posts, in full-time equivalents.")
    staff_fte: Mapped[Posts | None] = mapped_column(comment="Staff in post, in full-time equivalents.")
    agency_fte: Mapped[Posts | None] = mapped_column(comment="Of them from agencies, in full-time equivalents.")
    trained_fte: Mapped[Posts | None] = mapped_column(comment="Of them trained in SEND law and practice in two years.")
    plans_held: Mapped[Count | None] = mapped_column(comment="Plans that they keep; for officers who keep plans.")
    plans_per_officer: Mapped[Posts | None] = mapped_column(comment="Plans per officer, as the authority states it.")
    value_status_code: Mapped[Code] = coded(status.VALUE_STATUS, "Whether the figures are given and, if not, why not.")


class HighNeedsYear(AuthorityFact, Base):
    """The high-needs block of a financial year: allocation, outturn, transfers, deficit; and what plans cost."""

    __tablename__ = "high_needs_year"

    financial_year: Mapped[Year] = mapped_column(comment="Year in which the financial year ends.")
    value_status_code: Mapped[Code] = coded(status.VALUE_STATUS, "Whether the figures are given and, if not, why not.")
    allocation_gbp: Mapped[Pounds | None] = mapped_column(comment="High-needs allocation, in pounds.")
    outturn_gbp: Mapped[Pounds | None] = mapped_column(comment="High-needs spending, in pounds.")
    transfer_in_gbp: Mapped[Pounds | None] = mapped_column(comment="Moved into the block from others, in pounds.")
    transfer_out_gbp: Mapped[Pounds | None] = mapped_column(comment="Moved out of the block to others, in pounds.")
    deficit_gbp: Mapped[Pounds | None] = mapped_column(comment="Deficit carried forward; negative where a surplus.")
    costed_provision_gbp: Mapped[Pounds | None] = mapped_column(comment="Cost of the provision that plans specify.")
    funding_paid_gbp: Mapped[Pounds | None] = mapped_column(comment="Funding paid to settings for that provision.")
    costed_plans: Mapped[Count | None] = mapped_column(comment="Plans whose provision is costed.")
    band_funded_plans: Mapped[Count | None] = mapped_column(comment="Plans funded by a band, not by their cost.")


class AuthorityPolicy(AuthorityFact, Base):
    """A programme or policy that an authority took up, and when."""

    __tablename__ = "authority_policy"

    policy_code: Mapped[Code] = coded(authority.POLICY, "Programme or policy.")
    from_date: Mapped[date] = mapped_column(comment="First day.")
    to_date: Mapped[date | None] = mapped_column(comment="Last day; empty while it lasts.")


class AreaInspection(AuthorityFact, Base):
    """An inspection of the local area's arrangements for SEND."""

    __tablename__ = "area_inspection"

    inspected_date: Mapped[date] = mapped_column(comment="Last day of the inspection.")
    published_date: Mapped[date | None] = mapped_column(comment="Report published.")
    inspection_framework_code: Mapped[Code] = coded(authority.INSPECTION_FRAMEWORK, "Framework.")
    inspection_outcome_code: Mapped[Code] = coded(authority.INSPECTION_OUTCOME, "Outcome.")
    has_priority_action_plan: Mapped[bool | None] = mapped_column(comment="A priority action plan is required.")


class BoardYear(AuthorityFact, Base):
    """A board on which parents and carers sit, in a year: its seats and meetings."""

    __tablename__ = "board_year"

    board_code: Mapped[Code] = coded(authority.BOARD, "Board.")
    seats: Mapped[Count | None] = mapped_column(comment="Seats.")
    parent_seats: Mapped[Count | None] = mapped_column(comment="Of them for parents and carers.")
    parent_seats_filled: Mapped[Count | None] = mapped_column(comment="Of these filled.")
    young_person_seats: Mapped[Count | None] = mapped_column(comment="Seats for young people.")
    meetings: Mapped[Count | None] = mapped_column(comment="Meetings held in the year.")


class BoardRecommendation(AuthorityFact, Base):
    """A recommendation of a board to its authority, and the answer."""

    __tablename__ = "board_recommendation"

    board_code: Mapped[Code] = coded(authority.BOARD, "Board.")
    board_theme_code: Mapped[Code] = coded(authority.BOARD_THEME, "What it is about.")
    recommended_date: Mapped[date] = mapped_column(comment="Recommended.")
    answer_due_date: Mapped[date | None] = mapped_column(comment="Answer due.")
    answer_date: Mapped[date | None] = mapped_column(comment="Answered.")
    answer_code: Mapped[Code | None] = coded(tribunal.RECOMMENDATION_ANSWER, "How it was answered.")
    done_date: Mapped[date | None] = mapped_column(comment="Carried out.")
