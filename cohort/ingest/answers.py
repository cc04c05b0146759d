"""What an authority answers: a reason for a query, of the whole rule (`CODE`) or of one finding (`CODE:TABLE:ROW`)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cohort.errors import UsageError
from cohort.ingest.format import Level

LAST_YEAR = "last-year"
"""In place of a reason: the one given last year, which the officer takes over."""
NAMED = pl.concat_str("code", "table", pl.col("row").cast(pl.String), separator=":")
"""The name of each finding, as an answer writes it."""


def parts(key: str) -> tuple[str, str | None, int | None]:
    """Code, table and row of what an answer is about. Raises UsageError where it is neither form."""
    code, *place = key.split(":")
    if code and not place:
        return code, None, None
    if code and len(place) == 2 and place[0] and place[1].isdecimal():
        return code, place[0], int(place[1])
    raise UsageError("EXPLAIN-01", "That names no finding.", "Name a rule (CODE) or one finding (CODE:TABLE:ROW).")


def given(explanations: Mapping[str, str]) -> dict[str, str]:
    """The answers that say something; white space is no reason."""
    told = {key.strip(): words.strip() for key, words in explanations.items() if words.strip()}
    for key in told:
        parts(key)
    return told


def taken_over(explanations: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """The answers with last year's words where the officer asked for them. Raises UsageError where there are none."""
    unknown = sorted(key for key, words in explanations.items() if words == LAST_YEAR and key not in remembered)
    if unknown:
        raise UsageError(
            "EXPLAIN-02", f"Last year gave no reason for {', '.join(unknown)}.", "Give this year's reason in words."
        )
    return {key: remembered[key] if words == LAST_YEAR else words for key, words in explanations.items()}


def unexplained(places: pl.DataFrame, explanations: Mapping[str, str]) -> pl.DataFrame:
    """The queries among findings (finding.SCHEMA) that no answer is about."""
    told = pl.Series(list(explanations), dtype=pl.String).implode()
    answered = pl.col("code").is_in(told) | NAMED.is_in(told)
    return places.filter((pl.col("level") == Level.QUERY.value) & ~answered)


def idle(places: pl.DataFrame, explanations: Mapping[str, str]) -> tuple[str, ...]:
    """The answers that are about no finding: mistyped, or of a finding that is not there any more."""
    there = {*places["code"], *places.select(NAMED).to_series()}
    return tuple(sorted(set(explanations) - there))
