"""What authorities say of themselves."""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain

OFFICER = CodeList(
    "officer",
    "Whether a designated officer is in post.",
    (
        Code("Y", "In post", spellings=("1", "YES", "TRUE")),
        Code("N", "Not in post", spellings=("0", "NO", "FALSE")),
        Code("R", "Recruiting"),
    ),
)

WORKFORCE = CodeList(
    "workforce",
    "Staff of an authority or of its partners who work on SEND; this project's own codes.",
    plain(
        ("CW", "Officers who write and keep EHC plans"),
        ("MG", "Managers and decision makers"),
        ("EP", "Educational psychologists"),
        ("ST", "Specialist teachers"),
        ("TH", "Therapists"),
        ("SC", "Social workers for disabled children"),
        ("AI", "Information, advice and support service"),
        ("PA", "Preparation for adulthood and careers"),
        ("OT", "Other"),
    ),
)

POLICY = CodeList(
    "policy",
    "Programme or policy that an authority took up; this project's own codes.",
    plain(
        ("SV", "Safety valve agreement"),
        ("DBV", "Delivering better value in SEND"),
        ("CPP", "SEND and alternative provision change programme"),
        ("EHN", "Early help before a plan: funding without an assessment"),
        ("LOC", "Locality teams or SENCOs"),
        ("BND", "Banded funding of plans"),
        ("OT", "Other"),
    ),
)

INSPECTION_FRAMEWORK = CodeList(
    "inspection_framework",
    "Framework of an area SEND inspection by Ofsted and the Care Quality Commission.",
    plain(("16", "Framework of 2016"), ("23", "Framework of 2023")),
)

INSPECTION_OUTCOME = CodeList(
    "inspection_outcome",
    "Outcome of an area SEND inspection: three of the framework of 2023, two of 2016; own letters.",
    plain(
        ("P", "Typically positive experiences and outcomes"),
        ("I", "Inconsistent experiences and outcomes"),
        ("S", "Widespread or systemic failings"),
        ("W", "Written statement of action required (2016)"),
        ("N", "No written statement required (2016)"),
    ),
)

BOARD = CodeList(
    "board",
    "Board on which parents and carers sit; this project's own codes.",
    plain(
        ("LAP", "Local area SEND partnership board"),
        ("PCF", "Parent carer forum"),
        ("IMP", "Improvement or intervention board"),
        ("SF", "Schools forum"),
        ("YP", "Board of young people"),
        ("OT", "Other"),
    ),
)

BOARD_THEME = CodeList(
    "board_theme",
    "What a recommendation of a board is about; this project's own codes.",
    plain(
        ("TI", "Timeliness"),
        ("QU", "Quality of plans"),
        ("PR", "Provision and its delivery"),
        ("PL", "Places and settings"),
        ("HE", "Health and therapies"),
        ("SC", "Social care and short breaks"),
        ("CO", "Communication and complaints"),
        ("TR", "Transport"),
        ("AD", "Preparation for adulthood"),
        ("FU", "Funding"),
        ("OT", "Other"),
    ),
)
