"""What is planted in lives after 16.

Log odds unless named. Every effect on entering NEET is one on the odds of it in a month, for one who is not; it holds
for every month alike, whatever the state, so that a discrete-time hazard finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthetic.parameters import NEEDS


def _needs(**values: float) -> Mapping[str, float]:
    return {need: values.get(need, 0.0) for need in NEEDS}


@dataclass(frozen=True)
class IntoNeet:
    """Effects on entering NEET in a month."""

    transition_support: float = -0.22
    """Support of the transition at 16, for those with SEN then."""
    sen: float = 0.10
    """SEN at 16, beside none, for autism."""
    need: Mapping[str, float] = field(
        default_factory=lambda: _needs(
            SEMH=0.45, MLD=0.15, SPLD=-0.10, SLCN=0.10, SLD=-0.20, PMLD=-0.20, OTH=0.10, HI=-0.10, VI=-0.10, PD=-0.05
        )
    )
    """Type of need, beside autism, for those with SEN at 16."""
    severity: float = 0.05
    behaviour: float = 0.04
    attainment: float = -0.22
    """One SD of attainment at 16."""
    meals: float = 0.30
    quality: float = -1.0
    """One SD of outcomes that the authority adds."""
    authority_sd: float = 0.56
    """What authorities differ by beyond it."""
    hidden: float = 0.0
    """One SD of the unmeasured; on having support of the transition it has the same effect."""
    duty: float = -0.90
    """The duty to take part in education or training, up to 18."""
    by_year: Mapping[int, float] = field(default_factory=lambda: {2014: 0.0, 2024: 0.41})
    """School year that begins in that year, and those after it."""
    plan: float = 0.0
    """A plan at 16, given need: a known null."""
    male: float = 0.0
    """Sex, given all else: a known null."""
    policy: float = 0.0
    """The authority has taken up the policy: a known null."""


@dataclass(frozen=True)
class OutOfNeet:
    """Effects on leaving NEET in a month."""

    base: float = -0.26
    each_year: float = 0.43
    """Each year after 20."""
    severity: float = -0.12
    attainment: float = 0.12


@dataclass(frozen=True)
class Transition:
    """Who has support of the transition at 16, of those with SEN: recorded things, and luck."""

    base: float = -0.75
    plan: float = 1.1
    need: Mapping[str, float] = field(
        default_factory=lambda: _needs(SEMH=0.35, ASD=0.30, SLD=0.60, PMLD=0.60, DS=0.50, SPLD=-0.30)
    )
    quality: float = 2.0
    """One SD of outcomes that the authority adds."""
    authority_sd: float = 0.5


@dataclass(frozen=True)
class Trajectories:
    """Which way a life goes, beside college: log odds of each to it."""

    academic: float = 0.57
    apprentice: float = -0.95
    long_study: float = -2.85
    """For those with SEN at 16; nobody else goes this way."""
    unsettled: float = -1.15
    academic_attainment: float = 1.90
    apprentice_male: float = 0.5
    apprentice_severity: float = -0.60
    long_study_severity: float = 1.35
    long_study_need: Mapping[str, float] = field(
        default_factory=lambda: _needs(SLD=3.0, PMLD=4.0, DS=3.0, MSI=2.0, PD=0.8, ASD=0.5, SEMH=-0.8, SPLD=-0.8)
    )
    unsettled_attainment: float = -0.30
    unsettled_severity: float = -0.55
    unsettled_behaviour: float = 0.35
    unsettled_meals: float = 0.45
    unsettled_sen: float = 0.44
    unsettled_semh: float = 0.45
    """Social, emotional and mental health as need, for those with SEN at 16."""
    for_plans: bool = True
    """There are specialist settings and supported internships for those with a plan."""
    separation: float = 1.25
    """How far apart the ways lie, 1 being as `routes` has them: at 0 they are one, and sequences have no groups."""


@dataclass(frozen=True)
class Tracking:
    """How an authority loses sight of young people. The share it loses is its own (`places.not_known`)."""

    least: float = 0.003
    share: float = 0.70
    """Share lost of those not NEET, at the least, and what is added to it of the authority's own share."""
    neet: float = 1.2
    """NEET in reality, on being lost."""
    found: float = 0.22
    """Chance in a month of being found again."""
    by_year: Mapping[int, float] = field(default_factory=lambda: {2014: 0.25, 2022: 0.12, 2024: 0.0})
    """School year that begins in that year, and those after it, on being lost."""


@dataclass(frozen=True)
class Work:
    """Sustained work and earnings, by tax year."""

    plan: float = 0.04
    """A plan at 16, given need: log earnings (`earn.log`)."""
    pay: float = 9.80
    """Log of a full year's earnings five years after key stage 4, in pounds of 2015."""
    by_year: float = 0.045
    """Each further year after key stage 4, log earnings."""
    attainment: float = 0.03
    attainment_by_year: float = 0.03
    """One SD of attainment at 16, and what each year beyond five adds to it, log earnings."""
    severity: float = -0.04
    male: float = 0.08
    experience: float = 0.05
    """Each year worked since 16, log earnings."""
    person_sd: float = 0.30
    year_sd: float = 0.18
    real_growth: float = 0.004
    """Each calendar year since 2015, log earnings: pay beyond prices."""
    self_employed: float = 0.06
    """Share of those in work who are self-employed alone."""
    unsteady: float = 0.13
    """Share of the others who, though in work, have gaps in their record of employment."""
    not_linked: float = 0.09
    """Share of young people of whom no tax record is found."""
    student_job: float = 0.38
    """Share of students with paid work beside."""


@dataclass(frozen=True)
class AfterSchool:
    """All that is planted in lives after 16."""

    into_neet: IntoNeet = field(default_factory=IntoNeet)
    out_of_neet: OutOfNeet = field(default_factory=OutOfNeet)
    transition: Transition = field(default_factory=Transition)
    trajectories: Trajectories = field(default_factory=Trajectories)
    tracking: Tracking = field(default_factory=Tracking)
    work: Work = field(default_factory=Work)
