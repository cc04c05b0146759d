"""What is planted in school life: rates of England, and what raises them for one child beside another.

Rates are of England, by the year in which the school year ends (DfE, *Pupil absence in schools in England*,
*Suspensions and permanent exclusions in England*, *Elective home education*; the last one or two years are carried
forward). A world meets them whatever else is planted: each year's intercept is found from its own pupils. Effects are
log rate ratios unless named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ENOUGH = {"absence": 0.85, "conduct": 0.39}
"""SD below the mean in the profile at five, beyond which a still lower one changes nothing more."""
FAR_BELOW = 1.3
"""SD below the mean in the profile at five, from which on children are watched so closely that conduct tells less."""
AGES = range(-1, 14)
"""School years for which a profile by age is given, from nursery (−1) to year 13."""


@dataclass(frozen=True)
class Absence:
    """Sessions missed, with authority and without."""

    authorised: Mapping[int, float] = field(
        default_factory=lambda: {
            2015: 0.035, 2016: 0.0345, 2017: 0.034, 2018: 0.0345, 2019: 0.033, 2020: 0.034,
            2021: 0.034, 2022: 0.054, 2023: 0.050, 2024: 0.049, 2025: 0.045, 2026: 0.044,
        }
    )  # fmt: skip
    unauthorised: Mapping[int, float] = field(
        default_factory=lambda: {
            2015: 0.011, 2016: 0.011, 2017: 0.013, 2018: 0.0135, 2019: 0.014, 2020: 0.015,
            2021: 0.012, 2022: 0.021, 2023: 0.024, 2024: 0.024, 2025: 0.023, 2026: 0.023,
        }
    )  # fmt: skip
    """Shares of possible sessions."""
    authorised_by_age: tuple[float, ...] = (
        *(0.0, 0.05, -0.02, -0.08, -0.1, -0.1, -0.1, -0.08),
        *(0.0, 0.12, 0.16, 0.2, 0.2, 0.0, 0.0),
    )
    unauthorised_by_age: tuple[float, ...] = (
        *(0.0, -0.3, -0.35, -0.4, -0.45, -0.45, -0.4, -0.35),
        *(-0.1, 0.25, 0.45, 0.55, 0.55, 0.0, 0.0),
    )
    profile: tuple[float, float] = (0.38, 0.39)
    """One SD below the mean in the profile at five, on absence with authority and without, up to ENOUGH SD."""
    severity: tuple[float, float] = (0.06, 0.0)
    """One SD of severity."""
    behaviour: tuple[float, float] = (0.0, 0.12)
    meals: tuple[float, float] = (0.22, 0.90)
    need: Mapping[str, float] = field(default_factory=lambda: {"SEMH": 0.26, "SLCN": -0.22, "PMLD": 0.2, "ASD": -0.06})
    """Types of need beside the others, on both."""
    breach: float = 1.08
    """Rate ratio of unauthorised absence from the day on which a plan came later than 20 weeks."""
    spread: tuple[float, float] = (0.68, 1.65)
    """SD between children that lasts, log scale."""
    yearly: tuple[float, float] = (0.35, 0.85)
    """SD of a child's own from year to year, log scale."""
    shared: float = 0.5
    """Correlation of the two kinds of absence in what lasts."""
    school_sd: float = 0.12
    authority_sd: float = 0.04


@dataclass(frozen=True)
class Suspensions:
    """Suspensions, which come again and again to the same children."""

    rate: Mapping[int, float] = field(
        default_factory=lambda: {
            2015: 0.0388, 2016: 0.0429, 2017: 0.0476, 2018: 0.0508, 2019: 0.0536, 2020: 0.0376,
            2021: 0.0425, 2022: 0.0691, 2023: 0.0933, 2024: 0.1131, 2025: 0.115, 2026: 0.115,
        }
    )  # fmt: skip
    """For each pupil on roll in January."""
    by_age: tuple[float, ...] = (
        *(-5.0, -2.3, -2.0, -1.8, -1.6, -1.4, -1.2, -1.0),
        *(0.4, 0.8, 0.95, 0.9, 0.4, -1.2, -1.4),
    )
    profile: float = 9.2
    """One SD below the mean in the profile at five, up to ENOUGH SD."""
    far_below: float = -0.7
    """Each SD further than FAR_BELOW."""
    severity: float = 0.05
    behaviour: float = 0.08
    need: Mapping[str, float] = field(
        default_factory=lambda: {
            "SEMH": 1.2,
            "SPLD": 0.6,
            "MLD": 0.5,
            "ASD": -1.1,
            "SLCN": -0.4,
            "PD": -1.2,
            "SLD": -2.5,
            "PMLD": -4.0,
            "DS": -2.5,
        }
    )
    meals: float = 0.9
    male: float = 0.0
    """Sex, given all else: a known null."""
    spread: float = 1.8
    """SD between children that lasts, log scale."""
    school_sd: float = 0.55
    authority_sd: float = 0.25


@dataclass(frozen=True)
class Exclusions:
    """Permanent exclusions: a hazard by school year that knows nothing of plans, nor of support."""

    rate: Mapping[int, float] = field(
        default_factory=lambda: {
            2015: 0.0007, 2016: 0.0008, 2017: 0.0010, 2018: 0.0010, 2019: 0.0010, 2020: 0.0006,
            2021: 0.0005, 2022: 0.0008, 2023: 0.0011, 2024: 0.0013, 2025: 0.0013, 2026: 0.0013,
        }
    )  # fmt: skip
    """For each pupil on roll in January."""
    more: float = 1.0
    """How many times as common as in England."""
    by_age: tuple[float, ...] = (
        *(-6.0, -2.6, -2.2, -2.0, -1.8, -1.6, -1.3, -1.0),
        *(0.3, 0.9, 1.1, 1.0, 0.2, -2.5, -3.0),
    )
    profile: float = 8.0
    far_below: float = -0.6
    severity: float = 0.05
    behaviour: float = 0.15
    need: Mapping[str, float] = field(
        default_factory=lambda: {
            "SEMH": 1.6,
            "SPLD": 0.4,
            "MLD": 0.4,
            "ASD": -0.9,
            "SLCN": -0.4,
            "PD": -1.2,
            "SLD": -3.0,
            "PMLD": -4.0,
            "DS": -3.0,
        }
    )
    meals: float = 1.0
    authority_sd: float = 0.25


@dataclass(frozen=True)
class Sight:
    """How children go out of the sight of state schools. All of it hangs on what is recorded, but for `later`."""

    independent: float = 0.055
    """Share who go to independent schools from the start, and until 16."""
    independent_at_11: float = 0.03
    """Share of state pupils who leave for them after year 6."""
    back_at_11: float = 0.25
    """Share of those in independent schools who come to a state school at 11."""
    affluence: float = 0.30
    """One decile less deprived, on going to independent schools, log odds."""
    profile: float = 0.15
    """One SD of the profile at five on the same, log odds."""
    at_home: Mapping[int, float] = field(
        default_factory=lambda: {
            2015: 0.0018, 2016: 0.0018, 2017: 0.0020, 2018: 0.0022, 2019: 0.0026, 2020: 0.0034,
            2021: 0.0040, 2022: 0.0044, 2023: 0.0058, 2024: 0.0072, 2025: 0.0070, 2026: 0.0070,
        }
    )  # fmt: skip
    """Share of state pupils of 5 to 15 who leave for home education in the year after January."""
    at_home_first: float = 0.006
    """Share at home when the first year that is told begins."""
    absence: float = 3.0
    """All sessions of the year missed beside none, on leaving for either, log rate."""
    home_profile: float = -0.10
    """One SD of the profile at five on leaving for home education, log rate."""
    home_support: float = 0.0
    """SEN support on the same."""
    home_by_age: tuple[float, ...] = (
        *(-9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.1),
        *(0.4, 0.5, 0.5, 0.3, -9.0, -9.0, -9.0),
    )
    home_ended: float = 0.16
    """Share of home education that ends with a return to school each year."""
    later: float = 0.0
    """Effect of one SD of a later outcome on going out of sight, given all else: what makes it not at random."""
    stays_on: float = 0.38
    """Share in a school's sixth form after year 11."""
    nursery: float = 0.35
    """Share in a nursery class of a school at 3."""


@dataclass(frozen=True)
class Recording:
    """What schools leave out, as shares."""

    need_missing: float = 0.008
    """Pupils with support or a plan for whom no type of need is told."""
    need_not_assessed: float = 0.04
    """Pupils with support whose need is told as not yet assessed."""
    value_missing: float = 0.004
    """Any one of the optional traits of an enrolment."""
    attendance_missing: float = 0.001
    """Terms of pupils of which no sessions were told."""
    reason_missing: float = 0.01
    """Suspensions without a reason."""


@dataclass(frozen=True)
class Schooling:
    """All that is planted in school life."""

    absence: Absence = field(default_factory=Absence)
    suspensions: Suspensions = field(default_factory=Suspensions)
    exclusions: Exclusions = field(default_factory=Exclusions)
    sight: Sight = field(default_factory=Sight)
    recording: Recording = field(default_factory=Recording)


IMMORTAL = Exclusions(
    rate=dict.fromkeys(range(2015, 2027), 0.02),
    by_age=(-9.0, *(0.0,) * 12, -9.0, -9.0),
    profile=0.0,
    severity=0.0,
    behaviour=0.0,
    far_below=0.0,
    need=dict.fromkeys(Exclusions().need, 0.0),
    meals=0.0,
    authority_sd=0.0,
)
"""Permanent exclusion by age alone, often, and from reception on: what is left between those who ever had a plan and
those who never had is the time in which the former could not yet be excluded with one."""
