"""Everybody: births, homes, families, latent needs, schools, and who comes and goes.

One row a child, and `child` is its position. Births are spread evenly over the school years that can show in the
window. A need is a vector of five latent factors; severity is what they come to together. What is measured at two and
at five (`review_score`, `profile_score`) sees severity through noise, and it is on these measures, not on severity,
that every decision rests: so what confounds is recorded, unless a world plants the unmeasured `hidden`.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.ages import months_of, school_start
from synthetic.chance import NEVER, Days, Floats, Truths, Whole, chosen, codes, generator, whole
from synthetic.parameters import NEEDS, Childhood, Leaving, Needs
from synthetic.window import Window

ETHNICITY = {
    "WBRI": 0.649,
    "WIRI": 0.003,
    "WIRT": 0.001,
    "WROM": 0.004,
    "WOTH": 0.055,
    "MWBC": 0.019,
    "MWBA": 0.011,
    "MWAS": 0.016,
    "MOTH": 0.028,
    "AIND": 0.023,
    "APKN": 0.041,
    "ABAN": 0.019,
    "AOTH": 0.021,
    "CHNE": 0.004,
    "BCRB": 0.016,
    "BAFR": 0.043,
    "BOTH": 0.011,
    "OOTH": 0.02,
    "REFU": 0.006,
    "NOBT": 0.009,
}
ENGLISH_SPOKEN = {"WBRI": 0.995, "WIRI": 0.98, "MWBC": 0.97, "BCRB": 0.95, "MWAS": 0.85, "MWBA": 0.82, "REFU": 0.8}
"""Share whose first language is English; of all other groups 0.42."""
ANOTHER_LANGUAGE = 0.42
FACTORS = ("cognition", "language", "social", "behaviour", "sensory")
LOADINGS = {
    "SPLD": (0.5, 0.5, 0.0, 0.0, 0.0),
    "MLD": (1.1, 0.3, 0.0, 0.0, 0.0),
    "SLD": (2.2, 0.4, 0.3, 0.0, 0.2),
    "PMLD": (2.2, 0.6, 0.0, 0.0, 1.0),
    "SEMH": (0.0, 0.0, 0.3, 1.2, 0.0),
    "SLCN": (0.2, 1.2, 0.2, 0.0, 0.0),
    "HI": (0.0, 0.0, 0.0, 0.0, 1.1),
    "VI": (0.0, 0.0, 0.0, 0.0, 1.1),
    "MSI": (0.2, 0.0, 0.0, 0.0, 1.6),
    "PD": (0.0, 0.0, 0.0, 0.0, 1.2),
    "ASD": (0.0, 0.4, 1.6, 0.2, 0.0),
    "DS": (1.6, 0.5, 0.0, 0.0, 0.3),
    "OTH": (0.2, 0.2, 0.2, 0.2, 0.2),
}
"""How much each factor speaks for each type of need."""
WEIGHTS = np.array([0.42, 0.30, 0.30, 0.22, 0.16])
"""What each factor adds to severity."""
SECOND_NEED = 0.45
TWINS, SIBLINGS = 0.012, 0.06
"""Of pairs of neighbours in the list."""
TWIN_LIKENESS, SIBLING_LIKENESS = 0.85, 0.5
"""Correlation of latent factors."""
FIRST_REVIEW, SEEN = 1000, 400
"""Days of age by which the review at two has been held; days in which a child who is here shows in some return."""
AT_SCHOOL = 2000
"""Days of age by which every child is at school."""
ALIKE = 6
"""Of the authorities in the order of their deprivation, a move goes that part of them up or down at most."""
FRAILTY = 7
"""How many times likelier to die a child with profound, severe or multi-sensory needs is."""
OLDEST = 26
"""School years before the window from which young people may still show; one more where SEN2 alone tells, which
tells of plans that ended at 25 in the calendar year before."""


def people(n: int, places: pl.DataFrame, window: Window, planted: Childhood, seed: int) -> pl.DataFrame:
    """n children who can show in returns of the window: a row each, `child` from 0.

    birth_date, school_start (year), sex_code, ethnicity_code, is_first_language_english, deprivation_decile,
    is_meals_eligible, family, is_twin, authority (index at birth or arrival), arrived_date, move_date, moved_to,
    exit_date, person_exit_code, the FACTORS, severity, hidden, need_code, second_need_code, review_score,
    profile_score.
    """
    frame = _born(n, places, window, seed)
    frame = frame.with_columns(**_latent(frame, planted.needs, generator(seed, "needs")))
    frame = frame.with_columns(**_types(frame, planted.needs, generator(seed, "types of need")))
    frame = frame.with_columns(**_early_scores(frame, generator(seed, "early scores")))
    return frame.with_columns(
        **_comings_and_goings(frame, places, window.years, planted.leaving, generator(seed, "leaving"))
    )


def rows_of(frame: pl.DataFrame, child: Whole) -> Whole:
    """Where children stand in a frame that is sorted by `child`."""
    return np.searchsorted(frame["child"].to_numpy(), child)


def _born(n: int, places: pl.DataFrame, window: Window, seed: int) -> pl.DataFrame:
    rng = generator(seed, "people")
    first, last = date(_first_told(window.years) - (OLDEST if window.is_whole else OLDEST + 1), 9, 1), window.born_until
    born = np.datetime64(first, "D") + whole(rng, 0, (last - first).days, n)
    family, twin = _families(rng, born)
    place = chosen(rng, places["size"].to_numpy(), n)[family]
    shift = places["deprivation"].to_numpy()[place]
    deprived = shift + rng.standard_normal(n)[family]
    meals = rng.random(n) < 1 / (1 + np.exp(1.35 - 1.25 * deprived))
    ethnicity = codes(rng, ETHNICITY, n)[family]
    english = pl.Series(ethnicity).replace_strict(ENGLISH_SPOKEN, default=ANOTHER_LANGUAGE).to_numpy()
    born = np.where(twin, born[family], born)
    return pl.DataFrame(
        {
            "child": np.arange(n),
            "birth_date": born,
            "school_start": school_start(born),
            "sex_code": np.where(rng.random(n) < 0.512, "M", "F"),
            "ethnicity_code": ethnicity,
            "is_first_language_english": (rng.random(n)[family] < english),
            "deprivation_decile": 10 - np.clip((_normal_share(deprived) * 10).astype(np.int64), 0, 9),
            "is_meals_eligible": meals[family],
            "family": family,
            "is_twin": twin,
            "authority": place,
        }
    )


def _first_told(years: tuple[int, ...]) -> int:
    """The year from whose census children of up to 25 are followed: two before the last, or the first."""
    return max(years[0], years[-1] - 2)


def _normal_share(values: Floats) -> Floats:
    """The normal distribution function, to three digits (a logistic curve), enough for deciles."""
    return 1 / (1 + np.exp(-1.702 * values))


def _families(rng: np.random.Generator, born: Days) -> tuple[Whole, Truths]:
    """The child that gives each child its home (itself, or the one before it), and who is a twin of that one."""
    place, lot = np.arange(len(born)), rng.random(len(born))
    second = place % 2 == 1
    twin = second & (lot < TWINS)
    gap = np.abs((born - np.roll(born, 1)).astype(np.int64))
    sibling = second & ~twin & (lot < TWINS + SIBLINGS) & (gap > 300)
    return np.where(twin | sibling, place - 1, place), twin


def _latent(frame: pl.DataFrame, planted: Needs, rng: np.random.Generator) -> dict[str, pl.Series]:
    """The factors, severity and the unmeasured."""
    n = len(frame)
    male = (frame["sex_code"] == "M").to_numpy().astype(np.float32) - np.float32(0.5)
    deprived = deprivation(frame)
    shared = _alike(rng.standard_normal(n, dtype=np.float32), frame)
    own = np.float32(np.sqrt(1 - planted.general**2))
    factors = {}
    for name in FACTORS:
        factor = np.float32(planted.general) * shared + own * _alike(rng.standard_normal(n, dtype=np.float32), frame)
        factor += np.float32(planted.male) * male * (name in {"language", "social", "behaviour"})
        factor += np.float32(planted.deprived) * deprived * (name in {"cognition", "language", "behaviour"})
        factors[name] = factor
    burden = _standard(np.column_stack(list(factors.values())) @ WEIGHTS)
    severity = _standard(burden + planted.tail * np.maximum(burden - 1, 0))
    hidden = rng.standard_normal(n, dtype=np.float32)
    return {name: pl.Series(values) for name, values in {**factors, "severity": severity, "hidden": hidden}.items()}


def _alike(draws: Floats, frame: pl.DataFrame) -> Floats:
    """Standard normal draws in which siblings and twins resemble the child whose home they share."""
    family, twin = frame["family"].to_numpy(), frame["is_twin"].to_numpy()
    likeness = np.where(twin, TWIN_LIKENESS, np.where(family != frame["child"].to_numpy(), SIBLING_LIKENESS, 0.0))
    return (likeness * draws[family] + np.sqrt(1 - likeness**2) * draws).astype(np.float32)


def _types(frame: pl.DataFrame, planted: Needs, rng: np.random.Generator) -> dict[str, pl.Series]:
    """The type that would be recorded as primary need, and the second: the two that the factors speak for most."""
    factors = frame.select(FACTORS).to_numpy()
    best = np.full(len(frame), -np.inf, dtype=np.float32)
    after, first, second = best.copy(), np.zeros(len(frame), dtype=np.int8), np.zeros(len(frame), dtype=np.int8)
    for place, need in enumerate(NEEDS):
        speaks = factors @ np.array(LOADINGS[need], dtype=np.float32) + np.float32(planted.common[need])
        speaks += rng.gumbel(size=len(frame)).astype(np.float32)
        leads, follows = speaks > best, (speaks <= best) & (speaks > after)
        after, second = (
            np.where(leads, best, np.where(follows, speaks, after)),
            np.where(leads, first, np.where(follows, place, second)).astype(np.int8),
        )
        best, first = np.where(leads, speaks, best), np.where(leads, place, first).astype(np.int8)
    names = pl.Series(NEEDS)
    # Down syndrome is told as a severe learning difficulty before 2025: the two never stand beside each other.
    pair = np.array([NEEDS.index("DS"), NEEDS.index("SLD")])
    clash = (np.isin(first, pair) & np.isin(second, pair)) | (second == NEEDS.index("DS"))
    has_second = pl.Series((rng.random(len(frame)) < SECOND_NEED) & ~clash)
    both = pl.DataFrame({"first": names.gather(first), "second": names.gather(second), "has": has_second})
    kept = both.select(pl.when("has").then("second")).to_series()
    return {"need_code": both["first"], "second_need_code": kept}


def _early_scores(frame: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.Series]:
    """What the review at two and the profile at five measure, standardised; high is good."""
    n = len(frame)
    severity = frame["severity"].to_numpy()
    young = youngest(frame)
    boy = (frame["sex_code"] == "M").to_numpy().astype(np.float32)
    english = frame["is_first_language_english"].to_numpy().astype(np.float32)
    review = -0.70 * severity - 0.15 * boy + 0.50 * rng.standard_normal(n, dtype=np.float32)
    profile = -0.66 * severity + 0.18 * _standard(review) - 0.22 * boy - 0.30 * young + 0.15 * english
    profile += 0.42 * rng.standard_normal(n, dtype=np.float32)
    return {"review_score": pl.Series(_standard(review)), "profile_score": pl.Series(_standard(profile))}


def _standard(values: Floats) -> Floats:
    return ((values - values.mean()) / max(float(values.std()), 1e-6)).astype(np.float32)


def youngest(frame: pl.DataFrame) -> Floats:
    """0 for children born in September to 1 for those born in August, the youngest of their school year."""
    return (((months_of(frame["birth_date"].to_numpy()) - 9) % 12) / 11).astype(np.float32)


def deprivation(frame: pl.DataFrame) -> Floats:
    """The decile of deprivation, standardised; high is more deprived."""
    return (5.5 - frame["deprivation_decile"].to_numpy().astype(np.float32)) / np.float32(2.87)


def _comings_and_goings(
    frame: pl.DataFrame, places: pl.DataFrame, years: tuple[int, ...], planted: Leaving, rng: np.random.Generator
) -> dict[str, pl.Series]:
    """Arrivals from abroad before 16, one move to another authority at most, and who emigrates or dies.

    Nobody leaves before having shown, or comes too late to: those are not among the children that were asked for.
    """
    n = len(frame)
    born = frame["birth_date"].to_numpy()
    end = np.datetime64(f"{years[-1]}-08-31")
    abroad = born + whole(rng, 60, 16 * 365, n)
    # Who comes after the review at two must still come to school within the window, to show at all.
    in_time = (abroad < born + FIRST_REVIEW - 350) | (born + AT_SCHOOL < end - SEEN)
    comes = (rng.random(n)[frame["family"].to_numpy()] < planted.arrives) & (abroad < end - SEEN) & in_time
    arrived = np.where(comes, abroad, born)
    seen = np.maximum(arrived, np.maximum(born + FIRST_REVIEW, np.datetime64(f"{years[0]}-01-01"))) + SEEN
    moved = arrived + _wait(rng, planted.moves, n)
    emigrated, dies = arrived + 400 + _wait(rng, planted.emigrates, n), _wait(rng, planted.dies, n)
    frail = np.isin(frame["need_code"].to_numpy(), ["PMLD", "MSI", "SLD"])
    died = arrived + 200 + np.where(frail, dies // FRAILTY, dies)
    gone = np.minimum(emigrated, died)
    leaves: Truths = (gone >= seen) & (gone < end)
    moves = (moved < np.where(leaves, gone - 1, end)) & (len(places) > 1)
    to = _moved_to(frame, places, rng)
    code = np.where(died <= emigrated, "D", np.where(rng.random(n) < 0.8, "E", "B"))
    return {
        "arrived_date": pl.Series(arrived),
        "move_date": pl.Series(np.where(moves, moved, NEVER)),
        "moved_to": pl.Series(np.where(moves, to, -1)),
        "exit_date": pl.Series(np.where(leaves, gone, NEVER)),
        "person_exit_code": pl.DataFrame({"code": code, "leaves": leaves})
        .select(pl.when("leaves").then("code"))
        .to_series(),
    }


def _moved_to(frame: pl.DataFrame, places: pl.DataFrame, rng: np.random.Generator) -> Whole:
    """Another authority, among those that are as deprived, about: where families go when they go."""
    n, order = len(places), np.argsort(places["deprivation"].to_numpy(), kind="stable")
    rank = np.argsort(order, kind="stable")[frame["authority"].to_numpy()]
    near = max(n // ALIKE, 1)
    low = np.clip(rank - near, 0, max(n - 1 - 2 * near, 0))
    to = low + whole(rng, 0, min(2 * near, n - 1) - 1 if n > 1 else 0, len(frame))
    return order[np.minimum(to + (to >= rank), n - 1)]


def _wait(rng: np.random.Generator, a_year: float, n: int) -> Whole:
    """Days until something that happens so often a year."""
    return np.minimum(rng.exponential(365.25 / max(a_year, 1e-9), n), 10**6).astype(np.int64)
