"""Annual reviews, appeals to the tribunal and how they end.

Reviews are of a calendar year; appeals of a school year, the year in which it ends, but for the appeal rate. An
appeal that is open is told again the year after, so it is counted by person and day of registration.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from cohort.schema.calendar import census_day
from synthetic.marginals.days import in_school_year, in_year, within
from synthetic.marginals.ehc import assessments, beside_plans, ceased, decisions, plans_in_force
from synthetic.marginals.figures import per, percent, share_of
from synthetic.target import LOOSE, PER_PLANS, Marginal, Published, Tables, Theme

EHC = "DfE, Education, health and care plans, reporting year 2025"
TRIBUNALS = "Ministry of Justice, Tribunal statistics quarterly, July to September"
EXPECTED = Published(f"{EHC}: annual reviews", 524_654)
REVIEWED = Published(f"{EHC}: annual reviews", 358_889)
DECIDED = Published(f"{EHC}: annual reviews", 348_759)
APPEAL_RATE = Published("Ministry of Justice, SEND appeal rate table 1, 2024; DfE, EHC plans 2025", 689_739, LOOSE)
REGISTERED = Published(f"{TRIBUNALS} 2025, SEND tables (ministerial statement)", 25_000)
EARLIER = Published(f"{TRIBUNALS} 2024, SEND tables, as reported by HCB Solicitors", 21_000)
CONCLUDED = Published(f"{TRIBUNALS} 2023, SEND tables, as reported by HCB Solicitors", 12_000)
WON = Published(f"{TRIBUNALS} 2023, SEND tables, as reported by HCB Solicitors", 8_000)
PLACED = Published(f"{TRIBUNALS} 2025, SEND tables (ministerial statement), of those with a result", 5_000, LOOSE)

YEAR, FOUR_WEEKS = timedelta(days=365), 28
DECISION_CODES = ("AW", "AP", "DI")
KEY = ["person_id", "registered_date"]
SECTION_I = (
    ("P", "the parent's or young person's", 45.6),
    ("A", "one agreed at the hearing", 35.3),
    ("L", "the authority's", 19.1),
)
GROUNDS = (
    ("content", "the content of a plan", ("B", "F", "I"), {2024: 59.0, 2025: 61.0}),
    ("assessing", "refusing to assess", ("RA",), {2024: 27.0, 2025: 24.0}),
)


def _expected(tables: Tables, year: int) -> pl.LazyFrame:
    """Active plans whose review is due: in force for a year on census day."""
    return beside_plans(tables, "active_plan", year).filter(pl.col("start_date") <= census_day(year) - YEAR)


def _reviewed(tables: Tables, year: int) -> pl.LazyFrame:
    return _expected(tables, year).filter(pl.col("review_outcome_code").is_not_null())


def _notified(tables: Tables, year: int) -> pl.LazyFrame:
    both = pl.col("review_meeting_date").is_not_null() & pl.col("review_decision_date").is_not_null()
    return _expected(tables, year).filter(both)


def appeals(tables: Tables) -> pl.LazyFrame:
    """Every appeal once, as last told."""
    return tables["appeal"].sort("collection_year").unique(KEY, keep="last", maintain_order=True)


def _registered(year: int) -> pl.Expr:
    return in_school_year("registered_date", year)


def _on_ground(year: int, grounds: tuple[str, ...]) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        on = pl.col("appeal_ground_code").is_in(grounds).any()
        return percent(tables["appeal_ground"].filter(_registered(year)).group_by(KEY).agg(on=on), pl.col("on"))

    return marginal


def _concluded(tables: Tables, year: int) -> pl.LazyFrame:
    ended = pl.col("appeal_outcome_code").is_not_null() & (pl.col("appeal_outcome_code") != "OP")
    return appeals(tables).filter(in_school_year("concluded_date", year), ended)


def _heard(tables: Tables, year: int) -> pl.LazyFrame:
    return _concluded(tables, year).filter(pl.col("appeal_outcome_code").is_in(DECISION_CODES))


def _placed(tables: Tables, year: int) -> pl.LazyFrame:
    return _concluded(tables, year).filter(pl.col("section_i_result_code").is_not_null())


def appealable(tables: Tables, year: int) -> pl.LazyFrame:
    """Decisions of the calendar year that can be appealed, a row each with its authority: refusals, no plan, plans
    in force the January after, plans ceased as needs were met."""
    parts = (
        decisions(tables, year).filter(pl.col("outcome_code") == "N"),
        assessments(tables, year).filter(pl.col("outcome_code") == "N"),
        plans_in_force(tables, year + 1),
        ceased(tables, year).filter(pl.col("cease_reason_code") == "2"),
    )
    return pl.concat([part.select("authority_code") for part in parts])


def _appeal_rate(tables: Tables) -> pl.LazyFrame:
    return per(appeals(tables).filter(in_year("registered_date", 2024)), appealable(tables, 2024))


def _growth(tables: Tables) -> pl.LazyFrame:
    return per(appeals(tables).filter(_registered(2025)), appeals(tables).filter(_registered(2024)), 1)


DISPUTES = Theme(
    "Reviews and disputes",
    (
        EXPECTED.share(
            "reviews.held",
            "Plans in force for a year in January 2025 whose review meeting was held since January 2024.",
            2024,
            62.4,
            share_of(_expected, 2025, pl.col("review_meeting_date") >= date(2024, 1, 1)),
        ),
        DECIDED.share(
            "reviews.decided_in_four_weeks",
            "Reviews with a decision, outstanding ones left out, notified within four weeks of the meeting.",
            2024,
            44.4,
            share_of(_notified, 2025, within(FOUR_WEEKS, "review_meeting_date", "review_decision_date")),
        ),
        *(
            REVIEWED.share(
                f"reviews.{name}",
                f"Reviews decided that {words} the plan, January 2025.",
                2024,
                value,
                share_of(_reviewed, 2025, pl.col("review_outcome_code") == code),
            )
            for code, name, words, value in (
                ("A", "amend", "amend", 61.2),
                ("M", "maintain", "maintain", 37.7),
                ("C", "cease", "cease", 1.1),
            )
        ),
        APPEAL_RATE.rate(
            "appeals.rate",
            "Appeals registered in the calendar year 2024 for each 100 decisions that can be appealed.",
            2024,
            3.2,
            PER_PLANS,
            _appeal_rate,
        ),
        REGISTERED.ratio(
            "appeals.growth",
            "Appeals registered in the school year 2024/25 over those of 2023/24.",
            2025,
            1.18,
            _growth,
        ),
        *(
            (EARLIER if year == 2024 else REGISTERED).share(
                f"appeals.about_{name}_{year}",
                f"Appeals registered in the school year that ended in {year} about {words}.",
                year,
                value,
                _on_ground(year, grounds),
            )
            for name, words, grounds, values in GROUNDS
            for year, value in values.items()
        ),
        CONCLUDED.share(
            "appeals.decided",
            "Appeals that ended in the school year 2022/23 by a decision of the tribunal.",
            2023,
            68.0,
            share_of(_concluded, 2023, pl.col("appeal_outcome_code").is_in(DECISION_CODES)),
        ),
        WON.share(
            "appeals.allowed",
            "Appeals decided in the school year 2022/23 that were allowed, wholly or in part.",
            2023,
            98.0,
            share_of(_heard, 2023, pl.col("appeal_outcome_code") != "DI"),
        ),
        *(
            PLACED.share(
                f"appeals.placement_{code.lower()}",
                f"Appeals on placement that ended in 2024/25 with a result: the choice that stands is {words}.",
                2025,
                value,
                share_of(_placed, 2025, pl.col("section_i_result_code") == code),
            )
            for code, words, value in SECTION_I
        ),
    ),
)
