"""Care, social care and youth justice.

Categories of need are those of the children in need census (N0 to N9). The other lists are this project's own and
coarse on purpose: finer codes of care placements and offences would single out children.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

CARE_NEED = CodeList(
    "care_need",
    "Main reason for help by social care: the categories of need of the children in need census.",
    plain(
        ("N1", "Abuse or neglect"),
        ("N2", "Child's disability or illness"),
        ("N3", "Parental disability or illness"),
        ("N4", "Family in acute stress"),
        ("N5", "Family dysfunction"),
        ("N6", "Socially unacceptable behaviour"),
        ("N7", "Low income"),
        ("N8", "Absent parenting"),
        ("N9", "Cases other than children in need"),
        ("N0", "Not stated"),
    ),
)

CARE_PLACEMENT = CodeList(
    "care_placement",
    "Where a looked-after child lives; this project's own groups of the placement codes of the return SSDA903.",
    plain(
        ("K", "With relatives or friends"),
        ("F", "With other foster carers"),
        ("R", "Children's home or residential school"),
        ("S", "Semi-independent living"),
        ("P", "With parents"),
        ("A", "Placed for adoption"),
        ("SEC", "Secure unit or custody"),
        ("O", "Other"),
    ),
)

CARE_LEGAL_STATUS = CodeList(
    "care_legal_status",
    "On what ground a child is looked after; this project's own groups.",
    plain(
        ("V", "Accommodated by agreement (section 20)"),
        ("IC", "Interim care order"),
        ("FC", "Full care order"),
        ("PO", "Placement order"),
        ("YJ", "Remand or detention"),
        ("EP", "Emergency or police protection"),
    ),
)

CARE_END = CodeList(
    "care_end",
    "How a period of care ended; this project's own groups.",
    plain(
        ("R", "Returned to parents or relatives"),
        ("A", "Adopted"),
        ("G", "Special guardianship or child arrangements order"),
        ("I", "Left for independent living, with or without support"),
        ("AS", "Passed to adult social care"),
        ("CU", "Sentenced to custody"),
        ("D", "Died"),
        ("O", "Other"),
    ),
)

SOCIAL_CARE = CodeList(
    "social_care",
    "Kind of help or protection by social care; this project's own codes.",
    plain(
        ("EH", "Early help"),
        ("CN", "Child in need"),
        ("CP", "Child protection plan"),
        ("DS", "Disabled children's service"),
        ("AS", "Adult social care"),
    ),
)

YOUTH_JUSTICE = CodeList(
    "youth_justice",
    "What the youth justice service was involved for; this project's own codes.",
    plain(
        ("PR", "Prevention or diversion"),
        ("OC", "Caution or other disposal out of court"),
        ("CO", "Sentence in the community"),
        ("RE", "Remand in custody"),
        ("CU", "Sentence of custody"),
    ),
)

DIAGNOSIS = CodeList(
    "diagnosis",
    "What a child was referred for; this project's own codes.",
    plain(
        ("ASD", "Autism"),
        ("ADHD", "Attention deficit hyperactivity disorder"),
        ("LD", "Learning disability"),
        ("DLD", "Developmental language disorder"),
        ("DCD", "Developmental coordination disorder"),
        ("DYS", "Dyslexia, dyscalculia or dysgraphia"),
        ("MH", "Mental health condition"),
        ("HI", "Hearing"),
        ("VI", "Vision"),
        ("EPI", "Epilepsy"),
        ("PD", "Physical or motor condition"),
        ("GEN", "Genetic condition"),
        ("FASD", "Fetal alcohol spectrum disorder"),
        ("OTH", "Other"),
    ),
)

REFERRAL_SOURCE = CodeList(
    "referral_source",
    "Who referred a child for diagnosis; this project's own codes.",
    plain(
        ("PA", "Parent or young person"),
        ("SC", "School or setting"),
        ("GP", "General practitioner"),
        ("HV", "Health visitor"),
        ("HO", "Hospital or community health"),
        ("SO", "Social care"),
        ("OT", "Other"),
    ),
)

REFERRAL_OUTCOME = CodeList(
    "referral_outcome",
    "How a referral for diagnosis ended; this project's own codes.",
    plain(
        ("D", "Diagnosed"),
        ("N", "Assessed, not diagnosed"),
        ("R", "Referral not accepted"),
        ("W", "Withdrawn"),
        ("M", "Moved away"),
        ("OP", "Waiting"),
    ),
)

PERSON_EXIT = CodeList(
    "person_exit",
    "Why a person is no longer to be found in England's records; this project's own codes.",
    plain(("D", "Died"), ("E", "Emigrated"), ("B", "Moved to another part of the United Kingdom")),
)
