"""Time to an event: process clocks with open cases, first records, plans and their ends, states from 16 to 25.

Everything here counts who is still waiting. A share of those who have arrived (plans issued within 20 weeks, of plans
issued) looks the better the more are kept waiting; one minus Kaplan–Meier pretends that whoever was refused will be
given a plan yet; and "ever had a plan" gives each child the years that it had to live without one. So: open cases
are censored, other ends are competing events, and an exposure begins when it begins.

`incidence` and its table `cumulative_incidence` for chances by a time, `cox` and `fine_gray` for ratios in continuous
time, `discrete_hazard` for terms and years and for standardised chances, `multistate` for months among states.
"""

from analysis.models.event_time.discrete import DiscreteHazardResult, discrete_hazard
from analysis.models.event_time.incidence import IncidenceResult, incidence
from analysis.models.event_time.multistate import MultistateResult, multistate
from analysis.models.event_time.proportional import ProportionalResult, cox, fine_gray
from analysis.models.event_time.spells import CENSORED
from analysis.models.frame import Frame

__all__ = [
    "CENSORED",
    "DiscreteHazardResult",
    "IncidenceResult",
    "MultistateResult",
    "ProportionalResult",
    "cox",
    "cumulative_incidence",
    "discrete_hazard",
    "fine_gray",
    "incidence",
    "multistate",
]


def cumulative_incidence(
    frame: Frame, time: str, event: str, entry: str | None = None, by: str | None = None, level: float = 0.95
) -> Frame:
    """time, event, by, estimate, se, low, high, at_risk, n_events: the table of `incidence`, which says the rest."""
    return incidence(frame, time, event, entry, by, level).curve
