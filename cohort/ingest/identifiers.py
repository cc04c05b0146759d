"""Check characters of the UPN and the ULN, as column expressions.

UPN: a check letter, then a three-digit authority number, a four-digit school number, a two-digit year and a
three-digit serial number; a temporary UPN ends in a letter, counted by its place (A = 0). DfE, *Unique pupil
numbers: a guide for schools and local authorities*, rules 1510 to 1550. ULN: ten digits whose last checks the
nine before it. Learning Records Service, *ULN validation*.
"""

from __future__ import annotations

import polars as pl

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The 23 check letters: the alphabet without I, O and S."""
UPN_FORM = rf"^[A-Z][0-9]{{11}}[0-9{LETTERS}]$"
NO_ULN = "9999999999"
"""Stands for "not known" in the learner record; it names nobody."""


def _digit(number: pl.Expr, places: int, n: int) -> pl.Expr:
    """The n-th digit from the left (from 1) of a number written with that many places."""
    return (number // 10 ** (places - n)) % 10


def upn_check_letter(upn: pl.Expr) -> pl.Expr:
    """The letter with which a well-formed UPN should begin; null where it is not well-formed."""
    form = upn.str.contains(UPN_FORM)
    middle = pl.when(form).then(upn.str.slice(1, 11)).cast(pl.Int64, strict=False)
    last = upn.str.slice(12, 1).replace_strict(
        {**{letter: i for i, letter in enumerate(LETTERS)}, **{str(d): d for d in range(10)}},
        default=None,
        return_dtype=pl.Int64,
    )
    total = pl.sum_horizontal(_digit(middle, 11, n) * (n + 1) for n in range(1, 12)) + last * 13
    letter = (total % 23).replace_strict(dict(enumerate(LETTERS)), default=None, return_dtype=pl.String)
    return pl.when(form).then(letter)


def is_temporary(upn: pl.Expr) -> pl.Expr:
    """Whether a UPN is a temporary one: its last character is a letter."""
    return upn.str.contains(r"[A-Z]$")


def uln_is_sound(uln: pl.Expr) -> pl.Expr:
    """Whether ten digits are a ULN, null where not ten digits: r = Σ (11 − n)·dₙ mod 11 is not 0, d₁₀ = 10 − r."""
    number = pl.when(uln.str.contains(r"^[0-9]{10}$")).then(uln).cast(pl.Int64, strict=False)
    remainder = pl.sum_horizontal(_digit(number, 10, n) * (11 - n) for n in range(1, 10)) % 11
    sound = (remainder != 0) & (_digit(number, 10, 10) == 10 - remainder)
    return pl.when(number.is_not_null()).then(sound)
