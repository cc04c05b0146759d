"""EHC plans in force: how many, whose, and for what need.

From the DfE's release of 2025, whose counts are written here as they stand there: shares are made from them. A plan in
force is one of census day in January.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.days import age_on_31_august, with_traits
from synthetic.marginals.ehc import beside_plans, plans_in_force
from synthetic.marginals.figures import for_each, per, percent, share_of
from synthetic.marginals.school import pupils
from synthetic.target import CLOSE, LOOSE, MEMORY, PER_PEOPLE, PER_PUPILS, Marginal, Published, Tables, Theme

EHC = "DfE, Education, health and care plans, reporting year 2025"
PLANS, PLANS_2024 = 638_745, 576_474
PUPILS_2024, PUPILS_2025 = 9_091_000, 9_061_000
PEOPLE = 17_800_000
"""Aged 0 to 25 in the middle of 2024."""

HEADLINE = Published(f"{EHC}: caseload; pupils from Special educational needs in England", PUPILS_2025, CLOSE)
CASELOAD = Published(f"{EHC}: caseload", PLANS)
NEEDS = Published(f"{EHC}: primary need of all plans", PLANS)
PER_HEAD = Published(f"{EHC}: caseload; {MEMORY.lower()}population of mid-2024 (ONS)", PEOPLE, LOOSE)


AGES = {(0, 4): 27_352, (5, 10): 212_994, (11, 15): 233_317, (16, 19): 127_902, (20, 25): 37_180}
ETHNICITIES = {
    "WBRI": ("White British", 414_338),
    "APKN": ("Pakistani", 21_416),
    "BAFR": ("Black African", 23_881),
    "MWBC": ("White and Black Caribbean", 12_420),
}
NEED = {
    "ASD": ("Autism", 201_183),
    "SLCN": ("Speech, language and communication", 135_835),
    "SEMH": ("Social, emotional and mental health", 132_218),
    "MLD": ("Moderate learning difficulty", 67_861),
    "SLD": ("Severe learning difficulty", 25_025),
    "PD": ("Physical disability", 24_897),
    "SPLD": ("Specific learning difficulty", 15_030),
    "PMLD": ("Profound and multiple learning difficulty", 8_577),
}
NEED_AT_AGE = (
    ("SLCN", 5, 46.3, 30_847),
    ("SEMH", 5, 5.0, 30_847),
    ("SLCN", 15, 12.3, 44_886),
    ("SEMH", 15, 29.5, 44_886),
)


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 2)


def _in_force_by(year: int, holds: pl.Expr) -> Marginal:
    return lambda t: percent(with_traits(plans_in_force(t, year), t), holds)


def _primary_needs(tables: Tables, year: int) -> pl.LazyFrame:
    return beside_plans(tables, "plan_need", year).filter(pl.col("rank_code") == "1")


def _need_at(age: int, need: str) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        rows = with_traits(_primary_needs(tables, 2025), tables).filter(age_on_31_august(2024) == age)
        return percent(rows, pl.col("need_code") == need)

    return marginal


def _per_head(tables: Tables) -> pl.LazyFrame:
    young = tables["person"].filter(age_on_31_august(2024).is_between(0, 25))
    return per(plans_in_force(tables, 2025), young, 1000)


CASELOAD_OF_PLANS = Theme(
    "EHC plans in force",
    (
        *(
            HEADLINE.rate(
                f"plans.per_pupils_{year}",
                f"Plans in force (ages 0 to 25) for each 100 pupils in schools, January {year}.",
                year,
                _share(plans, of_pupils),
                PER_PUPILS,
                for_each(plans_in_force, pupils, year, year),
            )
            for year, plans, of_pupils in ((2024, PLANS_2024, PUPILS_2024), (2025, PLANS, PUPILS_2025))
        ),
        PER_HEAD.rate(
            "plans.per_people_2025",
            "Plans in force for each 1,000 people aged 0 to 25, January 2025.",
            2025,
            round(1000 * PLANS / PEOPLE, 1),
            PER_PEOPLE,
            _per_head,
        ),
        CASELOAD.share(
            "plans.boys",
            "Boys and young men among plans in force, January 2025.",
            2025,
            70.6,
            _in_force_by(2025, pl.col("sex_code") == "M"),
        ),
        *(
            CASELOAD.share(
                f"plans.aged_{ages[0]}_{ages[1]}",
                f"Plans in force of those aged {ages[0]} to {ages[1]} on 31 August 2024, January 2025.",
                2025,
                _share(count, PLANS),
                _in_force_by(2025, age_on_31_august(2024).is_between(*ages)),
            )
            for ages, count in AGES.items()
        ),
        *(
            CASELOAD.share(
                f"plans.{code.lower()}",
                f"{words} children and young people among plans in force, January 2025.",
                2025,
                _share(count, PLANS),
                _in_force_by(2025, pl.col("ethnicity_code") == code),
            )
            for code, (words, count) in ETHNICITIES.items()
        ),
        *(
            NEEDS.share(
                f"plans.need_{code.lower()}",
                f"{words} as primary need of plans in force, January 2025.",
                2025,
                _share(count, PLANS),
                share_of(_primary_needs, 2025, pl.col("need_code") == code),
            )
            for code, (words, count) in NEED.items()
        ),
        *(
            Published(f"{EHC}: primary need of all plans by age", number).share(
                f"plans.need_{code.lower()}_aged_{age}",
                f"{NEED[code][0]} as primary need of plans in force at age {age}, January 2025.",
                2025,
                value,
                _need_at(age, code),
            )
            for code, age, value, number in NEED_AT_AGE
        ),
    ),
)
