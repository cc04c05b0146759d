"""Every code list, a file a domain. A column that holds a code names its list, and the codebook prints them all."""

from __future__ import annotations

from cohort.catalogue import collect
from cohort.schema.code_list import CodeList


def code_lists() -> dict[str, CodeList]:
    """Name → list, in the order of files and lines. Raises DeclarationError where two share a name."""
    return collect("cohort.schema.codes", CodeList, key=lambda entry: entry.name)
