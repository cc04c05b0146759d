"""Adult life: study and work after school, benefits, home, community, health.

No return held here gives codes for these: the lists are this project's own, and coarse on purpose. Levels of
qualification are those of the Regulated Qualifications Framework.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

QUALIFICATION_LEVEL = CodeList(
    "qualification_level",
    "Level of a qualification or apprenticeship, after the Regulated Qualifications Framework.",
    plain(
        ("N", "No level: personal and social development, or unregulated"),
        ("E", "Entry level"),
        *((str(level), f"Level {level}") for level in range(1, 9)),
        ("U", "Not known"),
    ),
)

PROGRAMME = CodeList(
    "programme",
    "Programme of further education; this project's own codes.",
    plain(
        ("AL", "A levels or equivalent"),
        ("TL", "T level"),
        ("VO", "Vocational or technical programme"),
        ("FO", "Foundation learning, level 1 and below"),
        ("PI", "Personalised programme at a specialist institution"),
        ("TR", "Traineeship"),
        ("AD", "Adult or community learning"),
        ("OT", "Other"),
    ),
)

STUDY_MODE = CodeList("study_mode", "Mode of study.", plain(("F", "Full time"), ("P", "Part time"), ("D", "Distance")))

INTERNSHIP_RESULT = CodeList(
    "internship_result",
    "What followed a supported internship; this project's own codes.",
    plain(
        ("E16", "Paid work of 16 hours a week or more"),
        ("E1", "Paid work of fewer hours"),
        ("AP", "Apprenticeship"),
        ("ED", "Further education or training"),
        ("VO", "Voluntary work"),
        ("N", "None of these"),
        ("U", "Not known"),
    ),
)

LEAVING_STAGE = CodeList(
    "leaving_stage",
    "Stage after which a destination is measured.",
    plain(("KS4", "After key stage 4"), ("1618", "After 16 to 18 study")),
)

DESTINATION = CodeList(
    "destination",
    "Destination measured over two terms, in the groups of the DfE's destination measures; own letters.",
    plain(
        ("FE", "Further education college"),
        ("SF", "School sixth form"),
        ("SC", "Sixth form college"),
        ("SP", "Specialist provider"),
        ("OE", "Other education"),
        ("HE", "Higher education"),
        ("AP", "Apprenticeship"),
        ("EM", "Employment"),
        ("NS", "Not sustained"),
        ("NC", "Activity not captured"),
    ),
)

BENEFIT = CodeList(
    "benefit",
    "Benefit received in a tax year; this project's own groups.",
    plain(
        ("UCS", "Universal Credit, searching for work"),
        ("UCN", "Universal Credit, no requirement to work"),
        ("UCW", "Universal Credit, in work"),
        ("JSA", "Jobseeker's Allowance"),
        ("ESA", "Employment and Support Allowance"),
        ("IS", "Income Support"),
        ("PIP", "Personal Independence Payment or Disability Living Allowance"),
        ("CA", "Carer's Allowance"),
        ("OT", "Other out-of-work benefit"),
    ),
)

HOME = CodeList(
    "home",
    "Where and with whom a young adult lives; this project's own groups, after those of adult social care returns.",
    plain(
        ("FAM", "With family"),
        ("OWN", "Own home or tenancy"),
        ("SHR", "Shared with others, without support"),
        ("SUP", "Supported living"),
        ("SHL", "Shared lives"),
        ("RES", "Residential or nursing care"),
        ("STU", "Student residence"),
        ("HOS", "Hospital"),
        ("CUS", "Custody"),
        ("HML", "Homeless or temporary accommodation"),
        ("OTH", "Other"),
        ("UNK", "Not known"),
    ),
)

TRAVEL = CodeList(
    "travel",
    "How a young adult gets about; this project's own codes.",
    plain(
        ("I", "Independently"),
        ("K", "Independently on known ways"),
        ("A", "With somebody"),
        ("U", "Not known"),
    ),
)

PARTICIPATION = CodeList(
    "participation",
    "Part taken in the community; this project's own codes.",
    plain(
        ("FR", "Friends and social life"),
        ("SP", "Sport or exercise"),
        ("AR", "Arts, music or hobby groups"),
        ("FA", "Faith group"),
        ("VO", "Volunteering"),
        ("SA", "Self-advocacy or young people's forum"),
        ("DA", "Day service"),
        ("OT", "Other"),
    ),
)

OFTEN = CodeList(
    "often",
    "How often; this project's own codes.",
    plain(
        ("D", "Most days"), ("W", "Every week"), ("M", "Every month"), ("L", "Less"), ("N", "Never"), ("U", "Not known")
    ),
)

HEALTH_CHECK = CodeList(
    "health_check",
    "Kind of health check; this project's own codes.",
    plain(
        ("LD", "Annual check of the learning disability register, from 14"),
        ("LA", "Health assessment of a looked-after child"),
        ("DE", "Dental"),
        ("EY", "Eyes"),
        ("HE", "Hearing"),
        ("HV", "Review by a health visitor"),
        ("SC", "School screening"),
    ),
)

HEALTH_CHECK_RESULT = CodeList(
    "health_check_result",
    "What became of a health check; this project's own codes.",
    plain(
        ("D", "Done"),
        ("DP", "Done, with an action plan"),
        ("NO", "Not offered"),
        ("NA", "Not attended"),
        ("DE", "Declined"),
        ("NR", "Not recorded"),
    ),
)
