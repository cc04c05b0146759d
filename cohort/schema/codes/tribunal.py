"""Disputes: mediation, appeals, judicial review, costs, complaints.

No return gives codes for these. The lists are this project's own; what they tell apart follows the Children and
Families Act 2014 (sections 51 to 57), the SEND Regulations 2014, the national trial of extended powers (2018) and
the outcomes in the tribunal statistics of the Ministry of Justice.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

APPEALABLE_DECISION = CodeList(
    "appealable_decision",
    "Decision of an authority that can be mediated or appealed (section 51); this project's own codes.",
    plain(
        ("RA", "Refusal to assess"),
        ("RR", "Refusal to reassess"),
        ("NP", "No plan after an assessment"),
        ("CO", "Content of the plan, as issued or amended"),
        ("RM", "Refusal to amend after a review"),
        ("CE", "Ceasing the plan"),
    ),
)

APPEAL_GROUND = CodeList(
    "appeal_ground",
    "What an appeal is about; an appeal on content names its sections. This project's own codes.",
    plain(
        ("RA", "Refusal to assess"),
        ("RR", "Refusal to reassess"),
        ("NP", "No plan after an assessment"),
        ("B", "Needs described in section B"),
        ("F", "Provision specified in section F"),
        ("I", "School or type of school named in section I, or none named"),
        ("RM", "Refusal to amend after a review"),
        ("CE", "Ceasing the plan"),
    ),
)

MEDIATION_OUTCOME = CodeList(
    "mediation_outcome",
    "How mediation ended; this project's own codes.",
    plain(
        ("NP", "Not pursued: certificate issued after information only"),
        ("AF", "Agreed in full"),
        ("AP", "Agreed in part"),
        ("NA", "Not agreed"),
        ("NH", "Not held: the authority did not arrange it in time"),
        ("OP", "Not concluded yet"),
    ),
)

APPEAL_OUTCOME = CodeList(
    "appeal_outcome",
    "How an appeal or one of its grounds ended: decided, conceded, withdrawn, struck out; this project's own codes.",
    plain(
        ("AW", "Decided: allowed wholly"),
        ("AP", "Decided: allowed in part"),
        ("DI", "Decided: dismissed"),
        ("CO", "Conceded by the authority"),
        ("WD", "Withdrawn"),
        ("SO", "Struck out"),
        ("OP", "Open"),
    ),
)

SECTION_I_RESULT = CodeList(
    "section_i_result",
    "Whose choice of placement stands after an appeal on section I; this project's own codes.",
    plain(("P", "Preference of parent or young person"), ("A", "Agreed at the hearing"), ("L", "Authority's choice")),
)

SERVICE = CodeList(
    "service",
    "Service to which a non-binding recommendation is made under the extended powers; this project's own codes.",
    plain(("H", "Health"), ("S", "Social care")),
)

RECOMMENDATION_RESULT = CodeList(
    "recommendation_result",
    "What the tribunal made of a request for a recommendation; this project's own codes.",
    plain(("M", "Made"), ("P", "Made in part"), ("N", "Not made"), ("W", "Withdrawn"), ("OP", "Open")),
)

RECOMMENDATION_ANSWER = CodeList(
    "recommendation_answer",
    "How a recommendation of a tribunal or a board was answered; this project's own codes.",
    plain(
        ("A", "Accepted"),
        ("P", "Accepted in part"),
        ("R", "Not accepted"),
        ("N", "Not answered in time"),
        ("OP", "Answer not due yet"),
    ),
)

REVIEW_CLAIM = CodeList(
    "review_claim",
    "What a judicial review is about; this project's own codes.",
    plain(
        ("AS", "Delay in assessing or deciding"),
        ("IS", "Delay in issuing or amending a plan"),
        ("RV", "Review not held or not decided in time"),
        ("PR", "Provision in a plan not secured (section 42)"),
        ("TR", "Transport"),
        ("PO", "Policy or budget"),
        ("OT", "Other"),
    ),
)

REVIEW_CLAIM_OUTCOME = CodeList(
    "review_claim_outcome",
    "How a judicial review ended; this project's own codes.",
    plain(
        ("PA", "Settled before it was issued"),
        ("PR", "Permission refused"),
        ("SE", "Settled by consent"),
        ("AL", "Allowed"),
        ("DI", "Dismissed"),
        ("WD", "Withdrawn"),
        ("OP", "Open"),
    ),
)

COST = CodeList(
    "cost",
    "What a family paid for; this project's own codes.",
    plain(
        ("RE", "Independent report or expert"),
        ("LE", "Legal advice or representation"),
        ("PR", "Provision that the plan specifies"),
        ("SC", "School or college fees"),
        ("TR", "Transport"),
        ("OT", "Other"),
    ),
)

COST_OUTCOME = CodeList(
    "cost_outcome",
    "What became of a claim for costs; this project's own codes.",
    plain(("F", "Reimbursed in full"), ("P", "Reimbursed in part"), ("R", "Refused"), ("OP", "Open")),
)

COMPLAINT_SUBJECT = CodeList(
    "complaint_subject",
    "What a complaint is about; this project's own codes.",
    plain(
        ("DL", "Delay in the EHC process"),
        ("RV", "Annual review"),
        ("PR", "Provision in a plan not delivered"),
        ("AD", "Advice not obtained"),
        ("OS", "No education while out of school"),
        ("TR", "Transport"),
        ("CO", "Communication or handling of complaints"),
        ("OT", "Other"),
    ),
)

COMPLAINT_STAGE = CodeList(
    "complaint_stage",
    "Stage of a complaint to an authority; this project's own codes.",
    plain(("1", "First stage"), ("2", "Second stage or investigation"), ("3", "Panel")),
)

COMPLAINT_OUTCOME = CodeList(
    "complaint_outcome",
    "How an authority answered a complaint; this project's own codes.",
    plain(("U", "Upheld"), ("P", "Upheld in part"), ("N", "Not upheld"), ("W", "Withdrawn"), ("OP", "Open")),
)

OMBUDSMAN_DECISION = CodeList(
    "ombudsman_decision",
    "Decision of the Local Government and Social Care Ombudsman, in the groups of its yearly letters; own letters.",
    plain(
        ("UI", "Upheld: fault and injustice"),
        ("UF", "Upheld: fault without injustice"),
        ("UR", "Upheld: already put right by the authority"),
        ("NU", "Not upheld"),
        ("CI", "Closed after first enquiries, or not investigated"),
        ("RF", "Sent back for a local answer"),
    ),
)
