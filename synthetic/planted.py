"""What a world is made of: every parameter that is planted, and nothing that is drawn.

A world is a set of values. Figures marked † are published for England (DfE, *Education, health and care plans*,
2023 to 2025); the others are chosen so that every lawful case occurs and an analysis has something to find.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from synthetic.after_16.planted import AfterSchool
from synthetic.asking import Policy
from synthetic.assessing.planted import Assessing
from synthetic.care.planted import Caring
from synthetic.content.planted import Content
from synthetic.disputes.planted import Disputing
from synthetic.governing.planted import Governing
from synthetic.parameters import Childhood
from synthetic.school_life.schooling import Schooling


@dataclass(frozen=True)
class Planted:
    """The data-generating process. Shares are 0 to 1, effects are log odds, spans are days unless named."""

    name: str = "main"
    childhood: Childhood = field(default_factory=Childhood)
    """How needs arise, are found, and what follows."""
    content: Content = field(default_factory=Content)
    """What plans say, and what is delivered of it."""
    assessing: Assessing = field(default_factory=Assessing)
    """Advice, drafts and referrals before a plan."""
    caring: Caring = field(default_factory=Caring)
    """Social care, care and youth justice."""
    governing: Governing = field(default_factory=Governing)
    """Staff, money, inspections and boards of authorities."""
    disputing: Disputing = field(default_factory=Disputing)
    """Mediation, appeals, complaints."""
    schooling: Schooling = field(default_factory=Schooling)
    """Absence, suspension, exclusion, and who goes out of sight."""
    after_school: AfterSchool = field(default_factory=AfterSchool)
    """Life after 16."""
    policy: Policy = field(default_factory=Policy)
    """What the policy that some authorities took up did to requests."""
    size_sd: float = 0.75
    """Spread of the authorities' sizes, on the log scale."""

    in_time: float = 0.464
    """Share of plans issued within 20 weeks † (39,407 of 84,866 in 2024)."""
    in_time_authority_sd: float = 1.75
    """Standard deviation of the authorities' effects on issue within 20 weeks, log odds."""
    in_time_semh: float = -0.35
    """Effect of social, emotional and mental health as primary need."""
    in_time_age: tuple[tuple[int, float], ...] = ((0, 0.25), (5, 0.0), (11, -0.20), (16, -0.45))
    """Effect of age at receipt: the first year of each group and its effect."""
    in_time_year: tuple[tuple[int, float], ...] = ((0, 0.55), (2020, 0.45), (2022, 0.15), (2024, 0.0))
    """Effect of the calendar year of receipt: the first year of each span and its effect †."""
    in_time_male: float = 0.0
    """Effect of sex: a known null."""
    stalled: int = 0
    """Authorities that issue in time what they can, and leave all else open."""
    late_mean: float = 110.0
    """Mean days over 20 weeks of a late plan: 7 % of all plans take over a year †."""
    exception_if_late: float = 0.115
    """Share of late plans with an exception to the 20 weeks."""

    refused: float = 0.278
    """Mean share of decisions whether to assess that are refusals †."""
    refused_sd: float = 0.13
    """Spread of that share between authorities."""
    withdrawn: float = 0.012
    """Share of requests that are withdrawn."""
    no_plan: float = 0.055
    """Share of assessments that end without a plan."""
    appealed: float = 0.12
    """Mean share of refusals to assess that are appealed †."""
    no_plan_appealed: float = 1.9
    """How many times as often a decision to issue no plan is appealed †."""
    appealed_sd: float = 0.04
    """Spread of that share between authorities."""
    mediated: float = 0.25
    """Share of refusals that go to mediation."""
    content_appealed: float = 0.03
    """Share of new plans whose content is appealed."""
    content_mediated: float = 0.02
    """Share of new plans whose content goes to mediation."""
    asked_again: float = 0.10
    """Share of refused requests that are made again within 13 months."""
    identifiers_lost: float = 0.06
    """Share of movers whose UPN does not come with them at first."""

    temporary_upn: float = 0.0
    """Share of children with a temporary UPN. None: it calls for a reason, and a clean file for none."""
    reorganised: float = 0.0
    """Effect on issue within 20 weeks of having been reorganised, for two years, log odds."""
    with_reorganised: bool = False
    """Whether authorities that were reorganised since 2015 are among those drawn, however few are."""
    not_known: float = 0.025
    """Mean share of young people after 16 whose activity an authority does not know; skewed, 0 to 19 %."""
    delivers: float = 0.78
    delivers_sd: float = 0.08
    """Share of specified hours that authorities deliver, and its spread between them."""
    never_in_school: float = 0.003
    """Share of children who never had a UPN."""
