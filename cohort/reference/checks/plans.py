"""Plans: in force in January, started and ceased in the year, and where they are known not to add up."""

from __future__ import annotations

from cohort.reference.check import Check, authorities, difference, england

RELEASE = "DfE, Education, health and care plans, reporting year 2025"
JANUARY = {
    2019: 353_995,
    2020: 390_109,
    2021: 430_697,
    2022: 473_255,
    2023: 517_048,
    2024: 576_474,
    2025: 638_745,
}

IN_JANUARY = Check(
    "plans in January",
    "Plans in force on census day, England.",
    england("caseload", "ehcplans"),
    JANUARY,
    RELEASE,
)
BY_AUTHORITY = Check(
    "plans in January by authority",
    "Plans in force on census day, the sum of all authorities.",
    authorities("caseload", "ehcplans"),
    JANUARY,
    RELEASE,
)
STARTED = Check(
    "new plans",
    "Plans started in the calendar year, England.",
    england("newplans", "new_ehc_plans"),
    {2022: 66_706, 2023: 84_428, 2024: 97_747},
    RELEASE,
)
CEASED = Check(
    "ceased plans",
    "Plans ceased in the calendar year, England.",
    england("ceased_plans", "total_ceased"),
    {2022: 34_724, 2023: 39_419, 2024: 44_862},
    RELEASE,
)
CEASED_BY_AUTHORITY = Check(
    "ceased plans by authority",
    "Plans ceased in the calendar year, the sum of all authorities.",
    authorities("ceased_plans", "total_ceased"),
    {2022: 34_724, 2023: 39_419, 2024: 44_862},
    RELEASE,
)
WITHOUT_BREAKDOWN = Check(
    "plans without a breakdown",
    "Plans of January 2024 that authorities' breakdowns by sex lack: all those of Hackney and Peterborough.",
    difference(authorities("caseload", "ehcplans"), authorities("caseload", "ehcplans", topic="Sex")),
    {2024: 3_525 + 2_625},
    f"{RELEASE}, data guidance, note 5 to the caseload; totals of the two authorities in the file",
)
HACKNEY_AND_PETERBOROUGH = Check(
    "plans of Hackney and Peterborough",
    "Plans of January 2024 in the two authorities that gave totals only.",
    authorities("caseload", "ehcplans", codes=("204", "874")),
    {2024: 3_525 + 2_625},
    RELEASE,
)
RESIDENTIAL = Check(
    "residential placements 2023, England",
    "Known fault: England's total of January 2023 is not that of its own parts.",
    england("residential_settings", "res_tot"),
    {2023: 4_488},
    RELEASE,
)
RESIDENTIAL_PARTS = Check(
    "residential placements 2023, parts",
    "Known fault: 38 to 51 weeks and 52 weeks of January 2023 together, England.",
    england("residential_settings", "res_3851", "res_52"),
    {2023: 2_196},
    RELEASE,
)
RESIDENTIAL_BY_AUTHORITY = Check(
    "residential placements 2023 by authority",
    "Known fault: the sum of all authorities in January 2023, which agrees with the parts.",
    authorities("residential_settings", "res_tot"),
    {2023: 2_196},
    RELEASE,
)
