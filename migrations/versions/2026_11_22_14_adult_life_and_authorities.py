"""Adult life; staff, money, inspections and boards of authorities."""

import sqlalchemy as sa
from alembic import op

from cohort.store import fact_tables, rights

revision = "2026_11_22_14"
down_revision = "2026_11_22_13"
branch_labels = None
depends_on = None

TABLES = (
    "tax_year_outcome",
    "benefit_year",
    "independent_living",
    "community_participation",
    "health_check",
    "authority_workforce",
    "high_needs_year",
    "authority_policy",
    "area_inspection",
    "board_year",
    "board_recommendation",
)


def upgrade() -> None:
    """Make the tables, their leaves and the rights on them."""
    rights.as_owner()
    _tax_year_outcome()
    _benefit_year()
    _independent_living()
    _community_participation()
    _health_check()
    _authority_workforce()
    _high_needs_year()
    _authority_policy()
    _area_inspection()
    _board_year()
    _board_recommendation()


def _tax_year_outcome() -> None:
    fact_tables.of_persons(
        "tax_year_outcome",
        "Work and earnings of a tax year.",
        sa.Column("tax_year", sa.Integer(), nullable=False, comment="Year in which the tax year ends."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column(
            "value_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Whether the figures are given and, if not, why not.",
        ),
        sa.Column("is_employed", sa.Boolean(), nullable=True, comment="Employed on any day of the year."),
        sa.Column("is_self_employed", sa.Boolean(), nullable=True, comment="Self-employed, by a tax return."),
        sa.Column(
            "is_sustained",
            sa.Boolean(),
            nullable=True,
            comment="Employed in five of the six months from October to March.",
        ),
        sa.Column("employed_days", sa.Integer(), nullable=True, comment="Days employed."),
        sa.Column(
            "earnings_gbp", sa.Numeric(14, 2), nullable=True, comment="Earnings from employment, in pounds of the year."
        ),
        sa.Column(
            "self_employment_gbp",
            sa.Numeric(14, 2),
            nullable=True,
            comment="Profit from self-employment, in pounds of the year.",
        ),
    )


def _benefit_year() -> None:
    fact_tables.of_persons(
        "benefit_year",
        "A benefit received in a tax year.",
        sa.Column("tax_year", sa.Integer(), nullable=False, comment="Year in which the tax year ends."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years at the start."),
        sa.Column(
            "value_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Whether the figures are given and, if not, why not.",
        ),
        sa.Column(
            "benefit_code",
            sa.String(length=8),
            nullable=True,
            comment="Benefit; empty where none was received or it is not given.",
        ),
        sa.Column("benefit_days", sa.Integer(), nullable=True, comment="Days on the benefit."),
    )


def _independent_living() -> None:
    fact_tables.of_persons(
        "independent_living",
        "Where a young adult lives and with what support, as recorded on a day.",
        sa.Column("recorded_date", sa.Date(), nullable=False, comment="Recorded."),
        sa.Column("age_at_record", sa.Integer(), nullable=True, comment="Whole years when recorded."),
        sa.Column("home_code", sa.String(length=8), nullable=False, comment="Where and with whom."),
        sa.Column("has_own_tenancy", sa.Boolean(), nullable=True, comment="Holds a tenancy or owns the home."),
        sa.Column(
            "support_hours_per_week", sa.Numeric(7, 2), nullable=True, comment="Paid support at home, hours a week."
        ),
        sa.Column("travel_code", sa.String(length=8), nullable=True, comment="How the person gets about."),
    )


def _community_participation() -> None:
    fact_tables.of_persons(
        "community_participation",
        "Part that a young person takes in the community, as recorded on a day.",
        sa.Column("recorded_date", sa.Date(), nullable=False, comment="Recorded."),
        sa.Column("age_at_record", sa.Integer(), nullable=True, comment="Whole years when recorded."),
        sa.Column("participation_code", sa.String(length=8), nullable=False, comment="What in."),
        sa.Column("often_code", sa.String(length=8), nullable=False, comment="How often."),
    )


def _health_check() -> None:
    fact_tables.of_persons(
        "health_check",
        "A health check due in a year, and whether it was done.",
        sa.Column("health_check_code", sa.String(length=8), nullable=False, comment="Kind of check."),
        sa.Column("due_date", sa.Date(), nullable=True, comment="Due."),
        sa.Column("done_date", sa.Date(), nullable=True, comment="Done; empty where not."),
        sa.Column("age_at_check", sa.Integer(), nullable=True, comment="Whole years when done, or when due."),
        sa.Column("health_check_result_code", sa.String(length=8), nullable=False, comment="What became of it."),
    )


def _authority_workforce() -> None:
    fact_tables.of_authorities(
        "authority_workforce",
        "Staff who work on SEND on a day, by what they do.",
        sa.Column("counted_date", sa.Date(), nullable=False, comment="Day of the count."),
        sa.Column("workforce_code", sa.String(length=8), nullable=False, comment="What they do."),
        sa.Column("posts_fte", sa.Numeric(9, 2), nullable=True, comment="Posts, in full-time equivalents."),
        sa.Column("staff_fte", sa.Numeric(9, 2), nullable=True, comment="Staff in post, in full-time equivalents."),
        sa.Column(
            "agency_fte", sa.Numeric(9, 2), nullable=True, comment="Of them from agencies, in full-time equivalents."
        ),
        sa.Column(
            "trained_fte",
            sa.Numeric(9, 2),
            nullable=True,
            comment="Of them trained in SEND law and practice in two years.",
        ),
        sa.Column(
            "plans_held", sa.Integer(), nullable=True, comment="Plans that they keep; for officers who keep plans."
        ),
        sa.Column(
            "plans_per_officer",
            sa.Numeric(9, 2),
            nullable=True,
            comment="Plans per officer, as the authority states it.",
        ),
        sa.Column(
            "value_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Whether the figures are given and, if not, why not.",
        ),
    )


def _high_needs_year() -> None:
    fact_tables.of_authorities(
        "high_needs_year",
        "The high-needs block of a financial year: allocation, outturn, transfers, deficit; and what plans cost.",
        sa.Column("financial_year", sa.Integer(), nullable=False, comment="Year in which the financial year ends."),
        sa.Column(
            "value_status_code",
            sa.String(length=8),
            nullable=False,
            comment="Whether the figures are given and, if not, why not.",
        ),
        sa.Column("allocation_gbp", sa.Numeric(14, 2), nullable=True, comment="High-needs allocation, in pounds."),
        sa.Column("outturn_gbp", sa.Numeric(14, 2), nullable=True, comment="High-needs spending, in pounds."),
        sa.Column(
            "transfer_in_gbp", sa.Numeric(14, 2), nullable=True, comment="Moved into the block from others, in pounds."
        ),
        sa.Column(
            "transfer_out_gbp", sa.Numeric(14, 2), nullable=True, comment="Moved out of the block to others, in pounds."
        ),
        sa.Column(
            "deficit_gbp",
            sa.Numeric(14, 2),
            nullable=True,
            comment="Deficit carried forward; negative where a surplus.",
        ),
        sa.Column(
            "costed_provision_gbp",
            sa.Numeric(14, 2),
            nullable=True,
            comment="Cost of the provision that plans specify.",
        ),
        sa.Column(
            "funding_paid_gbp", sa.Numeric(14, 2), nullable=True, comment="Funding paid to settings for that provision."
        ),
        sa.Column("costed_plans", sa.Integer(), nullable=True, comment="Plans whose provision is costed."),
        sa.Column(
            "band_funded_plans", sa.Integer(), nullable=True, comment="Plans funded by a band, not by their cost."
        ),
    )


def _authority_policy() -> None:
    fact_tables.of_authorities(
        "authority_policy",
        "A programme or policy that an authority took up, and when.",
        sa.Column("policy_code", sa.String(length=8), nullable=False, comment="Programme or policy."),
        sa.Column("from_date", sa.Date(), nullable=False, comment="First day."),
        sa.Column("to_date", sa.Date(), nullable=True, comment="Last day; empty while it lasts."),
    )


def _area_inspection() -> None:
    fact_tables.of_authorities(
        "area_inspection",
        "An inspection of the local area's arrangements for SEND.",
        sa.Column("inspected_date", sa.Date(), nullable=False, comment="Last day of the inspection."),
        sa.Column("published_date", sa.Date(), nullable=True, comment="Report published."),
        sa.Column("inspection_framework_code", sa.String(length=8), nullable=False, comment="Framework."),
        sa.Column("inspection_outcome_code", sa.String(length=8), nullable=False, comment="Outcome."),
        sa.Column(
            "has_priority_action_plan", sa.Boolean(), nullable=True, comment="A priority action plan is required."
        ),
    )


def _board_year() -> None:
    fact_tables.of_authorities(
        "board_year",
        "A board on which parents and carers sit, in a year: its seats and meetings.",
        sa.Column("board_code", sa.String(length=8), nullable=False, comment="Board."),
        sa.Column("seats", sa.Integer(), nullable=True, comment="Seats."),
        sa.Column("parent_seats", sa.Integer(), nullable=True, comment="Of them for parents and carers."),
        sa.Column("parent_seats_filled", sa.Integer(), nullable=True, comment="Of these filled."),
        sa.Column("young_person_seats", sa.Integer(), nullable=True, comment="Seats for young people."),
        sa.Column("meetings", sa.Integer(), nullable=True, comment="Meetings held in the year."),
    )


def _board_recommendation() -> None:
    fact_tables.of_authorities(
        "board_recommendation",
        "A recommendation of a board to its authority, and the answer.",
        sa.Column("board_code", sa.String(length=8), nullable=False, comment="Board."),
        sa.Column("board_theme_code", sa.String(length=8), nullable=False, comment="What it is about."),
        sa.Column("recommended_date", sa.Date(), nullable=False, comment="Recommended."),
        sa.Column("answer_due_date", sa.Date(), nullable=True, comment="Answer due."),
        sa.Column("answer_date", sa.Date(), nullable=True, comment="Answered."),
        sa.Column("answer_code", sa.String(length=8), nullable=True, comment="How it was answered."),
        sa.Column("done_date", sa.Date(), nullable=True, comment="Carried out."),
    )


def downgrade() -> None:
    """Drop the tables, and with them their leaves and rights."""
    for table in reversed(TABLES):
        op.drop_table(table, schema="cohort")
