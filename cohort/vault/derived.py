"""Derived keys: fixed forms of a name, a date and a postcode, each under the ring, compared for equality only.

Names are not kept, so a typing error cannot be measured as a distance. It is met by forms that survive it: a
slip in the middle of a name leaves its start and its end, a transposition leaves its letters, a spelling by ear
leaves its sound, a slip in a date leaves two of its three parts. Parts of a date are taken two by two: a day alone
has 31 values and would be read off their frequencies. Each form is a domain of its own in the token
(`cohort.vault.tokens`), with the version of the normaliser in it, so that forms of two versions never agree by chance.

Source of the forms: Schnell and Borgs, *Encoding hierarchical classification codes for privacy-preserving record
linkage*, and Office for National Statistics, *Matching anonymous data* (match keys), which this follows. Soundex:
US National Archives, *The Soundex Indexing System*.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cohort.vault.keys import KeyRing
from cohort.vault.normalise import composed, unless_empty
from cohort.vault.tokens import tokens

NORMALISER = 1
"""Version of the normal form and of the list of keys; a change of either is a new number, and new keys."""
GIVEN = ("surname", "forename", "middle_name", "birth_date", "sex_code", "postcode")
"""What keys are derived from; a return may lack some."""
EDGE = 3
"""Letters at the start and the end of a name that are keys of their own."""
ASIDE = {"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ð": "D", "İ": "I", "ı": "I"}
"""Letters that Unicode does not decompose."""
SOUNDS = {"BFPV": "1", "CGJKQSXZ": "2", "DT": "3", "L": "4", "MN": "5", "R": "6", "AEIOUY": "0", "HW": ""}

CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class Form:
    """A derived key: the name of its column, what it is, and how it is made of the normal forms."""

    name: str
    comment: str
    value: pl.Expr


def _name_forms(name: str) -> tuple[Form, ...]:
    whole = pl.col(name)
    return (
        Form(name, f"The {name}.", whole),
        Form(f"{name}_sound", f"The {name} by its sound.", soundex(whole)),
        Form(f"{name}_start", f"First letters of the {name}.", whole.str.head(EDGE)),
        Form(f"{name}_end", f"Last letters of the {name}.", whole.str.tail(EDGE)),
        Form(f"{name}_core", f"The {name} without vowels and doubled letters.", _core(whole)),
        Form(f"{name}_letters", f"Letters of the {name} in alphabetical order.", _sorted_letters(whole)),
    )


def soundex(name: pl.Expr) -> pl.Expr:
    """The Soundex code of names in capitals: a letter and three digits; null where no letter A to Z begins them."""
    latin = name.str.replace_all("[^A-Z]", "")
    digits = {letter: digit for letters, digit in SOUNDS.items() for letter in letters}
    coded = latin.str.replace_many(list(digits), list(digits.values()))
    # H and W are passed over, but a first letter H or W holds its place.
    coded = pl.when(latin.str.contains("^[HW]")).then(pl.concat_str(pl.lit("0"), coded)).otherwise(coded)
    for digit in "0123456":
        coded = coded.str.replace_all(f"{digit}+", digit)
    rest = coded.str.slice(1).str.replace_all("0", "").str.head(3).str.pad_end(3, "0")
    return pl.when(latin != "").then(pl.concat_str(latin.str.head(1), rest))


def _core(name: pl.Expr) -> pl.Expr:
    bare = name.str.replace_all("[AEIOUY]", "")
    return bare.str.replace_many([letter * 2 for letter in CONSONANTS], list(CONSONANTS))


def _sorted_letters(name: pl.Expr) -> pl.Expr:
    return name.str.split("").list.sort().list.join("")


def _date_forms() -> tuple[Form, ...]:
    day = pl.col("birth_date")
    transposed = day.dt.strftime("%Y-%d-%m")
    return (
        Form("birth_date", "The date of birth.", day.dt.strftime("%Y-%m-%d")),
        Form("birth_date_swapped", "The date of birth, day and month exchanged; compared with birth_date.", transposed),
        Form("birth_year_month", "Year and month of birth.", day.dt.strftime("%Y-%m")),
        Form("birth_year_day", "Year and day of birth.", day.dt.strftime("%Y %d")),
        Form("birth_month_day", "Month and day of birth.", day.dt.strftime("%m-%d")),
    )


FORMS = (
    *_name_forms("surname"),
    *_name_forms("forename"),
    Form(
        "names",
        "Surname and forename in alphabetical order, so that exchanged ones agree.",
        pl.concat_list("surname", "forename").list.sort().list.join("|"),
    ),
    Form("middle_name", "The middle name.", pl.col("middle_name")),
    *_date_forms(),
    Form("postcode", "The postcode.", pl.col("postcode")),
    Form("postcode_sector", "The postcode without its last two letters.", pl.col("postcode").str.head(-2)),
    Form("postcode_district", "The postcode's first half.", pl.col("postcode").str.head(-3)),
    Form("sex", "Sex, where known.", pl.col("sex_code")),
)
KEYS = tuple(form.name for form in FORMS)
DOMAIN = {"birth_date_swapped": "birth_date"}
"""Keys that are compared with another's: both are tokens of one domain."""


def normal_name(name: pl.Expr) -> pl.Expr:
    """Letters only, in capitals, without accents; null where no letter is left."""
    plain = composed(name, "NFKC").str.to_uppercase().str.replace_many(list(ASIDE), list(ASIDE.values()))
    letters = composed(plain, "NFD").str.replace_all(r"\P{L}", "")
    return unless_empty(letters)


def normal_place(postcode: pl.Expr) -> pl.Expr:
    """A postcode in capitals without spaces; null where nothing is left."""
    place = composed(postcode, "NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return unless_empty(place)


def values(people: pl.DataFrame) -> pl.DataFrame:
    """The forms in the clear, KEYS in order, for the moment between the file and the token: never kept.

    `people`: any of GIVEN, `birth_date` a Date and the others text; what is absent gives keys that are null.
    """
    kinds = {name: pl.Date if name == "birth_date" else pl.String for name in GIVEN}
    given = {name: pl.col(name) if name in people.columns else pl.lit(None) for name in kinds}
    whole = people.with_columns(given[name].cast(kind).alias(name) for name, kind in kinds.items())
    normal = whole.select(
        *(normal_name(pl.col(name)).alias(name) for name in ("surname", "forename", "middle_name")),
        "birth_date",
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code").alias("sex_code"),
        normal_place(pl.col("postcode")).alias("postcode"),
    )
    return normal.select(
        pl.when(form.value != "").then(form.value).alias(form.name) if form.name != "names" else _both(form)
        for form in FORMS
    )


def _both(form: Form) -> pl.Expr:
    whole = pl.col("surname").is_not_null() & pl.col("forename").is_not_null()
    return pl.when(whole).then(form.value).alias(form.name)


def domain_of(key: str) -> str:
    """The domain of a key's tokens; a rotation of the ring needs it."""
    return f"linkage{NORMALISER} {DOMAIN.get(key, key)}"


def derived_keys(people: pl.DataFrame, ring: KeyRing) -> pl.DataFrame:
    """The keys of each person under the ring: KEYS in order, 16 bytes each, null where nothing is known."""
    forms = values(people)
    return pl.DataFrame([keyed(forms[name], ring, domain_of(name)) for name in forms.columns])


def keyed(given: pl.Series, ring: KeyRing, domain: str) -> pl.Series:
    """A series of text as tokens of a domain; each distinct value is hashed once."""
    distinct = given.drop_nulls().unique()
    macs = tokens(ring, domain, distinct.to_list())
    known = pl.DataFrame({"value": distinct, "token": pl.Series(macs, dtype=pl.Binary)})
    frame = pl.DataFrame({"value": given}).join(known, on="value", how="left", maintain_order="left")
    return frame["token"].alias(given.name)
