"""Measures of linkage: how many records were linked, and who left one authority and reached no other."""

from __future__ import annotations

from analysis.measure import PERSON_LEVEL, Count, Direction, Measure
from analysis.populations.linkage import LEAVERS, RECORDS

linked_records = Measure(
    name="linked_records",
    title="Records linked to an earlier one",
    sentence="Of children's records in returns after an authority's first, those linked to a person known before. "
    "A child new to the record is not linked, and rightly so.",
    unit="share of records",
    direction=Direction.NONE,
    numerator=Count(
        RECORDS,
        lambda t: t.rule_code != "new",
        """
        person_id | rule_code          || counts
        a         | upn                || yes
        b         | name_date_postcode || yes
        c         | model              || yes
        d         | new                || no
        """,
    ),
    denominator=Count(
        RECORDS,
        lambda t: t.person_id.notnull(),
        """
        person_id | rule_code || counts
        a         | upn       || yes
        d         | new       || yes
        """,
    ),
    years=PERSON_LEVEL,
    source="Bohensky et al. 2010 and Harron et al. 2017: compare linked and unlinked records.",
)

leavers_not_arrived = Measure(
    name="leavers_not_arrived",
    title="Children who left and never arrived",
    sentence="Of children who left the authority for another in England in the year, those whom no other authority "
    "returned in that year's return or the next.",
    unit="share of children who left",
    direction=Direction.LOWER,
    numerator=Count(
        LEAVERS,
        lambda t: ~t.has_arrived,
        """
        person_id | has_arrived || counts
        a         | yes         || no
        b         | no          || yes
        """,
    ),
    denominator=Count(
        LEAVERS,
        lambda t: t.person_id.notnull(),
        """
        person_id | has_arrived || counts
        a         | yes         || yes
        b         | no          || yes
        """,
    ),
    years=PERSON_LEVEL,
    source="SEN2: cease reason 5 and Exported, followed into the other authorities' returns.",
)
