"""Writing a world as a snapshot beside writing the same tables as naked Parquet, without numbers, names or digest.

Two million pupils with three terms of attendance each are told by one collection: two million rows of persons and six
million facts become as many, and two million links and persons more. Then Polars writes the finished tables again, as
it is. What is printed: rows told a second, the ratio of processor seconds, and memory beyond what the told tables take.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from synthetic import snapshot
from synthetic.told import Told

PUPILS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
PLACES, SCHOOLS, YEAR = 153, 22_000, 2024
TERMS = ["AUT", "SPR", "SUM"]
WRITTEN = ("attendance", "person_trait", "link", "person")


@dataclass(frozen=True)
class MadeUp:
    """A world of one collection in one year."""

    tables: dict[str, pl.DataFrame]
    seed: int = 25
    n_children: int = PUPILS

    def codes(self, _: int) -> pl.Series:
        return pl.Series([str(200 + n) for n in range(PLACES)])

    def told(self) -> Iterator[Told]:
        yield Told("school census", YEAR, self.tables)


def coded(codes: list[str], places: np.ndarray) -> pl.Series:
    """Codes by their places in a list."""
    return pl.Series(codes, dtype=pl.Enum(codes)).gather(pl.Series(places))


def tables() -> dict[str, pl.DataFrame]:
    """Pupils by place and child, and their terms."""
    random = np.random.default_rng(1)
    place, child = random.integers(0, PLACES, PUPILS), np.arange(PUPILS)
    pupils = pl.DataFrame({"place": place, "child": child}).sort("place", "child")
    schools = [str(900_000 + n) for n in range(SCHOOLS)]
    pupil, term = np.repeat(child, len(TERMS)), np.tile(np.arange(len(TERMS)), PUPILS)
    persons = pupils.with_columns(
        sex_code=coded(["F", "M"], random.integers(0, 2, PUPILS)),
        has_upn=pl.lit(value=True),
        is_upn_temporary=pl.lit(value=False),
        has_uln=pl.lit(value=False),
    )
    attendance = pupils[pupil].with_columns(
        academic_year=pl.lit(YEAR, pl.Int16),
        term_code=coded(TERMS, term),
        urn=coded(schools, random.integers(0, SCHOOLS, PUPILS)[pupil]),
        possible_sessions=pl.lit(120, pl.Int16),
        authorised_sessions=pl.Series(random.poisson(4, len(pupil)), dtype=pl.Int16),
        unauthorised_sessions=pl.Series(random.poisson(2, len(pupil)), dtype=pl.Int16),
    )
    return {"person_trait": persons, "attendance": attendance}


def naked(frames: dict[str, pl.DataFrame], folder: Path) -> None:
    """What any writer must do: encode and compress the columns."""
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of processors."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def peak() -> int:
    """The most memory that was taken so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


def main() -> None:
    """Print the figures as JSON."""
    told = tables()
    rows, before = sum(map(len, told.values())), peak()
    with tempfile.TemporaryDirectory(prefix="cohort-bench-") as made:
        folder = Path(made)
        seconds, used = timed(lambda: snapshot.write(MadeUp(told), folder / "s"))
        beyond = peak() - before
        frames = {name: pl.read_parquet(folder / "s" / name / "*.parquet") for name in WRITTEN}
        _, bare = timed(lambda: naked(frames, folder))
    figures = {
        "rows told": rows,
        "rows a second": round(rows / seconds),
        "rows a second of a processor": round(rows / used),
        "processor seconds as a multiple of naked": round(used / bare, 2),
        "MB beyond the told tables": beyond,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
