"""Needs, settings and placements."""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain

# One reader of the guides says that OTH was not yet in that of 2023; until it can be read, nobody is accused of it.
SEN_SETTING = CodeList(
    "sen_setting",
    "The kind of setting, where no establishment number serves.",
    (
        Code("OLA", "Other arrangements by the authority (section 61)"),
        Code("OPA", "Other arrangements by parent or young person"),
        Code("EHE", "Elective home education"),
        Code("EYP", "Early years provider without a URN"),
        Code("OTH", "Other, a type of setting named without an establishment included"),
        Code("NEET", "Not in education, employment or training, age 16 to 25"),
        Code("NIEC", "Not in education or training, notice to cease issued"),
        Code("NIEO", "Not in education or training, other"),
    ),
)

NEED_TYPE = CodeList(
    "need_type",
    "Type of special educational need named in a plan.",
    (
        Code("SPLD", "Specific learning difficulty"),
        Code("MLD", "Moderate learning difficulty"),
        Code("SLD", "Severe learning difficulty"),
        Code("PMLD", "Profound and multiple learning difficulty"),
        Code("SEMH", "Social, emotional and mental health"),
        Code("SLCN", "Speech, language and communication needs"),
        Code("HI", "Hearing impairment"),
        Code("VI", "Vision impairment"),
        Code("MSI", "Multi-sensory impairment"),
        Code("PD", "Physical disability"),
        Code("ASD", "Autistic spectrum disorder"),
        Code("OTH", "Other difficulty"),
        Code("DS", "Down syndrome", since=2025),
    ),
)

# One vendor's article gives other weeks from 2026; until the guide can be read, the letters carry both.
RESIDENTIAL = CodeList(
    "residential",
    "Residential placement by weeks a year.",
    (
        Code("A", "38 to 51 weeks", until=2025),
        Code("A", "Up to 38 weeks", since=2026),
        Code("B", "52 weeks", until=2025),
        Code("B", "39 to 52 weeks", since=2026),
    ),
)

WORK_BASED = CodeList(
    "work_based",
    "Work-based learning.",
    plain(("S", "Supported internship"), ("A", "Apprenticeship"), ("T", "Traineeship")),
)

RANK = CodeList("rank", "Order of importance.", plain(("1", "Main"), ("2", "Second")))
