"""Measures after 16: destinations, activity, courses. Who was not found is not known, and never counted as NEET."""

from __future__ import annotations

from analysis.measure import Direction, Measure, share, since
from analysis.population import Condition, Population, Table
from analysis.populations.after_16 import (
    AFTER_16_18,
    AFTER_KS4,
    APPRENTICESHIPS,
    FURTHER_EDUCATION,
    INTERNSHIPS,
    TRACKED_16_17,
    TRACKED_18_25,
)
from cohort.schema.codes.activity import EDUCATION, EMPLOYMENT, NEET, NOT_KNOWN, TRAINING
from cohort.schema.outcome_measures import outcome_measure

TRACKED = outcome_measure("neet").comparable
NCCIS = "DfE, Participation in education, training and NEET, ages 16 and 17, by authority: December to February."
COURSES = since(2023, "courses returned one by one, school years")
APPRENTICESHIP = ("310",)
INTERNSHIP = ("460",)


def _known(table: Table) -> Condition:
    return table.activity_group != NOT_KNOWN


def _sustained(of: Population, name: str, title: str, code: str) -> Measure:
    return share(
        of,
        lambda t: t.is_sustained,
        """
        destination_code | is_sustained || of  | counts
        FE               | yes          || yes | yes
        NS               | no           || yes | no
        NC               |              || yes | no
        """,
        name=name,
        title=title,
        sentence="Of young people who left the stage, those in education, an apprenticeship or employment for two "
        "terms of the destination year. Who was not captured is in the denominator.",
        unit="share of leavers",
        direction=Direction.HIGHER,
        years=outcome_measure(code).comparable,
        source="DfE, destination measures.",
    )


def _destination(
    of: Population, name: str, title: str, what: str, code: str, direction: Direction, outcome: str
) -> Measure:
    """Leavers with one destination."""
    return share(
        of,
        lambda t: t.destination_code == code,
        f"""
        destination_code || of  | counts
        {code:<16} || yes | yes
        OE               || yes | no
        """,
        name=name,
        title=title,
        sentence=f"Of young people who left the stage, those {what} in the destination year.",
        unit="share of leavers",
        direction=direction,
        years=outcome_measure(outcome).comparable,
        source="DfE, destination measures.",
    )


ks4_sustained = _sustained(
    AFTER_KS4, "ks4_sustained", "Sustained destination after key stage 4", "ks4_destination_sustained"
)
post_16_sustained = _sustained(
    AFTER_16_18, "post_16_sustained", "Sustained destination after 16 to 18 study", "post_16_destination_sustained"
)
ks4_not_captured = _destination(
    AFTER_KS4,
    "ks4_not_captured",
    "Not captured after key stage 4",
    "of whom no activity was captured",
    "NC",
    Direction.LOWER,
    "ks4_destination_sustained",
)
post_16_higher_education = _destination(
    AFTER_16_18,
    "post_16_higher_education",
    "Higher education after 16 to 18 study",
    "in higher education",
    "HE",
    Direction.NONE,
    "post_16_destination_sustained",
)
post_16_employment = _destination(
    AFTER_16_18,
    "post_16_employment",
    "Employment after 16 to 18 study",
    "in employment",
    "EM",
    Direction.NONE,
    "post_16_destination_sustained",
)


def _neet(of: Population, name: str, who: str) -> Measure:
    return share(
        of,
        lambda t: t.activity_group.isin(NEET),
        """
        activity_group || of  | counts
        NEET, active   || yes | yes
        NEET, inactive || yes | yes
        education      || yes | no
        custody        || yes | no
        not known      || no  | no
                       || no  | no
        """,
        _known,
        name=name,
        title=f"NEET, {who}",
        sentence=f"Of months from December to February of young people {who} whose activity is known, those not in "
        "education, employment or training. Months not known are in neither part: see how many there are.",
        unit="share of months known",
        direction=Direction.LOWER,
        years=TRACKED,
        source=f"{NCCIS} That figure keeps the not known in its denominator; this one does not.",
    )


def _not_known(of: Population, name: str, who: str) -> Measure:
    return share(
        of,
        lambda t: t.activity_group == NOT_KNOWN,
        """
        activity_group || of  | counts
        not known      || yes | yes
        NEET, active   || yes | no
        education      || yes | no
        """,
        name=name,
        title=f"Activity not known, {who}",
        sentence=f"Of months from December to February of young people {who}, those whose activity is not known.",
        unit="share of months",
        direction=Direction.LOWER,
        years=TRACKED,
        source=NCCIS,
    )


neet_16_17 = _neet(TRACKED_16_17, "neet_16_17", "aged 16 and 17")
neet_18_25 = _neet(TRACKED_18_25, "neet_18_25", "aged 18 to 25 with a plan")
not_known_16_17 = _not_known(TRACKED_16_17, "not_known_16_17", "aged 16 and 17")
not_known_18_25 = _not_known(TRACKED_18_25, "not_known_18_25", "aged 18 to 25 with a plan")

care_leavers_neet = share(
    TRACKED_16_17,
    lambda t: t.activity_group.isin(NEET),
    """
    has_left_care | activity_group || of  | counts
    yes           | NEET, active   || yes | yes
    yes           | employment     || yes | no
    yes           | not known      || no  | no
    no            | NEET, active   || no  | no
    """,
    lambda t: t.has_left_care & _known(t),
    name="care_leavers_neet",
    title="NEET, care leavers aged 16 and 17",
    sentence="Of months from December to February of young people aged 16 and 17 who had left care at 16 or later and "
    "whose activity is known, those not in education, employment or training.",
    unit="share of months known",
    direction=Direction.LOWER,
    years=TRACKED,
    source="DfE, Children looked after in England: care leavers' activity, there at 17 to 21.",
)

learning_16_17 = share(
    TRACKED_16_17,
    lambda t: t.activity_group.isin([EDUCATION, TRAINING]) | t.activity_code.isin(APPRENTICESHIP),
    """
    activity_code | activity_group || of  | counts
    210           | education      || yes | yes
    460           | training       || yes | yes
    310           | employment     || yes | yes
    330           | employment     || yes | no
    619           | NEET, active   || yes | no
    810           | not known      || no  | no
    """,
    _known,
    name="learning_16_17",
    title="In learning at 16 and 17",
    sentence="Of months from December to February of young people aged 16 and 17 whose activity is known, those in "
    "education, training or an apprenticeship.",
    unit="share of months known",
    direction=Direction.HIGHER,
    years=TRACKED,
    source=NCCIS,
)


def _active(of: Population, name: str, title: str, what: str, codes: tuple[str, ...], group: str) -> Measure:
    return share(
        of,
        lambda t: t.activity_code.isin(codes),
        f"""
        activity_code | activity_group || of  | counts
        {codes[0]:<13} | {group:<14} || yes | yes
        230           | education      || yes | no
        820           | not known      || no  | no
        """,
        _known,
        name=name,
        title=title,
        sentence=f"Of months from December to February of the young people whose activity is known, those in {what}.",
        unit="share of months known",
        direction=Direction.NONE,
        years=TRACKED,
        source=NCCIS,
    )


apprenticeship_16_17 = _active(
    TRACKED_16_17,
    "apprenticeship_16_17",
    "In an apprenticeship at 16 and 17",
    "an apprenticeship",
    APPRENTICESHIP,
    EMPLOYMENT,
)
internship_18_25 = _active(
    TRACKED_18_25,
    "internship_18_25",
    "In a supported internship, aged 18 to 25 with a plan",
    "a supported internship",
    INTERNSHIP,
    TRAINING,
)


def _achieved(of: Population, name: str, title: str, what: str) -> Measure:
    return share(
        of,
        lambda t: t.is_achieved,
        """
        is_achieved || of  | counts
        yes         || yes | yes
        no          || yes | no
                    || no  | no
        """,
        lambda t: t.is_achieved.notnull(),
        name=name,
        title=title,
        sentence=f"Of {what} that ended in the school year and whose result is known, those achieved.",
        unit="share of courses ended",
        direction=Direction.HIGHER,
        years=COURSES,
        source="DfE, Further education and skills: achievement rates.",
    )


further_education_achieved = _achieved(
    FURTHER_EDUCATION, "further_education_achieved", "Further education achieved", "programmes of further education"
)
apprenticeships_achieved = _achieved(
    APPRENTICESHIPS, "apprenticeships_achieved", "Apprenticeships achieved", "apprenticeships"
)

internships_to_work = share(
    INTERNSHIPS,
    lambda t: t.internship_result_code.isin(["E16", "E1", "AP"]),
    """
    internship_result_code || of  | counts
    E16                    || yes | yes
    E1                     || yes | yes
    AP                     || yes | yes
    ED                     || yes | no
    N                      || yes | no
    U                      || no  | no
                           || no  | no
    """,
    lambda t: t.internship_result_code != "U",
    name="internships_to_work",
    title="Supported internships that led to paid work",
    sentence="Of supported internships that ended in the school year and whose result is known, those followed by paid "
    "work or an apprenticeship.",
    unit="share of internships ended",
    direction=Direction.HIGHER,
    years=COURSES,
    source="NDTi, Internships Work: yearly survey.",
)
