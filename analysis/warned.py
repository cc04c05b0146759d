"""What a model warned of, fit to be read by anybody: numbers of children leave through the gate only."""

from __future__ import annotations

import re
from collections.abc import Iterable

LEFT_OUT = "Rows that lack a value are left out; how many were used stands with the figures."
SHARE = re.compile(r"[\d.]+ ?%")
NUMBER = re.compile(r"\d")
PEOPLE = re.compile(r"\b(rows?|people|persons?|child|children|pupils?)\b")


def of_model(told: Iterable[str]) -> tuple[str, ...]:
    """The warnings of a model, each once, but for those that count people or rows; a share of them may stay.

    Where such a one told of what was left out, a sentence without a number stands for it.
    """
    given = tuple(dict.fromkeys(told))
    counts = [words for words in given if NUMBER.search(SHARE.sub("", words)) and PEOPLE.search(words)]
    kept = tuple(words for words in given if words not in counts)
    return (*kept, LEFT_OUT) if any("left out" in words for words in counts) else kept
