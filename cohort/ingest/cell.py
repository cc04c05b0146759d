"""How a cell of each kind is read: its value, and the ways in which it may be wrong.

`reading(column, year, census_day)` gives a Polars expression for the typed value and, for each cause, an
expression that is true where the cell is at fault. A cell at fault has no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import inf

import polars as pl

from cohort.ingest.finding import Cause, causes
from cohort.ingest.format import NUMERIC, Column, Kind, Level
from cohort.ingest.identifiers import NO_ULN, UPN_FORM, uln_is_sound, upn_check_letter
from cohort.schema.calendar import abolished, authorities
from cohort.vault.normalise import INVISIBLE, composed, normalised, plain, unless_empty

ERROR, QUERY = Level.ERROR, Level.QUERY

CAUSES = causes(
    Cause("CELL-01", ERROR, "{column} is absent.", "Enter it in your system; every record needs it."),
    Cause("CELL-02", QUERY, "{column} is absent.", "Enter it, or say why it is not known."),
    Cause("CELL-03", ERROR, "{column} is not a date written ccyy-mm-dd.", "Correct the date."),
    Cause("CELL-04", ERROR, "{column} holds a code that is not in its list.", "Use a code of this year's list."),
    Cause(
        "CELL-05",
        ERROR,
        "{column} holds a code of another year's list.",
        "Use a code that is in force for this year's return.",
    ),
    Cause("CELL-06", ERROR, "{column} is neither 0 nor 1.", "Use 1 for yes and 0 for no."),
    Cause(
        "CELL-07",
        ERROR,
        "{column} is not formed like a UPN: a letter, eleven digits, and a digit or letter.",
        "Ask the school for the UPN, or look it up in Get Information About Pupils; where there is none, leave it "
        "empty and say why in UPNunknown. A number such as 8.3E+11 was rounded by a spreadsheet: its digits are lost.",
        "1540",
    ),
    Cause(
        "CELL-08",
        ERROR,
        "The first letter of {column} does not check the rest of it.",
        "A digit or letter was mistyped: look the UPN up again.",
        "1510",
    ),
    Cause("CELL-09", ERROR, "{column} is not ten digits.", "Look the ULN up in the learner record."),
    Cause(
        "CELL-10",
        ERROR,
        "The last digit of {column} does not check the rest of it.",
        "A digit was mistyped: look the ULN up again.",
    ),
    Cause("CELL-11", ERROR, "{column} is not the number of an authority.", "Use the three-digit DfE number."),
    Cause(
        "CELL-12",
        QUERY,
        "{column} is the number of an authority that had ended by census day.",
        "Use the number of its successor, or say why the old one is meant.",
    ),
    Cause("CELL-13", ERROR, "{column} has not the number of digits that it needs.", "Look the number up again."),
    Cause("CELL-14", QUERY, "{column} is not formed like a postcode.", "Correct it, or leave it empty."),
    Cause(
        "CELL-15",
        QUERY,
        "{column} holds characters that were garbled on their way (doubly encoded, or replaced).",
        "Export the file again as UTF-8.",
    ),
    Cause("CELL-16", ERROR, "{column} is before the date of birth.", "Correct this date or the date of birth."),
    Cause("CELL-17", ERROR, "{column} is after census day.", "Correct the date; the future is not returned."),
    Cause(
        "CELL-18",
        ERROR,
        "{column} is impossibly long ago.",
        "Correct the date; systems often write such a date where none is known.",
    ),
    Cause(
        "CELL-19",
        ERROR,
        "{column} is made of zeros, and so names nobody.",
        "Look the UPN up, or leave it empty and give the reason in UPNunknown.",
    ),
    Cause("CELL-20", ERROR, "{column} is not a number.", "Correct it, or leave it empty where nothing is known."),
    Cause("CELL-21", ERROR, "{column} lies outside its range.", "Correct it; see the range in the codebook."),
    Cause("CELL-22", ERROR, "{column} is not a whole number.", "Correct it: it counts something."),
    Cause("CELL-23", ERROR, "{column} is not a month written ccyy-mm.", "Correct the month."),
    Cause("CELL-24", ERROR, "{column} is not a year written ccyy, ccyy/yy or ccyyyy.", "Correct the year."),
)

SECOND_BYTE = "[\u0080-\u00bf" + bytes(set(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252") + "]"
GARBLED = rf"\ufffd|[\u00c2-\u00c5]{SECOND_BYTE}|\p{{Ll}}\u00c3|\u00e2\u20ac"
"""U+FFFD, and what UTF-8 looks like when it was read as windows-1252 and written as UTF-8 again.

The second byte of à and í turns into a space or a soft hyphen, which may be gone: then a capital à after a
small letter is what is left.
"""
ISO_DATE = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0+)?Z?)?$"
ZEROS = r"^[A-Z0]0{12}$"
"""Systems write zeros where no UPN is known; with an A before them the check letter is even right."""
POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"
FLAGS = {"1": True, "TRUE": True, "0": False, "FALSE": False}
WHOLE = r"^([0-9]+)(?:\.0+)?$"
"""Databases write whole numbers that may be absent as 134.0."""
YEAR = r"^(20[0-9]{2})(?:\.0+)?$"
SPAN = r"^(20[0-9]{2})[/-]?(?:20)?([0-9]{2})$"
OLDEST_AGE = 40
"""A date of birth older than this is a system's filler (1900-01-01), not a young person of 25 or 26."""

NORMALISED = frozenset({Kind.UPN, Kind.POSTCODE})
"""Kinds that are read in the normal form of identifiers."""

Flag = tuple[str, pl.Expr]


@dataclass(frozen=True)
class Reading:
    """A typed value and the faults that a cell may have, by code of their cause."""

    value: pl.Expr
    faults: tuple[Flag, ...]


def cleaned(column: Column) -> pl.Expr:
    """The text of a cell without invisible characters and outer space; empty is null.

    Words are composed (NFC: é is one character); numbers of persons are written plainly (NFKC), without inner
    space. The receipt counts the cells that this changed.
    """
    text = pl.col(column.stored).str.replace_all(INVISIBLE, "")
    if column.kind in {Kind.NAME, Kind.TEXT}:
        text = composed(text, "NFC")
    elif column.kind in {Kind.UPN, Kind.ULN}:
        text = plain(text)
    text = text.str.strip_chars()
    return unless_empty(text)


def formed(column: Column) -> pl.Expr:
    """The text of a cleaned cell in the form in which it is read: identifiers in their normal form, upper case.

    A step of its own and not the first part of each reading: a reading looks at its text some fifty times, and
    Polars would work out the normal form each time (a return of 20,000 took four seconds longer).
    """
    text = pl.col(column.stored)
    return normalised(text).alias(column.stored) if column.kind in NORMALISED else text


def reading(column: Column, year: int, census_day: date) -> Reading:
    """How the cells of a column, already cleaned and formed, are read in that year's return."""
    text = pl.col(column.stored)
    found = READERS[column.kind](column, text, year, census_day)
    at_fault = pl.any_horizontal([flag for code, flag in found.faults if _is_error(code)] or [pl.lit(value=False)])
    value = pl.when(~at_fault.fill_null(value=False)).then(found.value)
    return Reading(value.alias(column.stored), (*found.faults, *_absence(column, text)))


def _is_error(code: str) -> bool:
    return CAUSES[code].level is ERROR


def _absence(column: Column, text: pl.Expr) -> tuple[Flag, ...]:
    if column.required is None:
        return ()
    return (("CELL-01" if column.required is ERROR else "CELL-02", text.is_null()),)


def _code(column: Column, text: pl.Expr, year: int, _: date) -> Reading:
    assert column.codes is not None  # noqa: S101  (declared together; Column sees to it)
    upper = text.str.to_uppercase()
    value = upper.replace_strict(column.codes.lookup(year - column.lag), default=None, return_dtype=pl.String)
    elsewhere = upper.is_in(list(column.codes.other_years(year - column.lag)))
    unknown = text.is_not_null() & value.is_null()
    return Reading(value, (("CELL-04", unknown & ~elsewhere), ("CELL-05", unknown & elsewhere)))


def _date(column: Column, text: pl.Expr, _: int, census_day: date) -> Reading:
    value = text.str.extract(ISO_DATE).str.to_date("%Y-%m-%d", strict=False)
    faults = [("CELL-03", text.is_not_null() & value.is_null())]
    if not column.may_be_future:
        faults.append(("CELL-17", value > census_day))
    return Reading(value, tuple(faults))


def _birth(column: Column, text: pl.Expr, year: int, census_day: date) -> Reading:
    dates = _date(column, text, year, census_day)
    long_ago = ("CELL-18", dates.value < date(year - OLDEST_AGE, 9, 1))
    return Reading(dates.value, (*dates.faults, long_ago))


def _flag(_: Column, text: pl.Expr, __: int, ___: date) -> Reading:
    value = text.str.to_uppercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    return Reading(value, (("CELL-06", text.is_not_null() & value.is_null()),))


def _upn(_: Column, text: pl.Expr, __: int, ___: date) -> Reading:
    formed = text.str.contains(UPN_FORM)
    zeros = text.str.contains(ZEROS)
    wrong = formed & ~zeros & (text.str.slice(0, 1) != upn_check_letter(text))
    return Reading(text, (("CELL-07", ~formed & ~zeros), ("CELL-08", wrong), ("CELL-19", zeros)))


def _uln(_: Column, text: pl.Expr, __: int, ___: date) -> Reading:
    named = pl.when(text != NO_ULN).then(text)
    formed = named.str.contains(r"^[0-9]{10}$")
    return Reading(named, (("CELL-09", ~formed), ("CELL-10", ~uln_is_sound(named))))


def _authority(_: Column, text: pl.Expr, __: int, census_day: date) -> Reading:
    known = text.is_in([a.authority_code for a in authorities()])
    return Reading(text, (("CELL-11", ~known), ("CELL-12", text.is_in(list(abolished(census_day))))))


def _digits(column: Column, text: pl.Expr, _: int, __: date) -> Reading:
    return Reading(text, (("CELL-13", ~text.str.contains(rf"^[0-9]{{{column.length}}}$")),))


def _postcode(_: Column, text: pl.Expr, __: int, ___: date) -> Reading:
    return Reading(text, (("CELL-14", ~text.str.contains(POSTCODE)),))


def _text(_: Column, text: pl.Expr, __: int, ___: date) -> Reading:
    return Reading(text, (("CELL-15", text.str.contains(GARBLED)),))


def _number(column: Column, text: pl.Expr, _: int, __: date) -> Reading:
    formed = text.str.contains(NUMERIC)
    value = pl.when(formed).then(text.cast(pl.Float64, strict=False))
    return Reading(value, (("CELL-20", ~formed), ("CELL-21", _outside(column, value))))


def _count(column: Column, text: pl.Expr, _: int, __: date) -> Reading:
    value = text.str.extract(WHOLE).cast(pl.Int64, strict=False)
    return Reading(value, (("CELL-22", text.is_not_null() & value.is_null()), ("CELL-21", _outside(column, value))))


def _outside(column: Column, value: pl.Expr) -> pl.Expr:
    low = -inf if column.low is None else column.low
    return (value < low) | (value > (inf if column.high is None else column.high))


def _month(column: Column, text: pl.Expr, _: int, census_day: date) -> Reading:
    value = (text.str.extract(r"^([0-9]{4}-[0-9]{2})(?:-01)?$") + "-01").str.to_date("%Y-%m-%d", strict=False)
    faults = [("CELL-23", text.is_not_null() & value.is_null())]
    if not column.may_be_future:
        faults.append(("CELL-17", value > census_day))
    return Reading(value, tuple(faults))


def _year(column: Column, text: pl.Expr, _: int, __: date) -> Reading:
    first, last = (text.str.extract(SPAN, group).cast(pl.Int64, strict=False) for group in (1, 2))
    spanned = pl.when((first + 1) % 100 == last).then(first + 1)
    value = pl.coalesce(text.str.extract(YEAR).cast(pl.Int64, strict=False), spanned)
    return Reading(value, (("CELL-24", text.is_not_null() & value.is_null()), ("CELL-21", _outside(column, value))))


READERS: dict[Kind, Callable[[Column, pl.Expr, int, date], Reading]] = {
    Kind.NAME: _text,
    Kind.TEXT: _text,
    Kind.BIRTH: _birth,
    Kind.DATE: _date,
    Kind.CODE: _code,
    Kind.FLAG: _flag,
    Kind.UPN: _upn,
    Kind.ULN: _uln,
    Kind.POSTCODE: _postcode,
    Kind.NUMBER: _number,
    Kind.COUNT: _count,
    Kind.MONTH: _month,
    Kind.YEAR: _year,
    Kind.AUTHORITY: _authority,
    Kind.DIGITS: _digits,
}
