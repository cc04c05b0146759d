"""Errors in official files that we found by their own sums, so that nobody has to find them again.

A fault is recognised only by its exact numbers: a corrected file is equal, another error is unexplained.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A total of England that its authorities do not add up to, and why."""

    source_name: str
    year: int
    measure: str
    england: float
    authorities: float
    sentence: str


_NEEDS = (
    "Four needs of the South East differ from the sum of its authorities, by up to 656; the guidance says that "
    "Surrey's needs were amended after the collection."
)

FAULTS = (
    Fault(
        "residential_settings",
        2023,
        "res_tot",
        4488,
        2196,
        "England and the regions hold another total than their own two parts (1,415 and 781) and the authorities.",
    ),
    Fault(
        "newplans",
        2022,
        "new_ehc_plans",
        66706,
        151798,
        "Each of the fifteen authorities of Yorkshire and The Humber shows its region's total of 6,078.",
    ),
    Fault("sen_needs_all_plans", 2025, "number_semh", 132217, 132218, _NEEDS),
    Fault("sen_needs_all_plans", 2025, "number_slcn", 135836, 135835, _NEEDS),
    Fault("sen_needs_all_plans", 2025, "number_sld", 25681, 25025, _NEEDS),
    Fault("sen_needs_all_plans", 2025, "number_spld", 14374, 15030, _NEEDS),
)
