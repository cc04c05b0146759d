"""Measures of authorities: staff, money, inspections, boards."""

from __future__ import annotations

from analysis.measure import Direction, ratio, share, since
from analysis.populations.authority import BOARDS, HIGH_NEEDS, INSPECTIONS, RECOMMENDATIONS, WORKFORCE

YEARS = since(2023, "facts of authorities returned yearly")
SECTION_251 = "DfE, Section 251: high-needs budgets and outturn."
OWN = "This project: the capacity behind the clocks."
OFFICERS = "CW"

posts_filled = ratio(
    WORKFORCE,
    lambda t: t.staff_fte,
    lambda t: t.posts_fte,
    """
    posts_fte | staff_fte || value | of
    10        | 8         || 8     | 10
    10        | 10        || 10    | 10
    4         |           ||       |
    """,
    0.9,
    name="posts_filled",
    title="Posts filled",
    sentence="Staff in post who work on SEND over posts, in full-time equivalents.",
    unit="share of posts",
    direction=Direction.HIGHER,
    years=YEARS,
    source=OWN,
)

agency_staff = ratio(
    WORKFORCE,
    lambda t: t.agency_fte,
    lambda t: t.staff_fte,
    """
    staff_fte | agency_fte || value | of
    10        | 2          || 2     | 10
    30        | 2          || 2     | 30
    """,
    0.1,
    name="agency_staff",
    title="Staff from agencies",
    sentence="Staff from agencies over staff in post who work on SEND, in full-time equivalents.",
    unit="share of staff",
    direction=Direction.LOWER,
    years=YEARS,
    source=OWN,
)

trained_staff = ratio(
    WORKFORCE,
    lambda t: t.trained_fte,
    lambda t: t.staff_fte,
    """
    staff_fte | trained_fte || value | of
    10        | 5           || 5     | 10
    30        | 25          || 25    | 30
    """,
    0.75,
    name="trained_staff",
    title="Staff trained in SEND law and practice",
    sentence="Staff trained in SEND law and practice in the last two years over staff in post, in full-time "
    "equivalents.",
    unit="share of staff",
    direction=Direction.HIGHER,
    years=YEARS,
    source=OWN,
)

plans_per_officer = ratio(
    WORKFORCE,
    lambda t: t.plans_held,
    lambda t: (t.workforce_code == OFFICERS).ifelse(t.staff_fte, None),
    """
    workforce_code | plans_held | staff_fte || value | of
    CW             | 1000       | 5         || 1000  | 5
    CW             | 2000       | 10        || 2000  | 10
    MG             |            | 3         ||       |
    """,
    200,
    name="plans_per_officer",
    title="Plans for each officer",
    sentence="Plans kept over officers in post who write and keep plans, in full-time equivalents.",
    unit="plans for each officer",
    direction=Direction.LOWER,
    years=YEARS,
    source=OWN,
)

high_needs_spent = ratio(
    HIGH_NEEDS,
    lambda t: t.outturn_gbp,
    lambda t: t.allocation_gbp,
    """
    allocation_gbp | outturn_gbp || value    | of
    40000000       | 50000000    || 50000000 | 40000000
    60000000       | 70000000    || 70000000 | 60000000
                   | 10000000    ||          |
    """,
    1.2,
    name="high_needs_spent",
    title="High-needs spending of the allocation",
    sentence="High-needs spending over the high-needs allocation of the financial year.",
    unit="pounds for each pound allocated",
    direction=Direction.NONE,
    years=YEARS,
    source=SECTION_251,
)

high_needs_deficit = ratio(
    HIGH_NEEDS,
    lambda t: t.deficit_gbp,
    lambda t: t.allocation_gbp,
    """
    allocation_gbp | deficit_gbp || value    | of
    40000000       | 20000000    || 20000000 | 40000000
    60000000       | -10000000   || -10000000 | 60000000
    """,
    0.1,
    name="high_needs_deficit",
    title="High-needs deficit of the allocation",
    sentence="Deficit carried forward over the high-needs allocation of the financial year; below zero where there is "
    "a surplus.",
    unit="pounds for each pound allocated",
    direction=Direction.LOWER,
    years=YEARS,
    source=SECTION_251,
)

provision_paid_for = ratio(
    HIGH_NEEDS,
    lambda t: t.funding_paid_gbp,
    lambda t: t.costed_provision_gbp,
    """
    costed_provision_gbp | funding_paid_gbp || value | of
    1000                 | 800              || 800   | 1000
    3000                 | 2000             || 2000  | 3000
    """,
    0.7,
    name="provision_paid_for",
    title="Funding paid of the cost of provision",
    sentence="Funding paid to settings over the cost of the provision that plans specify, of plans that are costed.",
    unit="pounds for each pound of cost",
    direction=Direction.HIGHER,
    years=YEARS,
    source=SECTION_251,
)

inspections_positive = share(
    INSPECTIONS,
    lambda t: t.inspection_outcome_code == "P",
    """
    inspection_framework_code | inspection_outcome_code || of  | counts
    23                        | P                       || yes | yes
    23                        | I                       || yes | no
    23                        | S                       || yes | no
    16                        | W                       || no  | no
    """,
    lambda t: t.inspection_framework_code == "23",
    name="inspections_positive",
    title="Inspections with typically positive experiences",
    sentence="Of inspections under the framework of 2023 in the year's return, those whose outcome was typically "
    "positive experiences.",
    unit="share of inspections",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Ofsted and CQC, Area SEND inspections.",
)

inspections_with_action_plan = share(
    INSPECTIONS,
    lambda t: t.has_priority_action_plan,
    """
    inspection_framework_code | has_priority_action_plan || of  | counts
    23                        | yes                      || yes | yes
    23                        | no                       || yes | no
    16                        |                          || no  | no
    """,
    lambda t: t.inspection_framework_code == "23",
    name="inspections_with_action_plan",
    title="Inspections that require a priority action plan",
    sentence="Of inspections under the framework of 2023 in the year's return, those after which a priority action "
    "plan is required.",
    unit="share of inspections",
    direction=Direction.LOWER,
    years=YEARS,
    source="Ofsted and CQC, Area SEND inspections.",
)

parent_seats_filled = ratio(
    BOARDS,
    lambda t: t.parent_seats_filled,
    lambda t: t.parent_seats,
    """
    parent_seats | parent_seats_filled || value | of
    4            | 3                   || 3     | 4
    6            | 2                   || 2     | 6
    """,
    0.5,
    name="parent_seats_filled",
    title="Seats of parents and carers filled",
    sentence="Seats for parents and carers that are filled over all such seats on boards.",
    unit="share of seats",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Children and Families Act 2014, sections 19 and 27: parents take part.",
)

recommendations_accepted = share(
    RECOMMENDATIONS,
    lambda t: t.answer_code.isin(["A", "P"]),
    """
    answer_code || of  | counts
    A           || yes | yes
    P           || yes | yes
    R           || yes | no
    N           || yes | no
    """,
    name="recommendations_accepted",
    title="Recommendations of boards accepted",
    sentence="Of recommendations of boards whose answer was due, those accepted wholly or in part.",
    unit="share of recommendations",
    direction=Direction.NONE,
    years=YEARS,
    source="This project: whether parents are heard.",
)
