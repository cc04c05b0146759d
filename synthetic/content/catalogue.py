"""Kinds of line that plans have: what, by whom, for which needs, how often, and at what price.

Lines of section F share the plan's weekly hours by weight; the others have hours of their own. Prices are pounds an
hour of the professional, about the level of 2024. None of this is published: it is made so that it looks like plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WEEKS = 38
"""Weeks of a school year in which provision is due."""
IN_YEAR: Mapping[str, float] = {"W": WEEKS, "M": 9, "T": 3, "O": 0}
"""Period → how often it comes in a school year; `O`, once, counts no hours."""


@dataclass(frozen=True)
class Kind:
    """A kind of line. `needs`: share of plans that have it by primary need (`usual` for those not named), or, in
    sections G and H, by the health or social care need in C or D. `hours`: of a session, None where they follow from
    the plan's weekly hours. `group`: the largest group. `from_age`: years from which it is due."""

    section: str
    provision: str
    profession: str | None
    usual: float = 0.0
    needs: Mapping[str, float] = field(default_factory=dict)
    weight: float = 0.0
    hours: float | None = None
    period: str = "W"
    sessions: float = 1
    group: int = 1
    rate: float = 0.0
    funding: str = "HNB"
    from_age: int = 0


THERAPY = ("SLT", "OT", "PT", "EP", "CAMHS", "NUR")
"""Professions whose posts stand empty and have waiting lists more than others."""

SPEECH = {"SLCN": 0.96, "ASD": 0.75, "DS": 0.95, "SLD": 0.85, "PMLD": 0.85, "HI": 0.6}
NURSED = {"NEU": 0.7, "RES": 0.7, "FED": 0.8, "CON": 0.5, "LLC": 0.9}

KINDS = (
    Kind("F", "ADU", "TA", 0.94, weight=0.62, sessions=5, group=3, rate=17),
    Kind("F", "TCH", "ST", 0.35, {"SPLD": 0.85, "MLD": 0.5, "SLD": 0.6}, 0.10, sessions=2, group=3, rate=42),
    Kind("F", "SGP", "TE", 0.65, {"PMLD": 0.3, "SEMH": 0.75}, 0.16, sessions=4, group=8, rate=38, funding="SCH"),
    Kind("F", "SEN", "TOD", 0.0, {"HI": 0.95}, 0.14, sessions=2, rate=48),
    Kind("F", "SEN", "QTVI", 0.0, {"VI": 0.95}, 0.14, sessions=2, rate=48),
    Kind("F", "SEN", "QTMSI", 0.0, {"MSI": 0.95}, 0.18, sessions=2, rate=48),
    Kind("F", "SLT", "SLT", 0.25, SPEECH, weight=0.05, group=4, rate=55),
    Kind("F", "OT", "OT", 0.12, {"PD": 0.7, "ASD": 0.4, "PMLD": 0.75, "DS": 0.4}, 0.04, group=2, rate=52),
    Kind("F", "PT", "PT", 0.02, {"PD": 0.75, "PMLD": 0.8, "SLD": 0.2}, 0.05, rate=52),
    Kind("F", "PSY", "EP", 0.12, {"SEMH": 0.4, "ASD": 0.25}, hours=1.5, period="T", rate=85),
    Kind("F", "EQP", None, 0.15, {"HI": 0.8, "VI": 0.85, "MSI": 0.95, "PD": 0.8, "PMLD": 0.7}, period="O", rate=900),
    Kind("F", "TRA", "CA", 0.6, weight=0.06, group=6, rate=32, from_age=14),
    Kind("G", "MH", "CAMHS", 0.0, {"MH": 0.7, "SLP": 0.2}, hours=1.0, period="M", rate=70, funding="NHS"),
    Kind("G", "MED", "NUR", 0.0, NURSED, hours=0.5, rate=35, funding="NHS"),
    Kind("H1", "SB", "PAS", 0.0, {"CAR": 0.85, "SAF": 0.5, "PER": 0.4}, hours=6.0, period="M", rate=22, funding="SC"),
    Kind("H2", "PC", "PAS", 0.0, {"PER": 0.7, "IND": 0.6, "HOM": 0.3}, hours=3.0, period="W", rate=20, funding="SC"),
)
"""In the order of a plan; a line's number is its place among those that the plan ever has."""
IN_F = tuple(kind.section == "F" for kind in KINDS)
