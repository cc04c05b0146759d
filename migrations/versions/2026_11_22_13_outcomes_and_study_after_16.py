"""Outcomes of every stage, destinations, monthly activity, study after 16."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_13"
down_revision = "2026_11_22_12"
branch_labels = None
depends_on = None

YEARS = range(2015, 2036)
TABLES = (
    "attainment",
    "destination",
    "activity",
    "further_education",
    "work_placement",
    "higher_education",
    "apprenticeship",
    "supported_internship",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _attainment()
    _destination()
    _activity()
    _further_education()
    _work_placement()
    _higher_education()
    _apprenticeship()
    _supported_internship()


def _attainment() -> None:
    fact_tables.of_persons(
        "attainment",
        "A result of one outcome measure: from the review at two to level 3 at 19.",
        sa.Column("measure_code", sa.String(length=40), nullable=False, comment="Outcome measure."),
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("age_at_result", sa.Integer(), nullable=True, comment="Whole years when measured."),
        sa.Column("curriculum_year_code", sa.String(length=8), nullable=True, comment="National curriculum year."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column(
            "value_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Whether the result is given and, if not, why not.",
        ),
        sa.Column(
            "result_code", sa.String(length=8), nullable=True, comment="Result, where it is a judgement or grade."
        ),
        sa.Column(
            "result_score",
            sa.Numeric(9, 3),
            nullable=True,
            comment="Result, where it is a number; of yes or no, 1 or 0.",
        ),
        years=YEARS,
    )


def _destination() -> None:
    fact_tables.of_persons(
        "destination",
        "Where a young person was in the two terms after leaving a stage.",
        sa.Column("leaving_stage_code", sa.String(length=8), nullable=False, comment="Stage that was left."),
        sa.Column(
            "academic_year",
            sa.Integer(),
            nullable=False,
            comment="Year in which the school year ends; of the destination.",
        ),
        sa.Column(
            "age_on_31_august", sa.Integer(), nullable=True, comment="Whole years on 31 August before the destination."
        ),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment that was left."),
        sa.Column("destination_code", sa.String(length=8), nullable=False, comment="Destination."),
        sa.Column("is_sustained", sa.Boolean(), nullable=True, comment="Kept for two terms; empty where not captured."),
    )


def _activity() -> None:
    fact_tables.of_persons(
        "activity",
        "What a young person of 16 to 25 did in a month; not known is an activity of its own, never NEET.",
        sa.Column("activity_month", sa.Date(), nullable=False, comment="First day of the month."),
        sa.Column("age_at_month", sa.Integer(), nullable=True, comment="Whole years in the month."),
        sa.Column(
            "activity_code",
            sa.String(length=8),
            nullable=False,
            comment="Activity: education, work, training, NEET, not known.",
        ),
        sa.Column("confirmed_date", sa.Date(), nullable=True, comment="Last confirmed."),
        years=YEARS,
    )


def _further_education() -> None:
    fact_tables.of_persons(
        "further_education",
        "A programme of further education, with its main aim.",
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("planned_end_date", sa.Date(), nullable=True, comment="Planned last day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "aim_status_code", sa.String(length=8), nullable=True, comment="How it stands; empty where not known."
        ),
        sa.Column("withdrawal_reason_code", sa.String(length=8), nullable=True, comment="Why it was given up."),
        sa.Column("programme_code", sa.String(length=8), nullable=True, comment="Programme."),
        sa.Column(
            "study_programme_code",
            sa.String(length=8),
            nullable=True,
            comment="Kind of programme, as the census has it.",
        ),
        sa.Column("qualification_level_code", sa.String(length=8), nullable=True, comment="Level."),
        sa.Column(
            "qualification_code", sa.String(length=8), nullable=True, comment="Qualification number of the main aim."
        ),
        sa.Column("planned_hours_per_year", sa.Numeric(7, 2), nullable=True, comment="Planned hours a year, all aims."),
        sa.Column("is_high_needs_funded", sa.Boolean(), nullable=True, comment="Funded as a high-needs student."),
        sa.Column(
            "learner_support_code", sa.String(length=8), nullable=True, comment="Support that the student receives."
        ),
        sa.Column("english_grade_code", sa.String(length=8), nullable=True, comment="Best grade in English before it."),
        sa.Column(
            "maths_grade_code", sa.String(length=8), nullable=True, comment="Best grade in mathematics before it."
        ),
        sa.Column("english_year_11_code", sa.String(length=8), nullable=True, comment="English by the end of year 11."),
        sa.Column(
            "maths_year_11_code", sa.String(length=8), nullable=True, comment="Mathematics by the end of year 11."
        ),
        sa.Column(
            "english_exemption_code", sa.String(length=8), nullable=True, comment="Why English need not be studied."
        ),
        sa.Column("maths_exemption_code", sa.String(length=8), nullable=True, comment="Why mathematics need not be."),
        sa.Column("is_achieved", sa.Boolean(), nullable=True, comment="Main aim achieved; empty while it lasts."),
    )


def _work_placement() -> None:
    fact_tables.of_persons(
        "work_placement",
        "A work placement within a programme of study.",
        sa.Column("work_placement_code", sa.String(length=8), nullable=True, comment="Where it took place."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("placement_hours", sa.Numeric(7, 2), nullable=True, comment="Hours in all."),
    )


def _higher_education() -> None:
    fact_tables.of_persons(
        "higher_education",
        "A course of higher education.",
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("planned_end_date", sa.Date(), nullable=True, comment="Planned last day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "aim_status_code", sa.String(length=8), nullable=True, comment="How it stands; empty where not known."
        ),
        sa.Column("withdrawal_reason_code", sa.String(length=8), nullable=True, comment="Why it was given up."),
        sa.Column("qualification_level_code", sa.String(length=8), nullable=True, comment="Level."),
        sa.Column("study_mode_code", sa.String(length=8), nullable=True, comment="Mode of study."),
        sa.Column("has_disabled_students_allowance", sa.Boolean(), nullable=True, comment="Receives the allowance."),
        sa.Column("is_achieved", sa.Boolean(), nullable=True, comment="Qualified; empty while it lasts."),
    )


def _apprenticeship() -> None:
    fact_tables.of_persons(
        "apprenticeship",
        "An apprenticeship.",
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("planned_end_date", sa.Date(), nullable=True, comment="Planned last day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "aim_status_code", sa.String(length=8), nullable=True, comment="How it stands; empty where not known."
        ),
        sa.Column("withdrawal_reason_code", sa.String(length=8), nullable=True, comment="Why it was given up."),
        sa.Column("qualification_level_code", sa.String(length=8), nullable=True, comment="Level."),
        sa.Column(
            "is_achieved", sa.Boolean(), nullable=True, comment="End-point assessment passed; empty while it lasts."
        ),
    )


def _supported_internship() -> None:
    fact_tables.of_persons(
        "supported_internship",
        "A supported internship: unpaid work with a job coach, for those with a plan.",
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("planned_end_date", sa.Date(), nullable=True, comment="Planned last day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column(
            "aim_status_code", sa.String(length=8), nullable=True, comment="How it stands; empty where not known."
        ),
        sa.Column("withdrawal_reason_code", sa.String(length=8), nullable=True, comment="Why it was given up."),
        sa.Column("hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Hours a week with the employer."),
        sa.Column("has_job_coach", sa.Boolean(), nullable=True, comment="A job coach is provided."),
        sa.Column("internship_result_code", sa.String(length=8), nullable=True, comment="What followed it."),
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
