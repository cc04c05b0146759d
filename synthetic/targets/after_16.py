"""After 16: destinations, activity at 16 and 17, level 2 and 3 at 19, higher education.

The year of a destination is that in which its school year ends. Activity is the mean of December, January and
February around the new year, of those aged 16 and 17 at the start of the school year, and named by the year of
January. SEN is that of the spring census at 15.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.marginals.after_16 import IS_NEET, IS_NOT_KNOWN, active
from synthetic.marginals.figures import percent, share_of
from synthetic.marginals.school import NONE, PLAN, SUPPORT, attained, flagged, leavers, of
from synthetic.target import LOOSE, MARGIN, Marginal, Published, Tables, Theme

DESTINATIONS = "DfE, Key stage 4 destination measures, 2021/22 (provisional)"
ACTIVITIES = "DfE, Participation in education, training and NEET by local authority (NEET dashboard)"
AT_19 = "DfE, Level 2 and 3 attainment by age 19, 2022 to 2024 (by the Local Authority Interactive Tool)"
UNIVERSITY = "DfE, Widening participation in higher education, 2021/22, as reported by Go Higher West Yorkshire"
STATUS = {"plan": ("with a plan", PLAN), "support": ("with SEN support", SUPPORT), "none": ("without SEN", NONE)}
LEFT = {"plan": 23_000, "support": 70_000, "none": 490_000}
"""Young people who leave key stage 4 in a year."""

EDUCATION, WORK = ("FE", "SF", "SC", "SP", "OE"), ("EM",)
KINDS = {
    "sustained": ("in sustained education, apprenticeship or work", (*EDUCATION, "HE", "AP", *WORK)),
    "education": ("in sustained education", EDUCATION),
    "further": ("at a further education college", ("FE",)),
    "apprenticeship": ("in an apprenticeship", ("AP",)),
    "work": ("in sustained employment", WORK),
    "not_sustained": ("whose destination was not sustained", ("NS",)),
    "not_captured": ("whose activity was not captured", ("NC",)),
}
GOING = {
    "sustained": (90.1, 88.5, 94.4),
    "education": (86.7, 79.2, 87.1),
    "further": (42.0, 50.3, 32.1),
    "apprenticeship": (0.9, 3.7, 3.4),
    "work": (2.5, 5.6, 3.8),
    "not_sustained": (8.0, 9.9, 4.6),
    "not_captured": (1.9, 1.6, 1.1),
}
"""Kind of destination → figures with a plan, with SEN support, without SEN."""

NEET_OF_ALL = {2021: 2.8, 2023: 2.8, 2025: 3.4}
NOT_KNOWN_OF_ALL = {2021: 2.7, 2023: 2.4, 2025: 2.2}
EITHER = {2023: (10.1, 9.3, 4.6), 2025: (10.1, 9.6, 4.9)}
QUALIFIED = (
    ("level_2", "level_2_by_19", "level 2", {2022: (29.11, 63.36, 86.58), 2024: (29.81, 64.86, 88.48)}),
    (
        *("level_2_english_maths", "level_2_english_maths_by_19", "level 2 with English and mathematics"),
        {2022: (17.39, 43.04, 78.05), 2024: (18.15, 44.54, 80.39)},
    ),
    ("level_3", "level_3_by_19", "level 3", {2022: (14.17, 36.16, 65.04), 2024: (14.15, 35.08, 62.63)}),
)
IN_UNIVERSITY = {"plan": 8.9, "support": 24.2, "none": 51.2}


def _destinations(tables: Tables, codes: tuple[str, ...]) -> pl.LazyFrame:
    left = pl.col("leaving_stage_code") == "KS4"
    return of(tables["destination"].filter(left, pl.col("academic_year") == 2022), leavers(tables, 2021, *codes))


def _going(kinds: tuple[str, ...], codes: tuple[str, ...]) -> Marginal:
    return lambda t: percent(_destinations(t, codes), pl.col("destination_code").is_in(kinds))


def _either(year: int, codes: tuple[str, ...]) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        left = leavers(tables, year - 2, *codes, last=year - 1)
        return percent(of(active(tables, year), left), IS_NEET | IS_NOT_KNOWN)

    return marginal


def _qualified(measure: str, year: int, codes: tuple[str, ...]) -> Marginal:
    """Of those who took GCSEs three years before."""
    return lambda t: percent(of(attained(t, measure, year), leavers(t, year - 3, *codes)), pl.col("result_score") == 1)


def _in_university(year: int, codes: tuple[str, ...]) -> Marginal:
    """Of those at the end of key stage 4 four years before: entered at 18, or at 19 after a year."""

    def marginal(tables: Tables) -> pl.LazyFrame:
        entered = tables["higher_education"].filter(pl.col("start_date") <= date(year, 8, 31))
        return percent(flagged(leavers(tables, year - 4, *codes), entered), pl.col("is_found"))

    return marginal


AFTER_16 = Theme(
    "After 16",
    (
        *(
            Published(DESTINATIONS, LEFT[name]).share(
                f"destinations.{kind}_{name}",
                f"Leavers of key stage 4 {STATUS[name][0]} {KINDS[kind][0]}, 2021/22.",
                2022,
                value,
                _going(KINDS[kind][1], STATUS[name][1]),
            )
            for kind, values in GOING.items()
            for name, value in zip(STATUS, values, strict=True)
        ),
        *(
            Published(ACTIVITIES, 1_240_000, MARGIN).share(
                f"activity.{name}_{year}",
                f"Those of 16 and 17 {words}, winter to {year}.",
                year,
                value,
                share_of(active, year, holds),
            )
            for name, words, holds, values in (
                ("neet", "known to be out of education, employment and training", IS_NEET, NEET_OF_ALL),
                ("not_known", "whose activity is not known", IS_NOT_KNOWN, NOT_KNOWN_OF_ALL),
            )
            for year, value in values.items()
        ),
        *(
            Published(ACTIVITIES, 2 * LEFT[name]).share(
                f"activity.either_{name}_{year}",
                f"Those of 16 and 17 {STATUS[name][0]} who are NEET or not known, winter to {year}.",
                year,
                value,
                _either(year, STATUS[name][1]),
            )
            for year, values in EITHER.items()
            for name, value in zip(STATUS, values, strict=True)
        ),
        *(
            Published(AT_19, LEFT[name]).share(
                f"at_19.{key}_{name}_{year}",
                f"Those {STATUS[name][0]} at 15 who reached {words} by 19, {year}.",
                year,
                value,
                _qualified(measure, year, STATUS[name][1]),
            )
            for key, measure, words, years in QUALIFIED
            for year, values in years.items()
            for name, value in zip(STATUS, values, strict=True)
        ),
        *(
            Published(UNIVERSITY, LEFT[name], LOOSE if name == "plan" else MARGIN).share(
                f"at_19.university_{name}",
                f"Those {STATUS[name][0]} at 15 who entered higher education by 19, by 2021/22.",
                2022,
                value,
                _in_university(2022, STATUS[name][1]),
            )
            for name, value in IN_UNIVERSITY.items()
        ),
    ),
)
