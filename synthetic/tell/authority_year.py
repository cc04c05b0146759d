"""What authorities say of themselves in a year: staff on census day, money of the financial year, what happened since.

What was recommended and is not answered or done yet is told again the year after.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.schema.calendar import census_day
from synthetic.content.life import PlanLife
from synthetic.governing.boards import board_years, recommendations
from synthetic.governing.planted import Governing
from synthetic.governing.programmes import inspections, policies
from synthetic.governing.staff import high_needs, workforce
from synthetic.lives import Lives
from synthetic.places import codes_on
from synthetic.tell.days import by
from synthetic.told import Told
from synthetic.window import calendar_year

COLLECTION = "authority year"
NOT_DUE = "OP"
LOOKED_BACK = 2
"""Years after which a recommendation is told no more, done or not."""
AMOUNTS = ("_fte", "_gbp", "_plans", "plans_held")
"""How columns end that are added up."""
PER_OFFICER = pl.when(pl.col("staff_fte") > 0).then(pl.col("plans_held") / pl.col("staff_fte"))
Span = tuple[date, date]


def told(lives: Lives, of: PlanLife, planted: Governing, year: int) -> Told:
    """The facts of every authority: of the calendar year before `year`, its financial year, and census day."""
    span, heads = calendar_year(year), _heads(lives, year)
    staff = _together(workforce(lives, of, planted, year), heads, "workforce_code")
    tables = {
        "authority_policy": _policies(policies(lives, planted), year),
        "area_inspection": _inspections(inspections(lives, planted), span),
        "board_year": board_years(lives, year - 1),
        "board_recommendation": _recommendations(lives, year, span),
    }
    return Told(
        COLLECTION,
        year,
        {
            "authority_workforce": staff.with_columns(plans_per_officer=PER_OFFICER.round(2)),
            "high_needs_year": _together(high_needs(lives, of, planted, year), heads, "financial_year"),
            **{name: frame.filter(pl.col("place").is_in(heads.unique().implode())) for name, frame in tables.items()},
        },
    )


def _heads(lives: Lives, year: int) -> pl.Series:
    """For each place the first one that bore its number on census day: before a split two places were one authority,
    and one of them speaks for both."""
    numbers = codes_on(lives.places, census_day(year))
    return (
        pl.DataFrame({"number": numbers})
        .with_row_index("place")
        .select(pl.col("place").cast(pl.Int64).first().over("number"))["place"]
    )


def _together(figures: pl.DataFrame, heads: pl.Series, key: str) -> pl.DataFrame:
    """Figures by authority as it was: those of places that bore one number added up. Where the head gives none, nobody
    does."""
    amounts = [name for name in figures.columns if name.endswith(AMOUNTS)]
    others = [name for name in figures.columns if name not in {*amounts, "place", key}]
    told = figures.with_columns(place=heads.gather(figures["place"]))
    is_given = pl.col(amounts[0]).first().is_not_null()
    summed = [
        pl.when(is_given & pl.col(name).first().is_not_null()).then(pl.col(name).sum()).alias(name) for name in amounts
    ]
    return told.group_by("place", key, maintain_order=True).agg(*summed, pl.col(others).first())


def _policies(taken_up: pl.DataFrame, year: int) -> pl.DataFrame:
    return taken_up.filter(pl.col("from_date") <= census_day(year)).with_columns(to_date=pl.lit(None, pl.Date))


def _inspections(held: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Those whose report was published in the span: an outcome is not known before."""
    return held.filter(pl.col("published_date").is_between(*span))


def _recommendations(lives: Lives, year: int, span: Span) -> pl.DataFrame:
    made = pl.concat([recommendations(lives, before) for before in range(year - LOOKED_BACK, year)])
    over = pl.coalesce("done_date", "answer_date", "answer_due_date")
    told = made.filter((pl.col("recommended_date") >= span[0]) | (over >= span[0]))
    answered = pl.coalesce("answer_date", "answer_due_date") <= span[1]
    return told.with_columns(
        by("answer_date", span[1]),
        by("done_date", span[1]),
        answer_code=pl.when(answered).then("answer_code").otherwise(pl.lit(NOT_DUE)),
    ).sort("place", "recommended_date", "board_code")
