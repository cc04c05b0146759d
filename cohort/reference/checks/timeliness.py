"""Plans issued within twenty weeks: without exceptions, the headline, and with them."""

from __future__ import annotations

from cohort.reference.check import Check, authorities, england, percentage

RELEASE = "DfE, Education, health and care plans, reporting year 2025"
FILE = "timeliness_20_week"

ISSUED = Check(
    "plans issued, without exceptions",
    "Plans issued in the calendar year to which no exception applied, England.",
    england(FILE, "plans_issued_den_ex"),
    {2019: 49_519, 2020: 54_175, 2021: 57_196, 2022: 62_108, 2023: 76_506, 2024: 84_866},
    RELEASE,
)
WITHIN = Check(
    "plans within 20 weeks, without exceptions",
    "Those of them that were issued within twenty weeks, England.",
    england(FILE, "plans_issued_20_weeks_ex"),
    {2019: 29_895, 2020: 31_446, 2021: 34_249, 2022: 30_536, 2023: 38_471, 2024: 39_407},
    RELEASE,
)
ISSUED_BY_AUTHORITY = Check(
    "plans issued, without exceptions, by authority",
    "The sum of all authorities; four are not shown in 2022 and one in 2023.",
    authorities(FILE, "plans_issued_den_ex"),
    {2019: 49_519, 2020: 54_175, 2021: 57_196, 2022: 61_283, 2023: 76_185, 2024: 84_866},
    RELEASE,
)
WITHIN_BY_AUTHORITY = Check(
    "plans within 20 weeks, without exceptions, by authority",
    "The sum of all authorities; four are not shown in 2022 and one in 2023.",
    authorities(FILE, "plans_issued_20_weeks_ex"),
    {2019: 29_895, 2020: 31_446, 2021: 34_249, 2022: 30_536, 2023: 38_287, 2024: 39_407},
    RELEASE,
)
SHARE = Check(
    "within 20 weeks, without exceptions",
    "Percentage of plans issued within twenty weeks, exceptions left out: the headline.",
    percentage(england(FILE, "plans_issued_20_weeks_ex"), england(FILE, "plans_issued_den_ex")),
    {2023: 50.3, 2024: 46.4},
    RELEASE,
    decimals=1,
)
ISSUED_ALL = Check(
    "plans issued, with exceptions",
    "Plans issued in the calendar year, England.",
    england(FILE, "plans_issued_den"),
    {2024: 90_392},
    RELEASE,
)
WITHIN_ALL = Check(
    "plans within 20 weeks, with exceptions",
    "Those of them that were issued within twenty weeks, England.",
    england(FILE, "plans_issued_within_20_weeks"),
    {2024: 41_448},
    RELEASE,
)
SHARE_ALL = Check(
    "within 20 weeks, with exceptions",
    "Percentage of plans issued within twenty weeks, exceptions included.",
    percentage(england(FILE, "plans_issued_within_20_weeks"), england(FILE, "plans_issued_den")),
    {2024: 45.9},
    RELEASE,
    decimals=1,
)
