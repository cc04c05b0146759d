"""Telling ahead: what is told next is made while what was told before is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items in order, the next of which is always being made in a thread of its own.

    What making an item raises is raised where the item would have come.
    """
    of = iter(items)
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(_next, of)
        while found := coming.result():
            coming = maker.submit(_next, of)
            yield found[0]


def _next(of: Iterator[Item]) -> tuple[Item] | None:
    """The next item, wrapped so that none can be told from an end."""
    for item in of:
        return (item,)
    return None
