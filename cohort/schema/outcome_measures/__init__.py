"""Every outcome measure, a file a stage of life."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cohort.catalogue import collect
from cohort.errors import UsageError
from cohort.schema.outcome_measure import OutcomeMeasure


@cache
def outcome_measures() -> dict[str, OutcomeMeasure]:
    """Code → measure, in the order of files and lines. Raises DeclarationError where two share a code."""
    return collect("cohort.schema.outcome_measures", OutcomeMeasure, key=lambda entry: entry.code)


def outcome_measure(code: str) -> OutcomeMeasure:
    """The measure of a code. Raises UsageError OUTCOME-01 where there is none."""
    try:
        return outcome_measures()[code]
    except KeyError:
        raise UsageError("OUTCOME-01", f"There is no outcome measure {code!r}.", "See the codebook.") from None


def comparable(code: str, years: Iterable[int]) -> bool:
    """Whether these years of a measure may be pooled: all were held, under one definition."""
    try:
        outcome_measure(code).pooled(years)
    except UsageError as error:
        if error.code == "OUTCOME-01":
            raise
        return False
    return True
