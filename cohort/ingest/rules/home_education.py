"""Rules on HomeEducation: spells of elective home education."""

from __future__ import annotations

from cohort.ingest.shared_rules import SCHOOL, Rules

OF = Rules("HOMEEDUCATION", "home_education")

ENDS = OF.in_order(
    1, "start_date", "end_date", "Home education does not end before it begins.", "Correct StartDate or EndDate."
)
ONCE = OF.once(
    2,
    "start_date",
    {"person_row": ("1", "2"), "start_date": ("2023-05-02", "2023-06-05")},
    "One spell of home education of a child is returned once.",
    "Take the second row out, or correct its StartDate.",
)
AGED = OF.aged(
    3,
    "age_at_start",
    "start_date",
    (3, 18),
    "Children are taught at home from the age of 3 or 4 to that of 18.",
    "Check StartDate and the date of birth.",
)
WHY = OF.wants(
    4,
    "home_education_reason_code",
    "start_date",
    ("2023-05-02", "SD"),
    "Of a spell of home education it is known why it began.",
    "Enter what the parents said; UN where they did not say.",
)
HOW_IT_ENDED = OF.wants(
    5,
    "home_education_end_code",
    "end_date",
    ("2023-05-02", "SC"),
    "Of home education that ended it is known how.",
    "Enter End, or take EndDate out.",
)
ENDED = OF.wants(
    6,
    "end_date",
    "home_education_end_code",
    ("SC", "2023-05-02"),
    "Home education that ended has a last day.",
    "Enter EndDate, or take End out while the child is still taught at home.",
)
IN_THE_YEAR = OF.not_before(
    7,
    "end_date",
    SCHOOL,
    "Home education that ended before the school year is not returned again.",
    "Leave it out, or correct EndDate.",
)
