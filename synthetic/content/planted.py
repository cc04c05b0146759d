"""What is planted in the content of plans: how much is specified, how it is worded, what is delivered, what is logged.

Hours specified follow from what is recorded (band of need, type of need, placement) and from luck; only a world with a
hidden confounder lets the unmeasured in. None of these figures is published for England: no return collects them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PLACEMENTS = ("mainstream", "unit", "special", "college", "other", "none")
"""Kinds of placement that the hours depend on; `none`: at home or nowhere, where nothing is due."""


@dataclass(frozen=True)
class Content:
    """Effects on hours are log ratios; shares are 0 to 1, and where one has a spread it differs between authorities."""

    hours: float = 2.15
    """Log of the weekly hours in section F: band 0, no type of need, mainstream."""
    hours_band: float = 0.12
    """A band of need: one half of a standard deviation of the profile at five, or of the review at two."""
    hours_need: Mapping[str, float] = field(
        default_factory=lambda: {
            "SPLD": -0.30,
            "MLD": -0.15,
            "SLD": 0.25,
            "PMLD": 0.40,
            "SEMH": 0.05,
            "SLCN": -0.10,
            "HI": 0.05,
            "VI": 0.10,
            "MSI": 0.30,
            "PD": 0.15,
            "ASD": 0.10,
            "DS": 0.15,
            "OTH": 0.0,
        }
    )
    hours_placement: Mapping[str, float] = field(
        default_factory=lambda: dict(zip(PLACEMENTS, (0.0, -0.10, -0.20, -0.45, -0.35, -0.35), strict=True))
    )
    hours_sd: float = 0.30
    """Between plans of which all the same is recorded."""
    hours_amended_sd: float = 0.10
    """From one version of a plan to the next."""
    hours_hidden: float = 0.0
    """One SD of the unmeasured."""

    quantified: float = 0.85
    quantified_sd: float = 0.08
    """Share of lines that state amount and frequency."""
    specific: float = 0.92
    specific_else: float = 0.30
    """Share without words such as 'as required': of lines that state an amount, and of the others."""
    band_funded: float = 0.35
    band_funded_sd: float = 0.20
    """Share of plans paid by a band, whose lines have no cost."""

    same_plan: float = 12.0
    """Concentration of the beta distribution of a plan's own share around what its authority delivers."""
    in_full: float = 0.45
    """Of a plan's own share, what comes as lines delivered in full in a term."""
    not_at_all: float = 0.25
    """Of what is not delivered, what comes as lines not delivered at all in a term."""
    log_error: float = 0.05
    """Coefficient of variation of the log of one plan: who keeps it errs alike in all of it."""
    not_recorded: float = 0.15
    not_recorded_sd: float = 0.07
    """Share of lines and terms of which nothing is recorded."""
    whole_log: float = 0.70
    """Share of logs kept in every week of the term; of the others any part may be missing."""

    progress: float = 2.0
    """Delivering everything rather than nothing, on the log odds that an outcome in section E goes well."""
