"""What is planted in assessments: who is asked for advice, how often it comes in six weeks, and waits for diagnosis.

No return collects advice by profession; that educational psychologists and health are late most often is what
authorities say (DfE, *Educational psychology services: workforce insights and school perspectives*, 2023).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Assessing:
    """Shares are 0 to 1, effects log odds, spans weeks unless named."""

    on_time: Mapping[str, float] = field(
        default_factory=lambda: {
            "PA": 0.90,
            "CY": 0.86,
            "SC": 0.82,
            "EP": 0.50,
            "PAED": 0.58,
            "SW": 0.74,
            "SLT": 0.55,
            "OT": 0.52,
            "CAMHS": 0.48,
            "QTVI": 0.80,
            "TOD": 0.80,
            "CA": 0.72,
        }
    )
    """Share of advice that comes within six weeks, by profession, in an authority of average timeliness."""
    on_time_authority: float = 0.45
    """Effect of one unit of the authority's timeliness in issuing plans."""
    on_time_authority_sd: float = 0.35
    """What authorities differ in beyond that."""
    late: float = 4.0
    """Mean weeks by which late advice is late."""
    exception: float = 0.04
    """Share of late advice with an exception to the six weeks."""
    earlier: float = 0.05
    """Share of advice that was there already and is used by agreement."""
    unknown: Mapping[str, float] = field(default_factory=lambda: {"SW": 0.45, "PAED": 0.12, "CAMHS": 0.05})
    """Share of answers that nothing is known of the child."""
    drafted_again: float = 0.22
    """Share of first plans with a second draft."""

    waits: Mapping[int, float] = field(
        default_factory=lambda: {2000: 16, 2015: 24, 2019: 38, 2021: 52, 2023: 70, 2025: 84}
    )
    """Median weeks to a first appointment for autism and attention deficit, by the first year of each span."""
    other_waits: float = 14.0
    """The same for everything else."""
    waits_sd: float = 0.5
    """Spread of waits within an authority, and `waits_authority_sd` between authorities, log scale."""
    waits_authority_sd: float = 0.25
    not_accepted: float = 0.12
    diagnosed: float = 0.80
    """Share of those seen."""
