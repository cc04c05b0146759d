"""Loading facts as the record does, beside a COPY into a naked table, and what constraints would have cost.

One million placements of 787,000 persons are copied, in turn, on the embedded Postgres: into a naked table; the
way the loader does (a leaf with its two indexes, every person required to exist); into a table with enforced
foreign keys. Then the overlap query over the same rows. Best of three, as ratios to the naked COPY.

With `--overlaps` the overlap query alone, over as many rows as are asked for: they are loaded a million at a time,
a submission each, and what the query counts is held against the same count by Polars. Twenty million rows take
about 8 GB of disk under /var/tmp while it runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Connection, Engine, create_engine, text

from cohort.schema.tables import METADATA
from cohort.store import embedded, migrate
from cohort.store.copy import copy_in
from cohort.store.identity import SCHEMA, of_events
from cohort.store.integrity import SPELLS, overlaps, require_persons
from cohort.store.known import Known

MILLION = 1_000_000
PERSONS_A_ROW = 0.787
RUNS = 3
WORK_MEM = ("4MB", "256MB")
"""Memory of a sort: what Postgres gives by itself, and what a server of this size might be given."""
FIRST = pl.lit(date(2018, 9, 1))
COLUMNS = "person_id uuid, collection_year int, submission_id bigint, row_number int, person_row int, request_row int"
COLUMNS += ", active_plan_row int, rank_code varchar(8), entry_date date, leaving_date date"


def persons(n: int, seed: int = 25) -> list[str]:
    """Random keys, as the record gives them."""
    random = np.random.default_rng(seed).bytes(16 * n).hex()
    return [random[32 * k : 32 * (k + 1)] for k in range(n)]


def placements(known: list[str], rows: int, submission: int = 1) -> pl.DataFrame:
    """A placement a row, most persons with one and some with two, in the order of a return."""
    random = np.random.default_rng(submission)
    who = np.concatenate([np.arange(len(known)), random.integers(0, len(known), rows - len(known))])
    start = random.integers(0, 2000, rows)
    return pl.DataFrame(
        {
            "person_id": pl.Series(known).gather(np.sort(who)),
            "collection_year": 2024,
            "submission_id": submission,
            "row_number": np.arange(rows),
            "person_row": np.arange(rows),
            "request_row": 1,
            "active_plan_row": 1,
            "rank_code": "1",
        }
    ).with_columns(
        entry_date=FIRST + pl.duration(days=pl.Series(start)),
        leaving_date=FIRST + pl.duration(days=pl.Series(start + random.integers(1, 900, rows))),
    )


def seconds(engine: Engine, work: Callable[[Connection], None]) -> float:
    """Time of one transaction, its commit included; what it wrote is taken away after."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE naked, keyed, cohort.placement_2024"))
    start = time.perf_counter()
    with engine.begin() as connection:
        work(connection)
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("rows", nargs="?", type=int, default=MILLION)
    arguments.add_argument("--overlaps", action="store_true", help="the overlap query alone")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="cohort-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        engine = create_engine(embedded.start(Path(folder)))
        migrate.upgrade(engine)
        measured = overlaps_alone if given.overlaps else loads
        print(json.dumps({"rows": given.rows, **measured(engine, given.rows)}))
        engine.dispose()


def loads(engine: Engine, rows: int) -> dict[str, float]:
    """What each way of loading costs, and the overlap query, as multiples of a COPY into a naked table."""
    known = persons(int(rows * PERSONS_A_ROW))
    frame = placements(known, rows)
    with engine.begin() as connection:
        _prepare(connection, known)
    return _measured(engine, frame)


def _prepare(connection: Connection, known: list[str]) -> None:
    _submission(connection)
    copy_in(connection, "person", pl.DataFrame({"person_id": known, "submission_id": 1}))
    connection.execute(text(f"CREATE TABLE naked ({COLUMNS})"))
    connection.execute(
        text(
            f"CREATE TABLE keyed ({COLUMNS}, PRIMARY KEY (person_id, submission_id, row_number), "
            "FOREIGN KEY (person_id) REFERENCES cohort.person, "
            "FOREIGN KEY (submission_id) REFERENCES cohort.submission)"
        )
    )
    connection.execute(text("ANALYZE cohort.person"))


def _submission(connection: Connection) -> None:
    connection.execute(text("INSERT INTO cohort.submission (authority_code, software_version) VALUES ('201', 'x')"))


def _measured(engine: Engine, frame: pl.DataFrame) -> dict[str, float]:
    def ours(connection: Connection) -> None:
        require_persons(connection, frame["person_id"])
        copy_in(connection, "placement_2024", frame)

    ways: dict[str, Callable[[Connection], None]] = {
        "naked": lambda connection: copy_in(connection, "naked", frame, schema="public"),
        "keyed": lambda connection: copy_in(connection, "keyed", frame, schema="public"),
        "ours": ours,
    }
    best = {name: min(seconds(engine, work) for _ in range(RUNS)) for name, work in ways.items()}
    best["overlaps"], _ = asked(engine, 1, WORK_MEM[-1])
    shown = {f"{name} as a multiple of naked": round(best[name] / best["naked"], 2) for name in best if name != "naked"}
    return {"naked seconds": round(best["naked"], 2), **shown}


def overlaps_alone(engine: Engine, rows: int) -> dict[str, float]:
    """Seconds of the overlap query under each allowance of memory, beside the COPY that brought its rows."""
    expected, copied = 0, 0.0
    for submission, portion in enumerate(_portions(rows), start=1):
        frame = placements(persons(int(portion * PERSONS_A_ROW), seed=submission), portion, submission)
        expected += overlapping(frame)
        start = time.perf_counter()
        with engine.begin() as connection:
            _submission(connection)
            copy_in(connection, "placement_2024", frame)
        copied += time.perf_counter() - start
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE cohort.placement_2024"))
    told = {"copy seconds": round(copied, 1), "overlapping": expected}
    for memory in WORK_MEM:
        taken, found = asked(engine, submission, memory)
        assert found == expected, "the query and Polars do not agree"
        told |= {f"seconds with {memory}": round(taken, 1), f"multiple of copy with {memory}": round(taken / copied, 2)}
    return told


def _portions(rows: int) -> Iterator[int]:
    """Rows of each submission: a million, the last one fewer."""
    yield from [MILLION] * (rows // MILLION)
    if rows % MILLION:
        yield rows % MILLION


def overlapping(frame: pl.DataFrame) -> int:
    """The same count by Polars: spells that begin before an earlier one of the same person ended."""
    by_start = frame.sort("person_id", "entry_date", "leaving_date")
    latest = pl.col("leaving_date").cum_max().shift(1).over("person_id")
    return by_start.select((latest > pl.col("entry_date")).sum()).item()


def asked(engine: Engine, submissions: int, memory: str) -> tuple[float, int]:
    """Seconds of the overlap query over that many submissions, and how many spells it found to overlap."""
    numbers = list(range(1, submissions + 1))
    held = Known(
        pl.DataFrame({"submission_id": numbers, "collection_year": [2024] * submissions}),
        of_events(pl.DataFrame(schema=SCHEMA)),
    )
    start = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL work_mem = '{memory}'"))
        assert METADATA.tables["cohort.placement"].name == SPELLS[0].table
        found = overlaps(connection, held, SPELLS[0], 2024)
    return time.perf_counter() - start, found["overlapping"].sum()


if __name__ == "__main__":
    main()
