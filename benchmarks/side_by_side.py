"""What two benches of analysis share: a folder of Parquet files as a snapshot that can be asked, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import ibis

Found = TypeVar("Found")


def opened(folder: Path) -> Any:
    """Every Parquet file of a folder, as the tables of a snapshot on DuckDB."""
    engine = ibis.duckdb.connect()
    return SimpleNamespace(
        tables={p.stem: engine.read_parquet(str(p), table_name=p.stem) for p in folder.glob("*.parquet")}
    )


def best(work: Callable[[], Found], times: int = 3) -> tuple[float, Found]:
    """The least of some timings in seconds, and what the work gave."""
    seconds = []
    while True:
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
        if len(seconds) == times:
            return min(seconds), found
