"""Published figures of England, a file a theme; each holds one `Theme`.

Taken from the DfE's and the Ministry of Justice's statistics as facts with their source, not from the files of the
record. Where a release was not at hand, the source names who quoted it, or says that it is from general knowledge.
"""

from __future__ import annotations

from functools import cache

from cohort.catalogue import collect
from cohort.errors import DeclarationError
from synthetic.target import Target, Theme


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme in the order of its file. Raises DeclarationError where two targets share a key."""
    found = tuple(collect("synthetic.targets", Theme, key=lambda theme: theme.name).values())
    keys = [target.key for theme in found for target in theme.targets]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise DeclarationError(f"Targets stand twice: {', '.join(twice)}")
    return found


def targets() -> tuple[Target, ...]:
    """Every target."""
    return tuple(target for theme in themes() for target in theme.targets)
