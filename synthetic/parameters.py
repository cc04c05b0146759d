"""What is planted in lives, by theme: how needs arise, how they are found, and what follows from what is done.

Effects are on the scale that each line names: SD of the outcome among all children, log odds, or a rate ratio. They
are the values that an analysis should find; `truth.json` carries them, and the estimands that follow from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NEEDS = ("SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH")
"""Types of need, as the record has them."""


def _needs(**values: float) -> Mapping[str, float]:
    return {need: values.get(need, 0.0) for need in NEEDS}


@dataclass(frozen=True)
class Needs:
    """How needs and severity arise. Factors are standard normal; high is more difficulty."""

    general: float = 0.55
    """Loading of every factor on what they share."""
    male: float = 0.35
    """Boys above girls in language, social communication and behaviour, SD."""
    deprived: float = 0.3
    """One SD of deprivation in cognition, language and behaviour, SD."""
    tail: float = 1.6
    """How much further each SD beyond one takes severity: difficulty has a long tail."""
    hidden: float = 0.0
    """Effect of the unmeasured U on being identified and on asking for a plan, log odds."""
    common: Mapping[str, float] = field(
        default_factory=lambda: _needs(
            SPLD=0.93,
            MLD=0.62,
            SLD=-3.85,
            PMLD=-5.7,
            SEMH=1.05,
            SLCN=1.15,
            HI=-1.6,
            VI=-2.2,
            MSI=-4.5,
            PD=-1.0,
            ASD=0.0,
            DS=-3.8,
            OTH=-0.3,
        )
    )
    """How common each type would be among all children with no difficulty at all, log odds to one another."""


@dataclass(frozen=True)
class Identification:
    """First SEN support, as a hazard by school year (−1 nursery, 0 reception, 1 to 13)."""

    by_year: tuple[float, ...] = (
        *(-6.49, -4.66, -5.19, -4.63, -4.36, -4.22, -4.36, -4.56),
        *(-4.29, -4.63, -4.68, -4.41, -4.81, -14.0, -14.0),
    )
    """Log odds for a child of average scores, from nursery on."""
    growth: Mapping[int, float] = field(
        default_factory=lambda: {2014: -0.05, 2018: 0.0, 2021: 0.42, 2023: 0.7, 2025: 1.02}
    )
    """Calendar year in which a school year ends, log odds: more is found from year to year. Straight between these."""
    review: float = -2.3
    """One SD of the review at two, in nursery and reception."""
    score: float = -2.9
    """One SD of the profile at five, later."""
    around: float = -0.38
    """One SD of deprivation of the authority: a child is judged beside those around it, log odds."""
    youngest: float = 0.43
    """A child born in August beside one born in September, log odds."""
    male: float = 0.0
    meals: float = 1.107
    authority_sd: float = 0.085
    school_sd: float = 0.75
    ethnicity_semh: Mapping[str, float] = field(default_factory=lambda: {"BCRB": 0.31, "MWBC": 0.36, "BAFR": -0.48})
    """Effect where the need is social, emotional and mental health: log hazard ratios 1.36, 1.44 and 0.62."""
    ended: tuple[float, ...] = (0.16, 0.38)
    """Share of support that ends with a school year, and at the move to secondary school, at an average profile."""
    ended_score: float = 0.7
    """One SD of the profile at five, log odds of an end."""


@dataclass(frozen=True)
class Asking:
    """Requests for an EHC assessment since September 2014, as a hazard by calendar year."""

    base: float = -8.3
    review: float = -3.4
    """One SD of the review at two, for the youngest."""
    score: float = -2.8
    """One SD of the profile at five."""
    around: float = -0.68
    """One SD of deprivation of the authority: where many are in need, more must be to ask, log odds."""
    supported: float = 1.5
    """Effect of being on SEN support, log odds."""
    male: float = 0.066
    """Boys beside girls in 2020, log odds."""
    male_growth: float = -0.036
    """How that changes each year: the needs of girls come to be seen."""
    meals: float = 0.872
    """A family that is ever eligible for free meals, log odds."""
    ethnicity: Mapping[str, float] = field(default_factory=lambda: {"APKN": -0.48, "BAFR": -0.38})
    """Groups of whom fewer ask, given all else, log odds."""
    need: Mapping[str, float] = field(
        default_factory=lambda: _needs(
            SPLD=-1.59,
            MLD=0.72,
            SLD=3.52,
            PMLD=2.57,
            SEMH=0.46,
            SLCN=0.38,
            HI=2.74,
            VI=2.69,
            MSI=3.39,
            PD=3.07,
            ASD=3.5,
            DS=3.01,
            OTH=0.05,
        )
    )
    need_age: Mapping[str, float] = field(
        default_factory=lambda: _needs(
            SEMH=0.49,
            SLCN=-0.65,
            ASD=0.03,
        )
    )
    """How the effect of need changes with each year of age from eight on, log odds."""
    authority_sd: float = 0.26
    """Thresholds differ between authorities, log odds."""
    by_age: tuple[float, ...] = (
        *(-10.0, -7.0, -3.3, -0.54, 0.82, 1.42, 1.33, 1.58, 1.45, 1.42, 1.25, 1.5, 1.53, 1.40, 0.96, -0.26),
        *(-1.05, -1.85, -2.85, -3.35, -4.35, -5.0, -5.6),
    )
    """Age on 1 January, 0 to 22, log odds."""
    growth: Mapping[int, float] = field(
        default_factory=lambda: {
            2014: -7.77,
            2015: -6.57,
            2016: -5.06,
            2017: -4.1,
            2018: -3.35,
            2019: -2.80,
            2020: -2.67,
            2021: -2.22,
            2022: -1.87,
            2023: -1.56,
            2024: -1.27,
            2025: -1.02,
        }
    )
    """Calendar years, log odds: more is asked from year to year."""
    statements: Mapping[int, float] = field(
        default_factory=lambda: {2014: 0.58, 2015: 2.14, 2016: 2.2, 2017: 2.29, 2018: 1.49}
    )
    """Statements of before 2014 that became plans until March 2018, beside the hazard of that year, log odds."""


@dataclass(frozen=True)
class Outcomes:
    """Effects on attainment, in SD among all children unless named."""

    severity: float = -0.34
    profile: float = 0.57
    """What the profile at five says of later results beyond severity."""
    deprived: float = -0.36
    """One SD of deprivation, beyond what it does to needs."""
    youngest: float = -0.44
    """A child born in August beside one born in September, at six and beyond the profile; gone by eleven."""
    kept_sd: float = 0.12
    """What a child keeps from stage to stage beyond severity and profile."""
    stage_sd: float = 0.30
    """The luck of a stage."""
    widening: Mapping[int, float] = field(default_factory=lambda: {2019: 0.0, 2022: -0.10, 2025: -0.19})
    """Calendar year in which a stage is sat, and what severity takes beyond `severity`: the gap to those without SEN
    did not close though more with lesser difficulty came to be found. Straight between these."""
    slope_sd: float = 0.01
    """Spread of children's own slopes, SD a year since five."""
    slope: Mapping[str, float] = field(
        default_factory=lambda: _needs(SLD=-0.04, PMLD=-0.04, MLD=-0.02, SEMH=-0.02, SLCN=0.01, HI=0.01)
    )
    """Slope by need, SD a year since five."""
    school_sd: float = 0.20
    authority_sd: float = 0.08
    outlier: float = 0.25
    """Six authorities lie this far from the mean, three on either side."""
    support: float = 0.05
    """SEN support before key stage 2."""
    early: float = 0.12
    """Support from year 2 or before, beyond support."""
    plan: Mapping[str, float] = field(
        default_factory=lambda: _needs(ASD=0.15, SLCN=0.10, SEMH=0.05, MLD=0.08, OTH=0.10)
    )
    """A plan before key stage 2, by need."""
    hours: float = 0.8
    """Attainment 8 points for five delivered hours a week; concave, flat from 20 hours."""
    hours_flat: float = 20.0
    pandemic_2022: float = -0.21
    pandemic_recovery: float = 0.05
    """Key stage 2 in 2022, and what comes back each year."""
    male: float = 0.0
    """Sex, given all else: a known null."""
    hidden: float = 0.0
    """What the unmeasured U takes from every result after five."""
    pupil_points: float = 12.6
    """Attainment 8 points for one SD, from `steeper_below` upwards."""
    mean_points: float = 51.0
    steeper: float = 0.80
    """How much more is lost for each SD below `steeper_below`: who takes few GCSEs has points from few."""
    steeper_below: float = -0.23
    drift_points: float = 0.0
    drift_since: int = 2023
    """Points that everybody has more from a year on, because what is counted has changed."""
    inflated: Mapping[int, float] = field(default_factory=lambda: {2020: 1.095, 2021: 1.105, 2022: 1.05})
    """Grades of the pandemic's years, as a multiple."""


@dataclass(frozen=True)
class Leaving:
    """How children go out of sight."""

    arrives: float = 0.07
    """Share born elsewhere, who come at any age up to 16."""
    emigrates: float = 0.0025
    dies: float = 0.0002
    moves: float = 0.038
    """A year."""


@dataclass(frozen=True)
class Childhood:
    """All that is planted in lives up to the end of school."""

    needs: Needs = field(default_factory=Needs)
    identification: Identification = field(default_factory=Identification)
    asking: Asking = field(default_factory=Asking)
    outcomes: Outcomes = field(default_factory=Outcomes)
    leaving: Leaving = field(default_factory=Leaving)
