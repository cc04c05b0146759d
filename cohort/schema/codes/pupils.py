"""What the school census says of a pupil. A year is the year in which the school year ends.

Sources: the school census tables of 2024/25 and 2025/26 as far as they are public, which give codes and few
labels; the common basic data set (CBDS) for labels. Where neither explains a code, its label says so.
"""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain, unexplained

# Plans replaced statements between September 2014 and March 2018; support replaced the two stages of action in 2014/15.
SEN_PROVISION = CodeList(
    "sen_provision",
    "Special educational provision of a pupil, as the school records it.",
    (
        Code("N", "No special educational need"),
        Code("K", "SEN support", since=2015),
        Code("E", "EHC plan", since=2015),
        Code("S", "Statement", until=2018),
        Code("A", "School Action", until=2015),
        Code("P", "School Action Plus", until=2015),
    ),
)

CENSUS_NEED_TYPE = CodeList(
    "census_need_type",
    "Type of need that a school records; wider than the needs that a plan names.",
    (
        Code("SPLD", "Specific learning difficulty"),
        Code("MLD", "Moderate learning difficulty"),
        Code("SLD", "Severe learning difficulty"),
        Code("PMLD", "Profound and multiple learning difficulty"),
        Code("BESD", "Behaviour, emotional and social difficulties", until=2014),
        Code("SEMH", "Social, emotional and mental health", since=2015),
        Code("SLCN", "Speech, language and communication needs"),
        Code("HI", "Hearing impairment"),
        Code("VI", "Vision impairment"),
        Code("MSI", "Multi-sensory impairment"),
        Code("PD", "Physical disability"),
        Code("ASD", "Autistic spectrum disorder"),
        Code("OTH", "Other difficulty"),
        Code("NSA", "SEN support, no specialist assessment of the type of need", since=2015),
        Code("DS", "Down syndrome", since=2025),
    ),
)

ENROLMENT = CodeList(
    "enrolment",
    "How a pupil is registered at a school.",
    plain(
        ("C", "Current, single registration"),
        ("M", "Current, main of two schools"),
        ("S", "Current, subsidiary of two schools"),
        ("G", "Guest"),
        ("F", "Registered at a further education college"),
        ("O", "Registered at another provider"),
    ),
)

CURRICULUM_YEAR = CodeList(
    "curriculum_year",
    "National curriculum year in which a pupil is taught.",
    plain(
        ("E1", "Early first year"),
        ("E2", "Early second year"),
        ("N1", "Nursery first year"),
        ("N2", "Nursery second year"),
        ("R", "Reception"),
        *((str(year), f"Year {year}") for year in range(1, 15)),
        ("M", "Mixed year class"),
        ("X", "National curriculum years do not apply"),
    ),
)

# 319 codes of languages are too fine for pseudonymous children: the classes of the DfE's own figures are kept.
FIRST_LANGUAGE = CodeList(
    "first_language",
    "First language in the three classes of the DfE's figures; every language but English is one class.",
    plain(
        ("ENG", "Known or believed to be English"),
        ("OTH", "Known or believed to be other than English"),
        ("UNC", "Unclassified: refused, or not obtained"),
    ),
)

BOARDING = CodeList(
    "boarding",
    "Whether a pupil boards at the school.",
    plain(
        ("N", "Does not board"),
        ("B", "Boards, nights a week not given"),
        ("6", "Boards six nights a week or fewer"),
        ("7", "Boards seven nights a week"),
    ),
)

YOUNG_CARER = CodeList(
    "young_carer",
    "Whether a pupil is known to be a young carer.",
    plain(
        ("P", "Identified by parent or guardian"),
        ("S", "Identified by the school"),
        ("N", "Not declared"),
    ),
)

SERVICE_CHILD = CodeList(
    "service_child",
    "Whether a parent serves in the armed forces.",
    plain(("Y", "Yes"), ("N", "No"), ("U", "Unknown"), ("R", "Refused")),
)

LEFT_CARE = CodeList(
    "left_care",
    "How a pupil left care, as the parent told the school.",
    (
        *plain(
            ("N", "Not declared"),
            ("A", "Adoption"),
            ("G", "Special guardianship order"),
            ("R", "Residence or child arrangements order"),
            ("C", "More than one of these"),
        ),
        *unexplained("O"),
    ),
)

MEALS_COUNTRY = CodeList(
    "meals_country",
    "Country in which a period of free school meals began.",
    plain(("ENG", "England"), ("NIR", "Northern Ireland"), ("SCT", "Scotland"), ("WLS", "Wales")),
)

EARLY_FUNDING = CodeList(
    "early_funding",
    "Ground on which hours of early education are funded.",
    plain(
        ("ECO", "Income of the family"),
        ("HSD", "High-level special educational need or disability"),
        ("LAA", "Looked after, or left care"),
    ),
)

EARLY_PREMIUM = CodeList(
    "early_premium",
    "Ground of the early years pupil premium.",
    plain(
        ("RE", "Income of the family"),
        ("RO", "Other grounds"),
        ("RB", "Both"),
        ("RU", "Unknown"),
    ),
)
