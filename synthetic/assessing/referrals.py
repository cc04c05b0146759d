"""Referrals for diagnosis: what for, by whom, and how long the wait for a first appointment was.

Those referred are children on SEN support or in the EHC process, by their type of need.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.assessing.planted import Assessing
from synthetic.chance import NEVER, Days, Floats, Truths, Whole, codes, generator
from synthetic.identification import NEVER as NEVER_IDENTIFIED
from synthetic.lives import Lives
from synthetic.parameters import NEEDS

OF_NEED: dict[str, dict[str, float]] = {
    "ASD": {"ASD": 0.88, "ADHD": 0.06},
    "SEMH": {"ADHD": 0.34, "MH": 0.14, "ASD": 0.12},
    "SLCN": {"DLD": 0.14, "ASD": 0.14, "HI": 0.03},
    "MLD": {"LD": 0.10, "ADHD": 0.05, "DCD": 0.03},
    "SPLD": {"DYS": 0.22, "DCD": 0.05, "ADHD": 0.06},
    "SLD": {"LD": 0.60, "GEN": 0.25},
    "PMLD": {"GEN": 0.50, "EPI": 0.35},
    "HI": {"HI": 0.95},
    "VI": {"VI": 0.95},
    "MSI": {"HI": 0.50, "VI": 0.45},
    "PD": {"PD": 0.80, "GEN": 0.10},
    "DS": {"GEN": 0.95},
    "OTH": {"ADHD": 0.12, "FASD": 0.03, "OTH": 0.05},
}
"""Type of need → what children with it are referred for, and shares; the rest are not referred."""
SCARCE = ("ASD", "ADHD")
EARLY = ("HI", "VI", "PD", "GEN", "EPI")
"""Diagnoses that are sought in the first years of life; the others from about the first SEN support on."""
EARLIEST_DAYS, LATEST_EARLY = 40, 1_300
"""Days of age between which the early ones are sought."""
SOURCES = {"SC": 0.42, "GP": 0.24, "HV": 0.10, "PA": 0.10, "HO": 0.10, "SO": 0.02, "OT": 0.02}
OF_THE_YOUNG = {"HO": 0.45, "HV": 0.30, "GP": 0.20, "PA": 0.05}
YOUNGEST = 500
"""Days of age before which nobody is referred for the others."""


def referrals(lives: Lives, planted: Assessing) -> pl.DataFrame:
    """A row a referral, drawn to its end, by child: row (of `lives.people`), child, birth_date, diagnosis_code,
    referral_source_code, referred_date, accepted_date (null where refused), first_seen_date, concluded_date,
    referral_outcome_code. Who leaves England first has moved away."""
    known = _known(lives)
    rng = generator(lives.seed, "referrals")
    diagnosis = _diagnosis(lives.people["need_code"].gather(known), rng)
    row, diagnosis = known[diagnosis >= 0], diagnosis[diagnosis >= 0]
    of = lives.people.select("child", "birth_date", "arrived_date", "exit_date", "authority")[row]
    names = np.array(_names())
    early = np.isin(names[diagnosis], EARLY)
    referred = _referred(lives, row, early, rng)
    wait = _waits(of["authority"].to_numpy(), np.isin(names[diagnosis], SCARCE), referred, lives, planted, rng)
    accepted = referred + rng.integers(5, 45, len(row))
    seen = np.maximum(referred + wait, accepted + 1)
    refused = rng.random(len(row)) < planted.not_accepted
    outcome = np.where(rng.random(len(row)) < planted.diagnosed, "D", "N")
    source = np.where(early, codes(rng, OF_THE_YOUNG, len(row)), codes(rng, SOURCES, len(row)))
    concluded = np.where(refused, accepted, seen + rng.integers(0, 120, len(row)))
    gone = of["exit_date"].to_numpy()
    leaves = ~np.isnat(gone) & (gone < concluded)
    told = pl.DataFrame(
        {
            "row": row,
            "child": of["child"],
            "birth_date": of["birth_date"],
            "diagnosis_code": names[diagnosis],
            "referral_source_code": source,
            "referred_date": referred,
            "accepted_date": _until(np.where(refused, NEVER, accepted), gone),
            "first_seen_date": _until(np.where(refused, NEVER, seen), gone),
            "concluded_date": np.where(leaves, gone, concluded),
            "referral_outcome_code": np.select([leaves, refused], ["M", "R"], outcome),
        }
    )
    here = (of["arrived_date"].to_numpy() <= referred) & (np.isnat(gone) | (referred < gone))
    return told.filter(pl.Series(here))


def _names() -> list[str]:
    return list(dict.fromkeys(name for shares in OF_NEED.values() for name in shares))


def _known(lives: Lives) -> Whole:
    """Rows of the children who were ever on SEN support or in the process."""
    people = lives.people
    supported = people["identified_year"].to_numpy() != NEVER_IDENTIFIED
    asked = (people["received_date"].is_not_null() | people["start_date"].is_not_null()).to_numpy()
    return np.flatnonzero(supported | asked)


def _diagnosis(need: pl.Series, rng: np.random.Generator) -> Whole:
    """What each child is referred for: index into `_names`; -1 for nothing."""
    names = _names()
    shares = np.array([[OF_NEED[code].get(name, 0.0) for name in names] for code in NEEDS], dtype=np.float32)
    edges = np.cumsum(shares, axis=1)
    of = need.replace_strict({code: i for i, code in enumerate(NEEDS)}, return_dtype=pl.Int64).to_numpy()
    lot = rng.random(len(need), dtype=np.float32)
    place = np.zeros(len(need), dtype=np.int64)
    for column in range(len(names)):
        place += lot >= edges[:, column][of]
    return np.where(place < len(names), place, -1)


def _referred(lives: Lives, row: Whole, early: Truths, rng: np.random.Generator) -> Days:
    """The day of each referral: in the first years of life, or within three years of the first support."""
    people = lives.people.select("birth_date", "school_start", "identified_year")[row]
    born = people["birth_date"].to_numpy()
    first = np.minimum(people["identified_year"].to_numpy().astype(np.int64), 5)
    september = ((people["school_start"].to_numpy() + first - 1970) * 12 + 8).astype("datetime64[M]")
    later = september.astype("datetime64[D]") + rng.integers(-300, 800, len(row))
    young = born + rng.integers(EARLIEST_DAYS, LATEST_EARLY, len(row))
    return np.where(early, young, np.maximum(later, born + YOUNGEST))


def _waits(
    place: Whole, scarce: Truths, referred: Days, lives: Lives, planted: Assessing, rng: np.random.Generator
) -> Whole:
    """Days from each referral to the first appointment."""
    since = np.array(sorted(planted.waits))
    years = referred.astype("datetime64[Y]").astype(np.int64) + 1970
    step = np.maximum(np.searchsorted(since, years, side="right") - 1, 0)
    weeks = np.where(scarce, np.array([planted.waits[int(year)] for year in since])[step], planted.other_waits)
    spread: Floats = rng.normal(0, planted.waits_authority_sd, len(lives.places))[place]
    own = rng.normal(0, planted.waits_sd, len(place))
    return np.maximum(7 * weeks * np.exp(spread + own), 7).astype(np.int64)


def _until(day: Days, gone: Days) -> Days:
    """The days, but for those after the child has left."""
    return np.where(~np.isnat(gone) & (day >= gone), NEVER, day)
