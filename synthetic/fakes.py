"""Names and identifiers that are right in form and cannot be real.

* UPN: the right check letter, and authority number 999. DfE's rule 1530 lists every number that a UPN may carry
  (authorities since 1998, and the pseudo-authorities 001–005, 660–681, 701–708): 999 is not one of them, so no
  school ever issued these. The parser compares no authority number: it tells who allocated a UPN, no more.
* ULN: the right check digit, and a leading 0. The Learning Records Service issues none: a ULN begins with a
  digit other than 0 (HESA, *Student record*, field ULN).
* Postcode: area ZZ, which Royal Mail does not use; not district ZZ99, with which the NHS marks homes abroad or
  unknown.
* URN from 900000 and UKPRN from 99000000: blocks that neither register has reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from faker import Faker

from synthetic.ages import school_start
from synthetic.chance import Floats, Texts, Truths, Whole, chosen, generator
from synthetic.planted import Planted

UNREAL_AUTHORITY = "999"
CHECK_LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
INWARD = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
"""Letters of the second half of a postcode: C, I, K, M, O and V are not used there."""
FIRST_URN, SCHOOLS_EACH = 900_000, 580
FIRST_UKPRN = 99_000_000
NAMES_DRAWN = 4_000
DOUBLE_BARRELLED = 0.03
NURSERY_UPN, HAS_ULN = 0.7, 0.95
MANY = 10_000_000
"""How many distinct identifiers there are of each kind: what seven free digits can say."""


def identities(children: pl.DataFrame, planted: Planted, seed: int) -> pl.DataFrame:
    """For each child: surname, forename, upn (null where none was ever given), uln, the postcodes of two homes
    (before and after a move), and whether nursery gave a UPN, a ULN was given, a move loses the UPN. Nobody shares
    name and date of birth; no identifier is given twice."""
    n = len(children)
    rng = generator(seed, "identifiers")
    entered = school_start(children["birth_date"].to_numpy()) % 100
    temporary = rng.random(n) < planted.temporary_upn
    numbers = pl.DataFrame(
        {
            "upn": upns(scattered(n, rng), entered, temporary),
            "uln": ulns(scattered(n, rng)),
            "postcode": postcodes(rng, n)[_homes(children)],
            "later_postcode": postcodes(rng, n),
            "has_upn": rng.random(n) >= planted.never_in_school,
            "has_nursery_upn": rng.random(n) < NURSERY_UPN,
            "has_uln": rng.random(n) < HAS_ULN,
            "loses_upn": rng.random(n) < planted.identifiers_lost,
        }
    )
    numbers = numbers.with_columns(upn=pl.when("has_upn").then("upn")).drop("has_upn")
    return pl.concat([_names(children, seed), numbers], how="horizontal")


def _homes(children: pl.DataFrame) -> Whole:
    """The row of the child whose home each child shares: its family's where that one is here, else its own."""
    known, family = children["child"].to_numpy(), children["family"].to_numpy()
    row = np.minimum(np.searchsorted(known, family), len(known) - 1)
    return np.where(known[row] == family, row, np.arange(len(known)))


def scattered(n: int, rng: np.random.Generator) -> Whole:
    """n distinct whole numbers below MANY, in no visible order."""
    step = int(rng.integers(0, MANY // 10)) * 10 + 7  # ends in 7: shares no factor with MANY, so none comes twice
    return (np.arange(n) * step + int(rng.integers(0, MANY))) % MANY


def upns(places: Whole, years: Whole, temporary: Truths) -> Texts:
    """UPNs of the unreal authority: a school number and serial from `places`, the two-digit year of entry."""
    body = np.array([int(UNREAL_AUTHORITY)]) * 10**8 + (places // 1000) * 10**4 + years * 100
    body = body + (places % 1000) // 10  # eleven digits; the thirteenth character follows
    last = places % 10
    check = CHECK_LETTERS[(weighted_sum(body, 11, 2) + last * 13) % 23]
    # A temporary UPN ends in a letter that counts as its place: the first ten letters count as the ten digits.
    tail = np.where(temporary, CHECK_LETTERS[last], last.astype(str))
    return _joined(check, body.astype(str), tail)


def ulns(places: Whole) -> Texts:
    """ULNs that begin with 00; with 01 where the digits after 00 would have no check digit."""
    body = places + 0
    remainder = weighted_sum(body, 9, None) % 11
    body = np.where(remainder == 0, body + MANY, body)
    remainder = weighted_sum(body, 9, None) % 11
    return _joined(np.char.zfill(body.astype(str), 9), (10 - remainder).astype(str))


def weighted_sum(numbers: Whole, places: int, first: int | None) -> Whole:
    """Σ weight × digit over `places` digits: weights rise from `first`, or fall from places + 1 if it is None."""
    total = np.zeros(len(numbers), dtype=np.int64)
    for n in range(places):
        weight = places + 1 - n if first is None else first + n
        total += (numbers // 10 ** (places - 1 - n)) % 10 * weight
    return total


def postcodes(rng: np.random.Generator, n: int) -> Texts:
    """n postcodes of the area ZZ."""
    letters = INWARD[rng.integers(0, len(INWARD), (n, 2))]
    district, sector = rng.integers(1, 99, n), rng.integers(0, 10, n)
    return _joined(np.full(n, "ZZ"), district.astype(str), np.full(n, " "), sector.astype(str), *letters.T)


def _joined(*parts: npt.NDArray[np.str_]) -> Texts:
    text = parts[0]
    for part in parts[1:]:
        text = np.char.add(text, part)
    return text


def _names(children: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Names from pools drawn once; those of the same name and birth take the next forename of the pool."""
    rng, n = generator(seed, "names"), len(children)
    faker = Faker("en_GB")
    faker.seed_instance(seed)
    surnames, weights = _pool(faker.last_name)
    boys, boy_weights = _pool(faker.first_name_male)
    girls, girl_weights = _pool(faker.first_name_female)
    single, second = surnames[chosen(rng, weights, n)], surnames[chosen(rng, weights, n)]
    doubled = (rng.random(n) < DOUBLE_BARRELLED) & (single != second)
    double = np.where(doubled, _joined(single, np.full(n, "-"), second), single)
    boy, girl = chosen(rng, boy_weights, n), chosen(rng, girl_weights, n)
    is_boy = (children["sex_code"] == "M").to_numpy() | ((children["sex_code"] == "U").to_numpy() & (boy % 2 == 0))
    people = children.select("birth_date", surname=pl.Series(double[_homes(children)]))
    forenames = _Forenames(boys, girls, is_boy)
    return people.with_columns(forename=_apart(people, forenames, np.where(is_boy, boy, girl))).drop("birth_date")


@dataclass(frozen=True)
class _Forenames:
    """Two pools, and who draws from the first."""

    boys: Texts
    girls: Texts
    is_boy: Truths

    def at(self, place: Whole) -> Texts:
        """The forename at each place of the child's own pool, which has no end."""
        return np.where(self.is_boy, self.boys[place % len(self.boys)], self.girls[place % len(self.girls)])


def _apart(people: pl.DataFrame, forenames: _Forenames, place: Whole) -> pl.Series:
    """Forenames such that nobody shares name and date of birth: who would, takes a later place of the pool."""
    while True:
        named = people.with_columns(forename=pl.Series(forenames.at(place)))
        namesakes = named.select(pl.int_range(pl.len()).over("surname", "forename", "birth_date")).to_series()
        if not namesakes.max():
            return named["forename"]
        place = place + namesakes.to_numpy()


def _pool(draw: Callable[[], str]) -> tuple[Texts, Floats]:
    """Names in order of the alphabet, and how often each came."""
    counts = sorted(Counter(draw() for _ in range(NAMES_DRAWN)).items())
    return np.array([name for name, _ in counts]), np.array([count for _, count in counts], dtype=float)
