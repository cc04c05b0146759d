"""What is planted in the ways of authorities. Money is about the level of England's high-needs blocks (DfE, *Dedicated
schools grant* and *LA and school expenditure*), inspections follow the outcomes published by Ofsted and the Care
Quality Commission up to 2025, and the rest is made so that it looks like authorities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Governing:
    """Shares are 0 to 1, money is pounds, and the spread of what differs between authorities has `_sd`."""

    plans_per_officer: float = 190.0
    plans_per_officer_sd: float = 0.25
    """Posts that there are for plans, and the spread of the logarithm."""
    slow_load: float = -0.08
    """Effect of one unit of timeliness on that logarithm: fewer plans to an officer, plans in time."""
    vacant: float = 0.14
    vacant_sd: float = 0.06
    agency: float = 0.10
    trained: float = 0.55
    plans_each: Mapping[str, float] = field(
        default_factory=lambda: {
            "MG": 1_100,
            "EP": 330,
            "ST": 420,
            "TH": 700,
            "SC": 900,
            "AI": 1_800,
            "PA": 2_400,
            "OT": 1_500,
        }
    )
    """Plans for each post of other staff."""
    not_supplied: float = 0.05
    """Share of figures of a year that an authority does not give."""

    allocated: float = 16_800.0
    allocated_sd: float = 0.10
    """High-needs allocation for each plan in the financial year 2024/25, and spread of the logarithm."""
    money_growth: float = 1.02
    """A year, for each plan: plans grow faster than this."""
    gap: Mapping[int, float] = field(
        default_factory=lambda: {2015: 0.00, 2017: 0.02, 2019: 0.05, 2021: 0.06, 2023: 0.09, 2025: 0.15}
    )
    """Spending above the allocation, by the first financial year of each span."""
    gap_sd: float = 0.05
    transferred: float = 0.008
    """Share of the allocation moved in from other blocks, on average."""
    paid: tuple[float, float] = (0.74, 0.98)
    """Share of costed provision that is paid for, least and most."""

    inspected_well: float = 0.9
    """Effect of one SD of what an authority does well on the log odds of a better inspection."""
    written_statement: float = 0.53
    """Share of inspections under the framework of 2016 that required one."""
    positive: float = 0.28
    systemic: float = 0.27
    """Shares of the best and the worst outcome under the framework of 2023."""

    taken_up: Mapping[str, tuple[float, int, int]] = field(
        default_factory=lambda: {
            "SV": (0.25, 2021, 2023),
            "DBV": (0.36, 2022, 2024),
            "CPP": (0.21, 2023, 2023),
            "LOC": (0.22, 2016, 2023),
            "BND": (0.45, 2015, 2022),
        }
    )
    """Other programmes: share of authorities that take each up, and the first and last April in which they do."""
