"""Where plans in force are placed, and how many plans begin and end, at what age and why.

From the DfE's release of 2025, whose counts are written here as they stand there. Places are those of census day in
January; what began or ended did so in the calendar year before.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.days import with_traits
from synthetic.marginals.ehc import beside_plans, ceased, new_plans, plans_in_force
from synthetic.marginals.figures import for_each, percent, share_of
from synthetic.target import LOOSE, PER_PLANS, Published, Tables, Theme

EHC = "DfE, Education, health and care plans, reporting year 2025"
PLANS, NEW, CEASED = 638_745, 97_747, 44_862

FLOW = Published(f"{EHC}: new plans, ceased plans, caseload", PLANS)
CASELOAD = Published(f"{EHC}: caseload", PLANS)
BUDGETS = Published(f"{EHC}: personal budgets", PLANS)
PLACES = Published(f"{EHC}: residential settings, work-based placements", PLANS, LOOSE)
STARTED = Published(f"{EHC}: new plans", NEW)
ENDED = Published(f"{EHC}: ceased plans", CEASED)

AGES_AT_START = {(0, 4): 15_582, (5, 10): 48_217, (11, 15): 27_593, (16, 25): 6_355}
REASONS = {
    "6": ("young person no longer wishes to engage", 16_091),
    "5": ("transferred to another authority", 13_953),
    "4": ("paid employment", 4_053),
    "2": ("needs met", 3_955),
    "3": ("higher education", 2_579),
    "1": ("maximum age", 1_990),
}
KINDS = {
    "mainstream": ("in mainstream schools", 278_236, ("MS", "IN")),
    "special": ("in special schools", 193_880, ("SS", "NM", "IS")),
    "alternative": ("in alternative provision", 4_858, ("AP",)),
    "further": ("in further education", 88_158, ("FE", "SF", "SP", "TR")),
}
SETTINGS = {
    "home": ("educated at home", 7_155, ("EHE",)),
    "neet": ("not in education, employment or training", 22_854, ("NEET", "NIEC", "NIEO")),
}


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 2)


def placements(tables: Tables, year: int) -> pl.LazyFrame:
    """Main placements of plans in force, open on census day, with the type of establishment where one is known: by
    the number of the school, or of the provider where a return gives that."""
    rows = beside_plans(tables, "placement", year).filter(
        pl.col("rank_code").fill_null("1") == "1", pl.col("leaving_date").is_null()
    )
    types = tables["establishment_period"].group_by("urn").agg(pl.col("ukprn", "establishment_type_code").last())
    colleges = types.filter(pl.col("ukprn").is_not_null()).select("ukprn", of_provider="establishment_type_code")
    known = rows.join(types.drop("ukprn"), on="urn", how="left").join(colleges, on="ukprn", how="left")
    return known.with_columns(establishment_type_code=pl.coalesce("establishment_type_code", "of_provider"))


PLACES_AND_FLOWS = Theme(
    "Places, new and ended plans",
    (
        FLOW.rate(
            "plans.new_2024",
            "Plans first issued in the calendar year 2024 for each 100 in force in January 2025.",
            2024,
            _share(NEW, PLANS),
            PER_PLANS,
            for_each(new_plans, plans_in_force, 2024, 2025),
        ),
        FLOW.rate(
            "plans.ceased_2024",
            "Plans that ended in the calendar year 2024 for each 100 in force in January 2025.",
            2024,
            _share(CEASED, PLANS),
            PER_PLANS,
            for_each(ceased, plans_in_force, 2024, 2025),
        ),
        STARTED.share(
            "plans.boys_at_start",
            "Boys and young men among plans first issued in 2024.",
            2024,
            66.7,
            lambda t: percent(with_traits(new_plans(t, 2024), t), pl.col("sex_code") == "M"),
        ),
        *(
            STARTED.share(
                f"plans.begun_aged_{ages[0]}_{ages[1]}",
                f"Plans first issued in 2024 at age {ages[0]} to {ages[1]}.",
                2024,
                _share(count, NEW),
                share_of(new_plans, 2024, pl.col("age_at_start").is_between(*ages)),
            )
            for ages, count in AGES_AT_START.items()
        ),
        *(
            CASELOAD.share(
                f"plans.placed_{name}",
                f"Plans in force of children and young people {words}, January 2025.",
                2025,
                _share(count, PLANS),
                share_of(placements, 2025, pl.col("establishment_type_code").is_in(types)),
            )
            for name, (words, count, types) in KINDS.items()
        ),
        *(
            CASELOAD.share(
                f"plans.placed_{name}",
                f"Plans in force of children and young people {words}, January 2025.",
                2025,
                _share(count, PLANS),
                share_of(placements, 2025, pl.col("setting_code").is_in(codes)),
            )
            for name, (words, count, codes) in SETTINGS.items()
        ),
        *(
            BUDGETS.share(
                f"plans.budget_{year}",
                f"Plans in force with a personal budget, January {year}.",
                year,
                value,
                share_of(plans_in_force, year, pl.col("has_personal_budget")),
            )
            for year, value in ((2024, 3.17), (2025, 3.07))
        ),
        PLACES.share(
            "plans.residential",
            "Plans in force with a residential placement, January 2025.",
            2025,
            0.35,
            share_of(placements, 2025, pl.col("residential_code").is_not_null()),
        ),
        PLACES.share(
            "plans.internships",
            "Plans in force with a supported internship, January 2025.",
            2025,
            0.42,
            share_of(placements, 2025, pl.col("work_based_code") == "S"),
        ),
        *(
            ENDED.share(
                f"plans.ceased_for_{code}",
                f"Of plans that ended in 2024, those for this reason: {words}.",
                2024,
                _share(count, CEASED),
                share_of(ceased, 2024, pl.col("cease_reason_code") == code),
            )
            for code, (words, count) in REASONS.items()
        ),
    ),
)
