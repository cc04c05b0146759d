"""When two rows may be one child: what must agree beside a number, and what keeps twins apart.

Every expression is over a frame that holds a row's keys and, under names that end in `_known`, those of a row of
the record (or of another row of the return). What is not known on either side neither agrees nor differs.
"""

from __future__ import annotations

import polars as pl

KNOWN = "_known"


def same(*keys: str) -> pl.Expr:
    """All of the keys are known and equal."""
    return pl.all_horizontal((pl.col(key) == pl.col(f"{key}{KNOWN}")).fill_null(value=False) for key in keys)


def differs(key: str) -> pl.Expr:
    """The key is known on both sides and not equal."""
    return (pl.col(key) != pl.col(f"{key}{KNOWN}")).fill_null(value=False)


def _both_known(key: str) -> pl.Expr:
    return pl.col(key).is_not_null() & pl.col(f"{key}{KNOWN}").is_not_null()


def is_comparable() -> pl.Expr:
    """A date or a forename is known on both sides."""
    return _both_known("birth_date") | _both_known("forename")


def date_agrees() -> pl.Expr:
    """The same date of birth, or day and month exchanged."""
    exchanged = (pl.col("birth_date_swapped") == pl.col(f"birth_date{KNOWN}")).fill_null(value=False)
    return same("birth_date") | exchanged


def date_nearly_agrees() -> pl.Expr:
    """Two parts of three of the date."""
    return same("birth_year_month") | same("birth_year_day") | same("birth_month_day")


def name_agrees(name: str) -> pl.Expr:
    """The name as it may be spelt: the same, one slip, the same sound, or surname and forename exchanged."""
    edge = same(f"{name}_start") | same(f"{name}_end")
    slip = same(f"{name}_letters") | same(f"{name}_start", f"{name}_end")
    return same(name) | slip | (same(f"{name}_sound") & edge) | same("names")


def forename_is_the_same() -> pl.Expr:
    """The same forename but for a slip that no parent would call a twin by.

    Twins are often given names alike: Ellie and Ella share sound and start, Christian and Christina their letters,
    Abdulrahman and Abdulsulaiman both ends. So a slip must leave all consonants and both ends, or, where sex does
    not differ, all letters.
    """
    slip = same("forename_core", "forename_start", "forename_end")
    transposed = same("forename_letters") & ~differs("sex")
    return same("forename") | slip | transposed | same("names")


def agrees_beside_number() -> pl.Expr:
    """Enough beside a permanent UPN or a ULN: the date; or the forename with another sign of the same child.

    A sibling shares surname and postcode, so neither is enough; nor is a forename alone, where UPNs are reissued.
    """
    other = name_agrees("surname") | date_nearly_agrees() | same("postcode")
    return date_agrees() | (name_agrees("forename") & other)


def agrees_beside_temporary_number() -> pl.Expr:
    """Enough beside a temporary UPN, which schools give again: the date and the forename."""
    return date_agrees() & name_agrees("forename")


def may_be_twins() -> pl.Expr:
    """One date of birth and surname, another forename."""
    other = _both_known("forename") & ~forename_is_the_same()
    return date_agrees() & name_agrees("surname") & other


def may_be_linked_by_name() -> pl.Expr:
    """No twins: the forename agrees, and is the same where the date agrees; nor do UPN and ULN both differ."""
    alike = pl.when(date_agrees()).then(forename_is_the_same()).otherwise(name_agrees("forename"))
    return alike & ~(_permanent_upns_differ() & differs("uln"))


def _permanent_upns_differ() -> pl.Expr:
    temporary = pl.col("is_upn_temporary") | pl.col(f"is_upn_temporary{KNOWN}")
    return differs("upn") & ~temporary.fill_null(value=False)
