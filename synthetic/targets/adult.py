"""Adult life: work, benefits and earnings, five and nine years after key stage 4.

The published cohort took GCSEs in 2001/02, under statements; a world is held to its shares and to its ratios of
earnings, not to pounds of another time. In the world three years of leavers are taken together. A year here is the
tax year of the middle ones of them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.marginals.figures import over, per
from synthetic.marginals.school import NONE, PLAN, SUPPORT, leavers
from synthetic.target import LOOSE, Marginal, Published, Tables, Theme

LABOUR = "DfE, Post-16 education and labour market activities, pathways and outcomes (LEO), leavers of 2001/02"
STATUS = {"plan": ("with a plan", PLAN), "support": ("with SEN support", SUPPORT), "none": ("without SEN", NONE)}
LEFT = {"plan": 66_000, "support": 220_000, "none": 1_450_000}
"""Leavers of three years."""
MIDDLE = {5: 2018, 9: 2016}
"""Years after key stage 4 → the middle one of the three years of leavers."""
WORK = {5: (17.38, 28.05, 31.75), 9: (28.01, 43.21, 58.12)}
BENEFITS = {5: (39.95, 23.91, 8.71), 9: (42.39, 20.29, 7.33)}
EARNINGS = {5: (12_421, 13_601, 13_319), 9: (14_561, 16_810, 20_007)}
OUT_OF_WORK = ("UCS", "UCN", "JSA", "ESA", "IS", "OT")
KEY = ["person_id", "tax_year"]


def _cohort(tables: Tables, after: int, codes: tuple[str, ...]) -> pl.LazyFrame:
    """person_id and the tax_year so many years after key stage 4."""
    left = leavers(tables, MIDDLE[after] - 1, *codes, last=MIDDLE[after] + 1)
    return left.select("person_id", tax_year=pl.col("academic_year").cast(pl.Int64) + after)


def _told(tables: Tables, name: str) -> pl.LazyFrame:
    return tables[name].filter(pl.col("value_status_code") == "V").with_columns(pl.col("tax_year").cast(pl.Int64))


def _courses(tables: Tables) -> pl.LazyFrame:
    """person_id, first and last day of every course of further or higher education."""
    last = pl.coalesce("end_date", "planned_end_date", pl.lit(date(2100, 1, 1)))
    parts = [tables[name] for name in ("further_education", "higher_education")]
    return pl.concat([part.select("person_id", first="start_date", last=last) for part in parts])


def _studying(cohort: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Of a cohort, who was on a course in the middle of the winter of the tax year."""
    winter = pl.date(pl.col("tax_year"), 1, 1)
    on_course = cohort.join(_courses(tables), on="person_id").filter(
        (pl.col("first") <= winter) & (pl.col("last") >= winter)
    )
    return on_course.select(KEY).unique()


def _working(cohort: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Of a cohort, those in sustained employment as their main activity, with earnings_gbp."""
    employed = _told(tables, "tax_year_outcome").filter(pl.col("is_sustained")).select(*KEY, "earnings_gbp")
    return cohort.join(employed, on=KEY).join(_studying(cohort, tables), on=KEY, how="anti")


def _in_work(after: int, codes: tuple[str, ...]) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        cohort = _cohort(tables, after, codes)
        return per(_working(cohort, tables), cohort)

    return marginal


def _on_benefits(after: int, codes: tuple[str, ...]) -> Marginal:
    """Out of work and on a benefit, as main activity: neither in sustained work nor on a course."""

    def marginal(tables: Tables) -> pl.LazyFrame:
        cohort = _cohort(tables, after, codes)
        claims = _told(tables, "benefit_year").filter(pl.col("benefit_code").is_in(OUT_OF_WORK)).select(KEY).unique()
        found = cohort.join(claims, on=KEY).join(_studying(cohort, tables), on=KEY, how="anti")
        return per(found.join(_working(cohort, tables), on=KEY, how="anti"), cohort)

    return marginal


def _earning(after: int, codes: tuple[str, ...]) -> Marginal:
    """Mean earnings of those in work over those of workers without SEN."""

    def marginal(tables: Tables) -> pl.LazyFrame:
        groups = [_working(_cohort(tables, after, group), tables) for group in (codes, NONE)]
        return over(*(group.select(value=pl.col("earnings_gbp").cast(pl.Float64).mean()) for group in groups))

    return marginal


ADULT = Theme(
    "Adult life",
    (
        *(
            Published(f"{LABOUR}: main activity", LEFT[name], LOOSE).share(
                f"adult.{key}_{name}_{after}",
                f"Leavers of key stage 4 {STATUS[name][0]} {words} as main activity {after} years later.",
                MIDDLE[after] + after,
                value,
                count(after, STATUS[name][1]),
            )
            for key, words, figures, count in (
                ("work", "in sustained work", WORK, _in_work),
                ("benefits", "on out-of-work benefits", BENEFITS, _on_benefits),
            )
            for after, values in figures.items()
            for name, value in zip(STATUS, values, strict=True)
        ),
        *(
            Published(f"{LABOUR}: average earnings", LEFT[name] / 4).ratio(
                f"adult.earnings_{name}_{after}",
                f"Earnings of those in work {STATUS[name][0]} over those without SEN, {after} years after key stage 4.",
                MIDDLE[after] + after,
                round(value / values[-1], 3),
                _earning(after, STATUS[name][1]),
            )
            for after, values in EARNINGS.items()
            for name, value in zip(list(STATUS)[:-1], values, strict=False)
        ),
    ),
)
