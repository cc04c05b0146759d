"""Schools, colleges and settings.

Types are this project's own groups of those of the public register (Get Information about Schools); phases are
the letters of the school census, whose labels are ours.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

ESTABLISHMENT_TYPE = CodeList(
    "establishment_type",
    "Type of establishment; this project's own groups of the public register's types.",
    plain(
        ("MS", "State-funded mainstream school"),
        ("SS", "State-funded special school"),
        ("NM", "Non-maintained special school"),
        ("AP", "State-funded alternative provision"),
        ("IS", "Independent special school"),
        ("IN", "Other independent school"),
        ("NS", "Maintained nursery school"),
        ("EY", "Other early years provider"),
        ("HO", "Hospital school"),
        ("FE", "Further education college"),
        ("SF", "Sixth form college"),
        ("SP", "Specialist post-16 institution"),
        ("HE", "Higher education institution"),
        ("TR", "Training provider"),
        ("SE", "Secure establishment"),
        ("OT", "Other"),
    ),
)

ESTABLISHMENT_PHASE = CodeList(
    "establishment_phase",
    "Phase of a school, by the letters of the school census.",
    plain(
        ("EY", "Early years"),
        ("NS", "Nursery"),
        ("PS", "Primary"),
        ("MP", "Middle, deemed primary"),
        ("MS", "Middle, deemed secondary"),
        ("SS", "Secondary"),
        ("SP", "Special"),
        ("AT", "All-through"),
        ("PR", "Pupil referral unit or alternative provision"),
        ("NO", "Not applicable"),
    ),
)
