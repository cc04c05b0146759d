"""What an authority says of itself in a year: staff, money, programmes, inspections, boards. It names no child.

The form is our own. A return tells of the calendar year before its year, of staff on census day, and of the financial
year that it names. See `docs/reference/authority-year-return.md`.
"""

from __future__ import annotations

from cohort.ingest.child import YEAR_AFTER, nobody, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.calendar import census_day
from cohort.schema.codes import authority, status, tribunal

ERROR = Level.ERROR
MOST_STAFF, MOST_PLANS, MOST_POUNDS = 5_000, 50_000, 2_000_000_000


def _staff(tag: str, stored: str, comment: str) -> Column:
    return Column(tag, stored, Kind.NUMBER, comment, low=0, high=MOST_STAFF)


def _pounds(tag: str, stored: str, comment: str, low: float = 0) -> Column:
    return Column(tag, stored, Kind.NUMBER, comment, low=low, high=MOST_POUNDS)


def _seats(tag: str, stored: str, comment: str) -> Column:
    return Column(tag, stored, Kind.COUNT, comment, low=0, high=200)


GIVEN = Column(
    "Given",
    "value_status_code",
    Kind.CODE,
    "Whether the figures are given and, if not, why not.",
    codes=status.VALUE_STATUS,
    required=ERROR,
)

WORKFORCE = Table(
    "Workforce",
    "authority_workforce",
    "Staff who work on SEND on a day, by what they do.",
    (
        Column("CountedDate", "counted_date", Kind.DATE, "Day of the count.", required=ERROR),
        Column("Staff", "workforce_code", Kind.CODE, "What they do.", required=ERROR, codes=authority.WORKFORCE),
        _staff("PostsFTE", "posts_fte", "Posts, in full-time equivalents."),
        _staff("StaffFTE", "staff_fte", "Staff in post."),
        _staff("AgencyFTE", "agency_fte", "Of them from agencies."),
        _staff("TrainedFTE", "trained_fte", "Of them trained in SEND law and practice in two years."),
        Column("PlansHeld", "plans_held", Kind.COUNT, "Plans that they keep.", low=0, high=MOST_PLANS),
        Column("PlansPerOfficer", "plans_per_officer", Kind.NUMBER, "Plans per officer, as you state it.", low=0,
               high=MOST_PLANS),
        GIVEN,
    ),
)  # fmt: skip

HIGH_NEEDS = Table(
    "HighNeeds",
    "high_needs_year",
    "The high-needs block of a financial year.",
    (
        Column("FinancialYear", "financial_year", Kind.YEAR, "Year in which the financial year ends.", required=ERROR),
        GIVEN,
        _pounds("Allocation", "allocation_gbp", "High-needs allocation."),
        _pounds("Outturn", "outturn_gbp", "High-needs spending."),
        _pounds("TransferIn", "transfer_in_gbp", "Moved into the block from others."),
        _pounds("TransferOut", "transfer_out_gbp", "Moved out of the block to others."),
        _pounds("Deficit", "deficit_gbp", "Deficit carried forward; negative where a surplus.", -MOST_POUNDS),
        _pounds("CostedProvision", "costed_provision_gbp", "Cost of the provision that plans specify."),
        _pounds("FundingPaid", "funding_paid_gbp", "Funding paid to settings for that provision."),
        Column("CostedPlans", "costed_plans", Kind.COUNT, "Plans whose provision is costed.", low=0, high=MOST_PLANS),
        Column("BandPlans", "band_funded_plans", Kind.COUNT, "Plans funded by a band.", low=0, high=MOST_PLANS),
    ),
)

POLICIES = Table(
    "Policies",
    "authority_policy",
    "A programme or policy that the authority took up.",
    (
        Column("Policy", "policy_code", Kind.CODE, "Programme or policy.", required=ERROR, codes=authority.POLICY),
        Column("From", "from_date", Kind.DATE, "First day.", required=ERROR),
        Column("To", "to_date", Kind.DATE, "Last day; empty while it lasts."),
    ),
)

INSPECTIONS = Table(
    "Inspections",
    "area_inspection",
    "An inspection of the local area's arrangements for SEND.",
    (
        Column("InspectedDate", "inspected_date", Kind.DATE, "Last day of the inspection.", required=ERROR),
        Column("PublishedDate", "published_date", Kind.DATE, "Report published."),
        Column("Framework", "inspection_framework_code", Kind.CODE, "Framework.", required=ERROR,
               codes=authority.INSPECTION_FRAMEWORK),
        Column("InspectionOutcome", "inspection_outcome_code", Kind.CODE, "Outcome.", required=ERROR,
               codes=authority.INSPECTION_OUTCOME),
        Column("PriorityActionPlan", "has_priority_action_plan", Kind.FLAG, "A priority action plan is required."),
    ),
)  # fmt: skip

BOARD = Column("Board", "board_code", Kind.CODE, "Board.", required=ERROR, codes=authority.BOARD)

BOARDS = Table(
    "Boards",
    "board_year",
    "A board on which parents and carers sit, in the year.",
    (
        BOARD,
        _seats("Seats", "seats", "Seats."),
        _seats("ParentSeats", "parent_seats", "Of them for parents and carers."),
        _seats("ParentSeatsFilled", "parent_seats_filled", "Of these filled."),
        _seats("YoungSeats", "young_person_seats", "Seats for young people."),
        _seats("Meetings", "meetings", "Meetings held in the year."),
    ),
)

RECOMMENDATIONS = Table(
    "Recommendations",
    "board_recommendation",
    "A recommendation of a board to the authority, and the answer.",
    (
        BOARD,
        Column("Theme", "board_theme_code", Kind.CODE, "About what.", required=ERROR, codes=authority.BOARD_THEME),
        Column("RecommendedDate", "recommended_date", Kind.DATE, "Recommended.", required=ERROR),
        Column("AnswerDueDate", "answer_due_date", Kind.DATE, "Answer due.", may_be_future=True),
        Column("AnswerDate", "answer_date", Kind.DATE, "Answered."),
        Column("Answer", "answer_code", Kind.CODE, "How it was answered.", codes=tribunal.RECOMMENDATION_ANSWER),
        Column("DoneDate", "done_date", Kind.DATE, "Carried out."),
    ),
)

AUTHORITY_YEAR = ReturnFormat(
    collection="authority year",
    title="The authority's own year: staff, money, programmes, inspections, boards",
    years=range(2023, 2028),
    tables=(nobody(), WORKFORCE, HIGH_NEEDS, POLICIES, INSPECTIONS, BOARDS, RECOMMENDATIONS),
    header=whose(YEAR_AFTER),
    census_day=census_day,
    lineage={"person_trait": "person"},
)
