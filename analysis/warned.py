"""What a model warned of, fit to be read by anybody: numbers of children leave through the gate only."""

from __future__ import annotations

from collections.abc import Iterable

LEFT_OUT = "Rows that lack a value are left out; how many were used stands with the figures."


def of_model(told: Iterable[str]) -> tuple[str, ...]:
    """The warnings of a model but for those that count rows, in whose place stands a sentence without a number."""
    given = tuple(told)
    kept = [words for words in given if " rows " not in words]
    return (*kept, LEFT_OUT) if len(kept) < len(given) else tuple(kept)
