"""Measures of disputes: mediation, appeals, complaints, the Ombudsman, and what families paid."""

from __future__ import annotations

from analysis.measure import Direction, Measure, everyone, median, number_of, ratio, share, since, weeks
from analysis.populations.disputes import APPEALS_ENDED, APPEALS_LODGED, COMPLAINTS, COSTS, MEDIATIONS, OMBUDSMAN

YEARS = since(2023, "disputes returned one by one")
TRIBUNAL = "MoJ, Tribunal Statistics Quarterly: SEND appeals by outcome."
DECIDED = ("AW", "AP", "DI")
HELD = ("AF", "AP", "NA")

mediation_agreed = share(
    MEDIATIONS,
    lambda t: t.mediation_outcome_code.isin(["AF", "AP"]),
    """
    mediation_outcome_code || of  | counts
    AF                     || yes | yes
    AP                     || yes | yes
    NA                     || yes | no
    NP                     || no  | no
    OP                     || no  | no
    """,
    lambda t: t.mediation_outcome_code.isin(HELD),
    name="mediation_agreed",
    title="Mediation that ended in agreement",
    sentence="Of cases of mediation begun in the year in which a mediation was held and ended, those agreed in full "
    "or in part.",
    unit="share of mediations held",
    direction=Direction.NONE,
    years=YEARS,
    source="DfE, Education, health and care plans: mediation.",
)

mediation_not_arranged = share(
    MEDIATIONS,
    lambda t: t.mediation_outcome_code == "NH",
    """
    mediation_outcome_code || of  | counts
    NH                     || yes | yes
    AF                     || yes | no
    NP                     || no  | no
    """,
    lambda t: ~t.mediation_outcome_code.isin(["NP", "OP"]),
    name="mediation_not_arranged",
    title="Mediation that the authority did not arrange in time",
    sentence="Of cases of mediation begun in the year that were pursued and ended, those that the authority did not "
    "arrange in time.",
    unit="share of mediations pursued",
    direction=Direction.LOWER,
    years=YEARS,
    source="SEND Regulations 2014, regulation 36: within 30 days.",
)

appeals_lodged = number_of(
    APPEALS_LODGED,
    everyone,
    """
    person_id | appeal_outcome_code || counts
    a         | OP                  || yes
    a         | AW                  || yes
    """,
    name="appeals_lodged",
    title="Appeals registered",
    sentence="Appeals that the tribunal registered in the year.",
    unit="appeals",
    direction=Direction.NONE,
    years=YEARS,
    source=TRIBUNAL,
)


def _ended(name: str, title: str, what: str, codes: tuple[str, ...]) -> Measure:
    """A share of appeals that ended, by how."""
    rows = "\n".join(f"{code:<19} || yes | yes" for code in codes)
    return share(
        APPEALS_ENDED,
        lambda t: t.appeal_outcome_code.isin(codes),
        f"appeal_outcome_code || of  | counts\n{rows}\nSO                  || yes | no",
        name=name,
        title=title,
        sentence=f"Of appeals that ended in the year, those {what}.",
        unit="share of appeals ended",
        direction=Direction.NONE,
        years=YEARS,
        source=TRIBUNAL,
    )


appeals_conceded = _ended("appeals_conceded", "Appeals conceded", "that the authority conceded", ("CO",))
appeals_withdrawn = _ended("appeals_withdrawn", "Appeals withdrawn", "that were withdrawn", ("WD",))
appeals_decided = _ended("appeals_decided", "Appeals decided", "that the tribunal decided", DECIDED)

appeals_upheld = share(
    APPEALS_ENDED,
    lambda t: t.appeal_outcome_code.isin(["AW", "AP"]),
    """
    appeal_outcome_code || of  | counts
    AW                  || yes | yes
    AP                  || yes | yes
    DI                  || yes | no
    CO                  || no  | no
    WD                  || no  | no
    """,
    lambda t: t.appeal_outcome_code.isin(DECIDED),
    name="appeals_upheld",
    title="Appeals decided for the family",
    sentence="Of appeals that the tribunal decided in the year, those allowed wholly or in part. Appeals conceded or "
    "withdrawn before are not in it.",
    unit="share of appeals decided",
    direction=Direction.NONE,
    years=YEARS,
    source=TRIBUNAL,
)

weeks_to_appeal_end = median(
    APPEALS_ENDED,
    lambda t: weeks(t.days_to_end),
    """
    days_to_end || value
    70          || 10
    140         || 20
    210         || 30
    """,
    20,
    name="weeks_to_appeal_end",
    title="Weeks that an appeal took",
    sentence="Of appeals that ended in the year, the weeks from registration that half did not exceed.",
    unit="weeks",
    direction=Direction.LOWER,
    years=YEARS,
    source=TRIBUNAL,
)

orders_in_time = share(
    APPEALS_ENDED,
    lambda t: t.days_after_order_due <= 0,
    """
    order_due_date | days_after_order_due || of  | counts
    2024-05-01     | 0                    || yes | yes
    2024-05-01     | 9                    || yes | no
    2024-05-01     |                      || yes | no
                   |                      || no  | no
    """,
    lambda t: t.order_due_date.notnull(),
    name="orders_in_time",
    title="Tribunal orders carried out in time",
    sentence="Of appeals that ended in the year with something ordered, those in which it was done by the day on which "
    "it was due. An order not carried out is in it.",
    unit="share of orders",
    direction=Direction.HIGHER,
    years=YEARS,
    source="SEND Regulations 2014, regulation 44.",
)

complaints_in_time = share(
    COMPLAINTS,
    lambda t: t.days_after_due <= 0,
    """
    complaint_outcome_code | days_after_due || of  | counts
    U                      | 0              || yes | yes
    N                      | 5              || yes | no
    OP                     |                || yes | no
    """,
    name="complaints_in_time",
    title="Complaints answered in time",
    sentence="Of complaints whose answer was due in the year, those answered by that day. Complaints not answered are "
    "in it.",
    unit="share of complaints",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Local Government and Social Care Ombudsman, Complaint Handling Code.",
)

complaints_upheld = share(
    COMPLAINTS,
    lambda t: t.complaint_outcome_code.isin(["U", "P"]),
    """
    complaint_outcome_code || of  | counts
    U                      || yes | yes
    P                      || yes | yes
    N                      || yes | no
    W                      || no  | no
    OP                     || no  | no
    """,
    lambda t: t.complaint_outcome_code.isin(["U", "P", "N"]),
    name="complaints_upheld",
    title="Complaints upheld",
    sentence="Of complaints whose answer was due in the year and that were answered, those upheld wholly or in part.",
    unit="share of complaints answered",
    direction=Direction.NONE,
    years=YEARS,
    source="Local Government and Social Care Ombudsman, Complaint Handling Code.",
)

ombudsman_upheld = share(
    OMBUDSMAN,
    lambda t: t.ombudsman_decision_code.isin(["UI", "UF", "UR"]),
    """
    ombudsman_decision_code || of  | counts
    UI                      || yes | yes
    UF                      || yes | yes
    UR                      || yes | yes
    NU                      || yes | no
    CI                      || no  | no
    RF                      || no  | no
    """,
    lambda t: ~t.ombudsman_decision_code.isin(["CI", "RF"]),
    name="ombudsman_upheld",
    title="Complaints that the Ombudsman upheld",
    sentence="Of complaints that the Ombudsman investigated and decided in the year, those upheld.",
    unit="share of investigations",
    direction=Direction.NONE,
    years=YEARS,
    source="Local Government and Social Care Ombudsman, yearly letters: uphold rate.",
)

costs_reimbursed = ratio(
    COSTS,
    lambda t: t.reimbursed_gbp.fill_null(0),
    lambda t: (t.cost_outcome_code != "OP").ifelse(t.claimed_gbp, None),
    """
    cost_outcome_code | claimed_gbp | reimbursed_gbp || value | of
    F                 | 1000        | 1000           || 1000  | 1000
    R                 | 3000        |                || 0     | 3000
    OP                | 5000        |                ||       |
    """,
    0.25,
    name="costs_reimbursed",
    title="Costs of families reimbursed",
    sentence="Pounds reimbursed to families over pounds that they claimed in the year, of claims that were answered.",
    unit="share of pounds claimed",
    direction=Direction.HIGHER,
    years=YEARS,
    source="This project: what a dispute costs a family.",
)
