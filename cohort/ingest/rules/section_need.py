"""Rules on SectionNeed: needs that a version of a plan describes in sections B, C and D."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import VERSION, Rules

OF = Rules("SECTIONNEED", "section_need")
NONE = "NON"

ONCE = OF.once(
    1,
    "rank_number",
    {**VERSION, "need_section_code": ("B", "C"), "rank_number": ("1", "2")},
    "Two needs of one section do not share a rank.",
    "Number the needs of each section 1, 2, 3 in order of importance.",
)
KIND_IN_B = OF.wants_where(
    2,
    "need_code",
    "need_section_code",
    ("B",),
    ("C", "ASD"),
    "A need in section B has a type.",
    "Enter SENtype.",
    Level.ERROR,
)
KIND_IN_C = OF.wants_where(
    3,
    "health_need_code",
    "need_section_code",
    ("C",),
    ("B", "MH"),
    "A need in section C has a kind of health need.",
    "Enter HealthNeed; NON where the plan says that there is none.",
    Level.ERROR,
)
KIND_IN_D = OF.wants_where(
    4,
    "social_care_need_code",
    "need_section_code",
    ("D",),
    ("B", "SAF"),
    "A need in section D has a kind of social care need.",
    "Enter SocialCareNeed; NON where the plan says that there is none.",
    Level.ERROR,
)
B_ALONE = OF.empty_where(
    5,
    "need_code",
    "need_section_code",
    ("C", "D"),
    ("B", "ASD"),
    "A type of special educational need stands in section B alone.",
    "Take SENtype out, or correct NeedSection.",
)
C_ALONE = OF.empty_where(
    6,
    "health_need_code",
    "need_section_code",
    ("B", "D"),
    ("C", "MH"),
    "A kind of health need stands in section C alone.",
    "Take HealthNeed out, or correct NeedSection.",
)
D_ALONE = OF.empty_where(
    7,
    "social_care_need_code",
    "need_section_code",
    ("B", "C"),
    ("D", "SAF"),
    "A kind of social care need stands in section D alone.",
    "Take SocialCareNeed out, or correct NeedSection.",
)


@rule(
    "SECTIONNEED-08",
    table="section_need",
    column="health_need_code",
    level=Level.QUERY,
    sentence="Where a section is said to hold no need, it holds none.",
    advice="Take NON out, or the needs beside it.",
    example="""
        person_row | plan_start_date | version_number | need_section_code | health_need_code || breaks
        1          | 2023-05-02      | 1              | C                 | NON              || yes
        1          | 2023-05-02      | 1              | C                 | MH               || no
        2          | 2023-05-02      | 1              | C                 | NON              || no
        3          | 2023-05-02      | 1              | C                 | MH               || no
        3          | 2023-05-02      | 1              | B                 |                  || no
    """,
)
def none_beside_none() -> pl.Expr:
    section = pl.len().over("person_row", "plan_start_date", "version_number", "need_section_code")
    return (pl.col("health_need_code") == NONE) & (section > 1)
