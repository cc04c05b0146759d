"""Where a child with a plan is taught: one main placement for each phase of education, now and then a second."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.ages import first_september, school_start
from synthetic.chance import Days, Texts, Truths, Whole, codes, generator, whole
from synthetic.fakes import FIRST_UKPRN, FIRST_URN, SCHOOLS_EACH
from synthetic.people import rows_of

PHASES = ("early", "primary", "secondary", "college", "adult")
STARTS = (0, 7, 12, 15, 21)
"""Academic years after entry to reception in which the phases after the first begin, and the last one ends."""
KINDS: dict[str, dict[str, float]] = {
    "early": {"mainstream": 0.55, "special": 0.07, "EYP": 0.36, "OTH": 0.02},
    "primary": {
        "mainstream": 0.4785,
        "unit": 0.07,
        "resourced": 0.06,
        "special": 0.33,
        "alternative": 0.005,
        "EHE": 0.0115,
        "OLA": 0.025,
        "OPA": 0.005,
        "NIEO": 0.005,
        "OTH": 0.01,
    },
    "secondary": {
        "mainstream": 0.3795,
        "unit": 0.05,
        "resourced": 0.05,
        "special": 0.39,
        "alternative": 0.015,
        "EHE": 0.0205,
        "OLA": 0.06,
        "OPA": 0.005,
        "NIEO": 0.015,
        "OTH": 0.015,
    },
    "college": {
        "college": 0.48,
        "mainstream": 0.12,
        "special": 0.27,
        "NEET": 0.055,
        "OLA": 0.03,
        "NIEO": 0.015,
        "OTH": 0.03,
    },
    "adult": {"college": 0.62, "special": 0.08, "NEET": 0.14, "OLA": 0.05, "NIEO": 0.05, "OTH": 0.06},
}
AT_SCHOOL = ("mainstream", "unit", "resourced", "special", "alternative")
SCHOOLS = {
    "early": (0, 30),
    "primary": (30, 300),
    "secondary": (300, 380),
    "college": (380, 400),
    "adult": (380, 400),
}
"""Which of an authority's schools teach which phase; special schools and second placements follow."""
SPECIAL, SECOND, ALTERNATIVE = (400, 420), (420, 440), (440, 441)
COLLEGES = 10
RESIDENTIAL, WORK_BASED, TWO_PLACEMENTS = 0.011, 0.027, 0.02
NAMED_INSTEAD = ("EHE", "NEET", "NIEO")
"""Ways of being taught nowhere that a plan cannot name; it names a type of setting then."""


def placements(stays: pl.DataFrame, children: pl.DataFrame, places: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a placement: stay, entry_date, exit_date (the last day that it lasts if nothing else ends it), urn,
    ukprn, setting_code, setting_other, rank_code, is_sen_unit, is_resourced_provision, residential_code,
    work_based_code. Phases follow one another without a gap, so a plan always has one main placement open."""
    rng = generator(seed, "placements")
    births = children["birth_date"].to_numpy()[rows_of(children, stays["child"].to_numpy())]
    register = places["register"].to_numpy()[stays["authority"].to_numpy()]
    bounds = _bounds(births, stays)
    frames = [
        _phase(rng, phase, register, bounds[i], bounds[i + 1] - 1).with_columns(stay=stays["stay"])
        for i, phase in enumerate(PHASES)
    ]
    main = pl.concat(frames)
    during = main.join(
        stays.select("stay", "start_date", "entered_date", "left_date"), on="stay", maintain_order="left"
    )
    met = during.filter(
        (pl.col("exit_date") >= pl.max_horizontal("start_date", "entered_date"))
        & (pl.col("left_date").is_null() | (pl.col("entry_date") <= pl.col("left_date")))
    ).with_columns(
        # A child comes to the school of a new authority on the day of the move, not before.
        entry_date=pl.when(pl.col("entered_date") > pl.col("start_date"))
        .then(pl.max_horizontal("entry_date", "entered_date"))
        .otherwise("entry_date"),
        exit_date=pl.min_horizontal("exit_date", "left_date"),
    )
    return (
        pl.concat([met, _seconds(rng, met, register)])
        .sort("stay", "entry_date", "rank_code")
        .drop("start_date", "entered_date", "left_date")
    )


def _bounds(births: Days, stays: pl.DataFrame) -> list[Days]:
    """The first day of each phase, and the day after the last."""
    entered = school_start(births)
    nursery = np.minimum(births + 730, stays["start_date"].to_numpy())
    return [nursery, *(first_september(entered + years) for years in STARTS)]


def _phase(rng: np.random.Generator, phase: str, register: Whole, entry: Days, leave: Days) -> pl.DataFrame:
    n = len(register)
    kind = codes(rng, KINDS[phase], n)
    at_school, at_college = np.isin(kind, AT_SCHOOL), kind == "college"
    special = kind == "special"
    school = np.where(special, whole(rng, *_last(SPECIAL), n), whole(rng, *_last(SCHOOLS[phase]), n))
    school = np.where(kind == "alternative", ALTERNATIVE[0], school)
    works = at_college & (rng.random(n) < WORK_BASED)
    boards = special & (phase != "early") & (rng.random(n) < RESIDENTIAL)
    return pl.DataFrame(
        {
            "entry_date": entry,
            "exit_date": leave,
            "urn": _where(at_school, (FIRST_URN + register * SCHOOLS_EACH + school).astype(str)),
            "ukprn": _where(
                at_college, (FIRST_UKPRN + register * COLLEGES + whole(rng, 0, COLLEGES - 1, n)).astype(str)
            ),
            "setting_code": _where(~at_school & ~at_college, kind),
            "setting_other": _where(kind == "OTH", np.full(n, "Tuition centre")),
            "rank_code": np.full(n, "1"),
            "is_sen_unit": kind == "unit",
            "is_resourced_provision": kind == "resourced",
            "residential_code": _where(boards, codes(rng, {"A": 0.7, "B": 0.3}, n)),
            "work_based_code": _where(works, codes(rng, {"S": 0.85, "A": 0.15}, n)),
        }
    )


def _last(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], span[1] - 1


def _where(condition: Truths, texts: Texts) -> pl.Series:
    """The texts where the condition holds, else null."""
    return pl.select(pl.when(pl.Series(condition)).then(pl.Series(texts))).to_series()


def _seconds(rng: np.random.Generator, main: pl.DataFrame, register: Whole) -> pl.DataFrame:
    """Second placements, beside some of those in a school, in schools that nobody has as the main one."""
    lot = pl.Series(rng.random(len(main)))
    chosen = main.filter(pl.col("urn").is_not_null() & (lot < TWO_PLACEMENTS))
    n = len(chosen)
    school = register[chosen["stay"].to_numpy()] * SCHOOLS_EACH + whole(rng, *_last(SECOND), n)
    return chosen.with_columns(
        urn=pl.Series((FIRST_URN + school).astype(str)),
        rank_code=pl.lit("2"),
        is_sen_unit=pl.lit(value=False),
        is_resourced_provision=pl.lit(value=False),
        residential_code=pl.lit(None, pl.String),
    )


def named(placements: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """What each plan names: the placements at the start of the stay; a type of setting where it can name none."""
    begin = stays.select("stay", begin=pl.max_horizontal("start_date", "entered_date"))
    there = placements.join(begin, on="stay", maintain_order="left").filter(
        (pl.col("entry_date") <= pl.col("begin")) & (pl.col("exit_date") >= pl.col("begin"))
    )
    unnamed = pl.col("setting_code").is_in(NAMED_INSTEAD)
    return there.drop("begin").with_columns(
        setting_code=pl.when(unnamed).then(pl.lit("OTH")).otherwise("setting_code"),
        setting_other=pl.when(unnamed).then(pl.lit("A type of setting, none in particular")).otherwise("setting_other"),
    )
