"""The ehc process and provision."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_4"
down_revision = "2026_11_22_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The ehc process and provision."""
    op.create_table(
        "active_plan",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column(
            "transfer_authority_code",
            sa.String(length=8),
            nullable=True,
            comment="Authority that the plan came from.",
        ),
        sa.Column("review_meeting_date", sa.Date(), nullable=True, comment="Latest annual review meeting."),
        sa.Column("review_outcome_code", sa.String(length=8), nullable=True, comment="What the review decided."),
        sa.Column("review_decision_date", sa.Date(), nullable=True, comment="Review decision notified."),
        sa.Column("review_draft_date", sa.Date(), nullable=True, comment="Draft amended plan issued."),
        sa.Column("phase_transfer_due_date", sa.Date(), nullable=True, comment="Phase transfer plan due."),
        sa.Column("phase_transfer_final_date", sa.Date(), nullable=True, comment="Phase transfer plan issued."),
        schema="cohort",
        comment="A plan that was active in the year, as it stood on census day.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_active_plan_person_id"), "active_plan", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_active_plan_submission_id"),
        "active_plan",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "ehc_assessment",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column("outcome_code", sa.String(length=8), nullable=True, comment="Decision whether to issue a plan."),
        sa.Column("outcome_date", sa.Date(), nullable=True, comment="Day of the decision whether to issue."),
        sa.Column("has_mediation", sa.Boolean(), nullable=True, comment="Mediation about the decision."),
        sa.Column("has_tribunal", sa.Boolean(), nullable=True, comment="Appeal about the decision."),
        sa.Column("has_other_mediation", sa.Boolean(), nullable=True, comment="Mediation about the plan's content."),
        sa.Column("has_other_tribunal", sa.Boolean(), nullable=True, comment="Appeal about the plan's content."),
        sa.Column("is_exception", sa.Boolean(), nullable=True, comment="An exception to the 20 weeks applies."),
        schema="cohort",
        comment="An EHC needs assessment.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_ehc_assessment_person_id"), "ehc_assessment", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_ehc_assessment_submission_id"),
        "ehc_assessment",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "ehc_plan",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column("assessment_row", sa.Integer(), nullable=False, comment="Row of the assessment in the return."),
        sa.Column("start_date", sa.Date(), nullable=True, comment="Final plan first issued."),
        sa.Column("age_at_start", sa.Integer(), nullable=True, comment="Whole years when first issued."),
        sa.Column("residential_code", sa.String(length=8), nullable=True, comment="Residential, as named."),
        sa.Column("work_based_code", sa.String(length=8), nullable=True, comment="Work-based learning, as named."),
        sa.Column("has_personal_budget", sa.Boolean(), nullable=True, comment="Personal budget taken up."),
        sa.Column("has_organised_arrangements", sa.Boolean(), nullable=True, comment="Organised arrangements."),
        sa.Column("direct_payment_code", sa.String(length=8), nullable=True, comment="What direct payments are for."),
        sa.Column("cease_date", sa.Date(), nullable=True, comment="Plan ended."),
        sa.Column("age_at_cease", sa.Integer(), nullable=True, comment="Whole years when it ended."),
        sa.Column("cease_reason_code", sa.String(length=8), nullable=True, comment="Why it ended."),
        schema="cohort",
        comment="An EHC plan as first issued.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_ehc_plan_person_id"), "ehc_plan", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_ehc_plan_submission_id"),
        "ehc_plan",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "ehc_request",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("received_date", sa.Date(), nullable=True, comment="Received."),
        sa.Column("age_at_receipt", sa.Integer(), nullable=True, comment="Whole years when received."),
        sa.Column("source_code", sa.String(length=8), nullable=True, comment="Who asked; from the return of 2026."),
        sa.Column("is_in_youth_accommodation", sa.Boolean(), nullable=True, comment="In relevant youth accommodation."),
        sa.Column("outcome_date", sa.Date(), nullable=True, comment="Day of the decision whether to assess."),
        sa.Column("outcome_code", sa.String(length=8), nullable=True, comment="Decision whether to assess."),
        sa.Column("has_mediation", sa.Boolean(), nullable=True, comment="Mediation about the decision."),
        sa.Column("has_tribunal", sa.Boolean(), nullable=True, comment="Appeal about the decision."),
        sa.Column(
            "exported_authority_code",
            sa.String(length=8),
            nullable=True,
            comment="Authority moved to before the end.",
        ),
        schema="cohort",
        comment="A request for an EHC needs assessment, or the historical one that an old plan hangs under.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_ehc_request_person_id"), "ehc_request", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_ehc_request_submission_id"),
        "ehc_request",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "placement",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column("active_plan_row", sa.Integer(), nullable=False, comment="Row of the active plan in the return."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column(
            "setting_code", sa.String(length=8), nullable=True, comment="Kind of setting where no number serves."
        ),
        sa.Column("rank_code", sa.String(length=8), nullable=True, comment="Main or second."),
        sa.Column("entry_date", sa.Date(), nullable=True, comment="First day."),
        sa.Column("leaving_date", sa.Date(), nullable=True, comment="Last day."),
        sa.Column("is_sen_unit", sa.Boolean(), nullable=True, comment="In a SEN unit."),
        sa.Column("is_resourced_provision", sa.Boolean(), nullable=True, comment="In resourced provision."),
        sa.Column("residential_code", sa.String(length=8), nullable=True, comment="Residential by weeks a year."),
        sa.Column("work_based_code", sa.String(length=8), nullable=True, comment="Work-based learning."),
        schema="cohort",
        comment="A placement of a person with an active plan.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_placement_person_id"), "placement", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_placement_submission_id"),
        "placement",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "plan_need",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column("active_plan_row", sa.Integer(), nullable=False, comment="Row of the active plan in the return."),
        sa.Column("need_code", sa.String(length=8), nullable=True, comment="Type of need."),
        sa.Column("rank_code", sa.String(length=8), nullable=True, comment="Primary or second."),
        schema="cohort",
        comment="A type of need of a person with an active plan.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_plan_need_person_id"), "plan_need", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_plan_need_submission_id"),
        "plan_need",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "plan_setting",
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="The person, by random key."),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return that said it."),
        sa.Column("submission_id", sa.BigInteger(), nullable=False, comment="The submission that said it."),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="1-based place in its table of the return."),
        sa.Column("person_row", sa.Integer(), nullable=False, comment="Row of the person in the return."),
        sa.Column("request_row", sa.Integer(), nullable=False, comment="Row of the request in the return."),
        sa.Column("assessment_row", sa.Integer(), nullable=False, comment="Row of the assessment in the return."),
        sa.Column("plan_row", sa.Integer(), nullable=False, comment="Row of the plan in the return."),
        sa.Column("urn", sa.String(length=8), nullable=True, comment="Establishment."),
        sa.Column("ukprn", sa.String(length=8), nullable=True, comment="Provider."),
        sa.Column(
            "setting_code", sa.String(length=8), nullable=True, comment="Kind of setting where no number serves."
        ),
        sa.Column("rank_code", sa.String(length=8), nullable=True, comment="Main or second."),
        sa.Column("is_sen_unit", sa.Boolean(), nullable=True, comment="In a SEN unit."),
        sa.Column("is_resourced_provision", sa.Boolean(), nullable=True, comment="In resourced provision."),
        schema="cohort",
        comment="A setting named in a plan.",
        postgresql_partition_by="LIST (collection_year)",
    )
    op.create_index(op.f("ix_plan_setting_person_id"), "plan_setting", ["person_id"], unique=False, schema="cohort")
    op.create_index(
        op.f("ix_plan_setting_submission_id"),
        "plan_setting",
        ["submission_id"],
        unique=False,
        schema="cohort",
        postgresql_using="brin",
    )
    op.create_table(
        "authority_year",
        sa.Column(
            "submission_id",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="The submission that said it.",
        ),
        sa.Column("collection_year", sa.Integer(), nullable=False, comment="Year of the return."),
        sa.Column("authority_code", sa.String(length=8), nullable=False, comment="DfE number of the authority."),
        sa.Column("census_date", sa.Date(), nullable=False, comment="Census day."),
        sa.Column(
            "software", sa.String(length=200), nullable=True, comment="Supplier of the system that made the file."
        ),
        sa.Column(
            "medical_officer_code",
            sa.String(length=8),
            nullable=True,
            comment="Designated medical officer: Y, N or R.",
        ),
        sa.Column(
            "clinical_officer_code",
            sa.String(length=8),
            nullable=True,
            comment="Designated clinical officer: Y, N or R.",
        ),
        sa.Column(
            "social_care_officer_code",
            sa.String(length=8),
            nullable=True,
            comment="Designated social care officer: Y, N or R; from the return of 2026.",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["cohort.submission.submission_id"], name=op.f("fk_authority_year_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_authority_year")),
        schema="cohort",
        comment="What an authority says of itself in the head of a return.",
    )

    # One leaf a collection year; facts are copied into the leaf, readers are granted the parent only.
    for table in [
        "ehc_request",
        "ehc_assessment",
        "ehc_plan",
        "active_plan",
        "plan_setting",
        "placement",
        "plan_need",
    ]:
        for year in range(2015, 2036):
            op.execute(f"CREATE TABLE cohort.{table}_{year} PARTITION OF cohort.{table} FOR VALUES IN ({year})")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("authority_year", schema="cohort")
    op.drop_index(
        op.f("ix_plan_setting_submission_id"), table_name="plan_setting", schema="cohort", postgresql_using="brin"
    )
    op.drop_index(op.f("ix_plan_setting_person_id"), table_name="plan_setting", schema="cohort")
    op.drop_table("plan_setting", schema="cohort")
    op.drop_index(op.f("ix_plan_need_submission_id"), table_name="plan_need", schema="cohort", postgresql_using="brin")
    op.drop_index(op.f("ix_plan_need_person_id"), table_name="plan_need", schema="cohort")
    op.drop_table("plan_need", schema="cohort")
    op.drop_index(op.f("ix_placement_submission_id"), table_name="placement", schema="cohort", postgresql_using="brin")
    op.drop_index(op.f("ix_placement_person_id"), table_name="placement", schema="cohort")
    op.drop_table("placement", schema="cohort")
    op.drop_index(
        op.f("ix_ehc_request_submission_id"), table_name="ehc_request", schema="cohort", postgresql_using="brin"
    )
    op.drop_index(op.f("ix_ehc_request_person_id"), table_name="ehc_request", schema="cohort")
    op.drop_table("ehc_request", schema="cohort")
    op.drop_index(op.f("ix_ehc_plan_submission_id"), table_name="ehc_plan", schema="cohort", postgresql_using="brin")
    op.drop_index(op.f("ix_ehc_plan_person_id"), table_name="ehc_plan", schema="cohort")
    op.drop_table("ehc_plan", schema="cohort")
    op.drop_index(
        op.f("ix_ehc_assessment_submission_id"),
        table_name="ehc_assessment",
        schema="cohort",
        postgresql_using="brin",
    )
    op.drop_index(op.f("ix_ehc_assessment_person_id"), table_name="ehc_assessment", schema="cohort")
    op.drop_table("ehc_assessment", schema="cohort")
    op.drop_index(
        op.f("ix_active_plan_submission_id"), table_name="active_plan", schema="cohort", postgresql_using="brin"
    )
    op.drop_index(op.f("ix_active_plan_person_id"), table_name="active_plan", schema="cohort")
    op.drop_table("active_plan", schema="cohort")
