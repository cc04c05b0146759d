"""SEN2, the yearly statutory return on EHC plans: person level, returns of 2023 to 2026.

Item names, types and occurrence: the SEN2 guides as far as they are public. From 2024 (version 1.2) Sex
replaces GenderCurrent, Res and WBP stand in PlacementDetail, reviews have a meeting and an outcome; from 2026
(version 1.3) requests have a source, reviews a draft and phase transfers their dates.
"""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Column, Fact, Kind, Level, ReturnFormat, Role, Table
from cohort.schema.calendar import census_day
from cohort.schema.code_list import FIRST, LAST
from cohort.schema.codes import attendance, authority, ehc, people, provision

ERROR, QUERY = Level.ERROR, Level.QUERY

HEADER = (
    Column("Collection", "collection", Kind.TEXT, "Always SEN2.", required=ERROR),
    Column("Year", "collection_year", Kind.TEXT, "Year of the return.", required=ERROR),
    Column("ReferenceDate", "census_date", Kind.DATE, "Census day.", required=ERROR),
    Column("SourceLevel", "source_level", Kind.TEXT, "Always L: the authority."),
    Column("LEA", "authority_code", Kind.AUTHORITY, "DfE number of the authority that returns.", required=ERROR),
    Column("SoftwareCode", "software", Kind.TEXT, "Supplier of the system."),
    Column("Release", "software_release", Kind.TEXT, "Version of the system."),
    Column("SerialNo", "serial_number", Kind.TEXT, "Serial number of the file."),
    Column("DateTime", "extracted_at", Kind.TEXT, "When the file was made."),
    Column("DMO", "medical_officer_code", Kind.CODE, "Designated medical officer.", codes=authority.OFFICER),
    Column("DCO", "clinical_officer_code", Kind.CODE, "Designated clinical officer.", codes=authority.OFFICER),
    Column(
        "DSCO",
        "social_care_officer_code",
        Kind.CODE,
        "Designated social care officer.",
        codes=authority.OFFICER,
        since=2026,
    ),
)

GENDER = {2023: "GenderCurrent", 2024: "Sex"}

PERSON = Table(
    "Person",
    "person_trait",
    "A child or young person with a request, an assessment or a plan.",
    (
        Column("Surname", "surname", Kind.NAME, "Family name.", Role.IDENTIFIER, required=ERROR),
        Column("Forename", "forename", Kind.NAME, "Given name.", Role.IDENTIFIER, required=ERROR),
        Column("PersonBirthDate", "birth_date", Kind.BIRTH, "Date of birth.", Role.BLURRED, required=ERROR),
        Column("Sex", "sex_code", Kind.CODE, "Sex.", codes=people.SEX, required=ERROR, headers=GENDER),
        Column("Ethnicity", "ethnicity_code", Kind.CODE, "Ethnic group.", codes=people.ETHNICITY, required=ERROR),
        Column("PostCode", "postcode", Kind.POSTCODE, "Postcode of the home.", Role.IDENTIFIER),
        Column("UPN", "upn", Kind.UPN, "Unique pupil number.", Role.IDENTIFIER),
        Column(
            "UniqueLearnerNumber",
            "uln",
            Kind.ULN,
            "Unique learner number.",
            Role.IDENTIFIER,
            spellings=("ULN",),
        ),
        Column(
            "UPNunknown",
            "upn_unknown_code",
            Kind.CODE,
            "Why no UPN or ULN is known.",
            codes=people.UPN_UNKNOWN,
        ),
    ),
    key="person_row",
)

REQUESTS = Table(
    "Requests",
    "ehc_request",
    "A request for an EHC needs assessment, or the historical one that an old plan hangs under.",
    (
        Column("ReceivedDate", "received_date", Kind.DATE, "Received.", age="age_at_receipt"),
        Column(
            "RequestSource",
            "source_code",
            Kind.CODE,
            "Who asked.",
            codes=ehc.REQUEST_SOURCE,
            since=2026,
            spellings=("rquestsource",),
        ),
        Column("RYA", "is_in_youth_accommodation", Kind.FLAG, "In relevant youth accommodation when asked."),
        Column(
            "RequestOutcomeDate",
            "outcome_date",
            Kind.DATE,
            "Day of the decision whether to assess.",
            age="age_at_decision",
        ),
        Column(
            "RequestOutcome",
            "outcome_code",
            Kind.CODE,
            "Decision whether to assess.",
            codes=ehc.REQUEST_OUTCOME,
            required=ERROR,
        ),
        Column("RequestMediation", "has_mediation", Kind.FLAG, "Mediation about the decision."),
        Column("RequestTribunal", "has_tribunal", Kind.FLAG, "Appeal about the decision."),
        Column("Exported", "exported_authority_code", Kind.AUTHORITY, "Authority moved to before the end."),
    ),
    parent="Person",
    key="request_row",
)

ASSESSMENT = Table(
    "Assessment",
    "ehc_assessment",
    "An EHC needs assessment.",
    (
        Column(
            "AssessmentOutcome",
            "outcome_code",
            Kind.CODE,
            "Decision whether to issue a plan.",
            codes=ehc.ASSESSMENT_OUTCOME,
            required=ERROR,
        ),
        Column(
            "AssessmentOutcomeDate",
            "outcome_date",
            Kind.DATE,
            "Day of the decision whether to issue.",
            age="age_at_decision",
        ),
        Column("AssessmentMediation", "has_mediation", Kind.FLAG, "Mediation about the decision."),
        Column("AssessmentTribunal", "has_tribunal", Kind.FLAG, "Appeal about the decision."),
        Column("OtherMediation", "has_other_mediation", Kind.FLAG, "Mediation about the content of the plan."),
        Column("OtherTribunal", "has_other_tribunal", Kind.FLAG, "Appeal about the content of the plan."),
        Column("Week20", "is_exception", Kind.FLAG, "An exception to the 20 weeks applies."),
    ),
    parent="Requests",
    key="assessment_row",
    at_most=1,
)

NAMED_PLAN = Table(
    "NamedPlan",
    "ehc_plan",
    "The EHC plan as first issued.",
    (
        Column(
            "StartDate",
            "start_date",
            Kind.DATE,
            "Final plan first issued.",
            required=ERROR,
            age="age_at_start",
        ),
        Column("PlanRes", "residential_code", Kind.CODE, "Residential, as named.", codes=provision.RESIDENTIAL),
        Column(
            "PlanWBP",
            "work_based_code",
            Kind.CODE,
            "Work-based learning, as named.",
            codes=provision.WORK_BASED,
            spellings=("PlanWPB",),
        ),
        Column("PB", "has_personal_budget", Kind.FLAG, "Personal budget taken up."),
        Column("OA", "has_organised_arrangements", Kind.FLAG, "Organised arrangements."),
        Column(
            "DP",
            "direct_payment_code",
            Kind.CODE,
            "What direct payments are for.",
            codes=ehc.DIRECT_PAYMENT,
        ),
        Column("CeaseDate", "cease_date", Kind.DATE, "Plan ended.", age="age_at_cease"),
        Column("CeaseReason", "cease_reason_code", Kind.CODE, "Why the plan ended.", codes=ehc.CEASE_REASON),
    ),
    parent="Assessment",
    key="plan_row",
    at_most=1,
    order=("StartDate", "PlanDetail", "PlanRes", "PlanWBP", "PB", "OA", "DP", "CeaseDate", "CeaseReason"),
)


def _where() -> tuple[Column, ...]:
    return (
        Column("URN", "urn", Kind.DIGITS, "Establishment, unique reference number.", length=6),
        Column("UKPRN", "ukprn", Kind.DIGITS, "Provider reference number.", length=8),
        Column(
            "SENSetting",
            "setting_code",
            Kind.CODE,
            "Kind of setting where no number serves.",
            codes=provision.SEN_SETTING,
            spellings=("SENsetting",),
        ),
        Column("SENSettingOther", "setting_other", Kind.TEXT, "Setting in words.", Role.DROPPED),
        Column("PlacementRank", "rank_code", Kind.CODE, "Main or second.", codes=provision.RANK, required=ERROR),
    )


def _provision() -> tuple[Column, ...]:
    return (
        Column("SENunitIndicator", "is_sen_unit", Kind.FLAG, "In a SEN unit."),
        Column("ResourcedProvisionIndicator", "is_resourced_provision", Kind.FLAG, "In resourced provision."),
    )


def _how(since: int = FIRST, until: int = LAST) -> tuple[Column, ...]:
    """Until 2023 said of an active plan, from 2024 of each of its placements."""
    return (
        Column("Res", "residential_code", Kind.CODE, "Residential.", codes=provision.RESIDENTIAL, since=since,
               until=until),
        Column("WBP", "work_based_code", Kind.CODE, "Work-based learning.", codes=provision.WORK_BASED, since=since,
               until=until),
    )  # fmt: skip


PLAN_DETAIL = Table(
    "PlanDetail",
    "plan_setting",
    "A setting named in the plan.",
    (*_where(), *_provision()),
    parent="NamedPlan",
    at_most=2,
)

ACTIVE_PLANS = Table(
    "ActivePlans",
    "active_plan",
    "A plan that was active in the year, as it stands on census day.",
    (
        Column(
            "TransferLA",
            "transfer_authority_code",
            Kind.AUTHORITY,
            "Authority that the plan came from in the year.",
        ),
        *_how(until=2023),
        Column(
            "ReviewMeeting",
            "review_meeting_date",
            Kind.DATE,
            "Latest annual review meeting.",
            age="age_at_review",
            since=2024,
        ),
        Column(
            "ReviewOutcome",
            "review_outcome_code",
            Kind.CODE,
            "What the review decided.",
            codes=ehc.REVIEW_OUTCOME,
            since=2024,
        ),
        Column("LastReview", "review_decision_date", Kind.DATE, "Review decision notified."),
        Column("ReviewDraft", "review_draft_date", Kind.DATE, "Draft amended plan issued.", since=2026),
        Column(
            "PhaseTransferDueDate",
            "phase_transfer_due_date",
            Kind.DATE,
            "Phase transfer plan due.",
            since=2026,
            may_be_future=True,
        ),
        Column(
            "PhaseTransferFinalDate",
            "phase_transfer_final_date",
            Kind.DATE,
            "Final phase transfer plan issued.",
            since=2026,
        ),
    ),
    parent="Requests",
    key="active_plan_row",
    at_most=1,
    order=("TransferLA", "Res", "WBP", "PlacementDetail", "SENneed"),
)

PLACEMENT_DETAIL = Table(
    "PlacementDetail",
    "placement",
    "A placement of a person with an active plan.",
    (
        *_where(),
        Column("EntryDate", "entry_date", Kind.DATE, "First day.", age="age_at_entry"),
        Column("LeavingDate", "leaving_date", Kind.DATE, "Last day.", may_be_future=True),
        Column(
            "AttendancePattern",
            "attendance_pattern_code",
            Kind.CODE,
            "Full or part time.",
            codes=attendance.ATTENDANCE_PATTERN,
            until=2023,
        ),
        *_provision(),
        *_how(since=2024),
    ),
    parent="ActivePlans",
)

SEN_NEED = Table(
    "SENneed",
    "plan_need",
    "A type of need of a person with an active plan.",
    (
        Column(
            "SENtype",
            "need_code",
            Kind.CODE,
            "Type of need.",
            codes=provision.NEED_TYPE,
            required=ERROR,
        ),
        Column("SENtypeRank", "rank_code", Kind.CODE, "Primary or second.", codes=provision.RANK, required=ERROR),
    ),
    parent="ActivePlans",
    at_most=2,
)


def _count() -> pl.Expr:
    return pl.len()


def _main() -> pl.Expr:
    return (pl.col("rank_code") == "1").sum()


def _not_ceased() -> pl.Expr:
    return pl.col("cease_date").is_null().sum()


def _open_since() -> pl.Expr:
    return pl.col("start_date").filter(pl.col("cease_date").is_null()).min()


def _open_main() -> pl.Expr:
    entered = pl.col("entry_date").is_null() | (pl.col("entry_date") <= pl.col("return.census_date"))
    staying = pl.col("leaving_date").is_null() | (pl.col("leaving_date") >= pl.col("return.census_date"))
    return ((pl.col("rank_code") == "1") & entered & staying).fill_null(False).sum()


def _lasting_main() -> pl.Expr:
    # Who leaves one school on census day may enter the next on that day.
    staying = pl.col("leaving_date").is_null() | (pl.col("leaving_date") > pl.col("return.census_date"))
    return ((pl.col("rank_code") == "1") & staying).sum()


SEN2 = ReturnFormat(
    collection="SEN2",
    title="SEN2 person level return",
    years=range(2023, 2027),
    example_year=2024,
    tables=(
        PERSON,
        REQUESTS,
        ASSESSMENT,
        NAMED_PLAN,
        PLAN_DETAIL,
        ACTIVE_PLANS,
        PLACEMENT_DETAIL,
        SEN_NEED,
    ),
    header=HEADER,
    census_day=census_day,
    facts=(
        Fact("n_requests", "person_trait", "ehc_request", _count),
        Fact("n_plans", "person_trait", "ehc_plan", _count),
        Fact("n_open_plans", "person_trait", "ehc_plan", _not_ceased),
        Fact("open_since", "person_trait", "ehc_plan", _open_since, pl.Date),
        Fact("n_active_plans", "person_trait", "active_plan", _count),
        Fact("n_settings", "ehc_plan", "plan_setting", _count),
        Fact("n_main_settings", "ehc_plan", "plan_setting", _main),
        Fact("n_placements", "active_plan", "placement", _count),
        Fact("n_open_main_placements", "active_plan", "placement", _open_main),
        Fact("n_lasting_main_placements", "active_plan", "placement", _lasting_main),
        Fact("n_needs", "active_plan", "plan_need", _count),
        Fact("n_main_needs", "active_plan", "plan_need", _main),
    ),
    lineage={
        "person_trait": "person",
        "ehc_request": "request",
        "ehc_assessment": "assessment",
        "ehc_plan": "plan",
        "active_plan": "active_plan",
    },
)
