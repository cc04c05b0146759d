"""Measures of placements on census day. The record knows a number of the establishment, and the kind where it has
none; the type of an establishment is not in a snapshot, so mainstream and special schools are not told apart here."""

from __future__ import annotations

from analysis.measure import PERSON_LEVEL, Direction, Measure, share
from analysis.populations.placements import PLACED

SOURCE = "DfE, Education, health and care plans: caseload, by placement."
NOT_LEARNING = ("NEET", "NIEC", "NIEO")


def _setting(name: str, title: str, what: str, codes: tuple[str, ...], direction: Direction) -> Measure:
    """A share of plans by the kind of setting that stands in place of an establishment."""
    rows = "\n".join(f"{code:<12} || yes | yes" for code in codes)
    return share(
        PLACED,
        lambda t: t.setting_code.isin(codes),
        f"setting_code || of  | counts\n{rows}\nEYP          || yes | no\n             || yes | no",
        name=name,
        title=title,
        sentence=f"Of plans in force on census day in the January after the year, those whose child was {what}.",
        unit="share of plans",
        direction=direction,
        years=PERSON_LEVEL,
        source=SOURCE,
    )


at_establishment = share(
    PLACED,
    lambda t: t.is_at_establishment,
    """
    is_placed | is_at_establishment || of  | counts
    yes       | yes                 || yes | yes
    yes       | no                  || yes | no
    no        |                     || yes | no
    """,
    name="at_establishment",
    title="Children with a plan at a school, college or provider",
    sentence="Of plans in force on census day in the January after the year, those whose child was placed at a "
    "numbered school, college or provider.",
    unit="share of plans",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=SOURCE,
)

in_unit_or_resourced = share(
    PLACED,
    lambda t: t.is_sen_unit | t.is_resourced_provision,
    """
    is_at_establishment | is_sen_unit | is_resourced_provision || of  | counts
    yes                 | yes         | no                     || yes | yes
    yes                 | no          | yes                    || yes | yes
    yes                 | no          | no                     || yes | no
    no                  |             |                        || no  | no
    """,
    lambda t: t.is_at_establishment,
    name="in_unit_or_resourced",
    title="In a SEN unit or resourced provision",
    sentence="Of children with a plan at a school, college or provider on census day, those in a SEN unit or resourced "
    "provision.",
    unit="share of plans at an establishment",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=SOURCE,
)

residential = share(
    PLACED,
    lambda t: t.residential_code.notnull(),
    """
    is_placed | residential_code || of  | counts
    yes       | A                || yes | yes
    yes       |                  || yes | no
    no        |                  || no  | no
    """,
    lambda t: t.is_placed,
    name="residential",
    title="Residential placements",
    sentence="Of children with a plan and a placement on census day, those in a residential placement.",
    unit="share of placements",
    direction=Direction.NONE,
    years=PERSON_LEVEL,
    source=SOURCE,
)

without_placement = share(
    PLACED,
    lambda t: ~t.is_placed,
    """
    is_placed || of  | counts
    no        || yes | yes
    yes       || yes | no
    """,
    name="without_placement",
    title="Plans without a placement",
    sentence="Of plans in force on census day in the January after the year, those without a placement in the return.",
    unit="share of plans",
    direction=Direction.LOWER,
    years=PERSON_LEVEL,
    source=SOURCE,
)

educated_otherwise = _setting(
    "educated_otherwise", "Educated otherwise than at school", "in other arrangements", ("OLA", "OPA"), Direction.NONE
)
home_educated_with_plan = _setting(
    "home_educated_with_plan", "Home educated with a plan", "in elective home education", ("EHE",), Direction.NONE
)
plan_not_learning = _setting(
    "plan_not_learning",
    "With a plan and not in learning",
    "not in education or training",
    NOT_LEARNING,
    Direction.LOWER,
)
