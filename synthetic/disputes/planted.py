"""What is planted in disputes. Figures marked † are published (Ministry of Justice, *Tribunal statistics quarterly*;
DfE, *Education, health and care plans*; Local Government and Social Care Ombudsman, *Annual review of complaints*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Disputing:
    """Shares are 0 to 1, spans are days or weeks as named."""

    amended_appealed: float = 0.047
    """Share of decisions to amend after a review whose content is appealed, in the school year 2024/25: so that 61 %
    of appeals registered are on content †."""
    kept_appealed: float = 0.022
    """Share of decisions to leave a plan as it is that are appealed, in the same year."""
    growth: float = 1.2
    """Appeals after reviews from one school year to the next †."""
    mediated_too: float = 0.08
    """Share of these with a mediation before."""
    reassessing: float = 0.3
    """Share of appeals against leaving a plan as it is that are about refusing to reassess."""
    placement_alone: float = 0.12
    """Share of appeals on content that are on section I alone and need no certificate."""

    grounds: Mapping[str, float] = field(default_factory=lambda: {"B": 0.65, "F": 0.82, "I": 0.72})
    """Share of other appeals on content that name each section."""
    weeks: Mapping[int, float] = field(
        default_factory=lambda: {2014: 17, 2018: 20, 2021: 24, 2022: 30, 2023: 38, 2024: 44}
    )
    """Mean weeks from registration to a decision, by the first calendar year of each span."""
    ended: Mapping[str, float] = field(default_factory=lambda: {"decided": 0.71, "CO": 0.18, "WD": 0.09, "SO": 0.02})
    """How appeals end if nothing else ends them: 68 % of all by a decision †."""
    dismissed: float = 0.02
    """Of appeals decided †."""
    allowed_wholly: float = 0.45
    section_i: Mapping[str, float] = field(default_factory=lambda: {"P": 0.456, "A": 0.294, "L": 0.250})
    """Whose choice of placement stands where there are other grounds; of all, 45.6, 35.3 and 19.1 % †."""
    extended: float = 0.18
    """Share of appeals on content that ask for recommendations on health and social care, since April 2018."""
    costs_ordered: float = 0.002

    agreed: Mapping[str, float] = field(default_factory=lambda: {"AF": 0.45, "AP": 0.27, "NA": 0.23, "NH": 0.05})
    """How mediation ends where no appeal follows."""
    not_agreed: Mapping[str, float] = field(default_factory=lambda: {"NA": 0.85, "AP": 0.15})
    """How it ends where one does."""

    late_complained: float = 0.05
    """Share of plans issued late whose delay is complained of."""
    plan_complained: float = 0.009
    """Share of plans complained of in a year for other reasons."""
    second_stage: float = 0.30
    to_ombudsman: float = 0.35
    """Share of complaints that go to the next stage."""
    upheld: Mapping[str, float] = field(
        default_factory=lambda: {"UI": 0.50, "UF": 0.04, "UR": 0.06, "NU": 0.05, "CI": 0.25, "RF": 0.10}
    )
    """What the Ombudsman finds: of what is investigated in education, nine in ten upheld †."""
    late_reviewed: float = 0.004
    """Share of plans issued late over which a judicial review is threatened."""
    claims_costs: float = 0.12
    """Share of appeals after which a family claims costs."""
