"""Children looked after, helped or protected by social care, and known to youth justice: spells of a financial year.

DfE's return of looked-after children (SSDA903) and its census of children in need say more, under a number that is no
pupil's; here spells stand under the child, in groups, and the form is our own. See `docs/reference/care-return.md`.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, FINANCIAL_YEAR, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import care

ERROR = Level.ERROR


def _days() -> tuple[Column, ...]:
    return (
        Column("StartDate", "start_date", Kind.DATE, "First day.", required=ERROR, age="age_at_start"),
        Column("EndDate", "end_date", Kind.DATE, "Last day; empty while it lasts.", age="age_at_end"),
    )


NEED = Column("CareNeed", "care_need_code", Kind.CODE, "Main reason.", codes=care.CARE_NEED)

LOOKED_AFTER = Table(
    "CareSpell",
    "care_spell",
    "A spell of being looked after, under one legal status and placement.",
    (
        *_days(),
        NEED,
        Column("LegalStatus", "legal_status_code", Kind.CODE, "Ground.", codes=care.CARE_LEGAL_STATUS),
        Column("CarePlacement", "care_placement_code", Kind.CODE, "Where the child lives.", codes=care.CARE_PLACEMENT),
        Column("CareEnd", "end_reason_code", Kind.CODE, "How it ended.", codes=care.CARE_END),
    ),
    parent=CHILD,
)

SOCIAL_CARE = Table(
    "SocialCareSpell",
    "social_care_spell",
    "A spell of help or protection by social care, short of being looked after.",
    (
        Column("Help", "social_care_code", Kind.CODE, "Kind of help.", required=ERROR, codes=care.SOCIAL_CARE),
        *_days(),
        NEED,
        Column("Disabled", "is_disabled", Kind.FLAG, "Recorded as disabled by social care."),
    ),
    parent=CHILD,
)

YOUTH_JUSTICE = Table(
    "YouthJusticeSpell",
    "youth_justice_spell",
    "A spell in which the youth justice service was involved.",
    (
        Column("Involved", "youth_justice_code", Kind.CODE, "What for.", required=ERROR, codes=care.YOUTH_JUSTICE),
        *_days(),
    ),
    parent=CHILD,
)

CARE = ReturnFormat(
    collection="care",
    title="Care, social care and youth justice",
    years=range(2023, 2028),
    tables=(child(), LOOKED_AFTER, SOCIAL_CARE, YOUTH_JUSTICE),
    header=whose(FINANCIAL_YEAR),
    census_day=lambda year: date(year, 3, 31),
    lineage={"person_trait": "person"},
)
