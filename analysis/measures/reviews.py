"""Measures of reviews and phase transfers: held, decided and carried out in time, and who took part."""

from __future__ import annotations

from analysis.measure import WEEK, Direction, Words, share, since
from analysis.populations.reviews import REVIEWS_DUE, TRANSFERS

YEARS = since(2023, "reviews returned one by one, school years")


def _words(name: str, title: str, sentence: str, unit: str, source: str) -> Words:
    """What the measures of this file say of themselves: more is better in all."""
    return Words(
        name=name, title=title, sentence=sentence, unit=unit, direction=Direction.HIGHER, years=YEARS, source=source
    )


reviews_in_time = share(
    REVIEWS_DUE,
    lambda t: t.days_after_due <= 0,
    """
    days_after_due || of  | counts
    -20            || yes | yes
    0              || yes | yes
    1              || yes | no
                   || yes | no
    """,
    **_words(
        "reviews_in_time",
        "Annual reviews held in time",
        "Of reviews due in the school year, those whose meeting was held by the day on which they were due. "
        "A review that was not held is in it.",
        "share of reviews due",
        "Children and Families Act 2014, section 44.",
    ),
)

review_decided_in_4_weeks = share(
    REVIEWS_DUE,
    lambda t: t.days_to_decision <= 4 * WEEK,
    """
    days_to_decision | review_outcome_code || of  | counts
    28               | M                   || yes | yes
    29               | A                   || yes | no
                     |                     || yes | no
    """,
    **_words(
        "review_decided_in_4_weeks",
        "Review decisions within 4 weeks of the meeting",
        "Of reviews due in the school year, those whose decision was notified within 4 weeks of the meeting. "
        "A review without a meeting or a decision is in it.",
        "share of reviews due",
        "SEND Regulations 2014, regulation 20(10).",
    ),
)

amended_in_12_weeks = share(
    REVIEWS_DUE,
    lambda t: t.days_to_final <= 12 * WEEK,
    """
    days_to_final | review_outcome_code || of  | counts
    84            | A                   || yes | yes
    85            | A                   || yes | no
                  | A                   || yes | no
    60            | M                   || no  | no
    """,
    lambda t: t.review_outcome_code == "A",
    **_words(
        "amended_in_12_weeks",
        "Amended plans within 12 weeks of the review",
        "Of reviews due in the school year that decided to amend the plan, those whose amended plan was issued within "
        "12 weeks of the meeting.",
        "share of reviews that amend",
        "SEND Regulations 2014, regulation 22; R (L, M and P) v Devon County Council [2022] EWHC 493 (Admin).",
    ),
)

reviews_with_person = share(
    REVIEWS_DUE,
    lambda t: t.has_person_present,
    """
    days_to_decision | has_person_present || of  | counts
    14               | yes                || yes | yes
    14               | no                 || yes | no
    14               |                    || no  | no
    """,
    lambda t: t.has_person_present.notnull(),
    **_words(
        "reviews_with_person",
        "Reviews in which the child or young person took part",
        "Of reviews due in the school year of which it is known, those in which the child or young person took part.",
        "share of reviews",
        "Children and Families Act 2014, section 19.",
    ),
)

reviews_with_parent = share(
    REVIEWS_DUE,
    lambda t: t.has_parent_present,
    """
    has_parent_present || of  | counts
    yes                || yes | yes
    no                 || yes | no
                       || no  | no
    """,
    lambda t: t.has_parent_present.notnull(),
    **_words(
        "reviews_with_parent",
        "Reviews in which a parent or carer took part",
        "Of reviews due in the school year of which it is known, those in which a parent or carer took part.",
        "share of reviews",
        "Children and Families Act 2014, section 19.",
    ),
)

transfers_in_time = share(
    TRANSFERS,
    lambda t: t.days_after_due <= 0,
    """
    phase_code | days_after_due || of  | counts
    U          | 0              || yes | yes
    U          | 3              || yes | no
    16         |                || yes | no
    """,
    **_words(
        "transfers_in_time",
        "Phase transfer plans in time",
        "Of phase transfers due in the school year, those whose amended plan was issued by the day on which it was "
        "due: 15 February, and 31 March before post-16. A plan not issued is in it.",
        "share of phase transfers",
        "SEND Regulations 2014, regulation 18.",
    ),
)

transfers_as_asked = share(
    TRANSFERS,
    lambda t: t.preference_code == "Y",
    """
    preference_code || of  | counts
    Y               || yes | yes
    N               || yes | no
    0               || no  | no
    U               || no  | no
                    || no  | no
    """,
    lambda t: t.preference_code.isin(["Y", "N"]),
    **_words(
        "transfers_as_asked",
        "Phase transfers to the establishment asked for",
        "Of phase transfers due in the school year for which something was asked and the answer is known, those to "
        "the establishment that parent or young person asked for.",
        "share of phase transfers with a preference",
        "Children and Families Act 2014, sections 38 and 39.",
    ),
)
