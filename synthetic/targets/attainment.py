"""What children reach from the review at two to key stage 4, by SEN and year.

The year is that in which the school year ends; SEN is that of its spring census. No tests were held in 2020 and 2021,
and the grades of 2020 to 2022 were given otherwise, so Attainment 8 is held year by year.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.days import with_traits
from synthetic.marginals.figures import mean, percent
from synthetic.marginals.school import NONE, PLAN, SUPPORT, attained, of, pupils, with_status
from synthetic.target import CLOSE, LOOSE, MARGIN, MEMORY, Marginal, Published, Tables, Theme

TOOL = "by the Local Authority Interactive Tool"
STATUS = {"plan": ("with a plan", PLAN), "support": ("with SEN support", SUPPORT), "none": ("without SEN", NONE)}

LEVEL = f"DfE, Early years foundation stage profile results, 2022 to 2025 ({TOOL})"
PHONICS = f"DfE, Phonics screening check attainment, 2019 to 2024 ({TOOL})"
KEY_STAGE_2 = f"DfE, Key stage 2 attainment, 2019 to 2025 ({TOOL})"
KEY_STAGE_4 = f"DfE, Key stage 4 performance, 2019 to 2025 ({TOOL})"

SHARES = (
    (
        *("good_level", "good_level_of_development", "reached a good level of development", LEVEL),
        {"plan": 18_000, "support": 60_000},
        {2022: (3.6, 22.9), 2023: (3.8, 24.3), 2024: (3.8, 24.9), 2025: (4.0, 26.4)},
    ),
    (
        *("phonics", "phonics_standard", "met the standard of phonics in year 1", PHONICS),
        {"plan": 22_000, "support": 85_000, "none": 500_000},
        {2019: (19, 48, 88), 2022: (19, 44, 82), 2024: (20, 52, 88)},
    ),
    (
        *("ks2", "ks2_standard", "met the standard in reading, writing and mathematics at 11", KEY_STAGE_2),
        {"plan": 30_000, "support": 112_000, "none": 530_000},
        {2019: (9, 25, 75), 2022: (7, 21, 69), 2023: (8, 24, 70), 2024: (9, 26, 72), 2025: (9, 29, 74)},
    ),
)
"""Key, outcome measure, words, source, England's pupils of each status, and the figures of each year in that order."""

LEAVERS = {"plan": (24_000, 15.0), "support": (75_000, 18.0), "none": (500_000, 18.0)}
"""Pupils at the end of key stage 4, and the standard deviation of their Attainment 8."""
ATTAINMENT_8 = {
    2019: (13.7, 32.6, 49.9),
    2020: (15.2, 36.4, 53.7),
    2021: (15.7, 36.7, 54.5),
    2022: (14.3, 34.9, 52.5),
    2023: (14.0, 33.3, 50.0),
    2024: (14.2, 33.1, 49.8),
    2025: (14.8, 33.8, 50.2),
}
PASSES = {"plan": 6.9, "support": 20.7}
READING = {9: ("September", 76.0), 8: ("August", 57.0)}
EXPECTED = ("EXS", "GDS")


def _of_status(tables: Tables, measure: str, year: int, codes: tuple[str, ...]) -> pl.LazyFrame:
    return of(attained(tables, measure, year), pupils(tables, year).filter(with_status(*codes)))


def _reached(measure: str, year: int, codes: tuple[str, ...]) -> Marginal:
    return lambda t: percent(_of_status(t, measure, year, codes), pl.col("result_score") == 1)


def _reached_by_all(measure: str, year: int) -> Marginal:
    return lambda t: percent(attained(t, measure, year), pl.col("result_score") == 1)


def _scored(measure: str, year: int, codes: tuple[str, ...]) -> Marginal:
    return lambda t: mean(_of_status(t, measure, year, codes), "result_score")


def _read(month: int) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        judged = with_traits(attained(tables, "ks1_reading", 2022), tables)
        born = judged.filter(pl.col("birth_month").dt.month() == month)
        return percent(born, pl.col("result_code").is_in(EXPECTED))

    return marginal


ATTAINMENT = Theme(
    "Attainment",
    (
        Published(f"{MEMORY}OHID, Child development outcomes at 2 to 2½ years, 2023 to 2024", 500_000, LOOSE).share(
            "attainment.review_2024",
            "Children at or above the expected level in all five areas of the review at two, 2023/24.",
            2024,
            80.4,
            _reached_by_all("review_at_two", 2024),
        ),
        Published(
            "DfE, Early years foundation stage profile results, 2022/23 (Lancashire Insight)", 630_000, CLOSE
        ).share(
            "attainment.good_level_all_2023",
            "Children who reached a good level of development in the school year 2022/23.",
            2023,
            67.2,
            _reached_by_all("good_level_of_development", 2023),
        ),
        *(
            Published(source, number).share(
                f"attainment.{key}_{name}_{year}",
                f"Pupils {STATUS[name][0]} who {words}, school year that ended in {year}.",
                year,
                value,
                _reached(measure, year, STATUS[name][1]),
            )
            for key, measure, words, source, numbers, years in SHARES
            for year, values in years.items()
            for (name, number), value in zip(numbers.items(), values, strict=True)
        ),
        *(
            Published("FFT Education Datalab, 21 November 2022: key stage 1 by month of birth", 55_000).share(
                f"attainment.ks1_reading_{name.lower()}",
                f"Pupils born in {name} at the expected standard of reading at 7, school year 2021/22.",
                2022,
                value,
                _read(month),
            )
            for month, (name, value) in READING.items()
        ),
        *(
            Published(KEY_STAGE_4, LEAVERS[name][0], CLOSE).mean(
                f"attainment.attainment_8_{name}_{year}",
                f"Attainment 8 of pupils {STATUS[name][0]}, school year that ended in {year}.",
                year,
                value,
                LEAVERS[name][1],
                _scored("attainment_8", year, STATUS[name][1]),
            )
            for year, values in ATTAINMENT_8.items()
            for name, value in zip(LEAVERS, values, strict=True)
        ),
        *(
            Published("DfE, Key stage 4 performance, 2022/23", LEAVERS[name][0], MARGIN).share(
                f"attainment.english_maths_5_{name}",
                f"Pupils {STATUS[name][0]} with grade 5 in English and mathematics, school year 2022/23.",
                2023,
                value,
                _reached("english_maths_9_5", 2023, STATUS[name][1]),
            )
            for name, value in PASSES.items()
        ),
    ),
)
