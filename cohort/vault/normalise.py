"""The one normal form of an identifier, from which its token is made.

NFKC, no spaces, no invisible characters, upper case (Unicode Standard Annex 15). One child written in two ways
must have one token for as long as the record lasts: another form is another NORMALISER and a migration.
"""

from __future__ import annotations

import polars as pl

NORMALISER = 1
"""Version of the normal form; the database knows the one that its tokens were made from."""
INVISIBLE = "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
"""Soft hyphen, zero-width characters and direction marks: never meant, often pasted."""


def plain(text: pl.Expr) -> pl.Expr:
    """Without spaces and invisible characters, in the plain forms of its characters; case stays.

    What NFKC makes of some characters begins with a space (the acute accent that stands alone), so spaces go
    once more, and what then meets is composed.
    """
    bare = text.str.replace_all(INVISIBLE, "").str.replace_all(r"\s", "").str.normalize("NFKC")
    return bare.str.replace_all(r"\s", "").str.normalize("NFKC")


def normalised(text: pl.Expr) -> pl.Expr:
    """The normal form of an identifier; null and what is left empty are null."""
    form = plain(text).str.to_uppercase().str.normalize("NFKC")
    return pl.when(form != "").then(form)
