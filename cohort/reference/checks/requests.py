"""Requests for an EHC needs assessment, refusals, and assessments."""

from __future__ import annotations

from cohort.reference.check import Check, authorities, england, percentage

RELEASE = "DfE, Education, health and care plans, reporting year 2025"

RECEIVED = Check(
    "requests",
    "Initial requests received in the calendar year, England.",
    england("requests", "requests_received_in_year"),
    {2019: 82_329, 2020: 75_951, 2021: 93_302, 2022: 114_482, 2023: 138_242, 2024: 154_489},
    RELEASE,
)
RECEIVED_BY_AUTHORITY = Check(
    "requests by authority",
    "The sum of all authorities; in 2023 three are not shown, so it is 935 less than England.",
    authorities("requests", "requests_received_in_year"),
    {2019: 82_329, 2020: 75_951, 2021: 93_302, 2022: 114_482, 2023: 137_307, 2024: 154_489},
    RELEASE,
)
REFUSED = Check(
    "requests refused",
    "Decided not to assess, as a percentage of requests received, undecided and withdrawn ones included.",
    percentage(england("requests", "requests_decided_not_to_assess"), england("requests", "requests_received_in_year")),
    {2023: 24.0, 2024: 25.2},
    RELEASE,
    decimals=1,
)
REFUSED_PUBLISHED = Check(
    "requests refused, as printed",
    "The same percentage, as the file prints it.",
    england("requests", "request_not_assess_pc"),
    {2023: 24.0, 2024: 25.2},
    RELEASE,
    decimals=1,
)
ASSESSED_BY_AUTHORITY = Check(
    "assessments by authority",
    "Assessments of the calendar year, the sum of all authorities; not all are shown in 2022 and 2023.",
    authorities("assessments", "assess_in_year"),
    {2022: 72_633, 2023: 90_690, 2024: 105_340},
    RELEASE,
)
