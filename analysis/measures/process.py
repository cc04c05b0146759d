"""Measures of the EHC process: its clocks, what is decided, and what stays open."""

from __future__ import annotations

from analysis.measure import (
    PERSON_LEVEL,
    WEEK,
    Count,
    Direction,
    Measure,
    everyone,
    median,
    number_of,
    rate,
    share,
    weeks,
)
from analysis.population import Condition, Table
from analysis.populations.process import (
    APPEALABLE,
    APPEALS,
    ASSESSMENTS,
    DECISIONS,
    OPEN_CASES,
    PLANS_CEASED,
    PLANS_IN_FORCE,
    PLANS_ISSUED,
    REQUESTS,
    UNDECIDED,
)

DECISION_DAYS = 6 * WEEK
"""6 weeks from the request to the decision whether to assess: SEND Regulations 2014, regulation 4."""
STATUTORY_DAYS = 20 * WEEK
"""20 weeks from the request to the final plan: SEND Regulations 2014, regulation 13(2)."""
DFE = "DfE, Education, health and care plans"


def _no_exception(table: Table) -> Condition:
    return ~table.assessment_is_exception.fill_null(False)


plans_in_force = number_of(
    PLANS_IN_FORCE,
    everyone,
    """
    person_id | start_date || counts
    a         | 2021-05-01 || yes
    b         | 2024-12-20 || yes
    """,
    name="plans_in_force",
    title="Plans in force",
    sentence="EHC plans in force on census day in the January after the year.",
    unit="plans",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: caseload.",
)

requests = number_of(
    REQUESTS,
    everyone,
    """
    person_id | received_date | outcome_code || counts
    a         | 2024-02-01    | Y            || yes
    b         | 2024-12-30    | A            || yes
    """,
    name="requests",
    title="Requests for assessment",
    sentence="Requests for an EHC needs assessment received in the year.",
    unit="requests",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: requests.",
)

refused = share(
    REQUESTS,
    lambda t: t.outcome_code == "N",
    """
    person_id | outcome_code || of  | counts
    a         | N            || yes | yes
    b         | Y            || yes | no
    c         | A            || yes | no
    d         | W            || yes | no
    """,
    name="refused",
    title="Requests refused",
    sentence="Of requests received in the year, those that the authority decided not to assess. "
    "Requests undecided or withdrawn stay in the denominator.",
    unit="share of requests",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: requests; 25.2 % in 2024.",
)

decided_in_6_weeks = share(
    DECISIONS,
    lambda t: t.days_to_decision <= DECISION_DAYS,
    """
    outcome_code | days_to_decision || of  | counts
    Y            | 41               || yes | yes
    N            | 42               || yes | yes
    Y            | 43               || yes | no
    """,
    name="decided_in_6_weeks",
    title="Decisions to assess within 6 weeks",
    sentence="Of decisions whether to assess made in the year, those made within 6 weeks of the request. "
    "Requests still undecided are not in it.",
    unit="share of decisions",
    direction=Direction.HIGHER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 4.",
)

weeks_to_decision = median(
    DECISIONS,
    lambda t: weeks(t.days_to_decision),
    """
    days_to_decision || value
    28               || 4
    42               || 6
    70               || 10
    """,
    6,
    name="weeks_to_decision",
    title="Weeks to the decision whether to assess",
    sentence="Of decisions whether to assess made in the year, the weeks from the request that half did not exceed.",
    unit="weeks",
    direction=Direction.LOWER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 4: 6 weeks.",
)

undecided_over_6_weeks = share(
    UNDECIDED,
    lambda t: t.days_open > DECISION_DAYS,
    """
    days_open || of  | counts
    0         || yes | no
    42        || yes | no
    43        || yes | yes
    """,
    name="undecided_over_6_weeks",
    title="Undecided requests older than 6 weeks",
    sentence="Of requests undecided on census day in the January after the year, those received more than 6 weeks "
    "before.",
    unit="share of undecided requests",
    direction=Direction.LOWER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 4; the open cases that shares of decisions leave out.",
)

open_over_20_weeks = share(
    OPEN_CASES,
    lambda t: t.days_open > STATUTORY_DAYS,
    """
    days_open | outcome_code | assessment_outcome_code || of  | counts
    139       | A            |                         || yes | no
    140       | Y            | A                       || yes | no
    141       | Y            | Y                       || yes | yes
    """,
    name="open_over_20_weeks",
    title="Open cases older than 20 weeks",
    sentence="Of requests that on census day in the January after the year had neither been refused or withdrawn nor "
    "led to a plan or to a decision against one, those received more than 20 weeks before.",
    unit="share of open cases",
    direction=Direction.LOWER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 13; the open cases that shares of plans issued leave out.",
)

within_20_weeks = share(
    PLANS_ISSUED,
    lambda t: t.days_to_plan <= STATUTORY_DAYS,
    """
    person_id | days_to_plan | assessment_is_exception || of  | counts
    a         | 139          | no                      || yes | yes
    b         | 140          | no                      || yes | yes
    c         | 141          | no                      || yes | no
    d         | 139          | yes                     || no  | no
    e         | 139          |                         || yes | yes
    """,
    _no_exception,
    name="within_20_weeks",
    title="Plans issued within 20 weeks",
    sentence="Of plans first issued in the year, cases with a lawful exception left out, those issued within "
    "20 weeks of the request. Cases still open are not in it.",
    unit="share of plans issued",
    direction=Direction.HIGHER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 13; DfE: 46.4 % in 2024.",
)

within_20_weeks_of_all = share(
    PLANS_ISSUED,
    lambda t: t.days_to_plan <= STATUTORY_DAYS,
    """
    person_id | days_to_plan | assessment_is_exception || of  | counts
    a         | 140          | no                      || yes | yes
    b         | 139          | yes                     || yes | yes
    c         | 141          | yes                     || yes | no
    """,
    name="within_20_weeks_of_all",
    title="Plans issued within 20 weeks, exceptions included",
    sentence="Of all plans first issued in the year, those issued within 20 weeks of the request. "
    "Cases still open are not in it.",
    unit="share of plans issued",
    direction=Direction.HIGHER,
    years=PERSON_LEVEL,
    source=f"{DFE}: timeliness, including exceptions.",
)

plans_with_exception = share(
    PLANS_ISSUED,
    lambda t: t.assessment_is_exception,
    """
    person_id | assessment_is_exception || of  | counts
    a         | yes                     || yes | yes
    b         | no                      || yes | no
    c         |                         || yes | no
    """,
    name="plans_with_exception",
    title="Plans with a lawful exception to 20 weeks",
    sentence="Of plans first issued in the year, those whose assessment had a lawful exception to the 20 weeks.",
    unit="share of plans issued",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulations 10(4) and 13(3).",
)

weeks_to_plan = median(
    PLANS_ISSUED,
    lambda t: weeks(t.days_to_plan),
    """
    days_to_plan || value
    140          || 20
    210          || 30
                 ||
    """,
    25,
    name="weeks_to_plan",
    title="Weeks to the plan",
    sentence="Of plans first issued in the year, the weeks from the request that half did not exceed.",
    unit="weeks",
    direction=Direction.LOWER,
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 13: 20 weeks.",
)

no_plan = share(
    ASSESSMENTS,
    lambda t: t.outcome_code == "N",
    """
    outcome_code || of  | counts
    N            || yes | yes
    Y            || yes | no
    """,
    name="no_plan",
    title="Assessments that led to no plan",
    sentence="Of assessments decided in the year, those after which the authority decided not to issue a plan.",
    unit="share of assessments",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: assessments.",
)

mediation_of_refusals = share(
    DECISIONS,
    lambda t: t.has_mediation,
    """
    outcome_code | has_mediation || of  | counts
    N            | yes           || yes | yes
    N            |               || yes | no
    Y            | yes           || no  | no
    """,
    lambda t: t.outcome_code == "N",
    name="mediation_of_refusals",
    title="Refusals that went to mediation",
    sentence="Of decisions in the year not to assess, those about which there was mediation.",
    unit="share of refusals",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: mediation.",
)

appeals_of_refusals = share(
    DECISIONS,
    lambda t: t.has_tribunal,
    """
    outcome_code | has_tribunal || of  | counts
    N            | yes          || yes | yes
    N            | no           || yes | no
    Y            |              || no  | no
    """,
    lambda t: t.outcome_code == "N",
    name="appeals_of_refusals",
    title="Refusals that were appealed",
    sentence="Of decisions in the year not to assess, those that were appealed to the tribunal.",
    unit="share of refusals",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=f"{DFE}: tribunals.",
)

appeals = rate(
    Count(
        APPEALS,
        everyone,
        """
        person_id | ground            || counts
        a         | refusal to assess || yes
        """,
    ),
    Count(
        APPEALABLE,
        everyone,
        """
        person_id | decision          || counts
        a         | refused to assess || yes
        b         | plan in force     || yes
        """,
    ),
    100,
    name="appeals",
    title="Appeals to the tribunal",
    sentence="Appeals flagged in the return, for each hundred decisions that could be appealed.",
    unit="share of appealable decisions",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source="MoJ and DfE, SEND appeal rate: 3.2 % in 2024.",
)


def _ceased(name: str, code: str, why: str, direction: Direction = Direction.NONE) -> Measure:
    """A share of plans ended, by the reason."""
    other = "9" if code != "9" else "1"
    return share(
        PLANS_CEASED,
        lambda t: t.cease_reason_code == code,
        f"""
        cease_reason_code || of  | counts
        {code}                 || yes | yes
        {other}                 || yes | no
                          || yes | no
        """,
        name=name,
        title=f"Plans ended: {why}",
        sentence=f"Of plans that ended in the year, those that ended for the reason: {why}.",
        unit="share of plans ended",
        direction=direction,
        years=PERSON_LEVEL,
        source=f"{DFE}: plans ceased, by reason.",
    )


ceased_maximum_age = _ceased("ceased_maximum_age", "1", "reached the maximum age")
ceased_needs_met = _ceased("ceased_needs_met", "2", "needs met without a plan")
ceased_higher_education = _ceased("ceased_higher_education", "3", "moved to higher education")
ceased_employment = _ceased("ceased_employment", "4", "moved to paid employment")
ceased_disengaged = _ceased("ceased_disengaged", "6", "no longer wishes to learn", Direction.LOWER)
