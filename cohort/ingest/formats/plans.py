"""Plans from within: versions, needs, outcomes and settings by section; and their yearly round: reviews, phase
transfers, personal budgets, moves.

No collection asks for this; the form is our own. A return is of the school year that ends in its year, and shows what
stood, was held or was due in it. Provision (F, G, H) has a return of its own. See `docs/reference/plans-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, Meeting, ReturnFormat, Table
from cohort.schema.codes import ehc, provision, sections

ERROR = Level.ERROR
MOST_POUNDS = 1_000_000

PLAN = Column("PlanStartDate", "plan_start_date", Kind.DATE, "Day on which the plan was first issued.", required=ERROR)
VERSION = Column("PlanVersion", "version_number", Kind.COUNT, "Version of the plan, from 1.", required=ERROR, low=1)
OUTCOME = Column(
    "Outcome", "outcome_number", Kind.COUNT, "Number of the outcome in its plan.", required=ERROR, low=1, high=99
)

VERSIONS = Table(
    "PlanVersion",
    "plan_version",
    "A final plan as issued, first or amended.",
    (
        PLAN,
        VERSION,
        Column("IssuedDate", "issued_date", Kind.DATE, "This version issued.", required=ERROR, age="age_at_issue"),
        Column("VersionReason", "version_reason_code", Kind.CODE, "Why it was issued.", required=ERROR,
               codes=sections.VERSION_REASON),
        Column("PlanType", "plan_type_code", Kind.CODE, "Type of plan.", required=ERROR, codes=sections.PLAN_TYPE),
        Column("PlanTier", "plan_tier_code", Kind.CODE, "Tier of plan.", required=ERROR, codes=sections.PLAN_TIER),
        Column("CeaseNotice", "cease_notice_date", Kind.DATE, "Notice that the plan will cease."),
        Column("CeaseDate", "cease_date", Kind.DATE, "Plan ended; in its last version alone.", age="age_at_cease"),
        Column("CeaseReason", "cease_reason_code", Kind.CODE, "Why it ended.", codes=ehc.CEASE_REASON),
    ),
    parent=CHILD,
)  # fmt: skip

NEEDS = Table(
    "SectionNeed",
    "section_need",
    "Sections B, C and D: a need that a version of a plan describes.",
    (
        PLAN,
        VERSION,
        Column("NeedSection", "need_section_code", Kind.CODE, "Section.", required=ERROR, codes=sections.NEED_SECTION),
        Column("NeedRank", "rank_number", Kind.COUNT, "Order of importance within the section, from 1.",
               required=ERROR, low=1, high=40),
        Column("SENtype", "need_code", Kind.CODE, "Type of need; in section B.", codes=provision.NEED_TYPE),
        Column("HealthNeed", "health_need_code", Kind.CODE, "Kind of health need; in section C.",
               codes=sections.HEALTH_NEED),
        Column("SocialCareNeed", "social_care_need_code", Kind.CODE, "Kind of need; in section D.",
               codes=sections.SOCIAL_CARE_NEED),
    ),
    parent=CHILD,
)  # fmt: skip

OUTCOMES = Table(
    "SectionOutcome",
    "section_outcome",
    "Section E: an outcome that a version of a plan aims at.",
    (
        PLAN,
        VERSION,
        OUTCOME,
        Column("Area", "outcome_area_code", Kind.CODE, "What it is about.", required=ERROR,
               codes=sections.OUTCOME_AREA),
        Column("SetDate", "set_date", Kind.DATE, "First set."),
        Column("TargetDate", "target_date", Kind.DATE, "To be reached by.", may_be_future=True),
        Column("Measurable", "is_measurable", Kind.FLAG, "Stated so that it can be measured."),
    ),
    parent=CHILD,
)  # fmt: skip

PROGRESS = Table(
    "OutcomeReview",
    "outcome_review",
    "How an outcome of section E stood at a review.",
    (
        PLAN,
        OUTCOME,
        Column("ReviewMeeting", "review_meeting_date", Kind.DATE, "Meeting held.", required=ERROR,
               age="age_at_review"),
        Column("OutcomeStatus", "outcome_status_code", Kind.CODE, "How the outcome stood.", required=ERROR,
               codes=sections.OUTCOME_STATUS),
    ),
    parent=CHILD,
)  # fmt: skip

SETTINGS = Table(
    "SectionPlacement",
    "section_placement",
    "Section I: the establishment, or the type of it, that a version of a plan names.",
    (
        PLAN,
        VERSION,
        Column("PlacementRank", "rank_code", Kind.CODE, "Main or second.", codes=provision.RANK),
        Column("URN", "urn", Kind.DIGITS, "Establishment.", length=6),
        Column("UKPRN", "ukprn", Kind.DIGITS, "Provider.", length=8),
        Column("SENSetting", "setting_code", Kind.CODE, "Kind of setting where no number serves.",
               codes=provision.SEN_SETTING),
        Column("SENunitIndicator", "is_sen_unit", Kind.FLAG, "In a SEN unit."),
        Column("ResourcedProvisionIndicator", "is_resourced_provision", Kind.FLAG, "In resourced provision."),
        Column("PlanRes", "residential_code", Kind.CODE, "Residential by weeks a year.", codes=provision.RESIDENTIAL),
        Column("Preference", "preference_code", Kind.CODE, "Whether it was asked for.", codes=sections.PREFERENCE),
        Column("From", "from_date", Kind.DATE, "Named from.", may_be_future=True),
        Column("To", "to_date", Kind.DATE, "Named until; empty while it lasts.", may_be_future=True),
    ),
    parent=CHILD,
)  # fmt: skip

REVIEWS = Table(
    "AnnualReview",
    "annual_review",
    "A review of a plan, due, held, decided and carried out.",
    (
        PLAN,
        Column("ReviewDueDate", "review_due_date", Kind.DATE, "Due.", may_be_future=True),
        Column("ReviewMeeting", "review_meeting_date", Kind.DATE, "Meeting held; empty where none was.",
               age="age_at_review"),
        Column("ReviewOutcome", "review_outcome_code", Kind.CODE, "What was decided.", codes=ehc.REVIEW_OUTCOME),
        Column("DecisionDate", "review_decision_date", Kind.DATE, "Decision notified."),
        Column("DraftDate", "review_draft_date", Kind.DATE, "Proposed amendments sent."),
        Column("FinalDate", "review_final_date", Kind.DATE, "Amended plan issued."),
        Column("Early", "is_early", Kind.FLAG, "Called before it was due."),
        Column("PersonPresent", "has_person_present", Kind.FLAG, "Child or young person took part."),
        Column("ParentPresent", "has_parent_present", Kind.FLAG, "Parent or carer took part."),
    ),
    parent=CHILD,
)  # fmt: skip

TRANSFERS = Table(
    "PhaseTransfer",
    "phase_transfer",
    "A move to the next phase of education for which a plan must be amended in time.",
    (
        PLAN,
        Column("Phase", "phase_code", Kind.CODE, "Phase that it leads to.", required=ERROR, codes=sections.PHASE),
        Column("PhaseTransferDueDate", "phase_transfer_due_date", Kind.DATE, "Plan due.", required=ERROR,
               age="age_at_transfer", may_be_future=True),
        Column("PhaseTransferFinalDate", "phase_transfer_final_date", Kind.DATE, "Plan issued."),
        Column("URN", "urn", Kind.DIGITS, "Establishment named.", length=6),
        Column("Preference", "preference_code", Kind.CODE, "Whether it was asked for.", codes=sections.PREFERENCE),
    ),
    parent=CHILD,
)  # fmt: skip

BUDGETS = Table(
    "PersonalBudget",
    "personal_budget",
    "Section J: a personal budget asked for, decided and paid.",
    (
        PLAN,
        VERSION,
        Column("BudgetRequested", "budget_requested_date", Kind.DATE, "Asked for.", age="age_at_request"),
        Column("BudgetDecided", "budget_decision_date", Kind.DATE, "Decided."),
        Column("BudgetDecision", "budget_decision_code", Kind.CODE, "What was decided.",
               codes=sections.BUDGET_DECISION),
        Column("From", "from_date", Kind.DATE, "First day.", may_be_future=True),
        Column("To", "to_date", Kind.DATE, "Last day; empty while it lasts.", may_be_future=True),
        Column("Budget", "budget_gbp", Kind.NUMBER, "Pounds a year.", low=0, high=MOST_POUNDS),
        Column("DP", "direct_payment_code", Kind.CODE, "What direct payments are for.", codes=ehc.DIRECT_PAYMENT),
        Column("DirectPayment", "direct_payment_gbp", Kind.NUMBER, "Of it paid directly, in pounds a year.", low=0,
               high=MOST_POUNDS),
        Column("OA", "has_organised_arrangements", Kind.FLAG, "Of it kept in organised arrangements."),
    ),
    parent=CHILD,
)  # fmt: skip

MOVES = Table(
    "AuthorityMove",
    "authority_move",
    "A move of a person with a plan, a request or an assessment from one authority to another.",
    (
        Column("FromLA", "from_authority_code", Kind.AUTHORITY, "Authority left; empty from abroad."),
        Column("ToLA", "to_authority_code", Kind.AUTHORITY, "Authority joined; empty where it left England."),
        Column("MovedDate", "moved_date", Kind.DATE, "Moved.", required=ERROR, age="age_at_move"),
        Column("KnownDate", "known_date", Kind.DATE, "The authority joined came to know of it."),
        Column("PlanPassedDate", "plan_passed_date", Kind.DATE, "The plan passed."),
        Column("NoticeDueDate", "notice_due_date", Kind.DATE, "Notice due.", may_be_future=True),
        Column("NoticeDate", "notice_date", Kind.DATE, "Notice given."),
        Column("FirstReviewDueDate", "review_due_date", Kind.DATE, "First review by the authority joined due.",
               may_be_future=True),
    ),
    parent=CHILD,
)  # fmt: skip

OF_A_VERSION = ("person_row", "plan_start_date", "version_number")

PLANS = ReturnFormat(
    collection="plans",
    title="Plans from within, and their yearly round",
    years=range(2023, 2028),
    tables=(child(), VERSIONS, NEEDS, OUTCOMES, PROGRESS, SETTINGS, REVIEWS, TRANSFERS, BUDGETS, MOVES),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person", "plan_version": "version"},
    meetings=(
        Meeting("section_need", "plan_version", OF_A_VERSION),
        Meeting("section_outcome", "plan_version", OF_A_VERSION),
        Meeting("section_placement", "plan_version", OF_A_VERSION),
    ),
)
