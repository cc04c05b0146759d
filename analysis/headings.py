"""Words for the columns, codes and statuses of a released table, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from analysis.release import Status
from cohort.schema.code_list import CodeList
from cohort.schema.codes import people


class Kind(StrEnum):
    """How a column is written: shares as percentages, counts whole, other numbers with two places."""

    SHARE = "share"
    COUNT = "count"
    NUMBER = "number"
    WORDS = "words"


HEADINGS: Mapping[str, str] = {
    "authority_code": "Code",
    "title": "Measure",
    "sex_code": "Sex",
    "ethnicity_code": "Ethnic group",
    "numerator": "Number",
    "denominator": "Out of",
    "n": "Out of",
    "value": "Share",
    "low": "95 % low",
    "high": "95 % high",
    "low95": "95 % lower limit",
    "high95": "95 % upper limit",
    "low998": "99.8 % lower limit",
    "high998": "99.8 % upper limit",
    "z_unadjusted": "z unadjusted",
    "group": "Group",
    "se": "Standard error",
    "rank_low": "Rank from",
    "rank_high": "Rank to",
    "phi": "Dispersion φ",
    "tau2": "Between variance τ²",
    "target": "England",
    "share": "Share of variance",
    "deff": "Design effect",
}
"""Column → heading; any other column is its own name in words."""

UNIT = "unit"
"""A table with this column says of each row in what its figures are told: they are no shares."""

SHARES = frozenset({"value", "low", "high", "low95", "high95", "low998", "high998", "target", "share"}) | {
    *("under_delivered", "under_low", "under_high", "share_recorded"),
    *("by_week_12", "never", "risk_if_late", "risk_if_in_time"),
}
COUNTS = frozenset({"numerator", "denominator", "n", "rank", "rank_low", "rank_high"})

MARKS: Mapping[str, str] = {
    Status.SUPPRESSED.word: "c",
    Status.SECONDARY.word: "c",
    Status.NOT_APPLICABLE.word: "z",
    Status.NO_DATA.word: "x",
    Status.NOT_SUPPLIED.word: "x",
}
"""The marks of the Government Statistical Service; both kinds of withheld share one, or it would tell of ten."""
OTHER = "–"
"""The mark of a status that is a sentence: why a published figure cannot be compared."""

SIGNS: Mapping[str, str] = {
    "c": "withheld",
    "x": "no data or not supplied",
    "z": "not applicable",
    OTHER: "not shown, for the reason in the table",
}
"""Mark → what it means."""

STATUSES: Mapping[str, str] = {
    Status.SHOWN.word: "shown",
    Status.SUPPRESSED.word: "withheld (c)",
    Status.SECONDARY.word: "withheld (c)",
    Status.NOT_APPLICABLE.word: "not applicable (z)",
    Status.NO_DATA.word: "no data (x)",
    Status.NOT_SUPPLIED.word: "not supplied (x)",
}

CODES: Mapping[str, CodeList] = {"sex_code": people.SEX, "ethnicity_code": people.ETHNICITY}


def heading(column: str, *, has_unit: bool = False) -> str:
    """The heading of a column."""
    if has_unit and column == "value":
        return "Value"
    return HEADINGS.get(column, column.replace("_", " ").capitalize())


def kind(frame: pl.DataFrame, column: str) -> Kind:
    """How a column is written. The limits of a model's estimate are no shares."""
    if column == "year" or not frame.schema[column].is_numeric():
        return Kind.WORDS
    if column in COUNTS:
        return Kind.COUNT
    if UNIT in frame.columns:
        return Kind.NUMBER
    is_interval = column in {"low", "high"}
    return Kind.SHARE if column in SHARES and (not is_interval or "value" in frame.columns) else Kind.NUMBER


def marks(frame: pl.DataFrame) -> list[str]:
    """The marks of the figures that a table does not show, in the order of SIGNS."""
    statuses = set(frame["status"].drop_nulls()) if "status" in frame.columns else set()
    used = {MARKS.get(status, OTHER) for status in statuses - {Status.SHOWN.word}}
    return [sign for sign in SIGNS if sign in used]


def in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Codes and statuses as words, years as text: one row stays one row."""
    words = [
        pl.col(column).replace({code.code: code.label for code in given.codes})
        for column, given in CODES.items()
        if column in frame.columns
    ]
    if "status" in frame.columns:
        words.append(pl.col("status").replace(STATUSES))
    if "year" in frame.columns:
        words.append(pl.col("year").cast(pl.String))
    return frame.with_columns(words)
