"""Tables of authorities with rows appended: a reorganisation that has not happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import as_file
from pathlib import Path

import pytest

from cohort.schema import calendar

Append = Callable[[str, str], None]
"""(table, rows as CSV) → nothing."""


def appending(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Append]:
    """Append rows to a copy of the tables in `folder`, which the code reads until the test is over."""
    with as_file(calendar.DATA) as data:
        shutil.copytree(data, folder / "data")
    monkeypatch.setattr(calendar, "DATA", folder / "data")

    def append(table: str, text: str) -> None:
        path = folder / "data" / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        _forget()

    yield append
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in (calendar.authorities, calendar.authority_changes, calendar._changes):
        cached.cache_clear()
