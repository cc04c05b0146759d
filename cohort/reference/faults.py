"""Errors in official files, found by their own sums or another publisher's: nobody has to find them again.

A `Fault` is recognised only by its exact numbers: a corrected file is equal, another error is unexplained.
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


@dataclass(frozen=True)
class Misplaced:
    """Figures that stand at authorities whose figures they are not; kept as published, never compared."""

    source_name: str
    year: int
    measures: tuple[str, ...]
    authority_codes: tuple[str, ...]
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

MISPLACED = (
    # The four parts in the DfE's files (refusals, no-plan decisions, plans, plans no longer needed) come to 4,410
    # for Central Bedfordshire and 8,238 for Cambridgeshire; the table prints 8,246 and 4,410. Until 2023 both fit
    # their plans, and their appeals stand at the right names in every year. The denominators in development were
    # in all likelihood joined by the same wrong numbers.
    Misplaced(
        "send_tribunals_appeal_rate",
        2024,
        (
            "appealable_decisions",
            "appeal_rate_pct",
            "appealable_decisions_in_development",
            "appeal_rate_in_development_pct",
        ),
        ("823", "873"),
        "Central Bedfordshire and Cambridgeshire are printed with each other's appealable decisions",
    ),
    Misplaced(
        "newplans",
        2022,
        ("new_ehc_plans",),
        (
            *("370", "371", "372", "373", "380", "381", "382", "383", "384"),
            *("810", "811", "812", "813", "815", "816"),
        ),
        "each authority of Yorkshire and The Humber is printed with its region's total",
    ),
)
