"""Mediation, appeals to the tribunal, and complaints, each with how it ended.

No collection asks for this by child; the form is our own. A return tells of the calendar year before its year: what was
open in it, as far as it had come by the end of it. What is open is told again a year later. Outcomes of appeals are
published nationally only; of an authority they are known from nowhere else.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, YEAR_AFTER, child, whose
from cohort.ingest.format import Column, Kind, Level, Meeting, ReturnFormat, Table
from cohort.schema.codes import tribunal

ERROR = Level.ERROR

MEDIATION = Table(
    "Mediation",
    "mediation",
    "Mediation about a decision, from contact with the adviser to what was agreed.",
    (
        Column("Decision", "appealable_decision_code", Kind.CODE, "Decision in dispute.", required=ERROR,
               codes=tribunal.APPEALABLE_DECISION),
        Column("DecisionDate", "decision_date", Kind.DATE, "Day of the decision."),
        Column("ContactedDate", "contacted_date", Kind.DATE, "Adviser contacted.", required=ERROR,
               age="age_at_contact"),
        Column("MediationDate", "mediation_date", Kind.DATE, "Mediation held."),
        Column("MediationOutcome", "mediation_outcome_code", Kind.CODE, "How it ended.",
               codes=tribunal.MEDIATION_OUTCOME),
        Column("CertificateDate", "certificate_date", Kind.DATE, "Certificate issued."),
        Column("AgreementDueDate", "agreement_due_date", Kind.DATE, "To be done by.", may_be_future=True),
        Column("AgreementDoneDate", "agreement_done_date", Kind.DATE, "What was agreed was done."),
    ),
    parent=CHILD,
)  # fmt: skip

REGISTERED = Column(
    "RegisteredDate", "registered_date", Kind.DATE, "Appeal registered.", required=ERROR, age="age_at_registration"
)

APPEAL = Table(
    "Appeal",
    "appeal",
    "An appeal to the tribunal.",
    (
        REGISTERED,
        Column("DecisionDate", "decision_date", Kind.DATE, "Day of the decision."),
        Column("CertificateDate", "certificate_date", Kind.DATE, "Mediation certificate issued."),
        Column("HearingDate", "hearing_date", Kind.DATE, "Last hearing."),
        Column("OnPaper", "is_on_paper", Kind.FLAG, "Decided on paper."),
        Column("AppealOutcome", "appeal_outcome_code", Kind.CODE, "How it ended.", required=ERROR,
               codes=tribunal.APPEAL_OUTCOME),
        Column("ConcludedDate", "concluded_date", Kind.DATE, "Ended."),
        Column("SectionIResult", "section_i_result_code", Kind.CODE, "Whose choice of placement stands.",
               codes=tribunal.SECTION_I_RESULT),
        Column("Extended", "is_extended", Kind.FLAG, "Asked for recommendations on health or social care."),
        Column("OrderDueDate", "order_due_date", Kind.DATE, "Order to be done by.", may_be_future=True),
        Column("OrderDoneDate", "order_done_date", Kind.DATE, "What was ordered was done."),
        Column("CostsOrder", "has_costs_order", Kind.FLAG, "The tribunal ordered costs."),
    ),
    parent=CHILD,
)  # fmt: skip

GROUND = Table(
    "AppealGround",
    "appeal_ground",
    "One ground of an appeal.",
    (
        REGISTERED,
        Column("Ground", "appeal_ground_code", Kind.CODE, "What the appeal is about.", required=ERROR,
               codes=tribunal.APPEAL_GROUND),
        Column("GroundOutcome", "appeal_outcome_code", Kind.CODE, "How the ground ended.",
               codes=tribunal.APPEAL_OUTCOME),
    ),
    parent=CHILD,
)  # fmt: skip

COMPLAINT = Table(
    "Complaint",
    "complaint",
    "A complaint to the authority.",
    (
        Column("Subject", "complaint_subject_code", Kind.CODE, "What it is about.", required=ERROR,
               codes=tribunal.COMPLAINT_SUBJECT),
        Column("Stage", "complaint_stage_code", Kind.CODE, "Stage.", required=ERROR, codes=tribunal.COMPLAINT_STAGE),
        Column("ReceivedDate", "received_date", Kind.DATE, "Received.", required=ERROR, age="age_at_receipt"),
        Column("DueDate", "due_date", Kind.DATE, "Answer due.", may_be_future=True),
        Column("AnswerDate", "answer_date", Kind.DATE, "Answered."),
        Column("ComplaintOutcome", "complaint_outcome_code", Kind.CODE, "How it was answered.",
               codes=tribunal.COMPLAINT_OUTCOME),
    ),
    parent=CHILD,
)  # fmt: skip

DISPUTES = ReturnFormat(
    collection="disputes",
    title="Mediation, appeals and complaints",
    years=range(2023, 2028),
    tables=(child(), MEDIATION, APPEAL, GROUND, COMPLAINT),
    header=whose(YEAR_AFTER),
    census_day=lambda year: date(year - 1, 12, 31),
    lineage={"person_trait": "person", "appeal": "appeal", "mediation": "mediation"},
    meetings=(
        Meeting("appeal_ground", "appeal", ("person_row", "registered_date")),
        Meeting("appeal", "mediation", ("person_row", "decision_date")),
    ),
)
