"""Pupils with SEN: how many, by year, age, sex, free meals, birth month, and their types of need.

The year of a census is that of its January.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.days import with_traits
from synthetic.marginals.figures import percent, share_of
from synthetic.marginals.school import NONE, PLAN, SPRING, SUPPORT, censuses, flagged, of, pupils, with_status
from synthetic.target import CLOSE, LOOSE, MEMORY, Marginal, Published, Tables, Theme

SEN = "DfE, Special educational needs in England"
ALL = Published(f"{SEN}, 2016 to 2025, all schools (by the Local Authority Interactive Tool)", 9_060_000, CLOSE)
AGES = Published(f"{SEN}, January 2020: age", 650_000)
REPORTED = f"{SEN}, June 2025: headlines as reported by Flourish Education"
NEEDS = Published(f"{SEN}, June 2025: primary type of need, as reported by two schools' news pages", 1_284_000)
NEEDS_OF_PLANS = Published(NEEDS.source, 482_600)
NEEDS_RECALLED = Published(f"{MEMORY}{SEN}, January 2024: primary type of need, SEN support", 1_239_000, LOOSE)
MONTHS = Published("FFT Education Datalab, 21 November 2022: month of birth; pupils of year 7 in 2021/22", 215_000)

SUPPORTED = {2016: 11.6, 2018: 11.7, 2020: 12.1, 2021: 12.2, 2022: 12.6, 2023: 13.0, 2024: 13.6, 2025: 14.2}
WITH_PLAN = {2016: 2.8, 2018: 2.9, 2020: 3.3, 2021: 3.7, 2022: 4.0, 2023: 4.3, 2024: 4.8, 2025: 5.3}
BY_AGE = (
    ("support", 10, 15.2, SUPPORT),
    ("support", 11, 12.9, SUPPORT),
    ("support", 15, 11.4, SUPPORT),
    ("plan", 5, 2.4, PLAN),
    ("plan", 10, 3.8, PLAN),
    ("plan", 15, 4.0, PLAN),
)
# One report gives 61 % as the boys' share of all with SEN; beside 71 % of plans it can only be that of support.
BOYS = (
    ("plan", "a plan", 2020, 73.1, PLAN, 294_800, f"{SEN}, January 2020: sex"),
    ("support", "SEN support", 2020, 64.6, SUPPORT, 1_079_000, f"{SEN}, January 2020: sex"),
    ("plan", "a plan", 2025, 71.0, PLAN, 482_600, REPORTED),
    ("support", "SEN support", 2025, 61.2, SUPPORT, 1_284_000, REPORTED),
)
MEALS = (
    ("plan", "with a plan", 43.8, PLAN, 482_600),
    ("support", "with SEN support", 39.3, SUPPORT, 1_284_000),
    ("none", "without SEN", 22.2, NONE, 7_290_000),
)
SEASONS = (("autumn", (9, 12), 16.0, 25.0), ("summer", (5, 8), 21.0, 34.0))
"""Season, its months of birth; pupils of year 7 with SEN in that year, and in any year since reception, in per cent."""
RECEPTION, YEAR_7 = 2015, 2022
"""School years in which that cohort was in reception and in year 7."""


def _status(year: int, *codes: str) -> Marginal:
    return share_of(pupils, year, with_status(*codes))


def _at_age(age: int, *codes: str) -> Marginal:
    return lambda t: percent(pupils(t, 2020).filter(pl.col("age_on_31_august") == age), with_status(*codes))


def _boys(year: int, *codes: str) -> Marginal:
    return lambda t: percent(with_traits(pupils(t, year).filter(with_status(*codes)), t), pl.col("sex_code") == "M")


def _eligible(*codes: str) -> Marginal:
    return lambda t: percent(pupils(t, 2025).filter(with_status(*codes)), pl.col("is_meals_eligible"))


def _need(year: int, need: str, *codes: str) -> Marginal:
    """Share of a primary type of need among those for whom one is recorded."""
    primary = (pl.col("academic_year") == year) & (pl.col("term_code") == SPRING) & (pl.col("rank_number") == 1)

    def marginal(tables: Tables) -> pl.LazyFrame:
        recorded = of(tables["sen_need"].filter(primary), pupils(tables, year).filter(with_status(*codes)))
        return percent(recorded, pl.col("need_code") == need)

    return marginal


def _year_7(tables: Tables, months: tuple[int, int]) -> pl.LazyFrame:
    cohort = pupils(tables, YEAR_7).filter(pl.col("age_on_31_august") == 11)
    return with_traits(cohort, tables).filter(pl.col("birth_month").dt.month().is_between(*months))


def _now(months: tuple[int, int]) -> Marginal:
    return lambda t: percent(_year_7(t, months), with_status(*PLAN, *SUPPORT))


def _ever(months: tuple[int, int]) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        found = censuses(tables, RECEPTION, YEAR_7).filter(with_status(*PLAN, *SUPPORT))
        return percent(flagged(_year_7(tables, months), found), pl.col("is_found"))

    return marginal


PUPILS = Theme(
    "Pupils with SEN",
    (
        *(
            ALL.share(f"pupils.support_{y}", f"Pupils with SEN support in January {y}.", y, v, _status(y, *SUPPORT))
            for y, v in SUPPORTED.items()
        ),
        *(
            ALL.share(f"pupils.plan_{y}", f"Pupils with an EHC plan in January {y}.", y, v, _status(y, *PLAN))
            for y, v in WITH_PLAN.items()
        ),
        *(
            AGES.share(
                f"pupils.{name}_aged_{age}",
                f"Pupils aged {age} who have {'an EHC plan' if codes == PLAN else 'SEN support'}, January 2020.",
                2020,
                value,
                _at_age(age, *codes),
            )
            for name, age, value, codes in BY_AGE
        ),
        *(
            Published(source, number).share(
                f"pupils.boys_{name}_{year}",
                f"Boys among pupils with {words}, January {year}.",
                year,
                value,
                _boys(year, *codes),
            )
            for name, words, year, value, codes, number, source in BOYS
        ),
        *(
            Published(REPORTED, number).share(
                f"pupils.meals_{name}",
                f"Pupils {words} eligible for free meals, January 2025.",
                2025,
                value,
                _eligible(*codes),
            )
            for name, words, value, codes, number in MEALS
        ),
        NEEDS_OF_PLANS.share(
            "pupils.plan_asd",
            "Autism as primary need of pupils with a plan, January 2025.",
            2025,
            33.6,
            _need(2025, "ASD", *PLAN),
        ),
        *(
            NEEDS.share(
                f"pupils.support_{need.lower()}",
                f"{words} as primary need of pupils with SEN support, January 2025.",
                2025,
                value,
                _need(2025, need, *SUPPORT),
            )
            for need, words, value in (
                ("SLCN", "Speech and language", 25.7),
                ("SEMH", "Social and emotional needs", 23.6),
            )
        ),
        *(
            NEEDS_RECALLED.share(
                f"pupils.support_{need.lower()}",
                f"{words} as primary need of pupils with SEN support, January 2024.",
                2024,
                value,
                _need(2024, need, *SUPPORT),
            )
            for need, words, value in (
                ("MLD", "Moderate learning difficulty", 15.0),
                ("SPLD", "Specific learning difficulty", 14.5),
            )
        ),
        *(
            MONTHS.share(
                f"pupils.{season}_born",
                f"Pupils of year 7 in 2021/22 born in {season} with SEN.",
                YEAR_7,
                value,
                _now(months),
            )
            for season, months, value, _ in SEASONS
        ),
        *(
            MONTHS.share(
                f"pupils.{season}_born_ever",
                f"Pupils of year 7 in 2021/22 born in {season} with SEN in any spring since reception.",
                YEAR_7,
                value,
                _ever(months),
            )
            for season, months, _, value in SEASONS
        ),
    ),
)
