"""Measures of the EHC process."""

from __future__ import annotations

from analysis.measure import PERSON_LEVEL, Count, Direction, Measure
from analysis.population import Condition, Table
from analysis.populations.process import APPEALABLE, APPEALS, PLANS_IN_FORCE, PLANS_ISSUED, REQUESTS

STATUTORY_DAYS = 20 * 7
"""20 weeks from the request to the final plan: SEND Regulations 2014, regulation 13(2)."""


def _everyone(table: Table) -> Condition:
    return table.person_id.notnull()


def _no_exception(table: Table) -> Condition:
    return ~table.assessment_is_exception.fill_null(False)


plans_in_force = Measure(
    name="plans_in_force",
    title="Plans in force",
    sentence="EHC plans in force on census day in the January after the year.",
    unit="plans",
    direction=Direction.NONE,
    numerator=Count(
        PLANS_IN_FORCE,
        _everyone,
        """
        person_id | start_date || counts
        a         | 2021-05-01 || yes
        b         | 2024-12-20 || yes
        """,
    ),
    denominator=None,
    years=PERSON_LEVEL,
    source="DfE, Education, health and care plans: caseload.",
)

requests = Measure(
    name="requests",
    title="Requests for assessment",
    sentence="Requests for an EHC needs assessment received in the year.",
    unit="requests",
    direction=Direction.NONE,
    numerator=Count(
        REQUESTS,
        _everyone,
        """
        person_id | received_date | outcome_code || counts
        a         | 2024-02-01    | Y            || yes
        b         | 2024-12-30    | A            || yes
        """,
    ),
    denominator=None,
    years=PERSON_LEVEL,
    source="DfE, Education, health and care plans: requests.",
)

refused = Measure(
    name="refused",
    title="Requests refused",
    sentence="Of requests received in the year, those that the authority decided not to assess. "
    "Requests undecided or withdrawn stay in the denominator.",
    unit="share of requests",
    direction=Direction.NONE,
    numerator=Count(
        REQUESTS,
        lambda t: t.outcome_code == "N",
        """
        person_id | outcome_code || counts
        a         | N            || yes
        b         | Y            || no
        c         | A            || no
        d         | W            || no
        """,
    ),
    denominator=Count(
        REQUESTS,
        _everyone,
        """
        person_id | outcome_code || counts
        a         | N            || yes
        c         | A            || yes
        """,
    ),
    years=PERSON_LEVEL,
    source="DfE, Education, health and care plans: requests; 25.2 % in 2024.",
)

within_20_weeks = Measure(
    name="within_20_weeks",
    title="Plans issued within 20 weeks",
    sentence="Of plans first issued in the year, cases with a lawful exception left out, those issued within "
    "20 weeks of the request. Cases still open are not in it.",
    unit="share of plans issued",
    direction=Direction.HIGHER,
    numerator=Count(
        PLANS_ISSUED,
        lambda t: _no_exception(t) & (t.days_to_plan <= STATUTORY_DAYS),
        """
        person_id | days_to_plan | assessment_is_exception || counts
        a         | 139          | no                      || yes
        b         | 140          | no                      || yes
        c         | 141          | no                      || no
        d         | 139          | yes                     || no
        e         | 139          |                         || yes
        """,
    ),
    denominator=Count(
        PLANS_ISSUED,
        _no_exception,
        """
        person_id | days_to_plan | assessment_is_exception || counts
        c         | 141          | no                      || yes
        d         | 200          | yes                     || no
        e         | 139          |                         || yes
        """,
    ),
    years=PERSON_LEVEL,
    source="SEND Regulations 2014, regulation 13; DfE: 46.4 % in 2024.",
)

appeals = Measure(
    name="appeals",
    title="Appeals to the tribunal",
    sentence="Appeals flagged in the return, for each hundred decisions that could be appealed.",
    unit="share of appealable decisions",
    direction=Direction.NONE,
    numerator=Count(
        APPEALS,
        _everyone,
        """
        person_id | ground            || counts
        a         | refusal to assess || yes
        """,
    ),
    denominator=Count(
        APPEALABLE,
        _everyone,
        """
        person_id | decision          || counts
        a         | refused to assess || yes
        b         | plan in force     || yes
        """,
    ),
    years=PERSON_LEVEL,
    source="MoJ and DfE, SEND appeal rate: 3.2 % in 2024.",
    per=100,
)
