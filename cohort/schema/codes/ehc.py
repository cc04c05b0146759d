"""The EHC process: requests, assessments, plans, reviews."""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain

REQUEST_SOURCE = CodeList(
    "request_source",
    "Who asked for the EHC needs assessment; collected from the return of 2026.",
    tuple(
        Code(code, label, since=2026)
        for code, label in (
            ("1", "Young person or parent"),
            ("2", "School or other education setting"),
            ("3", "Health care professionals"),
            ("4", "Social care professionals"),
            ("5", "Other"),
        )
    ),
)

REQUEST_OUTCOME = CodeList(
    "request_outcome",
    "What the authority decided on a request for an EHC needs assessment.",
    plain(
        ("Y", "Decided to assess"),
        ("N", "Decided not to assess"),
        ("A", "Decision awaited"),
        ("W", "Withdrawn or ceased before the decision"),
        ("H", "Historical: dealt with before the collection year, shown to carry an active plan"),
    ),
)

ASSESSMENT_OUTCOME = CodeList(
    "assessment_outcome",
    "What the authority decided after an EHC needs assessment.",
    plain(
        ("Y", "A plan is to be issued"),
        ("N", "No plan is to be issued"),
        ("A", "Decision awaited"),
        ("W", "Withdrawn or ceased before the decision"),
        ("H", "Historical, or the plan was transferred in from another authority"),
        ("S", "Plan issued after another authority completed the assessment"),
    ),
)

CEASE_REASON = CodeList(
    "cease_reason",
    "Why a plan ended.",
    plain(
        ("1", "Reached maximum age"),
        ("2", "Needs met without a plan"),
        ("3", "Moved to higher education"),
        ("4", "Moved to paid employment, apprenticeships excluded"),
        ("5", "Transferred to another authority in England"),
        ("6", "No longer wishes to engage in education or training"),
        ("7", "Moved outside England"),
        ("8", "Deceased"),
        ("9", "Other"),
    ),
)

REVIEW_OUTCOME = CodeList(
    "review_outcome",
    "What was decided after the annual review.",
    plain(("A", "Amend the plan"), ("C", "Cease the plan"), ("M", "Maintain the plan")),
)

DIRECT_PAYMENT = CodeList(
    "direct_payment",
    "What direct payments from a personal budget are for.",
    plain(
        ("E", "Education only"),
        ("H", "Health only"),
        ("S", "Social care only"),
        ("I", "Integrated: any combination"),
    ),
)
