"""Spells of help and protection, of care, and of youth justice, each drawn to its end.

Childhood falls into three parts of six years, and in each a child has one spell of need or none. Care begins in one.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.care.planted import Caring
from synthetic.chance import Days, Floats, Truths, Whole, codes, generator
from synthetic.identification import NEVER
from synthetic.lives import Lives
from synthetic.people import rows_of

YEAR = 365.25
PARTS, PART = 3, 6
"""Parts of childhood, and the years of each."""
ADULT, SEMI_INDEPENDENT, CRIMINAL = 18, 16, 10
"""Ages: of adulthood, from which one may live half on one's own, and of criminal responsibility."""
SHORTEST = 14
"""Days that a spell lasts at least."""
DISABLED = ("SLD", "PMLD", "MSI", "PD", "DS", "VI")
"""Types of need of which the service for disabled children knows half."""
BY_SERVICE = 0.5
NEEDS = {"N1": 0.57, "N2": 0.06, "N3": 0.03, "N4": 0.09, "N5": 0.16, "N6": 0.03, "N7": 0.01, "N8": 0.03, "N0": 0.02}
"""Main reasons for help; of the service for disabled children it is the disability (N2)."""
DISABILITY, DISABLED_SERVICE, EARLY_HELP, ADULT_CARE = "N2", "DS", "EH", "AS"
LEGAL = {"FC": 0.56, "IC": 0.17, "V": 0.20, "PO": 0.05, "YJ": 0.01, "EP": 0.01}
PLACED = {"F": 0.58, "K": 0.16, "R": 0.14, "P": 0.07, "A": 0.03, "O": 0.02}
ENDED = {"R": 0.48, "G": 0.26, "A": 0.14, "O": 0.12}
"""How care ends before 18, and GROWN_UP at 18."""
GROWN_UP = {"I": 0.78, "AS": 0.16, "O": 0.06}
INVOLVED = {"PR": 0.36, "OC": 0.36, "CO": 0.24, "RE": 0.02, "CU": 0.02}
"""What youth justice is involved for."""


def social_care(lives: Lives, planted: Caring) -> pl.DataFrame:
    """A row a spell: row (of `lives.people`), child, birth_date, social_care_code, start_date, end_date (null: it
    lasts), care_need_code, is_disabled."""
    parts = [_in_need(lives, part, planted) for part in range(PARTS)]
    return pl.concat([*parts, _adults(lives, planted)]).sort("row", "start_date")


def in_care(lives: Lives, helped: pl.DataFrame, planted: Caring) -> pl.DataFrame:
    """A row a spell in care, of those who were `helped` (`social_care`): row, child, birth_date, start_date, end_date,
    care_need_code, legal_status_code, care_placement_code, end_reason_code."""
    since = helped.filter(~pl.col("social_care_code").is_in([EARLY_HELP, ADULT_CARE]))
    rng, n = generator(lives.seed, "care"), len(since)
    severity = lives.people["severity"].to_numpy()[since["row"].to_numpy()]
    enters = rng.random(n) < np.clip(planted.cared_for + planted.cared_for_severity * severity, 0, 1)
    begun = since["start_date"].to_numpy() + rng.integers(0, 400, n)
    length = (YEAR * planted.care_lasts * rng.exponential(1.0, n)).astype(np.int64) + SHORTEST
    told = since.select("row", "child", "birth_date", "care_need_code").with_columns(
        start_date=pl.Series(begun), end_date=pl.Series(begun + length), enters=pl.Series(enters)
    )
    adult = pl.col("birth_date").dt.offset_by(f"{ADULT}y")
    told = told.filter("enters", pl.col("start_date") < adult).drop("enters")
    told = told.unique("row", keep="first", maintain_order=True)
    return _placed(_in_england(told.with_columns(end_date=pl.min_horizontal("end_date", adult)), lives), rng)


def _placed(told: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """`told` with legal status, placement and how care ended."""
    n = len(told)
    drawn = told.with_columns(
        legal_status_code=pl.Series(codes(rng, LEGAL, n)),
        placed=pl.Series(codes(rng, PLACED, n)),
        ended=pl.Series(codes(rng, ENDED, n)),
        grown_up=pl.Series(codes(rng, GROWN_UP, n)),
    )
    born = pl.col("birth_date")
    old = pl.col("start_date") >= born.dt.offset_by(f"{SEMI_INDEPENDENT}y")
    grown = pl.col("end_date") >= born.dt.offset_by(f"{ADULT}y")
    ended = pl.when(grown).then("grown_up").when(pl.col("is_gone")).then(pl.lit("O")).otherwise("ended")
    return drawn.with_columns(
        care_placement_code=pl.when(old).then(pl.lit("S")).otherwise("placed"), end_reason_code=ended
    ).drop("placed", "ended", "grown_up", "is_gone")


def youth_justice(lives: Lives, planted: Caring) -> pl.DataFrame:
    """A row a spell: row, child, birth_date, youth_justice_code, start_date, end_date. One at most to each child."""
    people, rng = lives.people, generator(lives.seed, "youth justice")
    boy = (people["sex_code"] == "M").to_numpy() - 0.5
    rate = np.exp(
        planted.justice
        + planted.justice_behaviour * people["behaviour"].to_numpy()
        + planted.justice_deprivation * _deprived(people)
        + planted.justice_male * boy
    )
    row = np.flatnonzero(rng.random(len(people)) < 1 - np.exp(-(ADULT - CRIMINAL) * rate))
    of, n = people.select("child", "birth_date")[row], len(row)
    # Most often at 15 to 17.
    age = CRIMINAL + (ADULT - CRIMINAL) * rng.beta(3, 1.2, n)
    start = of["birth_date"].to_numpy() + (YEAR * age).astype(np.int64)
    length = SHORTEST + (YEAR * planted.justice_lasts * rng.exponential(1.0, n)).astype(np.int64)
    told = of.with_columns(
        row=pl.Series(row),
        youth_justice_code=pl.Series(codes(rng, INVOLVED, n)),
        start_date=pl.Series(start),
        end_date=pl.Series(start + length),
    )
    return _in_england(told, lives).drop("is_gone")


def rate(people: pl.DataFrame, plans: pl.DataFrame, planted: Caring) -> Floats:
    """Spells of need a year of each child."""
    return np.exp(
        planted.rate
        + planted.severity * people["severity"].to_numpy()
        + planted.behaviour * people["behaviour"].to_numpy()
        + planted.deprivation * _deprived(people)
        + planted.disabled * people["need_code"].is_in(DISABLED).to_numpy()
        + planted.supported * (people["identified_year"] != NEVER).to_numpy()
        + planted.planned * _has_plan(people, plans)
    )


def _has_plan(people: pl.DataFrame, plans: pl.DataFrame) -> Truths:
    """Who ever has a plan."""
    has = np.zeros(len(people), dtype=np.bool_)
    has[rows_of(people, plans["child"].to_numpy())] = True
    return has


def _deprived(people: pl.DataFrame) -> Floats:
    """Deprivation of each child's area, standardised."""
    return (5.5 - people["deprivation_decile"].to_numpy()) / 2.87


def _in_need(lives: Lives, part: int, planted: Caring) -> pl.DataFrame:
    """Spells that begin in one part of childhood; those of the service for disabled children may outlast it."""
    people, rng = lives.people, generator(lives.seed, f"social care {part}")
    row = np.flatnonzero(rng.random(len(people)) < 1 - np.exp(-PART * rate(people, lives.plans, planted)))
    of, n = people.select("child", "birth_date", "need_code")[row], len(row)
    born: Days = of["birth_date"].to_numpy()
    start = born + (YEAR * PART * (part + rng.random(n))).astype(np.int64)
    disabled = of["need_code"].is_in(DISABLED).to_numpy()
    service = disabled & (rng.random(n) < BY_SERVICE)
    early, protected = planted.early_help, planted.protected
    kind = codes(rng, {EARLY_HELP: early, "CP": (1 - early) * protected, "CN": (1 - early) * (1 - protected)}, n)
    told = of.select("child", "birth_date").with_columns(
        row=pl.Series(row),
        social_care_code=pl.Series(np.where(service, DISABLED_SERVICE, kind)),
        start_date=pl.Series(start),
        end_date=pl.Series(_end(born, start, service, part, planted, rng)),
        care_need_code=pl.Series(np.where(service, DISABILITY, codes(rng, NEEDS, n))),
        is_disabled=pl.Series(disabled),
    )
    return _in_england(told, lives).drop("is_gone")


def _end(born: Days, start: Days, service: Truths, part: int, planted: Caring, rng: np.random.Generator) -> Days:
    """The last day of each spell that begins in a part of childhood."""
    length = np.where(service, planted.lasts_disabled, planted.lasts) * rng.exponential(1.0, len(start))
    latest: Whole = (YEAR * np.where(service, ADULT, PART * (part + 1))).astype(np.int64)
    lasts = np.minimum((YEAR * length).astype(np.int64), (born - start).astype(np.int64) + latest - 1)
    return start + np.maximum(lasts, SHORTEST)


def _adults(lives: Lives, planted: Caring) -> pl.DataFrame:
    """Young people whom adult social care helps from their 18th birthday on."""
    people, rng = lives.people, generator(lives.seed, "adult social care")
    helped = people["need_code"].is_in(DISABLED).to_numpy() & (rng.random(len(people)) < planted.adult_care)
    row = np.flatnonzero(helped)
    told = people.select("child", "birth_date")[row].with_columns(
        row=pl.Series(row),
        social_care_code=pl.lit(ADULT_CARE),
        start_date=pl.col("birth_date").dt.offset_by(f"{ADULT}y"),
        end_date=pl.lit(None, pl.Date),
        care_need_code=pl.lit(DISABILITY),
        is_disabled=pl.lit(value=True),
    )
    return _in_england(told, lives).drop("is_gone")


def _in_england(told: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """Spells that begin while the child is in England, ended on the day on which it leaves: `is_gone`."""
    stay = lives.people.select("arrived_date", "exit_date")[told["row"].to_numpy()]
    both = told.hstack(stay).filter(
        pl.col("start_date") >= pl.col("arrived_date"),
        (pl.col("start_date") < pl.col("exit_date")).fill_null(value=True),
    )
    gone = (pl.col("exit_date") <= pl.col("end_date")).fill_null(value=False)
    ends = pl.when(gone | pl.col("end_date").is_null()).then("exit_date").otherwise("end_date")
    return both.with_columns(end_date=ends, is_gone=gone).drop("arrived_date", "exit_date")
