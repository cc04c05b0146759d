"""The one normal form of an identifier, from which its token is made.

NFKC, no spaces, no invisible characters, upper case (Unicode Standard Annex 15). One child written in two ways
must have one token for as long as the record lasts: another form is another NORMALISER and a migration.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

NORMALISER = 1
"""Version of the normal form; the database knows the one that its tokens were made from."""
Form = Literal["NFC", "NFD", "NFKC"]
INVISIBLE = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
"""Soft hyphen, zero-width characters and direction marks: never meant, often pasted."""


def composed(text: pl.Expr, form: Form) -> pl.Expr:
    """The text in a form of Unicode Standard Annex 15, every one of which leaves ASCII as it is.

    So only what holds another character is handed over: the forms of 20,000 UPNs took a tenth of judging them.
    """
    return text.map_batches(lambda given: _composed(given, form), return_dtype=pl.String)


def _composed(given: pl.Series, form: Form) -> pl.Series:
    others = given.str.contains(r"[^\x00-\x7F]").arg_true()
    return given.clone().scatter(others, given.gather(others).str.normalize(form)) if len(others) else given


def plain(text: pl.Expr) -> pl.Expr:
    """Without spaces and invisible characters, in the plain forms of its characters; case stays.

    What NFKC makes of some characters begins with a space (the acute accent that stands alone), so spaces go
    once more, and what then meets is composed.
    """
    bare = composed(text.str.replace_all(INVISIBLE, "").str.replace_all(r"\s", ""), "NFKC")
    return composed(bare.str.replace_all(r"\s", ""), "NFKC")


def normalised(text: pl.Expr) -> pl.Expr:
    """The normal form of an identifier; null and what is left empty are null."""
    form = composed(plain(text).str.to_uppercase(), "NFKC")
    return unless_empty(form)


def unless_empty(text: pl.Expr) -> pl.Expr:
    """The text, null where nothing is left. Names it once: Polars would work out twice what is composed."""
    return text.replace({"": None})
