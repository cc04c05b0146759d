"""A world for linkage: children reported twice, with every slip that makes one child look like two, or two like one.

Two reports a year apart, the truth beside them. Names come from pools by ethnic group, some of them very common,
and are misspelt at rates that differ between groups: in English records names of other languages are spelt by ear
and their parts exchanged more often (Lariscy 2011; Hagger-Johnson et al. 2017). Twins share all but the forename,
and often the sound of that. Numbers are missing, temporary, given anew, given again to another child, or a
brother's. No number is real (`synthetic.fakes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from faker import Faker

from synthetic.chance import Texts, Truths, chosen, generator
from synthetic.fakes import postcodes, scattered, ulns, upns

LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
BY_EAR = (
    *(("ou", "u"), ("oo", "u"), ("ee", "i"), ("ph", "f"), ("ck", "k")),
    *(("y", "i"), ("a", "e"), ("o", "u"), ("h", "")),
)
"""Spellings that sound alike."""
POOL = 900
REPORTED = ("surname", "forename", "birth_date", "sex_code", "postcode", "upn", "former_upn", "uln", "ethnicity_code")


@dataclass(frozen=True)
class Group:
    """An ethnic group: its share of children, its names, and how often a name is reported wrongly.

    `common`: share of children who bear one of the ten commonest forenames and surnames of the pool.
    """

    code: str
    share: float
    locale: str
    common: float
    slip: float
    by_ear: float
    exchanged: float
    no_upn: float


GROUPS = (
    Group("WBRI", 0.66, "en_GB", 0.10, 0.010, 0.004, 0.0005, 0.025),
    Group("WIRI", 0.02, "en_IE", 0.10, 0.010, 0.008, 0.0005, 0.030),
    Group("WOTH", 0.07, "pl_PL", 0.15, 0.015, 0.015, 0.002, 0.040),
    Group("AIND", 0.05, "en_IN", 0.35, 0.012, 0.015, 0.004, 0.030),
    Group("APKN", 0.08, "en_PK", 0.35, 0.015, 0.020, 0.004, 0.030),
    Group("BAFR", 0.06, "yo_NG", 0.20, 0.015, 0.020, 0.004, 0.040),
    Group("CHNE", 0.02, "id_ID", 0.30, 0.012, 0.015, 0.010, 0.040),
    Group("OOTH", 0.04, "tr_TR", 0.20, 0.015, 0.020, 0.004, 0.045),
)


@dataclass(frozen=True)
class Rates:
    """How often each thing happens to a child between or within the two reports."""

    twins: float = 0.03
    alike_twins: float = 0.15
    siblings: float = 0.25
    moved: float = 0.10
    surname_changed: float = 0.010
    forename_changed: float = 0.004
    date_transposed: float = 0.003
    date_slip: float = 0.004
    upn_anew: float = 0.010
    former_known: float = 0.5
    upn_temporary: float = 0.010
    upn_of_another: float = 0.001
    upn_of_a_twin: float = 0.01
    has_uln: float = 0.30
    reported: float = 0.92


@dataclass(frozen=True)
class LinkageWorld:
    """`first` and `second`: `child` (the truth) and REPORTED, one row a child reported. `twins`: pairs of children."""

    first: pl.DataFrame
    second: pl.DataFrame
    twins: pl.DataFrame


def make(children: int, seed: int, rates: Rates = Rates()) -> LinkageWorld:
    """About so many children, each reported in the first year, the second, or both."""
    born = _children(children, seed, rates)
    changed = _changed(born, seed, rates)
    first, second = _report(born, "first", seed, rates), _report(changed, "second", seed, rates)
    pairs = born.filter(pl.col("twin_of") >= 0).select(child="child", twin="twin_of")
    return LinkageWorld(first, second, pairs)


def _children(n: int, seed: int, rates: Rates) -> pl.DataFrame:
    rng = generator(seed, "children")
    group = chosen(rng, [g.share for g in GROUPS], n)
    is_boy = rng.random(n) < 0.7
    surname, forename = _names(group, is_boy, seed, rng)
    birth = np.datetime64("2000-09-01") + rng.integers(0, 22 * 365, n)
    postcode = postcodes(rng, n)
    # A sibling has the surname and postcode of the child before; a twin also the birth, and a forename of its own.
    kin = np.maximum(np.arange(n) - 1, 0)
    is_twin = (rng.random(n) < rates.twins / 2) & (np.arange(n) > 0)
    is_twin[1:] &= ~is_twin[:-1]
    is_kin = is_twin | (rng.random(n) < rates.siblings)
    for child in np.flatnonzero(is_kin):
        elder = kin[child]
        group[child], surname[child], postcode[child] = group[elder], surname[elder], postcode[elder]
    for child in np.flatnonzero(is_twin):
        birth[child] = birth[kin[child]]
        is_boy[child] = is_boy[kin[child]] if rng.random() < 0.6 else ~is_boy[kin[child]]
        forename[child] = _twin_forename(str(forename[child]), str(forename[kin[child]]), rng, rates)
    entered = (birth.astype("datetime64[Y]").astype(int) + 1970 + 5) % 100
    return pl.DataFrame(
        {
            "child": np.arange(n),
            "twin_of": np.where(is_twin, kin, -1),
            "group": group,
            "ethnicity_code": np.array([g.code for g in GROUPS])[group],
            "surname": surname.astype(str),
            "forename": forename.astype(str),
            "birth_date": birth,
            "sex_code": np.where(is_boy, "M", "F"),
            "postcode": postcode,
            "upn": upns(scattered(n, rng), entered, np.zeros(n, dtype=bool)),
            "uln": ulns(scattered(n, rng)),
            "has_uln": rng.random(n) < rates.has_uln,
        }
    )


def _twin_forename(own: str, others: str, rng: np.random.Generator, rates: Rates) -> str:
    """Another name; of some twins one that sounds like the other's, as parents like it."""
    if rng.random() < rates.alike_twins:
        return others[: max(2, len(others) - 2)] + ("a" if not others.endswith("a") else "ie")
    return own if own != others else own + "-" + own[::-1].title()


def _names(group: np.ndarray, is_boy: Truths, seed: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    surname, forename = np.empty(len(group), dtype=object), np.empty(len(group), dtype=object)
    for place, of in enumerate(GROUPS):
        faker = Faker(of.locale)
        faker.seed_instance(seed)
        for sex, draw in ((True, faker.first_name_male), (False, faker.first_name_female)):
            rows = np.flatnonzero((group == place) & (is_boy == sex))
            forename[rows] = _drawn(draw, of.common, len(rows), rng)
        rows = np.flatnonzero(group == place)
        surname[rows] = _drawn(faker.last_name, of.common, len(rows), rng)
    return surname, forename


def _drawn(draw: Callable[[], str], common: float, n: int, rng: np.random.Generator) -> Texts:
    """n names of a pool whose first ten are borne by the given share."""
    pool = np.array(list(dict.fromkeys(draw() for _ in range(POOL))), dtype=object)
    few = rng.random(n) < common
    return np.where(few, pool[rng.integers(0, min(10, len(pool)), n)], pool[rng.integers(0, len(pool), n)])


def _changed(born: pl.DataFrame, seed: int, rates: Rates) -> pl.DataFrame:
    """The same children a year on: moved, renamed, with a UPN given anew and the former one known or not."""
    rng, n = generator(seed, "changes"), born.height
    anew = rng.random(n) < rates.upn_anew
    entered = np.full(n, 24)
    fresh = upns(scattered(n, generator(seed, "anew")), entered, np.zeros(n, dtype=bool))
    known = anew & (rng.random(n) < rates.former_known)
    other = rng.permutation(n)
    surname, forename = born["surname"].to_numpy(), born["forename"].to_numpy()
    renamed, called = rng.random(n) < rates.surname_changed, rng.random(n) < rates.forename_changed
    moved = rng.random(n) < rates.moved
    return born.with_columns(
        upn=pl.Series(np.where(anew, fresh, born["upn"].to_numpy()).astype(str)),
        former_upn=_where(known, born["upn"].to_numpy()),
        surname=pl.Series(np.where(renamed, surname[other], surname).astype(str)),
        forename=pl.Series(np.where(called, forename[other], forename).astype(str)),
        postcode=pl.Series(np.where(moved, postcodes(rng, n), born["postcode"].to_numpy()).astype(str)),
    )


def _report(children: pl.DataFrame, name: str, seed: int, rates: Rates) -> pl.DataFrame:
    """What an authority writes down of them, and of whom it writes nothing."""
    rng, n = generator(seed, f"report {name}"), children.height
    of = [GROUPS[place] for place in children["group"]]
    surname, forename = children["surname"].to_list(), children["forename"].to_list()
    for row in np.flatnonzero(rng.random(n) < [g.slip for g in of]):
        which = surname if rng.random() < 0.5 else forename
        which[row] = _slip(which[row], rng)
    for row in np.flatnonzero(rng.random(n) < [g.by_ear for g in of]):
        which = surname if rng.random() < 0.5 else forename
        which[row] = _by_ear(which[row], rng)
    for row in np.flatnonzero(rng.random(n) < [g.exchanged for g in of]):
        surname[row], forename[row] = forename[row], surname[row]
    written = children.with_columns(
        surname=pl.Series(surname),
        forename=pl.Series(forename),
        birth_date=_dates(children["birth_date"], rng, rates),
        uln=pl.when(pl.col("has_uln")).then("uln"),
        upn=_numbers(children, name, rng, rates),
        former_upn=pl.col("former_upn") if "former_upn" in children.columns else pl.lit(None, pl.String),
    )
    seen = pl.Series(rng.random(n) < rates.reported)
    return written.filter(seen).select("child", *REPORTED).sample(fraction=1, shuffle=True, seed=seed)


def _numbers(children: pl.DataFrame, name: str, rng: np.random.Generator, rates: Rates) -> pl.Series:
    """UPNs as written: missing, temporary, another child's, a twin's."""
    n = children.height
    upn = children["upn"].to_numpy().copy()
    temporary = rng.random(n) < rates.upn_temporary
    passing = upns(scattered(n, generator(seed_of(rng), name)), np.full(n, 25), np.ones(n, dtype=bool))
    upn = np.where(temporary, passing, upn)
    wrong = rng.random(n) < rates.upn_of_another
    upn = np.where(wrong, children["upn"].to_numpy()[rng.permutation(n)], upn)
    twin = children["twin_of"].to_numpy()
    mixed = (twin >= 0) & (rng.random(n) < rates.upn_of_a_twin)
    upn = np.where(mixed, children["upn"].to_numpy()[np.maximum(twin, 0)], upn)
    missing = rng.random(n) < np.array([GROUPS[place].no_upn for place in children["group"]])
    return _where(~missing, upn).alias("upn")


def _where(kept: Truths, texts: Texts) -> pl.Series:
    """The texts that are kept, null for the others."""
    return pl.Series([str(t) if k else None for t, k in zip(texts, kept, strict=True)], dtype=pl.String)


def seed_of(rng: np.random.Generator) -> int:
    """A seed for a stream of its own."""
    return int(rng.integers(0, 2**31))


def _dates(birth: pl.Series, rng: np.random.Generator, rates: Rates) -> pl.Series:
    """Dates as written: day and month exchanged where that is a date, or one part wrong."""
    n = len(birth)
    frame = pl.DataFrame({"birth": birth.cast(pl.Date), "draw": rng.random(n), "is_day": rng.random(n) < 0.5})
    exchanged = pl.col("birth").dt.strftime("%Y-%d-%m").str.to_date("%Y-%m-%d", strict=False)
    slipped = pl.when("is_day").then(pl.col("birth").dt.offset_by("10d")).otherwise(pl.col("birth").dt.offset_by("1y"))
    return frame.select(
        pl.when(pl.col("draw") < rates.date_transposed)
        .then(exchanged.fill_null(pl.col("birth")))
        .when(pl.col("draw") < rates.date_transposed + rates.date_slip)
        .then(slipped)
        .otherwise("birth")
        .alias("birth_date")
    )["birth_date"]


def _slip(name: str, rng: np.random.Generator) -> str:
    """One letter left out, put in, changed, or exchanged with the next."""
    at = int(rng.integers(0, max(len(name) - 1, 1)))
    letter = str(rng.choice(LETTERS))
    kind = int(rng.integers(0, 4))
    forms = (
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    )
    return forms[kind] or name


def _by_ear(name: str, rng: np.random.Generator) -> str:
    """Spelt as it sounds, where it has such a sound; else with one slip."""
    fitting = [(old, new) for old, new in BY_EAR if old in name]
    if not fitting:
        return _slip(name, rng)
    old, new = fitting[int(rng.integers(0, len(fitting)))]
    return name.replace(old, new, 1)
