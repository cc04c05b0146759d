"""Populations of care, youth justice, home education, spells out of school, and waits for diagnosis. School years."""

from __future__ import annotations

import polars as pl

from analysis.facts import ON_SPRING_ROLL, PERSON, days, in_school_year, lasts_at_end, school
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

LEFT_AT = 16
SPELL = {**PERSON, "age_at_start": pl.Int64}
LASTS = Step("lasts", "Lasting on 31 August.", lambda t: lasts_at_end(t, "start_date", "end_date"))
BEGUN = Step("begun", "Begun in the school year.", lambda t: in_school_year(t, "start_date"))


def _diagnoses(snapshot: Snapshot) -> Table:
    referral = school(snapshot, "diagnosis_referral")
    return referral.mutate(days_to_first=days(referral, "referred_date", "first_seen_date"))


LOOKED_AFTER = Population(
    name="looked_after",
    unit="child looked after",
    sentence="Spells of care in the returns.",
    columns={**SPELL, "care_placement_code": pl.String, "legal_status_code": pl.String},
    start=lambda snapshot: school(snapshot, "care_spell"),
    steps=(LASTS,),
)

LEFT_CARE = Population(
    name="left_care",
    unit="young person who left care",
    sentence="Spells of care in the returns.",
    columns={**SPELL, "age_at_end": pl.Int64, "end_reason_code": pl.String},
    start=lambda snapshot: school(snapshot, "care_spell"),
    steps=(
        Step("ended", "Ended in the school year.", lambda t: in_school_year(t, "end_date")),
        Step("aged", "At 16 or later.", lambda t: t.age_at_end >= LEFT_AT),
    ),
)

YOUTH_JUSTICE = Population(
    name="youth_justice",
    unit="spell",
    sentence="Spells with the youth justice service in the returns.",
    columns={**SPELL, "youth_justice_code": pl.String},
    start=lambda snapshot: school(snapshot, "youth_justice_spell"),
    steps=(BEGUN,),
)

HOME_EDUCATED = Population(
    name="home_educated",
    unit="child educated at home",
    sentence="Spells of elective home education in the returns.",
    columns={**SPELL, "home_education_reason_code": pl.String},
    start=lambda snapshot: school(snapshot, "home_education"),
    steps=(LASTS,),
)

OUT_OF_SCHOOL = Population(
    name="out_of_school",
    unit="spell",
    sentence="Spells out of school in the returns.",
    columns={
        **SPELL,
        "out_of_school_reason_code": pl.String,
        "has_section_19_provision": pl.Boolean,
        "hours_per_week": pl.Float64,
    },
    start=lambda snapshot: school(snapshot, "out_of_school"),
    steps=(LASTS,),
)

ON_ROLL = Population(
    name="on_roll",
    unit="pupil",
    sentence="Pupils in the school censuses.",
    columns={**PERSON, "sen_provision_code": pl.String},
    start=lambda snapshot: school(snapshot, "enrolment"),
    steps=ON_SPRING_ROLL,
)

REFERRALS = Population(
    name="diagnosis_referrals",
    unit="referral",
    sentence="Referrals for diagnosis in the returns.",
    columns={**PERSON, "diagnosis_code": pl.String, "days_to_first": pl.Int64},
    start=_diagnoses,
    steps=(Step("seen", "First seen in the school year.", lambda t: in_school_year(t, "first_seen_date")),),
)
