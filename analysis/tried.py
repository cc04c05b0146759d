"""A model asked for a figure that may not be there: what it cannot tell stays out of the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from cohort.errors import UsageError

Given = ParamSpec("Given")
Found = TypeVar("Found")


def tried(call: Callable[Given, Found], *given: Given.args, **choices: Given.kwargs) -> Found | None:
    """What a model gives; nothing where it says that it cannot. Its words may hold numbers of rows: they stay here.

    Errors that are not a model's own go on: a study that asks wrongly must not look like one without an answer.
    """
    try:
        return call(*given, **choices)
    except UsageError as refused:
        if not refused.code.startswith("MODEL-"):
            raise
        return None
