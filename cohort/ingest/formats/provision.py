"""Provision that plans specify in sections F, G, H1 and H2, and what was delivered of it, term by term.

No collection asks for this; the form is our own, made so that an officer can fill it from a plan: a row a line. A
return is of the school year that ends in its year, and shows every version of a plan that stood in it.
See `docs/reference/provision-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, Meeting, ReturnFormat, Table
from cohort.schema.codes import sections, status, support

ERROR = Level.ERROR
WEEK = 168
"""Hours of a week: no line has more."""

LINE = ("person_row", "plan_start_date", "version_number", "line_number")
"""By which a line of a plan is known, and deliveries of it."""


def _line() -> tuple[Column, ...]:
    """What says which line of which plan a row is of, and what the line is."""
    return (
        Column(
            "PlanStartDate", "plan_start_date", Kind.DATE, "Day on which the plan was first issued.", required=ERROR
        ),
        Column("PlanVersion", "version_number", Kind.COUNT, "Version of the plan, from 1.", required=ERROR, low=1),
        Column(
            "Section", "provision_section_code", Kind.CODE, "Section.", codes=sections.PROVISION_SECTION, required=ERROR
        ),
        Column("Line", "line_number", Kind.COUNT, "Number of the line in its plan.", required=ERROR, low=1, high=999),
        Column("Kind", "provision_code", Kind.CODE, "Kind of provision.", codes=support.PROVISION, required=ERROR),
        Column("Period", "period_code", Kind.CODE, "Over which sessions are counted.", codes=support.PERIOD),
        Column("Funding", "funding_code", Kind.CODE, "Who pays.", codes=support.FUNDING),
    )


def _amount() -> tuple[Column, ...]:
    """How much of it, by whom, and at what cost: of a line as specified, or as delivered."""
    return (
        Column("Provider", "profession_code", Kind.CODE, "Who delivers it.", codes=support.PROFESSION),
        Column("HoursPerWeek", "hours_per_week", Kind.NUMBER, "Hours a week in term.", low=0, high=WEEK),
        Column("HoursPerSession", "hours_per_session", Kind.NUMBER, "Hours of a session.", low=0, high=WEEK),
        Column("Sessions", "sessions_per_period", Kind.NUMBER, "Sessions in a period.", low=0, high=400),
        Column("GroupSize", "group_size", Kind.COUNT, "Children in the group; 1 where alone.", low=1, high=60),
        Column("From", "from_date", Kind.DATE, "First day.", may_be_future=True),
        Column("To", "to_date", Kind.DATE, "Last day; empty while it lasts.", may_be_future=True),
        Column("Cost", "cost_gbp", Kind.NUMBER, "Cost in pounds.", low=0, high=1_000_000),
    )


SPECIFIED = Table(
    "ProvisionSpecified",
    "provision_specified",
    "A line of provision that a version of a plan specifies.",
    (
        *_line(),
        *_amount(),
        Column("Quantified", "is_quantified", Kind.FLAG, "Amount and frequency are stated."),
        Column("Specific", "is_specific", Kind.FLAG, "Stated without words such as 'as required'."),
    ),
    parent=CHILD,
)

DELIVERED = Table(
    "ProvisionDelivered",
    "provision_delivered",
    "What was delivered of a line in a term.",
    (
        *_line(),
        *_amount(),
        Column("AcademicYear", "academic_year", Kind.YEAR, "Year in which the school year ends.", required=ERROR),
        Column("Term", "term_code", Kind.CODE, "Term.", codes=status.TERM, required=ERROR),
        Column(
            "Delivery",
            "delivery_status_code",
            Kind.CODE,
            "Delivered, in part, not, or not recorded.",
            codes=support.DELIVERY_STATUS,
            required=ERROR,
        ),
        Column("HoursDue", "due_hours", Kind.NUMBER, "Hours due in the term.", low=0, high=5000),
        Column("HoursDelivered", "delivered_hours", Kind.NUMBER, "Hours recorded in the term.", low=0, high=5000),
        Column("Weeks", "term_weeks", Kind.COUNT, "Weeks of the term.", low=1, high=20),
        Column("WeeksRecorded", "recorded_weeks", Kind.COUNT, "Weeks for which a record was kept.", low=0, high=20),
        Column("Reason", "shortfall_reason_code", Kind.CODE, "Why it fell short.", codes=support.SHORTFALL_REASON),
    ),
    parent=CHILD,
)

PROVISION = ReturnFormat(
    collection="provision",
    title="Provision specified and delivered",
    years=range(2023, 2028),
    tables=(child(), SPECIFIED, DELIVERED),
    header=whose(),
    census_day=lambda year: date(year, 8, 31),
    lineage={"person_trait": "person", "provision_specified": "specified"},
    meetings=(Meeting("provision_delivered", "provision_specified", LINE),),
)
