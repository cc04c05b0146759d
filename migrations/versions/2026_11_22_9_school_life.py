"""School life: enrolment, needs, attendance, exclusion; education elsewhere; establishments."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_9"
down_revision = "2026_11_22_8"
branch_labels = None
depends_on = None

YEARS = range(2015, 2036)
TABLES = (
    "enrolment",
    "sen_need",
    "free_meals_spell",
    "attendance",
    "attendance_session",
    "suspension",
    "permanent_exclusion",
    "alternative_provision",
    "home_education",
    "out_of_school",
    "establishment_period",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _added()
    _enrolment()
    _sen_need()
    _free_meals_spell()
    _attendance()
    _attendance_session()
    _suspension()
    _permanent_exclusion()
    _alternative_provision()
    _home_education()
    _out_of_school()
    _establishment_period()


def _added() -> None:
    op.add_column(
        "placement",
        sa.Column("age_at_entry", sa.Integer(), nullable=True, comment="Whole years on the first day."),
        schema="cohort",
    )


def _enrolment() -> None:
    fact_tables.of_persons(
        "enrolment",
        "A pupil on a school's roll in a term's census, with SEN status.",
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("term_code", sa.String(length=8), nullable=False, comment="Term."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column(
            "age_on_31_august", sa.Integer(), nullable=True, comment="Whole years on 31 August before the census."
        ),
        sa.Column(
            "sen_provision_code", sa.String(length=8), nullable=True, comment="SEN status: none, support or plan."
        ),
        sa.Column("is_sen_unit", sa.Boolean(), nullable=True, comment="In a SEN unit."),
        sa.Column("is_resourced_provision", sa.Boolean(), nullable=True, comment="In resourced provision."),
        sa.Column(
            "has_top_up_funding", sa.Boolean(), nullable=True, comment="High-needs top-up is paid for the pupil."
        ),
        sa.Column("enrolment_code", sa.String(length=8), nullable=True, comment="How the pupil is registered."),
        sa.Column("curriculum_year_code", sa.String(length=8), nullable=True, comment="National curriculum year."),
        sa.Column("entry_date", sa.Date(), nullable=True, comment="First day."),
        sa.Column("leaving_date", sa.Date(), nullable=True, comment="Last day."),
        sa.Column("is_part_time", sa.Boolean(), nullable=True, comment="Attends part time."),
        sa.Column("boarding_code", sa.String(length=8), nullable=True, comment="Whether the pupil boards."),
        sa.Column(
            "is_meals_eligible", sa.Boolean(), nullable=True, comment="Eligible for free school meals on the day."
        ),
        sa.Column(
            "has_been_meals_eligible", sa.Boolean(), nullable=True, comment="Eligible on any census day of six years."
        ),
        sa.Column("young_carer_code", sa.String(length=8), nullable=True, comment="Whether known to be a young carer."),
        sa.Column("service_child_code", sa.String(length=8), nullable=True, comment="Whether a parent serves."),
        sa.Column("left_care_code", sa.String(length=8), nullable=True, comment="How the pupil left care."),
        sa.Column(
            "early_funding_code", sa.String(length=8), nullable=True, comment="Ground of funded early education."
        ),
        sa.Column(
            "early_premium_code", sa.String(length=8), nullable=True, comment="Ground of the early years premium."
        ),
        sa.Column("hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Hours at the setting; in early years."),
        sa.Column("funded_hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Of them funded; in early years."),
        years=YEARS,
    )


def _sen_need() -> None:
    fact_tables.of_persons(
        "sen_need",
        "A type of need that a school records: primary, secondary and every other, by rank.",
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("term_code", sa.String(length=8), nullable=False, comment="Term."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("need_code", sa.String(length=8), nullable=False, comment="Type of need."),
        sa.Column(
            "rank_number", sa.Integer(), nullable=False, comment="Order of importance: 1 primary, 2 secondary, and on."
        ),
        years=YEARS,
    )


def _free_meals_spell() -> None:
    fact_tables.of_persons(
        "free_meals_spell",
        "A spell of being eligible for free school meals.",
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("meals_country_code", sa.String(length=8), nullable=True, comment="Country in which it began."),
    )


def _attendance() -> None:
    fact_tables.of_persons(
        "attendance",
        "A pupil's sessions of a term at one establishment.",
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("term_code", sa.String(length=8), nullable=False, comment="Term."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("possible_sessions", sa.Integer(), nullable=True, comment="Sessions that could be attended."),
        sa.Column("authorised_sessions", sa.Integer(), nullable=True, comment="Missed with authority."),
        sa.Column("unauthorised_sessions", sa.Integer(), nullable=True, comment="Missed without authority."),
        years=YEARS,
    )


def _attendance_session() -> None:
    fact_tables.of_persons(
        "attendance_session",
        "A pupil's sessions of a term under one code of the register.",
        sa.Column("academic_year", sa.Integer(), nullable=False, comment="Year in which the school year ends."),
        sa.Column("term_code", sa.String(length=8), nullable=False, comment="Term."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("session_code", sa.String(length=8), nullable=False, comment="What the register says of them."),
        sa.Column("sessions", sa.Integer(), nullable=False, comment="Sessions under the code."),
        years=YEARS,
    )


def _suspension() -> None:
    fact_tables.of_persons(
        "suspension",
        "A suspension from school, or an exclusion from lunchtimes.",
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("sen_provision_code", sa.String(length=8), nullable=True, comment="SEN status on that day."),
        sa.Column("reason_1_code", sa.String(length=8), nullable=True, comment="First reason."),
        sa.Column("reason_2_code", sa.String(length=8), nullable=True, comment="Second reason."),
        sa.Column("reason_3_code", sa.String(length=8), nullable=True, comment="Third reason."),
        sa.Column("exclusion_code", sa.String(length=8), nullable=False, comment="Suspension or lunchtime exclusion."),
        sa.Column("sessions", sa.Integer(), nullable=True, comment="Sessions of it."),
        years=YEARS,
    )


def _permanent_exclusion() -> None:
    fact_tables.of_persons(
        "permanent_exclusion",
        "A permanent exclusion from school, and what became of it.",
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("sen_provision_code", sa.String(length=8), nullable=True, comment="SEN status on that day."),
        sa.Column("reason_1_code", sa.String(length=8), nullable=True, comment="First reason."),
        sa.Column("reason_2_code", sa.String(length=8), nullable=True, comment="Second reason."),
        sa.Column("reason_3_code", sa.String(length=8), nullable=True, comment="Third reason."),
        sa.Column("governors_date", sa.Date(), nullable=True, comment="Governors considered it."),
        sa.Column(
            "review_panel_date",
            sa.Date(),
            nullable=True,
            comment="Independent panel reviewed it; empty where none did.",
        ),
        sa.Column("is_upheld", sa.Boolean(), nullable=True, comment="Upheld in the end; empty while open."),
    )


def _alternative_provision() -> None:
    fact_tables.of_persons(
        "alternative_provision",
        "A spell of alternative provision, arranged by a school or by an authority.",
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("previous_urn", sa.String(length=8), nullable=True, comment="Establishment before it."),
        sa.Column("entry_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("leaving_date", sa.Date(), nullable=True, comment="Last day."),
        sa.Column("age_at_entry", sa.Integer(), nullable=True, comment="Whole years on the first day."),
        sa.Column(
            "is_arranged_by_school", sa.Boolean(), nullable=True, comment="A school arranged it, not an authority."
        ),
        sa.Column("reason_code", sa.String(length=8), nullable=True, comment="Why, where an authority arranged it."),
        sa.Column("school_reason_code", sa.String(length=8), nullable=True, comment="Why, where a school arranged it."),
        sa.Column(
            "provision_setting_code", sa.String(length=8), nullable=True, comment="Kind of setting without a number."
        ),
        sa.Column("attendance_pattern_code", sa.String(length=8), nullable=True, comment="Full or part time."),
        sa.Column("sessions_per_week", sa.Integer(), nullable=True, comment="Sessions a week."),
        sa.Column("sen_provision_code", sa.String(length=8), nullable=True, comment="SEN status at entry."),
        sa.Column("sen_provision_leaving_code", sa.String(length=8), nullable=True, comment="SEN status at leaving."),
    )


def _home_education() -> None:
    fact_tables.of_persons(
        "home_education",
        "A spell of elective home education.",
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("home_education_reason_code", sa.String(length=8), nullable=True, comment="Why, as parents say."),
        sa.Column("home_education_end_code", sa.String(length=8), nullable=True, comment="How it ended."),
    )


def _out_of_school() -> None:
    fact_tables.of_persons(
        "out_of_school",
        "A spell out of school: with no place, not attending, or on part of a timetable only.",
        sa.Column("start_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column("out_of_school_reason_code", sa.String(length=8), nullable=False, comment="Why."),
        sa.Column(
            "has_section_19_provision",
            sa.Boolean(),
            nullable=True,
            comment="The authority arranges education meanwhile.",
        ),
        sa.Column("hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Hours of education a week meanwhile."),
    )


def _establishment_period() -> None:
    op.create_table(
        "establishment_period",
        sa.Column("urn", sa.String(length=8), nullable=False, comment="Establishment."),
        sa.Column("from_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Name."),
        sa.Column(
            "authority_code",
            sa.String(length=8),
            nullable=False,
            comment="DfE number of the authority in which it lies.",
        ),
        sa.Column("establishment_type_code", sa.String(length=8), nullable=False, comment="Type."),
        sa.Column("establishment_phase_code", sa.String(length=8), nullable=True, comment="Phase."),
        sa.Column("has_sen_unit", sa.Boolean(), nullable=True, comment="Has a SEN unit."),
        sa.Column("has_resourced_provision", sa.Boolean(), nullable=True, comment="Has resourced provision."),
        sa.PrimaryKeyConstraint("urn", "from_date", name=op.f("pk_establishment_period")),
        schema="cohort",
        comment="An establishment for as long as its type, phase and authority stayed the same.",
    )
    op.execute(f"GRANT SELECT ON cohort.establishment_period TO {rights.EVERYBODY}")
    op.execute("GRANT INSERT ON cohort.establishment_period TO cohort_operator")


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
    op.drop_column("placement", "age_at_entry", schema="cohort")
