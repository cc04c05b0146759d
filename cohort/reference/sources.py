"""The official files that are known: how each is recognised, who published it, and its total row.

A file is recognised by the columns that it holds, never by its name: downloads are renamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cohort.reference.figure import TOTAL

PLANS = "Education, health and care plans (DfE)"
TRIBUNALS = "Tribunal statistics: SEND appeal rate (MoJ)"
CALENDAR, ACADEMIC = "Calendar year", "Academic year"


@dataclass(frozen=True)
class Source:
    """A file of a publication, edition after edition.

    `marks` are columns (lower snake case) that must all be there; `period` its time identifier where two
    files share their columns; `total` its topic and breakdown of everybody; `lag` the years from the last
    year counted to the edition, which is the year of the SEN2 return that it rests on; `is_words` says that
    its columns hold words.
    """

    name: str
    publication: str
    marks: frozenset[str]
    total: tuple[str, str]
    lag: int = 0
    period: str | None = None
    is_words: bool = False


def _plans(name: str, mark: str, total: str, period: str) -> Source:
    lag = 1 if period == CALENDAR else 0
    return Source(name, PLANS, frozenset(mark.split()), (total, total), lag, period)


OFFICERS = Source("sen2_dmo_dco", PLANS, frozenset({"des_med_off"}), (TOTAL, TOTAL), period=CALENDAR, is_words=True)
"""Designated officers in post: its `Calendar year` is the year of the return itself."""

APPEALS = Source(
    "send_tribunals_appeal_rate",
    TRIBUNALS,
    frozenset(),
    ("All appealable decisions", "All appealable decisions"),
    lag=1,
)
"""The Ministry of Justice's table, which has a layout of its own (see `cohort.reference.appeals`)."""

SOURCES = (
    _plans("annual_reviews", "total_ehc_plans review_expected", "All annual reviews", CALENDAR),
    _plans("assessments", "assess_in_year", "All EHC needs assessments", CALENDAR),
    _plans("caseload", "ehcplans", "All EHC plans", ACADEMIC),
    _plans("ceased_plans", "total_ceased", "All ceased EHC plans", CALENDAR),
    _plans("newplans", "new_ehc_plans", "New EHC plans", CALENDAR),
    _plans("personal_budgets", "personal_budget", "All personal budgets", ACADEMIC),
    _plans("requests", "requests_received_in_year", "All requests for EHC needs assessments", CALENDAR),
    _plans("residential_settings", "res_tot", "All residential placements", ACADEMIC),
    _plans("sen_need_newplans", "ehc_plans number_asd", "All EHC plans", CALENDAR),
    _plans("sen_needs_all_plans", "ehc_plans number_asd", "All EHC plans", ACADEMIC),
    _plans("timeliness_20_week", "plans_issued_den plans_issued_den_ex", "All EHC plans issued", CALENDAR),
    _plans("work_based_placements", "open_wbp", "All work based placements", ACADEMIC),
    OFFICERS,
    APPEALS,
)

BY_NAME = {source.name: source for source in SOURCES}


def recognise(columns: Iterable[str], period: str | None) -> Source | None:
    """The source of a file in the EES layout, by its columns in lower snake case and its time identifier."""
    held = frozenset(columns)
    fitting = [s for s in SOURCES if s.marks and s.marks <= held and s.period in (None, period)]
    return max(fitting, key=lambda s: len(s.marks), default=None)
