"""Measures of care, youth justice, home education, children out of school, and waits for diagnosis."""

from __future__ import annotations

from analysis.measure import Count, Direction, everyone, mean, median, number_of, rate, share, since, weeks
from analysis.populations.care import (
    HOME_EDUCATED,
    LEFT_CARE,
    LOOKED_AFTER,
    ON_ROLL,
    OUT_OF_SCHOOL,
    REFERRALS,
    YOUTH_JUSTICE,
)

YEARS = since(2023, "spells returned one by one, school years")
PUPILS = """
person_id | sen_provision_code || counts
a         | K                  || yes
b         | N                  || yes
"""

looked_after = number_of(
    LOOKED_AFTER,
    everyone,
    """
    person_id | care_placement_code || counts
    a         | F                   || yes
    b         | R                   || yes
    """,
    name="looked_after",
    title="Children looked after",
    sentence="Children and young people of the record who were looked after on 31 August.",
    unit="children",
    direction=Direction.NONE,
    years=YEARS,
    source="DfE, Children looked after in England, there on 31 March.",
)

care_in_a_family = share(
    LOOKED_AFTER,
    lambda t: t.care_placement_code.isin(["K", "F", "P", "A"]),
    """
    care_placement_code || of  | counts
    K                   || yes | yes
    F                   || yes | yes
    P                   || yes | yes
    A                   || yes | yes
    R                   || yes | no
                        || no  | no
    """,
    lambda t: t.care_placement_code.notnull(),
    name="care_in_a_family",
    title="Looked after in a family",
    sentence="Of children looked after on 31 August whose placement is known, those with foster carers, relatives, "
    "parents or adopters.",
    unit="share of children looked after",
    direction=Direction.HIGHER,
    years=YEARS,
    source="DfE, Children looked after in England: placements.",
)

left_care_for_independence = share(
    LEFT_CARE,
    lambda t: t.end_reason_code == "I",
    """
    age_at_end | end_reason_code || of  | counts
    17         | I               || yes | yes
    18         | AS              || yes | no
    16         | R               || yes | no
    """,
    name="left_care_for_independence",
    title="Care leavers who left for independent living",
    sentence="Of young people whose care ended in the school year at 16 or later, those who left for independent "
    "living, with or without support.",
    unit="share of care leavers",
    direction=Direction.NONE,
    years=YEARS,
    source="DfE, Children looked after in England: reasons why care ended.",
)

left_care_for_adult_care = share(
    LEFT_CARE,
    lambda t: t.end_reason_code == "AS",
    """
    end_reason_code || of  | counts
    AS              || yes | yes
    I               || yes | no
    """,
    name="left_care_for_adult_care",
    title="Care leavers who passed to adult social care",
    sentence="Of young people whose care ended in the school year at 16 or later, those who passed to adult social "
    "care.",
    unit="share of care leavers",
    direction=Direction.NONE,
    years=YEARS,
    source="DfE, Children looked after in England: reasons why care ended.",
)

youth_justice = rate(
    Count(
        YOUTH_JUSTICE,
        everyone,
        """
        person_id | youth_justice_code || counts
        a         | PR                 || yes
        a         | CO                 || yes
        """,
    ),
    Count(ON_ROLL, everyone, PUPILS),
    1_000,
    name="youth_justice",
    title="Youth justice for each thousand pupils",
    sentence="Spells with the youth justice service begun in the school year, for each thousand pupils in the census "
    "of the spring.",
    unit="spells for each thousand pupils",
    direction=Direction.LOWER,
    years=YEARS,
    source="Youth Justice Board, Youth justice statistics.",
)

custody = share(
    YOUTH_JUSTICE,
    lambda t: t.youth_justice_code.isin(["RE", "CU"]),
    """
    youth_justice_code || of  | counts
    CU                 || yes | yes
    RE                 || yes | yes
    CO                 || yes | no
    """,
    name="custody",
    title="Youth justice that was custody",
    sentence="Of spells with the youth justice service begun in the school year, those of custody, remand included.",
    unit="share of spells",
    direction=Direction.LOWER,
    years=YEARS,
    source="Youth Justice Board, Youth justice statistics.",
)

home_education = rate(
    Count(
        HOME_EDUCATED,
        everyone,
        """
        person_id | home_education_reason_code || counts
        a         | PH                         || yes
        b         | SD                         || yes
        """,
    ),
    Count(ON_ROLL, everyone, PUPILS),
    1_000,
    name="home_education",
    title="Home education for each thousand pupils",
    sentence="Children in elective home education on 31 August, for each thousand pupils in the census of the spring.",
    unit="children for each thousand pupils",
    direction=Direction.NONE,
    years=YEARS,
    source="DfE, Elective home education: 1.4 % in autumn 2024.",
)

home_education_for_want_of_school = share(
    HOME_EDUCATED,
    lambda t: t.home_education_reason_code.isin(["SD", "PL", "EX"]),
    """
    home_education_reason_code || of  | counts
    SD                         || yes | yes
    PL                         || yes | yes
    EX                         || yes | yes
    PH                         || yes | no
    UN                         || no  | no
                               || no  | no
    """,
    lambda t: t.home_education_reason_code != "UN",
    name="home_education_for_want_of_school",
    title="Home education for want of a suitable school",
    sentence="Of children in elective home education on 31 August whose reason is known, those whose parents say: "
    "dissatisfied over SEND, no suitable place, or at risk of exclusion or prosecution.",
    unit="share of children educated at home",
    direction=Direction.LOWER,
    years=YEARS,
    source="DfE, Elective home education: reasons.",
)

out_of_school = rate(
    Count(
        OUT_OF_SCHOOL,
        everyone,
        """
        person_id | out_of_school_reason_code || counts
        a         | NP                        || yes
        b         | PT                        || yes
        """,
    ),
    Count(ON_ROLL, everyone, PUPILS),
    1_000,
    name="out_of_school",
    title="Out of school for each thousand pupils",
    sentence="Children out of school on 31 August, with no place, not attending or on part of a timetable, for each "
    "thousand pupils in the census of the spring.",
    unit="children for each thousand pupils",
    direction=Direction.LOWER,
    years=YEARS,
    source="DfE, Children missing education.",
)

out_of_school_with_education = share(
    OUT_OF_SCHOOL,
    lambda t: t.has_section_19_provision,
    """
    out_of_school_reason_code | has_section_19_provision || of  | counts
    NP                        | yes                      || yes | yes
    NP                        | no                       || yes | no
    NP                        |                          || yes | no
    MI                        | no                       || no  | no
    """,
    lambda t: t.out_of_school_reason_code != "MI",
    name="out_of_school_with_education",
    title="Out of school with education arranged",
    sentence="Of children out of school on 31 August and traced, those for whom the authority arranges education.",
    unit="share of children out of school",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Education Act 1996, section 19.",
)

hours_out_of_school = mean(
    OUT_OF_SCHOOL,
    lambda t: t.hours_per_week,
    """
    hours_per_week || value
    5              || 5
    10             || 10
                   ||
    """,
    7.5,
    name="hours_out_of_school",
    title="Hours of education while out of school",
    sentence="Hours of education a week of children out of school on 31 August, on average over those of whom it is "
    "recorded.",
    unit="hours a week",
    direction=Direction.HIGHER,
    years=YEARS,
    source="Education Act 1996, section 19.",
)

weeks_to_diagnosis_appointment = median(
    REFERRALS,
    lambda t: weeks(t.days_to_first),
    """
    days_to_first || value
    70            || 10
    350           || 50
                  ||
    """,
    30,
    name="weeks_to_diagnosis_appointment",
    title="Weeks to a first appointment for diagnosis",
    sentence="Of referrals for diagnosis first seen in the school year, the weeks from referral that half did not "
    "exceed. Who still waits is not in it.",
    unit="weeks",
    direction=Direction.LOWER,
    years=YEARS,
    source="NHS England, Autism waiting times; the campaign asks for 6 weeks.",
)
