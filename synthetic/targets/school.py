"""School life: absence, suspension, exclusion, home education, by SEN.

The year is that in which the school year ends. Absence is of enrolments of pupils aged 5 to 15 at its start, as the
DfE counts it, and a suspension counts each time.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.marginals.days import age_on_31_august, in_school_year
from synthetic.marginals.ehc import plans_in_force
from synthetic.marginals.figures import for_each, per, percent, share_of
from synthetic.marginals.school import (
    ALL_TERMS,
    NONE,
    PLAN,
    SPRING,
    SUPPORT,
    absence,
    censuses,
    flagged,
    of,
    pupils,
    with_status,
)
from synthetic.target import LOOSE, MARGIN, PER_PUPILS, Marginal, Published, Tables, Theme

ABSENCE = "DfE, Pupil absence in schools in England"
EXCLUSION = "DfE, Suspensions and permanent exclusions in England"
HOME = "DfE, Elective home education, autumn term 2024/25"
ENROLMENTS, STATE_PUPILS, SUSPENSIONS, EXCLUSIONS, AT_HOME = 7_500_000, 8_400_000, 954_952, 10_885, 111_700
STATUS = {
    "plan": ("with a plan", PLAN, 380_000),
    "support": ("with SEN support", SUPPORT, 1_130_000),
    "none": ("without SEN", NONE, 6_900_000),
}
"""Group → words, codes, and how many of England's pupils it has in these years."""

MISSED_2022 = {"plan": 12.1, "support": 9.7, "none": 6.8}
MISSED_2024 = {"plan": 12.4, "support": 10.3, "none": 6.1}
PERSISTENT_2024 = {"plan": 34.6, "support": 29.9, "none": 18.2}
MISSED_BY_NEED = {
    "SEMH": ("social, emotional and mental health needs", 13.9, 270_000),
    "ASD": ("autism", 10.7, 200_000),
    "SLCN": ("speech, language and communication needs", 8.2, 320_000),
    "SPLD": ("a specific learning difficulty", 9.4, 160_000),
}
SUSPENDED_2022 = {"plan": 17.63, "support": 18.59, "none": 4.69}
SHARES_2024 = (("plan", 10.6, 9.6), ("support", 34.7, 42.6))
"""Group, its share of suspensions and its share of permanent exclusions."""
CENSUS = date(2024, 10, 3)

AUTUMN_2023 = f"{ABSENCE}, autumn term 2023/24, as reported by nasen"
TWO_TERMS_2022 = f"{ABSENCE}, autumn and spring terms 2021/22 (written answer 89701)"


def _rate(rows: pl.LazyFrame) -> pl.LazyFrame:
    possible = pl.col("possible").sum()
    return rows.select(value=pl.when(possible > 0).then(100.0 * pl.col("missed").sum() / possible))


def _missed(year: int, terms: tuple[str, ...], *codes: str) -> Marginal:
    return lambda t: _rate(absence(t, year, terms, pupils(t, year).filter(with_status(*codes)) if codes else None))


def _persistent(year: int, terms: tuple[str, ...], *codes: str) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        persons = pupils(tables, year).filter(with_status(*codes)) if codes else None
        return percent(absence(tables, year, terms, persons), pl.col("missed") >= 0.1 * pl.col("possible"))

    return marginal


def _missed_with(need: str) -> Marginal:
    recorded = (
        (pl.col("academic_year") == 2022)
        & (pl.col("term_code") == SPRING)
        & (pl.col("rank_number") == 1)
        & (pl.col("need_code") == need)
    )

    def marginal(tables: Tables) -> pl.LazyFrame:
        return _rate(absence(tables, 2022, ALL_TERMS, of(pupils(tables, 2022), tables["sen_need"].filter(recorded))))

    return marginal


def suspensions(tables: Tables, year: int) -> pl.LazyFrame:
    """Suspensions of the school year, lunchtime exclusions left out."""
    return tables["suspension"].filter(in_school_year("start_date", year), pl.col("exclusion_code") == "SUSP")


def exclusions(tables: Tables, year: int) -> pl.LazyFrame:
    """Permanent exclusions of the school year."""
    return tables["permanent_exclusion"].filter(in_school_year("start_date", year))


def _suspended(year: int, *codes: str) -> Marginal:
    def marginal(tables: Tables) -> pl.LazyFrame:
        return per(
            suspensions(tables, year).filter(with_status(*codes)), pupils(tables, year).filter(with_status(*codes))
        )

    return marginal


def _at_home(tables: Tables) -> pl.LazyFrame:
    """Children in home education on the census day in the autumn of 2024, as its school year tells: what an earlier
    one left open may have ended since."""
    lasts = pl.col("end_date").is_null() | (pl.col("end_date") >= CENSUS)
    told = tables["home_education"].filter(pl.col("collection_year") == CENSUS.year + 1)
    return told.filter(pl.col("start_date") <= CENSUS, lasts).select("person_id").unique()


def _home_rate(tables: Tables) -> pl.LazyFrame:
    return per(_at_home(tables), tables["person"].filter(age_on_31_august(2024).is_between(5, 15)))


def _home_with_plan(tables: Tables) -> pl.LazyFrame:
    """Children at home whose plan was in force in the January after."""
    planned = plans_in_force(tables, CENSUS.year + 1).select("person_id").unique()
    return percent(flagged(_at_home(tables), planned), pl.col("is_found"))


def _home_with_support(tables: Tables) -> pl.LazyFrame:
    """Children at home without a plan whose last spring census of five years had them on support."""
    said = of(censuses(tables, 2020, 2024), _at_home(tables)).sort("academic_year")
    known = said.group_by("person_id", maintain_order=True).agg(pl.col("sen_provision_code").last())
    supported = known.filter(with_status(*STATUS["support"][1])).join(
        plans_in_force(tables, CENSUS.year + 1), on="person_id", how="anti"
    )
    return percent(flagged(_at_home(tables), supported), pl.col("is_found"))


SCHOOL = Theme(
    "School life",
    (
        *(
            Published(source, number).share(
                f"absence.{name}_{year}",
                f"Sessions missed by pupils {STATUS[name][0]}, {terms} of the school year that ended in {year}.",
                year,
                value,
                _missed(year, codes, *STATUS[name][1]),
            )
            for source, year, terms, codes, values in (
                (TWO_TERMS_2022, 2022, "autumn and spring", ("AUT", "SPR"), MISSED_2022),
                (AUTUMN_2023, 2024, "autumn", ("AUT",), MISSED_2024),
            )
            for name, value in values.items()
            for number in (STATUS[name][2],)
        ),
        Published(f"{ABSENCE}, 2022/23 (Commons Library CBP-9710)", ENROLMENTS).share(
            "absence.all_2023",
            "Sessions missed by all pupils in the school year 2022/23.",
            2023,
            7.4,
            _missed(2023, ALL_TERMS),
        ),
        Published(f"{ABSENCE}, 2022/23 (Commons Library CBP-9710)", ENROLMENTS).share(
            "absence.persistent_2023",
            "Pupils who missed a tenth of their sessions or more in the school year 2022/23.",
            2023,
            21.2,
            _persistent(2023, ALL_TERMS),
        ),
        *(
            Published(AUTUMN_2023, STATUS[name][2]).share(
                f"absence.persistent_{name}",
                f"Pupils {STATUS[name][0]} who missed a tenth of their sessions or more, autumn 2023.",
                2024,
                value,
                _persistent(2024, ("AUT",), *STATUS[name][1]),
            )
            for name, value in PERSISTENT_2024.items()
        ),
        *(
            Published(f"{ABSENCE}, 2021/22: absence rates by pupil characteristic", number).share(
                f"absence.need_{need.lower()}",
                f"Sessions missed by pupils whose primary need is {words}, school year 2021/22.",
                2022,
                value,
                _missed_with(need),
            )
            for need, (words, value, number) in MISSED_BY_NEED.items()
        ),
        *(
            Published(f"{EXCLUSION}, 2021/22: by characteristic", STATUS[name][2], MARGIN).rate(
                f"suspensions.{name}",
                f"Suspensions of pupils {STATUS[name][0]} for each 100 of them, school year 2021/22.",
                2022,
                value,
                PER_PUPILS,
                _suspended(2022, *STATUS[name][1]),
            )
            for name, value in SUSPENDED_2022.items()
        ),
        *(
            Published(f"{EXCLUSION}, 2023/24 (ministerial statement)", STATE_PUPILS).rate(
                f"suspensions.all_{year}",
                f"Suspensions for each 100 pupils, school year that ended in {year}.",
                year,
                value,
                PER_PUPILS,
                for_each(suspensions, pupils, year, year),
            )
            for year, value in ((2023, 9.33), (2024, 11.31))
        ),
        *(
            Published(f"{EXCLUSION}, 2023/24 (ministerial statement)", SUSPENSIONS / 4).share(
                f"suspensions.share_{name}",
                f"Suspensions of the school year 2023/24 that are of pupils {STATUS[name][0]}.",
                2024,
                value,
                share_of(suspensions, 2024, with_status(*STATUS[name][1])),
            )
            for name, value, _ in SHARES_2024
        ),
        Published(f"{EXCLUSION}, 2023/24 (ministerial statement)", STATE_PUPILS).rate(
            "exclusions.all",
            "Permanent exclusions for each 100 pupils, school year 2023/24.",
            2024,
            0.13,
            PER_PUPILS,
            for_each(exclusions, pupils, 2024, 2024),
        ),
        *(
            Published(f"{EXCLUSION}, 2023/24 (ministerial statement)", EXCLUSIONS).share(
                f"exclusions.share_{name}",
                f"Permanent exclusions of the school year 2023/24 that are of pupils {STATUS[name][0]}.",
                2024,
                value,
                share_of(exclusions, 2024, with_status(*STATUS[name][1])),
            )
            for name, _, value in SHARES_2024
        ),
        Published(HOME, 8_000_000).rate(
            "home.all",
            "Children of 5 to 15 in elective home education for each 100, October 2024.",
            2025,
            1.4,
            PER_PUPILS,
            _home_rate,
        ),
        *(
            Published(f"{HOME}, as reported by nasen", AT_HOME, LOOSE).share(
                f"home.{name}",
                f"Children in home education {STATUS[name][0]}, October 2024.",
                2025,
                value,
                marginal,
            )
            for name, value, marginal in (("plan", 6.0, _home_with_plan), ("support", 16.0, _home_with_support))
        ),
    ),
)
