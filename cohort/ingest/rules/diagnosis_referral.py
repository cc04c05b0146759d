"""Rules on DiagnosisReferral: referrals for diagnosis and the days by which a wait is measured."""

from __future__ import annotations

from cohort.ingest.format import Level
from cohort.ingest.shared_rules import CALENDAR, DAY, Rules

OF = Rules("DIAGNOSISREFERRAL", "diagnosis_referral")
ENDED, WAITING = ("D", "N", "R", "W", "M"), ("OP",)

ACCEPTED_AFTER = OF.in_order(
    1,
    "referred_date",
    "accepted_date",
    "A referral is not accepted before it is made.",
    "Correct AcceptedDate or ReferredDate.",
)
SEEN_AFTER = OF.in_order(
    2,
    "referred_date",
    "first_seen_date",
    "Nobody is seen before being referred.",
    "Correct FirstSeenDate or ReferredDate.",
)
CONCLUDED_AFTER = OF.in_order(
    3,
    "referred_date",
    "concluded_date",
    "A referral does not conclude before it is made.",
    "Correct ConcludedDate or ReferredDate.",
)
SEEN_BEFORE_THE_END = OF.in_order(
    4,
    "first_seen_date",
    "concluded_date",
    "A referral does not conclude before the first appointment.",
    "Correct ConcludedDate or FirstSeenDate.",
)
ONCE = OF.once(
    5,
    "diagnosis_code",
    {
        "person_row": ("1", "2"),
        "diagnosis_code": ("ASD", "ADHD"),
        "referred_date": (DAY, "2023-06-05"),
    },
    "One referral is returned once.",
    "Take the second row out, or correct its day.",
)
ENDED_ON = OF.wants_where(
    6,
    "concluded_date",
    "referral_outcome_code",
    ENDED,
    ("OP", DAY),
    "A referral that ended has the day on which it did.",
    "Enter ConcludedDate; while the child waits ReferralOutcome is OP.",
)
NOT_YET = OF.empty_where(
    7,
    "concluded_date",
    "referral_outcome_code",
    WAITING,
    ("D", DAY),
    "A referral that waits has not concluded.",
    "Take ConcludedDate out, or enter how it ended.",
    Level.ERROR,
)
SEEN_TO_BE_TOLD = OF.wants_where(
    8,
    "first_seen_date",
    "referral_outcome_code",
    ("D", "N"),
    ("W", DAY),
    "Who was assessed was seen.",
    "Enter FirstSeenDate.",
)
NEVER_SEEN = OF.empty_where(
    9,
    "first_seen_date",
    "referral_outcome_code",
    ("R",),
    ("D", DAY),
    "Whose referral was not accepted was not seen.",
    "Take FirstSeenDate out, or correct ReferralOutcome.",
)
IN_THE_YEAR = OF.not_before(
    10,
    "concluded_date",
    CALENDAR,
    "A referral that concluded before the calendar year is not returned again.",
    "Leave it out, or correct ConcludedDate.",
)
