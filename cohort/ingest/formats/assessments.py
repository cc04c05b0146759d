"""What goes before a plan: advice, drafts, and referrals for diagnosis.

No collection asks for this; the form is our own. A return tells of the calendar year before its year: what was sought,
sent or waited for in it, as far as it had come by the end of it. See `docs/reference/assessments-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, YEAR_AFTER, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import care, sections, support

ERROR = Level.ERROR

ADVICE = Table(
    "Advice",
    "advice",
    "Advice for an assessment, sought from one profession and due six weeks later.",
    (
        Column("RequestReceived", "request_received_date", Kind.DATE, "Day on which the request was received.",
               required=ERROR),
        Column("Profession", "profession_code", Kind.CODE, "Who was asked.", required=ERROR, codes=support.PROFESSION),
        Column("SoughtDate", "sought_date", Kind.DATE, "Asked for.", age="age_at_seeking"),
        Column("DueDate", "due_date", Kind.DATE, "Due.", may_be_future=True),
        Column("AdviceReceived", "received_date", Kind.DATE, "Received."),
        Column("AdviceStatus", "advice_status_code", Kind.CODE, "What became of it.", required=ERROR,
               codes=sections.ADVICE_STATUS),
        Column("Exception", "is_exception", Kind.FLAG, "An exception to the six weeks applies."),
    ),
    parent=CHILD,
)  # fmt: skip

DRAFT = Table(
    "PlanDraft",
    "plan_draft",
    "A draft of a plan, or of its amendment, sent to parent or young person.",
    (
        Column("RequestReceived", "request_received_date", Kind.DATE, "Request that it follows."),
        Column("PlanStartDate", "plan_start_date", Kind.DATE, "Plan that it amends."),
        Column("Draft", "draft_number", Kind.COUNT, "Place among the drafts of one version, from 1.", required=ERROR,
               low=1, high=20),
        Column("VersionReason", "version_reason_code", Kind.CODE, "Why a version is made.", required=ERROR,
               codes=sections.VERSION_REASON),
        Column("DraftDate", "draft_date", Kind.DATE, "Sent.", required=ERROR, age="age_at_draft"),
        Column("AnswerDueDate", "representations_due_date", Kind.DATE, "Answer due.", may_be_future=True),
        Column("AnswerDate", "representations_date", Kind.DATE, "Answered."),
        Column("PreferredURN", "preferred_urn", Kind.DIGITS, "Establishment that was asked for.", length=6),
    ),
    parent=CHILD,
)  # fmt: skip

REFERRAL = Table(
    "DiagnosisReferral",
    "diagnosis_referral",
    "A referral for diagnosis.",
    (
        Column("Diagnosis", "diagnosis_code", Kind.CODE, "What for.", required=ERROR, codes=care.DIAGNOSIS),
        Column("ReferredBy", "referral_source_code", Kind.CODE, "Who referred.", codes=care.REFERRAL_SOURCE),
        Column("ReferredDate", "referred_date", Kind.DATE, "Referred.", required=ERROR, age="age_at_referral"),
        Column("AcceptedDate", "accepted_date", Kind.DATE, "Accepted."),
        Column("AppointmentDueDate", "due_date", Kind.DATE, "First appointment due.", may_be_future=True),
        Column("FirstSeenDate", "first_seen_date", Kind.DATE, "First appointment."),
        Column("ConcludedDate", "concluded_date", Kind.DATE, "Concluded."),
        Column("ReferralOutcome", "referral_outcome_code", Kind.CODE, "How it ended.", codes=care.REFERRAL_OUTCOME),
    ),
    parent=CHILD,
)  # fmt: skip

ASSESSMENTS = ReturnFormat(
    collection="assessments",
    title="Advice, drafts and referrals for diagnosis",
    years=range(2023, 2028),
    tables=(child(), ADVICE, DRAFT, REFERRAL),
    header=whose(YEAR_AFTER),
    census_day=lambda year: date(year - 1, 12, 31),
    lineage={"person_trait": "person"},
)
