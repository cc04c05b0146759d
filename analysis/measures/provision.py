"""Measures of provision: what plans specify, what is delivered of it, and what comes of their outcomes."""

from __future__ import annotations

from analysis.measure import Direction, mean, ratio, share, since
from analysis.populations.provision import LINES_DELIVERED, OUTCOMES_REVIEWED, PLANS_SPECIFIED

YEARS = since(2023, "sections of plans returned line by line, school years")
CONTENT = "SEND Regulations 2014, regulation 12; Code of Practice, paragraph 9.69: detailed, specific, quantified."
SECURED = "Children and Families Act 2014, section 42: the authority must secure the provision."

every_line_quantified = share(
    PLANS_SPECIFIED,
    lambda t: t.quantified_lines == t.lines,
    """
    lines | quantified_lines || of  | counts
    3     | 3                || yes | yes
    3     | 2                || yes | no
          |                  || no  | no
    """,
    lambda t: t.lines > 0,
    name="every_line_quantified",
    title="Plans with every line of section F quantified",
    sentence="Of plans in force with provision in section F, those in which every line states amount and frequency.",
    unit="share of plans",
    direction=Direction.HIGHER,
    years=YEARS,
    source=CONTENT,
)

a_quantified_line_for_each_need = share(
    PLANS_SPECIFIED,
    lambda t: t.quantified_lines.fill_null(0) >= t.needs,
    """
    needs | quantified_lines || of  | counts
    2     | 2                || yes | yes
    2     | 1                || yes | no
    1     |                  || yes | no
          | 4                || no  | no
    """,
    lambda t: t.needs > 0,
    name="a_quantified_line_for_each_need",
    title="Plans with a quantified line for each need",
    sentence="Of plans in force with needs in section B, those with at least as many quantified lines in section F as "
    "needs. The record ties no line to a need: a plan that falls short lacks a line, one that does not may.",
    unit="share of plans",
    direction=Direction.HIGHER,
    years=YEARS,
    source=CONTENT,
)

hours_specified = mean(
    PLANS_SPECIFIED,
    lambda t: t.hours_per_week,
    """
    hours_per_week || value
    10             || 10
    20             || 20
                   ||
    """,
    15,
    name="hours_specified",
    title="Hours a week specified",
    sentence="Hours a week in term that the lines of section F add up to, on average over plans in force that state "
    "any. Lines that state none add nothing.",
    unit="hours a week",
    direction=Direction.NONE,
    years=YEARS,
    source=CONTENT,
)

plans_with_health = share(
    PLANS_SPECIFIED,
    lambda t: t.health_lines > 0,
    """
    lines | health_lines || of  | counts
    2     | 1            || yes | yes
    2     | 0            || yes | no
          |              || yes | no
    """,
    name="plans_with_health",
    title="Plans with health provision",
    sentence="Of plans in force, those that specify health provision in section G.",
    unit="share of plans",
    direction=Direction.NONE,
    years=YEARS,
    source="SEND Regulations 2014, regulation 12(1)(g).",
)

plans_with_social_care = share(
    PLANS_SPECIFIED,
    lambda t: t.social_care_lines > 0,
    """
    lines | social_care_lines || of  | counts
    2     | 1                 || yes | yes
    2     | 0                 || yes | no
    """,
    name="plans_with_social_care",
    title="Plans with social care provision",
    sentence="Of plans in force, those that specify social care provision in section H1 or H2.",
    unit="share of plans",
    direction=Direction.NONE,
    years=YEARS,
    source="SEND Regulations 2014, regulation 12(1)(h).",
)

plans_with_personal_budget = share(
    PLANS_SPECIFIED,
    lambda t: t.has_personal_budget,
    """
    lines | has_personal_budget || of  | counts
    2     | yes                 || yes | yes
    2     | no                  || yes | no
    """,
    name="plans_with_personal_budget",
    title="Plans with a personal budget",
    sentence="Of plans in force, those with a personal budget that was agreed and has not ended.",
    unit="share of plans",
    direction=Direction.NONE,
    years=YEARS,
    source="Children and Families Act 2014, section 49.",
)

measurable_outcomes = ratio(
    PLANS_SPECIFIED,
    lambda t: t.measurable_outcomes,
    lambda t: t.outcomes,
    """
    outcomes | measurable_outcomes || value | of
    4        | 3                   || 3     | 4
    6        | 2                   || 2     | 6
             |                     ||       |
    """,
    0.5,
    name="measurable_outcomes",
    title="Outcomes that can be measured",
    sentence="Of outcomes in section E of plans in force, those stated so that they can be measured.",
    unit="share of outcomes",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Code of Practice, paragraph 9.66: specific, measurable, achievable, realistic, time-bound.",
)

hours_delivered = ratio(
    LINES_DELIVERED,
    lambda t: t.delivered_hours,
    lambda t: t.due_hours,
    """
    due_hours | delivered_hours || value | of
    20        | 15              || 15    | 20
    20        | 20              || 20    | 20
    30        |                 ||       |
    """,
    0.875,
    name="hours_delivered",
    title="Hours delivered of hours due",
    sentence="Hours recorded as delivered in the terms of the school year over hours due as specified, of lines for "
    "which both are recorded.",
    unit="share of hours due",
    direction=Direction.HIGHER,
    years=YEARS,
    source=SECURED,
)

lines_in_full = share(
    LINES_DELIVERED,
    lambda t: t.delivery_status_code == "D",
    """
    delivery_status_code || of  | counts
    D                    || yes | yes
    P                    || yes | no
    N                    || yes | no
    NR                   || no  | no
    """,
    lambda t: t.delivery_status_code != "NR",
    name="lines_in_full",
    title="Lines of provision delivered in full",
    sentence="Of lines of provision due in a term whose delivery was recorded, those delivered in full.",
    unit="share of lines recorded",
    direction=Direction.HIGHER,
    years=YEARS,
    source=SECURED,
)

lines_not_delivered = share(
    LINES_DELIVERED,
    lambda t: t.delivery_status_code == "N",
    """
    delivery_status_code || of  | counts
    N                    || yes | yes
    P                    || yes | no
    NR                   || no  | no
    """,
    lambda t: t.delivery_status_code != "NR",
    name="lines_not_delivered",
    title="Lines of provision not delivered",
    sentence="Of lines of provision due in a term whose delivery was recorded, those of which nothing was delivered.",
    unit="share of lines recorded",
    direction=Direction.LOWER,
    years=YEARS,
    source=SECURED,
)

lines_not_recorded = share(
    LINES_DELIVERED,
    lambda t: t.delivery_status_code == "NR",
    """
    delivery_status_code || of  | counts
    NR                   || yes | yes
    D                    || yes | no
    N                    || yes | no
    """,
    name="lines_not_recorded",
    title="Lines of provision whose delivery is not known",
    sentence="Of lines of provision due in a term, those whose delivery was not recorded. They are in no share of "
    "lines delivered or not.",
    unit="share of lines",
    direction=Direction.LOWER,
    years=YEARS,
    source="This project: how whole the records of delivery are.",
)

outcomes_with_progress = share(
    OUTCOMES_REVIEWED,
    lambda t: t.outcome_status_code.isin(["A", "G"]),
    """
    outcome_status_code || of  | counts
    A                   || yes | yes
    G                   || yes | yes
    S                   || yes | no
    N                   || yes | no
    C                   || no  | no
    NR                  || no  | no
    """,
    lambda t: ~t.outcome_status_code.isin(["C", "NR"]),
    name="outcomes_with_progress",
    title="Outcomes achieved or with good progress",
    sentence="Of outcomes of section E that stood at a review in the school year and whose progress was recorded, "
    "those achieved or with good progress. Outcomes changed or dropped are not in it.",
    unit="share of outcomes reviewed",
    direction=Direction.HIGHER,
    years=YEARS,
    source="SEND Regulations 2014, regulation 20: the review considers progress towards the outcomes.",
)
